"""Equidistance lines: points of the water as far from one State's baseline as from another's.

Each line is walked (`zones.lines.walk`) from the terminus of a land border, or from a tripoint, on the
exact geodesic distances; where a third State comes as near, the tripoint is solved and the two other
lines that meet there are walked. Lines around enclaves (islands on the far side) are found from the
Voronoi diagram of the baselines.

Source: IHO Publication S-51, A Manual on Technical Aspects of the UN Convention on the Law of the Sea.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.arrays import points as rows_of_points
from zones.baseline.bisectors import open_parts, ray_along, vertex_lon_lat
from zones.compiled import compiled
from zones.geodesy.ellipsoid import to_lon_lat
from zones.geodesy.segment_tree import SCRATCH, foot_on, nearest_segment
from zones.lines.limits import in_open_water, runs_over
from zones.lines.walk import (
    AT_END,
    AT_TERMINUS,
    AT_TRIPOINT,
    EQUAL_M,
    Course,
    Step,
    Walked,
    plain_course,
    settled,
    taken_over_by,
    walk,
)
from zones.rule.rule import Rule
from zones.words import STATES, pair_name

_SAME_NODE_M = 1.5  # near a wedge the distances fix a tripoint to some decimetres only
_KNOWN_M = 1.0  # a point this near to a line is on it
_STATE_COUNT = len(STATES)
_ENDS = {AT_TERMINUS: "terminus", AT_TRIPOINT: "tripoint", AT_END: "closed"}


@dataclass(frozen=True, slots=True, eq=False)
class EquidistanceLine:
    """A line between two States, the first on its left."""

    left_state: str
    right_state: str
    # points, lon_lat: Shape (n, 3). Ends included; a closed line repeats its first point. Earth-centred [m],
    # and the same [deg]
    points: Floats
    lon_lat: Floats
    # shape (n, 2, 2), baseline segments of the base points before and after each vertex, of the left and the
    # right State; -1 with effects
    segments: Integers
    distance_m: Floats  # shape (n,), distance to both baselines [m]
    # start, end: ``terminus``, ``tripoint`` or ``closed``
    start: str
    end: str

    @property
    def pair(self) -> str:
        """As ``AZE-RUS``."""
        return pair_name(self.left_state, self.right_state)

    def turned(self) -> EquidistanceLine:
        """The same line from its end to its start."""
        turned = self.part(slice(None, None, -1))
        return replace(
            turned, left_state=self.right_state, right_state=self.left_state,
            segments=turned.segments[:, ::-1, ::-1], start=self.end, end=self.start,
        )  # fmt: skip

    def part(self, vertices: slice) -> EquidistanceLine:
        """The line at some of its vertices."""
        return replace(self, **{name: getattr(self, name)[vertices] for name in _COLUMNS})

    def joined(self, other: EquidistanceLine) -> EquidistanceLine:
        """The line with the vertices of another behind its own, to the end of that."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS
        }
        return replace(self, end=other.end, **columns)


_COLUMNS = ("points", "lon_lat", "segments", "distance_m")


def line_of(course: Course, walked: Walked, start: str) -> EquidistanceLine:
    """A line as walked."""
    points = walked.vertices[:, :3].copy()
    return EquidistanceLine(
        STATES[course.left], STATES[course.right], points, to_lon_lat(points),
        walked.segments.reshape(-1, 2, 2), walked.vertices[:, 3].copy(), start, _ENDS[walked.ending],
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

    ``corners`` are those of the Voronoi diagram of all baselines (`limits.voronoi_corners`).

    Raises `ZonesError`: a line does not end (never seen; it would be a defect).
    """
    network = _Network(rule)
    network.from_shared_vertices()
    network.from_tripoints()
    network.around_enclaves(corners)
    return network.lines, network.tripoints


class _Node(NamedTuple):
    """A tripoint: where it is, each State's nearest segment there, and pairs whose line has been walked."""

    point: Floats
    segments: dict[int, int]
    walked: set[frozenset[int]]


class _Network:
    """Lines walked so far, and what is still to walk."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.lines: list[EquidistanceLine] = []
        self.tripoints: list[Tripoint] = []
        self._nodes: list[_Node] = []
        self._queue: list[tuple[_Node, int, int]] = []  # with left and right State
        self._starts = _starts(rule)
        self._reached: set[int] = set()  # those where a line has ended

    def from_shared_vertices(self) -> None:
        """From the termini and other vertices of two States, where no line has ended yet."""
        for number, start in enumerate(self._starts):
            if number not in self._reached:
                self._reached.add(number)
                states = (start.left, start.right)
                course = plain_course(self.rule.arrays, states, start.ray[:3], start.ray)
                self._add(course, "terminus", walk(course))

    def from_tripoints(self) -> None:
        while self._queue:
            node, left, right = self._queue.pop()
            if frozenset((left, right)) not in node.walked:
                node.walked.add(frozenset((left, right)))
                course = plain_course(self.rule.arrays, (left, right), node.point)
                self._add(course, "tripoint", walk(course, node.segments[left], node.segments[right]))

    def around_enclaves(self, corners: Floats) -> None:
        candidates, states, segments = _points_on_lines(self.rule, corners)
        waiting = np.arange(len(candidates))
        for line in self.lines:
            waiting = waiting[~runs_over(line.points, candidates[waiting], _KNOWN_M)]
        while len(waiting):
            number, waiting = waiting[0], waiting[1:]
            course = plain_course(self.rule.arrays, states[number].tolist(), candidates[number])
            walked = walk(course, *segments[number].tolist())
            if walked.ending == AT_END:  # else a known line, hard to tell from its surroundings here
                self._add(course, "closed", walked)
                waiting = waiting[~runs_over(self.lines[-1].points, candidates[waiting], _KNOWN_M)]

    def _add(self, course: Course, start: str, walked: Walked) -> None:
        points = walked.vertices[:, :3]
        if walked.ending == AT_TRIPOINT:
            points[-1] = self._arrive(course, walked)
        elif walked.ending == AT_TERMINUS:
            self._end_at_terminus(points)
        line = line_of(course, walked, start)
        for end, kind in ((0, line.start), (-1, line.end)):
            if kind == "terminus":
                line.lon_lat[end] = min(self._starts, key=lambda one: _away(one, points[end])).lon_lat
        self.lines.append(line)

    def _arrive(self, course: Course, walked: Walked) -> Floats:
        """The tripoint that a line has reached: a known one, or a new one with lines to walk."""
        point = walked.vertices[-1, :3].copy()
        left, right, third = course.left, course.right, walked.third
        a, b = walked.segments[-1, :2].tolist()
        segments = {left: a, right: b, third: walked.third_segment}
        for node in self._nodes:
            if set(node.segments) == set(segments) and np.linalg.norm(node.point - point) < _SAME_NODE_M:
                node.walked.add(frozenset((left, right)))
                return node.point
        node = _Node(point, segments, {frozenset((left, right))})
        self._nodes.append(node)
        self._queue += [(node, left, third), (node, third, right)]
        self.tripoints.append(tripoint_at(walked.vertices[-1], segments))
        return point

    def _end_at_terminus(self, points: Floats) -> None:
        """End a line exactly in the shared vertex that it has reached, on its side of it."""
        away = np.array([_away(start, points[-1]) for start in self._starts])
        there = np.flatnonzero(away <= away.min())
        back = points[-2] - points[-1]
        number = int(max(there, key=lambda one: float(self._starts[one].ray[3:] @ back)))
        self._reached.add(number)
        points[-1] = self._starts[number].ray[:3]


def tripoint_at(vertex: Floats, states: Iterable[int]) -> Tripoint:
    """The end of a line, as walked, where it is as far from three States."""
    lon, lat = to_lon_lat(vertex[:3])
    first, second, third = sorted(STATES[state] for state in states)
    return Tripoint((first, second, third), float(lon), float(lat), float(vertex[3]))


class _Start(NamedTuple):
    """Where a line begins: a vertex of two States, and the bisector of open water there (6 numbers)."""

    lon_lat: Floats
    ray: Floats
    left: int
    right: int


def _starts(rule: Rule) -> list[_Start]:
    starts = []
    for vertex in rule.arrays.wedge_vertices.tolist():
        lon_lat = vertex_lon_lat(rule.baseline, vertex)
        starts += [
            _Start(lon_lat, read_only(ray_along(lon_lat, part.azimuth_deg)), part.left, part.right)
            for part in open_parts(rule.baseline, vertex)
        ]
    return starts


def _away(start: _Start, point: Floats) -> float:
    return float(np.linalg.norm(start.ray[:3] - point))


def _points_on_lines(rule: Rule, corners: Floats) -> tuple[Floats, Integers, Integers]:
    """Points on equidistance lines near Voronoi corners that two States nearly share.

    Of each, in rows, the two States and the segments of their base points.
    """
    lengths = _nearest_lengths(rule.arrays, rows_of_points(corners))
    states = lengths.argsort(axis=1, kind="stable")[:, :2]
    states[~np.isfinite(lengths).any(axis=1)] = -1
    found, segments = np.empty((len(corners), 3)), np.full((len(corners), 2), -1)
    for left, right in np.unique(states[states[:, 0] >= 0], axis=0).tolist():
        own = np.flatnonzero((states == (left, right)).all(axis=1))
        course = plain_course(rule.arrays, (left, right), corners[own[0]])
        found[own], segments[own] = _put_on_line(rule.arrays, course, rows_of_points(corners[own]))
    kept = segments[:, 0] >= 0
    return found[kept], states[kept], segments[kept]


@compiled
def _nearest_lengths(rule, points):
    """Distances to the States nearest to within 100 m, where two are and the water is open; else inf."""
    scratch = np.empty(SCRATCH)
    tree = rule.tree
    lengths = np.empty((len(points), _STATE_COUNT))
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        _, _, least = nearest_segment(tree, tree.roots[-1], x, y, z, math.inf, scratch)
        shared = 0
        for g in range(_STATE_COUNT):
            found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, least + 100.0, scratch)
            shared += found >= 0
            lengths[i, g] = length if found >= 0 else math.inf
        if shared < 2 or not in_open_water(rule, x, y, z, scratch):
            lengths[i, :] = math.inf
    return lengths


@compiled
def _put_on_line(rule, course, points):
    """Points moved onto a line, and the segments of their base points; -1 where they are not on it."""
    scratch = np.empty(SCRATCH)
    tree, left, right = course.tree, course.tree.roots[course.left], course.tree.roots[course.right]
    found = np.empty((len(points), 3))
    segments = np.full((len(points), 2), -1, dtype=np.int64)
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        a, _, _ = nearest_segment(tree, left, x, y, z, math.inf, scratch)
        b, _, _ = nearest_segment(tree, right, x, y, z, math.inf, scratch)
        for _ in range(6):
            place = settled(course, a, b, x, y, z, scratch)
            x, y, z = place.x, place.y, place.z
            nearest_a, _, _ = nearest_segment(tree, left, x, y, z, math.inf, scratch)
            nearest_b, _, _ = nearest_segment(tree, right, x, y, z, math.inf, scratch)
            if nearest_a == a and nearest_b == b:
                break
            a, b = nearest_a, nearest_b
        if abs(place.gap_m) > EQUAL_M or place.distance_m < 1.0:
            continue
        _, state = taken_over_by(course, Step(x, y, z, 0.0, 0.0, 0.0, a, b, -1.0), place, scratch)
        if state >= 0 or not in_open_water(rule, x, y, z, scratch):
            continue
        _, ax, ay, az = foot_on(tree, a, x, y, z)
        _, bx, by, bz = foot_on(tree, b, x, y, z)
        # Around an enclave base points lie in different directions; where they do not, the line is
        # one from a terminus, and hard to tell from its surroundings.
        if math.sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2) < 0.1 * place.distance_m:
            continue
        found[i, 0], found[i, 1], found[i, 2] = x, y, z
        segments[i, 0], segments[i, 1] = a, b
    return found, segments
