"""FlatGeobuf: one collection with a spatial index, readable in ranges over the network."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats.fields import columns
from api.collections.formats.gdal import write_layer
from api.collections.formats.statement import description, statement

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
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
