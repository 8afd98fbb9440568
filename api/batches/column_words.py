"""Columns that name vessels, routes and times, by the words of their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.batches.rows import UserColumn

# Columns that tell the routes of a table apart, by their words, the surest kind first. What may also number
# or name points does so only where two values or more come again elsewhere.
_OF_ROUTES = "vessel|ship|boat|track|trip|voyage|cruise|route|device|object"
ROUTE_COLUMNS = tuple(
    re.compile(rf"(.*_)?({words})")
    for words in ("mmsi", "imo(_?(no|number))?", "call_?sign", rf"({_OF_ROUTES})_?(id|no|number|name|key)")
)
MAYBE_ROUTE_COLUMNS = re.compile(rf"(.*_)?({_OF_ROUTES})|identifier|uuid|guid|id|name")
_OF_TIME = "time|date_?time|timestamp|epoch"
TIME_COLUMNS = (
    re.compile("timestamp"),
    re.compile(rf"(.*_)?({_OF_TIME}|basedatetime)(_(utc|gmt|z|ms|s|us|ns|unix))?|(.*_)?(utc|ts)|t"),
)

# Names that tell of a zone other than UTC, as ``Time (UTC+4)``, ``local_time`` and ``timestamp+03:00``; but
# not ``utc+0`` and ``utc_1``.
_LOCAL = re.compile(r"(.*_)?local(_.*)?|(.*_)?localtime(_.*)?")
_OFFSET = re.compile(
    r"(?:(?:utc|gmt)[^a-z0-9+\-\u2212]*[+\-\u2212]\s*|(?:utc|gmt)(?=\d)|[+\u2212]|-(?=\d\d:\d\d))"
    r"(\d{1,2}(?::?\d\d)?)",
    re.IGNORECASE,
)
_ZONE_COLUMN = re.compile("(.*_)?(time_?zone|tz)(_(id|name|offset))?|(.*_)?(utc|gmt|zone)_offset")


def names_other_zone(name: str) -> bool:
    """Whether the name of a column of times tells of a zone that is not UTC."""
    offset = _OFFSET.search(name)
    is_other = offset is not None and any(one in "123456789" for one in offset[1])
    return is_other or _LOCAL.fullmatch(words_of(name).strip("_")) is not None


def zone_column(columns: Sequence[UserColumn]) -> UserColumn | None:
    """A column that tells the zones of the times in another."""
    return next((one for one in columns if _ZONE_COLUMN.fullmatch(words_of(one.name).strip("_"))), None)


def time_column(columns: Sequence[UserColumn]) -> UserColumn | None:
    """The column that surely holds times: the only one of its kind."""
    for kind in TIME_COLUMNS:
        found = [one for one in columns if kind.fullmatch(words_of(one.name).strip("_"))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def words_of(name: str) -> str:
    """As ``vessel_imo`` for ``VESSEL-IMO`` or ``vesselImo``."""
    return re.sub("[^a-z]+", "_", re.sub("([a-z])([A-Z])", r"\1_\2", name).lower())
