"""From a reader to a writer, chunk by chunk: the fields asked for, of every row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, ClassVar

from api.batches.answers import Answered, answer
from api.batches.rows import ColumnNames, Source

if TYPE_CHECKING:
    from zones.editions.store import Edition


class Writer(ABC):
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

    def begin(self) -> None:  # noqa: B027 - nothing, where a form has no beginning
        """What stands before the first row."""

    @abstractmethod
    def add(self, answered: Answered) -> None:
        """The rows of one chunk."""

    def end(self) -> None:  # noqa: B027 - nothing, where a form has no end
        """What follows the last row."""


def classify_all(
    edition: Edition,
    writer: Writer,
    *,
    compare: bool,
    language: str | None = None,
    count: Callable[[int], object] = lambda _rows: None,
) -> Iterator[int]:
    """Classify all rows; after each chunk is written, the number of its rows that got an error.

    In a language the writer has the field `EXPLANATION`. `count` is called with the number of rows of each
    chunk.
    """
    for chunk in writer.source.chunks():
        writer.add(answer(edition, chunk, writer.fields, compare=compare, language=language))
        count(len(chunk.batch))
        yield len(chunk.batch.errors)
    writer.end()
