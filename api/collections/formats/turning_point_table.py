"""Turning points of lines as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.texts.json_text import to_bytes
from api.texts.turning_points import turning_points_text

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """The table of one collection of lines."""
    (collection,) = collections
    path.write_bytes(to_bytes(turning_points_text(edition, collection.id)))
