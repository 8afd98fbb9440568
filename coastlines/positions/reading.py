"""The one reader of positions and coordinates, for every way in.

Without hemisphere letters the **latitude comes first**, as on charts and in pilot books. (GeoJSON
and every array of this project have the longitude first, as WKT has; `lon` and `lat` as separate values
cannot be confused.) With letters, or the words lat and lon, either order is read. A pair whose numbers fit
the Caspian only the other way round is not turned silently: it is a true position elsewhere on
earth, and its classification carries a hint. What can be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coastlines.positions.letters import plain_letters
from coastlines.positions.words import AXES, token_pattern

EXAMPLES = ("42°33.6'N 49°53.3'E", "42.56, 49.888333", "N4233.600 E04953.300")
LONGEST_TEXT = 200
_AXIS_EXAMPLES = {"lat": "42°33.6'N", "lon": "49°53.3'E"}

_MARKS = ("degree", "minute", "second")
# Between digits, or between a mark and the last digits of its part, as in 42°33',6.
_TIGHT_COMMA = re.compile(
    r"(?<=[0-9]),(?=[0-9])|(?<=[°º˚∘'′’‘ʹʼ´`\"″”“ʺ˝]),(?=[0-9]+(?![0-9.]|\s*[°º˚∘'′’‘ʹʼ´`\"″”“ʺ˝]))"
)
# A hyphen between the parts of one coordinate, as in 42-33.6N 049-53.28E.
_JOINING_HYPHEN = re.compile(r"(?<=[0-9°º˚])-(?=[0-9])")
_SIGNED = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_GEO_URI = re.compile(rf"geo:({_SIGNED}),({_SIGNED})(?:,{_SIGNED})?((?:;[^;]*)*)", re.IGNORECASE)
_WKT = re.compile(
    rf"(?:SRID=([0-9]+);)?\s*POINT\s*(?:ZM?|M)?\s*\(\s*({_SIGNED})\s+({_SIGNED})(?:\s+{_SIGNED}){{0,2}}\s*\)",
    re.IGNORECASE,
)
_LETTERS_APART = re.compile(
    r"([0-9.]+)\s*,\s*([NS])\s*,\s*([0-9.]+)\s*,\s*([EW])", re.IGNORECASE
)  # NMEA 0183
_ISO_6709 = re.compile(r"([+-][0-9]{4}(?:[0-9]{2})?(?:\.[0-9]+)?)([+-][0-9]{5}(?:[0-9]{2})?(?:\.[0-9]+)?)")
# Degrees and minutes, or also seconds, as one number: how many digits its whole part has then.
_PACKED = {"lat": {4: 2, 6: 3}, "lon": {5: 2, 7: 3}}
_NAMES = {"lat": "latitude", "lon": "longitude"}
_LIMITS = {"lat": 90, "lon": 180}
_POSITIVE, _NEGATIVE = {"lat": "N", "lon": "E"}, {"lat": "S", "lon": "W"}


class PositionError(ValueError):
    """A text is not a position; the message tells what is wrong and shows one that is right.

    ``start`` and ``end`` are where in the text the part is that is not understood; else the whole.
    ``parameter`` is what was given: ``position``, ``lat`` or ``lon``.
    """

    def __init__(
        self, text: str, reason: str, start: int = 0, end: int | None = None, *, parameter: str = "position"
    ) -> None:
        self.text, self.parameter = text, parameter
        self.reason = reason
        self.start, self.end = start, len(text) if end is None else end
        shown = text if len(text) <= 80 else text[:77] + "..."
        example = _AXIS_EXAMPLES.get(parameter, EXAMPLES[0])
        super().__init__(f"{parameter} {shown!r}: {reason}; one that can be read: {example}")


class _UnreadableError(Exception):
    """Why a text is no position, and where in it; becomes a PositionError at the entrance."""

    def __init__(self, reason: str, start: int = 0, end: int | None = None) -> None:
        self.start, self.end = start, end
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, degree, minute, second, colon, axis, separator
    text: str
    start: int
    end: int
    sign: str = ""
    axis: str = ""
    letter: str = ""
    is_behind_and: bool = False


@dataclass(frozen=True, slots=True)
class _Coordinate:
    numbers: tuple[str, ...]
    sign: str
    axis: str  # lat, lon, or empty where neither letter nor word says it
    letter: str
    is_marked: bool = False  # with a degree sign, so that a number is one of degrees alone


def parse_position(text: str) -> tuple[float, float]:
    """Longitude and latitude of a position as written on a chart, in a table, or in a message. [deg]

    Decimal degrees, degrees and decimal minutes, degrees minutes seconds; hemisphere letters or words of six
    languages before or after; degree sign and primes of every kind, letters d m s, words, colons, hyphens or
    spaces between the parts; space, comma, semicolon or slash between the two coordinates; digits of every
    script; degrees and minutes as one number (``N4233.600 E04953.300``, NMEA, ISO 6709); ``geo:`` (RFC 5870)
    and WKT points. A comma is a decimal comma only where no other reading makes sense.

    Raises `PositionError`: the text is no position, can be read in two ways, or lies outside the earth's
    range.
    """
    letters, places = plain_letters(text[: LONGEST_TEXT + 1])
    try:
        if len(text) > LONGEST_TEXT:
            raise _UnreadableError(f"it is longer than {LONGEST_TEXT} characters")
        return _lon_lat(*_position(letters))
    except _UnreadableError as error:
        end = len(letters) if error.end is None else error.end
        raise PositionError(text, str(error), places[error.start], places[end]) from None


def parse_coordinate(text: str, axis: str, *, hemisphere: bool = False, beside: str | None = None) -> float:
    """One coordinate of a known axis, ``lat`` or ``lon``, in any notation of `parse_position`. [deg]

    ``beside`` is the hemisphere where it stands apart, as in a column of its own.

    Raises `PositionError`: it is no coordinate, one of the other axis, beyond its range, without its
    ``hemisphere`` where that is asked for, or of another hemisphere than the one beside it.
    """
    letters, places = plain_letters(text[: LONGEST_TEXT + 1])
    try:
        if len(text) > LONGEST_TEXT:
            raise _UnreadableError(f"it is longer than {LONGEST_TEXT} characters")
        if not letters.strip():
            raise _UnreadableError("it is empty")
        found = _coordinate(_tokens(_TIGHT_COMMA.sub(".", _hyphens_joined(letters))))
        if found.axis not in ("", axis):
            raise _UnreadableError(f"it is a {_NAMES[found.axis]}, a {_NAMES[axis]} is needed")
        if beside is not None:
            found = _with_hemisphere(found, axis, beside)
        if hemisphere and not found.letter:
            raise _UnreadableError("its hemisphere is needed")
        return _in_range(found, axis)
    except _UnreadableError as error:
        end = len(letters) if error.end is None else error.end
        raise PositionError(text, str(error), places[error.start], places[end], parameter=axis) from None


def _with_hemisphere(coordinate: _Coordinate, axis: str, text: str) -> _Coordinate:
    """A coordinate in the hemisphere that stands beside it, which may say the same as it does."""
    letter = _hemisphere(text, axis)
    own = coordinate.letter or {"-": _NEGATIVE[axis], "+": _POSITIVE[axis]}.get(coordinate.sign, letter)
    if own != letter:
        raise _UnreadableError(f"it is of another hemisphere than {letter}, which stands beside it")
    return _unpacked(replace(coordinate, sign="", axis=axis, letter=letter))


def _hemisphere(text: str, axis: str) -> str:
    """The letter of a hemisphere that stands alone, as N, north or с.ш."""
    if not plain_letters(text[:LONGEST_TEXT])[0].strip():
        raise _UnreadableError("its hemisphere is empty")
    letter = hemisphere_letter(text)
    if letter not in (_POSITIVE[axis], _NEGATIVE[axis]):
        needed = f"{_POSITIVE[axis]} or {_NEGATIVE[axis]}"
        raise _UnreadableError(f"its hemisphere is {needed}, and {text[:40]!r} stands beside it")
    return letter


def hemisphere_letter(text: str) -> str:
    """N, S, E or W for a hemisphere that stands alone in any of the languages; empty for anything else."""
    letters, _ = plain_letters(text[: LONGEST_TEXT + 1])
    try:
        tokens = _tokens(letters.strip())
    except _UnreadableError:
        return ""
    return tokens[0].letter if len(tokens) == 1 else ""


def _position(text: str) -> tuple[_Coordinate, _Coordinate]:
    """Both coordinates, as they are written, in either order."""
    if not text.strip():
        raise _UnreadableError("it is empty")
    if found := _GEO_URI.fullmatch(text.strip()):
        names = [one.partition("=") for one in found[3].lower().split(";")]
        if any(name == "crs" and value != "wgs84" for name, _, value in names):
            raise _UnreadableError("its crs is not wgs84")
        return _plain("lat", found[1]), _plain("lon", found[2])
    if found := _WKT.fullmatch(text.strip()):
        if found[1] not in (None, "4326"):
            raise _UnreadableError(f"its SRID is {found[1]}, positions are read in 4326 (WGS84)")
        return _plain("lon", found[2]), _plain("lat", found[3])
    if found := _LETTERS_APART.fullmatch(text.strip()):
        text = f"{found[1]}{found[2]} {found[3]}{found[4]}"
    if found := _ISO_6709.fullmatch(text.strip().rstrip("/")):
        return _unpacked(_plain("lat", found[1])), _unpacked(_plain("lon", found[2]))
    plain = _hyphens_joined(_without_brackets(text)).rstrip("/ ")
    readings = [plain]
    if _TIGHT_COMMA.search(plain):
        readings.append(_TIGHT_COMMA.sub(".", plain))
    understood: dict[tuple[_Coordinate, _Coordinate], None] = {}
    faults: list[_UnreadableError] = []
    for reading in readings:
        try:
            understood[_two_coordinates(_tokens(reading))] = None
        except _UnreadableError as fault:
            faults.append(fault)
    if len(understood) > 1:
        raise _UnreadableError("its commas can be read in two ways; write decimal points")
    if not understood:
        raise faults[0]
    _refuse_one_coordinate(readings[-1])
    return next(iter(understood))


def _hyphens_joined(text: str) -> str:
    """Hyphens between parts of a coordinate as colons; no letter changes its place."""
    return _JOINING_HYPHEN.sub(":", text)


def _without_brackets(text: str) -> str:
    """A text in round brackets with spaces in their place."""
    inner = text.strip()
    if inner[:1] == "(" and inner[-1:] == ")":
        return text.replace("(", " ", 1)[::-1].replace(")", " ", 1)[::-1]
    return text


def _plain(axis: str, number: str) -> _Coordinate:
    sign = number[0] if number[0] in "+-" else ""
    return _Coordinate((number.lstrip("+-"),), sign, axis, "")


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place, is_behind_and = 0, False
    while place < len(text):
        match = token_pattern().match(text, place)
        if match is None:
            word = re.match(r"\w+|.", text[place:], re.DOTALL)
            end = place + (len(word.group()) if word else 1)
            raise _UnreadableError(f"{text[place:end]!r} is not understood", place, end)
        kind, found, start = str(match.lastgroup), match.group(), place
        place = match.end()
        if kind in ("space", "and"):
            is_behind_and |= kind == "and"
            continue
        if kind == "south" and found in ("s", "s.") and _counts_seconds(tokens, start):
            kind, found = "second", "s"
        # The capital may be a hemisphere that touches the word, as in degreeS.
        if kind in _MARKS and found[-2:-1].islower() and found[-1].isupper():
            raise _UnreadableError(f"{found!r} is not understood", start, place)
        if kind != "number" and any(map(str.isnumeric, found)):
            raise _UnreadableError(f"{found!r} is not understood", start, place)
        if kind in AXES:
            axis, letter = AXES[kind]
            tokens.append(_Token("axis", found, start, place, axis=axis, letter=letter))
        elif kind == "number":
            if found[0] == "." and tokens and tokens[-1].kind == "number":
                raise _UnreadableError("a number has one decimal point", tokens[-1].start, place)
            # The point may be that of a word shortened to its letter, as in N.42 and с.ш .42.
            if (
                found[0] == "."
                and tokens
                and tokens[-1].kind not in _MARKS
                and (text[start - 1].isalpha() or re.search(r"\.\s*\w+\Z", tokens[-1].text))
            ):
                begin = tokens[-1].start
                raise _UnreadableError(f"{text[begin:place]!r} is not understood", begin, place)
            sign = found[0] if found[0] in "+-" else ""
            tokens.append(_Token(kind, found.lstrip("+-"), start, place, sign=sign))
        else:
            tokens.append(_Token(kind, found, start, place))
        if is_behind_and:
            tokens[-1], is_behind_and = replace(tokens[-1], is_behind_and=True), False
    return _with_decimals(tokens)


def _with_decimals(tokens: Sequence[_Token]) -> list[_Token]:
    """Decimals behind a mark as those of the part before it: ``18'.9`` on charts is ``18.9'``.

    Refused where a mark of their own stands behind them, as in ``42°.33'``, and behind a word, whose point
    may be its own, unless a mark tells that they are another part: ``33мин.36сек``.
    """
    joined: list[_Token] = []
    for at, token in enumerate(tokens):
        number, mark = joined[-2:] if len(joined) > 1 else (token, token)
        if token.kind != "number" or number.kind != "number" or mark.kind not in _MARKS:
            joined.append(token)
            continue
        touches = mark.end == token.start
        is_marked = at + 1 < len(tokens) and tokens[at + 1].kind in _MARKS
        has_point, has_words_point = token.text[0] == ".", touches and mark.text[-1] == "."
        if token.sign or not (has_point or has_words_point) or (is_marked and not (touches and has_point)):
            joined.append(token)
        elif is_marked or has_words_point or not touches or "." in number.text:
            raise _UnreadableError("a number has one decimal point", number.start, token.end)
        else:
            joined[-2] = replace(number, text=number.text + token.text)
    return joined


def _counts_seconds(before: Sequence[_Token], start: int) -> bool:
    """Whether a small s means seconds: it touches the number behind minutes marked by a letter m."""
    return (
        len(before) >= 2
        and before[-1].kind == "number"
        and before[-1].end == start
        and before[-2].kind == "minute"
        and before[-2].text[0] in "mM"
    )


def _two_coordinates(tokens: Sequence[_Token]) -> tuple[_Coordinate, _Coordinate]:
    numbers = sum(token.kind == "number" for token in tokens)
    if numbers == 0:
        raise _UnreadableError("there is no number in it")
    if numbers == 1:
        raise _UnreadableError("there is one number in it, but a position has latitude and longitude")
    letters = [token.letter for token in tokens if token.letter]
    seconds = [token for token in tokens if token.kind == "second" and token.text == "s"]
    if len(letters) == 1 and len(seconds) == 1:
        raise _UnreadableError("its hemisphere is needed", seconds[0].start, seconds[0].end)
    if len(letters) > 2:
        raise _UnreadableError(f"there are {len(letters)} hemisphere letters in it, two are enough")
    separators = [at for at, token in enumerate(tokens) if token.kind == "separator"]
    if len(separators) > 1:
        texts = [token.text for token in tokens]
        if numbers == 4 and texts[1::2] == [","] * 3:
            pair = f"{texts[0]}.{texts[2]} {texts[4]}.{texts[6]}"
            raise _UnreadableError(f"it can be read as {pair} and as four numbers; write decimal points")
        raise _UnreadableError(
            "there are more than two parts in it",
            tokens[separators[1]].start,
            tokens[-1].end,
        )
    if separators:
        at = separators[0]
        _refuse_loose_letter(tokens, at)
        return _coordinate(tokens[:at]), _coordinate(tokens[at + 1 :])
    _refuse_half_a_position(tokens, letters, numbers)
    found: list[tuple[_Coordinate, _Coordinate]] = []
    divided_at: list[int] = []
    at_and: list[tuple[_Coordinate, _Coordinate]] = []
    reason = "it cannot be divided into a latitude and a longitude"
    for at in range(1, len(tokens)):
        try:
            found.append((_coordinate(tokens[:at]), _coordinate(tokens[at:])))
        except _UnreadableError:
            continue
        divided_at.append(at)
        at_and += found[-1:] if tokens[at].is_behind_and else []
    bare = all(token.kind in ("number", "colon") for token in tokens)
    if len(found) > 1 or (found and bare):
        # Parts that are marked in one of two alone could as well be the other's: E 47°20' 11 18 N.
        found = [
            pair
            for pair, at in zip(found, divided_at, strict=True)
            if len(pair[0].numbers) == len(pair[1].numbers)
            and (tokens[at].is_behind_and or _is_marked(tokens[:at]) == _is_marked(tokens[at:]))
        ]
        # An "and" stands between the two where it can: no division elsewhere is meant then.
        found = [pair for pair in found if not at_and or pair in at_and]
        reason = "it can be divided in several ways; put a comma between latitude and longitude"
    if len(found) != 1:
        raise _UnreadableError(reason)
    return found[0]


def _is_marked(tokens: Sequence[_Token]) -> bool:
    """Whether some part of a coordinate has the mark of its unit."""
    return any(token.kind in _MARKS for token in tokens)


def _refuse_loose_letter(tokens: Sequence[_Token], at: int) -> None:
    """Refuse a letter that may belong to either number, as in ``42, N 49``; `at` is the separator's place."""
    behind = tokens[at + 1 : at + 3]
    is_apart = len(behind) == 2 and behind[0].end < behind[1].start
    if is_apart and [token for token in tokens if token.letter] == [behind[0]]:
        reason = "a hemisphere letter stands before or behind its whole coordinate"
        raise _UnreadableError(reason, behind[0].start, behind[0].end)


def _refuse_half_a_position(tokens: Sequence[_Token], letters: Sequence[str], numbers: int) -> None:
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


def _refuse_one_coordinate(text: str) -> None:
    """Refuse what reads as one coordinate with a decimal comma, as ``N 42,50``."""
    try:
        tokens = _tokens(text)
        _coordinate(tokens)
    except _UnreadableError:
        return
    if any(token.kind in ("axis", *_MARKS) for token in tokens):
        raise _UnreadableError("it reads as one coordinate with a decimal comma; a position has two")


def _coordinate(tokens: Sequence[_Token]) -> _Coordinate:
    """One coordinate by its grammar alone: [axis] degrees [minutes [seconds]] [axis]."""
    first = next((at for at, token in enumerate(tokens) if token.kind != "axis"), len(tokens))
    body, last = list(tokens[first:]), []
    while body and body[-1].kind == "axis":
        last.append(body.pop())
    axes = [*tokens[:first], *last]
    if not body or len(axes) > 3 or any(token.kind == "axis" for token in body):
        raise _UnreadableError("a hemisphere letter stands before or behind its whole coordinate")
    if len([token for token in axes if token.letter]) > 1:
        raise _UnreadableError("one coordinate has two hemisphere letters")
    if len({token.axis for token in axes}) > 1:
        raise _UnreadableError("one coordinate is called both latitude and longitude")
    numbers = _parts(body)
    axis = axes[0].axis if axes else ""
    letter = next((token.letter for token in axes if token.letter), "")
    is_marked = any(token.kind == "degree" for token in body)
    return _unpacked(_Coordinate(numbers, body[0].sign, axis, letter, is_marked))


def _parts(body: Sequence[_Token]) -> tuple[str, ...]:
    """Degrees, minutes and seconds of a coordinate without what tells its axis."""
    numbers: list[str] = []
    previous = ""
    for token in body:
        misplaced = _UnreadableError(f"{token.text!r} stands in a wrong place", token.start, token.end)
        if token.kind == "number":
            if len(numbers) == 3 or (numbers and token.sign):
                raise _UnreadableError("a coordinate has at most degrees, minutes and seconds")
            if numbers and "." in numbers[-1]:
                raise _UnreadableError("only the last part of a coordinate may have decimals")
            # Three digits are degrees of the other coordinate, four two parts in one.
            if numbers and len(token.text.partition(".")[0]) > 2:
                raise _UnreadableError(f"{token.text!r} is not understood", token.start, token.end)
            numbers.append(token.text)
        elif token.kind in _MARKS:
            place = _MARKS.index(token.kind)
            if previous != "number" or place != len(numbers) - 1:
                raise misplaced
        elif previous not in ("number", "degree", "minute") or token.kind != "colon":
            raise misplaced
        previous = token.kind
    if previous == "colon":
        raise _UnreadableError("nothing follows the last colon")
    return tuple(numbers)


def _unpacked(coordinate: _Coordinate) -> _Coordinate:
    """Degrees and minutes (and seconds) that were written as one number, apart.

    Only where a letter or the notation tells the axis: ``4233.6`` alone is a number of degrees, too large,
    and so is ``4233.6°N``.
    """
    is_told = bool(coordinate.axis) and bool(coordinate.letter or coordinate.sign)
    if len(coordinate.numbers) != 1 or not is_told or coordinate.is_marked:
        return coordinate
    whole, point, decimals = coordinate.numbers[0].partition(".")
    parts = _PACKED[coordinate.axis].get(len(whole))
    if parts is None:
        return coordinate
    cuts = [len(whole) - 2 * k for k in range(parts - 1, -1, -1)]
    numbers = [whole[max(cut - 2, 0) if at else 0 : cut] for at, cut in enumerate(cuts)]
    return replace(coordinate, numbers=(*numbers[:-1], numbers[-1] + point + decimals))


def _lon_lat(first: _Coordinate, second: _Coordinate) -> tuple[float, float]:
    if first.axis and first.axis == second.axis:
        raise _UnreadableError(f"there are two {_NAMES[first.axis]}s in it")
    swapped = first.axis == "lon" or second.axis == "lat"
    latitude, longitude = (second, first) if swapped else (first, second)
    by_order = not (first.axis or second.axis)
    rule = "; without the letters N, S, E, W the latitude comes first" if by_order else ""
    lat = _in_range(latitude, "lat", rule)
    return _in_range(longitude, "lon", rule), lat


def _in_range(coordinate: _Coordinate, axis: str, rule: str = "") -> float:
    """Its degrees, which are some that there are."""
    degrees = _degrees(coordinate, axis)
    if abs(degrees) > _LIMITS[axis]:
        rule = _zero_lacking(coordinate) or rule
        raise _UnreadableError(f"{_NAMES[axis]} {degrees:.10g} is beyond {_LIMITS[axis]} degrees{rule}")
    return degrees


def _zero_lacking(coordinate: _Coordinate) -> str:
    """How degrees and minutes are written that are one number without its first zero, as in 4953.3E."""
    whole = f"0{coordinate.numbers[0]}"
    _, *rest = _unpacked(replace(coordinate, numbers=(whole,))).numbers
    is_packed = bool(rest) and all(float(one) < 60 for one in rest)
    return f"; degrees and minutes as one number are written {whole}{coordinate.letter}" if is_packed else ""


def _degrees(coordinate: _Coordinate, axis: str) -> float:
    if coordinate.sign and coordinate.letter:
        raise _UnreadableError(f"{_NAMES[axis]} has both a sign and a hemisphere letter")
    # Exact fractions, so that 42°33'36" and 42°33.6' are the very number 42.56.
    from fractions import Fraction  # slow to load

    total = Fraction(0)
    for part, number in zip(("degrees", "minutes", "seconds"), coordinate.numbers, strict=False):
        if part != "degrees" and Fraction(number) >= 60:
            raise _UnreadableError(f"{_NAMES[axis]} has {number} {part}, but they stay below 60")
        total = total * 60 + Fraction(number)
    value = float(total / 60 ** (len(coordinate.numbers) - 1))
    return -value if coordinate.sign == "-" or coordinate.letter in ("S", "W") else value
