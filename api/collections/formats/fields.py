"""The features of a collection as columns and geometries of one type."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from api.collections.properties import SHAPES
from coastlines.rings import DECIMALS
from zones.atlas.features import Collection

ID = "id"


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one property, None where there is none; ``type`` as in `properties.Property`."""

    name: str
    type: str
    values: tuple[Any, ...]


def columns(collection: Collection) -> tuple[Column, ...]:
    """The id and every property of the features that are shown without being asked for.

    An empty collection has the columns as well.
    """
    shape, shown = SHAPES[collection.id], collection.features
    types = {one.name: one.type for one in shape.properties}
    names = list(shown[0].properties) if shown else list(types)
    properties = (
        Column(name, types[name], tuple(_plain(feature.properties[name]) for feature in shown))
        for name in names
    )
    return (Column(ID, "string", tuple(feature.id for feature in shown)), *properties)


def geometries(collection: Collection) -> npt.NDArray[np.object_]:
    """Geometries in the decimals in which they are published, all of the type of `geometry_type`."""
    many = shapely.multilinestrings if of_lines(collection) else shapely.multipolygons
    shapes = np.empty(len(collection.features), dtype=object)
    for row, feature in enumerate(collection.features):
        rounded = shapely.transform(feature.geometry, lambda values: np.round(values, DECIMALS))
        shapes[row] = rounded if hasattr(rounded, "geoms") else many([rounded])
    return shapes


def of_lines(collection: Collection) -> bool:
    """Whether a collection is one of lines; else it is one of areas."""
    return SHAPES[collection.id].geometry.endswith("linestring")


def geometry_type(collection: Collection) -> str:
    """The one type that `geometries` gives for a collection, the same in every edition."""
    return "MultiLineString" if of_lines(collection) else "MultiPolygon"


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
