"""The schema of a collection's features (OGC API - Features - Part 5), as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

from api.collections.properties import SHAPES, Property
from api.http.responses import absolute
from zones.atlas.features import Collection

MEDIA_TYPE = "application/schema+json"


def schema_of(collection: Collection) -> dict[str, Any]:
    """What a feature of a collection has: its id, its geometry and its properties."""
    shape = SHAPES[collection.id]
    properties: dict[str, Any] = {
        "id": {
            "type": "string",
            "title": "Id",
            "description": "Identifier of the feature within its collection, the same in every edition.",
            "readOnly": True,
            "x-ogc-role": "id",
        },
        "geometry": {
            "format": f"geometry-{shape.geometry}",
            "title": "Geometry",
            "description": "WGS84 longitude and latitude in degrees.",
            "x-ogc-role": "primary-geometry",
        },
        **{one.name: property_schema(one) for one in shape.properties},
    }
    for place, one in enumerate(properties.values(), start=1):
        one["x-ogc-propertySeq"] = place
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": absolute(f"/collections/{collection.id}/schema"),
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def property_schema(one: Property) -> dict[str, Any]:
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
