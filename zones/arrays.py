"""Kinds of arrays, and arrays as compiled code takes them: contiguous, aligned, not to be written to.

Compiled code is made for kinds of arguments, and whether an array may be written to is part of the kind.
So all that it only reads is handed over read-only, wherever it comes from.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int8]

Record = TypeVar("Record")


def read_only(record: Record) -> Record:
    """An array, or a NamedTuple of arrays and of such NamedTuples, that cannot be written to.

    An array that is contiguous already is not copied: it itself becomes read-only.
    """
    if isinstance(record, np.ndarray):
        made = np.require(record, requirements=["C", "A"])
        made.flags.writeable = False
        return cast(Record, made)
    assert isinstance(record, tuple)
    return cast(Record, type(record)(*map(read_only, record)))


def plain(record: Any) -> Any:
    """A NamedTuple of arrays and of such NamedTuples as plain tuples.

    What kind of arguments a call has is told by names for NamedTuples, which takes a microsecond each.
    """
    return tuple(map(plain, record)) if isinstance(record, tuple) else record


def numbers(column: npt.ArrayLike) -> Floats:
    """A column of numbers for compiled code to read, not a number where it is masked.

    Raises `ValueError`: it is no column.
    """
    if isinstance(column, np.ma.MaskedArray):
        column = np.ma.filled(column.astype(np.float64), np.nan)
    made = np.require(column, np.float64, ["C", "A"]).view()
    if made.ndim != 1:
        raise ValueError(f"a column of numbers is needed, not shape {made.shape}")
    made.flags.writeable = False
    return made


def columns(*given: npt.ArrayLike) -> list[Floats]:
    """Columns of numbers of one length for compiled code to read.

    Raises `ValueError`: their lengths differ, or they are no columns.
    """
    made = [numbers(column) for column in given]
    if any(len(one) != len(made[0]) for one in made):
        raise ValueError(f"columns of one length are needed, not {[len(one) for one in made]}")
    return made


def points(rows: npt.ArrayLike) -> Floats:
    """Rows of three coordinates for compiled code to read. Raises `ValueError`: they are of another shape."""
    made = np.require(rows, np.float64, ["C", "A"]).view()
    if made.ndim != 2 or made.shape[1] != 3:
        raise ValueError(f"rows of x, y, z are needed, not {made.shape}")
    made.flags.writeable = False
    return made
