"""Exact distances and classification, points a second, beside prepared polygons, on one core.

    python -m benchmarks.points [--quick] [--coast osm]

Random points of the sea's bounding box. The polygons are this project's own zones, prepared, asked
with shapely's vectorised ``contains_xy``, in the same process and on the same points. Labels, which need
no search, are measured by `benchmarks.labels`.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import shapely

from benchmarks.common import dense_baseline, median_time_s, stay_on_one_core, table, tell
from zones.atlas.water import draw_atlas
from zones.baseline.baseline import ALL
from zones.geodesy.nearest import nearest_of_groups
from zones.judge.distances import earth_centred
from zones.lines.partition import partition_sea
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS, STATES

DISTANCES_A_SECOND = 500_000


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer points and repeats")
    parser.add_argument("--coast", default="osm")
    options = parser.parse_args()
    stay_on_one_core()
    count, repeats = (200_000, 3) if options.quick else (2_000_000, 5)

    baseline = dense_baseline(options.coast)
    rule = make_rule(baseline, dict.fromkeys(STATES, 15.0))
    features = draw_atlas(rule, partition_sea(rule), {})["zones"].features
    west, south, east, north = baseline.sea.bounds
    rng = np.random.default_rng(20180812)
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)

    wet = shapely.contains_xy(baseline.sea, lon, lat)
    points = earth_centred(np.column_stack([lon, lat]))
    everyone = np.array([ALL], dtype=np.int64)
    water_s, _ = median_time_s(lambda: nearest_of_groups(baseline.tree, points[wet], everyone), repeats)
    box_s, _ = median_time_s(lambda: nearest_of_groups(baseline.tree, points, everyone), repeats)
    rule_s, decided = median_time_s(lambda: decide_many(rule, lon, lat), repeats)
    polygons = [feature.geometry for feature in features]
    shapely.prepare(polygons)
    codes = [
        (
            ANSWERS.index(f.properties["zone"]),
            STATES.index(f.properties["state"]) if f.properties["state"] else -1,
        )
        for f in features
    ]
    peer_s, drawn = median_time_s(lambda: by_polygons(polygons, codes, lon, lat), repeats)

    water_rate = np.count_nonzero(wet) / water_s
    rows = [
        ("exact distance, points of the water", water_rate, ""),
        ("exact distance, points of the bounding box", count / box_s, ""),
        ("zone and State by the rule everywhere", count / rule_s, f"{peer_s / rule_s:.1f}"),
        ("shapely prepared contains_xy on our polygons", count / peer_s, "1.0"),
    ]
    tell(f"{count:,} random points of the bounding box, {options.coast}, one core")
    tell(table(("", "points a second", "ratio"), [(n, f"{r:,.0f}", q) for n, r, q in rows]))
    water = decided.zone <= ANSWERS.index("common_maritime_space")
    off = int((((drawn[0] != decided.zone) | (drawn[1] != decided.state)) & water).sum())
    tell(f"polygons against the rule on water: {off} disagreements")
    enough = verdict(water_rate >= DISTANCES_A_SECOND)
    tell(f"at least {DISTANCES_A_SECOND:,} distances a second on the water: {enough}")
    return 0 if water_rate >= DISTANCES_A_SECOND else 1


def by_polygons(
    polygons: list[shapely.Geometry],
    codes: list[tuple[int, int]],
    lon: np.ndarray,
    lat: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Zone and State codes by asking each prepared polygon within its own bounding box."""
    zone = np.full(len(lon), -1, dtype=np.int8)
    state = np.full(len(lon), -1, dtype=np.int8)
    for polygon, (zone_code, state_code) in zip(polygons, codes, strict=True):
        west, south, east, north = polygon.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        inside = near[shapely.contains_xy(polygon, lon[near], lat[near])]
        zone[inside] = zone_code
        state[inside] = state_code
    return zone, state


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
