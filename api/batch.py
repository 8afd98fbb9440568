"""Many positions at once: the good ones classified, the bad ones answered in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zones.errors import CoordinateError
from zones.records import Floats

if TYPE_CHECKING:
    from zones.store import Edition


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions in their order.

    ``lon`` and ``lat`` are in degrees and nan where a row has no number; ``errors`` tells by row
    number what is wrong with it.
    """

    lon: Floats
    lat: Floats
    errors: dict[int, str]

    def __len__(self) -> int:
        return len(self.lon)


def checked(lon: Floats, lat: Floats, errors: dict[int, str] | None = None) -> Batch:
    """A batch with an error for every row that is not on the earth. Arrays in degrees."""
    found = dict(errors or {})
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # false for nan
    for row in np.flatnonzero(~good).tolist():
        found.setdefault(row, str(CoordinateError(float(lon[row]), float(lat[row]))))
    return Batch(lon, lat, found)


def from_pairs(pairs: Sequence[object]) -> Batch:
    """A batch from ``[lon, lat]`` pairs as JSON holds them; any other thing becomes an error."""
    lon = np.full(len(pairs), np.nan)
    lat = np.full(len(pairs), np.nan)
    errors: dict[int, str] = {}
    for row, pair in enumerate(pairs):
        if not isinstance(pair, (list, tuple)) or len(pair) not in (2, 3):
            errors[row] = "a position is an array of two numbers, [lon, lat]"
        elif not all(type(number) in (int, float) for number in pair):
            errors[row] = "longitude and latitude must be numbers"
        else:
            try:
                lon[row], lat[row] = pair[0], pair[1]
            except OverflowError:
                errors[row] = "longitude and latitude must be numbers on the earth"
    return checked(lon, lat, errors)


def classify_rows(edition: Edition, batch: Batch, *, compare: bool) -> list[dict[str, Any]]:
    """A record for every row in its order; a bad row has ``lon``, ``lat`` and ``error`` alone."""
    if not batch.errors:
        return edition.classify(batch.lon, batch.lat, compare=compare).rows()
    good = np.ones(len(batch), dtype=bool)
    good[list(batch.errors)] = False
    records: list[dict[str, Any]] = []
    if good.any():
        records = edition.classify(batch.lon[good], batch.lat[good], compare=compare).rows()
    following = iter(records)
    return [next(following) if is_good else _bad_row(batch, row) for row, is_good in enumerate(good.tolist())]


def _bad_row(batch: Batch, row: int) -> dict[str, Any]:
    lon, lat = float(batch.lon[row]), float(batch.lat[row])
    return {
        "lon": lon if np.isfinite(lon) else None,
        "lat": lat if np.isfinite(lat) else None,
        "error": batch.errors[row],
    }
