"""Where something stands in the header of a table, and what is said where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.batches.column_headings import letters_of
from api.errors import BodyError

_E7_NAMES = frozenset({"lone7", "lnge7", "longitudee7", "late7", "latitudee7"})  # of exports of places
_SHOWN = 200  # characters of a header in an error


class Chosen(NamedTuple):
    """Names of columns as chosen, None for the usual ones."""

    lon: str | None = None
    lat: str | None = None
    position: str | None = None


USUAL = Chosen()


class ColumnError(BodyError):
    """A header has no column, or several, that could hold positions; ``missing`` is the one that lacks."""

    def __init__(self, message: str, *, missing: str = "") -> None:
        self.missing = missing
        super().__init__(message)


class Places(NamedTuple):
    """Where positions stand in a table, and their hemispheres where these have columns of their own.

    Of whole positions in one column ``lon`` and ``lat`` are both this one.
    """

    lon: int
    lat: int
    lon_side: int | None = None
    lat_side: int | None = None


def only_one(header: Sequence[str], places: Sequence[int], axis: str) -> int:
    """The only one of some places. Raises `ColumnError`: there are several."""
    if len(places) > 1:
        shown = ", ".join(header[place] for place in places)[:_SHOWN]
        raise ColumnError(f"{len(places)} columns could be {axis!r}: {shown}")
    return places[0]


def called(header: Sequence[str], places: Sequence[int]) -> str:
    """Columns in an error."""
    return ", ".join(repr(header[at][:80]) if header[at].strip() else f"number {at + 1}" for at in places)


def missing_column(header: Sequence[str], name: str, needed: str = "") -> ColumnError:
    """That no column could be what is needed."""
    return ColumnError(f"no column {name[:80]!r}{needed}, found: {names_found(header)}", missing=name)


def names_found(names: Sequence[str]) -> str:
    """The names that there are where none is of a position, and what is known of them."""
    found = ", ".join(names)[:_SHOWN] or "nothing"
    if _E7_NAMES.isdisjoint(map(letters_of, names)):
        return found
    return (
        f"{found} (names in E7 are of 1/10,000,000 degree: divide by 10,000,000, and take E7 off the names)"
    )
