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
from zones.geodesy.nearest import nearest_in
from zones.geodesy.segment_tree import SCRATCH
from zones.lines.equidistance import EquidistanceLine, Tripoint, equidistant_point, trace_equidistance
from zones.lines.limits import LimitRing, groups_of, trace_from_corners, voronoi_corners
from zones.lines.tracing import away_from_foot
from zones.rule.rule import COMMON, FISHERY, TERRITORIAL, Rule, decide_many
from zones.words import ANSWERS, FISHERY_ZONE_BREADTH_NM, STATES

_SAME_M = 1e-3
_BESIDE_M = 0.5  # a node farther from a ring than this does not lie on it
_SLIVER_M2 = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLine:
    """A stretch of an outer limit or of a boundary between two States' waters, as computed.

    Attributes
    ----------
    kind : str
        ``limit`` or ``boundary``.
    zone : str
        Zone whose outer limit it is; of a boundary, empty.
    states : tuple of str
        The State of a limit; left and right State of a boundary.
    lon_lat : ndarray, shape (n, 2)
        Not rounded. [deg]
    before, after : ndarray, shape (n, 2)
        Baseline segments of the base points arriving at and leaving each vertex (boundary: of the
        left and the right State; limit: the same one twice). -1 where not known.
    distance_m : ndarray, shape (n,)
        Distance to the base points. [m]
    """

    kind: str
    zone: str
    states: tuple[str, ...]
    lon_lat: Floats
    before: Integers
    after: Integers
    distance_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The sea outside the baseline, cut.

    Attributes
    ----------
    polygons : dict
        (zone, state or "") -> valid, oriented MultiPolygon on the grid of the export.
    lines : tuple of DrawnLine
    equidistance : tuple of EquidistanceLine
        Whole lines, not cut at the outer limits.
    tripoints : tuple of Tripoint
    sea : shapely.Polygon
        The water that was cut, on the same grid.
    """

    polygons: dict[tuple[str, str], shapely.MultiPolygon]
    lines: tuple[DrawnLine, ...]
    equidistance: tuple[EquidistanceLine, ...]
    tripoints: tuple[Tripoint, ...]
    sea: shapely.Polygon


@dataclass(slots=True, eq=False)
class _Chain:
    """A line under construction: vertices, what they are based on, and which are nodes."""

    points: Floats
    lon_lat: Floats
    before: Integers
    after: Integers
    distance_m: Floats
    node: npt.NDArray[np.bool_]
    closed: bool

    def insert(self, place: int, point: Floats, lon_lat: Floats, distance_m: float) -> None:
        """Put a node before a vertex; its base segments are those of the stretch it lies on."""
        source = place - 1
        self.points = np.insert(self.points, place, point, axis=0)
        self.lon_lat = np.insert(self.lon_lat, place, lon_lat, axis=0)
        self.before = np.insert(self.before, place, self.after[source], axis=0)
        self.after = np.insert(self.after, place, self.after[source], axis=0)
        self.distance_m = np.insert(self.distance_m, place, distance_m)
        self.node = np.insert(self.node, place, True)

    def replace(self, place: int, point: Floats, lon_lat: Floats) -> None:
        self.points[place] = point
        self.lon_lat[place] = lon_lat
        self.node[place] = True
        if self.closed and place in (0, len(self.points) - 1):
            for end in (0, -1):
                self.points[end], self.lon_lat[end], self.node[end] = point, lon_lat, True


def partition_sea(rule: Rule) -> Partition:
    """Trace all limits and equidistance lines and cut the sea by them.

    Raises
    ------
    ZonesError
        Lines do not close or faces do not add up to the sea (it would be a defect).
    """
    everyone = groups_of(STATES)
    corners, feet = voronoi_corners(rule.baseline, everyone)
    lines, tripoints = trace_equidistance(rule, corners)
    rings: list[tuple[frozenset[str], str, LimitRing]] = []
    for breadth_nm in sorted(set(rule.breadth_nm.tolist())):
        states = tuple(s for s, b in zip(STATES, rule.breadth_nm, strict=True) if b == breadth_nm)
        groups = groups_of(states)
        own = (corners, feet) if len(states) == len(STATES) else voronoi_corners(rule.baseline, groups)
        for code, level_nm in (
            (TERRITORIAL, breadth_nm),
            (FISHERY, breadth_nm + FISHERY_ZONE_BREADTH_NM),
        ):
            rings += [
                (frozenset(states), ANSWERS[code], ring)
                for ring in trace_from_corners(rule, groups, *own, level_nm * METRES_PER_NM)
            ]
    ring_chains = [(states, zone, _ring_chain(ring)) for states, zone, ring in rings]
    line_chains = [(line, _line_chain(line)) for line in lines]
    _meet_lines_and_rings(rule, line_chains, ring_chains)
    _meet_rings(rule, ring_chains)
    drawn = [piece for line, chain in line_chains for piece in _cut_line(rule, line, chain)] + [
        piece for states, zone, chain in ring_chains for piece in _cut_ring(rule, states, zone, chain)
    ]
    polygons, sea = _faces(rule, drawn)
    return Partition(polygons, tuple(drawn), tuple(lines), tuple(tripoints), sea)


def _ring_chain(ring: LimitRing) -> _Chain:
    order = np.append(np.arange(len(ring.points)), 0)
    segments = ring.segments[order].copy()
    segments[0, 0] = segments[-1, 0] = ring.segments[-1, 1]
    segments[-1, 1] = ring.segments[0, 1]
    return _Chain(
        ring.points[order], ring.lon_lat[order],
        np.repeat(segments[:, :1], 2, axis=1), np.repeat(segments[:, 1:], 2, axis=1),
        np.full(len(order), ring.distance_m), np.zeros(len(order), dtype=bool), True,
    )  # fmt: skip


def _line_chain(line: EquidistanceLine) -> _Chain:
    return _Chain(
        line.points.copy(), line.lon_lat.copy(),
        np.column_stack([line.left_segments[:, 0], line.right_segments[:, 0]]),
        np.column_stack([line.left_segments[:, 1], line.right_segments[:, 1]]),
        line.distance_m.copy(), np.zeros(len(line.points), dtype=bool), line.end == "closed",
    )  # fmt: skip


def _meet_lines_and_rings(
    rule: Rule,
    line_chains: Sequence[tuple[EquidistanceLine, _Chain]],
    ring_chains: Sequence[tuple[frozenset[str], str, _Chain]],
) -> None:
    """Solve where equidistance lines cross limits, and put the points into both."""
    for line, chain in line_chains:
        index = [STATES.index(line.left_state), STATES.index(line.right_state)]
        levels = sorted({*rule.breadth_m[index], *rule.reach_m[index]})
        for level in (m for m in levels if m <= rule.reach_m[index].min()):
            place = 1
            while place < len(chain.points):
                low, high = chain.distance_m[place - 1] - level, chain.distance_m[place] - level
                if low * high < 0:
                    a, b = chain.after[place - 1]
                    ends = chain.points[place - 1], chain.points[place]
                    point = np.array(_crossing(rule.baseline.tree, a, b, level, *ends))
                    lon_lat = to_lon_lat(point)
                    chain.insert(place, point, lon_lat, level)
                    place += 1
                    for states, _, ring in ring_chains:
                        if ring.distance_m[0] == level and states & {
                            line.left_state,
                            line.right_state,
                        }:
                            _put_on(ring, point, lon_lat, level)
                place += 1


@compiled
def _crossing(tree, a, b, level, p, q):
    """The point between two vertices of an equidistance line at a given distance from both States."""
    _, _, _, first, _ = equidistant_point(tree, a, b, p[0], p[1], p[2])
    low, high = 0.0, 1.0
    x, y, z = p[0], p[1], p[2]
    for _ in range(80):
        u = 0.5 * (low + high)
        x, y, z = onto_surface(p[0] + u * (q[0] - p[0]), p[1] + u * (q[1] - p[1]), p[2] + u * (q[2] - p[2]))
        x, y, z, d, _ = equidistant_point(tree, a, b, x, y, z)
        if (d - level) * (first - level) > 0.0:
            low = u
        else:
            high = u
        if abs(d - level) < 1e-8:
            break
    return x, y, z


def _put_on(chain: _Chain, point: Floats, lon_lat: Floats, distance_m: float) -> bool:
    """Make a point a vertex of a chain that runs through it; False where it does not."""
    from scipy.spatial import cKDTree  # slow to load; serving does without

    count = len(chain.points)
    _, near = cKDTree(chain.points).query(point, k=min(6, count))
    best = (np.inf, -1)
    for vertex in np.atleast_1d(near):
        if np.linalg.norm(chain.points[vertex] - point) < _SAME_M:
            chain.replace(int(vertex), point, lon_lat)
            return True
        for first in (vertex - 1, vertex):
            if 0 <= first < count - 1:
                a, along = chain.points[first], chain.points[first + 1] - chain.points[first]
                share = float(np.clip((point - a) @ along / max(along @ along, 1e-12), 0, 1))
                away = float(np.linalg.norm(point - a - share * along))
                if away < best[0]:
                    best = (away, int(first))
    if best[0] > _BESIDE_M:
        return False
    chain.insert(best[1] + 1, point, lon_lat, distance_m)
    return True


def _meet_rings(rule: Rule, ring_chains: Sequence[tuple[frozenset[str], str, _Chain]]) -> None:
    """Solve where limits of States with different breadths cross, and put the points into both."""
    for i, (first_states, _, first) in enumerate(ring_chains):
        for second_states, _, second in ring_chains[:i]:
            if first_states == second_states:
                continue
            for at in _crossings(first, second):
                x, y, z = _two_distances(
                    rule.baseline.tree,
                    groups_of(sorted(first_states)), first.distance_m[0],
                    groups_of(sorted(second_states)), second.distance_m[0],
                    to_earth_centred(at),
                )  # fmt: skip
                point = np.array([x, y, z])
                lon_lat = to_lon_lat(point)
                _put_on(first, point, lon_lat, first.distance_m[0])
                _put_on(second, point, lon_lat, second.distance_m[0])


def _crossings(first: _Chain, second: _Chain) -> Floats:
    """Positions where two drawn rings cross. [deg]"""
    met = shapely.LineString(first.lon_lat).intersection(shapely.LineString(second.lon_lat))
    return shapely.get_coordinates(met)


@compiled
def _two_distances(tree, first_groups, first_m, second_groups, second_m, p):
    """The point at given distances from two sets of baselines, by Newton's method."""
    scratch = np.empty(SCRATCH)
    x, y, z = p
    for _ in range(30):
        a, _, _ = nearest_in(tree, first_groups, x, y, z, np.inf, scratch)
        b, _, _ = nearest_in(tree, second_groups, x, y, z, np.inf, scratch)
        da, ax, ay, az = away_from_foot(tree, a, x, y, z)
        db, bx, by, bz = away_from_foot(tree, b, x, y, z)
        c = ax * bx + ay * by + az * bz
        det = 1.0 - c * c
        if det < 1e-12:
            break
        ma, mb = first_m - da, second_m - db
        if abs(ma) < 1e-8 and abs(mb) < 1e-8:
            break
        u, v = (ma - c * mb) / det, (mb - c * ma) / det
        x, y, z = onto_surface(x + u * ax + v * bx, y + u * ay + v * by, z + u * az + v * bz)
    return x, y, z


def _cut_line(rule: Rule, line: EquidistanceLine, chain: _Chain) -> list[DrawnLine]:
    """The stretches of an equidistance line where the belts of both States reach it."""
    index = [STATES.index(line.left_state), STATES.index(line.right_state)]
    reach = rule.reach_m[index].min()
    reached = chain.distance_m <= reach
    pieces = []
    first = 0
    while first < len(reached):
        if not reached[first]:
            first += 1
            continue
        last = first
        while last + 1 < len(reached) and reached[last + 1]:
            last += 1
        if last > first:
            pieces.append(_drawn(chain, first, last, "boundary", "", (line.left_state, line.right_state)))
        first = last + 1
    return pieces


def _drawn(chain: _Chain, first: int, last: int, kind: str, zone: str, states: tuple[str, ...]) -> DrawnLine:
    part = slice(first, last + 1)
    return DrawnLine(
        kind, zone, states, chain.lon_lat[part].copy(), chain.before[part].copy(),
        chain.after[part].copy(), chain.distance_m[part].copy(),
    )  # fmt: skip


def _cut_ring(rule: Rule, states: frozenset[str], zone: str, chain: _Chain) -> list[DrawnLine]:
    """The stretches of a ring that are the outer limit of some State's zone, by the rule."""
    places = np.flatnonzero(chain.node)
    if len(places):
        start = int(places[0])
        _turn(chain, start)
        places = np.flatnonzero(chain.node)
    marks = sorted({0, len(chain.points) - 1, *places.tolist()})
    pieces = []
    for first, last in itertools.pairwise(marks):
        middle = (first + last) // 2
        state = _owner_of_limit(rule, chain, middle, zone)
        if state in states:
            pieces.append(_drawn(chain, first, last, "limit", zone, (state,)))
    return pieces


def _turn(chain: _Chain, start: int) -> None:
    """Begin a closed chain at another vertex."""
    order = np.append(np.arange(start, len(chain.points) - 1), np.arange(start + 1))
    for name in ("points", "lon_lat", "before", "after", "distance_m", "node"):
        setattr(chain, name, getattr(chain, name)[order])


def _owner_of_limit(rule: Rule, chain: _Chain, edge: int, zone: str) -> str:
    """The State that has the zone just inside an edge of a ring, "" where the rule has no limit there."""
    tree = rule.baseline.tree
    middle = 0.5 * (chain.points[edge] + chain.points[edge + 1])
    edge_m = float(np.linalg.norm(chain.points[edge + 1] - chain.points[edge]))
    _, *away = away_from_foot(tree, chain.after[edge, 0], *middle)
    step = 0.1 + 0.5 * min(edge_m, 1.0)
    sides = to_lon_lat(middle + step * np.array([[-1.0], [1.0]]) * np.array(away))
    answer = decide_many(rule, sides[:, 0], sides[:, 1])
    if ANSWERS[answer.zone[0]] != zone or (
        answer.zone[1] == answer.zone[0] and answer.state[1] == answer.state[0]
    ):
        return ""
    return STATES[answer.state[0]]


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
