"""Lines between the sectors of the seabed (Article 8): agreed, reconstructed, or provisional.

Treaty points stand as written and are joined by geodesics, for the treaties read do not say by
which lines; a loxodrome would lie up to `line_type_effect_m` beside. What is agreed but not known
point by point is drawn between what is known, by a rule that the line's ``method`` states. Where
nothing is agreed the line is one of equidistance.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coastlines import TreatyLine
from zones.arrays import Floats, Integers
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import METRES_PER_NM, geodesic_lengths, to_earth_centred
from zones.geodesy.geodesics import WGS84, densify_geodesics, densify_loxodromes, feet_on_segments
from zones.geodesy.segment_tree import MAXIMUM_SEGMENT_M
from zones.rule.rule import ON_LAND, OUTSIDE, Rule, decide_many
from zones.words import AGREED, AGREED_RECONSTRUCTED, CLAIMED, PROVISIONAL, STATES

if TYPE_CHECKING:
    from zones.lines.equidistance import EquidistanceLine, Tripoint

_INLAND_M = 5000.0
KAZ_TKM_AGREED_NM = 57.0  # length of the agreed line from land, sovereignlimits.com


@dataclass(frozen=True, slots=True, eq=False)
class SectorLine:
    """One part of a line between two sectors."""

    pair: str
    left_state: str
    right_state: str
    status: str  # ``agreed``, ``agreed_reconstructed``, ``provisional`` or ``claimed``
    method: str  # how it is drawn
    lon_lat: Floats  # shape (n, 2), geodesics between the vertices are at most 500 m long; not rounded [deg]
    segments: Integers  # shape (n, 2, 2); as `EquidistanceLine` has them, -1 where there are none
    distance_m: Floats  # shape (n,); distance to the left State's base point, nan where there is none [m]
    # shape (n,), distance to the left less distance to the right State that the method asks for [m]
    difference_m: Floats
    # shape (k, 2); points as agreed or as joined, where the line is made of geodesics between points [deg]
    given: Floats
    # how far loxodromes between the same points would lie beside, at most; 0 for lines of equidistance [m]
    line_type_effect_m: float = 0.0
    treaty: str | None = None
    source: str | None = None
    # datum, line_type: as the treaty states them, or "not stated"
    datum: str = "not stated"
    line_type: str = "not stated"


@dataclass(frozen=True, slots=True, eq=False)
class Seabed:
    """All lines of the seabed, and where they meet."""

    lines: tuple[SectorLine, ...]
    claimed: tuple[SectorLine, ...]
    junctions: tuple[Junction, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Where three sectors meet, and how far the equidistant tripoint of the baselines lies from it."""

    states: str
    lon: float
    lat: float
    status: str
    equidistant_lon: float | None = None
    equidistant_lat: float | None = None
    equidistant_distance_m: float | None = None


def draw_sector_lines(
    rule: Rule,
    equidistance: Mapping[str, EquidistanceLine],
    tripoints: Mapping[str, Tripoint],
    treaties: Mapping[str, TreatyLine],
    given: Mapping[str, Floats],
) -> Seabed:
    """All lines of the seabed, from whole equidistance lines and what treaties and users give, by pair.

    Tripoints are given by their States, as ``AZE-IRN-TKM``.

    Raises `ZonesError`: an equidistance line that is needed does not exist on this coast.
    """
    draw = _Drawing(rule, equidistance, treaties, given)
    north = treaties["AZE-KAZ-RUS"].points[0]
    middle = treaties["AZE-KAZ"].points[-1]
    if "AZE-IRN-TKM" not in tripoints:
        raise ZonesError("the baselines of Azerbaijan, Iran and Turkmenistan have no equidistant point")
    third = tripoints["AZE-IRN-TKM"]
    south = np.array([third.lon, third.lat])
    ways = (
        draw.from_land("KAZ-RUS", north),
        draw.from_land("AZE-RUS", north),
        _Way("AZE-KAZ", "KAZ", "AZE", north, middle),
        draw.from_land("KAZ-TKM", middle),
        _Way("AZE-TKM", "TKM", "AZE", middle, south),
        draw.from_land("AZE-IRN", south),
        draw.from_land("IRN-TKM", south),
    )
    junctions = (
        _junction("AZE-KAZ-RUS", north, AGREED, tripoints),
        _junction("AZE-KAZ-TKM", middle, AGREED, tripoints),
        _junction("AZE-IRN-TKM", south, PROVISIONAL, tripoints),
    )
    lines = (_with_treaty(line, treaties) for way in ways for line in draw.lines(way))
    return Seabed(tuple(lines), (_astara_hasanqoli(rule),), junctions)


class _Way(NamedTuple):
    """From where to where the line of two States runs, and which is on its left. [deg]"""

    pair: str
    left: str
    right: str
    begin: Floats
    end: Floats


class _Drawing(NamedTuple):
    """From what lines are drawn, and how for each pair: what is agreed as it is, the rest by a rule."""

    rule: Rule
    equidistance: Mapping[str, EquidistanceLine]
    treaties: Mapping[str, TreatyLine]
    given: Mapping[str, Floats]

    def from_land(self, pair: str, end: Floats) -> _Way:
        """The way from a land border's end."""
        for number, terminus in enumerate(self.rule.baseline.termini):
            if terminus.pair == pair:
                left, right = self.rule.arrays.wedge_states[number]
                begin = np.array([terminus.lon, terminus.lat])
                return _Way(pair, STATES[left], STATES[right], begin, end)
        raise ZonesError(f"the baseline has no end of the land border {pair}")

    def lines(self, way: _Way) -> Iterable[SectorLine]:
        """The parts of a pair's line, from its beginning on."""
        if way.pair in self.given:
            _refuse_far_points(self.rule, way.pair, self.given[way.pair])
            return _agreed(way, self.given[way.pair], "a table of the treaty given by the user")
        if way.pair == "KAZ-RUS":
            return _agreed(way, self.treaties["KAZ-RUS"].points)
        drawn = {
            "AZE-RUS": self._aze_rus, "AZE-KAZ": self._aze_kaz, "KAZ-TKM": self._kaz_tkm,
            "AZE-TKM": self._aze_tkm,
        }  # fmt: skip
        return drawn.get(way.pair, self._nothing_agreed)(way)

    def _aze_rus(self, way: _Way) -> Iterator[SectorLine]:
        method = "one geodesic from the end of the land border to the tripoint, as long as is published"
        yield _geodesics(way, [way.begin, way.end], AGREED_RECONSTRUCTED, method)

    def _aze_kaz(self, way: _Way) -> Iterator[SectorLine]:
        from zones.seabed.offset_line import trace_offset_line  # loads all that traces lines

        line, difference_m = trace_offset_line(self.rule, *way[1:])
        method = (
            "equidistance brought through both agreed ends: the difference of the distances to the two "
            f"baselines goes evenly from {difference_m[0]:.0f} m at the one to {difference_m[-1]:.0f} m "
            "at the other"
        )
        equidistant = _equidistant(line, AGREED_RECONSTRUCTED, method)
        yield replace(equidistant, difference_m=difference_m, given=np.array([way.begin, way.end]))

    def _kaz_tkm(self, way: _Way) -> Iterator[SectorLine]:
        line, agreed_m = _cut_at(self._oriented(way), KAZ_TKM_AGREED_NM * METRES_PER_NM)
        method = (
            "equidistance from the end of the land border for the agreed length, "
            f"{agreed_m / METRES_PER_NM:.1f} nm"
        )
        yield _equidistant(line, AGREED_RECONSTRUCTED, method)
        method = (
            "one geodesic from where the agreed line ends to the agreed end of the line Azerbaijan - "
            "Kazakhstan; it shows a bend"
        )
        yield _geodesics(way, [line.lon_lat[-1], way.end], PROVISIONAL, method)

    def _aze_tkm(self, way: _Way) -> Iterator[SectorLine]:
        line = self._oriented(way, at_end=True)
        away = np.linalg.norm(to_earth_centred(line.lon_lat[:-1]) - to_earth_centred(way.begin), axis=1)
        rest = line.part(slice(int(away.argmin()), None))
        method = (
            "one geodesic from the agreed end of the line Azerbaijan - Kazakhstan to the nearest point of "
            "the equidistance line"
        )
        yield _geodesics(way, [way.begin, rest.lon_lat[0]], PROVISIONAL, method)
        yield _equidistant(rest, PROVISIONAL, "equidistance; nothing agreed")

    def _nothing_agreed(self, way: _Way) -> Iterator[SectorLine]:
        yield _equidistant(self._oriented(way), PROVISIONAL, "equidistance; nothing agreed")

    def _oriented(self, way: _Way, *, at_end: bool = False) -> EquidistanceLine:
        """The equidistance line of a pair, turned to begin where the way does, or to end where it does."""
        if way.pair not in self.equidistance:
            raise ZonesError(f"the baselines of {way.pair} have no equidistance line on this coast")
        line = self.equidistance[way.pair]
        away = np.abs(line.lon_lat[[0, -1]] - (way.end if at_end else way.begin)).sum(axis=1)
        return line if away.argmin() == at_end else line.turned()


def _agreed(way: _Way, points: Floats, source: str | None = None) -> Iterator[SectorLine]:
    """A line of agreed points, with geodesics to where it has to begin and to end."""
    begin, end = way.begin, way.end
    straight_m = _far_m(begin, points[0]) + _far_m(points[-1], end)
    if straight_m > _far_m(begin, points[-1]) + _far_m(points[0], end):
        points = points[::-1]
    points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
    if (begin != points[0]).any():
        yield _geodesics(way, [begin, points[0]], PROVISIONAL, "one geodesic to the first agreed point")
    yield _geodesics(way, points, AGREED, "agreed points joined by geodesics", source)
    if (points[-1] != end).any():
        yield _geodesics(way, [points[-1], end], PROVISIONAL, "one geodesic from the last agreed point")


def _equidistant(line: EquidistanceLine, status: str, method: str) -> SectorLine:
    return SectorLine(
        line.pair, line.left_state, line.right_state, status, method, line.lon_lat, line.segments,
        line.distance_m, difference_m=np.zeros(len(line.lon_lat)), given=line.lon_lat[:0],
    )  # fmt: skip


def _with_treaty(line: SectorLine, treaties: Mapping[str, TreatyLine]) -> SectorLine:
    """The line with what is known of its treaty, where it follows from one."""
    treaty = treaties.get(line.pair)
    if treaty is None or line.status == PROVISIONAL:
        return line
    return replace(
        line, treaty=treaty.treaty, source=line.source or treaty.source, datum=treaty.datum,
        line_type=treaty.line_type,
    )  # fmt: skip


def _geodesics(
    way: _Way, points: Floats | list[Floats], status: str, method: str, source: str | None = None
) -> SectorLine:
    """Points joined by geodesics."""
    given = np.array(points)
    lon_lat = densify_geodesics(given, MAXIMUM_SEGMENT_M)
    none = np.full((len(lon_lat), 2, 2), -1, dtype=np.int64)
    nan = np.full(len(lon_lat), np.nan)
    return SectorLine(
        way.pair, way.left, way.right, status, method, lon_lat, none, nan, nan, given,
        _loxodrome_effect_m(given), source=source,
    )  # fmt: skip


def _refuse_far_points(rule: Rule, pair: str, points: Floats) -> None:
    """Refuse a table with a point that lies nowhere near the sea."""
    found = decide_many(rule, points[:, 0].copy(), points[:, 1].copy())
    far = (found.zone == OUTSIDE) | ((found.zone == ON_LAND) & (found.length > _INLAND_M))
    if far.any():
        number = int(np.argmax(far))
        lon, lat = points[number]
        raise ZonesError(
            f"point {number + 1} of the table for {pair}, longitude {lon:g}, latitude {lat:g}, does not lie "
            f"in the Caspian (or within {_INLAND_M / 1000:g} km of its shore)"
        )


def _cut_at(line: EquidistanceLine, at_m: float) -> tuple[EquidistanceLine, float]:
    """A line up to a length along it, or all of it; and its length. [m]"""
    pieces = geodesic_lengths(*(to_earth_centred(part) for part in (line.lon_lat[:-1], line.lon_lat[1:])))
    lengths_m = np.append(0.0, np.cumsum(pieces))
    if at_m >= lengths_m[-1]:
        return line, float(lengths_m[-1])
    last = int(np.searchsorted(lengths_m, at_m))
    (lon, lat), end = line.lon_lat[last - 1 : last + 1]
    azimuth, _, _ = WGS84.inv(lon, lat, *end)
    cut = np.array([WGS84.fwd(lon, lat, azimuth, at_m - lengths_m[last - 1])[:2]])
    share = (at_m - lengths_m[last - 1]) / (lengths_m[last] - lengths_m[last - 1])
    distance_m = line.distance_m[last - 1] * (1 - share) + line.distance_m[last] * share
    added = replace(
        line, points=to_earth_centred(cut), lon_lat=cut, distance_m=np.array([distance_m]), end="cut",
        segments=line.segments[last - 1 : last, [1, 1]],
    )  # fmt: skip
    return line.part(slice(last)).joined(added), at_m


def _far_m(first: Floats, second: Floats) -> float:
    _, _, length = WGS84.inv(first[0], first[1], second[0], second[1])
    return float(length)


def _loxodrome_effect_m(points: Floats) -> float:
    """How far loxodromes between points lie beside the geodesics, at most. [m]"""
    worst = 0.0
    for ends in itertools.pairwise(points):
        geodesic, loxodrome = (
            to_earth_centred(cut(np.array(ends), 5000.0)) for cut in (densify_geodesics, densify_loxodromes)
        )
        middle = geodesic[len(geodesic) // 2]
        _, feet, _ = feet_on_segments(middle, loxodrome[:-1], loxodrome[1:])
        apart = middle - feet
        # Horizontally: the chords of 5 km lie half a metre deep, which is not what is asked.
        normal = middle / np.linalg.norm(middle)
        beside = np.linalg.norm(apart - np.outer(apart @ normal, normal), axis=1)
        worst = max(worst, float(beside.min()))
    return worst


def _junction(states: str, position: Floats, status: str, tripoints: Mapping[str, Tripoint]) -> Junction:
    junction = Junction(states, float(position[0]), float(position[1]), status)
    if states not in tripoints:
        return junction
    third = tripoints[states]
    away_m = round(_far_m(position, np.array([third.lon, third.lat])), 3)
    return replace(
        junction, equidistant_lon=third.lon, equidistant_lat=third.lat, equidistant_distance_m=away_m
    )


def _astara_hasanqoli(rule: Rule) -> SectorLine:
    """The straight line between the two ends of Iran's land borders: never a treaty line."""
    ends = {terminus.pair: np.array([terminus.lon, terminus.lat]) for terminus in rule.baseline.termini}
    way = _Way("astara-hasanqoli", "IRN", "", ends["AZE-IRN"], ends["IRN-TKM"])
    return _geodesics(
        way, list(way[3:]), CLAIMED,
        "one geodesic between the ends of Iran's two land borders; Soviet practice, never a treaty line, "
        "denied by Iran; no edge of a sector",
        "Soviet internal practice as reported in the literature",
    )  # fmt: skip


def tripoints_by_states(tripoints: tuple[Tripoint, ...]) -> dict[str, Tripoint]:
    """Equidistant points by their States, as ``AZE-IRN-TKM``."""
    return {"-".join(tripoint.states): tripoint for tripoint in tripoints}


def longest_by_pair(lines: tuple[EquidistanceLine, ...]) -> dict[str, EquidistanceLine]:
    """The longest open equidistance line of each pair; lines around enclaves are no sector's edge."""
    longest: dict[str, EquidistanceLine] = {}
    for line in lines:
        known = longest.get(line.pair)
        if line.end != "closed" and (known is None or len(line.points) > len(known.points)):
            longest[line.pair] = line
    return longest
