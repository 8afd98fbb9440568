"""Whole commands on files of positions, beside reading and writing the same alone.

    python -m benchmarks.files [--quick] [--edition osm] [--rows 20000000]

Two million rows of ships (number, time, longitude and latitude anywhere in the sea's bounding box, speed) in
Parquet and CSV. Beside labels stands what pyarrow takes to read the file and to write it with as many columns
of one word each; both in this process, in turn, by the processor's time, the least of some runs, less what
the command takes for a file of one row. Full records are written to Parquet with two workers, of one file and
of two. Then a folder of several files, as ``benchmarks.folder`` measures it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from api.batches.rows import ROWS_IN_COLUMNS
from api.commands.main import main as caspian
from benchmarks.common import table, tell
from benchmarks.folder import LABELS, measured, positions
from benchmarks.points import verdict
from zones.editions.edition import Edition
from zones.editions.store import Store

LEAST_FULL_MILLIONS = 1.0  # full records a second, by two workers
MOST_TIMES = {"parquet": 1.3, "csv": 2.0}  # as long as reading and writing alone
REPEATS = 5


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--edition", default="osm")
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows of the folder")
    options = parser.parse_args()
    count = 200_000 if options.quick else 2_000_000
    edition = Store().edition(options.edition)
    bounds = edition.rule.baseline.sea.bounds
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ships = positions(count, bounds, 0)
        pq.write_table(ships, folder / "in.parquet")
        pc.write_csv(ships.slice(0, 1), folder / "one.csv")
        pc.write_csv(ships, folder / "in.csv", pc.WriteOptions(quoting_style="none"))
        met = beside_reading_and_writing(folder, edition.name, count)
        met &= full_records(folder, edition, ships)
        rows = options.rows // (10 if options.quick else 1)
        met &= measured(folder, edition.name, bounds, rows, count)
    return 0 if met else 1


def beside_reading_and_writing(folder: Path, edition: str, count: int) -> bool:
    """Labels of one file, beside pyarrow alone."""
    rows, met = [], True
    for form, alone in (("parquet", parquet_alone), ("csv", csv_alone)):
        source, target = folder / f"in.{form}", folder / f"out.{form}"

        def labelled(source: Path = source, target: Path = target) -> None:
            classify(source, "--fields", LABELS, "--edition", edition, "-o", target)

        def started() -> None:
            classify(
                folder / "one.csv", "--fields", LABELS, "--edition", edition, "-o", folder / "started.csv"
            )

        whole, peer, start = least_in_turn_s(labelled, lambda alone=alone: alone(folder), started)
        ours = whole - start
        met &= ours <= MOST_TIMES[form] * peer
        rows.append((form, f"{peer:.2f}", f"{ours:.2f}", f"{ours / peer:.2f}", f"{MOST_TIMES[form]}"))
    tell(f"labels of {count:,} rows, seconds of the processor")
    tell(table(("", "reading and writing", "classify", "ratio", "at most"), rows))
    tell(verdict(met))
    return met


def full_records(folder: Path, edition: Edition, ships: pa.Table) -> bool:
    """Full records into Parquet by two workers, of one file and of its halves, beside the records alone.

    A rate is of rows to the time that both processors worked, half of it each: other work beside counts for
    nothing. Files of their own share nothing, so that their rate is the one that is asked for.
    """
    (folder / "halves").mkdir()
    half = ships.num_rows // 2
    for at in range(2):
        pq.write_table(ships.slice(at * half, half), folder / "halves" / f"{at}.parquet")
    runs = {
        "one file": (folder / "in.parquet", folder / "full.parquet"),
        "two files": (folder / "halves", folder / "full"),
    }
    begin = processor_s()
    for first in range(0, ships.num_rows, ROWS_IN_COLUMNS):
        part = ships.slice(first, ROWS_IN_COLUMNS)
        edition.classify(lon=part["lon"].to_numpy(), lat=part["lat"].to_numpy())
    alone = processor_s() - begin
    rows = [("records alone", "", f"{alone:.2f}", f"{2 * ships.num_rows / alone / 1e6:.2f}")]
    for name, (source, target) in runs.items():
        start, begin = time.perf_counter(), processor_s()
        classify(source, "--edition", edition.name, "--workers", 2, "-o", target)
        took, worked = time.perf_counter() - start, processor_s() - begin
        rows.append((name, f"{took:.2f}", f"{worked:.2f}", f"{2 * ships.num_rows / worked / 1e6:.2f}"))
    tell(f"full records of {ships.num_rows:,} rows into Parquet, two workers")
    tell(table(("", "seconds", "of the processors", "million a second of two processors"), rows))
    met = 2 * ships.num_rows / worked / 1e6 >= LEAST_FULL_MILLIONS
    tell(f"at least {LEAST_FULL_MILLIONS:g} million a second of two files: {verdict(met)}")
    return met


def classify(*arguments: object) -> None:
    if caspian(["classify", *map(str, arguments)]) != 0:
        raise SystemExit("the command failed")


def parquet_alone(folder: Path) -> None:
    pq.write_table(with_words(pq.read_table(folder / "in.parquet")), folder / "alone.parquet")


def csv_alone(folder: Path) -> None:
    ships = with_words(pc.read_csv(folder / "in.csv"))
    pc.write_csv(ships, folder / "alone.csv", pc.WriteOptions(quoting_style="none"))


def with_words(ships: pa.Table) -> pa.Table:
    """Columns as those of labels, of one word each."""
    first = pa.array(np.zeros(ships.num_rows, dtype=np.int32))
    words = {"zone": "common_maritime_space", "state": "KAZ", "sector": "KAZ"}
    for name, word in words.items():
        ships = ships.append_column(name, pa.array([word]).take(first))
    return ships.append_column("error", pa.nulls(ships.num_rows, pa.string()))


def least_in_turn_s(*runs: Callable[[], object]) -> list[float]:
    """The least time of the processor for each of several, which run in turn. [s]"""
    least = [float("inf")] * len(runs)
    for _ in range(REPEATS):
        for at, run in enumerate(runs):
            begin = time.process_time()
            run()
            least[at] = min(least[at], time.process_time() - begin)
    return least


def processor_s() -> float:
    """Time of the processors of this process and those that it has ended. [s]"""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
