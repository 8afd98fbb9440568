"""Parquet files, and point layers of GeoPackage, FlatGeobuf and shapefiles, by pyarrow (an extra).

Columns keep their types. A position is the point geometry, or the columns lon and lat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import shapely

from api.batches.answers import Answered
from api.batches.batch import checked
from api.batches.chunks import ERROR, REPLACED, ROWS_AT_A_TIME, Chunk, OwnColumn
from api.batches.csv_table import LAT_NAMES, LON_NAMES, find_columns, numbers
from api.batches.engine import Outline
from api.errors import BodyError, CommandError
from api.texts.json_text import write_json
from coastlines.gdal import NotReadableError, load_pyogrio, name_for_gdal
from zones.records import Coded, Column, Floats

_WGS84_NAMES = ("CRS84", "EPSG:4326")
_POINT, _MULTIPOINT = 0, 4  # type numbers of GEOS
Geometries = npt.NDArray[np.object_]
_NUMBER_FIELDS = {
    "lon", "lat", "sector_boundary_distance_m", "baseline_distance_m", "baseline_distance_nm",
    "baseline_azimuth_deg", "baseline_lon", "baseline_lat", "limit_distance_m", "coast_spread_m",
}  # fmt: skip
_TRUTH_FIELDS = {"certain"}


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
    """Rows of kept columns, of their own types."""

    batch: Any
    geometry: str | None

    def features(self) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Every row by name, without the geometry, which is written anew."""
        names = [name for name in self.batch.schema.names if name != self.geometry]
        if not names:
            return ((None, {}) for _ in range(self.batch.num_rows))
        columns = self.columns(names)
        return ((None, dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True))

    def columns(self, names: Sequence[str]) -> list[Sequence[Any]]:
        """Columns as plain values."""
        return [[_plain(value) for value in self.batch.column(name).to_pylist()] for name in names]


class ArrowSource:
    """Rows of batches that can be opened as often as needed.

    Parameters
    ----------
    opened : callable
        Opens the batches: a context manager of an iterator.
    schema : pyarrow.Schema
    geometry : str or None
        Name of the column with points as WKB.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[Iterator[Any]]],
        schema: Any,
        geometry: str | None,
    ) -> None:
        self._opened = opened
        self._geometry = geometry
        names = list(schema.names)
        if geometry is None:
            columns = find_columns(names)
            self._lon, self._lat = names[columns.lon], names[columns.lat]
            self._kept = list(columns.names)
        else:
            gone = {*REPLACED, *LON_NAMES, *LAT_NAMES}
            # Geometries go out again only where the file says what they are (GeoParquet).
            if b"geo" not in (schema.metadata or {}):
                gone.add(geometry.lower())
            self._kept = [name for name in names if name.lower() not in gone]
        metadata = schema.metadata or {}
        geo = {b"geo": metadata[b"geo"]} if b"geo" in metadata else None
        self.schema = arrow().schema([schema.field(name) for name in self._kept], metadata=geo)

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """The kept columns without the geometry."""
        return tuple(OwnColumn(name) for name in self._kept if name != self._geometry)

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        with self._opened() as batches:
            for batch in batches:
                if not batch.num_rows:
                    continue
                if self._geometry is None:
                    yield self._chunk(batch)
                else:
                    yield from self._placed(batch, self._geometry)

    def _chunk(self, batch: Any) -> Chunk:
        errors: dict[int, str] = {}
        lon = _column_numbers(batch.column(self._lon), "lon", errors)
        lat = _column_numbers(batch.column(self._lat), "lat", errors)
        return Chunk(checked(lon, lat, errors), ArrowRows(batch.select(self._kept), self._geometry))

    def _placed(self, batch: Any, name: str) -> Iterator[Chunk]:
        """Rows by their geometry; each position of a MultiPoint is a row of its own."""
        geometries = _geometries(batch.column(name))
        several = (shapely.get_type_id(geometries) == _MULTIPOINT) & ~shapely.is_empty(geometries)
        kept = batch.select(self._kept)
        if several.any():
            rows = np.repeat(np.arange(len(geometries)), np.where(several, _counts(geometries), 1))
            apart = several[rows]
            parts = shapely.get_parts(geometries[several])
            geometries = geometries[rows]
            kept = kept.take(arrow().array(rows))
            if name in self._kept:
                kept = _with_single(kept, name, apart, parts)
            geometries[apart] = parts
        for first in range(0, len(geometries), ROWS_AT_A_TIME):
            errors: dict[int, str] = {}
            lon, lat = _points(geometries[first : first + ROWS_AT_A_TIME], errors)
            own = ArrowRows(kept.slice(first, len(lon)), name)
            yield Chunk(checked(lon, lat, errors), own)


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

    return ArrowSource(opened, schema, _geo_column(schema))


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
    return ArrowSource(opened, schema, geometry)


class ParquetWriter:
    """Own columns, the fields, and ``error``; a row group for every chunk."""

    def __init__(self, target: IO[bytes], outline: Outline) -> None:
        self._arrow = pyarrow = arrow()
        source = outline.source
        own = (
            list(source.schema)
            if isinstance(source, ArrowSource)
            else [pyarrow.field(name, self._type(kind)) for name, kind in _named_apart(source.own_columns())]
        )
        self._own_names = [column.name for column in source.own_columns()]
        self._fields = outline.fields
        metadata = source.schema.metadata if isinstance(source, ArrowSource) else None
        self._schema = pyarrow.schema(
            [
                *own,
                *(pyarrow.field(name, self._field_type(name)) for name in outline.fields),
                pyarrow.field(ERROR, pyarrow.string()),
            ],
            metadata=metadata,
        )
        self._own_types = [column.type for column in own]
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
        own = answered.chunk.own
        if isinstance(own, ArrowRows):
            return list(own.batch.columns)
        columns = own.columns(self._own_names)
        return [
            self._arrow.array([_fitting(value, kind) for value in column], kind)
            for column, kind in zip(columns, self._own_types, strict=True)
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
        if name in _NUMBER_FIELDS:
            return self._arrow.float64()
        return self._arrow.bool_() if name in _TRUTH_FIELDS else self._arrow.string()

    def _type(self, kind: str) -> Any:
        types = {"number": self._arrow.float64, "whole": self._arrow.int64, "truth": self._arrow.bool_}
        return types.get(kind, self._arrow.string)()


def _named_apart(columns: Sequence[OwnColumn]) -> list[tuple[str, str]]:
    """Names and kinds; a name that occurs again gets a number."""
    seen: set[str] = set()
    named = []
    for column in columns:
        name, number = column.name, 2
        while name in seen:
            name, number = f"{column.name}_{number}", number + 1
        seen.add(name)
        named.append((name, column.kind))
    return named


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


def _column_numbers(column: Any, name: str, errors: dict[int, str]) -> Floats:
    pyarrow = arrow()
    kind = column.type
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        return numbers([text or "" for text in column.to_pylist()], name, errors)
    if not (
        pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind) or pyarrow.types.is_decimal(kind)
    ):
        raise BodyError(f"column {name!r} holds {kind}, no numbers")
    values = np.array([np.nan if value is None else float(value) for value in column.to_pylist()])
    for row in np.flatnonzero(np.isnan(values)).tolist():
        errors.setdefault(row, f"{name} is empty")
    return cast(Floats, values)


def _geometries(column: Any) -> Geometries:
    geometries = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    return np.atleast_1d(np.asarray(geometries, dtype=object))


def _counts(geometries: Geometries) -> npt.NDArray[np.int_]:
    return np.asarray(shapely.get_num_geometries(geometries), dtype=np.int_)


def _with_single(batch: Any, name: str, apart: npt.NDArray[np.bool_], parts: Geometries) -> Any:
    """Rows whose MultiPoints hold one position each, of the type that the file says it has."""
    place = batch.schema.get_field_index(name)
    field = batch.schema.field(place)
    texts = batch.column(place).to_pylist()
    for row, part in zip(np.flatnonzero(apart).tolist(), parts, strict=True):
        texts[row] = shapely.to_wkb(shapely.MultiPoint([part]))
    return batch.set_column(place, field, arrow().array(texts, field.type))


def _points(geometries: Geometries, errors: dict[int, str]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, nan with an error where there is no point. [deg]"""
    points = (shapely.get_type_id(geometries) == _POINT) & ~shapely.is_empty(geometries)
    for row in np.flatnonzero(~points).tolist():
        one = geometries[row]
        what = "there is none" if one is None else f"this is {'empty' if one.is_empty else one.geom_type}"
        errors[row] = f"a Point is needed, {what}"
    lon, lat = np.full(len(points), np.nan), np.full(len(points), np.nan)
    lon[points], lat[points] = shapely.get_x(geometries[points]), shapely.get_y(geometries[points])
    return lon, lat


def _geo_column(schema: Any) -> str | None:
    """The geometry column of a GeoParquet file; None where the file is none."""
    text = (schema.metadata or {}).get(b"geo")
    if text is None:
        return None
    try:
        geo = json.loads(text)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding, crs = column["encoding"], column.get("crs", "OGC:CRS84")
    except (ValueError, KeyError, TypeError):
        raise BodyError("its GeoParquet metadata cannot be read") from None
    if encoding != "WKB" or name not in schema.names:
        raise BodyError(f"geometries are read as WKB only, these are {encoding}")
    _check_crs(crs)
    return str(name)


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
