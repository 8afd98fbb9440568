"""What a route crosses or an area holds, as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.texts.headlines import headline
from api.texts.words import STATUS_NAMES
from zones.crossings.area import LAND_OR_OUTSIDE, AreaCrossings, AreaPart
from zones.crossings.route import ARTICLE_14_NOTE, Leg, RouteCrossings, Total
from zones.words import STATE_NAMES

_WIDTH = 100


def crossings_text(
    answer: RouteCrossings | AreaCrossings, edition: str, assumptions: str | None = None
) -> str:
    """Legs or areas, totals, States of Article 14 and remarks."""
    lines = _route(answer) if isinstance(answer, RouteCrossings) else _area(answer)
    named = [f"{state} ({STATE_NAMES[state]})" for state in answer.article_14_states]
    lines += ["", f"Article 14 States: {', '.join(named) if named else 'none'}"]
    assumed = "" if assumptions is None else f"Assumed: {assumptions}."
    for remark in (ARTICLE_14_NOTE if named else "", *answer.remarks, assumed, f"Edition {edition}."):
        if remark:
            lines += textwrap.wrap(remark, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines)


def _route(answer: RouteCrossings) -> list[str]:
    points = answer.route.drawn_from or sum(len(part) for part in answer.route.parts)
    kilometres = answer.length_m / 1e3
    return [
        f"Route of {kilometres:,.3f} km ({kilometres / 1.852:,.3f} nm), {points:,} points",
        "",
        "The water, by zone and State",
        *_legs(answer.legs),
        "",
        "The seabed, by sector",
        *_legs(answer.sector_legs),
        "",
        "Totals",
        *_totals(answer.totals),
        *_totals(answer.sector_totals),
    ]


def _legs(legs: Iterable[Leg]) -> list[str]:
    lines = [f"  {'from km':>9}  {'to km':>9}  {'km':>9}  {'nm':>8}  {'':44}  ends at"]
    for leg in legs:
        status = STATUS_NAMES.get(leg.exit_status or "", "")
        end = f"{leg.exit_boundary} ({status})" if leg.exit_boundary else ""
        mark = " [undelimited]" if leg.delimited is False else ""
        lines.append(
            f"  {leg.start_km:9.3f}  {leg.end_km:9.3f}  {leg.length_km:9.3f}  {leg.length_nm:8.3f}  "
            f"{_name(leg.kind, leg.zone, leg.state) + mark:44}  {end}".rstrip()
        )
    return lines


def _totals(totals: Iterable[Total]) -> list[str]:
    return [
        f"  {total.length_km:9.3f} km  {total.length_nm:8.3f} nm  {total.share_percent:6.2f} %  "
        + _name("sector" if total.zone is None else "zone", total.zone, total.state)
        for total in totals
    ]


def _area(answer: AreaCrossings) -> list[str]:
    return [
        f"Area of {answer.area_km2:,.6f} km²",
        "",
        "The water, by zone and State",
        *(_part(part) for part in answer.totals),
        "",
        "The seabed, by sector",
        *(_part(part) for part in answer.sector_totals),
    ]


def _part(part: AreaPart) -> str:
    status = f"  ({STATUS_NAMES[part.sector_status]})" if part.sector_status else ""
    name = _name(part.kind, part.zone, part.state)
    return f"  {part.area_km2:16,.6f} km²  {part.share_percent:7.3f} %  {name}{status}"


def _name(kind: str, zone: str | None, state: str | None) -> str:
    if kind == "sector":
        return f"Sector of {STATE_NAMES[state]}" if state else "No seabed of the Caspian"
    if zone == LAND_OR_OUTSIDE:
        return "Land, or outside the Caspian"
    return headline(messages(ENGLISH), {"zone": zone, "state": state, "certain": None, "delimitation": None})
