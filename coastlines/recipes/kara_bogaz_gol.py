"""The lagoon Kara-Bogaz-Gol and the line that closes its strait, on the shore of GSHHG.

The outline is what the coast `gshhg` draws behind the closing line. The line is constructed
here: of all lines between a vertex of one shore of the strait and one of the other, the
shortest. No treaty or national act that fixes such a line is known to this project.
"""

from __future__ import annotations

from pathlib import Path

from pyproj import Geod

from coastlines.bundled import DATA_DIRECTORY
from coastlines.recipes.gshhg import MEMBER, PACKAGE, RECORD, clean_caspian, lagoon_islands
from coastlines.recipes.measure import ring_area_km2
from coastlines.recipes.packages import RecipeError
from coastlines.recipes.strait import cut_lagoon
from coastlines.recipes.writing import (
    feature_collection,
    run_recipe,
    update_registry,
    write_file,
    write_record,
)

NAME = "kara_bogaz_gol"
EXPECTED_KM2 = 17_122.6


def make(given: Path | None) -> None:
    """Make the outline, the closing line and their provenance."""
    mainland, islands = clean_caspian(given)
    lagoon, closing_line = cut_lagoon(mainland)
    inside = lagoon_islands(lagoon, islands)
    area = ring_area_km2(lagoon) - sum(map(ring_area_km2, inside))
    width = Geod(ellps="WGS84").inv(*closing_line[0], *closing_line[1])[2]
    print(f"{NAME}: {area:.1f} km2, {len(inside)} islands, closing line of {width:.1f} m")
    if abs(area - EXPECTED_KM2) > 1.0:
        raise RecipeError(f"{NAME}: {area:.1f} km2, expected {EXPECTED_KM2}")
    folder = DATA_DIRECTORY / NAME
    outline = {"role": "lagoon", "state": "TKM", "name": "Kara-Bogaz-Gol", "source": "gshhg"}
    write_file(folder / "lagoon.geojson", feature_collection([(outline, "Polygon", [lagoon, *inside])]))
    line = {
        "state": "TKM",
        "kind": "closing_line",
        "line_type": "geodesic",
        "name": "Kara-Bogaz-Gol strait",
        "source": "constructed by this project across the narrowest part of the strait in gshhg",
    }
    write_file(folder / "closing_line.geojson", feature_collection([(line, "LineString", closing_line)]))
    write_record(
        folder / "PROVENANCE.json",
        {
            **RECORD,
            "id": NAME,
            "title": "Kara-Bogaz-Gol behind a closing line, from GSHHG at full resolution",
            "package": PACKAGE.title,
            "package_version": PACKAGE.version,
            "package_sha256": PACKAGE.sha256,
            "file": MEMBER,
            "level_m": None,
            "level_note": "the lagoon stands below the sea, and its level is not that of the sea",
            "area_km2": round(area, 1),
            "mainland_vertices": len(lagoon) - 1,
            "islands": len(inside),
            "recipe": f"python -m coastlines.recipes.{NAME}",
            "remark": (
                "Internal waters of Turkmenistan in every edition, and no part of the usual "
                f"area of the sea. The closing line ({width:.0f} m) is constructed between "
                "the two nearest vertices on either side of the strait; no published line is "
                "known. The water of the other coasts ends 1.2 km short of the lagoon."
            ),
        },
    )
    update_registry(NAME)


if __name__ == "__main__":
    run_recipe(make, __doc__)
