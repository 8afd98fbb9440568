"""The outer limit at 15 nm: time and worst error, ours beside two common ways, in one run.

    python -m benchmarks.limits [--quick] [--coast osm] [--postgis "host=... dbname=..."]

Errors are judged alike for all: 27,780 m against the true geodesic distance to the nearest baseline
point (`zones.judge.distances`), at all vertices (V) and at random places along the edges (E).
PostGIS is measured where a server is at hand: ``--postgis`` or the environment variable
BENCHMARK_POSTGIS, a connection string for ``psql``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Transformer

from benchmarks.common import (
    NM_M,
    dense_baseline,
    median_time_s,
    open_ruler,
    stay_on_one_core,
    table,
    tell,
)
from zones.baseline.baseline import ALL, Baseline
from zones.judge.distances import Ruler
from zones.lines.limits import trace_from_corners, voronoi_corners
from zones.rule.rule import make_rule
from zones.words import STATES

BREADTH_M = 15 * NM_M
QUARTER_SEGMENTS = 64
GROWTH_SEGMENTS = (30_000, 55_000, 100_000, 180_000, 300_000)  # cut to 500 m, osm has 29,000

Line = np.ndarray


@dataclass(frozen=True)
class Result:
    """One way's time and errors. [s, m]"""

    name: str
    time_s: float
    vertices: int
    worst_vertex_m: float
    worst_edge_m: float

    @property
    def worst_m(self) -> float:
        return max(self.worst_vertex_m, self.worst_edge_m)


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats and samples")
    parser.add_argument("--coast", default="osm")
    parser.add_argument("--postgis", default=os.environ.get("BENCHMARK_POSTGIS"))
    options = parser.parse_args()
    stay_on_one_core()
    repeats = 2 if options.quick else 5

    baseline = dense_baseline(options.coast)
    ruler = open_ruler(baseline)
    results = [
        judged("this project", lambda: our_limit(baseline), ruler, repeats),
        judged("shapely buffer in UTM 39N", lambda: projected_buffer(baseline), ruler, repeats),
    ]
    if options.postgis and shutil.which("psql"):
        server = PostGis(options.postgis, baseline)
        durations = [server.seconds() for _ in range(repeats + 1)][1:]
        # Server time by its own clock: what is sent and read back is not counted against it.
        time_s = sorted(durations)[len(durations) // 2]
        results.append(with_errors("PostGIS ST_Buffer(geography)", time_s, server.lines(), ruler))
    tell(f"Outer limit at 15 nm, {options.coast}, {len(baseline.start):,} baseline segments, one core")
    tell(
        table(
            ("", "time s", "vertices", "V max m", "E max m", "time ratio", "error ratio"),
            [
                (
                    r.name, f"{r.time_s:.2f}", f"{r.vertices:,}", f"{r.worst_vertex_m:.5f}",
                    f"{r.worst_edge_m:.4f}", f"{results[0].time_s / r.time_s:.2f}",
                    f"{r.worst_m / results[0].worst_m:,.0f}",
                )
                for r in results
            ],
        )
    )  # fmt: skip
    met = True
    for peer in results[2:]:
        enough = peer.worst_m / results[0].worst_m >= 1000 and results[0].time_s <= 5 * peer.time_s
        tell(f"target (error 1,000 times smaller in 5 times the time): {'met' if enough else 'MISSED'}")
        met &= enough
    if len(results) < 3:
        tell("PostGIS not measured: no server given (--postgis or BENCHMARK_POSTGIS)")
    return 0 if growth(options.coast, quick=options.quick) and met else 1


def judged(name: str, run: Callable[[], list[Line]], ruler: Ruler, repeats: int) -> Result:
    time_s, lines = median_time_s(run, repeats)
    return with_errors(name, time_s, lines, ruler)


def with_errors(name: str, time_s: float, lines: list[Line], ruler: Ruler) -> Result:
    rng = np.random.default_rng(1)
    vertices = np.vstack(lines)
    starts, ends = np.vstack([xy[:-1] for xy in lines]), np.vstack([xy[1:] for xy in lines])
    share = rng.random((len(starts), 1))
    edges = starts * (1 - share) + ends * share
    worst = [float(np.abs(ruler.measure(at).length_m - BREADTH_M).max()) for at in (vertices, edges)]
    return Result(name, time_s, len(vertices), *worst)


def our_limit(baseline: Baseline) -> list[Line]:
    """The whole way from a baseline in memory: where to begin, the walk, longitude and latitude."""
    groups = np.array([ALL], dtype=np.int64)
    rule = make_rule(baseline, dict.fromkeys(STATES, 15.0))
    corners, feet = voronoi_corners(baseline, groups)
    rings = trace_from_corners(rule, groups, corners, feet, BREADTH_M)
    return [np.vstack([ring.lon_lat, ring.lon_lat[:1]]) for ring in rings]


def projected_buffer(baseline: Baseline) -> list[Line]:
    """The common way: land in a projected reference system, buffered there, united, back again."""
    there = Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True)
    flat = shapely.transform(
        shapely.multipolygons(land_of(baseline)),
        lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])),
    )
    belts = shapely.buffer(shapely.get_parts(flat), BREADTH_M, quad_segs=QUARTER_SEGMENTS)
    back = shapely.transform(
        shapely.union_all(belts),
        lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE")),
    )
    return water_side(back, baseline.sea)


def land_of(baseline: Baseline) -> list[shapely.Polygon]:
    """Islands, and the mainland as a frame around the sea: of several ways to buffer them the quickest.

    (As lines, closed rings leave false holes with GEOS before 3.13, and take up to 60 times longer.)
    """
    west, south, east, north = baseline.sea.bounds
    outside = [(west - 1, south - 1), (east + 1, south - 1), (east + 1, north + 1), (west - 1, north + 1)]
    frame = shapely.Polygon(outside, [baseline.sea.exterior])
    return [frame, *(shapely.Polygon(ring) for ring in baseline.sea.interiors)]


def water_side(belt: shapely.Geometry, sea: shapely.Polygon) -> list[Line]:
    """Rings of a belt that lie in the sea."""
    shapely.prepare(sea)
    return [ring for ring in rings_of(belt) if shapely.contains_xy(sea, ring[:, 0], ring[:, 1]).all()]


def rings_of(geometry: shapely.Geometry) -> list[Line]:
    return [
        shapely.get_coordinates(ring)
        for polygon in shapely.get_parts(geometry)
        for ring in shapely.get_rings(polygon)
    ]


class PostGis:
    """Buffers of the same land as geography on a server, each polygon by itself, then united."""

    def __init__(self, connection: str, baseline: Baseline) -> None:
        self.connection = connection
        self.sea = baseline.sea
        rows = "".join(f"SRID=4326;{part.wkt}\n" for part in land_of(baseline))
        self._run("DROP TABLE IF EXISTS benchmark_shore; CREATE TABLE benchmark_shore (shore geography)")
        self._run("COPY benchmark_shore FROM STDIN", rows)

    def _run(self, statement: str, given: str = "") -> str:
        program = shutil.which("psql")
        assert program is not None
        done = subprocess.run(
            [program, self.connection, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement],
            input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    _BUFFER = (
        f"SELECT ST_Union(ST_Buffer(shore, {BREADTH_M}, 'quad_segs={QUARTER_SEGMENTS}')::geometry) AS belt "
        "FROM benchmark_shore"
    )

    def seconds(self) -> float:
        """Time of one buffer by the server's clock. [s]"""
        told = self._run(f"EXPLAIN (ANALYZE, TIMING OFF) {self._BUFFER}")
        (line,) = [line for line in told.splitlines() if line.startswith("Execution Time")]
        return float(line.split()[2]) / 1000

    def lines(self) -> list[Line]:
        """Rings of the belt that lie in the sea, its water side."""
        told = self._run(f"SELECT ST_AsEWKB(belt) FROM ({self._BUFFER}) b")
        belt = shapely.from_wkb(told.strip().removeprefix("\\x"))
        return water_side(belt, self.sea)


def growth(coast: str, *, quick: bool) -> bool:
    """Time of our limit for coasts of more and more vertices; False where steeper than n log n."""
    plain = dense_baseline(coast)
    length_m = float(np.linalg.norm(plain.tree.end - plain.tree.start, axis=1).sum())
    rows, sizes, times = [], [], []
    for wanted in GROWTH_SEGMENTS[:: 2 if quick else 1]:
        baseline = coast_of_about(coast, wanted, length_m)
        time_s, lines = median_time_s(lambda b=baseline: our_limit(b), 1 if quick else 3)  # type: ignore[misc]
        sizes.append(len(baseline.start))
        times.append(time_s)
        vertices = sum(map(len, lines))
        n_log_n = time_s / (sizes[-1] * np.log(sizes[-1])) * 1e6
        rows.append((f"{sizes[-1]:,}", f"{time_s:.2f}", f"{n_log_n:.2f}", f"{vertices:,}"))
    exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    n_log_n = np.polyfit(np.log(sizes), np.log(sizes * np.log(sizes)), 1)[0]
    tell("")
    tell(table(("baseline segments", "time s", "us / (n ln n)", "limit vertices"), rows))
    met = bool(exponent <= n_log_n)
    tell(
        f"time grows as n^{exponent:.2f}; n log n over this range as n^{n_log_n:.2f}: "
        f"{'met' if met else 'MISSED'}"
    )
    return met


def coast_of_about(coast: str, wanted: int, length_m: float) -> Baseline:
    """The coast cut into shorter pieces until it has about so many segments."""
    piece_m = length_m / wanted
    for _ in range(5):
        baseline = dense_baseline(coast, piece_m)
        ratio = len(baseline.start) / wanted
        if abs(ratio - 1) < 0.05 or piece_m >= 500:
            break
        piece_m = min(500.0, piece_m * ratio)
    return baseline


if __name__ == "__main__":
    sys.exit(main())
