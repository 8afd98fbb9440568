"""Positions as people write them on charts, read and written.

Without hemisphere letters the **latitude comes first**, as on charts and in pilot books. (GeoJSON
and every array of this project have the longitude first; `lon` and `lat` as separate values cannot
be confused.) With letters, or the words lat and lon, either order is read. A pair whose numbers fit
the Caspian only the other way round is not turned silently: it is a true position elsewhere on
earth, and its classification carries a hint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

EXAMPLE = "42°33.6'N 49°53.3'E"
LONGEST_TEXT = 200

_TEN_THOUSANDTHS_OF_A_MINUTE = 600_000  # in one degree


class PositionError(ValueError):
    """A text is not a position; the message tells what is wrong and shows one that is right."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        shown = text if len(text) <= 80 else text[:77] + "..."
        super().__init__(f"position {shown!r}: {reason}; one that can be read: {EXAMPLE}")


class _UnreadableError(Exception):
    """Why a text is no position; becomes a PositionError at the entrance."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, degree, minute, second, colon, axis, separator
    text: str
    sign: str = ""
    axis: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class _Coordinate:
    numbers: tuple[str, ...]
    sign: str
    axis: str  # lat, lon, or empty where neither letter nor word says it
    letter: str


_PATTERNS: tuple[tuple[str, str], ...] = (
    ("number", r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    # A unit letter may touch the hemisphere letter behind it, as in 42d33m36sN.
    ("second", r"[\"″”“ʺ˝]|['′’‘ʹʼ´`]{2}|sec(?:onds?)?\.?(?![a-z])"),
    ("minute", r"['′’‘ʹʼ´`]|min(?:utes?)?\.?(?![a-z])|m(?![a-df-mo-rt-vx-z])"),
    ("degree", r"[°º˚∘]|deg(?:rees?)?\.?(?![a-z])|d(?![a-df-mo-rt-vx-z])"),
    # Russian charts write с.ш. and в.д. (north latitude, east longitude).
    ("north", r"с\.?\s*ш\.?(?!\w)|north(?![a-z])|n(?![a-z])"),
    ("south", r"ю\.?\s*ш\.?(?!\w)|south(?![a-z])|s(?![a-df-mo-rt-vx-z])"),
    ("east", r"в\.?\s*д\.?(?!\w)|east(?![a-z])|e(?![a-z])"),
    ("west", r"з\.?\s*д\.?(?!\w)|west(?![a-z])|w(?![a-z])"),
    ("lat", r"lat(?:itude)?\.?\s*[:=]?"),
    ("lon", r"(?:longitude|long|lon|lng)\.?\s*[:=]?"),
    ("colon", r":"),
    ("separator", r"[,;/|\n]"),
    ("space", r"\s+"),
)
_AXES = {
    "north": ("lat", "N"),
    "south": ("lat", "S"),
    "east": ("lon", "E"),
    "west": ("lon", "W"),
    "lat": ("lat", ""),
    "lon": ("lon", ""),
}
_MARKS = ("degree", "minute", "second")
_DASHES = str.maketrans("−–—‐‑", "-----")
_TIGHT_COMMA = r"(?<=[0-9]),(?=[0-9])"
# A hyphen between the parts of one coordinate, as in 42-33.6N 049-53.3E.
_JOINING_HYPHEN = r"(?<=[0-9°º˚])-(?=[0-9])"


def parse_position(text: str) -> tuple[float, float]:
    """Longitude and latitude of a position as written on a chart. [deg]

    Decimal degrees, degrees and decimal minutes, degrees minutes seconds; hemisphere letters before
    or after; degree sign and primes of every kind, letters d m s, colons, hyphens or spaces between
    the parts; space, comma, semicolon or slash between the two coordinates. A comma is a decimal
    comma only where no other reading makes sense.

    Raises `PositionError`: the text is no position, can be read in two ways, or lies outside the earth's
    range.
    """
    try:
        return _read(text)
    except _UnreadableError as error:
        raise PositionError(text, str(error)) from None


def format_position(lon: float, lat: float) -> str:
    """A position in degrees and decimal minutes, latitude first: ``42°33.6000'N 049°53.2800'E``.

    Four decimals of a minute are 0.19 m at most. `lon`, `lat` in degrees.
    """
    return f"{format_latitude(lat)} {format_longitude(lon)}"


def format_latitude(lat: float) -> str:
    """A latitude in degrees and decimal minutes, two digits of degrees. [deg]"""
    return _degrees_and_minutes(lat, "NS", 2)


def format_longitude(lon: float) -> str:
    """A longitude in degrees and decimal minutes, three digits of degrees. [deg]"""
    return _degrees_and_minutes(lon, "EW", 3)


def _degrees_and_minutes(value: float, letters: str, digits: int) -> str:
    # Whole ten-thousandths of a minute first, so that 59.99999' carries into the degrees.
    count = round(abs(value) * _TEN_THOUSANDTHS_OF_A_MINUTE)
    degrees, rest = divmod(count, _TEN_THOUSANDTHS_OF_A_MINUTE)
    letter = letters[1] if value < 0 and count else letters[0]
    return f"{degrees:0{digits}d}°{rest / 10_000:07.4f}'{letter}"


def _read(text: str) -> tuple[float, float]:
    if not text.strip():
        raise _UnreadableError("it is empty")
    if len(text) > LONGEST_TEXT:
        raise _UnreadableError(f"it is longer than {LONGEST_TEXT} characters")
    plain = re.sub(_JOINING_HYPHEN, ":", text.strip().translate(_DASHES).rstrip("/"))
    readings = [plain]
    if re.search(_TIGHT_COMMA, plain):
        readings.append(re.sub(_TIGHT_COMMA, ".", plain))
    understood: dict[tuple[_Coordinate, _Coordinate], None] = {}
    reasons: list[str] = []
    for reading in readings:
        try:
            understood[_two_coordinates(_tokens(reading))] = None
        except _UnreadableError as error:
            reasons.append(str(error))
    if len(understood) > 1:
        raise _UnreadableError("its commas can be read in two ways; write decimal points")
    if not understood:
        raise _UnreadableError(reasons[0])
    return _lon_lat(*next(iter(understood)))


@cache
def _token() -> re.Pattern[str]:
    """Whatever stands in a position; compiled when the first one is read."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS), re.IGNORECASE)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        match = _token().match(text, place)
        if match is None:
            word = re.match(r"\w+|.", text[place:])
            raise _UnreadableError(f"{word.group() if word else text!r} is not understood")
        kind, found = str(match.lastgroup), match.group()
        place = match.end()
        if kind == "space":
            continue
        if kind == "south" and _counts_seconds(tokens):
            kind = "second"
        if kind in _AXES:
            axis, letter = _AXES[kind]
            tokens.append(_Token("axis", found, axis=axis, letter=letter))
        elif kind == "number":
            sign = found[0] if found[0] in "+-" else ""
            tokens.append(_Token(kind, found.lstrip("+-"), sign=sign))
        else:
            tokens.append(_Token(kind, found))
    return tokens


def _counts_seconds(before: list[_Token]) -> bool:
    """Whether an s means seconds: it follows the number behind minutes marked by a letter m."""
    return (
        len(before) >= 2
        and before[-1].kind == "number"
        and before[-2].kind == "minute"
        and before[-2].text[0] in "mM"
    )


def _two_coordinates(tokens: list[_Token]) -> tuple[_Coordinate, _Coordinate]:
    numbers = sum(token.kind == "number" for token in tokens)
    if numbers == 0:
        raise _UnreadableError("there is no number in it")
    if numbers == 1:
        raise _UnreadableError("there is one number in it, but a position has latitude and longitude")
    letters = [token.letter for token in tokens if token.letter]
    if len(letters) > 2:
        raise _UnreadableError(f"there are {len(letters)} hemisphere letters in it, two are enough")
    separators = [at for at, token in enumerate(tokens) if token.kind == "separator"]
    if len(separators) > 1:
        raise _UnreadableError("there are more than two parts in it")
    if separators:
        at = separators[0]
        return _coordinate(tokens[:at]), _coordinate(tokens[at + 1 :])
    _refuse_half_a_position(tokens, letters, numbers)
    found: list[tuple[_Coordinate, _Coordinate]] = []
    reason = "it cannot be divided into a latitude and a longitude"
    for at in range(1, len(tokens)):
        try:
            found.append((_coordinate(tokens[:at]), _coordinate(tokens[at:])))
        except _UnreadableError:
            continue
    bare = all(token.kind in ("number", "colon") for token in tokens)
    if len(found) > 1 or (found and bare):
        found = [pair for pair in found if len(pair[0].numbers) == len(pair[1].numbers)]
        reason = "it can be divided in several ways; put a comma between latitude and longitude"
    if len(found) != 1:
        raise _UnreadableError(reason)
    return found[0]


def _refuse_half_a_position(tokens: list[_Token], letters: list[str], numbers: int) -> None:
    """Refuse what reads as one coordinate in degrees and minutes, as ``42 33.6N``."""
    outer = tokens[0].letter or tokens[-1].letter
    if numbers != 2 or len(letters) != 1 or not outer:
        return
    first, second = (token.text for token in tokens if token.kind == "number")
    if first.isdigit() and 0 <= float(second) < 60:
        raise _UnreadableError(
            "it reads as one coordinate in degrees and minutes; a position has latitude and longitude "
            "(put a comma between them)"
        )


def _coordinate(tokens: list[_Token]) -> _Coordinate:
    """One coordinate by its grammar alone: [axis] degrees [minutes [seconds]] [axis]."""
    first = next((at for at, token in enumerate(tokens) if token.kind != "axis"), len(tokens))
    body, last = tokens[first:], []
    if body and body[-1].kind == "axis":
        body, last = body[:-1], body[-1:]
    axes = tokens[:first] + last
    if not body or len(axes) > 2 or any(token.kind == "axis" for token in body):
        raise _UnreadableError("a hemisphere letter stands before or behind its whole coordinate")
    if len([token for token in axes if token.letter]) > 1:
        raise _UnreadableError("one coordinate has two hemisphere letters")
    if len({token.axis for token in axes}) > 1:
        raise _UnreadableError("one coordinate is called both latitude and longitude")
    numbers: list[str] = []
    previous = ""
    for token in body:
        if token.kind == "number":
            if len(numbers) == 3 or (numbers and token.sign):
                raise _UnreadableError("a coordinate has at most degrees, minutes and seconds")
            if numbers and "." in numbers[-1]:
                raise _UnreadableError("only the last part of a coordinate may have decimals")
            numbers.append(token.text)
        elif token.kind in _MARKS:
            place = _MARKS.index(token.kind)
            if previous != "number" or place != len(numbers) - 1:
                raise _UnreadableError(f"{token.text!r} stands in a wrong place")
        elif previous not in ("number", "degree", "minute") or token.kind != "colon":
            raise _UnreadableError(f"{token.text!r} stands in a wrong place")
        previous = token.kind
    if previous == "colon":
        raise _UnreadableError("nothing follows the last colon")
    axis = axes[0].axis if axes else ""
    letter = next((token.letter for token in axes if token.letter), "")
    return _Coordinate(tuple(numbers), body[0].sign, axis, letter)


def _lon_lat(first: _Coordinate, second: _Coordinate) -> tuple[float, float]:
    if first.axis and first.axis == second.axis:
        name = {"lat": "latitudes", "lon": "longitudes"}[first.axis]
        raise _UnreadableError(f"there are two {name} in it")
    swapped = first.axis == "lon" or second.axis == "lat"
    latitude, longitude = (second, first) if swapped else (first, second)
    lat = _degrees(latitude, "latitude")
    lon = _degrees(longitude, "longitude")
    by_order = not (first.axis or second.axis)
    rule = "; without the letters N, S, E, W the latitude comes first" if by_order else ""
    if abs(lat) > 90:
        raise _UnreadableError(f"latitude {lat:.10g} is beyond 90 degrees{rule}")
    if abs(lon) > 180:
        raise _UnreadableError(f"longitude {lon:.10g} is beyond 180 degrees{rule}")
    return lon, lat


def _degrees(coordinate: _Coordinate, name: str) -> float:
    if coordinate.sign and coordinate.letter:
        raise _UnreadableError(f"{name} has both a sign and a hemisphere letter")
    # Exact fractions, so that 42°33'36" and 42°33.6' are the very number 42.56.
    from fractions import Fraction  # slow to load

    total = Fraction(0)
    for part, number in zip(("degrees", "minutes", "seconds"), coordinate.numbers, strict=False):
        if part != "degrees" and Fraction(number) >= 60:
            raise _UnreadableError(f"{name} has {number} {part}, but they stay below 60")
        total = total * 60 + Fraction(number)
    value = float(total / 60 ** (len(coordinate.numbers) - 1))
    return -value if coordinate.sign == "-" or coordinate.letter in ("S", "W") else value
