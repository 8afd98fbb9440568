"""Legs between two positions: how long they are, and on which the answer may change.

Most legs lie in cells of the index in which one answer holds. Of those that do not, a short one is within
some distance of the point halfway, and the rule certifies from there that one answer holds so far. What is
left is cut exactly (`cutting`). Neither test samples: a leg is passed over only where the answer cannot
change, or where it is no longer than `march.RESOLUTION_M` and leads back to the same answer.
"""

from __future__ import annotations

import math

import numpy as np

from zones.arrays import Flags, Floats, Integers, numbers, read_only
from zones.cells.dividing import DIVIDED
from zones.cells.grid import COLUMNS, LEAVES, LEAVES_PER_DEGREE, ROWS, SOUTH, STATES_AND_NONE, WEST
from zones.cells.index import LabelArrays
from zones.cells.wholes import whole_sector, whole_zone
from zones.compiled import compiled
from zones.crossings.march import RESOLUTION_M
from zones.geodesy.ellipsoid import earth_centred, geodesic_length
from zones.geodesy.geodesics import WGS84
from zones.rule.rule import new_work

_RADIUS_M = 6_371_000.0
_EXACT_M = 100_000.0  # the core's own formula is exact to 0.001 mm up to here
_LONGEST_M = 200_000.0  # whose bend is small enough to look at cells
_FARTHEST_DEG = 80.0  # of latitude, likewise
_CERTIFIED_M = 5_000.0  # a longer leg is seldom certified from the point halfway
_MORE_DEG = 1e-7  # around what is looked at: 1 cm, more than all is rounded by
_MOST_LOOKS = 64
_MOST_BLOCKS = 16  # looked at at a time
_LEAF_DEG = 1.0 / LEAVES_PER_DEGREE
_EAST, _NORTH = COLUMNS * LEAVES, ROWS * LEAVES  # of the grid, in leaves


def lengths_of(lon: Floats, lat: Floats, legs: Integers) -> Floats:
    """Geodesic lengths of legs, each from the position of this number to the next. [deg] -> [m]"""
    length: Floats = _lengths(numbers(lon), numbers(lat), read_only(legs.view()))
    far = legs[length > _EXACT_M]
    if len(far):
        _, _, length[length > _EXACT_M] = WGS84.inv(lon[far], lat[far], lon[far + 1], lat[far + 1])
    return length


def may_change(
    ground: LabelArrays, lon: Floats, lat: Floats, codes: Integers, legs: Integers, length_m: Floats
) -> Flags:
    """Whether the answer may change on legs, as `lengths_of` has them. [deg, m]

    ``codes``: of every position, as `grid.label` makes them.
    """
    flags: Flags = _may_change(
        ground, numbers(lon), numbers(lat), read_only(codes.view()), read_only(legs.view()), numbers(length_m)
    )
    return flags


@compiled
def _lengths(lon, lat, legs):
    lengths = np.empty(len(legs))
    for k in range(len(legs)):
        i = legs[k]
        ax, ay, az = earth_centred(lon[i], lat[i])
        bx, by, bz = earth_centred(lon[i + 1], lat[i + 1])
        lengths[k] = geodesic_length(ax, ay, az, bx, by, bz)
    return lengths


@compiled
def _may_change(ground, lon, lat, codes, legs, length_m):
    flags = np.ones(len(legs), dtype=np.bool_)
    work, stack = new_work(), np.empty((2 * _MOST_LOOKS, 2))
    for k in range(len(legs)):
        i, length = legs[k], length_m[k]
        if codes[i] != codes[i + 1]:
            continue
        farthest = max(abs(lat[i]), abs(lat[i + 1]))
        if length <= RESOLUTION_M:
            flags[k] = False
        elif length <= _LONGEST_M and farthest <= _FARTHEST_DEG and abs(lon[i + 1] - lon[i]) < 180.0:
            ends = lon[i], lat[i], lon[i + 1], lat[i + 1]
            # A geodesic leaves the straight line in longitude and latitude by its second derivative times
            # the square of its length and an eighth.
            slope = math.tan(math.radians(farthest))
            bend = 1.05 * slope * (length / _RADIUS_M) ** 2 / 8.0
            north_deg = math.degrees(bend) + _MORE_DEG
            east_deg = math.degrees(bend * math.sqrt(1.0 + slope * slope)) + _MORE_DEG
            flags[k] = not _in_whole_cells(ground, ends, east_deg, north_deg, codes[i], stack)
            if flags[k] and length <= _CERTIFIED_M:
                radius = 0.501 * length + 2.0 * bend * _RADIUS_M + 0.01
                flags[k] = not _is_certified(ground, ends, radius, codes[i], work)
    return flags


@compiled
def _in_whole_cells(ground, ends, east_deg, north_deg, code, stack):
    """Whether all cells near the straight line between two positions have a code wholly."""
    x, y, dx, dy = ends[0], ends[1], ends[2] - ends[0], ends[3] - ends[1]
    span_deg = max(abs(dx), abs(dy))
    stack[0, 0], stack[0, 1] = 0.0, 1.0
    depth, looks = 1, 0
    while depth > 0:
        depth -= 1
        begin, end = stack[depth, 0], stack[depth, 1]
        xa, xb, ya, yb = x + begin * dx, x + end * dx, y + begin * dy, y + end * dy
        west, east = min(xa, xb) - east_deg, max(xa, xb) + east_deg
        south, north = min(ya, yb) - north_deg, max(ya, yb) + north_deg
        if _is_whole(ground, west, south, east, north, code):
            continue
        looks += 1
        if looks >= _MOST_LOOKS or (end - begin) * span_deg < 0.5 * _LEAF_DEG:
            return False
        half = 0.5 * (begin + end)
        stack[depth, 0], stack[depth, 1] = half, end
        stack[depth + 1, 0], stack[depth + 1, 1] = begin, half
        depth += 2
    return True


@compiled
def _is_whole(ground, west, south, east, north, code):
    """Whether all cells in a rectangle have a code wholly; False, too, where these are many. [deg]"""
    # in leaves of the grid
    left, right = (west - WEST) * LEAVES_PER_DEGREE, (east - WEST) * LEAVES_PER_DEGREE
    low, high = (south - SOUTH) * LEAVES_PER_DEGREE, (north - SOUTH) * LEAVES_PER_DEGREE
    if left < 0.0 or low < 0.0 or right >= _EAST or high >= _NORTH:
        if ground.beyond != code:
            return False
        if right < 0.0 or high < 0.0 or left >= _EAST or low >= _NORTH:
            return True
    first_column, last_column = int(max(left, 0.0)), int(min(right, _EAST - 1.0))
    first_row, last_row = int(max(low, 0.0)), int(min(high, _NORTH - 1.0))
    wide = last_column // LEAVES - first_column // LEAVES + 1
    if wide * (last_row // LEAVES - first_row // LEAVES + 1) > _MOST_BLOCKS:
        return False
    blocks, parts = ground.cells.blocks, ground.cells.parts
    for row in range(first_row // LEAVES, last_row // LEAVES + 1):
        for column in range(first_column // LEAVES, last_column // LEAVES + 1):
            block = blocks[row, column]
            if block >= 0 and block != code:
                return False
            if block >= 0:
                continue
            for i in range(max(first_row, row * LEAVES), min(last_row, row * LEAVES + LEAVES - 1) + 1):
                first = max(first_column, column * LEAVES)
                last = min(last_column, column * LEAVES + LEAVES - 1)
                for j in range(first, last + 1):
                    if parts[DIVIDED - block, i % LEAVES * LEAVES + j % LEAVES] != code:
                        return False
    return True


@compiled
def _is_certified(ground, ends, radius, code, work):
    """Whether a code holds within a radius of the point halfway between two positions. [m]"""
    x, y, z = earth_centred(0.5 * (ends[0] + ends[2]), 0.5 * (ends[1] + ends[3]))
    zone, region = whole_zone(ground.rule, x, y, z, radius, work)
    if zone != code // STATES_AND_NONE:
        return False
    if not ground.seabed[region]:
        return True
    return whole_sector(ground.sectors, x, y, z, radius, work.scratch) == code % STATES_AND_NONE - 1
