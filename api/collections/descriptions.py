"""What a collection is and where its features, its schema and its files are (OGC API - Features)."""

from __future__ import annotations

from typing import Any

from api.atlas import Atlas
from api.collections.names import downloads
from api.collections.schemas import MEDIA_TYPE as SCHEMA
from api.http.negotiation import HTML
from api.http.query import Query
from api.http.responses import link, own_links
from api.texts.geojson import MEDIA_TYPE as GEOJSON

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SCHEMA_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/schema"

# Addresses of the licences of the bundled coasts; for others there is none to name.
_LICENCES = {
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "LGPL-3.0-or-later": "https://www.gnu.org/licenses/lgpl-3.0.html",
}


def describe(atlas: Atlas, identity: str, asked: Query) -> dict[str, Any]:
    """A collection as the standard describes it.

    There is no temporal extent: a feature is of its edition and has no time of its own.

    Raises
    ------
    UnknownThingError
    """
    chosen = atlas.collection(identity)
    answer: dict[str, Any] = {
        "id": chosen.id,
        "title": chosen.title,
        "description": chosen.description,
        "itemType": "feature",
        "crs": [CRS84],
        "numberOfFeatures": len(chosen.features),
    }
    if chosen.bbox is not None:
        answer["extent"] = {"spatial": {"bbox": [list(chosen.bbox)], "crs": CRS84}}
    answer["links"] = [*_own_links(atlas, identity, asked), *enclosures(atlas, identity)]
    licence = str(atlas.edition.metadata.get("licence"))
    if licence in _LICENCES:
        answer["links"].append(
            {
                "rel": "license",
                "href": _LICENCES[licence],
                "type": HTML,
                "title": f"Licence of the data: {licence}",
            }
        )
    return answer


def _own_links(atlas: Atlas, identity: str, asked: Query) -> list[dict[str, str]]:
    chosen = atlas.collection(identity)
    edition = asked.text("edition")
    path = f"/collections/{identity}"
    return [
        *own_links(asked, path, chosen.title, edition=edition),
        link("items", f"{path}/items", f"features of {identity}", GEOJSON, edition=edition),
        link("items", f"{path}/items", f"features of {identity}, as a page", HTML, edition=edition, f="html"),
        *(
            link(rel, f"{path}/schema", f"schema of {identity}", SCHEMA, edition=edition)
            for rel in ("describedby", SCHEMA_RELATION)
        ),
    ]


def enclosures(atlas: Atlas, holding: str) -> list[dict[str, str]]:
    """Links to the files that hold a collection alone, or all of them."""
    return [
        link(
            "enclosure",
            f"/downloads/{atlas.name}/{one.name}",
            f"{one.collection} as {one.format.title}",
            one.format.media_type,
        )
        for one in downloads(atlas.edition.collections)
        if one.collection == holding
    ]
