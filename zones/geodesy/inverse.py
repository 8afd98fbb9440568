"""Azimuth and length of the geodesic between two points, from their earth-centred coordinates.

Up to `NEAR_M` the azimuth is that of the normal section, less what this bends away from the geodesic. Farther
away it and the length are those of Vincenty's series on the auxiliary sphere; of points as near as
`FARTHEST_M` all that it needs of angles are short series, too. Against GeographicLib's the error is below
1e-9 degrees and 5e-6 m between latitudes 35 and 48, and what the rounding of coordinates makes of an azimuth:
below 5e-7 degrees divided by the length in metres; tests hold it to that.

Source: T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of nested
equations", Survey Review 23 (1975), doi:10.1179/sre.1975.23.176.88
"""

from __future__ import annotations

import math

from zones.compiled import compiled
from zones.geodesy.ellipsoid import FLATTENING, SEMI_MAJOR_AXIS_M, SEMI_MINOR_AXIS_M

NEAR_M, FARTHEST_M = 100_000.0, 350_000.0
AZIMUTH_ERROR_DEG, LENGTH_ERROR_M = 1e-9, 5e-6
ROUNDING_DEG_M = 5e-7
_MOST_SINE = 0.08  # more than that of any angle between points as near as `FARTHEST_M`, below latitude 47
_ROUNDS = 4  # each lessens the error of the difference of longitudes by a factor of 300
_SECOND_ECCENTRICITY2 = (SEMI_MAJOR_AXIS_M / SEMI_MINOR_AXIS_M) ** 2 - 1
_POLAR_RADIUS_M = SEMI_MAJOR_AXIS_M**2 / SEMI_MINOR_AXIS_M  # of curvature at the poles
_BY_A2, _BY_B2 = 1.0 / SEMI_MAJOR_AXIS_M**2, 1.0 / SEMI_MINOR_AXIS_M**2


@compiled(inlined=True)
def _arc(sine):
    """The angle of a small sine, to 1e-16. [rad]"""
    q = sine * sine
    series = 1 / 6 + q * (3 / 40 + q * (5 / 112 + q * (35 / 1152 + q * (63 / 2816 + q * (231 / 13312)))))
    return sine * (1.0 + q * series)


@compiled(inlined=True)
def azimuth_near(sin_lon, cos_lon, sin_lat, cos_lat, x, y, z, fx, fy, fz, length_m):
    """Azimuth at a point (see `ellipsoid.directions`), x, y, z, towards another that is a geodesic of
    ``length_m`` up to `NEAR_M` away, -180 to 180. [m] -> [deg]

    The other may lie some millimetres deep, as what is nearest on a segment; meant is the point of the
    surface that has its longitude and latitude by `ellipsoid.lon_lat_of`: that on the line to the centre.

    Along the normal section the surface turns out of its plane by the geodesic torsion T, so that with the
    normal curvature K its geodesic curvature is K tan(the turn): it begins K T s + (K T') s^2 / 2. Twice
    summed up over the length this is what its azimuth is off. What is left out (the bending of K, and the
    fourth power of the length) is below 4e-10 degrees.
    """
    lift = 1.5 - 0.5 * ((fx * fx + fy * fy) * _BY_A2 + fz * fz * _BY_B2)
    dx, dy, dz = fx * lift - x, fy * lift - y, fz * lift - z
    east, outward = cos_lon * dy - sin_lon * dx, cos_lon * dx + sin_lon * dy
    north = cos_lat * dz - sin_lat * outward
    scale = 1.0 / math.sqrt(east * east + north * north)
    sine, cosine = east * scale, north * scale
    eta2 = _SECOND_ECCENTRICITY2 * cos_lat * cos_lat
    v2 = 1.0 + eta2
    v = math.sqrt(v2) / _POLAR_RADIUS_M  # curvature across the meridian; along it v2 times that
    along = v * v2 * cosine * cosine + v * sine * sine
    torsion = v * eta2 * sine * cosine
    tangent = sin_lat / cos_lat
    change = v * v * eta2 * tangent * sine * (cosine * cosine * (1.0 - 2.0 * v2 - eta2) - sine * sine)
    off = along * length_m * length_m * (torsion / 6 + change * length_m / 24)
    return (math.atan2(east, north) - off) * (180.0 / math.pi)


@compiled(inlined=True)
def inverse(ax, ay, az, bx, by, bz):
    """Azimuth at the first point towards the second, -180 to 180, and length; nan where they are too far
    from each other. [m] -> [deg], [m]
    """
    across1, across2 = math.sqrt(ax * ax + ay * ay), math.sqrt(bx * bx + by * by)
    c1, s1 = across1 / SEMI_MAJOR_AXIS_M, az / SEMI_MINOR_AXIS_M  # of reduced latitudes
    c2, s2 = across2 / SEMI_MAJOR_AXIS_M, bz / SEMI_MINOR_AXIS_M
    scale1, scale2 = 1.0 / math.sqrt(c1 * c1 + s1 * s1), 1.0 / math.sqrt(c2 * c2 + s2 * s2)
    c1, s1, c2, s2 = c1 * scale1, s1 * scale1, c2 * scale2, s2 * scale2
    scale = 1.0 / (across1 * across2)
    sin_l, cos_l = (ax * by - ay * bx) * scale, (ax * bx + ay * by) * scale
    more = 0.0
    east, north, sine, cosine, arc, cos2_alpha, cos_middle = 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0
    for _ in range(_ROUNDS + 1):  # the last takes what is needed of the angles
        sin_more, cos_more = more * (1.0 - more * more / 6), 1.0 - 0.5 * more * more
        sin_lon, cos_lon = sin_l * cos_more + cos_l * sin_more, cos_l * cos_more - sin_l * sin_more
        east, north = c2 * sin_lon, c1 * s2 - s1 * c2 * cos_lon
        sine, cosine = math.sqrt(east * east + north * north), s1 * s2 + c1 * c2 * cos_lon
        arc = _arc(sine)
        sin_alpha = c1 * east / sine if sine > 0.0 else 0.0
        cos2_alpha = 1.0 - sin_alpha * sin_alpha
        cos_middle = cosine - 2.0 * s1 * s2 / cos2_alpha
        c = FLATTENING / 16 * cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * cos2_alpha))
        turned = cos_middle + c * cosine * (2.0 * cos_middle * cos_middle - 1.0)
        more = (1.0 - c) * FLATTENING * sin_alpha * (arc + c * sine * turned)
    root = math.sqrt(1.0 + cos2_alpha * _SECOND_ECCENTRICITY2)
    k = (root - 1.0) / (root + 1.0)
    a, b = (1.0 + 0.25 * k * k) / (1.0 - k), k * (1.0 - 0.375 * k * k)
    m2 = cos_middle * cos_middle
    inner = cosine * (2.0 * m2 - 1.0) - b / 6 * cos_middle * (4.0 * sine * sine - 3.0) * (4.0 * m2 - 3.0)
    length = SEMI_MINOR_AXIS_M * a * (arc - b * sine * (cos_middle + 0.25 * b * inner))
    known = cos_l > 0.0 and cosine > 0.0 and abs(sin_l) < _MOST_SINE and length < FARTHEST_M
    azimuth = math.atan2(east, north) * (180.0 / math.pi)
    return azimuth if known else math.nan, length if known else math.nan


@compiled(inlined=True)
def rounds_surely(value, scale, error):
    """Whether a value is rounded to a multiple of 1 / scale as one that differs by at most ``error``."""
    times = value * scale
    return abs(times - math.floor(times) - 0.5) > error * scale
