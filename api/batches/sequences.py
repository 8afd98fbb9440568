"""GeoJSON features in a row: a text sequence (RFC 8142), or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from api.batches.chunks import ROWS_AT_A_TIME, Chunk, OwnColumn, Survey
from api.batches.json_forms import RECORD_SEPARATOR
from api.batches.json_points import FeatureRows, refuse_other_crs
from api.errors import BodyError
from api.texts.json_text import decoded_bytes, read_json

LONGEST_RECORD = 1024 * 1024

_DECODED_AT_A_TIME = 32 * 1024 * 1024  # bytes of decoded records
_BLOCK = 256 * 1024
_BLANK = b" \t\r\n\x1e"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SequenceSource:
    """Features of a file that can be read twice; a record that is none has an error in its place.

    Records are parted by record separators where the file begins with one, else by line breaks.
    """

    positions = "points"

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self._width = 0

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """The properties that occur; reads the whole file."""
        survey = Survey()
        for chunk in self.chunks():
            survey.add(chunk)
        self._width = len(survey.columns)
        return survey.columns

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        self._file.seek(self._start)
        rows, size = FeatureRows(), 0
        for record in records(self._file):
            _add(rows, record)
            size += 0 if record is None else decoded_bytes(record)
            if len(rows) >= ROWS_AT_A_TIME or size > _DECODED_AT_A_TIME:
                yield from rows.document(self._width).chunks()
                rows, size = FeatureRows(), 0
        if len(rows):
            yield from rows.document(self._width).chunks()


def records(file: BinaryIO) -> Iterator[bytes | None]:
    """The records of a sequence, None in place of one that is too long; never holds more than one."""
    block = file.read(_BLOCK).removeprefix(_BYTE_ORDER_MARK)
    separator = RECORD_SEPARATOR if block.lstrip(b" \t\r\n").startswith(RECORD_SEPARATOR) else b"\n"
    held: list[bytes] = []
    size = 0
    while block:
        first, *others = block.split(separator)
        size += len(first)
        if size <= LONGEST_RECORD:
            held.append(first)
        if others:
            yield from _record(held, size)
            for whole in others[:-1]:
                yield from _record([whole], len(whole))
            held, size = [others[-1]], len(others[-1])
        block = file.read(_BLOCK)
    yield from _record(held, size)


def _record(parts: list[bytes], size: int) -> Iterator[bytes | None]:
    if size > LONGEST_RECORD:
        yield None
    elif record := b"".join(parts).strip(_BLANK):
        yield record


def _add(rows: FeatureRows, record: bytes | None) -> None:
    value = None
    try:
        if record is None:
            raise BodyError(f"the record is longer than {LONGEST_RECORD:,} bytes")
        value = read_json(record, "the record")
        if isinstance(value, dict):
            refuse_other_crs(value)
        rows.add(value)
    except BodyError as error:
        rows.add_bad(str(error), value)
