"""What every file says of itself: whence it comes, under which licence, and what it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.texts.geojson import NOTICE

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

# Where the texts of the licences stand that bundled coasts are under.
_LICENCE_TEXTS = {
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
    return _placed(own) if lagoon == own else f"{_placed(own)}; Kara-Bogaz-Gol: {_placed(lagoon)}"


def _placed(name: str) -> str:
    return f"{name} ({_LICENCE_TEXTS[name]})" if name in _LICENCE_TEXTS else name


def assumed(edition: Edition) -> str:
    """What follows an edition's name in a sentence where it is not a default one."""
    return "" if edition.assumptions is None else f" (not a default one: {edition.assumptions})"


def description(edition: Edition, collection: Collection) -> str:
    """A paragraph for formats whose readers show one."""
    told = statement(edition)
    return (
        f"{collection.description} Edition {told['edition']}{assumed(edition)}. {told['notice']} "
        f"Data: {told['attribution']}, licence {told['licence']}."
    )
