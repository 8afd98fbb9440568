"""A point's record as text for people."""

from __future__ import annotations

import textwrap
from typing import Any

from api.texts.words import DIVISIONS, TARGETS, ZONE_NAMES
from coastlines.positions import format_position
from zones.words import COMMON_MARITIME_SPACE, LAND, STATE_NAMES

_WIDTH = 88
_LABEL_WIDTH = 17
NEAREST_LIMIT = "Nearest limit"


def answer_text(record: dict[str, Any]) -> str:
    """Several lines that say whose water a position is, how far from what, and how sure."""
    place = format_position(record["lon"], record["lat"])
    numbers = f"longitude {record['lon']:.10g}, latitude {record['lat']:.10g}"
    lines = [f"{place}   ({numbers})", "", headline(record), ""]
    for label, value in answer_rows(record):
        lines += textwrap.wrap(
            value,
            _WIDTH,
            initial_indent=f"  {label:<{_LABEL_WIDTH}}  ",
            subsequent_indent=" " * (_LABEL_WIDTH + 4),
        )
    return "\n".join(lines)


def answer_rows(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of a position besides the answer itself: label and text."""
    rows = (
        ("From the baseline", _baseline(record)),
        (NEAREST_LIMIT, _limit(record)),
        ("Divided", DIVISIONS.get(record["delimitation"], record["delimitation"])),
        ("How sure", _certainty(record)),
        ("By coast", None if record["certain"] else record["by_coast"]),
        ("Legal basis", record["legal_basis"]),
        ("Caveat", record["caveat"]),
        ("Hint", record["hint"]),
        ("Assumed", record["assumptions"]),
        ("Edition", record["edition"]),
    )
    return [(label, str(value)) for label, value in rows if value]


def headline(record: dict[str, Any]) -> str:
    """The answer itself in words."""
    state = STATE_NAMES.get(record["state"], record["state"])
    zone = record["zone"]
    if zone == COMMON_MARITIME_SPACE:
        return "Common maritime space, open to all five States"
    if zone == LAND:
        return f"Land, nearest to the shore of {state}" if state else "Land"
    name = ZONE_NAMES.get(zone, str(zone))
    return f"{name} of {state}" if state else name


def distance_text(metres: float) -> str:
    """A distance in the unit that suits it: metres, or kilometres from ten on. [m]"""
    return f"{metres:,.1f} m" if metres < 10_000 else f"{metres / 1000:,.2f} km"


def _baseline(record: dict[str, Any]) -> str:
    metres, miles = record["baseline_distance_m"], record["baseline_distance_nm"]
    if metres is None:
        return ""
    text = f"{miles:,.3f} nm ({metres:,.1f} m)"
    if record["baseline_lon"] is None or record["baseline_lat"] is None:
        return text
    kind = TARGETS.get(record["baseline_kind"], record["baseline_kind"])
    point = format_position(record["baseline_lon"], record["baseline_lat"])
    bearing = record["baseline_azimuth_deg"]
    towards = "" if bearing is None else f", bearing {bearing % 360:05.1f}°"
    return f"{text}{towards}, to {kind} at {point}" if kind else f"{text}{towards}, at {point}"


def _limit(record: dict[str, Any]) -> str:
    if record["limit"] is None:
        return ""
    metres = record["limit_distance_m"]
    return f"{record['limit']}" + ("" if metres is None else f", {distance_text(metres)} away")


def _certainty(record: dict[str, Any]) -> str:
    if record["certain"] is None:
        return ""
    verdict = (
        "every coast compared gives this answer"
        if record["certain"]
        else "NOT certain: the coasts compared give different answers"
    )
    spread = record["coast_spread_m"]
    if spread is None:
        return verdict
    return f"{verdict}; their distances to the baseline differ by {distance_text(spread)}"
