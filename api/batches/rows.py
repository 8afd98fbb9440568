"""Rows on their way from a reader to a writer: positions, and what came with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

import numpy as np

from api.errors import BodyError
from zones.classification.records import Floats
from zones.errors import CoordinateError

ROWS_AT_A_TIME = 10_000
ROWS_IN_COLUMNS = 1 << 17  # at a time, where they are columns of Arrow
BYTES_AT_A_TIME = 8 * 1024 * 1024  # what the rows of a chunk may become, answers aside
CELL_BYTES = 50  # of a cell, be it empty: its places in a row and a column, and its text in and out
MOST_COLUMNS = 1000  # of a table: no body can make one of millions
ERROR = "error"

_AIS_UNITS = 600_000  # in a degree: AIS has positions in 1/10,000 minute
_LEAST_AIS = 100_000  # a sixth of a degree; less is taken for a slip

# Units of whole numbers, by how many make a degree.
_UNITS = (
    (_AIS_UNITS, "1/10,000 minute, as AIS sends positions"),
    (10_000_000, "1/10,000,000 degree, as latitudeE7 and longitudeE7 are"),
)
# Of plane coordinates about the Caspian: northings, and eastings, also with the number of a zone before. [m]
_NORTHINGS = (3_500_000, 6_500_000)
_EASTINGS = ((100_000, 900_000), (5_000_000, 6_300_000), (7_000_000, 11_000_000), (38_000_000, 41_000_000))

# Id, properties and other members of a feature.
Kept = tuple[Any, dict[str, Any], dict[str, Any]]
ALONE: Kept = (None, {}, {})

_TOO_LARGE = "longitude, latitude or height is infinite, or larger than a number can be here (as 1e400)"


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions in their order.

    ``lon`` and ``lat`` are in degrees and nan where a row has no number; ``errors`` tells by row
    number what is wrong with it. ``z`` holds third coordinates as they came, nan where there is none;
    None where no row has one.
    """

    lon: Floats
    lat: Floats
    errors: dict[int, str]
    z: Floats | None = None

    def __len__(self) -> int:
        return len(self.lon)

    def part(self, rows: slice) -> Batch:
        """Some rows in a row, numbered from 0 again."""
        first, last, _ = rows.indices(len(self))
        errors = {row - first: error for row, error in self.errors.items() if first <= row < last}
        return Batch(self.lon[rows], self.lat[rows], errors, None if self.z is None else self.z[rows])

    def third(self) -> list[float | None]:
        """Third coordinates as a column."""
        if self.z is None:
            return [None] * len(self)
        return [None if number != number else number for number in self.z.tolist()]


def checked(lon: Floats, lat: Floats, errors: dict[int, str] | None = None, z: Floats | None = None) -> Batch:
    """A batch with an error for every row that is not on the earth. Arrays in degrees."""
    found = dict(errors or {})
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # false for nan
    for row in np.flatnonzero(~good).tolist():
        if np.isinf(lon[row]) or np.isinf(lat[row]):  # as JSON's 1e400 is read
            found.setdefault(row, _TOO_LARGE)
        found.setdefault(row, _not_on_earth(float(lon[row]), float(lat[row])))
    if z is not None:
        for row in np.flatnonzero(np.isinf(z)).tolist():
            found.setdefault(row, _TOO_LARGE)
        z = None if np.isnan(z).all() else z
    return Batch(lon, lat, found, z)


def _not_on_earth(lon: float, lat: float) -> str:
    """What is wrong with a position, and what it is in units that others have."""
    said = str(CoordinateError(lon, lat))
    if any(lon == 181.0 * units or lat == 91.0 * units for units in (1, _AIS_UNITS)):
        return f"{said}; in AIS 181 and 91 mean that no position is available"
    if _are_metres(lon, lat) or _are_metres(lat, lon):
        return f"{said}; these look like metres of a projection, as UTM: degrees on WGS84 are needed"
    if lon.is_integer() and lat.is_integer() and max(abs(lon), abs(lat)) > _LEAST_AIS:
        for units, what in _UNITS:
            if abs(lon) <= 180.0 * units and abs(lat) <= 90.0 * units:
                degrees = f"{lon / units:.6f}, latitude {lat / units:.6f}"
                return f"{said}; in {what}, it is longitude {degrees}: divide by {units:,}"
    return said


def _are_metres(east: float, north: float) -> bool:
    """Whether numbers look like plane coordinates about the Caspian. [m]"""
    return _NORTHINGS[0] <= north <= _NORTHINGS[1] and any(low <= east <= high for low, high in _EASTINGS)


def from_pairs(pairs: Sequence[object]) -> Batch:
    """A batch from ``[lon, lat]`` pairs as JSON holds them; any other thing becomes an error."""
    numbers = _all_good(pairs)
    if numbers is not None:
        return checked(numbers[:, 0], numbers[:, 1], z=numbers[:, 2] if numbers.shape[1] == 3 else None)
    lon, lat, z = (np.full(len(pairs), np.nan) for _ in range(3))
    errors: dict[int, str] = {}
    for row, pair in enumerate(pairs):
        if not isinstance(pair, (list, tuple)) or len(pair) not in (2, 3):
            errors[row] = "a position is an array [lon, lat] of numbers, with an optional height behind"
        elif not all(type(number) in (int, float) for number in pair):
            errors[row] = "longitude and latitude must be numbers"
        else:
            try:
                lon[row], lat[row] = pair[0], pair[1]
                if len(pair) == 3:
                    z[row] = pair[2]
            except OverflowError:
                errors[row] = "longitude and latitude must be numbers on the earth"
    return checked(lon, lat, errors, z)


def _all_good(pairs: Sequence[Any]) -> Floats | None:
    """The numbers of positions where each is an array of two, or each of three numbers, without a loop."""
    widths = set(map(len, pairs)) if {list, tuple}.issuperset(map(type, pairs)) else set()
    if widths not in ({2}, {3}) or not {int, float}.issuperset(map(type, chain.from_iterable(pairs))):
        return None
    (width,) = widths
    try:
        numbers = np.fromiter(chain.from_iterable(pairs), dtype=np.float64, count=width * len(pairs))
    except OverflowError:  # a whole number beyond every float
        return None
    return numbers.reshape(-1, width)


@dataclass(frozen=True, slots=True)
class UserColumn:
    """A column that came in and goes out again.

    ``kind`` is ``text``, ``number``, ``whole``, ``truth``, or ``mixed``, which is written as text.
    ``place`` is where the source has it: its number in a table, the part of `Kept` and the name in it, or
    ``z`` or ``m`` for a coordinate. ``position`` tells that it holds longitudes or latitudes as answered.
    """

    name: str
    kind: str = "text"
    place: Any = None
    position: bool = False


class ColumnNames:
    """The names under which columns and properties go out beside the answers.

    A name that an answer has, in whatever case, gets ``_given`` behind it, and a number where that is
    taken. What was chosen once stays for the whole file; ``renamed`` tells it.
    """

    def __init__(self, fields: Iterable[str]) -> None:
        self._answers = frozenset({*fields, ERROR})
        self.renamed: dict[str, str] = {}
        self._is_answer = lru_cache(4096)(lambda name: name.strip().casefold() in self._answers)

    def of_table(self, columns: Sequence[UserColumn], *, apart: bool) -> list[tuple[UserColumn, str]]:
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


@dataclass(frozen=True, slots=True)
class Table:
    """What came in the columns of a table, where a name may occur twice.

    ``values`` gives a column by its place; ``arrow`` holds all of them where Arrow has them.
    """

    own: tuple[UserColumn, ...]
    values: Callable[[Any], Sequence[Any]]
    count: int
    arrow: Any = None

    def column(self, column: UserColumn) -> Sequence[Any]:
        """Values of every row, None where a row has none."""
        return self.values(column.place)

    def features(self, names: ColumnNames) -> Iterable[Kept]:
        """Of every row as a feature: no id, properties under the names they go out with, no other members."""
        named = names.of_table(self.own, apart=True)
        if not named:
            return (ALONE for _ in range(self.count))
        columns = [self.column(column) for column, _ in named]
        keys = [name for _, name in named]
        return ((None, dict(zip(keys, row, strict=True)), {}) for row in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Features:
    """Id, properties and other members of GeoJSON features; all empty of positions that came alone."""

    kept: Sequence[Kept]

    def column(self, column: UserColumn) -> Sequence[Any]:
        """Values of every row, None where a row has none."""
        where, name = column.place
        if name is None:
            return [one[where] for one in self.kept]
        return [one[where].get(name) for one in self.kept]

    def features(self, names: ColumnNames) -> Iterable[Kept]:
        """As they came, but for names that answers have."""
        return ((identity, names.of_properties(own), others) for identity, own, others in self.kept)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in their order.

    ``written`` tells that lon and lat came as texts, and are to stay so: the columns of the table that hold
    them.
    """

    batch: Batch
    own: Table | Features
    written: tuple[UserColumn, UserColumn] | None = None

    def columns(self, columns: Sequence[UserColumn]) -> list[Sequence[Any]]:
        """Values of every row by columns, third coordinates among them."""
        return [self.batch.third() if one.place == "z" else self.own.column(one) for one in columns]


class Source(Protocol):
    """Positions of one file or body."""

    @property
    def positions(self) -> str:
        """Where they are: in ``columns``, ``alone``, in ``points``, or in ``kept points`` (GeoParquet)."""
        ...

    def user_columns(self) -> tuple[UserColumn, ...]:
        """The columns that go out again, for a table; may read everything once."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        ...


def weighed_slices(weights: Sequence[int]) -> Iterator[slice]:
    """Rows in a row that become a chunk each, by what every row becomes. [byte]"""
    first = total = 0
    for row, weight in enumerate(weights):
        if row > first and (row - first == ROWS_AT_A_TIME or total + weight > BYTES_AT_A_TIME):
            yield slice(first, row)
            first, total = row, 0
        total += weight
    if first < len(weights):
        yield slice(first, len(weights))


def columns_of_features(chunks: Iterable[Chunk]) -> tuple[UserColumn, ...]:
    """Ids, properties in the order of first sight, other members, third coordinates, where there are any.

    What was always empty counts as text.

    Raises `BodyError`: more than `MOST_COLUMNS` names.
    """
    kinds: dict[tuple[int, str], set[str]] = {}
    ids: set[str] = set()
    has_third = False
    before: Kept = (None, {}, {})
    for chunk in chunks:
        has_third |= chunk.batch.z is not None
        assert isinstance(chunk.own, Features)
        for one in chunk.own.kept:
            ids.add(_kind(one[0]))
            for where in (1, 2):
                if one[where] is before[where]:  # of one MultiPoint
                    continue
                for name, value in one[where].items():
                    kinds.setdefault((where, name), set()).add(_kind(value))
            before = one
            if len(kinds) > MOST_COLUMNS:
                raise BodyError(f"the features have more than {MOST_COLUMNS:,} properties of different names")
    taken = {name for where, name in kinds if where == 1}

    def column(name: str, found: set[str], place: Any) -> UserColumn:
        if place[0] != 1:
            while name in taken:
                name = f"feature_{name}"
            taken.add(name)
        found = found - {"none"} or {"text"}
        if "long" in found:  # whole numbers of more digits than one with a fraction keeps
            found = found - {"long"} | {"mixed" if "number" in found else "whole"}
        one = "number" if found == {"number", "whole"} else min(found) if len(found) == 1 else "mixed"
        return UserColumn(name, one, place)

    return (
        *([column("id", ids, (0, None))] if ids - {"none"} else ()),
        *(column(place[1], kinds[place], place) for place in sorted(kinds, key=lambda place: place[0])),
        *([column("z", {"number"}, "z")] if has_third else ()),
    )


def _kind(value: object) -> str:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "mixed"
    if type(value) is int and abs(value) > _EXACT:
        return "long"
    return _KINDS.get(type(value), "mixed")


_EXACT = 2**53  # up to which a floating point number holds every whole one
_KINDS: Mapping[type, str] = {str: "text", float: "number", int: "whole", bool: "truth", type(None): "none"}
