"""The five States near the Caspian Sea, from the package world-atlas (Natural Earth 1:10m).

The package holds the countries of the world as TopoJSON: arcs of quantised steps, which a
scale and a shift turn into degrees, and polygons as lists of arc numbers, where ~n stands for
arc n run backwards. Good to say whose shore is nearest, and no good to measure from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from coastlines.bundled import DATA_DIRECTORY
from coastlines.recipes.packages import Package, fetch, read_member
from coastlines.recipes.writing import (
    feature_collection,
    run_recipe,
    update_registry,
    write_file,
    write_record,
)
from coastlines.rings import DECIMALS, Ring

PACKAGE = Package(
    "npm",
    "world-atlas",
    "2.0.2",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
)
MEMBER = "package/countries-10m.json"
NUMERIC_CODES = {"AZE": "031", "IRN": "364", "KAZ": "398", "RUS": "643", "TKM": "795"}
REGION = (44.0, 34.0, 57.0, 50.0)
"""West, south, east, north of what is kept. [deg]"""


def decode_arcs(topology: dict[str, Any]) -> list[Ring]:
    """Turn the quantised steps of every arc into longitude and latitude. [deg]"""
    scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    return [np.cumsum(arc, axis=0) * scale + shift for arc in topology["arcs"]]


def country_polygon(geometry: dict[str, Any], arcs: list[Ring]) -> shapely.Geometry:
    """Put the polygons of one country together from their arcs."""

    def ring(numbers: list[int]) -> Ring:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.vstack([parts[0], *(part[1:] for part in parts[1:])])

    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    made = [shapely.Polygon(ring(rings[0]), [ring(hole) for hole in rings[1:]]) for rings in polygons]
    return shapely.union_all([shapely.make_valid(polygon) for polygon in made])


def make(given: Path | None) -> None:
    """Make the extract."""
    topology = json.loads(read_member(PACKAGE, fetch(PACKAGE, given), MEMBER))
    arcs = decode_arcs(topology)
    by_code = {
        country["id"]: country
        for country in topology["objects"]["countries"]["geometries"]
        if "id" in country
    }
    features = []
    for state, code in NUMERIC_CODES.items():
        land = shapely.intersection(country_polygon(by_code[code], arcs), shapely.box(*REGION))
        land = shapely.normalize(shapely.set_precision(land, 10.0**-DECIMALS))
        parts = [part for part in shapely.get_parts(land) if part.geom_type == "Polygon"]
        polygons = [
            [np.round(np.asarray(ring.coords), DECIMALS) for ring in (p.exterior, *p.interiors)]
            for p in parts
        ]
        print(f"{state}: {len(parts)} polygons")
        features.append(({"state": state, "source": "natural-earth"}, "MultiPolygon", polygons))
    folder = DATA_DIRECTORY / "states"
    write_file(folder / "states.geojson", feature_collection(features))
    write_record(
        folder / "PROVENANCE.json",
        {
            "id": "states",
            "version": PACKAGE.version,
            "title": "The five States near the Caspian Sea, Natural Earth 1:10m countries",
            "package": PACKAGE.title,
            "package_version": PACKAGE.version,
            "package_sha256": PACKAGE.sha256,
            "file": MEMBER,
            "licence": "LicenseRef-public-domain",
            "attribution": "Made with Natural Earth",
            "scale": "1:10,000,000, quantised to 280 m by 190 m",
            "accuracy_m": 5000,
            "recipe": "python -m coastlines.recipes.states",
            "remark": (
                "Clipped to 44-57 E, 34-50 N and repaired where it crossed itself. Only good to "
                "say whose shore a place is by the nearest State; not to measure from."
            ),
        },
    )
    update_registry("states")


if __name__ == "__main__":
    run_recipe(make, __doc__)
