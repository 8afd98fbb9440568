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

    Raises `ValueError`: it is no column; `TypeError`: it holds something else, be it texts of numbers.
    """
    given = np.asanyarray(column)
    if given.dtype.kind not in "biufO" or (given.dtype.kind == "O" and any(map(_is_text, given.flat))):
        raise TypeError(f"a column of numbers is needed, not of {_called(given)}")
    if isinstance(column, np.ma.MaskedArray):
        column = np.ma.filled(column.astype(np.float64), np.nan)
    made = np.require(column, np.float64, ["C", "A"]).view()
    if made.ndim != 1:
        raise ValueError(f"a column of numbers is needed, not shape {made.shape}")
    made.flags.writeable = False
    return made


def number(value: Any, name: str) -> float:
    """One number as Python has it, whoever's kind of number it is. Raises `TypeError`: it is none."""
    if isinstance(value, (float, int)):
        return value
    try:
        if not _is_text(value) and not isinstance(value, complex):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} must be a number of degrees, not {repr(value)[:80]} ({type(value).__name__})")


def _is_text(value: object) -> bool:
    return isinstance(value, (str, bytes, bytearray))


def _called(column: npt.NDArray[Any]) -> str:
    return "texts" if column.dtype.kind in "OUS" else str(column.dtype)


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
