"""GeoParquet 1.1, by pyarrow, an optional extra."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from api.collections.formats.fields import columns, geometries, geometry_type, of_lines
from api.collections.formats.statement import statement

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

_VERSION = "1.1.0"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """One collection, geometries as WKB beside their boxes."""
    # Imported where it is used: it is optional, and takes its time.
    import pyarrow as pa
    import pyarrow.parquet as pq

    (collection,) = collections
    kinds = {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}
    shapes = geometries(collection)
    corners = shapely.bounds(shapes).reshape(-1, 4).T
    arrays: dict[str, Any] = {
        column.name: pa.array(column.values, kinds[column.type]) for column in columns(collection)
    }
    arrays["geometry"] = pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary())
    arrays["bbox"] = pa.StructArray.from_arrays([pa.array(one, pa.float64()) for one in corners], _CORNERS)
    metadata = {**statement(edition), "title": collection.title, "description": collection.description}
    table = pa.table(arrays)
    with (
        path.open("wb") as file,
        # pyarrow would keep its own schema as well, and all the metadata once more in it.
        pq.ParquetWriter(file, table.schema, compression="zstd", store_schema=False) as writer,
    ):
        writer.write_table(table)
        writer.add_key_value_metadata({**metadata, "geo": json.dumps(_geo(collection))})


def _geo(collection: Collection) -> dict[str, Any]:
    """What GeoParquet asks for; without ``crs`` it is longitude and latitude on WGS84 (OGC:CRS84)."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [geometry_type(collection)] if collection.features else [],
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    if not of_lines(collection):
        column["orientation"] = "counterclockwise"
    if collection.features:
        column["bbox"] = shapely.total_bounds(geometries(collection)).tolist()
    return {"version": _VERSION, "primary_column": "geometry", "columns": {"geometry": column}}
