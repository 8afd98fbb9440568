"""A CSV file of positions classified row by row, in chunks of constant memory."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TextIO

import numpy as np

from api.batch import checked
from api.errors import CommandError, ParameterError
from api.json_text import write_json
from api.query import decimal_number
from api.tables import text_column
from zones.records import RECORD_FIELDS, Floats, Records

if TYPE_CHECKING:
    from zones.store import Edition

ROWS_AT_A_TIME = 50_000
OUTPUT_ENDINGS = (".csv", ".geojson", ".geojsonl")

_LON_NAMES = ("lon", "longitude")
_LAT_NAMES = ("lat", "latitude")
_DELIMITERS = (",", ";", "\t")
_BLANK = ("",) * (len(RECORD_FIELDS) - 2)
_CHARACTERS_OF_NO_NUMBER = "_"  # numpy, like Python, would read 1_000 as a number


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in the input: lon, lat, and the columns that are kept, with names."""

    lon: int
    lat: int
    kept: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows with their answers.

    ``kept`` cells, ``lon`` and ``lat`` as written, and ``errors`` (empty for good rows) have an
    entry for every row; ``records`` only one for every good row, None where there is none at all.
    """

    kept: list[list[str]]
    lon: list[str]
    lat: list[str]
    errors: list[str]
    records: Records | None


def classify_table(
    edition: Edition,
    source: IO[bytes],
    target: TextIO,
    ending: str,
    *,
    compare: bool,
    name: str,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Classify every row of a CSV file; returns the number of rows that got an error.

    The output has the input's columns whose names no record field has, then the record, then
    ``error``. Order and count of rows are kept; lines with nothing on them are no rows. `name` is
    the input's name for messages, `ending` one of `OUTPUT_ENDINGS`.

    Raises
    ------
    CommandError
        The file is not UTF-8, not CSV, or has no columns lon and lat.
    """
    place = 0

    def lines() -> Iterator[str]:
        nonlocal place
        for number, line in enumerate(source, 1):
            place += len(line)
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise CommandError(f"{name}: line {number} is not UTF-8 text") from None

    text = lines()
    first = next(text, "")
    reader = csv.reader(itertools.chain([first], text), delimiter=_delimiter(first))
    bad = 0
    try:
        header = next(reader, [])
        columns = _columns(header, name)
        writer = _WRITERS[ending](target, columns.names)
        rows = (row for row in reader if row)
        while batch := list(itertools.islice(rows, ROWS_AT_A_TIME)):
            chunk = _classified(edition, columns, len(header), batch, compare)
            writer.add(chunk)
            bad += sum(1 for error in chunk.errors if error)
            if progress is not None:
                progress(place)
        writer.end()
    except csv.Error as error:
        raise CommandError(f"{name}: line {reader.line_num} is not CSV: {error}") from None
    return bad


def _delimiter(header: str) -> str:
    """The delimiter that finds lon and lat in the header; a comma where none does."""
    for delimiter in _DELIMITERS:
        names = {part.strip().strip('"').lower() for part in header.split(delimiter)}
        if names & set(_LON_NAMES) and names & set(_LAT_NAMES):
            return delimiter
    return ","


def _columns(header: Sequence[str], name: str) -> Columns:
    lowered = [column.strip().lower() for column in header]

    def find(names: Sequence[str]) -> int:
        places = [place for place, column in enumerate(lowered) if column in names]
        if not places:
            found = ", ".join(header)[:200] if header else "nothing"
            raise CommandError(
                f"{name}: no column {names[0]!r}; the header needs lon and lat, found: {found}"
            )
        if len(places) > 1:
            raise CommandError(f"{name}: {len(places)} columns could be {names[0]!r}")
        return places[0]

    lon, lat = find(_LON_NAMES), find(_LAT_NAMES)
    taken = {*RECORD_FIELDS, "error"}
    kept = tuple(
        place for place, column in enumerate(lowered) if place not in (lon, lat) and column not in taken
    )
    return Columns(lon, lat, kept, tuple(header[place] for place in kept))


def _classified(
    edition: Edition, columns: Columns, width: int, rows: list[list[str]], compare: bool
) -> Chunk:
    errors: dict[int, str] = {}
    for at, row in enumerate(rows):
        if len(row) != width:
            errors[at] = f"the row has {len(row)} values where the header has {width}"
            row.extend([""] * (width - len(row)))
    lon_texts = [row[columns.lon] for row in rows]
    lat_texts = [row[columns.lat] for row in rows]
    lon = _numbers(lon_texts, "lon", errors)
    lat = _numbers(lat_texts, "lat", errors)
    batch = checked(lon, lat, errors)
    good = np.ones(len(batch), dtype=bool)
    good[list(batch.errors)] = False
    records = None
    if good.any():
        records = edition.classify(batch.lon[good], batch.lat[good], compare=compare)
    return Chunk(
        kept=[[row[place] for place in columns.kept] for row in rows],
        lon=lon_texts,
        lat=lat_texts,
        errors=[batch.errors.get(at, "") for at in range(len(rows))],
        records=records,
    )


def _numbers(texts: list[str], name: str, errors: dict[int, str]) -> Floats:
    """Texts as numbers, all at once where all are; else one by one, noting errors."""
    try:
        if not any(mark in text for text in texts for mark in _CHARACTERS_OF_NO_NUMBER):
            numbers = np.array([float(text) for text in texts])
            if np.isfinite(numbers).all():
                return numbers
    except ValueError:
        pass
    numbers = np.full(len(texts), np.nan)
    for at, text in enumerate(texts):
        try:
            numbers[at] = decimal_number(text, name)
        except ParameterError as error:
            errors.setdefault(at, str(error) if text.strip() else f"{name} is empty")
    return numbers


class _CsvWriter:
    def __init__(self, target: TextIO, names: tuple[str, ...]) -> None:
        self._writer = csv.writer(target, lineterminator="\n")
        self._writer.writerow([*names, *RECORD_FIELDS, "error"])

    def add(self, chunk: Chunk) -> None:
        answers = iter(zip(*self._answer_columns(chunk.records), strict=True))
        self._writer.writerows(
            [*kept, lon, lat, *(_BLANK if error else next(answers)), error]
            for kept, lon, lat, error in zip(chunk.kept, chunk.lon, chunk.lat, chunk.errors, strict=True)
        )

    @staticmethod
    def _answer_columns(records: Records | None) -> list[list[str]]:
        """The columns behind lon and lat, which stay as they were written."""
        if records is None:
            return []
        return [text_column(records.column(name)) for name in RECORD_FIELDS[2:]]

    def end(self) -> None:
        pass


class _SequenceWriter:
    """One GeoJSON Feature a line."""

    between = "\n"

    def __init__(self, target: TextIO, names: tuple[str, ...]) -> None:
        self._target = target
        self._names = names
        self._separator = ""

    def add(self, chunk: Chunk) -> None:
        answers = iter([] if chunk.records is None else chunk.records.rows())
        for kept, error in zip(chunk.kept, chunk.errors, strict=True):
            properties: dict[str, Any] = dict(zip(self._names, kept, strict=True))
            geometry = None
            if error:
                properties["error"] = error
            else:
                record = next(answers)
                properties.update(record)
                geometry = {"type": "Point", "coordinates": [record["lon"], record["lat"]]}
            feature = {"type": "Feature", "geometry": geometry, "properties": properties}
            self._target.write(self._separator + write_json(feature))
            self._separator = self.between

    def end(self) -> None:
        if self._separator:
            self._target.write("\n")


class _CollectionWriter(_SequenceWriter):
    between = ",\n"

    def __init__(self, target: TextIO, names: tuple[str, ...]) -> None:
        super().__init__(target, names)
        self._target.write('{"type":"FeatureCollection","features":[\n')

    def end(self) -> None:
        super().end()
        self._target.write("]}\n")


_WRITERS: dict[str, Callable[[TextIO, tuple[str, ...]], _CsvWriter | _SequenceWriter]] = {
    ".csv": _CsvWriter,
    ".geojson": _CollectionWriter,
    ".geojsonl": _SequenceWriter,
}
