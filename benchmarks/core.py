"""The core beside another checkout of it, in alternating rounds: labels, full records, single answers, build.

    python -m benchmarks.core ANOTHER [--rounds 9] [--cache FOLDER] [--other-cache FOLDER] [--only labels ...]

ANOTHER is the folder of another checkout, with a ``.venv`` of its own. A process of each stays open and
is asked in turn, so that what else the machine does meets both; what counts is the processor's time.
Speeds are this checkout's over the other's: above 1 this one is faster. Each round has its own ratio,
and the median of the ratios is printed with the least and the greatest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.common import table, tell

ROOT = Path(__file__).resolve().parents[1]
LEAST = 0.95  # times as fast as the other

# What a checkout is asked; its folders may be named otherwise.
WORKER = """
import importlib, sys, tempfile, time
from pathlib import Path
import numpy as np

def module(*names):
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            pass
    raise SystemExit(f"none of {names} is here")

store = module("zones.editions.store", "zones.store")
Parameters = module("zones.parameters").Parameters
edition = store.Store().edition("osm")
named = hasattr(edition, "labels")  # it takes coordinates by name
rng = np.random.default_rng(20180812)
lon, lat = rng.uniform(46.5, 54.9, 400_000), rng.uniform(36.5, 47.3, 400_000)
few = 40_000
positions = list(zip(lon[:4000].tolist(), lat[:4000].tolist()))

def labels():
    edition.labels(lon=lon, lat=lat) if named else edition.zones_of(lon, lat)

def record():
    edition.classify(lon=lon[:few], lat=lat[:few]) if named else edition.columns(lon[:few], lat[:few])

def single():
    for x, y in positions:
        edition.classify_one(lon=x, lat=y) if named else edition.classify_one(x, y)

def build():
    with tempfile.TemporaryDirectory() as folder:
        store.Store(Path(folder)).build(Parameters("osm"))

tasks = {"labels": labels, "record": record, "single": single, "build": build}
counts = {"labels": len(lon), "record": few, "single": len(positions), "build": 1}
for line in sys.stdin:
    begin = time.process_time()
    tasks[line.strip()]()
    print((time.process_time() - begin) / counts[line.strip()], flush=True)
"""
NAMES = {
    "labels": "labels (`labels`)",
    "record": "full record of many (`classify`)",
    "single": "single answer (`classify_one`)",
    "build": "build of the default edition",
}


class Checkout:
    """A process with a checkout's core in it, waiting to be asked."""

    def __init__(self, root: Path, cache: Path | None) -> None:
        environment = {**os.environ, "PYTHONPATH": str(root)}
        if cache is not None:
            environment["CASPIAN_CACHE"] = str(cache.resolve())
        self._process = subprocess.Popen(
            [root / ".venv" / "bin" / "python", "-c", WORKER],
            cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def time_s(self, task: str) -> float:
        """Processor time of one answer of a task. [s]"""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(task + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> int:
    """Measure and print; 1 where this checkout is slower than allowed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("another", type=Path, help="folder of another checkout, with its own .venv")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cache", type=Path, help="cache of this checkout, where not the usual one")
    parser.add_argument("--other-cache", type=Path, help="cache of the other checkout")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    options = parser.parse_args()
    both = Checkout(ROOT, options.cache), Checkout(options.another.resolve(), options.other_cache)
    rows, slower = [], False
    for task in options.only:
        times = [[checkout.time_s(task) for checkout in both] for _ in range(options.rounds + 1)][1:]
        ratios = sorted(other / own for own, other in times)
        own_s, other_s = (sorted(column)[len(times) // 2] for column in zip(*times, strict=True))
        ratio = ratios[len(ratios) // 2]
        slower |= ratio < LEAST
        rows.append(
            (
                NAMES[task], f"{own_s * 1e6:,.2f}", f"{other_s * 1e6:,.2f}",
                f"{ratio:.2f}", f"{ratios[0]:.2f}-{ratios[-1]:.2f}",
            )
        )  # fmt: skip
    for checkout in both:
        checkout.close()
    tell(table(("processor time", "here [µs]", "there [µs]", "speed", "of rounds"), rows))
    tell(f"at least {LEAST:g} times as fast everywhere: {'MISSED' if slower else 'met'}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
