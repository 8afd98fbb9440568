"""Editions of own choices, built as jobs: OGC API - Processes - Part 1: Core."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from api.errors import UnknownProcessError
from api.http.bodies import admitted, body_of_kind, json_body
from api.http.negotiation import HTML, PARAMETER, negotiated, wants_page
from api.http.own_site import check_own_site, says_its_origin
from api.http.responses import JSON, absolute, address_within, json_response, link, own_links, query
from api.languages.choice import PARAMETER as LANGUAGE
from api.pages.rendering import represent
from api.processes.description import EXAMPLE, PROCESS, description, summary
from api.processes.files import SUCCESSFUL, Status
from api.processes.forms import said_of_lines
from api.processes.inputs import OUTPUT, read_execution
from api.processes.jobs import Jobs
from api.texts.json_text import read_json

blueprint = Blueprint("processes", __name__)

_CORE = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
_MET = ("core", "ogc-process-description", "json", "html", "oas30", "dismiss")
CLASSES = tuple(f"{_CORE}/{one}" for one in _MET)
_REL = "http://www.opengis.net/def/rel/ogc/1.0"
BACK = "back"  # of what was kept with a job: the page that it was begun from, to go back to


def jobs() -> Jobs:
    """The jobs of this application. Raises `NotFound`: it has none."""
    found = cast(Jobs, current_app.extensions["jobs"])
    if not found.is_on:
        raise NotFound
    return found


@blueprint.get("/processes")
def processes() -> Response:
    """The one process there is."""
    asked = query("limit", PARAMETER)
    asked.whole("limit", 1, least=1)
    jobs()
    links = [link("self", f"/processes/{PROCESS}", "description of the process")]
    value = {
        "processes": [{**summary(), "links": links}],
        "links": own_links(asked, "/processes", "processes"),
    }
    return represent(asked, value, "processes.html")


@blueprint.get("/processes/<process>")
def process(process: str) -> Response:
    """What may be chosen, as JSON schemas."""
    asked = query(PARAMETER)
    jobs()
    _known(process)
    path = f"/processes/{PROCESS}"
    value = {
        **description(current_app.config),
        "links": [
            *own_links(asked, path, "description of the process"),
            link(f"{_REL}/execute", f"{path}/execution", "execute the process"),
        ],
    }
    return represent(asked, value, "process.html", example=EXAMPLE)


@blueprint.post("/processes/<process>/execution")
def execution(process: str) -> Response:
    """A job begins."""
    begun = jobs()
    _known(process)

    @admitted()
    def execute() -> Response:
        query()
        check_own_site()
        body_of_kind((JSON,))
        most = int(current_app.config["MAX_WHAT_IF_VERTICES"])
        status = begun.begin(read_execution(read_json(json_body()), most_vertices=most))
        response = json_response(status_info(status))
        response.status_code = 201
        response.headers["Location"] = absolute(f"/jobs/{status.id}")
        response.headers["Preference-Applied"] = "respond-async"
        return _fresh(response)

    return execute()


@blueprint.get("/jobs/<job>")
def job(job: str) -> Response:
    """How a job fares; its page asks again by itself until the job is at its end."""
    asked = query(PARAMETER)
    status, fields = jobs().status(job), jobs().files.fields(job)
    shown = represent(
        asked,
        status_info(status),
        "job.html",
        status=status,
        message=said_of_lines(status.message, fields),
        is_filled=bool(fields) and BACK not in fields,
        back=address_within(fields.get(BACK, "")),
    )
    return says_its_origin(_fresh(shown))


@blueprint.delete("/jobs/<job>")
def dismiss(job: str) -> Response:
    """A job is dismissed."""
    query()
    check_own_site()
    return _fresh(json_response(status_info(jobs().dismiss(job))))


@blueprint.get("/jobs/<job>/results")
def results(job: str) -> Response:
    """What came of a job: as it is, or in the standard's document where that was asked for."""
    asked = query(PARAMETER)
    status, found = jobs().results(job)
    value = {**found, "title": status.title, "links": _result_links(status)}
    if status.response == "document":
        value = {OUTPUT: {"value": value, "mediaType": JSON}}
    if wants_page(asked, JSON):
        place = absolute(f"/what-if/{status.edition}", {LANGUAGE: asked.text(LANGUAGE)})
        return negotiated(_fresh(Response(status=303, headers={"Location": place})))
    return negotiated(_fresh(json_response(value)))


def status_info(status: Status) -> dict[str, Any]:
    """A job as the standard's statusInfo."""
    path = f"/jobs/{status.id}"
    links = [link("self", path, "this job")]
    if status.state == SUCCESSFUL:
        links.append(link(f"{_REL}/results", f"{path}/results", "results"))
    value = {
        "jobID": status.id,
        "type": "process",
        "processID": PROCESS,
        "status": status.state,
        "message": status.message,
        "progress": status.progress,
        "created": _time(status.created),
        "started": _time(status.started),
        "finished": _time(status.finished),
        "updated": _time(status.updated),
        "links": links,
    }
    return {name: one for name, one in value.items() if one is not None}


def _result_links(status: Status) -> list[dict[str, str]]:
    name = status.edition
    return [
        link("self", f"/jobs/{status.id}/results", "these results"),
        link("up", f"/jobs/{status.id}", "the job"),
        link("related", f"/what-if/{name}", "the edition and what differs, to share", HTML),
        link("data", "/collections", "collections of the edition", edition=name),
        link("items", "/collections/zones/items", "zones", "application/geo+json", edition=name),
        link("downloads", "/downloads", "whole collections as files", edition=name),
        link("classify", "/classify", "a position in this edition", lon="50.5", lat="42.5", edition=name),
    ]


def _known(process: str) -> None:
    if process != PROCESS:
        said = f"there is no process {process[:80]!r}; there is {PROCESS}"
        raise UnknownProcessError(said, known=[PROCESS])


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _time(moment_s: float | None) -> str | None:
    if moment_s is None:
        return None
    return datetime.fromtimestamp(moment_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
