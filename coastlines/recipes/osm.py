"""The coast `osm`: OpenStreetMap land polygons of 2024, from the package roaring-landmask.

The compiled library of the package holds the land of the world as an xz stream that follows
the file name ``osm.wkb.xz`` and expands to the well-known binary of one multipolygon. The
Caspian Sea is the hole of a continent around 51 E 40 N; its islands are the parts inside it.
"""

from __future__ import annotations

import hashlib
import lzma
from pathlib import Path

import numpy as np
import shapely

from coastlines.recipes.extract import PROXY_REMARK, Expected, clean_coast, write_coast
from coastlines.recipes.packages import Package, RecipeError, fetch, read_member
from coastlines.recipes.writing import run_recipe
from coastlines.rings import Ring

PACKAGE = Package(
    "PyPI",
    "roaring-landmask",
    "0.11.0",
    "e11b1e180ce28e2366f5238aa261db2b2d68007ee72800c4eccc70330f4608dd",
)
MEMBER = "roaring_landmask/roaring_landmask.abi3.so"
STREAM_NAME = b"osm.wkb.xz"
XZ_SIGNATURE = b"\xfd7zXZ\x00"
WKB_SHA256 = "728e740b6e56f6eb9996aafba6c2602ca3f01c40d1be2b620b9775e31ce6dbf1"
EXPECTED = Expected(mainland_vertices=9654, islands=655, area_km2=371_448.5)
RECORD = {
    "id": "osm",
    "version": "2024.08",
    "title": "OpenStreetMap land polygons",
    "file": f"{MEMBER}, xz stream osm.wkb.xz",
    "licence": "ODbL-1.0",
    "attribution": "© OpenStreetMap contributors",
    "epoch": "about August 2024; traced from imagery of different years",
    "level_m": -28.3,
    "level_note": "rough reading of the area of the water; mixed imagery, so no single level",
    "scale": "none stated",
    "accuracy_m": 50,
    "accuracy_note": (
        "steep coasts agree with osm-2017 to 50 m in the median; in the flat north the shore "
        "moves by kilometres with the level, whatever the accuracy"
    ),
    "recipe": "python -m coastlines.recipes.osm",
    "remark": PROXY_REMARK
    + " Holds artificial islands (Neft Daslari, Kashagan) and a chain of islets that are, by "
    "their spacing, the spoil of a dredged channel: see reference/features.csv.",
}


def land_of_the_world(library: bytes) -> np.ndarray:
    """Find and expand the land polygons in the compiled library; an array of polygons."""
    start = library.find(STREAM_NAME + XZ_SIGNATURE)
    if start < 0:
        raise RecipeError(f"no xz stream after the name {STREAM_NAME.decode()} in {MEMBER}")
    # The library goes on behind the stream, so the decompressor has to stop at its end.
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    binary = stream.decompress(library[start + len(STREAM_NAME) :])
    if hashlib.sha256(binary).hexdigest() != WKB_SHA256:
        raise RecipeError("the land polygons are not the ones this recipe was written for")
    return np.asarray(shapely.get_parts(shapely.from_wkb(binary)))


def caspian_rings(land: np.ndarray) -> tuple[Ring, list[Ring]]:
    """Take the hole around 51 E 40 N and the outlines of the polygons inside it. [deg]"""
    middle = shapely.Point(51, 40)
    west, south, east, north = shapely.bounds(land).T
    around = (west < 51) & (east > 51) & (south < 40) & (north > 40)
    holes = [shapely.Polygon(ring) for part in land[around] for ring in part.interiors]
    (sea,) = [hole for hole in holes if hole.contains(middle)]
    west_, south_, east_, north_ = sea.bounds
    near = (west >= west_) & (east <= east_) & (south >= south_) & (north <= north_)
    shapely.prepare(sea)
    inside = land[near][shapely.intersects(sea, land[near])]
    if any(len(island.interiors) for island in inside):
        raise RecipeError("an island with a lake: decide whether it is water of the Caspian")
    islands = [np.asarray(island.exterior.coords) for island in inside]
    return np.asarray(sea.exterior.coords), islands


def make(given: Path | None) -> None:
    """Make the extract."""
    library = read_member(PACKAGE, fetch(PACKAGE, given), MEMBER)
    mainland, islands = clean_coast(*caspian_rings(land_of_the_world(library)))
    write_coast(PACKAGE, mainland, islands, RECORD, EXPECTED)


if __name__ == "__main__":
    run_recipe(make, __doc__)
