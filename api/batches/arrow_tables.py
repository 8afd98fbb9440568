"""Parquet files, and point layers of GeoPackage, FlatGeobuf and shapefiles, read by pyarrow (an extra).

Columns keep their types. A position is the point geometry, or the columns lon and lat.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache, partial
from glob import escape
from pathlib import Path
from typing import Any, cast

import numpy as np
import shapely

from api.batches.arrow_columns import (
    Geometries,
    arrow,
    column_numbers,
    geometries_of,
    is_number,
    looked_at,
    one_line,
    plain_points,
    plain_value,
    points_of,
    texts_of,
    values_of,
    whole_positions,
)
from api.batches.cells import numbers_beside
from api.batches.column_places import USUAL, Chosen, ColumnError
from api.batches.column_values import ELSE, ROWS_LOOKED_AT, Sample
from api.batches.parquet_sizes import BATCH_BYTES, rarely_repeated, read_bytes, rows_at_a_time
from api.batches.position_columns import find_columns
from api.batches.reference_systems import ToWGS84, to_wgs84
from api.batches.rows import (
    CELL_BYTES,
    ROWS_AT_A_TIME,
    ROWS_IN_COLUMNS,
    Chunk,
    Table,
    UserColumn,
    checked,
    weighed_slices,
)
from api.errors import BodyError
from coastlines.gdal import NotReadableError, load_pyogrio, name_for_gdal
from zones.classification.records import Floats

_MULTIPOINT = 4  # type number of GEOS
_ENCODINGS = ("WKB", "point")  # of geometries in GeoParquet
_FURTHER = {"m": shapely.has_m, "z": shapely.has_z}  # coordinates behind the position


class ArrowSource:
    """Rows of batches that can be opened as often as needed.

    ``geometry`` names the column with points, as WKB or as x and y apart, if any; ``only_two`` tells that
    they have no z or m. ``in_columns`` tells that rows stay in columns to the end, so that many can be
    answered at a time. ``rarely_repeated`` holds the places of columns whose values hardly come twice.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[Iterator[Any]]],
        schema: Any,
        geometry: str | None,
        *,
        only_two: bool = True,
        chosen: Chosen = USUAL,
        in_columns: bool = False,
        row_count: int | None = None,
        transform: ToWGS84 | None = None,
        sample: Sample | None = None,
        rarely_repeated: frozenset[int] = frozenset(),
    ) -> None:
        self.row_count = row_count  # None where it is not known
        self.rarely_repeated = rarely_repeated
        self.transform = transform
        self._opened = opened
        self._in_columns = in_columns
        self.schema = schema
        names = list(schema.names)
        self._only_two = only_two
        self.geometry = None if geometry is None else names.index(geometry)
        if geometry is None:
            self.positions = "columns"
            # Without a sample the types tell what they can, and the first batch is looked at when it comes.
            self._chosen, self._is_looked_at = chosen, sample is not None
            self._columns = columns = find_columns(names, chosen, sample or self._by_type)
            if columns.are_whole:
                self.positions = "points"
                is_binary = arrow().types.is_binary(schema.field(columns.lon).type)
                self.geometry, self._only_two = (columns.lon if is_binary else None), True
            self._own = tuple(
                # Only numbers are answered as they are: texts and decimals may hold more.
                replace(one, position=one.position and is_number(schema.field(one.place).type))
                for one in columns.own
            )
        else:
            # Geometries go out again only where the file says what they are (GeoParquet).
            kept = b"geo" in (schema.metadata or {})
            self.positions = "kept points" if kept else "points"
            places = (at for at in range(len(names)) if at != self.geometry)
            self._own = tuple(UserColumn(names[at], place=at) for at in places)

    def _by_type(self, place: int) -> Sequence[str]:
        return (ELSE,) if is_number(self.schema.field(place).type) else ()

    def _look_at(self, batch: Any) -> None:
        """Raises `ColumnError`: the first batch tells of other columns than names and types do."""
        self._is_looked_at = True
        first = batch.slice(0, ROWS_LOOKED_AT)
        columns = find_columns(self.schema.names, self._chosen, lambda place: looked_at(first, place))
        if columns[:4] != self._columns[:4]:
            named = "lat_hemisphere and lon_hemisphere"
            raise ColumnError(f"hemispheres in columns of their own are read where these are called {named}")
        self._columns = columns

    def user_columns(self) -> tuple[UserColumn, ...]:
        """All columns without the geometry, and further coordinates; may read the geometries once."""
        found: set[str] = set()
        if not self._only_two:
            with self._opened() as batches:
                for batch in batches:
                    geometries = geometries_of(batch.column(self.geometry))
                    found |= {name for name, has in _FURTHER.items() if has(geometries).any()}
        return (*self._own, *(self._further(name) for name in _FURTHER if name in found))

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        place = self._by_columns if self.geometry is None else self._by_geometry
        with self._opened() as batches:
            for batch in batches:
                if batch.num_rows:
                    yield from place(batch)

    def _on_wgs84(self, x: Floats, y: Floats, errors: dict[int, str]) -> tuple[Floats, Floats]:
        """Longitudes and latitudes [deg] of positions in the layer's own system, nan with an error."""
        if self.transform is None:
            return x, y
        lon, lat = self.transform(x, y)
        for row in np.flatnonzero(np.isnan(lon)).tolist():
            errors.setdefault(row, f"{x[row]:.10g}, {y[row]:.10g} is nowhere in the layer's reference system")
        return lon, lat

    def geometries(self) -> Iterator[tuple[Any, Geometries]]:
        """Batches of the layer, and their geometries in its own reference system."""
        with self._opened() as batches:
            for batch in batches:
                yield batch, geometries_of(batch.column(self.geometry))

    def _further(self, name: str) -> UserColumn:
        while name in self.schema.names:
            name = f"feature_{name}"
        return UserColumn(name, "number", name[-1])

    def _by_columns(self, whole: Any) -> Iterator[Chunk]:
        if not self._is_looked_at:
            self._look_at(whole)
        step = whole.num_rows
        if not self._in_columns:
            step = next(weighed_slices([_row_bytes(whole)] * min(step, ROWS_AT_A_TIME))).stop
        for first in range(0, whole.num_rows, step):
            batch = whole.slice(first, step)
            errors: dict[int, str] = {}
            if self._columns.are_whole:
                lon, lat = whole_positions(batch.column(self._columns.lon), errors)
            else:
                lon, lat = (
                    column_numbers(batch.column(place), name, errors)
                    if side is None
                    else numbers_beside(texts_of(batch, place), texts_of(batch, side), name, errors)
                    for name, place, side in self._columns.axes
                )
                lon, lat = self._columns.without_doubtful(lon, lat, partial(texts_of, batch), errors)
            yield Chunk(checked(lon, lat, errors), _table(batch, self._own))

    def _by_geometry(self, whole: Any) -> Iterator[Chunk]:
        """Rows by their geometry; each position of a MultiPoint is a row of its own."""
        place = cast(int, self.geometry)
        field, column = whole.schema.field(place), whole.column(place)
        plain = plain_points(column) if self._in_columns else None
        if plain is not None:
            unread: dict[int, str] = {}
            yield Chunk(checked(*self._on_wgs84(*plain, unread), unread), _table(whole, self._own))
            return
        geometries = geometries_of(column)
        several = (shapely.get_type_id(geometries) == _MULTIPOINT) & ~shapely.is_empty(geometries)
        others = whole.set_column(place, field, arrow().nulls(whole.num_rows, field.type))
        weights = np.full(whole.num_rows, _row_bytes(whole))
        weights[several] = [_row_bytes(others.slice(row, 1)) for row in np.flatnonzero(several).tolist()]
        rows = np.repeat(
            np.arange(len(several)), np.where(several, shapely.get_num_geometries(geometries), 1)
        )
        points = geometries[rows]
        points[several[rows]] = shapely.get_parts(geometries[several])
        originals = column.to_pylist()
        for part in weighed_slices(weights[rows].tolist()):
            here, apart = points[part], several[rows[part]]
            texts = [None if alone else originals[row] for row, alone in zip(rows[part], apart, strict=True)]
            for row in np.flatnonzero(apart).tolist():  # of the type that the file says it has
                texts[row] = shapely.to_wkb(shapely.MultiPoint([here[row]]))
            batch = others.take(arrow().array(rows[part]))
            batch = batch.set_column(place, field, arrow().array(texts, field.type))
            errors: dict[int, str] = {}
            lon, lat, z = points_of(here, errors)
            lon, lat = self._on_wgs84(lon, lat, errors)
            own = (*self._own, self._further("m")) if shapely.has_m(here).any() else self._own
            yield Chunk(checked(lon, lat, errors, z), _table(batch, own, here))


def parquet_source(path: Path, *, chosen: Chosen = USUAL, in_columns: bool = False) -> ArrowSource:
    """A Parquet file with columns lon and lat, or a GeoParquet file of points.

    Raises `BodyError`: it is neither; `CommandError`: pyarrow is not installed.
    """
    pyarrow = arrow()
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except (pyarrow.ArrowException, OSError) as error:
        raise BodyError(f"not a Parquet file: {one_line(error)}") from None

    @cache
    def rows() -> int:
        return rows_at_a_time(path, metadata, ROWS_IN_COLUMNS if in_columns else ROWS_AT_A_TIME)

    @cache
    def sample(place: int) -> Sequence[str]:
        name, count = schema.names[place], min(rows(), ROWS_LOOKED_AT)
        with pyarrow.parquet.ParquetFile(path, buffer_size=read_bytes(metadata)) as file:
            batch = next(
                _reading(lambda: file.iter_batches(batch_size=count, columns=[name]), "Parquet"), None
            )
        found = [] if batch is None else [at for at, one in enumerate(batch.schema.names) if one == name]
        found = found[schema.names[:place].count(name) :]
        return looked_at(batch, found[0]) if found else ()

    @contextmanager
    def opened() -> Iterator[Iterator[Any]]:
        with pyarrow.parquet.ParquetFile(path, buffer_size=read_bytes(metadata)) as file:
            yield _reading(lambda: file.iter_batches(batch_size=rows()), "Parquet")

    # Columns that are chosen hold the positions, whatever else does.
    geometry, only_two, transform = _geo_column(schema) if chosen == USUAL else (None, True, None)
    return ArrowSource(
        opened, schema, geometry,
        only_two=only_two, chosen=chosen, in_columns=in_columns, row_count=metadata.num_rows,
        transform=transform, sample=sample, rarely_repeated=rarely_repeated(schema.names, metadata),
    )  # fmt: skip


def layer_source(path: Path, layer: str | None = None) -> ArrowSource:
    """A layer of a GeoPackage, FlatGeobuf or shapefile of points: the one named, else the only one.

    Raises `BodyError`: there is no such layer, or it has other coordinates than longitude and latitude;
    `CommandError`: pyarrow is not installed.
    """
    pyarrow, pyogrio = arrow(), load_pyogrio()
    try:
        name = name_for_gdal(path)
    except NotReadableError as error:
        raise BodyError(f"not a layer of points: {error}") from None
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer = _chosen_layer(pyogrio.list_layers(name).tolist(), layer)
            about = pyogrio.read_info(name, layer=layer)
            # Numbers of features that have a column of their own, as in a GeoPackage, are kept as any other.
            plan = {"layer": layer, "use_pyarrow": True, "return_fids": bool(about["fid_column"])}
            with pyogrio.open_arrow(name, batch_size=ROWS_AT_A_TIME, **plan) as (meta, reader):
                schema = reader.schema
            rows = _layer_rows(path, int(about["features"]))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BodyError(f"not a layer of points: {one_line(error)}") from None
    if meta["geometry_type"] is None:
        raise BodyError("the layer has no geometries")
    transform = to_wgs84(meta["crs"])

    @contextmanager
    def opened() -> Iterator[Iterator[Any]]:
        with (
            warnings.catch_warnings(action="ignore", category=UserWarning),
            pyogrio.open_arrow(name, batch_size=rows, **plan) as (_, reader),
        ):
            yield _reading(lambda: reader, "layer")

    geometry = meta["geometry_name"] or "wkb_geometry"
    if geometry not in schema.names:
        geometry = next(one.name for one in schema if pyarrow.types.is_binary(one.type))
    # Others are as "Point Z", "2.5D Point", "Point ZM", or "Unknown".
    only_two = meta["geometry_type"] in ("Point", "MultiPoint") and not any(
        "Measured" in str(one.message)
        for one in said  # pyogrio names these types without their M
    )
    return ArrowSource(opened, schema, geometry, only_two=only_two, transform=transform)


def _layer_rows(path: Path, features: int) -> int:
    """How many features of a layer are read at a time, if each has its share of the files of this name."""
    size = sum(one.stat().st_size for one in path.parent.glob(f"{escape(path.stem)}.*"))
    return max(1, min(ROWS_AT_A_TIME, BATCH_BYTES * max(1, features) // max(1, size)))


def _table(batch: Any, own: tuple[UserColumn, ...], points: Geometries | None = None) -> Table:
    """Columns of Arrow as plain values; ``m`` are those of points."""

    def values(place: Any) -> Sequence[Any]:
        if place == "m":
            return [None if one != one else one for one in shapely.get_m(points).tolist()]
        return list(map(plain_value, values_of(batch.column(place), batch.schema.names[place])))

    return Table(own, values, batch.num_rows, batch)


def _row_bytes(batch: Any) -> int:
    """What a row becomes, on average. [byte]"""
    return int(batch.nbytes // batch.num_rows) + CELL_BYTES * int(batch.num_columns)


def _chosen_layer(layers: Sequence[tuple[str, str | None]], wanted: str | None) -> str:
    """The name of the layer to read; without a name the only one with geometries.

    Others are tables as QGIS keeps its styles in. Raises `BodyError`: there is no such layer, or none is
    chosen of several.
    """
    names = [str(name) for name, kind in layers if kind is not None or name == wanted]
    listed = ", ".join(names)[:200]
    if wanted is None and len(names) != 1:
        hint = f" ({listed}); --layer chooses one" if names else " with geometries"
        raise BodyError(f"one layer is needed, there are {len(names)}{hint}")
    if wanted is not None and wanted not in names:
        raise BodyError(f"there is no layer {wanted[:80]!r}, but {listed or 'none'}")
    return wanted or names[0]


def _geo_column(schema: Any) -> tuple[str | None, bool, ToWGS84 | None]:
    """The geometry column, None where the file is no GeoParquet; whether all have two coordinates; the way
    to WGS84 from another reference system.
    """
    text = (schema.metadata or {}).get(b"geo")
    if text is None:
        return None, True, None
    try:
        geo = json.loads(text)
        name = geo["primary_column"]
        column = geo["columns"][name]
        encoding, crs = column["encoding"], column.get("crs", "OGC:CRS84")
        kinds = [str(kind) for kind in column.get("geometry_types") or ("Z",)]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BodyError("its GeoParquet metadata cannot be read") from None
    if encoding not in _ENCODINGS or name not in schema.names:
        raise BodyError(f"geometries are read as {' or '.join(_ENCODINGS)} only, these are {encoding}")
    if encoding == "point":
        kind = schema.field(name).type
        axes = {one.name for one in kind} if arrow().types.is_struct(kind) else set()
        if not {"x", "y"} <= axes <= {"x", "y", "z", "m"}:
            raise BodyError(f"points have x and y apart, these are {str(kind)[:80]}")
    return str(name), all(kind in ("Point", "MultiPoint") for kind in kinds), to_wgs84(crs)


def _reading(begin: Callable[[], Iterable[Any]], what: str) -> Iterator[Any]:
    pyarrow = arrow()
    try:
        yield from begin()
    except (pyarrow.ArrowException, OSError) as error:
        raise BodyError(f"the {what} file is damaged: {one_line(error)}") from None
