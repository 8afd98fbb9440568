"""Features as GeoJSON text (RFC 7946), coordinates with 7 decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from api.languages.marks import to_translate
from api.texts.json_text import write_json
from api.texts.reference_systems import CRS84
from zones.atlas.features import Feature

if TYPE_CHECKING:
    from zones.editions.store import Edition

MEDIA_TYPE = "application/geo+json"

NOTICE = to_translate(
    "Computed from a proxy of the legal baseline. Not for navigation; not a legal title; "
    "no position on any State's claim is taken."
)


def feature_text(feature: Feature) -> str:
    """One feature as the text of a GeoJSON Feature."""
    return "{" + feature_members(feature) + "}"


def feature_members(feature: Feature) -> str:
    """The members of a GeoJSON Feature without its braces, so that others can follow."""
    return members_text(feature.id, CRS84.geometry_text(feature.geometry), feature.properties)


def members_text(identity: str, geometry: str, properties: Mapping[str, Any]) -> str:
    """The members of a GeoJSON Feature whose geometry is a text already."""
    return (
        f'"type":"Feature","id":{write_json(identity)},'
        f'"geometry":{geometry},"properties":{write_json(dict(properties))}'
    )


def collection_text(texts: Iterable[str], members: dict[str, Any]) -> str:
    """A FeatureCollection from the texts of its features, with other members before them."""
    head = write_json({"type": "FeatureCollection", **members})
    return f'{head[:-1]},"features":[{",".join(texts)}]}}'


def download_text(
    edition: Edition, collection: str, texts: Iterable[str], step_deg: float | None = None
) -> str:
    """A whole collection as a file: its features, and beside them whence they come.

    `step_deg` is how far they may lie from the exact ones, None for those. [deg]
    """
    chosen = edition.collections[collection]
    return collection_text(
        texts,
        {
            "name": collection,
            "title": chosen.title,
            "description": chosen.description,
            "edition": edition.name,
            "assumptions": edition.assumptions,
            "max_allowable_offset": step_deg,
            "notice": NOTICE,
            "metadata": edition.metadata,
        },
    )
