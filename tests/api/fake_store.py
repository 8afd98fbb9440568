"""A store with a simple sea, so that the ways in are tested without building an atlas.

The shore is the meridian 48°E with Azerbaijan to its west; a degree of longitude counts 80 km and
the sea is a box. Everything that the real store promises to its callers is here in the same shape.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from zones.atlas.features import Collection, Feature
from zones.classification.records import FIELDS, RECORD_FIELDS, Coded, Records
from zones.errors import BreadthError, CacheError, CoordinateError, UnknownEditionError

SHORE_LON = 48.0
METRES_A_DEGREE = 80_000.0
SEA = (48.0, 37.0, 54.0, 47.0)
STATES = ("AZE", "IRN", "KAZ", "RUS", "TKM")

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class FakeEditionInfo:
    name: str
    coast: str
    title: str
    built: bool
    metadata: dict[str, Any]


class FakeEdition:
    assumptions: str | None = None

    def __init__(self, coast: str) -> None:
        self.coast = coast
        self.name = f"{coast}-0123abcd"
        self.metadata: dict[str, Any] = {
            "edition": self.name,
            "assumptions": self.assumptions,
            "sha256": "0" * 64,
            "coast": {"id": coast},
            "attribution": "nobody",
            "licence": "none",
            "convention_status": "not in force",
        }
        self.collections: Mapping[str, Collection] = _collections(self.name)

    def load(self) -> None:
        pass

    def classify(
        self, *, lon: Any, lat: Any, fields: tuple[str, ...] = RECORD_FIELDS, compare: bool = False
    ) -> Records:
        lon = np.asarray(lon, dtype=np.float64)
        lat = np.asarray(lat, dtype=np.float64)
        for one_lon, one_lat in zip(lon.tolist(), lat.tolist(), strict=True):
            if not (abs(one_lon) <= 180 and abs(one_lat) <= 90):
                raise CoordinateError(one_lon, one_lat)
        rows = [self._record(*pair, compare) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
        numbers = {one.name for one in FIELDS if one.type == "number"}
        columns = {}
        for name in fields:
            number = name in numbers
            values = [row.get(name, np.nan if number else None) for row in rows]
            columns[name] = _column(np.array(values, dtype=np.float64 if number else object))
        return Records(columns)

    def classify_one(self, *, lon: float, lat: float, compare: bool = False) -> dict[str, Any]:
        (row,) = self.classify(lon=[lon], lat=[lat], compare=compare).rows()
        return row

    def _record(self, lon: float, lat: float, compare: bool) -> dict[str, Any]:
        record: dict[str, Any] = {"lon": lon, "lat": lat, "edition": self.name}
        record["assumptions"] = self.assumptions
        west, south, east, north = SEA
        if not (west - 1 <= lon <= east and south <= lat <= north):
            record["zone"] = "outside_caspian"
            if west <= lat <= east and south <= lon <= north:
                record["hint"] = "longitude and latitude look swapped"
            return record
        metres = (lon - SHORE_LON) * METRES_A_DEGREE
        record.update(
            baseline_distance_m=abs(metres),
            baseline_distance_nm=abs(metres) / 1852,
            baseline_azimuth_deg=270.0,
            baseline_lon=SHORE_LON,
            baseline_lat=lat,
            baseline_kind="normal",
            limit="territorial_waters-AZE",
            limit_distance_m=abs(metres - 27_780),
            legal_basis="Convention",
        )
        if metres < 0:
            record.update(zone="land", state="AZE")
        elif metres <= 27_780:
            record.update(zone="territorial_waters", state="AZE", caveat="no straight baselines")
        elif metres <= 46_300:
            record.update(zone="fishery_zone", state="AZE", delimitation="provisional")
        else:
            record.update(zone="common_maritime_space")
        if compare:
            record.update(coast_spread_m=12.34567, certain=True, by_coast=f"osm, dcw: {record['zone']}")
        return record

    def turning_points(self, collection: str) -> list[dict[str, Any]]:
        return [
            {
                "feature": f"{collection}-AZE",
                "point": number,
                "lon": 49.0 + number / 3,
                "lat": 41.99999999,
                "base_point_lon": 48.0,
                "base_point_lat": None,
            }
            for number in range(3)
        ]


@dataclass
class FakeStore:
    """`broken` makes every edition fail as a full disk does; `built` remembers what was asked."""

    broken: bool = False
    built: list[Any] = field(default_factory=list)
    folder: Path = Path(tempfile.gettempdir(), f"caspian-fake-{os.getpid()}")

    def edition(self, name: str = "osm", *, progress: Progress | None = None) -> FakeEdition:
        if self.broken:
            raise CacheError("the cache folder cannot be written: no space left on device")
        for info in self.editions():
            if name in (info.name, info.coast):
                return FakeEdition(info.coast)
        raise UnknownEditionError(name, [info.name for info in self.default_editions()])

    def build(self, parameters: Any, *, progress: Progress | None = None) -> FakeEdition:
        for state, breadth in parameters.breadth_nm.items():
            if state not in STATES or not 0 < breadth <= 15:
                raise BreadthError(f"breadth {state}={breadth}: above 0 up to 15 nm is allowed")
        self.built.append(parameters)
        if progress is not None:
            progress("limits", 0.5)
        return self.edition(parameters.coast)

    def full_name(self, name: str) -> str:
        return name

    def is_kept(self, name: str) -> bool:
        return any(info.built for info in self.editions() if info.name == name)

    def default_editions(self) -> tuple[FakeEditionInfo, ...]:
        return tuple(info for info in self.editions() if info.name.endswith("-0123abcd"))

    def info(self, name: str) -> FakeEditionInfo | None:
        known = self.editions()
        named = (info for info in known if info.name == name)
        return next(named, None) or next((info for info in known if info.coast == name), None)

    def editions(self) -> tuple[FakeEditionInfo, ...]:
        return tuple(
            FakeEditionInfo(f"{coast}-0123abcd", coast, f"Coast {coast}", coast == "osm", {"n": 1})
            for coast in ("osm", "osm-2017", "gshhg", "dcw")
        )


def _column(values: Any) -> Any:
    if values.dtype != object:
        return values
    words = {word: code for code, word in enumerate(dict.fromkeys(values.tolist()))}
    return Coded(np.array([words[value] for value in values.tolist()], dtype=np.int64), tuple(words))


def _collections(edition: str) -> dict[str, Collection]:
    zones = [
        _feature(f"{zone}-{state}", zone, state, edition, at * 3 + part)
        for at, state in enumerate(STATES)
        for part, zone in enumerate(("internal_waters", "territorial_waters", "fishery_zone"))
    ]
    zones.append(_feature("common_maritime_space", "common_maritime_space", None, edition, 15))
    line = shapely.LineString([(49.123456789, 41.0), (50.0, 42.0)])
    limits = [
        Feature(f"territorial_waters-{state}", line, {"zone": "territorial_waters", "state": state})
        for state in STATES
    ]
    boundaries = [Feature("AZE-RUS", line, {"states": "AZE-RUS"})]
    baselines = [Feature(f"baseline-{state}", line, {"state": state, "kind": "normal"}) for state in STATES]
    every = {
        "zones": zones,
        "limits": limits,
        "baselines": baselines,
        "boundaries": boundaries,
        "installations": [],
    }
    return {
        name: Collection(name, name.title(), f"All {name}.", tuple(features))
        for name, features in every.items()
    }


def _feature(identity: str, zone: str, state: str | None, edition: str, row: int) -> Feature:
    west, south = 48.0 + 0.25 * row, 38.0 + 0.25 * row
    properties = {"zone": zone, "state": state, "area_km2": 1.5, "edition": edition}
    return Feature(identity, shapely.box(west, south, west + 0.2, south + 0.2), properties)
