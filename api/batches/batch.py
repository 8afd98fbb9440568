"""Many positions at once, and what is wrong with some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from zones.errors import CoordinateError
from zones.records import Floats

_TOO_LARGE = "longitude or latitude is infinite, or larger than a number can be here (as 1e400)"


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

    def part(self, rows: slice) -> Batch:
        """Some rows in a row, numbered from 0 again."""
        first, last, _ = rows.indices(len(self))
        errors = {row - first: error for row, error in self.errors.items() if first <= row < last}
        return Batch(self.lon[rows], self.lat[rows], errors)


def checked(lon: Floats, lat: Floats, errors: dict[int, str] | None = None) -> Batch:
    """A batch with an error for every row that is not on the earth. Arrays in degrees."""
    found = dict(errors or {})
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # false for nan
    for row in np.flatnonzero(~good).tolist():
        if np.isinf(lon[row]) or np.isinf(lat[row]):  # as JSON's 1e400 is read
            found.setdefault(row, _TOO_LARGE)
        found.setdefault(row, str(CoordinateError(float(lon[row]), float(lat[row]))))
    return Batch(lon, lat, found)


def from_pairs(pairs: Sequence[object]) -> Batch:
    """A batch from ``[lon, lat]`` pairs as JSON holds them; any other thing becomes an error."""
    numbers = _all_good(pairs)
    if numbers is not None:
        return checked(numbers[0::2], numbers[1::2])
    lon = np.full(len(pairs), np.nan)
    lat = np.full(len(pairs), np.nan)
    errors: dict[int, str] = {}
    for row, pair in enumerate(pairs):
        if not isinstance(pair, (list, tuple)) or len(pair) not in (2, 3):
            errors[row] = "a position is an array [lon, lat] of numbers, with an optional height behind"
        elif not all(type(number) in (int, float) for number in pair):
            errors[row] = "longitude and latitude must be numbers"
        else:
            try:
                lon[row], lat[row] = pair[0], pair[1]
            except OverflowError:
                errors[row] = "longitude and latitude must be numbers on the earth"
    return checked(lon, lat, errors)


def _all_good(pairs: Sequence[Any]) -> Floats | None:
    """The numbers of pairs in a row where every one is an array of two numbers, without a loop."""
    if not {list, tuple}.issuperset(map(type, pairs)) or not {2}.issuperset(map(len, pairs)):
        return None
    if not {int, float}.issuperset(map(type, chain.from_iterable(pairs))):
        return None
    try:
        return np.fromiter(chain.from_iterable(pairs), dtype=np.float64, count=2 * len(pairs))
    except OverflowError:  # a whole number beyond every float
        return None
