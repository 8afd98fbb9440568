"""Outer limits: lines every point of which is at a breadth from the nearest baseline point (Art. 7(2)).

The envelope of arcs is walked on the exact geodesic distance. Where to begin comes from a planar
Voronoi diagram of the baseline: every arc of every ring is the edge of a Voronoi cell that reaches
beyond the breadth, and such a cell has a corner there; from each such corner the point at the
breadth towards each of its base points is a seed. So no ring is missed, however small, down to
pockets that rise less than `POCKET_M` over the breadth.

Bounds: vertices within 0.01 mm of the breadth; chords within `CHORD_M` of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import Transformer

from zones.arrays import Flags, Floats, Integers, read_only
from zones.baseline.baseline import ALL, OPEN_REGION, Baseline
from zones.compiled import compiled
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import onto_surface, to_earth_centred, to_lon_lat, up
from zones.geodesy.geodesics import feet_on_segments
from zones.geodesy.nearest import nearest_in
from zones.geodesy.segment_tree import SCRATCH, ends_of
from zones.lines.tracing import Belt, covering, place, trace_ring
from zones.rule.rule import Rule, region_of
from zones.words import STATES

CHORD_M = 0.05
POCKET_M = 0.1
_KNOWN_M = 0.3  # a seed this near to a ring is on it
_VERTICES = 10_000_000  # more than any ring has: steps along all shores at the least breadth
_SAMPLE_SPACING_M = 250.0
_HORIZON_M = 1_500_000.0
_NEAR_M = 60.0  # by more than this no projected Voronoi corner is off in distance
_PLANE = "+proj=tmerc +lat_0=42 +lon_0=51 +ellps=WGS84"


@dataclass(frozen=True, slots=True, eq=False)
class LimitRing:
    """One closed line at a breadth from the baselines of some States, their waters on its left."""

    # points, lon_lat: Shape (n, 3). The first is not repeated. Earth-centred [m], and the same [deg]
    points: Floats
    lon_lat: Floats
    segments: Integers  # shape (n, 2), baseline segments whose curves arrive at and leave each vertex
    distance_m: float


def groups_of(states: Sequence[str]) -> Integers:
    """Tree groups of the baselines of some States: the joint one where they are all."""
    numbers = [ALL] if len(states) == len(STATES) else [STATES.index(state) for state in states]
    return read_only(np.array(numbers, dtype=np.int64))


def trace_limits(rule: Rule, states: Sequence[str], distance_m: float) -> list[LimitRing]:
    """All rings in the water at a distance from the nearest baseline of any of some States. [m]"""
    groups = groups_of(states)
    return trace_from_corners(rule, groups, *voronoi_corners(rule.baseline, groups), distance_m)


def trace_from_corners(
    rule: Rule, groups: Integers, corners: Floats, feet: Floats, distance_m: float
) -> list[LimitRing]:
    """As `trace_limits`, with the Voronoi corners of the baselines given.

    Raises `ZonesError`: a ring does not close (never seen; it would be a defect).
    """
    belt = Belt(rule.arrays.tree, groups, float(distance_m))
    seeds, owners = _seeds(rule.arrays, belt, corners, feet)
    step_m = min(math.sqrt(8 * distance_m * CHORD_M), distance_m)  # whose chords leave the arcs by CHORD_M
    waiting = np.arange(len(seeds))
    rings = []
    while len(waiting):
        number, waiting = waiting[0], waiting[1:]
        points, segments, count, closed = trace_ring(belt, step_m, *seeds[number], owners[number], _VERTICES)
        if not closed:
            raise ZonesError(f"the limit at {distance_m} m near {to_lon_lat(seeds[number])} does not close")
        points, segments = points[:count].copy(), segments[:count].copy()
        rings.append(LimitRing(points, to_lon_lat(points), segments, distance_m))
        chain = np.vstack([points, points[:1]])
        waiting = waiting[~runs_over(chain, seeds[waiting], _KNOWN_M)]
    return rings


def runs_over(chain: Floats, places: Floats, within_m: float) -> Flags:
    """Which places a chain of short edges passes within a distance. Earth-centred [m]"""
    from scipy.spatial import cKDTree  # slow to load; serving does without

    passed = np.zeros(len(places), dtype=bool)
    if len(places) == 0 or len(chain) < 2:
        return passed
    _, near = cKDTree(chain).query(places, k=min(4, len(chain)))
    for column in near.reshape(len(places), -1).T:
        for step in (-1, 0):
            first = np.clip(column + step, 0, len(chain) - 2)
            _, _, away_m = feet_on_segments(places, chain[first], chain[first + 1])
            passed |= away_m < within_m
    return passed


def voronoi_corners(baseline: Baseline, groups: Integers) -> tuple[Floats, Floats]:
    """Corners of the Voronoi cells of some States' baselines, and the three base points of each.

    In a transverse Mercator plane; good to some tens of metres, to begin from. Base points are the
    ends of segments, and the middles of long ones. Shapes (n, 3) and (n, 3, 3), earth-centred; nan for the
    far points that close the outer cells. [m]
    """
    from scipy.spatial import Delaunay  # slow to load; serving does without

    wanted = baseline.is_baseline & (np.isin(baseline.state, groups) | (ALL in groups))
    start, end = baseline.tree.start[wanted], baseline.tree.end[wanted]
    long = np.linalg.norm(end - start, axis=1) > _SAMPLE_SPACING_M
    samples = np.unique(np.vstack([start, end, start[long] * 0.5 + end[long] * 0.5]), axis=0)
    transformer = Transformer.from_crs("EPSG:4326", _PLANE, always_xy=True)
    plane = np.column_stack(transformer.transform(*to_lon_lat(samples).T))
    middle = plane.mean(axis=0)
    # Points all around at a great distance, so that no cell is open.
    angle = np.arange(36) * np.pi / 18
    horizon = middle + 2 * _HORIZON_M * np.column_stack([np.cos(angle), np.sin(angle)])
    sites = np.vstack([plane, horizon])
    triangles = Delaunay(sites - middle).simplices
    centres = _circumcentres(sites[triangles])
    inside = np.linalg.norm(centres - middle, axis=1) < _HORIZON_M
    lon, lat = transformer.transform(centres[inside, 0], centres[inside, 1], direction="INVERSE")
    feet = np.vstack([samples, np.full((len(horizon), 3), np.nan)])
    return to_earth_centred(np.column_stack([lon, lat])), feet[triangles[inside]]


def _circumcentres(triangles: Floats) -> Floats:
    """Centres of the circles through three points each, shape (n, 3, 2) -> (n, 2)."""
    a = triangles[:, 0]
    b = triangles[:, 1] - a
    c = triangles[:, 2] - a
    double = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        b2, c2 = (b**2).sum(axis=1), (c**2).sum(axis=1)
        x = (c[:, 1] * b2 - b[:, 1] * c2) / double
        y = (b[:, 0] * c2 - c[:, 0] * b2) / double
    return a + np.nan_to_num(np.column_stack([x, y]), nan=1e12, posinf=1e12, neginf=1e12)


@compiled
def in_open_water(rule, x, y, z, scratch):
    """Whether the water outside all baselines holds a point."""
    region, _, _, _, _ = region_of(rule.tree, rule.sides, x, y, z, scratch)
    return region == OPEN_REGION


@compiled
def _climb(belt, x, y, z, scratch):
    """A point farther than the belt, looked for uphill from a point nearly that far; and how far it is."""
    tree, groups = belt.tree, belt.groups
    _, _, here = nearest_in(tree, groups, x, y, z, math.inf, scratch)
    step = 64.0
    while step > 0.02 and here <= belt.distance_m:
        ux, uy, uz = up(x, y, z)
        size = math.sqrt(ux * ux + uy * uy)
        ex, ey = -uy / size, ux / size
        nx, ny, nz = -uz * ey, uz * ex, ux * ey - uy * ex
        better = False
        for k in range(12):
            angle = k * math.pi / 6
            c, s = step * math.cos(angle), step * math.sin(angle)
            qx, qy, qz = onto_surface(x + c * ex + s * nx, y + c * ey + s * ny, z + s * nz)
            _, _, length = nearest_in(tree, groups, qx, qy, qz, math.inf, scratch)
            if length > here:
                here, bx, by, bz = length, qx, qy, qz
                better = True
        if better:
            x, y, z = bx, by, bz
        else:
            step *= 0.5
    return x, y, z, here


@compiled
def _beyond(rule, belt, x, y, z, foot, scratch):
    """A point of the water beyond the belt, at or uphill from a Voronoi corner with one of its base points.

    Its distance is negative where there is none. A belt of all baselines keeps to the water; one of
    some of them may leave it.
    """
    near_m = belt.distance_m - _NEAR_M
    here = -1.0
    chord2 = (x - foot[0]) ** 2 + (y - foot[1]) ** 2 + (z - foot[2]) ** 2
    if not chord2 < max(near_m, 0.0) ** 2 * 0.999:  # nor for nan
        _, _, here = nearest_in(belt.tree, belt.groups, x, y, z, math.inf, scratch)
    if near_m <= here <= belt.distance_m:
        x, y, z, here = _climb(belt, x, y, z, scratch)
    if here <= belt.distance_m or (belt.groups[0] == ALL and not in_open_water(rule, x, y, z, scratch)):
        here = -1.0
    return x, y, z, here


@compiled
def _seeds(rule, belt, corners, feet):
    """Points of the limit towards the base points of every Voronoi corner beyond it, in the water."""
    tree = belt.tree
    scratch = np.empty(SCRATCH)
    found, owners = np.empty((4 * len(corners), 3)), np.empty(4 * len(corners), dtype=np.int64)
    count = 0
    for i in range(len(corners)):
        x, y, z, here = _beyond(rule, belt, corners[i, 0], corners[i, 1], corners[i, 2], feet[i, 0], scratch)
        if here < 0.0:
            continue
        for k in range(-1, 3):
            if k < 0:
                s, t, length = nearest_in(tree, belt.groups, x, y, z, math.inf, scratch)
                ax, ay, az, bx, by, bz = ends_of(tree.ends, s)
                fx, fy, fz = ax + t * (bx - ax), ay + t * (by - ay), az + t * (bz - az)
            else:
                fx, fy, fz = feet[i, k, 0], feet[i, k, 1], feet[i, k, 2]
                if math.isnan(fx):
                    continue
                length = math.sqrt((x - fx) ** 2 + (y - fy) ** 2 + (z - fz) ** 2)
            share = belt.distance_m / length
            qx, qy, qz = onto_surface(fx + share * (x - fx), fy + share * (y - fy), fz + share * (z - fz))
            if k >= 0:
                s, _, _ = nearest_in(tree, belt.groups, qx, qy, qz, math.inf, scratch)
            qx, qy, qz = place(tree, s, belt.distance_m, qx, qy, qz)
            if covering(belt, qx, qy, qz, scratch) < 0:
                found[count, 0], found[count, 1], found[count, 2] = qx, qy, qz
                owners[count] = s
                count += 1
    return found[:count], owners[:count]
