"""From a reader to a writer, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from api.batches.answers import Answered, answer
from api.batches.chunks import OwnNames, Source

if TYPE_CHECKING:
    from zones.editions.store import Edition


@dataclass(frozen=True, slots=True)
class Outline:
    """What a writer knows before the first row: whence the rows come, what is answered and how named."""

    source: Source
    fields: tuple[str, ...]
    edition: str
    names: OwnNames

    @classmethod
    def of(
        cls, source: Source, fields: tuple[str, ...], edition: str, needs_lon_lat: Container[str] = ()
    ) -> Outline:
        """With ``lon`` and ``lat`` before the fields where the form of the answer would lose the position."""
        if source.positions in needs_lon_lat:
            fields = (*(name for name in ("lon", "lat") if name not in fields), *fields)
        return cls(source, fields, edition, OwnNames(fields))


class Writer(Protocol):
    """Writes answers in one form; made from a target and an `Outline`.

    ``needs_lon_lat`` holds the ``positions`` of sources that would be lost without these fields.
    """

    needs_lon_lat: ClassVar[frozenset[str]]

    def add(self, answered: Answered) -> None:
        """The rows of one chunk."""
        ...

    def end(self) -> None:
        """What follows the last row."""
        ...


def classify_all(
    edition: Edition,
    outline: Outline,
    writer: Writer,
    *,
    compare: bool,
    count: Callable[[int], object] = lambda _rows: None,
) -> Iterator[int]:
    """Classify all rows; after each chunk is written, the number of its rows that got an error.

    `count` is told how many rows each chunk has.
    """
    for chunk in outline.source.chunks():
        writer.add(answer(edition, chunk, outline.fields, compare=compare))
        count(len(chunk.batch))
        yield len(chunk.batch.errors)
    writer.end()
