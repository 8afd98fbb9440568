"""Instants and intervals as OGC API writes them: RFC 3339, ``/`` between two ends, ``..`` for none."""

from __future__ import annotations

import re
from datetime import datetime

from api.errors import ParameterError

OPEN_ENDS = ("", "..")

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))?",
    re.ASCII,
)


def check_instants(text: str, parameter: str) -> None:
    """An instant, or an interval with at least one end.

    Raises
    ------
    ParameterError
        It is neither, or the interval ends before it begins.
    """
    ends = text.split("/")
    shown = f"{parameter}={text[:80]!r}"
    if len(ends) > 2 or all(end in OPEN_ENDS for end in ends):
        raise ParameterError(
            parameter, f"{shown}: an instant is needed, or an interval as start/end, start/.. or ../end"
        )
    # A date is the whole day: its first instant where an interval begins, its last where one ends.
    instants = [_instant(end, last=place > 0) for place, end in enumerate(ends) if end not in OPEN_ENDS]
    if None in instants:
        raise ParameterError(
            parameter, f"{shown}: instants are written as 2018-08-12 or 2018-08-12T00:00:00Z (RFC 3339)"
        )
    if len(instants) == 2 and instants[0] > instants[1]:  # type: ignore[operator]
        raise ParameterError(parameter, f"{shown}: the interval ends before it begins")


def _instant(text: str, *, last: bool) -> datetime | None:
    """The instant that is meant; None where it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    date, clock, second, zone = found.groups()
    if clock is None:
        clock, second, zone = ("23:59", "59", "Z") if last else ("00:00", "00", "Z")
    second = "59" if second == "60" else second  # a leap second
    try:
        return datetime.fromisoformat(f"{date}T{clock}:{second}{zone.upper().replace('Z', '+00:00')}")
    except ValueError:
        return None
