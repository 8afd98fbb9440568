"""Log lines, one a request and one an event, as JSON or as text, on standard error."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

from flask import has_request_context, request
from gunicorn import glogging

from api.http.metrics import NO_ROUTE, answered, points_classified
from api.settings import ON, settings
from api.texts.json_text import to_bytes, write_json
from api.web.problems import REQUEST_ID

ROUTE = "caspian.route"  # where the environment of a request has its route's template
POINTS = "caspian.points"  # and how many positions it had classified
_LONGEST = 500
_STANDARD_ERROR = 2


def _line(fields: dict[str, Any], form: object) -> str:
    """Fields as one line of JSON, or of text, in which what could look like another field is quoted."""
    if form == "json":
        return to_bytes(write_json(fields)).decode()
    words = (str(value) for value in (fields.pop("time"), fields.pop("level"), fields.pop("event")))
    named = (f"{name}={_quoted(str(value))}" for name, value in fields.items() if value is not None)
    return " ".join((*words, *named))


def _quoted(text: str) -> str:
    return text if text.isprintable() and " " not in text and '"' not in text else repr(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _start(moment: float, level: str, event: str) -> dict[str, Any]:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
    return {"time": f"{whole}.{int(moment % 1 * 1000):03d}Z", "level": level, "event": event}


class Formatter(logging.Formatter):
    """What is logged, with the id of the request that it is logged for."""

    def __init__(self, form: object) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = _start(record.created, record.levelname.lower(), "log")
        fields |= {"logger": record.name, "message": _cut(record.getMessage())}
        if has_request_context() and REQUEST_ID in request.environ:
            fields["request_id"] = request.environ[REQUEST_ID]
        if record.exc_info and record.exc_info[0] is not None:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return _line(fields, self._form)


class Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's logger, which also counts the requests.

    The path is logged without its query, for a query may hold the position of a ship.
    """

    def setup(self, cfg: Any) -> None:
        """Send what is logged in this process to standard error, as the settings say."""
        self.cfg = cfg
        self._values = settings()
        level = str(self._values["LOG_LEVEL"]).upper()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(Formatter(self._values["LOG_FORMAT"]))
        logging.basicConfig(handlers=[handler], level=level, force=True)
        self.error_log.propagate = True
        self._shows_requests = level in ("DEBUG", "INFO")

    def access(self, resp: Any, _req: Any, environ: Mapping[str, Any], request_time: Any) -> None:
        """A request was answered, or its answer broke off."""
        seconds = request_time.total_seconds()
        status = int((resp.status or "500").split(None, 1)[0])
        method, route = environ["REQUEST_METHOD"], environ.get(ROUTE)
        answered(method, route or NO_ROUTE, status, seconds)
        points_classified.inc(environ.get(POINTS, 0))
        if not self._shows_requests:
            return
        agent = environ.get("HTTP_USER_AGENT")
        fields = _start(time.time(), "info", "request") | {
            "request_id": environ.get(REQUEST_ID),
            "client": environ["REMOTE_ADDR"] if self._values["LOG_CLIENTS"] == ON else None,
            "method": method,
            "path": _cut(environ["RAW_URI"].partition("?")[0]),
            "route": route,
            "status": status,
            "bytes": resp.sent,
            "duration_ms": round(seconds * 1000, 3),
            "user_agent": None if agent is None else _cut(agent),
        }
        if sys.exc_info()[0] is not None:  # called on the way out of what ended the answer
            fields["broken_off"] = True
        line = _line(fields, self._values["LOG_FORMAT"]) + "\n"
        with contextlib.suppress(OSError):  # who does not take the log does not stop the service
            os.write(_STANDARD_ERROR, line.encode(errors="backslashreplace"))
