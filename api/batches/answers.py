"""The answers of one chunk, and their texts in JSON and in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import orjson

from api.batches.choices import EXPLANATION
from api.batches.rows import ERROR, Chunk
from api.texts.json_text import json_bytes, to_bytes
from api.texts.tables import cell
from zones.classification.records import Coded, Columns, Floats, Records

if TYPE_CHECKING:
    from zones.editions.store import Edition

_MOST_COMBINATIONS = 1 << 16
_SPECIAL = frozenset('",\r\n')  # what a cell of CSV needs quotes for


@dataclass(frozen=True, slots=True)
class Answered:
    """A chunk with its answers: ``columns`` hold the good rows alone, which ``good`` tells, None for all."""

    chunk: Chunk
    fields: tuple[str, ...]
    columns: Columns
    good: npt.NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.chunk.batch)


def answer(
    edition: Edition, chunk: Chunk, fields: tuple[str, ...], *, compare: bool, language: str | None = None
) -> Answered:
    """Classify the good rows of a chunk; in a language the field `EXPLANATION` is among `fields`."""
    batch = chunk.batch
    if not batch.errors:
        good = None
        lon, lat = batch.lon, batch.lat
    else:
        good = np.ones(len(batch), dtype=np.bool_)
        good[list(batch.errors)] = False
        lon, lat = batch.lon[good], batch.lat[good]
    if language is not None:
        whole = edition.classify(lon=lon, lat=lat, compare=compare)
        return Answered(chunk, fields, _explained(whole, fields, language), good)
    records = edition.classify(lon=lon, lat=lat, fields=fields, compare=compare)
    return Answered(chunk, fields, records.columns, good)


def _explained(records: Records, fields: tuple[str, ...], language: str) -> Columns:
    """The columns of the fields, and the explanation of each row made of its whole record."""
    from api.texts.explanation import explanation  # slow to load

    texts = tuple(explanation(record, language) for record in records.rows())
    said = Coded(np.arange(len(texts)), texts or (None,))
    return {name: said if name == EXPLANATION else records.columns[name] for name in fields}


def json_members(answered: Answered) -> list[bytes]:
    """Of every row the members of its JSON object, without the braces.

    A bad row has ``error``, and its ``lon`` and ``lat`` where these are among the fields.
    """

    def word(name: str, value: object) -> bytes:
        return b'"%b":%b' % (name.encode(), json_bytes(value))

    def numbers(name: str, values: Floats, comma: bytes) -> list[bytes]:
        return _tokens(values, b'%b"%b":' % (comma, name.encode()))

    return _rows(answered, word, numbers, _bad_members)


def table_cells(answered: Answered) -> list[bytes]:
    """Of every row the cells of its fields, with commas between; lon and lat as they were written."""
    written = written_texts(answered.chunk)

    def word(_: str, value: object) -> bytes:
        return quoted(cell(value))

    def numbers(name: str, values: Floats, comma: bytes) -> list[bytes]:
        texts = written.get(name)
        if texts is not None:
            if answered.good is not None:
                texts = list(compress(texts, answered.good.tolist()))
            return [comma + text for text in quoted_column(texts)]
        tokens = _tokens(values, comma)
        if np.isnan(values).any():
            return [comma if token.endswith(b"null") else token for token in tokens]
        return tokens

    return _rows(answered, word, numbers, partial(_bad_cells, written))


def written_texts(chunk: Chunk) -> dict[str, Sequence[str]]:
    """Longitudes and latitudes as they came, by the names ``lon`` and ``lat``; empty where not as texts."""
    if chunk.written is None:
        return {}
    return dict(zip(("lon", "lat"), chunk.columns(chunk.written), strict=True))


def _rows(
    answered: Answered,
    word: Callable[[str, object], bytes],
    numbers: Callable[[str, Floats, bytes], list[bytes]],
    bad: Callable[[Answered, int], bytes],
) -> list[bytes]:
    """Texts of all rows: each word and column of numbers is written once, bad rows one by one."""
    parts: list[list[bytes]] = []
    for names, columns in side_by_side(answered.columns):
        comma = b"," if parts else b""
        if isinstance(columns, tuple):
            words = [
                [word(name, value) for value in column.words]
                for name, column in zip(names, columns, strict=True)
            ]
            parts.append(_combined(columns, words, comma))
        else:
            parts.append(numbers(names[0], columns, comma))
    texts = interleaved(parts)
    if answered.good is None:
        return texts
    following = iter(texts)
    return [
        next(following) if is_good else bad(answered, row)
        for row, is_good in enumerate(answered.good.tolist())
    ]


def interleaved(parts: list[list[bytes]]) -> list[bytes]:
    """Columns of texts, none with a NUL in it, as one text for every row."""
    if len(parts) == 1:
        return parts[0]
    count, width = len(parts[0]), len(parts) + 1
    texts = [b"\0"] * (count * width)  # the last of each row stays
    for at, part in enumerate(parts):
        texts[at::width] = part
    return b"".join(texts).split(b"\0")[:-1]


def quoted(text: str) -> bytes:
    """A cell of CSV in UTF-8."""
    if _SPECIAL.isdisjoint(text):
        return to_bytes(text)
    return to_bytes('"' + text.replace('"', '""') + '"')


def quoted_column(texts: Sequence[str]) -> list[bytes]:
    """Cells of CSV; quicker than one by one where none needs quotes."""
    if not _SPECIAL.isdisjoint("".join(texts)):
        return [quoted(text) for text in texts]
    return [to_bytes(text) for text in texts]


def position_bytes(
    lon: Floats, lat: Floats, z: Floats | None
) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Numbers as JSON, null where there is none; third ones with a comma before, empty where none is."""
    third = [b""] * len(lon)
    if z is not None:
        third = [b"" if token == b",null" else token for token in _tokens(z, b",")]
    return _tokens(lon), _tokens(lat), third


def side_by_side(columns: Columns) -> Iterator[tuple[tuple[str, ...], tuple[Coded, ...] | Floats]]:
    """Each column of numbers alone, columns of words that stand side by side together.

    Numbers that are all missing are a column of words, too.
    """
    names: list[str] = []
    words: list[Coded] = []
    combinations = 1
    for name, column in columns.items():
        if not isinstance(column, Coded) and np.isnan(column).all():
            column = Coded(np.zeros(len(column), dtype=np.int64), (None,))
        full = isinstance(column, Coded) and combinations * len(column.words) > _MOST_COMBINATIONS
        if words and (full or not isinstance(column, Coded)):
            yield tuple(names), tuple(words)
            names, words, combinations = [], [], 1
        if isinstance(column, Coded):
            names.append(name)
            words.append(column)
            combinations *= len(column.words)
        else:
            yield (name,), column
    if words:
        yield tuple(names), tuple(words)


def _combined(columns: tuple[Coded, ...], words: list[list[bytes]], comma: bytes) -> list[bytes]:
    """Texts of words side by side: every combination that occurs is written once."""
    codes, texts = joined_words(columns, words)
    written = [comma + text for text in texts]
    return list(map(written.__getitem__, codes.tolist()))


def joined_words(
    columns: tuple[Coded, ...], words: list[list[bytes]]
) -> tuple[npt.NDArray[np.integer[Any]], list[bytes]]:
    """Of every row the place of its words, with commas between, among those that occur; and these."""
    joint = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        joint *= len(column.words)
        joint += column.codes % len(column.words)  # -1 is the last
    occurring, places = _occurring(joint)
    texts = []
    for code in occurring.tolist():
        rest, found = code, []
        for known in reversed(words):
            rest, word = divmod(rest, len(known))
            found.append(known[word])
        texts.append(b",".join(reversed(found)))
    return places, texts


def _occurring(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Different codes, and of every code its place among these."""
    if len(codes) and codes.max() < _MOST_COMBINATIONS:
        counts = np.bincount(codes)
        places = (np.cumsum(counts > 0) - 1).astype(np.int32)
        return np.flatnonzero(counts), places[codes]
    return np.unique(codes, return_inverse=True)


def _tokens(values: Floats, before: bytes = b"") -> list[bytes]:
    """Numbers as JSON, the shortest text that reads back the same, null for nan; each after a text."""
    if len(values) == 0:
        return []
    text = orjson.dumps(np.ascontiguousarray(values, dtype=np.float64), option=orjson.OPT_SERIALIZE_NUMPY)
    if not before:
        return text[1:-1].split(b",")
    return (before + text[1:-1].replace(b",", b"\0" + before)).split(b"\0")


def _bad_members(answered: Answered, row: int) -> bytes:
    batch = answered.chunk.batch
    value: dict[str, Any] = {}
    for name, numbers in (("lon", batch.lon), ("lat", batch.lat)):
        if name in answered.fields:
            number = float(numbers[row])
            value[name] = number if np.isfinite(number) else None
    return json_bytes({**value, ERROR: batch.errors[row]})[1:-1]


def _bad_cells(written: dict[str, Sequence[str]], answered: Answered, row: int) -> bytes:
    batch = answered.chunk.batch
    texts = {
        name: written[name][row] if name in written else _tokens(numbers[row : row + 1])[0].decode()
        for name, numbers in (("lon", batch.lon), ("lat", batch.lat))
    }
    texts = {name: "" if text == "null" and name not in written else text for name, text in texts.items()}
    return b",".join(quoted(texts.get(name, "")) for name in answered.fields)
