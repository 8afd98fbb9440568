"""Which columns of a table name the vessels and the times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.batches.column_words import (
    ROUTE_COLUMNS,
    TIME_COLUMNS,
    names_other_zone,
    words_of,
    zone_column,
)
from api.batches.rows import UserColumn
from api.errors import BodyError

# By their words, the surest kind first; of one kind there must be one column.
_VESSELS = (*ROUTE_COLUMNS, re.compile("(.*_)?(vessel|ship|boat|track|trip|voyage|device)(_?name)?"))
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
    # Why times that name no zone are not to be read as UTC, in words; empty where they are.
    no_utc: str


def find_track_columns(columns: Sequence[UserColumn], options: Options) -> TrackColumns:
    """The columns chosen, else those whose names tell it.

    Raises `BodyError`: there is none, or more than one that it could be; the columns are named, and the
    option that chooses.
    """
    vessel = _find(columns, options.vessel, _VESSELS, "vessels", "mmsi", options.vessel_option)
    time = _find(columns, options.time, TIME_COLUMNS, "times", "timestamp", options.time_option)
    return TrackColumns(vessel, time, _no_utc(time, columns, options))


def _no_utc(time: UserColumn, columns: Sequence[UserColumn], options: Options) -> str:
    needed = "times need their zone in each value, or to be UTC"
    if names_other_zone(time.name):
        return f"column {time.name[:80]!r} is not of UTC by its name, and its values name no zone; {needed}"
    zone = zone_column(columns) if options.time is None else None
    if zone is None:
        return ""
    return (
        f"column {zone.name[:80]!r} tells a zone that is not read, and column {time.name[:80]!r} has times "
        f"without one; {needed}: where they are, choose them by {options.time_option}"
    )


def _find(
    columns: Sequence[UserColumn],
    chosen: str | None,
    kinds: Sequence[re.Pattern[str]],
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
        found = [one for one in columns if kind.fullmatch(words_of(one.name).strip("_")) and not one.position]
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
