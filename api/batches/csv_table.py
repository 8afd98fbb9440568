"""Tables in CSV: read line by line, written chunk by chunk."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from api.batches.answers import Answered, quoted, quoted_column, table_cells
from api.batches.batch import checked
from api.batches.chunks import (
    BYTES_AT_A_TIME,
    CELL_BYTES,
    ERROR,
    MOST_COLUMNS,
    REPLACED,
    ROWS_AT_A_TIME,
    Cells,
    Chunk,
    OwnColumn,
)
from api.batches.engine import Outline
from api.batches.target import Target
from api.errors import BodyError, ParameterError, TooMuchError
from api.texts.tables import text_column
from api.web.query import decimal_number
from zones.records import Floats

LON_NAMES = ("lon", "longitude")
LAT_NAMES = ("lat", "latitude")
LONGEST_LINE = 1024 * 1024
LONGEST_ROW = 4 * 1024 * 1024  # over several lines, with line breaks in quotes
csv.field_size_limit(LONGEST_ROW)  # of all readers in this process; its own default is 128 KiB

_DELIMITERS = (",", ";", "\t")
# Texts that float() and `decimal_number` read alike, one after another.
_PLAIN = re.compile(r"[0-9eE+\-. \n]*")
_LONG_EXPONENT = re.compile(r"[eE][+-]?[0-9]{5}")
_NOT_UTF_8 = "the row is not UTF-8 text"
_STAND_IN = b"...\n"  # for a line that is not read


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in a table: lon, lat, and the columns that are kept, with names."""

    lon: int
    lat: int
    kept: tuple[int, ...]
    names: tuple[str, ...]


def find_columns(header: Sequence[str]) -> Columns:
    """Where lon and lat stand in a header.

    Raises
    ------
    BodyError
        Nowhere, or at several places.
    """
    lowered = [column.strip().lower() for column in header]

    def find(names: Sequence[str]) -> int:
        places = [place for place, column in enumerate(lowered) if column in names]
        if not places:
            found = ", ".join(header)[:200] if header else "nothing"
            raise BodyError(f"no column {names[0]!r}; the header needs lon and lat, found: {found}")
        if len(places) > 1:
            raise BodyError(f"{len(places)} columns could be {names[0]!r}")
        return places[0]

    lon, lat = find(LON_NAMES), find(LAT_NAMES)
    kept = tuple(
        place for place, column in enumerate(lowered) if place not in (lon, lat) and column not in REPLACED
    )
    return Columns(lon, lat, kept, tuple(header[place] for place in kept))


class CsvSource:
    """Rows of a CSV file in UTF-8 with a header; lines with nothing on them are no rows.

    Raises
    ------
    BodyError
        At once when there is no header with lon and lat; later when a row over several lines is too
        long. Any other row that is wrong has an error in its place, as has one that is too long in one
        line, or whose quote stays open until the end.
    TooMuchError
        The header has more than `MOST_COLUMNS`.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._number = 0
        self._taken = 0  # bytes since the last row
        self._fault = ""  # what is wrong with them as text
        self._ended = False  # whether the reader has asked for a line that is not there
        self._row_begins = 1  # number of the line
        first = self._line()
        try:
            header_line = first.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BodyError("line 1 is not UTF-8 text") from None
        self._reader = csv.reader(self._lines(header_line), delimiter=_delimiter(header_line))
        if self._fault:
            raise BodyError(f"line 1: {self._fault}")
        try:
            self._header = next(self._reader, [])
        except csv.Error as error:
            raise BodyError(f"line {self._number} is not CSV: {error}") from None
        if self._ended:
            raise BodyError(self._unclosed())
        if len(self._header) > MOST_COLUMNS:
            raise TooMuchError(
                f"the header has {len(self._header):,} columns, at most {MOST_COLUMNS:,} are read",
                limit=MOST_COLUMNS,
                unit="columns",
            )
        # Every cell takes room, be it empty, and its name where the answer repeats it.
        self._row_bytes = CELL_BYTES * len(self._header) + sum(map(len, self._header))
        self._row_begins = self._number + 1
        self._columns = find_columns(self._header)

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """The other columns, all of text."""
        return tuple(OwnColumn(name) for name in self._columns.names)

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        width = len(self._header)
        rows: list[list[str]] = []
        errors: dict[int, str] = {}
        size = 0
        for row, fault in self._rows():
            if not row and not fault:
                self._taken = 0
                continue
            if fault:
                errors[len(rows)] = fault
            if len(row) != width:
                error = f"the row has {len(row)} values where the header has {width}"
                errors.setdefault(len(rows), error)
                row = (row + [""] * width)[:width]
            rows.append(row)
            size += self._taken + self._row_bytes
            self._taken = 0
            if len(rows) == ROWS_AT_A_TIME or size > BYTES_AT_A_TIME:
                yield self._chunk(rows, errors)
                rows, errors, size = [], {}, 0
        if rows:
            yield self._chunk(rows, errors)

    def _chunk(self, rows: list[list[str]], errors: dict[int, str]) -> Chunk:
        columns = list(zip(*rows, strict=True))
        lon_texts, lat_texts = list(columns[self._columns.lon]), list(columns[self._columns.lat])
        lon = numbers(lon_texts, "lon", errors)
        lat = numbers(lat_texts, "lat", errors)
        own = Cells(self._columns.names, [columns[place] for place in self._columns.kept], len(rows))
        return Chunk(checked(lon, lat, errors), own, (lon_texts, lat_texts))

    def _rows(self) -> Iterator[tuple[list[str], str]]:
        """Every row, and what is wrong with it as a whole."""
        while True:
            self._fault = ""
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:  # the reader goes on with the next line
                row, self._fault = [], f"the row is not CSV: {error}"
            yield row, self._unclosed() if self._ended else self._fault
            self._row_begins = self._number + 1

    def _lines(self, line: str) -> Iterator[str]:
        yield line
        self._taken = 0
        while data := self._line():
            try:
                line = data.decode()
            except UnicodeDecodeError:
                line = data.decode(errors="replace")
                self._fault = self._fault or _NOT_UTF_8
            yield line
        # A row is whole at its line break or the end of its line. Only one with a quote still open asks
        # for more; the reader would take all that follows as text of one cell.
        self._ended = True

    def _unclosed(self) -> str:
        return f"a quote in the row that begins on line {self._row_begins} is not closed"

    def _line(self) -> bytes:
        line = self._file.readline(LONGEST_LINE + 1)
        self._number += 1
        self._taken += len(line)
        if len(line) > LONGEST_LINE:
            self._fault = f"the line is longer than {LONGEST_LINE:,} bytes"
            while line and not line.endswith(b"\n"):
                line = self._file.readline(LONGEST_LINE)
            line = _STAND_IN
        if self._taken > LONGEST_ROW:
            raise BodyError(f"the row that ends on line {self._number} is longer than {LONGEST_ROW:,} bytes")
        return line


def _delimiter(header: str) -> str:
    """The delimiter that finds lon and lat in the header; a comma where none does."""
    for delimiter in _DELIMITERS:
        names = {part.strip().strip('"').lower() for part in header.split(delimiter)}
        if names & set(LON_NAMES) and names & set(LAT_NAMES):
            return delimiter
    return ","


def numbers(texts: Sequence[str], name: str, errors: dict[int, str]) -> Floats:
    """Texts as numbers, all at once where all are; else one by one, noting errors."""
    try:
        joined = "\n".join(texts)
        if _PLAIN.fullmatch(joined) and not _LONG_EXPONENT.search(joined):
            found = np.array([float(text) for text in texts], dtype=np.float64)
            if np.isfinite(found).all():
                return found
    except ValueError:
        pass
    found = np.full(len(texts), np.nan)
    for at, text in enumerate(texts):
        try:
            found[at] = decimal_number(text, name)
        except ParameterError as error:
            errors.setdefault(at, str(error) if text.strip() else f"{name} is empty")
    return found


class CsvWriter:
    """Own columns, the fields, and ``error``."""

    def __init__(self, target: Target, outline: Outline) -> None:
        self._target = target
        self._names = tuple(column.name for column in outline.source.own_columns())
        target.write(b",".join(quoted(name) for name in (*self._names, *outline.fields, ERROR)) + b"\n")

    def add(self, answered: Answered) -> None:
        """A line for every row."""
        errors = answered.chunk.batch.errors
        columns = [quoted_column(text_column(column)) for column in answered.chunk.own.columns(self._names)]
        columns.append(table_cells(answered))
        columns.append([quoted(errors.get(row, "")) for row in range(len(answered))])
        self._target.write(b"".join(b",".join(row) + b"\n" for row in zip(*columns, strict=True)))

    def end(self) -> None:
        """Nothing follows the last row."""
