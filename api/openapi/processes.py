"""Paths and schemas of processes and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.http.negotiation import HTML, PDF
from api.openapi.writing import (
    BINARY,
    OBJECT,
    TEXT,
    Json,
    answer,
    array,
    header,
    operation,
    parameter,
    record,
    schema,
    words,
)
from api.processes.description import EXAMPLE, PROCESS, description
from api.processes.files import STATES

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_LINKS: Final = array(schema("Link"))
_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_JOB: Final = parameter(
    "path", "jobId", {"type": "string", "format": "job-id"}, "Id of a job.", example="0" * 32
)
_NUMBER: Final[Json] = {"type": "number"}
_LINE_PREVIEW: Final = record(
    {
        "field": TEXT,
        "is_refused": {"type": "boolean"},
        "said": array(TEXT),
        "positions": array(array(_NUMBER)),
        "shore": array(record(dict.fromkeys(("lon", "lat", "away_m"), _NUMBER))),
    }
)
_PROCESS: Final = parameter("path", "processId", words([PROCESS]), "Id of a process.")
_FILLED: Final = parameter(
    "query",
    "job",
    {"type": "string", "format": "job-id"},
    "Job whose form is filled in again.",
    example="0" * 32,
)
_CALLED: Final = parameter(
    "query",
    "job",
    {"type": "string", "format": "job-id"},
    "Job that has built it: its page says what who began it calls it.",
    example="0" * 32,
)
_EDITION: Final = parameter(
    "path", "edition", {"type": "string", "format": "what-if-name"}, "Full name of an edition.", example="x-0"
)
_LIMIT: Final = parameter(
    "query",
    "limit",
    {"type": "integer", "minimum": 1},
    "Processes in the answer at most; there is but one.",
    example=1,
)


def process_paths() -> dict[str, Json]:
    """All of them."""
    return {
        "/processes": _get(
            "getProcesses", "The processes there are", "A list.", "ProcessList", [_LIMIT, "f"]
        ),
        "/processes/{processId}": _get(
            "getProcess", "What may be chosen", "Inputs as JSON schemas.", "Process", [_PROCESS, "f"], 404
        ),
        "/processes/{processId}/execution": {"post": _execution()},
        "/jobs/{jobId}": {
            **_get("getJob", "How a job fares", "Its status.", "StatusInfo", [_JOB, "f"], 404),
            "delete": operation(
                "dismissJob",
                "Dismiss a job",
                {"200": answer("It is dismissed.", {JSON: schema("StatusInfo")})},
                parameters=[_JOB],
                problems=(403, 404, 503, 507),
            ),
        },
        **_pages(),
        "/jobs/{jobId}/results": {
            "get": operation(
                "getResults",
                "What came of a job",
                {
                    "200": answer("The edition and what differs.", {JSON: schema("JobResults")}),
                    "303": answer_to("Address of the page that shows it, where a page is asked for."),
                },
                parameters=[_JOB, "f"],
                problems=(404, 503),
            )
        },
    }


def _pages() -> dict[str, Json]:
    content = {media_type: {"schema": OBJECT} for media_type in (FORM, "multipart/form-data")}
    form = {"required": True, "content": content}
    begun = {"303": answer_to("Address of the job.")}

    def posted(identity: str, summary: str, *parameters: Json) -> Json:
        statuses = (403, 404, 413, 415, 503, 507)
        taken: list[Json | str] = [*parameters, "lang"]
        return operation(identity, summary, begun, parameters=taken, requestBody=form, problems=statuses)

    return {
        "/what-if": {
            **_get(
                "getWhatIf", "A form for an edition of own choices", "A page.", "", ["lang", _FILLED], 404
            ),
            "post": posted("postWhatIf", "What was filled in, from the page alone"),
        },
        "/what-if/lines": {"post": _preview(form)},
        "/what-if/dismiss": {"post": posted("dismissByForm", "Dismiss a job, from its page alone")},
        "/what-if/{edition}": {
            "get": operation(
                "getWhatIfEdition",
                "An edition of own choices and what differs",
                {
                    "200": answer(
                        "Its inputs are kept longer than its geometry.",
                        {JSON: schema("WhatIf"), HTML: TEXT, PDF: BINARY},
                    ),
                    "303": answer_to("Address of the comparison, where its choices are not kept."),
                },
                parameters=[_EDITION, "formOrReport", _CALLED],
                problems=(404, 406, 413, 503),
            ),
            "post": posted("buildWhatIf", "Build an edition again, from its page alone", _EDITION),
        },
    }


def _preview(form: Json) -> Json:
    measured = answer("The lines typed so far; nothing is built.", {JSON: schema("LinePreviews")})
    return operation(
        "previewLines",
        "Where lines come to lie, for the page that draws them",
        {"200": measured},
        parameters=["lang"],
        requestBody=form,
        problems=(403, 404, 413, 415, 503, 507),
    )


def answer_to(description: str) -> Json:
    """A redirection."""
    return {"description": "It goes on elsewhere.", "headers": {"Location": header(TEXT, description)}}


def process_schemas(config: Mapping[str, Any]) -> dict[str, Json]:
    """What the paths refer to."""
    known = description(config)
    inputs = {name: one["schema"] for name, one in known["inputs"].items()}
    results = known["outputs"][PROCESS]["schema"]
    summary = {"id": TEXT, "title": TEXT, "description": TEXT, "version": TEXT}
    summary |= {"jobControlOptions": array(TEXT), "outputTransmission": array(TEXT), "links": _LINKS}
    return {
        "ProcessList": record({"processes": array(record(summary)), "links": _LINKS}),
        "Process": record({**summary, "inputs": OBJECT, "outputs": OBJECT}),
        "Execution": {
            "type": "object",
            "properties": {
                "inputs": {"type": "object", "properties": _wrapped(inputs), "additionalProperties": False},
                "outputs": {
                    "type": "object",
                    "properties": {PROCESS: {"type": "object", "additionalProperties": False}},
                    "additionalProperties": False,
                },
                "response": words(["raw", "document"]),
            },
            "additionalProperties": False,
            "example": EXAMPLE,
        },
        "StatusInfo": {
            **record(
                {
                    "jobID": TEXT,
                    "type": words(["process"]),
                    "processID": TEXT,
                    "status": words(STATES),
                    "message": TEXT,
                    "progress": {"type": "integer", "minimum": 0, "maximum": 100},
                    "created": _TIME,
                    "updated": _TIME,
                    "links": _LINKS,
                }
            ),
        },
        "WhatIf": record({"edition": TEXT, "inputs": OBJECT, "built": {"type": "boolean"}, "links": _LINKS}),
        "LinePreviews": record({"lines": array(_LINE_PREVIEW)}),
        "JobResults": {"anyOf": [results, record({PROCESS: record({"value": results, "mediaType": TEXT})})]},
    }


def _wrapped(inputs: Mapping[str, Json]) -> dict[str, Json]:
    """Each input as it is, or as the ``value`` of an object."""
    return {
        name: {
            "anyOf": [
                value,
                {
                    "type": "object",
                    "required": ["value"],
                    "properties": {"value": value},
                    "additionalProperties": False,
                },
            ]
        }
        for name, value in inputs.items()
    }


def _get(
    identity: str, summary: str, text: str, schema_name: str, parameters: list[Json | str], *problems: int
) -> Json:

    content = {JSON: schema(schema_name), HTML: TEXT} if schema_name else {HTML: TEXT}
    ok = {"200": answer(text, content)}
    return {"get": operation(identity, summary, ok, parameters=parameters, problems=problems)}


def _execution() -> Json:
    location = {"Location": header(TEXT, "Address of the job.")}
    return operation(
        "execute",
        "Build an edition of own choices",
        {"201": answer("A job has begun.", {JSON: schema("StatusInfo")}, location)},
        description="The job is at its end at once where the edition was built before.",
        parameters=[_PROCESS],
        requestBody={"required": True, "content": {JSON: {"schema": schema("Execution")}}},
        problems=(403, 404, 413, 415, 503, 507),
    )
