"""The process ``edition`` as OGC API - Processes describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.languages.marks import to_translate
from api.processes.inputs import LONGEST_TITLE, MOST_LINES, OUTPUT
from api.version import version
from coastlines import SOURCE_IDS, features
from coastlines.words import LINE_KINDS, LINE_TYPES
from zones.atlas.coast_direction import LEAST_REACH_M
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.parameters import LEAST_BREADTH_NM
from zones.seabed.effects import short_name
from zones.words import SEABED_PAIRS, STATES, TERRITORIAL_WATERS_MAXIMUM_NM

Json = dict[str, Any]

PROCESS = "edition"
_POSITION: Json = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 3,
    "description": "longitude and latitude on WGS84 [deg]",
}
_EXAMPLE_LINE: Json = {
    "type": "Feature",
    "properties": {"state": "AZE", "kind": "closing_line", "line_type": "geodesic"},
    "geometry": {"type": "LineString", "coordinates": [[49.837, 40.313], [49.983, 40.331]]},
}
_COAST_ENDS = ("coast_from_lon", "coast_from_lat", "coast_to_lon", "coast_to_lat")
_DEPARTURE = ("departure_piece", "departure_deg", *_COAST_ENDS)
_MEASURED = (
    *("length_km", "over_land_km", "longest_piece_km", "snapped_start_m", "snapped_end_m"),
    *("offshore_m", "lon", "lat"),
)
EXAMPLE: Json = {"inputs": {"breadth": {"value": {"KAZ": 12}}, "effects": {"value": {"Chilov": 0.5}}}}


def summary() -> Json:
    """What a list of processes says of it, without links."""
    return {
        "id": PROCESS,
        "title": to_translate("An edition of own choices"),
        "description": to_translate(
            "Builds zones, limits, boundaries and sectors from breadths, straight lines and effects of the "
            "asker's own, and says what differs from the default edition of the same coast."
        ),
        "version": version(),
        "jobControlOptions": ["async-execute", "dismiss"],
        "outputTransmission": ["value"],
    }


def description(config: Mapping[str, Any]) -> Json:
    """All of it, without links."""
    most = int(config["MAX_WHAT_IF_VERTICES"])
    return {**summary(), "inputs": _inputs(most), "outputs": {OUTPUT: _output()}}


def islands() -> list[str]:
    """Names of the islands and stretches of coast whose effect can be chosen."""
    return [short_name(one) for one in features() if one.generates_baseline and one.bbox is not None]


def _inputs(most_vertices: int) -> Json:
    return {
        "coast": _input(
            to_translate("Coast"),
            to_translate("Id of a bundled coast."),
            {"type": "string", "enum": list(SOURCE_IDS), "default": SOURCE_IDS[0]},
        ),
        "breadth": _input(
            to_translate("Breadths"),
            to_translate("Breadth of the territorial waters of States; those not named have 15 nm. [nm]"),
            _by_name(
                STATES,
                {
                    "type": "number",
                    "minimum": LEAST_BREADTH_NM,
                    "maximum": TERRITORIAL_WATERS_MAXIMUM_NM,
                },
                {"KAZ": 12},
            ),
        ),
        "straight_lines": _input(
            to_translate("Straight baselines, closing lines and harbour works"),
            "Lines that stand for the shore, their ends within 500 m of it. All lines and treaty points "
            f"have at most {most_vertices} vertices.",
            _lines_schema(most_vertices),
        ),
        "effects": _input(
            to_translate("Effects"),
            to_translate(
                "Effect of islands and stretches of coast on the equidistance lines of the seabed: 1 full, "
                "0.5 half, 0 none."
            ),
            _by_name(islands(), {"type": "number", "minimum": 0, "maximum": 1}, {"Chilov": 0.5}),
        ),
        "treaty_points": _input(
            to_translate("Treaty points"),
            to_translate("A treaty's own points of lines of the seabed, in their order."),
            _by_name(
                SEABED_PAIRS, {"type": "array", "items": _POSITION, "minItems": 2, "maxItems": most_vertices}
            ),
        ),
        "keep_artificial": _input(
            to_translate("Artificial land counts"),
            to_translate(
                "Whether artificial land generates a baseline, against Article 7(2), to see its effect."
            ),
            {"type": "boolean", "default": False},
        ),
        "title": _input(
            to_translate("Title"),
            to_translate("What the results are to be called; nothing depends on it."),
            {"type": "string", "maxLength": LONGEST_TITLE},
        ),
    }


def _input(title: str, text: str, schema: Json) -> Json:
    return {"title": title, "description": text, "minOccurs": 0, "maxOccurs": 1, "schema": schema}


def _by_name(names: Any, value: Json, example: Json | None = None) -> Json:
    """An object with some of these names, the values of one kind."""
    schema: Json = {
        "type": "object",
        "properties": dict.fromkeys(names, value),
        "additionalProperties": False,
    }
    return schema if example is None else {**schema, "example": example}


def _lines_schema(most_vertices: int) -> Json:
    words = {"state": STATES, "kind": LINE_KINDS, "line_type": LINE_TYPES}
    properties: Json = {name: {"type": "string", "enum": list(known)} for name, known in words.items()}
    properties["line_type"]["default"] = LINE_TYPES[0]
    properties["name"] = {"type": "string", "maxLength": LONGEST_TITLE}
    coordinates = {"type": "array", "items": _POSITION, "minItems": 2, "maxItems": most_vertices}
    feature = _object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "properties": _object(properties, "state", "kind"),
            "geometry": _object(
                {"type": {"type": "string", "enum": ["LineString"]}, "coordinates": coordinates},
                *("type", "coordinates"),
            ),
        },
        *("type", "properties", "geometry"),
    )
    return _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": feature, "maxItems": MOST_LINES},
        },
        *("type", "features"),
    ) | {"example": {"type": "FeatureCollection", "features": [_EXAMPLE_LINE]}}


def _object(properties: Json, *required: str) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _output() -> Json:
    number: Json = {"type": "number"}
    text: Json = {"type": "string"}
    area = dict.fromkeys(("collection", "id", "name"), text) | {"state": {**text, "nullable": True}}
    area |= dict.fromkeys(("before_km2", "after_km2", "gained_km2", "lost_km2"), number)
    line = dict.fromkeys(("collection", "id", "name"), text)
    line |= {name: {**number, "nullable": True} for name in ("moved_m", "lon", "lat")}
    drawn = dict.fromkeys(("name", "state", "kind", "line_type"), text)
    drawn |= dict.fromkeys(_MEASURED, number)
    drawn |= {name: {**number, "nullable": True} for name in _DEPARTURE}
    differences = _object(
        {
            "areas": {"type": "array", "items": _object(area, *area)},
            "lines": {"type": "array", "items": _object(line, *line)},
            "straight_lines": {"type": "array", "items": _object(drawn, *drawn)},
            "moved_within_m": number,
        },
        *("areas", "lines", "straight_lines", "moved_within_m"),
    ) | {"nullable": True}
    return {
        "title": "The edition and what differs",
        "description": "The name of the edition, what it assumes, links to it, and tables: areas before and "
        "after, gained and lost, of every zone and sector [km2]; the largest distance of each line from "
        "where it lay, and of each straight line from the shore [m], by at most `moved_within_m` too small: "
        "two drawings of one line may lie so far apart, and strips along lines that are on average no wider "
        "are neither gained nor lost; "
        "and of each straight line the piece that departs most from the coast's general direction: the angle "
        "between it and the geodesic between the first vertices of the mainland's shore that are as far "
        f"beyond its ends as it is long, and at least {LEAST_REACH_M / METRES_PER_NM:g} nm.",
        "schema": _object(
            {
                "edition": text,
                "title": {**text, "nullable": True},
                "assumptions": {**text, "nullable": True},
                "compared_with": text,
                "differences": differences,
                "inputs": {"type": "object"},
                "links": {"type": "array", "items": {"type": "object"}},
            },
            *("edition", "title", "assumptions", "compared_with", "differences", "inputs", "links"),
        ),
    }
