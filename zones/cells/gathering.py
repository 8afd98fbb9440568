"""What may be nearest to some position of a block, found in the trees and laid into its plane."""

from __future__ import annotations

import math

import numpy as np

from zones.baseline.baseline import ALL, LAND_REGION, OPEN_REGION, REST
from zones.cells.grid import onto_plane
from zones.cells.nodes import SECTOR_LINE
from zones.compiled import compiled
from zones.geodesy.segment_tree import box_distance2, children, ends_of, foot_on_segment, nearest_segment
from zones.words import STATES

_STATE_COUNT = len(STATES)
_STACK = 128
_MORE_M = 1.0  # taken in beyond what is needed


@compiled
def gather(rule, sectors, frame, region, radius, near, scratch):
    """Fill a block's segments; how many there are. `region` is that of the block, or -1. [m]

    Whatever is nearest to a position within the radius is no farther from the middle than the nearest
    segment there is, and twice the radius.
    """
    x, y, z = frame.x, frame.y, frame.z
    tree = rule.tree
    count = np.int64(0)  # typed: a literal would have the function it is given to compiled once more
    _, _, nearest_m = nearest_segment(tree, tree.roots[ALL], x, y, z, math.inf, scratch)
    for g in range(REST + 1):
        bound_m = 0.0
        if g < _STATE_COUNT and region != LAND_REGION:
            bound_m = rule.reach_m[g] + radius
        if g < _STATE_COUNT and region != OPEN_REGION:
            bound_m = max(bound_m, nearest_m + 2.0 * radius)
        if g == REST and region != OPEN_REGION:
            bound_m = nearest_m + 2.0 * radius
        bound_m += _MORE_M
        found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, bound_m, scratch)
        if found >= 0:
            within_m = min(bound_m, length + 2.0 * radius + _MORE_M)
            count = gather_from(tree, tree.roots[g], g, frame, within_m, near, count, False)
    root = sectors.tree.roots[-1]
    found, _, length = nearest_segment(sectors.tree, root, x, y, z, radius + _MORE_M, scratch)
    if found >= 0:
        within_m = length + 2.0 * radius + _MORE_M
        count = gather_from(sectors.tree, root, np.int64(SECTOR_LINE), frame, within_m, near, count, False)
    return count


@compiled
def gather_from(tree, root, group, frame, within_m, near, count, ascending):
    """Add the segments below a node of a tree that are within a distance; `ascending`: by their numbers."""
    x, y, z = frame.x, frame.y, frame.z
    stack = np.empty(_STACK, dtype=np.int64)
    stack[0], depth = root, 1
    while depth > 0:
        depth -= 1
        node = stack[depth]
        if box_distance2(tree.nodes, node, x, y, z) > within_m * within_m:
            continue
        child, other = children(tree.nodes, node)
        if child >= 0:
            first, second = (other, child) if ascending else (child, other)  # the last is taken first
            stack[depth], stack[depth + 1] = first, second
            depth += 2
            continue
        for s in range(-1 - child, -1 - child + other):
            ax, ay, az, bx, by, bz = ends_of(tree.ends, s)
            _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
            if (x - fx) ** 2 + (y - fy) ** 2 + (z - fz) ** 2 <= within_m * within_m:
                near.ends[count, 0], near.ends[count, 1] = onto_plane(frame, ax, ay, az)
                near.ends[count, 2], near.ends[count, 3] = onto_plane(frame, bx, by, bz)
                near.segment[count], near.group[count] = s, group
                count += 1
    return count
