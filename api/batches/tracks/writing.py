"""Events and sums as CSV, JSON, GeoJSON and Parquet."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from api.batches.arrow_columns import arrow
from api.batches.tracks.columns import TrackColumns
from api.texts.geojson import NOTICE
from api.texts.json_text import json_bytes
from api.texts.tables import text_column
from zones.tracks.tables import TIMESTAMP, VESSEL, TrackField, TrackTable


def names_of(fields: Sequence[TrackField], columns: TrackColumns | None) -> dict[str, str]:
    """The names that fields go out with: vessels and times as their columns came, unless an answer has it."""
    known = {one.name for one in fields}
    names = {one.name: one.name for one in fields}
    if columns is not None:
        for name, given in ((VESSEL, columns.vessel.name.strip()), (TIMESTAMP, columns.time.name.strip())):
            if name in known and given.casefold() not in known - {name} and given not in names.values():
                names[name] = given
    return names


class TrackWriter(ABC):
    """Writes tables, one after another, to a file in one form."""

    def __init__(self, target: IO[bytes], names: Mapping[str, str], about: Mapping[str, Any]) -> None:
        self.target = target
        self.names = names  # that fields go out with
        self.about = about  # edition, assumptions, remarks: for forms that say it once
        self.begun = False

    @abstractmethod
    def add(self, table: TrackTable) -> None:
        """The rows of a table."""

    def end(self) -> None:  # noqa: B027 - nothing, where a form has no end
        """What follows the last row."""


class CsvTracks(TrackWriter):
    """A table with a header."""

    def add(self, table: TrackTable) -> None:
        """A line for every row."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self.begun:
            writer.writerow(self.names.values())
            self.begun = True
        columns = zip(*(row.values() for row in table.rows()), strict=True)
        writer.writerows(zip(*map(text_column, columns), strict=True))
        self.target.write(text.getvalue().encode(errors="backslashreplace"))


class JsonTracks(TrackWriter):
    """An object with the edition and an array of the rows, one a line."""

    member = "events"
    opening = b"{"
    same = ("assumptions", "edition")  # what every row has is said once

    def add(self, table: TrackTable) -> None:
        """An object for every row."""
        if not self.begun:
            about = json_bytes(self.about)[1:-1]
            self.target.write(b"%b%b,%b:[\n" % (self.opening, about, json_bytes(self.member)))
            self.begun, self._between = True, b""
        for row in table.rows():
            self.target.write(self._between + json_bytes(self.shaped(row)))
            self._between = b",\n"

    def shaped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it goes out."""
        return {self.names[name]: value for name, value in row.items() if name not in self.same}

    def end(self) -> None:
        """Close the object."""
        self.target.write(b"]}\n")


class JsonSums(JsonTracks):
    """The same of sums."""

    member = "results"


class GeoJsonTracks(JsonTracks):
    """A FeatureCollection of points."""

    member = "features"
    opening = b'{"type":"FeatureCollection",'

    def shaped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it goes out."""
        point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        properties = {self.names[name]: value for name, value in row.items()}
        return {"type": "Feature", "geometry": point, "properties": properties}


class ParquetTracks(TrackWriter):
    """A table whose times are timestamps of milliseconds in UTC; a row group for every table added."""

    def __init__(self, target: IO[bytes], names: Mapping[str, str], about: Mapping[str, Any]) -> None:
        super().__init__(target, names, about)
        self._arrow = arrow()
        self._file: Any = None

    def add(self, table: TrackTable) -> None:
        """A row group."""
        made = table.to_arrow()
        kinds = [_plain_type(self._arrow, one, made.schema.field(one.name).type) for one in table.fields]
        fields = [
            self._arrow.field(self.names[one.name], kind)
            for one, kind in zip(table.fields, kinds, strict=True)
        ]
        schema = self._arrow.schema(fields)
        if self._file is None:
            self._file = self._arrow.parquet.ParquetWriter(self.target, schema)
        columns = [made.column(one.name).cast(kind) for one, kind in zip(table.fields, kinds, strict=True)]
        self._file.write_table(self._arrow.Table.from_arrays(columns, schema=schema))

    def end(self) -> None:
        """The footer."""
        assert self._file is not None  # a table was added, be it without rows
        self._file.close()


def _plain_type(arrow_: Any, field: TrackField, kind: Any) -> Any:
    """Texts are no dictionaries in a file, and whole numbers stay so."""
    if field.name == VESSEL and arrow_.types.is_integer(kind):
        return kind
    return arrow_.string() if field.type == "text" else kind


WritersByEnding = Mapping[str, Callable[[IO[bytes], Mapping[str, str], Mapping[str, Any]], TrackWriter]]
EVENT_WRITERS: WritersByEnding = {
    ".csv": CsvTracks, ".parquet": ParquetTracks, ".geojson": GeoJsonTracks, ".json": JsonTracks,
}  # fmt: skip
SUM_WRITERS: WritersByEnding = {".csv": CsvTracks, ".parquet": ParquetTracks, ".json": JsonSums}


def about(edition: str, assumptions: str | None, remarks: Sequence[str]) -> dict[str, Any]:
    """What is said once."""
    return {
        "edition": edition,
        "assumptions": assumptions,
        "remarks": list(remarks),
        "notice": NOTICE,
    }
