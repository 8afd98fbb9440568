"""Straight and closing lines: snapped to the shore, and the waters that they cut off.

No State's straight baselines are agreed or published with coordinates that could be read; the only
line in use without a user's file is the one across the strait of Kara-Bogaz-Gol.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from coastlines import Lagoon, StraightLine
from zones.arrays import Floats, Integers
from zones.ellipsoid import to_earth_centred, to_lon_lat
from zones.errors import BaselineError
from zones.geodesics import WGS84, densify_geodesics, densify_loxodromes
from zones.segment_tree import MAXIMUM_SEGMENT_M
from zones.shore import Ring, Shore
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
    """

    state: str
    kind: str
    line_type: str
    name: str
    coordinates: Floats
    snapped_start_m: float
    snapped_end_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Waters:
    """Waters cut off, of one State."""

    id: str
    state: str
    polygons: tuple[shapely.Polygon, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A shore after its waters were cut off."""

    chains: tuple[Segments, ...]
    sea: shapely.Polygon
    waters: tuple[Waters, ...]
    lines: tuple[SnappedLine, ...]


def cut_off_waters(shore: Shore, straight: Sequence[StraightLine], lagoon: Lagoon) -> Cut:
    """Snap the lines to the shore and find the waters landward of them.

    Raises
    ------
    BaselineError
        An end lies more than 500 m from the shore, a line runs nowhere over water, or two cross.
    """
    rings = [shore.mainland, *shore.islands]
    wanted = [(line, SNAP_M) for line in straight]
    if shapely.contains_xy(_polygon(rings), *_KARA_BOGAZ_GOL):
        wanted.append((lagoon_closing_line(lagoon), _LAGOON_SNAP_M))
    snapped = []
    for number, (line, reach_m) in enumerate(wanted, start=1):
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
        if len(coordinates) == 2 and (coordinates[0] == coordinates[1]).all():
            raise BaselineError(f"{label}: both ends meet the shore in one point")
        dense = (
            densify_loxodromes(coordinates, _LOXODROME_PIECE_M)
            if line.line_type == "loxodrome"
            else densify_geodesics(coordinates, MAXIMUM_SEGMENT_M)
        )
        snapped.append(
            SnappedLine(
                line.state,
                line.kind,
                line.line_type,
                line.name or str(number),
                dense,
                start_m,
                end_m,
            )
        )
    _refuse_crossings(snapped)
    water = _polygon(rings)
    over_water = []
    for used in snapped:
        rings, parts = _parts_over_water(rings, used, water)
        over_water += [(used, part) for part in parts]
    return _label(rings, over_water, tuple(snapped))


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
    best = (np.inf, 0, 0, 0.0)
    for number, ring in enumerate(rings):
        corners = to_earth_centred(ring.lon_lat)
        start, along = corners[:-1], corners[1:] - corners[:-1]
        share = np.clip(((point - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
        length = np.linalg.norm(point - start - share[:, None] * along, axis=1)
        segment = int(length.argmin())
        if length[segment] < best[0]:
            best = (float(length[segment]), number, segment, float(share[segment]))
    _, number, segment, share_best = best
    ring = rings[number]
    ends = ring.lon_lat[segment : segment + 2]
    foot = to_lon_lat((1 - share_best) * to_earth_centred(ends[0]) + share_best * to_earth_centred(ends[1]))
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
    vertex = np.round(foot, 7)
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


def _refuse_crossings(lines: Sequence[SnappedLine]) -> None:
    drawn = [shapely.LineString(line.coordinates) for line in lines]
    for i, first in enumerate(drawn):
        if not first.is_simple:
            raise BaselineError(f"straight line {lines[i].name} of {lines[i].state} crosses itself")
        for j in range(i):
            if first.crosses(drawn[j]) or first.overlaps(drawn[j]) or first.equals(drawn[j]):
                at = shapely.get_coordinates(first.intersection(drawn[j]))[0]
                raise BaselineError(
                    f"straight lines {lines[j].name} of {lines[j].state} and {lines[i].name} of "
                    f"{lines[i].state} cross at {at[0]:.5f}, {at[1]:.5f}"
                )


def _parts_over_water(
    rings: list[Ring], line: SnappedLine, water: shapely.Polygon
) -> tuple[list[Ring], list[Floats]]:
    """The stretches of a line that run over water, their ends made vertices of the shore."""
    crossing = shapely.LineString(line.coordinates).intersection(water)
    merged = shapely.line_merge(crossing) if crossing.geom_type == "MultiLineString" else crossing
    parts = [
        shapely.get_coordinates(part)
        for part in shapely.get_parts(merged)
        if part.geom_type == "LineString" and WGS84.geometry_length(part) > _AT_A_VERTEX_M
    ]
    if not parts:
        raise BaselineError(f"straight line {line.name} of {line.state} runs nowhere over water")
    kept = {tuple(line.coordinates[0]), tuple(line.coordinates[-1])}
    for part in parts:
        for end in (0, -1):
            if tuple(part[end]) not in kept:
                rings, part[end], _ = _snap(rings, part[end], SNAP_M, "a crossing with the shore")
    return rings, parts


def _label(
    rings: Sequence[Ring],
    over_water: Sequence[tuple[SnappedLine, Floats]],
    lines: tuple[SnappedLine, ...],
) -> Cut:
    """Faces between shore and lines, and what lies left and right of every segment."""
    shore_kind = BASELINE_KINDS.index("normal")
    chains = []
    for ring in rings:
        columns = np.zeros((len(ring.state), 4), dtype=np.int64)
        columns[:, 0] = ring.state
        columns[:, 1] = shore_kind
        columns[:, 2] = 1
        chains.append(Segments(ring.lon_lat[:-1], ring.lon_lat[1:], columns))
    if not over_water:
        return Cut(tuple(chains), _polygon(rings), (), lines)
    for line, part in over_water:
        columns = np.zeros((len(part) - 1, 4), dtype=np.int64)
        columns[:, 0] = STATES.index(line.state)
        columns[:, 1] = BASELINE_KINDS.index(line.kind)
        chains.append(Segments(part[:-1], part[1:], columns))
    faces = _faces(rings, over_water)
    sea = max(faces, key=lambda face: face.area)
    enclosed = [face for face in faces if face is not sea]
    owners = [_owner(face, over_water) for face in enclosed]
    ids = sorted({owner for owner in owners if owner is not None})
    region_of = {id(sea): 1}
    waters = []
    for number, (feature_id, state) in enumerate(ids, start=2):
        own = [face for face, owner in zip(enclosed, owners, strict=True) if owner == (feature_id, state)]
        waters.append(Waters(feature_id, state, tuple(own)))
        region_of |= {id(face): number for face in own}
    beside: dict[tuple[float, ...], int] = {}
    for face in faces:
        region = region_of.get(id(face), 0)
        oriented = shapely.orient_polygons(face)
        for ring_line in (oriented.exterior, *oriented.interiors):
            xy = shapely.get_coordinates(ring_line)
            for a, b in zip(xy[:-1].tolist(), xy[1:].tolist(), strict=True):
                beside[(*a, *b)] = region
    for chain in chains:
        pairs = np.hstack([chain.start, chain.end]).tolist()
        chain.columns[:, 2] = [beside.get(tuple(p), 0) for p in pairs]
        chain.columns[:, 3] = [beside.get((p[2], p[3], p[0], p[1]), 0) for p in pairs]
    return Cut(tuple(_with_spurs_open(chain) for chain in chains), sea, tuple(waters), lines)


def _with_spurs_open(chain: Segments) -> Segments:
    """A line with no water behind it (from the shore to a lone island) has open water both sides."""
    neither = (chain.columns[:, 2] == 0) & (chain.columns[:, 3] == 0)
    chain.columns[neither, 2:] = 1
    return chain


def _faces(rings: Sequence[Ring], over_water: Sequence[tuple[SnappedLine, Floats]]) -> list[shapely.Polygon]:
    """Waters between shores and lines; land is left out."""
    pieces = [ring.lon_lat for ring in rings] + [part for _, part in over_water]
    ends = {tuple(part[end]) for _, part in over_water for end in (0, -1)}
    edges = [shapely.LineString(piece) for chain in pieces for piece in _split_at(chain, ends)]
    water = _polygon(rings)
    shapely.prepare(water)
    return [
        face
        for face in shapely.get_parts(shapely.polygonize(edges))
        if water.covers(face.representative_point())
    ]


def _split_at(chain: Floats, ends: set[tuple[float, ...]]) -> list[Floats]:
    cuts = [i for i, xy in enumerate(map(tuple, chain.tolist())) if xy in ends]
    marks = sorted({0, len(chain) - 1, *cuts})
    return [chain[a : b + 1] for a, b in itertools.pairwise(marks)]


def _owner(face: shapely.Polygon, over_water: Sequence[tuple[SnappedLine, Floats]]) -> tuple[str, str] | None:
    """Feature id and State of a water cut off: those of the longest line along its edge."""
    corners = set(map(tuple, shapely.get_coordinates(face).tolist()))
    longest: tuple[float, SnappedLine] | None = None
    for line, part in over_water:
        if tuple(part[0]) in corners and tuple(part[-1]) in corners:
            length = float(WGS84.line_length(part[:, 0], part[:, 1]))
            if longest is None or length > longest[0]:
                longest = (length, line)
    if longest is None:
        return None
    line = longest[1]
    if line.name == KARA_BOGAZ_GOL_NAME and line.state == "TKM" and line.kind == "closing_line":
        return KARA_BOGAZ_GOL_ID, "TKM"
    return f"{INTERNAL_WATERS}-{line.state}", line.state
