"""Log lines, one a request and one an event, as JSON or as text, on standard error."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from flask import has_request_context, request
from gunicorn.glogging import Logger

from api.operation.metrics import NO_ROUTE, metrics
from api.settings import ON
from api.texts.json_text import to_bytes, write_json
from api.web.problems import REQUEST_ID

ROUTE = "caspian.route"  # where the environment of a request has its route's template
POINTS = "caspian.points"  # and how many positions it had classified
_LONGEST = 500
_STANDARD_ERROR = 2


def configure(values: Mapping[str, Any]) -> None:
    """Send what this process logs to standard error, in the format and from the level set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(_line_of(values)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(str(values["LOG_LEVEL"]).upper())


def _line_of(values: Mapping[str, Any]) -> Callable[[dict[str, Any]], str]:
    return _json_line if values["LOG_FORMAT"] == "json" else _text_line


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _start(moment: float, level: str) -> dict[str, Any]:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
    return {"time": f"{whole}.{int(moment % 1 * 1000):03d}Z", "level": level}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = _start(record.created, record.levelname.lower())
    fields |= {"event": "log", "logger": record.name, "message": _cut(record.getMessage())}
    if has_request_context() and REQUEST_ID in request.environ:
        fields["request_id"] = request.environ[REQUEST_ID]
    if record.exc_info and record.exc_info[0] is not None:
        fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
    return fields


def _json_line(fields: dict[str, Any]) -> str:
    return to_bytes(write_json(fields)).decode()


def _text_line(fields: dict[str, Any]) -> str:
    trace = fields.pop("traceback", None)
    start = f"{fields.pop('time')} {fields.pop('level'):<7} {fields.pop('event')}"
    # A value with a space, or one that could look like another line, is quoted.
    shown = " ".join(f"{name}={_quoted(value)}" for name, value in fields.items() if value is not None)
    return f"{start} {shown}" + (f"\n{trace.rstrip()}" if trace else "")


class _Formatter(logging.Formatter):
    def __init__(self, line: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self._line = line

    def format(self, record: logging.LogRecord) -> str:
        return self._line(_fields(record))


def _quoted(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text and '"' not in text else repr(text)


class RequestLog(Logger):  # type: ignore[misc]
    """gunicorn's logger, through the process's own logging; counts what it logs.

    The path is logged without its query, for a query may hold the position of a ship.
    """

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self.show_clients = True
        self.counts = False
        self.shows_requests = False
        self._line: Callable[[dict[str, Any]], str] = _json_line

    def setup(self, _cfg: Any) -> None:
        """Nothing of gunicorn's own: `configure` has done it."""
        self.error_log.propagate = True

    def use(self, values: Mapping[str, Any]) -> None:
        """Take over the settings of the application."""
        self.show_clients = values["LOG_CLIENTS"] == ON
        self.counts = values["METRICS"] == ON
        self.shows_requests = values["LOG_LEVEL"] in ("debug", "info")
        self._line = _line_of(values)

    def begun(self) -> None:
        """A request has begun."""
        if self.counts:
            metrics().begun()

    def abandoned(self) -> None:
        """A request that had begun is going to be refused."""
        if self.counts:
            metrics().abandoned()

    def answered(self, response: Any, environ: Mapping[str, Any], seconds: float, *, whole: bool) -> None:
        """A request was answered, or its client went away before the end of the answer."""
        status = response.status_code or 0
        if self.counts:
            route = environ.get(ROUTE, NO_ROUTE)
            metrics().answered(environ["REQUEST_METHOD"], route, status, seconds)
            if POINTS in environ:
                metrics().points(environ[POINTS])
        if not self.shows_requests:
            return
        agent = environ.get("HTTP_USER_AGENT")
        fields = {
            "event": "request",
            "request_id": environ.get(REQUEST_ID),
            "client": environ["REMOTE_ADDR"] if self.show_clients else None,
            "method": environ["REQUEST_METHOD"],
            "path": _cut(environ["RAW_URI"].partition("?")[0]),
            "route": environ.get(ROUTE),
            "status": status,
            "bytes": response.sent,
            "duration_ms": round(seconds * 1000, 3),
            "user_agent": None if agent is None else _cut(agent),
        }
        if not whole:
            fields["broken_off"] = True
        self._write(fields)

    def refused(self, client: Any, request: Any, status: int, error: Exception, identity: str) -> None:
        """A request was refused before it reached the application, or made it fail."""
        if self.counts:
            metrics().refused(getattr(request, "method", None) or "other", NO_ROUTE, status)
        if status == 500:
            self.error_log.error("request %s failed", identity, exc_info=error)
        if not self.shows_requests:
            return
        fields = {
            "event": "refused",
            "request_id": identity,
            "client": str(client[0]) if self.show_clients and client else None,
            "status": status,
            "reason": _cut(str(error)) or type(error).__name__,
        }
        self._write(fields)

    def _write(self, fields: dict[str, Any]) -> None:
        """A line of a request: written at once, for the way through the logging module takes longer."""
        line = self._line(_start(time.time(), "info") | fields) + "\n"
        with contextlib.suppress(OSError):  # who does not take the log does not stop the service
            os.write(_STANDARD_ERROR, line.encode(errors="backslashreplace"))
