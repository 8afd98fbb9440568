"""Facts beside the shoreline: ends of land borders, known islands, the States, the lagoon."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from coastlines.bundled import read_bundled
from coastlines.sources import Provenance

__all__ = [
    "BorderTerminus",
    "Feature",
    "Lagoon",
    "border_termini",
    "features",
    "kara_bogaz_gol",
    "state_polygons",
]


@dataclass(frozen=True, slots=True)
class BorderTerminus:
    """Published end of a land border at the Caspian shore; it floats with the shore."""

    pair: str  # both States, as ``"KAZ-TKM"``
    # lon, lat: position on WGS84 [deg]
    lon: float
    lat: float
    accuracy_m: float  # how well it is known [m]
    source: str  # where it was found


@dataclass(frozen=True, slots=True)
class Feature:
    """An island, a structure or a lagoon that matters for the baseline."""

    # name, state: the State by its three-letter code
    name: str
    state: str
    # lon, lat: a position on it or, where it is curved, within its curve [deg]
    lon: float
    lat: float
    # ``"island"``, ``"stretch of coast"``, ``"artificial"``, ``"artificial (inferred)"`` or ``"lagoon"``
    kind: str
    generates_baseline: bool | None  # whether it counts; None where the question does not arise
    # west, south, east, north: every island that lies wholly inside belongs to the feature, in whatever coast
    # [deg]
    bbox: tuple[float, float, float, float] | None
    coast_sources: tuple[str, ...]  # bundled coasts that show it
    legal_basis: str  # articles of the Convention
    # note, source: why, and where it was found
    note: str
    source: str

    def holds(self, island: NDArray[np.float64]) -> bool:
        """Whether an island lies wholly inside the feature's box.

        Args:
            island: Shape (n, 2). Its ring, longitude and latitude. [deg]
        """
        if self.bbox is None:
            return False
        low, high = np.array(self.bbox[:2]), np.array(self.bbox[2:])
        return bool(((low <= island) & (island <= high)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Lagoon:
    """Kara-Bogaz-Gol behind a closing line across its strait."""

    # shape (n, 2); closed ring, counter-clockwise, one edge of which is the closing line [deg]
    outline: NDArray[np.float64]
    islands: tuple[NDArray[np.float64], ...]  # shape (m, 2); closed rings, clockwise [deg]
    # shape (2, 2); its ends, both on the shore of `gshhg`; the sea is on its left [deg]
    closing_line: NDArray[np.float64]
    provenance: Provenance  # where it comes from; the closing line is a construction of this project


@cache
def border_termini() -> tuple[BorderTerminus, ...]:
    """Read where the five land borders meet the shore.

    Raises `DataError`: the bundled file is missing or was changed; so for the other functions here.
    """
    return tuple(
        BorderTerminus(
            pair=row["pair"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            accuracy_m=float(row["accuracy_m"]),
            source=row["source"],
        )
        for row in _rows("reference/land_border_termini.csv")
    )


@cache
def features() -> tuple[Feature, ...]:
    """Read the known islands, artificial land and the lagoon."""
    return tuple(
        Feature(
            name=row["name"],
            state=row["state"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            kind=row["kind"],
            generates_baseline={"yes": True, "no": False, "": None}[row["generates_baseline"]],
            bbox=_bbox(row),
            coast_sources=tuple(row["coast_sources"].split()),
            legal_basis=row["legal_basis"],
            note=row["note"],
            source=row["source"],
        )
        for row in _rows("reference/features.csv")
    )


@cache
def _state_polygons() -> dict[str, shapely.MultiPolygon]:
    return {
        properties["state"]: shapely.multipolygons(
            [shapely.Polygon(rings[0], rings[1:]) for rings in coordinates]
        )
        for properties, coordinates in _features("states/states.geojson")
    }


def state_polygons() -> dict[str, shapely.MultiPolygon]:
    """Read the land of the five States, clipped to 44-57 E, 34-50 N.

    Returns:
        By three-letter code, longitude and latitude; coarse, so only good to say which State is nearest.
        [deg]
    """
    return dict(_state_polygons())


@cache
def kara_bogaz_gol() -> Lagoon:
    """Read the lagoon and the line that closes its strait."""
    ((_, rings),) = _features("kara_bogaz_gol/lagoon.geojson")
    ((_, line),) = _features("kara_bogaz_gol/closing_line.geojson")
    outline, *islands = (_frozen(ring) for ring in rings)
    record = json.loads(read_bundled("kara_bogaz_gol/PROVENANCE.json"))
    return Lagoon(outline, tuple(islands), _frozen(line), Provenance.from_record(record))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read_bundled(name).decode("utf-8"))))


def _features(name: str) -> list[tuple[dict[str, Any], Any]]:
    return [
        (feature["properties"], feature["geometry"]["coordinates"])
        for feature in json.loads(read_bundled(name))["features"]
    ]


def _frozen(coordinates: list[list[float]]) -> NDArray[np.float64]:
    array = np.array(coordinates, dtype=np.float64)
    array.flags.writeable = False
    return array


def _bbox(row: dict[str, str]) -> tuple[float, float, float, float] | None:
    if not row["west"]:
        return None
    return float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"])
