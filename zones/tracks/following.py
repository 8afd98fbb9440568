"""Tracks followed: the answer at every position, and where it changes on the way to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zones.arrays import Flags, Floats, Integers
from zones.cells.grid import STATES_AND_NONE
from zones.classification.classify import check_positions
from zones.crossings.input import LONGEST_EDGE_M
from zones.crossings.march import zone_code
from zones.crossings.path import no_checkpoint
from zones.tracks.cutting import Changes, changes_along
from zones.tracks.legs import lengths_of, may_change
from zones.tracks.positions import Positions

if TYPE_CHECKING:
    from zones.editions.edition import Edition

HOUR_US = 3_600_000_000
_AT_A_TIME = 50_000  # positions


class Followed(NamedTuple):
    """Some positions in the order of their tracks, with what lies between each and the next."""

    positions: Positions
    begins: bool  # whether the first position begins a track; else it is the last one of those before
    ends: bool  # whether the last position ends a track; else it is the first one of those that follow
    codes: Integers  # shape (n, 2), answers by `ZONE` and `SECTOR`, codes as `march.march_along` gives them
    same_vessel: Flags  # shape (n - 1,), whether a position and the next are of one vessel
    joined: Flags  # shape (n - 1,), whether a leg joins them; else it is another vessel's, or a gap
    length_m: Floats  # shape (n - 1,), of the leg, nan where there is none [m]
    changes: Changes  # on legs, which are numbered by the position that they begin at


def follow(
    edition: Edition,
    positions: Positions,
    longest_gap_h: float,
    checkpoint: Callable[[], None] = no_checkpoint,
) -> Iterator[Followed]:
    """Follow tracks, some positions at a time, each time beginning with the last one of the time before.

    Positions come as `positions.in_order` has them. Two are joined by the geodesic where no more hours lie
    between them than ``longest_gap_h``, and no more than 5,000 km. ``checkpoint`` is called every few
    milliseconds and ends the work by raising.

    Raises `CoordinateError`: a position is none on the earth; `ValueError`: `longest_gap_h` is no duration.
    """
    if not longest_gap_h > 0.0:
        raise ValueError(f"the longest gap is {longest_gap_h} hours; a number above 0 is needed")
    check_positions(positions.lon, positions.lat)
    count = len(positions.lon)
    for first in range(0, max(count - 1, min(count, 1)), _AT_A_TIME):
        checkpoint()
        part = positions.part(slice(first, first + _AT_A_TIME + 1))
        ends = first + _AT_A_TIME + 1 >= count
        yield _followed(edition, part, longest_gap_h * HOUR_US, first == 0, ends, checkpoint)


def joined_length_m(positions: Positions, longest_gap_h: float) -> float:
    """The length of all that `follow` joins. [m]"""
    legs = np.flatnonzero(_is_near(positions, longest_gap_h * HOUR_US))
    length_m = lengths_of(positions.lon, positions.lat, legs)
    return float(length_m[length_m <= LONGEST_EDGE_M].sum())


def _is_near(positions: Positions, longest_gap_us: float) -> Flags:
    """Whether a position and the next are of one vessel, and of times that are no farther apart."""
    near: Flags = (np.diff(positions.vessel) == 0) & (np.diff(positions.time_us) <= longest_gap_us)
    return near


def _followed(
    edition: Edition,
    positions: Positions,
    longest_gap_us: float,
    begins: bool,
    ends: bool,
    checkpoint: Callable[[], None],
) -> Followed:
    """The same of some positions."""
    lon, lat = positions.lon, positions.lat
    zone, state, sector = (label.astype(np.int64) for label in edition.labels(lon=lon, lat=lat))
    codes = np.column_stack([zone_code(zone, state), sector])
    cell_codes = ((zone * STATES_AND_NONE) + state + 1) * STATES_AND_NONE + sector + 1
    same_vessel = np.diff(positions.vessel) == 0
    joined = _is_near(positions, longest_gap_us)
    legs = np.flatnonzero(joined)
    length_m = np.full(len(joined), np.nan)
    length_m[legs] = lengths_of(lon, lat, legs)
    joined &= ~(length_m > LONGEST_EDGE_M)
    length_m[~joined] = np.nan
    legs = np.flatnonzero(joined)
    checkpoint()
    open_legs = legs[may_change(edition.cells, lon, lat, cell_codes, legs, length_m[legs])]
    lon_lat = np.column_stack([lon, lat])
    found = changes_along(
        edition.classifier.ground, lon_lat[open_legs], lon_lat[open_legs + 1],
        codes[open_legs], codes[open_legs + 1], checkpoint,
    )  # fmt: skip
    changes = found._replace(leg=open_legs[found.leg])
    length_m[changes.leg] = changes.length_m  # to the last bit that of what it is cut into
    return Followed(positions, begins, ends, codes, same_vessel, joined, length_m, changes)


def times_of(followed: Followed) -> Integers:
    """When the changes were, by the share of their legs. [µs]"""
    time_us, changes = followed.positions.time_us, followed.changes
    since, until = time_us[changes.leg], time_us[changes.leg + 1]
    share = changes.at_m / np.where(changes.length_m > 0.0, changes.length_m, 1.0)
    times: Integers = since + np.rint((until - since) * share).astype(np.int64)
    return times
