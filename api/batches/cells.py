"""Cells of a table as coordinates, whatever the notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import shapely

from api.batches.column_values import is_fraction
from api.errors import ParameterError
from api.texts.numbers import coordinate
from coastlines.positions import parse_position, plain_letters
from zones.classification.records import Floats

# Texts that float() and `coordinate` read alike, one after another.
_PLAIN = re.compile(r"[0-9eE+\-. \n]*")
_LONG_EXPONENT = re.compile(r"[eE][+-]?[0-9]{5}")
# Decimal commas alone, which `coordinate` reads as points.
_WITH_COMMAS = re.compile(r"(?:[+-]?[0-9]{1,3}(?:,[0-9]+)?\n)*")
# Numbers without a sign, of degrees alone: more digits may be degrees and minutes.
_DEGREES = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]+)?\n)*")
_SIDES = {"lon": {"E": 1.0, "W": -1.0}, "lat": {"N": 1.0, "S": -1.0}}
_MOST = {"lon": 180.0, "lat": 90.0}
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_WKB = re.compile(r"0[01](?:[0-9A-F]{2}){8,}", re.IGNORECASE)  # in hexadecimal, as PostGIS writes it
_LONGEST_POINT = 200  # digits, of four dimensions with their SRID and some more
_WGS84 = 4326
_POINT = re.compile(rf" *POINT *\( *({_NUMBER}) +({_NUMBER}) *\) *", re.IGNORECASE)


def numbers(texts: Sequence[str], name: str, errors: dict[int, str]) -> Floats:
    """Texts as numbers, all at once where all are; else one by one, noting errors. [deg]"""
    try:
        joined = "\n".join(texts)
        if _PLAIN.fullmatch(joined) and not _LONG_EXPONENT.search(joined):
            found = np.array([float(text) for text in texts], dtype=np.float64)
            if np.isfinite(found).all():
                return found
        if _WITH_COMMAS.fullmatch(joined + "\n"):
            return np.array([float(text.replace(",", ".")) for text in texts], dtype=np.float64)
    except ValueError:
        pass
    found = np.full(len(texts), np.nan)
    for at, text in enumerate(texts):
        try:
            found[at] = coordinate(text, name)
        except ParameterError as error:
            errors.setdefault(at, str(error) if text.strip() else f"{name} is empty")
    return found


def numbers_beside(texts: Sequence[str], sides: Sequence[str], name: str, errors: dict[int, str]) -> Floats:
    """The same of coordinates whose hemispheres stand beside them."""
    signs = list(map(_SIDES[name].get, sides))
    if None not in signs and _DEGREES.fullmatch("\n".join(texts) + "\n"):
        found = np.array(list(map(float, texts)), dtype=np.float64)
        if not (found > _MOST[name]).any():
            return np.asarray(found * np.array(signs, dtype=np.float64))
    found = np.full(len(texts), np.nan)
    for at, (text, side) in enumerate(zip(texts, sides, strict=True)):
        try:
            found[at] = coordinate(text, name, beside=side)
        except ParameterError as error:
            errors.setdefault(at, str(error) if text.strip() else f"{name} is empty")
    return found


def without_decimals(
    found: Floats, texts: Callable[[], Sequence[str]], name: str, errors: dict[int, str]
) -> Floats:
    """Coordinates under a name that promises minutes without those of decimals alone, noting errors. [deg]"""
    rows = np.flatnonzero(np.isfinite(found) & (found != np.round(found))).tolist()
    if rows:
        found, cells = found.copy(), texts()
        for row in rows:
            if said := doubtful_decimals(cells[row], name):
                errors.setdefault(row, said)
                found[row] = np.nan
    return found


def doubtful_decimals(text: str, name: str) -> str:
    """Why a cell under a name that promises minutes is not read, in words; else empty."""
    if not is_fraction(plain_letters(text)[0]):
        return ""
    said = "has decimals alone, which may be of degrees or minutes, and its column tells minutes by its name"
    return f"{name} {text.strip()[:40]!r} {said}; write 42.5° or 42 30"


def positions(texts: Sequence[str], errors: dict[int, str]) -> tuple[Floats, Floats]:
    """Texts of whole positions as longitudes and latitudes, noting errors. [deg]"""
    lon, lat = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    for at, text in enumerate(texts):
        if point := _POINT.fullmatch(text):  # quicker than the reader of all notations
            lon[at], lat[at] = map(float, point.groups())
            continue
        try:
            lon[at], lat[at] = whole_position(text)
        except ValueError as error:
            errors.setdefault(at, str(error) if text.strip() else "the position is empty")
    return lon, lat


def whole_position(text: str) -> tuple[float, float]:
    """Longitude and latitude of a position in any notation, or of a point in WKB in hexadecimal. [deg]

    Raises `ValueError`, of which `PositionError` is one: it is none.
    """
    stripped = text.strip()
    return _point_of_wkb(stripped) if _WKB.fullmatch(stripped) else parse_position(text)


def _point_of_wkb(text: str) -> tuple[float, float]:
    if len(text) > _LONGEST_POINT:  # which may be nested deeper than can be read
        raise ValueError("a Point is needed, this WKB is longer")
    try:
        geometry = shapely.from_wkb(text)
    except shapely.GEOSException:
        raise ValueError(f"a Point is needed, {text[:40]!r} is no WKB") from None
    if geometry.geom_type != "Point" or geometry.is_empty:
        raise ValueError(f"a Point is needed, this is {'empty' if geometry.is_empty else geometry.geom_type}")
    if (system := shapely.get_srid(geometry)) not in (0, _WGS84):
        raise ValueError(f"the SRID of the point is {system}, positions are read in {_WGS84} (WGS84)")
    return geometry.x, geometry.y
