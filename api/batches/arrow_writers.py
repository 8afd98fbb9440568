"""Answers in columns of Arrow, as a Parquet file (an extra) or as batches; own columns keep their types."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import numpy as np

from api.batches.answers import Answered
from api.batches.arrow_columns import arrow
from api.batches.arrow_tables import ArrowSource
from api.batches.choices import EXPLANATION
from api.batches.engine import Writer
from api.batches.rows import ERROR, Chunk, Table, UserColumn
from api.texts.json_text import write_json
from zones.classification.records import FIELDS, Coded, Column, Integers

_GROUP_ROWS, _GROUP_BYTES = 1 << 20, 128 * 1024 * 1024  # of a row group
_FIELD_TYPES = {**{one.name: one.type for one in FIELDS}, EXPLANATION: "string"}


class ArrowWriter(Writer):
    """The columns of the user, the fields, and ``error``, as batches of Arrow.

    ``told`` is their schema; texts of answers are dictionaries, which are quicker to write.
    """

    needs_lon_lat = frozenset({"points"})

    def begin(self) -> None:
        """The schema."""
        self._arrow = pyarrow = arrow()
        source = self.source
        own = source.user_columns()
        if isinstance(source, ArrowSource) and source.positions == "kept points":
            assert source.geometry is not None
            kept = UserColumn(source.schema.names[source.geometry], place=source.geometry)
            own = tuple(one for one in own if isinstance(one.place, int))  # its points have the others
            own = (*own[: source.geometry], kept, *own[source.geometry :])
        named = self.names.of_table(own, apart=True)
        self._user_columns = [column for column, _ in named]
        fields = [
            source.schema.field(column.place).with_name(name)
            if isinstance(source, ArrowSource) and isinstance(column.place, int)
            else pyarrow.field(name, _arrow_type(column.kind))
            for column, name in named
        ]
        self._metadata = metadata = self._kept_metadata()
        self._own_types = [field.type for field in fields]
        fields += [pyarrow.field(name, _arrow_type(_FIELD_TYPES[name])) for name in self.fields]
        fields.append(pyarrow.field(ERROR, pyarrow.string()))
        self.told = pyarrow.schema(fields, metadata)
        self._schema = _with_dictionaries(self.told, len(self._own_types))

    def _kept_metadata(self) -> dict[bytes, bytes]:
        """What the user's file says of itself, with columns under the names that they go out with.

        What pandas says of columns is left out where one has another name: it would look for it in vain.
        """
        given = self.source.schema.metadata if isinstance(self.source, ArrowSource) else None
        kept: dict[bytes, bytes] = dict(given or {})
        renamed = self.names.renamed
        if renamed:
            kept.pop(b"pandas", None)
        if renamed and b"geo" in kept:
            with suppress(ValueError, KeyError, AttributeError, TypeError):  # it is none of GeoParquet's
                geo = json.loads(kept[b"geo"])
                geo["columns"] = {renamed.get(name, name): one for name, one in geo["columns"].items()}
                geo["primary_column"] = renamed.get(geo["primary_column"], geo["primary_column"])
                kept[b"geo"] = json.dumps(geo, ensure_ascii=False).encode()
        return kept

    def encode(self, answered: Answered) -> Any:
        """The rows as a batch of Arrow."""
        batch = answered.chunk.batch
        columns = [
            self._own(answered.chunk, column, kind)
            for column, kind in zip(self._user_columns, self._own_types, strict=True)
        ]
        columns += [self._answers(answered, name) for name in self.fields]
        text = self._arrow.string()
        errors = map(batch.errors.get, range(len(batch)))
        columns.append(
            self._arrow.array(errors, text) if batch.errors else self._arrow.nulls(len(batch), text)
        )
        return self._arrow.RecordBatch.from_arrays(columns, schema=self._schema)

    def _own(self, chunk: Chunk, column: UserColumn, kind: Any) -> Any:
        if isinstance(chunk.own, Table) and chunk.own.arrow is not None and isinstance(column.place, int):
            return chunk.own.arrow.column(column.place)
        (values,) = chunk.columns([column])
        return self._arrow.array([_fitting(value, kind) for value in values], kind)

    def _answers(self, answered: Answered, name: str) -> Any:
        kind = _arrow_type(_FIELD_TYPES[name])
        batch, good = answered.chunk.batch, answered.good
        if name in ("lon", "lat"):
            return self._arrow.array(batch.lon if name == "lon" else batch.lat, kind, from_pandas=True)
        column: Column = answered.columns[name]
        if isinstance(column, Coded):
            codes, words = column.distinct()
            if good is not None:
                found, codes = codes, np.full(len(answered), -1, dtype=np.int32)
                codes[good] = found
            codes_or_null = _codes_or_null(codes)
            values = self._arrow.array(words, kind)
            if kind != self._arrow.string():
                return values.take(codes_or_null)
            # Codes are places of words by their making: they need not be looked through.
            return self._arrow.DictionaryArray.from_arrays(codes_or_null, values, safe=False)
        values = np.full(len(answered), np.nan)
        values[slice(None) if good is None else good] = column
        return self._arrow.array(values, kind, from_pandas=True)  # nan as null


class ParquetWriter(ArrowWriter):
    """The batches as row groups of a file."""

    def begin(self) -> None:
        """The schema."""
        super().begin()
        self._file = self._arrow.parquet.ParquetWriter(
            self.target, self._schema, store_schema=False, use_dictionary=self._repeated()
        )
        # As Arrow itself does it; from the types of this schema texts are read as texts.
        schema = base64.b64encode(self.told.serialize())
        self._file.add_key_value_metadata({**self._metadata, b"ARROW:schema": schema})
        self._group: list[Any] = []
        self._group_bytes = 0

    def _repeated(self) -> list[str]:
        """Columns whose values come again and again; a dictionary of measured numbers is time for nothing."""
        measured = {name for name in self.fields if _FIELD_TYPES[name] == "number"}
        if isinstance(self.source, ArrowSource):
            rare = self.source.rarely_repeated
            own = zip(self._user_columns, self._schema.names, strict=False)
            measured |= {name for column, name in own if column.place in rare}
        return [name for name in self._schema.names if name not in measured]

    def put(self, encoded: Any) -> None:
        """Rows of a row group, which is written when it is large enough."""
        self._group.append(encoded)
        self._group_bytes += encoded.nbytes
        if sum(one.num_rows for one in self._group) >= _GROUP_ROWS or self._group_bytes >= _GROUP_BYTES:
            self._write_group()

    def end(self) -> None:
        """The last rows, and the footer."""
        self._write_group()
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is, so that it does not write more to what is closed."""
        with suppress(Exception):  # whatever was wrong is told already
            self._file.close()
        self._file.is_open = False

    def _write_group(self) -> None:
        if self._group:
            self._file.write_table(self._arrow.Table.from_batches(self._group))
            self._group, self._group_bytes = [], 0


def _codes_or_null(codes: Integers) -> Any:
    """Codes as an array of Arrow, null where negative."""
    pyarrow, codes = arrow(), codes.astype(np.int32, copy=False)
    missing = codes < 0
    if not missing.any():
        return pyarrow.array(codes)
    are_there = pyarrow.py_buffer(np.packbits(~missing, bitorder="little"))  # Arrow's own form
    return pyarrow.Array.from_buffers(pyarrow.int32(), len(codes), [are_there, pyarrow.py_buffer(codes)])


def _with_dictionaries(schema: Any, own: int) -> Any:
    """The schema with texts of answers, behind the user's own columns, as dictionaries: quicker to write."""
    pyarrow = arrow()
    coded = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return pyarrow.schema(
        field.with_type(coded) if own <= at < len(schema) - 1 and field.type == pyarrow.string() else field
        for at, field in enumerate(schema)
    )


def _arrow_type(kind: str) -> Any:
    """The type of Arrow for a kind of a `UserColumn`, or a type of a field of the record."""
    types = {"number": "float64", "whole": "int64", "truth": "bool_", "boolean": "bool_"}
    return getattr(arrow(), types.get(kind, "string"))()


def _fitting(value: Any, kind: Any) -> Any:
    if value is None or str(kind) != "string":
        return float(value) if value is not None and str(kind) == "double" else value
    text = value if isinstance(value, str) else write_json(value)
    return text.encode("utf-8", "backslashreplace").decode()
