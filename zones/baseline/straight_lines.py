"""Straight and closing lines: snapped to the shore, and the waters that they cut off.

No State's straight baselines are agreed or published with coordinates that could be read; the only
line in use without a user's file is the one across the strait of Kara-Bogaz-Gol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from coastlines import Lagoon, StraightLine
from coastlines.rings import DECIMALS
from zones.arrays import Floats, Integers
from zones.baseline.shore import Ring, Shore
from zones.errors import BaselineError
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.faces import faces_within, node_segments, rings_of
from zones.geodesy.geodesics import WGS84, densify_geodesics, densify_loxodromes, feet_on_segments
from zones.geodesy.segment_tree import MAXIMUM_SEGMENT_M
from zones.words import (
    BASELINE_KINDS,
    INTERNAL_WATERS,
    KARA_BOGAZ_GOL_ID,
    KARA_BOGAZ_GOL_NAME,
    STATES,
)

SNAP_M = 500.0
_LAGOON_SNAP_M = 5000.0  # shorelines of other sources lie up to a kilometre off, and the spit moves
_AT_A_VERTEX_M = 1.0
_LONGEST_M = 10_000_000.0  # of all lines together; some shores are no longer
_LOST_SHARE = 1e-7  # of the water, by rounding; more is a defect
_LOXODROME_PIECE_M = 100.0  # a loxodrome leaves its chord by 0.2 mm in such a piece
_KARA_BOGAZ_GOL = (53.5, 41.3)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Segments with their columns: state, kind, region left, region right."""

    start: Floats
    end: Floats
    columns: Integers


@dataclass(frozen=True, slots=True, eq=False)
class SnappedLine:
    """A straight or closing line in use.

    Attributes
    ----------
    coordinates : ndarray, shape (n, 2)
        As used: ends on the shore, cut into short pieces. [deg]
    snapped_start_m, snapped_end_m : float
        How far the ends were moved to the shore. [m]
    closes_kara_bogaz_gol : bool
        Whether it is the closing line that every edition has, and no user's.
    """

    state: str
    kind: str
    line_type: str
    name: str
    coordinates: Floats
    snapped_start_m: float
    snapped_end_m: float
    closes_kara_bogaz_gol: bool


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Waters landward of the baseline: a feature id, its State, its drawn polygon."""

    id: str
    state: str
    polygon: shapely.MultiPolygon


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A shore after its waters were cut off.

    Attributes
    ----------
    chains : tuple of Segments
        Shores and lines over water, which meet in common vertices only.
    sea : shapely.Polygon
        What is left of the water.
    waters : tuple of Enclosed
        What was cut off.
    lines : tuple of SnappedLine
        As given and snapped, over land too.
    """

    chains: tuple[Segments, ...]
    sea: shapely.Polygon
    waters: tuple[Enclosed, ...]
    lines: tuple[SnappedLine, ...]


def cut_off_waters(shore: Shore, straight: Sequence[StraightLine], lagoon: Lagoon) -> Cut:
    """Snap the lines to the shore and find the waters landward of them.

    Lines may touch the shore, run along it and over it, however often; what runs over land is left out.

    Raises
    ------
    BaselineError
        An end lies more than 500 m from the shore or on another State's, a line meets another
        State's shore, runs nowhere over water, crosses itself or another, or is longer than can be
        used; or the waters found do not add up to the water that there was.
    """
    rings = [shore.mainland, *shore.islands]
    water = _polygon(rings)
    shapely.prepare(water)
    wanted = [(line, SNAP_M) for line in straight]
    if shapely.contains_xy(water, *_KARA_BOGAZ_GOL):
        wanted.append((lagoon_closing_line(lagoon), _LAGOON_SNAP_M))
    _refuse_too_long([line for line, _ in wanted])
    snapped = []
    for number, (line, reach_m) in enumerate(wanted, start=1):
        rings, used = _snapped(rings, line, reach_m, number, closes=number > len(straight))
        snapped.append(used)
    shores = _shore_segments(rings)
    if not snapped:
        return Cut((shores,), water, (), ())
    _refuse_crossings(snapped)
    return _labelled(water, *_noded(shores, snapped, water), tuple(snapped))


def _snapped(
    rings: list[Ring], line: StraightLine, reach_m: float, number: int, *, closes: bool
) -> tuple[list[Ring], SnappedLine]:
    """The shore with both ends of a line among its vertices, and the line between them.

    Raises
    ------
    BaselineError
    """
    label = f"straight line {line.name or number} of {line.state}"
    coordinates = np.array(line.coordinates, dtype=np.float64)
    rings, coordinates[0], start_m = _snap(rings, coordinates[0], reach_m, f"start of {label}")
    rings, coordinates[-1], end_m = _snap(rings, coordinates[-1], reach_m, f"end of {label}")
    for end, vertex in (("start", coordinates[0]), ("end", coordinates[-1])):
        owners = _owners_at(rings, vertex)
        if line.state not in owners:
            raise BaselineError(
                f"{end} of {label} at {vertex[0]:.5f}, {vertex[1]:.5f} is on the shore of "
                f"{' and '.join(owners)}: a State's line runs between points of its own shore"
            )
    if (coordinates[0] == coordinates[-1]).all():
        raise BaselineError(f"{label}: both ends meet the shore in one point")
    dense = (
        densify_loxodromes(coordinates, _LOXODROME_PIECE_M)
        if line.line_type == "loxodrome"
        else densify_geodesics(coordinates, MAXIMUM_SEGMENT_M)
    )
    name = line.name or str(number)
    return rings, SnappedLine(line.state, line.kind, line.line_type, name, dense, start_m, end_m, closes)


def lagoon_closing_line(lagoon: Lagoon) -> StraightLine:
    """The closing line across the strait of Kara-Bogaz-Gol, as a straight line of Turkmenistan."""
    return StraightLine(
        state="TKM",
        kind="closing_line",
        line_type="geodesic",
        coordinates=np.asarray(lagoon.closing_line),
        name=KARA_BOGAZ_GOL_NAME,
    )


def _polygon(rings: Sequence[Ring]) -> shapely.Polygon:
    return shapely.Polygon(rings[0].lon_lat, [ring.lon_lat for ring in rings[1:]])


def _snap(
    rings: list[Ring], position: Floats, reach_m: float, label: str
) -> tuple[list[Ring], Floats, float]:
    """The shore with its point nearest to a position as a vertex, the vertex, how far it is."""
    point = to_earth_centred(position)
    least_m = np.inf
    for candidate, ring in enumerate(rings):
        corners = to_earth_centred(ring.lon_lat)
        _, feet, length = feet_on_segments(point, corners[:-1], corners[1:])
        nearest = int(length.argmin())
        if length[nearest] < least_m:
            least_m, number, segment, foot = length[nearest], candidate, nearest, to_lon_lat(feet[nearest])
    ends = rings[number].lon_lat[segment : segment + 2]
    _, _, away_m = WGS84.inv(position[0], position[1], foot[0], foot[1])
    if away_m > reach_m:
        raise BaselineError(
            f"{label} at {position[0]:.5f}, {position[1]:.5f} lies {away_m:.0f} m from the nearest "
            f"shore at {foot[0]:.5f}, {foot[1]:.5f}: it must be within {reach_m:.0f} m"
        )
    _, _, to_ends = WGS84.inv([foot[0]] * 2, [foot[1]] * 2, ends[:, 0], ends[:, 1])
    nearer = int(np.argmin(to_ends))
    if to_ends[nearer] <= _AT_A_VERTEX_M:
        return rings, ends[nearer].copy(), float(away_m)
    vertex = np.round(foot, DECIMALS)
    return _insert(rings, number, segment, vertex), vertex, float(away_m)


def _owners_at(rings: Sequence[Ring], vertex: Floats) -> list[str]:
    """States of the shore on both sides of a vertex."""
    owners = set()
    for ring in rings:
        for place in np.flatnonzero((ring.lon_lat[:-1] == vertex).all(axis=1)):
            owners |= {STATES[ring.state[place]], STATES[ring.state[place - 1]]}
    return sorted(owners)


def _insert(rings: list[Ring], number: int, segment: int, vertex: Floats) -> list[Ring]:
    ring = rings[number]
    longer = Ring(
        np.insert(ring.lon_lat, segment + 1, vertex, axis=0),
        np.insert(ring.state, segment, ring.state[segment]),
    )
    return [*rings[:number], longer, *rings[number + 1 :]]


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
            raise BaselineError(
                f"straight lines {lines[j].name} of {lines[j].state} and {lines[i].name} of "
                f"{lines[i].state} cross at {at[0]:.5f}, {at[1]:.5f}"
            )


def _shore_segments(rings: Sequence[Ring]) -> Segments:
    columns = np.zeros((sum(len(ring.state) for ring in rings), 4), dtype=np.int64)
    columns[:, 0] = np.concatenate([ring.state for ring in rings])
    columns[:, 1] = BASELINE_KINDS.index("normal")
    columns[:, 2] = 1
    return Segments(
        np.vstack([ring.lon_lat[:-1] for ring in rings]),
        np.vstack([ring.lon_lat[1:] for ring in rings]),
        columns,
    )


def _noded(
    shores: Segments, lines: Sequence[SnappedLine], water: shapely.Polygon
) -> tuple[Segments, Segments, Integers]:
    """Segments of the shores, of what of the lines runs over water, and the line that each of those is of.

    They meet in common vertices only; what lies left and right of them is not filled in.

    Raises
    ------
    BaselineError
        A line meets another State's shore, or runs nowhere over water.
    """
    count = len(shores.start)
    number = np.repeat(np.arange(len(lines)), [len(line.coordinates) - 1 for line in lines])
    columns = np.zeros((len(number), 4), dtype=np.int64)
    columns[:, 0] = np.array([STATES.index(line.state) for line in lines])[number]
    columns[:, 1] = np.array([BASELINE_KINDS.index(line.kind) for line in lines])[number]
    noded = node_segments(
        np.vstack([shores.start, *(line.coordinates[:-1] for line in lines)]),
        np.vstack([shores.end, *(line.coordinates[1:] for line in lines)]),
        np.arange(count + len(number)) >= count,
    )
    columns = np.vstack([shores.columns, columns])[noded.source]
    of_shore = noded.source < count
    shores = Segments(noded.start[of_shore], noded.end[of_shore], columns[of_shore])
    drawn = Segments(noded.start[~of_shore], noded.end[~of_shore], columns[~of_shore])
    number = number[noded.source[~of_shore] - count]
    _refuse_other_shores(shores, drawn, [lines[n] for n in number.tolist()])
    middle = 0.5 * (drawn.start + drawn.end)
    wet = shapely.contains_xy(water, middle[:, 0], middle[:, 1])
    for n, line in enumerate(lines):
        if not (number[wet] == n).any():
            raise BaselineError(f"straight line {line.name} of {line.state} runs nowhere over water")
    return shores, Segments(drawn.start[wet], drawn.end[wet], drawn.columns[wet]), number[wet]


def _refuse_other_shores(shores: Segments, drawn: Segments, lines: Sequence[SnappedLine]) -> None:
    """Refuse lines that meet a shore where their own State has none; ``lines`` one for each segment."""
    owners: dict[tuple[float, ...], set[int]] = defaultdict(set)
    state = shores.columns[:, 0].tolist()
    for ends in (shores.start, shores.end):
        for xy, own in zip(ends.tolist(), state, strict=True):
            owners[tuple(xy)].add(own)
    for xy, line in zip(drawn.end.tolist(), lines, strict=True):
        met = {STATES[own] for own in owners.get(tuple(xy), ())}
        if met and line.state not in met:
            raise BaselineError(
                f"straight line {line.name} of {line.state} meets the shore of {' and '.join(sorted(met))} "
                f"at {xy[0]:.5f}, {xy[1]:.5f}: a State's line runs between points of its own shore"
            )


def _labelled(
    water: shapely.Polygon, shores: Segments, drawn: Segments, number: Integers,
    lines: tuple[SnappedLine, ...],
) -> Cut:  # fmt: skip
    """Faces between shores and lines, and what lies left and right of every segment.

    Raises
    ------
    BaselineError
        The faces do not add up to the water, or a shore does not have one on its left alone.
    """
    faces, inside = faces_within(water, np.append(_lines_of(shores), _lines_of(drawn)))
    _refuse_lost_water(water, faces)
    shore_faces, drawn_faces = _faces_beside(faces, shores, drawn)
    sea = int(shapely.area(faces).argmax())
    longest = _longest_lines(len(faces), drawn, drawn_faces, number)
    for wrong, at, what in (
        (
            (shore_faces[:, 0] < 0) | (shore_faces[:, 1] >= 0),
            shores.start,
            "the shore does not part water from land",
        ),
        ((drawn_faces < 0).any(axis=1), drawn.start, "a straight line does not run over water"),
        ((longest < 0) & (np.arange(len(faces)) != sea), inside, "no straight line bounds the water"),
    ):
        if wrong.any():
            lon, lat = at[wrong.argmax()]
            raise BaselineError(f"{what} at {lon:.5f}, {lat:.5f}")
    lagoon = _lagoon_water(water, faces[sea], shores, drawn, number, lines)
    names: list[tuple[str, str] | None] = []
    for face, line in enumerate(longest.tolist()):
        if face == sea:
            names.append(None)
        elif lines[line].closes_kara_bogaz_gol or shapely.contains_xy(lagoon, *inside[face]):
            names.append((KARA_BOGAZ_GOL_ID, "TKM"))
        else:
            names.append((f"{INTERNAL_WATERS}-{lines[line].state}", lines[line].state))
    ids = sorted({name for name in names if name is not None})
    region = np.array([1 if name is None else 2 + ids.index(name) for name in names] + [0])
    shores.columns[:, 2:] = region[shore_faces]
    drawn.columns[:, 2:] = region[drawn_faces]
    # What lies landward of another line bounds nothing.
    bounds = (drawn.columns[:, 2] == 1) | (drawn.columns[:, 2] != drawn.columns[:, 3])
    drawn = Segments(drawn.start[bounds], drawn.end[bounds], drawn.columns[bounds])
    waters = []
    for name in ids:
        own = [face for face, other in zip(faces, names, strict=True) if other == name]
        parts = shapely.get_parts(shapely.coverage_union_all(own))
        waters.append(Enclosed(*name, shapely.MultiPolygon(list(parts))))
    return Cut((shores, drawn), faces[sea], tuple(waters), lines)


def _lines_of(segments: Segments) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([segments.start, segments.end], axis=1)))


def _refuse_lost_water(water: shapely.Polygon, faces: npt.NDArray[np.object_]) -> None:
    """Refuse faces that are not the whole water."""
    lost = water.area - float(shapely.area(faces).sum())
    if abs(lost) > _LOST_SHARE * water.area:
        at = water.difference(shapely.union_all(faces)).representative_point()
        raise BaselineError(
            f"the straight lines do not cut the water into parts that add up to it, {lost / water.area:.1e} "
            f"of it is lost near {at.x:.5f}, {at.y:.5f}"
        )


def _faces_beside(
    faces: npt.NDArray[np.object_], shores: Segments, drawn: Segments
) -> tuple[Integers, Integers]:
    """Numbers of the faces left and right of every segment, -1 for land."""
    beside: dict[tuple[float, ...], int] = {}
    for number, face in enumerate(faces):
        for ring in rings_of(shapely.orient_polygons(face)):
            xy = shapely.get_coordinates(ring)
            beside |= dict.fromkeys(map(tuple, np.hstack([xy[:-1], xy[1:]]).tolist()), number)
    found = []
    for own in (shores, drawn):
        there, back = np.hstack([own.start, own.end]).tolist(), np.hstack([own.end, own.start]).tolist()
        sides = [[beside.get(tuple(pair), -1) for pair in way] for way in (there, back)]
        found.append(np.array(sides, dtype=np.int64).T)
    # A line that bounds no face, from a shore to a lone island, has the one around it on both sides.
    alone = np.flatnonzero((found[1] < 0).all(axis=1))
    middle = shapely.points(0.5 * (drawn.start[alone] + drawn.end[alone]))
    row, around = shapely.STRtree(faces).query(middle, predicate="intersects")
    found[1][alone[row]] = around[:, None]
    return found[0], found[1]


def _longest_lines(count: int, drawn: Segments, beside: Integers, number: Integers) -> Integers:
    """For each face the line that has the greatest length along its edge, -1 for none."""
    _, _, length_m = WGS84.inv(*drawn.start.T, *drawn.end.T)
    along = np.zeros((count, int(number.max()) + 1))
    for side in (0, 1):
        there = beside[:, side] >= 0
        np.add.at(along, (beside[there, side], number[there]), np.asarray(length_m)[there])
    return np.where(along.any(axis=1), along.argmax(axis=1), -1)


def _lagoon_water(
    water: shapely.Polygon, sea: shapely.Polygon, shores: Segments, drawn: Segments, number: Integers,
    lines: Sequence[SnappedLine],
) -> shapely.Polygon:  # fmt: skip
    """What the closing line of Kara-Bogaz-Gol alone cuts off; empty where this coast has no lagoon.

    Raises
    ------
    BaselineError
        The line leaves the lagoon open to the sea.
    """
    closing = [n for n, line in enumerate(lines) if line.closes_kara_bogaz_gol]
    if not closing:
        return shapely.Polygon()
    own = np.isin(number, closing)
    faces, _ = faces_within(water, np.append(_lines_of(shores), _lines_of(drawn)[own]))
    (lagoon,) = faces[shapely.contains_xy(faces, *_KARA_BOGAZ_GOL)]
    if lagoon.covers(sea.representative_point()):
        raise BaselineError(
            "the closing line of Kara-Bogaz-Gol leaves the lagoon open to the sea on this coast"
        )
    return lagoon
