"""Curves at an exact distance from baseline segments: points put on them, corners solved.

Points are earth-centred. Every point is put on its curve by moving along the direction away from
its foot until the geodesic distance is right to `_PLACED_M`; two or three moves are enough.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zones.arrays import Integers
from zones.compiled import compiled
from zones.geodesy.ellipsoid import geodesic_length, onto_surface, up
from zones.geodesy.nearest import nearest_in
from zones.geodesy.segment_tree import SCRATCH, SegmentTree, foot_on

COVERED_M = 5e-7  # nearer than the breadth by more than this: covered by another segment's belt
_PLACED_M = 2e-8


@compiled
def away_from_foot(tree, s, x, y, z):
    """Distance to a segment and the horizontal unit vector away from its foot."""
    _, fx, fy, fz = foot_on(tree, s, x, y, z)
    length = geodesic_length(fx, fy, fz, x, y, z)
    ux, uy, uz = up(x, y, z)
    gx, gy, gz = x - fx, y - fy, z - fz
    rise = gx * ux + gy * uy + gz * uz
    gx, gy, gz = gx - rise * ux, gy - rise * uy, gz - rise * uz
    size = math.sqrt(gx * gx + gy * gy + gz * gz)
    if size > 0.0:
        gx, gy, gz = gx / size, gy / size, gz / size
    return length, gx, gy, gz


@compiled
def place(tree, s, distance_m, x, y, z):
    """The point moved to a given distance from a segment, along the direction away from its foot."""
    for _ in range(8):
        length, gx, gy, gz = away_from_foot(tree, s, x, y, z)
        miss = distance_m - length
        x, y, z = onto_surface(x + miss * gx, y + miss * gy, z + miss * gz)
        if abs(miss) < _PLACED_M:
            break
    return x, y, z


@compiled
def doubled(table):
    """A table in a new one of twice as many rows, as plain loops: numpy's take seconds to compile."""
    new = np.empty((2 * len(table), table.shape[1]), dtype=table.dtype)
    for i in range(len(table)):
        for k in range(table.shape[1]):
            new[i, k] = table[i, k]
    return new


class Belt(NamedTuple):
    """What is nearer than a distance to any segment of some groups of a tree. [m]"""

    tree: SegmentTree
    groups: Integers
    distance_m: float


@compiled
def _along(belt, s, x, y, z):
    """Unit vector along a segment's curve, the belt on its left."""
    _, gx, gy, gz = away_from_foot(belt.tree, s, x, y, z)
    ux, uy, uz = up(x, y, z)
    return uy * gz - uz * gy, uz * gx - ux * gz, ux * gy - uy * gx


@compiled
def covering(belt, x, y, z, scratch):
    """A segment whose belt covers a point, -1 for none."""
    found, _, _ = nearest_in(belt.tree, belt.groups, x, y, z, belt.distance_m - COVERED_M, scratch)
    return found


@compiled
def _to_corner(belt, s, cover, h, x, y, z, tx, ty, tz):
    """How far along a step another segment's belt does not cover yet, by halving.

    The covering segment's distance is not below the bound at the start of the step and below it at its end.
    """
    low, high = 0.0, h
    for _ in range(60):
        middle = 0.5 * (low + high)
        qx, qy, qz = place(belt.tree, s, belt.distance_m, x + middle * tx, y + middle * ty, z + middle * tz)
        length, _, _, _ = away_from_foot(belt.tree, cover, qx, qy, qz)
        miss = length - belt.distance_m
        if miss < -0.5 * COVERED_M:
            high = middle
        else:
            low = middle
            if miss < 0.0 or high - low < 1e-9:
                break
    return low


@compiled
def passes(x, y, z, qx, qy, qz, px, py, pz, within_m):
    """Whether a step from one point to another passes a third one."""
    vx, vy, vz = qx - x, qy - y, qz - z
    wx, wy, wz = px - x, py - y, pz - z
    length2 = vx * vx + vy * vy + vz * vz
    if length2 == 0.0:
        return False
    share = (wx * vx + wy * vy + wz * vz) / length2
    ex, ey, ez = wx - share * vx, wy - share * vy, wz - share * vz
    return 0.0 < share <= 1.0 and ex * ex + ey * ey + ez * ez < within_m * within_m


@compiled
def trace_ring(belt, step_m, sx, sy, sz, first_segment, limit):
    """Walk once around the line at a distance from the nearest of some groups' segments.

    The belt stays on the left. Each vertex lies at the distance from its segment; where another
    segment becomes nearer, the corner at the distance from both is solved and made a vertex. With
    steps of h the chords leave the arcs by at most h^2 / (8 distance), and a belt hidden between two
    vertices reaches over the chord by no more than that.

    Returns the vertices, shape (m, 3), the first not repeated; the segments whose curves arrive at and leave
    each, shape (m, 2); how many rows are filled; and False where ``limit`` vertices were not enough.
    """
    points, owners = np.empty((4096, 3)), np.empty((4096, 2), dtype=np.int64)
    scratch = np.empty(SCRATCH)
    count, stalled = 1, 0
    points[0, 0], points[0, 1], points[0, 2] = sx, sy, sz
    owners[0, 0] = owners[0, 1] = first_segment
    x, y, z = sx, sy, sz
    s = first_segment
    first_tx, first_ty, first_tz = _along(belt, s, x, y, z)
    while count < limit and stalled < 100:
        tx, ty, tz = _along(belt, s, x, y, z)
        h = step_m
        following = s
        qx, qy, qz = place(belt.tree, s, belt.distance_m, x + h * tx, y + h * ty, z + h * tz)
        cover = covering(belt, qx, qy, qz, scratch)
        while cover >= 0:
            following = cover
            h = _to_corner(belt, s, cover, h, x, y, z, tx, ty, tz)
            qx, qy, qz = place(belt.tree, s, belt.distance_m, x + h * tx, y + h * ty, z + h * tz)
            if h < 1e-7:
                break
            cover = covering(belt, qx, qy, qz, scratch)
        same_way = tx * first_tx + ty * first_ty + tz * first_tz > 0.0
        if count > 2 and same_way and passes(x, y, z, qx, qy, qz, sx, sy, sz, 0.3):
            return points, owners, count, True
        if count == len(points):
            points, owners = doubled(points), doubled(owners)
        if h >= 1e-7:
            points[count, 0], points[count, 1], points[count, 2] = qx, qy, qz
            owners[count, 0], owners[count, 1] = s, following
            count += 1
            x, y, z = qx, qy, qz
            stalled = 0
        else:
            owners[count - 1, 1] = following
            stalled += 1
        s = following
    return points, owners, count, False
