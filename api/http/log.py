"""gunicorn's logger: lines as JSON or as text, one a request, and its count."""

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

from api.http.metrics import answered
from api.settings import ON, settings
from api.texts.json_text import to_bytes, write_json

REQUEST_ID = "caspian.request_id"  # where the environment of a request has its id
ROUTE = "caspian.route"  # where the environment of a request its route's template
POINTS = "caspian.points"  # and how many positions it had classified
_STANDARD_ERROR = 2
_LONGEST = 500


class Logger(glogging.Logger):  # type: ignore[misc]
    """Logs to standard error; the path without its query, which may hold the position of a ship."""

    def setup(self, cfg: Any) -> None:
        """Log all of this process as the settings say."""
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
        status = int((resp.status or "500").split(None, 1)[0])
        seconds, route = request_time.total_seconds(), environ.get(ROUTE)
        answered(environ["REQUEST_METHOD"], route, status, seconds, environ.get(POINTS, 0))
        if not self._shows_requests:
            return
        agent = environ.get("HTTP_USER_AGENT")
        fields = first_fields(time.time(), "info", "request") | {
            "request_id": environ.get(REQUEST_ID),
            "client": environ["REMOTE_ADDR"] if self._values["LOG_CLIENTS"] == ON else None,
            "method": environ["REQUEST_METHOD"],
            "path": shortened(environ["RAW_URI"].partition("?")[0]),
            "route": route,
            "status": status,
            "bytes": resp.sent,
            "duration_ms": round(seconds * 1000, 3),
            "user_agent": None if agent is None else shortened(agent),
        }
        if sys.exc_info()[0] is not None:  # called on the way out of what ended the answer
            fields["broken_off"] = True
        line = log_line(fields, self._values["LOG_FORMAT"]) + "\n"
        with contextlib.suppress(OSError):  # who does not take the log does not stop the service
            os.write(_STANDARD_ERROR, line.encode(errors="backslashreplace"))


def log_line(fields: dict[str, Any], form: object) -> str:
    """Fields as one line of JSON, or of text, in which what could look like another field is quoted."""
    if form == "json":
        return to_bytes(write_json(fields)).decode()
    first = ("time", "level", "event")
    words = [str(fields[name]) for name in first]
    words += [
        f"{name}={_quoted(str(value))}"
        for name, value in fields.items()
        if value is not None and name not in first
    ]
    return " ".join(words)


def first_fields(moment: float, level: str, event: str) -> dict[str, Any]:
    """What every line begins with; `moment` is the time since the epoch. [s]"""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
    return {"time": f"{whole}.{int(moment % 1 * 1000):03d}Z", "level": level, "event": event}


def shortened(text: str) -> str:
    """A text of somebody else's, no longer than a line of the log should have it."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


class Formatter(logging.Formatter):
    """What is logged, with the id of the request that it is logged for."""

    def __init__(self, form: object) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = first_fields(record.created, record.levelname.lower(), "log")
        fields |= {"logger": record.name, "message": shortened(record.getMessage())}
        if has_request_context() and REQUEST_ID in request.environ:
            fields["request_id"] = request.environ[REQUEST_ID]
        if record.exc_info and record.exc_info[0] is not None:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return log_line(fields, self._form)


def _quoted(text: str) -> str:
    return text if text.isprintable() and " " not in text and '"' not in text else repr(text)
