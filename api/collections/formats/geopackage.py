"""GeoPackage 1.3: a layer a collection, with what there is to tell as its metadata."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats.fields import columns
from api.collections.formats.gdal import write_layer
from api.collections.formats.statement import description, statement

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

_VERSION = "1.3"  # newer ones make the GDAL of present distributions warn


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """All the collections as layers of one file."""
    for number, collection in enumerate(collections):
        write_layer(
            path,
            "GPKG",
            collection,
            columns(collection),
            append=number > 0,
            dataset_options={"VERSION": _VERSION} if number == 0 else None,
            layer_options={"IDENTIFIER": collection.title, "DESCRIPTION": description(edition, collection)},
            dataset_metadata=statement(edition),
        )
    _check(path, collections)


def _check(path: Path, collections: Sequence[Collection]) -> None:
    # What fails while GDAL closes a file is not always reported.
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            sound = base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            counted = dict(base.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents"))
    except sqlite3.Error as error:
        raise OSError(errno.EIO, f"the GeoPackage was not written whole: {error}") from error
    if not sound or counted != {one.id: len(one.features) for one in collections}:
        raise OSError(errno.EIO, "the GeoPackage was not written whole")
