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
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.baseline import ALL, LAND_REGION, OPEN_REGION, REST, Baseline
from zones.compiled import compiled
from zones.ellipsoid import METRES_PER_NM, earth_centred, geodesic_length, to_earth_centred, up
from zones.errors import BaselineError
from zones.geodesics import WGS84
from zones.machine_code import (
    FLOAT_ROWS,
    FLOATS,
    INTEGER,
    INTEGER_ROWS,
    INTEGERS,
    NUMBER,
    Array,
    Packed,
    Room,
    floats,
    machine_code,
    pack,
)
from zones.segment_tree import SCRATCH_ROOM, TREE, foot_on_segment, left_of, nearest_segment
from zones.words import FISHERY_ZONE_BREADTH_NM, OUTSIDE_DISTANCE_M, STATES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Codes of the answers, in the order of words.ANSWERS.
INTERNAL, TERRITORIAL, FISHERY, COMMON, ON_LAND, OUTSIDE = range(6)
NO_STATE = -1
ON_SHORE_M = 1e-6  # a thousand times what coordinates are rounded by
LANDWARD = (INTERNAL, ON_LAND, OUTSIDE)  # answers whose distance from the baseline counts negative
_STATE_COUNT = len(STATES)

# The arrays of a `Rule`, and room for what `decide` fills and works in.
RULE = (*TREE, *[INTEGERS] * 8, FLOATS, FLOATS, FLOAT_ROWS, INTEGERS, INTEGER_ROWS)
DECIDING = (
    Room("float64", (_STATE_COUNT,)),
    Room("int64", (_STATE_COUNT,)),
    Room("float64", (_STATE_COUNT,)),
    SCRATCH_ROOM,
)
_CODES = Array("int8")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A baseline with breadths, laid out for compiled code.

    Attributes
    ----------
    baseline : Baseline
    breadth_nm : ndarray, shape (5,)
        Breadth of territorial waters of each State of `words.STATES`. [nm]
    packed : Packed
        Its arrays, for machine code.
    """

    baseline: Baseline
    breadth_nm: Floats
    packed: Packed

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What `decide` and its callers take."""
        return self.packed.arrays

    @property
    def breadth_m(self) -> Floats:
        """Territorial waters end here. [m]"""
        return self.breadth_nm * METRES_PER_NM

    @property
    def reach_m(self) -> Floats:
        """Fishery zones end here. [m]"""
        return (self.breadth_nm + FISHERY_ZONE_BREADTH_NM) * METRES_PER_NM


def make_rule(baseline: Baseline, breadth_nm: Mapping[str, float]) -> Rule:
    """Lay a baseline and the breadths of all five States out for compiled code."""
    breadths = np.array([breadth_nm[state] for state in STATES], dtype=np.float64)
    wedges, wedge_vertices, wedge_states = _wedges(baseline)
    arrays = (
        *baseline.tree.arrays,
        baseline.tree.roots,
        baseline.left,
        baseline.right,
        baseline.start_vertex,
        baseline.end_vertex,
        baseline.incident_first,
        baseline.incident,
        baseline.state,
        baseline.enclosed_states,
        breadths * METRES_PER_NM,
        (breadths + FISHERY_ZONE_BREADTH_NM) * METRES_PER_NM,
        wedges,
        wedge_vertices,
        wedge_states,
    )
    return Rule(baseline, breadths, pack(RULE, arrays))


class OpenPart(NamedTuple):
    """A part of the open water around a vertex, between the shores or straight lines of two States.

    ``azimuth_deg`` halves it, ``angle_deg`` wide; the States lie left and right, looking out.
    """

    azimuth_deg: float
    angle_deg: float
    left: int
    right: int


def open_parts(baseline: Baseline, vertex: int) -> list[OpenPart]:
    """The parts of the open water around a vertex that lie between two different States, widest first."""
    around = baseline.incident[baseline.incident_first[vertex] : baseline.incident_first[vertex + 1]]
    leaves = baseline.start_vertex[around] == vertex
    here = np.where(leaves[:, None], baseline.start[around], baseline.end[around])
    there = np.where(leaves[:, None], baseline.end[around], baseline.start[around])
    azimuths, _, _ = WGS84.inv(*here.T, *there.T)
    azimuth, state = np.asarray(azimuths) % 360.0, baseline.state[around]
    on_left = np.where(leaves, baseline.left[around], baseline.right[around])
    on_right = np.where(leaves, baseline.right[around], baseline.left[around])
    order = np.argsort(azimuth)
    parts = []
    for left, right in zip(order, np.roll(order, -1), strict=True):
        if on_right[left] == OPEN_REGION == on_left[right] and state[left] != state[right]:
            angle = (azimuth[right] - azimuth[left]) % 360.0
            middle = (azimuth[right] - angle / 2.0) % 360.0
            parts.append(OpenPart(float(middle), float(angle), int(state[left]), int(state[right])))
    return sorted(parts, key=lambda part: -part.angle_deg)


def bisector_azimuth_deg(baseline: Baseline, vertex: int) -> tuple[float, int, int]:
    """Azimuth that halves the open water at a terminus, and the States left and right of it.

    Raises
    ------
    BaselineError
        Not one part of the open water there lies between two States.
    """
    parts = open_parts(baseline, vertex)
    if len(parts) != 1:
        lon, lat = vertex_lon_lat(baseline, vertex)
        raise BaselineError(
            f"{len(parts)} parts of the open water at {lon:.5f}, {lat:.5f}, where a land border ends, lie "
            "between two States' shores or straight lines: one is needed to divide"
        )
    ((azimuth, _, left, right),) = parts
    return azimuth, left, right


def terminus_vertices(baseline: Baseline) -> Integers:
    """Vertex number of each terminus of the baseline."""
    numbers = []
    for terminus in baseline.termini:
        at = np.flatnonzero((baseline.start[:, 0] == terminus.lon) & (baseline.start[:, 1] == terminus.lat))
        numbers.append(baseline.start_vertex[at[0]])
    return np.array(numbers, dtype=np.int64)


def _shared_vertices(baseline: Baseline) -> Integers:
    """The termini, then other vertices where two States' baselines meet (an island touches a shore)."""
    is_baseline = (baseline.left == OPEN_REGION) | (baseline.right == OPEN_REGION)
    firsts = baseline.incident_first[:-1]
    least = np.minimum.reduceat(np.where(is_baseline, baseline.state, REST)[baseline.incident], firsts)
    most = np.maximum.reduceat(np.where(is_baseline, baseline.state, -1)[baseline.incident], firsts)
    termini = terminus_vertices(baseline)
    others = np.setdiff1d(np.flatnonzero(least < most), termini)
    return np.append(termini, [vertex for vertex in others if open_parts(baseline, vertex)]).astype(np.int64)


def ray_along(vertex_lon_lat: Floats, azimuth_deg: float) -> Floats:
    """A vertex, earth-centred [m], and the unit vector from it in an azimuth, as 6 numbers."""
    lon, lat = np.radians(vertex_lon_lat)
    alpha = math.radians(azimuth_deg)
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    north = np.array([-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)])
    return np.append(to_earth_centred(vertex_lon_lat), math.sin(alpha) * east + math.cos(alpha) * north)


def vertex_lon_lat(baseline: Baseline, vertex: int) -> Floats:
    """Position of a vertex. [deg]"""
    segment = baseline.incident[baseline.incident_first[vertex]]
    ends = baseline.start if baseline.start_vertex[segment] == vertex else baseline.end
    return ends[segment]


def _wedges(baseline: Baseline) -> tuple[Floats, Integers, Integers]:
    """Shared vertex and a unit vector along the bisector (6 numbers), vertex, States left and right.

    Termini come first, in their order. Of several parts of open water at a vertex the widest counts:
    only in one of more than 180 degrees can the vertex be the nearest point of both States.
    """
    vertices = _shared_vertices(baseline)
    rays = np.empty((len(vertices), 6))
    sides = np.empty((len(vertices), 2), dtype=np.int64)
    for number, vertex in enumerate(vertices.tolist()):
        if number < len(baseline.termini):
            azimuth, left, right = bisector_azimuth_deg(baseline, vertex)
        else:
            azimuth, _, left, right = open_parts(baseline, vertex)[0]
        rays[number] = ray_along(vertex_lon_lat(baseline, vertex), azimuth)
        sides[number] = left, right
    return rays, vertices, sides


@compiled
def region_beside(
    start, end, left, right, start_vertex, end_vertex, incident_first, incident, segment, t, x, y, z
):
    """What a point is in, told by the side of its nearest segment."""
    if 0.0 < t < 1.0:
        side = left_of(
            x, y, z,
            start[segment, 0], start[segment, 1], start[segment, 2],
            end[segment, 0], end[segment, 1], end[segment, 2],
        )  # fmt: skip
        return left[segment] if side >= 0.0 else right[segment]
    # At a vertex: the segment met first when turning right from the point has it on its left.
    vertex = start_vertex[segment] if t <= 0.0 else end_vertex[segment]
    if t <= 0.0:
        vx, vy, vz = start[segment, 0], start[segment, 1], start[segment, 2]
    else:
        vx, vy, vz = end[segment, 0], end[segment, 1], end[segment, 2]
    ux, uy, uz = up(vx, vy, vz)
    px, py, pz = x - vx, y - vy, z - vz
    least = math.inf
    region = LAND_REGION
    for k in range(incident_first[vertex], incident_first[vertex + 1]):
        s = incident[k]
        outgoing = start_vertex[s] == vertex
        if outgoing:
            wx, wy, wz = end[s, 0] - vx, end[s, 1] - vy, end[s, 2] - vz
        else:
            wx, wy, wz = start[s, 0] - vx, start[s, 1] - vy, start[s, 2] - vz
        cross = ux * (wy * pz - wz * py) + uy * (wz * px - wx * pz) + uz * (wx * py - wy * px)
        wu = wx * ux + wy * uy + wz * uz
        pu = px * ux + py * uy + pz * uz
        dot = wx * px + wy * py + wz * pz - wu * pu
        angle = math.atan2(cross, dot)
        if angle < 0.0:
            angle += 2.0 * math.pi
        if angle < least:
            least = angle
            region = left[s] if outgoing else right[s]
    return region


@compiled
def region_at(
    start, end, left, right, start_vertex, end_vertex, incident_first, incident, segment, t, x, y, z, length
):
    """What a point is in: as `region_beside`, on the shore itself the innermost water that meets there."""
    if length > ON_SHORE_M:
        return region_beside(
            start, end, left, right, start_vertex, end_vertex, incident_first, incident, segment, t, x, y, z
        )
    if 0.0 < t < 1.0:
        return max(left[segment], right[segment])
    vertex = start_vertex[segment] if t <= 0.0 else end_vertex[segment]
    region = LAND_REGION
    for k in range(incident_first[vertex], incident_first[vertex + 1]):
        region = max(region, left[incident[k]], right[incident[k]])
    return region


@compiled
def decide(
    start, end, boxes, tree_left, tree_right, roots,
    left, right, start_vertex, end_vertex, incident_first, incident,
    states_of_segments, enclosed_states, breadth_m, reach_m, wedges, wedge_vertices, wedge_states,
    x, y, z, lengths, segments, shares, scratch,
):  # fmt: skip
    """Apply the rule to one earth-centred point.

    Fills ``lengths``, ``segments``, ``shares`` (of length 5) with each State's nearest segment,
    ``inf`` and -1 where its belt does not reach and another State is nearer.

    Returns
    -------
    zone : int
        Code of the answer.
    state : int
        Index of the State, -1 for none.
    reference : int
        Index of the State whose baseline the distances refer to.
    other : int
        The nearest other State whose belt reaches the point too, -1 for none.
    region : int
        `baseline.LAND_REGION`, `baseline.OPEN_REGION`, or 2 + index into ``Baseline.enclosed``.
    """
    nearest = -1
    nearest_m = math.inf
    for g in range(_STATE_COUNT):
        found, t, length = nearest_segment(
            start,
            end,
            boxes,
            tree_left,
            tree_right,
            roots[g],
            x,
            y,
            z,
            reach_m[g] * 1.0000001,
            scratch,
        )
        segments[g] = found
        shares[g] = t
        lengths[g] = length if found >= 0 else math.inf
        if lengths[g] < nearest_m:
            nearest, nearest_m = g, lengths[g]
    # Where breadths differ, a shore beyond its own reach may be nearer than one within.
    uneven = False
    for g in range(1, _STATE_COUNT):
        uneven = uneven or reach_m[g] != reach_m[0]
    if nearest < 0 or uneven:
        found, t, length = nearest_segment(
            start, end, boxes, tree_left, tree_right, roots[ALL], x, y, z, nearest_m, scratch
        )
        if found >= 0 and length < nearest_m:
            nearest, nearest_m = states_of_segments[found], length
            segments[nearest], shares[nearest], lengths[nearest] = found, t, length
            if not 0.0 < t < 1.0:  # a terminus belongs to two States
                for g in range(nearest):
                    found, t, length = nearest_segment(
                        start, end, boxes, tree_left, tree_right, roots[g], x, y, z,
                        nearest_m * (1.0 + 1e-15), scratch,
                    )  # fmt: skip
                    if found >= 0 and length <= nearest_m:
                        nearest = g
                        segments[g], shares[g], lengths[g] = found, t, length
                        break
    segment, t, boundary_m = segments[nearest], shares[nearest], nearest_m
    found, rest_t, rest_m = nearest_segment(
        start, end, boxes, tree_left, tree_right, roots[REST], x, y, z, nearest_m, scratch
    )
    if found >= 0:
        segment, t, boundary_m = found, rest_t, rest_m
    region = region_at(
        start, end, left, right, start_vertex, end_vertex, incident_first, incident,
        segment, t, x, y, z, boundary_m,
    )  # fmt: skip
    if region == LAND_REGION:
        zone = ON_LAND if boundary_m <= OUTSIDE_DISTANCE_M else OUTSIDE
        return zone, nearest if zone == ON_LAND else NO_STATE, nearest, NO_STATE, region
    if region != OPEN_REGION:
        owner = enclosed_states[region]
        if segments[owner] < 0:
            found, t, length = nearest_segment(
                start, end, boxes, tree_left, tree_right, roots[owner], x, y, z, math.inf, scratch
            )
            segments[owner], shares[owner], lengths[owner] = found, t, length
        return INTERNAL, owner, owner, NO_STATE, region
    state = NO_STATE
    other = NO_STATE
    for g in range(_STATE_COUNT):
        if lengths[g] <= reach_m[g]:
            if state < 0 or lengths[g] < lengths[state]:
                other = state
                state = g
            elif other < 0 or lengths[g] < lengths[other]:
                other = g
    if state < 0:
        return COMMON, NO_STATE, nearest, NO_STATE, region
    if other >= 0 and lengths[other] - lengths[state] <= 1e-6:
        vertex = _vertex_of(start_vertex, end_vertex, segments[state], shares[state])
        if vertex >= 0 and vertex == _vertex_of(start_vertex, end_vertex, segments[other], shares[other]):
            for w in range(len(wedge_vertices)):
                if wedge_vertices[w] == vertex:
                    owner = side_of_wedge(wedges, wedge_states, w, x, y, z)
                    if owner == other:
                        state, other = other, state
    zone = TERRITORIAL if lengths[state] <= breadth_m[state] else FISHERY
    return zone, state, state, other, region


@compiled
def _vertex_of(start_vertex, end_vertex, segment, t):
    if t <= 0.0:
        return start_vertex[segment]
    if t >= 1.0:
        return end_vertex[segment]
    return -1


@compiled
def side_of_wedge(wedges, wedge_states, w, x, y, z):
    """The State that has a point in the wedge of a terminus: by the side of the bisector."""
    tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
    side = left_of(x, y, z, tx, ty, tz, tx + wedges[w, 3], ty + wedges[w, 4], tz + wedges[w, 5])
    return wedge_states[w, 0] if side > 0.0 else wedge_states[w, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """The rule's answers for many points.

    Attributes
    ----------
    zone, state : ndarray of int8
        Codes of `words.ANSWERS` and `words.STATES`; state -1 for none.
    other : ndarray of int8
        The next State whose belt reaches the point too, -1 for none.
    region : ndarray of int8
        What the shores make of the point: land, open water, or which enclosed water.
    segment : ndarray
        Nearest baseline segment of the State (of any, where there is no State).
    foot : ndarray, shape (n, 3)
        Nearest baseline point, earth-centred. [m]
    length : ndarray
        Geodesic distance to it. [m]
    """

    zone: npt.NDArray[np.int8]
    state: npt.NDArray[np.int8]
    other: npt.NDArray[np.int8]
    region: npt.NDArray[np.int8]
    segment: Integers
    foot: Floats
    length: Floats


def decide_many(rule: Rule, lon: Floats, lat: Floats) -> Decisions:
    """Apply the rule to arrays of positions. [deg]

    Raises
    ------
    ValueError
        Their shapes differ.
    """
    lon, lat = floats(lon, lat)
    count = len(lon)
    zone, state, other, region = (np.empty(count, dtype=np.int8) for _ in range(4))
    segment, foot, length = np.empty(count, dtype=np.int64), np.empty((count, 3)), np.empty(count)
    _decide_many(
        rule.packed, lon, lat, zone, state, other, region, segment, foot, length,
    )  # fmt: skip
    return Decisions(zone, state, other, region, segment, foot, length)


@compiled
def decide_with_foot(arrays, x, y, z, lengths, segments, shares, scratch):
    """`decide`, and the nearest point of the baseline that the distance refers to.

    Returns
    -------
    zone, state, other, region : int
        As of `decide`.
    segment : int
        The baseline segment.
    fx, fy, fz : float
        The point on it, earth-centred. [m]
    length : float
        Geodesic distance to it. [m]
    """
    zone, state, reference, other, region = decide(*arrays, x, y, z, lengths, segments, shares, scratch)
    start, end = arrays[0], arrays[1]
    s = segments[reference]
    _, fx, fy, fz = foot_on_segment(
        x, y, z, start[s, 0], start[s, 1], start[s, 2], end[s, 0], end[s, 1], end[s, 2]
    )
    return zone, state, other, region, s, fx, fy, fz, geodesic_length(x, y, z, fx, fy, fz)


def decide_signed(rule: Rule, lon: float, lat: float) -> tuple[int, int, float]:
    """Zone, State and distance to the baseline of one position, negative landward. [deg] -> [m]"""
    zone, state, length = _decide_one(rule.packed, lon, lat)
    return zone, state, -length if zone in LANDWARD else length


@machine_code(RULE, NUMBER, NUMBER, *DECIDING, gives=(INTEGER, INTEGER, NUMBER), brief=True)
def _decide_one(arrays, lon, lat, lengths, segments, shares, scratch):
    x, y, z = earth_centred(lon, lat)
    found = decide_with_foot(arrays, x, y, z, lengths, segments, shares, scratch)
    return found[0], found[1], found[8]


@machine_code(RULE, FLOATS, FLOATS, _CODES, _CODES, _CODES, _CODES, INTEGERS, FLOAT_ROWS, FLOATS, *DECIDING)
def _decide_many(
    arrays, lon, lat, zones, states, others, regions, nearest, feet, distances,
    lengths, segments, shares, scratch,
):  # fmt: skip
    for i in range(len(lon)):
        x, y, z = earth_centred(lon[i], lat[i])
        zones[i], states[i], others[i], regions[i], nearest[i], fx, fy, fz, distances[i] = decide_with_foot(
            arrays, x, y, z, lengths, segments, shares, scratch
        )
        feet[i, 0], feet[i, 1], feet[i, 2] = fx, fy, fz
