"""The forms of files of positions, by ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from api.batches.arrow_tables import ParquetWriter, layer_source, parquet_source
from api.batches.chunks import Source
from api.batches.csv_table import CsvSource, CsvWriter
from api.batches.json_forms import CollectionWriter, SequenceWriter, TextSequenceWriter
from api.batches.json_points import read_document
from api.batches.sequences import SequenceSource
from api.texts.json_text import read_json


def _document(file: BinaryIO) -> Source:
    # Also where they came alone, positions of a file are never lost.
    return replace(read_document(read_json(file.read(), "the file")), positions="points")


def _parquet(file: BinaryIO) -> Source:
    return parquet_source(Path(file.name))


def _layer(file: BinaryIO) -> Source:
    return layer_source(Path(file.name))


# What is not named here is read as CSV.
INPUTS: Mapping[str, Callable[[BinaryIO], Source]] = {
    ".csv": CsvSource,
    ".parquet": _parquet,
    ".geojson": _document,
    ".json": _document,
    ".geojsonl": SequenceSource,
    ".geojsons": SequenceSource,
    ".ndjson": SequenceSource,
    ".gpkg": _layer,
    ".fgb": _layer,
    ".shp": _layer,
}

OUTPUTS: Mapping[str, type[Any]] = {
    ".csv": CsvWriter,
    ".parquet": ParquetWriter,
    ".geojson": CollectionWriter,
    ".geojsonl": SequenceWriter,
    ".geojsons": TextSequenceWriter,
}
