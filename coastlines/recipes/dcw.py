"""The coast `dcw`: Digital Chart of the World, from the Debian package gmt-dcw.

The NetCDF file of the package holds the polygons of every country as scaled 16-bit numbers.
The Caspian Sea is the gap between the polygons of the five States.

Where two States meet at the shore their polygons leave needles of false water along the land
border, metres wide and up to 45 km long. Each is cut off at its mouth; nothing else is closed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod

from coastlines.recipes.extract import PROXY_REMARK, Expected, clean_coast, write_coast
from coastlines.recipes.packages import Package, RecipeError, fetch, read_member
from coastlines.recipes.writing import run_recipe
from coastlines.rings import Ring

PACKAGE = Package(
    "Debian",
    "gmt-dcw",
    "2.1.1-1",
    "d5e1fa73e5a601deaa840624f93d5cf0d5a968863825661e16857accb6995e77",
)
MEMBER = "./usr/share/gmt-dcw/dcw-gmt.nc"
COUNTRIES = ("AZ", "IR", "KZ", "RU", "TM")
RING_BREAK = 65535
REGION = (44.0, 35.0, 57.0, 50.0)
FRAME = (46.0, 36.0, 55.0, 48.0)
"""West, south, east, north: polygons that reach into the first count, and the gap is sought in
the second, whose edges are on land all around. [deg]"""

NEEDLE_M = 100.0
"""Sides of a needle at a land border are closer than this: at most 60 m in the data, while the
next vertex of the true shore is 200 m away or more. [m]"""

EXPECTED = Expected(mainland_vertices=4543, islands=75, area_km2=372_416.1)
RECORD = {
    "id": "dcw",
    "version": "2.1.1",
    "title": "Digital Chart of the World for GMT",
    "file": MEMBER,
    "licence": "LGPL-3.0-or-later",
    "attribution": "DCW-GMT 2.1.1, the GMT Team",
    "epoch": "1970s to 1990s (Operational Navigation Charts)",
    "level_m": -28.2,
    "level_note": "rough reading of the area of the water",
    "scale": "1:1,000,000",
    "accuracy_m": 500,
    "accuracy_note": (
        "median shift of the shore against osm, 0.4 km in the middle and 0.5 km in the south; "
        "the Russian shore is quantised to about 220 m by 70 m besides"
    ),
    "recipe": "python -m coastlines.recipes.dcw",
    "remark": PROXY_REMARK
    + " Needles of false water along the five land borders (1 km^2 in sum, the longest at "
    "37.33 N) are cut off at the shore.",
}


def country_rings(file: bytes, country: str) -> list[Ring]:
    """Decode the rings of a country. [deg]"""
    try:
        from netCDF4 import Dataset
    except ImportError as error:
        raise RecipeError("this recipe reads NetCDF: pip install netCDF4") from error
    columns = []
    with Dataset("dcw-gmt.nc", memory=file) as dataset:
        dataset.set_auto_maskandscale(False)
        for axis in ("lon", "lat"):
            variable = dataset.variables[f"{country}_{axis}"]
            # "scale" has to be asked for by getncattr: as an attribute it is a method.
            scale, minimum = (float(variable.getncattr(name)) for name in ("scale", "min"))
            numbers = np.asarray(variable[:], dtype=np.int64)
            columns.append((numbers, numbers / scale + minimum))
    # A longitude of 65535 opens a ring; the latitude beside it says what kind of ring.
    (numbers, longitude), (_, latitude) = columns
    points = np.column_stack([longitude, latitude])
    parts = np.split(points, np.flatnonzero(numbers == RING_BREAK))
    return [part[1:] for part in parts if len(part) > 4]


def sea_between(lands: list[shapely.Geometry]) -> shapely.Polygon:
    """Take the gap around 51 E 40 N between polygons of land."""
    gaps = shapely.get_parts(shapely.box(*FRAME).difference(shapely.union_all(lands)))
    (sea,) = gaps[shapely.contains(gaps, shapely.Point(51, 40))]
    return sea


def cut_needles(shore: Ring, tips: list[int]) -> Ring:
    """Cut off a needle of water at each of its tips.

    Args:
        shore: Shape (n, 2). Ring of the sea, not closed. [deg]
        tips: Vertices at the inner end of a needle.

    Returns:
        Shape (m, 2). Ring without the vertices between the last one on either side of each needle that is
        within `NEEDLE_M` of the other side. [deg]
    """
    keep = np.ones(len(shore), dtype=bool)
    for tip in tips:
        reach = min(100, len(shore) // 2)
        ahead = np.roll(shore, -tip, axis=0)[:reach]
        behind = np.roll(shore[::-1], tip + 1, axis=0)[:reach]
        drop_ahead = _needle_length(ahead, behind)
        drop_behind = _needle_length(behind, ahead)
        keep[np.arange(tip - drop_behind + 1, tip + drop_ahead) % len(shore)] = False
        mouth = (shore[tip - drop_behind], shore[(tip + drop_ahead) % len(shore)])
        width = Geod(ellps="WGS84").inv(*mouth[0], *mouth[1])[2]
        print(f"needle cut at {np.round(mouth[0], 5)}, {width:.0f} m wide, tip {shore[tip]}")
    return shore[keep]


def _needle_length(side: Ring, other: Ring) -> int:
    # Both sides begin at the tip; distances on a plane are good enough at this size.
    to_metres = np.array([np.cos(np.radians(side[0, 1])), 1.0]) * 111_200.0
    line = shapely.LineString(other * to_metres)
    distances = shapely.distance(line, shapely.points(side * to_metres))
    if (distances <= NEEDLE_M).all():
        raise RecipeError(f"the needle with its tip at {side[0]} has no mouth")
    return int(np.argmax(distances > NEEDLE_M)) - 1


def make(given: Path | None) -> None:
    """Make the extract."""
    file = read_member(PACKAGE, fetch(PACKAGE, given), MEMBER)
    region = shapely.box(*REGION)
    lands = {
        country: shapely.union_all(
            [
                shapely.make_valid(polygon)
                for polygon in map(shapely.Polygon, country_rings(file, country))
                if region.intersects(shapely.box(*polygon.bounds))
            ]
        )
        for country in COUNTRIES
    }
    sea = sea_between(list(lands.values()))
    shore = np.asarray(sea.exterior.coords)[:-1]
    # The overlay puts a vertex of its own only where the shores of two States meet.
    sources = set(map(tuple, shapely.get_coordinates(list(lands.values()))))
    tips = [number for number, vertex in enumerate(shore) if tuple(vertex) not in sources]
    if len(tips) != len(COUNTRIES):
        raise RecipeError(f"{len(tips)} meeting points of two States at the shore, expected 5")
    mainland, islands = clean_coast(
        cut_needles(shore, tips), [np.asarray(ring.coords) for ring in sea.interiors]
    )
    write_coast(PACKAGE, mainland, islands, RECORD, EXPECTED)


if __name__ == "__main__":
    run_recipe(make, __doc__)
