"""From a reader to a writer, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from api.batches.answers import Answered, answer
from api.batches.chunks import Source

if TYPE_CHECKING:
    from zones.store import Edition


@dataclass(frozen=True, slots=True)
class Outline:
    """What a writer knows before the first row: whence the rows come and what is answered."""

    source: Source
    fields: tuple[str, ...]
    edition: str


class Writer(Protocol):
    """Writes answers in one form; made from a target and an `Outline`."""

    def add(self, answered: Answered) -> None:
        """The rows of one chunk."""
        ...

    def end(self) -> None:
        """What follows the last row."""
        ...


def classify_all(
    edition: Edition,
    source: Source,
    writer: Writer,
    fields: tuple[str, ...],
    *,
    compare: bool,
    count: Callable[[int], object] = lambda _rows: None,
) -> Iterator[int]:
    """Classify all rows; after each chunk is written, the number of its rows that got an error.

    `count` is told how many rows each chunk has.
    """
    for chunk in source.chunks():
        writer.add(answer(edition, chunk, fields, compare=compare))
        count(len(chunk.batch))
        yield len(chunk.batch.errors)
    writer.end()
