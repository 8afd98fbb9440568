"""Lines between given points: geodesics and loxodromes cut into short pieces (pyproj, Karney), and feet."""

from __future__ import annotations

import itertools
import math

import numpy as np
from pyproj import Geod

from zones.arrays import Floats
from zones.geodesy.ellipsoid import FLATTENING

WGS84 = Geod(ellps="WGS84")
_ECCENTRICITY2 = FLATTENING * (2 - FLATTENING)


def densify_geodesics(lon_lat: Floats, maximum_m: float) -> Floats:
    """A chain with points put in, so that no piece of its geodesics is longer than asked. [deg, m]

    The vertices, shape (n, 2), are kept bit for bit.
    """
    if len(lon_lat) < 2:
        return lon_lat
    start, end = lon_lat[:-1], lon_lat[1:]
    azimuth, _, length = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    pieces = np.maximum(1, np.ceil(np.asarray(length) / maximum_m).astype(np.int64))
    if pieces.max() == 1:
        return lon_lat
    edge = np.repeat(np.arange(len(start)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    along = np.asarray(length)[edge] * number / pieces[edge]
    lon, lat, _ = WGS84.fwd(start[edge, 0], start[edge, 1], np.asarray(azimuth)[edge], along)
    dense = np.column_stack([lon, lat])
    dense[number == 0] = start
    return np.vstack([dense, end[-1:]])


def densify_loxodromes(lon_lat: Floats, maximum_m: float) -> Floats:
    """As `densify_geodesics`, with the vertices joined by lines of constant bearing (loxodromes).

    Straight lines in the ellipsoidal Mercator projection, cut evenly there; the pieces nearest to
    the equator are the longest and no longer than asked.
    """
    parts = [lon_lat[:1]]
    for start, end in itertools.pairwise(lon_lat):
        _, _, length = WGS84.inv(start[0], start[1], end[0], end[1])
        cosines = np.cos(np.radians([start[1], end[1]]))
        stretch = 1.01 * float(cosines.max() / cosines.min())
        pieces = max(1, math.ceil(length * stretch / maximum_m))
        share = np.arange(1, pieces) / pieces
        northing = _isometric(start[1]) * (1 - share) + _isometric(end[1]) * share
        lat = np.full(len(share), start[1]) if abs(end[1] - start[1]) < 1e-12 else _latitude(northing)
        parts += [np.column_stack([start[0] * (1 - share) + end[0] * share, lat]), end[None, :]]
    return np.vstack(parts)


def _isometric(lat: float) -> float:
    """Isometric latitude, the northing of Mercator's projection on the unit ellipsoid. [rad]"""
    e = math.sqrt(_ECCENTRICITY2)
    sine = math.sin(math.radians(lat))
    return math.atanh(sine) - e * math.atanh(e * sine)


def _latitude(isometric: Floats) -> Floats:
    """Latitude from isometric latitude, by iteration to the last digit. [deg]"""
    e = math.sqrt(_ECCENTRICITY2)
    sine = np.tanh(isometric)
    for _ in range(12):
        sine = np.tanh(isometric + e * np.arctanh(e * sine))
    return np.degrees(np.arcsin(sine))


def feet_on_segments(points: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats, Floats]:
    """Nearest points of straight segments in a plane or in space, each row or the one row given with each.

    Returns the shares of the segments' lengths, 0 to 1 (0 where one has none), the feet, and the distances.
    """
    along = end - start
    length2 = (along**2).sum(axis=-1)
    share = ((points - start) * along).sum(axis=-1) / np.where(length2 > 0.0, length2, 1.0)
    share = np.clip(share, 0.0, 1.0)
    feet = start + share[..., None] * along
    return share, feet, np.linalg.norm(points - feet, axis=-1)
