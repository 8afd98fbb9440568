"""Routes of geodesic edges, laid out in pieces for compiled code, and where these come near lines.

On a piece of at most `PIECE_M` the position is a polynomial of the fourth degree through five points of
Karney's geodesic, which leaves it by less than a micrometre. The piece leaves the plane through its ends
and the ellipsoid's normal halfway by less than 1 cm, and a distance along its chord tells the one along
the geodesic to 1 cm. So what lies near it is found by two products a box or a segment, and a margin.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.compiled import compiled
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import WGS84, densify_geodesics
from zones.geodesy.segment_tree import children, ends_of

PIECE_M = 100_000.0
_SHORTEST_M = 1e-9
_BLOCK = 2000  # pieces laid out between two checkpoints
_NEAR_M = 0.15  # 0.1 m between a drawn line and the rule, 1 cm between a piece and its plane, and some more
_RADIUS_M = 6371008.8
_LEAST_M = 1e-3  # what is left of a line behind this is passed over
_SHARES = np.linspace(0.0, 1.0, 5)
_TERMS = np.linalg.inv(np.vander(_SHARES, increasing=True))  # of a polynomial, from its values at the shares


def no_checkpoint() -> None:
    """The checkpoint of who has all the time."""


class Pieces(NamedTuple):
    """The pieces of a path; in compiled functions ``path``."""

    ends_m: Floats  # shape (n + 1,); where each begins, and where the last one ends [m]
    terms: Floats  # shape (n, 5, 3); of the earth-centred position, by powers of the share of the piece [m]
    # plane, chord: shape (n, 4), unit vector across its plane and along its chord, and how far along it the
    # chord's middle lies [m]
    plane: Floats
    chord: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One part of a route."""

    lon_lat: Floats  # shape (n, 2), vertices [deg]
    along_m: Floats  # shape (n,); distance of each vertex from the first, along the route [m]
    azimuth_deg: Floats  # shape (n - 1,); of each edge, where it begins
    pieces: Pieces

    @property
    def length_m(self) -> float:
        """Sum of the edges' geodesic lengths. [m]"""
        return float(self.along_m[-1])

    def positions(self, along_m: Floats) -> Floats:
        """Longitude and latitude at distances along the route, shape (k, 2). [m] -> [deg]"""
        edge = (np.searchsorted(self.along_m, along_m, side="right") - 1).clip(0, len(self.azimuth_deg) - 1)
        from_m = along_m - self.along_m[edge]
        found = places(self.lon_lat[edge], self.azimuth_deg[edge], from_m)
        vertex = edge + (from_m > 0.0)
        exact = self.along_m[vertex] == along_m
        found[exact] = self.lon_lat[vertex[exact]]
        return found

    def between(self, start_m: float, end_m: float, piece_m: float) -> Floats:
        """The stretch between two distances along the route, in pieces of at most so much. [deg]"""
        inner = (self.along_m > start_m) & (self.along_m < end_m)
        ends = self.positions(np.array([start_m, end_m]))
        return densify_geodesics(np.vstack([ends[:1], self.lon_lat[inner], ends[1:]]), piece_m)


class Edges(NamedTuple):
    """Geodesic edges, each laid out in pieces."""

    azimuth_deg: Floats  # shape (n,); of each edge, where it begins
    length_m: Floats  # shape (n,)
    counts: Integers  # shape (n,); of the pieces of each edge
    begin_m: Floats  # shape (k,); where on its edge each piece begins [m]
    # terms, plane, chord: of the pieces, as `Pieces` has them
    terms: Floats
    plane: Floats
    chord: Floats


def make_path(lon_lat: Floats, checkpoint: Callable[[], None] = no_checkpoint) -> Path:
    """Lay a part of a route out for compiled code. Vertices in longitude and latitude, (n, 2). [deg]"""
    edges = lay_out_edges(lon_lat[:-1], lon_lat[1:], checkpoint)
    along = np.concatenate([[0.0], np.cumsum(edges.length_m)])
    ends_m = np.append(np.repeat(along[:-1], edges.counts) + edges.begin_m, along[-1])
    pieces = Pieces(ends_m, edges.terms, edges.plane, edges.chord)
    return Path(lon_lat, read_only(along), edges.azimuth_deg, read_only(pieces))


def lay_out_edges(start: Floats, end: Floats, checkpoint: Callable[[], None] = no_checkpoint) -> Edges:
    """Lay geodesics from places to others out in pieces, rows of longitude and latitude, (n, 2). [deg]"""
    azimuth, _, length = map(np.asarray, WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1]))
    counts = np.maximum(1, np.ceil(length / PIECE_M).astype(np.int64))
    edge = np.repeat(np.arange(len(counts)), counts)
    begin_m = (np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)) * (length / counts)[edge]
    blocks = []
    for first in range(0, len(edge), _BLOCK):
        checkpoint()
        block = edge[first : first + _BLOCK]
        from_m = begin_m[first : first + _BLOCK, None] + (length / counts)[block, None] * _SHARES
        blocks.append(_lay_out(start[block], azimuth[block], from_m))
    return Edges(azimuth, length, counts, begin_m, *map(np.concatenate, zip(*blocks, strict=True)))


def _lay_out(start: Floats, azimuth_deg: Floats, from_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Terms, planes and chords of pieces, by where their edges begin and five distances on these. [deg, m]"""
    five = np.repeat(np.arange(len(start)), len(_SHARES))
    laid = places(start[five], azimuth_deg[five], from_m.ravel())
    points = to_earth_centred(laid).reshape(-1, len(_SHARES), 3)
    begin, end = points[:, 0], points[:, -1]
    lon, lat = np.radians(laid[len(_SHARES) // 2 :: len(_SHARES)]).T
    up = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    axes = []
    for vectors in (np.cross(end - begin, up), end - begin):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        axes.append(np.column_stack([unit, (unit * (begin + end) / 2.0).sum(axis=1)]))
    return _TERMS @ points, axes[0], axes[1]


def places(lon_lat: Floats, azimuth_deg: Floats, length_m: Floats) -> Floats:
    """Where geodesics lead from places. [deg, m] -> [deg]"""
    lon, lat, _ = WGS84.fwd(lon_lat[:, 0], lon_lat[:, 1], azimuth_deg, length_m)
    return np.column_stack([lon, lat])


@compiled
def piece_at(ends_m, at_m):
    """Number of the piece that a distance along a path is on; of two the second. [m]"""
    return min(np.searchsorted(ends_m, at_m, side="right"), len(ends_m) - 1) - 1


@compiled
def position(path, at_m):
    """The earth-centred point at a distance along a path. [m]"""
    piece = piece_at(path.ends_m, at_m)
    begin_m = path.ends_m[piece]
    share = (at_m - begin_m) / max(path.ends_m[piece + 1] - begin_m, _SHORTEST_M)
    x, y, z = 0.0, 0.0, 0.0
    for power in range(4, -1, -1):
        x = x * share + path.terms[piece, power, 0]
        y = y * share + path.terms[piece, power, 1]
        z = z * share + path.terms[piece, power, 2]
    return x, y, z


@compiled
def next_near(path, piece, tree, root, begin_m, end_m, scratch):
    """The next stretch of a piece that is near a line of a tree, between two distances along the path.

    Returns where it begins and ends, or where the search ends twice. [m] ``scratch`` is an array as
    `segment_tree.nearest_segment` has it.
    """
    half_m = 0.5 * (path.ends_m[piece] + path.ends_m[piece + 1])
    plane, chord = path.plane[piece], path.chord[piece]
    low = _RADIUS_M * math.sin((begin_m - half_m) / _RADIUS_M)
    high = _RADIUS_M * math.sin((end_m - half_m) / _RADIUS_M)
    stop = -math.inf
    depth = 0
    if root >= 0:
        scratch[0] = root
        depth = 1
    while depth > 0:
        depth -= 1
        node = int(scratch[depth])
        least, greatest = _span(plane, tree.nodes, node)
        if least > _NEAR_M or greatest < -_NEAR_M:
            continue
        least, greatest = _span(chord, tree.nodes, node)
        if least - _NEAR_M > high or greatest + _NEAR_M < low:
            continue
        child, other = children(tree.nodes, node)
        if child >= 0:
            scratch[depth], scratch[depth + 1] = other, child
            depth += 2
            continue
        for s in range(-1 - child, -1 - child + other):
            ax, ay, az, bx, by, bz = ends_of(tree.ends, s)
            side_a, side_b = _along(plane, ax, ay, az), _along(plane, bx, by, bz)
            if min(side_a, side_b) > _NEAR_M or max(side_a, side_b) < -_NEAR_M:
                continue
            from_m, to_m = _along(chord, ax, ay, az), _along(chord, bx, by, bz)
            if abs(side_a) > _NEAR_M or abs(side_b) > _NEAR_M:  # only a part of the segment is near
                step, slope = side_b - side_a, to_m - from_m
                enter, leave = (-_NEAR_M - side_a) / step, (_NEAR_M - side_a) / step
                enter, leave = max(min(enter, leave), 0.0), min(max(enter, leave), 1.0)
                from_m, to_m = from_m + enter * slope, from_m + leave * slope
            first, last = min(from_m, to_m) - _NEAR_M, max(from_m, to_m) + _NEAR_M
            if last > low + _LEAST_M and first < high:
                high, stop = max(first, low), last
    if stop == -math.inf:
        return end_m, end_m
    return (
        max(begin_m, half_m + _RADIUS_M * math.asin(high / _RADIUS_M)),
        min(path.ends_m[piece + 1], half_m + _RADIUS_M * math.asin(stop / _RADIUS_M)),
    )


@compiled
def _along(axis, x, y, z):
    """How far along a unit vector a point lies, from the middle of the chord. [m]"""
    return axis[0] * x + axis[1] * y + axis[2] * z - axis[3]


@compiled
def _span(axis, nodes, node):
    """The least and the greatest `_along` of the points of a box. [m]"""
    least = greatest = -axis[3]
    for k in range(3):
        one, other = axis[k] * nodes[node, k], axis[k] * nodes[node, 3 + k]
        least, greatest = least + min(one, other), greatest + max(one, other)
    return least, greatest
