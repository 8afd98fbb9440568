"""Which columns of a table name the vessels and the times."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from api.batches.column_words import ROUTE_COLUMNS, words_of
from api.batches.rows import Chunk, UserColumn
from api.batches.time_columns import (
    TIME_KINDS,
    hour_column,
    is_harmless,
    is_short,
    names_other_zone,
    zone_column,
)
from api.errors import BodyError
from zones.tracks.times import SHORT_NUMBERS, Times

_VESSELS = (*ROUTE_COLUMNS, re.compile("(.*_)?(vessel|ship|boat|track|trip|voyage|device)(_?name)?"))
_NEEDED = (
    "times need their zone in each value, or to be UTC, in a column whose name tells no other: "
    "2024-01-05T10:30+04:00 or 2024-01-05T06:30Z"
)
_SHOWN = 20  # columns that an error lists


class Options(NamedTuple):
    """The names of columns chosen, None where that is left open; and what the options are called."""

    vessel: str | None
    time: str | None
    vessel_option: str
    time_option: str


class TrackColumns(NamedTuple):
    """The columns of a table."""

    vessel: UserColumn
    time: UserColumn
    others: tuple[UserColumn, ...]
    # The option that chooses the column of times, and whether it did.
    time_option: str
    is_chosen: bool

    def check_times(self, chunk: Chunk, times: Times) -> None:
        """Raises `BodyError`: the times of a chunk may be others than those that were read."""
        name = repr(self.time.name[:80])
        if times.unzoned and (why := self._why_not_utc(chunk)):
            raise BodyError(why)
        if hours := hour_column(chunk, self.others, times.time_us):
            raise BodyError(
                f"column {name} has days alone, and column {hours.name[:80]!r} their hours, which are not "
                "read; a time is needed in one column"
            )

    def _why_not_utc(self, chunk: Chunk) -> str:
        """Why times that name no zone are not to be read as UTC, in words; empty where they are."""
        name = repr(self.time.name[:80])
        if names_other_zone(self.time.name):
            return f"column {name} is not of UTC by its name, and its values name no zone; {_NEEDED}"
        choice = f"{_NEEDED}; where they are of UTC, choose them by {self.time_option}"
        if self.is_chosen:
            return ""
        if not is_harmless(self.time.name):
            return f"column {name} may be of any zone by its name, and its values name none; {choice}"
        if zone := zone_column(chunk, self.others):
            said = f"column {zone.name[:80]!r} tells a zone that is not read"
            return f"{said}, and column {name} has times without one; {choice}"
        return ""

    def check_type(self, chunk: Chunk) -> None:
        """Raises `BodyError`: the column of times is of numbers that are too short for times."""
        if is_short(chunk, self.time):
            raise BodyError(f"column {self.time.name[:80]!r}: {SHORT_NUMBERS}")

    def read_as_utc(self, chunk: Chunk) -> str:
        """That times without a zone were read as UTC because they were chosen, in words; else empty."""
        if not self.is_chosen:
            return ""
        zone = zone_column(chunk, self.others)
        if zone is None and is_harmless(self.time.name):
            return ""
        beside = "" if zone is None else f", whatever column {zone.name[:80]!r} tells"
        return f"times of column {self.time.name[:80]!r} name no zone and were read as UTC{beside}"


def find_track_columns(columns: Sequence[UserColumn], options: Options) -> TrackColumns:
    """The columns chosen, else those whose names tell it.

    Raises `BodyError`: there is none, or more than one that it could be; the columns are named, and the
    option that chooses.
    """
    kinds = tuple(map(_is_named, _VESSELS))
    vessel = _find(columns, options.vessel, kinds, "vessels", "mmsi", options.vessel_option)
    time = _find(columns, options.time, TIME_KINDS, "times", "timestamp", options.time_option)
    others = tuple(one for one in columns if one not in (vessel, time) and not one.position)
    return TrackColumns(vessel, time, others, options.time_option, options.time is not None)


def _is_named(kind: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda name: kind.fullmatch(words_of(name).strip("_")) is not None


def _find(
    columns: Sequence[UserColumn],
    chosen: str | None,
    kinds: Sequence[Callable[[str], bool]],
    what: str,
    usual: str,
    option: str,
) -> UserColumn:
    if chosen is not None:
        for exact in (str.strip, lambda name: name.strip().casefold()):
            found = [one for one in columns if exact(one.name) == exact(chosen)]
            if len(found) == 1:
                return found[0]
        lacking = f"{len(found)} columns are called" if found else "there is no column"
        raise BodyError(f"{lacking} {chosen[:80]!r} ({option}); there are {_listed(columns)}")
    for kind in kinds:
        found = [one for one in columns if kind(one.name) and not one.position]
        if len(found) == 1:
            return found[0]
        if found:
            raise BodyError(f"several columns may hold the {what}: {_listed(found)}; choose one by {option}")
    raise BodyError(
        f"no column holds the {what}, as {usual} would; choose one by {option}; there are {_listed(columns)}"
    )


def _listed(columns: Sequence[UserColumn]) -> str:
    names = [repr(one.name[:80]) for one in columns[:_SHOWN]]
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    return f"{', '.join(names)}{more}" if names else "none"
