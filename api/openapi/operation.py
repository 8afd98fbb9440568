"""Where a client starts, what there is, and how the service fares."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.openmetrics.exposition import ALLOWUTF8, DOTS, UNDERSCORES, VALUES
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS

from api.http.problems import ALL_PROBLEMS
from api.openapi import FILES, MEDIA_TYPE
from api.openapi.components import LINKS
from api.openapi.writing import (
    HTML,
    JSON,
    TEXT,
    Json,
    answer,
    array,
    in_path,
    operation,
    or_null,
    parameter,
    record,
    schema,
    words,
)

START = "Start"
OPERATION = "Operation"

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
_ANYTHING: Json = {"type": "object"}


def schemas() -> dict[str, Json]:
    """What these operations answer."""
    return {
        "Landing": record(
            {"title": TEXT, "description": TEXT, "notice": TEXT, "edition": TEXT, "links": LINKS}
        ),
        "Edition": record(
            {
                "name": TEXT,
                "coast": TEXT,
                "title": TEXT,
                "built": {"type": "boolean"},
                "default": {"type": "boolean"},
                "assumptions": or_null(TEXT),
                "parameters": record(
                    {
                        "breadth_nm": {"type": "object", "additionalProperties": {"type": "number"}},
                        "straight_lines": array(
                            record({"name": TEXT, "state": TEXT, "kind": TEXT, "line_type": TEXT})
                        ),
                        "keep_artificial": {"type": "boolean"},
                        "effects": {"type": "object", "additionalProperties": {"type": "number"}},
                        "treaty_points": array(TEXT),
                    }
                ),
                "metadata": _ANYTHING,
                "links": LINKS,
            }
        ),
        "Editions": record({"editions": array(schema("Edition")), "default": TEXT, "links": LINKS}),
        "Alive": record({"status": words(["ok"])}),
        "Ready": record({"status": words(["ok"]), "edition": TEXT}),
        "Vocabulary": record({"links": LINKS}),
        "Version": record(
            {"name": TEXT, "version": TEXT, "python": TEXT, "geos": TEXT, "proj": TEXT, "gdal": TEXT}
        ),
    }


def paths() -> dict[str, Json]:
    """The paths, each with its operations."""
    return {
        "/": _page("getLandingPage", "Where a client starts", "Landing", "Links to everything.", "edition"),
        "/docs": {
            "get": operation(
                "getDocs", START, "This document to browse", {"200": answer("A page.", {HTML: TEXT})}
            )
        },
        "/docs/{name}": _file_of(
            "getDocsFile", "What the documentation loads", "name", sorted(FILES.items())
        ),
        "/static/{filename}": _file_of("getStaticFile", "What the pages load", "filename", _static_files()),
        "/vocabulary": _page(
            "getVocabulary", "Our words beside those of the standards", "Vocabulary", "A table of terms."
        ),
        "/openapi.json": {
            "get": operation(
                "getDescription",
                START,
                "This document",
                {"200": answer("The service in OpenAPI 3.0.", {MEDIA_TYPE: _ANYTHING})},
            )
        },
        "/editions": _page("getEditions", "The editions there are", "Editions", "Each with its provenance."),
        "/problems/{slug}": {
            "get": operation(
                "getProblemType",
                START,
                "What a problem type means",
                {"200": answer("Its title and status.", {JSON: schema("ProblemType"), HTML: TEXT})},
                parameters=[
                    in_path("slug", words(sorted(ALL_PROBLEMS)), "Last part of a problem's type."),
                    parameter("f"),
                ],
                problems=(404,),
            )
        },
        "/health/live": _plain("isAlive", "Whether the process answers", "Alive", "It does."),
        "/health/ready": _plain("isReady", "Whether positions can be classified", "Ready", "They can.", 503),
        "/metrics": {
            "get": operation(
                "getMetrics",
                OPERATION,
                "Counts for Prometheus",
                {"200": answer("What all workers have counted.", dict.fromkeys(_METRICS_TYPES, TEXT))},
                problems=(404,),
            )
        },
        "/version": _plain(
            "getVersion", "Version of the software", "Version", "Of it and what it stands on."
        ),
    }


def _page(identity: str, summary: str, name: str, description: str, *parameters: str) -> Json:
    ok = {"200": answer(description, {JSON: schema(name), HTML: TEXT})}
    asked = [parameter(one) for one in ("f", *parameters)]
    problems = (404, 503) if "edition" in parameters else ()
    return {"get": operation(identity, START, summary, ok, parameters=asked, problems=problems)}


def _file_of(identity: str, summary: str, variable: str, files: list[tuple[str, str]]) -> Json:
    """One of some files, given as pairs of name and media type, by a variable of the path."""
    content = {media_type: TEXT for _, media_type in files}
    ok = {"200": answer("The file.", content), "304": {"description": "The copy at hand is still right."}}
    name = in_path(variable, words(name for name, _ in files), "Name of a file.")
    return {"get": operation(identity, START, summary, ok, parameters=[name], problems=(404,))}


def _static_files() -> list[tuple[str, str]]:
    names = sorted(path.name for path in _STATIC.iterdir() if path.is_file())
    return [(name, mimetypes.guess_type(name)[0] or "application/octet-stream") for name in names]


def _plain(identity: str, summary: str, name: str, description: str, *problems: int) -> Json:
    ok = {"200": answer(description, {JSON: schema(name)})}
    return {"get": operation(identity, OPERATION, summary, ok, problems=problems)}
