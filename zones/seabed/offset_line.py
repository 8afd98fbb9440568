"""A line of equidistance brought through two given points that are not quite equidistant.

Along the geodesic between the two points the difference of the distances to the two baselines is
let go evenly from what it is at the one point to what it is at the other; every point of the line
has the difference of the place of the geodesic that it is abeam of. Where both points are
equidistant this is the equidistance line itself.
"""

from __future__ import annotations

import math

import numpy as np

from zones.arrays import Floats, Integers
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import geodesic_length, onto_surface, to_earth_centred, to_lon_lat, up
from zones.geodesy.segment_tree import SCRATCH, nearest_segment
from zones.lines.growing import first_numbers, first_rows
from zones.rule.rule import Rule
from zones.words import STATES

_CHORD_M = 0.04
_LONGEST_M = 450.0
_SHORTEST_M = 0.02


def trace_offset_line(
    rule: Rule, left_state: str, right_state: str, begin: Floats, end: Floats
) -> tuple[Floats, Integers, Integers, Floats, Floats]:
    """The line between two points. [deg]

    Returns
    -------
    lon_lat : ndarray, shape (n, 2)
        From the one point to the other, both bit for bit. [deg]
    left_segments, right_segments : ndarray, shape (n, 2)
        Baseline segments of the base points; before and after a vertex where they change.
    distance_m : ndarray, shape (n,)
        Distance to the left State's baseline. [m]
    difference_m : ndarray, shape (n,)
        That less the distance to the right State's. [m]

    Raises
    ------
    ZonesError
        The line does not run beside the geodesic between the two points.
    """
    p, q = to_earth_centred(begin), to_earth_centred(end)
    left, right = STATES.index(left_state), STATES.index(right_state)
    shares, points, segments, distances, differences, good = _trace(rule.baseline.tree, left, right, p, q)
    if not good:
        raise ZonesError(f"no line {left_state}-{right_state} runs beside the geodesic between its ends")
    order = np.argsort(shares, kind="stable")
    points, segments = points[order], segments[order]
    lon_lat = to_lon_lat(points)
    lon_lat[0], lon_lat[-1] = begin, end
    before = np.vstack([segments[:1], segments[:-1]])
    return (
        lon_lat,
        np.column_stack([before[:, 0], segments[:, 0]]),
        np.column_stack([before[:, 1], segments[:, 1]]),
        distances[order],
        differences[order],
    )


@compiled
def _trace(tree, left, right, p, q):
    """Vertices by share of the way, halved until chords leave the line by less than `_CHORD_M`."""
    scratch = np.empty(SCRATCH)
    first = _difference(tree, left, right, p[0], p[1], p[2], scratch)
    last = _difference(tree, left, right, q[0], q[1], q[2], scratch)
    span = geodesic_length(p[0], p[1], p[2], q[0], q[1], q[2])
    size = 200_000
    shares = np.empty(size)
    points = np.empty((size, 3))
    segments = np.empty((size, 2), dtype=np.int64)
    distances = np.empty(size)
    differences = np.empty(size)
    pieces = int(span / _LONGEST_M) + 1
    # Typed: a literal would have the function that it is given to compiled once more.
    count = np.int64(0)
    between = np.bool_(False)
    good = True
    for k in range(pieces + 1):
        u = k / pieces
        ok = _abeam(tree, left, right, p, q, first, last, u, k == 0, k == pieces, count,
                    shares, points, segments, distances, differences, scratch)  # fmt: skip
        good = good and ok
        count += 1
    todo = np.empty((size, 2), dtype=np.int64)
    waiting = 0
    for k in range(pieces):
        todo[waiting, 0], todo[waiting, 1] = k, k + 1
        waiting += 1
    while waiting > 0 and good and count < size - 1 and waiting < size - 2:
        waiting -= 1
        i, j = todo[waiting, 0], todo[waiting, 1]
        dx, dy, dz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        if length <= _SHORTEST_M:
            continue
        worst = 0.0
        same = segments[i, 0] == segments[j, 0] and segments[i, 1] == segments[j, 1]
        for m in range(1, 10):
            t = m / 10.0 + 0.013 * math.sin(5.0 * m)
            x, y, z = onto_surface(points[i, 0] + t * dx, points[i, 1] + t * dy, points[i, 2] + t * dz)
            u = shares[i] + t * (shares[j] - shares[i])
            wanted = first + u * (last - first)
            worst = max(worst, abs(_difference(tree, left, right, x, y, z, scratch) - wanted))
        if worst <= _CHORD_M and (same or length <= _LONGEST_M):
            continue
        ok = _abeam(tree, left, right, p, q, first, last, 0.5 * (shares[i] + shares[j]), between, between,
                    count, shares, points, segments, distances, differences, scratch)  # fmt: skip
        good = good and ok
        todo[waiting, 0], todo[waiting, 1] = i, count
        todo[waiting + 1, 0], todo[waiting + 1, 1] = count, j
        waiting += 2
        count += 1
    good = good and waiting == 0
    return (
        first_numbers(shares, count, count), first_rows(points, count, count),
        first_rows(segments, count, count), first_numbers(distances, count, count),
        first_numbers(differences, count, count), good,
    )  # fmt: skip


@compiled
def _difference(tree, left, right, x, y, z, scratch):
    _, _, a = nearest_segment(tree, tree.roots[left], x, y, z, math.inf, scratch)
    _, _, b = nearest_segment(tree, tree.roots[right], x, y, z, math.inf, scratch)
    return a - b


@compiled
def _abeam(tree, left, right, p, q, first, last, u, at_first, at_last, number,
           shares, points, segments, distances, differences, scratch):  # fmt: skip
    """Put the point abeam of a share of the way onto the line; False where it is not found."""
    x, y, z = onto_surface(p[0] + u * (q[0] - p[0]), p[1] + u * (q[1] - p[1]), p[2] + u * (q[2] - p[2]))
    ux, uy, uz = up(x, y, z)
    dx, dy, dz = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    vx, vy, vz = uy * dz - uz * dy, uz * dx - ux * dz, ux * dy - uy * dx  # to the left
    size = math.sqrt(vx * vx + vy * vy + vz * vz)
    vx, vy, vz = vx / size, vy / size, vz / size
    wanted = first + u * (last - first)
    bx, by, bz = x, y, z
    if not at_first and not at_last:
        # To the left the distance to the left State falls: the difference falls with the offset.
        low, high = -60_000.0, 60_000.0
        for _ in range(100):
            middle = 0.5 * (low + high)
            x, y, z = onto_surface(bx + middle * vx, by + middle * vy, bz + middle * vz)
            miss = _difference(tree, left, right, x, y, z, scratch) - wanted
            if miss > 0.0:
                low = middle
            else:
                high = middle
            if high - low < 1e-7:
                break
        if low == -60_000.0 or high == 60_000.0:
            return False
    a, _, da = nearest_segment(tree, tree.roots[left], x, y, z, math.inf, scratch)
    b, _, db = nearest_segment(tree, tree.roots[right], x, y, z, math.inf, scratch)
    shares[number] = u
    points[number, 0], points[number, 1], points[number, 2] = x, y, z
    segments[number, 0], segments[number, 1] = a, b
    distances[number] = da
    differences[number] = da - db
    return True
