"""Sectors of the seabed (Article 8): five polygons, and which sector a position is over.

A position is in the sector that lies on its side of the nearest sector line. Inland of the end of
each land border a line that crosses as little water as possible goes on from the sector line, so
that every inlet has a side; it is drawn nowhere. The lagoon Kara-Bogaz-Gol is in no sector.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from zones.arrays import Floats, Integers, points, read_only
from zones.baseline.baseline import Baseline, incidence
from zones.baseline.bisectors import bisector_azimuth_deg, inland_azimuth_deg, terminus_vertices
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.faces import faces_on_grid, joined, on_grid
from zones.geodesy.geodesics import WGS84, densify_geodesics
from zones.geodesy.segment_tree import (
    MORE,
    SCRATCH,
    SegmentTree,
    Sides,
    bound_by,
    nearest_segment,
    region_beside,
)
from zones.rule.rule import Rule
from zones.words import KARA_BOGAZ_GOL_ID, STATES, part_ids

if TYPE_CHECKING:
    from zones.seabed.sector_lines import Seabed, SectorLine

_INLAND_M = 400_000.0
_INLAND_PIECE_M = 2000.0
_LINES, _INLAND = 0, 1  # groups of the tree
LINE = MORE  # column of the sides


class SectorIndex(NamedTuple):
    """All sector lines as labelled segments; in compiled functions ``sectors``."""

    tree: SegmentTree  # group 0 the sector lines, group 1 their inland extensions, both also joined
    # State index on either side of each segment; by `LINE` the number of the sector line that it belongs to,
    # -1 for extensions
    sides: Sides

    def locate(self, rows: Floats) -> tuple[Integers, Integers, Floats]:
        """Of earth-centred points the sector (its State, wherever the point lies), the nearest sector line,
        and the distance to it, 0.1 m exact, as the lines are. [m]
        """
        found: tuple[Integers, Integers, Floats] = _locate_many(self, points(rows))
        return found


def make_sector_index(rule: Rule, seabed: Seabed) -> SectorIndex:
    """Index the sector lines of a seabed with their inland extensions."""
    water = seabed_water(rule.baseline)
    chains = [(line.lon_lat, line.left_state, line.right_state, _LINES) for line in seabed.lines]
    chains += [(*extension, _INLAND) for extension in _extensions(rule, water)]
    start = np.vstack([chain[0][:-1] for chain in chains])
    end = np.vstack([chain[0][1:] for chain in chains])
    counts = [len(chain[0]) - 1 for chain in chains]
    left = np.repeat([STATES.index(chain[1]) for chain in chains], counts)
    right = np.repeat([STATES.index(chain[2]) for chain in chains], counts)
    group = np.repeat([chain[3] for chain in chains], counts)
    line = np.repeat([number if number < len(seabed.lines) else -1 for number in range(len(chains))], counts)
    tree, order = segment_tree.build(to_earth_centred(start), to_earth_centred(end), group, 2, 2)
    vertex, first, incident = incidence(start[order], end[order])
    beside = np.column_stack([left[order], right[order], vertex.reshape(2, -1).T, line[order]])
    return SectorIndex(tree, read_only(Sides(beside, first, incident)))


def seabed_water(baseline: Baseline) -> shapely.Polygon:
    """The water over the seabed: the sea with its internal waters, without Kara-Bogaz-Gol."""
    parts = [baseline.sea] + [
        waters.polygon for waters in baseline.enclosed if waters.id != KARA_BOGAZ_GOL_ID
    ]
    return shapely.union_all(parts) if len(parts) > 1 else baseline.sea


def cut_sectors(rule: Rule, seabed: Seabed, index: SectorIndex) -> dict[str, shapely.MultiPolygon]:
    """The five sectors, on the grid of the export; neighbours share their edges to the last bit.

    Raises `ZonesError`: a State has no sector (it would be a defect).
    """
    water = on_grid(seabed_water(rule.baseline))
    faces, inside = faces_on_grid(water, [line.lon_lat for line in seabed.lines])
    state, _, _ = index.locate(to_earth_centred(inside))
    sectors = {}
    for number, code in enumerate(STATES):
        own = faces[state == number]
        if len(own) == 0:
            raise ZonesError(f"{code} has no sector of the seabed (a defect)")
        sectors[code] = joined(own)
    return sectors


def _extensions(rule: Rule, water: shapely.Polygon) -> list[tuple[Floats, str, str]]:
    """For each terminus a line inland, with the States left and right of it seen from its far end.

    It runs towards the terminus, so that its left is the left of the sector line that goes on.
    """
    shapely.prepare(water)
    found = []
    vertices = terminus_vertices(rule.baseline)
    for terminus, vertex in zip(rule.baseline.termini, vertices, strict=True):
        _, left, right = bisector_azimuth_deg(rule.baseline, int(vertex))
        inland = inland_azimuth_deg(rule.baseline, int(vertex))
        best: tuple[float, float, Floats] | None = None
        for turn in sorted(range(-75, 76, 5), key=abs):
            lon, lat, _ = WGS84.fwd(terminus.lon, terminus.lat, inland + turn, _INLAND_M)
            ends = np.array([[lon, lat], [terminus.lon, terminus.lat]])
            ray = densify_geodesics(ends, _INLAND_PIECE_M)
            wet = float(shapely.LineString(ray).intersection(water).length)
            if best is None or wet < best[0] - 1e-9:
                best = (wet, abs(turn), ray)
            if wet == 0.0:
                break
        assert best is not None
        found.append((best[2], STATES[left], STATES[right]))
    return found


@compiled(inlined=True)
def locate(sectors, x, y, z, guess, scratch):
    """Sector, nearest segment of a sector line and distance to it, of one earth-centred point. [m]

    ``guess``: a segment of a sector line that may be near, or -1; see `bound_by`.
    """
    tree, roots = sectors.tree, sectors.tree.roots
    bound_m = bound_by(tree.ends, guess, x, y, z)
    nearest, t, length = nearest_segment(tree, roots[_LINES], x, y, z, bound_m, scratch)
    segment = nearest
    # An extension inland decides the side only where it is nearer than every line.
    inland, inland_t, _ = nearest_segment(tree, roots[_INLAND], x, y, z, length, scratch)
    if inland >= 0:
        segment, t = inland, inland_t
    return region_beside(tree, sectors.sides, segment, t, x, y, z), nearest, length


@compiled(inlined=True)
def nearest_of_all(sectors, x, y, z, scratch):
    """Nearest segment of all lines and extensions, the share of its length and the distance. [m]"""
    root = sectors.tree.roots[_INLAND + 1]
    return nearest_segment(sectors.tree, root, x, y, z, math.inf, scratch)


@compiled
def _locate_many(sectors, points):
    count = len(points)
    states, lines = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    lengths = np.empty(count)
    scratch = np.empty(SCRATCH)
    nearest = -1
    for i in range(count):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        states[i], nearest, lengths[i] = locate(sectors, x, y, z, nearest, scratch)
        lines[i] = sectors.sides.columns[nearest, LINE]
    return states, lines, lengths


def line_ids(lines: tuple[SectorLine, ...]) -> list[str]:
    """Feature ids of sector lines: the pair, with a number where a line has several parts."""
    return part_ids([line.pair for line in lines])
