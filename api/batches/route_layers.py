"""Routes and areas in layers of GeoPackage, FlatGeobuf, shapefiles and GeoParquet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from api.batches.arrow_tables import ArrowSource
from api.batches.crossings import Asked
from api.errors import BodyError

_POINT, _MULTIPOINT = 0, 4  # type numbers of GEOS
_NAMES = ("id", "name", "title")  # of columns that tell features apart


def asked_of_layer(source: ArrowSource) -> Asked | None:
    """The lines and polygons of a layer; None where it holds points, which make a route of a table.

    Raises `BodyError`: there is no geometry in it, or one cannot be brought to WGS84.
    """
    geometries: list[Any] = []
    names: list[Any] = []
    own = source.user_columns()
    named = next((one for name in _NAMES for one in own if one.name.casefold() == name), None)
    for batch, found in source.geometries():
        geometries += [_on_wgs84(source, one, len(geometries) + at) for at, one in enumerate(found)]
        names += batch.column(named.place).to_pylist() if named is not None else [None] * len(found)
    kinds = {shapely.get_type_id(one) for one in geometries if one is not None}
    if not kinds:
        raise BodyError("there is no geometry in it")
    if kinds <= {_POINT, _MULTIPOINT}:
        return None
    shapes = tuple(None if one is None else shapely.geometry.mapping(one) for one in geometries)
    ids: Sequence[Any] = [one if isinstance(one, (str, int)) else None for one in names]
    return Asked(shapes, tuple(ids), len(shapes) > 1)


def _on_wgs84(source: ArrowSource, geometry: Any, number: int) -> Any:
    if geometry is None or source.transform is None:
        return None if geometry is None else shapely.force_2d(geometry)
    before = shapely.get_coordinates(geometry)
    after = np.column_stack(source.transform(before[:, 0], before[:, 1]))
    if np.isnan(after).any():
        raise BodyError(f"feature {number} lies nowhere in the layer's reference system")
    return shapely.set_coordinates(shapely.force_2d(geometry), after)
