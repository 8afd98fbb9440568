"""The forms that many positions come and go in, by media type over HTTP and by ending as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from api.batches.arrow_tables import layer_source, parquet_source
from api.batches.arrow_writers import ParquetWriter
from api.batches.choices import OUTPUT_ENDINGS, ending_of
from api.batches.column_places import USUAL, Chosen
from api.batches.csv_table import CsvSource, CsvWriter
from api.batches.engine import Writer
from api.batches.json_arrays import ArraySource, NoArrayError
from api.batches.json_sources import SequenceSource, read_document
from api.batches.json_writers import CollectionWriter, ResultsWriter, SequenceWriter, TextSequenceWriter
from api.batches.rows import Source
from api.errors import BodyError
from api.texts.json_text import read_json

JSON = "application/json"
GEOJSON = "application/geo+json"
CSV = "text/csv"
TEXT_SEQUENCE = "application/geo+json-seq"
LINES = "application/x-ndjson"
_READ_WHOLE_BYTES = 64 * 1024 * 1024  # of a JSON document, where it could be read element by element
MOST_WHOLE_BYTES = 256 * 1024 * 1024  # of a JSON document, which becomes some ten times as large


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: columns, layer and encoding by name, where they are chosen."""

    columns: Chosen = USUAL
    layer: str | None = None
    encoding: str | None = None
    in_columns: bool = False  # to be written as columns, too, many rows at a time


_PLAINLY = Reading()


def _csv(file: BinaryIO, reading: Reading = _PLAINLY) -> Source:
    return CsvSource(file, chosen=reading.columns, by_blocks=reading.in_columns, encoding=reading.encoding)


def _parquet(file: BinaryIO, reading: Reading = _PLAINLY) -> Source:
    return parquet_source(Path(file.name), chosen=reading.columns, in_columns=reading.in_columns)


def _document(file: BinaryIO, reading: Reading = _PLAINLY) -> Source:
    content = file.read(_READ_WHOLE_BYTES + 1)
    if len(content) > _READ_WHOLE_BYTES:
        del content
        try:
            file.seek(0)
            return ArraySource(file, reading.columns)
        except NoArrayError:  # as one long MultiPoint
            file.seek(0)
            content = file.read(MOST_WHOLE_BYTES + 1)
    if len(content) > MOST_WHOLE_BYTES:
        raise BodyError(
            f"the file has more than {MOST_WHOLE_BYTES:,} bytes and is neither a FeatureCollection nor an "
            "array of records, which are read bit by bit"
        )
    # Also where they came alone, positions of a file are never lost.
    document = read_document(read_json(content, "the file"), chosen=reading.columns)
    return replace(document, positions="points")


def _sequence(file: BinaryIO, reading: Reading = _PLAINLY) -> Source:
    return SequenceSource(file, reading.columns)


def _layer(file: BinaryIO, reading: Reading = _PLAINLY) -> Source:
    if reading.columns != USUAL:
        raise BodyError("positions of a layer are its points; columns are chosen of tables and records")
    return layer_source(Path(file.name), reading.layer)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its bare name and that with parameters; its writer; what reads a file of it line by line.

    ``read`` is None where a body is read whole.
    """

    media_type: str
    content_type: str
    write: type[Writer]
    read: Callable[[BinaryIO, Reading], Source] | None = None


FORMS: dict[str, Form] = {
    form.media_type: form
    for form in (
        Form(JSON, JSON, ResultsWriter),
        Form(GEOJSON, GEOJSON, CollectionWriter),
        Form(CSV, f"{CSV}; charset=utf-8; header=present", CsvWriter, _csv),
        Form(TEXT_SEQUENCE, TEXT_SEQUENCE, TextSequenceWriter, _sequence),
        Form(LINES, LINES, SequenceWriter, _sequence),
    )
}
MEDIA_TYPES: tuple[str, ...] = tuple(FORMS)


LAYER_ENDINGS = (".gpkg", ".fgb", ".shp")
# What is not named here is read as CSV.
INPUTS: Mapping[str, Callable[..., Source]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    **dict.fromkeys((".geojson", ".json"), _document),
    **dict.fromkeys((".geojsonl", ".geojsons", ".ndjson"), _sequence),
    **dict.fromkeys(LAYER_ENDINGS, _layer),
}


# Files of these are read wherever they are found; others where they are named.
READ_ENDINGS = frozenset((*INPUTS, ".tsv", ".txt"))
WHOLE_ENDINGS = (".parquet", *LAYER_ENDINGS)  # which are read from any place, and packed in no other


def is_read(path: Path) -> bool:
    """Whether a file found somewhere is one of positions, by its name."""
    ending, packing = ending_of(path)
    return ending in READ_ENDINGS and not (packing and ending in WHOLE_ENDINGS)


def check_layer(ending: str, reading: Reading) -> None:
    """Raises `BodyError`: a layer is chosen of a file that has none."""
    if reading.layer is not None and ending not in LAYER_ENDINGS:
        raise BodyError(
            f"it has no layers to choose from, as {', '.join(LAYER_ENDINGS)} files have (--layer)"
        )


def read_file(file: BinaryIO, ending: str, reading: Reading) -> Source:
    """The positions of an open file of this ending. Raises `BodyError`, `CommandError`, `TooMuchError`."""
    check_layer(ending, reading)
    return INPUTS.get(ending, _csv)(file, reading)


OUTPUTS: Mapping[str, type[Writer]] = dict(
    zip(
        OUTPUT_ENDINGS,
        (CsvWriter, ParquetWriter, CollectionWriter, SequenceWriter, TextSequenceWriter),
        strict=True,
    )
)
