"""Features and the parameters that choose them, from the properties of their collections."""

from __future__ import annotations

from typing import Final

from api.collections.filters import PROPERTIES, TRUTHS
from api.collections.properties import SHAPES, Property, Shape
from api.openapi.writing import NUMBER, OBJECT, TEXT, Json, array, or_null, parameter, record, schema, words

_LINE: Final = array(array(NUMBER, minItems=2, maxItems=3), minItems=2)
_RINGS: Final = array({**_LINE, "minItems": 4}, minItems=1)
_GEOMETRIES: Final = {
    "linestring": ("LineString", _LINE),
    "multilinestring": ("MultiLineString", array(_LINE)),
    "polygon": ("Polygon", _RINGS),
    "multipolygon": ("MultiPolygon", array(_RINGS)),
}
_OFFSET_MEANING: Final = "How far geometries may lie from the exact ones; null: they are exact. [deg]"
_OF_AN_EDITION: Final[Json] = {"edition": TEXT, "assumptions": or_null(TEXT)}
_OPERATION_MEANING: Final = "What leads to another datum than WGS84, and its accuracy; null: nothing does."
_SHAPE: Final[Json] = {
    "max_allowable_offset": or_null({"type": "number", "description": _OFFSET_MEANING}),
    "coordinate_operation": or_null({**TEXT, "description": _OPERATION_MEANING}),
}
_LINKS: Final = array(schema("Link"))
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}

_SOME: Final = "With the parameter `properties` those that it names."

# Of filters, by name or else by type.
_EXAMPLES: Final = {
    "breadth_nm": 15,
    "id": "territorial_waters-KAZ",
    "legal_basis": "Convention, Art. 7",
    "number": 1,
    "string": "Kazakhstan",
}


def stem_of(collection: str) -> str:
    """What names of a collection's schemas begin with."""
    return collection.title().replace("_", "")


def feature_schemas() -> dict[str, Json]:
    """For each collection its properties, a Feature, one by itself, and a page of them."""
    schemas: dict[str, Json] = {}
    for collection, shape in SHAPES.items():
        stem = stem_of(collection)
        feature = _feature_members(stem, shape)
        properties = {one.name: _property_schema(one) for one in shape.properties}
        schemas[f"{stem}Properties"] = record(properties, additionalProperties=False)
        schemas[f"{stem}Feature"] = record(feature)
        schemas[f"{stem}Item"] = record({**feature, **_OF_AN_EDITION, **_SHAPE, "links": _LINKS})
        schemas[f"{stem}Page"] = record(
            {
                "type": words(["FeatureCollection"]),
                **_OF_AN_EDITION,
                **_SHAPE,
                "numberMatched": _COUNT,
                "numberReturned": _COUNT,
                "links": _LINKS,
                "features": array(schema(f"{stem}Feature")),
            }
        )
    return schemas


def filter_parameter(one: Property) -> Json:
    """The query parameter that chooses features by a property."""
    value: Json = {"type": one.type}
    if one.words or one.type == "boolean":
        value = words(one.words or TRUTHS)
    elif one.type == "string":
        value["minLength"] = 1
    example = value["enum"][0] if "enum" in value else _EXAMPLES.get(one.type)
    return parameter(
        "query",
        one.name,
        value,
        f"Only features with this value. {one.description}",
        style="form",
        explode=True,
        example=_EXAMPLES.get(one.name, example),
    )


def properties_parameter(collection: str) -> Json:
    """The query parameter that chooses which properties are written."""
    names = [one.name for one in SHAPES[collection].properties]
    return parameter(
        "query",
        PROPERTIES,
        array(words(names), minItems=1, uniqueItems=True),
        "Properties that are written, in this order; all by default.",
        style="form",
        explode=False,
        example=names[:2],
    )


def _feature_members(stem: str, shape: Shape) -> dict[str, Json]:
    name, coordinates = _GEOMETRIES[shape.geometry]
    return {
        "type": words(["Feature"]),
        "id": TEXT,
        "geometry": record(
            {"type": words([name]), "coordinates": coordinates},
            nullable=True,
            description="WGS84 longitude and latitude in degrees with 7 decimals, or as `crs` asks.",
        ),
        "properties": {"anyOf": [schema(f"{stem}Properties"), {**OBJECT, "description": _SOME}]},
    }


def _property_schema(one: Property) -> Json:
    unit = f" [{one.unit.strip('[]')}]" if one.unit else ""
    value: Json = {"type": one.type, "title": one.title, "description": one.description + unit}
    if one.words:
        value["enum"] = list(one.words)
    return or_null(value) if one.nullable else value
