"""gunicorn's logger: a line a request, and its count."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from gunicorn import glogging

from api.http.metrics import answered
from api.settings import ON, settings
from api.texts.log_lines import REQUEST_ID, Formatter, first_fields, log_line, shortened

ROUTE = "caspian.route"  # where the environment of a request has its route's template
POINTS = "caspian.points"  # and how many positions it had classified
_STANDARD_ERROR = 2


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
