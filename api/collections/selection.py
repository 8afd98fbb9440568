"""Features chosen from a collection: by box and properties, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from api.atlas import Atlas
from api.collections.cql2.reading import Filter
from api.texts.reference_systems import CRS84, Box, ReferenceSystem, box_shape
from zones.atlas.features import Feature
from zones.crossings.path import no_checkpoint

Value = str | float | bool

ID, STATE = "id", "state"
# Where a feature names a State; lines between two States name both.
_STATE_PROPERTIES = (STATE, "states")
_ON_REQUEST = "status"  # who asks for it is shown all there is


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a collection is asked for.

    ``bbox`` is a box along the axes of ``bbox_system``, lower corner before upper, None for everywhere;
    ``values`` are what properties must be, ``filter`` is a condition in CQL2. All have to be met.
    """

    bbox: Box | None = None
    bbox_system: ReferenceSystem = CRS84
    values: Mapping[str, Value] = field(default_factory=dict)
    filter: Filter | None = None


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


def select(
    atlas: Atlas,
    collection: str,
    selection: Selection,
    *,
    limit: int,
    offset: int,
    checkpoint: Callable[[], None] = no_checkpoint,
) -> Page:
    """The features of a collection that fit a selection, `limit` of them from `offset` on, in their order.

    What is shown on request only is chosen by asking for its status. `checkpoint` is asked at times, where
    that takes long.
    """
    chosen = atlas.collection(collection)
    rows, named = list(range(len(chosen.everything))), frozenset(selection.values)
    if selection.filter is not None:
        rows, by_filter = selection.filter.rows(atlas, collection, checkpoint)
        named |= by_filter
    shown = len(chosen.everything if _ON_REQUEST in named else chosen.features)
    rows = [row for row in rows if row < shown and _fits(chosen.everything[row], selection)]
    if selection.bbox is not None:
        system = selection.bbox_system
        drawn, box = atlas.geometries(collection, system)[rows], box_shape(selection.bbox, system)
        inside = np.asarray(shapely.intersects(drawn, box), dtype=bool)
        rows = [row for row, is_inside in zip(rows, inside.tolist(), strict=True) if is_inside]
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
    return all(_has(feature, name, value) for name, value in selection.values.items())


def _has(feature: Feature, name: str, value: Value) -> bool:
    if name == STATE:
        return value in states_of(feature)
    return value == (feature.id if name == ID else feature.properties.get(name))
