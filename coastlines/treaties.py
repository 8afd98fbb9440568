"""What States have agreed: lines of the seabed with their points as written, and boundaries in the water."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coastlines.bundled import read_bundled
from coastlines.errors import TreatyError

__all__ = ["TreatyLine", "WaterBoundary", "read_treaty_points", "treaty_lines", "water_boundary"]

_AGREE_DEG = 1e-6  # decimal degrees are written with 6 decimals
_COLUMNS = "point, latitude, longitude and, if at hand, latitude_deg, longitude_deg"
_POSITION = re.compile(
    r"""^\s*(?P<degrees>\d{1,3})\s*[°º]\s*
        (?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′]\s*)?
        (?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*["″]\s*)?
        (?P<hemisphere>[NSEW])\s*$""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, eq=False)
class TreatyLine:
    """A seabed line that States have agreed, as far as it is known here.

    Attributes
    ----------
    pair : str
        As ``KAZ-RUS``; three States for a tripoint.
    treaty, in_force, source : str
        Which treaty, since when, and where its points or length were read.
    points : ndarray of float, shape (n, 2)
        Longitude and latitude as the treaty's table has them, in its order. [deg]
    points_known : str
        Which points these are, and how finely they are given.
    datum, line_type : str
        As stated, or "not stated".
    published_length_nm : float or None
        Length published by others. [nm]
    published_length_source : str or None
    """

    pair: str
    treaty: str
    in_force: str
    points: NDArray[np.float64]
    points_known: str
    source: str
    datum: str
    line_type: str
    published_length_nm: float | None
    published_length_source: str | None


@dataclass(frozen=True, slots=True)
class WaterBoundary:
    """What is known of the line between two States' waters (Articles 7(3) and 9(1)).

    Attributes
    ----------
    status : str
        ``agreed_reconstructed`` or ``provisional``.
    basis, source : str
        How the line is drawn here, and from what.
    """

    status: str
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

    Parameters
    ----------
    path : path-like
        Columns `latitude` and `longitude` in degrees and minutes (as ``42°33.6'N``), or
        `latitude_deg` and `longitude_deg` in decimal degrees, which are taken where both stand;
        lines that begin with # are remarks.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Longitude and latitude in the order of the file. [deg]

    Raises
    ------
    TreatyError
        The file cannot be read, has other columns, a position that is none, or no two points.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise TreatyError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TreatyError(f"{path.name}: is no UTF-8 text (byte {error.start})") from error
    points = _points(path.name, text.splitlines())
    if len(np.unique(points, axis=0)) < 2:
        raise TreatyError(f"{path.name}: has fewer than two different points")
    return points


def _points(name: str, lines: Iterable[str]) -> NDArray[np.float64]:
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip() and line[0] != "#"]
    rows = csv.DictReader(io.StringIO("\n".join(line for _, line in numbered)))
    columns = set(rows.fieldnames or ())
    decimal = {"latitude_deg", "longitude_deg"} <= columns
    if not decimal and not {"latitude", "longitude"} <= columns:
        raise TreatyError(
            f"{name}: columns {_COLUMNS} are expected, found {', '.join(rows.fieldnames or ()) or 'none'}"
        )
    points = []
    for (number, _), row in zip(numbered[1:], rows, strict=False):
        place = f"{name}, line {number}"
        if decimal:
            lon, lat = (_decimal(place, row[key]) for key in ("longitude_deg", "latitude_deg"))
        else:
            lon = _sexagesimal(place, row["longitude"], "EW", 180)
            lat = _sexagesimal(place, row["latitude"], "NS", 90)
        if decimal and (row.get("latitude") or row.get("longitude")):
            written = (
                _sexagesimal(place, row.get("longitude"), "EW", 180),
                _sexagesimal(place, row.get("latitude"), "NS", 90),
            )
            if max(abs(written[0] - lon), abs(written[1] - lat)) > _AGREE_DEG:
                raise TreatyError(
                    f"{place}: {row['latitude']} {row['longitude']} is not latitude {lat}, longitude {lon}"
                )
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise TreatyError(f"{place}: longitude {lon}, latitude {lat} is no position")
        points.append((lon, lat))
    found = np.array(points, dtype=np.float64).reshape(-1, 2)
    found.setflags(write=False)
    return found


def _decimal(place: str, text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise TreatyError(f"{place}: {text!r} is no number of degrees") from None


def _sexagesimal(place: str, text: str | None, hemispheres: str, largest: int) -> float:
    match = _POSITION.match(text or "")
    if match is None or match["hemisphere"] not in hemispheres:
        raise TreatyError(f"{place}: {text!r} is no position; 42°33.6'N or 49°53.3'E would be")
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    value = int(match["degrees"]) + minutes / 60 + seconds / 3600
    if minutes >= 60 or seconds >= 60 or value > largest:
        raise TreatyError(f"{place}: {text!r} has minutes, seconds or degrees out of range")
    return -value if match["hemisphere"] in "SW" else value
