"""From a reader to a writer, chunk by chunk: the fields asked for, of every row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any, ClassVar

from api.batches.answers import Answered, answer
from api.batches.rows import Chunk, ColumnNames, Source

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

    def encode(self, answered: Answered) -> Any:
        """What `put` writes of a chunk; may run in other threads, for several chunks at once."""
        return answered

    @abstractmethod
    def put(self, encoded: Any) -> None:
        """The rows of one chunk, after those before it."""

    def end(self) -> None:  # noqa: B027 - nothing, where a form has no end
        """What follows the last row."""

    def abandon(self) -> None:  # noqa: B027 - nothing, where nothing is held
        """Let go of what is held of a file that is not to be finished."""


def classify_all(
    edition: Edition,
    writer: Writer,
    *,
    compare: bool,
    language: str | None = None,
    workers: int = 1,
) -> Iterator[tuple[int, Mapping[int, str]]]:
    """Classify all rows; after each chunk is written, how many it has and what is wrong with some of them.

    Errors are by the number of the row in its chunk. In a language the writer has the field `EXPLANATION`.
    Several `workers` are threads, each with a chunk of its own.
    """

    def encoded(chunk: Chunk) -> tuple[Chunk, Any]:
        answered = answer(edition, chunk, writer.fields, compare=compare, language=language)
        return chunk, writer.encode(answered)

    try:
        for chunk, made in _in_order(encoded, writer.source.chunks(), workers):
            if len(chunk.batch):  # none, where there were many empty lines
                writer.put(made)
            yield len(chunk.batch), chunk.batch.errors
        writer.end()
    except BaseException:
        writer.abandon()
        raise


def _in_order(
    make: Callable[[Chunk], tuple[Chunk, Any]], chunks: Iterator[Chunk], workers: int
) -> Iterator[tuple[Chunk, Any]]:
    """What is made of chunks, in their order; by threads, which are one chunk each ahead at most."""
    if workers == 1:
        for chunk in chunks:
            yield make(chunk)
        return
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[tuple[Chunk, Any]]] = deque()
        for chunk in chunks:
            ahead.append(pool.submit(make, chunk))
            if len(ahead) > workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
