"""Nearest segments of many points at once."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats, Integers, read_only
from zones.arrays import points as rows_of_points
from zones.compiled import compiled
from zones.geodesy.segment_tree import SCRATCH, SegmentTree, box_distance2, nearest_segment


def nearest_of_groups(
    tree: SegmentTree, points: Floats, groups: Integers, bound_m: float = math.inf
) -> tuple[Floats, Integers, Floats]:
    """The nearest segment of each of some groups to each earth-centred point, within a bound. [m]

    Returns geodesic distances (``inf`` for none), segments in the order of the tree (-1 for none), and where
    on them the feet lie, 0 to 1; each of shape (points, groups).

    Raises `ValueError`: rows are no points, or there is no such group.
    """
    found: tuple[Floats, Integers, Floats] = _of_groups(
        tree, rows_of_points(points), _numbered(tree, groups), float(bound_m)
    )
    return found


def _numbered(tree: SegmentTree, groups: npt.ArrayLike) -> Integers:
    made = np.array(groups, dtype=np.int64)
    if np.any((made < 0) | (made >= len(tree.roots))):
        raise ValueError(f"groups are numbered from 0 to {len(tree.roots) - 1}")
    return read_only(made)


@compiled
def _of_groups(tree, points, groups, bound_m):
    scratch = np.empty(SCRATCH)
    shape = (len(points), len(groups))
    lengths, segments, shares = np.empty(shape), np.empty(shape, dtype=np.int64), np.empty(shape)
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        for g in range(len(groups)):
            found, t, length = nearest_segment(tree, tree.roots[groups[g]], x, y, z, bound_m, scratch)
            segments[i, g] = found
            shares[i, g] = t
            lengths[i, g] = length if found >= 0 else math.inf
    return lengths, segments, shares


@compiled
def nearest_in(tree, groups, x, y, z, bound_m, scratch):
    """Nearest segment of several groups for one point, the group with the nearest box first."""
    if len(groups) == 1:
        return nearest_segment(tree, tree.roots[groups[0]], x, y, z, bound_m, scratch)
    best, best_t, best_m = -1, 0.0, bound_m
    first = -1
    first_gap = math.inf
    for g in range(len(groups)):
        root = tree.roots[groups[g]]
        if root >= 0:
            gap = box_distance2(tree.nodes, root, x, y, z)
            if gap < first_gap:
                first, first_gap = g, gap
    if first < 0:
        return best, best_t, best_m
    for k in range(-1, len(groups)):
        g = first if k < 0 else k
        if k == first:
            continue
        found, t, length = nearest_segment(tree, tree.roots[groups[g]], x, y, z, best_m, scratch)
        if found >= 0:
            best, best_t, best_m = found, t, length
    return best, best_t, best_m
