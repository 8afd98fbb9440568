"""What a route crosses: legs by zone and State, and independently by sector of the seabed.

The vertices of a route are joined by geodesics. The water is divided by the rule itself and the
seabed by the sector lines (Convention, Art. 5 and 8); the drawn polygons are not asked. Cables and
pipelines may be laid, the route being agreed with the Party whose sector they cross (Art. 14).

A route of several parts is one route: its kilometre posts run on from part to part, and what lies
between the parts counts nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from zones.arrays import Floats
from zones.atlas import zone_id
from zones.crossing_areas import AreaCrossings, cross_area
from zones.crossing_input import Area, Route, read_geometry
from zones.crossing_march import (
    CUT_M,
    NO_SECTOR,
    TOUCH_M,
    March,
    make_grounds,
    march_sectors,
    march_zones,
    zone_of,
)
from zones.crossing_path import Path, make_path
from zones.ellipsoid import METRES_PER_NM, to_earth_centred
from zones.features import Collection
from zones.nearest import nearest_of_groups
from zones.rule import FISHERY, INTERNAL, ON_LAND, OUTSIDE, TERRITORIAL, Rule
from zones.sector_lines import Seabed
from zones.sectors import SectorIndex, line_ids
from zones.water_boundaries import water_boundary
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    ANSWERS,
    COMPUTED,
    LEGAL_BASIS,
    PROVISIONAL,
    STATES,
    pair_name,
)

SECTOR_BASIS = "Convention, Art. 8(1); cables and pipelines: Art. 14"
ARTICLE_14_NOTE = (
    "Convention, Art. 14: the route of a submarine cable or pipeline is agreed with the Party whose "
    "sector of the seabed it crosses."
)
SHORE, BASELINE = "shore", "baseline"

_SAME_M = 0.01  # two States are equally near
_SAMPLE_M = 1000.0
_MOST_SAMPLES = 2000
_PIECE_M = 500.0
_UNSETTLED_FIRST = (PROVISIONAL, AGREED_RECONSTRUCTED, AGREED)


class Ground(Protocol):
    """What an edition offers that a crossing is computed from."""

    @property
    def rule(self) -> Rule: ...  # noqa: D102
    @property
    def seabed(self) -> Seabed: ...  # noqa: D102
    @property
    def sectors(self) -> SectorIndex: ...  # noqa: D102
    @property
    def collections(self) -> Mapping[str, Collection]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a route with one answer.

    Attributes
    ----------
    kind : str
        ``zone`` or ``sector``.
    part : int
        Part of the route, from 0.
    zone : str or None
        One of `words.ANSWERS`; None for legs by sector.
    state : str or None
        State of the zone or of the sector; None where there is none.
    start_km, end_km : float
        Kilometre posts, along the whole route. [km]
    length_m, length_km, length_nm : float
        Geodesic. [m, km, nm]
    entry_lon, entry_lat, exit_lon, exit_lat : float
        [deg]
    entry_boundary, exit_boundary : str or None
        What is crossed there: feature id of a limit, boundary or sector boundary, ``baseline``, or
        ``shore``; None at the ends of the route.
    entry_status, exit_status : str or None
        Status of that line.
    sector_status : str or None
        Of a leg by sector: status of the least settled sector line it begins or ends at; else of
        those by which the route enters or leaves this sector elsewhere; else of the nearest one.
    delimited : bool or None
        Of a leg by sector: whether that line is agreed, be it reconstructed.
    legal_basis, remark : str or None
    """

    kind: str
    part: int
    zone: str | None
    state: str | None
    start_km: float
    end_km: float
    length_m: float
    length_km: float
    length_nm: float
    entry_lon: float
    entry_lat: float
    exit_lon: float
    exit_lat: float
    entry_boundary: str | None
    entry_status: str | None
    exit_boundary: str | None
    exit_status: str | None
    sector_status: str | None
    delimited: bool | None
    legal_basis: str | None
    remark: str | None

    def as_dict(self) -> dict[str, Any]:
        """Fields by name, in order."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Total:
    """Sum over the legs with one answer. [m, km, nm, %]"""

    zone: str | None
    state: str | None
    legs: int
    length_m: float
    length_km: float
    length_nm: float
    share_percent: float


@dataclass(frozen=True, slots=True, eq=False)
class RouteCrossings:
    """What a route crosses.

    Attributes
    ----------
    length_m : float
        Sum of the geodesic lengths of all edges; the legs of either kind add up to it. [m]
    legs, sector_legs : tuple of Leg
        By zone and State, and by sector; each kind covers the whole route. A stretch over no
        seabed of the Caspian (land, Kara-Bogaz-Gol) is a leg by sector without a State.
    totals, sector_totals : tuple of Total
        In the order in which the route comes to them.
    article_14_states : tuple of str
        States whose sectors the route crosses, in that order (Art. 14).
    resolution_m : float
        A shorter stay may have passed unseen. [m]
    remarks : tuple of str
        What was left out of the input, what is not settled.
    """

    route: Route
    paths: tuple[Path, ...]
    length_m: float
    legs: tuple[Leg, ...]
    sector_legs: tuple[Leg, ...]
    totals: tuple[Total, ...]
    sector_totals: tuple[Total, ...]
    article_14_states: tuple[str, ...]
    resolution_m: float
    remarks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        first, last = self.legs[0], self.legs[-1]
        return {
            "route": {
                "length_m": _metres(self.length_m),
                "length_km": _metres(self.length_m) / 1e3,
                "length_nm": round(self.length_m / METRES_PER_NM, 9),
                "parts": len(self.route.parts),
                "vertices": sum(len(part) for part in self.route.parts),
                "start": [first.entry_lon, first.entry_lat],
                "end": [last.exit_lon, last.exit_lat],
                "repeated_points_dropped": self.route.repeated_points,
                "heights_dropped": self.route.heights_dropped,
                "resolution_m": self.resolution_m,
                "cut_tolerance_m": CUT_M,
            },
            "legs": [leg.as_dict() for leg in self.legs],
            "sector_legs": [leg.as_dict() for leg in self.sector_legs],
            "totals": [asdict(total) for total in self.totals],
            "sector_totals": [asdict(total) for total in self.sector_totals],
            "article_14_states": list(self.article_14_states),
            "article_14_note": ARTICLE_14_NOTE,
            "remarks": list(self.remarks),
        }

    def line_of(self, leg: Leg) -> Floats:
        """The leg itself, in pieces of at most 500 m that stay within 1 cm, shape (n, 2). [deg]"""
        before = sum(path.length_m for path in self.paths[: leg.part])
        start, end = leg.start_km * 1e3 - before, leg.end_km * 1e3 - before
        return self.paths[leg.part].between(
            max(start, 0.0), min(end, self.paths[leg.part].length_m), _PIECE_M
        )


def cross(ground: Ground, geometry: object) -> RouteCrossings | AreaCrossings:
    """What a GeoJSON geometry crosses: a line by its legs, a polygon by its areas.

    Parameters
    ----------
    ground : Edition
    geometry : mapping
        A GeoJSON LineString, MultiLineString, Polygon or MultiPolygon in longitude and latitude.

    Raises
    ------
    CrossingError
        The geometry cannot be answered; the message names what, where, and what would be right.
    """
    read = read_geometry(geometry)
    if isinstance(read, Area):
        return cross_area(ground.collections["zones"], ground.collections["sectors"], read)
    return cross_route(ground.rule, ground.sectors, ground.seabed, read)


def cross_route(rule: Rule, index: SectorIndex, seabed: Seabed, route: Route) -> RouteCrossings:
    """Cut a route at every limit, boundary and shore, and at every sector line."""
    grounds = make_grounds(rule, index)
    edges = _Edges(rule, index, seabed)
    paths = tuple(make_path(part) for part in route.parts)
    legs: list[Leg] = []
    sector_legs: list[Leg] = []
    before, floor = 0.0, 0.0
    for number, path in enumerate(paths):
        by_zone = march_zones(grounds, path)
        legs += _legs(path, by_zone, number, before, _ZoneWords(edges))
        floor = max(floor, by_zone.floor_m)
        before += path.length_m
    before = 0.0
    by_sector = [march_sectors(grounds, path) for path in paths]
    lines = _sector_lines_crossed(paths, by_sector, edges)
    for number, (path, march) in enumerate(zip(paths, by_sector, strict=True)):
        sector_legs += _legs(path, march, number, before, _SectorWords(edges, path, lines))
        floor = max(floor, march.floor_m)
        before += path.length_m
    crossed = dict.fromkeys(leg.state for leg in sector_legs if leg.state is not None)
    return RouteCrossings(
        route, paths, before, tuple(legs), tuple(sector_legs),
        _totals(legs, before), _totals(sector_legs, before), tuple(crossed), floor,
        tuple(_remarks(route, legs, sector_legs)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Crossed:
    """What is crossed at a cut."""

    boundary: str | None
    status: str | None


_END = _Crossed(None, None)


class _Edges:
    """Names what lies between two answers."""

    def __init__(self, rule: Rule, index: SectorIndex, seabed: Seabed) -> None:
        self.rule = rule
        self.index = index
        self.seabed = seabed
        self.ids = line_ids(seabed.lines)

    def between_zones(self, before: int, after: int, point: Floats) -> _Crossed:
        """What a route crosses at an earth-centred point, by the codes before and after it."""
        (zone_a, state_a), (zone_b, state_b) = zone_of(before), zone_of(after)
        zones = {zone_a, zone_b}
        if OUTSIDE in zones:
            return _END
        if ON_LAND in zones and len(zones) == 2:
            return _Crossed(SHORE, COMPUTED)
        if state_a == state_b or -1 in (state_a, state_b):
            if INTERNAL in zones:
                return _Crossed(BASELINE, COMPUTED)
            inner = TERRITORIAL if TERRITORIAL in zones else FISHERY
            state = max(state_a, state_b)
            return _Crossed(zone_id(ANSWERS[inner], STATES[state]), COMPUTED)
        if ON_LAND in zones:
            return _END  # the nearest shore becomes another State's; no line of the Convention
        if INTERNAL in zones:
            return _Crossed(BASELINE, COMPUTED)
        pair = np.array([state_a, state_b])
        lengths, _, _ = nearest_of_groups(self.rule.baseline.tree, point[None, :], pair)
        if abs(lengths[0, 0] - lengths[0, 1]) > _SAME_M:
            ends = np.abs(lengths[0] - self.rule.reach_m[pair])
            return _Crossed(zone_id(ANSWERS[FISHERY], STATES[pair[int(ends.argmin())]]), COMPUTED)
        name = pair_name(STATES[state_a], STATES[state_b])
        return _Crossed(name, water_boundary(name).status)

    def between_sectors(self, before: int, after: int, point: Floats) -> _Crossed:
        """As `between_zones`, on the seabed."""
        if NO_SECTOR in (before, after):
            return _Crossed(SHORE, COMPUTED)
        _, line, _ = self.index.locate(point[None, :])
        return _Crossed(self.ids[line[0]], self.seabed.lines[line[0]].status)


class _ZoneWords:
    """What a leg by zone says of itself."""

    kind = "zone"

    def __init__(self, edges: _Edges) -> None:
        self.edges = edges

    def crossed(self, before: int, after: int, point: Floats) -> _Crossed:
        return self.edges.between_zones(before, after, point)

    def fields(self, code: int, start_m: float, end_m: float, ends: Sequence[_Crossed]) -> dict[str, Any]:
        del start_m, end_m, ends
        zone, state = zone_of(code)
        return {
            "zone": ANSWERS[zone],
            "state": STATES[state] if state >= 0 else None,
            "sector_status": None,
            "delimited": None,
            "legal_basis": LEGAL_BASIS.get(ANSWERS[zone]),
            "remark": None,
        }


class _SectorWords:
    """What a leg by sector says of itself."""

    kind = "sector"

    def __init__(self, edges: _Edges, path: Path, lines: Mapping[int, Mapping[str, str]]) -> None:
        self.edges = edges
        self.path = path
        self.lines = lines

    def crossed(self, before: int, after: int, point: Floats) -> _Crossed:
        return self.edges.between_sectors(before, after, point)

    def fields(self, code: int, start_m: float, end_m: float, ends: Sequence[_Crossed]) -> dict[str, Any]:
        if code == NO_SECTOR:
            return {
                "zone": None, "state": None, "sector_status": None, "delimited": None, "legal_basis": None,
                "remark": "no seabed of the Caspian",
            }  # fmt: skip
        lines = {str(end.boundary): str(end.status) for end in ends if end.boundary in self.edges.ids}
        at = "begins or ends at"
        if not lines and code in self.lines:
            lines, at = dict(self.lines[code]), "runs in a sector that the route enters or leaves at"
        if not lines:
            name, status = self._nearest(start_m, end_m)
            lines, at = {name: status}, "lies nearest to"
        status = next(one for one in _UNSETTLED_FIRST if one in lines.values())
        open_lines = sorted(str(name) for name, one in lines.items() if one == PROVISIONAL)
        return {
            "zone": None,
            "state": STATES[code],
            "sector_status": status,
            "delimited": not open_lines,
            "legal_basis": SECTOR_BASIS,
            "remark": (
                f"undelimited seabed: the leg {at} {' and '.join(open_lines)}, where nothing is agreed"
                if open_lines
                else None
            ),
        }

    def _nearest(self, start_m: float, end_m: float) -> tuple[str, str]:
        """Id and status of the sector line nearest to a leg, by samples a kilometre apart."""
        count = int(np.clip((end_m - start_m) / _SAMPLE_M, 2, _MOST_SAMPLES))
        points = to_earth_centred(self.path.positions(np.linspace(start_m, end_m, count)))
        _, line, length = self.edges.index.locate(points)
        number = int(line[int(length.argmin())])
        return self.edges.ids[number], self.edges.seabed.lines[number].status


def _sector_lines_crossed(
    paths: Sequence[Path], marches: Sequence[March], edges: _Edges
) -> dict[int, dict[str, str]]:
    """State to the id and status of every line of its sector that the route crosses."""
    found: dict[int, dict[str, str]] = {}
    for path, march in zip(paths, marches, strict=True):
        points = to_earth_centred(path.positions(march.cuts_m[1:-1]))
        for point, pair in zip(points, itertools.pairwise(march.codes.tolist()), strict=True):
            crossed = edges.between_sectors(*pair, point)
            if crossed.boundary in edges.ids:
                for state in pair:
                    found.setdefault(state, {})[str(crossed.boundary)] = str(crossed.status)
    return found


def _legs(
    path: Path, march: March, part: int, before_m: float, words: _ZoneWords | _SectorWords
) -> list[Leg]:
    cuts = march.cuts_m
    lon_lat = path.positions(cuts)
    points = to_earth_centred(lon_lat)
    places = np.round(lon_lat, 9).tolist()
    codes = march.codes.tolist()
    crossed = [
        _END,
        *(words.crossed(codes[n - 1], codes[n], points[n]) for n in range(1, len(codes))),
        _END,
    ]
    legs = []
    for number, code in enumerate(codes):
        entry, leave = crossed[number], crossed[number + 1]
        start_m, end_m = float(cuts[number]), float(cuts[number + 1])
        posts = _metres(before_m + start_m), _metres(before_m + end_m)
        length_m = _metres(posts[1] - posts[0])
        legs.append(
            Leg(
                kind=words.kind,
                part=part,
                start_km=round(posts[0] / 1e3, 9),
                end_km=round(posts[1] / 1e3, 9),
                length_m=length_m,
                length_km=round(length_m / 1e3, 9),
                length_nm=round(length_m / METRES_PER_NM, 9),
                entry_lon=places[number][0],
                entry_lat=places[number][1],
                exit_lon=places[number + 1][0],
                exit_lat=places[number + 1][1],
                entry_boundary=entry.boundary,
                entry_status=entry.status,
                exit_boundary=leave.boundary,
                exit_status=leave.status,
                **words.fields(code, start_m, end_m, (entry, leave)),
            )
        )
    return legs


def _totals(legs: Iterable[Leg], whole_m: float) -> tuple[Total, ...]:
    sums: dict[tuple[str | None, str | None], list[float]] = {}
    for leg in legs:
        sums.setdefault((leg.zone, leg.state), []).append(leg.length_m)
    return tuple(
        Total(
            zone, state, len(lengths), _metres(sum(lengths)), round(sum(lengths) / 1e3, 9),
            round(sum(lengths) / METRES_PER_NM, 9), round(100.0 * sum(lengths) / whole_m, 6),
        )
        for (zone, state), lengths in sums.items()
    )  # fmt: skip


def _remarks(route: Route, legs: Sequence[Leg], sector_legs: Sequence[Leg]) -> list[str]:
    remarks = []
    if route.repeated_points:
        plural = "s that repeat" if route.repeated_points > 1 else " that repeats"
        remarks.append(f"{route.repeated_points} point{plural} the one before left out.")
    if route.heights_dropped:
        remarks.append("Heights left out: lengths are those on the ellipsoid.")
    zones = {leg.zone for leg in legs}
    if zones <= {ANSWERS[ON_LAND], ANSWERS[OUTSIDE]}:
        remarks.append(
            "The route lies wholly on land or outside the Caspian: it crosses no zone and no sector."
        )
    elif ANSWERS[OUTSIDE] in zones:
        remarks.append("The route leaves the Caspian.")
    elif ANSWERS[ON_LAND] in zones:
        remarks.append("The route lies partly on land.")
    crossed = sorted({str(leg.exit_boundary) for leg in sector_legs if leg.exit_status == PROVISIONAL})
    if crossed:
        remarks.append(
            f"Provisional sector lines are crossed ({', '.join(crossed)}): nothing is agreed there, and the "
            "States' own claims may differ."
        )
    if any(0 < leg.length_m < TOUCH_M for leg in (*legs, *sector_legs)):
        remarks.append("Some legs are shorter than a metre: the route runs along a line there.")
    return remarks


def _metres(value: float) -> float:
    """Micrometres are the last digit."""
    return round(value, 6)
