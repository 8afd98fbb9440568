"""The water cut by limits and equidistance lines into faces, each given its zone by the rule.

Every line is walked on its own (`limits`, `equidistance`); where they meet, one point is solved and
put into both, so that they share it to the last bit. All lines are then rounded to the 7 decimals
of the export, noded on that grid and turned into faces that share their edges: no overlap, no gap.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from zones.arrays import Floats, Integers
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import METRES_PER_NM, onto_surface, to_earth_centred, to_lon_lat
from zones.geodesy.faces import faces_on_grid, joined, on_grid
from zones.geodesy.geodesics import feet_on_segments
from zones.geodesy.nearest import nearest_in
from zones.geodesy.segment_tree import SCRATCH
from zones.lines.equidistance import EquidistanceLine, Tripoint, trace_equidistance
from zones.lines.limits import LimitRing, groups_of, trace_from_corners, voronoi_corners
from zones.lines.tracing import Belt, away_from_foot
from zones.lines.walk import plain_course, settled
from zones.rule.rule import COMMON, FISHERY, TERRITORIAL, Rule, decide_many
from zones.words import ANSWERS, FISHERY_ZONE_BREADTH_NM, STATES

_SAME_M = 1e-3
_BESIDE_M = 0.5  # a node farther from a ring than this does not lie on it
_SLIVER_M2 = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLine:
    """A stretch of an outer limit or of a boundary between two States' waters, as computed."""

    kind: str  # ``limit`` or ``boundary``
    zone: str  # zone whose outer limit it is; of a boundary, empty
    states: tuple[str, ...]  # the State of a limit; left and right State of a boundary
    lon_lat: Floats  # shape (n, 2), not rounded [deg]
    # shape (n, 2, 2), baseline segments of the base points before and after each vertex (boundary: of the
    # left and the right State; limit: the same one twice)
    segments: Integers
    distance_m: Floats  # shape (n,), distance to the base points [m]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The sea outside the baseline, cut."""

    # (zone, state or "") -> valid, oriented MultiPolygon on the grid of the export
    polygons: dict[tuple[str, str], shapely.MultiPolygon]
    lines: tuple[DrawnLine, ...]
    equidistance: tuple[EquidistanceLine, ...]  # whole lines, not cut at the outer limits
    tripoints: tuple[Tripoint, ...]
    sea: shapely.Polygon  # the water that was cut, on the same grid


_VERTEX = np.dtype(
    [
        ("point", np.float64, 3),
        ("lon_lat", np.float64, 2),
        ("segments", np.int64, (2, 2)),
        ("distance_m", np.float64),
        ("is_node", np.bool_),
    ]
)


@dataclass(slots=True, eq=False)
class _Chain:
    """A line under construction: as `DrawnLine`, with its vertices in one table of `_VERTEX`."""

    zone: str
    states: tuple[str, ...]
    vertices: npt.NDArray[np.void]
    closed: bool

    @property
    def points(self) -> Floats:
        return self.vertices["point"]

    @property
    def distance_m(self) -> Floats:
        return self.vertices["distance_m"]

    def insert(self, place: int, point: Floats, distance_m: float) -> None:
        """Put a node before a vertex; its base segments are those of the stretch it lies on."""
        node = self.vertices[place - 1 : place].copy()
        node["segments"] = node["segments"][:, 1:]
        node["distance_m"] = distance_m
        self.vertices = np.insert(self.vertices, place, node)
        self._be_node(place, point)

    def put_on(self, point: Floats, distance_m: float) -> None:
        """Make a point a node of the chain, if the chain runs through it."""
        away = np.linalg.norm(self.points - point, axis=1)
        if away.min() < _SAME_M:
            ends = (0, len(self.points) - 1)
            nearest = int(away.argmin())
            for place in ends if self.closed and nearest in ends else (nearest,):
                self._be_node(place, point)
            return
        _, _, away = feet_on_segments(point, self.points[:-1], self.points[1:])
        if away.min() <= _BESIDE_M:
            self.insert(int(away.argmin()) + 1, point, distance_m)

    def _be_node(self, place: int, point: Floats) -> None:
        self.points[place], self.vertices["lon_lat"][place] = point, to_lon_lat(point)
        self.vertices["is_node"][place] = True

    def drawn(self, first: int, last: int, states: tuple[str, ...]) -> DrawnLine:
        """The stretch between two vertices."""
        part = self.vertices[first : last + 1]
        kind = "limit" if self.zone else "boundary"
        columns = (part[name].copy() for name in ("lon_lat", "segments", "distance_m"))
        return DrawnLine(kind, self.zone, states, *columns)


def partition_sea(rule: Rule) -> Partition:
    """Trace all limits and equidistance lines and cut the sea by them.

    Raises `ZonesError`: lines do not close or faces do not add up to the sea (it would be a defect).
    """
    everyone = groups_of(STATES)
    corners, feet = voronoi_corners(rule.baseline, everyone)
    lines, tripoints = trace_equidistance(rule, corners)
    rings: list[_Chain] = []
    for breadth_nm in sorted(set(rule.breadth_nm.tolist())):
        states = tuple(s for s, b in zip(STATES, rule.breadth_nm, strict=True) if b == breadth_nm)
        groups = groups_of(states)
        own = (corners, feet) if len(states) == len(STATES) else voronoi_corners(rule.baseline, groups)
        for code, level_nm in ((TERRITORIAL, breadth_nm), (FISHERY, breadth_nm + FISHERY_ZONE_BREADTH_NM)):
            traced = trace_from_corners(rule, groups, *own, level_nm * METRES_PER_NM)
            rings += [_ring_chain(ring, ANSWERS[code], states) for ring in traced]
    chains = [_line_chain(line) for line in lines]
    for chain in chains:
        _meet_limits(rule, chain, rings)
    _meet_rings(rule, rings)
    drawn = [piece for chain in chains for piece in _cut_line(rule, chain)]
    drawn += [piece for ring in rings for piece in _cut_ring(rule, ring)]
    polygons, sea = _faces(rule, drawn)
    return Partition(polygons, tuple(drawn), tuple(lines), tuple(tripoints), sea)


def _ring_chain(ring: LimitRing, zone: str, states: tuple[str, ...]) -> _Chain:
    order = np.append(np.arange(len(ring.points)), 0)
    segments = ring.segments[order]
    segments[0, 0] = segments[-1, 0] = ring.segments[-1, 1]
    vertices = np.zeros(len(order), dtype=_VERTEX)
    vertices["point"], vertices["lon_lat"] = ring.points[order], ring.lon_lat[order]
    vertices["segments"], vertices["distance_m"] = segments[:, :, None], ring.distance_m
    return _Chain(zone, states, vertices, closed=True)


def _line_chain(line: EquidistanceLine) -> _Chain:
    vertices = np.zeros(len(line.points), dtype=_VERTEX)
    vertices["point"], vertices["lon_lat"] = line.points, line.lon_lat
    vertices["segments"], vertices["distance_m"] = line.segments, line.distance_m
    return _Chain("", (line.left_state, line.right_state), vertices, closed=line.end == "closed")


def _meet_limits(rule: Rule, chain: _Chain, rings: Sequence[_Chain]) -> None:
    """Solve where an equidistance line crosses limits, and put the points into both."""
    index = [STATES.index(state) for state in chain.states]
    levels = sorted({*rule.breadth_m[index], *rule.reach_m[index]})
    for level in (m for m in levels if m <= rule.reach_m[index].min()):
        beyond = chain.distance_m - level
        for place in np.flatnonzero(beyond[:-1] * beyond[1:] < 0)[::-1] + 1:  # from the end: places stay
            before, after = chain.points[place - 1 : place + 1].copy()
            course = plain_course(rule.arrays, index, before)
            base_points = chain.vertices["segments"][place - 1, 1]
            point = np.array(_crossing(course, *base_points, level, after))
            chain.insert(place, point, level)
            for ring in rings:
                if ring.distance_m[0] == level and not set(ring.states).isdisjoint(chain.states):
                    ring.put_on(point, level)


@compiled
def _crossing(course, a, b, level, q):
    """The point between two vertices of an equidistance line at a given distance from both States."""
    scratch = np.empty(SCRATCH)
    p = course.begin
    place = settled(course, a, b, p[0], p[1], p[2], scratch)
    first = place.distance_m
    low, high = 0.0, 1.0
    for _ in range(80):
        u = 0.5 * (low + high)
        x, y, z = onto_surface(p[0] + u * (q[0] - p[0]), p[1] + u * (q[1] - p[1]), p[2] + u * (q[2] - p[2]))
        place = settled(course, a, b, x, y, z, scratch)
        if (place.distance_m - level) * (first - level) > 0.0:
            low = u
        else:
            high = u
        if abs(place.distance_m - level) < 1e-8:
            break
    return place.x, place.y, place.z


def _meet_rings(rule: Rule, rings: Sequence[_Chain]) -> None:
    """Solve where limits of States with different breadths cross, and put the points into both."""
    for i, first in enumerate(rings):
        for second in rings[:i]:
            if first.states == second.states:
                continue
            both = (first, second)
            belts = [
                Belt(rule.arrays.tree, groups_of(ring.states), float(ring.distance_m[0])) for ring in both
            ]
            drawn = (shapely.LineString(ring.vertices["lon_lat"]) for ring in both)
            for at in shapely.get_coordinates(shapely.intersection(*drawn)):
                point = np.array(_at_both(*belts, to_earth_centred(at)))
                for ring in both:
                    ring.put_on(point, ring.distance_m[0])


@compiled
def _at_both(first, second, p):
    """The point at the outer edges of two belts, by Newton's method."""
    scratch = np.empty(SCRATCH)
    x, y, z = p
    for _ in range(30):
        a, _, _ = nearest_in(first.tree, first.groups, x, y, z, np.inf, scratch)
        b, _, _ = nearest_in(second.tree, second.groups, x, y, z, np.inf, scratch)
        da, ax, ay, az = away_from_foot(first.tree, a, x, y, z)
        db, bx, by, bz = away_from_foot(second.tree, b, x, y, z)
        c = ax * bx + ay * by + az * bz
        det = 1.0 - c * c
        if det < 1e-12:
            break
        ma, mb = first.distance_m - da, second.distance_m - db
        if abs(ma) < 1e-8 and abs(mb) < 1e-8:
            break
        u, v = (ma - c * mb) / det, (mb - c * ma) / det
        x, y, z = onto_surface(x + u * ax + v * bx, y + u * ay + v * by, z + u * az + v * bz)
    return x, y, z


def _cut_line(rule: Rule, chain: _Chain) -> list[DrawnLine]:
    """The stretches of an equidistance line where the belts of both States reach it."""
    reach_m = min(rule.reach_m[STATES.index(state)] for state in chain.states)
    reached = np.concatenate([[False], chain.distance_m <= reach_m, [False]])
    stretches = np.flatnonzero(reached[1:] != reached[:-1]).reshape(-1, 2).tolist()
    return [chain.drawn(first, end - 1, chain.states) for first, end in stretches if end - first > 1]


def _cut_ring(rule: Rule, ring: _Chain) -> list[DrawnLine]:
    """The stretches of a ring that are the outer limit of some State's zone, by the rule."""
    is_node = ring.vertices["is_node"]
    if is_node.any():  # begin at one
        order = np.append(np.roll(np.arange(len(is_node) - 1), -is_node.argmax()), is_node.argmax())
        ring.vertices = ring.vertices[order]
    marks = sorted({0, len(is_node) - 1, *np.flatnonzero(ring.vertices["is_node"]).tolist()})
    pieces = []
    for first, last in itertools.pairwise(marks):
        state = _owner_of_limit(rule, ring, (first + last) // 2)
        if state in ring.states:
            pieces.append(ring.drawn(first, last, (state,)))
    return pieces


def _owner_of_limit(rule: Rule, ring: _Chain, edge: int) -> str:
    """The State that has the zone just inside an edge of a ring, "" where the rule has no limit there."""
    start, end = ring.points[edge : edge + 2]
    middle = 0.5 * (start + end)
    _, *away = away_from_foot(rule.arrays.tree, ring.vertices["segments"][edge, 1, 0], *middle)
    step = 0.1 + 0.5 * min(float(np.linalg.norm(end - start)), 1.0)
    sides = to_lon_lat(middle + step * np.array([[-1.0], [1.0]]) * np.array(away))
    answer = decide_many(rule, sides[:, 0], sides[:, 1])
    inside, outside = zip(answer.zone.tolist(), answer.state.tolist(), strict=True)
    return "" if ANSWERS[inside[0]] != ring.zone or inside == outside else STATES[inside[1]]


def _faces(
    rule: Rule, drawn: Sequence[DrawnLine]
) -> tuple[dict[tuple[str, str], shapely.MultiPolygon], shapely.Polygon]:
    """Faces between shores and lines, joined by zone and State."""
    sea = shapely.orient_polygons(on_grid(rule.baseline.sea))
    faces, xy = faces_on_grid(sea, [piece.lon_lat for piece in drawn])
    answer = decide_many(rule, xy[:, 0], xy[:, 1])
    by_zone: dict[tuple[str, str], list[shapely.Polygon]] = defaultdict(list)
    for face, zone, state in zip(faces, answer.zone, answer.state, strict=True):
        if zone not in (TERRITORIAL, FISHERY, COMMON):
            raise ZonesError(f"a face of the sea was decided to be {ANSWERS[zone]} (a defect)")
        by_zone[(ANSWERS[zone], STATES[state] if state >= 0 else "")].append(face)
    polygons = {key: joined(parts) for key, parts in by_zone.items()}
    return polygons, sea
