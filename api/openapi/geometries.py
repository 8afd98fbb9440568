"""GeoJSON (RFC 7946) as schemas: what is taken, and what each collection gives."""

from __future__ import annotations

from typing import Final

from api.collections.properties import SHAPES, Property, Shape
from api.openapi.writing import TEXT, Json, array, in_path, or_null, record, schema

POSITION: Final[Json] = array({"type": "number"}, minItems=2, maxItems=3)

_NAMES = {
    "linestring": "LineString",
    "multilinestring": "MultiLineString",
    "polygon": "Polygon",
    "multipolygon": "MultiPolygon",
}
_LINE = array(POSITION, minItems=2)
_RING = array(POSITION, minItems=4)
_COORDINATES = {
    "linestring": _LINE,
    "multilinestring": array(_LINE),
    "polygon": array(_RING, minItems=1),
    "multipolygon": array(array(_RING, minItems=1)),
}


def geometry(kind: str) -> Json:
    """A geometry of one kind, named in lower case."""
    return record(
        {"type": {"type": "string", "enum": [_NAMES[kind]]}, "coordinates": _COORDINATES[kind]},
        description="WGS84 longitude and latitude in degrees, at most 7 decimals.",
    )


def property_schema(one: Property) -> Json:
    """A property as OpenAPI 3.0 writes it."""
    unit = f" [{one.unit.strip('[]')}]" if one.unit else ""
    value: Json = {"type": one.type, "title": one.title, "description": one.description + unit}
    if one.words:
        value["enum"] = list(one.words)
    return or_null(value) if one.nullable else value


_TOLD: Json = {"edition": TEXT, "assumptions": or_null(TEXT)}


def feature_schemas() -> dict[str, Json]:
    """For each collection a Feature and a page of features."""
    schemas: dict[str, Json] = {}
    for collection, shape in SHAPES.items():
        stem = stem_of(collection)
        schemas[f"{stem}Properties"] = _properties(shape)
        schemas[f"{stem}Feature"] = _feature(stem, shape, {})
        schemas[f"{stem}Item"] = _feature(stem, shape, {**_TOLD, "links": array(schema("Link"))})
        schemas[f"{stem}Page"] = record(
            {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                **_TOLD,
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": array(schema("Link")),
                "features": array(schema(f"{stem}Feature")),
            }
        )
    return schemas


def stem_of(collection: str) -> str:
    """What names of a collection's schemas begin with."""
    return "".join(part.capitalize() for part in collection.split("_"))


def feature_id() -> Json:
    """The id of a feature in a path."""
    return in_path(
        "featureId",
        {"type": "string", "minLength": 1, "pattern": "^[^/?#]+$"},
        "Id of a feature, as in `territorial_waters-KAZ`.",
    )


def _properties(shape: Shape) -> Json:
    return record({one.name: property_schema(one) for one in shape.properties}, additionalProperties=False)


def _feature(stem: str, shape: Shape, more: dict[str, Json]) -> Json:
    return record(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": geometry(shape.geometry),
            "properties": schema(f"{stem}Properties"),
            **more,
        }
    )
