"""Time and distance of tracks by zone and State, and by sector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from zones.arrays import Flags, Integers
from zones.crossings.march import NO_SECTOR
from zones.tracks.cutting import SECTOR, ZONE
from zones.tracks.following import Followed, times_of

GAP = 2  # a third kind beside `ZONE` and `SECTOR`: time between positions that no leg joins
SUM_KINDS = ("zone", "sector", "gap")
_MICROMETRES = 1e6  # in which lengths are summed up, so that their order makes no difference


class Sum(NamedTuple):
    """What a vessel has spent in one zone of one State, or one sector, or in gaps."""

    vessel: int
    kind: int  # index into `SUM_KINDS`
    code: int  # codes as `march.march_along` gives them; -1 for gaps
    stays: int  # entries, and beginnings of tracks and ends of gaps in it; of gaps their number
    duration_us: int
    length_um: int  # in micrometres
    # first_us, last_us: since 1970 in UTC [µs]
    first_us: int
    last_us: int


class _Stretches(NamedTuple):
    """Stretches with one answer each, of legs and between them; each array of shape (n,)."""

    vessel: Integers
    code: Integers
    begins: Flags  # whether a stay begins
    # since_us, until_us: [µs]
    since_us: Integers
    until_us: Integers
    length_um: Integers  # [µm]


def sums_of(followed: Iterable[Followed]) -> list[Sum]:
    """The sums of tracks, by vessel, kind and code."""
    sums: dict[tuple[int, int, int], Sum] = {}
    for some in followed:
        for kind, stretches in ((ZONE, _by(some, ZONE)), (SECTOR, _by(some, SECTOR)), (GAP, _gaps(some))):
            for one in _summed(kind, stretches):
                known = sums.get(one[:3])
                sums[one[:3]] = one if known is None else _together(known, one)
    return [sums[key] for key in sorted(sums)]


def _together(known: Sum, more: Sum) -> Sum:
    return Sum(
        *known[:3], known.stays + more.stays, known.duration_us + more.duration_us,
        known.length_um + more.length_um,
        min(known.first_us, more.first_us), max(known.last_us, more.last_us),
    )  # fmt: skip


def _summed(kind: int, stretches: _Stretches) -> list[Sum]:
    """The sums of some stretches, by vessel and code."""
    vessel, code, begins, since_us, until_us, length_um = stretches
    order = np.lexsort((code, vessel))
    groups = np.flatnonzero(
        np.diff(vessel[order], prepend=-1).astype(bool) | np.diff(code[order], prepend=-2).astype(bool)
    )
    if not len(groups):
        return []
    columns = (
        vessel[order][groups], code[order][groups],
        np.add.reduceat(begins[order].astype(np.int64), groups),
        np.add.reduceat((until_us - since_us)[order], groups),
        np.add.reduceat(length_um[order], groups),
        np.minimum.reduceat(since_us[order], groups), np.maximum.reduceat(until_us[order], groups),
    )  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Sum(number, kind, *rest) for number, *rest in rows]


def _gaps(followed: Followed) -> _Stretches:
    """What lies between positions of a vessel that no leg joins."""
    rows = np.flatnonzero(followed.same_vessel & ~followed.joined)
    positions = followed.positions
    return _Stretches(
        positions.vessel[rows], np.full(len(rows), -1), np.ones(len(rows), dtype=bool),
        positions.time_us[rows], positions.time_us[rows + 1], np.zeros(len(rows), dtype=np.int64),
    )  # fmt: skip


def _by(followed: Followed, kind: int) -> _Stretches:
    """Stretches of legs by zone or by sector; and of no length and time the positions that begin a stay.

    The lengths are those of the legs to a micrometre, and what a leg is cut into adds up to it.
    """
    positions, changes = followed.positions, followed.changes
    legs = np.flatnonzero(followed.joined)
    of_kind = np.flatnonzero(changes.kind == kind)
    before = np.concatenate([[not followed.begins], followed.joined])[: len(positions.lon)]
    starts = np.flatnonzero(~before)
    row = np.concatenate([starts, legs, changes.leg[of_kind]])
    slot = np.repeat([0, 1, 2], [len(starts), len(legs), len(of_kind)])
    at_um = np.concatenate([np.zeros(len(starts) + len(legs), np.int64), _um(changes.at_m[of_kind])])
    since_us = np.concatenate(
        [positions.time_us[starts], positions.time_us[legs], times_of(followed)[of_kind]]
    )
    code = np.concatenate([followed.codes[starts, kind], followed.codes[legs, kind], changes.after[of_kind]])
    order = np.lexsort((np.arange(len(row)), slot, row))
    row, slot, at_um, since_us, code = (one[order] for one in (row, slot, at_um, since_us, code))
    # A stretch ends where the next one of its leg begins, or with the leg.
    until_us, end_um = since_us.copy(), at_um.copy()
    on_leg = slot > 0
    until_us[on_leg] = positions.time_us[row[on_leg] + 1]
    end_um[on_leg] = _um(followed.length_m[row[on_leg]])
    inner = np.flatnonzero(on_leg[:-1] & (slot[1:] == 2) & (row[1:] == row[:-1]))
    until_us[inner], end_um[inner] = since_us[inner + 1], at_um[inner + 1]
    keep = np.flatnonzero((code != NO_SECTOR) | (kind == ZONE))
    return _Stretches(
        positions.vessel[row][keep], code[keep], slot[keep] != 1, since_us[keep], until_us[keep],
        (end_um - at_um)[keep],
    )  # fmt: skip


def _um(length_m: np.ndarray) -> Integers:
    found: Integers = np.rint(length_m * _MICROMETRES).astype(np.int64)
    return found
