"""The answer for positions: one flat record a point, kept as columns.

What a record has is said once, at the attributes of `Records`: schemas, the types of tables and the
documentation are made from `FIELDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zones.words import ANSWERS, BASELINE_KINDS, STATES, STATUSES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer[Any]]
Texts = npt.NDArray[np.object_]
Word = str | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few different values: row ``i`` holds ``words[codes[i]]``."""

    codes: Integers
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def values(self) -> Texts:
        """The column written out."""
        words = np.empty(len(self.words), dtype=object)
        words[:] = self.words
        return words[self.codes]


# Columns of answers by field: numbers, `nan` where there is none, or words.
Column = Floats | Coded
Columns = Mapping[str, Column]


FieldType = Literal["number", "string", "boolean"]


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record: its type, what it means, its unit, all words that there are.

    ``words`` is empty where any text may occur; ``within`` bounds a number; `nullable` where some
    position has no value; `unit` is a word such as ``deg``, or None.
    """

    name: str
    type: FieldType
    meaning: str
    unit: str | None = None
    words: tuple[str, ...] = ()
    within: float | None = None
    nullable: bool = True


def _said(meaning: str, **others: Any) -> Any:
    """A field of the dataclass with what `RecordField` says of it."""
    return field(metadata={"meaning": meaning, **others})


@dataclass(frozen=True, slots=True)
class Records:
    """Columns of classified positions; every array has the same length.

    Text columns hold ``str`` or ``None``; number columns hold ``nan`` where there is no value.
    Distances in metres and nautical miles as named; angles and coordinates in degrees, WGS84.
    ``certain`` holds ``True``, ``False`` or ``None`` (not compared).
    """

    lon: Floats = _said("Longitude as given.", unit="deg", within=180.0, nullable=False)
    lat: Floats = _said("Latitude as given.", unit="deg", within=90.0, nullable=False)
    zone: Texts = _said(
        "Zone of the water, or that the position is on land or not in the Caspian.",
        words=ANSWERS,
        nullable=False,
    )
    state: Texts = _said("State of the zone; on land that of the nearest baseline.", words=STATES)
    delimitation: Texts = _said(
        "Status of the line to the next State where its belt reaches the position, too.", words=STATUSES
    )
    sector: Texts = _said(
        "State of the sector of the seabed, a division of its own, independent of the zone.", words=STATES
    )
    sector_status: Texts = _said("Status of the nearest sector boundary.", words=STATUSES)
    sector_boundary_distance_m: Floats = _said("Geodesic distance to that boundary.", unit="m")
    baseline_distance_m: Floats = _said(
        "Geodesic distance to the State's own baseline; to the nearest of all where there is no State.",
        unit="m",
    )
    baseline_distance_nm: Floats = _said("The same in nautical miles.", unit="nm")
    baseline_azimuth_deg: Floats = _said("Azimuth to that baseline point, clockwise from north.", unit="deg")
    baseline_lon: Floats = _said("Longitude of that baseline point.", unit="deg")
    baseline_lat: Floats = _said("Latitude of that baseline point.", unit="deg")
    baseline_kind: Texts = _said("Kind of the baseline there.", words=BASELINE_KINDS)
    limit: Texts = _said("Feature id of the nearest outer limit or boundary; the baseline is not one.")
    limit_distance_m: Floats = _said("Geodesic distance to it.", unit="m")
    coast_spread_m: Floats = _said(
        "Largest less smallest distance to the baseline over the coasts compared, negative landward.",
        unit="m",
    )
    certain: Texts = _said("Whether all coasts compared give this zone and State.", type="boolean")
    by_coast: Texts = _said("What each coast compared answers; those that answer alike together.")
    legal_basis: Texts = _said("Provision of the Convention that the zone follows from.")
    caveat: Texts = _said("What the data cannot decide here.")
    hint: Texts = _said("What may be wrong with a position that is not in the Caspian.")
    assumptions: Texts = _said("What of the edition is not the default, in words.")
    edition: Texts = _said("Full name of the edition that answered.", nullable=False)

    def __len__(self) -> int:
        return len(self.lon)

    @classmethod
    def of(cls, columns: Columns) -> Records:
        """Records from the columns of all fields."""
        arrays: dict[str, Any] = {
            name: column.values() if isinstance(column, Coded) else column for name, column in columns.items()
        }
        return cls(**arrays)

    def column(self, name: str) -> list[Any]:
        """One column as plain Python values, ``None`` where there is none."""
        values = getattr(self, name)
        if values.dtype == object:
            return list(values)
        return [None if value != value else value for value in values.tolist()]

    def rows(self, names: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
        """The records as dictionaries in field order, ready for JSON."""
        chosen = names or RECORD_FIELDS
        return [
            dict(zip(chosen, values, strict=True))
            for values in zip(*(self.column(name) for name in chosen), strict=True)
        ]


def _record_field(name: str, annotation: str, said: Mapping[str, Any]) -> RecordField:
    usual: FieldType = "number" if annotation == "Floats" else "string"
    return RecordField(name, **{"type": usual, **said})


FIELDS: tuple[RecordField, ...] = tuple(
    _record_field(one.name, str(one.type), one.metadata) for one in fields(Records)
)
RECORD_FIELDS: tuple[str, ...] = tuple(one.name for one in FIELDS)
