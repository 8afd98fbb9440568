"""Every path with its operations, by subject."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.openmetrics.exposition import ALLOWUTF8, DOTS, UNDERSCORES, VALUES
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS

from api.batches.changes import MOST_POSITIONS, POSITION
from api.batches.forms import CSV, FORMS, GEOJSON, JSON, LINES, TEXT_SEQUENCE
from api.collections.descriptions import SCHEMA_MEDIA_TYPE
from api.collections.filters import PAGING, filters_of
from api.collections.formats import FORMATS
from api.collections.names import HASHES
from api.collections.properties import SHAPES
from api.http.negotiation import HTML, PDF
from api.openapi import FILES, MEDIA_TYPE
from api.openapi.components import EXAMPLE
from api.openapi.features import filter_parameter, properties_parameter, stem_of
from api.openapi.processes import answer_to, process_paths
from api.openapi.writing import (
    BINARY,
    NUMBER,
    OBJECT,
    TEXT,
    Json,
    answer,
    array,
    header,
    operation,
    parameter,
    ref,
    schema,
    words,
)
from api.pages.assets import MEDIA_TYPES, files, release
from api.pages.sizes import LAYERS, PARTS, SIZES
from api.settings import ON

START: Final = "Start"
CLASSIFICATION: Final = "Classification"
FEATURES: Final = "Features"
PROCESSES: Final = "Processes"
DOWNLOADS: Final = "Downloads"
OPERATION: Final = "Operation"

_STATIC = Path(__file__).parent.parent / "pages" / "static"
# Prometheus asks for an escaping of names, which the answer then states.
_METRICS_TYPES = (
    CONTENT_TYPE_PLAIN_0_0_4,
    OPENMETRICS,
    *(
        f"{media_type}; escaping={escaping}"
        for media_type in (CONTENT_TYPE_PLAIN_1_0_0, OPENMETRICS)
        for escaping in (ALLOWUTF8, UNDERSCORES, DOTS, VALUES)
    ),
)
MEDIA_TYPES_OF_ASSETS: Final = {name: MEDIA_TYPES[path.suffix] for name, path in files().items()}
_LAYER: Final = parameter("query", "layer", words(LAYERS), "For the page: water or seabed.", example="seabed")
_OF_THE_PAGE: Final = (
    parameter(
        "query", "position", TEXT, "For the page: a position as typed, or nothing.", example="42.5 50.5"
    ),
    _LAYER,
    parameter("query", "part", words(PARTS), "For the page: the answer alone.", example="answer"),
    *(
        parameter(
            "query", f"{size}.{axis}", NUMBER, "For the page: the pixel of a press on its map.", example=80
        )
        for size in SIZES
        for axis in "xy"
    ),
)
_UNCHANGED: Final[Json] = {"304": {"description": "The copy at hand is still right."}}
_FILE_HEADERS: Final = {
    "ETag": header(TEXT, "Strong validator of these bytes."),
    "Accept-Ranges": header(words(["bytes"]), "Ranges of bytes are answered."),
    "Cache-Control": header(TEXT, "How long it holds: for ever under the full name of an edition."),
    "Content-Disposition": header(TEXT, "Name for the file."),
    "Content-Length": header({"type": "integer", "minimum": 0}, "Bytes that follow."),
}
_KEEPING: Final = {name: _FILE_HEADERS[name] for name in ("ETag", "Cache-Control")}
_FORM = ("f",)
_EDITION_AND_FORM = ("edition", "f")
_OFFSET = "maxAllowableOffset"
_CHOOSING = ("bbox", "bboxCrs", "datetime", "filter", "filterLang", "filterCrs")
_CRS_HEADER: Final = {
    "Content-Crs": header(TEXT, "Coordinate reference system of the geometries, as `<URI>`.")
}
_OF_A_FILE = ("editionOfFile", "fileName", _OFFSET)
_CONDITIONS = ("ifMatch", "ifNoneMatch")


def paths(config: Mapping[str, Any]) -> dict[str, Json]:
    """All of them, as the service is set up."""
    classification = {
        "/classify": {"get": _classify_one(), "post": _classify_many(config)},
        "/crossings": {"post": _crossings(config)},
        "/events": {"post": _events(config)},
        "/summarise": {"post": _summarise(config)},
    }
    by_tag = {
        START: _start(),
        OPERATION: _operation(),
        CLASSIFICATION: classification,
        FEATURES: _features(),
        PROCESSES: process_paths() if config["WHAT_IF"] == ON else {},
        DOWNLOADS: _downloads(),
    }
    for tag, described in by_tag.items():
        for path, methods in described.items():
            if "get" in methods and tag != OPERATION and not path.startswith("/jobs/"):
                _keep(methods["get"])
    return {
        path: {method: {"tags": [tag], **one} for method, one in methods.items()}
        for tag, written in by_tag.items()
        for path, methods in written.items()
    }


def _keep(getting: Json) -> None:
    """Describe that a copy of an answer can be kept, and asked for whether it still holds."""
    condition = ref("parameters", "ifNoneMatch")
    if condition not in getting["parameters"]:
        getting["parameters"].append(condition)
    getting["responses"] |= _UNCHANGED
    getting["responses"]["200"]["headers"] = _KEEPING | getting["responses"]["200"].get("headers", {})


def _start() -> dict[str, Json]:
    return {
        "/": _landing(),
        "/map.svg": _get(
            "getDrawnMap",
            "The map of an edition as a picture",
            "A drawing.",
            {"image/svg+xml": TEXT},
            ("edition", "position", _LAYER, "lang"),
            (404, 503),
        ),
        "/assets/{version}/{name}": _asset(),
        "/docs": _get("getDocs", "This document to read", "A page.", {HTML: TEXT}, parameters=["lang"]),
        "/docs/try": _get(
            "getDocsTry", "This document in Swagger UI", "A page.", {HTML: TEXT}, parameters=["lang"]
        ),
        "/docs/{name}": _file_of("getDocsFile", "What Swagger UI's page loads", "name", FILES),
        "/static/{filename}": _file_of(
            "getStaticFile",
            "What the pages load",
            "filename",
            {
                path.name: mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                for path in sorted(_STATIC.iterdir())
                if path.is_file()
            },
        ),
        "/vocabulary": _resource(
            "getVocabulary",
            "Our words beside those of the standards",
            "A table of terms.",
            "Vocabulary",
            _FORM,
        ),
        "/openapi.json": _get(
            "getDescription", "This document", "The service in OpenAPI 3.0.", {MEDIA_TYPE: OBJECT}
        ),
        "/editions": _resource(
            "getEditions", "The editions there are", "Each with its provenance.", "Editions", _FORM
        ),
        "/compare": _changes(),
        "/problems/{slug}": _resource(
            "getProblemType",
            "What a problem type means",
            "Its title and status.",
            "ProblemType",
            ("slug", "f"),
        ),
    }


def _changes() -> Json:
    meaning = "An edition, or a coast for its default one"
    asked = (
        parameter("query", "a", TEXT, f"{meaning}; else the default one of the coast of b.", example="osm"),
        parameter("query", "b", TEXT, f"{meaning}; else the service's.", example="osm"),
        parameter(
            "query",
            POSITION,
            array(TEXT, maxItems=MOST_POSITIONS),
            "A position in any notation, or several, one a line; may be repeated.",
            style="form",
            explode=True,
            example=["42.5 50.5"],
        ),
        *_FORM,
    )
    return _get(
        "getChanges",
        "What changed between two editions",
        "Areas, lines, and the positions asked for that have another answer.",
        {JSON: schema("Changes"), HTML: TEXT},
        asked,
        (404, 413, 503),
    )


def _landing() -> Json:
    made = _resource(
        "getLandingPage",
        "Where a client starts; as a page the map",
        "Links to everything.",
        "Landing",
        ("f", "edition", *_OF_THE_PAGE),
    )
    made["get"]["responses"]["303"] = answer_to("Address of the position that was pressed on the page.")
    return made


def _operation() -> dict[str, Json]:
    def of(schema_name: str) -> dict[str, Json]:
        return {JSON: schema(schema_name)}

    metrics = dict.fromkeys(_METRICS_TYPES, TEXT)
    return {
        "/health/live": _get("isAlive", "Whether the process answers", "It does.", of("Alive")),
        "/health/ready": _get(
            "isReady", "Whether positions can be classified", "They can.", of("Ready"), problems=[503]
        ),
        "/metrics": _get(
            "getMetrics", "Counts for Prometheus", "What all workers have counted.", metrics, problems=[404]
        ),
        "/version": _get(
            "getVersion", "Version of the software", "Of it and what it stands on.", of("Version")
        ),
    }


def _classify_one() -> Json:
    ok = answer(
        "The record of the position; with `fields` those of them.",
        {JSON: {"anyOf": [schema("Record"), schema("SomeRecord")]}, HTML: TEXT, PDF: BINARY},
    )
    ok["content"][JSON]["example"] = EXAMPLE
    return operation(
        "classifyPosition",
        "Whose water one position is in",
        {"200": ok},
        description="Give `lon` and `lat`, or `position`.",
        parameters=["lon", "lat", "position", "fields", "compare", "edition", "formOrReport"],
        problems=(406,),
    )


def _classify_many(config: Mapping[str, Any]) -> Json:
    return operation(
        "classifyPositions",
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
            "Answers come in the order of the questions. A row that cannot be answered has an `error` in its "
            "place and does not spoil the others. JSON and GeoJSON hold at most "
            f"{int(config['MAX_POINTS'])} points; CSV and sequences are answered row by row. {_ENCODINGS} "
            f"{_body(config)}"
        ),
        parameters=["fields", "compareMany", "edition", "lang", *_COLUMNS],
        requestBody=ref("requestBodies", "Positions"),
        problems=(406, 413, 415, 507),
    )


def _crossings(config: Mapping[str, Any]) -> Json:
    return operation(
        "crossings",
        "What a route crosses, or an area holds",
        {
            "200": answer(
                "Legs and totals, or areas; for several features an answer each.",
                {JSON: schema("Crossings"), PDF: BINARY},
            )
        },
        description=(
            f"At most {int(config['MAX_FEATURES'])} lines and areas as GeoJSON, with at most "
            f"{int(config['MAX_ROUTE_VERTICES'])} vertices and {int(config['MAX_ROUTE_LENGTH_KM'])} km "
            "together, their edges of at most 5,000 km, that fall into at most "
            f"{int(config['MAX_ROUTE_LEGS'])} legs. Of several, a bad one is answered by an `error`. "
            f"{_body(config)}"
        ),
        parameters=["edition", "legs", "jsonOrReport"],
        requestBody=ref("requestBodies", "RouteOrArea"),
        problems=(406, 413, 415, 507),
    )


def _events(config: Mapping[str, Any]) -> Json:
    return _of_tracks(
        config,
        "getEvents",
        "Where and when vessels enter and leave zones and sectors",
        answer(
            "The events by vessel and time.",
            {JSON: schema("Events"), GEOJSON: OBJECT, FORMS[CSV].content_type: TEXT},
            _LEFT_OUT,
        ),
        "Positions of a vessel are joined by geodesics, which are cut where they meet a limit: there the "
        "event is, its time by the share of the way. Longer gaps are told (`gap_start`, `gap_end`), not "
        "bridged.",
    )


def _summarise(config: Mapping[str, Any]) -> Json:
    return _of_tracks(
        config,
        "summariseTracks",
        "Time and distance of vessels by zone and sector",
        answer(
            "Of every vessel a row for each zone with its State, each sector, and its gaps.",
            {JSON: schema("Stays"), FORMS[CSV].content_type: TEXT},
            _LEFT_OUT,
        ),
        "Of the same tracks as `/events`.",
    )


_LEFT_OUT: Final = {
    "Rows-Left-Out": header(
        {"type": "integer", "minimum": 0},
        "Rows without vessel, time or position, or whose vessel has another position at that time.",
    )
}


def _of_tracks(config: Mapping[str, Any], identity: str, summary: str, ok: Json, said: str) -> Json:
    return operation(
        identity,
        summary,
        {"200": ok},
        description=(
            f"{said} A table in any order with columns, or features with properties, of vessels (`mmsi`) and "
            "times (`timestamp`, ISO 8601 or since 1970, in UTC where they name no zone and nothing tells or "
            "may tell another). Bad rows are left "
            f"out and counted. At most {int(config['MAX_POINTS'])} positions, "
            f"{int(config['MAX_ROUTE_LENGTH_KM'])} km together, and {int(config['MAX_ROUTE_LEGS'])} rows of "
            f"the answer. {_ENCODINGS} {_body(config)}"
        ),
        parameters=["vesselColumn", "timeColumn", "longestGap", "edition", *_COLUMNS],
        requestBody=ref("requestBodies", "Tracks"),
        problems=(406, 413, 415, 507),
    )


_COLUMNS: Final = ("lonColumn", "latColumn", "positionColumn")
_ENCODINGS: Final = (
    "`Content-Type: text/csv; charset=windows-1251` and the like say how a table is encoded; without a "
    "charset UTF-8, UTF-16 and windows-1251 are recognized."
)


def _body(config: Mapping[str, Any]) -> str:
    """What holds for every body."""
    return (
        f"A body has at most {int(config['MAX_BODY_BYTES'])} bytes; it takes at most "
        f"{int(config['MAX_REQUEST_MEMORY_MB'])} MB of memory and {int(config['MAX_REQUEST_S'])} "
        "seconds. Where others leave no room for it, 503 says so at once."
    )


def _features() -> dict[str, Json]:
    written = {
        "/conformance": _resource(
            "getConformance",
            "Which requirements of which standards are met",
            "Conformance classes.",
            "Conformance",
            _FORM,
        ),
        "/collections": _resource(
            "getCollections", "The collections of an edition", "All collections.", "Collections"
        ),
        "/collections/{collectionId}": _resource(
            "getCollection",
            "One collection",
            "What it holds and where.",
            "Collection",
            ("collectionId", *_EDITION_AND_FORM),
        ),
        "/collections/{collectionId}/schema": _resource(
            "getSchema",
            "What the features of a collection carry",
            "A JSON Schema.",
            "Schema",
            ("collectionId", *_EDITION_AND_FORM),
            SCHEMA_MEDIA_TYPE,
        ),
        "/collections/{collectionId}/queryables": _resource(
            "getQueryables",
            "What filters of a collection may name",
            "A JSON Schema.",
            "Schema",
            ("collectionId", *_EDITION_AND_FORM),
            SCHEMA_MEDIA_TYPE,
        ),
    }
    for collection in SHAPES:
        stem, path = stem_of(collection), f"/collections/{collection}/items"
        filters = (filter_parameter(one) for one in filters_of(collection))
        shaping = ("crs", properties_parameter(collection), "skipGeometry", _OFFSET)
        parameters: list[Json | str] = [*PAGING, *_CHOOSING, *shaping, *_EDITION_AND_FORM, *filters]
        written[path] = _resource(
            f"get{stem}",
            f"Features of {collection}",
            "A page of features.",
            f"{stem}Page",
            parameters,
            GEOJSON,
            (413,),  # a filter that takes longer than a request may
        )
        written[f"{path}/{{featureId}}"] = _resource(
            f"get{stem}Feature",
            f"One feature of {collection}",
            "The feature.",
            f"{stem}Item",
            ("featureId", *shaping, *_EDITION_AND_FORM),
            GEOJSON,
        )
        for described in (written[path], written[f"{path}/{{featureId}}"]):
            described["get"]["responses"]["200"]["headers"] = _CRS_HEADER
    return written


def _downloads() -> dict[str, Json]:
    contents = {one.media_type: TEXT if one.text else BINARY for one in FORMATS} | {GEOJSON: OBJECT}
    return {
        "/downloads": _resource(
            "getDownloads", "The files of an edition", "Every file with its format.", "Downloads"
        ),
        f"/downloads/{{edition}}/{HASHES}": {
            "get": _file("getHashes", "Hashes of all files", {"text/plain": TEXT}, "editionOfFile"),
            "head": _file_head("headHashes", "Headers of the hashes", "editionOfFile"),
        },
        "/downloads/{edition}/{name}": {
            "get": _file("getDownload", "A file", contents, *_OF_A_FILE),
            "head": _file_head("headDownload", "Headers of a file", *_OF_A_FILE),
        },
    }


def _get(
    identity: str,
    summary: str,
    description: str,
    content: Mapping[str, Json],
    parameters: Sequence[Json | str] = (),
    problems: Iterable[int] = (),
) -> Json:
    ok = {"200": answer(description, content)}
    return {"get": operation(identity, summary, ok, parameters=parameters, problems=problems)}


def _resource(
    identity: str,
    summary: str,
    description: str,
    schema_name: str,
    parameters: Sequence[Json | str] = _EDITION_AND_FORM,
    media_type: str = JSON,
    problems: Iterable[int] = (),
) -> Json:
    """What comes as JSON and as a page."""
    content = {media_type: schema(schema_name), HTML: TEXT}
    problems = (404, *problems) if "slug" in parameters else problems
    return _get(identity, summary, description, content, parameters, problems)


def _file_of(identity: str, summary: str, variable: str, files: Mapping[str, str]) -> Json:
    """One of some files, whose media types are given by their names, by a variable of the path."""
    ok = {"200": answer("The file.", dict.fromkeys(files.values(), TEXT)), **_UNCHANGED}
    name = parameter("path", variable, words(files), "Name of a file.")
    return {"get": operation(identity, summary, ok, parameters=[name], problems=[404])}


def _asset() -> Json:
    """A file of the pages at an address that names its content."""
    made = _file_of("getAsset", "What the pages load, for ever", "name", MEDIA_TYPES_OF_ASSETS)
    version = parameter("path", "version", words([release()]), "Which release of the pages.")
    made["get"]["parameters"].append(version)
    return made


def _file(identity: str, summary: str, content: Mapping[str, Json], *parameters: str) -> Json:
    part = {**_FILE_HEADERS, "Content-Range": header(TEXT, "Which bytes these are, of how many.")}
    ok = {
        "200": answer("The whole file.", content, _FILE_HEADERS),
        "206": answer("The bytes asked for.", dict.fromkeys(content, BINARY), part),
        **_UNCHANGED,
    }
    asked = [*parameters, "range", *_CONDITIONS]
    return operation(identity, summary, ok, parameters=asked, problems=[404, 412, 416, 503])


def _file_head(identity: str, summary: str, *parameters: str) -> Json:
    ok = {"200": {"description": "The headers alone.", "headers": _FILE_HEADERS}, **_UNCHANGED}
    asked = [*parameters, *_CONDITIONS]
    return operation(identity, summary, ok, parameters=asked, problems=[404, 412, 503])
