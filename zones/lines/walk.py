"""The compiled walk along a line where the distances to two States' baselines are equal.

Three kinds of lines are walked alike, and differ in how the two distances are compared (`_distance`,
`_asked`): the plain line of equidistance; one with effects, by blended distances; and one between two
given points, along which the difference of the distances goes evenly from what it is at the one to
what it is at the other.

A step goes along the line and is corrected across it by Newton's method (`settled`). Where another
base point takes over, the step is cut short there by halving; so turning points and tripoints are
vertices. A chord that leaves the line is halved.

At a terminus that is the nearest point of both States, the line is the bisector of the water angle
until another base point of either State is as near (rule of `zones.rule.rule`).

Bounds: vertices equal to `EQUAL_M`; along the chords the distances differ by less than
`CHORD_GAP_M` and the chord leaves the line by less than `CHORD_M`, judged at 15 points of each chord.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import geodesic_length, onto_surface, to_lon_lat, up
from zones.geodesy.segment_tree import SCRATCH, SegmentTree, foot_on, nearest_segment
from zones.lines.layers import blended
from zones.lines.tracing import away_from_foot, doubled, passes
from zones.rule.rule import RuleArrays, side_of_wedge
from zones.words import STATES

EQUAL_M = 1e-5
CHORD_GAP_M = 0.05
CHORD_M = 0.08
_CHORD_GAP_BETWEEN_M = 0.038
_LONGEST_CHORD_M = 500.0
_SHORTEST_CHORD_M = 0.02
_EVENT_M = 5e-7
_TIE_M = 1e-6
_LEFT_M = 2.0  # farther than this a line has left the vertex where it began
_VERTICES = 50_000  # ten times those of the longest line between real shores

FROM_TERMINUS, FROM_POINT, BLENDED, BETWEEN_POINTS = range(4)
AT_TERMINUS, AT_TRIPOINT, AT_END, _STOPPED = range(4)

_STATE_COUNT = len(STATES)
_NO_RAY = read_only(np.zeros(6))
_NOWHERE = read_only(np.zeros(3))
_FIRST_LAYERS = read_only(np.arange(_STATE_COUNT + 1))
_FULL_WEIGHTS = read_only(np.ones(_STATE_COUNT))


class Course(NamedTuple):
    """What line is walked; the first State lies on its left."""

    # tree, first, weights: as `Layers` has them; but for lines with effects each State has one layer
    tree: SegmentTree
    first: Integers
    weights: Floats
    # wedges, wedge_states: as `RuleArrays` has them
    wedges: Floats
    wedge_states: Integers
    kind: int  # ``FROM_TERMINUS``, ``FROM_POINT`` (plain lines), ``BLENDED`` or ``BETWEEN_POINTS``
    # left, right: States
    left: int
    right: int
    thirds: Integers  # the States that end the line where they are as near
    ray: Floats  # shape (6,); terminus and bisector, where the line begins at one
    # begin, end: shape (3,); where it begins, and where it ends if it comes by: a closed line ends where it
    # began [m]
    begin: Floats
    end: Floats
    # shape (3,); the way from the beginning, times this, is its share of the way between given points [1/m]
    along: Floats
    # first_m, change_m: what the distance to the left State is to exceed the other by at the first of two
    # given points, and how much more at the other [m]
    first_m: float
    change_m: float


class Walked(NamedTuple):
    """A line as walked: vertices with their distance to the left State, shape (n, 4). [m]

    ``segments``, shape (n, 4), are those of the base points before (left, right) and after each vertex,
    -1 for lines with effects. It ends ``AT_TERMINUS``, ``AT_END`` or ``AT_TRIPOINT``: there ``third``
    is the third State, ``third_segment`` that of its base point.
    """

    vertices: Floats
    segments: Integers
    ending: int
    third: int
    third_segment: int


class Place(NamedTuple):
    """A point, its distance to the left State, and by how much the difference of both is not as asked."""

    x: float
    y: float
    z: float
    distance_m: float
    gap_m: float


class Step(NamedTuple):
    """Where a step begins, its direction, the base points; how far along a bisector it is, -1 on none."""

    x: float
    y: float
    z: float
    tx: float
    ty: float
    tz: float
    a: int
    b: int
    ray_m: float


def plain_course(rule: RuleArrays, states: Sequence[int], begin: Floats, ray: Floats | None = None) -> Course:
    """The line of equidistance from a terminus, given with its bisector, or from another point of it."""
    begin, (left, right) = read_only(begin), states
    thirds = np.array([state for state in range(_STATE_COUNT) if state not in states], dtype=np.int64)
    return Course(
        rule.tree, _FIRST_LAYERS, _FULL_WEIGHTS, rule.wedges, rule.wedge_states,
        FROM_POINT if ray is None else FROM_TERMINUS, left, right, read_only(thirds),
        _NO_RAY if ray is None else ray, begin, begin, _NOWHERE, 0.0, 0.0,
    )  # fmt: skip


def walk(course: Course, a: int = -1, b: int = -1) -> Walked:
    """Walk a line from its beginning, with its base points' segments or the nearest ones (-1).

    Raises `ZonesError`: the line does not end.
    """
    vertices, segments, count, *ending = _walk(course, a, b, _VERTICES)
    if ending[0] == _STOPPED:
        pair = f"{STATES[course.left]}-{STATES[course.right]}"
        raise ZonesError(f"the line {pair} does not end near {to_lon_lat(vertices[count - 1, :3])}")
    return Walked(vertices[:count].copy(), segments[:count].copy(), *ending)


@compiled
def _asked(course, x, y, z):
    """By how much the distance to the left State is to exceed the other at a place. [m]"""
    begin, along = course.begin, course.along
    share = (x - begin[0]) * along[0] + (y - begin[1]) * along[1] + (z - begin[2]) * along[2]
    return course.first_m + course.change_m * share


@compiled
def _distance(course, state, segment, x, y, z, scratch):
    """Distance to a State, by the segment of its base point or blended, and its gradient."""
    if course.kind == BLENDED:
        return blended(course, state, x, y, z, math.inf, scratch)
    return away_from_foot(course.tree, segment, x, y, z)


@compiled
def settled(course, a, b, x, y, z, scratch):
    """The place moved across the line until the distances to two base points differ as asked."""
    x, y, z = onto_surface(x, y, z)
    size = math.inf
    da = gap = 0.0
    for k in range(31):
        da, ax, ay, az = _distance(course, course.left, a, x, y, z, scratch)
        db, bx, by, bz = _distance(course, course.right, b, x, y, z, scratch)
        gap = da - db - _asked(course, x, y, z)
        mx, my, mz = ax - bx, ay - by, az - bz
        m2 = mx * mx + my * my + mz * mz
        if abs(gap) < 2e-9 or m2 < 1e-12 or size < 1e-9 or k == 30:
            break
        move = -gap / m2
        size = abs(move) * math.sqrt(m2)
        most = 0.3 * da + 1.0
        if size > most:
            move *= most / size
        x, y, z = onto_surface(x + move * mx, y + move * my, z + move * mz)
    return Place(x, y, z, da, gap)


@compiled
def _along_ray(ray, distance_m):
    """The point of the bisector at a distance from its terminus."""
    tx, ty, tz = ray[0], ray[1], ray[2]
    rx, ry, rz = ray[3], ray[4], ray[5]
    ux, uy, uz = up(tx, ty, tz)
    sx, sy, sz = uy * rz - uz * ry, uz * rx - ux * rz, ux * ry - uy * rx  # to the left
    along = distance_m
    x, y, z = onto_surface(tx + along * rx, ty + along * ry, tz + along * rz)
    for _ in range(6):
        aside = (x - tx) * sx + (y - ty) * sy + (z - tz) * sz
        x, y, z = onto_surface(x - aside * sx, y - aside * sy, z - aside * sz)
        miss = distance_m - geodesic_length(tx, ty, tz, x, y, z)
        x, y, z = onto_surface(x + miss * rx, y + miss * ry, z + miss * rz)
    return x, y, z


@compiled
def _direction(course, a, b, on_ray, x, y, z, scratch):
    """Unit vector onward along the line."""
    if on_ray:
        return course.ray[3], course.ray[4], course.ray[5]
    _, ax, ay, az = _distance(course, course.left, a, x, y, z, scratch)
    _, bx, by, bz = _distance(course, course.right, b, x, y, z, scratch)
    ux, uy, uz = up(x, y, z)
    mx, my, mz = ax - bx, ay - by, az - bz
    tx, ty, tz = uy * mz - uz * my, uz * mx - ux * mz, ux * my - uy * mx
    length = math.sqrt(tx * tx + ty * ty + tz * tz)
    if length < 1e-9:
        return ax, ay, az  # the two base points lie in one direction: straight away from them
    return tx / length, ty / length, tz / length


@compiled
def _advance(course, step, h, scratch):
    """The place of the line a step onward."""
    if step.ray_m >= 0.0:
        x, y, z = _along_ray(course.ray, step.ray_m + h)
        return Place(x, y, z, step.ray_m + h, 0.0)
    x, y, z = step.x + h * step.tx, step.y + h * step.ty, step.z + h * step.tz
    return settled(course, step.a, step.b, x, y, z, scratch)


@compiled
def _is_vertex(tree, s, x, y, z, vx, vy, vz):
    """Whether the foot on a segment is a given point, bit for bit."""
    _, fx, fy, fz = foot_on(tree, s, x, y, z)
    return fx == vx and fy == vy and fz == vz


@compiled
def _is_pair(states, one, other):
    return (one, other) in ((states[0], states[1]), (states[1], states[0]))


@compiled
def _common_terminus(course, first, first_state, second, second_state, x, y, z):
    """Number of the terminus that is the foot on both of two States' segments, -1 for none."""
    tree, wedges = course.tree, course.wedges
    for w in range(len(wedges)):
        if _is_pair(course.wedge_states[w], first_state, second_state):
            tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
            if _is_vertex(tree, first, x, y, z, tx, ty, tz) and _is_vertex(tree, second, x, y, z, tx, ty, tz):
                return w
    return -1


@compiled
def _takes_over(course, step, segment, state, place, scratch):
    """Whether a base point has a place rather than those of the line.

    It is nearer; or it is a third State's and as near because all are nearest to the terminus of its
    land border with one of the two, and the place lies on its side of the bisector there.
    """
    x, y, z = place.x, place.y, place.z
    length, _, _, _ = _distance(course, state, segment, x, y, z, scratch)
    if state == course.right:
        length += _asked(course, x, y, z)
    miss = length - place.distance_m
    third = state != course.left and state != course.right
    if third and course.kind != BLENDED and abs(miss) <= _TIE_M:
        for own, own_state in ((step.a, course.left), (step.b, course.right)):
            w = _common_terminus(course, segment, state, own, own_state, x, y, z)
            if w >= 0:
                return side_of_wedge(course.wedges, w, x, y, z) == state
    return miss < -0.5 * _EVENT_M


@compiled
def taken_over_by(course, step, place, scratch):
    """A segment that takes a place over from the line's own, with its State; -1 for none.

    By blended distances there is no segment, and -1 with the State.
    """
    # Typed: a literal would have the functions that it is given to compiled once more.
    best: Any = np.int64(-1)
    best_state: Any = np.int64(-1)
    x, y, z = place.x, place.y, place.z
    bound = place.distance_m - _EVENT_M
    if course.kind == BLENDED:
        for g in course.thirds:
            length, _, _, _ = blended(course, g, x, y, z, math.inf, scratch)
            if length < bound:
                best_state, bound = g, length
        return best, best_state
    tree = course.tree
    for k in range(-2, len(course.thirds)):
        g = course.left if k == -2 else course.right if k == -1 else course.thirds[k]
        more = _asked(course, x, y, z) if k == -1 else 0.0
        within = bound + _TIE_M if best >= 0 else bound
        found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, within - more, scratch)
        if found < 0:
            continue
        length += more
        if best >= 0 and abs(length - bound) <= _TIE_M:
            # As near as what was found: at a common terminus the bisector decides, else it stays.
            w = _common_terminus(course, best, best_state, found, g, x, y, z)
            if w < 0 or side_of_wedge(course.wedges, w, x, y, z) != g:
                continue
        best, best_state, bound = found, g, length
    if best >= 0:
        return best, best_state
    for g in course.thirds:
        within = place.distance_m + _TIE_M
        found, _, _ = nearest_segment(tree, tree.roots[g], x, y, z, within, scratch)
        if found >= 0 and _takes_over(course, step, found, g, place, scratch):
            return found, g
    return best, best_state


@compiled
def _until(course, step, segment, state, h, scratch):
    """How far along a step a base point does not take over yet, by halving."""
    low, high = 0.0, h
    for _ in range(70):
        middle = 0.5 * (low + high)
        if _takes_over(course, step, segment, state, _advance(course, step, middle, scratch), scratch):
            high = middle
        else:
            low = middle
        if high - low < 1e-9:
            break
    return low


@compiled
def _to_next_base_point(course, step, h, scratch):
    """How far a step goes until another base point takes over, its end, that segment and State, else -1."""
    reached = h
    place = _advance(course, step, reached, scratch)
    segment: Any = np.int64(-1)
    state: Any = np.int64(-1)
    if abs(place.gap_m) >= EQUAL_M:
        return reached, place, segment, state
    for _ in range(20):
        found, found_state = taken_over_by(course, step, place, scratch)
        if found_state < 0:
            break
        segment, state = found, found_state
        reached = _until(course, step, segment, state, reached, scratch)
        place = _advance(course, step, reached, scratch)
        if reached < 1e-7:
            break
    return reached, place, segment, state


@compiled
def _chord_error(course, step, place, scratch):
    """Largest error of the difference of the two distances along a chord, and how far it is from the line."""
    worst_gap = worst = 0.0
    reach = math.inf
    if course.kind != BLENDED:  # nothing nearest lies farther
        far = max(place.distance_m, place.distance_m - _asked(course, place.x, place.y, place.z))
        chord2 = (place.x - step.x) ** 2 + (place.y - step.y) ** 2 + (place.z - step.z) ** 2
        reach = far + 1.0 + math.sqrt(chord2)
    for k in range(1, 16):
        u = (k - 0.5 + 0.25 * math.sin(7.0 * k)) / 15.0
        x, y, z = onto_surface(
            step.x + u * (place.x - step.x), step.y + u * (place.y - step.y), step.z + u * (place.z - step.z)
        )
        da, ax, ay, az = blended(course, course.left, x, y, z, reach, scratch)
        db, bx, by, bz = blended(course, course.right, x, y, z, reach, scratch)
        gap = abs(da - db - _asked(course, x, y, z))
        size = math.sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2)
        worst_gap = max(worst_gap, gap)
        worst = max(worst, gap / max(size, 0.02))
    return worst_gap, worst


@compiled
def _stride(course, step, h, scratch):
    """`_to_next_base_point`, halved until its chord keeps to the line; and the length to try next."""
    most_gap = _CHORD_GAP_BETWEEN_M if course.kind == BETWEEN_POINTS else CHORD_GAP_M
    while True:
        reached, place, segment, state = _to_next_base_point(course, step, h, scratch)
        gap = aside = 0.0
        if abs(place.gap_m) >= EQUAL_M:
            gap = aside = math.inf
        elif step.ray_m < 0.0 and reached > _SHORTEST_CHORD_M:
            gap, aside = _chord_error(course, step, place, scratch)
        if (gap > most_gap or aside > CHORD_M) and h > _SHORTEST_CHORD_M:
            h = 0.5 * min(h, max(reached, _SHORTEST_CHORD_M))
            continue
        if aside < 0.3 * CHORD_M and gap < 0.3 * most_gap:
            h = max(2.0 * reached, 0.05)
        return reached, place, segment, state, h


@compiled
def _terminus_at(course, place):
    """Number of the two States' terminus within a metre, -1 for none."""
    wedges = course.wedges
    for w in range(len(wedges)):
        if (
            _is_pair(course.wedge_states[w], course.left, course.right)
            and geodesic_length(wedges[w, 0], wedges[w, 1], wedges[w, 2], place.x, place.y, place.z) < 1.0
        ):
            return w
    return -1


@compiled
def _put(vertices, segments, row, place, a, b, next_a, next_b):
    vertices[row, 0], vertices[row, 1], vertices[row, 2] = place.x, place.y, place.z
    vertices[row, 3] = place.distance_m
    segments[row, 0], segments[row, 1], segments[row, 2], segments[row, 3] = a, b, next_a, next_b


@compiled
def _first_place(course, a, b, vertices, segments, scratch):
    """The first vertex, at a terminus mostly a second: how many, where, base points, way along a bisector."""
    tree, kind, begin = course.tree, course.kind, course.begin
    x, y, z = begin[0], begin[1], begin[2]
    px, py, pz = _along_ray(course.ray, 0.05) if kind == FROM_TERMINUS else (x, y, z)
    if a < 0 and kind != BLENDED:
        a, _, _ = nearest_segment(tree, tree.roots[course.left], px, py, pz, math.inf, scratch)
        b, _, _ = nearest_segment(tree, tree.roots[course.right], px, py, pz, math.inf, scratch)
    if kind == FROM_TERMINUS:
        place = Place(x, y, z, 0.0, 0.0)
        _put(vertices, segments, 0, place, a, b, a, b)
        if _is_vertex(tree, a, px, py, pz, x, y, z) and _is_vertex(tree, b, px, py, pz, x, y, z):
            return 1, place, a, b, 0.0
        place = settled(course, a, b, px, py, pz, scratch)
        _put(vertices, segments, 1, place, a, b, a, b)
        return 2, place, a, b, -1.0
    place = settled(course, a, b, x, y, z, scratch)
    _put(vertices, segments, 0, Place(x, y, z, place.distance_m, 0.0), a, b, a, b)
    return 1, place, a, b, -1.0


@compiled
def _at_end(course, step, first, place, count, vertices, scratch):
    """Where a line ends that a step brings to its end, else where the step ends; and whether it does."""
    ex, ey, ez = course.end[0], course.end[1], course.end[2]
    if not passes(step.x, step.y, step.z, place.x, place.y, place.z, ex, ey, ez, 0.5):
        return place, False
    if course.kind == BETWEEN_POINTS:
        length, _, _, _ = _distance(course, course.left, step.a, ex, ey, ez, scratch)
        return Place(ex, ey, ez, length, 0.0), True
    same_way = step.tx * first.tx + step.ty * first.ty + step.tz * first.tz > 0.0
    if course.kind != FROM_TERMINUS and count > 3 and same_way:
        return Place(ex, ey, ez, vertices[0, 3], 0.0), True
    return place, False


@compiled
def _walk(course, a, b, limit):
    """Vertices with their distances, segments before and after each (left, right), and how it ends."""
    scratch = np.empty(SCRATCH)
    vertices, segments = np.empty((1024, 4)), np.empty((1024, 4), dtype=np.int64)
    count, here, a, b, ray_m = _first_place(course, a, b, vertices, segments, scratch)
    begin = course.begin
    h = 0.05
    farthest_m = 0.0  # from the beginning
    for number in range(limit):
        tx, ty, tz = _direction(course, a, b, ray_m >= 0.0, here.x, here.y, here.z, scratch)
        step = Step(here.x, here.y, here.z, tx, ty, tz, a, b, ray_m)
        if number == 0 or count == 1:
            first = step
        h = min(h, _LONGEST_CHORD_M, 0.3 * here.distance_m + 0.05)
        reached, place, segment, state, h = _stride(course, step, h, scratch)
        place, ends = _at_end(course, step, first, place, count, vertices, scratch)
        ending = AT_END if ends else -1
        if state >= 0 and not ends:
            if state == course.left:
                a = segment
            elif state == course.right:
                b = segment
            else:
                ending = AT_TRIPOINT
        away = course.kind != FROM_TERMINUS or farthest_m > _LEFT_M
        if ending < 0 and place.distance_m < 0.5 and count > 2 and away:
            w = _terminus_at(course, place)
            if w >= 0:
                place = Place(course.wedges[w, 0], course.wedges[w, 1], course.wedges[w, 2], 0.0, 0.0)
                ending = AT_TERMINUS
        if reached < 1e-7 and ending < 0:
            segments[count - 1, 2], segments[count - 1, 3] = a, b
            ray_m = -1.0
            h = 1.0
            continue
        if count == len(vertices):
            vertices, segments = doubled(vertices), doubled(segments)
        _put(vertices, segments, count, place, step.a, step.b, a, b)
        count += 1
        if ending >= 0:
            return vertices, segments, count, ending, state, segment
        here = place
        farthest_m = max(farthest_m, geodesic_length(here.x, here.y, here.z, begin[0], begin[1], begin[2]))
        ray_m = ray_m + reached if ray_m >= 0.0 and a == step.a and b == step.b else -1.0
    return vertices, segments, count, _STOPPED, -1, -1
