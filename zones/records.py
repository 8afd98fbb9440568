"""The answer for positions: one flat record a point, kept as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True, slots=True)
class Records:
    """Columns of classified positions; every array has the same length.

    Text columns hold ``str`` or ``None``; number columns hold ``nan`` where there is no value.
    Distances in metres and nautical miles as named; angles and coordinates in degrees, WGS84.
    ``certain`` holds ``True``, ``False`` or ``None`` (not compared).
    """

    lon: Floats
    lat: Floats
    zone: Texts
    state: Texts
    delimitation: Texts
    sector: Texts
    sector_status: Texts
    sector_boundary_distance_m: Floats
    baseline_distance_m: Floats
    baseline_distance_nm: Floats
    baseline_azimuth_deg: Floats
    baseline_lon: Floats
    baseline_lat: Floats
    baseline_kind: Texts
    limit: Texts
    limit_distance_m: Floats
    coast_spread_m: Floats
    certain: Texts
    legal_basis: Texts
    caveat: Texts
    hint: Texts
    edition: Texts

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


RECORD_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Records))
