"""What GDAL writes: the same bytes for the same features, and every failure an OSError.

GeoPackage 1.3 has a layer a collection, and how QGIS draws each; FlatGeobuf one with a spatial index,
readable in ranges over the network. Both have what there is to tell as their metadata.
"""

from __future__ import annotations

import contextlib
import errno
import io
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from api.collections.formats import qgis
from api.collections.formats.fields import Column, columns, geometries, geometry_type
from api.collections.formats.statement import description, statement
from coastlines.gdal import load_pyogrio

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

# Files name no time of making, or no two would be equal.
DATE = "1980-01-01"
_GEOPACKAGE_VERSION = "1.3"  # newer ones make the GDAL of present distributions warn
_TIME = f"{DATE}T00:00:00.000Z"
_DTYPES: dict[str, Any] = {"string": object, "number": np.float64, "boolean": np.bool_}
_FILLERS: dict[str, Any] = {"string": "", "number": 0.0, "boolean": False}

# Settings of GDAL belong to the whole process.
_one_at_a_time = threading.Lock()


def write_geopackage(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """All the collections as layers of one file."""
    for number, collection in enumerate(collections):
        write_layer(
            path,
            "GPKG",
            collection,
            columns(collection),
            append=number > 0,
            dataset_options={"VERSION": _GEOPACKAGE_VERSION} if number == 0 else None,
            layer_options={"IDENTIFIER": collection.title, "DESCRIPTION": description(edition, collection)},
            dataset_metadata=statement(edition),
        )
    _write(
        path,
        "GPKG",
        qgis.TABLE,
        None,
        qgis.style_table(collections, _TIME),
        geometry_type=None,
        crs=None,
        append=True,
        layer_options={"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES", "FID": "id"},
    )
    _check_geopackage(path, collections)


def write_flatgeobuf(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """One collection; features stand in the order of the index, not in that of the collection."""
    (collection,) = collections
    made = io.BytesIO()  # GDAL does not report every failure on closing a file
    write_layer(
        made,
        "FlatGeobuf",
        collection,
        columns(collection),
        layer_options={"TITLE": collection.title, "DESCRIPTION": description(edition, collection)},
        layer_metadata=statement(edition),
    )
    path.write_bytes(made.getvalue())


def write_layer(
    target: Path | io.BytesIO,
    driver: str,
    collection: Collection,
    table: Sequence[Column],
    *,
    append: bool = False,
    **options: Any,
) -> None:
    """Write a collection as a layer of its own name. Raises `OSError`: whatever GDAL could not write."""
    shapes = shapely.to_wkb(geometries(collection), byte_order=1)
    shape = {"geometry_type": geometry_type(collection), "crs": "EPSG:4326", "promote_to_multi": True}
    _write(target, driver, collection.id, shapes, table, append=append, **shape, **options)


def _write(
    target: Path | io.BytesIO,
    driver: str,
    layer: str,
    shapes: npt.NDArray[np.object_] | None,
    table: Sequence[Column],
    **options: Any,
) -> None:
    pyogrio = load_pyogrio()
    with _one_at_a_time:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _TIME})
        try:
            pyogrio.raw.write(
                target,
                shapes,
                [_values(column) for column in table],
                [column.name for column in table],
                [np.array([value is None for value in column.values], dtype=bool) for column in table],
                layer=layer,
                driver=driver,
                encoding="UTF-8",
                **options,
            )
        except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError) as error:
            # GDAL puts whole statements of SQL before the reason.
            reason = str(error).rpartition(" failed: ")[2][:200]
            raise OSError(errno.EIO, f"GDAL cannot write {layer}: {reason}") from error
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _values(column: Column) -> npt.NDArray[Any]:
    filled = [_FILLERS[column.type] if value is None else value for value in column.values]
    return np.array(filled, dtype=_DTYPES[column.type])


def _check_geopackage(path: Path, collections: Sequence[Collection]) -> None:
    # What fails while GDAL closes a file is not always reported.
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            sound = base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            counted = dict(base.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents"))
    except sqlite3.Error as error:
        raise OSError(errno.EIO, f"the GeoPackage was not written whole: {error}") from error
    expected = {one.id: len(one.features) for one in collections}
    if not sound or counted != {**expected, qgis.TABLE: len(expected)}:
        raise OSError(errno.EIO, "the GeoPackage was not written whole")
