"""Positions in batches of Arrow, answered as batches: what Spark's ``mapInArrow`` and others hand about."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from api.batches.arrow_tables import ArrowSource
from api.batches.arrow_writers import ArrowWriter
from api.batches.choices import with_assumptions
from api.batches.column_places import Chosen
from api.batches.engine import classify_all
from api.batches.rows import ROWS_IN_COLUMNS
from zones.classification.records import RECORD_FIELDS

if TYPE_CHECKING:
    from zones.editions.store import Edition


@dataclass(frozen=True, slots=True)
class BatchClassifier:
    """Answers batches as ``caspian classify`` does a Parquet file, to the last bit.

    It can be sent to other processes and machines: each opens the edition once. Any number of batches of one
    schema may be given, of any length; those that come out have at most `ROWS_IN_COLUMNS` rows.
    """

    edition: str  # best by its full name, which no machine can take for another
    fields: tuple[str, ...] = RECORD_FIELDS
    compare: bool = False
    lon_column: str | None = None  # else lon or longitude
    lat_column: str | None = None  # else lat or latitude

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Answer batches, in their order.

        Raises `BodyError`: there are no columns of positions; `CommandError`: pyarrow is not installed;
        `ZonesError`: the edition is not to be had here.
        """
        coming = iter(batches)
        first = next(coming, None)
        if first is None:  # as of an empty partition
            return
        edition = opened_edition(self.edition)
        writer = self._writer(edition, first.schema, chain([first], coming))
        for _ in classify_all(edition, writer, compare=self.compare):
            yield writer.batch

    def schema(self, given: Any) -> Any:
        """The schema of the batches that come out, by that of those that go in. Raises as a call does."""
        return self._writer(opened_edition(self.edition), given, ()).told

    def _writer(self, edition: Edition, schema: Any, batches: Iterable[Any]) -> _BatchWriter:
        source = ArrowSource(
            lambda: contextlib.nullcontext(_short(batches)), schema, None,
            chosen=Chosen(self.lon_column, self.lat_column), in_columns=True,
        )  # fmt: skip
        fields = with_assumptions(tuple(self.fields), edition.assumptions)
        return _BatchWriter(io.BytesIO(), source, fields, edition.name)


@cache
def opened_edition(name: str) -> Edition:
    """An edition of the user's cache, opened once a process. Raises as `zones.open_edition` does."""
    from zones import open_edition

    return open_edition(name)


class _BatchWriter(ArrowWriter):
    """Keeps the last batch, with texts as texts."""

    batch: Any

    def put(self, encoded: Any) -> None:
        """Keep a batch."""
        self.batch = encoded.cast(self.told)


def _short(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        for first in range(0, batch.num_rows, ROWS_IN_COLUMNS):
            yield batch.slice(first, ROWS_IN_COLUMNS)
