"""Events of tracks: where they begin and end, enter and leave zones and sectors, and are not known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np

from zones.arrays import Codes, Floats, Integers
from zones.crossings.crossed import NOTHING, Crossed, Crosser
from zones.crossings.march import NO_SECTOR
from zones.geodesy.ellipsoid import to_earth_centred
from zones.tracks.cutting import SECTOR, ZONE
from zones.tracks.following import Followed, times_of

# A stay in a zone or sector is from a `TRACK_START`, an `ENTRY` or a `GAP_END` to the next of the others.
EVENTS = ("track_start", "entry", "exit", "gap_start", "gap_end", "track_end")
TRACK_START, ENTRY, EXIT, GAP_START, GAP_END, TRACK_END = range(len(EVENTS))
KINDS = ("zone", "sector")
_COMING, _GOING = 0, 1  # what happens at a position before and after all else


class Events(NamedTuple):
    """Events in the order of tracks, each array of shape (n,); of one moment exits before entries."""

    vessel: Integers  # number of the vessel
    time_us: Integers  # since 1970 in UTC [µs]
    # lon, lat: where it is; of a change on the limit itself [deg]
    lon: Floats
    lat: Floats
    event: Codes  # index into `EVENTS`
    kind: Codes  # index into `KINDS`
    code: Integers  # of the zone and State, or the sector: codes as `march.march_along` gives them
    between_us: Integers  # from the position before to the one behind; -1 where it is a position's own [µs]
    crossed: list[Crossed]  # what is crossed


_KINDS_OF_COLUMNS = (*(np.int64,) * 2, *(np.float64,) * 2, *(np.int8,) * 2, *(np.int64,) * 2)
_NO_EVENTS = Events._make((*(np.empty(0, dtype=kind) for kind in _KINDS_OF_COLUMNS), []))


class _Rows(NamedTuple):
    """Events before they are in order."""

    row: Integers  # the position that they are at or behind
    slot: Integers  # `_COMING` or `_GOING`
    at_m: Floats  # behind the position [m]
    events: Events


def events_of(followed: Followed, crosser: Crosser) -> Events:
    """The events of some positions; those that follow must be told by the same way of following."""
    count = len(followed.positions.lon)
    same, joined = followed.same_vessel, followed.joined
    gaps = np.flatnonzero(same & ~joined)
    starts = np.flatnonzero(~np.concatenate([[not followed.begins], same])[:count])
    ends = np.flatnonzero(~np.concatenate([same, [not followed.ends]])[:count])
    gap_us = np.diff(followed.positions.time_us)[gaps]
    parts = [
        *_at_positions(followed, TRACK_START, _COMING, starts, np.full(len(starts), -1)),
        *_at_positions(followed, GAP_START, _GOING, gaps, gap_us),
        *_at_positions(followed, GAP_END, _COMING, gaps + 1, gap_us),
        *_at_positions(followed, TRACK_END, _GOING, ends, np.full(len(ends), -1)),
        *_at_changes(followed, crosser),
    ]
    row, slot, at_m = (np.concatenate([getattr(part, name) for part in parts]) for name in _Rows._fields[:3])
    together = joined_events(part.events for part in parts)
    order = np.lexsort((together.event == ENTRY, together.kind, at_m, slot, row))
    crossed = [together.crossed[place] for place in order.tolist()]
    return Events._make((*(array[order] for array in together[:-1]), crossed))


def joined_events(parts: Iterable[Events]) -> Events:
    """Events one after another."""
    *arrays, crossed = zip(_NO_EVENTS, *parts, strict=True)
    return Events._make((*map(np.concatenate, arrays), list(chain.from_iterable(crossed))))


def _at_positions(
    followed: Followed, event: int, slot: int, rows: Integers, between_us: Integers
) -> list[_Rows]:
    """Events of one sort at positions, by zone and, where there is one, by sector."""
    positions, parts = followed.positions, []
    for kind in (ZONE, SECTOR):
        codes = followed.codes[rows, kind]
        there = np.flatnonzero((codes != NO_SECTOR) | (kind == ZONE))
        at = rows[there]
        events = Events(
            positions.vessel[at], positions.time_us[at], positions.lon[at], positions.lat[at],
            _codes(len(at), event), _codes(len(at), kind), codes[there], between_us[there],
            [NOTHING] * len(at),
        )  # fmt: skip
        parts.append(_Rows(at, np.full(len(at), slot), np.zeros(len(at)), events))
    return parts


def _at_changes(followed: Followed, crosser: Crosser) -> list[_Rows]:
    """Exits and entries; over no seabed of the Caspian there is none of a sector."""
    changes, positions = followed.changes, followed.positions
    time_us, between_us = times_of(followed), np.diff(positions.time_us)[changes.leg]
    crossed = _crossed(followed, crosser)
    parts = []
    for event, codes in ((EXIT, changes.before), (ENTRY, changes.after)):
        there = np.flatnonzero((changes.kind == ZONE) | (codes != NO_SECTOR))
        leg = changes.leg[there]
        events = Events(
            positions.vessel[leg], time_us[there], changes.lon_lat[there, 0], changes.lon_lat[there, 1],
            _codes(len(leg), event), changes.kind[there].astype(np.int8), codes[there], between_us[there],
            [crossed[place] for place in there.tolist()],
        )  # fmt: skip
        parts.append(_Rows(leg, np.full(len(leg), _GOING), changes.at_m[there], events))
    return parts


def _crossed(followed: Followed, crosser: Crosser) -> list[Crossed]:
    """What is crossed at each change."""
    changes = followed.changes
    points, crossed = to_earth_centred(changes.lon_lat), [NOTHING] * len(changes.leg)
    for kind, name in ((ZONE, crosser.by_zone), (SECTOR, crosser.by_sector)):
        rows = np.flatnonzero(changes.kind == kind)
        pairs = zip(changes.before[rows].tolist(), changes.after[rows].tolist(), strict=True)
        for row, one in zip(rows.tolist(), name(pairs, points[rows]), strict=True):
            crossed[row] = one
    return crossed


def _codes(count: int, code: int) -> Codes:
    return np.full(count, code, dtype=np.int8)
