"""Answers to what never becomes a request: bytes that are not HTTP, heads too long, clients too slow."""

from __future__ import annotations

from http import HTTPStatus

from gunicorn.http import errors

from api.errors import StorageError
from api.operation.connection import BrokenRequestError, SlowClientError
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


def refusal(error: Exception) -> tuple[int, bytes]:
    """Status and whole answer, head and problem, after which the connection is closed."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    problem = of_status(status)
    body = problem_bytes(problem, _detail(problem, error))
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return status, head.encode("ascii") + body


def _detail(problem: Problem, error: Exception) -> str:
    if problem.status == 500:
        return "an unexpected error; it has been logged"
    text = " ".join(str(error).split())
    return text.encode("ascii", "backslashreplace").decode()[:200] or problem.title
