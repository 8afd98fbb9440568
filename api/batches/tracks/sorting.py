"""Positions sorted by vessel and time, more than memory holds: by way of files, each with some vessels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zones.arrays import Integers
from zones.crossings.crossed import Crossed
from zones.tracks.events import Events, joined_events
from zones.tracks.positions import Positions, in_order

FILES = 256  # that vessels are dealt out to
ROWS_IN_MEMORY = 2_000_000  # of 28 bytes
_ROWS_AT_A_TIME = 50_000  # of events

_POSITION = np.dtype([("vessel", "<i4"), ("time_us", "<i8"), ("lon", "<f8"), ("lat", "<f8")])
_EVENT = np.dtype(
    [
        *(("vessel", "<i4"), ("time_us", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("event", "<i1")),
        *(("kind", "<i1"), ("code", "<i8"), ("between_us", "<i8"), ("crossed", "<i4")),
    ]
)


class SortedPositions:
    """Takes positions in any order, and gives those of some vessels at a time, sorted.

    ``folder`` takes the files, 28 bytes a position; it is asked for when they are more than memory is to
    hold. Which vessels are together depends on their numbers alone.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._kept: list[Positions] = []
        self._count = 0
        self._files: Path | None = None
        # Since `begin`: those kept then, and once they are written the sizes of the files.
        self._before: list[Positions] = []
        self._sizes: dict[Path, int] | None = None

    def begin(self) -> None:
        """Take in what `undo` may leave out again."""
        self._before, self._sizes = list(self._kept), None

    def undo(self) -> None:
        """Leave out what was taken in since `begin`."""
        if self._sizes is None:
            self._kept = self._before
        else:
            assert self._files is not None
            self._kept = []
            for path in self._files.iterdir():
                if path in self._sizes:
                    os.truncate(path, self._sizes[path])
                else:
                    path.unlink()
        self._count = sum(len(one.vessel) for one in self._kept)

    def add(self, positions: Positions) -> None:
        """Take positions in."""
        self._kept.append(positions)
        self._count += len(positions.vessel)
        if self._count >= ROWS_IN_MEMORY:
            self._write()

    def parts(self, ranks: Integers) -> Iterator[tuple[Positions, int]]:
        """Positions of some vessels, these by their ranks instead of their numbers; and how many were left
        out as `in_order` says.
        """
        if self._files is None:
            yield self._sorted(self._kept, ranks)
            return
        self._write()
        for path in sorted(self._files.iterdir()):
            rows = np.fromfile(path, dtype=_POSITION)
            path.unlink()
            yield self._sorted([_positions(rows)], ranks)

    def _sorted(self, parts: list[Positions], ranks: Integers) -> tuple[Positions, int]:
        joined = Positions._make(
            map(np.concatenate, zip(_positions(np.empty(0, _POSITION)), *parts, strict=True))
        )
        parts.clear()
        return in_order(joined._replace(vessel=ranks[joined.vessel]))

    def _write(self) -> None:
        """Deal what is kept out to the files."""
        if self._files is None:
            self._files = self._folder()
        if self._sizes is None:
            self._deal_out(self._before, self._files)
            self._sizes = {path: path.stat().st_size for path in self._files.iterdir()}
            self._kept = self._kept[len(self._before) :]
        self._deal_out(self._kept, self._files)
        self._kept, self._count = [], 0

    def _deal_out(self, parts: list[Positions], files: Path) -> None:
        rows = np.concatenate([_records(part) for part in parts] or [np.empty(0, _POSITION)])
        file = rows["vessel"] % FILES
        order = np.argsort(file, kind="stable")
        bounds = np.searchsorted(file[order], np.arange(FILES + 1))
        for number, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            if last > first:
                with (files / f"{number:03}.positions").open("ab") as target:
                    target.write(rows[order[first:last]].tobytes())


def _records(positions: Positions) -> np.ndarray:
    rows = np.empty(len(positions.vessel), dtype=_POSITION)
    for name, column in zip(Positions._fields, positions, strict=True):
        rows[name] = column
    return rows


def _positions(rows: np.ndarray) -> Positions:
    vessel, time_us, lon, lat = (np.ascontiguousarray(rows[name]) for name in Positions._fields)
    return Positions(vessel.astype(np.int64), time_us, lon, lat)


class _Run(NamedTuple):
    """A file of events: of each vessel its rank, its first event and how many it has."""

    path: Path
    ranks: list[int]
    first: list[int]
    counts: list[int]


class SortedEvents:
    """Takes events of some vessels at a time, and gives all of them by the ranks of the vessels.

    ``folder`` takes files, 50 bytes an event; it is asked for with the second part.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._only: list[Events] = []
        self._crossed: dict[Crossed, int] = {}
        self._runs: list[_Run] = []
        self._files: Path | None = None

    def add(self, events: Events, is_new_part: bool) -> None:
        """Take events in, in the order of a part of `SortedPositions`."""
        if is_new_part and self._only:
            self._write()
        self._only.append(events)

    def blocks(self) -> Iterator[Events]:
        """All events, some at a time."""
        if not self._runs:
            yield from self._only
            return
        self._write()
        words = list(self._crossed)
        pending: list[Events] = []
        for number, first, count in self._by_vessel():
            rows = np.fromfile(self._runs[number].path, _EVENT, count, offset=first * _EVENT.itemsize)
            pending.append(_events(rows, words))
            if sum(len(one.vessel) for one in pending) >= _ROWS_AT_A_TIME:
                yield joined_events(pending)
                pending = []
        yield joined_events(pending)

    def _by_vessel(self) -> list[tuple[int, int, int]]:
        """Of each vessel, in their order, the run, its first event there, and how many it has."""
        found = [
            (rank, number, first, count)
            for number, run in enumerate(self._runs)
            for rank, first, count in zip(run.ranks, run.first, run.counts, strict=True)
        ]
        return [rest for _, *rest in sorted(found)]  # type: ignore[misc]

    def _write(self) -> None:
        events = joined_events(self._only)
        self._only = []
        rows = np.empty(len(events.vessel), dtype=_EVENT)
        for name in Events._fields[:-1]:
            rows[name] = getattr(events, name)
        rows["crossed"] = [self._crossed.setdefault(one, len(self._crossed)) for one in events.crossed]
        self._files = self._files or self._folder()
        path = self._files / f"{len(self._runs):03}.events"
        path.write_bytes(rows.tobytes())
        ranks, first, counts = np.unique(events.vessel, return_index=True, return_counts=True)
        self._runs.append(_Run(path, ranks.tolist(), first.tolist(), counts.tolist()))


def _events(rows: np.ndarray, words: list[Crossed]) -> Events:
    columns = [np.ascontiguousarray(rows[name]) for name in Events._fields[:-1]]
    columns[0] = columns[0].astype(np.int64)
    return Events._make((*columns, [words[place] for place in rows["crossed"].tolist()]))
