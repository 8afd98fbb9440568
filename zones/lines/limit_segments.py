"""Outer limits as what they are made of: arcs about base points, and curves at the breadth from lines.

A limit is drawn as vertices, each with the baseline segment that it is measured from. Here neighbours are put
together again that have the same base point, or slide along the same line of the baseline. An arc passes into
the curve of a line that ends in its centre where the geodesic from the centre is square to that line; this
point is computed. All other ends are vertices of the limit.

Error: ends lie within 0.1 mm of the breadth. What is shorter than `_NOTHING_M` is left out: its neighbours,
drawn on to each other, leave it by less than 0.01 mm.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from coastlines import StraightLine
from zones.arrays import Flags, Floats, Integers
from zones.baseline.baseline import Baseline
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import WGS84, feet_on_segments
from zones.geodesy.segment_tree import END_VERTEX, START_VERTEX
from zones.lines.partition import DrawnLine
from zones.words import BASELINE_KINDS

GEODESIC = "geodesic"
NO_VERTEX = -1
_STRAIGHT_RAD = 1e-8  # a shore that bends less runs on; 0.5 mm across the widest belt
_NOTHING_M = 0.05
_MEETS_M = 1.0  # limits switch to the next base segment a little late, and never by so much
_MOST_VERTICES_OF_NOTHING = 8
_NORMAL = BASELINE_KINDS.index("normal")


@dataclass(frozen=True, slots=True, eq=False)
class BaseLines:
    """The lines that the segments of a baseline are pieces of, by the numbers of segments."""

    # first, last: shape (n,), the first and the last segment of each one's line
    first: Integers
    last: Integers
    line_types: tuple[str, ...]  # what joins the ends of each one's line


@dataclass(frozen=True, slots=True, eq=False)
class LimitSegment:
    """A part of an outer limit with one base point, or with one line of the baseline behind it."""

    vertex: int  # number of the base point among the vertices of the baseline; `NO_VERTEX` along a line
    base_segment: int  # a segment of the baseline: of that line, or with an end in the base point
    lon_lat: Floats  # shape (n, 2); from start to end, the belt on the left, not rounded [deg]

    @property
    def is_arc(self) -> bool:
        """Whether it is an arc about a base point."""
        return self.vertex != NO_VERTEX


def base_lines(baseline: Baseline, given: Sequence[StraightLine]) -> BaseLines:
    """The lines of a baseline: shores from bend to bend, straight lines from one turning point to the next.

    ``given`` are the straight lines as their user gave them, in the order of those of the baseline.
    """
    count = len(baseline.start)
    leg, types = _legs(baseline, given)
    before, after = _neighbours(baseline)
    runs_on = (leg[before] >= 0) & (leg[before] == leg[after])
    shore = (leg[before] < 0) & (leg[after] < 0) & (baseline.state[before] == baseline.state[after])
    runs_on |= shore & (_bends_rad(baseline, before, after) < _STRAIGHT_RAD)
    following = dict(zip(before[runs_on].tolist(), after[runs_on].tolist(), strict=True))
    first, last = np.arange(count), np.arange(count)
    for begin in set(following).difference(following.values()):
        pieces = [begin]
        while pieces[-1] in following:
            pieces.append(following[pieces[-1]])
        first[pieces], last[pieces] = pieces[0], pieces[-1]
    return BaseLines(first, last, tuple(types[one] if one >= 0 else GEODESIC for one in leg.tolist()))


def _legs(baseline: Baseline, given: Sequence[StraightLine]) -> tuple[Integers, list[str]]:
    """The leg of a straight line that each segment is a piece of, -1 on shores; the type of each leg."""
    leg = np.full(len(baseline.start), -1)
    types: list[str] = []
    pieces: list[tuple[list[float], list[float]]] = []
    of_piece: list[int] = []
    for number, line in enumerate(baseline.straight_lines):
        own = given[number].coordinates[1:-1] if number < len(given) else line.coordinates[:0]
        turns = {tuple(point) for point in own.tolist()}
        for start, end in itertools.pairwise(line.coordinates.tolist()):
            if not pieces or tuple(start) in turns or start != pieces[-1][1]:
                types.append(line.line_type)
            pieces.append((start, end))
            of_piece.append(len(types) - 1)
    wanted = np.flatnonzero(baseline.is_baseline & (baseline.kind != _NORMAL))
    if len(wanted):
        middles = 0.5 * (baseline.start[wanted] + baseline.end[wanted])
        nearest = shapely.STRtree(shapely.linestrings(pieces)).nearest(shapely.points(middles))
        leg[wanted] = np.array(of_piece)[nearest]
    return leg, types


def _neighbours(baseline: Baseline) -> tuple[Integers, Integers]:
    """Segments of the baseline that end where one other begins, and these, where no third one meets them."""
    own = np.flatnonzero(baseline.is_baseline)
    starts, ends = (baseline.sides.columns[own, column] for column in (START_VERTEX, END_VERTEX))
    count = len(baseline.sides.incident_first)
    begins, stops = (np.bincount(vertices, minlength=count) for vertices in (starts, ends))
    beginning = np.full(count, -1)
    beginning[starts] = own
    simple = (begins[ends] == 1) & (stops[ends] == 1)
    return own[simple], beginning[ends[simple]]


def _bends_rad(baseline: Baseline, before: Integers, after: Integers) -> Floats:
    """How much the baseline bends between segments that follow one another."""
    _, back, _ = WGS84.inv(*baseline.start[before].T, *baseline.end[before].T)
    azimuth, _, _ = WGS84.inv(*baseline.start[after].T, *baseline.end[after].T)
    return np.abs(np.radians((np.asarray(azimuth) - np.asarray(back)) % 360.0 - 180.0))


def limit_segments(baseline: Baseline, lines: BaseLines, limit: DrawnLine) -> list[LimitSegment]:
    """What a stretch of an outer limit is made of, in its order; a whole ring begins where one does."""
    bases = limit.segments[:-1, 1, 0]
    keys = _keys(baseline, lines, limit, bases)
    changes = _changes(keys, lines, bases)
    meeting, computed = _meetings(baseline, lines, limit, changes)
    parts = []
    key, base, points, first = int(keys[0, 0]), int(bases[0]), [limit.lon_lat[:1]], 1
    for change, point, moved in zip(changes, meeting, computed.tolist(), strict=True):
        # A vertex where the base changes late lies on the curve, not on the arc beside it.
        last = change.vertex + (change.is_within or (moved and change.before < 0))
        parts.append(_Part(key, base, np.vstack([*points, limit.lon_lat[first:last], point])))
        key, base, points = change.after, int(bases[change.vertex]), [point[None, :]]
        first = last + (not change.is_within and not moved)
    parts.append(_Part(key, base, np.vstack([*points, limit.lon_lat[first:]])))
    parts = _without_nothing(baseline, parts)
    if len(parts) > 1 and parts[0].key == parts[-1].key and (limit.lon_lat[0] == limit.lon_lat[-1]).all():
        end = parts.pop()
        parts[0] = _Part(end.key, end.base, np.vstack([end.points[:-1], parts[0].points]))
    return [LimitSegment(max(part.key, NO_VERTEX), part.base, part.points) for part in parts]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A limit segment under construction."""

    key: int  # number of the base point; of a line -2 less the number of its first segment
    base: int
    points: Floats


@dataclass(frozen=True, slots=True)
class _Change:
    """Where the base of a limit changes: at a vertex, or within the edge that begins there."""

    vertex: int
    is_within: bool
    # before, after: keys, as of `_Part`
    before: int
    after: int


def _keys(baseline: Baseline, lines: BaseLines, limit: DrawnLine, bases: Integers) -> Integers:
    """Keys of the bases at both ends of each edge of a limit, shape (n - 1, 2)."""
    points = to_earth_centred(limit.lon_lat)
    start, end = baseline.tree.start[bases], baseline.tree.end[bases]
    starts, ends = (baseline.sides.columns[bases, column] for column in (START_VERTEX, END_VERTEX))
    is_first, is_last = lines.first[bases] == bases, lines.last[bases] == bases
    keys = np.empty((len(bases), 2), dtype=np.int64)
    for side, places in enumerate((points[:-1], points[1:])):
        share, _, _ = feet_on_segments(places, start, end)
        keys[:, side] = -2 - lines.first[bases]
        for at_end, vertices in (((share <= 0.0) & is_first, starts), ((share >= 1.0) & is_last, ends)):
            keys[at_end, side] = vertices[at_end]
    return keys


def _changes(keys: Integers, lines: BaseLines, bases: Integers) -> list[_Change]:
    flat = keys.ravel()
    changes = []
    for place in np.flatnonzero(flat[:-1] != flat[1:]).tolist():
        before, after = int(flat[place]), int(flat[place + 1])
        vertex, is_within = (place + 1) // 2, place % 2 == 0
        if is_within and before >= 0 and after >= 0:  # all of the line between both base points
            line = -2 - int(lines.first[bases[vertex]])
            changes += [_Change(vertex, True, before, line), _Change(vertex, True, line, after)]
        else:
            changes.append(_Change(vertex, is_within, before, after))
    return changes


def _meetings(
    baseline: Baseline, lines: BaseLines, limit: DrawnLine, changes: Sequence[_Change]
) -> tuple[Floats, Flags]:
    """Where the parts of a limit meet [deg], and whether that was computed; else it is the vertex there."""
    at = limit.lon_lat[[change.vertex for change in changes]].reshape(-1, 2)
    is_within = np.array([change.is_within for change in changes], dtype=bool)
    keys = np.array([(change.before, change.after) for change in changes], dtype=np.int64).reshape(-1, 2)
    arc = keys.max(axis=1)
    first = np.where((arc >= 0) & (keys.min(axis=1) < 0), -2 - keys.min(axis=1), 0)
    last = lines.last[first]
    at_first = baseline.sides.columns[first, START_VERTEX] == arc
    at_last = baseline.sides.columns[last, END_VERTEX] == arc
    own = np.flatnonzero((keys.min(axis=1) < 0) & (at_first | at_last))
    centre = np.where(at_first[:, None], baseline.start[first], baseline.end[last])[own]
    towards = np.where(at_first[:, None], baseline.end[first], baseline.start[last])[own]
    azimuth, _, _ = WGS84.inv(*centre.T, *towards.T)
    meeting, computed = at.copy(), np.zeros(len(changes), dtype=bool)
    away_m = np.where(is_within, np.inf, _MEETS_M)[own]
    for turn_deg in (-90.0, 90.0):
        distances_m = np.full(len(own), limit.distance_m[0])
        lon, lat, _ = WGS84.fwd(centre[:, 0], centre[:, 1], np.asarray(azimuth) + turn_deg, distances_m)
        _, _, there_m = WGS84.inv(lon, lat, *at[own].T)
        nearer = np.asarray(there_m) < away_m
        away_m[nearer] = np.asarray(there_m)[nearer]
        meeting[own[nearer]] = np.column_stack([lon, lat])[nearer]
        computed[own[nearer]] = True
    return meeting, computed


def _without_nothing(baseline: Baseline, parts: list[_Part]) -> list[_Part]:
    """The parts but those too short, whose neighbours are drawn on to each other; equal neighbours joined."""
    kept: list[_Part] = []
    begins: Floats | None = None  # where the next part does, instead
    for part in parts:
        points = part.points if begins is None else np.vstack([begins, part.points[1:]])
        begins = None
        if len(parts) > 1 and _is_nothing(baseline, part):
            begins = points[:1]
        elif kept and kept[-1].key == part.key:
            kept[-1] = _Part(part.key, kept[-1].base, np.vstack([kept[-1].points, points[1:]]))
        else:
            kept.append(_Part(part.key, part.base, points))
    if begins is not None and kept:
        kept[-1] = _Part(
            kept[-1].key, kept[-1].base, np.vstack([kept[-1].points[:-1], parts[-1].points[-1:]])
        )
    return kept


def _is_nothing(baseline: Baseline, part: _Part) -> bool:
    """Whether a part is too short, or an arc that runs back from where a base changes late."""
    if len(part.points) > _MOST_VERTICES_OF_NOTHING:
        return False
    places = to_earth_centred(part.points)
    size_m = float(np.linalg.norm(places - places[0], axis=1).max())
    if size_m < _NOTHING_M or size_m > _MEETS_M or part.key < 0:
        return size_m < _NOTHING_M
    segment = part.base
    is_start = baseline.sides.columns[segment, START_VERTEX] == part.key
    centre = (baseline.start if is_start else baseline.end)[segment]
    azimuth, _, _ = WGS84.inv(*np.tile(centre, (2, 1)).T, *part.points[[0, -1]].T)
    return bool((azimuth[0] - azimuth[1]) % 360.0 > 180.0)
