"""Positions along a route of geodesic edges, inside compiled code.

Geodesics by the series on the auxiliary sphere (Vincenty 1975), length and azimuth of each edge
from Karney's inverse solution. Between the ends of an edge of up to 5,000 km the position leaves
Karney's by less than 0.1 mm; a test holds it to that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zones.arrays import Floats, numbers, read_only
from zones.compiled import compiled
from zones.geodesy.ellipsoid import FLATTENING, SEMI_MINOR_AXIS_M, earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84, densify_geodesics

_CONSTANTS = 9  # of an edge


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One part of a route.

    Attributes
    ----------
    lon_lat : ndarray, shape (n, 2)
        Vertices. [deg]
    along_m : ndarray, shape (n,)
        Distance of each vertex from the first, along the route. [m]
    edges : ndarray, shape (n - 1, 9)
        What `position` needs of each edge.
    """

    lon_lat: Floats
    along_m: Floats
    edges: Floats

    @property
    def length_m(self) -> float:
        """Sum of the edges' geodesic lengths. [m]"""
        return float(self.along_m[-1])

    def positions(self, along_m: Floats) -> Floats:
        """Longitude and latitude at distances along the route, shape (k, 2). [m] -> [deg]"""
        found = to_lon_lat(_positions(self.along_m, self.edges, numbers(along_m)))
        vertex = np.searchsorted(self.along_m, along_m).clip(0, len(self.along_m) - 1)
        exact = self.along_m[vertex] == along_m
        found[exact] = self.lon_lat[vertex[exact]]
        return found

    def between(self, start_m: float, end_m: float, piece_m: float) -> Floats:
        """The stretch between two distances along the route, in pieces of at most so much. [deg]"""
        inner = (self.along_m > start_m) & (self.along_m < end_m)
        ends = self.positions(np.array([start_m, end_m]))
        return densify_geodesics(np.vstack([ends[:1], self.lon_lat[inner], ends[1:]]), piece_m)


def make_path(lon_lat: Floats) -> Path:
    """Lay a part of a route out for compiled code. Vertices in longitude and latitude, (n, 2). [deg]"""
    start, end = lon_lat[:-1], lon_lat[1:]
    azimuth, _, length = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    along = np.concatenate([[0.0], np.cumsum(length)])
    edges = _edges(start, np.radians(np.asarray(azimuth, dtype=np.float64)))
    return Path(lon_lat, read_only(along), read_only(edges))


def _edges(start: Floats, azimuth: Floats) -> Floats:
    """The constants of Vincenty's direct solution for each edge."""
    lon, lat = np.radians(start).T
    tangent = (1.0 - FLATTENING) * np.tan(lat)
    cos_u = 1.0 / np.sqrt(1.0 + tangent**2)
    sin_u = tangent * cos_u
    sin_azimuth, cos_azimuth = np.sin(azimuth), np.cos(azimuth)
    sigma1 = np.arctan2(tangent, cos_azimuth)
    sin_alpha = cos_u * sin_azimuth
    cos2_alpha = 1.0 - sin_alpha**2
    second_e2 = FLATTENING * (2.0 - FLATTENING) / (1.0 - FLATTENING) ** 2
    root = np.sqrt(1.0 + cos2_alpha * second_e2)
    k = (root - 1.0) / (root + 1.0)
    a = (1.0 + k**2 / 4.0 + k**4 / 64.0) / (1.0 - k)
    edges = np.empty((len(start), _CONSTANTS))
    edges.T[:] = lon, sin_u, cos_u, sin_azimuth, cos_azimuth, sigma1, sin_alpha, cos2_alpha, a
    return edges


@compiled
def position(along_m, edges, s):
    """The earth-centred point at a distance along a path. [m]"""
    edge, beyond = 0, len(edges)
    while beyond - edge > 1:  # along_m[edge] <= s < along_m[beyond], as far as the path goes
        middle = (edge + beyond) // 2
        if along_m[middle] <= s:
            edge = middle
        else:
            beyond = middle
    s -= along_m[edge]
    lon, sin_u, cos_u = edges[edge, 0], edges[edge, 1], edges[edge, 2]
    sin_azimuth, cos_azimuth, sigma1 = edges[edge, 3], edges[edge, 4], edges[edge, 5]
    sin_alpha, cos2_alpha, a = edges[edge, 6], edges[edge, 7], edges[edge, 8]
    second_e2 = FLATTENING * (2.0 - FLATTENING) / (1.0 - FLATTENING) ** 2
    root = math.sqrt(1.0 + cos2_alpha * second_e2)
    k = (root - 1.0) / (root + 1.0)
    b = k * (1.0 - 3.0 / 8.0 * k * k)
    first = s / (SEMI_MINOR_AXIS_M * a)
    sigma = first
    for _ in range(20):
        cos_2m = math.cos(2.0 * sigma1 + sigma)
        sine, cosine = math.sin(sigma), math.cos(sigma)
        change = b * sine * (
            cos_2m
            + b / 4.0 * (
                cosine * (2.0 * cos_2m**2 - 1.0)
                - b / 6.0 * cos_2m * (4.0 * sine * sine - 3.0) * (4.0 * cos_2m**2 - 3.0)
            )
        )  # fmt: skip
        before = sigma
        sigma = first + change
        if abs(sigma - before) < 1e-14:
            break
    sine, cosine = math.sin(sigma), math.cos(sigma)
    cos_2m = math.cos(2.0 * sigma1 + sigma)
    opposite = sin_u * sine - cos_u * cosine * cos_azimuth
    lat = math.atan2(
        sin_u * cosine + cos_u * sine * cos_azimuth,
        (1.0 - FLATTENING) * math.sqrt(sin_alpha * sin_alpha + opposite * opposite),
    )
    turn = math.atan2(sine * sin_azimuth, cos_u * cosine - sin_u * sine * cos_azimuth)
    c = FLATTENING / 16.0 * cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * cos2_alpha))
    turn -= (1.0 - c) * FLATTENING * sin_alpha * (
        sigma + c * sine * (cos_2m + c * cosine * (2.0 * cos_2m**2 - 1.0))
    )  # fmt: skip
    return earth_centred(math.degrees(lon + turn), math.degrees(lat))


@compiled
def _positions(along_m, edges, wanted):
    points = np.empty((len(wanted), 3))
    for i in range(len(wanted)):
        points[i, 0], points[i, 1], points[i, 2] = position(along_m, edges, wanted[i])
    return points
