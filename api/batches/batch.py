"""Many positions at once, and what is wrong with some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from zones.classification.records import Floats
from zones.errors import CoordinateError

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
        found.setdefault(row, str(CoordinateError(float(lon[row]), float(lat[row]))))
    if z is not None:
        for row in np.flatnonzero(np.isinf(z)).tolist():
            found.setdefault(row, _TOO_LARGE)
        z = None if np.isnan(z).all() else z
    return Batch(lon, lat, found, z)


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
