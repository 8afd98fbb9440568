"""Lines of the log as text."""

from __future__ import annotations

import time
from typing import Any

from api.texts.json_text import json_bytes


def log_line(moment_s: float, level: str, event: str, fields: dict[str, Any], form: object) -> str:
    """One line of JSON, or of text, in which what could look like another field is quoted."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment_s))
    first = {"time": f"{whole}.{int(moment_s % 1 * 1000):03d}Z", "level": level, "event": event}
    if form == "json":
        return json_bytes(first | fields).decode()
    words = [f"{name}={_quoted(str(value))}" for name, value in fields.items() if value is not None]
    return " ".join([*first.values(), *words])


def _quoted(text: str) -> str:
    return text if text.isprintable() and " " not in text and '"' not in text else repr(text)
