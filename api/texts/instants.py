"""Instants as OGC API writes them (RFC 3339): a day, or a day with a time and its zone."""

from __future__ import annotations

import re
from datetime import datetime

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))?",
    re.ASCII,
)


def instant(text: str, *, is_last: bool = False) -> datetime | None:
    """The instant that is meant, of a day its first one or the last; None where it is none."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    date, clock, second, fraction, zone = found.groups()
    if clock is None:
        clock, second, zone = ("23:59", "59", "Z") if is_last else ("00:00", "00", "Z")
    second = "59" if second == "60" else second  # a leap second
    zone = zone.upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{date}T{clock}:{second}{(fraction or '')[:7]}{zone}")
    except ValueError:
        return None
