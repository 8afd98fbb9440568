"""Columns that name vessels and routes, by the words of their names."""

from __future__ import annotations

import re

# Columns that tell the routes of a table apart, by their words, the surest kind first. What may also number
# or name points does so only where two values or more come again elsewhere.
_OF_ROUTES = "vessel|ship|boat|track|trip|voyage|cruise|route|device|object"
ROUTE_COLUMNS = tuple(
    re.compile(rf"(.*_)?({words})")
    for words in ("mmsi", "imo(_?(no|number))?", "call_?sign", rf"({_OF_ROUTES})_?(id|no|number|name|key)")
)
MAYBE_ROUTE_COLUMNS = re.compile(rf"(.*_)?({_OF_ROUTES})|identifier|uuid|guid|id|name")


def words_of(name: str) -> str:
    """As ``vessel_imo`` for ``VESSEL-IMO`` or ``vesselImo``."""
    return re.sub("[^a-z]+", "_", re.sub("([a-z])([A-Z])", r"\1_\2", name).lower())
