"""Straight and closing lines: snapped to the shore, and the waters that they cut off.

No State's straight baselines are agreed or published with coordinates that could be read; the only
line in use without a user's file is the one across the strait of Kara-Bogaz-Gol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from coastlines import Lagoon, StraightLine
from coastlines.rings import DECIMALS
from zones.arrays import Flags, Floats, Integers
from zones.baseline.shore import Ring, Shore
from zones.errors import BaselineError
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.faces import faces_within, node_segments, rings_of
from zones.geodesy.geodesics import WGS84, densify_geodesics, densify_loxodromes, feet_on_segments
from zones.geodesy.segment_tree import MAXIMUM_SEGMENT_M
from zones.words import BASELINE_KINDS, INTERNAL_WATERS, KARA_BOGAZ_GOL_ID, KARA_BOGAZ_GOL_NAME, STATES

SNAP_M = 500.0
_LAGOON_SNAP_M = 5000.0  # shorelines of other sources lie up to a kilometre off, and the spit moves
_AT_A_VERTEX_M = 1.0
_LONGEST_M = 10_000_000.0  # of all lines together; some shores are no longer
_LOST_SHARE = 1e-7  # of the water, by rounding; more is a defect
_LOXODROME_PIECE_M = 100.0  # a loxodrome leaves its chord by 0.2 mm in such a piece
_KARA_BOGAZ_GOL = (53.5, 41.3)


class Segments(NamedTuple):
    """Segments with their columns: state, kind, region left, region right."""

    start: Floats
    end: Floats
    columns: Integers

    def at(self, rows: Flags) -> Segments:
        """Some of them."""
        return Segments(self.start[rows], self.end[rows], self.columns[rows])


def chain(lon_lat: Floats, state: int | Integers, kind: str, left: int, right: int) -> Segments:
    """The segments of a line, all of one kind and between the same regions."""
    columns = np.empty((len(lon_lat) - 1, 4), dtype=np.int64)
    columns[:, 0], columns[:, 1:] = state, (BASELINE_KINDS.index(kind), left, right)
    return Segments(lon_lat[:-1], lon_lat[1:], columns)


def joined(*parts: Segments) -> Segments:
    """The segments of all parts in their order."""
    return Segments(*map(np.vstack, zip(*parts, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class SnappedLine:
    """A straight or closing line in use."""

    state: str
    kind: str
    line_type: str
    name: str
    coordinates: Floats  # shape (n, 2); as used: ends on the shore, cut into short pieces [deg]
    # snapped_start_m, snapped_end_m: how far the ends were moved to the shore [m]
    snapped_start_m: float
    snapped_end_m: float
    # whether it is the closing line that every edition has, and no user's
    closes_kara_bogaz_gol: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Waters landward of the baseline: a feature id, its State, its drawn polygon."""

    id: str
    state: str
    polygon: shapely.MultiPolygon


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A shore after its waters were cut off."""

    segments: Segments  # shores, then lines over water, which meet in common vertices only
    sea: shapely.Polygon  # what is left of the water
    waters: tuple[Enclosed, ...]  # what was cut off
    lines: tuple[SnappedLine, ...]  # as given and snapped, over land too


class _Corners:
    """All rings with their vertices in space, converted once for however many ends of lines."""

    def __init__(self, rings: Sequence[Ring]) -> None:
        self.rings = list(rings)
        self.xyz = np.vstack([to_earth_centred(ring.lon_lat) for ring in rings])  # of all, in their order
        self.first = np.cumsum([0, *(len(ring.lon_lat) for ring in rings)])[:-1]  # row of each ring in xyz

    def nearest(self, point: Floats) -> tuple[int, int, Floats]:
        """The ring and the segment of it that are nearest to a point, and the nearest point there. [m]"""
        _, feet, length_m = feet_on_segments(point, self.xyz[:-1], self.xyz[1:])
        length_m[self.first[1:] - 1] = np.inf  # from the end of a ring to the start of the next
        row = int(length_m.argmin())
        number = int(np.searchsorted(self.first, row, side="right")) - 1
        return number, row - int(self.first[number]), feet[row]

    def insert(self, number: int, segment: int, vertex: Floats) -> None:
        """Part a segment of a ring at a vertex. [deg]"""
        ring = self.rings[number]
        self.rings[number] = Ring(
            np.insert(ring.lon_lat, segment + 1, vertex, axis=0),
            np.insert(ring.state, segment, ring.state[segment]),
        )
        row = self.first[number] + segment + 1
        self.xyz = np.insert(self.xyz, row, to_earth_centred(vertex), axis=0)
        self.first[number + 1 :] += 1


def cut_off_waters(shore: Shore, straight: Sequence[StraightLine], lagoon: Lagoon) -> Cut:
    """Snap the lines to the shore and find the waters landward of them.

    Lines may touch the shore, run along it and over it, however often; what runs over land is left out.

    Raises `BaselineError`: an end lies more than 500 m from the shore or on another State's, a line meets
    another State's shore, cuts off shore or a line of another State, runs nowhere over water, crosses itself
    or another, or is longer than can be used;
    or the waters found do not add up to the water that there was.
    """
    corners = _Corners([shore.mainland, *shore.islands])
    water = shapely.Polygon(shore.mainland.lon_lat, [ring.lon_lat for ring in shore.islands])
    shapely.prepare(water)
    _refuse_too_long(straight)
    lines = [_snapped(corners, line, SNAP_M, number) for number, line in enumerate(straight, start=1)]
    if shapely.contains_xy(water, *_KARA_BOGAZ_GOL):
        closing = StraightLine(
            "TKM", "closing_line", "geodesic", np.asarray(lagoon.closing_line), KARA_BOGAZ_GOL_NAME
        )
        used = _snapped(corners, closing, _LAGOON_SNAP_M, len(lines) + 1)
        lines.append(replace(used, closes_kara_bogaz_gol=True))
    shores = joined(*(chain(ring.lon_lat, ring.state, "normal", 1, 0) for ring in corners.rings))
    if not lines:
        return Cut(shores, water, (), ())
    _refuse_crossings(lines)
    return _labelled(water, *_noded(shores, lines, water), tuple(lines))


def _snapped(corners: _Corners, line: StraightLine, reach_m: float, number: int) -> SnappedLine:
    """The line between shores, both its ends put among the vertices of these."""
    label = f"straight line {line.name or number} of {line.state}"
    coordinates = np.array(line.coordinates, dtype=np.float64)
    coordinates[0], start_m = _snap(corners, coordinates[0], reach_m, f"start of {label}")
    coordinates[-1], end_m = _snap(corners, coordinates[-1], reach_m, f"end of {label}")
    for end, vertex in (("start", coordinates[0]), ("end", coordinates[-1])):
        owners = _owners_at(corners.rings, vertex)
        if line.state not in owners:
            raise BaselineError(
                f"{end} of {label} at {vertex[0]:.5f}, {vertex[1]:.5f} is on the shore of "
                f"{' and '.join(owners)}: a State's line runs between points of its own shore"
            )
    if (coordinates[0] == coordinates[-1]).all():
        raise BaselineError(f"{label}: both ends meet the shore in one point")
    if line.line_type == "loxodrome":
        dense = densify_loxodromes(coordinates, _LOXODROME_PIECE_M)
    else:
        dense = densify_geodesics(coordinates, MAXIMUM_SEGMENT_M)
    name = line.name or str(number)
    return SnappedLine(line.state, line.kind, line.line_type, name, dense, start_m, end_m)


def _snap(corners: _Corners, position: Floats, reach_m: float, label: str) -> tuple[Floats, float]:
    """The point of the shores nearest to a position, now a vertex of its ring; and how far it is. [m]"""
    number, segment, nearest = corners.nearest(to_earth_centred(position))
    foot = to_lon_lat(nearest)
    ends = corners.rings[number].lon_lat[segment : segment + 2]
    _, _, away_m = WGS84.inv(position[0], position[1], foot[0], foot[1])
    if away_m > reach_m:
        raise BaselineError(
            f"{label} at {position[0]:.5f}, {position[1]:.5f} lies {away_m:.0f} m from the nearest "
            f"shore at {foot[0]:.5f}, {foot[1]:.5f}: it must be within {reach_m:.0f} m"
        )
    _, _, to_ends = WGS84.inv([foot[0]] * 2, [foot[1]] * 2, ends[:, 0], ends[:, 1])
    nearer = int(np.argmin(to_ends))
    if to_ends[nearer] <= _AT_A_VERTEX_M:
        return ends[nearer].copy(), float(away_m)
    vertex = np.round(foot, DECIMALS)
    corners.insert(number, segment, vertex)
    return vertex, float(away_m)


def _owners_at(rings: Sequence[Ring], vertex: Floats) -> list[str]:
    """States of the shore on both sides of a vertex."""
    owners = set()
    for ring in rings:
        for place in np.flatnonzero((ring.lon_lat[:-1] == vertex).all(axis=1)):
            owners |= {STATES[ring.state[place]], STATES[ring.state[place - 1]]}
    return sorted(owners)


def _refuse_too_long(lines: Sequence[StraightLine]) -> None:
    """Refuse lines that would be more to work on than the shores themselves."""
    total_m = 0.0
    for number, line in enumerate(lines, start=1):
        total_m += float(WGS84.line_length(line.coordinates[:, 0], line.coordinates[:, 1]))
        if total_m > _LONGEST_M:
            raise BaselineError(
                f"straight lines up to {line.name or number} of {line.state} are {total_m / 1000:.0f} km "
                f"long: {_LONGEST_M / 1000:.0f} km in all can be used"
            )


def _refuse_crossings(lines: Sequence[SnappedLine]) -> None:
    drawn = [shapely.LineString(line.coordinates) for line in lines]
    for line, own in zip(lines, drawn, strict=True):
        if not own.is_simple:
            raise BaselineError(f"straight line {line.name} of {line.state} crosses itself")
    pairs = shapely.STRtree(drawn).query(drawn, predicate="intersects").T
    for j, i in sorted((min(pair), max(pair)) for pair in pairs.tolist() if pair[0] < pair[1]):
        first, second = drawn[i], drawn[j]
        if first.crosses(second) or first.overlaps(second) or first.covers(second) or second.covers(first):
            at = shapely.get_coordinates(first.intersection(second))[0]
            how = "are one line, which may be given once, from" if first.equals(second) else "cross at"
            raise BaselineError(
                f"straight lines {lines[j].name} of {lines[j].state} and {lines[i].name} of "
                f"{lines[i].state} {how} {at[0]:.5f}, {at[1]:.5f}"
            )


def _noded(
    shores: Segments, lines: Sequence[SnappedLine], water: shapely.Polygon
) -> tuple[Segments, Integers]:
    """Shores, then what of the lines runs over water; and the line that each segment is of, -1 for shores.

    They meet in common vertices only; what lies left and right of them is not filled in.
    """
    laid = [chain(line.coordinates, STATES.index(line.state), line.kind, 0, 0) for line in lines]
    whole = joined(shores, *laid)
    number = np.repeat(np.arange(-1, len(lines)), [len(part.start) for part in (shores, *laid)])
    noded = node_segments(whole.start, whole.end, number >= 0)
    pieces, number = Segments(noded.start, noded.end, whole.columns[noded.source]), number[noded.source]
    _refuse_other_shores(pieces, number, lines)
    kept = number < 0
    middle = 0.5 * (pieces.start + pieces.end)[~kept]
    kept[~kept] = shapely.contains_xy(water, middle[:, 0], middle[:, 1])
    for n, line in enumerate(lines):
        if not (number[kept] == n).any():
            raise BaselineError(f"straight line {line.name} of {line.state} runs nowhere over water")
    return pieces.at(kept), number[kept]


def _refuse_other_shores(pieces: Segments, number: Integers, lines: Sequence[SnappedLine]) -> None:
    """Refuse lines that meet a shore where their own State has none."""
    shores, drawn = pieces.at(number < 0), pieces.at(number >= 0)
    owners: dict[tuple[float, ...], set[int]] = defaultdict(set)
    state = shores.columns[:, 0].tolist()
    for ends in (shores.start, shores.end):
        for xy, own in zip(ends.tolist(), state, strict=True):
            owners[tuple(xy)].add(own)
    for xy, n in zip(drawn.end.tolist(), number[number >= 0].tolist(), strict=True):
        line, met = lines[n], {STATES[own] for own in owners.get(tuple(xy), ())}
        if met and line.state not in met:
            raise BaselineError(
                f"straight line {line.name} of {line.state} meets the shore of {' and '.join(sorted(met))} "
                f"at {xy[0]:.5f}, {xy[1]:.5f}: a State's line runs between points of its own shore"
            )


def _labelled(
    water: shapely.Polygon, segments: Segments, number: Integers, lines: tuple[SnappedLine, ...]
) -> Cut:
    """Faces between shores and lines, and what lies left and right of every segment."""
    faces, inside = faces_within(water, _drawn(segments))
    _refuse_lost_water(water, faces, _drawn(segments.at(number >= 0)))
    beside = _faces_beside(faces, segments, number)
    sea = int(shapely.area(faces).argmax())
    longest = _longest_lines(len(faces), segments, beside, number)
    shore, (left, right) = number < 0, beside.T
    _refuse(shore & ((left < 0) | (right >= 0)), segments.start, "the shore does not part water from land")
    _refuse(~shore & ((left < 0) | (right < 0)), segments.start, "a straight line does not run over water")
    _refuse((longest < 0) & (np.arange(len(faces)) != sea), inside, "no straight line bounds the water")
    lagoon = _lagoon_water(water, faces[sea], segments, number, lines)
    names: list[tuple[str, str] | None] = []
    for face, line in enumerate(longest.tolist()):
        if face == sea:
            names.append(None)
        elif lines[line].closes_kara_bogaz_gol or shapely.contains_xy(lagoon, *inside[face]):
            names.append((KARA_BOGAZ_GOL_ID, "TKM"))
        else:
            names.append((f"{INTERNAL_WATERS}-{lines[line].state}", lines[line].state))
    _refuse_others_enclosed(names, longest, segments, beside, number, lines)
    ids = sorted({name for name in names if name is not None})
    region = np.array([1 if name is None else 2 + ids.index(name) for name in names] + [0])
    segments.columns[:, 2:] = region[beside]
    # What lies landward of another line bounds nothing.
    bounds = (segments.columns[:, 2] == 1) | (segments.columns[:, 2] != segments.columns[:, 3])
    waters = []
    for name in ids:
        own = [face for face, other in zip(faces, names, strict=True) if other == name]
        parts = shapely.get_parts(shapely.coverage_union_all(own))
        waters.append(Enclosed(*name, shapely.MultiPolygon(list(parts))))
    return Cut(segments.at(bounds), faces[sea], tuple(waters), lines)


def _refuse_others_enclosed(
    names: Sequence[tuple[str, str] | None], longest: Integers, segments: Segments, beside: Integers,
    number: Integers, lines: Sequence[SnappedLine],
) -> None:  # fmt: skip
    """Refuse lines that cut off what bounds the water of another State: its shore, or a line of its own.

    A line around more than half of the sea is among them: the lesser part, then taken for what it cuts off,
    has the shores of the others.
    """
    lagoon_or_sea = [name is None or name[0] == KARA_BOGAZ_GOL_ID for name in names]
    states = [-1 if name is None else STATES.index(name[1]) for name in names]
    owner = np.append(np.where(lagoon_or_sea, -1, states), -1)[beside]  # the last: land
    wrong = (owner >= 0) & (owner != segments.columns[:, :1])
    if wrong.any():
        row, side = np.argwhere(wrong)[0]
        line, (lon, lat) = lines[longest[beside[row, side]]], segments.start[row]
        what = "shore" if number[row] < 0 else f"straight line {lines[number[row]].name}"
        raise BaselineError(
            f"straight line {line.name} of {line.state} cuts off {what} of "
            f"{STATES[segments.columns[row, 0]]} at {lon:.5f}, {lat:.5f}: a State's line encloses nothing "
            "but waters along its own shore"
        )


def _drawn(segments: Segments) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([segments.start, segments.end], axis=1)))


def _refuse(wrong: Flags, at: Floats, what: str) -> None:
    if wrong.any():
        lon, lat = at[wrong.argmax()]
        raise BaselineError(f"{what} at {lon:.5f}, {lat:.5f}")


def _refuse_lost_water(
    water: shapely.Polygon, faces: npt.NDArray[np.object_], drawn: npt.NDArray[np.object_]
) -> None:
    """Refuse faces that are not the whole water; the line nearest to what is amiss tells the place."""
    lost = water.area - float(shapely.area(faces).sum())
    if abs(lost) > _LOST_SHARE * water.area:
        amiss = water.symmetric_difference(shapely.union_all(faces))
        way = shapely.shortest_line(shapely.union_all(drawn), water if amiss.is_empty else amiss)
        lon, lat = shapely.get_coordinates(way)[0]
        raise BaselineError(
            f"the straight lines do not cut the water into parts that add up to it, {lost / water.area:.1e} "
            f"of it is lost near {lon:.5f}, {lat:.5f}"
        )


def _faces_beside(faces: npt.NDArray[np.object_], segments: Segments, number: Integers) -> Integers:
    """Numbers of the faces left and right of every segment, -1 for land."""
    beside: dict[tuple[float, ...], int] = {}
    for face_number, face in enumerate(faces):
        for ring in rings_of(shapely.orient_polygons(face)):
            xy = shapely.get_coordinates(ring)
            beside |= dict.fromkeys(map(tuple, np.hstack([xy[:-1], xy[1:]]).tolist()), face_number)
    start, end = segments.start, segments.end
    ways = (np.hstack([start, end]).tolist(), np.hstack([end, start]).tolist())
    found = np.array([[beside.get(tuple(ends), -1) for ends in way] for way in ways], dtype=np.int64).T
    # A line that bounds no face, from a shore to a lone island, has the one around it on both sides.
    alone = np.flatnonzero((number >= 0) & (found < 0).all(axis=1))
    middle = shapely.points(0.5 * (start[alone] + end[alone]))
    row, around = shapely.STRtree(faces).query(middle, predicate="intersects")
    found[alone[row]] = around[:, None]
    return found


def _longest_lines(count: int, segments: Segments, beside: Integers, number: Integers) -> Integers:
    """For each face the line that has the greatest length along its edge, -1 for none."""
    drawn = segments.at(number >= 0)
    beside, number = beside[number >= 0], number[number >= 0]
    _, _, length_m = WGS84.inv(*drawn.start.T, *drawn.end.T)
    along = np.zeros((count, int(number.max()) + 1))
    for side in (0, 1):
        there = beside[:, side] >= 0
        np.add.at(along, (beside[there, side], number[there]), np.asarray(length_m)[there])
    return np.where(along.any(axis=1), along.argmax(axis=1), -1)


def _lagoon_water(
    water: shapely.Polygon, sea: shapely.Polygon, segments: Segments, number: Integers,
    lines: Sequence[SnappedLine],
) -> shapely.Polygon:  # fmt: skip
    """What the closing line of Kara-Bogaz-Gol alone cuts off; empty where this coast has no lagoon."""
    closing = [n for n, line in enumerate(lines) if line.closes_kara_bogaz_gol]
    if not closing:
        return shapely.Polygon()
    faces, _ = faces_within(water, _drawn(segments.at(np.isin(number, [-1, *closing]))))
    (lagoon,) = faces[shapely.contains_xy(faces, *_KARA_BOGAZ_GOL)]
    if lagoon.covers(sea.representative_point()):
        raise BaselineError(
            "the closing line of Kara-Bogaz-Gol leaves the lagoon open to the sea on this coast"
        )
    return lagoon
