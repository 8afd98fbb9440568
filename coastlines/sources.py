"""Coast sources: real shorelines of the Caspian Sea, each a proxy of the legal -28.0 m line."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from coastlines.bundled import read_bundled, read_registry
from coastlines.errors import CoastError

__all__ = [
    "DEFAULT_SOURCE_ID",
    "SOURCE_IDS",
    "CoastSource",
    "Provenance",
    "load_source",
    "water_polygon",
]

SOURCE_IDS = ("osm", "osm-2017", "gshhg", "dcw")
DEFAULT_SOURCE_ID = "osm"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a shoreline comes from, and how good it is."""

    # id, version, title: short name, edition of the data, and what it is
    id: str
    version: str
    title: str
    # package, package_version, package_sha256, file: published package it was taken from, and the file
    # inside; empty for a user's own file, whose name and hash stand in `file` and `package_sha256`
    package: str
    package_version: str
    package_sha256: str
    file: str
    # licence, attribution: SPDX identifier of the licence of the data, and whom to name
    licence: str
    attribution: str
    epoch: str  # years that the line shows
    level_m: float | None  # rough height of the water that it shows, on the Baltic 1977 datum [m]
    level_note: str  # how that height was had
    scale: str  # scale or spacing of vertices
    accuracy_m: float | None  # estimated displacement of the line on a steep coast [m]
    accuracy_note: str  # reason of the estimate
    # geodesic area of the water on WGS84 without islands and without Kara-Bogaz-Gol (for a user's own file:
    # as the file draws it) [km^2]
    area_km2: float
    # mainland_vertices, islands: different vertices of the mainland ring, number of islands
    mainland_vertices: int
    islands: int
    recipe: str  # what makes the extract again
    remark: str  # what a user must know

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Provenance:
        """Take the attributes from a record, leaving out what is none of them."""
        return cls(**{field.name: record[field.name] for field in fields(cls)})


@dataclass(frozen=True, slots=True, eq=False)
class CoastSource:
    """A shoreline: mainland and islands, with the water on the left of every ring."""

    # id, version: short name and edition of the data
    id: str
    version: str
    # shape (n, 2); closed ring (first equals last), counter-clockwise, longitude and latitude on WGS84,
    # read-only [deg]
    mainland: NDArray[np.float64]
    # shape (n, 2); closed rings, clockwise, largest first, read-only [deg]
    islands: tuple[NDArray[np.float64], ...]
    provenance: Provenance  # where it comes from
    sha256: str  # of the file that it was read from

    def __repr__(self) -> str:
        return (
            f"<CoastSource {self.id} {self.version}: mainland of {len(self.mainland) - 1} "
            f"vertices, {len(self.islands)} islands>"
        )


@cache
def load_source(source_id: str = DEFAULT_SOURCE_ID) -> CoastSource:
    """Load a bundled coast source.

    Args:
        source_id: One of `SOURCE_IDS`.

    Returns:
        The shoreline with its provenance; the same object at every call.

    Raises `CoastError`: there is no such source; `DataError`: a bundled file is missing or was changed.
    """
    provenance, sha256 = identify_source(source_id)
    content = read_bundled(_coast_file(source_id))
    (feature,) = json.loads(content)["features"]
    rings = [_frozen_ring(ring) for ring in feature["geometry"]["coordinates"]]
    return CoastSource(
        id=provenance.id,
        version=provenance.version,
        mainland=rings[0],
        islands=tuple(rings[1:]),
        provenance=provenance,
        sha256=sha256,
    )


def identify_source(source_id: str) -> tuple[Provenance, str]:
    """Provenance of a bundled coast source and the sha256 of its file, which is not read.

    Raises `CoastError`: there is no such source; `DataError`: a bundled file is missing or was changed.
    """
    if source_id not in SOURCE_IDS:
        raise CoastError(f"unknown coast source {source_id!r}: choose one of {', '.join(SOURCE_IDS)}")
    provenance = Provenance.from_record(json.loads(read_bundled(f"{source_id}/PROVENANCE.json")))
    return provenance, read_registry()[_coast_file(source_id)]


def _coast_file(source_id: str) -> str:
    return f"{source_id}/coast.geojson"


def water_polygon(source: CoastSource) -> shapely.Polygon:
    """Draw the water of a coast source as one polygon with its islands as holes.

    Args:
        source: The shoreline.

    Returns:
        Exterior counter-clockwise, interiors clockwise, longitude and latitude. [deg]
    """
    return shapely.Polygon(source.mainland, source.islands)


def _frozen_ring(coordinates: list[list[float]]) -> NDArray[np.float64]:
    ring = np.array(coordinates, dtype=np.float64)
    ring.flags.writeable = False
    return ring
