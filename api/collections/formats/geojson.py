"""GeoJSON (RFC 7946): a collection, a text sequence (RFC 8142), or a feature a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats.statement import attribution, licence
from api.texts.geojson import NOTICE, download_text, feature_members, feature_text
from api.texts.json_text import to_bytes, write_json
from zones.atlas.simplification import simplified

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

_RECORD_SEPARATOR = "\x1e"


def write_collection(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """One FeatureCollection, with what there is to tell as members beside its features."""
    (collection,) = collections
    _write(edition, collection, path, None)


def write_simplified(
    edition: Edition, collections: Sequence[Collection], path: Path, step_deg: float
) -> None:
    """As `write_collection`, with geometries no farther than a step from the exact ones."""
    (collection,) = collections
    _write(edition, simplified(collection, step_deg), path, step_deg)


def write_sequence(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """Features one after another, each behind a record separator."""
    (collection,) = collections
    path.write_bytes(to_bytes("".join(_RECORD_SEPARATOR + line for line in _lines(edition, collection))))


def write_lines(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """Features, one a line."""
    (collection,) = collections
    path.write_bytes(to_bytes("".join(_lines(edition, collection))))


def _write(edition: Edition, collection: Collection, path: Path, step_deg: float | None) -> None:
    texts = (feature_text(feature) for feature in collection.features)
    path.write_bytes(to_bytes(download_text(edition, collection.id, texts, step_deg) + "\n"))


def _lines(edition: Edition, collection: Collection) -> Iterator[str]:
    # There is no place for what holds for all, so each feature has it.
    of_all = {"attribution": attribution(edition), "licence": licence(edition), "notice": NOTICE}
    members = write_json(of_all)[1:-1]
    for feature in collection.features:
        yield f"{{{feature_members(feature)},{members}}}\n"
