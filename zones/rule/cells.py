"""A grid of cells known to lie wholly in one zone of one State: most positions need no search.

A cell is certified from the rule at its centre: a distance changes along any way by at most the
length of the way, so that an answer holds as far as its distances are from every threshold.
Positions in other cells are decided by the rule. So the answers are those of the rule everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zones.arrays import Bytes, Codes, Floats, columns, read_only
from zones.baseline.baseline import LAND_REGION, OPEN_REGION
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred, geodesic_length
from zones.geodesy.segment_tree import nearest_segment, vertex_of
from zones.rule.rule import (
    COMMON,
    FISHERY,
    INTERNAL,
    ON_LAND,
    OUTSIDE,
    STATE,
    TERRITORIAL,
    VERTEX,
    Rule,
    decide,
    new_work,
    region_of,
)
from zones.words import OUTSIDE_DISTANCE_M, STATES

MIXED = 255
NOT_ON_EARTH = -2  # code for rows that are no position
_WEST, _SOUTH, _EAST, _NORTH = 46.4, 36.3, 55.2, 47.5
_CELLS_PER_DEGREE = 200
_BLOCK = 64
_STATE_COUNT = len(STATES)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Codes of the cells, ``zone * 6 + state + 1``, `MIXED` where the rule must be asked."""

    codes: Bytes  # shape (rows, columns); rows from south to north, columns from west to east


def make_cells(rule: Rule) -> Cells:
    """Certify all cells, whole blocks first."""
    shape = round((_NORTH - _SOUTH) * _CELLS_PER_DEGREE), round((_EAST - _WEST) * _CELLS_PER_DEGREE)
    codes = np.full(shape, MIXED, dtype=np.uint8)
    _certify_all(rule.arrays, codes)
    return Cells(read_only(codes))


@compiled
def _certify_all(rule, codes):
    rows, columns = codes.shape
    work = new_work()
    stack = np.empty((1024, 3), dtype=np.int64)
    for block_row in range(0, rows, _BLOCK):
        for block_column in range(0, columns, _BLOCK):
            depth = 1
            stack[0, 0], stack[0, 1], stack[0, 2] = block_row, block_column, _BLOCK
            while depth > 0:
                depth -= 1
                row, column, size = stack[depth, 0], stack[depth, 1], stack[depth, 2]
                if row >= rows or column >= columns:
                    continue
                code = _certify(rule, row, column, size, work)
                if code != MIXED:
                    for i in range(row, min(row + size, rows)):
                        for k in range(column, min(column + size, columns)):
                            codes[i, k] = code
                elif size > 1:
                    half = size // 2
                    for k in range(4):
                        stack[depth, 0] = row + half * (k // 2)
                        stack[depth, 1] = column + half * (k % 2)
                        stack[depth, 2] = half
                        depth += 1


@compiled
def _certify(rule, row, column, size, work):
    """Code that holds in a whole block of cells, or `MIXED`."""
    step = size / _CELLS_PER_DEGREE
    west = _WEST + column / _CELLS_PER_DEGREE
    south = _SOUTH + row / _CELLS_PER_DEGREE
    x, y, z = earth_centred(west + 0.5 * step, south + 0.5 * step)
    radius = 0.0
    for k in range(4):
        cx, cy, cz = earth_centred(west + step * (k // 2), south + step * (k % 2))
        radius = max(radius, geodesic_length(x, y, z, cx, cy, cz))
    radius = 1.001 * radius + 0.01
    tree, roots, reach_m = rule.tree, rule.tree.roots, rule.reach_m
    lengths, scratch = work.lengths, work.scratch
    region, found, _, nearest_m, boundary_m = region_of(rule.tree, rule.sides, x, y, z, scratch)
    if boundary_m <= radius:
        return MIXED
    if region != OPEN_REGION and region != LAND_REGION:
        return INTERNAL * 6 + rule.enclosed_states[region] + 1
    if region == LAND_REGION:
        if boundary_m - radius > OUTSIDE_DISTANCE_M:
            return OUTSIDE * 6
        if boundary_m + radius > OUTSIDE_DISTANCE_M:
            return MIXED
        owner = rule.sides.columns[found, STATE]
        for g in range(_STATE_COUNT):
            if g != owner:
                within = nearest_m + 2.0 * radius
                other, _, _ = nearest_segment(tree, roots[g], x, y, z, within, scratch)
                if other >= 0:
                    return MIXED
        return ON_LAND * 6 + owner + 1
    state = -1
    for g in range(_STATE_COUNT):
        other, _, length = nearest_segment(tree, roots[g], x, y, z, reach_m[g] + radius, scratch)
        lengths[g] = length if other >= 0 else math.inf
        if lengths[g] <= reach_m[g] - radius and (state < 0 or lengths[g] < lengths[state]):
            state = g
    if state < 0:
        for g in range(_STATE_COUNT):
            if lengths[g] < math.inf:
                return MIXED
        return COMMON * 6
    for g in range(_STATE_COUNT):
        if g != state and lengths[g] - lengths[state] <= 2.0 * radius:
            return MIXED
    if abs(lengths[state] - rule.breadth_m[state]) <= radius:
        return MIXED
    zone = TERRITORIAL if lengths[state] < rule.breadth_m[state] else FISHERY
    return zone * 6 + state + 1


def zones_of(rule: Rule, cells: Cells, lon: Floats, lat: Floats) -> tuple[Codes, Codes]:
    """Zone and State of many positions, by the cells made from a rule and otherwise by the rule. [deg]

    Codes are indices into `words.ANSWERS` and `words.STATES`, the State's -1 for none. Rows that are no
    position on the earth (not finite, out of range) are answered `NOT_ON_EARTH`.
    """
    found: tuple[Codes, Codes] = _zones_of(rule.arrays, cells.codes, *columns(lon, lat))
    return found


@compiled
def _zones_of(rule, codes, lon, lat):
    zones, states = np.empty(len(lon), dtype=np.int8), np.empty(len(lon), dtype=np.int8)
    work = new_work()
    scratch = work.scratch
    rows, columns = codes.shape
    even = True
    for g in range(1, _STATE_COUNT):
        even = even and rule.reach_m[g] == rule.reach_m[0]
    for i in range(len(lon)):
        column = (lon[i] - _WEST) * _CELLS_PER_DEGREE
        row = (lat[i] - _SOUTH) * _CELLS_PER_DEGREE
        if 0.0 <= column < columns and 0.0 <= row < rows:
            code = codes[int(row), int(column)]
            if code != MIXED:
                zones[i] = code // 6
                states[i] = int(code % 6) - 1  # a byte holds no -1
                continue
        elif not (abs(lon[i]) <= 180.0 and abs(lat[i]) <= 90.0):
            zones[i] = states[i] = NOT_ON_EARTH
            continue
        x, y, z = earth_centred(lon[i], lat[i])
        zone, state = NOT_ON_EARTH, -1
        if even:
            zone, state = _decide_alike(rule, x, y, z, scratch)
        if zone == NOT_ON_EARTH:
            zone, state, _, _, _ = decide(rule, x, y, z, work)
        zones[i] = zone
        states[i] = state
    return zones, states


@compiled(inlined=True)
def _decide_alike(rule, x, y, z, scratch):
    """Zone and State where all breadths are the same: the nearest baseline has the point.

    `NOT_ON_EARTH` where the nearest point is a terminus: it belongs to two States, and `decide`
    knows how they share.
    """
    region, found, t, length, boundary_m = region_of(rule.tree, rule.sides, x, y, z, scratch)
    vertex, nearest = vertex_of(rule.sides, found, t), rule.sides.columns[found, STATE]
    owner, breadth_m, reach_m = rule.enclosed_states[region], rule.breadth_m[0], rule.reach_m[0]
    zone, state = OUTSIDE, -1
    if region == LAND_REGION:
        if boundary_m <= OUTSIDE_DISTANCE_M:
            zone, state = ON_LAND, nearest
    elif region != OPEN_REGION:
        zone, state = INTERNAL, owner
    elif length > reach_m:
        zone = COMMON
    else:
        zone, state = TERRITORIAL if length <= breadth_m else FISHERY, nearest
    for w in range(len(rule.wedges)):
        if rule.wedges[w, VERTEX] == vertex:
            zone = NOT_ON_EARTH
    return zone, state
