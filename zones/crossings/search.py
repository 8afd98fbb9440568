"""Where a route comes near lines: segment trees searched along the plane of a piece of geodesic.

A piece of at most `PIECE_M` leaves the plane through its ends and the ellipsoid's normal halfway by
less than 1 cm, and a distance along its chord tells the one along the geodesic to 1 cm. So what lies
near it is found by two products a box or a segment, and a margin.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from zones.compiled import compiled
from zones.crossings.path import position
from zones.geodesy.ellipsoid import up
from zones.geodesy.segment_tree import children, ends_of

PIECE_M = 100_000.0
_RADIUS_M = 6371008.8
_STACK = 64
_LEAST_M = 1e-6  # what is left of a line behind this is passed over


class Piece(NamedTuple):
    """A piece of one edge of a path, and its plane.

    ``begin_m`` and ``end_m`` are distances along the path; ``n`` is the plane's unit normal and
    ``away_m`` its distance from the centre of the earth; ``u`` is the unit vector along the chord, and
    ``middle_m`` how far along it the chord's middle lies. [m]
    """

    begin_m: float
    end_m: float
    nx: float
    ny: float
    nz: float
    away_m: float
    ux: float
    uy: float
    uz: float
    middle_m: float


@compiled
def piece_from(along_m, edges, at_m):
    """The piece of a path that begins at a distance along it, up to the next vertex or `PIECE_M`. [m]"""
    edge, beyond = 0, len(edges)
    while beyond - edge > 1:
        middle = (edge + beyond) // 2
        if along_m[middle] <= at_m:
            edge = middle
        else:
            beyond = middle
    end_m = min(at_m + PIECE_M, along_m[edge + 1])
    ax, ay, az = position(along_m, edges, at_m)
    bx, by, bz = position(along_m, edges, end_m)
    mx, my, mz = 0.5 * (ax + bx), 0.5 * (ay + by), 0.5 * (az + bz)
    ux, uy, uz = bx - ax, by - ay, bz - az
    chord = math.sqrt(ux * ux + uy * uy + uz * uz)
    if chord == 0.0:  # shorter than earth-centred numbers can tell: no plane, and all is near
        return Piece(at_m, end_m, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ux, uy, uz = ux / chord, uy / chord, uz / chord
    vx, vy, vz = up(mx, my, mz)
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / size, ny / size, nz / size
    away_m = nx * mx + ny * my + nz * mz
    return Piece(at_m, end_m, nx, ny, nz, away_m, ux, uy, uz, ux * mx + uy * my + uz * mz)


@compiled
def next_near(tree, first_root, second_root, piece, at_m, margin_m, scratch):
    """The next stretch of a piece that lies within a margin of a line of one or two trees.

    Parameters
    ----------
    tree : SegmentTree
    first_root, second_root : int
        Of what is searched; -1 for none.
    piece : Piece
    at_m : float
        From here on. [m]
    margin_m : float
    scratch : ndarray
        As of `segment_tree.nearest_segment`.

    Returns
    -------
    begin_m, end_m : float
        Along the path; infinite where no line is near as far as the piece goes. [m]
    """
    half_m = 0.5 * (piece.begin_m + piece.end_m)
    if piece.nx == 0.0 and piece.ny == 0.0 and piece.nz == 0.0:
        return at_m, piece.end_m
    low = _RADIUS_M * math.sin((at_m - half_m) / _RADIUS_M)
    high = _RADIUS_M * math.sin((piece.end_m - half_m) / _RADIUS_M) + margin_m
    best, best_end = math.inf, math.inf
    depth = 0
    for root in (first_root, second_root):
        if root >= 0:
            scratch[depth] = root
            scratch[depth + _STACK] = _begin_in_box(tree.nodes, root, piece, low, high, margin_m)
            depth += 1
    while depth > 0:
        depth -= 1
        if scratch[depth + _STACK] >= best:
            continue
        node = int(scratch[depth])
        child, other = children(tree.nodes, node)
        if child >= 0:
            near = _begin_in_box(tree.nodes, child, piece, low, high, margin_m)
            far = _begin_in_box(tree.nodes, other, piece, low, high, margin_m)
            if far < near:
                child, other, near, far = other, child, far, near
            if far < best:
                scratch[depth], scratch[depth + _STACK] = other, far
                depth += 1
            if near < best:
                scratch[depth], scratch[depth + _STACK] = child, near
                depth += 1
            continue
        for s in range(-1 - child, -1 - child + other):
            ax, ay, az, bx, by, bz = ends_of(tree.ends, s)
            side_a, side_b = _beside(piece, ax, ay, az), _beside(piece, bx, by, bz)
            if min(side_a, side_b) > margin_m or max(side_a, side_b) < -margin_m:
                continue
            from_m, to_m = _along(piece, ax, ay, az), _along(piece, bx, by, bz)
            if abs(side_a) > margin_m or abs(side_b) > margin_m:  # only a part of the segment is near
                step, slope = side_b - side_a, to_m - from_m
                enter, leave = (-margin_m - side_a) / step, (margin_m - side_a) / step
                enter, leave = max(min(enter, leave), 0.0), min(max(enter, leave), 1.0)
                from_m, to_m = from_m + enter * slope, from_m + leave * slope
            begin, stop = min(from_m, to_m) - margin_m, max(from_m, to_m) + margin_m
            if stop > low + _LEAST_M and begin < best and begin <= high:
                best, best_end = max(begin, low), stop
    if best == math.inf:
        return best, best_end
    return (
        max(at_m, half_m + _RADIUS_M * math.asin(best / _RADIUS_M)),
        min(piece.end_m, half_m + _RADIUS_M * math.asin(min(best_end, high) / _RADIUS_M)),
    )


@compiled
def _beside(piece, x, y, z):
    """How far a point lies from the plane of a piece. [m]"""
    return piece.nx * x + piece.ny * y + piece.nz * z - piece.away_m


@compiled
def _along(piece, x, y, z):
    """How far along its chord a point lies, from the chord's middle. [m]"""
    return piece.ux * x + piece.uy * y + piece.uz * z - piece.middle_m


@compiled
def _begin_in_box(nodes, node, piece, low, high, margin_m):
    """Where along the chord a box begins that may hold a near line from ``low`` to ``high``, or infinity."""
    x, y, z = (
        0.5 * (nodes[node, 0] + nodes[node, 3]),
        0.5 * (nodes[node, 1] + nodes[node, 4]),
        0.5 * (nodes[node, 2] + nodes[node, 5]),
    )
    a, b, c = nodes[node, 3] - x, nodes[node, 4] - y, nodes[node, 5] - z
    if abs(_beside(piece, x, y, z)) > abs(piece.nx) * a + abs(piece.ny) * b + abs(piece.nz) * c + margin_m:
        return math.inf
    middle = _along(piece, x, y, z)
    reach = abs(piece.ux) * a + abs(piece.uy) * b + abs(piece.uz) * c + margin_m
    if middle + reach < low or middle - reach > high:
        return math.inf
    return max(middle - reach, low)
