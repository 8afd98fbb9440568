"""Curves at an exact distance from baseline segments: points put on them, corners solved.

Points are earth-centred. Every point is put on its curve by moving along the direction away from
its foot until the geodesic distance is right to `_PLACED_M`; two or three moves are enough.
"""

from __future__ import annotations

import math

import numpy as np

from zones.compiled import compiled
from zones.geodesy.ellipsoid import geodesic_length, onto_surface, up
from zones.geodesy.nearest import nearest_in
from zones.geodesy.segment_tree import SCRATCH, foot_on
from zones.lines.growing import first_rows

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
def trace_ring(tree, groups, distance_m, step_m, sx, sy, sz, first_segment, limit):
    """Walk once around the line at a distance from the nearest of some groups' segments.

    The belt (what is nearer) stays on the left. Each vertex lies at the distance from its segment;
    where another segment becomes nearer, the corner at the distance from both is solved and made a
    vertex. With steps of h the chords leave the arcs by at most h^2 / (8 distance), and a belt
    hidden between two vertices reaches over the chord by no more than that.

    Returns
    -------
    points : ndarray, shape (n, 3)
        Open ring (the first is not repeated).
    segments : ndarray, shape (n, 2)
        The segments whose curves arrive at and leave each vertex; they differ at corners.
    closed : bool
        False where ``limit`` vertices were not enough.
    """
    size = 4096
    points = np.empty((size, 3))
    owners = np.empty((size, 2), dtype=np.int64)
    count = 1
    points[0, 0], points[0, 1], points[0, 2] = sx, sy, sz
    owners[0, 0] = owners[0, 1] = first_segment
    x, y, z = sx, sy, sz
    s = first_segment
    _, gx, gy, gz = away_from_foot(tree, s, x, y, z)
    ux, uy, uz = up(x, y, z)
    seed_tx, seed_ty, seed_tz = uy * gz - uz * gy, uz * gx - ux * gz, ux * gy - uy * gx
    scratch = np.empty(SCRATCH)
    stalled = 0
    while count < limit and stalled < 100:
        _, gx, gy, gz = away_from_foot(tree, s, x, y, z)
        ux, uy, uz = up(x, y, z)
        tx, ty, tz = uy * gz - uz * gy, uz * gx - ux * gz, ux * gy - uy * gx
        qx, qy, qz = place(tree, s, distance_m, x + step_m * tx, y + step_m * ty, z + step_m * tz)
        h = step_m
        cover, _, _ = nearest_in(tree, groups, qx, qy, qz, distance_m - COVERED_M, scratch)
        following = s
        while cover >= 0:
            following = cover
            # The covering segment's distance is not below the bound at the start of the step and
            # below it at h: halve until the corner is found.
            low, high = 0.0, h
            for _ in range(60):
                middle = 0.5 * (low + high)
                qx, qy, qz = place(tree, s, distance_m, x + middle * tx, y + middle * ty, z + middle * tz)
                length, _, _, _ = away_from_foot(tree, cover, qx, qy, qz)
                miss = length - distance_m
                if miss < -0.5 * COVERED_M:
                    high = middle
                else:
                    low = middle
                    if miss < 0.0 or high - low < 1e-9:
                        break
            h = low
            qx, qy, qz = place(tree, s, distance_m, x + h * tx, y + h * ty, z + h * tz)
            if h < 1e-7:
                break
            cover, _, _ = nearest_in(tree, groups, qx, qy, qz, distance_m - COVERED_M, scratch)
        vx, vy, vz = qx - x, qy - y, qz - z
        wx, wy, wz = sx - x, sy - y, sz - z
        length2 = vx * vx + vy * vy + vz * vz
        if length2 > 0.0 and count > 2:
            share = (wx * vx + wy * vy + wz * vz) / length2
            if 0.0 < share <= 1.0 and tx * seed_tx + ty * seed_ty + tz * seed_tz > 0.0:
                ex, ey, ez = wx - share * vx, wy - share * vy, wz - share * vz
                if ex * ex + ey * ey + ez * ez < 0.09:
                    return first_rows(points, count, count), first_rows(owners, count, count), True
        if count == size:
            size *= 2
            points = first_rows(points, count, size)
            owners = first_rows(owners, count, size)
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
    return first_rows(points, count, count), first_rows(owners, count, count), False
