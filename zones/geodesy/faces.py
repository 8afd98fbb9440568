"""Lines noded and turned into faces that share their edges: one way for zones, sectors and cut-off waters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from coastlines.rings import DECIMALS
from zones.arrays import Flags, Floats, Integers
from zones.errors import BaselineError
from zones.geodesy.geodesics import feet_on_segments

GRID_DEG = 10.0**-DECIMALS
NODE_TOLERANCE_DEG = 2e-7  # 2 cm: more than chords of one geodesic cut into different pieces lie apart
_SAME_DEG = 1e-11  # rounding
_NODING_ROUNDS = 50  # two to four are needed


@dataclass(frozen=True, slots=True, eq=False)
class NodedSegments:
    """Segments that meet in common vertices only, and what each was part of."""

    # start, end: shape (n, 2) [deg]
    start: Floats
    end: Floats
    source: Integers  # shape (n,), number of the segment that each is a piece of; pieces keep its direction


def on_grid(geometry: shapely.Geometry) -> shapely.Geometry:
    """The geometry with its coordinates rounded to the decimals of the export."""
    return shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS))


def faces_on_grid(water: shapely.Geometry, lines: Sequence[Floats]) -> tuple[npt.NDArray[np.object_], Floats]:
    """Faces that lines cut a water on the grid of the export into, noded there, and a point in each. [deg]

    Lines, shape (n, 2), are rounded to the grid; those that are one point there are left out.
    """
    edges = [shapely.LineString(shapely.get_coordinates(ring)) for ring in rings_of(water)]
    rounded = (np.round(line, DECIMALS) for line in lines)
    edges += [shapely.LineString(line) for line in rounded if (line != line[0]).any()]
    noded = shapely.unary_union(edges, grid_size=GRID_DEG)
    return faces_within(water, shapely.get_parts(noded))


def rings_of(polygons: shapely.Geometry) -> list[shapely.LinearRing]:
    """All rings of a Polygon or MultiPolygon."""
    return [ring for part in shapely.get_parts(polygons) for ring in (part.exterior, *part.interiors)]


def faces_within(
    water: shapely.Geometry, noded: Sequence[shapely.LineString] | npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], Floats]:
    """Faces between noded lines that lie in a water, and a point in each. [deg]"""
    faces = shapely.get_parts(shapely.polygonize(noded))
    inside = shapely.point_on_surface(faces)
    shapely.prepare(water)
    kept = shapely.covers(water, inside)
    return faces[kept], shapely.get_coordinates(inside[kept])


def joined(faces: Sequence[shapely.Polygon] | npt.NDArray[np.object_]) -> shapely.MultiPolygon:
    """Faces of one name as an oriented MultiPolygon on the grid of the export."""
    merged = on_grid(shapely.coverage_union_all(faces))
    parts = [part for part in shapely.get_parts(merged) if part.geom_type == "Polygon"]
    return shapely.orient_polygons(shapely.MultiPolygon(parts))


def node_segments(start: Floats, end: Floats, movable: Flags) -> NodedSegments:
    """Split segments wherever a movable one meets another, so that they meet in common vertices.

    Vertices of movable segments are moved onto others within twice `NODE_TOLERANCE_DEG`; a vertex
    within it of a segment is put into that. The others stay where they are, bit for bit. Of pieces
    that coincide the first is kept. Those that do not move must meet in common vertices already. [deg]

    Raises `BaselineError`: noding does not settle; the message names a place.
    """
    source = np.arange(len(start))
    for _ in range(_NODING_ROUNDS):
        start, end = _merge_vertices(start, end, movable[source])
        kept = (start != end).any(axis=1)
        start, end, source = start[kept], end[kept], source[kept]
        at, places = _splits(start, end, movable[source])
        if len(at) == 0:
            first = _first_of_each(start, end)
            return NodedSegments(start[first], end[first], source[first])
        start, end, source = _split(start, end, source, at, places)
    raise BaselineError(
        f"lines and shores near {places[0, 0]:.5f}, {places[0, 1]:.5f} are too close together "
        "to be told apart"
    )


def _merge_vertices(start: Floats, end: Floats, movable: Flags) -> tuple[Floats, Floats]:
    """Vertices of movable segments put onto fixed ones nearby, else onto an earlier movable one."""
    mine = np.unique(np.vstack([start[movable], end[movable]]), axis=0)
    others = np.unique(np.vstack([start[~movable], end[~movable]]), axis=0)
    others_tree = shapely.STRtree(shapely.points(others))
    points = shapely.points(mine)
    reach = 2 * NODE_TOLERANCE_DEG
    target = mine.copy()
    moved = np.zeros(len(mine), dtype=bool)
    (own, near), _ = others_tree.query_nearest(
        points, max_distance=reach, return_distance=True, all_matches=False
    )
    target[own], moved[own] = others[near], True
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    for late, early in zip(first[first > second].tolist(), second[first > second].tolist(), strict=True):
        if not moved[late]:
            target[late], moved[late] = target[early], True
    table = {tuple(a): b for a, b in zip(mine.tolist(), target, strict=True) if tuple(a) != tuple(b)}
    if table:
        start, end = start.copy(), end.copy()
        for xy in (start, end):
            for row in np.flatnonzero(movable):
                xy[row] = table.get(tuple(xy[row].tolist()), xy[row])
    return start, end


def _splits(start: Floats, end: Floats, movable: Flags) -> tuple[Integers, Floats]:
    """Numbers of segments to split, and where: at vertices that lie on them, and at crossings."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    mine = np.flatnonzero(movable)
    found, other = shapely.STRtree(lines).query(lines[mine], predicate="dwithin", distance=NODE_TOLERANCE_DEG)
    one = mine[found]
    once = (one != other) & (~movable[other] | (one < other))
    one, other = one[once], other[once]
    numbers, places = [], []
    for split, by in ((one, other), (other, one)):
        for vertex in (start[by], end[by]):
            _, foot, away = feet_on_segments(vertex, start[split], end[split])
            # Two vertices that do not move stay two, however close, and a line goes through both.
            least = np.where(movable[split] & ~movable[by], _SAME_DEG, NODE_TOLERANCE_DEG)
            on = (away <= NODE_TOLERANCE_DEG) & _is_inner(foot, start[split], end[split], least)
            numbers.append(split[on])
            # What does not move is split on itself; the vertex is moved there then.
            places.append(np.where(movable[split][:, None], vertex, foot)[on])
    crossing, crosses = _proper_crossings(start[one], end[one], start[other], end[other])
    for crossed in (one, other):
        crosses &= _is_inner(crossing, start[crossed], end[crossed], NODE_TOLERANCE_DEG)
    numbers += [one[crosses], other[crosses]]
    places += [crossing[crosses], crossing[crosses]]
    return np.concatenate(numbers), np.vstack(places)


def _is_inner(place: Floats, start: Floats, end: Floats, least_deg: npt.ArrayLike) -> Flags:
    """Whether places on segments are farther from both ends than a distance."""
    away = np.minimum(np.linalg.norm(place - start, axis=1), np.linalg.norm(place - end, axis=1))
    return np.asarray(away > least_deg)


def _proper_crossings(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Flags]:
    """Where segments ab and cd cross between their ends, and whether they do."""
    u, v, w = b - a, d - c, c - a
    det = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    parallel = np.abs(det) < 1e-30
    det = np.where(parallel, 1.0, det)
    s = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / det
    t = (w[:, 0] * u[:, 1] - w[:, 1] * u[:, 0]) / det
    return a + s[:, None] * u, ~parallel & (s > 0) & (s < 1) & (t > 0) & (t < 1)


def _split(
    start: Floats, end: Floats, source: Integers, at: Integers, places: Floats
) -> tuple[Floats, Floats, Integers]:
    """Segments split at places, the pieces of each in its direction and its place."""
    along = ((places - start[at]) * (end[at] - start[at])).sum(axis=1)
    order = np.lexsort((along, at))
    at, places = at[order], places[order]
    # Places within the tolerance of each other are one: what else comes there is moved to it.
    near = np.linalg.norm(np.diff(places, axis=0), axis=1) <= NODE_TOLERANCE_DEG
    apart = np.append(True, ~(near & (at[1:] == at[:-1])))
    at, places = at[apart], places[apart]
    starts = np.insert(start, at + 1, places, axis=0)
    ends = np.insert(end, at, places, axis=0)
    return starts, ends, np.insert(source, at + 1, source[at])


def _first_of_each(start: Floats, end: Floats) -> Integers:
    """Numbers of the segments that are not an earlier one again, in either direction."""
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))
    _, first = np.unique(ends, axis=0, return_index=True)
    return np.sort(first)
