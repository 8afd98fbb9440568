"""Answers to what never becomes a request: bytes that are not HTTP, heads too long, clients too slow."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from gunicorn.http import errors

from api.errors import StorageError
from api.operation.connection import BrokenRequestError, SlowClientError
from api.operation.headers import CrossOrigin, add_security
from api.web.problems import MEDIA_TYPE, Problem, of_status, problem_bytes

# The first class that fits counts; what is in none of them is an error of ours.
_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (errors.InvalidResponseHeader, 500),
    (errors.InvalidResponseHeaderName, 500),
    (errors.ConfigurationProblem, 500),
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.UnsupportedTransferCoding, 501),
    (errors.ExpectationFailed, 417),
    (errors.ParseException, 400),
    (BrokenRequestError, 400),
    (SlowClientError, 408),
    (StorageError, 507),
)


def refusal(error: Exception, identity: str, request: Any, cross_origin: CrossOrigin) -> tuple[int, bytes]:
    """Status and whole answer, head and problem, after which the connection is closed.

    `identity` is the id under which it is logged, `request` gunicorn's, None where there is none.
    """
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    problem = of_status(status)
    extra = {"request_id": identity} if status >= 500 else None
    body = problem_bytes(problem, _detail(problem, error), extra=extra)
    headers = [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
        ("X-Request-ID", identity),
    ]
    add_security(headers)
    origins = [value for name, value in getattr(request, "headers", ()) if name == "ORIGIN"]
    cross_origin.add(headers, {"REQUEST_METHOD": "", **({"HTTP_ORIGIN": origins[0]} if origins else {})})
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    start = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
    return status, f"{start}{head}\r\n".encode("latin-1") + body


def _detail(problem: Problem, error: Exception) -> str:
    if problem.status == 500:
        return "an unexpected error; it has been logged"
    text = " ".join(str(error).split())
    return text.encode("ascii", "backslashreplace").decode()[:200] or problem.title
