"""What columns of Arrow hold: numbers, texts, points and geometries. By pyarrow (an extra)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely

from api.batches.cells import numbers, positions
from api.batches.column_values import ELSE
from api.batches.moments import moment_texts
from api.errors import BodyError, CommandError
from zones.classification.records import Floats

_WGS84 = 4326  # its number in EPSG
_POINT = 0  # type number of GEOS
_WKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
Geometries = npt.NDArray[np.object_]


def arrow() -> Any:
    """The library pyarrow with its Parquet part. Raises `CommandError`: it is not installed."""
    try:
        pyarrow = import_module("pyarrow")
        import_module("pyarrow.parquet")
    except ImportError:
        raise CommandError(
            "Parquet files and layers need pyarrow: pip install 'caspian-zones[parquet]'"
        ) from None
    return pyarrow


def plain_value(value: Any) -> Any:
    """A value of a column as JSON can hold it."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(name): plain_value(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def is_number(kind: Any) -> bool:
    """Whether a type is of whole or floating numbers."""
    types = arrow().types
    return bool(types.is_integer(kind) or types.is_floating(kind))


def values_of(column: Any, name: str) -> list[Any]:
    """The values of a column."""
    types = arrow().types
    if types.is_timestamp(column.type) and (texts := moment_texts(column)) is not None:
        column = texts
    try:
        return list(column.to_pylist())
    except (arrow().ArrowException, ValueError, OverflowError) as error:
        if types.is_temporal(column.type):
            return [_moment(value) for value in column]
        raise BodyError(f"column {name[:80]!r} has a value that cannot be read: {one_line(error)}") from None


def _moment(value: Any) -> Any:
    """A date, time or duration; as a text where it lies beyond those that Python has."""
    try:
        return value.as_py()
    except (arrow().ArrowException, ValueError, OverflowError):
        return f"{value.value} {getattr(value.type, 'unit', 'D')}" + (
            "" if arrow().types.is_duration(value.type) else " since 1970-01-01"
        )


def _decoded(column: Any) -> Any:
    """A column whose values are written once each, as categories of pandas are, with all of them."""
    return column.dictionary_decode() if arrow().types.is_dictionary(column.type) else column


def column_numbers(column: Any, name: str, errors: dict[int, str]) -> Floats:
    """Coordinates of a column of numbers or of texts, nan with an error in rows without. [deg]

    Raises `BodyError`: it holds something else.
    """
    pyarrow = arrow()
    column = _decoded(column)
    kind = column.type
    if is_number(kind) and not pyarrow.types.is_float16(kind):
        filled = column.cast(pyarrow.float64(), safe=False)
        found = np.asarray(filled.to_numpy(zero_copy_only=False))
        for row in np.flatnonzero(np.isnan(found)).tolist():
            errors.setdefault(row, f"{name} is empty")
        return found
    values = values_of(column, name)
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        return numbers([text or "" for text in values], name, errors)
    if not (is_number(kind) or pyarrow.types.is_decimal(kind) or pyarrow.types.is_null(kind)):
        raise BodyError(f"column {name!r} holds {kind}, no numbers")
    found = np.array([np.nan if value is None else float(value) for value in values])
    for row in np.flatnonzero(np.isnan(found)).tolist():
        errors.setdefault(row, f"{name} is empty")
    return cast(Floats, found)


def texts_of(batch: Any, place: int) -> list[str]:
    """A column as texts, empty where a row has no value."""
    values = values_of(_decoded(batch.column(place)), batch.schema.names[place])
    return ["" if value is None or value != value else str(value) for value in values]


def looked_at(batch: Any, place: int) -> Sequence[str]:
    """The same of a column that may be any; what stands for something else where it cannot be read."""
    try:
        return texts_of(batch, place)
    except BodyError:
        return (ELSE,)


def whole_positions(column: Any, errors: dict[int, str]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of a column of texts that hold both, nan with an error in rows without. [deg]

    Raises `BodyError`: it holds no texts.
    """
    types = arrow().types
    column = _decoded(column)
    if not (types.is_string(column.type) or types.is_large_string(column.type)):
        raise BodyError(f"the column of positions holds {column.type}, no texts")
    return positions([text or "" for text in column.to_pylist()], errors)


def plain_points(column: Any) -> tuple[Floats, Floats] | None:
    """Longitudes and latitudes [deg] of points of two coordinates, None where one is something else."""
    types = arrow().types
    if types.is_struct(column.type):
        return _separate_points(column)
    if not types.is_binary(column.type) or column.null_count or not len(column):
        return None
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    if (np.diff(bounds) != _WKB_POINT.itemsize).any():
        return None
    points = np.frombuffer(data, _WKB_POINT, count=len(column), offset=int(bounds[0]))
    if (points["order"] != 1).any() or (points["type"] != 1).any():
        return None
    lon, lat = points["x"].copy(), points["y"].copy()
    return None if np.isnan(lon).any() or np.isnan(lat).any() else (lon, lat)  # an empty one


def _separate_points(column: Any) -> tuple[Floats, Floats] | None:
    """The same of points as GeoParquet 1.1 has them apart, ``struct<x, y>``."""
    if {one.name for one in column.type} != {"x", "y"}:
        return None
    lon, lat = (values.to_numpy(zero_copy_only=False) for values in _coordinates(column, "xy"))
    return None if np.isnan(lon).any() or np.isnan(lat).any() else (lon, lat)


def _coordinates(column: Any, axes: str) -> list[Any]:
    """Coordinates of points that have them apart; null, or nan as numbers, where there is no point. [deg]"""
    found = dict(zip((one.name for one in column.type), column.flatten(), strict=True))
    return [found[axis].cast(arrow().float64()) for axis in axes]


def geometries_of(column: Any) -> Geometries:
    """The geometries of a column of WKB, or of points with their coordinates apart; None where there is none.

    Raises `BodyError`: the column is damaged.
    """
    if arrow().types.is_struct(column.type):
        axes = "xyz" if column.type.get_field_index("z") >= 0 else "xy"
        numbers = [one.to_numpy(zero_copy_only=False) for one in _coordinates(column, axes)]
        points = np.atleast_1d(np.asarray(shapely.points(np.column_stack(numbers)), dtype=object))
        points[np.isnan(numbers[0]) | np.isnan(numbers[1])] = None
        return points
    try:
        column.validate(full=True)  # GDAL may hand over lengths below zero, where FlatGeobuf has no geometry
    except arrow().ArrowInvalid as error:
        raise BodyError("the geometries of the layer cannot be read; write it as GeoPackage") from error
    geometries = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    return np.atleast_1d(np.asarray(geometries, dtype=object))


def points_of(geometries: Geometries, errors: dict[int, str]) -> tuple[Floats, Floats, Floats]:
    """Longitudes, latitudes [deg] and third coordinates, nan with an error where there is no point."""
    points = (shapely.get_type_id(geometries) == _POINT) & ~shapely.is_empty(geometries)
    systems = shapely.get_srid(geometries)  # of the points themselves, as PostGIS writes them
    for row in np.flatnonzero(points & ~np.isin(systems, (0, _WGS84))).tolist():
        errors[row] = f"the SRID of the point is {systems[row]}, positions are read in {_WGS84} (WGS84)"
        points[row] = False
    for row in np.flatnonzero(~points).tolist():
        if row in errors:
            continue
        one = geometries[row]
        what = "there is none" if one is None else f"this is {'empty' if one.is_empty else one.geom_type}"
        errors[row] = f"a Point is needed, {what}"
    lon, lat, z = (np.full(len(points), np.nan) for _ in range(3))
    for values, read in ((lon, shapely.get_x), (lat, shapely.get_y), (z, shapely.get_z)):
        values[points] = read(geometries[points])
    return lon, lat, z


def one_line(error: BaseException) -> str:
    """What an error says, in one line of bounded length."""
    return " ".join(str(error).split())[:200]
