"""Lines of the log, as JSON or as text."""

from __future__ import annotations

import logging
import time
import traceback
from typing import Any

from flask import has_request_context, request

from api.texts.json_text import to_bytes, write_json

REQUEST_ID = "caspian.request_id"  # where the environment of a request has its id
_LONGEST = 500


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
