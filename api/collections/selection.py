"""Features chosen from a collection: by box and properties, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from api.atlas import Atlas
from api.http.query import Box
from api.texts.reference_systems import CRS84, ReferenceSystem
from zones.atlas.features import Feature

Value = str | float | bool

STATE = "state"
# Where a feature names a State; lines between two States name both.
_STATE_PROPERTIES = (STATE, "states")


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a collection is asked for.

    ``bbox`` is a box along the axes of ``bbox_system``, lower corner before upper, None for everywhere;
    ``values`` are what properties must be.
    """

    bbox: Box | None = None
    bbox_system: ReferenceSystem = CRS84
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


def select(atlas: Atlas, collection: str, selection: Selection, *, limit: int, offset: int) -> Page:
    """The features of a collection that fit a selection, `limit` of them from `offset` on, in their order.

    What is shown on request only is chosen by asking for its status.
    """
    chosen = atlas.collection(collection)
    shown = chosen.everything if "status" in selection.values else chosen.features
    rows = [row for row, feature in enumerate(shown) if _fits(feature, selection)]
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
    return all(
        value in states_of(feature) if name == STATE else feature.properties.get(name) == value
        for name, value in selection.values.items()
    )


def box_shape(bbox: Box, system: ReferenceSystem) -> shapely.Geometry:
    """A box, which may have no width or height; two where it crosses 180 degrees (RFC 7946, 5.2)."""
    axis = system.longitude_axis
    if axis is None or bbox[axis] <= bbox[2 + axis]:
        return _box(*bbox)
    to_180, from_180 = list(bbox), list(bbox)
    to_180[2 + axis], from_180[axis] = 180.0, -180.0
    return shapely.union(_box(*to_180), _box(*from_180))


def _box(left: float, lower: float, right: float, upper: float) -> shapely.Geometry:
    corners = {(left, lower), (right, lower), (right, upper), (left, upper)}
    if len(corners) == 1:
        return shapely.Point(left, lower)
    if len(corners) == 2:
        return shapely.LineString(sorted(corners))
    return shapely.box(left, lower, right, upper)
