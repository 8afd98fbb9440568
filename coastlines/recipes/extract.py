"""From rings to a bundled coast: cleaning, checks, measures, GeoJSON and provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from numpy.typing import ArrayLike

from coastlines.bundled import DATA_DIRECTORY
from coastlines.recipes.measure import area_km2, median_spacing_m, ring_area_km2
from coastlines.recipes.packages import Package, RecipeError
from coastlines.recipes.writing import (
    feature_collection,
    update_registry,
    write_file,
    write_record,
)
from coastlines.rings import Ring, clean_ring, directed_ring, shared_edges, signed_area

__all__ = ["PROXY_REMARK", "Expected", "clean_coast", "write_coast"]

PROXY_REMARK = (
    "A proxy of the legal baseline: the line of the mean level at -28.0 m (Baltic 1977) is "
    "published in no package, and this shore was drawn from other sources at other levels."
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a recipe must come to, as measured when it was written."""

    # mainland_vertices, islands: exactly these
    mainland_vertices: int
    islands: int
    area_km2: float  # within 1 km^2, without Kara-Bogaz-Gol


def clean_coast(mainland: ArrayLike, islands: Sequence[ArrayLike]) -> tuple[Ring, list[Ring]]:
    """Clean and direct the rings of a coast, with the water on the left of each.

    Args:
        mainland: Shape (n, 2). Outline of the water, longitude and latitude. [deg]
        islands: Shape (n, 2). Their outlines. [deg]

    Returns:
        Mainland counter-clockwise, islands clockwise and largest first. [deg]

    Raises `RecipeError`: an island has no area, two rings share an edge, or the water is no valid polygon.
    """
    outer = directed_ring(clean_ring(mainland), counter_clockwise=True)
    holes = []
    for number, island in enumerate(islands):
        ring = clean_ring(island)
        if not len(ring):
            raise RecipeError(f"island {number} of the source has no area")
        holes.append(directed_ring(ring, counter_clockwise=False))
    holes.sort(key=lambda ring: (signed_area(ring), *ring[0]))
    water = shapely.Polygon(outer, holes)
    if not water.is_valid:
        raise RecipeError(f"the water is no valid polygon: {shapely.is_valid_reason(water)}")
    if len(edges := shared_edges([outer, *holes])):
        raise RecipeError(f"edges that belong to two rings, the first {edges[0].tolist()}")
    return outer, holes


def write_coast(
    package: Package,
    mainland: Ring,
    islands: Sequence[Ring],
    record: Mapping[str, Any],
    expected: Expected,
    *,
    lagoon_km2: float = 0.0,
) -> None:
    """Check a coast against what is expected and write its bundled files.

    Args:
        package: Where it was taken from.
        mainland, islands: Rings from `clean_coast`. [deg]
        record: The rest of the provenance.
        expected: What it must come to.
        lagoon_km2: Part of the water that is Kara-Bogaz-Gol. [km^2]
    """
    area = area_km2(shapely.Polygon(mainland, islands)) - lagoon_km2
    found = Expected(len(mainland) - 1, len(islands), area)
    print(f"{record['id']}: {found}, expected {expected}")
    if (found.mainland_vertices, found.islands) != (
        expected.mainland_vertices,
        expected.islands,
    ) or abs(found.area_km2 - expected.area_km2) > 1.0:
        raise RecipeError(f"{record['id']}: found {found}, expected {expected}")
    folder = DATA_DIRECTORY / record["id"]
    if not (folder / "LICENSE").exists():
        raise RecipeError(f"{folder / 'LICENSE'} is missing: the data may not go without it")
    properties = {"role": "sea", "source": record["id"], "version": record["version"]}
    write_file(
        folder / "coast.geojson",
        feature_collection([(properties, "Polygon", [mainland, *islands])]),
    )
    spacing = median_spacing_m([mainland, *islands])
    write_record(
        folder / "PROVENANCE.json",
        {
            **record,
            "scale": f"{record['scale']}; median spacing of vertices {spacing:.0f} m",
            "package": package.title,
            "package_version": package.version,
            "package_sha256": package.sha256,
            "area_km2": round(area, 1),
            "mainland_vertices": found.mainland_vertices,
            "islands": found.islands,
            "island_vertices": sum(len(ring) - 1 for ring in islands),
            "smallest_island_km2": round(min(map(ring_area_km2, islands)), 6),
            "kara_bogaz_gol_km2": round(lagoon_km2, 1),
        },
    )
    update_registry(record["id"])
