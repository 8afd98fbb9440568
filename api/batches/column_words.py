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
