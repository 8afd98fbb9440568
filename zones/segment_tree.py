"""Nearest baseline segment by geodesic distance: a tree of boxes over earth-centred segments.

The search is complete: a box is passed over only when even its nearest corner is farther, in a
straight line, than the best geodesic found, and a chord is never longer than its geodesic.

A segment is a geodesic of at most `MAXIMUM_SEGMENT_M`. Its chord sinks below the ellipsoid by up
to 5 mm; the foot is lifted back, so that the distance is that to the geodesic itself to better
than 0.01 mm. Together with `ellipsoid.geodesic_length`: error below 0.1 mm to 100 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zones.compiled import compiled
from zones.ellipsoid import geodesic_length, up
from zones.machine_code import FLOAT_ROWS, INTEGER, INTEGERS, Room, machine_code

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MAXIMUM_SEGMENT_M = 500.0
_LEAF_SEGMENTS = 4
_STACK = 64
SCRATCH = 2 * _STACK
_MEAN_RADIUS_M = 6371008.8
_BOX_MARGIN_M = 0.01  # more than the 5 mm by which a segment's chord sinks

TREE = (FLOAT_ROWS, FLOAT_ROWS, FLOAT_ROWS, INTEGERS, INTEGERS, INTEGERS)  # arrays and roots
SCRATCH_ROOM = Room("float64", (SCRATCH,))


@dataclass(frozen=True, slots=True)
class SegmentTree:
    """Several trees over one set of segments, one for each group (a State, or what is no baseline).

    Attributes
    ----------
    start, end : ndarray, shape (n, 3)
        Ends of the segments, earth-centred, ordered by tree leaf. [m]
    order : ndarray, shape (n,)
        Index of each of them in the arrays that the tree was made from.
    boxes : ndarray, shape (m, 6)
        Least and greatest x, y, z of each node. [m]
    left, right : ndarray, shape (m,)
        Children of a node; for a leaf the first segment (as -1 - first) and the count.
    roots : ndarray, shape (groups + 1,)
        Root node of each group, -1 for a group without segments; last the root over all the
        groups that are joined.
    """

    start: Floats
    end: Floats
    order: Integers
    boxes: Floats
    left: Integers
    right: Integers
    roots: Integers

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats, Integers, Integers]:
        """What the compiled searches take."""
        return self.start, self.end, self.boxes, self.left, self.right


def build(start: Floats, end: Floats, group: Integers, groups: int, joined: int) -> SegmentTree:
    """Tree over segments given by their ends.

    Parameters
    ----------
    start, end : ndarray, shape (n, 3)
        Earth-centred ends. [m]
    group : ndarray, shape (n,)
        Group of each segment, 0 to ``groups`` - 1.
    groups : int
    joined : int
        The first so many groups can also be searched as one.

    Returns
    -------
    SegmentTree
    """
    start, end = np.ascontiguousarray(start), np.ascontiguousarray(end)
    order = np.empty(len(start), dtype=np.int64)
    node_limit = 2 * (len(start) + groups)
    boxes = np.empty((node_limit, 6))
    left = np.zeros(node_limit, dtype=np.int64)
    right = np.zeros(node_limit, dtype=np.int64)
    roots = np.full(groups + 1, -1, dtype=np.int64)
    middle = 0.5 * (start + end)
    nodes = 0
    placed = 0
    for number in range(groups):
        members = np.flatnonzero(group == number)
        if len(members) == 0:
            continue
        order[placed : placed + len(members)] = members
        roots[number] = nodes
        nodes = _split(start, end, middle, order, placed, placed + len(members), boxes, left, right, nodes)
        placed += len(members)
    for root in roots[:joined]:
        if root < 0 or roots[groups] < 0:
            roots[groups] = max(root, roots[groups])
            continue
        left[nodes], right[nodes] = roots[groups], root
        boxes[nodes, :3] = np.minimum(boxes[left[nodes], :3], boxes[root, :3])
        boxes[nodes, 3:] = np.maximum(boxes[left[nodes], 3:], boxes[root, 3:])
        roots[groups] = nodes
        nodes += 1
    return SegmentTree(
        np.ascontiguousarray(start[order]),
        np.ascontiguousarray(end[order]),
        order,
        boxes[:nodes].copy(),
        left[:nodes].copy(),
        right[:nodes].copy(),
        roots,
    )


@machine_code(
    FLOAT_ROWS, FLOAT_ROWS, FLOAT_ROWS, INTEGERS, INTEGER, INTEGER, FLOAT_ROWS, INTEGERS, INTEGERS, INTEGER,
    Room("int64", (256, 3)),
    gives=(INTEGER,),
)  # fmt: skip
def _split(
    start: Floats,
    end: Floats,
    middle: Floats,
    order: Integers,
    first: int,
    last: int,
    boxes: Floats,
    left: Integers,
    right: Integers,
    nodes: int,
    stack: Integers,
) -> int:
    """Number of nodes after those of one group are added, halved along the longest side."""
    depth = 1  # of a stack of node, first, last
    stack[0, 0], stack[0, 1], stack[0, 2] = nodes, first, last
    nodes += 1
    while depth > 0:
        depth -= 1
        node, low, high = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        spread = -1.0
        axis = 0
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
            boxes[node, k] = box_low - _BOX_MARGIN_M
            boxes[node, 3 + k] = box_high + _BOX_MARGIN_M
            if middle_high - middle_low > spread:
                spread = middle_high - middle_low
                axis = k
        count = high - low
        if count <= _LEAF_SEGMENTS:
            left[node] = -1 - low
            right[node] = count
            continue
        half = low + count // 2
        _halve(middle, axis, order, low, high, half)
        left[node] = nodes
        right[node] = nodes + 1
        stack[depth, 0], stack[depth, 1], stack[depth, 2] = nodes, low, half
        stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = nodes + 1, half, high
        depth += 2
        nodes += 2
    return nodes


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


@compiled
def foot_on_segment(
    px: float,
    py: float,
    pz: float,
    ax: float,
    ay: float,
    az: float,
    bx: float,
    by: float,
    bz: float,
) -> tuple[float, float, float, float]:
    """Where on a segment the nearest point lies: its share of the length (0 to 1) and the foot.

    The ends are returned bit for bit, so that segments that share an end agree on it.
    """
    dx, dy, dz = bx - ax, by - ay, bz - az
    length2 = dx * dx + dy * dy + dz * dz
    along = (px - ax) * dx + (py - ay) * dy + (pz - az) * dz
    if along <= 0.0 or length2 == 0.0:
        return 0.0, ax, ay, az
    if along >= length2:
        return 1.0, bx, by, bz
    t = along / length2
    lift = 1.0 + t * (1.0 - t) * length2 / (2.0 * _MEAN_RADIUS_M * _MEAN_RADIUS_M)
    return t, (ax + t * dx) * lift, (ay + t * dy) * lift, (az + t * dz) * lift


@compiled
def box_distance2(boxes: Floats, node: int, px: float, py: float, pz: float) -> float:
    """Squared straight distance from a point to a node's box. [m2]"""
    dx = max(boxes[node, 0] - px, px - boxes[node, 3], 0.0)
    dy = max(boxes[node, 1] - py, py - boxes[node, 4], 0.0)
    dz = max(boxes[node, 2] - pz, pz - boxes[node, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@compiled
def nearest_segment(
    start: Floats,
    end: Floats,
    boxes: Floats,
    left: Integers,
    right: Integers,
    root: int,
    px: float,
    py: float,
    pz: float,
    bound_m: float,
    scratch: Floats,
) -> tuple[int, float, float]:
    """Nearest segment of one tree within a bound: its number, the share of its length, distance.

    The number is -1 and the distance ``bound_m`` where nothing is nearer than the bound. [m]
    ``scratch`` is an array of `SCRATCH` numbers to work in, of one thread.
    """
    best = -1
    best_t = 0.0
    best_m = bound_m
    if root < 0:
        return best, best_t, best_m
    depth = 0
    node = root
    if box_distance2(boxes, node, px, py, pz) >= best_m * best_m:
        return best, best_t, best_m
    while True:
        child = left[node]
        if child < 0:
            first = -1 - child
            for s in range(first, first + right[node]):
                t, fx, fy, fz = foot_on_segment(
                    px,
                    py,
                    pz,
                    start[s, 0],
                    start[s, 1],
                    start[s, 2],
                    end[s, 0],
                    end[s, 1],
                    end[s, 2],
                )
                chord2 = (px - fx) ** 2 + (py - fy) ** 2 + (pz - fz) ** 2
                if chord2 < best_m * best_m:
                    length = geodesic_length(fx, fy, fz, px, py, pz)
                    if length < best_m:
                        best, best_t, best_m = s, t, length
        else:
            other = right[node]
            near2 = box_distance2(boxes, child, px, py, pz)
            far2 = box_distance2(boxes, other, px, py, pz)
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


@compiled
def left_of(
    px: float,
    py: float,
    pz: float,
    ax: float,
    ay: float,
    az: float,
    bx: float,
    by: float,
    bz: float,
) -> float:
    """Positive where a point lies to the left of the line from a to b, negative to the right."""
    ux, uy, uz = up(ax, ay, az)
    dx, dy, dz = bx - ax, by - ay, bz - az
    qx, qy, qz = px - ax, py - ay, pz - az
    return ux * (dy * qz - dz * qy) + uy * (dz * qx - dx * qz) + uz * (dx * qy - dy * qx)
