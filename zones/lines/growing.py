"""Tables that grow while a line is walked, as plain loops.

numpy's own slices and copies do the same, but bring helpers along that take seconds to compile.
"""

from __future__ import annotations

import numpy as np

from zones.compiled import compiled


@compiled
def first_rows(table, count, size):
    """The first ``count`` rows of a table in a new one of ``size`` rows."""
    width = table.shape[1]
    new = np.empty((size, width), dtype=table.dtype)
    for i in range(count):
        for k in range(width):
            new[i, k] = table[i, k]
    return new


@compiled
def first_numbers(numbers, count, size):
    """The first ``count`` numbers of an array in a new one of ``size`` numbers."""
    new = np.empty(size, dtype=numbers.dtype)
    for i in range(count):
        new[i] = numbers[i]
    return new
