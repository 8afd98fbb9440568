"""Coordinate reference systems that features are written in, and that boxes and filters may be given in.

OGC API - Features - Part 2. Longitude and latitude on WGS84 (CRS84) are what is stored. Pulkovo 1942 is
reached by one operation for the whole sea: the choice of an operation for each point, as PROJ makes it by
default, has jumps of metres that tear polygons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection

from coastlines.rings import DECIMALS
from zones.arrays import Floats

Box = tuple[float, float, float, float]  # lower corner, then upper corner, along the axes of a system
Geometries = npt.NDArray[np.object_]

_URI = "http://www.opengis.net/def/crs"
_LONGITUDE_DEG, _LATITUDE_DEG = 180.0, 90.0

# EPSG:15865, "Pulkovo 1942 to WGS 84 (16)", inverse. Of the operations that EPSG has for this datum it is the
# one whose area holds all of the sea that the datum was used in.
_TO_PULKOVO = (
    "+step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=25 +y=-141 +z=-78.5 +rx=0 +ry=-0.35 "
    "+rz=-0.736 +s=0 +convention=coordinate_frame +step +inv +proj=cart +ellps=krass"
)
_BEGIN = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
_IN_DEGREES = "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
_NORTH_FIRST = "+step +proj=axisswap +order=2,1"
_PULKOVO_OPERATION = (
    "Pulkovo 1942 to WGS 84 (16), EPSG:15865, inverted; one operation for the whole sea, accuracy 4.5 m"
)


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """A coordinate reference system, its axes in the order of its authority."""

    uri: str
    title: str
    edges: tuple[str, str, str, str]  # of a box as it is written: lower corner, then upper corner
    limits: tuple[float, float] | None  # degrees that its axes reach either way; None where they are metres
    decimals: int  # that coordinates are written with
    pipeline: str | None = None  # PROJ, from longitude and latitude on WGS84 [deg]; None for these themselves
    operation: str | None = None  # what leads to its datum, where that is another one, and its accuracy

    @property
    def longitude_axis(self) -> int | None:
        """Which axis crosses 180 degrees."""
        return None if self.limits is None else self.limits.index(_LONGITUDE_DEG)

    def coordinates(self, lon_lat: Floats) -> Floats:
        """Longitude and latitude on WGS84, shape (n, 2) [deg], in this system."""
        if self.pipeline is None:
            return lon_lat
        return np.column_stack(_transformer(self.pipeline).transform(*lon_lat.T))

    def positions(self, coordinates: Floats) -> Floats:
        """Coordinates of this system, shape (n, 2), as longitude and latitude on WGS84. [deg]"""
        if self.pipeline is None:
            return coordinates
        x, y = coordinates.T
        found = _transformer(self.pipeline).transform(x, y, direction=TransformDirection.INVERSE)
        return np.column_stack(found)

    def geometries(self, drawn: Geometries) -> Geometries:
        """Geometries in longitude and latitude on WGS84, in this system; None stays None."""
        return drawn if self.pipeline is None else np.asarray(shapely.transform(drawn, self.coordinates))

    def geometry_text(self, geometry: Any) -> str:
        """A geometry of this system as GeoJSON text, in the decimals that it is written with."""
        rounded = shapely.transform(geometry, lambda values: np.round(values, self.decimals))
        return str(shapely.to_geojson(rounded))


_EASTWARD = ("west", "south", "east", "north")
_NORTHWARD = ("south", "west", "north", "east")
_FINE = 9  # decimals of degrees, a tenth of a millimetre
_METRIC = 4  # decimals of metres

CRS84 = ReferenceSystem(
    f"{_URI}/OGC/1.3/CRS84",
    "WGS 84, longitude and latitude (CRS84)",
    _EASTWARD,
    (_LONGITUDE_DEG, _LATITUDE_DEG),
    DECIMALS,
)
PULKOVO_1942 = ReferenceSystem(
    f"{_URI}/EPSG/0/4284",
    "Pulkovo 1942, latitude and longitude (EPSG:4284)",
    _NORTHWARD,
    (_LATITUDE_DEG, _LONGITUDE_DEG),
    _FINE,
    f"{_BEGIN} {_TO_PULKOVO} {_IN_DEGREES} {_NORTH_FIRST}",
    _PULKOVO_OPERATION,
)
SYSTEMS = (
    CRS84,
    ReferenceSystem(
        f"{_URI}/EPSG/0/4326",
        "WGS 84, latitude and longitude (EPSG:4326)",
        _NORTHWARD,
        (_LATITUDE_DEG, _LONGITUDE_DEG),
        DECIMALS,
        "+proj=axisswap +order=2,1",
    ),
    ReferenceSystem(
        f"{_URI}/EPSG/0/3857",
        "WGS 84 / Pseudo-Mercator, east and north (EPSG:3857)",
        _EASTWARD,
        None,
        _METRIC,
        f"{_BEGIN} +step +proj=webmerc +ellps=WGS84",
    ),
    ReferenceSystem(
        f"{_URI}/EPSG/0/32639",
        "WGS 84 / UTM zone 39N, east and north (EPSG:32639)",
        _EASTWARD,
        None,
        _METRIC,
        f"{_BEGIN} +step +proj=utm +zone=39 +ellps=WGS84",
    ),
    PULKOVO_1942,
    ReferenceSystem(
        f"{_URI}/EPSG/0/3388",
        "Pulkovo 1942 / Caspian Sea Mercator, north and east (EPSG:3388)",
        _NORTHWARD,
        None,
        _METRIC,
        f"{_BEGIN} {_TO_PULKOVO} +step +proj=merc +lat_ts=42 +lon_0=51 +ellps=krass {_NORTH_FIRST}",
        f"{_PULKOVO_OPERATION}; the area of use of EPSG:3388 ends at 37.35 degrees north",
    ),
)
BY_URI = {one.uri: one for one in SYSTEMS}


def box_shape(bbox: Box, system: ReferenceSystem) -> shapely.Geometry:
    """A box, which may have no width or height; two where it crosses 180 degrees (RFC 7946, 5.2)."""
    axis = system.longitude_axis
    if axis is None or bbox[axis] <= bbox[2 + axis]:
        return _box(*bbox)
    to_180, from_180 = list(bbox), list(bbox)
    to_180[2 + axis], from_180[axis] = 180.0, -180.0
    return shapely.union(_box(*to_180), _box(*from_180))


def _box(left: float, lower: float, right: float, upper: float) -> shapely.Geometry:
    corners = {(left, lower), (right, lower), (right, upper), (left, upper)}
    if len(corners) == 1:
        return shapely.Point(left, lower)
    if len(corners) == 2:
        return shapely.LineString(sorted(corners))
    return shapely.box(left, lower, right, upper)


@cache
def _transformer(pipeline: str) -> Transformer:
    return Transformer.from_pipeline(pipeline)  # has a PROJ object for each thread
