"""The degenerate cases of every primitive in one table, and what they give, for compiled and plain code.

``python -m tests.zones.primitives`` prints what they give to the last bit.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from zones.arrays import Integers, read_only
from zones.baseline.baseline import ALL, LAND_REGION, OPEN_REGION
from zones.geodesy import ellipsoid, segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.segment_tree import SCRATCH, Sides
from zones.lines import layers, tracing, walk
from zones.rule import rule

LEFT, RIGHT = OPEN_REGION, LAND_REGION
AZE, RUS = 0, 3


def xyz(lon: float, lat: float) -> tuple[float, float, float]:
    return tuple(to_earth_centred([lon, lat]).tolist())


A, B, C = xyz(50.0, 42.0), xyz(50.004, 42.0), xyz(50.004, 42.003)  # a line to the east, then north
BEYOND_A, BEYOND_B = xyz(49.99, 42.0), xyz(50.014, 42.0)
NORTH, SOUTH = xyz(50.002, 42.001), xyz(50.002, 41.999)
OUTSIDE_CORNER, INSIDE_CORNER = xyz(50.01, 41.995), xyz(50.003, 42.001)
ON_IT = tuple(0.5 * (p + q) for p, q in zip(A, B, strict=True))
SMALL = tuple(p + 1e-9 for p in A)


def _tree() -> tuple[segment_tree.SegmentTree, Integers]:
    """Group 0 has the line A-B-C, group 1 nothing, group 2 a segment of no length at A."""
    start, end = np.array([A, B, A]), np.array([B, C, A])
    return segment_tree.build(start, end, np.array([0, 0, 2]), 3, 2)


TREE, ORDER = _tree()
PLACE = {number: place for place, number in enumerate(ORDER.tolist())}
FIRST, SECOND, POINT = PLACE[0], PLACE[1], PLACE[2]


def _sides() -> Sides:
    """Vertices A, B and C; the segment without length has its own vertex. State and kind are 0."""
    columns = np.array([[LEFT, RIGHT, 0, 1], [LEFT, RIGHT, 1, 2], [LEFT, RIGHT, 3, 3]])[ORDER]
    columns = np.hstack([columns, np.zeros((3, 2), dtype=np.int64)])
    incident = np.array([FIRST, FIRST, SECOND, SECOND, POINT])
    return read_only(Sides(columns, np.array([0, 1, 3, 4, 5]), incident))


SIDES = _sides()


def _rule(*, wedges: int) -> rule.RuleArrays:
    """A rule with a terminus at A whose bisector runs north, or with none."""
    ray = np.array(xyz(50.0, 42.001)) - np.array(A)
    ray /= np.linalg.norm(ray)
    roots = np.full(ALL + 1, -1)
    roots[AZE] = roots[ALL] = TREE.roots[0]
    return read_only(
        rule.RuleArrays(
            TREE._replace(roots=roots), SIDES,
            np.full(5, -1), np.full(5, 27_780.0), np.full(5, 46_300.0),
            np.array([[*A, *ray, 0, AZE, RUS]])[:wedges],
        )
    )  # fmt: skip


RULE, BARE_RULE = _rule(wedges=1), _rule(wedges=0)
COURSE = walk.plain_course(RULE, (AZE, RUS), np.array(NORTH))
SAME_LAYERS = read_only(
    layers.Layers(TREE._replace(roots=TREE.roots[:2].copy()), np.array([0, 1, 2]), np.array([0.5, 0.5]))
)


def scratch() -> Any:
    return np.empty(SCRATCH)


INF = math.inf

# Name of the case: the function and what it is given.
CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "length: the same point": (ellipsoid.geodesic_length, (*A, *A)),
    "length: a nanometre": (ellipsoid.geodesic_length, (*A, *SMALL)),
    "length: across the sea": (ellipsoid.geodesic_length, (*A, *xyz(53.0, 37.0))),
    "onto the surface: from it": (ellipsoid.onto_surface, A),
    "position: pole": (ellipsoid.lon_lat_of, (0.0, 0.0, ellipsoid.SEMI_MINOR_AXIS_M)),
    "position: date line": (ellipsoid.lon_lat_of, xyz(180.0, 0.0)),
    "centred: pole": (ellipsoid.earth_centred, (12.0, 90.0)),
    "centred: date line": (ellipsoid.earth_centred, (-180.0, 0.0)),
    "foot: at the start": (segment_tree.foot_on_segment, (*A, *A, *B)),
    "foot: at the end": (segment_tree.foot_on_segment, (*B, *A, *B)),
    "foot: before the start": (segment_tree.foot_on_segment, (*BEYOND_A, *A, *B)),
    "foot: behind the end": (segment_tree.foot_on_segment, (*BEYOND_B, *A, *B)),
    "foot: on the line": (segment_tree.foot_on_segment, (*ON_IT, *A, *B)),
    "foot: beside it": (segment_tree.foot_on_segment, (*NORTH, *A, *B)),
    "foot: no length": (segment_tree.foot_on_segment, (*NORTH, *A, *A)),
    "foot: no length, at it": (segment_tree.foot_on_segment, (*A, *A, *A)),
    "side: on the line": (segment_tree.left_of, (*ON_IT, *A, *B)),
    "side: at the start": (segment_tree.left_of, (*A, *A, *B)),
    "side: left": (segment_tree.left_of, (*NORTH, *A, *B)),
    "side: right": (segment_tree.left_of, (*SOUTH, *A, *B)),
    "side: of a line without length": (segment_tree.left_of, (*NORTH, *A, *A)),
    "vertex: start": (segment_tree.vertex_of, (SIDES, FIRST, 0.0)),
    "vertex: end": (segment_tree.vertex_of, (SIDES, FIRST, 1.0)),
    "vertex: between": (segment_tree.vertex_of, (SIDES, FIRST, 0.5)),
    "region: left": (segment_tree.region_beside, (TREE, SIDES, FIRST, 0.5, *NORTH)),
    "region: right": (segment_tree.region_beside, (TREE, SIDES, FIRST, 0.5, *SOUTH)),
    "region: on the line": (segment_tree.region_beside, (TREE, SIDES, FIRST, 0.5, *ON_IT)),
    "region: at a corner, outside": (segment_tree.region_beside, (TREE, SIDES, FIRST, 1.0, *OUTSIDE_CORNER)),
    "region: at a corner, inside": (segment_tree.region_beside, (TREE, SIDES, SECOND, 0.0, *INSIDE_CORNER)),
    "region: on a vertex": (segment_tree.region_beside, (TREE, SIDES, FIRST, 1.0, *B)),
    "region: at a free end": (segment_tree.region_beside, (TREE, SIDES, FIRST, 0.0, *BEYOND_A)),
    "region: no length": (segment_tree.region_beside, (TREE, SIDES, POINT, 0.0, *NORTH)),
    "nearest: no group": (segment_tree.nearest_segment, (TREE, -1, *NORTH, INF, scratch())),
    "nearest: on a shared vertex": (segment_tree.nearest_segment, (TREE, 0, *B, INF, scratch())),
    "nearest: nothing within the bound": (segment_tree.nearest_segment, (TREE, 0, *NORTH, 10.0, scratch())),
    "nearest: a bound of nothing": (segment_tree.nearest_segment, (TREE, 0, *ON_IT, 0.0, scratch())),
    "nearest: no length": (
        segment_tree.nearest_segment, (TREE, int(TREE.roots[2]), *NORTH, INF, scratch()),
    ),
    "away: from a vertex, at it": (tracing.away_from_foot, (TREE, FIRST, *A)),
    "away: from a segment, on it": (tracing.away_from_foot, (TREE, FIRST, *ON_IT)),
    "away: from no length": (tracing.away_from_foot, (TREE, POINT, *NORTH)),
    "placed: from where no direction leads away": (tracing.place, (TREE, FIRST, 100.0, *A)),
    "placed: at nothing": (tracing.place, (TREE, FIRST, 0.0, *NORTH)),
    "equidistant: of a segment and itself": (walk.settled, (COURSE, FIRST, FIRST, *NORTH, scratch())),
    "equidistant: of two that meet, at their vertex": (
        walk.settled, (COURSE, FIRST, SECOND, *B, scratch()),
    ),
    "equidistant: from far": (walk.settled, (COURSE, FIRST, SECOND, *INSIDE_CORNER, scratch())),
    "wedge: west of the bisector": (rule.side_of_wedge, (RULE.wedges, 0, *BEYOND_A)),
    "wedge: east of it": (rule.side_of_wedge, (RULE.wedges, 0, *B)),
    "wedge: at the terminus": (rule.side_of_wedge, (RULE.wedges, 0, *A)),
    "blended: a group without segments": (layers.blended, (SAME_LAYERS, 0, *NORTH, np.inf, scratch())),
    "blended: a State without segments": (layers.blended, (SAME_LAYERS, 1, *NORTH, np.inf, scratch())),
    **{
        f"decided: {where}, {name}": (rule.decide_with_foot, (arrays, *at, rule.new_work()))
        for name, arrays in (("a terminus", RULE), ("no terminus", BARE_RULE))
        for where, at in (
            ("north", NORTH), ("south", SOUTH), ("on the line", ON_IT), ("on an end", A), ("on a vertex", B),
            ("far", xyz(53.0, 37.0)),
        )
    },
}  # fmt: skip


def given(name: str) -> list[float]:
    """What a case gives, as plain numbers."""
    function, arguments = CASES[name]
    found = function(*arguments)
    return [float(value) for value in (found if isinstance(found, tuple) else (found,))]


def main() -> None:
    """Print all to the last bit."""
    for name in CASES:
        print(name, *(value.hex() for value in given(name)), sep="\t")
    assert "numba" not in sys.modules


if __name__ == "__main__":
    main()
