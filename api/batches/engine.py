"""From a reader to a writer, chunk by chunk: the fields asked for, of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, ClassVar

from api.batches.answers import Answered, answer
from api.batches.rows import ColumnNames, Source
from api.errors import ParameterError
from zones.classification.records import RECORD_FIELDS

if TYPE_CHECKING:
    from zones.editions.store import Edition


FIELDS = "fields"


def chosen_fields(text: str | None) -> tuple[str, ...]:
    """Names with commas between; all fields where nothing is given.

    Raises `ParameterError`: a name that is no field, one given twice, or none at all.
    """
    if text is None:
        return RECORD_FIELDS
    names = tuple(name.strip() for name in text.split(","))
    for at, name in enumerate(names):
        if name not in RECORD_FIELDS:
            said = f"no field {name[:80]!r}" if name else "an empty name"
            raise ParameterError(
                FIELDS,
                f"{FIELDS}: {said}; there are {', '.join(RECORD_FIELDS)}",
                known=list(RECORD_FIELDS),
            )
        if name in names[:at]:
            raise ParameterError(FIELDS, f"{FIELDS}: {name!r} is given twice")
    return names


class Writer:
    """Writes answers to a file in one form.

    ``needs_lon_lat`` holds the ``positions`` of sources that this form would lose: of these ``lon`` and
    ``lat`` are answered before the fields that are asked for.
    """

    needs_lon_lat: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, target: IO[bytes], source: Source, fields: tuple[str, ...], edition: str) -> None:
        if source.positions in self.needs_lon_lat:
            fields = (*(name for name in ("lon", "lat") if name not in fields), *fields)
        self.target = target
        self.source = source
        self.fields = fields
        self.edition = edition
        self.names = ColumnNames(fields)
        self.begin()

    def begin(self) -> None:
        """What stands before the first row."""

    def add(self, answered: Answered) -> None:
        """The rows of one chunk."""
        raise NotImplementedError

    def end(self) -> None:
        """What follows the last row."""


def classify_all(
    edition: Edition,
    writer: Writer,
    *,
    compare: bool,
    count: Callable[[int], object] = lambda _rows: None,
) -> Iterator[int]:
    """Classify all rows; after each chunk is written, the number of its rows that got an error.

    `count` is called with the number of rows of each chunk.
    """
    for chunk in writer.source.chunks():
        writer.add(answer(edition, chunk, writer.fields, compare=compare))
        count(len(chunk.batch))
        yield len(chunk.batch.errors)
    writer.end()
