"""Collections with fewer vertices, no farther from the exact ones than a step of a ladder.

The zones, and the sectors, stay coverages: an edge that two of them share is simplified once.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from zones.arrays import Flags, Floats, Integers
from zones.atlas.features import Collection

LADDER_DEG = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
_COVERAGES = ("zones", "sectors")
_ATTEMPTS = 8
_JUST_BELOW = 1.0 - 1e-9  # a distance that is computed in two ways
_FEWEST = 3  # vertices of a ring

Geometries = npt.NDArray[np.object_]


def step_below(offset_deg: float) -> float | None:
    """The largest step of the ladder that is no larger than an offset; None below the finest. [deg]"""
    return max((step for step in LADDER_DEG if step <= offset_deg), default=None)


def simplified(collection: Collection, step_deg: float) -> Collection:
    """The collection with geometries no farther than a step from the exact ones, and the exact properties.

    Distances are those of straight edges in longitude and latitude [deg]. All vertices are vertices of the
    exact geometry. No part and no hole is left out.
    """
    everything = collection.everything
    exact = np.array([feature.geometry for feature in everything], dtype=object)
    found = _simplified(exact, step_deg, as_coverage=collection.id in _COVERAGES) if len(exact) else exact
    features = tuple(
        dataclasses.replace(feature, geometry=geometry)
        for feature, geometry in zip(everything, found.tolist(), strict=True)
    )
    shown = len(collection.features)
    return dataclasses.replace(collection, features=features[:shown], on_request=features[shown:])


def _simplified(geometries: Geometries, step_deg: float, *, as_coverage: bool) -> Geometries:
    """Lines by Douglas and Peucker, each with its ends; areas as one coverage, or each as one of its own."""
    if (shapely.get_dimensions(geometries) == 1).all():
        simpler = shapely.simplify(geometries, step_deg * _JUST_BELOW, preserve_topology=True)
        parts, line_of_part = shapely.get_parts(simpler, return_index=True)
        # Of a collection of one line GEOS makes that line.
        is_multi = shapely.get_type_id(geometries) == shapely.GeometryType.MULTILINESTRING
        return np.where(is_multi, shapely.multilinestrings(parts, indices=line_of_part), simpler)
    if as_coverage:
        return _simplified_coverage(geometries, step_deg)
    alone = [_simplified_coverage(geometries[row : row + 1], step_deg) for row in range(len(geometries))]
    return np.concatenate(alone)


def _simplified_coverage(polygons: Geometries, step_deg: float) -> Geometries:
    """Polygons that neither overlap nor leave gaps, as such; exact where no attempt gives that.

    Their boundaries are cut where more than two edges meet, and these lines simplified together, so that
    none comes to cross another (Douglas and Peucker, whose tolerance is a distance). What is made of them
    is measured.
    """
    parts, polygon_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    is_last = np.append(np.diff(ring_of_point) > 0, True)  # as the first one
    points, ring_of_point = points[~is_last], ring_of_point[~is_last]
    lines = shapely.line_merge(shapely.unary_union(shapely.boundary(polygons)))
    for halvings in range(_ATTEMPTS):
        tolerance_deg = step_deg * _JUST_BELOW / 2**halvings
        simpler = shapely.simplify(lines, tolerance_deg, preserve_topology=True)
        kept = np.isin(_as_complex(points), _as_complex(shapely.get_coordinates(simpler)))
        if (np.bincount(ring_of_point[kept], minlength=len(rings)) < _FEWEST).any():
            continue
        if _deviation_deg(points, ring_of_point, kept) > step_deg:
            continue
        fewer = shapely.linearrings(points[kept], indices=ring_of_point[kept])
        found = shapely.multipolygons(shapely.polygons(fewer, indices=part_of_ring), indices=polygon_of_part)
        is_single = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
        found = np.where(is_single, shapely.get_geometry(found, 0), found)
        if shapely.is_valid(found).all() and shapely.coverage_is_valid(found):
            return shapely.orient_polygons(found)  # with fewer vertices a ring may turn the other way
    return polygons


def _deviation_deg(points: Floats, ring_of_point: Integers, kept: Flags) -> float:
    """How far rings lie at most from the same rings with the kept points alone, and these from them. [deg]

    ``points`` have shape (n, 2), ring after ring, none closed by its first point; of each some are kept.
    A path between two kept points is replaced by a segment. The distance to a segment is convex, so that
    along the path it is largest at a vertex. No point of the segment is farther from the path: every line
    square to the segment meets the path, which begins and ends at its ends, at a point no farther than that.
    """
    places = np.flatnonzero(kept)
    bounds = np.searchsorted(ring_of_point[places], np.arange(ring_of_point[-1] + 2))
    first, count = bounds[ring_of_point], np.diff(bounds)[ring_of_point]
    before = np.searchsorted(places, np.arange(len(points)), side="right") - 1 - first
    start = points[places[first + before % count]]
    along = points[places[first + (before + 1) % count]] - start
    square = (along**2).sum(axis=1)
    share = np.clip(((points - start) * along).sum(axis=1) / square, 0.0, 1.0)
    return float(np.hypot(*(points - start - share[:, None] * along).T).max())


def _as_complex(points: Floats) -> npt.NDArray[Any]:
    """Points of shape (n, 2) as numbers, which can be looked up."""
    return points[:, 0] + 1j * points[:, 1]
