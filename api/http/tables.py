"""Positions in bodies of requests: which columns hold them, in which encoding, in which form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from api.batches.column_places import USUAL, Chosen, ColumnError
from api.batches.forms import FORMS, GEOJSON, MEDIA_TYPES, TEXT_SEQUENCE, Reading
from api.batches.json_sources import Document, check_signs, read_document
from api.batches.rows import Source
from api.errors import BodyError, ParameterError
from api.http.bodies import body_encoding, json_body, whole_body
from api.http.query import Query
from api.texts.json_text import read_plain_json

COLUMNS = ("lon_column", "lat_column", "position_column")  # parameters that choose


def chosen_columns(asked: Query, kind: str) -> Chosen:
    """The columns that hold positions, as the parameters choose them, of a body of a media type.

    Raises `ParameterError`: an empty name, whole positions chosen beside others, a body of GeoJSON.
    """
    for name in COLUMNS:
        text = asked.text(name)
        if text is None:
            continue
        if not text.strip():
            raise ParameterError(name, f"parameter {name!r} is empty; leave it out for the usual columns")
        if kind in (GEOJSON, TEXT_SEQUENCE):
            raise ParameterError(
                name, f"{name} is of tables and records; positions of GeoJSON are its points"
            )
    chosen = Chosen(*map(asked.text, COLUMNS))
    if chosen.position is not None and chosen != Chosen(position=chosen.position):
        raise ParameterError(COLUMNS[2], f"give either {COLUMNS[2]}, or {COLUMNS[0]} and {COLUMNS[1]}")
    return chosen


def body_by_rows(kind: str, chosen: Chosen) -> Source:
    """The positions of a body that is read row by row.

    Raises `BodyError`, `MediaTypeError`, `TooMuchError`.
    """
    read = FORMS[kind].read
    assert read is not None
    encoding = body_encoding(MEDIA_TYPES)
    with _columns_told():
        return read(whole_body(), Reading(chosen, encoding=encoding))


def body_as_document(chosen: Chosen, *, is_counted_first: bool = False) -> Document:
    """The positions of a JSON body.

    Raises `BodyError`: it holds none, or columns are chosen and it is no array of records; `MediaTypeError`,
    `TooMuchError`, `BusyError`.
    """
    body, most = json_body(), int(current_app.config["MAX_POINTS"])
    if is_counted_first:
        check_signs(body, most)
    value = read_plain_json(body)
    if chosen != USUAL and not isinstance(value, list):
        raise BodyError("columns are chosen, and the body is no array of records that could have them")
    with _columns_told():
        return read_document(value, most=most, chosen=chosen)


@contextmanager
def _columns_told() -> Iterator[None]:
    """A block in which what is wrong with columns is told with the parameters that choose others."""
    try:
        yield
    except ColumnError as error:
        said = f"{error}; the parameters {COLUMNS[0]} and {COLUMNS[1]} choose, or {COLUMNS[2]}"
        raise BodyError(said) from None
