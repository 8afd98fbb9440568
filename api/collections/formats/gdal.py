"""Layers written by GDAL: the same bytes for the same features, and every failure an OSError."""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from api.collections.formats.fields import Column, geometries, geometry_type
from coastlines.gdal import load_pyogrio
from zones.atlas.features import Collection

# Files name no time of making, or no two would be equal.
DATE = "1980-01-01"
_TIME = f"{DATE}T00:00:00.000Z"
_DTYPES: dict[str, Any] = {"string": object, "number": np.float64, "boolean": np.bool_}
_NOTHING: dict[str, Any] = {"string": "", "number": 0.0, "boolean": False}

# Settings of GDAL belong to the whole process.
_one_at_a_time = threading.Lock()


def write_layer(
    target: Path | io.BytesIO,
    driver: str,
    collection: Collection,
    table: Sequence[Column],
    *,
    append: bool = False,
    **options: Any,
) -> None:
    """Write a collection as a layer of its own name.

    Raises
    ------
    OSError
        Whatever GDAL could not write.
    """
    pyogrio = load_pyogrio()
    shapes = shapely.to_wkb(geometries(collection), byte_order=1)
    with _one_at_a_time:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _TIME})
        try:
            pyogrio.raw.write(
                target,
                shapes,
                [_values(column) for column in table],
                [column.name for column in table],
                [np.array([value is None for value in column.values], dtype=bool) for column in table],
                layer=collection.id,
                driver=driver,
                geometry_type=geometry_type(collection),
                crs="EPSG:4326",
                encoding="UTF-8",
                promote_to_multi=True,
                append=append,
                **options,
            )
        except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError) as error:
            # GDAL puts whole statements of SQL before the reason.
            reason = str(error).rpartition(" failed: ")[2][:200]
            raise OSError(errno.EIO, f"GDAL cannot write {collection.id}: {reason}") from error
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _values(column: Column) -> npt.NDArray[Any]:
    filled = [_NOTHING[column.type] if value is None else value for value in column.values]
    return np.array(filled, dtype=_DTYPES[column.type])
