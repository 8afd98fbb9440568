"""What a route crosses: legs by zone and State, and independently by sector of the seabed.

The vertices of a route are joined by geodesics. The water is divided by the rule itself and the
seabed by the sector lines (Convention, Art. 5 and 8); the drawn polygons are not asked. Cables and
pipelines may be laid, the route being agreed with the Party whose sector they cross (Art. 14).

A route of several parts is one route: its kilometre posts run on from part to part, and what lies
between the parts counts nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from coastlines import water_boundary
from zones.arrays import Floats, Integers
from zones.atlas.features import Collection
from zones.atlas.water import zone_id
from zones.classification.classify import Classifier
from zones.crossings.area import AreaCrossings, cross_area
from zones.crossings.input import Area, Route, TooManyLegsError, read_geometry
from zones.crossings.march import (
    CUT_M,
    NO_SECTOR,
    TOUCH_M,
    March,
    make_grounds,
    march_sectors,
    march_zones,
    no_checkpoint,
    zone_of,
)
from zones.crossings.path import Path, make_path
from zones.geodesy.ellipsoid import METRES_PER_NM, to_earth_centred
from zones.geodesy.nearest import nearest_of_groups
from zones.rule.rule import FISHERY, INTERNAL, ON_LAND, OUTSIDE, TERRITORIAL, Rule
from zones.seabed.sector_lines import Seabed
from zones.seabed.sectors import SectorIndex, line_ids
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
_BLOCK = 1000  # legs that are named between two checkpoints
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
    def classifier(self) -> Classifier: ...  # noqa: D102
    @property
    def collections(self) -> Mapping[str, Collection]: ...  # noqa: D102


class Leg(NamedTuple):
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
        return self._asdict()


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
                "length_km": round(self.length_m / 1e3, 9),
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


def cross(
    ground: Ground,
    geometry: object,
    checkpoint: Callable[[], None] = no_checkpoint,
    most_legs: int | None = None,
) -> RouteCrossings | AreaCrossings:
    """What a GeoJSON geometry crosses: a line by its legs, a polygon by its areas.

    Parameters
    ----------
    ground : Edition
    geometry : mapping, Route or Area
        A GeoJSON LineString, MultiLineString, Polygon or MultiPolygon in longitude and latitude, or
        one that was read.
    checkpoint : callable
        Called every few milliseconds; ends the work by raising.
    most_legs : int, optional
        More legs are refused.

    Raises
    ------
    CrossingError
        The geometry cannot be answered; the message names what, where, and what would be right.
    TooManyLegsError
    """
    read = geometry if isinstance(geometry, (Route, Area)) else read_geometry(geometry)
    if isinstance(read, Area):
        return cross_area(ground.collections["zones"], ground.collections["sectors"], read, checkpoint)
    return _cross_route(ground, read, checkpoint, most_legs)


def _cross_route(
    ground: Ground, route: Route, checkpoint: Callable[[], None], most_legs: int | None
) -> RouteCrossings:
    """Cut a route at every limit, boundary and shore, and at every sector line."""
    grounds = make_grounds(ground.rule, ground.sectors, ground.classifier.limits)
    edges = _Edges(ground.rule, ground.sectors, ground.seabed)
    paths = [make_path(part) for part in route.parts]
    by_zone, by_sector = [], []
    count = 0
    for path in paths:
        by_zone.append(march_zones(grounds, path, checkpoint))
        by_sector.append(march_sectors(grounds, path, checkpoint))
        count += len(by_zone[-1].codes) + len(by_sector[-1].codes)
        if most_legs is not None and count > most_legs:
            raise TooManyLegsError(most_legs)
    legs: list[Leg] = []
    before_m = 0.0
    for part, (path, march) in enumerate(zip(paths, by_zone, strict=True)):
        checkpoint()
        crossed = edges.between_zones(march.codes, _cut_points(path, march))
        words = [_zone_words(code) for code in march.codes.tolist()]
        legs += _legs("zone", path, march, part, before_m, crossed, words, checkpoint)
        before_m += path.length_m
    lines_crossed = []
    for path, march in zip(paths, by_sector, strict=True):
        checkpoint()
        lines_crossed.append(edges.between_sectors(march.codes, _cut_points(path, march), checkpoint))
    lines = _lines_of_sectors(by_sector, lines_crossed)
    sector_legs: list[Leg] = []
    before_m = 0.0
    for part, (path, march, crossed) in enumerate(zip(paths, by_sector, lines_crossed, strict=True)):
        words = list(_sector_words(edges, path, march, crossed, lines, checkpoint))
        sector_legs += _legs("sector", path, march, part, before_m, crossed, words, checkpoint)
        before_m += path.length_m
    states = dict.fromkeys(leg.state for leg in sector_legs if leg.state is not None)
    return RouteCrossings(
        route, tuple(paths), before_m, tuple(legs), tuple(sector_legs),
        _totals(legs, _metres(before_m)), _totals(sector_legs, _metres(before_m)), tuple(states),
        max(march.floor_m for march in (*by_zone, *by_sector)),
        tuple(_remarks(route, legs, sector_legs)),
    )  # fmt: skip


class _Crossed(NamedTuple):
    """What is crossed at a cut."""

    boundary: str | None
    status: str | None


class _Words(NamedTuple):
    """What a leg says of itself: the fields of `Leg` of the same names."""

    zone: str | None
    state: str | None
    sector_status: str | None
    delimited: bool | None
    legal_basis: str | None
    remark: str | None


_END = _Crossed(None, None)
_NO_SEABED = _Words(None, None, None, None, None, "no seabed of the Caspian")


def _cut_points(path: Path, march: March) -> Floats:
    """Earth-centred points of the cuts between stretches. [m]"""
    return to_earth_centred(path.positions(march.cuts_m[1:-1]))


class _Edges:
    """Names what lies between two answers."""

    def __init__(self, rule: Rule, index: SectorIndex, seabed: Seabed) -> None:
        self.rule = rule
        self.index = index
        self.seabed = seabed
        self.ids = line_ids(seabed.lines)

    def between_zones(self, codes: Integers, points: Floats) -> list[_Crossed]:
        """What a route crosses at earth-centred points, by the codes before and after each."""
        pairs = list(itertools.pairwise(codes.tolist()))
        crossed = [_between(*pair) for pair in pairs]
        unsettled = [number for number, one in enumerate(crossed) if one is None]
        lengths, _, _ = nearest_of_groups(self.rule.baseline.tree, points[unsettled], np.arange(len(STATES)))
        for number, length in zip(unsettled, lengths, strict=True):
            crossed[number] = self._between_states([zone_of(code)[1] for code in pairs[number]], length)
        return [one for one in crossed if one is not None]

    def _between_states(self, states: list[int], lengths: Floats) -> _Crossed:
        """The boundary between two States, or the limit of one that reaches no farther."""
        if abs(lengths[states[0]] - lengths[states[1]]) > _SAME_M:
            ends = np.abs(lengths[states] - self.rule.reach_m[states])
            return _Crossed(zone_id(ANSWERS[FISHERY], STATES[states[int(ends.argmin())]]), COMPUTED)
        name = pair_name(STATES[states[0]], STATES[states[1]])
        return _Crossed(name, water_boundary(name).status)

    def between_sectors(
        self, codes: Integers, points: Floats, checkpoint: Callable[[], None]
    ) -> list[_Crossed]:
        """As `between_zones`, on the seabed."""
        wet = (codes[:-1] != NO_SECTOR) & (codes[1:] != NO_SECTOR)
        crossed = [_Crossed(SHORE, COMPUTED)] * len(wet)
        named = [_Crossed(name, line.status) for name, line in zip(self.ids, self.seabed.lines, strict=True)]
        numbers = np.flatnonzero(wet)
        for begin in range(0, len(numbers), _BLOCK):
            checkpoint()
            block = numbers[begin : begin + _BLOCK]
            _, lines, _ = self.index.locate(points[block])
            for number, line in zip(block.tolist(), lines.tolist(), strict=True):
                crossed[number] = named[line]
        return crossed

    def nearest_line(self, path: Path, start_m: float, end_m: float) -> tuple[str, str]:
        """Id and status of the sector line nearest to a leg, by samples a kilometre apart."""
        count = int(np.clip((end_m - start_m) / _SAMPLE_M, 2, _MOST_SAMPLES))
        points = to_earth_centred(path.positions(np.linspace(start_m, end_m, count)))
        _, line, length = self.index.locate(points)
        number = int(line[int(length.argmin())])
        return self.ids[number], self.seabed.lines[number].status


@cache
def _between(before: int, after: int) -> _Crossed | None:
    """What lies between two answers by zone; None where the place has to tell."""
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
        return _Crossed(zone_id(ANSWERS[inner], STATES[max(state_a, state_b)]), COMPUTED)
    if ON_LAND in zones:
        return _END  # the nearest shore becomes another State's; no line of the Convention
    return _Crossed(BASELINE, COMPUTED) if INTERNAL in zones else None


@cache
def _zone_words(code: int) -> _Words:
    zone, state = zone_of(code)
    return _Words(
        ANSWERS[zone], STATES[state] if state >= 0 else None, None, None, LEGAL_BASIS.get(ANSWERS[zone]), None
    )


def _sector_words(
    edges: _Edges,
    path: Path,
    march: March,
    crossed: Sequence[_Crossed],
    lines_of: Mapping[int, Mapping[str, str]],
    checkpoint: Callable[[], None],
) -> Iterable[_Words]:
    cuts = march.cuts_m.tolist()
    known: dict[tuple[int, _Crossed, _Crossed], _Words] = {}
    pairs = itertools.pairwise([_END, *crossed, _END])
    for number, (code, ends) in enumerate(zip(march.codes.tolist(), pairs, strict=True)):
        if code == NO_SECTOR:
            yield _NO_SEABED
            continue
        key = (code, *ends)
        if key not in known:
            lines = {str(one.boundary): str(one.status) for one in ends if one.boundary not in (None, SHORE)}
            at = "begins or ends at"
            if not lines and code in lines_of:
                lines, at = dict(lines_of[code]), "runs in a sector that the route enters or leaves at"
            if not lines:
                checkpoint()
                nearest = edges.nearest_line(path, cuts[number], cuts[number + 1])
                yield _sector_leg(code, dict([nearest]), "lies nearest to")
                continue
            known[key] = _sector_leg(code, lines, at)
        yield known[key]


def _sector_leg(code: int, lines: Mapping[str, str], at: str) -> _Words:
    """What a leg by sector says of itself, by the lines that tell its status and where it is to them."""
    status = next(one for one in _UNSETTLED_FIRST if one in lines.values())
    unsettled = " and ".join(sorted(name for name, one in lines.items() if one == PROVISIONAL))
    remark = f"undelimited seabed: the leg {at} {unsettled}, where nothing is agreed" if unsettled else None
    return _Words(None, STATES[code], status, not unsettled, SECTOR_BASIS, remark)


def _lines_of_sectors(
    marches: Sequence[March], crossed: Sequence[Sequence[_Crossed]]
) -> dict[int, dict[str, str]]:
    """State to the id and status of every line of its sector that the route crosses."""
    found: dict[int, dict[str, str]] = {}
    for march, lines in zip(marches, crossed, strict=True):
        for line, pair in zip(lines, itertools.pairwise(march.codes.tolist()), strict=True):
            if line.boundary != SHORE:
                for state in pair:
                    found.setdefault(state, {})[str(line.boundary)] = str(line.status)
    return found


def _legs(
    kind: str,
    path: Path,
    march: March,
    part: int,
    before_m: float,
    crossed: Sequence[_Crossed],
    words: Sequence[_Words],
    checkpoint: Callable[[], None],
) -> list[Leg]:
    """Legs from what is crossed between them and what each says of itself."""
    posts = np.round(before_m + march.cuts_m, 6)  # micrometres are the last digit
    length_m = np.round(np.diff(posts), 6)
    columns = (
        np.round(posts[:-1] / 1e3, 9), np.round(posts[1:] / 1e3, 9), length_m,
        np.round(length_m / 1e3, 9), np.round(length_m / METRES_PER_NM, 9),
    )  # fmt: skip
    places = np.round(path.positions(march.cuts_m), 9).tolist()
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    ends = itertools.pairwise([_END, *crossed, _END])
    rows = zip(words, numbers, itertools.pairwise(places), ends, strict=True)
    legs: list[Leg] = []
    for own, posted, (enter, leave), (entry, exit_) in rows:
        if len(legs) % _BLOCK == 0:
            checkpoint()
        legs.append(Leg._make((kind, part, *own[:2], *posted, *enter, *leave, *entry, *exit_, *own[2:])))
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
