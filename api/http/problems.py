"""Errors as RFC 9457 problem details: one table, one shape for every route."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from api.errors import (
    BodyError,
    BusyError,
    FailedJobError,
    ForeignPostError,
    InputError,
    MediaTypeError,
    NotAcceptableError,
    NotReadyError,
    ParameterError,
    RequestError,
    StorageError,
    TooMuchError,
    UnbuiltError,
    UnknownJobError,
    UnknownParameterError,
    UnknownProcessError,
    UnknownThingError,
)
from api.http.log import REQUEST_ID
from api.http.negotiation import negotiated
from api.texts.json_text import to_bytes, write_json
from coastlines.positions import EXAMPLES, PositionError
from zones.crossings.input import CrossingError
from zones.errors import CacheError, CoastlinesError, CoordinateError, UnknownEditionError, ZonesError

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its status, the last part of its type, its title, and what it means."""

    status: int
    slug: str
    title: str
    meaning: str
    uri: str = ""  # of a problem that a standard names

    @property
    def type(self) -> str:
        """Problem type: the standard's, else a reference within this service, which can be opened there."""
        return self.uri or f"/problems/{self.slug}"


_UNAVAILABLE = "it cannot be made or read here now; the reason has been logged"
SOON_S, _LATER_S = "5", "60"

ALL_PROBLEMS: dict[str, Problem] = {
    slug: Problem(slug=slug, **values)
    for slug, values in json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")).items()
}

# The first class that fits counts, so the special ones stand before the general.
PROBLEMS: tuple[tuple[type[Exception], str], ...] = (
    (UnknownParameterError, "unknown-parameter"),
    (ParameterError, "invalid-parameter"),
    (PositionError, "invalid-position"),
    (CoordinateError, "invalid-coordinates"),
    (InputError, "invalid-input"),
    (FailedJobError, "job-failed"),
    (UnknownProcessError, "no-such-process"),
    (UnknownJobError, "no-such-job"),
    (NotReadyError, "result-not-ready"),
    (ForeignPostError, "foreign-post"),
    (UnbuiltError, "edition-not-built"),
    (BodyError, "invalid-body"),
    (MediaTypeError, "unsupported-media-type"),
    (NotAcceptableError, "not-acceptable"),
    (StorageError, "no-room"),
    (TooMuchError, "too-large"),
    (BusyError, "busy"),
    (UnknownThingError, "not-found"),
    (UnknownEditionError, "unknown-edition"),
    (CacheError, "edition-unavailable"),
    (CoastlinesError, "edition-unavailable"),
    (CrossingError, "invalid-geometry"),
    (ZonesError, "invalid-request"),
)

# What stands for a status where nothing more is known: the last of the table.
OF_STATUS = {problem.status: problem for problem in ALL_PROBLEMS.values()}


def problem_bytes(
    problem: Problem, detail: str, instance: str, extra: Mapping[str, object] | None = None
) -> bytes:
    """A problem as JSON; names of `extra` never replace the standard ones."""
    standard = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": quote(instance, safe="/:@!$&'()*+,;=~"),
    }
    return to_bytes(write_json({**standard, **(extra or {}), **standard}) + "\n")


def problem_response(problem: Problem, detail: str, extra: Mapping[str, object] | None = None) -> Response:
    """A problem as a response; errors of ours name the request, for the operator's log."""
    if problem.status >= 500 and REQUEST_ID in request.environ:
        extra = {**(extra or {}), "request_id": request.environ[REQUEST_ID]}
    body = problem_bytes(problem, detail, request.path, extra)
    response = negotiated(Response(body, problem.status, mimetype=MEDIA_TYPE))
    response.headers["Cache-Control"] = "no-store"
    return response


def not_ready(detail: str) -> Response:
    """The answer of a service that cannot serve yet."""
    response = problem_response(OF_STATUS[503], detail)
    response.headers["Retry-After"] = "2"
    return response


def register(app: Flask) -> None:
    """Answer every error of an application with a problem."""
    for kind, slug in PROBLEMS:
        app.register_error_handler(kind, _handler(ALL_PROBLEMS[slug]))
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_refuse_failed_conditions)


def _refuse_failed_conditions(response: Response) -> Response:
    """A problem in place of what is asked for under a condition that does not hold (RFC 9110, 13.1)."""
    sent = request.environ
    if not ("HTTP_IF_MATCH" in sent or "HTTP_IF_UNMODIFIED_SINCE" in sent) or (
        response.status_code not in (200, 206, 304, 412) or request.method not in ("GET", "HEAD")
    ):
        return response
    etag, is_weak = response.get_etag()
    if request.if_match:
        holds = request.if_match.star_tag or (etag is not None and not is_weak and etag in request.if_match)
        header = "If-Match"
    else:
        last, since = response.last_modified, request.if_unmodified_since
        holds, header = last is None or since is None or last <= since, "If-Unmodified-Since"
    if holds or response.mimetype == MEDIA_TYPE:
        if holds and response.status_code == 412:  # as Werkzeug has it for a bare *
            response.status_code = 200
        return response
    response.close()
    return problem_response(OF_STATUS[412], f"{header} names another state than that of what is here")


def _handler(problem: Problem) -> Any:
    def handle(error: Exception) -> Response:
        detail = str(error)
        is_busy = isinstance(error, (BusyError, UnbuiltError))
        if problem.status >= 500 and not is_busy:
            log.error("%s: %s", problem.slug, error)
        if problem.status == 503 and not is_busy:
            detail = _UNAVAILABLE  # the reason names folders of the server
        response = problem_response(problem, detail, _extra(error))
        if problem.status == 503:
            response.headers["Retry-After"] = SOON_S if is_busy else _LATER_S
        if problem.status == 415:
            response.headers["Accept-Encoding"] = "identity"
            known = _extra(error).get("known") or ("application/json", "application/geo+json")
            response.headers["Accept-Post"] = ", ".join(known)
        return response

    return handle


def _extra(error: Exception) -> dict[str, Any]:
    if isinstance(error, RequestError):
        return error.extra
    if isinstance(error, UnknownEditionError):
        return {"known": list(error.known)}
    if isinstance(error, CrossingError):
        return {"where": error.where or None}
    if isinstance(error, PositionError):
        unread = {"start": error.start, "end": error.end, "examples": list(EXAMPLES)}
        return {"parameter": error.parameter, **unread}
    return {}


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    problem = OF_STATUS.get(status) or replace(OF_STATUS[400], status=status, title=error.name)
    extra: dict[str, Any] = {}
    detail = error.description or error.name
    if status == 404:
        detail = f"there is nothing at {quote(request.path)[:200]}"
    elif isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or 0
        points = int(current_app.config["MAX_POINTS"])
        extra = {"limit": limit, "unit": "bytes", "limit_points": points}
        detail = f"the body has more than {limit:,} bytes (and at most {points:,} points are read)"
    response = problem_response(problem, detail, extra)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error at %s %s", request.method, request.path, exc_info=error)
    return problem_response(OF_STATUS[500], "an unexpected error; it has been logged")
