"""Routes cut by zones and sectors beside the rule asked every 25 m, on one core; CPU time.

    python -m benchmarks.routes [--quick] [--before FOLDER]

A zigzag of legs over the whole sea. Every change that the samples see is looked for among the cuts. With
another checkout of the project, that has its own .venv and cache, the two are measured in turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.common import stay_on_one_core, table, tell

STEP_M = 25.0
TIMES_AS_FAST = 50.0
LEGS_S = 1.0  # in which a thousand legs are answered
ROUNDS = 3
# What is run in either checkout; names of modules as they were and are.
TIMED = """
import json, sys, time
from importlib import import_module
try:
    store = import_module("zones.editions.store"); route = import_module("zones.crossings.route")
except ImportError:
    store = import_module("zones.store"); route = import_module("zones.crossings")
edition = store.Store().edition("osm")
points = json.load(sys.stdin)
route.cross(edition, {"type": "LineString", "coordinates": points[:3]})
begin = time.process_time()
found = route.cross(edition, {"type": "LineString", "coordinates": points})
print(time.process_time() - begin, len(found.legs), len(found.sector_legs))
"""


def zigzag(count: int) -> list[list[float]]:
    """Vertices of a zigzag over the whole sea. [deg]"""
    rng = np.random.default_rng(20180812)
    turn = np.arange(count + 1)
    lon = np.where(turn % 2 == 0, 53.9, 47.5) + rng.uniform(-0.5, 0.5, count + 1)
    lat = np.where(turn % 2 == 0, 36.7, 46.9) + rng.uniform(-0.1, 0.1, count + 1)
    vertices: list[list[float]] = np.column_stack([lon, lat]).tolist()
    return vertices


def timed(folder: Path, python: str, cache: str | None, vertices: list[list[float]]) -> tuple[float, ...]:
    """CPU time of a route in a checkout, and its legs by zone and by sector. [s]"""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    if cache:
        environment["CASPIAN_CACHE"] = cache
    done = subprocess.run(
        [python, "-c", TIMED], input=repr(vertices), cwd=folder, env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return tuple(float(number) for number in done.stdout.split())


def sampled_s(vertices: list[list[float]]) -> tuple[float, int, int]:
    """CPU time of the rule asked along a route, the changes that it sees, and the cuts of the route."""
    from zones.crossings.route import RouteCrossings, cross
    from zones.editions.store import Store
    from zones.geodesy.geodesics import densify_geodesics
    from zones.rule.rule import decide_many

    edition = Store().edition("osm")
    dense = densify_geodesics(np.array(vertices), STEP_M)
    decide_many(edition.rule, *dense[:10].T)
    begin = time.process_time()
    decided = decide_many(edition.rule, *dense.T)
    spent = time.process_time() - begin
    found = cross(edition, {"type": "LineString", "coordinates": vertices})
    assert isinstance(found, RouteCrossings)
    answers = decided.zone.astype(np.int64) * 8 + decided.state
    return spent, int(np.count_nonzero(np.diff(answers))), len(found.legs) - 1


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer legs and rounds")
    parser.add_argument("--before", type=Path, help="another checkout to compare with")
    parser.add_argument("--before-cache", help="CASPIAN_CACHE of that checkout")
    options = parser.parse_args()
    stay_on_one_core()
    count, rounds = (200, 1) if options.quick else (1000, ROUNDS)
    vertices = zigzag(count)
    few = vertices[:11]
    here = Path(__file__).resolve().parents[1]
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(here, sys.executable, None, vertices))
        if options.before:
            python = str(options.before / ".venv" / "bin" / "python")
            theirs.append(timed(options.before, python, options.before_cache, vertices))
    ours_s = statistics.median(one[0] for one in ours)
    rule_s, changes, cuts = sampled_s(few)
    rule_s *= count / 10.0
    tell(
        f"{count:,} edges, {ours[0][1]:.0f} legs by zone, {ours[0][2]:.0f} by sector; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    rows = [("cut by lines and rule", f"{ours_s:.2f}", f"{rule_s / ours_s:.0f}"),
            (f"rule asked every {STEP_M:g} m, zones alone", f"{rule_s:.2f}", "1")]  # fmt: skip
    if theirs:
        before_s = statistics.median(one[0] for one in theirs)
        rows.append(("before", f"{before_s:.2f}", f"{rule_s / before_s:.0f}"))
        ratios = ", ".join(f"{then[0] / now[0]:.2f}" for now, then in zip(ours, theirs, strict=True))
        tell(f"before / now, by rounds: {ratios}")
    tell(table(("", "CPU seconds", "ratio"), rows))
    tell(f"changes on ten legs: {changes} seen by samples, {cuts} cut")
    per_thousand_s = ours_s * 1000.0 / count
    tell(f"a thousand legs in {per_thousand_s:.2f} s, {LEGS_S:g} s wanted")
    met = rule_s / ours_s >= TIMES_AS_FAST and per_thousand_s <= LEGS_S and cuts >= changes
    tell("met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
