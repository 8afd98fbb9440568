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
from api.texts.log_lines import log_line

# Where the environment of a request has its id, its route's template, and how many positions it asked for.
REQUEST_ID, ROUTE, POINTS = "caspian.request_id", "caspian.route", "caspian.points"
_STANDARD_ERROR = 2
_LONGEST = 500


class Logger(glogging.Logger):  # type: ignore[misc]
    """Logs to standard error; the path without its query, which may hold the position of a ship."""

    def setup(self, cfg: Any) -> None:
        """Log all of this process as the settings say."""
        values, self.cfg = settings(), cfg
        self._form, self._shows_clients = values["LOG_FORMAT"], values["LOG_CLIENTS"] == ON
        level = str(values["LOG_LEVEL"]).upper()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(Formatter(self._form))
        logging.basicConfig(handlers=[handler], level=level, force=True)
        self.error_log.propagate = True
        self._shows_requests = level in ("DEBUG", "INFO")

    def access(self, resp: Any, _req: Any, environ: Mapping[str, Any], request_time: Any) -> None:
        """A request was answered, or its answer broke off."""
        method, route = environ["REQUEST_METHOD"], environ.get(ROUTE)
        status, seconds = int((resp.status or "500").split(None, 1)[0]), request_time.total_seconds()
        answered(method, route, status, seconds, environ.get(POINTS, 0))
        if not self._shows_requests:
            return
        fields = {
            "request_id": environ.get(REQUEST_ID),
            "client": environ["REMOTE_ADDR"] if self._shows_clients else None,
            "method": method,
            "path": _shortened(environ["RAW_URI"].partition("?")[0]),
            "route": route,
            "status": status,
            "bytes": resp.sent,
            "duration_ms": round(seconds * 1000, 3),
            "user_agent": _shortened(environ.get("HTTP_USER_AGENT")),
        }
        if sys.exc_info()[0] is not None:  # called on the way out of what ended the answer
            fields["broken_off"] = True
        line = log_line(time.time(), "info", "request", fields, self._form) + "\n"
        with contextlib.suppress(OSError):  # who does not take the log does not stop the service
            os.write(_STANDARD_ERROR, line.encode(errors="backslashreplace"))


class Formatter(logging.Formatter):
    """What is logged, with the id of the request that it is logged for."""

    def __init__(self, form: object) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields: dict[str, Any] = {"logger": record.name, "message": _shortened(record.getMessage())}
        if has_request_context() and REQUEST_ID in request.environ:
            fields["request_id"] = request.environ[REQUEST_ID]
        if record.exc_info and record.exc_info[0] is not None:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return log_line(record.created, record.levelname.lower(), "log", fields, self._form)


def _shortened(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else text[:_LONGEST] + "..."
