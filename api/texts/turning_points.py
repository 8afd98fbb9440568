"""Turning points of lines as hydrographers publish them: a table in degrees and decimal minutes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.errors import UnknownThingError
from api.texts.tables import cell
from coastlines.positions import format_latitude, format_longitude

if TYPE_CHECKING:
    from zones.editions.store import Edition

COLLECTIONS = ("limits", "boundaries", "sector_boundaries")
MEDIA_TYPE = "text/csv; charset=utf-8"
_DECIMALS = 9


def turning_points_text(edition: Edition, collection: str) -> str:
    """The turning points of a collection of lines as CSV text.

    Each pair of ``lon`` and ``lat`` columns is followed by the same position in degrees and decimal
    minutes, ``latitude`` before ``longitude``. The last two say from which edition they are.

    Raises `UnknownThingError`: a collection that has no turning points.
    """
    if collection not in COLLECTIONS:
        raise UnknownThingError(
            f"{collection[:80]} has no table of turning points; {' and '.join(COLLECTIONS)} have",
            known=list(COLLECTIONS),
        )
    of_edition = {"assumptions": edition.assumptions, "edition": edition.name}
    rows = [{**row, **of_edition} for row in edition.turning_points(collection)]
    names = list(rows[0]) if rows else ["feature", "point", "lon", "lat", *of_edition]
    header = _columns(names)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(row, column) for column in header] for row in rows)
    return target.getvalue()


def _columns(names: Sequence[str]) -> list[str]:
    """Column names with those in degrees and minutes put behind each pair of numbers."""
    columns: list[str] = []
    for name in names:
        columns.append(name)
        stem = name.removesuffix("lat")
        if stem != name and f"{stem}lon" in names:
            columns += [f"{stem}latitude", f"{stem}longitude"]
    return columns


def _cell(row: dict[str, Any], column: str) -> str:
    if column in row:
        value = row[column]
        rounded = isinstance(value, float) and column.endswith(("lon", "lat"))
        return cell(round(value, _DECIMALS) if rounded else value)
    north = column.endswith("latitude")
    value = row[column.removesuffix("itude" if north else "gitude")]
    return "" if cell(value) == "" else (format_latitude if north else format_longitude)(value)
