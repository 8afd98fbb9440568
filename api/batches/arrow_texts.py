"""Lines of CSV by Arrow, a column at a time: the same to the byte as row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from api.batches.answers import Answered, joined_words, quoted, side_by_side, table_cells
from api.batches.moments import moment_texts
from api.batches.rows import Chunk, Table, UserColumn
from api.errors import BodyError
from api.texts.tables import cell, text_column
from zones.classification.records import Coded, Floats

_SPECIAL = b'",\r\n'
_NEEDS_QUOTES = '[",\r\n]'
_COMMA = 44


def csv_lines(answered: Answered, own: Sequence[UserColumn]) -> Any:
    """The lines of all rows, as a buffer; of a chunk whose table Arrow has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [_own_texts(answered.chunk, column) for column in own]
    parts += _answers(answered)
    errors = answered.chunk.batch.errors
    ends: Any = "\n"
    if errors:
        texts = np.full(len(answered), "\n", dtype=object)
        texts[list(errors)] = [quoted(text).decode() + "\n" for text in errors.values()]
        ends = pa.array(texts, pa.string())
    lines = pc.binary_join_element_wise(*parts, ends, ",", null_handling="replace", null_replacement="")
    _, offsets, data = lines.buffers()
    last = np.frombuffer(offsets, np.int32, count=len(lines) + 1)[-1]
    return data.slice(0, int(last))


def _answers(answered: Answered) -> Iterator[Any]:
    """Texts of the fields, one column for words side by side."""
    import pyarrow as pa

    if answered.good is not None and not answered.good.any():
        yield pa.array([text.decode() for text in table_cells(answered)], pa.string())
        return
    good, chunk = answered.good, answered.chunk
    written = dict(zip(("lon", "lat"), chunk.written or (), strict=False))
    for names, columns in side_by_side(answered.columns):
        if isinstance(columns, tuple):
            yield _words(columns, good)
        elif names[0] in written:
            yield _own_texts(chunk, written[names[0]])
        elif names[0] in ("lon", "lat"):
            yield number_texts(chunk.batch.lon if names[0] == "lon" else chunk.batch.lat)
        elif good is None:
            yield number_texts(columns)
        else:
            numbers = np.full(len(good), np.nan)
            numbers[good] = columns
            yield number_texts(numbers)


def _words(columns: tuple[Coded, ...], good: npt.NDArray[np.bool_] | None) -> Any:
    """Words with commas between; the commas alone where a row has an error."""
    import pyarrow as pa

    words = [[quoted(cell(word)) for word in column.words] for column in columns]
    places, texts = joined_words(columns, words)
    if good is not None:
        everywhere = np.full(len(good), len(texts))
        everywhere[good] = places
        places, texts = everywhere, [*texts, b"," * (len(columns) - 1)]
    return pa.array(texts, pa.string()).take(pa.array(places))


def _own_texts(chunk: Chunk, column: UserColumn) -> Any:
    """A column that came in as cells of CSV."""
    import pyarrow as pa

    if not isinstance(column.place, int):  # a third coordinate
        return quoted_texts(pa.array(text_column(chunk.columns([column])[0]), pa.string()))
    assert isinstance(chunk.own, Table)
    given = chunk.own.arrow.column(column.place)
    if pa.types.is_string(given.type):
        if chunk.written is None:  # it does not come from texts, which were looked at
            _check_texts(given, column.name)
        return quoted_texts(given)
    if pa.types.is_integer(given.type):
        return given.cast(pa.string())
    if pa.types.is_floating(given.type):
        numbers = given.cast(pa.float64()).to_numpy(zero_copy_only=False)
        sizes = np.abs(numbers)
        # Both texts of these numbers are the same; others have an exponent that Python writes its own way.
        plain = ((sizes >= 1e-4) & (sizes < 1e16)) | (sizes == 0)
        if len(plain) - plain.sum() == given.null_count:
            return number_texts(numbers)
    if pa.types.is_timestamp(given.type):
        texts = moment_texts(given)
        if texts is not None:
            return texts
    return quoted_texts(pa.array(text_column(chunk.own.column(column)), pa.string()))


def _check_texts(texts: Any, name: str) -> None:
    """Refuse what is no UTF-8. Raises `BodyError`."""
    import pyarrow as pa

    try:
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        said = " ".join(str(error).split())[:200]
        raise BodyError(f"column {name[:80]!r} has a value that cannot be read: {said}") from None


def quoted_texts(texts: Any) -> Any:
    """Texts of Arrow as cells of CSV: in quotes where they have to be."""
    import pyarrow.compute as pc

    data = texts.buffers()[2]
    if data is None or not _occur(_SPECIAL, _data_of(texts)):
        return texts
    inner = pc.replace_substring(texts, '"', '""')
    in_quotes = pc.binary_join_element_wise('"', inner, '"', "")
    return pc.if_else(pc.match_substring_regex(texts, _NEEDS_QUOTES), in_quotes, texts)


def number_texts(values: Floats) -> Any:
    """Numbers as the shortest texts that read back the same; null where there is none."""
    import pyarrow as pa

    if len(values) == 0:
        return pa.array([], pa.string())
    text = orjson.dumps(np.ascontiguousarray(values, dtype=np.float64), option=orjson.OPT_SERIALIZE_NUMPY)
    characters = np.frombuffer(text, np.uint8)[1:-1]
    is_comma = characters == _COMMA
    offsets = np.empty(len(values) + 1, dtype=np.int32)
    offsets[0] = 0
    offsets[1:-1] = np.flatnonzero(is_comma) - np.arange(len(values) - 1)
    offsets[-1] = len(characters) - (len(values) - 1)
    there = np.packbits(np.isfinite(values), bitorder="little")
    buffers = map(pa.py_buffer, (there, offsets, characters[~is_comma]))
    return pa.Array.from_buffers(pa.string(), len(values), list(buffers))


def _data_of(texts: Any) -> bytes:
    """The characters of a column of texts, which may be a slice of a larger one."""
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)
    first, last = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return memoryview(data)[first:last].tobytes()


def _occur(characters: bytes, text: bytes) -> bool:
    return any(map(text.__contains__, characters))
