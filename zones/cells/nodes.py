"""A rectangle of a block: what may be nearest there, and whether one answer holds.

All bounds follow from two facts of the plane. The distance to a segment is convex: it grows at least as its
slope at the middle says. And it grows at most as the distance to the point that is nearest to the middle.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from zones.arrays import Floats, Integers
from zones.baseline.baseline import LAND_REGION, OPEN_REGION, REST
from zones.cells.plane import UNCLEAR, away_from, code_beside
from zones.cells.wholes import UNKNOWN
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred
from zones.geodesy.segment_tree import END_VERTEX, START_VERTEX, left_of
from zones.rule.rule import (
    COMMON,
    FISHERY,
    INTERNAL,
    ON_LAND,
    OUTSIDE,
    TERRITORIAL,
    VERTEX,
    region_of,
    side_of_wedge,
)
from zones.words import OUTSIDE_DISTANCE_M, STATES

MARGIN_M = 0.1  # five times what distances in the plane may be wrong by
SECTOR_LINE = REST + 1  # group of the segments between sectors, after the States and the other shores
GROUPS = SECTOR_LINE + 1
_STATE_COUNT = len(STATES)
_LEAST_M = 1e-6  # nearer than this a distance has no direction


class Node(NamedTuple):
    """A rectangle of degrees in the plane of its block. [m]"""

    # lon, lat: of its middle [deg]
    lon: float
    lat: float
    # east, north: of its middle
    east: float
    north: float
    # half_east, half_north: of a rectangle of the plane that holds it; radius: of a circle that does
    half_east: float
    half_north: float
    radius: float
    margin: float  # more than two distances in the plane are wrong by together


class Near(NamedTuple):
    """The segments that may be nearest to some position of a block, and how they lie to the node at hand."""

    ends: Floats  # shape (n, 4), in the plane [m]
    segment: Integers  # shape (n,), numbers in their tree
    group: Integers  # shape (n,), State, `baseline.REST` or `SECTOR_LINE`
    # shape (n, 5), by `SHARE`, `EAST` and so on, for the middle of the node
    seen: Floats
    # shape (groups,); of each group at the node: the nearest segment to its middle, -1 for none, and bounds
    # of the distance to the group anywhere in it [m]
    best: Integers
    low: Floats
    high: Floats


# Columns of what is seen from the middle of a node: the share of the segment's length where the nearest point
# is, the direction from there, the distance, and what is positive left of the segment.
SHARE, EAST, NORTH, LENGTH, CROSS = range(5)


@compiled(inlined=True)
def _swing(seen, k, node):
    """How much a distance can change across a node, as its slope at the middle says. [m]"""
    if seen[k, LENGTH] < _LEAST_M:
        return node.radius
    return abs(seen[k, EAST]) * node.half_east + abs(seen[k, NORTH]) * node.half_north


@compiled(inlined=True)
def _bend(length, radius):
    """How much more than its slope says a distance can grow within a radius. [m]"""
    return radius * radius / (2.0 * (length - radius)) if length > 2.0 * radius else 2.0 * radius


@compiled
def look(near, listed, count, node):
    """See all segments listed from a node, and bound the distances to their groups."""
    best, low, high, seen = near.best, near.low, near.high, near.seen
    for g in range(GROUPS):
        best[g], low[g], high[g] = -1, math.inf, math.inf
    for i in range(count):
        k = listed[i]
        g = near.group[k]
        ax, ay, bx, by = near.ends[k]
        share, east, north, cross = away_from(ax, ay, bx, by, node.east, node.north)
        length = math.sqrt(east * east + north * north)
        scale = 1.0 / length if length > 0.0 else 0.0
        seen[k, SHARE], seen[k, EAST], seen[k, NORTH] = share, east * scale, north * scale
        seen[k, LENGTH], seen[k, CROSS] = length, cross
        low[g] = min(low[g], length - _swing(seen, k, node))
        if best[g] < 0 or length < seen[best[g], LENGTH]:
            best[g] = k
    for g in range(GROUPS):
        if best[g] >= 0:
            length = seen[best[g], LENGTH]
            grows = min(node.radius, _swing(seen, best[g], node) + _bend(length, node.radius))
            high[g] = length + grows + node.margin
            low[g] -= node.margin


@compiled
def farther(near, k, j, node):
    """Whether one segment is farther than another from every position of a node, by a margin."""
    seen = near.seen
    gap = seen[k, LENGTH] - seen[j, LENGTH] - node.margin
    turn = (
        abs(seen[k, EAST] - seen[j, EAST]) * node.half_east
        + abs(seen[k, NORTH] - seen[j, NORTH]) * node.half_north
    )
    near_by = min(seen[j, LENGTH], seen[k, LENGTH]) < _LEAST_M
    spread = 2.0 * node.radius if near_by else turn + _bend(seen[j, LENGTH], node.radius)
    return gap > min(2.0 * node.radius, spread)


@compiled
def nearest_group(near, last):
    """The group before the last with the segment nearest to the middle of the node, -1 for none."""
    found = -1
    for g in range(last):
        k = near.best[g]
        if k >= 0 and (found < 0 or near.seen[k, LENGTH] < near.seen[near.best[found], LENGTH]):
            found = g
    return found


@compiled
def region_in(rule, beside, near, node, scratch):
    """What the shores make of a node, `UNKNOWN` where one may run through it."""
    group = nearest_group(near, SECTOR_LINE)
    for g in range(SECTOR_LINE):
        if near.low[g] <= 0.0:
            return UNKNOWN
    if group < 0:
        return UNKNOWN
    k = near.best[group]
    region = code_beside(beside[near.segment[k]], near.seen[k, SHARE], near.seen[k, CROSS])
    if region == UNCLEAR:
        x, y, z = earth_centred(node.lon, node.lat)
        region, _, _, _, _ = region_of(rule.tree, rule.sides, x, y, z, scratch)
    return region


@compiled
def on_ring(near):
    """Whether the shore may be farther than belongs to the Caspian, somewhere in a node on land."""
    high = math.inf
    for g in range(SECTOR_LINE):
        high = min(high, near.high[g])
    return high >= OUTSIDE_DISTANCE_M


@compiled
def zone_in(rule, near, listed, count, node, region):
    """Zone and State in a node of which the region is known, ``zone * 6 + state + 1``, or `UNKNOWN`."""
    if region == OPEN_REGION:
        return _belt_in(rule, near, listed, count, node)
    if region != LAND_REGION:
        return INTERNAL * 6 + rule.enclosed_states[region] + 1
    low = math.inf
    for g in range(SECTOR_LINE):
        low = min(low, near.low[g])
    if low > OUTSIDE_DISTANCE_M:
        return OUTSIDE * 6
    first = nearest_group(near, _STATE_COUNT)
    if on_ring(near) or first < 0:
        return UNKNOWN
    other, _ = _rival(rule, near, listed, count, node, first, math.inf)
    if other == UNKNOWN:
        return UNKNOWN
    return ON_LAND * 6 + min(first, other) + 1  # a terminus belongs to two States: the first has it


@compiled
def _first_reached(rule, near):
    """The State nearest to the middle of a node of those whose belts may reach into it, -1 for none."""
    first, first_m = -1, math.inf
    for g in range(_STATE_COUNT):
        if near.best[g] >= 0 and near.low[g] <= rule.reach_m[g]:
            length = near.seen[near.best[g], LENGTH]
            if length < first_m:
                first, first_m = g, length
    return first


@compiled
def _belt_in(rule, near, listed, count, node):
    """The same in open water."""
    first = _first_reached(rule, near)
    if first < 0:
        return COMMON * 6
    other, vertex = _rival(rule, near, listed, count, node, first, 1.0)
    if other == UNKNOWN or near.high[first] >= rule.reach_m[first] or near.high[other] >= rule.reach_m[other]:
        return UNKNOWN
    state = first
    if other != first:
        state = _side_in(rule, vertex, node)
        if state == UNKNOWN:
            return UNKNOWN
    if near.high[state] < rule.breadth_m[state]:
        return TERRITORIAL * 6 + state + 1
    return FISHERY * 6 + state + 1 if near.low[state] > rule.breadth_m[state] else UNKNOWN


@compiled
def _rival(rule, near, listed, count, node, first, within_reaches):
    """The State that is everywhere in a node as near as the first, by a vertex of both; that one itself where
    all others are farther; else `UNKNOWN`. And the vertex, -1 for none.

    States beyond so many reaches do not count.
    """
    j, other, tied = near.best[first], first, True
    vertex = _vertex_throughout(rule, near, j, node)
    for i in range(count):
        k = listed[i]
        g = near.group[k]
        if g >= _STATE_COUNT or near.low[g] > rule.reach_m[g] * within_reaches or farther(near, k, j, node):
            continue
        tied = tied and vertex >= 0 and _vertex_throughout(rule, near, k, node) == vertex
        if g != first:
            other = g if other in (first, g) else UNKNOWN
    if other == first:
        return first, -1
    return (other, vertex) if tied else (UNKNOWN, -1)


@compiled
def _vertex_throughout(rule, near, k, node):
    """The vertex of a segment that is its nearest point from everywhere in a node, -1 for none."""
    share, ends = near.seen[k, SHARE], near.ends
    if 0.0 < share < 1.0:
        return -1
    end = 2 if share >= 1.0 else 0
    dx, dy = ends[k, 2] - ends[k, 0], ends[k, 3] - ends[k, 1]
    length = math.sqrt(dx * dx + dy * dy)
    along = (node.east - ends[k, end]) * dx + (node.north - ends[k, end + 1]) * dy
    beyond = along if end == 2 else -along
    if beyond <= abs(dx) * node.half_east + abs(dy) * node.half_north + MARGIN_M * length:
        return -1
    return rule.sides.columns[near.segment[k], START_VERTEX if end == 0 else END_VERTEX]


@compiled
def _side_in(rule, vertex, node):
    """The State on whose side of the bisector at a terminus a node lies, or `UNKNOWN`."""
    wedges = rule.wedges
    x, y, z = earth_centred(node.lon, node.lat)
    for w in range(len(wedges)):
        if wedges[w, VERTEX] == vertex:
            tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
            beside_m = left_of(x, y, z, tx, ty, tz, tx + wedges[w, 3], ty + wedges[w, 4], tz + wedges[w, 5])
            return side_of_wedge(wedges, w, x, y, z) if abs(beside_m) > 1.01 * node.radius + 1.0 else UNKNOWN
    return UNKNOWN


@compiled
def keep_zone(rule, near, listed, count, node, region, kept):
    """List what may decide zone and State somewhere in a node; how many that is."""
    shore = nearest_group(near, SECTOR_LINE)
    first = _first_reached(rule, near) if region == OPEN_REGION else nearest_group(near, _STATE_COUNT)
    wins = first >= 0 and (region == LAND_REGION or near.high[first] < rule.reach_m[first])
    number = 0
    for i in range(count):
        k = listed[i]
        g = near.group[k]
        if g == REST:
            useless = region == OPEN_REGION or farther(near, k, near.best[shore], node)
        else:
            beyond = near.low[g] > rule.reach_m[g]
            useless = (
                farther(near, k, near.best[g], node)
                or (region == OPEN_REGION and beyond)
                or ((wins or (region == UNKNOWN and beyond)) and farther(near, k, near.best[first], node))
            )
        if not useless:
            kept[number] = k
            number += 1
    return number


@compiled
def keep_sector(near, listed, count, node, kept):
    """The same for the sector."""
    number = 0
    for i in range(count):
        if not farther(near, listed[i], near.best[SECTOR_LINE], node):
            kept[number] = listed[i]
            number += 1
    return number
