"""Features chosen from a collection: by box and properties, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from zones.atlas.features import Collection, Feature

Value = str | float | bool

STATE = "state"
# Where a feature names a State; lines between two States name both.
_STATE_PROPERTIES = (STATE, "states")


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a collection is asked for.

    ``bbox`` is W, S, E, N in degrees, None for everywhere; ``values`` are what properties must be.
    """

    bbox: tuple[float, float, float, float] | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was chosen.

    ``rows`` are places in the collection; ``matched`` counts all that were chosen. ``following``
    and ``preceding`` are offsets of the neighbouring pages, None where there is none.
    """

    rows: tuple[int, ...]
    matched: int
    following: int | None
    preceding: int | None


def select(collection: Collection, selection: Selection, *, limit: int, offset: int) -> Page:
    """The features that fit a selection, `limit` of them from `offset` on, in their order.

    What is shown on request only is chosen by asking for its status.
    """
    shown = collection.everything if "status" in selection.values else collection.features
    rows = [row for row, feature in enumerate(shown) if _fits(feature, selection)]
    if selection.bbox is not None:
        rows = _in_box(collection, rows, selection.bbox)
    end = offset + limit
    return Page(
        rows=tuple(rows[offset:end]),
        matched=len(rows),
        following=end if end < len(rows) else None,
        preceding=_preceding(offset, limit, len(rows)),
    )


def _preceding(offset: int, limit: int, matched: int) -> int | None:
    """Offset of the page before; from beyond the end that of the last page with something on it."""
    if offset <= 0 or not matched:
        return None
    if offset >= matched:
        return (matched - 1) // limit * limit
    return max(0, offset - limit)


def states_of(feature: Feature) -> set[str]:
    """Codes of the States that a feature belongs to or lies between."""
    return {
        code
        for name in _STATE_PROPERTIES
        for code in str(feature.properties.get(name) or "").replace(",", "-").split("-")
        if code
    }


def _fits(feature: Feature, selection: Selection) -> bool:
    return all(
        value in states_of(feature) if name == STATE else feature.properties.get(name) == value
        for name, value in selection.values.items()
    )


def _box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A box, which may have no width or height."""
    corners = {(west, south), (east, south), (east, north), (west, north)}
    if len(corners) == 1:
        return shapely.Point(west, south)
    if len(corners) == 2:
        return shapely.LineString(sorted(corners))
    return shapely.box(west, south, east, north)


def _in_box(collection: Collection, rows: list[int], bbox: tuple[float, float, float, float]) -> list[int]:
    west, south, east, north = bbox
    # RFC 7946, 5.2: a box whose west is east of its east crosses the antimeridian.
    parts = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    geometries = np.array([collection.everything[row].geometry for row in rows], dtype=object)
    inside = np.zeros(len(rows), dtype=bool)
    for left, right in parts:
        inside |= shapely.intersects(geometries, _box(left, south, right, north))
    return [row for row, is_inside in zip(rows, inside.tolist(), strict=True) if is_inside]
