"""Closed rings of positions: cleaning, direction, a fixed starting vertex."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["DECIMALS", "clean_ring", "directed_ring", "shared_edges", "signed_area"]

DECIMALS = 7
"""Decimals of a degree that are kept: 1e-7 degree is 1.1 cm at most."""

Ring = NDArray[np.float64]


def signed_area(ring: Ring) -> float:
    """Area that a ring encloses on the plane of longitude and latitude.

    Args:
        ring: Shape (n, 2). Closed ring, longitude and latitude. [deg]

    Returns:
        Positive for a counter-clockwise ring, negative for a clockwise one. [deg^2]
    """
    x, y = (ring - ring[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2.0)


def clean_ring(coordinates: ArrayLike) -> Ring:
    """Round a ring, close it, and take out repeated vertices and spikes of no width.

    Args:
        coordinates: Shape (n, 2). Longitude and latitude, closed or not. [deg]

    Returns:
        Shape (m, 2). Closed ring (first equals last) of at least three different vertices, or an empty array
        of shape (0, 2) where nothing with an area is left. [deg]

    Notes:
        A spike of no width is a way out and back along the same edge, a-b-a. Nothing else is
        simplified.
    """
    points = np.round(np.asarray(coordinates, dtype=np.float64)[:, :2], DECIMALS) + 0.0
    if len(points) and np.array_equal(points[0], points[-1]):
        points = points[:-1]
    while len(points) >= 3:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        repeated = np.all(points == before, axis=1)
        if not repeated.any():
            tips = np.all(before == after, axis=1)
            if not tips.any():
                return np.vstack([points, points[:1]])
            # Not two neighbours at a time: each would be taken for the spike of the other.
            repeated = tips & ~np.roll(tips, 1)
            repeated[np.argmax(tips)] = True
        points = points[~repeated]
    return np.empty((0, 2))


def directed_ring(ring: Ring, *, counter_clockwise: bool) -> Ring:
    """Give a closed ring a direction and start it at its westernmost vertex.

    Args:
        ring: Shape (n, 2). Closed ring, longitude and latitude. [deg]
        counter_clockwise: The direction wanted.

    Returns:
        Shape (n, 2). The same ring; of several westernmost vertices the southernmost comes first. [deg]
    """
    points = ring[:-1]
    if (signed_area(ring) > 0.0) != counter_clockwise:
        points = points[::-1]
    first = int(np.lexsort((points[:, 1], points[:, 0]))[0])
    points = np.roll(points, -first, axis=0)
    return np.vstack([points, points[:1]])


def shared_edges(rings: list[Ring]) -> Ring:
    """Find edges that occur more than once, in either direction, in a set of rings.

    Args:
        rings: Shape (n, 2). Closed rings, longitude and latitude. [deg]

    Returns:
        Shape (k, 4). Longitude and latitude of both ends of every such edge. [deg]
    """
    ends = np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    swap = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[swap] = ends[swap][:, [2, 3, 0, 1]]
    edges, counts = np.unique(ends, axis=0, return_counts=True)
    return np.asarray(edges[counts > 1], dtype=np.float64)
