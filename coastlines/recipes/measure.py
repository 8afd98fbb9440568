"""Geodesic measures on WGS84 for the recipes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import Geod

from coastlines.rings import Ring

__all__ = ["area_km2", "median_spacing_m", "ring_area_km2"]

_WGS84 = Geod(ellps="WGS84")


def area_km2(polygon: shapely.Polygon) -> float:
    """Area of a polygon less its holes, with geodesic edges. [km^2]"""
    # The parts are summed apart, as what pyproj makes of a hole depends on its direction.
    rings = [np.asarray(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
    areas = [ring_area_km2(ring) for ring in rings]
    return areas[0] - sum(areas[1:])


def ring_area_km2(ring: Ring) -> float:
    """Area inside a closed ring, whatever its direction. [km^2]"""
    area, _ = _WGS84.polygon_area_perimeter(ring[:, 0], ring[:, 1])
    return abs(float(area)) / 1e6


def median_spacing_m(rings: Sequence[Ring]) -> float:
    """Median length of the edges of closed rings. [m]"""
    lengths = [_WGS84.inv(ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1])[2] for ring in rings]
    return float(np.median(np.concatenate(lengths)))
