"""What the name of a column says: the axis of its coordinates, their units, hemispheres, parts of them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from coastlines.positions.words import AXES, token_pattern

_LONGEST = 80  # characters of a name that may say something
# Signs that Unicode would make other letters, primes of every kind, and Arabic forms of Persian letters.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("′’‘ʹʼ´`", "'"),
        **dict.fromkeys("″”“ʺ˝", '"'),
        **dict.fromkeys("−–—‐‑‒", "-"),
        "ي": "ی",
        "ك": "ک",
    }
)
_BRACKETS = re.compile(r"[(\[][^)\]]*(?:[)\]]|$)")
_BEHIND = re.compile(r"[\s_.]*(?:degrees?|deg|°)\s*$")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
# What may stand there without the numbers being something else than degrees on WGS84.
_NEUTRAL = frozenset(
    {
        *("in", "deg", "degs", "degree", "degrees", "decimal", "decimals", "dec", "gps", "wgs", "84", "1984"),
        *("epsg", "4326", "crs", "crs84", "wkt", "geographic", "geographical", "geodetic", "and", "or"),
        *("град", "градус", "градусы", "градусов", "градусах", "гр", "десятичные", "десятичных", "дес"),
        *("географическая", "геодезическая", "географиялық", "gradus", "dərəcə", "derece", "درجه"),
        *("coğrafi", "geografik", "جغرافیایی", "и", "или"),
    }
)
# Patterns, as of DD MM.mmm; and those in which a point is none of decimals.
_PATTERN = re.compile("d{1,8}m{0,5}s{0,5}")
_FURTHER = re.compile("m{1,5}|s{1,5}")
_NO_DECIMALS = re.compile(r"d\s*[.,]\s*m|m\s*[.,]\s*s")
_SIDES = {"N": ("lat", "+"), "S": ("lat", "-"), "E": ("lon", "+"), "W": ("lon", "-")}
_PLANE = {"x": "lon", "y": "lat"}


class Heading(NamedTuple):
    """The name of a column in small letters, and what it says beside the name itself.

    ``letters`` has no spaces and signs, ``stem`` neither what stands in brackets. ``told`` has hemispheres
    (``N``), axes (``lat``, ``x``) and signs in their order, ``sides`` the hemispheres outside of brackets.
    ``axis`` is that of a name made of such words alone; ``is_degrees``: numbers are degrees on WGS84.
    """

    letters: str
    stem: str
    axis: str
    told: tuple[str, ...]
    sides: tuple[str, ...]
    is_degrees: bool

    def fits(self, axis: str) -> bool:
        """Whether numbers may be degrees of this axis, northwards or eastwards."""
        axes = {_PLANE.get(one, one) for one in self.told if one not in _SIDES and one not in "+-"}
        return self.is_degrees and axes <= {axis} and self.wrong_side(axis) == ""

    def wrong_side(self, axis: str) -> str:
        """What it says of another hemisphere than the usual sign has, in words; else empty."""
        sides = [one for one in self.told if one in _SIDES]
        if any(_SIDES[one][0] != axis for one in sides):
            return "tells hemispheres of the other axis"
        if sides and all(_SIDES[one][1] == "-" for one in sides):
            return "is of one hemisphere"
        return (
            ""
            if _signs_are_usual([one for one in self.told if one in "+-" or one in _SIDES])
            else "turns signs"
        )

    @property
    def is_latitude_first(self) -> bool:
        """Whether whole positions may have the latitude first, north and east without a sign."""
        axes = self._axes
        return self.is_degrees and axes in ([], ["lat", "lon"]) and not {"S", "W"}.intersection(self.told)

    @property
    def is_longitude_first(self) -> bool:
        """Whether it tells that whole positions have the longitude first."""
        return [_PLANE.get(one, one) for one in self._axes][:1] == ["lon"]

    @property
    def may_be_of_points(self) -> bool:
        """Whether whole positions may be points of WKT, whose longitude is first."""
        axes = [_PLANE.get(one, one) for one in self._axes]
        return self.is_degrees and axes == ["lon", "lat"] and not {"S", "W"}.intersection(self.told)

    @property
    def _axes(self) -> list[str]:
        return [_SIDES[one][0] if one in _SIDES else one for one in self.told]


def _signs_are_usual(told: list[str]) -> bool:
    """Whether signs are those of the hemispheres that they stand beside, all before or all behind."""
    signs = [one for one in told if one in "+-"]
    if not signs:
        return True
    if told[0] in "+-":
        pairs = list(zip(told[1::2], told[::2], strict=False))
    elif told[-1] in "+-":
        pairs = list(zip(told[::2], told[1::2], strict=False))
    else:
        pairs = [(side, sign) for sign, side in pairwise(told) if sign in "+-"]
    return all(side in _SIDES and sign in "+-" and _SIDES[side][1] == sign for side, sign in pairs)


@lru_cache(4096)
def read_heading(name: str) -> Heading:
    """What a name says."""
    if len(name) > _LONGEST:
        letters = letters_of(name)
        return Heading(letters, letters, "", (), (), is_degrees=False)
    text = unicodedata.normalize("NFKC", name.translate(_ALIKE)).casefold()
    outside = _BRACKETS.sub(" ", text)
    brackets = [_scan(found) for found in _BRACKETS.findall(text)]
    told = tuple(kind for kinds in brackets for kind in kinds if kind not in ("", "degree"))
    is_degrees = "unknown" not in told and not any(map(_NO_DECIMALS.search, _BRACKETS.findall(text)))
    # A bracket that nothing opens: the name is torn, as where a header is parted at commas inside of names.
    is_degrees &= re.search(r"[)\]]", outside) is None
    words = _scan(outside)
    axes = {_SIDES[one][0] if one in _SIDES else one for one in words} - {"", "degree"}
    named = {one for one in words if one in ("lat", "lon")} or {
        axis for axis in ("lat", "lon") if axes == {axis} and _names_axis(outside, axis)
    }
    axis = named.pop() if len(axes) == 1 and axes == named else ""
    sides = tuple(one for one in words if one in _SIDES) if axis else ()
    return Heading(
        letters_of(name), letters_of(_BEHIND.sub("", outside)), axis, told + sides, sides, is_degrees
    )


def _names_axis(text: str, axis: str) -> bool:
    """Whether a hemisphere stands with the word for its axis, as in ``северная широта``."""
    words = {
        "lat": "lat|широт|ендік|enli[ky]|giňişlik|عرض",
        "lon": "lon|lng|долгот|бойлық|uzunlu[qğ]|uzaklyk|طول",
    }
    return re.search(words[axis], text) is not None


def _scan(text: str) -> list[str]:
    """What the words of a text are: hemispheres, axes, signs, empty for what is neutral, or ``unknown``."""
    found: list[str] = []
    at, pattern, has_degrees = 0, "", False
    while at < len(text):
        word = _WORDS.match(text, at)
        token = token_pattern().match(text, at)
        kind = str(token.lastgroup) if token else ""
        ends = token is not None and not (
            token[0][-1].isalpha() and text[token.end() : token.end() + 1].isalpha()
        )
        if word and (word[0] in _NEUTRAL or _is_pattern(word[0], pattern)):
            pattern += "" if word[0] in _NEUTRAL else word[0]
            found.append("")
            at = word.end()
        elif word and word[0] in _PLANE:
            found.append(word[0])
            at = word.end()
        elif token and ends and kind in AXES:
            found.append(AXES[kind][1] or AXES[kind][0])
            at = token.end()
        elif word:
            found.append("degree" if kind == "degree" and ends else "unknown")
            at = max(word.end(), token.end() if token and ends and kind == "degree" else 0)
        elif token and kind in ("degree", "minute", "second"):
            # Primes alone tell minutes and seconds; behind a degree sign they are a notation.
            found.append("degree" if kind == "degree" or has_degrees else "unknown")
            has_degrees |= kind == "degree"
            at = token.end()
        else:
            is_hyphen = text[at] == "-" and text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalnum()
            found += [text[at]] if text[at] in "+-" and not is_hyphen else []
            at += 1
    return found


def _is_pattern(word: str, before: str) -> bool:
    """Whether a word is a part of a pattern, of which some stands before it."""
    if word[0] == "s" and "m" not in before:  # south
        return False
    return bool(_PATTERN.fullmatch(word) or (before and _FURTHER.fullmatch(word)))


def letters_of(name: str) -> str:
    """A name in small letters, without spaces and signs."""
    text = unicodedata.normalize("NFKC", name.translate(_ALIKE)).casefold()
    return "".join(letter for letter in text if letter.isalnum())


# Words of names without spaces and signs.
_AXIS = {
    "lat": "(?:decimal|gps)?lat(?:itude)?|широт[аыуе]|шир|ендік(?:тің)?|enli(?:k|yi)n?|enlem|giňişlik"
    "|عرض(?:جغرافیایی)?",
    "lon": "(?:decimal|gps)?(?:lon(?:g(?:itude)?)?|lng)|долгот[аыуе]|долг|бойлық(?:тың)?|uzunlu(?:q|ğu)n?"
    "|boylam|uzaklyk|طول(?:جغرافیایی)?",
}
_SIDE_WORDS = {
    "N": "north(?:ern)?|север(?:н(?:ая|ой))?|солтүстік|şimal|demirgazyk|شمالی?",
    "S": "south(?:ern)?|юж(?:н(?:ая|ой))?|юг|оңтүстік|cənub|günorta|جنوبی?",
    "E": "east(?:ern)?|восто(?:к|чн(?:ая|ой))|шығыс|şərq|gündogar|شرقی?",
    "W": "west(?:ern)?|запад(?:н(?:ая|ой))?|батыс|qərb|günbatar|غربی?",
}
_NORTH, _SOUTH = f"n|сш?|се|{_SIDE_WORDS['N']}", f"s|юш?|ое|{_SIDE_WORDS['S']}"
_EAST, _WEST = f"e|вд?|шб|{_SIDE_WORDS['E']}", f"w|зд?|бб|{_SIDE_WORDS['W']}"
_OR = "(?:or|и|или|və|və?ya|және|немесе|we|ýa|و|یا)?"
_PAIR = {
    axis: f"(?:{one}){_OR}(?:{other})|(?:{other}){_OR}(?:{one})"
    for axis, one, other in (("lat", _NORTH, _SOUTH), ("lon", _EAST, _WEST))
}
_HEMISPHERE = (
    "hem(?:i(?:s(?:ph(?:ere)?)?)?)?|полушари[ея]|yarımkürə(?:si)?|жартышар(?:ы)?|ýarymşar(?:y)?|نیمکره"
)
_OF_SIDE = (
    f"{_HEMISPHERE}|dir(?:ection)?|ind(?:icator)?|ref|cardinal|quad(?:rant)?|letter|side|sense|sign|flag"
    "|направлени[ея]|знак|istiqamət(?:i)?|бағыт(?:ы)?|ugur|ugry|جهت"
)
_FAR_ALONE = {
    axis: re.compile(f"(?:{side})(?:{_HEMISPHERE})?") for axis, side in (("lat", _SOUTH), ("lon", _WEST))
}
_TELLS_MINUTES = re.compile(
    r"(?:[\W_]|\A|l(?:at|on|ong)|itude)d{1,3}[\W_]*m{1,5}(?:[\W_]*s{1,5})?(?:[\W_]|\Z)"
)
_OF_BOTH = re.compile(f"(?:(?:{_HEMISPHERE})s?|quad(?:rant)?s?|nsew|nswe|ewns|wens)[0-9]*")
_OF_MOTION = re.compile("wind|bearing|course|heading|wave|swell|azimuth|^d(?:elta)?(?:lat|lon)")
_SOME = "{1,6}[0-9]*"  # words that a name is made of; more would take long to tell apart
_SIDE_NAMES = {
    axis: re.compile(
        f"(?=.*(?:{_AXIS[axis]}|{_PAIR[axis]}))(?=.*(?:{_OF_SIDE}|{_PAIR[axis]}))"
        f"(?:{_AXIS[axis]}|{_OF_SIDE}|{_PAIR[axis]}|of|the){_SOME}"
    )
    for axis in ("lon", "lat")
}
# A flag may be of quality, a reference a point; beside such words it is of hemispheres.
_MAYBE_FLAGS = re.compile(f"^(?!.*(?:{_HEMISPHERE}|dir|sign|cardinal|quad|letter)).*(?:flag|ref)")
_PAIRS_ALONE = {axis: re.compile(f"(?:{_PAIR[axis]})[0-9]*") for axis in _PAIR}
# One hemisphere, which is told by whether it is so: is_south, west, isN.
_SIDES_ALONE = {
    side: re.compile(
        f"(?=.*(?:{words}))(?:is|in|{words}|{_OF_SIDE}|{_AXIS[_SIDES[side][0]]}){_SOME}|(?:is)?{side.lower()}"
    )
    for side, words in _SIDE_WORDS.items()
}
_HEMISPHERES_ALONE = re.compile(f"(?:{_HEMISPHERE})[0-9]*")
_PART = (
    "min(?:s|utes?|ut(?:y|lar)?|udy)?|mn|m{2,5}|s{2,5}|arcmin(?:utes?)?|arcsec(?:onds?)?|sec(?:s|onds?)?"
    "|мин(?:ут[аыу]?|уттар)?|сек(?:унд[аыу]?)?|dəq(?:iqə)?|san(?:iy[əe])?|dakika|sekun[dt](?:y|lar)?"
    "|frac(?:tion(?:al|s)?)?|دقیقه|ثانیه"
)
_QUALITY = f"decimal|dec|of|the|in|{_NORTH}|{_SOUTH}|{_EAST}|{_WEST}"
_ANY_AXIS = f"{_AXIS['lat']}|{_AXIS['lon']}"
_OWN_PARTS = re.compile(
    f"(?=.*(?:{_ANY_AXIS}))(?=.*(?:{_PART}))(?:{_ANY_AXIS}|{_PART}|{_QUALITY}){_SOME}|(?:{_ANY_AXIS})d?m[0-9]*"
)
_PARTS_BEHIND = re.compile(f"(?=.*(?:{_PART}))(?:{_PART}|{_QUALITY}){_SOME}|[ms][0-9]*")
_SECONDS = re.compile(rf"(?:{_ANY_AXIS})[\W_]+s")
_PRIMES = re.compile("['\"]")


def is_side(letters: str, axis: str) -> bool:
    """Whether a column of this name tells on which side of the equator or of Greenwich coordinates lie."""
    return len(letters) <= _LONGEST and _SIDE_NAMES[axis].fullmatch(letters) is not None


def is_far_side(letters: str, axis: str) -> bool:
    """Whether the name of a column is the southern or western hemisphere alone."""
    return len(letters) <= _LONGEST and _FAR_ALONE[axis].fullmatch(letters) is not None


def has_marks_of_minutes(name: str) -> bool:
    """Whether a name has the marks of degrees and minutes, as ``lat (° ')``, which decimals have, too."""
    return re.search(r"°\s*'", name[:_LONGEST].translate(_ALIKE)) is not None


def side_alone(letters: str) -> str:
    """N, S, E or W where the name of a column is that of one hemisphere, so that it may tell who is in it."""
    if len(letters) > _LONGEST:
        return ""
    return next((side for side, name in _SIDES_ALONE.items() if name.fullmatch(letters)), "")


def is_pair(letters: str, axis: str) -> bool:
    """Whether a name is that of both hemispheres of an axis alone, as ``ns``."""
    return len(letters) <= _LONGEST and _PAIRS_ALONE[axis].fullmatch(letters) is not None


def tells_minutes(name: str) -> bool:
    """Whether a name has a pattern of degrees and minutes, as ``lat_dms``."""
    return _TELLS_MINUTES.search(name[:_LONGEST].translate(_ALIKE).casefold()) is not None


def may_be_flag(letters: str, axis: str) -> bool:
    """Whether the name of such a column may mean something else: ``ns`` nanoseconds, or a quality flag."""
    return is_pair(letters, axis) or _MAYBE_FLAGS.search(letters) is not None


def is_serial_number(letters: str) -> bool:
    """Whether the name of such a column is that of serial numbers, too."""
    return re.fullmatch("sn[0-9]*", letters) is not None


def is_of_both(letters: str) -> bool:
    """Whether a column may tell hemispheres of both axes, as SW."""
    return len(letters) <= _LONGEST and _OF_BOTH.fullmatch(letters) is not None


def is_of_motion(letters: str) -> bool:
    """Whether directions and signs under this name are none of coordinates, as of the wind."""
    return _OF_MOTION.search(letters) is not None


def is_hemisphere(letters: str) -> bool:
    """Whether it tells the same of whatever it stands behind."""
    return len(letters) <= _LONGEST and _HEMISPHERES_ALONE.fullmatch(letters) is not None


def is_part(name: str) -> bool:
    """Whether a column is by its name the minutes or seconds of a coordinate."""
    if len(name) > _LONGEST:
        return False
    heading, text = read_heading(name), name.translate(_ALIKE).casefold()
    is_primed = _PRIMES.search(text) is not None and re.fullmatch(_ANY_AXIS, heading.letters) is not None
    return is_primed or bool(_OWN_PARTS.fullmatch(heading.letters) or _SECONDS.fullmatch(text.strip()))


def may_be_part(name: str) -> bool:
    """Whether it is that behind a coordinate."""
    if len(name) > _LONGEST:
        return False
    letters = letters_of(name)
    return bool(_PARTS_BEHIND.fullmatch(letters) or (not letters and _PRIMES.search(name.translate(_ALIKE))))
