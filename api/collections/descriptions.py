"""What a collection is and where its features and files are (OGC API - Features), and their schema.

The schema is that of Part 5: JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Any

from api.atlas import Atlas
from api.collections.formats.statement import LICENCE_ADDRESSES
from api.collections.names import downloads
from api.collections.properties import EDITION, SHAPES, Property
from api.http.negotiation import HTML
from api.http.query import Query
from api.http.responses import absolute, link, own_links
from api.languages.marks import to_translate
from api.texts.geojson import MEDIA_TYPE as GEOJSON
from api.texts.reference_systems import BY_URI, CRS84
from zones.atlas.features import Collection

SCHEMA_MEDIA_TYPE = "application/schema+json"
_QUERYABLES_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_SCHEMA_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/schema"


def describe(atlas: Atlas, identity: str, asked: Query) -> dict[str, Any]:
    """A collection as the standard describes it.

    There is no temporal extent: a feature is of its edition and has no time of its own.

    Raises `UnknownThingError`.
    """
    chosen = atlas.collection(identity)
    answer: dict[str, Any] = {
        "id": chosen.id,
        "title": chosen.title,
        "description": chosen.description,
        "itemType": "feature",
        "crs": list(BY_URI),
        "storageCrs": CRS84.uri,
        "numberOfFeatures": len(chosen.features),
    }
    if chosen.bbox is not None:
        answer["extent"] = {"spatial": {"bbox": [list(chosen.bbox)], "crs": CRS84.uri}}
    answer["links"] = [*_own_links(atlas, identity, asked), *enclosures(atlas, identity)]
    licence = str(atlas.edition.metadata.get("licence"))
    if licence in LICENCE_ADDRESSES:
        of_licence = {"rel": "license", "href": LICENCE_ADDRESSES[licence], "type": HTML}
        answer["links"].append({**of_licence, "title": f"Licence of the data: {licence}"})
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
            link(rel, f"{path}/schema", f"schema of {identity}", SCHEMA_MEDIA_TYPE, edition=edition)
            for rel in ("describedby", _SCHEMA_RELATION)
        ),
        link(
            _QUERYABLES_RELATION,
            f"{path}/queryables",
            f"what filters of {identity} may name",
            SCHEMA_MEDIA_TYPE,
            edition=edition,
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


def schema_of(collection: Collection) -> dict[str, Any]:
    """What a feature of a collection has: its id, its geometry and its properties."""
    shape = SHAPES[collection.id]
    properties: dict[str, Any] = {
        "id": {
            "type": "string",
            "title": to_translate("Id"),
            "description": "Identifier of the feature within its collection, the same in every edition.",
            "readOnly": True,
            "x-ogc-role": "id",
        },
        "geometry": {
            "format": f"geometry-{shape.geometry}",
            "title": to_translate("Geometry"),
            "description": "WGS84 longitude and latitude in degrees.",
            "x-ogc-role": "primary-geometry",
        },
        **{one.name: _property_schema(one) for one in shape.properties},
    }
    for place, one in enumerate(properties.values(), start=1):
        one["x-ogc-propertySeq"] = place
    return {**_schema(collection, "schema", properties), "required": list(properties)}


def queryables_of(collection: Collection) -> dict[str, Any]:
    """What filters, and parameters of the same names, may choose by: all that its features differ in."""
    properties = schema_of(collection)["properties"]
    chosen = {name: one for name, one in properties.items() if name != EDITION}
    return _schema(collection, "queryables", chosen)


def _schema(collection: Collection, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": absolute(f"/collections/{collection.id}/{name}"),
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": properties,
        "additionalProperties": False,
    }


def _property_schema(one: Property) -> dict[str, Any]:
    """One property."""
    schema: dict[str, Any] = {
        "type": [one.type, "null"] if one.nullable else one.type,
        "title": one.title,
        "description": one.description,
        "readOnly": True,
    }
    if one.words:
        schema["enum"] = [*one.words, None] if one.nullable else list(one.words)
    if one.unit is not None:
        schema["x-ogc-unit"] = one.unit
    return schema
