"""The report of a route or an area."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from gettext import NullTranslations
from typing import Any, cast

from api.atlas import Atlas
from api.batches.crossings import GEODESIC, TIME_FIELDS, Asked
from api.errors import TooMuchError
from api.languages.catalogues import messages
from api.languages.numbers import comma, number, own_digits, semicolon
from api.pages.notations import seconds_position
from api.pages.square_maps import around_lines
from api.pages.wording import Wording
from api.reports.content import NARROW, NUMBER, Content, Picture, Table
from api.reports.pictures import MAP_SIDE_CM, for_print
from api.reports.wording import (
    frame,
    in_words,
    isolated,
    key_of,
    line_name,
    plain,
    status_name,
    told,
)
from api.texts.explanation import zone_of_state
from api.texts.json_text import json_bytes
from zones.arrays import Floats
from zones.crossings.area import LAND_OR_OUTSIDE, AreaCrossings, AreaPart
from zones.crossings.input import Area, Route, count_positions, read_geometry
from zones.crossings.route import Leg, RouteCrossings, Total
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.geodesy.geodesics import densify_geodesics
from zones.words import STATE_NAMES

MOST_LEGS = 1000  # a page has room for some forty
MOST_VERTICES = 10_000
MOST_TIMES_BYTES = 1024 * 1024  # as JSON
_MOST_PIECES = 20_000  # that a route is drawn with
_SHORTEST_PIECE_M = 500.0
_KM = 3  # decimals
_MOST_VERTICES_SHOWN, _ENDS_SHOWN = 12, 3

_Chain = list[tuple[float, float]]  # vertices of a part or ring: longitude and latitude [deg]


def content_of(
    atlas: Atlas,
    answer: RouteCrossings | AreaCrossings,
    record: Mapping[str, Any],
    geometry: Mapping[str, Any],
    legs: str | Sequence[str],
    given: str,
    language: str,
) -> Content:
    """What the report of a route or area says; `given` is what it is called, as a file's name.

    `record` is the answer as programs get it, `geometry` the GeoJSON geometry as it was given, `legs` what
    joins its vertices, all of them or each two.

    Raises `TooMuchError`: it falls into more legs than a report has room for.
    """
    said, chains = messages(language), list(_chains_of(geometry["coordinates"]))
    remarks = in_words(record["remarks"], language)
    is_route = isinstance(answer, RouteCrossings)
    title = said.gettext("Route report") if is_route else said.gettext("Area report")
    square = around_lines(atlas, lines_of(answer), is_area=not is_route, words=Wording(language))
    caption = said.gettext("Simplified drawing. The thick line is the route, the dot its beginning.")
    if not is_route:
        caption = said.gettext("Simplified drawing. The thick line is the outline of the area.")
    return Content(
        **frame(language, atlas.edition.metadata, title),
        facts=tuple(_facts(said, chains, given, language)),
        headline=own_digits(_headline(said, answer, language), language),
        pictures=(Picture(for_print(square.svg, MAP_SIDE_CM), caption, caption),),
        key_title=said.gettext("Key"),
        key=key_of(said, square),
        beside=told(language, [_cables(said, answer.article_14_states, language)]),
        below=told(
            language,
            [*remarks.said, said.gettext("The Convention is not in force; not for navigation.")],
        ),
        in_english=remarks.in_english,
        tables=(*_tables(said, answer, record, language), _vertices(said, chains, legs, language)),
    )


def _chains_of(coordinates: Sequence[Any]) -> Iterator[_Chain]:
    """Longitude and latitude of the vertices of each part or ring of a geometry, in their order. [deg]"""
    if coordinates and isinstance(coordinates[0][0], (int, float)):
        yield [(float(lon), float(lat)) for lon, lat, *_ in coordinates]
        return
    for one in coordinates:
        yield from _chains_of(one)


def vertices_sha256(chains: Iterable[_Chain]) -> str:
    """Hexadecimal, of a line for each vertex: longitude, comma, latitude and LF, in ASCII.

    Each number is the shortest with a decimal point that is read as the same double, as ``50.0``; between
    parts or rings stands an empty line.
    """
    lines = "\n".join("".join(f"{lon!r},{lat!r}\n" for lon, lat in chain) for chain in chains)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def _facts(
    said: NullTranslations, chains: Sequence[_Chain], given: str, language: str
) -> Iterator[tuple[str, str]]:
    """What was asked: its name, and what tells its vertices from all others."""
    if given:
        yield said.gettext("As given"), isolated(plain(given))
    count = number(sum(map(len, chains)), 0, language)
    sha256 = isolated(vertices_sha256(chains))
    yield said.gettext("Vertices"), f"{count}{semicolon(language)}SHA-256 {sha256}"


def _vertices(
    said: NullTranslations,
    chains: Sequence[_Chain],
    legs: str | Sequence[str],
    language: str,
) -> Table:
    """All vertices where they are few, else the first and the last ones; what leads to each if it differs.

    Of several parts or rings the number of each stands before that of its vertex.
    """
    vertices = [one for chain in chains for one in chain]
    places = [(part, at) for part, chain in enumerate(chains, start=1) for at in range(1, len(chain) + 1)]
    count = len(vertices)
    is_all = count <= _MOST_VERTICES_SHOWN
    shown = range(count) if is_all else (*range(_ENDS_SHOWN), *range(count - _ENDS_SHOWN, count))
    rows = tuple(
        (
            ".".join(number(one, 0, language) for one in places[at][len(chains) == 1 :]),
            isolated(seconds_position(*vertices[at])),
            *(isolated(repr(degrees)) for degrees in reversed(vertices[at])),
            *(() if isinstance(legs, str) else (said.gettext(legs[at - 1]) if at else "",)),
        )
        for at in shown
    )
    heads: tuple[str, ...] = (
        "", said.gettext("Position"), said.gettext("Latitude"), said.gettext("Longitude"),
    )  # fmt: skip
    kinds: tuple[str, ...] = (NUMBER, "", NUMBER, NUMBER)
    if not isinstance(legs, str):
        heads, kinds = (*heads, said.gettext("Joined by")), (*kinds, NARROW)
    title = said.gettext("Vertices") if is_all else said.gettext("The first and the last vertices")
    note = said.gettext("All of them, as they were given, are attached to this file in report.json.")
    return Table(title, heads, kinds, rows, note)


def legs_of(asked: Asked, legs: str | None) -> str | list[str]:
    """What joins the vertices of the one geometry: all of them the same, or as it was given with each leg."""
    given = asked.waypoints[0] if asked.waypoints else None
    return legs or GEODESIC if given is None else list(given.legs)


def one_geometry(asked: Asked) -> Mapping[str, Any]:
    """The one geometry that a report is of, as it was given.

    Raises `TooMuchError`: there are several, or it has more vertices than a report carries; `CrossingError`:
    its waypoints are no route.
    """
    if asked.several:
        count = len(asked.geometries)
        raise TooMuchError(
            f"a report is of one route or area, and there are {count:,}: make a report of each",
            limit=1,
            unit="features",
        )
    given = asked.waypoints[0] if asked.waypoints else None
    (geometry,) = asked.geometries if given is None else (given.geometry,)
    if given is not None:
        read_geometry(geometry)  # as it is read again from the report; what is drawn of it may be longer
    if count_positions(geometry, MOST_VERTICES) > MOST_VERTICES:
        raise TooMuchError(
            f"more than {MOST_VERTICES:,} vertices, at most {MOST_VERTICES:,} stand in a report; "
            "send the route in parts",
            limit=MOST_VERTICES,
            unit="vertices",
        )
    return cast(Mapping[str, Any], geometry)  # anything else is refused where it is answered


def one_times(asked: Asked) -> list[list[object]] | None:
    """The times of the vertices of the one geometry by its parts, as JSON has them; None without.

    Raises `TooMuchError`: they are longer than a report carries.
    """
    if not asked.times or asked.times[0] is None:
        return None
    given = asked.waypoints[0] if asked.waypoints else None
    listed = asked.times[0] if given is None else [given.times]
    times = [[_in_json(one) for one in part] for part in listed]
    if len(json_bytes(times)) > MOST_TIMES_BYTES:
        raise TooMuchError(
            f"the times of the route take more than {MOST_TIMES_BYTES:,} bytes, the most in a report",
            limit=MOST_TIMES_BYTES,
            unit="bytes",
        )
    return times


def _in_json(time: object) -> object:
    return time.isoformat() if isinstance(time, date) else time


def asked_again(geometry: Mapping[str, Any], times: list[list[object]] | None) -> dict[str, Any]:
    """What a report carries as asked: the geometry, a feature where its vertices have times."""
    if times is None:
        return dict(geometry)
    nested = geometry["type"] == "MultiLineString"
    properties = {"coordinateProperties": {"times": times if nested else times[0]}}
    return {"type": "Feature", "geometry": dict(geometry), "properties": properties}


def lines_of(answer: RouteCrossings | AreaCrossings) -> list[Floats]:
    """What is drawn: the edges along their geodesics, in pieces as short as the map needs. [deg]"""
    asked: Route | Area = answer.route if isinstance(answer, RouteCrossings) else answer.area
    parts: Iterable[Floats] = (
        asked.parts if isinstance(asked, Route) else (ring for rings in asked.polygons for ring in rings)
    )
    piece_m = max(_SHORTEST_PIECE_M, asked.length_m / _MOST_PIECES)
    return [densify_geodesics(part, piece_m) for part in parts]


def _headline(said: NullTranslations, answer: RouteCrossings | AreaCrossings, language: str) -> str:
    if isinstance(answer, RouteCrossings):
        nm, km = (number(answer.length_m / unit, _KM, language) for unit in (METRES_PER_NM, 1000.0))
        length = said.gettext("%(nm)s nm (%(km)s km)") % {"nm": nm, "km": km}  # as in the tables beneath
        return said.gettext("Route of %(length)s") % {"length": length}
    return said.gettext("Area of %(area)s km²") % {"area": number(answer.area_km2, _KM, language)}


def _cables(said: NullTranslations, states: Sequence[str], language: str) -> str:
    if not states:
        return ""
    names = comma(language).join(said.gettext(STATE_NAMES[state]) for state in states)
    return said.gettext(
        "Convention, Article 14: the course of a submarine cable or pipeline is agreed with the State whose "
        "sector of the seabed it crosses. Here: %(states)s."
    ) % {"states": names}


def _tables(
    said: NullTranslations,
    answer: RouteCrossings | AreaCrossings,
    record: Mapping[str, Any],
    language: str,
) -> Iterable[Table]:
    water, seabed = said.gettext("The water, by zone and State"), said.gettext("The seabed, by sector")
    if isinstance(answer, AreaCrossings):
        yield _parts(said, water, answer.totals, language)
        yield _parts(said, seabed, answer.sector_totals, language)
        return
    legs = len(answer.legs) + len(answer.sector_legs)
    if legs > MOST_LEGS:
        raise TooMuchError(
            f"the route falls into {legs:,} legs, at most {MOST_LEGS:,} stand in a report; send it in parts",
            limit=MOST_LEGS,
            unit="legs",
        )
    yield _totals(said, (*answer.totals, *answer.sector_totals), language)
    yield _legs(said, water, answer.legs, record["legs"], language)
    yield _legs(said, seabed, answer.sector_legs, record["sector_legs"], language)


def _legs(
    said: NullTranslations,
    title: str,
    legs: Iterable[Leg],
    recorded: Iterable[Mapping[str, Any]],
    language: str,
) -> Table:
    rows = []
    for leg, values in zip(legs, recorded, strict=True):
        numbers = (leg.start_km, leg.end_km, leg.length_km, leg.length_nm)
        end = line_name(said, leg.exit_boundary) if leg.exit_boundary else ""
        status = status_name(said, leg.exit_status)
        rows.append(
            (
                *(number(one, _KM, language) for one in numbers),
                _name(said, leg.kind, leg.zone, leg.state) + _times(values),
                f"{end} ({status})" if end and status else end,
            )
        )
    heads = (
        said.gettext("from km"), said.gettext("to km"), said.gettext("km"), said.gettext("nm"),
        said.gettext("Answer"),
        said.gettext("ends at"),
    )  # fmt: skip
    return Table(title, heads, (NUMBER,) * 4 + ("", ""), tuple(rows))


def _times(leg: Mapping[str, Any]) -> str:
    """When a leg of the record begins and ends, in a line of its own; nothing without times."""
    if TIME_FIELDS[0] not in leg:
        return ""
    return "\n" + isolated(" – ".join(leg[name] for name in TIME_FIELDS))


def _totals(said: NullTranslations, totals: Iterable[Total], language: str) -> Table:
    rows = tuple(
        (
            number(one.length_km, _KM, language),
            number(one.length_nm, _KM, language),
            number(one.share_percent, 2, language),
            _name(said, "sector" if one.zone is None else "zone", one.zone, one.state),
        )
        for one in totals
    )
    return Table(
        said.gettext("Totals"),
        (said.gettext("km"), said.gettext("nm"), "%", said.gettext("Answer")),
        (NUMBER,) * 3 + ("",),
        rows,
    )


def _parts(said: NullTranslations, title: str, parts: Iterable[AreaPart], language: str) -> Table:
    rows = tuple(
        (
            number(one.area_km2, _KM, language),
            number(one.share_percent, 3, language),
            _name(said, one.kind, one.zone, one.state),
            status_name(said, one.sector_status),
        )
        for one in parts
    )
    heads = (said.gettext("km²"), "%", said.gettext("Answer"), said.gettext("Status"))
    return Table(title, heads, (NUMBER, NUMBER, "", ""), rows)


def _name(said: NullTranslations, kind: str, zone: str | None, state: str | None) -> str:
    if kind == "sector":
        if state is None:
            return said.gettext("No seabed of the Caspian Sea")
        return said.gettext("Sector of %(state)s") % {"state": said.gettext(STATE_NAMES[state])}
    if zone is None or zone == LAND_OR_OUTSIDE:
        return said.gettext("Land, or outside the Caspian Sea")
    return zone_of_state(said, zone, state)
