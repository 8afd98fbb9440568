"""What every file says of itself: whence it comes, under which licence, and what it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.texts.geojson import NOTICE

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

# Where the texts of the licences stand that bundled coasts are under.
LICENCE_ADDRESSES = {
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "LGPL-3.0-or-later": "https://www.gnu.org/licenses/lgpl-3.0.html",
}


def statement(edition: Edition) -> dict[str, str]:
    """Names and texts for formats that keep metadata; ``metadata`` is the edition's, as JSON."""
    assumptions = {} if edition.assumptions is None else {"assumptions": edition.assumptions}
    return {
        "edition": edition.name,
        **assumptions,
        "attribution": attribution(edition),
        "licence": licence(edition),
        "notice": NOTICE,
        "metadata": metadata_text(edition),
    }


def metadata_text(edition: Edition, *, indent: int | None = None) -> str:
    """The metadata of an edition as JSON."""
    return json.dumps(edition.metadata, ensure_ascii=False, indent=indent, allow_nan=False)


def attribution(edition: Edition) -> str:
    """Whom to name for an edition."""
    return str(edition.metadata.get("attribution", ""))


def licence(edition: Edition) -> str:
    """The licences of an edition's data, with the places of their texts where those are known."""
    own = str(edition.metadata.get("licence", ""))
    lagoon = str(edition.metadata.get("kara_bogaz_gol", {}).get("licence", own))
    return _full(own) if lagoon == own else f"{_full(own)}; Kara-Bogaz-Gol: {_full(lagoon)}"


def _full(name: str) -> str:
    return f"{name} ({LICENCE_ADDRESSES[name]})" if name in LICENCE_ADDRESSES else name


def assumed(edition: Edition) -> str:
    """What follows an edition's name in a sentence where it is not a default one."""
    return "" if edition.assumptions is None else f" (not a default one: {edition.assumptions})"


def description(edition: Edition, collection: Collection) -> str:
    """A paragraph for formats whose readers show one."""
    return (
        f"{collection.description} Edition {edition.name}{assumed(edition)}. {NOTICE} "
        f"Data: {attribution(edition)}, licence {licence(edition)}."
    )
