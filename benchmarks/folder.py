"""Labels of a folder of positions by the whole command: rows a second, and the memory of each process.

    python -m benchmarks.folder [--rows 100000000] [--of-each 2000000] [--workers 2] [--edition osm]

The folder is made first, of Parquet files in a temporary folder: of a hundred million rows some 2 GB, and the
answers are as large. Times are of the processors, start and hashes included. Memory is what each process had
in use at most (VmHWM), what it shares with others included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.common import tell
from benchmarks.points import verdict
from zones.editions.store import Store

LABELS = "zone,state,sector"
MOST_BYTES = 1e9  # of memory a process
# A small process starts the command, for the memory of who starts a process counts as that of the process.
_WATCHED = """
import json, os, pathlib, resource, subprocess, sys, time
command = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL, start_new_session=True)
most = {}
while command.poll() is None:
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == command.pid:
                words = (process / "status").read_text().split()
                most[process.name] = int(words[words.index("VmHWM:") + 1]) * 1024
        except (OSError, ValueError):
            pass
    time.sleep(0.2)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([command.returncode, used.ru_utime + used.ru_stime, sorted(most.values(), reverse=True)]))
"""


def main() -> int:
    """Measure and print; 1 where a process has more memory than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edition", default="osm")
    parser.add_argument("--rows", type=int, default=100_000_000, help="rows of all files together")
    parser.add_argument("--of-each", type=int, default=2_000_000, help="rows of a file")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    edition = Store().edition(options.edition)
    with tempfile.TemporaryDirectory() as place:
        bounds = edition.rule.baseline.sea.bounds
        met = measured(
            Path(place), edition.name, bounds, options.rows, options.of_each, workers=options.workers
        )
    return 0 if met else 1


def positions(count: int, bounds: tuple[float, float, float, float], seed: int) -> pa.Table:
    """Ships at random places, their positions to five decimals."""
    rng = np.random.default_rng(seed)
    west, south, east, north = bounds
    numbers = rng.integers(423_000_000, 438_000_000, 500)
    return pa.table(
        {
            "mmsi": numbers[rng.integers(0, len(numbers), count)],
            "timestamp": pa.array(1_700_000_000 + 16 * np.arange(count), pa.timestamp("s")),
            "lon": np.round(rng.uniform(west, east, count), 5),
            "lat": np.round(rng.uniform(south, north, count), 5),
            "sog": np.round(rng.uniform(0, 20, count), 1),
        }
    )


def measured(
    folder: Path,
    edition: str,
    bounds: tuple[float, float, float, float],
    count: int,
    of_each: int,
    *,
    workers: int = 2,
) -> bool:
    """Labels of a folder, by a command of its own; whether no process has more memory than it may."""
    source = folder / "folder"
    source.mkdir()
    files = max(2, count // of_each)
    for at in range(files):
        pq.write_table(positions(count // files, bounds, at), source / f"{at:03}.parquet")
    command = [sys.executable, "-m", "api.commands.main", "classify", source, "--fields", LABELS]
    command += ["--edition", edition, "--workers", workers, "-o", folder / "answers"]
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True
    )
    took = time.perf_counter() - begin
    code, worked, peaks = json.loads(done.stdout)
    if code != 0:
        raise SystemExit("the command failed")
    tell(
        f"labels of {count:,} rows in {files} Parquet files, {workers} workers, start and hashes included: "
        f"{took:.1f} s, {worked:.1f} s of the processors, {2 * count / worked / 1e6:.2f} million rows a "
        f"second of two processors; a billion would take {worked / 2 * 1e9 / count / 60:.0f} minutes of them"
    )
    shown = ", ".join(f"{peak / 1e6:,.0f}" for peak in peaks)
    is_met = max(peaks) < MOST_BYTES
    tell(f"memory of each process {shown} MB, below {MOST_BYTES / 1e6:,.0f}: {verdict(is_met)}")
    return is_met


if __name__ == "__main__":
    sys.exit(main())
