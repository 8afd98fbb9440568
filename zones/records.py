"""The answer for positions: one flat record a point, kept as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


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
