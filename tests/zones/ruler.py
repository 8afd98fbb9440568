"""True distances by another way than the core's: every segment weighed, Karney's geodesics.

Candidates are all segments whose middle lies within half a segment of the best middle, by straight
distance between PROJ's earth-centred coordinates: none can be missed. Each candidate's ends are put
into the azimuthal equidistant plane about the point by `pyproj.Geod.inv`; the line between them is
the geodesic to better than 0.05 mm for 500 m at 100 km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GEOD = Geod(ellps="WGS84")
_TO_CARTESIAN = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
_RADIUS_M = 6.33e6  # no normal section of the ellipsoid is curved more


@dataclass(frozen=True)
class Measured:
    """Distance, number and share of the nearest segment, unit vector (east, north) towards it."""

    length_m: Floats
    segment: Integers
    share: Floats
    towards: Floats


def earth_centred(lon_lat: Floats) -> Floats:
    lon_lat = np.atleast_2d(lon_lat)
    return np.column_stack(_TO_CARTESIAN.transform(lon_lat[:, 0], lon_lat[:, 1], np.zeros(len(lon_lat))))


class Ruler:
    """Measures geodesic distances to segments given by their ends. [deg]"""

    def __init__(self, start: Floats, end: Floats) -> None:
        self.start, self.end = start, end
        a, b = earth_centred(start), earth_centred(end)
        self._middles = cKDTree(0.5 * (a + b))
        self._half_m = 0.5 * float(np.linalg.norm(b - a, axis=1).max())

    def measure(self, lon_lat: Floats) -> Measured:
        lon_lat = np.atleast_2d(np.asarray(lon_lat, dtype=np.float64))
        parts = [self._measure(lon_lat[i : i + 2000]) for i in range(0, len(lon_lat), 2000)]
        return Measured(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def distances(self, lon_lat: Floats) -> Floats:
        return self.measure(lon_lat).length_m

    def _measure(self, lon_lat: Floats) -> tuple[Floats, Integers, Floats, Floats]:
        points = earth_centred(lon_lat)
        nearest, _ = self._middles.query(points)
        assert nearest.max() < 2_000_000
        curved_m = 1.0 + nearest**3 / (20 * _RADIUS_M**2)  # geodesics are longer than chords
        lists = self._middles.query_ball_point(points, nearest + 2 * self._half_m + curved_m)
        counts = np.array([len(found) for found in lists])
        row = np.repeat(np.arange(len(points)), counts)
        candidate = np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
        ax, ay = _plane(lon_lat[row], self.start[candidate])
        bx, by = _plane(lon_lat[row], self.end[candidate])
        dx, dy = bx - ax, by - ay
        share = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0, 1)
        x, y = ax + share * dx, ay + share * dy
        x, y = np.where(share == 1, bx, x), np.where(share == 1, by, y)
        length = np.hypot(x, y)
        begins = np.cumsum(counts) - counts
        order = np.lexsort((length, row))
        best = order[begins]
        scale = np.maximum(length[best], 1e-12)
        towards = np.column_stack([x[best] / scale, y[best] / scale])
        return length[best], candidate[best], share[best], towards


def _plane(centre: Floats, lon_lat: Floats) -> tuple[Floats, Floats]:
    azimuth, _, length = GEOD.inv(centre[:, 0], centre[:, 1], lon_lat[:, 0], lon_lat[:, 1])
    angle = np.radians(azimuth)
    return np.asarray(length) * np.sin(angle), np.asarray(length) * np.cos(angle)


def along_edges(lon_lat: Floats, shares: Floats) -> Floats:
    """Points on the straight longitude-latitude edges of a chain, one for each share and edge."""
    a, b = lon_lat[:-1], lon_lat[1:]
    return np.vstack([a + share * (b - a) for share in shares])


def fwd(lon: float, lat: float, azimuth: float, distance_m: float) -> tuple[float, float]:
    """The point at a distance and azimuth. [deg, m]"""
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, azimuth, distance_m)
    return float(to_lon), float(to_lat)
