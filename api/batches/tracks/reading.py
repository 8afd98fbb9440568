"""Rows with vessel, time and position, from any table of positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from api.batches.rows import Chunk, Source, UserColumn
from api.batches.time_columns import arrow_column
from api.batches.tracks.columns import Options, TrackColumns, find_track_columns
from api.errors import BodyError, TooMuchError
from zones.arrays import Integers
from zones.tracks.positions import Positions
from zones.tracks.times import Times, read_times
from zones.tracks.vessels import Vessels

MOST_VESSELS = 1_000_000
_ENCODED = re.compile("u?int|(large_)?string|dictionary")  # types of Arrow


class Left(NamedTuple):
    """A row that is left out, counted from 1, and why."""

    row: int
    reason: str


class Read(NamedTuple):
    """The good rows of a chunk, and what was found in it."""

    positions: Positions  # vessels by the numbers that `Vessels` gives them
    rows: int  # good or bad
    left: list[Left]
    # zoned, unzoned: times that name a zone, and those that could and do not
    zoned: int
    unzoned: int
    read_as_utc: str  # that they were, in words, where it is to be said


def read_tracks(source: Source, options: Options, vessels: Vessels) -> tuple[TrackColumns, Iterator[Read]]:
    """The columns of vessels and times, and all rows chunk by chunk. Raises `BodyError`."""
    columns = find_track_columns(source.user_columns(), options)
    return columns, _chunks(source, columns, vessels)


def _chunks(source: Source, columns: TrackColumns, vessels: Vessels) -> Iterator[Read]:
    begun = 0
    for chunk in source.chunks():
        yield _read(chunk, columns, vessels, begun)
        begun += len(chunk.batch)


def _read(chunk: Chunk, columns: TrackColumns, vessels: Vessels, begun: int) -> Read:
    batch, errors = chunk.batch, dict(chunk.batch.errors)
    numbers = _numbers(chunk, columns.vessel, vessels)
    if len(vessels) > MOST_VESSELS:
        raise TooMuchError(
            f"more than {MOST_VESSELS:,} vessels; is this the column that names them?",
            limit=MOST_VESSELS,
            unit="vessels",
        )
    columns.check_type(chunk)
    times = _times(chunk, columns.time)
    columns.check_times(chunk, times)
    for row in np.flatnonzero(numbers < 0).tolist():
        errors.setdefault(row, "the row names no vessel")
    for row, reason in times.errors.items():
        errors.setdefault(row, reason)
    good = np.ones(len(batch), dtype=bool)
    good[list(errors)] = False
    positions = Positions(numbers, times.time_us, batch.lon, batch.lat).part(np.flatnonzero(good))
    left = [Left(begun + row + 1, reason) for row, reason in sorted(errors.items())]
    said = columns.read_as_utc(chunk) if times.unzoned else ""
    return Read(positions, len(batch), left, times.zoned, times.unzoned, said)


def _numbers(chunk: Chunk, column: UserColumn, vessels: Vessels) -> Integers:
    given = arrow_column(chunk, column)
    if given is not None and _ENCODED.match(str(given.type)):  # each name is looked at once
        coded = given if hasattr(given, "dictionary") else given.dictionary_encode()
        known = [vessels.number(value) for value in coded.dictionary.to_pylist()]
        places = np.array([*known, -1], dtype=np.int64)
        return np.asarray(places[coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)])
    (values,) = chunk.columns([column])
    return np.array([vessels.number(value) for value in values], dtype=np.int64)


def _times(chunk: Chunk, column: UserColumn) -> Times:
    given = arrow_column(chunk, column)
    if given is not None and str(given.type).startswith("timestamp"):
        from pyarrow import ArrowInvalid, int64, timestamp

        is_finer = given.type.unit == "ns"  # whose last digits are left out
        try:
            moments = given.cast(timestamp("us", given.type.tz), safe=not is_finer).cast(int64())
        except ArrowInvalid:
            raise BodyError(f"column {column.name[:80]!r} has a time that is beyond all others") from None
        empty = moments.is_null().to_numpy(zero_copy_only=False)
        time_us = moments.fill_null(0).to_numpy(zero_copy_only=False).astype("datetime64[us]")
        time_us[empty] = np.datetime64("NaT")
        times = read_times(time_us)
        has_zone = given.type.tz is not None
        return times._replace(zoned=times.unzoned, unzoned=0) if has_zone else times
    (values,) = chunk.columns([column])
    return read_times(values)
