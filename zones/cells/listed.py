"""The nearest of the segments that are listed for a block, as the searches in their trees find them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats, Integers, read_only
from zones.cells.nearby import GROUPS, LONGEST_RUN, MOST_LISTED, run_of
from zones.compiled import compiled
from zones.geodesy.ellipsoid import geodesic_length
from zones.geodesy.segment_tree import SegmentTree, ends_of, foot_on_segment

POSITIONS = 64  # are listed for and then measured: what is done in a row the processor foresees better
_ROW = 16  # so many segments are looked at together
_MOST_ROWS = MOST_LISTED + LONGEST_RUN  # for each run may be of one segment
MOST_OF_ONE = GROUPS * _MOST_ROWS * _ROW  # segments that are listed for a position
# Straight distances are in the order of the geodesics where they differ by more than this: the curvature of
# the ellipsoid between the latitudes of the grid changes by 1.1 %, ends of segments lie 5 mm deep, and of 32
# bits coordinates are within 6 cm, what is computed from them within 40 cm [m].
_BEND = 1.1 * 0.011 / (24 * 6.35e6**2)
_DEPTH_M = 1.0
_ROUNDING = 1e-12  # more than that of squares of distances in 64 bits, of themselves
_ONE, _HALF, _BEYOND = np.float32(1.0), np.float32(0.5), np.float32(math.inf)


class Searched(NamedTuple):
    """The segments of several trees to look for the nearest among, one tree after another."""

    ends: Floats  # shape (n, 6), as in the trees [m]
    # shape (7, n + 16), of each its start from the middle of all and the way to its end [m], and one by the
    # square of its length [1/m2]
    ways: npt.NDArray[np.float32]
    middle: Floats  # shape (3,), [m]
    told: Integers  # shape (n,), what is told of each; where it and the point are the same, either will do


def searched(trees: Sequence[SegmentTree], told: Sequence[Integers]) -> Searched:
    """Lay out the segments of trees, with what is told of each."""
    ends = np.vstack([tree.ends for tree in trees])
    way = ends[:, 3:] - ends[:, :3]
    length2 = np.einsum("nk,nk->n", way, way)
    inverse = np.divide(1.0, length2, out=np.zeros(len(way)), where=length2 > 0.0)
    middle = 0.5 * (ends[:, :3].min(axis=0) + ends[:, :3].max(axis=0))
    ways = np.vstack([(ends[:, :3] - middle).T, way.T, inverse]).astype(np.float32)
    ways = np.pad(ways, ((0, 0), (0, _ROW)))
    return read_only(Searched(ends, ways, middle, np.concatenate(told).astype(np.int64)))


class Listed(NamedTuple):
    """The segments that may be nearest to some positions, and room to find them in; of one thread."""

    segments: Any  # of one position after another, by groups
    begins: Any  # shape (POSITIONS, GROUPS + 1), where the segments of each group begin, and the last end
    lengths2: Any  # shape (16 n,), squares of the straight distances to segments, in rows of sixteen
    bits: Any  # the same memory as whole numbers, which have the same order
    first: Any  # shape (n,), the number of the first segment of each row


class Nearest(NamedTuple):
    """What is nearest to a position of each group that was asked for; of one thread."""

    segment: Any  # shape (groups,)
    length_m: Any  # shape (groups,)
    foot: Any  # shape (groups, 3), the nearest point of the segment [m]


@compiled(inlined=True)
def new_listed():
    """Room for one thread."""
    lengths2 = np.empty(_MOST_ROWS * _ROW, dtype=np.float32)
    return Listed(
        np.empty(2 * MOST_OF_ONE, dtype=np.int32), np.empty((POSITIONS, GROUPS + 1), dtype=np.int64),
        lengths2, lengths2.view(np.int32), np.empty(_MOST_ROWS, dtype=np.int64),
    )  # fmt: skip


@compiled(inlined=True)
def new_nearest():
    """Room for one thread."""
    return Nearest(np.empty(GROUPS, dtype=np.int64), np.empty(GROUPS), np.empty((GROUPS, 3)))


@compiled(inlined=True)
def _straight2(ways, first, count, x, y, z, lengths2, at):
    """Squares of the straight distances to consecutive segments, in whole rows: inf beyond. [m2]

    Without a branch and by unsigned numbers, of which none counts from an array's end, so that the processor
    takes a row at once.
    """
    first, at = np.uint64(first), np.uint64(at)
    for begin in range(0, np.uint64(count), _ROW):
        for k in range(_ROW):
            s = first + np.uint64(begin + k)
            dx, dy, dz = ways[3, s], ways[4, s], ways[5, s]
            px, py, pz = x - ways[0, s], y - ways[1, s], z - ways[2, s]
            t = (px * dx + py * dy + pz * dz) * ways[6, s]
            t = _HALF * (abs(t) + t)  # at least 0
            t = _HALF * (t + _ONE - abs(t - _ONE))  # at most 1
            px, py, pz = px - t * dx, py - t * dy, pz - t * dz
            length2 = px * px + py * py + pz * pz
            lengths2[at + np.uint64(begin + k)] = length2 if begin + k < count else _BEYOND


@compiled(inlined=True)
def _list_rows(lengths2, bits, first, rows, segments, at):
    """List those segments of rows that are straight about as near as the nearest; where they end."""
    least = bits[0]
    for k in range(np.uint64(rows * _ROW)):
        least = min(least, bits[k])
    least2 = np.float64(np.int32(least).view(np.float32))
    within_m = math.sqrt(least2) * (1.0 + _BEND * least2) + _DEPTH_M
    within2, to = np.float32(within_m * within_m), np.uint64(at)
    for row in range(np.uint64(rows)):
        k0, s = row * np.uint64(_ROW), first[row]
        for k in range(_ROW):  # without a branch, which the processor could not foresee
            segments[to] = s + k
            to += np.uint64(lengths2[k0 + np.uint64(k)] <= within2)
    return np.int64(to)


@compiled(inlined=True)
def list_near(ways, middle, runs, w, end, asked, x, y, z, segments, begins, lengths2, bits, first, i, at):
    """List what may be nearest to the i-th of some positions, of the groups ``asked`` for (in bits), from the
    runs of its block; where that ends. [m]
    """
    px, py, pz = np.float32(x - middle[0]), np.float32(y - middle[1]), np.float32(z - middle[2])
    for group in range(GROUPS):
        begins[i, group], rows = at, np.int64(0)
        while w < end and run_of(runs[w])[0] == group:
            _, s, count = run_of(runs[w])
            if asked >> group & 1:
                _straight2(ways, s, count, px, py, pz, lengths2, rows * _ROW)
                for k in range(0, count, _ROW):
                    first[rows] = s + k
                    rows += 1
            w += 1
        if rows > 0:
            at = _list_rows(lengths2, bits, first, rows, segments, at)
    begins[i, GROUPS] = at
    return at


@compiled(inlined=True)
def _nearest_of(ends, told, x, y, z, segments, begin, end):
    """The nearest of segments listed: see `nearest_listed`.

    Geodesics are measured only where their order does not follow from that of the straight distances.
    """
    best, best_m, is_tie, best2, most2 = -1, math.nan, False, math.inf, math.inf
    best_x, best_y, best_z = 0.0, 0.0, 0.0
    for n in range(begin, end):
        s = segments[n]
        ax, ay, az, bx, by, bz = ends_of(ends, s)
        _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
        straight2 = (fx - x) ** 2 + (fy - y) ** 2 + (fz - z) ** 2
        if straight2 > most2:
            continue
        if fx == best_x and fy == best_y and fz == best_z:
            is_tie = is_tie or told[s] != told[best]
            continue
        farther2 = straight2 * (1.0 + 2.0 * _BEND * straight2 + _ROUNDING)
        length_m = math.nan
        if best2 <= farther2:
            best_m = geodesic_length(best_x, best_y, best_z, x, y, z) if math.isnan(best_m) else best_m
            length_m = geodesic_length(fx, fy, fz, x, y, z)
            is_tie = is_tie or length_m == best_m
            if length_m >= best_m:
                continue
        best, best_m, is_tie, best_x, best_y, best_z = s, length_m, False, fx, fy, fz
        best2, most2 = straight2, farther2
    best_m = geodesic_length(best_x, best_y, best_z, x, y, z) if math.isnan(best_m) else best_m
    return best, best_m, is_tie, best_x, best_y, best_z


@compiled(inlined=True)
def nearest_listed(ends, told, asked, x, y, z, segments, begins, i, segment, length_m, foot):
    """Put the nearest segments of the groups ``asked`` for (in bits), the geodesic distances and the points
    there into the arrays of `Nearest`, from what is listed for the i-th of some positions.

    Whether it is certain which they are: something is listed of each, and nothing is as near to the last bit
    that lies elsewhere or of which something else is told. [m]
    """
    is_certain = True
    for group in range(GROUPS):
        if asked >> group & 1:
            best, best_m, is_tie, fx, fy, fz = _nearest_of(
                ends, told, x, y, z, segments, begins[i, group], begins[i, group + 1]
            )
            segment[group], length_m[group] = best, best_m
            foot[group, 0], foot[group, 1], foot[group, 2] = fx, fy, fz
            is_certain = is_certain and best >= 0 and not is_tie
    return is_certain
