"""The service as others meet it: started as a process on the real default edition, asked over HTTP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from tests.api.service import PATIENCE_S, ROOT
from zones.editions.store import Store

COLLECTIONS = (
    "zones",
    "limits",
    "baselines",
    "boundaries",
    "sectors",
    "sector_boundaries",
    "installations",
    "known_issues",
)
OFFERED = (*COLLECTIONS, "limit_segments")  # whose many features would take long to read by twos
PAGE_SIZES = (2, None)  # None leaves the size to the client and the service
BOX = (49.4, 39.0, 52.7, 42.4)  # reaches some features of every collection, and not all
TOLERANCE_DEG = 1e-7

Feature = Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """A running service: its landing page's address, its first process, what it offers for download."""

    url: str
    edition: str
    process: int
    _read: dict[str, list[Feature]] = field(default_factory=dict)
    _drawn: dict[str, list[shapely.Geometry]] = field(default_factory=dict)

    def json(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as response:
            return json.load(response)

    def download_url(self, collection: str, ending: str = "geojson") -> str:
        return f"{self.url}downloads/{self.edition}/{collection}.{ending}"

    def features(self, collection: str) -> list[Feature]:
        """Features of a collection as the GeoJSON download has them."""
        if collection not in self._read:
            path = self.download_url(collection).removeprefix(self.url)
            self._read[collection] = self.json(path)["features"]
        return self._read[collection]

    def ids(self, collection: str) -> list[str]:
        return [feature["id"] for feature in self.features(collection)]

    def geometries(self, collection: str) -> list[shapely.Geometry]:
        if collection not in self._drawn:
            self._drawn[collection] = [shape(feature["geometry"]) for feature in self.features(collection)]
        return self._drawn[collection]


@contextmanager
def serving(store: Store, log: Path, **settings: object) -> Iterator[Service]:
    """Start the service with two workers, stop it at the end; it must go without complaint."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CASPIAN_")}
    environment |= {f"CASPIAN_{name}": str(value) for name, value in settings.items()}
    environment["CASPIAN_CACHE"] = str(store.folder)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", "0", "--workers", "2"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # ends when the service is ready, or dead
        watchdog.cancel()
        assert "http://" in line, f"the service did not start: {line}{log.read_text(encoding='utf-8')}"
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield Service("http://" + line.partition("http://")[2].strip(), store.edition().name, process.pid)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        assert "Traceback" not in log.read_text(encoding="utf-8")
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


def tool(name: str, package: str) -> str:
    """Where a program of the system is; a missing one fails."""
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install --no-install-recommends {package}"
    return found


def run(*command: str) -> str:
    """What a program prints; it must succeed and have nothing to complain about."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def in_box(service: Service, collection: str) -> list[str]:
    """Ids of the features that BOX reaches, by their geometry itself."""
    reached = shapely.intersects(service.geometries(collection), shapely.box(*BOX))
    names = [name for name, is_reached in zip(service.ids(collection), reached, strict=True) if is_reached]
    assert 0 < len(names) < len(reached)  # else a box that is not heeded would go unseen
    return names


def assert_same(
    service: Service,
    collection: str,
    ids: Sequence[str],
    properties: Sequence[Mapping[str, Any]],
    geometries: Sequence[shapely.Geometry | None],
    expected: Sequence[str] | None = None,
) -> None:
    """What a client got is the download's features: all of them, or those named, in their order."""
    wanted = service.ids(collection) if expected is None else list(expected)
    assert list(ids) == wanted
    features = {feature["id"]: feature for feature in service.features(collection)}
    drawn = dict(zip(features, service.geometries(collection), strict=True))
    for feature_id, got, geometry in zip(ids, properties, geometries, strict=True):
        for name, value in features[feature_id]["properties"].items():
            if value is None:
                assert _is_missing(got.get(name)), (feature_id, name, got[name])
            elif isinstance(value, (int, float)):  # a client may have no truth values but 0 and 1
                assert float(got[name]) == float(value), (feature_id, name, got[name], value)
            else:
                assert got[name] == value, (feature_id, name, got[name], value)
        assert geometry is not None, feature_id
        assert not geometry.is_empty, feature_id
        assert_equal_geometry(geometry, drawn[feature_id], feature_id)


def assert_equal_geometry(one: shapely.Geometry, other: shapely.Geometry, name: str) -> None:
    """The same vertices in the same order to 1e-7 degrees; a single part may have become a multiple."""
    assert shapely.equals_exact(_multiple(one), _multiple(other), tolerance=TOLERANCE_DEG), name


def _multiple(geometry: shapely.Geometry) -> shapely.Geometry:
    if geometry.geom_type == "LineString":
        return shapely.multilinestrings([geometry])
    if geometry.geom_type == "Polygon":
        return shapely.multipolygons([geometry])
    return geometry


def _is_missing(value: object) -> bool:
    return value is None or value != value
