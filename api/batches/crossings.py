"""Routes and areas to cross: GeoJSON or a table of positions in; answers, legs and tables out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from api.batches.column_words import (
    MAYBE_ROUTE_COLUMNS,
    ROUTE_COLUMNS,
    words_of,
)
from api.batches.json_sources import refuse_other_crs
from api.batches.route_legs import Waypoints
from api.batches.rows import Chunk, Source, UserColumn
from api.batches.time_columns import hour_column, is_harmless, is_short, time_column, zone_column
from api.errors import BodyError, CommandError, TooMuchError
from api.texts.geojson import NOTICE
from api.texts.tables import cell
from coastlines.rings import DECIMALS
from coastlines.words import LINE_TYPES
from zones.arrays import Floats
from zones.crossings.area import PART_FIELDS, AreaCrossings, AreaPart
from zones.crossings.input import Area, CrossingError, Route, TooManyLegsError, count_positions, read_geometry
from zones.crossings.path import no_checkpoint
from zones.crossings.route import Leg, RouteCrossings, cross
from zones.crossings.timetable import Timetable, make_timetable
from zones.tracks.times import read_times

if TYPE_CHECKING:
    from zones.editions.store import Edition

LEGS = LINE_TYPES  # lines that join vertices
GEODESIC, LOXODROME = LEGS
LEG_FIELDS = Leg._fields
TIME_FIELDS = ("entry_time", "exit_time")  # of legs whose route has times
_TIMES = ("times", "coordTimes", "timestamps")
_TIMED = ("LineString", "MultiLineString")
Crossings = RouteCrossings | AreaCrossings


# What one request may ask for: what it sends of features, vertices and km, and legs of the answer.
Limits = Mapping[str, int]
_SETTINGS = {
    "features": "MAX_FEATURES",
    "vertices": "MAX_ROUTE_VERTICES",
    "km": "MAX_ROUTE_LENGTH_KM",
    "legs": "MAX_ROUTE_LEGS",
}


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """As the settings say."""
    return {unit: int(settings[name]) for unit, name in _SETTINGS.items()}


def _check(limits: Limits, unit: str, given: float, shown: str = "") -> None:
    """Refuse more than the limit of a unit."""
    limit, name = limits[unit], _SETTINGS[unit]
    if given > limit:
        words = "km of routes and outlines" if unit == "km" else unit
        raise TooMuchError(
            f"{shown or f'{given:,.0f}'} {words}, at most {limit:,} are answered in one request "
            f"(CASPIAN_{name}); send them in parts",
            limit=limit,
            unit=unit,
            setting=name,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Geometries to answer; ``several`` where they came as more than one feature.

    ``times`` are those of the vertices of each geometry, by its parts, None where there are none;
    ``waypoints`` are those of routes that were not given as they are drawn.
    """

    geometries: tuple[object, ...]
    ids: tuple[object, ...]
    several: bool
    times: tuple[Sequence[Sequence[object]] | None, ...] = ()
    waypoints: tuple[Waypoints | None, ...] = ()

    def named(self, number: int) -> dict[str, object]:
        """What tells the pieces of a geometry from those of others."""
        if all(identity is None for identity in self.ids):
            return {"feature": number}
        return {"feature": number, "id": self.ids[number]}

    def timetable(self, number: int, answer: Crossings) -> Timetable | None:
        """When the route of this number was where. Raises `CrossingError`: its times cannot be used."""
        times = self.times[number] if self.times else None
        if times is None or not isinstance(answer, RouteCrossings):
            return None
        return make_timetable(parts_of(self.geometries[number]), times, answer.length_m)


def parts_of(geometry: object) -> list[Floats]:
    """The vertices of each part of a GeoJSON line that was answered. [deg]"""
    assert isinstance(geometry, Mapping)
    is_multi = geometry["type"] == "MultiLineString"
    parts = geometry["coordinates"] if is_multi else [geometry["coordinates"]]
    return [np.array([position[:2] for position in part], dtype=np.float64) for part in parts]


def _times_of(feature: Mapping[str, Any]) -> Sequence[Sequence[object]] | None:
    """Times of the vertices of a feature, as converters of GPX and KML write them; None without."""
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, Mapping) or not isinstance(geometry, Mapping):
        return None
    within = properties.get("coordinateProperties")
    times = within.get("times") if isinstance(within, Mapping) else None
    for name in _TIMES:
        times = properties.get(name) if times is None else times
    if not isinstance(times, list) or not times or str(geometry.get("type")) not in _TIMED:
        return None
    nested = geometry["type"] == "MultiLineString" and all(isinstance(part, list) for part in times)
    return times if nested else [times]


def asked_of(value: object, limits: Limits | None = None) -> Asked:
    """The geometries of a decoded GeoJSON text.

    Raises `BodyError`: not GeoJSON; `TooMuchError`: more features or vertices than the limits.
    """
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise BodyError("a GeoJSON geometry, Feature or FeatureCollection is needed, an object with a type")
    refuse_other_crs(value)
    features: Sequence[Any]
    if value["type"] == "FeatureCollection":
        features = value.get("features")  # type: ignore[assignment]
        if not isinstance(features, list) or not features:
            raise BodyError('a FeatureCollection needs an array "features" with a feature in it')
    elif value["type"] == "Feature":
        features = [value]
    else:
        features = [{"type": "Feature", "geometry": value}]
    if limits is not None:
        _check(limits, "features", len(features))
    for number, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise BodyError(f"feature {number} is not a GeoJSON Feature")
        refuse_other_crs(feature)
    geometries = tuple(feature.get("geometry") for feature in features)
    if limits is not None:
        left = most = limits["vertices"]
        for geometry in geometries:
            left -= count_positions(geometry, left)
            _check(limits, "vertices", most - left, f"more than {most:,}")
    times = tuple(map(_times_of, features))
    return Asked(geometries, tuple(feature.get("id") for feature in features), len(features) > 1, times)


def _route_columns(columns: Sequence[UserColumn]) -> list[tuple[UserColumn, bool]]:
    """Columns that may tell the routes of a table apart, the likeliest first; whether each surely does."""
    sure = [(one, True) for kind in ROUTE_COLUMNS for one in columns if kind.fullmatch(words_of(one.name))]
    return sure + [(one, False) for one in columns if MAYBE_ROUTE_COLUMNS.fullmatch(words_of(one.name))]


def _tells_apart(names: Sequence[str], places: Sequence[Sequence[float]], *, surely: bool) -> bool:
    """Whether a column tells routes apart: it has values, a doubtful one two at several places each."""
    if surely:
        return any(names)
    seen: dict[str, set[tuple[float, ...]]] = defaultdict(set)
    for name, place in zip(names, places, strict=True):
        seen[name].add(tuple(place))
    return sum(len(found) > 1 for name, found in seen.items() if name) > 1


def asked_of_table(source: Source) -> Asked:
    """Routes from a table of positions: one, or one for every ship or track that it names.

    A column of times, where there is one, tells when they were where.

    Raises `BodyError`: no columns of positions, a row that is wrong, or one of no ship among those of
    several.
    """
    columns = source.user_columns()
    candidates, timed = _route_columns(columns), time_column(columns)
    places: list[list[float]] = []
    times: list[object] = []
    names: list[list[str]] = [[] for _ in candidates]
    for chunk in source.chunks():
        for row, error in sorted(chunk.batch.errors.items())[:1]:
            raise BodyError(f"row {len(places) + row + 1:,} below the header: {error}")
        places += map(list, zip(chunk.batch.lon.tolist(), chunk.batch.lat.tolist(), strict=True))
        for (column, _), values in zip(candidates, names, strict=True):
            values += (cell(value).strip() for (value,) in zip(*chunk.columns([column]), strict=True))
        times += [None] * len(chunk.batch) if timed is None else _times_in(chunk, timed, columns)
    by, ships = None, [""] * len(places)
    for (column, surely), values in zip(candidates, names, strict=True):
        if by is None and _tells_apart(values, places, surely=surely):
            by, ships = column, values
    routes: dict[str, tuple[list[list[float]], list[object]]] = {}
    for name, place, time in zip(ships, places, times, strict=True):
        route, own = routes.setdefault(name, ([], []))
        route.append(place)
        own.append(time)
    if by is not None and "" in routes and len(routes) > 1:
        raise BodyError(f"rows of several routes by column {by.name!r}, and rows without any")
    lines = [route for route, _ in routes.values()] or [[]]
    geometries = tuple({"type": "LineString", "coordinates": route} for route in lines)
    ids = tuple(route or None for route in routes) or (None,)
    known = tuple([own] if any(map(_is_time, own)) else None for _, own in routes.values()) or (None,)
    return Asked(geometries, ids, len(geometries) > 1, known)


def _times_in(chunk: Chunk, timed: UserColumn, columns: Sequence[UserColumn]) -> list[object]:
    """The times of a column; where something tells of others than would be read, with it, so that none is."""
    times: list[object] = list(*chunk.columns([timed]))
    if is_short(chunk, timed):
        return [f"{time} ({timed.name[:80]}, of 32 bits)" if _is_time(time) else time for time in times]
    read = read_times([time if _is_time(time) else None for time in times])
    others = [one for one in columns if one is not timed and not one.position]
    if hours := hour_column(chunk, others, read.time_us):
        return [f"{time} ({hours.name[:80]} apart)" if _is_time(time) else time for time in times]
    zone = timed if not is_harmless(timed.name) else zone_column(chunk, others) if read.unzoned else None
    if zone is None:
        return times
    return [f"{time} ({zone.name[:80]})" if read_times([time]).unzoned else time for time in times]


def _is_time(value: object) -> bool:
    return value is not None and value != ""


def with_legs(asked: Asked, legs: Sequence[str], limits: Limits) -> Asked:
    """What asks for one line, with its legs of these kinds, one for each.

    Raises `BodyError`: it asks for something else; `CrossingError`: the line cannot be read; `TooMuchError`:
    it is longer than the limits.
    """
    (geometry,) = asked.geometries if not asked.several else (None,)
    read = read_geometry(geometry)
    lon_lat = geometry["coordinates"] if isinstance(geometry, Mapping) else []
    if not isinstance(read, Route) or len(read.parts) > 1 or len(lon_lat) != len(legs) + 1:
        raise BodyError("a line with one leg less than vertices is needed")
    _check(limits, "km", read.length_m / 1e3)
    times = (asked.times[0] if asked.times else None) or [[None] * len(lon_lat)]
    if [len(part) for part in times] != [len(lon_lat)]:
        raise BodyError("its times are not as many as its vertices")
    given = Waypoints([one[:2] for one in lon_lat], legs, times[0])
    line, drawn_times = given.drawn()
    known = [drawn_times] if any(map(_is_time, drawn_times)) else None
    return Asked(({"type": "LineString", "coordinates": line},), asked.ids, False, (known,), (given,))


def cross_all(
    edition: Edition,
    asked: Asked,
    limits: Limits | None = None,
    checkpoint: Callable[[], None] = no_checkpoint,
    *,
    loxodromes: bool = False,
) -> Iterator[Crossings | CrossingError]:
    """An answer, or what is wrong, for each geometry, its vertices joined by geodesics or ``loxodromes``.

    One is kept at a time.

    Raises `CrossingError`: the only geometry cannot be answered; `TooMuchError`: more length or legs than the
    limits.
    """
    read: list[Route | Area | CrossingError] = []
    for geometry, waypoints in zip_longest(asked.geometries, asked.waypoints):
        checkpoint()
        try:
            read.append(_as_given(read_geometry(geometry), waypoints))
        except CrossingError as error:
            if not asked.several:
                raise
            read.append(error)
    left = None
    if limits is not None:
        lengths_m = (one.length_m for one in read if not isinstance(one, CrossingError))
        _check(limits, "km", sum(lengths_m) / 1e3)
        left = limits["legs"]
    for one in read:
        checkpoint()
        if isinstance(one, CrossingError):
            yield one
            continue
        try:
            answer = cross(edition, one, checkpoint, left, loxodromes=loxodromes)
        except CrossingError as error:
            if not asked.several:
                raise
            yield error
            continue
        except TooManyLegsError:
            assert limits is not None
            _check(limits, "legs", math.inf, f"more than {limits['legs']:,}")
            raise
        if left is not None and isinstance(answer, RouteCrossings):
            left -= len(answer.legs) + len(answer.sector_legs)
        yield answer


def _as_given(read: Route | Area, waypoints: Waypoints | None) -> Route | Area:
    """A route with what is to be said of its waypoints."""
    if waypoints is None or not waypoints.remark or not isinstance(read, Route):
        return read
    count = len(waypoints.lon_lat) - read.repeated_points
    return replace(read, drawn_from=count, joined=waypoints.remark)


def answer_of(edition: Edition, asked: Asked, answers: Iterable[Crossings | CrossingError]) -> dict[str, Any]:
    """The answer as JSON: of one geometry beside the edition, of several as ``results``."""
    bodies = [_body(asked, number, one) for number, one in enumerate(answers)]
    about_edition = {"edition": edition.name, "assumptions": edition.assumptions}
    if not asked.several:
        return {**about_edition, **bodies[0], "notice": NOTICE}
    results = [
        {"feature": number, "id": identity, **body}
        for number, (identity, body) in enumerate(zip(asked.ids, bodies, strict=True))
    ]
    return {**about_edition, "results": results, "notice": NOTICE}


def _body(asked: Asked, number: int, answer: Crossings | CrossingError) -> dict[str, Any]:
    """The answer of one geometry; its legs with times where its route has them."""
    if isinstance(answer, CrossingError):
        return {"error": str(answer)}
    body = answer.as_dict()
    try:
        timetable = asked.timetable(number, answer)
    except CrossingError as error:
        body["remarks"].append(_unused_times(error))
        return body
    for leg in [*body["legs"], *body["sector_legs"]] if timetable else []:
        leg.update(_times_at(timetable, leg))
    return body


def _unused_times(error: CrossingError) -> str:
    return f"Times of the route are left out: {error}."


def _times_at(timetable: Timetable | None, leg: Mapping[str, Any]) -> dict[str, str]:
    """When a leg begins and ends; nothing without times."""
    if timetable is None:
        return {}
    posts = (leg["start_km"], leg["end_km"])
    return {name: timetable.at(post) for name, post in zip(TIME_FIELDS, posts, strict=True)}


def feature_collection_of(
    edition: Edition, asked: Asked, answers: Sequence[Crossings | CrossingError]
) -> dict[str, Any]:
    """Legs as lines and parts of areas as polygons, each with its fields as properties."""
    about_edition = {"assumptions": edition.assumptions, "edition": edition.name}
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(geometry),
            "properties": {**asked.named(number), **values, **about_edition},
        }
        for number, answer in enumerate(answers)
        for piece, values in _pieces(asked, number, answer)
        if (geometry := _geometry(answer, piece)) is not None
    ]
    return {"type": "FeatureCollection", **about_edition, "notice": NOTICE, "features": features}


def _pieces(
    asked: Asked, number: int, answer: Crossings | CrossingError
) -> Iterator[tuple[Leg | AreaPart, dict[str, Any]]]:
    """Legs of a route or parts of an area, by zone and by sector, each with its fields."""
    if isinstance(answer, RouteCrossings):
        try:
            timetable = asked.timetable(number, answer)
        except CrossingError:
            timetable = None
        for leg in (*answer.legs, *answer.sector_legs):
            values = leg.as_dict()
            yield leg, {**values, **_times_at(timetable, values)}
    elif isinstance(answer, AreaCrossings):
        for part in (*answer.totals, *answer.sector_totals):
            yield part, part.as_dict()


def _geometry(answer: Crossings | CrossingError, piece: Leg | AreaPart) -> shapely.Geometry | None:
    if isinstance(piece, AreaPart):
        return None if piece.geometry is None else shapely.set_precision(piece.geometry, 10.0**-DECIMALS)
    assert isinstance(answer, RouteCrossings)
    return shapely.LineString(np.round(answer.line_of(piece), DECIMALS))


def table_of(
    edition: Edition, asked: Asked, answers: Sequence[Crossings | CrossingError]
) -> Iterable[list[str]]:
    """Rows of a table of legs, or of the parts of areas, with a header.

    Raises `CommandError`: routes and areas together have no common table.
    """
    good = [(number, one) for number, one in enumerate(answers) if not isinstance(one, CrossingError)]
    kinds = {type(one) for _, one in good}
    if len(kinds) > 1:
        raise CommandError("routes and areas have no common table; write .json")
    fields = PART_FIELDS if kinds == {AreaCrossings} else LEG_FIELDS
    rows = [(number, values) for number, one in good for _, values in _pieces(asked, number, one)]
    if any(TIME_FIELDS[0] in values for _, values in rows):
        fields = (*fields, *TIME_FIELDS)
    about_edition = {"assumptions": edition.assumptions, "edition": edition.name}
    yield [*asked.named(0), *fields, *about_edition]
    for number, values in rows:
        row = (*asked.named(number).values(), *map(values.get, fields), *about_edition.values())
        yield [*map(cell, row)]
