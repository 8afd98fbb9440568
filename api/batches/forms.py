"""The forms that many positions come and go in, by media type over HTTP and by ending as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from api.batches.chunks import Source
from api.batches.csv_table import CsvSource, CsvWriter
from api.batches.json_forms import CollectionWriter, ResultsWriter, SequenceWriter, TextSequenceWriter
from api.batches.sequences import SequenceSource

JSON = "application/json"
GEOJSON = "application/geo+json"
CSV = "text/csv"
TEXT_SEQUENCE = "application/geo+json-seq"
LINES = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Attributes
    ----------
    media_type : str
        Its bare name.
    content_type : str
        With parameters, as answers say it.
    write : type
        A writer, made from a target and an `Outline`.
    read : callable or None
        Opens a source on a file line by line; None where a body is read whole.
    """

    media_type: str
    content_type: str
    write: type[Any]
    read: Callable[[BinaryIO], Source] | None = None


FORMS: dict[str, Form] = {
    form.media_type: form
    for form in (
        Form(JSON, JSON, ResultsWriter),
        Form(GEOJSON, GEOJSON, CollectionWriter),
        Form(CSV, f"{CSV}; charset=utf-8; header=present", CsvWriter, CsvSource),
        Form(TEXT_SEQUENCE, TEXT_SEQUENCE, TextSequenceWriter, SequenceSource),
        Form(LINES, LINES, SequenceWriter, SequenceSource),
    )
}
MEDIA_TYPES: tuple[str, ...] = tuple(FORMS)
