"""Nearest baseline segment by geodesic distance: a tree of boxes over earth-centred segments.

The search is complete: a box is passed over only when even its nearest corner is farther, in a
straight line, than the best geodesic found, and a chord is never longer than its geodesic.

A segment is a geodesic of at most `MAXIMUM_SEGMENT_M`. Its chord sinks below the ellipsoid by up
to 5 mm; the foot is lifted back, so that the distance is that to the geodesic itself to better
than 0.01 mm. Together with `ellipsoid.geodesic_length`: error below 0.1 mm to 100 km.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, points, read_only
from zones.compiled import compiled
from zones.geodesy.ellipsoid import geodesic_length, up

MAXIMUM_SEGMENT_M = 500.0
_LEAF_SEGMENTS = 4
_STACK = 64
SCRATCH = 2 * _STACK
_MEAN_RADIUS_M = 6371008.8
_BOX_MARGIN_M = 0.01  # more than the 5 mm by which a segment's chord sinks
_FIRST_CHILD, _OTHER_CHILD = 6, 7  # columns of nodes, after the box


class SegmentTree(NamedTuple):
    """Several trees over one set of segments, one for each group (a State, or what is no baseline).

    It has few arrays, for a call of compiled code takes time for each.
    """

    ends: Floats  # shape (n, 6); start and end of the segments, earth-centred, ordered by tree leaf [m]
    nodes: Floats  # shape (m, 8); least and greatest x, y, z of each node [m], and what `children` gives
    # shape (groups + 1,); root node of each group, -1 for a group without segments; last the root over all
    # the groups that are joined
    roots: Integers

    @property
    def start(self) -> Floats:
        """Where each segment begins, shape (n, 3). [m]"""
        return self.ends[:, :3]

    @property
    def end(self) -> Floats:
        """Where each segment ends, shape (n, 3). [m]"""
        return self.ends[:, 3:]


def build(
    start: Floats, end: Floats, group: Integers, groups: int, joined: int
) -> tuple[SegmentTree, Integers]:
    """Tree over segments given by their earth-centred ends, and the number of each of its segments there.

    Each has a group, 0 to ``groups`` - 1; the first ``joined`` groups can also be searched as one. [m]
    """
    start, end, middle = points(start), points(end), 0.5 * (start + end)
    order = np.empty(len(start), dtype=np.int64)
    node_limit = 2 * (len(start) + groups)
    nodes = np.zeros((node_limit, 8))
    roots = np.full(groups + 1, -1, dtype=np.int64)
    count = 0
    placed = 0
    for number in range(groups):
        members = np.flatnonzero(group == number)
        if len(members) == 0:
            continue
        order[placed : placed + len(members)] = members
        roots[number] = count
        count = _split(start, end, middle, order, placed, placed + len(members), nodes, count)
        placed += len(members)
    for root in roots[:joined]:
        if root < 0 or roots[groups] < 0:
            roots[groups] = max(root, roots[groups])
            continue
        first, other = nodes[roots[groups]], nodes[root]
        nodes[count, :3] = np.minimum(first[:3], other[:3])
        nodes[count, 3:6] = np.maximum(first[3:6], other[3:6])
        nodes[count, 6:] = roots[groups], root
        roots[groups] = count
        count += 1
    ends = np.hstack([start[order], end[order]])
    return read_only(SegmentTree(ends, nodes[:count].copy(), roots)), order


@compiled
def _split(start, end, middle, order, first, last, nodes, count):
    """Number of nodes after those of one group are added, halved along the longest side."""
    stack = np.empty((256, 3), dtype=np.int64)  # node, first, last
    depth = 1
    stack[0, 0], stack[0, 1], stack[0, 2] = count, first, last
    count += 1
    while depth > 0:
        depth -= 1
        node, low, high = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        spread = -1.0
        axis: Any = np.int64(0)  # typed: a literal would have the function it is given to compiled once more
        for k in range(3):
            box_low = math.inf
            box_high = -math.inf
            middle_low = math.inf
            middle_high = -math.inf
            for i in range(low, high):
                s = order[i]
                a, b, m = start[s, k], end[s, k], middle[s, k]
                box_low = min(box_low, a, b)
                box_high = max(box_high, a, b)
                middle_low = min(middle_low, m)
                middle_high = max(middle_high, m)
            nodes[node, k] = box_low - _BOX_MARGIN_M
            nodes[node, 3 + k] = box_high + _BOX_MARGIN_M
            if middle_high - middle_low > spread:
                spread = middle_high - middle_low
                axis = k
        if high - low <= _LEAF_SEGMENTS:
            nodes[node, _FIRST_CHILD], nodes[node, _OTHER_CHILD] = -1 - low, high - low
            continue
        half = low + (high - low) // 2
        _halve(middle, axis, order, low, high, half)
        nodes[node, _FIRST_CHILD], nodes[node, _OTHER_CHILD] = count, count + 1
        stack[depth, 0], stack[depth, 1], stack[depth, 2] = count, low, half
        stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = count + 1, half, high
        depth += 2
        count += 2
    return count


@compiled
def _halve(middle: Floats, axis: int, order: Integers, low: int, high: int, half: int) -> None:
    """Reorder so that what lies before ``half`` is not beyond what lies after it (Hoare's select)."""
    last = high - 1
    while low < last:
        pivot = middle[order[(low + last) // 2], axis]
        i, j = low, last
        while i <= j:
            while middle[order[i], axis] < pivot:
                i += 1
            while middle[order[j], axis] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if half <= j:
            last = j
        elif half >= i:
            low = i
        else:
            return


@compiled(inlined=True)
def foot_on_segment(x, y, z, ax, ay, az, bx, by, bz):
    """Where on the segment from a to b the nearest point lies: its share of the length (0 to 1), the foot.

    The ends are returned bit for bit, so that segments that share an end agree on it.
    """
    dx, dy, dz = bx - ax, by - ay, bz - az
    length2 = dx * dx + dy * dy + dz * dz
    along = (x - ax) * dx + (y - ay) * dy + (z - az) * dz
    if along <= 0.0 or length2 == 0.0:
        return 0.0, ax, ay, az
    if along >= length2:
        return 1.0, bx, by, bz
    t = along / length2
    lift = 1.0 + t * (1.0 - t) * length2 / (2.0 * _MEAN_RADIUS_M * _MEAN_RADIUS_M)
    return t, (ax + t * dx) * lift, (ay + t * dy) * lift, (az + t * dz) * lift


@compiled(inlined=True)
def ends_of(ends, s):
    """Both ends of a segment given by its number in the order of the tree: ax, ay, az, bx, by, bz. [m]"""
    return ends[s, 0], ends[s, 1], ends[s, 2], ends[s, 3], ends[s, 4], ends[s, 5]


@compiled(inlined=True)
def foot_on(tree, s, x, y, z):
    """`foot_on_segment` of a segment given by its number in the order of the tree."""
    ax, ay, az, bx, by, bz = ends_of(tree.ends, s)
    return foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)


@compiled(inlined=True)
def bound_by(ends, s, x, y, z):
    """A little more than the distance to a segment, for a search to start from; ``inf`` for none (-1). [m]

    The nearest segment of a position near by is the best guess. What is found stays the same to the last
    bit: the bound passes boxes over, and none that has the nearest segment or one as near.
    """
    bound_m = math.inf
    if s >= 0:
        ax, ay, az, bx, by, bz = ends_of(ends, s)
        _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
        bound_m = geodesic_length(fx, fy, fz, x, y, z) * (1.0 + 1e-9) + 1e-6
    return bound_m


@compiled(inlined=True)
def children(nodes, node):
    """Both children of a node; of a leaf the first segment, as -1 - its number, and how many there are."""
    return int(nodes[node, _FIRST_CHILD]), int(nodes[node, _OTHER_CHILD])


@compiled(inlined=True)
def box_distance2(nodes, node, x, y, z):
    """Squared straight distance from a point to a node's box. [m2]"""
    dx = max(nodes[node, 0] - x, x - nodes[node, 3], 0.0)
    dy = max(nodes[node, 1] - y, y - nodes[node, 4], 0.0)
    dz = max(nodes[node, 2] - z, z - nodes[node, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@compiled(inlined=True)
def nearest_segment(tree, root, x, y, z, bound_m, scratch):
    """Nearest segment below one node within a bound: its number, the share of its length, distance.

    The number is -1 and the distance ``bound_m`` where nothing is nearer than the bound. [m]
    ``scratch`` is an array of `SCRATCH` numbers to work in, of one thread.
    """
    return nearest_below(tree.ends, tree.nodes, root, x, y, z, bound_m, scratch)


@compiled(inlined=True)
def nearest_below(ends, nodes, root, x, y, z, bound_m, scratch):
    """`nearest_segment` of a tree whose arrays were taken out of it once for several searches."""
    best = -1
    best_t = 0.0
    best_m = bound_m
    if root < 0:
        return best, best_t, best_m
    depth = 0
    node = root
    if box_distance2(nodes, node, x, y, z) >= best_m * best_m:
        return best, best_t, best_m
    while True:
        child, other = children(nodes, node)
        if child < 0:
            for s in range(-1 - child, -1 - child + other):
                ax, ay, az, bx, by, bz = ends_of(ends, s)
                t, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
                chord2 = (x - fx) * (x - fx) + (y - fy) * (y - fy) + (z - fz) * (z - fz)
                if chord2 < best_m * best_m:
                    length = geodesic_length(fx, fy, fz, x, y, z)
                    if length < best_m:
                        best, best_t, best_m = s, t, length
        else:
            near2 = box_distance2(nodes, child, x, y, z)
            far2 = box_distance2(nodes, other, x, y, z)
            if far2 < near2:
                child, other = other, child
                near2, far2 = far2, near2
            if near2 < best_m * best_m:
                if far2 < best_m * best_m:
                    scratch[depth] = other
                    scratch[depth + _STACK] = far2
                    depth += 1
                node = child
                continue
        while depth > 0:
            depth -= 1
            if scratch[depth + _STACK] < best_m * best_m:
                node = int(scratch[depth])
                break
        else:
            return best, best_t, best_m


@compiled(inlined=True)
def left_of(x, y, z, ax, ay, az, bx, by, bz):
    """Positive where a point lies to the left of the line from a to b, negative to the right."""
    ux, uy, uz = up(ax, ay, az)
    dx, dy, dz = bx - ax, by - ay, bz - az
    qx, qy, qz = x - ax, y - ay, z - az
    return ux * (dy * qz - dz * qy) + uy * (dz * qx - dx * qz) + uz * (dx * qy - dy * qx)


class Sides(NamedTuple):
    """What lies on either side of the segments of a tree, in its order."""

    # shape (n, 4), by `LEFT` and `RIGHT` the code of what lies there, by `START_VERTEX` and `END_VERTEX` the
    # numbers of the ends, which segments that meet share; from `MORE` on what else an owner says of each
    columns: Integers
    # incident_first, incident: segments that meet in vertex v:
    # ``incident[incident_first[v] : incident_first[v + 1]]``
    incident_first: Integers
    incident: Integers

    @property
    def left(self) -> Integers:
        """Codes of what lies left of each segment."""
        return self.columns[:, LEFT]

    @property
    def right(self) -> Integers:
        """Codes of what lies right of each segment."""
        return self.columns[:, RIGHT]

    @property
    def start_vertex(self) -> Integers:
        """Number of the vertex where each segment begins."""
        return self.columns[:, START_VERTEX]


LEFT, RIGHT, START_VERTEX, END_VERTEX, MORE = range(5)


@compiled(inlined=True)
def vertex_of(sides, s, t):
    """Number of the vertex at a share of a segment's length, -1 between its ends."""
    start, end = sides.columns[s, START_VERTEX], sides.columns[s, END_VERTEX]
    return start if t <= 0.0 else end if t >= 1.0 else -1


@compiled(inlined=True)
def incident_range(sides, vertex):
    """Where in ``sides.incident`` the segments of a vertex are; an empty range for none (-1)."""
    first, last = sides.incident_first[vertex], sides.incident_first[vertex + 1]
    return first, last if vertex >= 0 else first


@compiled(inlined=True)
def region_beside(tree, sides, segment, t, x, y, z):
    """What a point is in, told by the side of its nearest segment; ``t`` says where on it the foot lies."""
    vertex = vertex_of(sides, segment, t)
    first, last = incident_range(sides, vertex)
    ends, columns, incident = tree.ends, sides.columns, sides.incident
    ax, ay, az, bx, by, bz = ends_of(ends, segment)
    left, right = columns[segment, LEFT], columns[segment, RIGHT]
    region = left if vertex >= 0 or left_of(x, y, z, ax, ay, az, bx, by, bz) >= 0.0 else right
    # At a vertex: the segment met first when turning right from the point has it on its left.
    vx, vy, vz = (ax, ay, az) if t <= 0.0 else (bx, by, bz)
    ux, uy, uz = up(vx, vy, vz)
    px, py, pz = x - vx, y - vy, z - vz
    least = math.inf
    for k in range(first, last):
        s = incident[k]
        ax, ay, az, bx, by, bz = ends_of(ends, s)
        left, right = columns[s, LEFT], columns[s, RIGHT]
        outgoing = columns[s, START_VERTEX] == vertex
        wx, wy, wz = (bx - vx, by - vy, bz - vz) if outgoing else (ax - vx, ay - vy, az - vz)
        cross = ux * (wy * pz - wz * py) + uy * (wz * px - wx * pz) + uz * (wx * py - wy * px)
        wu = wx * ux + wy * uy + wz * uz
        pu = px * ux + py * uy + pz * uz
        dot = wx * px + wy * py + wz * pz - wu * pu
        angle = math.atan2(cross, dot)
        if angle < 0.0:
            angle += 2.0 * math.pi
        if angle < least:
            least = angle
            region = left if outgoing else right
    return region
