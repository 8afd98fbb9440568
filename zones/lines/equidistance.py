"""Equidistance lines: points of the water as far from one State's baseline as from another's.

Each line is walked from the terminus of a land border, or from a tripoint, on the exact geodesic
distances. Where a base point gives way to another the turning point, equally far from three base
points, is solved and made a vertex; where a third State comes as near, the tripoint is solved and
the two other lines that meet there are walked. Lines around enclaves (islands on the far side) are
found from the Voronoi diagram of the baselines.

At a terminus that is the nearest point of both States, the line is the bisector of the water angle
until another base point of either State is as near (rule of `zones.rule.rule`).

Bounds: vertices equal to `EQUAL_M`; along the chords the distances differ by less than
`CHORD_GAP_M` and the chord leaves the line by less than `CHORD_M`, judged while walking at 15 points
of each chord.

References
----------
.. [1] IHO Publication S-51, A Manual on Technical Aspects of the UN Convention on the Law of the
   Sea: equidistance from the nearest base points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats, Integers, read_only
from zones.baseline.bisectors import open_parts, ray_along, vertex_lon_lat
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import geodesic_length, onto_surface, to_lon_lat, up
from zones.geodesy.segment_tree import SCRATCH, foot_on, nearest_segment
from zones.lines.growing import first_numbers, first_rows
from zones.lines.limits import in_open_water
from zones.lines.tracing import away_from_foot
from zones.rule.rule import Rule, side_of_wedge
from zones.words import STATES, pair_name

EQUAL_M = 1e-5
CHORD_GAP_M = 0.05
CHORD_M = 0.08
_LONGEST_CHORD_M = 500.0
_SHORTEST_CHORD_M = 0.02
_EVENT_M = 5e-7
_TIE_M = 1e-6
_SAME_NODE_M = 1.5  # near a wedge the distances fix a tripoint to some decimetres only
_LEFT_M = 2.0  # farther than this a line has left the vertex where it began
_VERTICES = 50_000  # ten times those of the longest line between real shores

_NO_WEDGE = read_only(np.zeros(6))

AT_TERMINUS, AT_TRIPOINT, CLOSED, STOPPED = range(4)
_STATE_COUNT = len(STATES)


@dataclass(frozen=True, slots=True, eq=False)
class EquidistanceLine:
    """A line between two States, the first on its left.

    Attributes
    ----------
    left_state, right_state : str
    points : ndarray, shape (n, 3)
        Earth-centred, ends included; a closed line repeats its first point. [m]
    lon_lat : ndarray, shape (n, 2)
        The same. [deg]
    left_segments, right_segments : ndarray, shape (n, 2)
        Baseline segments of the base points before and after each vertex.
    distance_m : ndarray, shape (n,)
        Distance to both baselines. [m]
    start, end : str
        ``terminus``, ``tripoint`` or ``closed``.
    """

    left_state: str
    right_state: str
    points: Floats
    lon_lat: Floats
    left_segments: Integers
    right_segments: Integers
    distance_m: Floats
    start: str
    end: str

    @property
    def pair(self) -> str:
        """As ``AZE-RUS``."""
        return pair_name(self.left_state, self.right_state)

    def turned(self) -> EquidistanceLine:
        """The same line from its end to its start."""
        return EquidistanceLine(
            self.right_state, self.left_state, self.points[::-1], self.lon_lat[::-1],
            self.right_segments[::-1, ::-1], self.left_segments[::-1, ::-1], self.distance_m[::-1],
            self.end, self.start,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tripoint:
    """A point as far from three States' baselines."""

    states: tuple[str, str, str]
    lon: float
    lat: float
    distance_m: float


def trace_equidistance(rule: Rule, corners: Floats) -> tuple[list[EquidistanceLine], list[Tripoint]]:
    """All lines and tripoints between the States' baselines in the water.

    Parameters
    ----------
    rule : Rule
    corners : ndarray, shape (n, 3)
        Corners of the Voronoi diagram of all baselines (`limits.voronoi_corners`).

    Raises
    ------
    ZonesError
        A line does not end (never seen; it would be a defect).
    """
    walk = _Walk(rule)
    walk.from_shared_vertices()
    walk.from_tripoints()
    walk.around_enclaves(corners)
    return walk.lines, walk.tripoints


class _Walk:
    """Lines walked so far, and what is still to walk."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.lines: list[EquidistanceLine] = []
        self.tripoints: list[Tripoint] = []
        self._nodes: list[Floats] = []  # tripoints, earth-centred
        self._segments: list[dict[int, int]] = []  # State -> its nearest segment there
        self._sides: list[set[frozenset[int]]] = []  # pairs whose line has been walked there
        self._queue: list[tuple[int, int, int]] = []  # node, left State, right State
        self._starts = _starts(rule)
        self._reached: set[int] = set()  # those where a line has ended

    def from_shared_vertices(self) -> None:
        """From the termini and other vertices of two States, where no line has ended yet."""
        for number, start in enumerate(self._starts):
            if number not in self._reached:
                self._reached.add(number)
                self._walk(
                    start.ray[:3], start.left, start.right, -1, -1, start.ray, start.vertex, "terminus"
                )

    def from_tripoints(self) -> None:
        while self._queue:
            node, left, right = self._queue.pop()
            if frozenset((left, right)) in self._sides[node]:
                continue
            self._sides[node].add(frozenset((left, right)))
            own = self._segments[node]
            self._walk(self._nodes[node], left, right, own[left], own[right], _NO_WEDGE, -1, "tripoint")

    def around_enclaves(self, corners: Floats) -> None:
        candidates, states, segments = _points_on_lines(self.rule.arrays, corners)
        waiting = np.ones(len(candidates), dtype=bool)
        while True:
            for line in self.lines:
                _pass_over(line.points, candidates, waiting)
            if not waiting.any():
                return
            number = int(np.argmax(waiting))
            waiting[number] = False
            (left, right), (a, b) = states[number], segments[number]
            self._walk(candidates[number], int(left), int(right), int(a), int(b), _NO_WEDGE, -1, "closed")

    def _walk(
        self,
        begin: Floats,
        left: int,
        right: int,
        a: int,
        b: int,
        wedge: Floats,
        vertex: int,
        start: str,
    ) -> None:
        points, segments, distances, end, third, third_segment = trace_line(
            self.rule.arrays, left, right, a, b, *begin, wedge, vertex, _VERTICES
        )
        if end == STOPPED:
            where = to_lon_lat(points[-1])
            raise ZonesError(
                f"the equidistance line {STATES[left]}-{STATES[right]} does not end near {where}"
            )
        if start == "closed" and end != CLOSED:
            return  # a known line, met again where it is hard to tell from its surroundings
        finish = {AT_TERMINUS: "terminus", AT_TRIPOINT: "tripoint", CLOSED: "closed"}[end]
        if end == AT_TRIPOINT:
            last = segments[-1]
            own = {left: int(last[0]), right: int(last[1]), third: int(third_segment)}
            points[-1] = self._arrive(points[-1], own, left, right, third, float(distances[-1]))
        elif end == AT_TERMINUS:
            self._end_at_terminus(points)
        lon_lat = to_lon_lat(points)
        for end_index in (0, -1):
            if (start, finish)[end_index] == "terminus":
                lon_lat[end_index] = self._terminus_lon_lat(points[end_index])
        self.lines.append(
            EquidistanceLine(
                STATES[left],
                STATES[right],
                points,
                lon_lat,
                segments[:, [0, 2]],
                segments[:, [1, 3]],
                distances,
                start,
                finish,
            )
        )

    def _arrive(
        self,
        point: Floats,
        own: dict[int, int],
        left: int,
        right: int,
        third: int,
        distance_m: float,
    ) -> Floats:
        pair = frozenset((left, right))
        for number, known in enumerate(self._nodes):
            if set(own) == set(self._segments[number]) and np.linalg.norm(known - point) < _SAME_NODE_M:
                self._sides[number].add(pair)
                return known
        lon, lat = to_lon_lat(point)
        names = tuple(sorted(STATES[state] for state in own))
        self.tripoints.append(Tripoint(names, float(lon), float(lat), distance_m))  # type: ignore[arg-type]
        self._nodes.append(point.copy())
        self._segments.append(own)
        self._sides.append({pair})
        number = len(self._nodes) - 1
        self._queue += [(number, left, third), (number, third, right)]
        return point

    def _end_at_terminus(self, points: Floats) -> None:
        """End a line exactly in the shared vertex that it has reached, on its side of it."""
        away = np.array([np.linalg.norm(start.ray[:3] - points[-1]) for start in self._starts])
        there = np.flatnonzero(away <= away.min())
        back = points[-2] - points[-1]
        number = int(max(there, key=lambda one: float(self._starts[one].ray[3:] @ back)))
        self._reached.add(number)
        points[-1] = self._starts[number].ray[:3]

    def _terminus_lon_lat(self, point: Floats) -> Floats:
        return min(self._starts, key=lambda start: float(np.linalg.norm(start.ray[:3] - point))).lon_lat


class _Start(NamedTuple):
    """Where a line begins: a vertex of two States, and the bisector of open water there (6 numbers)."""

    vertex: int
    lon_lat: Floats
    ray: Floats
    left: int
    right: int


def _starts(rule: Rule) -> list[_Start]:
    starts = []
    for vertex in rule.arrays.wedge_vertices.tolist():
        lon_lat = vertex_lon_lat(rule.baseline, vertex)
        starts += [
            _Start(vertex, lon_lat, read_only(ray_along(lon_lat, part.azimuth_deg)), part.left, part.right)
            for part in open_parts(rule.baseline, vertex)
        ]
    return starts


def _pass_over(points: Floats, candidates: Floats, waiting: npt.NDArray[np.bool_]) -> None:
    """Take out the candidates that a line runs over (within a metre)."""
    from scipy.spatial import cKDTree  # slow to load; serving does without

    left = np.flatnonzero(waiting)
    if len(left) == 0 or len(points) < 2:
        return
    _, near = cKDTree(points).query(candidates[left], k=min(4, len(points)))
    near = near.reshape(len(left), -1)
    passed = np.zeros(len(left), dtype=bool)
    for column in near.T:
        for step in (-1, 0):
            first = np.clip(column + step, 0, len(points) - 2)
            a, along = points[first], points[first + 1] - points[first]
            share = ((candidates[left] - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
            foot = a + np.clip(share, 0, 1)[:, None] * along
            passed |= ((candidates[left] - foot) ** 2).sum(axis=1) < 1.0
    waiting[left[passed]] = False


@compiled
def equidistant_point(tree, a, b, x, y, z):
    """The point moved across the line until it is as far from segment a as from segment b."""
    x, y, z = onto_surface(x, y, z)
    da = 0.0
    gap = 0.0
    for _ in range(30):
        da, ax, ay, az = away_from_foot(tree, a, x, y, z)
        db, bx, by, bz = away_from_foot(tree, b, x, y, z)
        gap = da - db
        mx, my, mz = ax - bx, ay - by, az - bz
        m2 = mx * mx + my * my + mz * mz
        if abs(gap) < 2e-9 or m2 < 1e-12:
            break
        move = -gap / m2
        size = abs(move) * math.sqrt(m2)
        most = 0.3 * da + 1.0
        if size > most:
            move *= most / size
        x, y, z = onto_surface(x + move * mx, y + move * my, z + move * mz)
        da, _, _, _ = away_from_foot(tree, a, x, y, z)
        db, _, _, _ = away_from_foot(tree, b, x, y, z)
        gap = da - db
        if size < 1e-9:
            break
    return x, y, z, da, gap


@compiled
def _along_ray(wedge, distance_m):
    """The point of the bisector at a distance from its terminus."""
    tx, ty, tz = wedge[0], wedge[1], wedge[2]
    rx, ry, rz = wedge[3], wedge[4], wedge[5]
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
def _is_vertex(tree, s, x, y, z, vx, vy, vz):
    """Whether the foot on a segment is a given point, bit for bit."""
    _, fx, fy, fz = foot_on(tree, s, x, y, z)
    return fx == vx and fy == vy and fz == vz


@compiled
def _advance(tree, a, b, on_ray, wedge, ray_m, x, y, z, tx, ty, tz, h):
    """The point of the line a step onward, its distance, and how unequal the two distances are."""
    if on_ray:
        px, py, pz = _along_ray(wedge, ray_m + h)
        return px, py, pz, ray_m + h, 0.0
    return equidistant_point(tree, a, b, x + h * tx, y + h * ty, z + h * tz)


@compiled
def _common_terminus(rule, first, first_state, second, second_state, x, y, z):
    """Number of the terminus that is the foot on both of two States' segments, -1 for none."""
    tree, wedges, wedge_states = rule.tree, rule.wedges, rule.wedge_states
    for w in range(len(wedges)):
        one, other = wedge_states[w, 0], wedge_states[w, 1]
        if (one == first_state and other == second_state) or (other == first_state and one == second_state):
            tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
            if _is_vertex(tree, first, x, y, z, tx, ty, tz) and _is_vertex(tree, second, x, y, z, tx, ty, tz):
                return w
    return -1


@compiled
def _takes_over(rule, intruder, state, left, right, a, b, d, x, y, z):
    """Whether a State has a point rather than the two States of the line, whose distance is given.

    It is nearer; or it is as near because all are nearest to the terminus of its land border with
    one of the two, and the point lies on its side of the bisector there.
    """
    length, _, _, _ = away_from_foot(rule.tree, intruder, x, y, z)
    if state != left and state != right and abs(length - d) <= _TIE_M:
        for own, own_state in ((a, left), (b, right)):
            w = _common_terminus(rule, intruder, state, own, own_state, x, y, z)
            if w >= 0:
                return side_of_wedge(rule, w, x, y, z) == state
    return length - d < -0.5 * _EVENT_M


@compiled
def _intruder(rule, left, right, a, b, distance_m, x, y, z, scratch):
    """A segment that takes a point over from the line's own, with its State; -1 for none."""
    tree = rule.tree
    bound = distance_m - _EVENT_M
    # Typed: a literal would have the functions that it is given to compiled once more.
    best: Any = np.int64(-1)
    best_state: Any = np.int64(-1)
    for k in range(-2, _STATE_COUNT):
        g = left if k == -2 else right if k == -1 else k
        if k >= 0 and (k in (left, right)):
            continue
        within = bound + _TIE_M if best >= 0 else bound
        found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, within, scratch)
        if found < 0:
            continue
        if best >= 0 and abs(length - bound) <= _TIE_M:
            # As near as what was found: at a common terminus the bisector decides, else it stays.
            w = _common_terminus(rule, best, best_state, found, g, x, y, z)
            if w < 0 or side_of_wedge(rule, w, x, y, z) != g:
                continue
        best, best_state, bound = found, g, length
    if best >= 0:
        return best, best_state
    for g in range(_STATE_COUNT):
        if g != left and g != right:
            found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, distance_m + _TIE_M, scratch)
            if found >= 0 and _takes_over(rule, found, g, left, right, a, b, distance_m, x, y, z):
                return found, g
    return -1, -1


@compiled
def _chord_error(rule, left, right, px, py, pz, qx, qy, qz, distance_m, scratch):
    """Largest difference of the two distances along a chord, and how far it is from the line.

    Where a third State is nearer the chord counts as far off, so that a shorter one is tried.
    """
    tree = rule.tree
    worst_gap = 0.0
    worst = 0.0
    reach = distance_m + 1.0 + math.sqrt((qx - px) ** 2 + (qy - py) ** 2 + (qz - pz) ** 2)
    for k in range(1, 16):
        u = (k - 0.5 + 0.25 * math.sin(7.0 * k)) / 15.0
        x, y, z = onto_surface(px + u * (qx - px), py + u * (qy - py), pz + u * (qz - pz))
        a, _, da = nearest_segment(tree, tree.roots[left], x, y, z, reach, scratch)
        b, _, db = nearest_segment(tree, tree.roots[right], x, y, z, reach, scratch)
        if a < 0 or b < 0:
            return math.inf, math.inf
        gap = abs(da - db)
        _, ax, ay, az = away_from_foot(tree, a, x, y, z)
        _, bx, by, bz = away_from_foot(tree, b, x, y, z)
        size = math.sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2)
        worst_gap = max(worst_gap, gap)
        worst = max(worst, gap / max(size, 0.02))
    return worst_gap, worst


@compiled
def trace_line(rule, left, right, a, b, x, y, z, wedge, wedge_vertex, limit):
    """Walk an equidistance line with the first State on the left.

    Parameters
    ----------
    rule : RuleArrays
    left, right : int
        States.
    a, b : int
        Their nearest segments at the beginning; -1 at a terminus.
    x, y, z : float
        Where to begin: a terminus, a tripoint, or any point of a closed line.
    wedge : ndarray, shape (6,)
        Terminus and bisector, where the line begins at one.
    wedge_vertex : int
        Its vertex number, -1 elsewhere.
    limit : int
        Most vertices.

    Returns
    -------
    points, segments, distances, end, third state, third segment
        ``segments`` has for each vertex the base segments before (left, right) and after.
    """
    tree, wedges, wedge_states = rule.tree, rule.wedges, rule.wedge_states
    scratch = np.empty(SCRATCH)
    size = 1024
    points = np.empty((size, 3))
    segments = np.empty((size, 4), dtype=np.int64)
    distances = np.empty(size)
    points[0, 0], points[0, 1], points[0, 2] = x, y, z
    bx0, by0, bz0 = x, y, z
    count = 1
    on_ray = False
    ray_m = 0.0
    if wedge_vertex >= 0:
        px, py, pz = _along_ray(wedge, 0.05)
        a, _, _ = nearest_segment(tree, tree.roots[left], px, py, pz, math.inf, scratch)
        b, _, _ = nearest_segment(tree, tree.roots[right], px, py, pz, math.inf, scratch)
        on_ray = _is_vertex(tree, a, px, py, pz, x, y, z) and _is_vertex(tree, b, px, py, pz, x, y, z)
        distances[0] = 0.0
        segments[0, 0] = segments[0, 2] = a
        segments[0, 1] = segments[0, 3] = b
        if not on_ray:
            x, y, z, d, _ = equidistant_point(tree, a, b, px, py, pz)
            points[1, 0], points[1, 1], points[1, 2] = x, y, z
            distances[1] = d
            segments[1, 0] = segments[1, 2] = a
            segments[1, 1] = segments[1, 3] = b
            count = 2
    else:
        x, y, z, d, _ = equidistant_point(tree, a, b, x, y, z)
        distances[0] = d
        segments[0, 0] = segments[0, 2] = a
        segments[0, 1] = segments[0, 3] = b
    h = 0.05
    farthest_m = 0.0  # from the beginning
    first_tx = first_ty = first_tz = 0.0
    while count < limit:
        ux, uy, uz = up(x, y, z)
        if on_ray:
            tx, ty, tz = wedge[3], wedge[4], wedge[5]
        else:
            _, ax, ay, az = away_from_foot(tree, a, x, y, z)
            _, bx, by, bz = away_from_foot(tree, b, x, y, z)
            mx, my, mz = ax - bx, ay - by, az - bz
            tx, ty, tz = uy * mz - uz * my, uz * mx - ux * mz, ux * my - uy * mx
            length = math.sqrt(tx * tx + ty * ty + tz * tz)
            if length < 1e-9:
                # The two base points lie in one direction: go on straight away from them.
                tx, ty, tz = ax, ay, az
                length = 1.0
            tx, ty, tz = tx / length, ty / length, tz / length
        if count == 1:
            first_tx, first_ty, first_tz = tx, ty, tz
        h = min(h, _LONGEST_CHORD_M, 0.3 * distances[count - 1] + 0.05)
        done = -1
        third, third_segment = -1, -1
        while True:
            qx, qy, qz, d, gap = _advance(tree, a, b, on_ray, wedge, ray_m, x, y, z, tx, ty, tz, h)
            reached = h
            intruder, state = -1, -1
            if abs(gap) < EQUAL_M:
                intruder, state = _intruder(rule, left, right, a, b, d, qx, qy, qz, scratch)
                found, found_state = intruder, state
                for _ in range(20):
                    if found < 0:
                        break
                    intruder, state = found, found_state
                    low, high = 0.0, reached
                    for _ in range(70):
                        middle = 0.5 * (low + high)
                        qx, qy, qz, d, _ = _advance(
                            tree, a, b, on_ray, wedge, ray_m, x, y, z, tx, ty, tz, middle
                        )
                        if _takes_over(rule, intruder, state, left, right, a, b, d, qx, qy, qz):
                            high = middle
                        else:
                            low = middle
                        if high - low < 1e-9:
                            break
                    reached = low
                    qx, qy, qz, d, gap = _advance(
                        tree, a, b, on_ray, wedge, ray_m, x, y, z, tx, ty, tz, reached
                    )
                    if reached < 1e-7:
                        break
                    found, found_state = _intruder(rule, left, right, a, b, d, qx, qy, qz, scratch)
            bend_gap, bend = 0.0, 0.0
            if abs(gap) >= EQUAL_M:
                bend_gap = bend = math.inf
            elif not on_ray and reached > _SHORTEST_CHORD_M:
                bend_gap, bend = _chord_error(rule, left, right, x, y, z, qx, qy, qz, d, scratch)
            if (bend_gap > CHORD_GAP_M or bend > CHORD_M) and h > _SHORTEST_CHORD_M:
                h = 0.5 * min(h, max(reached, _SHORTEST_CHORD_M))
                continue
            break
        # A closed line is walked when it comes back to its beginning.
        if wedge_vertex < 0 and count > 3:
            vx, vy, vz = qx - x, qy - y, qz - z
            wx, wy, wz = bx0 - x, by0 - y, bz0 - z
            length2 = vx * vx + vy * vy + vz * vz
            if length2 > 0.0:
                share = (wx * vx + wy * vy + wz * vz) / length2
                ex, ey, ez = wx - share * vx, wy - share * vy, wz - share * vz
                if (
                    0.0 < share <= 1.0
                    and ex * ex + ey * ey + ez * ez < 0.25
                    and tx * first_tx + ty * first_ty + tz * first_tz > 0.0
                ):
                    qx, qy, qz = points[0]
                    d = distances[0]
                    done = CLOSED
        next_a, next_b = a, b
        if intruder >= 0 and done < 0:
            if state == left:
                next_a = intruder
            elif state == right:
                next_b = intruder
            else:
                done = AT_TRIPOINT
                third, third_segment = state, intruder
        if done < 0 and d < 0.5 and count > 2:
            for w in range(len(wedges)):
                pair = (wedge_states[w, 0] == left and wedge_states[w, 1] == right) or (
                    wedge_states[w, 0] == right and wedge_states[w, 1] == left
                )
                if (
                    pair and geodesic_length(wedges[w, 0], wedges[w, 1], wedges[w, 2], qx, qy, qz) < 1.0
                ) and (wedge_vertex < 0 or farthest_m > _LEFT_M):
                    qx, qy, qz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
                    d = 0.0
                    done = AT_TERMINUS
        if reached < 1e-7 and done < 0:
            a, b = next_a, next_b
            segments[count - 1, 2], segments[count - 1, 3] = a, b
            on_ray = False
            h = 1.0
            limit -= 1
            continue
        if count == size:
            size *= 2
            points = first_rows(points, count, size)
            segments = first_rows(segments, count, size)
            distances = first_numbers(distances, count, size)
        points[count, 0], points[count, 1], points[count, 2] = qx, qy, qz
        segments[count, 0], segments[count, 1] = a, b
        segments[count, 2], segments[count, 3] = next_a, next_b
        distances[count] = d
        count += 1
        if done >= 0:
            return (
                first_rows(points, count, count), first_rows(segments, count, count),
                first_numbers(distances, count, count), done, third, third_segment,
            )  # fmt: skip
        x, y, z = qx, qy, qz
        farthest_m = max(farthest_m, geodesic_length(x, y, z, bx0, by0, bz0))
        ray_m += reached
        if on_ray and (next_a != a or next_b != b):
            on_ray = False
        a, b = next_a, next_b
        h = max(2.0 * reached, 0.05) if bend < 0.3 * CHORD_M and bend_gap < 0.3 * CHORD_GAP_M else h
    return (
        first_rows(points, count, count), first_rows(segments, count, count),
        first_numbers(distances, count, count), STOPPED, -1, -1,
    )  # fmt: skip


@compiled
def _least(lengths):
    """Number of the smallest of some lengths, the first of equal ones."""
    least = 0
    for g in range(1, len(lengths)):
        if lengths[g] < lengths[least]:
            least = g
    return least


@compiled
def _points_on_lines(rule, corners):
    """Points on equidistance lines near Voronoi corners that two States nearly share."""
    scratch = np.empty(SCRATCH)
    tree = rule.tree
    found = np.empty((len(corners), 3))
    states = np.empty((len(corners), 2), dtype=np.int64)
    segments = np.empty((len(corners), 2), dtype=np.int64)
    lengths = np.empty(_STATE_COUNT)
    owners = np.empty(_STATE_COUNT, dtype=np.int64)
    count = 0
    for i in range(len(corners)):
        x, y, z = corners[i, 0], corners[i, 1], corners[i, 2]
        _, _, least = nearest_segment(tree, tree.roots[-1], x, y, z, math.inf, scratch)
        shared = 0
        for g in range(_STATE_COUNT):
            owners[g], _, lengths[g] = nearest_segment(tree, tree.roots[g], x, y, z, least + 100.0, scratch)
            if owners[g] >= 0:
                shared += 1
            else:
                lengths[g] = math.inf
        if shared < 2 or not in_open_water(rule, x, y, z, scratch):
            continue
        left = _least(lengths)
        lengths[left] = math.inf
        right = _least(lengths)
        a, b = owners[left], owners[right]
        for _ in range(6):
            x, y, z, d, gap = equidistant_point(tree, a, b, x, y, z)
            a2, _, _ = nearest_segment(tree, tree.roots[left], x, y, z, math.inf, scratch)
            b2, _, _ = nearest_segment(tree, tree.roots[right], x, y, z, math.inf, scratch)
            if a2 == a and b2 == b:
                break
            a, b = a2, b2
        if abs(gap) > EQUAL_M or d < 1.0:
            continue
        intruder, _ = _intruder(rule, left, right, a, b, d, x, y, z, scratch)
        if intruder >= 0 or not in_open_water(rule, x, y, z, scratch):
            continue
        _, ax, ay, az = foot_on(tree, a, x, y, z)
        _, bx, by, bz = foot_on(tree, b, x, y, z)
        # Around an enclave base points lie in different directions; where they do not, the line is
        # one from a terminus, and hard to tell from its surroundings.
        if math.sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2) < 0.1 * d:
            continue
        found[count, 0], found[count, 1], found[count, 2] = x, y, z
        states[count, 0], states[count, 1] = left, right
        segments[count, 0], segments[count, 1] = a, b
        count += 1
    return (
        first_rows(found, count, count), first_rows(states, count, count), first_rows(segments, count, count),
    )  # fmt: skip
