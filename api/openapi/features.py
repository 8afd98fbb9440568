"""Collections and their features: OGC API - Features."""

from __future__ import annotations

from api.collections.filters import CHOOSING, PAGING, TRUTHS, filters_of
from api.collections.properties import SHAPES, Property
from api.collections.schemas import MEDIA_TYPE as SCHEMA
from api.openapi.geometries import feature_id, stem_of
from api.openapi.writing import HTML, JSON, TEXT, Json, answer, in_query, operation, parameter, schema, words
from api.texts.geojson import MEDIA_TYPE as GEOJSON

TAG = "Features"

# Of filters, by name or else by type.
_EXAMPLES = {
    "breadth_nm": 15,
    "id": "territorial_waters-KAZ",
    "legal_basis": "Convention, Art. 7",
    "number": 1,
    "string": "Kazakhstan",
}
_EDITION_AND_FORM = (parameter("edition"), parameter("f"))


def paths() -> dict[str, Json]:
    """Every path of collections, with the filters of each collection at its items."""
    written: dict[str, Json] = {
        "/conformance": {
            "get": operation(
                "getConformance",
                TAG,
                "Which requirements of which standards are met",
                {"200": answer("Conformance classes.", {JSON: schema("Conformance"), HTML: TEXT})},
                parameters=[parameter("f")],
            )
        },
        "/collections": {
            "get": operation(
                "getCollections",
                TAG,
                "The collections of an edition",
                {"200": answer("All collections.", {JSON: schema("Collections"), HTML: TEXT})},
                parameters=_EDITION_AND_FORM,
                problems=(404, 503),
            )
        },
        "/collections/{collectionId}": {
            "get": operation(
                "getCollection",
                TAG,
                "One collection",
                {"200": answer("What it holds and where.", {JSON: schema("Collection"), HTML: TEXT})},
                parameters=[parameter("collectionId"), *_EDITION_AND_FORM],
                problems=(404, 503),
            )
        },
        "/collections/{collectionId}/schema": {
            "get": operation(
                "getSchema",
                TAG,
                "What the features of a collection carry",
                {"200": answer("A JSON Schema.", {SCHEMA: schema("Schema"), HTML: TEXT})},
                parameters=[parameter("collectionId"), *_EDITION_AND_FORM],
                problems=(404, 503),
            )
        },
    }
    for collection in SHAPES:
        written[f"/collections/{collection}/items"] = {"get": _items(collection)}
        written[f"/collections/{collection}/items/{{featureId}}"] = {"get": _item(collection)}
    return written


def _items(collection: str) -> Json:
    stem = stem_of(collection)
    shared = [parameter(name) for name in (*PAGING, *CHOOSING, "edition", "f")]
    return operation(
        f"get{stem}",
        TAG,
        f"Features of {collection}",
        {"200": answer("A page of features.", {GEOJSON: schema(f"{stem}Page"), HTML: TEXT})},
        parameters=[*shared, *(_filter(one) for one in filters_of(collection))],
        problems=(404, 503),
    )


def _item(collection: str) -> Json:
    stem = stem_of(collection)
    return operation(
        f"get{stem}Feature",
        TAG,
        f"One feature of {collection}",
        {"200": answer("The feature.", {GEOJSON: schema(f"{stem}Item"), HTML: TEXT})},
        parameters=[feature_id(), *_EDITION_AND_FORM],
        problems=(404, 503),
    )


def _filter(one: Property) -> Json:
    if one.words:
        value = words(one.words)
    elif one.type == "boolean":
        value = words(TRUTHS)
    elif one.type == "string":
        value = {"type": "string", "minLength": 1}
    else:
        value = {"type": one.type}
    example = value["enum"][0] if "enum" in value else _EXAMPLES.get(one.type)
    return in_query(
        one.name,
        value,
        f"Only features with this value. {one.description}",
        style="form",
        explode=True,
        example=_EXAMPLES.get(one.name, example),
    )
