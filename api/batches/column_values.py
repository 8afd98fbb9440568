"""What the first rows of a table tell of its columns, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from coastlines.positions import PositionError, hemisphere_letter, parse_coordinate

_letter = lru_cache(4096)(hemisphere_letter)
# The texts of a column, by its place, in the rows that are looked at; empty where a row has none.
Sample = Callable[[int], Sequence[str]]
ROWS_LOOKED_AT = 10_000
ELSE = "?"  # for numbers, or what is no text: no hemisphere
_SOME_TEXT = "??"  # for a text that is neither a hemisphere nor a number
_TRUE = frozenset({"1", "+1", "1.0", "true", "t", "yes", "y", "да", "bəli", "иә", "hawa", "بله"})
_FALSE = frozenset({"0", "0.0", "-0.0", "false", "f", "no", "n", "нет", "xeyr", "жоқ", "ýok", "خیر"})
_MOST_DIFFERENT = 30  # ways to write hemispheres in one column
_LONGEST = 40  # characters of a hemisphere
_AXIS_OF = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "": ""}
# Signs of hemispheres, and letters that words for them begin with in the six languages.
_SIGNS = frozenset({"+", "-", "\u2212", "1", "-1", "+1", "1.0", "-1.0"})
_SURE_SIGNS = _SIGNS - {"1", "1.0"}
_INITIALS = frozenset("nsewсювзоешбşcqdgشجغ")
_QUARTERS = frozenset({*("ne", "nw", "se", "sw"), *("св", "сз", "юв", "юз")})
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]{1,3}(?:[.,][0-9]*)?|[.,][0-9]+))\s*[°º'′’]?\s*")
_FRACTION = re.compile(
    r"\s*[+-]?[0-9]{0,3}(?:[.,]0*[1-9][0-9]*|(?:[.,][0-9]*)?e[+-]?[0-9]+)\s*", re.IGNORECASE
)
_POINT = re.compile(r"\s*(?:SRID=[0-9]+;\s*)?POINT\b", re.IGNORECASE)
_ANY = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_DIGITS = re.compile("[02-9]")
_CASPIAN = {"lat": (36.0, 48.0), "lon": (46.0, 56.0)}  # with its shores [deg]
_FEW = 100
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil"})  # as programs write it


def letters_held(texts: Sequence[str]) -> set[str] | None:
    """The axes of whose hemispheres a column holds letters or words, among them empty for something else.

    An empty set: there is no such letter in it; None: nothing is in it.
    """
    different = _different(texts)
    if different is None:
        return set()
    if not different:
        return None
    axes = {_AXIS_OF[_letter(text)] for text in different}
    return axes if axes != {""} else set()


def hold_capitals(texts: Sequence[str]) -> bool:
    """Whether letters of hemispheres in a column are such as most have them: capitals, or words."""
    return all(len(text) > 1 or text.isupper() for text in _different(texts) or ())


def may_be_letters(texts: Sequence[str]) -> bool:
    """Whether a column may hold hemispheres as signs, or as letters that are not read."""
    different = {text.casefold() for text in _different(texts) or ()}
    if not different or len(different) > 2:
        return False
    return (different <= _SIGNS and bool(different & _SURE_SIGNS)) or all(
        text.rstrip(".") in _INITIALS for text in different
    )


def truths(texts: Sequence[str]) -> set[bool] | None:
    """What a column says of yes and no, empty where it says nothing; None where it holds anything else."""
    different = _different(texts)
    if different is None or not all(text.casefold() in _TRUE | _FALSE for text in different):
        return None
    return {text.casefold() in _TRUE for text in different}


def hold_numbers(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers of any size alone, and some."""
    held = _held(texts)
    return bool(held) and all(map(_is_number, held))


def hold_degrees(texts: Sequence[str], axis: str) -> bool:
    """Whether the first texts are coordinates of an axis: marked as such, or numbers about the Caspian."""
    held = _held(texts)[:_FEW]
    return bool(held) and all(_is_degrees(text, axis) for text in held)


def _is_degrees(text: str, axis: str) -> bool:
    try:
        degrees = parse_coordinate(text, axis)
    except PositionError:
        return False
    low, high = _CASPIAN[axis]
    return low <= degrees <= high or not _is_number(text.replace(" ", ""))


def hold_more(texts: Sequence[str]) -> bool:
    """Whether a column holds something that is no plain number."""
    return not all(map(_is_number, _held(texts)))


def _held(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip().casefold() not in _MISSING]


def _is_number(text: str) -> bool:
    return text == ELSE or _ANY.fullmatch(text) is not None


def are_quarters(texts: Sequence[str]) -> bool:
    """Whether a column holds hemispheres of both axes as one, as SW, and nothing else."""
    different = {text.casefold() for text in _different(texts) or ()}
    return bool(different) and different <= _QUARTERS


def hint(value: object) -> str:
    """What stands for a value of a record, so that there are few of them: a hemisphere, or anything else."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value) if value in (0, 1, -1) else ELSE
    if type(value) is not str:
        return ELSE
    if hold_numbers([value[:_LONGEST]]) and truths([value]) is None and not may_be_letters([value]):
        return ELSE
    return _hint(value) if len(value) <= _LONGEST and not _DIGITS.search(value[1:]) else _SOME_TEXT


@lru_cache(4096)
def _hint(text: str) -> str:
    is_told = _letter(text) or truths([text]) is not None or may_be_letters([text]) or are_quarters([text])
    return text if is_told else _SOME_TEXT


def have_no_letters(texts: Sequence[str]) -> bool:
    """Whether some text has no letter in it."""
    return any(text.strip() and not any(map(str.isalpha, text)) for text in texts)


def are_points(texts: Sequence[str]) -> bool:
    """Whether a column holds points of WKT alone, and some."""
    held = _held(texts)
    return bool(held) and all(map(_POINT.match, held))


def _different(texts: Sequence[str]) -> set[str] | None:
    """The different texts of a column; None where there are more, or longer ones, than of hemispheres."""
    found: set[str] = set()
    for text in texts:
        if text not in found:
            found.add(text)
            if len(found) > _MOST_DIFFERENT or len(text) > _LONGEST:
                return None
    return {text.strip() for text in found if text.strip().casefold() not in _MISSING}


def hold_minutes(sample: Sample, lon: int, lat: int, behind_lon: int, behind_lat: int) -> bool:
    """Whether coordinates are whole numbers, and the columns behind both hold numbers of 0 to below 60."""
    for place, most in ((lon, 180), (lat, 90)):
        degrees = _numbers(sample(place))
        if not degrees or not all(one.is_integer() and abs(one) <= most for one in degrees):
            return False
    for place in (behind_lon, behind_lat):
        minutes = _numbers(sample(place))
        if not minutes or not all(0 <= one < 60 for one in minutes):
            return False
    return True


def are_fractions(texts: Sequence[str]) -> bool:
    """Whether a column holds plain numbers alone, some with decimals."""
    return bool(_numbers(texts)) and any(map(is_fraction, texts))


def is_fraction(text: str) -> bool:
    """Whether a text is a plain number with decimals, or with an exponent, of at most three whole digits."""
    return _FRACTION.fullmatch(text) is not None


def _numbers(texts: Sequence[str]) -> list[float]:
    """The numbers of a column that holds nothing else; none of any other."""
    found: list[float] = []
    for text in texts:
        if number := _NUMBER.fullmatch(text):
            found.append(float(number[1].replace(",", ".")))
        elif text.strip().casefold() not in _MISSING:
            return []
    return found
