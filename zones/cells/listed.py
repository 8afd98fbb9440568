"""The nearest of the segments that are listed for a block, as the search in their tree finds it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.cells.nearby import LONGEST_RUN, MOST_LISTED, run_of
from zones.compiled import compiled
from zones.geodesy.ellipsoid import geodesic_length
from zones.geodesy.segment_tree import SegmentTree, ends_of, foot_on_segment

ROOM = MOST_LISTED + LONGEST_RUN  # numbers to work in
# Straight distances are in the order of the geodesics where they differ by more than this: the curvature of
# the ellipsoid between the latitudes of the grid changes by 1.1 %, and ends of segments lie 5 mm deep [m].
_BEND = 1.1 * 0.011 / (24 * 6.35e6**2)
_DEPTH_M = 0.02


class Searched(NamedTuple):
    """The segments of several trees to look for the nearest among, one tree after another."""

    ends: Floats  # shape (n, 6), as in the trees [m]
    # shape (7, n), of each its start and the way to its end [m], and one by the square of its length [1/m2]
    ways: Floats
    told: Integers  # shape (n,), what is told of each; where it is the same, either of two as near will do


def searched(trees: Sequence[SegmentTree], told: Sequence[Integers]) -> Searched:
    """Lay out the segments of trees, with what is told of each."""
    ends = np.vstack([tree.ends for tree in trees])
    way = ends[:, 3:] - ends[:, :3]
    length2 = np.einsum("nk,nk->n", way, way)
    inverse = np.divide(1.0, length2, out=np.zeros(len(way)), where=length2 > 0.0)
    ways = np.vstack([ends[:, :3].T, way.T, inverse])
    return read_only(Searched(ends, ways, np.concatenate(told).astype(np.int64)))


@compiled(inlined=True)
def _straight2(ways, first, count, x, y, z, lengths2, at):
    """Squares of the straight distances to a run of segments, to some millimetres. [m2]

    Without a branch, so that the processor can take several at once.
    """
    for k in range(count):
        s = first + k
        dx, dy, dz = ways[3, s], ways[4, s], ways[5, s]
        px, py, pz = x - ways[0, s], y - ways[1, s], z - ways[2, s]
        t = (px * dx + py * dy + pz * dz) * ways[6, s]
        t = 0.5 * (abs(t) + t)  # at least 0
        t = 0.5 * (t + 1.0 - abs(t - 1.0))  # at most 1
        px, py, pz = px - t * dx, py - t * dy, pz - t * dz
        lengths2[at + k] = px * px + py * py + pz * pz


@compiled(inlined=True)
def nearest_listed(ends, ways, told, runs, begin, end, group, x, y, z, room):
    """Nearest segment of a group that is listed for a block, and the geodesic distance; and whether another
    is as near to the last bit of which something else is told. -1 for the segment where none is listed. [m]
    """
    count = 0
    for w in range(begin, end):
        named, first, length = run_of(runs[w])
        if named == group:
            _straight2(ways, first, length, x, y, z, room, count)
            count += length
    least2 = math.inf
    for k in range(count):
        least2 = min(least2, room[k])
    within_m = math.sqrt(least2) * (1.0 + _BEND * least2) + _DEPTH_M
    within2 = within_m * within_m
    best, best_m, is_tie, at = -1, math.inf, False, 0
    for w in range(begin, end):
        named, first, length = run_of(runs[w])
        if named != group:
            continue
        for k in range(length):
            if room[at + k] <= within2:
                s = first + k
                ax, ay, az, bx, by, bz = ends_of(ends, s)
                _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
                length_m = geodesic_length(fx, fy, fz, x, y, z)
                if length_m < best_m:
                    best, best_m, is_tie = s, length_m, False
                elif length_m == best_m:
                    is_tie = is_tie or told[s] != told[best]
        at += length
    return best, best_m, is_tie
