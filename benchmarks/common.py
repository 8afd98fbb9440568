"""What the benchmarks share: one core, repeated timing, coasts, tables."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from coastlines import load_source
from zones.baseline.baseline import Baseline
from zones.editions.building import baseline_of
from zones.geodesy.geodesics import densify_geodesics
from zones.judge.distances import Ruler

NM_M = 1852.0


def stay_on_one_core() -> None:
    """Keep this process on one core where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def median_time_s(run: Callable[[], Any], repeats: int, *, warm_up: bool = True) -> tuple[float, Any]:
    """Median duration of several runs after one that is not counted, and the last result. [s]"""
    if warm_up:
        run()
    durations = []
    result = None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = run()
        durations.append(time.perf_counter() - begin)
    return sorted(durations)[len(durations) // 2], result


def dense_baseline(coast: str, piece_m: float | None = None) -> Baseline:
    """Baseline of a bundled coast, its geodesics cut into pieces of at most so much. [m]"""
    source = load_source(coast)
    if piece_m is not None:
        source = replace(
            source,
            mainland=densify_geodesics(source.mainland, piece_m),
            islands=tuple(densify_geodesics(ring, piece_m) for ring in source.islands),
        )
    return baseline_of(source)


def open_ruler(baseline: Baseline) -> Ruler:
    """The judge's ruler over all States' baselines."""
    own = baseline.is_baseline
    return Ruler(baseline.start[own], baseline.end[own])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned, the first to the left."""
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in (head, *rows)
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def tell(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
