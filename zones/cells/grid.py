"""The grid: blocks of 0.02 degrees, and leaves of 0.00125 degrees in blocks where no one answer holds.

A block has a plane of its own, azimuthal equidistant around its middle: distances from positions of the
block to anything within 100 km are those of the plane to 2 cm, most of which is that ends of segments are
kept in single precision.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, read_only
from zones.compiled import compiled
from zones.geodesy.ellipsoid import FLATTENING, SEMI_MAJOR_AXIS_M, earth_centred, geodesic_length
from zones.words import ANSWERS, STATES

# south-west corner of the grid [deg], more than 100 km from the water of every bundled coast, as is the other
WEST, SOUTH = 45.2, 35.5
ROWS, COLUMNS = 640, 560  # of blocks, from south to north and from west to east
LEAVES = 16  # along the side of a block
LEAVES_PER_DEGREE = 800
BLOCK_DEG = LEAVES / LEAVES_PER_DEGREE
PLANE_ERROR_M = 0.02

# Codes of answers are ``(zone * 6 + state + 1) * 6 + sector + 1``: all three start at -1, or at 0 for zones.
STATES_AND_NONE = len(STATES) + 1
LABELS = len(ANSWERS) * STATES_AND_NONE**2  # how many there are


@compiled(inlined=True)
def label(zone_state, sector):
    """The code of an answer, from ``zone * 6 + state + 1`` and the State of the sector, -1 for none."""
    return zone_state * STATES_AND_NONE + sector + 1


class Frame(NamedTuple):
    """Where the plane of a block touches the ellipsoid."""

    # x, y, z: earth-centred [m]
    x: float
    y: float
    z: float
    # sin_lon, cos_lon, sin_lat, cos_lat: of the normal there
    sin_lon: float
    cos_lon: float
    sin_lat: float
    cos_lat: float


@compiled(inlined=True)
def frame_at(lon, lat):
    """The plane around a position. [deg]"""
    x, y, z = earth_centred(lon, lat)
    u, v = math.radians(lon), math.radians(lat)
    return Frame(x, y, z, math.sin(u), math.cos(u), math.sin(v), math.cos(v))


@compiled(inlined=True)
def onto_plane(frame, x, y, z):
    """East and north of an earth-centred point in a plane: in its azimuth, as far as the geodesic is long.

    The azimuth is that of the normal section, which leaves the geodesic by 1 cm at 100 km. [m]
    """
    dx, dy, dz = x - frame.x, y - frame.y, z - frame.z
    outward = frame.cos_lon * dx + frame.sin_lon * dy
    east = frame.cos_lon * dy - frame.sin_lon * dx
    north = frame.cos_lat * dz - frame.sin_lat * outward
    across = math.sqrt(east * east + north * north)
    if across == 0.0:
        return 0.0, 0.0
    scale = geodesic_length(x, y, z, frame.x, frame.y, frame.z) / across
    return east * scale, north * scale


@compiled(inlined=True)
def block_middle(row, column):
    """Longitude and latitude of the middle of a block. [deg]"""
    return WEST + (column + 0.5) * BLOCK_DEG, SOUTH + (row + 0.5) * BLOCK_DEG


@compiled(inlined=True)
def offset_in(metres, row, column, lon, lat):
    """East and north of a position from the middle of its block, in its plane, to 0.1 mm. [deg] -> [m]"""
    east_deg = lon - (WEST + (column + 0.5) * BLOCK_DEG)
    north_deg = lat - (SOUTH + (row + 0.5) * BLOCK_DEG)
    east = east_deg * (metres[row, 0] - metres[row, 1] * north_deg)
    return east, north_deg * (metres[row, 2] + metres[row, 3] * north_deg) + metres[row, 4] * east_deg**2


def metres_by_row() -> Floats:
    """For `offset_in` of every row of blocks the terms of first and second order, shape (rows, 5)."""
    eccentricity2 = FLATTENING * (2 - FLATTENING)
    latitude = np.radians(SOUTH + (np.arange(ROWS) + 0.5) * BLOCK_DEG)
    sine, cosine, degree = np.sin(latitude), np.cos(latitude), math.radians(1.0)
    w2 = 1 - eccentricity2 * sine**2
    normal = SEMI_MAJOR_AXIS_M / np.sqrt(w2)  # radii of curvature, across the meridian and along it
    meridian = normal * (1 - eccentricity2) / w2
    terms = (
        normal * cosine * degree,
        meridian * sine * degree**2,
        meridian * degree,
        1.5 * meridian * eccentricity2 * sine * cosine / w2 * degree**2,
        0.5 * normal * sine * cosine * degree**2,
    )
    return read_only(np.column_stack(terms))
