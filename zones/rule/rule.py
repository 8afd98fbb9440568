"""The rule: what a position is in, by geodesic distance from the baselines. The truth of the product.

1. Landward of a straight or closing line: internal waters of that line's State.
2. Else each State's belt reaches to its breadth (territorial waters) and 10 nm beyond (fishery zone)
   from its own baseline. Where belts of two States overlap, the nearer State has the position.
3. Where the terminus of a land border (or another point that two States' baselines share) is the
   nearest point of both States, they are equally near over a wedge of water; the bisector of the angle
   of open water there, between the shores or straight lines of the two, divides it. The bisector is
   the normal section in the azimuth halfway between the two shores (it leaves the geodesic by less
   than 1 mm within 46 km).
4. On any remaining exact tie, the State first in alphabetical order.
5. Beyond every belt, the common maritime space.

On a limit itself the inner zone wins. What lies to the two sides of a shore is decided by the side
of its nearest segment, in the plane that touches the ellipsoid there. A point on the shore itself
(within `ON_SHORE_M`) is water, not land; on a straight or closing line, and at its ends, it is in the
internal waters behind it, as the inner zone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from zones.arrays import Codes, Floats, Integers, columns, plain, read_only
from zones.baseline.baseline import ALL, LAND_REGION, OPEN_REGION, REST, Baseline
from zones.baseline.bisectors import (
    bisector_azimuth_deg,
    open_parts,
    ray_along,
    shared_vertices,
    vertex_lon_lat,
)
from zones.compiled import compiled
from zones.geodesy.ellipsoid import METRES_PER_NM, earth_centred
from zones.geodesy.segment_tree import (
    LEFT,
    MORE,
    RIGHT,
    SCRATCH,
    SegmentTree,
    Sides,
    bound_by,
    foot_on,
    incident_range,
    left_of,
    nearest_below,
    nearest_segment,
    region_beside,
    vertex_of,
)
from zones.words import FISHERY_ZONE_BREADTH_NM, OUTSIDE_DISTANCE_M, STATES

# Codes of the answers, in the order of words.ANSWERS.
INTERNAL, TERRITORIAL, FISHERY, COMMON, ON_LAND, OUTSIDE = range(6)
NO_STATE = -1
ON_SHORE_M = 1e-6  # a thousand times what coordinates are rounded by
LANDWARD = (INTERNAL, ON_LAND, OUTSIDE)  # answers whose distance from the baseline counts negative
STATE, KIND = MORE, MORE + 1  # columns of the sides
VERTEX, _LEFT_STATE, _RIGHT_STATE = 6, 7, 8  # columns of the wedges
_STATE_COUNT = len(STATES)


class RuleArrays(NamedTuple):
    """A baseline with breadths, as compiled code takes it; in compiled functions ``rule``."""

    tree: SegmentTree
    # `baseline.LAND_REGION`, `baseline.OPEN_REGION`, or 2 + index into ``Baseline.enclosed``; by `STATE` and
    # `KIND` indices into `words.STATES` and `words.BASELINE_KINDS`
    sides: Sides
    enclosed_states: Integers  # State of each region, -1 for land and open water
    # breadth_m, reach_m: shape (5,), where territorial waters and fishery zones of each State end [m]
    breadth_m: Floats
    reach_m: Floats
    # shape (w, 9); of each terminus: where it is [m], a unit vector along the bisector of its water angle,
    # the number of its vertex, and the States left and right of the bisector
    wedges: Floats

    @property
    def wedge_vertices(self) -> Integers:
        """Vertex numbers of the termini."""
        return self.wedges[:, VERTEX].astype(np.int64)

    @property
    def wedge_states(self) -> Integers:
        """States left and right of the bisectors, shape (w, 2)."""
        return read_only(self.wedges[:, _LEFT_STATE:].astype(np.int64))


@compiled(inlined=True)
def rule_of(plain):
    """`RuleArrays` that were given as plain tuples."""
    tree, sides, enclosed_states, breadth_m, reach_m, wedges = plain
    return RuleArrays(SegmentTree(*tree), Sides(*sides), enclosed_states, breadth_m, reach_m, wedges)


class Work(NamedTuple):
    """Room for `decide` to fill and to work in, of one thread."""

    # lengths, segments, shares: shape (5,), each State's nearest segment: the geodesic distance to it [m],
    # its number, and where on it the foot lies (0 to 1); ``inf`` and -1 where none was looked for or found
    lengths: Floats
    segments: Integers
    shares: Floats
    # shape (6,), where to look first: each State's segment and that of all which were nearest to the position
    # before, or -1
    guesses: Integers
    scratch: Floats  # of the searches


@compiled(inlined=True)
def new_work():
    """Room for one thread."""
    return Work(
        np.empty(_STATE_COUNT), np.empty(_STATE_COUNT, dtype=np.int64), np.empty(_STATE_COUNT),
        np.full(_STATE_COUNT + 1, -1), np.empty(SCRATCH),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rule:
    """A baseline with breadths."""

    baseline: Baseline
    breadth_nm: Floats  # shape (5,), breadth of territorial waters of each State of `words.STATES` [nm]
    arrays: RuleArrays  # the same for compiled code

    @cached_property
    def plain(self) -> Any:
        """The arrays as `arrays.plain` gives them, for single positions."""
        return plain(self.arrays)

    @property
    def breadth_m(self) -> Floats:
        """Territorial waters end here. [m]"""
        return self.breadth_nm * METRES_PER_NM

    @property
    def reach_m(self) -> Floats:
        """Fishery zones end here. [m]"""
        return (self.breadth_nm + FISHERY_ZONE_BREADTH_NM) * METRES_PER_NM


def make_rule(baseline: Baseline, breadth_nm: Mapping[str, float], wedges: Floats | None = None) -> Rule:
    """Lay a baseline and the breadths of all five States out for compiled code.

    ``wedges``: those of the baseline, where they are at hand.
    """
    breadths = np.array([breadth_nm[state] for state in STATES], dtype=np.float64)
    segments = np.column_stack([baseline.sides.columns, baseline.state, baseline.kind])
    arrays = RuleArrays(
        baseline.tree,
        baseline.sides._replace(columns=segments),
        baseline.enclosed_states,
        breadths * METRES_PER_NM,
        (breadths + FISHERY_ZONE_BREADTH_NM) * METRES_PER_NM,
        wedges_of(baseline) if wedges is None else wedges,
    )
    return Rule(baseline, breadths, read_only(arrays))


def wedges_of(baseline: Baseline) -> Floats:
    """The wedges as `RuleArrays` has them.

    Termini come first, in their order. Of several parts of open water at a vertex the widest counts:
    only in one of more than 180 degrees can the vertex be the nearest point of both States.
    """
    vertices = shared_vertices(baseline)
    wedges = np.empty((len(vertices), 9))
    for number, vertex in enumerate(vertices.tolist()):
        if number < len(baseline.termini):
            azimuth, left, right = bisector_azimuth_deg(baseline, vertex)
        else:
            azimuth, _, left, right = open_parts(baseline, vertex)[0]
        wedges[number] = *ray_along(vertex_lon_lat(baseline, vertex), azimuth), vertex, left, right
    return wedges


@compiled(inlined=True)
def region_at(tree, sides, segment, t, x, y, z, length):
    """What a point is in: as `region_beside`, on the shore itself the innermost water that meets there."""
    region = region_beside(tree, sides, segment, t, x, y, z)
    on_shore = length <= ON_SHORE_M
    first, last = incident_range(sides, vertex_of(sides, segment, t) if on_shore else -1)
    columns, incident = sides.columns, sides.incident
    left, right = columns[segment, LEFT], columns[segment, RIGHT]
    if on_shore:
        region = max(left, right)
    for k in range(first, last):
        s = incident[k]
        region = max(region, columns[s, LEFT], columns[s, RIGHT])
    return region


@compiled(inlined=True)
def decide(rule, x, y, z, work):
    """Apply the rule to one earth-centred point.

    Fills ``work`` with each State's nearest segment, ``inf`` and -1 where its belt does not reach and
    another State is nearer.

    Returns the codes of the zone and of its State, -1 for none; the State whose baseline the distances refer
    to; the nearest other State whose belt reaches the point too, -1 for none; and the region:
    `baseline.LAND_REGION`, `baseline.OPEN_REGION`, or 2 + index into ``Baseline.enclosed``.
    """
    # Arrays are counted in and out where one is last used on one way only: rule and work are used to the end.
    reference = _nearest_state(rule.tree, rule.sides, rule.reach_m, x, y, z, work)
    segment, t, boundary_m = work.segments[reference], work.shares[reference], work.lengths[reference]
    root = rule.tree.roots[REST]
    found, rest_t, rest_m = nearest_segment(rule.tree, root, x, y, z, boundary_m, work.scratch)
    if found >= 0:
        segment, t, boundary_m = found, rest_t, rest_m
    region = region_at(rule.tree, rule.sides, segment, t, x, y, z, boundary_m)
    zone, state, other = COMMON, NO_STATE, NO_STATE
    if region == LAND_REGION:
        zone = OUTSIDE
        if boundary_m <= OUTSIDE_DISTANCE_M:
            zone, state = ON_LAND, reference
    elif region != OPEN_REGION:
        zone, state = INTERNAL, rule.enclosed_states[region]
        reference = state
        if work.segments[state] < 0:
            root = rule.tree.roots[state]
            found, t, length = nearest_segment(rule.tree, root, x, y, z, math.inf, work.scratch)
            work.segments[state], work.shares[state], work.lengths[state] = found, t, length
    else:
        state, other = _nearest_belts(rule.sides, rule.reach_m, rule.wedges, x, y, z, work)
        if state >= 0:
            zone, reference = FISHERY, state
    if work.lengths[reference] <= rule.breadth_m[reference] and zone == FISHERY:
        zone = TERRITORIAL
    return zone, state, reference, other, region


@compiled(inlined=True)
def _nearest_state(tree, sides, reach_m, x, y, z, work):
    """The State with the nearest baseline; fills ``work`` as `decide` says."""
    ends, nodes, roots = tree
    columns = sides.columns
    lengths, segments, shares, guesses, scratch = work
    nearest, nearest_m = -1, math.inf
    uneven = False
    for g in range(_STATE_COUNT):
        uneven = uneven or reach_m[g] != reach_m[0]
        within = min(reach_m[g] * 1.0000001, bound_by(ends, guesses[g], x, y, z))
        found, t, length = nearest_below(ends, nodes, roots[g], x, y, z, within, scratch)
        segments[g], shares[g], guesses[g] = found, t, found
        lengths[g] = length if found >= 0 else math.inf
        if lengths[g] < nearest_m:
            nearest, nearest_m = g, lengths[g]
    # Where breadths differ, a shore beyond its own reach may be nearer than one within.
    root = roots[ALL]
    if nearest >= 0 and not uneven:
        root = -1
    if root >= 0:
        nearest_m = min(nearest_m, bound_by(ends, guesses[_STATE_COUNT], x, y, z))
    found, t, length = nearest_below(ends, nodes, root, x, y, z, nearest_m, scratch)
    owner = columns[found, STATE]
    guesses[_STATE_COUNT] = found if found >= 0 else guesses[_STATE_COUNT]
    count = 0
    if found >= 0 and length < nearest_m:
        count = 1 if 0.0 < t < 1.0 else 1 + owner  # a terminus belongs to two States: the first has it
        nearest, nearest_m = owner, length
    k = 0
    while k < count:
        g = owner
        if k > 0:
            g = k - 1
            within = nearest_m * (1.0 + 1e-15)
            found, t, length = nearest_below(ends, nodes, roots[g], x, y, z, within, scratch)
        k += 1
        if found >= 0 and length <= nearest_m:
            segments[g], shares[g], lengths[g] = found, t, length
            nearest = g
            if g != owner:
                k = count
    return nearest


@compiled(inlined=True)
def _nearest_belts(sides, reach_m, wedges, x, y, z, work):
    """The two nearest States whose belts reach a point, -1 for none; the first of them has it."""
    lengths, segments, shares = work.lengths, work.segments, work.shares
    state, other = NO_STATE, NO_STATE
    for g in range(_STATE_COUNT):
        if lengths[g] <= reach_m[g]:
            if state < 0 or lengths[g] < lengths[state]:
                state, other = g, state
            elif other < 0 or lengths[g] < lengths[other]:
                other = g
    own_m, other_m = lengths[state], lengths[other]
    vertex = vertex_of(sides, segments[state], shares[state])
    met = vertex_of(sides, segments[other], shares[other])
    count = len(wedges)
    if other < 0 or other_m - own_m > 1e-6 or vertex < 0 or vertex != met:
        count = 0
    for w in range(count):
        if wedges[w, VERTEX] == vertex and side_of_wedge(wedges, w, x, y, z) == other:
            state, other = other, state
    return state, other


@compiled(inlined=True)
def region_of(tree, sides, x, y, z, scratch):
    """What the shores make of a point, by whatever State.

    Returns the region, as `decide`; the nearest baseline segment, the share of its length and the distance;
    and the distance to the nearest shore, be it baseline or not. [m]
    """
    roots = tree.roots
    found, t, length = nearest_segment(tree, roots[ALL], x, y, z, math.inf, scratch)
    rest, rest_t, rest_m = nearest_segment(tree, roots[REST], x, y, z, length, scratch)
    segment, share, boundary_m = (rest, rest_t, rest_m) if rest >= 0 else (found, t, length)
    return region_at(tree, sides, segment, share, x, y, z, boundary_m), found, t, length, boundary_m


@compiled(inlined=True)
def side_of_wedge(wedges, w, x, y, z):
    """The State that has a point in the wedge of a terminus: by the side of the bisector."""
    tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
    side = left_of(x, y, z, tx, ty, tz, tx + wedges[w, 3], ty + wedges[w, 4], tz + wedges[w, 5])
    return int(wedges[w, _LEFT_STATE]) if side > 0.0 else int(wedges[w, _RIGHT_STATE])


class Decisions(NamedTuple):
    """The rule's answers for many points."""

    # zone, state: codes of `words.ANSWERS` and `words.STATES`; state -1 for none
    zone: Codes
    state: Codes
    other: Codes  # the next State whose belt reaches the point too, -1 for none
    region: Codes  # what the shores make of the point: land, open water, or which enclosed water
    segment: Integers  # nearest baseline segment of the State (of any, where there is no State)
    foot: Floats  # shape (n, 3); nearest baseline point, earth-centred [m]
    length: Floats  # geodesic distance to it [m]


def decide_many(rule: Rule, lon: Floats, lat: Floats) -> Decisions:
    """Apply the rule to arrays of positions. [deg]

    Raises `ValueError`: their shapes differ.
    """
    lon, lat = columns(lon, lat)
    count = len(lon)
    zone, state, other, region = (np.empty(count, dtype=np.int8) for _ in range(4))
    segment, foot, length = np.empty(count, dtype=np.int64), np.empty((count, 3)), np.empty(count)
    decisions = Decisions(zone, state, other, region, segment, foot, length)
    _decide_many(rule.arrays, lon, lat, decisions)
    return decisions


@compiled(inlined=True)
def decide_with_foot(rule, x, y, z, work):
    """Zone, State, other and region as of `decide`, and the baseline segment that the distance refers to with
    the nearest point on it, earth-centred, and the distance. [m]
    """
    zone, state, reference, other, region = decide(rule, x, y, z, work)
    s = work.segments[reference]
    _, fx, fy, fz = foot_on(rule.tree, s, x, y, z)
    return zone, state, other, region, s, fx, fy, fz, work.lengths[reference]


def decide_signed(rule: Rule, lon: float, lat: float) -> tuple[int, int, float]:
    """Zone, State and distance to the baseline of one position, negative landward. [deg] -> [m]"""
    zone, state, length = _decide_one(rule.plain, float(lon), float(lat))
    return zone, state, -length if zone in LANDWARD else length


@compiled(brief=True)
def _decide_one(plain, lon, lat):
    x, y, z = earth_centred(lon, lat)
    found = decide_with_foot(rule_of(plain), x, y, z, new_work())
    return found[0], found[1], found[8]


@compiled
def _decide_many(rule, lon, lat, found):
    work = new_work()
    for i in range(len(lon)):
        x, y, z = earth_centred(lon[i], lat[i])
        (
            found.zone[i], found.state[i], found.other[i], found.region[i], found.segment[i], fx, fy, fz,
            found.length[i],
        ) = decide_with_foot(rule, x, y, z, work)  # fmt: skip
        found.foot[i, 0], found.foot[i, 1], found.foot[i, 2] = fx, fy, fz
