"""Whose water a position, a route or an area is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.batches.crossings import LEG_FIELDS
from api.batches.forms import CSV, FORMS, GEOJSON, JSON, LINES, TEXT_SEQUENCE
from api.openapi.geometries import POSITION
from api.openapi.records import EXAMPLE, RECORD
from api.openapi.writing import (
    HTML,
    TEXT,
    Json,
    answer,
    array,
    in_query,
    operation,
    or_null,
    parameter,
    record,
    schema,
    words,
)
from zones.classification.records import RECORD_FIELDS
from zones.crossings.area import PART_FIELDS
from zones.crossings.route import Total
from zones.words import ANSWERS, STATES, STATUSES

TAG: Final = "Classification"
TOTAL_FIELDS: Final = tuple(Total.__dataclass_fields__)

_NUMBER: Final[Json] = {"type": "number"}
_COMPARE: Final = "Compare the bundled coasts: fills `coast_spread_m` and `certain`."
_ROWS: Final = (
    "Answers come in the order of the questions. A row that cannot be answered has an `error` in its "
    "place and does not spoil the others."
)


def schemas(config: Mapping[str, Any]) -> dict[str, Json]:
    """Questions and answers."""
    some = {
        **RECORD,
        "lon": or_null(RECORD["lon"]),
        "lat": or_null(RECORD["lat"]),
        "error": {"type": "string", "description": "Why this row cannot be answered."},
    }
    return {
        "Record": record(RECORD, {}, additionalProperties=False, example=EXAMPLE),
        "SomeRecord": {
            "type": "object",
            "properties": some,
            "additionalProperties": False,
            "description": "The fields asked for, all where none are named; or an `error`.",
        },
        "Results": record({"edition": TEXT, "results": array(schema("SomeRecord"))}),
        "ResultFeatures": record(
            {
                "type": words(["FeatureCollection"]),
                "edition": TEXT,
                "features": array(schema("ResultFeature")),
            }
        ),
        "ResultFeature": record(
            {
                "type": words(["Feature"]),
                "geometry": or_null({"type": "object"}),
                "properties": {"type": "object"},
            },
            description="A point with its own properties and, over them, its record.",
        ),
        "Points": record(
            {
                "points": array(
                    {},
                    maxItems=int(config["MAX_POINTS"]),
                    description="Positions, longitude and latitude in degrees: [[lon, lat], ...].",
                )
            },
            additionalProperties=False,
        ),
        "GeoJsonPoints": {
            "anyOf": [schema("PointGeometry"), schema("PointFeature"), schema("PointFeatures")],
            "description": f"Points as GeoJSON, at most {int(config['MAX_POINTS'])}.",
        },
        "PointGeometry": {
            "oneOf": [
                record({"type": words(["Point"])}, {"coordinates": {}}),
                record({"type": words(["MultiPoint"]), "coordinates": array({})}),
            ],
            "description": "A position that is none is answered by an `error`.",
        },
        "PointFeature": record(
            {"type": words(["Feature"])},
            {
                "id": {"anyOf": [or_null(TEXT), _NUMBER], "description": "A text or a finite number."},
                "geometry": {"allOf": [schema("PointGeometry")], "nullable": True},
                "properties": or_null({"type": "object"}),
            },
        ),
        "PointFeatures": record({"type": words(["FeatureCollection"]), "features": array({})}),
        **_crossing_schemas(),
    }


def paths(config: Mapping[str, Any]) -> dict[str, Json]:
    """The paths, each with its operations."""
    return {
        "/classify": {"get": _one(), "post": _many(config)},
        "/crossings": {"post": _crossings(config)},
    }


def _fields() -> Json:
    return in_query(
        "fields",
        array(words(RECORD_FIELDS), minItems=1, uniqueItems=True),
        "Fields of the record, in the order wanted; all where none are named.",
        style="form",
        explode=False,
        example=["zone", "state"],
    )


def _either_total() -> Json:
    """Of a route by length, of an area by its extent."""
    return {"anyOf": [schema("RouteTotal"), schema("AreaPart")]}


def _lines(name: str) -> Json:
    return {"type": "string", "minLength": 1, "format": name}


def _one() -> Json:
    return operation(
        "classifyPosition",
        TAG,
        "Whose water one position is in",
        {
            "200": answer(
                "The record of the position; with `fields` those of them.",
                {JSON: {"anyOf": [schema("Record"), schema("SomeRecord")]}, HTML: TEXT},
                example=EXAMPLE,
            )
        },
        description="Give `lon` and `lat`, or `position`.",
        parameters=[
            in_query("lon", {**_NUMBER, "minimum": -180, "maximum": 180}, "Longitude. [deg]", example=49.97),
            in_query("lat", {**_NUMBER, "minimum": -90, "maximum": 90}, "Latitude. [deg]", example=40.1),
            in_query(
                "position",
                {"type": "string", "minLength": 1, "format": "chart-position"},
                "The position as a chart has it, latitude and longitude with their letters, as in "
                "`42°33.6'N 49°53.3'E`.",
                example="42°33.6'N 49°53.3'E",
            ),
            _fields(),
            in_query("compare", {"type": "boolean", "default": True}, _COMPARE, example=False),
            parameter("edition"),
            parameter("f"),
        ],
        problems=(404, 503),
    )


def _many(config: Mapping[str, Any]) -> Json:
    points = {"oneOf": [schema("Points"), schema("GeoJsonPoints")]}
    return operation(
        "classifyPositions",
        TAG,
        "Whose water many positions are in",
        {
            "200": answer(
                "A record for every row, in the form that the Accept header asks for; else in that of the "
                "request.",
                {
                    JSON: schema("Results"),
                    GEOJSON: schema("ResultFeatures"),
                    **{FORMS[one].content_type: TEXT for one in (CSV, TEXT_SEQUENCE, LINES)},
                },
            )
        },
        description=(
            f"{_ROWS} JSON and GeoJSON hold at most {int(config['MAX_POINTS'])} points; CSV and sequences "
            f"are answered row by row. A body has at most {int(config['MAX_BODY_BYTES'])} bytes."
        ),
        parameters=[
            _fields(),
            in_query("compare", {"type": "boolean", "default": False}, _COMPARE, example=True),
            parameter("edition"),
        ],
        requestBody={
            "required": True,
            "content": {
                JSON: {"schema": points, "example": {"points": [[49.97, 40.1], [50.5, 42.5]]}},
                GEOJSON: {
                    "schema": schema("GeoJsonPoints"),
                    "example": {"type": "Point", "coordinates": [49.97, 40.1]},
                },
                CSV: {"schema": _lines("positions-csv"), "example": "name,lon,lat\nbuoy,49.97,40.1\n"},
                TEXT_SEQUENCE: {
                    "schema": _lines("positions-geojson-seq"),
                    "example": '\x1e{"type":"Feature","properties":{},'
                    '"geometry":{"type":"Point","coordinates":[49.97,40.1]}}\n',
                },
                LINES: {
                    "schema": _lines("positions-ndjson"),
                    "example": '{"type":"Feature","properties":{},'
                    '"geometry":{"type":"Point","coordinates":[49.97,40.1]}}\n',
                },
            },
        },
        problems=(404, 406, 413, 415, 503, 507),
    )


def _crossings(config: Mapping[str, Any]) -> Json:
    geometry = schema("RouteOrArea")
    example = {"type": "LineString", "coordinates": [[49.97, 40.1], [52.9, 40.0]]}
    return operation(
        "crossings",
        TAG,
        "What a route crosses, or an area holds",
        {
            "200": answer(
                "Legs and totals, or areas; for several features an answer each.", {JSON: schema("Crossings")}
            )
        },
        description=(
            f"At most {int(config['MAX_FEATURES'])} lines and areas as GeoJSON, with at most "
            f"{int(config['MAX_ROUTE_VERTICES'])} vertices and {int(config['MAX_ROUTE_LENGTH_KM'])} km "
            f"together, their edges geodesics of at most 5,000 km, that fall into at most "
            f"{int(config['MAX_ROUTE_LEGS'])} legs. Of several, a bad one is answered by an `error`."
        ),
        parameters=[parameter("edition")],
        requestBody={
            "required": True,
            "content": {
                GEOJSON: {"schema": geometry, "example": example},
                JSON: {"schema": geometry, "example": example},
            },
        },
        problems=(404, 413, 415, 503),
    )


def _crossing_schemas() -> dict[str, Json]:
    line = array(POSITION, minItems=2)
    ring = array(POSITION, minItems=4)
    geometries = {
        "LineString": line,
        "MultiLineString": array(line, minItems=1),
        "Polygon": array(ring, minItems=1),
        "MultiPolygon": array(array(ring, minItems=1), minItems=1),
    }
    plain = [
        record({"type": words([name]), "coordinates": coordinates})
        for name, coordinates in geometries.items()
    ]
    feature = record(
        {"type": words(["Feature"]), "geometry": schema("RouteOrAreaGeometry")},
        {"id": {}, "properties": or_null({"type": "object"})},
    )
    features = record(
        {"type": words(["FeatureCollection"]), "features": array(schema("RouteOrAreaFeature"), minItems=1)}
    )
    return {
        "RouteOrAreaGeometry": {"oneOf": plain},
        "RouteOrAreaFeature": feature,
        "RouteOrAreaFeatures": features,
        "RouteOrArea": {
            "oneOf": [
                schema("RouteOrAreaGeometry"),
                schema("RouteOrAreaFeature"),
                schema("RouteOrAreaFeatures"),
            ]
        },
        "Leg": record({name: _LEG.get(name, or_null(TEXT)) for name in LEG_FIELDS}),
        "AreaPart": record({name: _PART.get(name, or_null(TEXT)) for name in PART_FIELDS}),
        "RouteTotal": record({name: _TOTAL[name] for name in TOTAL_FIELDS}),
        "Crossings": record(
            {"edition": TEXT, "assumptions": or_null(TEXT), "notice": TEXT},
            {
                "route": {"type": "object"},
                "legs": array(schema("Leg")),
                "sector_legs": array(schema("Leg")),
                "area": {"type": "object"},
                "totals": array(_either_total()),
                "sector_totals": array(_either_total()),
                "article_14_states": array(words(STATES)),
                "article_14_note": TEXT,
                "remarks": array(TEXT),
                "results": array({"type": "object"}),
            },
        ),
    }


_LEG: Final[Mapping[str, Json]] = {
    "kind": words(["zone", "sector"]),
    "part": {"type": "integer", "minimum": 0},
    "zone": or_null(words(ANSWERS)),
    "state": or_null(words(STATES)),
    "delimited": or_null({"type": "boolean"}),
    "sector_status": or_null(words(STATUSES)),
    **{name: _NUMBER for name in LEG_FIELDS if name.endswith(("_km", "_m", "_nm", "_lon", "_lat"))},
}
_TOTAL: Final[Mapping[str, Json]] = {
    "zone": or_null(words(ANSWERS)),
    "state": or_null(words(STATES)),
    "legs": {"type": "integer", "minimum": 1},
    "length_m": _NUMBER,
    "length_km": _NUMBER,
    "length_nm": _NUMBER,
    "share_percent": _NUMBER,
}
_PART: Final[Mapping[str, Json]] = {
    "kind": words(["zone", "sector"]),
    "state": or_null(words(STATES)),
    "area_km2": _NUMBER,
    "share_percent": _NUMBER,
    "sector_status": or_null(words(STATUSES)),
}
