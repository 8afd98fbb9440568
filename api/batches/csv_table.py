"""Tables in CSV: read line by line, written chunk by chunk."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import cache, partial
from importlib.util import find_spec
from itertools import chain
from typing import Any, BinaryIO, Literal

import numpy as np

from api.batches.answers import Answered, quoted, quoted_column, table_cells
from api.batches.cells import numbers, numbers_beside, positions
from api.batches.column_places import USUAL, Chosen, ColumnError
from api.batches.column_values import ROWS_LOOKED_AT, Sample
from api.batches.csv_blocks import Lines, column_numbers, is_regular, read_block
from api.batches.encodings import as_utf_8
from api.batches.engine import Writer
from api.batches.position_columns import find_columns
from api.batches.rows import (
    BYTES_AT_A_TIME,
    CELL_BYTES,
    ERROR,
    MOST_COLUMNS,
    ROWS_AT_A_TIME,
    ROWS_IN_COLUMNS,
    Chunk,
    Table,
    UserColumn,
    checked,
)
from api.errors import BodyError, TooMuchError
from api.texts.tables import text_column

LONGEST_LINE = 1024 * 1024
LONGEST_ROW = 4 * 1024 * 1024  # over several lines, with line breaks in quotes
csv.field_size_limit(LONGEST_ROW)  # of all readers in this process; its own default is 128 KiB

_DELIMITERS = (",", ";", "\t", "|")
_TOLD_DELIMITER = re.compile(
    r"sep=([\t!#$%&*,:;@^|~])\s*", re.IGNORECASE
)  # as Excel has it on the first line
_EMPTY_AT_A_TIME = 50_000  # lines
_HEADER_WITHIN = 1000  # lines
_SAMPLE_BYTES = 1024 * 1024
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_POINT = re.compile(r"POINT.*", re.IGNORECASE)
_SHAPE = re.compile("(MULTI)?(LINESTRING|POLYGON)", re.IGNORECASE)
_NOT_UTF_8 = "the row is not UTF-8 text"
_STAND_IN = b"...\n"  # for a line that is not read


class _UnclosedError(csv.Error):
    """A quote in a row is not closed."""


def _texts_of(batch: Any, place: int) -> list[str]:
    return list(batch.column(place).to_pylist())


def _said(error: csv.Error) -> str:
    """What is wrong in words; of carriage returns Python gives advice to who calls its reader."""
    if "new-line character" in str(error):
        return "a carriage return stands alone; lines end in LF or CRLF"
    return str(error)


def _has_arrow() -> bool:
    try:
        return find_spec("pyarrow") is not None
    except ValueError:  # of who has taken it out
        return False


class CsvSource:
    """Rows of a CSV file with a header; lines with nothing on them, also before it, are no rows.

    It is read in the ``encoding`` named, else in UTF-8 or what its beginning tells, and ``encoding`` is then
    which it was.

    A row that is wrong has an error in its place, as has one that is too long in one line, or whose quotes
    are not closed before the next row. Raises `BodyError`: at once when there is no header with lon and lat,
    later when a row over several lines is too long; `TooMuchError`: more columns than `MOST_COLUMNS`.

    ``by_blocks``: blocks that are regular are read by Arrow, where it is installed, with the same result.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        chosen: Chosen = USUAL,
        by_blocks: bool = False,
        encoding: str | None = None,
    ) -> None:
        text, head, self.encoding = as_utf_8(file, encoding)
        self._file = Lines(text, head)
        self._by_blocks = by_blocks and _has_arrow()
        self._number = 0  # of the line read last
        self._row: list[bytes] = []  # the lines of the row that is read
        self._again: deque[bytes] = deque()  # lines that were taken for a row's and are none of its
        self._open_until = 0  # a row that goes on into a line up to this one is not closed in order
        self._taken = 0  # bytes since the last row
        self._fault = ""  # what is wrong with them as text
        first, header_line = self._first_line()
        told = _TOLD_DELIMITER.fullmatch(header_line)
        if told:
            first, header_line = self._first_line()
        self._delimiter, self._quoting = _dialect(header_line, chosen, told[1] if told else "")
        self._row.append(first)
        self._reader = self._read(chain((header_line,), self._lines()))
        if self._fault:
            raise BodyError(f"line {self._number}: {self._fault}")
        try:
            self._header = next(self._reader, [])
        except _UnclosedError as error:
            raise BodyError(str(error)) from None
        except csv.Error as error:
            raise BodyError(f"line {self._number} is not CSV: {_said(error)}") from None
        if len(self._header) > MOST_COLUMNS:
            raise TooMuchError(
                f"the header has {len(self._header):,} columns, at most {MOST_COLUMNS:,} are read",
                limit=MOST_COLUMNS,
                unit="columns",
            )
        # Every cell takes room, be it empty, and its name where the answer repeats it.
        self._row_bytes = CELL_BYTES * len(self._header) + sum(map(len, self._header))
        self._columns = find_columns(self._header, chosen, self._sample())
        self.positions = "points" if self._columns.are_whole else "columns"
        self._taken = 0

    def _sample(self) -> Sample:
        """The first rows, the same ones however the bytes come; of a pipe they are waited for."""

        @cache
        def columns() -> list[tuple[str, ...]]:
            begun = self._file.peek(_SAMPLE_BYTES)
            if len(begun) == _SAMPLE_BYTES:  # the last row may be there in part
                begun = begun[: begun.rfind(b"\n") + 1]
            lines = io.StringIO(begun.decode(errors="replace"), newline="")
            rows: list[list[str]] = []
            with suppress(csv.Error):
                for row in csv.reader(lines, delimiter=self._delimiter, quoting=self._quoting):
                    if len(row) == len(self._header):
                        rows.append(row)
                    if len(rows) == ROWS_LOOKED_AT:
                        break
            return list(zip(*rows, strict=True)) or [()] * len(self._header)

        return lambda place: columns()[place]

    def user_columns(self) -> tuple[UserColumn, ...]:
        """All columns, all of text."""
        return self._columns.own

    def shapes(self) -> list[str] | None:
        """Lines and polygons in WKT of all rows, where the column of positions begins with one.

        Else no row is read.
        """
        place = self._columns.lon
        block = self._file.block() if self._columns.are_whole else b""
        begun = block.split(b"\n", 1)[0].decode(errors="replace")
        cells = next(csv.reader([begun], delimiter=self._delimiter, quoting=self._quoting), [])
        if len(cells) <= place or not _SHAPE.match(cells[place].strip()):
            return None
        texts: list[str] = []
        for row, fault in self._rows():
            if fault or (row and len(row) != len(self._header)):
                raise BodyError(f"row {len(texts) + 1:,} below the header: {fault or self._wrong_width(row)}")
            texts += [row[place]] if row else []
            self._taken = 0
        return texts

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        while self._by_blocks:
            block = self._file.block()
            batch = self._read_block(block)
            if batch is not None:
                self._file.skip(len(block))
                self._number += block.count(b"\n")
                yield from self._chunks_of(batch)
            elif (yield from self._chunks_by_rows(len(block))):
                return
        yield from self._chunks_by_rows(None)

    def _chunks_by_rows(self, until: int | None) -> Generator[Chunk, None, bool]:
        """Rows one by one, to the end of a block or of the file; whether this is the end of the file."""
        width = len(self._header)
        rows: list[list[str]] = []
        errors: dict[int, str] = {}
        size = empty = 0
        for row, fault in self._rows():
            if row or fault:
                if fault:
                    errors[len(rows)] = fault
                if len(row) != width:
                    errors.setdefault(len(rows), self._wrong_width(row))
                    row = (row + [""] * width)[:width]
                rows.append(row)
                size += self._taken + self._row_bytes
            else:
                empty += 1
            self._taken = 0
            # Also after many empty lines, so that who waits for the rows can see the time.
            if len(rows) == ROWS_AT_A_TIME or size > BYTES_AT_A_TIME or empty == _EMPTY_AT_A_TIME:
                yield self._chunk(rows, errors)
                rows, errors, size, empty = [], {}, 0, 0
            if until is not None and self._file.place() >= until and not self._again:
                if rows:
                    yield self._chunk(rows, errors)
                return False
        if rows:
            yield self._chunk(rows, errors)
        return True

    def _wrong_width(self, row: list[str]) -> str:
        width = len(self._header)
        error = f"the row has {len(row)} values where the header has {width}"
        if len(row) > width:
            error += f", last {self._delimiter.join(row[width:])[:200]!r}"
        return error

    def _read_block(self, block: bytes) -> Any:
        """The rows of a block as Arrow has them; None where it has to be read row by row."""
        has_quotes = self._quoting != csv.QUOTE_NONE
        if not block or not is_regular(
            block, self._delimiter, has_quotes=has_quotes, longest_line=LONGEST_LINE
        ):
            return None
        return read_block(block, len(self._header), self._delimiter, has_quotes=has_quotes)

    def _chunks_of(self, batch: Any) -> Iterator[Chunk]:
        errors: dict[int, str] = {}
        if self._columns.are_whole:
            lon, lat = positions(_texts_of(batch, self._columns.lon), errors)
        else:
            lon, lat = (
                column_numbers(batch.column(place), name, errors)
                if side is None
                else numbers_beside(_texts_of(batch, place), _texts_of(batch, side), name, errors)
                for name, place, side in self._columns.axes
            )
            lon, lat = self._columns.without_doubtful(lon, lat, partial(_texts_of, batch), errors)
        for first in range(0, batch.num_rows, ROWS_IN_COLUMNS):
            rows = slice(first, first + ROWS_IN_COLUMNS)
            part = batch.slice(first, ROWS_IN_COLUMNS)
            here = {row - first: said for row, said in errors.items() if first <= row < rows.stop}
            own = Table(self._columns.own, partial(_texts_of, part), part.num_rows, part)
            yield Chunk(checked(lon[rows], lat[rows], here), own, self._written)

    @property
    def _written(self) -> tuple[UserColumn, UserColumn] | None:
        if self._columns.are_whole or self._columns.has_sides:
            return None
        return self._columns.own[self._columns.lon], self._columns.own[self._columns.lat]

    def _chunk(self, rows: list[list[str]], errors: dict[int, str]) -> Chunk:
        columns = list(zip(*rows, strict=True)) or [()] * len(self._header)
        wrong = list(errors)  # as a whole: their cells may be those of other columns
        if self._columns.are_whole:
            lon, lat = positions(columns[self._columns.lon], errors)
        else:
            lon, lat = (
                numbers(columns[place], name, errors)
                if side is None
                else numbers_beside(columns[place], columns[side], name, errors)
                for name, place, side in self._columns.axes
            )
            lon, lat = self._columns.without_doubtful(lon, lat, columns.__getitem__, errors)
        lon[wrong] = lat[wrong] = np.nan
        own = Table(self._columns.own, columns.__getitem__, len(rows))
        return Chunk(checked(lon, lat, errors), own, self._written)

    def _rows(self) -> Iterator[tuple[list[str], str]]:
        """Every row, and what is wrong with it as a whole.

        Of a row whose quotes are wrong the first line alone is taken, with its quotes as letters.
        """
        while True:
            self._fault = ""
            self._row = []
            try:
                row = next(self._reader)
                if len(self._row) > 1:
                    self._check_lines()
            except StopIteration:
                return
            except csv.Error as error:
                known = isinstance(error, _UnclosedError)
                self._fault = self._fault or (str(error) if known else f"the row is not CSV: {_said(error)}")
                row = self._row[0].decode(errors="replace").rstrip("\r\n").split(self._delimiter)
                self._open_until = max(self._open_until, self._number)
                self._number -= len(self._row) - 1
                self._again.extendleft(reversed(self._row[1:]))
                self._taken = len(self._row[0])
                self._reader = self._read(self._lines())
            yield row, self._fault

    def _read(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, quoting=self._quoting, strict=True)

    def _lines(self) -> Iterator[str]:
        # A row is whole at its line break or the end of its line: only one with a quote still open asks
        # for more. What made a row before go on into a line in vain does so for any other.
        while data := self._line():
            self._row.append(data)
            if len(self._row) > 1 and self._number <= self._open_until:
                raise self._unclosed()
            try:
                line = data.decode()
            except UnicodeDecodeError:
                line = data.decode(errors="replace")
                self._fault = self._fault or _NOT_UTF_8
            yield line
        if self._row:
            raise self._unclosed()

    def _check_lines(self) -> None:
        """Refuse a row of several lines of which a later one is a row by itself, with a position."""
        fits = (_POINT if self._columns.are_whole else _NUMBER).fullmatch
        for line in self._row[1:]:
            cells = line.decode(errors="replace").rstrip("\r\n").split(self._delimiter)
            if len(cells) == len(self._header) and all(
                fits(cells[place].strip(' "')) for place in (self._columns.lon, self._columns.lat)
            ):
                raise self._unclosed()

    def _unclosed(self) -> _UnclosedError:
        begins = self._number - max(0, len(self._row) - 1)
        return _UnclosedError(f"a quote in the row that begins on line {begins} is not closed")

    def _first_line(self) -> tuple[bytes, str]:
        """The next line that has something on it, before the header. Raises `BodyError`."""
        line, text = self._text_line()
        while line and not text.strip() and self._number < _HEADER_WITHIN:
            line, text = self._text_line()
        return line, text

    def _text_line(self) -> tuple[bytes, str]:
        """A line at the beginning of the file, and its text. Raises `BodyError`."""
        line = self._line()
        try:
            return line, line.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BodyError(f"line {self._number} is not UTF-8 text") from None

    def _line(self) -> bytes:
        line = self._again.popleft() if self._again else self._file.readline(LONGEST_LINE + 1)
        self._number += bool(line)
        self._taken += len(line)
        if len(line) > LONGEST_LINE:
            self._fault = f"the line is longer than {LONGEST_LINE:,} bytes"
            while line and not line.endswith(b"\n"):
                line = self._file.readline(LONGEST_LINE)
            line = _STAND_IN
        if self._taken > LONGEST_ROW:
            raise BodyError(f"the row that ends on line {self._number} is longer than {LONGEST_ROW:,} bytes")
        return line


def _dialect(header: str, chosen: Chosen, told: str) -> tuple[str, Literal[0, 3]]:
    """The delimiter, and what quotes are: as told, else by the header.

    It is the one that finds positions there, else the one that is there most.

    One that finds longitudes and latitudes apart, be it several or parts of them, goes before one that finds
    whole positions: by commas ``lat;lon`` is a single name. Of several such, commas are those in names, as in
    ``Latitude, deg;Longitude, deg``. Behind tabs a quote is a letter, unless the names in the header are
    quoted themselves.
    """
    if told:
        return told, _quoting(told, header)
    apart = whole = doubtful = ""
    for delimiter in _DELIMITERS:
        names = header.split(delimiter)
        try:
            are_apart = not find_columns([name.strip().strip('"') for name in names], chosen).are_whole
        except ColumnError as error:
            doubtful = doubtful or ("" if error.missing else delimiter)
            continue
        if are_apart and all(name.count('"') % 2 == 0 for name in names):  # else it stands in quotes
            apart = delimiter if apart in ("", ",") else apart
        whole = whole or delimiter
    if whole := apart or doubtful or whole:
        return whole, _quoting(whole, header)
    return max(_DELIMITERS, key=header.count), csv.QUOTE_MINIMAL


def _quoting(delimiter: str, header: str) -> Literal[0, 3]:
    return csv.QUOTE_NONE if delimiter == "\t" and '"' not in header else csv.QUOTE_MINIMAL


class CsvWriter(Writer):
    """The columns of the user, the fields, and ``error``."""

    needs_lon_lat = frozenset({"points", "kept points"})

    def begin(self) -> None:
        """The header."""
        named = self.names.of_table(self.source.user_columns(), apart=False)
        self._own = [column for column, _ in named]
        names = (*(name for _, name in named), *self.fields, ERROR)
        self.target.write(b",".join(map(quoted, names)) + b"\n")

    def encode(self, answered: Answered) -> Any:
        """A line for every row, as bytes."""
        own = answered.chunk.own
        if isinstance(own, Table) and own.arrow is not None:
            from api.batches.arrow_texts import csv_lines  # needs pyarrow

            return csv_lines(answered, self._own)
        errors = answered.chunk.batch.errors
        columns = [quoted_column(text_column(column)) for column in answered.chunk.columns(self._own)]
        columns.append(table_cells(answered))
        columns.append([quoted(errors.get(row, "")) for row in range(len(answered))])
        return b"".join(b",".join(row) + b"\n" for row in zip(*columns, strict=True))

    def put(self, encoded: Any) -> None:
        """The lines."""
        self.target.write(encoded)
