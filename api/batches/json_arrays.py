"""GeoJSON and arrays of records that are too large to be held: read element by element."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any, BinaryIO

from api.batches.column_places import USUAL, Chosen
from api.batches.json_sources import FeatureRows, SequenceSource, add_feature, read_document
from api.errors import BodyError
from api.texts.json_text import read_json

LONGEST_ELEMENT = 16 * 1024 * 1024  # characters; also of all that is around them
_BLOCK = 1024 * 1024
# Brackets, and whole texts, in which they are letters.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n]*+")
_FEATURES = '"features"'
_DECODER = JSONDecoder(parse_int=len, parse_float=len)  # asked where an element ends


class NoArrayError(BodyError):
    """A file has no array that could be read element by element."""


class ArraySource(SequenceSource):
    """Features of a FeatureCollection, or records of an array, in a file that can be read twice.

    ``members`` are other ones of the collection. Raises `NoArrayError`: it is neither; `BodyError`: an
    element is longer than `LONGEST_ELEMENT`, or something is no JSON.
    """

    def __init__(self, file: BinaryIO, chosen: Chosen = USUAL) -> None:
        super().__init__(file, chosen)
        around = bytearray()
        for _ in elements(file, around):
            pass
        value = read_json(bytes(around), "the file")
        self.members: dict[str, Any] = {}
        if value != []:
            is_collection = isinstance(value, dict) and value.get("type") == "FeatureCollection"
            if not is_collection:
                raise NoArrayError("neither a FeatureCollection nor an array of records")
            self.members = read_document(value).members

    def _records(self) -> Iterator[bytes]:
        return elements(self._file, bytearray())

    def _add_value(self, rows: FeatureRows, value: object) -> None:
        add_feature(rows, value)


def elements(file: BinaryIO, around: bytearray) -> Iterator[bytes]:
    """The objects in the array ``features``, or in the array that the file is.

    ``around`` takes what is before and behind them. No more is held than an element and a block.

    Raises `BodyError`, `NoArrayError`.
    """
    text = _Text(file)
    place = _array_of(text)
    around += text.ahead[:place].encode()
    text.skip(place)
    count = 0
    while _is_at_next(text, count):
        end = _end_of(text, count)
        yield text.ahead[text.place : end].encode("utf-8", "surrogatepass")
        text.skip(end)
        count += 1
    while text.more():
        if len(text.ahead) > LONGEST_ELEMENT:
            raise NoArrayError(f"more than {LONGEST_ELEMENT:,} characters are in no array of features")
    around += text.ahead[text.place :].encode()


class _Text:
    """The text of a file: some of it ahead of the place where it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.ahead, self.place = "", 0

    def more(self) -> bool:
        """Read another block; whether there was one. What is read already goes. Raises `BodyError`."""
        block = self._file.read(_BLOCK)
        try:
            self.ahead = self.ahead[self.place :] + self._decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            raise BodyError("the file is not UTF-8 text") from None
        self.place = 0
        return bool(block)

    def skip(self, place: int) -> None:
        """Go on behind."""
        self.place = place


def _array_of(text: _Text) -> int:
    """Where the elements begin. Raises `NoArrayError`."""
    while text.more() and len(text.ahead) <= LONGEST_ELEMENT:
        depth, key = 0, ""
        for token in _TOKENS.finditer(text.ahead):
            sign = token.group()
            if sign[0] == '"':
                key = sign if depth == 1 else key
            elif sign in "[{":
                depth += 1
                if sign == "[" and (depth == 1 or (depth == 2 and key == _FEATURES)):
                    return token.end()
            else:
                depth -= 1
    raise NoArrayError("there is no array of features or records in it")


def _is_at_next(text: _Text, count: int) -> bool:
    """Go to the next element, behind a comma unless it is the first; False at the end of the array."""
    has_comma = False
    while True:
        blanks = _BLANKS.match(text.ahead, text.place)
        assert blanks is not None  # it matches anything
        text.skip(blanks.end())
        sign = text.ahead[text.place : text.place + 1]
        if sign == "," and not has_comma:
            has_comma = True
            text.skip(text.place + 1)
        elif sign:
            break
        elif not text.more():
            raise BodyError("the file ends within its array")
    if sign == "]" and not has_comma:
        return False
    if sign != "{" or has_comma != bool(count):
        shown = text.ahead[text.place : text.place + 20]
        raise BodyError(f"behind element {count:,} stands something that is no object: {shown!r}")
    return True


def _end_of(text: _Text, count: int) -> int:
    """Where the element ends that begins here."""
    while True:
        try:
            return _DECODER.raw_decode(text.ahead, text.place)[1]
        except (ValueError, RecursionError) as error:
            is_deep = isinstance(error, RecursionError)
        if is_deep or len(text.ahead) - text.place > LONGEST_ELEMENT or not text.more():
            said = f"is longer than {LONGEST_ELEMENT:,} characters, nested too deep, or no JSON"
            raise BodyError(f"element {count + 1:,} {said}")
