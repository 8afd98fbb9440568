"""How far straight lines depart from the general direction of the coast.

"The drawing of straight baselines must not depart to any appreciable extent from the general direction of the
coast" (Article 7(3) of the United Nations Convention on the Law of the Sea), which says neither how that
direction is found nor how much is appreciable. Here

- a piece is the geodesic between two turning points of a line that follow each other;
- both its ends are brought to the nearest points of the mainland's shore. They part the shore in two, of
  which the shorter lies between them. From each point the shore is followed the other way, to its first
  vertex that is as far from it as the piece is long, or `LEAST_REACH_M` if that is more. The geodesic between
  these two vertices is the coast's general direction: it is three times as long as the piece or longer,
  smaller bays and capes do not turn it, and the line itself has no part in it;
- the departure is the angle between the two, from 0 to 90 degrees, in the azimuthal equidistant plane about
  the middle of the piece.

Others read the article with numbers, which are views and no law: studies of the United States (Limits in the
Seas No. 106 of 1987, and those of single States after it) hold lines against some 20 degrees and 24 nm; the
study of the United Nations (Baselines: An Examination, 1989) leaves it to the case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zones.arrays import Floats
from zones.geodesy.ellipsoid import METRES_PER_NM, to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84, feet_on_segments

LEAST_REACH_M = 10 * METRES_PER_NM


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

    point: Floats  # earth-centred [m]
    segment: int  # that it lies on
    along_m: float  # from the shore's first vertex


def greatest_departure(turning_points: Floats, mainland: Floats) -> Departure | None:
    """The greatest departure among the pieces of a line; None where the shore reaches nowhere far enough.

    ``turning_points``, shape (n, 2), are longitude and latitude [deg]; ``mainland`` is a closed shore as such
    rows, the first of them last again.
    """
    shore = _Shore(mainland)
    feet = [shore.foot(point) for point in turning_points]
    found = []
    for number in range(1, len(turning_points)):
        start, end = turning_points[number - 1 : number + 1]
        length_m = WGS84.inv(start[0], start[1], end[0], end[1])[2]
        reach_m = max(float(length_m), LEAST_REACH_M)
        direction = shore.general_direction(feet[number - 1], feet[number], reach_m)
        if direction is not None:
            (lon, lat), (other_lon, other_lat) = direction
            degrees = _angle_deg(start, end, *direction)
            ends = (float(lon), float(lat)), (float(other_lon), float(other_lat))
            found.append(Departure(degrees, number, *ends))
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

    def foot(self, lon_lat: Floats) -> _Foot:
        """The nearest point of the shore. [deg]"""
        point = to_earth_centred(lon_lat)
        share, feet, away_m = feet_on_segments(point, self._start, self._end)
        segment = int(away_m.argmin())
        length_m = self._along_m[segment + 1] - self._along_m[segment]
        along_m = float(self._along_m[segment] + share[segment] * length_m)
        return _Foot(feet[segment], segment, along_m)

    def general_direction(self, first: _Foot, second: _Foot, reach_m: float) -> tuple[Floats, Floats] | None:
        """Both ends of the coast's general direction beside a piece, by the feet of its ends. [m to deg]"""
        between_m = (second.along_m - first.along_m) % self._along_m[-1]
        forwards = between_m <= 0.5 * self._along_m[-1]
        ends = (
            self._reached(first, reach_m, forwards=not forwards),
            self._reached(second, reach_m, forwards=forwards),
        )
        if ends[0] is None or ends[1] is None or (ends[0] == ends[1]).all():
            return None
        return ends[0], ends[1]

    def _reached(self, foot: _Foot, reach_m: float, *, forwards: bool) -> Floats | None:
        """The first vertex along the shore that is at least so far from a foot; None for none. [m to deg]"""
        count = len(self._start)
        way = (foot.segment + np.arange(1, count + 1)) % count
        if not forwards:
            way = way[::-1]
        lon, lat = to_lon_lat(foot.point)
        # A chord is no longer than its geodesic, and shorter by less than 0.2 % up to 1400 km.
        away_m = np.linalg.norm(self._start[way] - foot.point, axis=1)
        for vertex in way[away_m >= 0.998 * reach_m]:
            there = self._lon_lat[vertex]
            if WGS84.inv(lon, lat, there[0], there[1])[2] >= reach_m:
                return there
        return None


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
