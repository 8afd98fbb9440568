"""Blocks of CSV that are regular, read by Arrow at once, with the result of reading row by row."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO

import numpy as np

from api.batches.encodings import read_up_to
from api.errors import ParameterError
from api.texts.numbers import coordinate
from zones.classification.records import Floats

BLOCK_BYTES = 8 * 1024 * 1024
_QUOTE, _LINE_BREAK, _RETURN = 34, 10, 13
_PLAIN_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"  # as `coordinate` has it
_COMMA_NUMBER = r"^([+-]?[0-9]{1,3}),([0-9]+)$"


class Lines:
    """A file that is read line by line, or by blocks of whole lines."""

    def __init__(self, file: BinaryIO, ahead: bytes = b"") -> None:
        self._file = file
        self._ahead = io.BytesIO(ahead)  # what is read of it already

    def readline(self, most: int) -> bytes:
        """The next line, or its first bytes where it has more than `most`; empty at the end."""
        line = self._ahead.readline(most)
        if line.endswith(b"\n") or len(line) == most:
            return line
        return line + self._file.readline(most - len(line))

    def peek(self, most: int) -> bytes:
        """So many bytes from here on, or all that are left; they are not taken yet."""
        begun = self._ahead.read()
        begun += read_up_to(self._file, max(0, most - len(begun)))
        self._ahead = io.BytesIO(begun)
        return begun[:most]

    def block(self) -> bytes:
        """Whole lines from here on, some `BLOCK_BYTES`, or all that is left; they are not taken yet.

        Empty at the end, and where a line is longer.
        """
        begun = self._ahead.read()
        data = begun + read_up_to(self._file, max(0, BLOCK_BYTES - len(begun)))
        self._ahead = io.BytesIO(data)
        is_all = len(data) < BLOCK_BYTES
        return data if is_all else data[: data.rfind(b"\n", 0, BLOCK_BYTES) + 1]

    def skip(self, count: int) -> None:
        """Take the bytes of a block."""
        self._ahead.seek(count, io.SEEK_CUR)

    def place(self) -> int:
        """How many bytes of what was read ahead are taken."""
        return self._ahead.tell()


def is_regular(block: bytes, delimiter: str, *, has_quotes: bool, longest_line: int) -> bool:
    """Whether lines of a block are rows in any reading of CSV, but for how many values they have.

    No NUL, no carriage return but at the end of a line, no line that may be longer than the longest; quotes
    around whole values alone, with no quote and no line break in them.
    """
    if b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
        return False
    step = longest_line // 2
    if any(block.find(b"\n", at, at + step) < 0 for at in range(0, len(block) - step, step)):
        return False
    return not has_quotes or b'"' not in block or _quotes_are_plain(block, delimiter)


def _quotes_are_plain(block: bytes, delimiter: str) -> bool:
    characters = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(characters == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    breaks = np.flatnonzero(characters == _LINE_BREAK)
    if (np.searchsorted(breaks, opening) != np.searchsorted(breaks, closing)).any():
        return False
    around = np.concatenate([[_LINE_BREAK], characters, [_LINE_BREAK]])
    before, after = around[opening], around[closing + 2]
    begins = (before == ord(delimiter)) | (before == _LINE_BREAK)
    ends = (after == ord(delimiter)) | (after == _LINE_BREAK) | (after == _RETURN)
    return bool(begins.all() and ends.all())


def read_block(block: bytes, width: int, delimiter: str, *, has_quotes: bool) -> Any:
    """The rows of a regular block as columns of texts; None where a row is not of this width or not UTF-8.

    Also where it begins with a byte order mark, which pyarrow would take off as that of a file.
    """
    if block.startswith(codecs.BOM_UTF8):
        return None
    import pyarrow as pa
    from pyarrow import csv

    names = [str(place) for place in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=names, block_size=len(block) + 1),
            csv.ParseOptions(delimiter=delimiter, quote_char='"' if has_quotes else False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    return table.combine_chunks().to_batches()[0] if table.num_rows else None


def column_numbers(texts: Any, name: str, errors: dict[int, str]) -> Floats:
    """Texts as coordinates [deg], nan with an error where there is none; errors that are there stay."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain_texts = texts
    found: Floats
    try:
        # Arrow takes exponents of any length.
        if not any(map(memoryview(texts.buffers()[2]).tobytes().__contains__, b"eE")):
            found = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
            if np.isfinite(found).all():  # it takes nan and inf for numbers
                return found
    except pa.ArrowInvalid:
        plain_texts = pc.replace_substring_regex(texts, _COMMA_NUMBER, r"\1.\2")
    plain = pc.match_substring_regex(plain_texts, _PLAIN_NUMBER)
    found = np.full(len(texts), np.nan)
    is_plain = plain.to_numpy(zero_copy_only=False)
    found[is_plain] = pc.utf8_ltrim(plain_texts.filter(plain), "+").cast(pa.float64())
    others = np.flatnonzero(~is_plain | ~np.isfinite(found))
    for row, text in zip(others.tolist(), texts.take(pa.array(others)).to_pylist(), strict=True):
        try:
            found[row] = coordinate(text, name)
        except ParameterError as error:
            found[row] = np.nan
            errors.setdefault(row, str(error) if text.strip() else f"{name} is empty")
    return found
