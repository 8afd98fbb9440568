"""From tables of positions to events and sums: read, sorted, followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.batches.rows import Source
from api.batches.tracks.columns import Options, TrackColumns
from api.batches.tracks.reading import read_tracks
from api.batches.tracks.sorting import SortedEvents, SortedPositions
from api.errors import BodyError, CommandError, TooMuchError
from zones.crossings.crossed import Crosser
from zones.crossings.path import no_checkpoint
from zones.tracks.events import events_of
from zones.tracks.following import Followed, follow
from zones.tracks.positions import Positions
from zones.tracks.sums import Sum, sums_of
from zones.tracks.tables import TrackTable, event_table, sum_table
from zones.tracks.vessels import Vessels

if TYPE_CHECKING:
    from zones.editions.store import Edition

_SHOWN = 300  # characters of a reason
_MOST_UNREAD = 20  # files that a remark names


@dataclass(slots=True)
class Counts:
    """What was read, and what of it was left out."""

    rows: int = 0
    left: int = 0
    first_left: str = ""  # where the first one is, and why it is left out
    repeated: int = 0  # whose vessel has another position at the same time
    zoned: int = 0
    unzoned: int = 0
    read_as_utc: str = ""  # that times were which may be of another zone, in words
    unread: list[str] = field(default_factory=list)  # files that are left out, and why

    def remarks(self) -> list[str]:
        """What a reader has to know of it, a sentence each."""
        said = []
        if self.unread:
            files = "1 file is" if len(self.unread) == 1 else f"{len(self.unread):,} files are"
            more = "; ..." if len(self.unread) > _MOST_UNREAD else ""
            said.append(f"{files} left out: {'; '.join(self.unread[:_MOST_UNREAD])}{more}")
        if self.left:
            rows = "1 row was" if self.left == 1 else f"{self.left:,} rows were"
            said.append(f"{rows} left out; the first: {self.first_left[:_SHOWN]}")
        if self.repeated:
            rows = "1 row was" if self.repeated == 1 else f"{self.repeated:,} rows were"
            said.append(f"{rows} left out whose vessel has a position at the same time")
        if self.zoned and self.unzoned:
            is_one = self.unzoned == 1
            times = (
                "1 time that names no zone was"
                if is_one
                else f"{self.unzoned:,} times that name no zone were"
            )
            others = "1 that names" if self.zoned == 1 else f"{self.zoned:,} that name"
            said.append(f"{times} read as UTC, beside {others} one")
        if self.read_as_utc:
            said.append(self.read_as_utc)
        return said


@dataclass(slots=True)
class Tracks:
    """Tracks that are gathered from one table or several, in whatever order.

    ``folder`` makes a folder for what is more than memory is to hold; with `is_strict` the first bad row
    ends it.
    """

    folder: Callable[[], Path]
    is_strict: bool = False
    counts: Counts = field(default_factory=Counts)
    columns: TrackColumns | None = None  # of the first table
    _vessels: Vessels = field(default_factory=Vessels)
    _sorted: SortedPositions = field(init=False)

    def __post_init__(self) -> None:
        self._sorted = SortedPositions(self.folder)

    def add(
        self, source: Source, options: Options, where: str = "", most_rows: int | None = None
    ) -> Iterator[None]:
        """Take a table in, with a step for every chunk. ``where``: what it is called before a row's number.

        Raises `BodyError`: it lacks a column, or strictly, a row is bad; `TooMuchError`: more rows than
        ``most_rows``.
        """
        columns, read = read_tracks(source, options, self._vessels)
        self.columns = self.columns or columns
        counts = self.counts
        for some in read:
            counts.rows += some.rows
            if most_rows is not None and counts.rows > most_rows:
                raise TooMuchError(
                    f"more than {most_rows:,} positions (CASPIAN_MAX_POINTS); send them in parts, by vessels",
                    limit=most_rows,
                    unit="points",
                    setting="MAX_POINTS",
                )
            for row, reason in some.left[:1]:
                said = f"{where}row {row:,} below the header: {reason}"
                if self.is_strict:
                    raise BodyError(said)
                counts.first_left = counts.first_left or said
            counts.left += len(some.left)
            counts.zoned += some.zoned
            counts.unzoned += some.unzoned
            counts.read_as_utc = counts.read_as_utc or some.read_as_utc
            self._sorted.add(some.positions)
            yield

    @contextmanager
    def whole_or_not_at_all(self) -> Iterator[None]:
        """Leave a table out whole that is taken in within the block where that raises an error of its own."""
        counts, columns = replace(self.counts), self.columns
        vessels, are_whole = len(self._vessels), self._vessels.are_whole
        self._sorted.begin()
        try:
            yield
        except (BodyError, CommandError):
            self.counts, self.columns = counts, columns
            self._vessels.forget(vessels, are_whole=are_whole)
            self._sorted.undo()
            raise

    def _parts(self) -> Iterator[Positions]:
        """All positions, those of some vessels at a time. Raises `BodyError`: there is none."""
        if self.counts.rows == self.counts.left:
            first = f"; the first: {self.counts.first_left[:_SHOWN]}" if self.counts.left else ""
            raise BodyError(f"no row has a vessel, a time and a position{first}")
        for positions, repeated in self._sorted.parts(self._vessels.ranks()):
            self.counts.repeated += repeated
            yield positions

    def _followed(
        self,
        edition: Edition,
        longest_gap_h: float,
        checkpoint: Callable[[], None],
        check: Callable[[Positions], None],
    ) -> Iterator[tuple[Followed, bool]]:
        """Tracks followed; and whether they are the first of some vessels."""
        for positions in self._parts():
            check(positions)
            is_new = True
            for some in follow(edition, positions, longest_gap_h, checkpoint):
                yield some, is_new
                is_new = False

    def events(
        self,
        edition: Edition,
        longest_gap_h: float,
        checkpoint: Callable[[], None] = no_checkpoint,
        check: Callable[[Positions], None] = lambda _positions: None,
        count: Callable[[int], None] = lambda _rows: None,
    ) -> Iterator[TrackTable]:
        """Events by vessel and time, some at a time.

        ``check`` is called with sorted positions before they are followed, ``count`` with the number of
        events found.
        """
        crosser, found = Crosser(edition), SortedEvents(self.folder)
        for some, is_new in self._followed(edition, longest_gap_h, checkpoint, check):
            events = events_of(some, crosser)
            count(len(events.vessel))
            found.add(events, is_new)
        names = self._vessels.names()
        for block in found.blocks():
            yield event_table(block, names, edition.assumptions, edition.name)

    def sums(
        self,
        edition: Edition,
        longest_gap_h: float,
        checkpoint: Callable[[], None] = no_checkpoint,
        check: Callable[[Positions], None] = lambda _positions: None,
        count: Callable[[int], None] = lambda _rows: None,
    ) -> Iterator[TrackTable]:
        """Sums by vessel, kind and answer, of all vessels at once; else as `events`."""
        found: list[Sum] = []
        for positions in self._parts():
            check(positions)
            more = sums_of(follow(edition, positions, longest_gap_h, checkpoint))
            count(len(more))
            found += more
        yield sum_table(sorted(found), self._vessels.names(), edition.assumptions, edition.name)
