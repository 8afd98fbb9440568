"""Positions of layers in other reference systems, brought to longitude and latitude on WGS84."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from api.errors import BodyError
from zones.classification.records import Floats

_WGS84_NAMES = ("CRS84", "EPSG:4326")
_WGS84_DATUM = "World Geodetic System 1984"  # how its realisations and their ensemble begin
_PULKOVO_1942 = "Pulkovo 1942"
_SHOWN = 80  # characters of a name

# Takes x and y as a layer has them, and gives longitude and latitude, nan where there is none. [deg]
ToWGS84 = Callable[[Floats, Floats], tuple[Floats, Floats]]


def to_wgs84(crs: Any) -> ToWGS84 | None:
    """What brings positions in a system to WGS84; None where they are there, or no system is named.

    `crs` as GDAL or GeoParquet have it: a name, WKT or PROJJSON. All realisations of WGS84 are taken for one:
    they differ by less than two metres.

    Raises `BodyError`: the system is not known, or is none of the earth.
    """
    if crs is None or (isinstance(crs, str) and crs.upper().endswith(_WGS84_NAMES)):
        return None
    import pyproj  # slow to load
    from pyproj.exceptions import CRSError, ProjError

    from api.texts.reference_systems import PULKOVO_1942

    try:
        system = pyproj.CRS.from_user_input(crs)
    except CRSError:
        raise BodyError(f"its coordinate reference system is not known: {str(crs)[:_SHOWN]!r}") from None
    if system.is_compound:
        system = system.sub_crs_list[0]
    name = system.name[:_SHOWN]
    if name.lower().startswith(("undefined", "unknown")) or not (system.is_geographic or system.is_projected):
        raise BodyError(f"its coordinate reference system is {name!r}; one on the earth is needed")
    if _is_wgs84(system):
        return None
    geodetic = system.geodetic_crs
    is_pulkovo = geodetic is not None and geodetic.name == _PULKOVO_1942
    # By one operation for the whole sea, as features are written: the choice of one for each point jumps.
    datum = geodetic.to_2d() if geodetic is not None and is_pulkovo else "OGC:CRS84"
    try:
        transformer = pyproj.Transformer.from_crs(system.to_2d(), datum, always_xy=True)
    except ProjError:
        raise BodyError(f"positions in {name!r} cannot be brought to WGS84 (EPSG:4326)") from None

    def transform(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = map(np.asarray, transformer.transform(x, y))
        if is_pulkovo:
            lon, lat = PULKOVO_1942.positions(np.column_stack([lat, lon])).T
        nowhere = ~(np.isfinite(lon) & np.isfinite(lat))
        return np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)

    return transform


def _is_wgs84(system: Any) -> bool:
    datum = system.datum
    return bool(
        system.is_geographic
        and datum is not None
        and datum.name.startswith(_WGS84_DATUM)
        and system.prime_meridian.longitude == 0
        and all(axis.unit_name == "degree" for axis in system.axis_info[:2])
    )
