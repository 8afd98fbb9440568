"""How far straight lines depart from the general direction of the coast.

"The drawing of straight baselines must not depart to any appreciable extent from the general direction of the
coast" (Article 7(3) of the United Nations Convention on the Law of the Sea), which says neither how that
direction is found nor how much is appreciable. Here

- a piece is the geodesic between two turning points of a line that follow each other;
- both its ends are brought to the nearest points of the mainland's shore. They part the shore in two, of
  which the shorter lies between them. From each point the shore is followed the other way, to its first
  vertex that is at least `REACH_M` from it. The geodesic between these two vertices is the coast's general
  direction: smaller bays and capes do not turn it, and the line itself has no part in it;
- the departure is the angle between the two, from 0 to 90 degrees, in the azimuthal equidistant plane about
  the middle of the piece.

Others read the article with numbers, which are views and no law: studies of the United States (Limits in the
Seas No. 106 of 1987, and those of single States after it) hold lines against some 20 degrees and 24 nm; the
study of the United Nations (Baselines: An Examination, 1989) leaves it to the case.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from zones.arrays import Floats
from zones.geodesy.ellipsoid import METRES_PER_NM, to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84, feet_on_segments

REACH_M = 30 * METRES_PER_NM


@dataclass(frozen=True, slots=True)
class Departure:
    """The piece of a line that departs most, and what it was measured against."""

    degrees: float  # from 0 to 90
    piece: int  # counted from 1
    # coast_from, coast_to: the ends of the coast's general direction, longitude and latitude [deg]
    coast_from: tuple[float, float]
    coast_to: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Foot:
    """The point of a shore that is nearest to another point."""

    lon_lat: Floats
    segment: int  # that it lies on
    along_m: float  # from the shore's first vertex


def greatest_departure(turning_points: Floats, mainland: Floats) -> Departure | None:
    """The greatest departure among the pieces of a line; None where the shore reaches nowhere far enough.

    ``turning_points``, shape (n, 2), are longitude and latitude [deg]; ``mainland`` is a closed shore as such
    rows, the first of them last again.
    """
    shore = _Shore(mainland)
    found = []
    for number, (start, end) in enumerate(itertools.pairwise(turning_points), start=1):
        direction = shore.general_direction(start, end)
        if direction is not None:
            degrees = _angle_deg(start, end, *direction)
            ends = tuple((float(lon), float(lat)) for lon, lat in direction)
            found.append(Departure(degrees, number, ends[0], ends[1]))
    return max(found, key=lambda one: one.degrees, default=None)


def longest_piece_m(turning_points: Floats) -> float:
    """Length of the longest geodesic between two turning points that follow each other. [m]"""
    lon, lat = turning_points.T
    return float(np.max(WGS84.line_lengths(lon, lat)))


class _Shore:
    """A closed shore that can be followed."""

    def __init__(self, lon_lat: Floats) -> None:
        self._lon_lat = lon_lat[:-1]
        corners = to_earth_centred(lon_lat)
        self._start, self._end = corners[:-1], corners[1:]
        lengths = WGS84.line_lengths(*lon_lat.T)
        self._along_m = np.concatenate([[0.0], np.cumsum(lengths)])

    def general_direction(self, start: Floats, end: Floats) -> tuple[Floats, Floats] | None:
        """Both ends of the coast's general direction beside a piece, that of its start first. [deg]"""
        first, second = self._foot(start), self._foot(end)
        whole_m = self._along_m[-1]
        between_m = (second.along_m - first.along_m) % whole_m
        forwards = between_m <= 0.5 * whole_m
        ends = self._reached(first, forwards=not forwards), self._reached(second, forwards=forwards)
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    def _foot(self, lon_lat: Floats) -> _Foot:
        point = to_earth_centred(lon_lat)
        share, feet, away_m = feet_on_segments(point, self._start, self._end)
        segment = int(away_m.argmin())
        length_m = self._along_m[segment + 1] - self._along_m[segment]
        along_m = float(self._along_m[segment] + share[segment] * length_m)
        return _Foot(to_lon_lat(feet[segment]), segment, along_m)

    def _reached(self, foot: _Foot, *, forwards: bool) -> Floats | None:
        """The first vertex along the shore that is at least `REACH_M` from a foot; None for none."""
        ahead = np.roll(self._lon_lat, -(foot.segment + 1), axis=0)
        way = ahead if forwards else ahead[::-1]
        count = len(way)
        _, _, away_m = WGS84.inv(
            np.full(count, foot.lon_lat[0]), np.full(count, foot.lon_lat[1]), way[:, 0], way[:, 1]
        )
        far = np.flatnonzero(np.asarray(away_m) >= REACH_M)
        return way[far[0]] if len(far) else None


def _angle_deg(start: Floats, end: Floats, coast_from: Floats, coast_to: Floats) -> float:
    """Angle between two geodesics, from 0 to 90, in the plane about the middle of the first. [deg]"""
    azimuth, _, length_m = WGS84.inv(start[0], start[1], end[0], end[1])
    lon, lat, _ = WGS84.fwd(start[0], start[1], azimuth, 0.5 * length_m)
    points = np.array([start, end, coast_from, coast_to])
    bearing, _, away_m = WGS84.inv(np.full(4, lon), np.full(4, lat), points[:, 0], points[:, 1])
    turned = np.radians(bearing)
    plane = np.column_stack([away_m * np.sin(turned), away_m * np.cos(turned)])
    (x, y), (u, v) = plane[1] - plane[0], plane[3] - plane[2]
    return math.degrees(math.atan2(abs(x * v - y * u), abs(x * u + y * v)))
