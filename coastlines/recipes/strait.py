"""The closing line of Kara-Bogaz-Gol and the lagoon behind it, on a shoreline that has both."""

from __future__ import annotations

import numpy as np
from pyproj import Geod

from coastlines.recipes.packages import RecipeError
from coastlines.rings import Ring, directed_ring

__all__ = ["cut_lagoon"]

STRAIT = (52.82, 40.95, 53.02, 41.20)
"""West, south, east, north of a box around the strait and nothing else. [deg]"""


def cut_lagoon(mainland: Ring) -> tuple[Ring, Ring]:
    """Close the strait where it is narrowest between two vertices of its two sides.

    Args:
        mainland: Shape (n, 2). Closed ring of the sea together with the lagoon. [deg]

    Returns:
        lagoon: Shape (m, 2). Closed ring, counter-clockwise, one edge of which is the closing line. [deg]
        closing_line: Shape (2, 2). Its two ends, the southern one first: the sea is on the left. [deg]
    """
    west, south, east, north = STRAIT
    lon, lat = mainland[:-1].T
    inside = np.flatnonzero((west < lon) & (lon < east) & (south < lat) & (lat < north))
    sides = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    if len(sides) != 2:
        raise RecipeError(f"{len(sides)} shores in the strait of Kara-Bogaz-Gol, expected 2")
    pairs = np.array([(i, j) for i in sides[0] for j in sides[1]])
    lengths = Geod(ellps="WGS84").inv(*mainland[pairs[:, 0]].T, *mainland[pairs[:, 1]].T)[2]
    i, j = pairs[np.argmin(lengths)]
    lagoon = np.vstack([mainland[i : j + 1], mainland[i]])
    ends = mainland[[i, j]]
    return directed_ring(lagoon, counter_clockwise=True), ends[np.argsort(ends[:, 1])]
