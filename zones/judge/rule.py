"""The rule once more, for judging: written from its words, on other distances and other tests.

Only plain data are read: ends of the segments, their State and what lies left and right of them,
termini, breadths. Whether a position is water is told by polygons put together from the segments
(not by the side of the nearest one), distances come from `judge_distances`, and the bisector at a
terminus is a geodesic (not a plane through the normal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from zones.baseline.baseline import OPEN_REGION, Baseline
from zones.judge.distances import GEOD, Bools, Floats, Integers, Measured, Ruler
from zones.words import (
    ANSWERS,
    COMMON_MARITIME_SPACE,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    LAND,
    OUTSIDE_CASPIAN,
    OUTSIDE_DISTANCE_M,
    STATES,
    TERRITORIAL_WATERS,
)

TIE_M = 1e-3  # distances that differ by no more count as equal
_BEYOND_REACH_M = 1000.0  # how far beyond its belt a State is still measured
_SAME_POINT_M = 1e-3
_SAME_LENGTH_M = 1e-5  # ten times what two ways to one distance may differ by
_ROUNDING_M = 1e-8  # of differences of distances: ten times what coordinates are rounded by
_FAR_M = 1e12
_LEAST_SLOPE = 1e-3  # where both base points lie in nearly one direction a gap says little


@dataclass(frozen=True, slots=True, eq=False)
class Wedge:
    """The water angle at the terminus of a land border."""

    # lon, lat: terminus [deg]
    lon: float
    lat: float
    azimuth_deg: float  # of the bisector
    # left, right: States to the left and right of the bisector, seen from the terminus
    left: int
    right: int
    edges_deg: Floats  # shape (2,), azimuths of the baselines that bound the angle
    others: Ruler  # the baselines of these two without the segments that meet in the terminus


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What many positions are in, and how near each is to where that changes."""

    # zone, state: codes of `words.ANSWERS` and `words.STATES`; state -1 for none
    zone: Integers
    state: Integers
    # distance from the State's own baseline, from the nearest of all where there is none [m]
    reference_m: Floats
    # distance to the nearest outer limit or boundary, as the rule has it: how far a distance is from a
    # breadth, or a gap between two distances over its slope [m]
    to_line_m: Floats
    # smallest of the differences themselves: to a breadth, between two States, across a bisector; 0 where no
    # distance in double precision tells whether a terminus is the nearest point [m]
    least_gap_m: Floats


class Judge:
    """Distances and the rule over one baseline.

    Args:
        baseline: Only its plain data are read.
        breadth_m, reach_m: Shape (5,). Where the territorial waters and the fishery zone of each State end.
            [m]
    """

    def __init__(self, baseline: Baseline, breadth_m: Floats, reach_m: Floats) -> None:
        start, end = baseline.start, baseline.end
        is_baseline = baseline.is_baseline
        self.breadth_m, self.reach_m = breadth_m, reach_m
        self.owner = baseline.enclosed_states
        self.state = baseline.state[is_baseline]
        self.everyone = Ruler(start[is_baseline], end[is_baseline])
        self.shores = self.everyone if is_baseline.all() else Ruler(start, end)
        self.states = [
            Ruler(start[is_baseline & (baseline.state == code)], end[is_baseline & (baseline.state == code)])
            for code in range(len(STATES))
        ]
        self.waters = {region: _water(baseline, region) for region in range(OPEN_REGION, len(self.owner))}
        self.wedges = [_wedge(baseline, t.lon, t.lat) for t in baseline.termini]

    def lengths(self, lon_lat: Floats, everyone: Measured) -> tuple[Floats, Floats]:
        """Distance to each State, and direction towards it, as far as belts reach.

        Args:
            lon_lat: shape (n, 2) [deg]
            everyone: The same points against all baselines.

        Returns:
            lengths: Shape (n, 5). ``inf`` beyond some distance past a State's reach, unless it is the
                nearest. [m]
            towards: Shape (n, 5, 2)
        """
        lengths = np.full((len(lon_lat), len(STATES)), np.inf)
        towards = np.zeros((len(lon_lat), len(STATES), 2))
        nearest = self.state[everyone.segment]
        for code, ruler in enumerate(self.states):
            own = nearest == code
            lengths[own, code] = everyone.length_m[own]
            towards[own, code] = everyone.towards[own]
            bound = float(self.reach_m[code]) + _BEYOND_REACH_M
            asked = np.flatnonzero(~own & (everyone.length_m <= bound))
            measured = ruler.measure(lon_lat[asked], bound)
            lengths[asked, code] = measured.length_m
            towards[asked, code] = measured.towards
        return lengths, towards

    def classify(self, lon_lat: Floats) -> Verdicts:
        """Apply the rule. [deg]"""
        count = len(lon_lat)
        everyone = self.everyone.measure(lon_lat)
        lengths, towards = self.lengths(lon_lat, everyone)
        region = self.region(lon_lat)
        to_line, least_gap = self._margins(lengths, towards)

        reached = np.where(lengths <= self.reach_m, lengths, np.inf)
        state = reached.argmin(axis=1)
        first = reached[np.arange(count), state]
        state = np.where(np.isfinite(first), state, -1)
        self._divide_wedges(lon_lat, reached, state, to_line, least_gap)
        zone = np.where(
            state < 0,
            ANSWERS.index(COMMON_MARITIME_SPACE),
            np.where(
                first <= self.breadth_m[state], ANSWERS.index(TERRITORIAL_WATERS), ANSWERS.index(FISHERY_ZONE)
            ),
        )
        reference = np.where(state < 0, everyone.length_m, first)

        for code in range(OPEN_REGION + 1, len(self.owner)):
            inside = np.flatnonzero(region == code)
            zone[inside] = ANSWERS.index(INTERNAL_WATERS)
            state[inside] = self.owner[code]
            reference[inside] = self.states[self.owner[code]].measure(lon_lat[inside]).length_m
            to_line[inside] = least_gap[inside] = np.inf
        land = np.flatnonzero(region < OPEN_REGION)
        outside = everyone.length_m[land] - OUTSIDE_DISTANCE_M
        far = outside > 0  # shores that are no baseline may be nearer
        outside[far] = self.shores.measure(lon_lat[land[far]]).length_m - OUTSIDE_DISTANCE_M
        zone[land] = np.where(outside > 0, ANSWERS.index(OUTSIDE_CASPIAN), ANSWERS.index(LAND))
        state[land] = np.where(outside > 0, -1, self.state[everyone.segment[land]])
        reference[land] = everyone.length_m[land]
        to_line[land] = np.minimum(to_line[land], np.abs(outside))
        least_gap[land] = np.minimum(least_gap[land], np.abs(outside))
        self._share_termini(lon_lat, land, zone, state, reference, least_gap)
        return Verdicts(zone, state, reference, to_line, least_gap)

    def region(self, lon_lat: Floats) -> Integers:
        """Number of the water that holds each position, 0 on land. [deg]"""
        region = np.zeros(len(lon_lat), dtype=np.int64)
        for code, water in self.waters.items():
            region[shapely.contains_xy(water, lon_lat[:, 0], lon_lat[:, 1])] = code
        return region

    def to_shore_m(self, lon_lat: Floats) -> Floats:
        """Distance to anything that bounds water. [deg] -> [m]"""
        return self.shores.measure(lon_lat).length_m

    def _share_termini(
        self, lon_lat: Floats, land: Integers, zone: Integers, state: Integers, reference: Floats,
        least_gap: Floats,
    ) -> None:  # fmt: skip
        """Give land whose nearest point is a terminus to the first of its States in the alphabet.

        Where it is the nearest point but for less than a millimetre, that is the gap to the other State.
        """
        for own in self.wedges:
            here = np.ones(len(land))
            _, _, length = GEOD.inv(own.lon * here, own.lat * here, *lon_lat[land].T)
            beyond = np.abs(np.asarray(length) - reference[land])
            at_land = zone[land] == ANSWERS.index(LAND)
            based = at_land & (beyond <= _SAME_LENGTH_M)
            state[land[based]] = min(own.left, own.right)
            nearly = at_land & ~based & (beyond <= TIE_M)
            least_gap[land[nearly]] = np.minimum(least_gap[land[nearly]], beyond[nearly])

    def _margins(self, lengths: Floats, towards: Floats) -> tuple[Floats, Floats]:
        """How near each point is to a breadth or to equal distances: as ground distance, as gap."""
        to_limit = self._to_limit(lengths)
        known = np.where(lengths <= self.reach_m + TIE_M, lengths, _FAR_M)
        order = np.argsort(known, axis=1)[:, :2]
        rows = np.arange(len(known))
        gap = known[rows, order[:, 1]] - known[rows, order[:, 0]]
        gap[known[rows, order[:, 1]] == _FAR_M] = _FAR_M
        slope = np.linalg.norm(towards[rows, order[:, 0]] - towards[rows, order[:, 1]], axis=1)
        return np.minimum(to_limit, gap / np.maximum(slope, _LEAST_SLOPE)), np.minimum(to_limit, gap)

    def _to_limit(self, lengths: Floats) -> Floats:
        known = np.where(np.isfinite(lengths), lengths, _FAR_M)
        return np.asarray(
            np.minimum(np.abs(known - self.breadth_m), np.abs(known - self.reach_m)).min(axis=1)
        )

    def in_wedges(self, lon_lat: Floats, lengths: Floats) -> tuple[Integers, Floats, Floats, Floats]:
        """Which points have a terminus as the nearest point of both its States.

        Args:
            lon_lat: shape (n, 2) [deg]
            lengths: Shape (n, 5). Distance to each State. [m]

        Returns:
            wedge: Shape (n,). Number of the terminus, -1 for points in no wedge.
            right_m: Shape (n,). How far to the right of the bisector. [m]
            spare_m: Shape (n,). How much farther than the terminus the next base point of its States is, told
                to 1 m. [m]
            slope: Shape (n,). How fast that changes across the edge of the wedge.
        """
        wedge = np.full(len(lon_lat), -1, dtype=np.int64)
        right, spare, slope = np.zeros(len(lon_lat)), np.ones(len(lon_lat)), np.ones(len(lon_lat))
        for number, own in enumerate(self.wedges):
            pair = np.where(np.isfinite(lengths), lengths, -_FAR_M)[:, [own.left, own.right]]
            tied = np.flatnonzero((np.abs(pair[:, 0] - pair[:, 1]) <= TIE_M) & (pair[:, 0] >= 0))
            here = np.ones(len(tied))
            azimuth, back, length = map(
                np.asarray, GEOD.inv(own.lon * here, own.lat * here, *lon_lat[tied].T)
            )
            based = np.abs(length - pair[tied].min(axis=1)) <= _SAME_POINT_M
            inside, azimuth, back, length = tied[based], azimuth[based], back[based], length[based]
            wedge[inside] = number
            right[inside] = length * np.sin(np.radians(azimuth - own.azimuth_deg))
            if len(inside):
                following = own.others.measure(lon_lat[inside], float(length.max()) + 1.0)
                spare[inside] = np.minimum(following.length_m - length, 1.0)
                towards = np.column_stack([np.sin(np.radians(back)), np.cos(np.radians(back))])
                slope[inside] = np.linalg.norm(towards - following.towards, axis=1)
        return wedge, right, spare, slope

    def _divide_wedges(
        self, lon_lat: Floats, lengths: Floats, state: Integers, to_line: Floats, least_gap: Floats
    ) -> None:
        """Give points of wedges to the State on their side, where that wedge's States are nearest."""
        wedge, right, spare, slope = self.in_wedges(lon_lat, lengths)
        for number, own in enumerate(self.wedges):
            nearest = np.isin(state, (own.left, own.right))
            inside = np.flatnonzero((wedge == number) & nearest & (spare >= 0))
            state[inside] = np.where(right[inside] < 0, own.left, own.right)
            margin = np.minimum(self._to_limit(lengths[inside]), np.abs(right[inside]))
            gap = np.minimum(margin, spare[inside])
            least_gap[inside] = np.where(_is_at_edge(own, lon_lat[inside]), 0.0, gap)
            edge = np.where(
                spare[inside] < 1.0, spare[inside] / np.maximum(slope[inside], _LEAST_SLOPE), _FAR_M
            )
            to_line[inside] = np.minimum(margin, edge)


def _water(baseline: Baseline, region: int) -> shapely.Geometry:
    """The polygon that the segments with a region on one side only enclose, prepared."""
    bounds = (baseline.sides.left == region) != (baseline.sides.right == region)
    lines = shapely.linestrings(np.stack([baseline.start[bounds], baseline.end[bounds]], axis=1))
    water = shapely.build_area(shapely.multilinestrings([lines])[0])
    shapely.prepare(water)
    return water


def _is_at_edge(wedge: Wedge, lon_lat: Floats) -> Bools:
    """Whether the nearest point of a baseline from the terminus on is the terminus but for rounding.

    With the foot of the perpendicular at s from the terminus, and this at d, they are nearer by
    s^2 / 2d: next to nothing over centimetres, where State and bisector may be told either way.
    """
    here = np.ones(len(lon_lat))
    azimuth, _, length = map(np.asarray, GEOD.inv(wedge.lon * here, wedge.lat * here, *lon_lat.T))
    along = length[:, None] * np.cos(np.radians(azimuth[:, None] - wedge.edges_deg))
    return np.asarray((along**2 <= 2.0 * length[:, None] * _ROUNDING_M).any(axis=1))


def _wedge(baseline: Baseline, lon: float, lat: float) -> Wedge:
    """Azimuths of what bounds the open water between two States at a terminus, and halfway between."""
    here = np.array([lon, lat])
    is_baseline = baseline.is_baseline
    meets = (baseline.start == here).all(axis=1) | (baseline.end == here).all(axis=1)
    edges = []  # azimuth from the terminus, State, whether the open water is on the left, on the right
    for number in np.flatnonzero(meets & is_baseline):
        sides = [baseline.sides.left[number] == OPEN_REGION, baseline.sides.right[number] == OPEN_REGION]
        far = baseline.end[number]
        if (far == here).all():
            far, sides = baseline.start[number], sides[::-1]
        azimuth, _, _ = GEOD.inv(lon, lat, *far)
        edges.append((azimuth % 360.0, int(baseline.state[number]), *sides))
    edges.sort()
    # Going on clockwise from an edge with open water on its right, the next edge bounds that water.
    ((from_azimuth, left), (to_azimuth, right)) = next(
        (first[:2], second[:2])
        for first, second in zip(edges, [*edges[1:], *edges[:1]], strict=True)
        if first[3] and second[2] and first[1] != second[1]
    )
    azimuth = from_azimuth + ((to_azimuth - from_azimuth) % 360.0) / 2.0
    kept = is_baseline & ~meets & np.isin(baseline.state, (left, right))
    others = Ruler(baseline.start[kept], baseline.end[kept])
    return Wedge(lon, lat, azimuth, left, right, np.array([from_azimuth, to_azimuth]), others)
