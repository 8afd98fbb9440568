"""Positions on their way from a reader to a writer, some thousands at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from api.batches.batch import Batch
from api.errors import BodyError
from zones.records import RECORD_FIELDS

ROWS_AT_A_TIME = 10_000
BYTES_AT_A_TIME = 8 * 1024 * 1024  # what the rows of a chunk may become, answers aside
CELL_BYTES = 50  # of a cell, be it empty: its places in a row and a column, and its text in and out
ERROR = "error"

# What came in under these names gives way, so that answers can be classified again.
REPLACED = frozenset({*RECORD_FIELDS, ERROR})


# A table has at most so many columns from elsewhere: no body can make one of millions.
MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that came in and goes out again.

    ``kind`` is ``text``, ``number``, ``whole``, ``truth``, or ``mixed``, which is written as text.
    """

    name: str
    kind: str = "text"


class Own(Protocol):
    """What came with the positions of a chunk and goes out with them again."""

    def features(self) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Id and properties of every row."""
        ...

    def columns(self, names: Sequence[str]) -> list[Sequence[Any]]:
        """Values of every row by columns, None where a row has none."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """Positions that came alone."""

    count: int

    def features(self) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """No id and no properties."""
        return ((None, {}) for _ in range(self.count))

    def columns(self, names: Sequence[str]) -> list[Sequence[Any]]:
        """No columns."""
        return [[None] * self.count for _ in names]


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a table without the columns that give way.

    ``data`` holds the columns in the order of ``names``, of which one may occur twice.
    """

    names: tuple[str, ...]
    data: list[Sequence[Any]]
    count: int

    def features(self) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Every row's cells by name."""
        if not self.names:
            return Nothing(self.count).features()
        names = unlike(self.names)
        return ((None, dict(zip(names, row, strict=True))) for row in zip(*self.data, strict=True))

    def columns(self, names: Sequence[str]) -> list[Sequence[Any]]:
        """The columns, as they are asked for whole and in their order."""
        assert tuple(names) == self.names
        return self.data


def unlike(names: Sequence[str]) -> list[str]:
    """Names of columns as an object needs them: one that was there before gets a number behind it."""
    found: dict[str, None] = {}
    for name in names:
        number, chosen = 2, name
        while chosen in found:
            number, chosen = number + 1, f"{name}_{number}"
        found[chosen] = None
    return list(found)


@dataclass(frozen=True, slots=True)
class Things:
    """Ids and properties of GeoJSON features, without the properties that give way."""

    ids: list[object]
    properties: list[dict[str, Any]]

    def features(self) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """As they came."""
        return zip(self.ids, self.properties, strict=True)

    def columns(self, names: Sequence[str]) -> list[Sequence[Any]]:
        """Properties by columns; what is named ``id`` and no property is the feature's own."""
        found: list[Sequence[Any]] = []
        for name in names:
            column = [properties.get(name) for properties in self.properties]
            if name == "id":
                column = [
                    identity if value is None else value
                    for identity, value in zip(self.ids, column, strict=True)
                ]
            found.append(column)
        return found


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in their order.

    ``written`` holds lon and lat as texts, where they came as such and are to stay so.
    """

    batch: Batch
    own: Own
    written: tuple[list[str], list[str]] | None = None


def cut(weights: Sequence[int]) -> Iterator[slice]:
    """Rows in a row that become a chunk each, by what every row becomes. [byte]"""
    first = total = 0
    for row, weight in enumerate(weights):
        if row > first and (row - first == ROWS_AT_A_TIME or total + weight > BYTES_AT_A_TIME):
            yield slice(first, row)
            first, total = row, 0
        total += weight
    if first < len(weights):
        yield slice(first, len(weights))


_KINDS: Mapping[type, str] = {str: "text", float: "number", int: "whole", bool: "truth"}


class Source(Protocol):
    """Positions of one file or body."""

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """The columns that go out again, for a table; may read everything once."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        ...


class Survey:
    """Which properties occur in features, and of which kind they are."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def add(self, things: Things) -> None:
        """See some features.

        Raises
        ------
        BodyError
            More than `MOST_COLUMNS` names.
        """
        before: object = None
        for identity, properties in things.features():
            if identity is not None:
                self._see("id", identity)
            if properties is before:  # of one MultiPoint
                continue
            before = properties
            for name, value in properties.items():
                self._see(name, value)

    def _see(self, name: str, value: object) -> None:
        if value is None:
            self._kinds.setdefault(name, "")
            return
        kind = _KINDS.get(type(value), "mixed")
        if kind == "whole" and not -(2**63) <= cast(int, value) < 2**63:
            kind = "mixed"
        known = self._kinds.get(name)
        if not known:
            if known is None and len(self._kinds) == MOST_COLUMNS:
                raise BodyError(f"the features have more than {MOST_COLUMNS:,} properties of different names")
            self._kinds[name] = kind
        elif known != kind:
            self._kinds[name] = "number" if {known, kind} == {"number", "whole"} else "mixed"

    @property
    def columns(self) -> tuple[OwnColumn, ...]:
        """What was seen, in the order of first sight; what was always empty counts as text."""
        return tuple(OwnColumn(name, kind or "text") for name, kind in self._kinds.items())


def kept_properties(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties without those that give way."""
    if REPLACED.isdisjoint(properties):
        return properties
    return {name: value for name, value in properties.items() if name not in REPLACED}
