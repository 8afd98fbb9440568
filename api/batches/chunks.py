"""Positions on their way from a reader to a writer, some thousands at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, cast

from api.batches.batch import Batch
from api.errors import BodyError

ROWS_AT_A_TIME = 10_000
BYTES_AT_A_TIME = 8 * 1024 * 1024  # what the rows of a chunk may become, answers aside
CELL_BYTES = 50  # of a cell, be it empty: its places in a row and a column, and its text in and out
ERROR = "error"

# A table has at most so many columns from elsewhere: no body can make one of millions.
MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that came in and goes out again.

    ``kind`` is ``text``, ``number``, ``whole``, ``truth``, or ``mixed``, which is written as text.
    ``place`` is where the source has it: a number, or ``id`` or ``z`` for what is no property.
    ``position`` tells that it holds longitudes or latitudes just as they are answered.
    """

    name: str
    kind: str = "text"
    place: int | str | None = None
    position: bool = False


class OwnNames:
    """The names under which columns and properties go out beside the answers.

    A name that an answer has, in whatever case, gets ``_given`` behind it, and a number where that is
    taken. What was chosen once stays for the whole file; ``renamed`` tells it.
    """

    def __init__(self, fields: Iterable[str]) -> None:
        self._answers = frozenset({*fields, ERROR})
        self.renamed: dict[str, str] = {}
        self._is_answer = lru_cache(4096)(lambda name: name.strip().casefold() in self._answers)

    def of_table(self, columns: Sequence[OwnColumn], *, apart: bool) -> list[tuple[OwnColumn, str]]:
        """Columns that go out, with their names; `apart` gives one that occurs again a number.

        A position goes out as the answers ``lon`` and ``lat`` where it has these very names, else under
        its own.
        """
        kept = [one for one in columns if not (one.position and one.name.strip() in self._answers)]
        names = [one.name for one in kept]
        named = [one.name if one.position else self._name(one.name, names) for one in kept]
        return list(zip(kept, _unlike(named) if apart else named, strict=True))

    def of_properties(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The properties of one feature."""
        if not any(map(self._is_answer, properties)) and (
            not self.renamed or set(self.renamed.values()).isdisjoint(properties)
        ):
            return properties
        return {self._name(name, properties): value for name, value in properties.items()}

    def _name(self, name: str, beside: Iterable[str]) -> str:
        if name in self.renamed:
            return self.renamed[name]
        used = set(self.renamed.values())
        if not self._is_answer(name) and name not in used:
            return name
        used |= {one.casefold() for one in beside}
        stem = f"{name.strip().casefold()}_given" if self._is_answer(name) else name
        chosen, number = stem, 2
        while chosen in used:
            chosen, number = f"{stem}_{number}", number + 1
        self.renamed[name] = chosen
        return chosen


def _unlike(names: Sequence[str]) -> list[str]:
    """Names of columns as an object needs them: one that was there before gets a number behind it."""
    found: dict[str, None] = {}
    for name in names:
        number, chosen = 2, name
        while chosen in found:
            number, chosen = number + 1, f"{name}_{number}"
        found[chosen] = None
    return list(found)


class Own(Protocol):
    """What came with the positions of a chunk and goes out with them again."""

    def features(self, names: OwnNames) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Id and properties of every row, under the names that they go out with."""
        ...

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """Values of every row by columns, None where a row has none."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """Positions that came alone."""

    count: int

    def features(self, _: OwnNames) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """No id and no properties."""
        return ((None, {}) for _ in range(self.count))

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """No columns."""
        return [[None] * self.count for _ in columns]


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a table; ``data`` holds the columns in the order of ``own``, where a name may occur twice."""

    own: tuple[OwnColumn, ...]
    data: list[Sequence[Any]]
    count: int

    def features(self, names: OwnNames) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """Every row's cells by name."""
        return rows_by_name(names.of_table(self.own, apart=True), self)

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """Whole columns."""
        return [self.data[column.place] for column in columns if isinstance(column.place, int)]


def rows_by_name(
    named: Sequence[tuple[OwnColumn, str]], own: Cells | Any
) -> Iterable[tuple[object, Mapping[str, Any]]]:
    """Rows of a table as properties without ids."""
    if not named:
        return ((None, {}) for _ in range(own.count))
    columns = own.columns([column for column, _ in named])
    names = [name for _, name in named]
    return ((None, dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Things:
    """Ids and properties of GeoJSON features."""

    ids: list[object]
    properties: list[dict[str, Any]]

    def features(self, names: OwnNames) -> Iterable[tuple[object, Mapping[str, Any]]]:
        """As they came, but for names that answers have."""
        return zip(self.ids, map(names.of_properties, self.properties), strict=True)

    def items(self) -> Iterable[tuple[object, dict[str, Any]]]:
        """As they came."""
        return zip(self.ids, self.properties, strict=True)

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """Ids and properties by columns."""
        return [
            self.ids if column.place == "id" else [one.get(column.name) for one in self.properties]
            for column in columns
        ]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in their order.

    ``written`` holds lon and lat as texts, where they came as such and are to stay so.
    """

    batch: Batch
    own: Own
    written: tuple[list[str], list[str]] | None = None

    def columns(self, columns: Sequence[OwnColumn]) -> list[Sequence[Any]]:
        """Values of every row by columns, third coordinates among them."""
        others = iter(self.own.columns([column for column in columns if column.place != "z"]))
        return [self.batch.third() if column.place == "z" else next(others) for column in columns]


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

    @property
    def positions(self) -> str:
        """Where they are: in ``columns``, ``alone``, in ``points``, or in ``kept points`` (GeoParquet)."""
        ...

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
        self._ids: dict[str, str] = {}
        self._has_third = False

    def add(self, chunk: Chunk) -> None:
        """See some features.

        Raises
        ------
        BodyError
            More than `MOST_COLUMNS` names.
        """
        before: object = None
        for identity, properties in chunk.own.items() if isinstance(chunk.own, Things) else ():
            if identity is not None:
                self._see("id", identity, self._ids)
            if properties is before:  # of one MultiPoint
                continue
            before = properties
            for name, value in properties.items():
                self._see(name, value, self._kinds)
        self._has_third |= chunk.batch.z is not None

    def _see(self, name: str, value: object, kinds: dict[str, str]) -> None:
        if value is None:
            kinds.setdefault(name, "")
            return
        kind = _KINDS.get(type(value), "mixed")
        if kind == "whole" and not -(2**63) <= cast(int, value) < 2**63:
            kind = "mixed"
        known = kinds.get(name)
        if not known:
            if known is None and len(kinds) == MOST_COLUMNS:
                raise BodyError(f"the features have more than {MOST_COLUMNS:,} properties of different names")
            kinds[name] = kind
        elif known != kind:
            kinds[name] = "number" if {known, kind} == {"number", "whole"} else "mixed"

    @property
    def columns(self) -> tuple[OwnColumn, ...]:
        """Ids, then properties in the order of first sight, third coordinates last.

        What was always empty counts as text.
        """
        ids = [OwnColumn(self._free("id"), kind, "id") for kind in self._ids.values()]
        third = [OwnColumn(self._free("z"), "number", "z")] if self._has_third else []
        return (*ids, *(OwnColumn(name, kind or "text") for name, kind in self._kinds.items()), *third)

    def _free(self, name: str) -> str:
        while name in self._kinds:
            name = f"feature_{name}"
        return name
