"""What a route crosses: legs by zone and State, and independently by sector of the seabed.

The vertices of a route are joined by geodesics. The water is divided by the rule itself and the
seabed by the sector lines (Convention, Art. 5 and 8); the drawn polygons are not asked. Cables and
pipelines may be laid, the route being agreed with the Party whose sector they cross (Art. 14).

A route of several parts is one route: its kilometre posts run on from part to part, and what lies
between the parts counts nothing.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zones.arrays import Floats
from zones.classification.classify import swapped_hint
from zones.crossings.area import AreaCrossings, cross_area
from zones.crossings.crossed import NOTHING, SHORE_LINE, Crossed, Crosser
from zones.crossings.input import Area, Route, TooManyLegsError, along_loxodromes, read_geometry
from zones.crossings.march import CUT_M, NO_SECTOR, RESOLUTION_M, March, march_along, zone_of
from zones.crossings.path import Path, make_path, no_checkpoint
from zones.geodesy.ellipsoid import METRES_PER_NM, to_earth_centred
from zones.rule.rule import ON_LAND, OUTSIDE
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    ANSWERS,
    LEGAL_BASIS,
    PROVISIONAL,
    STATES,
)

if TYPE_CHECKING:
    from zones.editions.edition import Edition

SECTOR_BASIS = "Convention, Art. 8(1); cables and pipelines: Art. 14"
ARTICLE_14_NOTE = (
    "Convention, Art. 14: the route of a submarine cable or pipeline is agreed with the Party whose "
    "sector of the seabed it crosses."
)
_SAMPLE_M = 1000.0
_MOST_SAMPLES = 2000
_PIECE_M = 500.0
_BLOCK = 1000  # legs between two checkpoints
_UNSETTLED_FIRST = (PROVISIONAL, AGREED_RECONSTRUCTED, AGREED)


class Leg(NamedTuple):
    """A stretch of a route with one answer."""

    # kind, part: ``zone`` or ``sector``; part of the route, from 0
    kind: str
    part: int
    # zone, state: one of `words.ANSWERS`, None for legs by sector; the State of the zone or sector, if there
    # is one
    zone: str | None
    state: str | None
    # start_km, end_km: kilometre posts, along the whole route [km]
    start_km: float
    end_km: float
    # length_m, length_km, length_nm: geodesic [m, km, nm]
    length_m: float
    length_km: float
    length_nm: float
    # entry_lon, entry_lat, exit_lon, exit_lat: [deg]
    entry_lon: float
    entry_lat: float
    exit_lon: float
    exit_lat: float
    # entry_boundary, entry_status, exit_boundary, exit_status: What is crossed there: feature id of a limit,
    # boundary or sector boundary, ``baseline``, or ``shore``; and the status of that line. None at the ends
    # of the route.
    entry_boundary: str | None
    entry_status: str | None
    exit_boundary: str | None
    exit_status: str | None
    # of a leg by sector: status of the least settled sector line it begins or ends at; else of those by which
    # the route enters or leaves this sector elsewhere; else of the nearest one
    sector_status: str | None
    delimited: bool | None  # of a leg by sector: whether that line is agreed, be it reconstructed
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
    """What a route crosses."""

    route: Route
    paths: tuple[Path, ...]
    length_m: float  # sum of the geodesic lengths of all edges; the legs of either kind add up to it [m]
    # legs, sector_legs: By zone and State, and by sector; each kind covers the whole route. A stretch over no
    # seabed of the Caspian (land, Kara-Bogaz-Gol) is a leg by sector without a State.
    legs: tuple[Leg, ...]
    sector_legs: tuple[Leg, ...]
    # totals, sector_totals: in the order in which the route comes to them
    totals: tuple[Total, ...]
    sector_totals: tuple[Total, ...]
    article_14_states: tuple[str, ...]  # States whose sectors the route crosses, in that order (Art. 14)
    resolution_m: float  # a shorter stay that leads back to the same answer is not told apart from it [m]
    remarks: tuple[str, ...]  # what was left out of the input, what is not settled

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        first, last = self.legs[0], self.legs[-1]
        return {
            "route": {
                "length_m": round(self.length_m, 6),
                "length_km": round(self.length_m / 1e3, 9),
                "length_nm": round(self.length_m / METRES_PER_NM, 9),
                "parts": len(self.route.parts),
                "vertices": self.route.drawn_from or sum(len(part) for part in self.route.parts),
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
        path = self.paths[leg.part]
        before_m = sum(one.length_m for one in self.paths[: leg.part])
        start_m, end_m = np.array([leg.start_km, leg.end_km]) * 1e3 - before_m
        return path.between(max(start_m, 0.0), min(end_m, path.length_m), _PIECE_M)


def cross(
    edition: Edition,
    geometry: object,
    checkpoint: Callable[[], None] = no_checkpoint,
    most_legs: int | None = None,
    *,
    loxodromes: bool = False,
) -> RouteCrossings | AreaCrossings:
    """What a GeoJSON geometry, as it comes or as it was read, crosses: a line by legs, a polygon by areas.

    Vertices are joined by geodesics, or by ``loxodromes``. ``checkpoint`` is called every few milliseconds
    and ends the work by raising.

    Raises `CrossingError`: the geometry cannot be answered; the message names what, where, and what would be
    right; `TooManyLegsError`: a route falls into more than ``most_legs``.
    """
    read = geometry if isinstance(geometry, (Route, Area)) else read_geometry(geometry)
    if loxodromes:
        read = along_loxodromes(read)
    if isinstance(read, Area):
        return cross_area(edition.collections["zones"], edition.collections["sectors"], read, checkpoint)
    return _cross_route(edition, read, checkpoint, most_legs)


def _cross_route(
    edition: Edition, route: Route, checkpoint: Callable[[], None], most_legs: int | None
) -> RouteCrossings:
    """Cut a route at every limit, boundary and shore, and at every sector line."""
    by_zone: list[_Part] = []
    by_sector: list[_Part] = []
    before_m, count = 0.0, 0
    for number, lon_lat in enumerate(route.parts):
        path = make_path(lon_lat, checkpoint)
        for kind, parts in (("zone", by_zone), ("sector", by_sector)):
            march = march_along(edition.classifier.ground, path, kind == "sector", checkpoint)
            count += len(march.codes)
            if most_legs is not None and count > most_legs:
                raise TooManyLegsError(most_legs)
            parts.append(_Part(kind, number, before_m, path, march, path.positions(march.cuts_m)))
        before_m += path.length_m
    namer = _Namer(edition, checkpoint)
    legs = list(namer.legs_by_zone(by_zone))
    sector_legs = list(namer.legs_by_sector(by_sector))
    states = dict.fromkeys(leg.state for leg in sector_legs if leg.state is not None)
    return RouteCrossings(
        route, tuple(part.path for part in by_zone), before_m, tuple(legs), tuple(sector_legs),
        _totals(legs, round(before_m, 6)), _totals(sector_legs, round(before_m, 6)), tuple(states),
        max(part.march.resolution_m for part in (*by_zone, *by_sector)),
        tuple(_remarks(edition, route, legs, sector_legs)),
    )  # fmt: skip


class _Part(NamedTuple):
    """Answers along a part of a route, what lies before it [m], and where they change [deg]."""

    kind: str
    number: int
    before_m: float
    path: Path
    march: March
    places: Floats


class _Words(NamedTuple):
    """What a leg says of itself: the fields of `Leg` of the same names."""

    zone: str | None
    state: str | None
    sector_status: str | None
    delimited: bool | None
    legal_basis: str | None
    remark: str | None


_NO_SEABED = _Words(None, None, None, None, None, "no seabed of the Caspian")


class _Namer:
    """Names legs and what lies between them, a thousand at a time between two checkpoints."""

    def __init__(self, edition: Edition, checkpoint: Callable[[], None]) -> None:
        self._edition = edition
        self._checkpoint = checkpoint
        self._crosser = Crosser(edition)

    def legs_by_zone(self, parts: Iterable[_Part]) -> Iterator[Leg]:
        for part in parts:
            crossed = [NOTHING]
            for pairs, points in self._cuts(part):
                crossed += self._crosser.by_zone(pairs, points)
            yield from self._legs(part, [*crossed, NOTHING], map(_zone_words, part.march.codes.tolist()))

    def legs_by_sector(self, parts: Sequence[_Part]) -> Iterator[Leg]:
        crossed: list[list[Crossed]] = []
        entered: dict[int, set[Crossed]] = defaultdict(set)
        for part in parts:
            crossed.append([NOTHING])
            for pairs, points in self._cuts(part):
                lines = self._crosser.by_sector(pairs, points)
                crossed[-1] += lines
                for pair, line in zip(pairs, lines, strict=True):
                    for state in pair:
                        entered[state] |= {line} - {SHORE_LINE}
            crossed[-1].append(NOTHING)
        for part, ends in zip(parts, crossed, strict=True):
            yield from self._legs(part, ends, self._sector_words(part, ends, entered))

    def _cuts(self, part: _Part) -> Iterator[tuple[list[tuple[int, int]], Floats]]:
        """The codes before and after a thousand cuts at a time, and where these are, earth-centred. [m]"""
        codes = part.march.codes.tolist()
        for begin in range(1, len(codes), _BLOCK):
            self._checkpoint()
            end = min(begin + _BLOCK, len(codes))
            yield list(itertools.pairwise(codes[begin - 1 : end])), to_earth_centred(part.places[begin:end])

    def _sector_words(
        self, part: _Part, crossed: Sequence[Crossed], entered: Mapping[int, set[Crossed]]
    ) -> Iterator[_Words]:
        for number, code in enumerate(part.march.codes.tolist()):
            if code == NO_SECTOR:
                yield _NO_SEABED
            elif lines := frozenset(crossed[number : number + 2]) - {NOTHING, SHORE_LINE}:
                yield _sector_leg(code, lines, "begins or ends at")
            elif lines := frozenset(entered.get(code, ())):
                yield _sector_leg(code, lines, "runs in a sector that the route enters or leaves at")
            else:  # by samples a kilometre apart
                self._checkpoint()
                start_m, end_m = part.march.cuts_m[number : number + 2].tolist()
                count = int(np.clip((end_m - start_m) / _SAMPLE_M, 2, _MOST_SAMPLES))
                points = to_earth_centred(part.path.positions(np.linspace(start_m, end_m, count)))
                _, line, length = self._edition.sectors.locate(points)
                nearest = self._crosser.lines[line[length.argmin()]]
                yield _sector_leg(code, frozenset({nearest}), "lies nearest to")

    def _legs(self, part: _Part, crossed: Sequence[Crossed], words: Iterable[_Words]) -> Iterator[Leg]:
        """Legs from what is crossed at their ends and what each says of itself."""
        own_words = iter(words)
        for begin in range(0, len(part.march.codes), _BLOCK):
            self._checkpoint()
            block = slice(begin, begin + _BLOCK + 1)
            posts = np.round(part.before_m + part.march.cuts_m[block], 6)  # micrometres are the last digit
            length_m = np.round(np.diff(posts), 6)
            columns = (
                np.round(posts[:-1] / 1e3, 9), np.round(posts[1:] / 1e3, 9), length_m,
                np.round(length_m / 1e3, 9), np.round(length_m / METRES_PER_NM, 9),
            )  # fmt: skip
            numbers = zip(*(column.tolist() for column in columns), strict=True)
            places = itertools.pairwise(np.round(part.places[block], 9).tolist())
            ends = itertools.pairwise(crossed[block])
            for lengths, (enter, leave), (entry, exit_) in zip(numbers, places, ends, strict=True):
                own = next(own_words)
                answer, rest = own[:2], own[2:]
                yield Leg._make(
                    (part.kind, part.number, *answer, *lengths, *enter, *leave, *entry, *exit_, *rest)
                )


@cache
def _zone_words(code: int) -> _Words:
    zone, state = zone_of(code)
    return _Words(
        ANSWERS[zone], STATES[state] if state >= 0 else None, None, None, LEGAL_BASIS.get(ANSWERS[zone]), None
    )


@cache
def _sector_leg(code: int, lines: frozenset[Crossed], at: str) -> _Words:
    """What a leg by sector says of itself, by the lines that tell its status and where it is to them."""
    statuses = {line.status for line in lines}
    status = next(one for one in _UNSETTLED_FIRST if one in statuses)
    unsettled = " and ".join(sorted(str(line.boundary) for line in lines if line.status == PROVISIONAL))
    remark = f"undelimited seabed: the leg {at} {unsettled}, where nothing is agreed" if unsettled else None
    return _Words(None, STATES[code], status, not unsettled, SECTOR_BASIS, remark)


def _totals(legs: Iterable[Leg], whole_m: float) -> tuple[Total, ...]:
    sums: dict[tuple[str | None, str | None], list[float]] = {}
    for leg in legs:
        sums.setdefault((leg.zone, leg.state), []).append(leg.length_m)
    return tuple(
        Total(
            zone, state, len(lengths), round(sum(lengths), 6), round(sum(lengths) / 1e3, 9),
            round(sum(lengths) / METRES_PER_NM, 9), round(100.0 * sum(lengths) / whole_m, 6),
        )
        for (zone, state), lengths in sums.items()
    )  # fmt: skip


def _remarks(edition: Edition, route: Route, legs: Sequence[Leg], sector_legs: Sequence[Leg]) -> list[str]:
    remarks = []
    if route.repeated_points:
        plural = "s that repeat" if route.repeated_points > 1 else " that repeats"
        remarks.append(f"{route.repeated_points} point{plural} the one before left out.")
    if route.joined:
        remarks.append(route.joined)
    if route.heights_dropped:
        remarks.append("Heights left out: lengths are those on the ellipsoid.")
    zones = {leg.zone for leg in legs}
    if zones <= {ANSWERS[ON_LAND], ANSWERS[OUTSIDE]}:
        remarks.append(
            "The route lies wholly on land or outside the Caspian: it crosses no zone and no sector."
        )
        remarks += swapped_hint(edition.classifier.rule, np.concatenate(route.parts))
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
    if any(0 < leg.length_m < RESOLUTION_M for leg in (*legs, *sector_legs)):
        remarks.append("Some legs are shorter than a metre: the route runs along a line there.")
    return remarks
