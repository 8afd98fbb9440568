"""The coast `osm-2017`: OpenStreetMap of November 2017, from the package earth-seas-1m.

The package holds the seas of the world as GeoJSON polygons with their islands as holes,
made from OpenStreetMap and simplified (to more than the one metre of its name).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely

from coastlines.recipes.extract import PROXY_REMARK, Expected, clean_coast, write_coast
from coastlines.recipes.packages import Package, fetch, read_member
from coastlines.recipes.writing import run_recipe

PACKAGE = Package(
    "npm",
    "@geo-maps/earth-seas-1m",
    "0.6.0",
    "48b7d48ea006f69dd19e91274c2123f7c904a476764baba77d138f8ec36d31a9",
)
MEMBER = "package/map.geo.json"
EXPECTED = Expected(mainland_vertices=2661, islands=61, area_km2=379_838.0)
RECORD = {
    "id": "osm-2017",
    "version": "2017.11",
    "title": "OpenStreetMap seas, simplified",
    "file": MEMBER,
    "licence": "ODbL-1.0",
    "attribution": "© OpenStreetMap contributors",
    "epoch": "November 2017",
    "level_m": -27.8,
    "level_note": "rough reading of the area of the water; the sea stood at -28.0 m about 2017",
    "scale": "none stated; simplified",
    "accuracy_m": 60,
    "accuracy_note": (
        "median shift of the shore against osm along the steep coasts, 0.05 to 0.06 km; "
        "simplified besides, so that single places are off by more"
    ),
    "recipe": "python -m coastlines.recipes.osm_2017",
    "remark": PROXY_REMARK + " Holds one artificial island (Neft Daslari): see reference/features.csv.",
}


def make(given: Path | None) -> None:
    """Make the extract."""
    document = json.loads(read_member(PACKAGE, fetch(PACKAGE, given), MEMBER))
    seas = shapely.get_parts(shapely.from_geojson(json.dumps(document["geometries"][0])))
    (sea,) = seas[shapely.contains(seas, shapely.Point(51, 40))]
    rings = [np.asarray(ring.coords) for ring in (sea.exterior, *sea.interiors)]
    mainland, islands = clean_coast(rings[0], rings[1:])
    write_coast(PACKAGE, mainland, islands, RECORD, EXPECTED)


if __name__ == "__main__":
    run_recipe(make, __doc__)
