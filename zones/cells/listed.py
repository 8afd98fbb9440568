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

_AT_ONCE, _ROW = 16, 8  # so many segments are looked at together; of so many the least is kept
_MOST_ROWS = (MOST_LISTED + LONGEST_RUN) * (_AT_ONCE // _ROW)  # for each run may be of one segment
# Straight distances are in the order of the geodesics where they differ by more than this: the curvature of
# the ellipsoid between the latitudes of the grid changes by 1.1 %, ends of segments lie 5 mm deep, and of 32
# bits coordinates are within 6 cm, what is computed from them within 40 cm [m].
_BEND = 1.1 * 0.011 / (24 * 6.35e6**2)
_DEPTH_M = 1.0
_ROUNDING = 1e-12  # more than that of squares of distances in 64 bits, of themselves
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


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
    ways = np.pad(ways, ((0, 0), (0, _AT_ONCE)))
    return read_only(Searched(ends, ways, middle, np.concatenate(told).astype(np.int64)))


class Nearest(NamedTuple):
    """What is nearest of each group that was asked for, and room to find it in; of one thread."""

    segment: Any  # shape (groups,), -1 for none
    length_m: Any  # shape (groups,)
    foot: Any  # shape (groups, 3), the nearest point of the segment [m]
    lengths2: Any  # shape (8 n,), squares of the straight distances to segments, in rows of eight
    least2: Any  # shape (n,), the least of each row
    first: Any  # shape (n,), the number of the first segment of each row


@compiled(inlined=True)
def new_nearest():
    """Room for one thread."""
    return Nearest(
        np.empty(GROUPS, dtype=np.int64), np.empty(GROUPS), np.empty((GROUPS, 3)),
        np.empty(_MOST_ROWS * _ROW, dtype=np.float32), np.empty(_MOST_ROWS, dtype=np.float32),
        np.empty(_MOST_ROWS, dtype=np.int64),
    )  # fmt: skip


@compiled(inlined=True)
def _straight2(ways, first, count, x, y, z, lengths2, at):
    """Squares of the straight distances to consecutive segments. [m2]

    Without a branch and by unsigned numbers, of which none counts from an array's end, so that the processor
    takes several at once.
    """
    first, at = np.uint64(first), np.uint64(at)
    for k in range(np.uint64(count)):
        s = first + k
        dx, dy, dz = ways[3, s], ways[4, s], ways[5, s]
        px, py, pz = x - ways[0, s], y - ways[1, s], z - ways[2, s]
        t = (px * dx + py * dy + pz * dz) * ways[6, s]
        t = _HALF * (abs(t) + t)  # at least 0
        t = _HALF * (t + _ONE - abs(t - _ONE))  # at most 1
        px, py, pz = px - t * dx, py - t * dy, pz - t * dz
        lengths2[at + k] = px * px + py * py + pz * pz


@compiled(inlined=True)
def _look_along(ways, first, count, x, y, z, lengths2, least2, firsts, row):
    """Squares of the straight distances to a run of segments, from a row on; the next row, and the least."""
    rounded = (count + _AT_ONCE - 1) // _AT_ONCE * _AT_ONCE
    at = row * _ROW
    _straight2(ways, first, rounded, x, y, z, lengths2, at)
    for k in range(at + count, at + rounded):  # beyond the run
        lengths2[k] = math.inf
    run2 = np.float32(math.inf)
    for r in range(rounded // _ROW):
        k = at + r * _ROW
        row2 = min(
            min(min(lengths2[k], lengths2[k + 1]), min(lengths2[k + 2], lengths2[k + 3])),
            min(min(lengths2[k + 4], lengths2[k + 5]), min(lengths2[k + 6], lengths2[k + 7])),
        )
        least2[row + r], firsts[row + r] = row2, first + r * _ROW
        run2 = min(run2, row2)
    return row + rounded // _ROW, run2


@compiled(inlined=True)
def _nearest_of_rows(ends, told, x, y, z, lengths2, least2, firsts, rows, within2):
    """Nearest segment among those of rows that are straight as near as ``within2``: see `nearest_listed`.

    The geodesic is measured only to a foot that is not straight so much farther than the nearest before it
    that the geodesic is longer, too.
    """
    best, best_m, is_tie, most2 = -1, math.inf, False, math.inf
    best_x, best_y, best_z = 0.0, 0.0, 0.0
    for row in range(rows):
        if least2[row] > within2:
            continue
        for k in range(_ROW):
            if lengths2[row * _ROW + k] <= within2:
                s = firsts[row] + k
                ax, ay, az, bx, by, bz = ends_of(ends, s)
                _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
                straight2 = (fx - x) ** 2 + (fy - y) ** 2 + (fz - z) ** 2
                if straight2 > most2:
                    continue
                length_m = geodesic_length(fx, fy, fz, x, y, z)
                if length_m < best_m:
                    best, best_m, is_tie, best_x, best_y, best_z = s, length_m, False, fx, fy, fz
                    most2 = straight2 * (1.0 + 2.0 * _BEND * straight2 + _ROUNDING)
                elif length_m == best_m:
                    is_other = fx != best_x or fy != best_y or fz != best_z or told[s] != told[best]
                    is_tie = is_tie or is_other
    return best, best_m, is_tie, best_x, best_y, best_z


@compiled(inlined=True)
def nearest_listed(
    ends, ways, middle, told, runs, begin, end, asked, x, y, z,
    segment, length_m, foot, lengths2, least2, firsts,
):  # fmt: skip
    """Put the nearest segments of groups that are listed for a block, the geodesic distances and the points
    there into the arrays of `Nearest`.

    Whether it is certain of all groups ``asked`` for (in bits) which it is: something is listed, and nothing
    is as near to the last bit that lies elsewhere or of which something else is told. [m]
    """
    px, py, pz = np.float32(x - middle[0]), np.float32(y - middle[1]), np.float32(z - middle[2])
    is_certain, w = True, begin
    for g in range(GROUPS):
        segment[g] = -1
    while w < end:
        group, rows, group2 = run_of(runs[w])[0], np.int64(0), math.inf
        while w < end:
            named, first, count = run_of(runs[w])
            if named != group:
                break
            if asked >> group & 1:
                rows, run2 = _look_along(ways, first, count, px, py, pz, lengths2, least2, firsts, rows)
                group2 = min(group2, run2)
            w += 1
        if rows > 0:
            within_m = math.sqrt(group2) * (1.0 + _BEND * group2) + _DEPTH_M
            best, best_m, is_tie, fx, fy, fz = _nearest_of_rows(
                ends, told, x, y, z, lengths2, least2, firsts, rows, within_m * within_m
            )
            segment[group], length_m[group] = best, best_m
            foot[group, 0], foot[group, 1], foot[group, 2] = fx, fy, fz
            is_certain = is_certain and not is_tie
            asked &= ~(1 << group)
    return is_certain and asked == 0
