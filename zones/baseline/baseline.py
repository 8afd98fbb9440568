"""The baseline and everything else that bounds water, as one set of labelled geodesic segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from coastlines import Lagoon, StraightLine
from zones.arrays import Flags, Floats, Integers, read_only
from zones.baseline.shore import Artificial, Shore
from zones.baseline.straight_lines import Enclosed, SnappedLine, chain, cut_off_waters, joined
from zones.baseline.termini import Terminus
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.faces import rings_of
from zones.geodesy.geodesics import densify_geodesics
from zones.words import KARA_BOGAZ_GOL_ID, STATES

REST = len(STATES)  # group of the segments that bound water but are no baseline
ALL = REST + 1  # the baselines of all States, joined in one tree

LAND_REGION = 0
OPEN_REGION = 1  # the water outside the baseline
_FIRST_ENCLOSED_REGION = 2


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The segments that bound water, in the order of their tree."""

    # groups 0 to 4 are the States' baselines in the order of `words.STATES`; group `REST` are the shores
    # behind closing lines
    tree: segment_tree.SegmentTree
    # start, end: shape (n, 2), longitude and latitude of the segments' ends [deg]
    start: Floats
    end: Floats
    # state, kind: shape (n,), indices into `words.STATES` and `words.BASELINE_KINDS`
    state: Integers
    kind: Integers
    # what lies left and right: `LAND_REGION`, `OPEN_REGION`, or 2 + index into ``enclosed``
    sides: segment_tree.Sides
    termini: tuple[Terminus, ...]
    enclosed: tuple[Enclosed, ...]
    artificial: tuple[Artificial, ...]
    sea: shapely.Polygon  # the water with its islands as drawn, waters landward of closing lines taken off
    # the straight and closing lines in use, and how far their ends were moved
    straight_lines: tuple[SnappedLine, ...]

    @property
    def is_baseline(self) -> Flags:
        """Whether a segment is one of the baseline: it bounds open water."""
        return bounds_open_water(self.sides.left, self.sides.right)

    @property
    def states_with_lines(self) -> frozenset[str]:
        """States of which lines were given; the one over the mouth of Kara-Bogaz-Gol is not."""
        return frozenset(line.state for line in self.straight_lines if not line.closes_kara_bogaz_gol)

    @property
    def enclosed_states(self) -> Integers:
        """State index of each region, -1 for land and open water."""
        return np.array([-1, -1, *(STATES.index(waters.state) for waters in self.enclosed)], dtype=np.int64)


def make_baseline(shore: Shore, straight: Sequence[StraightLine], lagoon: Lagoon) -> Baseline:
    """The baseline of an attributed shore with its straight and closing lines.

    Kara-Bogaz-Gol is cut off by its closing line where the coast shows it, else laid beside the
    sea as its own water.

    Raises `BaselineError`: a straight line cannot be used; the message names it.
    """
    cut = cut_off_waters(shore, straight, lagoon)
    segments, enclosed = cut.segments, cut.waters
    if not any(waters.id == KARA_BOGAZ_GOL_ID for waters in enclosed):
        apart = _lagoon_apart(lagoon, cut.sea)
        region = _FIRST_ENCLOSED_REGION + len(enclosed)
        enclosed = (*enclosed, Enclosed(KARA_BOGAZ_GOL_ID, "TKM", apart))
        rings = map(shapely.get_coordinates, rings_of(shapely.orient_polygons(apart)))
        shores = [chain(ring, STATES.index("TKM"), "normal", region, LAND_REGION) for ring in rings]
        segments = joined(segments, *shores)
    start, end, columns = segments
    group = np.where(bounds_open_water(columns[:, 2], columns[:, 3]), columns[:, 0], REST)
    earth_centred = to_earth_centred(start), to_earth_centred(end)
    tree, order = segment_tree.build(*earth_centred, group, REST + 1, len(STATES))
    start, end, columns = start[order], end[order], columns[order]
    vertex, incident_first, incident = incidence(start, end)
    beside = np.column_stack([columns[:, 2:], vertex.reshape(2, -1).T])
    sides = segment_tree.Sides(beside, incident_first, incident)
    return Baseline(
        tree=tree,
        start=read_only(start),
        end=read_only(end),
        state=read_only(columns[:, 0]),
        kind=read_only(columns[:, 1]),
        sides=read_only(sides),
        termini=shore.termini,
        enclosed=enclosed,
        artificial=shore.artificial,
        sea=cut.sea,
        straight_lines=cut.lines,
    )


def _lagoon_apart(lagoon: Lagoon, sea: shapely.Polygon) -> shapely.MultiPolygon:
    """The lagoon's outline less the sea of this coast, a hand's breadth of land kept between."""
    apart = shapely.Polygon(lagoon.outline, lagoon.islands)
    if apart.intersects(sea):
        apart = apart.difference(sea.buffer(2e-6))
    largest = max(shapely.get_parts(apart), key=lambda part: part.area)
    shell, *holes = (
        densify_geodesics(shapely.get_coordinates(ring), segment_tree.MAXIMUM_SEGMENT_M)
        for ring in rings_of(largest)
    )
    return shapely.MultiPolygon([shapely.Polygon(shell, holes)])


def bounds_open_water(left: Integers, right: Integers) -> Flags:
    """Whether segments with these regions left and right of them are of the baseline."""
    return (left == OPEN_REGION) | (right == OPEN_REGION)


def incidence(start: Floats, end: Floats) -> tuple[Integers, Integers, Integers]:
    """Vertex numbers of all starts then all ends, and the segments that meet in each vertex."""
    both = np.ascontiguousarray(np.vstack([start, end])).view(np.complex128).ravel()
    _, vertex = np.unique(both, return_inverse=True)
    vertex = vertex.astype(np.int64)
    order = np.argsort(vertex, kind="stable")
    first = np.searchsorted(vertex[order], np.arange(vertex.max() + 2))
    return vertex, first.astype(np.int64), (order % len(start)).astype(np.int64)
