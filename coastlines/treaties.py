"""What States have agreed: lines of the seabed with their points as written, and boundaries in the water."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from coastlines.bundled import read_bundled
from coastlines.errors import TreatyError
from coastlines.positions import PositionError, parse_coordinate

__all__ = [
    "TreatyLine",
    "WaterBoundary",
    "check_treaty_points",
    "read_treaty_points",
    "treaty_lines",
    "water_boundary",
]

_AGREE_DEG = 1e-6  # decimal degrees are written with 6 decimals
_COLUMNS = "point, latitude, longitude and, if at hand, latitude_deg, longitude_deg"
_NUMBERED = re.compile(r"(?P<before>\D*)(?P<number>\d{1,9})(?:\.0*)?\Z")  # as 7, 7.0, "point 7"
_Row = tuple[str, dict[str, str]]  # where it stands, for messages; cells by column


@dataclass(frozen=True, slots=True, eq=False)
class TreatyLine:
    """A seabed line that States have agreed, as far as it is known here."""

    pair: str  # as ``KAZ-RUS``; three States for a tripoint
    # treaty, in_force, source: which treaty, since when, and where its points or length were read
    treaty: str
    in_force: str
    # shape (n, 2), longitude and latitude as the treaty's table has them, in its order [deg]
    points: NDArray[np.float64]
    points_known: str  # which points these are, and how finely they are given
    source: str
    # datum, line_type: as stated, or "not stated"
    datum: str
    line_type: str
    published_length_nm: float | None  # length published by others [nm]
    published_length_source: str | None


@dataclass(frozen=True, slots=True)
class WaterBoundary:
    """What is known of the line between two States' waters (Articles 7(3) and 9(1))."""

    status: str  # ``agreed_reconstructed`` or ``provisional``
    # basis, source: how the line is drawn here, and from what
    basis: str
    source: str


@cache
def _water_boundaries() -> dict[str, WaterBoundary]:
    records = json.loads(read_bundled("treaties/water_boundaries.json"))
    return {pair: WaterBoundary(**record) for pair, record in records.items()}


def water_boundary(pair: str) -> WaterBoundary:
    """What is known of the waters of a pair, named as ``AZE-RUS``."""
    known = _water_boundaries()
    return known.get(pair) or known["other pairs"]


@cache
def treaty_lines() -> dict[str, TreatyLine]:
    """Read the bundled treaty lines by pair, as ``KAZ-RUS``; the tripoint as ``AZE-KAZ-RUS``."""
    records = json.loads(read_bundled("treaties/seabed_lines.json"))
    lines = {}
    for pair, record in records.items():
        table = record.pop("points")
        points = np.empty((0, 2))
        if table is not None:
            text = read_bundled(f"treaties/{table}").decode("utf-8")
            points = _points(table, text.splitlines())
        lines[pair] = TreatyLine(pair=pair, points=points, **record)
    return lines


def read_treaty_points(path: str | os.PathLike[str]) -> NDArray[np.float64]:
    """Read a table of treaty points from a CSV file.

    Args:
        path: Columns `latitude` and `longitude` in degrees and minutes (as ``42°33.6'N``), or `latitude_deg`
            and `longitude_deg` in decimal degrees, which are taken where both stand; `point`, if there is
            such a column, numbers or names the points; lines that begin with # are remarks.

    Returns:
        Shape (n, 2). Longitude and latitude in the order of the numbers, else of the file. [deg]

    Raises `TreatyError`: the file cannot be read, has other columns, a position that is none, no two points,
    or a point twice, without its number, or with a number before it missing.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise TreatyError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TreatyError(f"{path.name}: is no UTF-8 text (byte {error.start})") from error
    points = _points(path.name, text.splitlines())
    return _at_least_two(path.name, points)


def check_treaty_points(points: npt.ArrayLike) -> NDArray[np.float64]:
    """Treaty points that were given without a file, held to what those of a file are held to.

    Raises `TreatyError`: they are no rows of longitude and latitude in degrees, or no two differ.
    """
    try:
        found = np.array(points, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.ndim != 2 or found.shape[1] != 2 or not (np.abs(found) <= (180.0, 90.0)).all():
        raise TreatyError("treaty points: rows of longitude and latitude in degrees are expected")
    found.setflags(write=False)
    return _at_least_two("treaty points", found)


def _at_least_two(name: str, points: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(np.unique(points, axis=0)) < 2:
        raise TreatyError(f"{name}: has fewer than two different points")
    return points


def _points(name: str, lines: Iterable[str]) -> NDArray[np.float64]:
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip() and line[0] != "#"]
    rows = []
    for number, line in numbered:  # one by one, so that no quote makes one row of several
        try:
            rows.append(next(csv.reader([line], strict=True)))
        except csv.Error as error:
            raise TreatyError(f"{name}, line {number}: {error}") from None
    header = [column.strip().lower() for column in rows[0]] if rows else []
    columns = set(header)
    decimal = {"latitude_deg", "longitude_deg"} <= columns
    if not decimal and not {"latitude", "longitude"} <= columns:
        raise TreatyError(f"{name}: columns {_COLUMNS} are expected, found {', '.join(header) or 'none'}")
    if len(columns) < len(header):
        raise TreatyError(f"{name}: two columns have the same name")
    table = []
    for (number, _), cells in zip(numbered[1:], rows[1:], strict=True):
        if len(cells) > len(header):
            raise TreatyError(f"{name}, line {number}: more values than the header has")
        table.append((f"{name}, line {number}", dict(zip(header, cells, strict=False))))
    if "point" in columns:
        table = _in_order(table)
    points = []
    for place, row in table:
        if decimal:
            lon, lat = (_decimal(place, row.get(key)) for key in ("longitude_deg", "latitude_deg"))
        else:
            lon = _written(place, row.get("longitude"), "lon")
            lat = _written(place, row.get("latitude"), "lat")
        if decimal and (row.get("latitude") or row.get("longitude")):
            written = (
                _written(place, row.get("longitude"), "lon"),
                _written(place, row.get("latitude"), "lat"),
            )
            if max(abs(written[0] - lon), abs(written[1] - lat)) > _AGREE_DEG:
                given = f"{row.get('latitude')} {row.get('longitude')}"
                raise TreatyError(f"{place}: {given} is not latitude {lat}, longitude {lon}")
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise TreatyError(f"{place}: longitude {lon}, latitude {lat} is no position")
        points.append((lon, lat))
    found = np.array(points, dtype=np.float64).reshape(-1, 2)
    found.setflags(write=False)
    return found


def _in_order(table: list[_Row]) -> list[_Row]:
    """Rows by their points' numbers, none twice and none left out.

    Where not every point has a number (``start``, ``end``), those that have one must stand in order.
    """
    points = [row.get("point", "").strip() for _, row in table]
    occur = Counter(points)
    for (place, _), point in zip(table, points, strict=True):
        if not point and len(occur) > 1:
            raise TreatyError(f"{place}: the point has no number")
        if point and occur[point] > 1:
            raise TreatyError(f"{place}: point {point} occurs twice")
    found = [_NUMBERED.match(point) for point in points]
    ordered = [(int(one["number"]) if one else None, row) for one, row in zip(found, table, strict=True)]
    if len({one and one["before"] for one in found}) == 1 and all(found):
        ordered.sort(key=lambda numbered: numbered[0] or 0)
    before: int | None = None
    for number, (place, _) in ordered:
        if number is not None and before is not None and number - before != 1:
            raise TreatyError(f"{place}: point {number} comes after {before}; points are numbered one by one")
        before = before if number is None else number
    return [row for _, row in ordered]


def _decimal(place: str, text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise TreatyError(f"{place}: {text!r} is no number of degrees") from None


def _written(place: str, text: str | None, axis: str) -> float:
    """A coordinate in any notation that says its hemisphere. [deg]"""
    try:
        return parse_coordinate(text or "", axis, hemisphere=True)
    except PositionError as error:
        raise TreatyError(f"{place}: {error}") from None
