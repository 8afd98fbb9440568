"""Names of vessels: one rule for all ways in."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from zones.arrays import Integers

NONE = -1
_WHOLE = re.compile(r"\d+\.0+")  # as a whole number in a column with empty cells is written


class Vessels:
    """Names of vessels and the number of each, in the order of first sight.

    A name is a text without blanks around; a whole number is the same vessel however it came: 273000001,
    273000001.0, or either as text.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.are_whole = True  # whether all came as whole numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, value: Any) -> int:
        """The number of a vessel; -1 where the value is none."""
        if is_missing(value) or isinstance(value, (dict, list)):
            return NONE
        is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if isinstance(value, (float, Decimal)) and value == value // 1:
            value = int(value)
        name = str(value).strip()
        if not name:
            return NONE
        if _WHOLE.fullmatch(name):
            name = name.partition(".")[0]
        self.are_whole = self.are_whole and is_whole
        return self._numbers.setdefault(name, len(self._numbers))

    def forget(self, count: int, *, are_whole: bool) -> None:
        """Forget all names but the first ``count``; ``are_whole`` as it was when there were so many."""
        while len(self._numbers) > count:
            self._numbers.popitem()
        self.are_whole = are_whole

    def ranks(self) -> Integers:
        """The place of each number in the order of the names."""
        ranks = np.empty(len(self._numbers), dtype=np.int64)
        ranks[[self._numbers[name] for name in self._ordered()]] = np.arange(len(ranks))
        return ranks

    def names(self) -> Any:
        """The names in their order, as whole numbers where they all came as such."""
        ordered = self._ordered()
        if self.are_whole and all(-(2**63) <= int(name) < 2**63 for name in ordered):
            return np.array(list(map(int, ordered)), dtype=np.int64)
        names = np.empty(len(ordered), dtype=object)
        names[:] = ordered
        return names

    def _ordered(self) -> list[str]:
        if self.are_whole:
            return sorted(self._numbers, key=int)
        return sorted(self._numbers)


def read_vessels(column: npt.ArrayLike, vessels: Vessels) -> Integers:
    """The numbers of the vessels in a column. Raises `ValueError`: a row names none."""
    given = np.asarray(column)
    if given.dtype.kind in "iuSU":  # each name is looked at once
        values, places = np.unique(given, return_inverse=True)
        numbers = np.array([vessels.number(value) for value in values.tolist()], dtype=np.int64)[places]
    else:
        numbers = np.array([vessels.number(value) for value in given.tolist()], dtype=np.int64)
    if (numbers == NONE).any():
        raise ValueError(f"row {int((numbers == NONE).argmax())} names no vessel")
    return np.asarray(numbers, dtype=np.int64)


def is_missing(value: Any) -> bool:
    """Whether a value of a column is none: None, not a number, and what pandas has for either."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError, ArithmeticError):  # pandas' NA cannot tell; an array has many answers
        return not isinstance(value, (np.ndarray, list, dict))
