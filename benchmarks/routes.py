"""Routes cut by zones and sectors beside the rule asked every 25 m, on one core.

    python -m benchmarks.routes [--quick]

A zigzag of legs over the whole sea. Every change that the samples see is looked for among the cuts.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks.common import median_time_s, stay_on_one_core, table, tell
from zones.crossings.route import RouteCrossings, cross
from zones.editions.store import Store
from zones.geodesy.geodesics import densify_geodesics
from zones.rule.rule import decide_many

STEP_M = 25.0
TIMES_AS_FAST = 50.0
LEGS_S = 1.0  # in which a thousand legs are answered


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer legs and repeats")
    options = parser.parse_args()
    stay_on_one_core()
    count, repeats = (200, 1) if options.quick else (1000, 3)
    edition = Store().edition("osm")
    rng = np.random.default_rng(20180812)
    turn = np.arange(count + 1)
    lon = np.where(turn % 2 == 0, 53.9, 47.5) + rng.uniform(-0.5, 0.5, count + 1)
    lat = np.where(turn % 2 == 0, 36.7, 46.9) + rng.uniform(-0.1, 0.1, count + 1)
    route = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()}
    ours_s, found = median_time_s(lambda: cross(edition, route), repeats)
    assert isinstance(found, RouteCrossings)

    few = np.column_stack([lon, lat])[:11]
    dense = densify_geodesics(few, STEP_M)
    sampled_s, decided = median_time_s(lambda: decide_many(edition.rule, *dense.T), repeats)
    sampled_s *= count / 10.0
    answers = decided.zone.astype(np.int64) * 8 + decided.state
    changes = int(np.count_nonzero(np.diff(answers)))
    short = cross(edition, {"type": "LineString", "coordinates": few.tolist()})
    assert isinstance(short, RouteCrossings)
    cuts = len(short.legs) - 1

    tell(
        f"{count:,} edges of {found.length_m / 1e3:,.0f} km, {len(found.legs)} legs by zone, "
        f"{len(found.sector_legs)} by sector"
    )
    rows = [("cut by lines and rule", f"{ours_s:.2f}", f"{sampled_s / ours_s:.0f}"),
            (f"rule asked every {STEP_M:g} m, zones alone", f"{sampled_s:.2f}", "1")]  # fmt: skip
    tell(table(("", "seconds", "ratio"), rows))
    tell(f"changes on ten legs: {changes} seen by samples, {cuts} cut")
    per_thousand_s = ours_s * 1000.0 / count
    tell(f"a thousand legs in {per_thousand_s:.2f} s, {LEGS_S:g} s wanted")
    met = sampled_s / ours_s >= TIMES_AS_FAST and per_thousand_s <= LEGS_S and cuts >= changes
    tell("met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
