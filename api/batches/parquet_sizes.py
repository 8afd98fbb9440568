"""How much the rows of a Parquet file become, by what it says of itself, before they are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from api.batches.packing import MOST_TIMES, becomes_too_large
from api.errors import BodyError

BATCH_BYTES = 64 * 1024 * 1024
_MOST_ROW_BYTES = 256 * 1024 * 1024
_READ_BYTES, _LEAST_READ_BYTES = 1024 * 1024, 16 * 1024
_READ_ALL_BYTES = 64 * 1024 * 1024  # of all columns at a time
_CELL_BYTES = 16  # of a cell, be it empty: its place in a column, and whether it is there
_TEXT = "BYTE_ARRAY"
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8}  # [byte]


def read_bytes(metadata: Any) -> int:
    """How much of each column is read at a time, not its whole part of a row group. [byte]"""
    return max(_LEAST_READ_BYTES, min(_READ_BYTES, _READ_ALL_BYTES // max(1, int(metadata.num_columns))))


def rows_at_a_time(path: Path, metadata: Any, most: int) -> int:
    """How many rows of a Parquet file make a batch of bounded size: at most `most`.

    Rows of a row group count as alike, but texts that are written once for many rows as the longest of them.

    Raises `BodyError`: a row is too large, or a column of lists or of texts becomes so much larger than it is
    in the file that all of it may be in a few rows; those of pyarrow.
    """
    from pyarrow.parquet import ParquetFile

    kinds = [metadata.schema.column(place) for place in range(metadata.num_columns)]
    texts = [kind.path for kind in kinds if kind.physical_type == _TEXT]
    largest = 0
    with ParquetFile(
        path, metadata=metadata, read_dictionary=texts, pre_buffer=False, buffer_size=_LEAST_READ_BYTES
    ) as coded:
        for number in range(metadata.num_row_groups):
            if rows := int(metadata.row_group(number).num_rows):
                size = sum(_column_sizes(coded, number, kinds, min(most, rows)))
                largest = max(largest, size // rows)
    largest += _CELL_BYTES * len(kinds)
    if largest > _MOST_ROW_BYTES:
        raise BodyError(f"a row of it comes to more than {_MOST_ROW_BYTES:,} bytes")
    return max(1, min(most, BATCH_BYTES // largest))


def rarely_repeated(names: Sequence[str], metadata: Any) -> frozenset[int]:
    """Places of columns of numbers that take as much room in a Parquet file as if each was written alone.

    A dictionary of their values has not paid, and would not in what is made from them. The row group with
    most rows tells.
    """
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    group = max(groups, key=lambda one: int(one.num_rows), default=None)
    chunks = [] if group is None else [group.column(at) for at in range(group.num_columns)]
    measured = {
        one.path_in_schema
        for one in chunks
        if int(one.total_uncompressed_size) >= _WIDTHS.get(one.physical_type, math.inf) * int(one.num_values)
    }
    return frozenset(place for place, name in enumerate(names) if name in measured)


def _column_sizes(coded: Any, number: int, kinds: list[Any], most: int) -> Iterator[int]:
    """What each column of a row group becomes, of which `most` rows would be read at a time. [byte]"""
    group = coded.metadata.row_group(number)
    for place, kind in enumerate(kinds):
        chunk = group.column(place)
        written, values = int(chunk.total_uncompressed_size), int(chunk.num_values)
        width = _WIDTHS.get(kind.physical_type) or int(kind.length or 0)
        if kind.physical_type == _TEXT and chunk.has_dictionary_page:
            width = written  # the longest of all texts is no longer than all of them
            if written * values * most > BATCH_BYTES * int(group.num_rows):
                width = _longest(coded, number, kind.path) or written
        size = max(written, width * values)
        # Of lists nobody can tell how much is in one row, of texts that are written each how long one is.
        least = size if kind.max_repetition_level else written if kind.physical_type == _TEXT else 0
        if becomes_too_large(least, int(chunk.total_compressed_size)):
            said = f"becomes more than {MOST_TIMES} times as large as it is in the file"
            raise BodyError(f"its column {kind.path[:80]!r} {said}")
        yield size


def _longest(coded: Any, number: int, path: str) -> int:
    """The longest of the texts that a column has written once for many rows; 0 where none is seen. [byte]"""
    import pyarrow.compute as pc

    for batch in coded.iter_batches(1, row_groups=[number], columns=[path], use_threads=False):
        column = batch.column(0)
        while (inner := _inner(column)) is not None:
            column = inner
        # Decimals, and types of others, are not read so.
        texts = getattr(column, "dictionary", None)
        return 0 if texts is None else int(pc.max(pc.binary_length(texts)).as_py() or 0)
    return 0


def _inner(column: Any) -> Any:
    """What a structure of one member, or a list, holds; None of others."""
    return column.field(0) if hasattr(column, "field") else getattr(column, "values", None)
