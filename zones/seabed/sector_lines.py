"""Lines between the sectors of the seabed (Article 8): agreed, reconstructed, or provisional.

Treaty points stand as written and are joined by geodesics, for the treaties read do not say by
which lines; a loxodrome would lie up to `line_type_effect_m` beside. What is agreed but not known
point by point is drawn between what is known, by a rule that the line's ``method`` states. Where
nothing is agreed the line is one of equidistance.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coastlines import TreatyLine
from zones.arrays import Floats, Integers
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import METRES_PER_NM, geodesic_lengths, to_earth_centred
from zones.geodesy.geodesics import WGS84, densify_geodesics, densify_loxodromes
from zones.geodesy.segment_tree import MAXIMUM_SEGMENT_M
from zones.lines.equidistance import EquidistanceLine, Tripoint
from zones.rule.rule import ON_LAND, OUTSIDE, Rule, decide_many
from zones.seabed.offset_line import trace_offset_line
from zones.words import AGREED, AGREED_RECONSTRUCTED, CLAIMED, PROVISIONAL, STATES, pair_name

_INLAND_M = 5000.0
KAZ_TKM_AGREED_NM = 57.0  # length of the agreed line from land, sovereignlimits.com


@dataclass(frozen=True, slots=True, eq=False)
class SectorLine:
    """One part of a line between two sectors.

    Attributes
    ----------
    pair : str
    left_state, right_state : str
    status : str
        ``agreed``, ``agreed_reconstructed``, ``provisional`` or ``claimed``.
    method : str
        How it is drawn.
    treaty, source : str or None
    datum, line_type : str
        As the treaty states them, or "not stated".
    lon_lat : ndarray, shape (n, 2)
        Geodesics between the vertices are at most 500 m long; not rounded. [deg]
    left_segments, right_segments : ndarray, shape (n, 2)
        Baseline segments of the base points before and after each vertex, -1 where there are none.
    distance_m : ndarray, shape (n,)
        Distance to the left State's base point, nan where there is none. [m]
    difference_m : ndarray, shape (n,)
        Distance to the left less distance to the right State that the method asks for. [m]
    given : ndarray, shape (k, 2)
        Points as agreed or as joined, where the line is made of geodesics between points. [deg]
    line_type_effect_m : float
        How far loxodromes between the same points would lie beside, at most; 0 for lines of
        equidistance. [m]
    """

    pair: str
    left_state: str
    right_state: str
    status: str
    method: str
    treaty: str | None
    source: str | None
    datum: str
    line_type: str
    lon_lat: Floats
    left_segments: Integers
    right_segments: Integers
    distance_m: Floats
    difference_m: Floats
    given: Floats
    line_type_effect_m: float


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
    equidistant_lon: float | None
    equidistant_lat: float | None
    equidistant_distance_m: float | None


def draw_sector_lines(
    rule: Rule,
    equidistance: Mapping[str, EquidistanceLine],
    tripoints: Mapping[str, Tripoint],
    treaties: Mapping[str, TreatyLine],
    given: Mapping[str, Floats],
) -> Seabed:
    """All lines of the seabed.

    Parameters
    ----------
    rule : Rule
    equidistance : mapping
        Pair to the whole equidistance line between the two States (with what effects islands have).
    tripoints : mapping
        States, as ``AZE-IRN-TKM``, to their equidistant point.
    treaties : mapping
        What is bundled of the treaties, by pair.
    given : mapping
        Pair to a user's own table of treaty points. [deg]

    Raises
    ------
    ZonesError
        An equidistance line that is needed does not exist on this coast.
    """
    draw = _Drawing(rule, equidistance, treaties, given)
    north = treaties["AZE-KAZ-RUS"].points[0]
    middle = treaties["AZE-KAZ"].points[-1]
    if "AZE-IRN-TKM" not in tripoints:
        raise ZonesError("the baselines of Azerbaijan, Iran and Turkmenistan have no equidistant point")
    third = tripoints["AZE-IRN-TKM"]
    south = np.array([third.lon, third.lat])
    draw.kaz_rus(north)
    draw.aze_rus(north)
    draw.aze_kaz(north, middle)
    draw.kaz_tkm(middle)
    draw.aze_tkm(middle, south)
    draw.from_land("AZE-IRN", south)
    draw.from_land("IRN-TKM", south)
    junctions = (
        _junction("AZE-KAZ-RUS", north, AGREED, tripoints),
        _junction("AZE-KAZ-TKM", middle, AGREED, tripoints),
        _junction("AZE-IRN-TKM", south, PROVISIONAL, tripoints),
    )
    return Seabed(tuple(draw.lines), (_astara_hasanqoli(rule),), junctions)


class _Drawing:
    """Lines drawn so far."""

    def __init__(
        self,
        rule: Rule,
        equidistance: Mapping[str, EquidistanceLine],
        treaties: Mapping[str, TreatyLine],
        given: Mapping[str, Floats],
    ) -> None:
        self.rule = rule
        self.equidistance = equidistance
        self.treaties = treaties
        self.given = given
        self.lines: list[SectorLine] = []

    def kaz_rus(self, north: Floats) -> None:
        start, left, right = self._terminus("KAZ-RUS")
        points = self.given.get("KAZ-RUS", self.treaties["KAZ-RUS"].points)
        self._agreed("KAZ-RUS", left, right, start, points, north)

    def aze_rus(self, north: Floats) -> None:
        start, left, right = self._terminus("AZE-RUS")
        if "AZE-RUS" in self.given:
            self._agreed("AZE-RUS", left, right, start, self.given["AZE-RUS"], north)
            return
        method = "one geodesic from the end of the land border to the tripoint: the published length is its"
        self._geodesic("AZE-RUS", left, right, np.array([start, north]), AGREED_RECONSTRUCTED, method)

    def aze_kaz(self, north: Floats, middle: Floats) -> None:
        if "AZE-KAZ" in self.given:
            self._agreed("AZE-KAZ", "KAZ", "AZE", north, self.given["AZE-KAZ"], middle)
            return
        lon_lat, left, right, distance_m, difference_m = trace_offset_line(
            self.rule, "KAZ", "AZE", north, middle
        )
        method = (
            "equidistance brought through both agreed ends: the difference of the distances to the two "
            f"baselines goes evenly from {difference_m[0]:.0f} m at the one to {difference_m[-1]:.0f} m "
            "at the other"
        )
        self._add(
            "AZE-KAZ", "KAZ", "AZE", AGREED_RECONSTRUCTED, method, lon_lat, left, right, distance_m,
            difference_m, np.array([north, middle]), 0.0,
        )  # fmt: skip

    def kaz_tkm(self, middle: Floats) -> None:
        start, left, right = self._terminus("KAZ-TKM")
        if "KAZ-TKM" in self.given:
            self._agreed("KAZ-TKM", left, right, start, self.given["KAZ-TKM"], middle)
            return
        line = self._oriented("KAZ-TKM", start)
        whole = _lengths_m(line.lon_lat)
        agreed_m = min(KAZ_TKM_AGREED_NM * METRES_PER_NM, float(whole[-1]))
        first, cut = _cut_at(line, whole, agreed_m)
        self._equidistant(
            first,
            AGREED_RECONSTRUCTED,
            "equidistance from the end of the land border for the agreed length, "
            f"{agreed_m / METRES_PER_NM:.1f} nm",
        )
        self._geodesic(
            "KAZ-TKM", left, right, np.array([cut, middle]), PROVISIONAL,
            "one geodesic from where the agreed line ends to the agreed end of the line Azerbaijan - "
            "Kazakhstan; it shows a bend",
        )  # fmt: skip

    def aze_tkm(self, middle: Floats, south: Floats) -> None:
        if "AZE-TKM" in self.given:
            self._agreed("AZE-TKM", "TKM", "AZE", middle, self.given["AZE-TKM"], south)
            return
        line = self._oriented("AZE-TKM", None, end=south)
        point = to_earth_centred(middle)
        vertex = int(np.linalg.norm(to_earth_centred(line.lon_lat[:-1]) - point, axis=1).argmin())
        rest = _from_vertex(line, vertex)
        self._geodesic(
            "AZE-TKM", rest.left_state, rest.right_state, np.array([middle, rest.lon_lat[0]]), PROVISIONAL,
            "one geodesic from the agreed end of the line Azerbaijan - Kazakhstan to the nearest point of "
            "the equidistance line",
        )  # fmt: skip
        self._equidistant(rest, PROVISIONAL, "equidistance; nothing agreed")

    def from_land(self, pair: str, south: Floats) -> None:
        start, left, right = self._terminus(pair)
        if pair in self.given:
            self._agreed(pair, left, right, start, self.given[pair], south)
            return
        self._equidistant(self._oriented(pair, start), PROVISIONAL, "equidistance; nothing agreed")

    def _terminus(self, pair: str) -> tuple[Floats, str, str]:
        """Position of a land border's end and the States left and right looking to sea."""
        for number, terminus in enumerate(self.rule.baseline.termini):
            if terminus.pair == pair:
                left, right = self.rule.arrays.wedge_states[number]
                return np.array([terminus.lon, terminus.lat]), STATES[left], STATES[right]
        raise ZonesError(f"the baseline has no end of the land border {pair}")

    def _oriented(self, pair: str, start: Floats | None, end: Floats | None = None) -> EquidistanceLine:
        """The equidistance line of a pair, beginning or ending at a given point."""
        if pair not in self.equidistance:
            raise ZonesError(f"the baselines of {pair} have no equidistance line on this coast")
        line = self.equidistance[pair]
        ends = line.lon_lat[[0, -1]]
        wanted = np.asarray(start if start is not None else end)
        nearest = int(np.abs(ends - wanted).sum(axis=1).argmin())
        return line if (nearest == 0) == (start is not None) else line.turned()

    def _agreed(self, pair: str, left: str, right: str, start: Floats, points: Floats, end: Floats) -> None:
        """A line of agreed points, with geodesics to where it has to begin and to end."""
        if pair in self.given:
            _refuse_far_points(self.rule, pair, points)
        if _far_m(start, points[0]) + _far_m(points[-1], end) > _far_m(start, points[-1]) + _far_m(
            points[0], end
        ):
            points = points[::-1]
        points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
        if (start != points[0]).any():
            self._geodesic(
                pair, left, right, np.array([start, points[0]]), PROVISIONAL,
                "one geodesic to the first agreed point",
            )  # fmt: skip
        self._geodesic(
            pair, left, right, np.asarray(points), AGREED, "agreed points joined by geodesics",
            in_edition=pair in self.given,
        )  # fmt: skip
        if (points[-1] != end).any():
            self._geodesic(
                pair, left, right, np.array([points[-1], end]), PROVISIONAL,
                "one geodesic from the last agreed point",
            )  # fmt: skip

    def _geodesic(
        self, pair: str, left: str, right: str, points: Floats, status: str, method: str,
        *, in_edition: bool = False,
    ) -> None:  # fmt: skip
        lon_lat = densify_geodesics(points, MAXIMUM_SEGMENT_M)
        none = np.full((len(lon_lat), 2), -1, dtype=np.int64)
        nan = np.full(len(lon_lat), np.nan)
        source = "a table of the treaty given by the user" if in_edition else None
        self._add(
            pair, left, right, status, method, lon_lat, none, none, nan, nan, points,
            _loxodrome_effect_m(points), source,
        )  # fmt: skip

    def _equidistant(self, line: EquidistanceLine, status: str, method: str) -> None:
        self._add(
            line.pair, line.left_state, line.right_state, status, method, line.lon_lat, line.left_segments,
            line.right_segments, line.distance_m, np.zeros(len(line.lon_lat)), line.lon_lat[:0],
            0.0,
        )  # fmt: skip

    def _add(
        self, pair: str, left: str, right: str, status: str, method: str, lon_lat: Floats,
        left_segments: Integers, right_segments: Integers, distance_m: Floats, difference_m: Floats,
        given: Floats, line_type_effect_m: float, source: str | None = None,
    ) -> None:  # fmt: skip
        treaty = self.treaties.get(pair)
        settled = treaty is not None and status != PROVISIONAL
        self.lines.append(
            SectorLine(
                pair, left, right, status, method,
                treaty.treaty if treaty and settled else None,
                source or (treaty.source if treaty and settled else None),
                treaty.datum if treaty and settled else "not stated",
                treaty.line_type if treaty and settled else "not stated",
                lon_lat, left_segments, right_segments, distance_m, difference_m, given,
                line_type_effect_m,
            )
        )  # fmt: skip


def _refuse_far_points(rule: Rule, pair: str, points: Floats) -> None:
    """Refuse a table with a point that lies nowhere near the sea.

    Raises
    ------
    ZonesError
    """
    found = decide_many(rule, points[:, 0].copy(), points[:, 1].copy())
    far = (found.zone == OUTSIDE) | ((found.zone == ON_LAND) & (found.length > _INLAND_M))
    if far.any():
        number = int(np.argmax(far))
        lon, lat = points[number]
        raise ZonesError(
            f"point {number + 1} of the table for {pair}, longitude {lon:g}, latitude {lat:g}, does not lie "
            f"in the Caspian (or within {_INLAND_M / 1000:g} km of its shore)"
        )


def _from_vertex(line: EquidistanceLine, first: int) -> EquidistanceLine:
    return EquidistanceLine(
        line.left_state, line.right_state, line.points[first:], line.lon_lat[first:],
        line.left_segments[first:], line.right_segments[first:], line.distance_m[first:],
        "cut", line.end,
    )  # fmt: skip


def _cut_at(line: EquidistanceLine, lengths_m: Floats, at_m: float) -> tuple[EquidistanceLine, Floats]:
    """A line up to a length along it, and the point there."""
    if at_m >= lengths_m[-1]:
        return line, line.lon_lat[-1]
    last = int(np.searchsorted(lengths_m, at_m))
    start = line.lon_lat[last - 1]
    azimuth, _, _ = WGS84.inv(start[0], start[1], line.lon_lat[last, 0], line.lon_lat[last, 1])
    lon, lat, _ = WGS84.fwd(start[0], start[1], azimuth, at_m - lengths_m[last - 1])
    cut = np.array([lon, lat])
    share = (at_m - lengths_m[last - 1]) / (lengths_m[last] - lengths_m[last - 1])
    distance = line.distance_m[last - 1] * (1 - share) + line.distance_m[last] * share
    after = slice(last - 1, last)
    return (
        EquidistanceLine(
            line.left_state, line.right_state,
            np.vstack([line.points[:last], to_earth_centred(cut)]), np.vstack([line.lon_lat[:last], cut]),
            np.vstack([line.left_segments[:last], line.left_segments[after, [1, 1]]]),
            np.vstack([line.right_segments[:last], line.right_segments[after, [1, 1]]]),
            np.append(line.distance_m[:last], distance), line.start, "cut",
        ),
        cut,
    )  # fmt: skip


def _lengths_m(lon_lat: Floats) -> Floats:
    """Length along a chain up to each vertex. [m]"""
    points = to_earth_centred(lon_lat)
    return np.append(0.0, np.cumsum(geodesic_lengths(points[:-1], points[1:])))


def _far_m(first: Floats, second: Floats) -> float:
    _, _, length = WGS84.inv(first[0], first[1], second[0], second[1])
    return float(length)


def _loxodrome_effect_m(points: Floats) -> float:
    """How far loxodromes between points lie beside the geodesics, at most. [m]"""
    worst = 0.0
    for start, end in itertools.pairwise(points):
        geodesic = densify_geodesics(np.array([start, end]), 5000.0)
        loxodrome = densify_loxodromes(np.array([start, end]), 5000.0)
        middle = geodesic[len(geodesic) // 2]
        worst = max(worst, _beside_m(middle, loxodrome))
    return worst


def _beside_m(point: Floats, chain: Floats) -> float:
    corners, here = to_earth_centred(chain), to_earth_centred(point)
    start, along = corners[:-1], corners[1:] - corners[:-1]
    share = np.clip(((here - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    # Horizontally: the chords of 5 km lie half a metre deep, which is not what is asked.
    feet = start + share[:, None] * along
    normal = here / np.linalg.norm(here)
    apart = here - feet
    return float(np.linalg.norm(apart - np.outer(apart @ normal, normal), axis=1).min())


def _junction(states: str, position: Floats, status: str, tripoints: Mapping[str, Tripoint]) -> Junction:
    third = tripoints.get(states)
    away = None if third is None else _far_m(position, np.array([third.lon, third.lat]))
    return Junction(
        states, float(position[0]), float(position[1]), status,
        None if third is None else third.lon, None if third is None else third.lat,
        None if away is None else round(away, 3),
    )  # fmt: skip


def _astara_hasanqoli(rule: Rule) -> SectorLine:
    """The straight line between the two ends of Iran's land borders: never a treaty line."""
    ends = {terminus.pair: [terminus.lon, terminus.lat] for terminus in rule.baseline.termini}
    points = np.array([ends["AZE-IRN"], ends["IRN-TKM"]])
    lon_lat = densify_geodesics(points, MAXIMUM_SEGMENT_M)
    none = np.full((len(lon_lat), 2), -1, dtype=np.int64)
    nan = np.full(len(lon_lat), np.nan)
    return SectorLine(
        "astara-hasanqoli", "IRN", "", CLAIMED,
        "one geodesic between the ends of Iran's two land borders; Soviet practice, never a treaty line, "
        "denied by Iran; no edge of a sector",
        None, "Soviet internal practice as reported in the literature", "not stated", "not stated",
        lon_lat, none, none, nan, nan, points, _loxodrome_effect_m(points),
    )  # fmt: skip


def tripoints_by_states(tripoints: tuple[Tripoint, ...]) -> dict[str, Tripoint]:
    """Equidistant points by their States, as ``AZE-IRN-TKM``."""
    return {"-".join(sorted(tripoint.states)): tripoint for tripoint in tripoints}


def longest_by_pair(lines: tuple[EquidistanceLine, ...]) -> dict[str, EquidistanceLine]:
    """The longest open equidistance line of each pair; lines around enclaves are no sector's edge."""
    longest: dict[str, EquidistanceLine] = {}
    for line in lines:
        pair = pair_name(line.left_state, line.right_state)
        if line.end != "closed" and (pair not in longest or len(line.points) > len(longest[pair].points)):
            longest[pair] = line
    return longest
