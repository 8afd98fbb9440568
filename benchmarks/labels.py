"""Labels with sector and full records, points a second on one core, beside what others label by.

    python -m benchmarks.labels [--quick] [--edition osm] [--postgis "host=... dbname=..."]

Three sets of ten million positions: random in the sea's bounding box, along tracks of ships, and within 2 km
of shores, limits and lines between sectors. Labels are zone, State and sector of all of them. What is
slower is asked of the first of them only: full records of half a million, DuckDB of 20,000, the others of a
million; they label by the edition's own polygons of zones (and, geopandas and DuckDB, sectors), in the same
process. H3 labels by cells: what its centre is in, so that some positions are wrong, which are counted.
PostGIS is measured where a server is at hand, by its own clock: ``--postgis`` or the environment variable
BENCHMARK_POSTGIS, a connection string for ``psql``. Speeds are of the processor's time. Labels of the first
million of each set are compared with those of the rule itself.

DuckDB and H3 are not among the project's packages: ``pip install .[peers]``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely

from benchmarks.common import stay_on_one_core, table, tell
from benchmarks.label_peers import by_h3, join_by_duckdb, seconds_by_postgis
from benchmarks.points import by_polygons, verdict
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.geodesy.ellipsoid import to_earth_centred
from zones.rule.rule import decide_many
from zones.words import ANSWERS, STATES

LABELS_A_SECOND = {"random": 100e6, "near lines": 30e6}
RECORDS_A_SECOND = 1.5e6
ROWS_AT_A_TIME = 100_000  # of full records, as files are answered
NEAR_DEG = 2000.0 / 111_300.0

Positions = tuple[np.ndarray, np.ndarray]


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    parser.add_argument("--edition", default="osm")
    parser.add_argument("--postgis", default=os.environ.get("BENCHMARK_POSTGIS"))
    options = parser.parse_args()
    stay_on_one_core()
    count = 1_000_000 if options.quick else 10_000_000
    some, few, fewest = count // 10, count // 20, count // 500
    edition = Store().edition(options.edition)
    missed = 0
    tell(f"{count:,} positions of each kind, edition {edition.name}, one core, million points a second")
    rows = []
    for kind, (lon, lat) in sets_of(edition, count).items():
        labels = rate(lambda lon=lon, lat=lat: edition.labels(lon=lon, lat=lat), count, 5)
        records = rate(lambda lon=lon, lat=lat: full_records(edition, lon[:few], lat[:few]), few, 3)
        prepared = rate(zones_by_shapely(edition, lon[:some], lat[:some]), some, 1)
        joined = rate(join_by_geopandas(edition, lon[:some], lat[:some]), some, 1)
        duck = rate(join_by_duckdb(edition, lon[:fewest], lat[:fewest]), fewest, 1)
        cells = by_h3(edition, lon[:some], lat[:some])
        in_cells = rate(cells, some, 1)
        wrong_percent = 100 * errors(edition, lon[:some], lat[:some], *cells())
        server = "-"
        if options.postgis:
            seconds = seconds_by_postgis(options.postgis, edition, lon[:few], lat[:few])
            server = f"{few / seconds / 1e6:,.2f}"
        differ = disagreements(edition, lon[:some], lat[:some])
        rates = (labels, records, prepared, joined, duck)
        by_cells = f"{in_cells / 1e6:,.2f}, {wrong_percent:.2g} % wrong"
        rows.append((kind, *(f"{each / 1e6:,.3g}" for each in rates), by_cells, server, str(differ)))
        missed += labels < LABELS_A_SECOND.get(kind, 0.0)
        missed += records < RECORDS_A_SECOND
        missed += differ > 0
    head = (
        "", "labels", "full record", "shapely, zones", "geopandas, both", "DuckDB, both", "H3, zones",
        "PostGIS, both", "disagreements",
    )  # fmt: skip
    tell(table(head, rows))
    targets = ", ".join(f"{kind} {each:g}" for kind, each in LABELS_A_SECOND.items())
    tell(f"labels {targets}, records {RECORDS_A_SECOND:g}, no disagreement: {verdict(not missed)}")
    return 1 if missed else 0


def rate(run: Callable[[], object], count: int, repeats: int) -> float:
    """Points a second of the processor's time, the best of some runs."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return count / min(times)


def sets_of(edition: Edition, count: int) -> dict[str, Positions]:
    """The three sets of positions by their names. [deg]"""
    rng = np.random.default_rng(20180812)
    west, south, east, north = edition.rule.baseline.sea.bounds
    return {
        "random": (rng.uniform(west, east, count), rng.uniform(south, north, count)),
        "tracks": tracks(rng, count, edition.rule.baseline.sea.bounds),
        "near lines": near_lines(edition, rng, count),
    }


def tracks(rng: np.random.Generator, count: int, bounds: tuple[float, float, float, float]) -> Positions:
    """Ships at 12 knots that turn a little every ten seconds, and at the edges of the box."""
    west, south, east, north = bounds
    length = 10_000
    ships = count // length
    course = rng.uniform(0, 360, (ships, 1)) + np.cumsum(rng.normal(0.0, 0.5, (ships, length)), axis=1)
    step = 12 * 1852 / 360 / 111_300.0
    lat = rng.uniform(south, north, (ships, 1)) + np.cumsum(np.cos(np.radians(course)) * step, axis=1)
    lon = rng.uniform(west, east, (ships, 1)) + np.cumsum(np.sin(np.radians(course)) * step * 1.34, axis=1)
    return reflected(lon, west, east).ravel(), reflected(lat, south, north).ravel()


def reflected(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return low + np.abs((values - low + (high - low)) % (2 * (high - low)) - (high - low))


def near_lines(edition: Edition, rng: np.random.Generator, count: int) -> Positions:
    """Evenly along all lines, up to 2 km to either side."""
    lines = [line.lon_lat for line in (*edition.partition.lines, *edition.seabed.lines)]
    start = np.vstack([edition.rule.baseline.start, *(line[:-1] for line in lines)])
    end = np.vstack([edition.rule.baseline.end, *(line[1:] for line in lines)])
    along = (end - start) * [np.cos(np.radians(42.0)), 1.0]
    length = np.linalg.norm(along, axis=1)
    chosen = rng.choice(len(length), count, p=length / length.sum())
    share, aside = rng.uniform(0, 1, (count, 1)), rng.uniform(-NEAR_DEG, NEAR_DEG, count) / length[chosen]
    lon, lat = (start[chosen] + share * (end - start)[chosen]).T
    return lon - along[chosen, 1] * aside / np.cos(np.radians(lat)), lat + along[chosen, 0] * aside


def full_records(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> None:
    for begin in range(0, len(lon), ROWS_AT_A_TIME):
        rows = slice(begin, begin + ROWS_AT_A_TIME)
        edition.classify(lon=lon[rows], lat=lat[rows])


def zones_by_shapely(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> Callable[[], object]:
    """Zone and State by prepared polygons, each asked within its bounding box."""
    features = edition.features("zones").features
    polygons = [feature.geometry for feature in features]
    shapely.prepare(polygons)
    codes = [
        (ANSWERS.index(f.properties["zone"]), STATES.index(s) if (s := f.properties["state"]) else -1)
        for f in features
    ]
    return lambda: by_polygons(polygons, codes, lon, lat)


def join_by_geopandas(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> Callable[[], object]:
    """Zone, State and sector by two spatial joins."""
    layers = [
        geopandas.GeoDataFrame.from_features(edition.features(name), crs="EPSG:4326")[["state", "geometry"]]
        for name in ("zones", "sectors")
    ]

    def run() -> object:
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs="EPSG:4326")
        return [points.sjoin(layer, how="left", predicate="within") for layer in layers]

    return run


def errors(edition: Edition, lon: np.ndarray, lat: np.ndarray, zone: np.ndarray, state: np.ndarray) -> float:
    """The share of positions in the water, or labelled so, that are labelled wrongly."""
    right = edition.labels(lon=lon, lat=lat)
    water = ANSWERS.index("common_maritime_space")
    counts = (right.zone <= water) | ((zone >= 0) & (zone <= water))
    wrong = (zone != right.zone) | (state != right.state)
    return float((wrong & counts).sum() / counts.sum())


def disagreements(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> int:
    """Positions whose labels are not those of the rule and the sector lines themselves."""
    found, right = edition.labels(lon=lon, lat=lat), decide_many(edition.rule, lon, lat)
    sector, _, _ = edition.sectors.locate(to_earth_centred(np.column_stack([lon, lat])))
    sector = np.where(edition.cells.seabed[right.region], sector, -1)
    wrong = (found.zone != right.zone) | (found.state != right.state) | (found.sector != sector)
    return int(wrong.sum())


if __name__ == "__main__":
    sys.exit(main())
