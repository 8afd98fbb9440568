"""A point's record as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.marks import to_translate
from api.languages.numbers import ISOLATED, comma, number, semicolon
from api.texts.sentences import assumed, sentence, sentences
from api.texts.words import DIVISIONS, TARGETS
from coastlines.positions import format_position

_WIDTH = 88
_LABEL_WIDTH = 17
NEAREST_LIMIT = to_translate("Nearest limit")


def answer_text(record: dict[str, Any]) -> str:
    """Several lines that say whose water a position is, how far from what, and how sure."""
    place = format_position(record["lon"], record["lat"])
    numbers = f"longitude {record['lon']:.10g}, latitude {record['lat']:.10g}"
    from api.texts.headlines import headline  # slow to load

    lines = [f"{place}   ({numbers})", "", headline(messages(ENGLISH), record), ""]
    for label, value in answer_rows(record):
        lines += textwrap.wrap(
            value,
            _WIDTH,
            initial_indent=f"  {label:<{_LABEL_WIDTH}}  ",
            subsequent_indent=" " * (_LABEL_WIDTH + 4),
        )
    return "\n".join(lines)


def answer_rows(record: Mapping[str, Any], language: str = ENGLISH) -> list[tuple[str, str]]:
    """What is known of a position besides the answer itself: label and text, both in a language."""
    said = messages(language).gettext
    divided = record["delimitation"]
    rows = (
        (to_translate("From the baseline"), _baseline(record, language)),
        (NEAREST_LIMIT, _limit(record, language)),
        (to_translate("Divided"), said(DIVISIONS.get(divided, divided)) if divided else None),
        (to_translate("How sure"), _certainty(record, language)),
        (to_translate("By coast"), None if record["certain"] else _by_coast(record, language)),
        (to_translate("Legal basis"), sentence(record["legal_basis"] or "", language)),
        (to_translate("Caveat"), sentences(record["caveat"], language)),
        (to_translate("Hint"), sentence(record["hint"] or "", language)),
        (to_translate("Assumed"), assumed(record["assumptions"], language)),
        (to_translate("Edition"), record["edition"]),
    )
    return [(said(label), str(value)) for label, value in rows if value]


def distance_text(metres: float, language: str = ENGLISH) -> str:
    """A distance in the unit that suits it: metres, or kilometres from ten on. [m]"""
    said = messages(language).gettext
    if metres < 10_000:
        return said("%(metres)s m") % {"metres": number(metres, 1, language)}
    return said("%(km)s km") % {"km": number(metres / 1000, 2, language)}


def _baseline(record: Mapping[str, Any], language: str) -> str:
    said = messages(language).gettext
    metres, miles = record["baseline_distance_m"], record["baseline_distance_nm"]
    if metres is None:
        return ""
    distance = {"nm": number(miles, 3, language), "metres": number(metres, 1, language)}
    parts = [said("%(nm)s nm (%(metres)s m)") % distance]
    if record["baseline_lon"] is None or record["baseline_lat"] is None:
        return parts[0]
    bearing = record["baseline_azimuth_deg"]
    if bearing is not None:
        english = f"{bearing % 360:05.1f}"
        degrees = english if language == ENGLISH else number(bearing % 360, 1, language)
        parts.append(said("bearing %(degrees)s°") % {"degrees": degrees})
    target = TARGETS.get(record["baseline_kind"], record["baseline_kind"])
    point = format_position(record["baseline_lon"], record["baseline_lat"])
    place = point if language == ENGLISH else ISOLATED % point
    if target:
        parts.append(said("to %(target)s at %(position)s") % {"target": said(target), "position": place})
    else:
        parts.append(said("at %(position)s") % {"position": place})
    return comma(language).join(parts)


def _limit(record: Mapping[str, Any], language: str) -> str:
    if record["limit"] is None or record["limit_distance_m"] is None:
        return record["limit"] or ""
    parts = {"line": record["limit"], "distance": distance_text(record["limit_distance_m"], language)}
    return messages(language).gettext("%(line)s, %(distance)s away") % parts


def _by_coast(record: Mapping[str, Any], language: str) -> str:
    from api.texts.explanation import opinions, zone_of_state  # slow to load

    said = messages(language)
    return semicolon(language).join(
        f"{comma(language).join(coasts)}: {zone_of_state(said, zone, state)}"
        for zone, state, coasts in opinions(record)
    )


def _certainty(record: Mapping[str, Any], language: str) -> str:
    if record["certain"] is None:
        return ""
    said = messages(language).gettext
    spread = record["coast_spread_m"]
    verdict = (
        said("every coast compared gives this answer")
        if record["certain"]
        else said("NOT certain: the coasts compared give different answers")
    )
    if spread is None:
        return verdict
    parts = {"verdict": verdict, "distance": distance_text(spread, language)}
    return said("%(verdict)s; their distances to the baseline differ by %(distance)s") % parts
