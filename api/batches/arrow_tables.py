"""Parquet files, and point layers of GeoPackage, FlatGeobuf and shapefiles, by pyarrow (an extra).

Columns keep their types. A position is the point geometry, or the columns lon and lat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import shapely

from api.batches.answers import Answered
from api.batches.batch import checked
from api.batches.chunks import ERROR, ROWS_AT_A_TIME, Chunk, OwnColumn, OwnNames, rows_by_name
from api.batches.csv_table import find_columns, numbers
from api.batches.engine import Outline
from api.errors import BodyError, CommandError
from api.texts.json_text import write_json
from coastlines.gdal import NotReadableError, load_pyogrio, name_for_gdal
from zones.classification.records import FIELDS, Coded, Column, Floats

_WGS84_NAMES = ("CRS84", "EPSG:4326")
_POINT, _MULTIPOINT = 0, 4  # type numbers of GEOS
Geometries = npt.NDArray[np.object_]
_FIELD_TYPES = {one.name: one.type for one in FIELDS}


def arrow() -> Any:
    """The library pyarrow with its Parquet part.

    Raises
    ------
    CommandError
        It is not installed.
    """
    try:
        pyarrow = import_module("pyarrow")
        import_module("pyarrow.parquet")
    except ImportError:
        raise CommandError(
            "Parquet files and layers need pyarrow: pip install 'caspian-zones[parquet]'"
        ) from None
    return pyarrow


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """Rows of all columns, of their own types; ``own`` are those without the geometry."""

    batch: Any
    own: tuple[OwnColumn, ...]

    @property
    def count(self) -> int:
        """Of rows."""
        return int(self.batch.num_rows)

    def features(self, names: OwnNames) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Every row by name; the geometry is written anew."""
        return rows_by_name(names.of_table(self.own, apart=True), self)

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """Columns as plain values."""
        return [list(map(_plain, _values(self.batch.column(one.place), one.name))) for one in columns]


class ArrowSource:
    """Rows of batches that can be opened as often as needed.

    Parameters
    ----------
    opened : callable
        Opens the batches: a context manager of an iterator.
    schema : pyarrow.Schema
    geometry : str or None
        Name of the column with points as WKB.
    has_third : bool
        Whether some of the points may have a third coordinate.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[Iterator[Any]]],
        schema: Any,
        geometry: str | None,
        *,
        has_third: bool = False,
    ) -> None:
        self._opened = opened
        self.schema = schema
        names = list(schema.names)
        self._may_have_third = has_third
        self.geometry = None if geometry is None else names.index(geometry)
        if geometry is None:
            self.positions = "columns"
            columns = find_columns(names)
            self._lon, self._lat = columns.lon, columns.lat
            self._own = tuple(
                # Only numbers are answered as they are: texts and decimals may hold more.
                replace(one, position=one.position and _is_number(schema.field(one.place).type))
                for one in columns.own
            )
        else:
            # Geometries go out again only where the file says what they are (GeoParquet).
            kept = b"geo" in (schema.metadata or {})
            self.positions = "kept points" if kept else "points"
            places = (at for at in range(len(names)) if at != self.geometry)
            self._own = tuple(OwnColumn(names[at], place=at) for at in places)

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """All columns without the geometry, and third coordinates; may read the geometries once."""
        third = None
        if self._may_have_third:
            with self._opened() as batches:
                found = (shapely.has_z(_geometries(batch.column(self.geometry))).any() for batch in batches)
                names = {one.name for one in self._own}
                third = OwnColumn("feature_z" if "z" in names else "z", "number", "z") if any(found) else None
        return self._own if third is None else (*self._own, third)

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        with self._opened() as batches:
            for batch in batches:
                if not batch.num_rows:
                    continue
                if self.geometry is None:
                    yield self._chunk(batch)
                else:
                    yield from self._placed(batch, self.geometry)

    def _chunk(self, batch: Any) -> Chunk:
        errors: dict[int, str] = {}
        lon = _column_numbers(batch.column(self._lon), "lon", errors)
        lat = _column_numbers(batch.column(self._lat), "lat", errors)
        return Chunk(checked(lon, lat, errors), ArrowRows(batch, self._own))

    def _placed(self, batch: Any, place: int) -> Iterator[Chunk]:
        """Rows by their geometry; each position of a MultiPoint is a row of its own."""
        geometries = _geometries(batch.column(place))
        several = (shapely.get_type_id(geometries) == _MULTIPOINT) & ~shapely.is_empty(geometries)
        if several.any():
            rows = np.repeat(np.arange(len(geometries)), np.where(several, _counts(geometries), 1))
            apart = several[rows]
            parts = shapely.get_parts(geometries[several])
            geometries = geometries[rows]
            batch = _with_single(batch.take(arrow().array(rows)), place, apart, parts)
            geometries[apart] = parts
        for first in range(0, len(geometries), ROWS_AT_A_TIME):
            errors: dict[int, str] = {}
            lon, lat, z = _points(geometries[first : first + ROWS_AT_A_TIME], errors)
            own = ArrowRows(batch.slice(first, len(lon)), self._own)
            yield Chunk(checked(lon, lat, errors, z), own)


def parquet_source(path: Path) -> ArrowSource:
    """A Parquet file with columns lon and lat, or a GeoParquet file of points.

    Raises
    ------
    BodyError
        It is neither.
    CommandError
        pyarrow is not installed.
    """
    pyarrow = arrow()
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
    except (pyarrow.ArrowException, OSError) as error:
        raise BodyError(f"not a Parquet file: {_one_line(error)}") from None

    @contextmanager
    def opened() -> Iterator[Iterator[Any]]:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield _reading(file.iter_batches(batch_size=ROWS_AT_A_TIME), "Parquet")

    geometry, has_third = _geo_column(schema)
    return ArrowSource(opened, schema, geometry, has_third=has_third)


def layer_source(path: Path) -> ArrowSource:
    """The only layer of a GeoPackage, FlatGeobuf or shapefile of points.

    Raises
    ------
    BodyError
        There is no such layer, or it has other coordinates than longitude and latitude.
    CommandError
        pyarrow is not installed.
    """
    pyarrow, pyogrio = arrow(), load_pyogrio()
    try:
        name = name_for_gdal(path)
    except NotReadableError as error:
        raise BodyError(f"not a layer of points: {error}") from None
    try:
        layers = pyogrio.list_layers(name)
        if len(layers) != 1:
            raise BodyError(f"one layer is needed, there are {len(layers)}")
        with pyogrio.open_arrow(name, batch_size=ROWS_AT_A_TIME, use_pyarrow=True) as (meta, reader):
            schema = reader.schema
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BodyError(f"not a layer of points: {_one_line(error)}") from None
    _check_crs(meta["crs"])
    if meta["geometry_type"] is None:
        raise BodyError("the layer has no geometries")

    @contextmanager
    def opened() -> Iterator[Iterator[Any]]:
        with pyogrio.open_arrow(name, batch_size=ROWS_AT_A_TIME, use_pyarrow=True) as (_, reader):
            yield _reading(iter(reader), "layer")

    geometry = meta["geometry_name"] or "wkb_geometry"
    if geometry not in schema.names:
        geometry = next(one.name for one in schema if pyarrow.types.is_binary(one.type))
    # As "Point Z"; of any kind where it says nothing.
    has_third = meta["geometry_type"] == "Unknown" or meta["geometry_type"].endswith("Z")
    return ArrowSource(opened, schema, geometry, has_third=has_third)


class ParquetWriter:
    """Own columns, the fields, and ``error``; a row group for every chunk."""

    needs_lon_lat = frozenset({"points"})

    def __init__(self, target: IO[bytes], outline: Outline) -> None:
        self._arrow = pyarrow = arrow()
        source = outline.source
        own = source.own_columns()
        metadata = None
        if isinstance(source, ArrowSource) and source.positions == "kept points":
            assert source.geometry is not None
            name = source.schema.names[source.geometry]
            if name.casefold() in (*outline.fields, ERROR):
                raise BodyError(f"the geometry column has the name of an answer, {name!r}; rename it")
            kept = OwnColumn(name, place=source.geometry)
            own = tuple(one for one in own if one.place != "z")
            own = (*own[: source.geometry], kept, *own[source.geometry :])
            metadata = {b"geo": source.schema.metadata[b"geo"]}
        named = outline.names.of_table(own, apart=True)
        self._own_columns = [column for column, _ in named]
        self._fields = outline.fields
        fields = [
            source.schema.field(column.place).with_name(name)
            if isinstance(source, ArrowSource) and column.place != "z"
            else pyarrow.field(name, self._type(column.kind))
            for column, name in named
        ]
        self._own_types = [field.type for field in fields]
        fields += [pyarrow.field(name, self._field_type(name)) for name in outline.fields]
        self._schema = pyarrow.schema([*fields, pyarrow.field(ERROR, pyarrow.string())], metadata=metadata)
        self._file = pyarrow.parquet.ParquetWriter(target, self._schema)

    def add(self, answered: Answered) -> None:
        """A row group."""
        batch = answered.chunk.batch
        columns = [*self._own(answered), *(self._answers(answered, name) for name in self._fields)]
        errors = [batch.errors.get(row) for row in range(len(batch))] if batch.errors else [None] * len(batch)
        columns.append(self._arrow.array(errors, self._arrow.string()))
        self._file.write_batch(self._arrow.RecordBatch.from_arrays(columns, schema=self._schema))

    def end(self) -> None:
        """The footer."""
        self._file.close()

    def _own(self, answered: Answered) -> list[Any]:
        chunk = answered.chunk
        own = chunk.own
        if isinstance(own, ArrowRows):
            third = self._arrow.array(chunk.batch.third(), self._arrow.float64())
            return [third if one.place == "z" else own.batch.column(one.place) for one in self._own_columns]
        return [
            self._arrow.array([_fitting(value, kind) for value in column], kind)
            for column, kind in zip(chunk.columns(self._own_columns), self._own_types, strict=True)
        ]

    def _answers(self, answered: Answered, name: str) -> Any:
        kind = self._field_type(name)
        batch = answered.chunk.batch
        if name in ("lon", "lat"):
            return self._arrow.array(batch.lon if name == "lon" else batch.lat, kind, from_pandas=True)
        column: Column = answered.columns[name]
        if isinstance(column, Coded):
            words = [column.words[code] for code in column.codes.tolist()]
            if answered.good is not None:
                following = iter(words)
                words = [next(following) if is_good else None for is_good in answered.good.tolist()]
            return self._arrow.array(words, kind)
        values = column
        if answered.good is not None:
            values = np.full(len(answered), np.nan)
            values[answered.good] = column
        return self._arrow.array(values, kind, from_pandas=True)  # nan as null

    def _field_type(self, name: str) -> Any:
        types = {"number": self._arrow.float64, "boolean": self._arrow.bool_, "string": self._arrow.string}
        return types[_FIELD_TYPES[name]]()

    def _type(self, kind: str) -> Any:
        types = {"number": self._arrow.float64, "whole": self._arrow.int64, "truth": self._arrow.bool_}
        return types.get(kind, self._arrow.string)()


def _fitting(value: Any, kind: Any) -> Any:
    if value is None or str(kind) != "string":
        return float(value) if value is not None and str(kind) == "double" else value
    text = value if isinstance(value, str) else write_json(value)
    return text.encode("utf-8", "backslashreplace").decode()


def _plain(value: Any) -> Any:
    """A value of a column as JSON can hold it."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _is_number(kind: Any) -> bool:
    types = arrow().types
    return bool(types.is_integer(kind) or types.is_floating(kind))


def _values(column: Any, name: str) -> list[Any]:
    """The values of a column.

    Raises
    ------
    BodyError
        Python has no value for one of them: a date beyond the year 9999, a text that is no UTF-8.
    """
    types = arrow().types
    if types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(arrow().string())  # which Python has not to the nanosecond
    try:
        return list(column.to_pylist())
    except (arrow().ArrowException, ValueError, OverflowError) as error:
        raise BodyError(f"column {name[:80]!r} has a value that cannot be read: {_one_line(error)}") from None


def _column_numbers(column: Any, name: str, errors: dict[int, str]) -> Floats:
    pyarrow = arrow()
    kind = column.type
    values = _values(column, name)
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        return numbers([text or "" for text in values], name, errors)
    if not (_is_number(kind) or pyarrow.types.is_decimal(kind)):
        raise BodyError(f"column {name!r} holds {kind}, no numbers")
    found = np.array([np.nan if value is None else float(value) for value in values])
    for row in np.flatnonzero(np.isnan(found)).tolist():
        errors.setdefault(row, f"{name} is empty")
    return cast(Floats, found)


def _geometries(column: Any) -> Geometries:
    geometries = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    return np.atleast_1d(np.asarray(geometries, dtype=object))


def _counts(geometries: Geometries) -> npt.NDArray[np.int_]:
    return np.asarray(shapely.get_num_geometries(geometries), dtype=np.int_)


def _with_single(batch: Any, place: int, apart: npt.NDArray[np.bool_], parts: Geometries) -> Any:
    """Rows whose MultiPoints hold one position each, of the type that the file says it has."""
    field = batch.schema.field(place)
    texts = batch.column(place).to_pylist()
    for row, part in zip(np.flatnonzero(apart).tolist(), parts, strict=True):
        texts[row] = shapely.to_wkb(shapely.MultiPoint([part]))
    return batch.set_column(place, field, arrow().array(texts, field.type))


def _points(geometries: Geometries, errors: dict[int, str]) -> tuple[Floats, Floats, Floats]:
    """Longitudes, latitudes [deg] and third coordinates, nan with an error where there is no point."""
    points = (shapely.get_type_id(geometries) == _POINT) & ~shapely.is_empty(geometries)
    for row in np.flatnonzero(~points).tolist():
        one = geometries[row]
        what = "there is none" if one is None else f"this is {'empty' if one.is_empty else one.geom_type}"
        errors[row] = f"a Point is needed, {what}"
    lon, lat, z = (np.full(len(points), np.nan) for _ in range(3))
    for values, read in ((lon, shapely.get_x), (lat, shapely.get_y), (z, shapely.get_z)):
        values[points] = read(geometries[points])
    return lon, lat, z


def _geo_column(schema: Any) -> tuple[str | None, bool]:
    """The geometry column of a GeoParquet file, None where the file is none; whether points may have a z."""
    text = (schema.metadata or {}).get(b"geo")
    if text is None:
        return None, False
    try:
        geo = json.loads(text)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding, crs = column["encoding"], column.get("crs", "OGC:CRS84")
        kinds = [str(kind) for kind in column.get("geometry_types") or ("Z",)]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BodyError("its GeoParquet metadata cannot be read") from None
    if encoding != "WKB" or name not in schema.names:
        raise BodyError(f"geometries are read as WKB only, these are {encoding}")
    _check_crs(crs)
    return str(name), any(kind.endswith("Z") for kind in kinds)


def _check_crs(crs: Any) -> None:
    """Longitude and latitude on WGS84 are read, and what names no reference system."""
    if crs is None:
        return
    identity = crs.get("id", {}) if isinstance(crs, dict) else {}
    name = f"{identity.get('authority')}:{identity.get('code')}" if identity else str(crs)
    if not name.upper().endswith(_WGS84_NAMES):
        raise BodyError(f"longitude and latitude on WGS84 (EPSG:4326) are needed, this is in {name[:80]}")


def _reading(batches: Iterator[Any], what: str) -> Iterator[Any]:
    pyarrow = arrow()
    try:
        yield from batches
    except (pyarrow.ArrowException, OSError) as error:
        raise BodyError(f"the {what} file is damaged: {_one_line(error)}") from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
