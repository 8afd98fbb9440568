"""What operations share: parameters, bodies, schemas and problems.

What no table of the code tells stands in ``components.json``; where one does, the place is empty there
and filled here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from api.batches.choices import EXPLANATION
from api.batches.crossings import LEG_FIELDS, LEGS
from api.collections.cql2.reading import LANGUAGES as FILTER_LANGUAGES
from api.collections.formats import FORMATS
from api.collections.names import downloads
from api.collections.offsets import STEPS
from api.collections.properties import SHAPES
from api.http.negotiation import FORMS, HTML, REPORT, WITH_REPORT
from api.http.problems import ALL_PROBLEMS
from api.http.problems import MEDIA_TYPE as PROBLEM
from api.languages.choice import LANGUAGES
from api.openapi.features import feature_schemas
from api.openapi.processes import process_schemas
from api.openapi.writing import NUMBER, TEXT, Json, answer, header, or_null, record, schema, words
from api.settings import ON
from api.texts.reference_systems import BY_URI, SYSTEMS
from zones.classification.records import FIELDS, RECORD_FIELDS, RecordField
from zones.crossings.area import PART_FIELDS
from zones.crossings.route import Total
from zones.tracks.tables import EVENT_FIELDS, SUM_FIELDS, TIMESTAMP, VESSEL, TrackField
from zones.words import ANSWERS, STATES, STATUSES

_FIXED: Final[Json] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))

_STATUSES = (400, 403, 404, 406, 412, 413, 415, 416, 429, 500, 503, 507)
_OF_PROCESSES = 403  # is a problem of theirs alone
_HEADERS = {
    415: {
        "Accept-Post": header(TEXT, "Media types that are read here."),
        "Accept-Encoding": header(TEXT, "Codings of a body that are read here."),
    },
    429: {"Retry-After": header(TEXT, "Seconds until a request is answered again.")},
    503: {"Retry-After": header(TEXT, "Seconds until it may be worth to ask again.")},
}
_DETAIL = {
    429: "More requests at once than the operator allows a client.",
    500: "A fault of the service; it has been logged.",
}


def _field(one: RecordField) -> Json:
    unit = "" if one.unit is None else f" [{one.unit}]"
    value: Json = words(one.words) if one.words else {"type": one.type}
    value["description"] = one.meaning + unit
    if one.within is not None:
        value |= {"minimum": -one.within, "maximum": one.within}
    return or_null(value) if one.nullable else value


RECORD: Final[dict[str, Json]] = {one.name: _field(one) for one in FIELDS}
# What the default edition answers for a position off the Absheron peninsula, without comparison.
EXAMPLE: Final[Json] = _FIXED["schemas"]["Record"]["example"]

# Members of the pieces of routes and areas by name; numbers are known by their units, the rest is text.
_PIECES: Final[Mapping[str, Json]] = {
    "kind": words(["zone", "sector"]),
    "part": {"type": "integer", "minimum": 0},
    "legs": {"type": "integer", "minimum": 1},
    "zone": or_null(words(ANSWERS)),
    "state": or_null(words(STATES)),
    "delimited": or_null({"type": "boolean"}),
    "sector_status": or_null(words(STATUSES)),
}
_UNITS = ("_km", "_m", "_nm", "_km2", "_percent", "_lon", "_lat")


def components(config: Mapping[str, Any]) -> Json:
    """All of them, with the limits that are set."""
    fixed = copy.deepcopy(_FIXED)
    return {
        "parameters": _parameters(fixed["parameters"], config),
        "requestBodies": fixed["requestBodies"],
        "schemas": _schemas(fixed["schemas"], config),
        "responses": {f"Problem{status}": _problem(status) for status in _statuses(config)},
    }


def _statuses(config: Mapping[str, Any]) -> list[int]:
    return [status for status in _STATUSES if status != _OF_PROCESSES or config["WHAT_IF"] == ON]


def _parameters(written: dict[str, Json], config: Mapping[str, Any]) -> dict[str, Json]:
    most = int(config["MAX_PAGE_LIMIT"])
    usual = min(int(config["PAGE_LIMIT"]), most)
    written["limit"] |= {
        "description": f"Features on a page at most. A larger number than {most} is taken as {most}.",
        "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
    }
    written["f"]["schema"] = words(FORMS)
    written["formOrReport"]["schema"] = words(WITH_REPORT)
    written["jsonOrReport"]["schema"] = words(("json", REPORT))
    written["legs"]["schema"] = {**words(LEGS), "default": LEGS[0]}
    written["lang"]["schema"] = words(LANGUAGES)
    written["filterLang"]["schema"] = {**words(FILTER_LANGUAGES), "default": FILTER_LANGUAGES[0]}
    for name in ("crs", "bboxCrs", "filterCrs"):
        written[name]["schema"] = words(BY_URI)
    written["crs"]["description"] += "".join(
        f" {one.uri}: {one.operation}." for one in SYSTEMS if one.operation
    )
    written["maxAllowableOffset"]["description"] += f" Steps are {', '.join(STEPS)}."
    written["fields"]["schema"]["items"] = words((*RECORD_FIELDS, EXPLANATION))
    written["collectionId"]["schema"] = words(SHAPES)
    written["fileName"]["schema"] = words(one.name for one in downloads(SHAPES))
    written["slug"]["schema"] = words(sorted(ALL_PROBLEMS))
    return written


def _schemas(written: dict[str, Json], config: Mapping[str, Any]) -> dict[str, Json]:
    most = int(config["MAX_POINTS"])
    written["Record"] |= record(RECORD)
    written["SomeRecord"]["properties"] = {
        **RECORD,
        "lon": or_null(RECORD["lon"]),
        "lat": or_null(RECORD["lat"]),
        **written["SomeRecord"]["properties"],
    }
    written["Points"]["properties"]["points"]["maxItems"] = most
    written["GeoJsonPoints"]["description"] = f"Points as GeoJSON, at most {most}."
    written["Leg"] = _pieces(LEG_FIELDS)
    written["AreaPart"] = _pieces(PART_FIELDS)
    written["RouteTotal"] = _pieces(Total.__dataclass_fields__)
    written["Crossings"]["properties"]["article_14_states"]["items"] = words(STATES)
    written["Collection"]["properties"]["id"] = words(SHAPES)
    written["Download"]["properties"] |= {
        "format": words(one.id for one in FORMATS),
        "type": words(one.media_type for one in FORMATS),
    }
    written["TrackFeatures"]["properties"]["features"]["maxItems"] = most
    for name, member, fields in (("Events", "events", EVENT_FIELDS), ("Stays", "results", SUM_FIELDS)):
        written[name]["properties"][member]["items"] = _track_row(fields)
    processes = process_schemas(config) if config["WHAT_IF"] == ON else {}
    return {**written, **feature_schemas(), **processes}


def _track_row(fields: Iterable[TrackField]) -> Json:
    """A row of events or sums: vessels and times under the names of the columns that they came in."""
    types = {"number": "number", "whole": "integer"}
    row = {}
    for one in fields:
        if one.name in (VESSEL, TIMESTAMP, "assumptions", "edition"):
            continue
        value: Json = words(one.words) if one.words else {"type": types.get(one.type, "string")}
        value["description"] = one.meaning + ("" if one.unit is None else f" [{one.unit}]")
        row[one.name] = or_null(value) if one.nullable else value
    return record(row)


def _pieces(names: Iterable[str]) -> Json:
    others = {name: NUMBER if name.endswith(_UNITS) else or_null(TEXT) for name in names}
    return record({name: _PIECES.get(name, other) for name, other in others.items()})


def _problem(status: int) -> Json:
    titles = {one.status: one.title for one in ALL_PROBLEMS.values()}
    description = _DETAIL.get(status) or f"{titles.get(status, HTTPStatus(status).phrase)}."
    return answer(description, {PROBLEM: schema("Problem"), HTML: TEXT}, _HEADERS.get(status))
