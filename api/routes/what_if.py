"""What if: the form for an edition of own choices, and what came of it. Works without script."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from api.atlas import Atlas, unbuilt_error
from api.errors import BodyError, BusyError, NotAcceptableError, StorageError, UnbuiltError, UnknownJobError
from api.http.bodies import admitted, body_of_kind, whole_body
from api.http.caching import of_a_description
from api.http.negotiation import PARAMETER, negotiated, wants_page, wants_report
from api.http.own_site import check_own_site, says_its_origin
from api.http.problems import ALL_PROBLEMS, SOON_S
from api.http.query import Query
from api.http.responses import JSON, absolute, address_within, atlases, json_response, link, own_links, query
from api.languages.choice import ENGLISH, LANGUAGES
from api.languages.choice import PARAMETER as LANGUAGE
from api.pages.language import page_language
from api.pages.rendering import page, represent
from api.processes.description import islands
from api.processes.files import FAILED, SUCCESSFUL, Status
from api.processes.forms import LINES, Fault, fault_of, known_fields, read_form, with_file_as_text
from api.processes.inputs import Execution, read_inputs
from api.processes.previewed import previewed_lines
from api.reports.answering import report_response
from api.reports.making import place_of_what_if, what_if_report
from api.routes.landing import open_for_the_map
from api.routes.processes import BACK, jobs
from coastlines import SOURCE_IDS
from coastlines.words import LINE_KINDS, LINE_TYPES
from zones.errors import UnknownEditionError
from zones.words import STATES

blueprint = Blueprint("what_if", __name__)

FORM, FORM_WITH_FILE = "application/x-www-form-urlencoded", "multipart/form-data"
JOB, FILE = "job", "file"
_MOST_FIELDS = 100
_LONGEST_BACK = 4000


@blueprint.get("/what-if")
def form() -> Response:
    """The form to fill in, as it was for a job where one is named."""
    job = query(LANGUAGE, JOB).text(JOB)
    if job is None:
        jobs()
        return _form({}, [])
    status, fields = jobs().status(job), jobs().files.fields(job)
    failed = status.state == FAILED
    return _form(fields, [fault_of(status.pointer or "", status.message, fields)] if failed else [])


@blueprint.post("/what-if")
@admitted()
def begin() -> Response:
    """A job begins by what was filled in; all that cannot be used is said, each at its field."""
    asked = query(LANGUAGE)
    begun = jobs()
    fields = _fields(known_fields())
    choices, faults = read_form(fields, most_vertices=int(current_app.config["MAX_WHAT_IF_VERTICES"]))
    if choices is None:
        response = _form(fields, faults)
        response.status_code = ALL_PROBLEMS["invalid-input"].status
        return response
    try:
        status = begun.begin(Execution(choices, "raw"))
    except (BusyError, StorageError) as error:  # what was filled in is not lost by it
        response = _form(with_file_as_text(fields), [Fault("", str(error))])
        is_busy = isinstance(error, BusyError)
        response.status_code = ALL_PROBLEMS["busy" if is_busy else "no-room"].status
        if is_busy:
            response.headers["Retry-After"] = SOON_S
        return response
    if not status.is_finished:
        with contextlib.suppress(OSError):  # the job goes on; its form comes back empty
            begun.files.keep_fields(status.id, with_file_as_text(fields))
    return _to_job(status, asked)


@blueprint.post("/what-if/lines")
@admitted()
def lines() -> Response:
    """What lines typed so far come to, for the page's script: nothing is built."""
    language = query(LANGUAGE).one_of(LANGUAGE, LANGUAGES) or ENGLISH
    jobs()
    fields = _fields(known_fields())
    baseline = atlases().get(fields.get("coast") or None).edition.rule.baseline
    most = int(current_app.config["MAX_WHAT_IF_VERTICES"])
    return json_response(previewed_lines(fields, baseline, language, most_vertices=most))


@blueprint.post("/what-if/dismiss")
@admitted()
def dismiss() -> Response:
    """A job is dismissed by its page."""
    asked = query(LANGUAGE)
    begun = jobs()
    return _to_job(begun.dismiss(_fields((JOB,)).get(JOB, "")), asked)


@blueprint.get("/what-if/<edition>")
def edition(edition: str) -> Response:
    """An edition that was built, or has to be built again, and what differs."""
    asked = query(PARAMETER, JOB)
    files = jobs().files
    choices, results = files.choices(edition), files.results(edition)
    if choices is None:
        return _compared(edition, asked)
    path = f"/what-if/{edition}"
    files.used(edition)
    if wants_report(asked):
        return _report(edition, choices, results)
    value = {
        "edition": edition,
        "assumptions": None,
        "compared_with": None,
        "differences": None,
        **(results or {}),
        "inputs": choices,
        "built": atlases().store.is_kept(edition),
        "links": [
            *own_links(asked, path, "the edition and what differs"),
            link("data", "/collections", "collections of the edition", edition=edition),
        ],
    }
    shown: dict[str, Any] = _atlases_of(value) if value["built"] else {}
    called = _called(asked.text(JOB), edition)
    response = says_its_origin(represent(asked, value, "what_if_results.html", called=called, **shown))
    if value["built"] and results is not None and not called:  # all of it follows from the name
        response.headers["Cache-Control"] = of_a_description(response.mimetype or "")
    return response


def _compared(edition: str, asked: Query) -> Response:
    """On to what differs in an edition whose choices are not kept here, as one that a command has built.

    The name of a coast is of none: whoever wants a page is led to the form.

    Raises `UnknownEditionError`; `NotAcceptableError`: a report, which is of choices.
    """
    if not atlases().store.is_kept(edition):
        if edition in SOURCE_IDS and not wants_report(asked) and wants_page(asked, JSON):
            place = absolute("/what-if", {LANGUAGE: asked.text(LANGUAGE)})
            return negotiated(Response(status=303, headers={"Location": place}))
        raise UnknownEditionError(edition[:80], [info.name for info in atlases().public()])
    if wants_report(asked):
        raise NotAcceptableError(
            f"the choices of edition {edition} are not kept by this service: `caspian report --edition` "
            "makes the report where it was built"
        )
    kept = {name: asked.text(name) for name in (PARAMETER, LANGUAGE)}
    # Not to be kept: once somebody posts its choices, this address is that of what came of them.
    return Response(status=303, headers={"Location": absolute("/compare", {"b": edition, **kept})})


def _report(edition: str, choices: dict[str, Any], results: dict[str, Any] | None) -> Response:
    """What differs as a report to file: heavy, though nothing is sent."""

    @admitted(is_heavy=True)
    def made() -> Response:
        known = atlases()
        atlas = known.get(edition)
        if results is None:
            raise unbuilt_error(edition, choices, atlas.edition.assumptions)
        value = {
            "edition": edition,
            **{name: results[name] for name in ("assumptions", "compared_with", "differences")},
            "inputs": choices,
        }
        report = what_if_report(
            atlas,
            known.get(results["compared_with"]),
            value,
            language=page_language(),
            address=absolute(*place_of_what_if(edition)),
        )
        return report_response(report)

    return made()


@blueprint.post("/what-if/<edition>")
def build(edition: str) -> Response:
    """A job builds an edition again whose choices are kept, or a default one for the first time."""
    begun = jobs()

    @admitted()
    def again() -> Response:
        asked = query(LANGUAGE)
        back = _fields(("build", BACK)).get(BACK, "")
        inputs = begun.files.choices(edition)
        info = atlases().store.info(edition)
        if inputs is None and info is not None and not info.built:
            inputs = {"coast": info.coast}
        if inputs is None:
            raise UnknownEditionError(edition[:80], [one.name for one in atlases().public()])
        most = int(current_app.config["MAX_WHAT_IF_VERTICES"])
        status = begun.begin(Execution(read_inputs(inputs, most_vertices=most), "raw"))
        if status.is_finished:
            return _to_job(status, asked, back)
        if 0 < len(back) <= _LONGEST_BACK:
            with contextlib.suppress(OSError):  # the job goes on; it leads to what differs
                begun.files.keep_fields(status.id, {BACK: back})
        return _to_job(status, asked)

    return again()


def _fields(known: tuple[str, ...]) -> dict[str, str]:
    """The fields of a form that a page of this service has sent. Raises `BodyError`, `ForeignPostError`."""
    check_own_site(is_form=True)
    kind = body_of_kind((FORM, FORM_WITH_FILE))
    try:
        fields = _read_with_file() if kind == FORM_WITH_FILE else _read()
    except (ValueError, RequestEntityTooLarge) as error:
        raise BodyError("the body is no form in UTF-8, or has too many fields") from error
    if unknown := [name for name in fields if known and name not in known]:
        raise BodyError(f"unknown field {str(unknown[0])[:80]!r}")
    return fields


def _read() -> dict[str, str]:
    text = whole_body().read().decode("utf-8")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))


def _read_with_file() -> dict[str, str]:
    """The fields, those that are files by their content."""
    parser = FormDataParser(max_form_parts=_MOST_FIELDS, silent=False)
    _, fields, files = parser.parse(whole_body(), FORM_WITH_FILE, None, request.mimetype_params)
    # What is no text is said at the field of the file, beside all else that was filled in.
    undecoded = {FILE: "surrogateescape"}
    contents = {
        name: file.read().decode("utf-8-sig", undecoded.get(name, "strict")) for name, file in files.items()
    }
    return {**fields.to_dict(), **contents}


def _form(fields: dict[str, str], faults: list[Fault]) -> Response:
    open_for_the_map()
    return says_its_origin(
        page(
            "what_if.html",
            fields=fields,
            faults=faults,
            coasts=SOURCE_IDS,
            states=STATES,
            islands=islands(),
            line_numbers=range(LINES),
            kinds=LINE_KINDS,
            line_types=LINE_TYPES,
            no_json=True,
        )
    )


def _called(job: str | None, edition: str) -> str | None:
    """What who began a job calls its edition: none other sees it, nor where the job is not kept any more."""
    if job is None:
        return None
    with contextlib.suppress(UnknownJobError):
        status = jobs().status(job)
        return status.title if status.edition == edition else None
    return None


def _to_job(status: Status, asked: Query, back: str = "") -> Response:
    """On to the job, or at once to what came of it, or back, where it was built before."""
    is_built = status.state == SUCCESSFUL
    path = f"/what-if/{status.edition}" if is_built else f"/jobs/{status.id}"
    named = {JOB: status.id} if is_built and status.title else {}
    place = address_within(back) or absolute(path, {LANGUAGE: asked.text(LANGUAGE), **named})
    return Response(status=303, headers={"Location": place})


def _atlases_of(value: dict[str, Any]) -> dict[str, Atlas | None]:
    """The edition and that which it is compared with, opened to be drawn."""
    known = atlases()
    after = known.get(value["edition"])
    compared = value["compared_with"]
    try:
        before = known.get(compared) if compared not in (None, value["edition"]) else None
    except UnbuiltError:
        before = None
    return {"atlas": after, "before": before}
