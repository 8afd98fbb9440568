"""Zone, State and sector of many positions, read from the index of an edition."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Codes, Integers, columns, read_only
from zones.baseline.baseline import LAND_REGION, OPEN_REGION, REST
from zones.cells.dividing import ASK, DIVIDED, FIRST_LEAF
from zones.cells.grid import (
    COLUMNS,
    LABELS,
    LEAVES,
    LEAVES_PER_DEGREE,
    ROWS,
    SOUTH,
    STATES_AND_NONE,
    WEST,
    label,
    offset_in,
)
from zones.cells.index import LabelArrays
from zones.cells.leaves import STRIDE, ends_at, group_of, read_known, segment_at
from zones.cells.nodes import MARGIN_M
from zones.cells.plane import away_from, code_beside
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred
from zones.rule.rule import COMMON, FISHERY, INTERNAL, ON_LAND, TERRITORIAL, decide, new_work
from zones.seabed.sectors import locate
from zones.words import STATES

NOT_ON_EARTH = -2  # code of all three for rows that are no position
_AT_A_TIME = 8192  # positions, so that what is known of them stays in the processor's cache
# Codes of positions that are not yet answered: the rule is to be asked; a leaf, at word `_LEAVES` - code.
_ASK, _LEAVES = -1, -2
_STATE_COUNT = len(STATES)


class Labels(NamedTuple):
    """Of many positions, as indices into `words.ANSWERS` and `words.STATES`."""

    zone: Codes
    state: Codes  # -1 for none
    sector: Codes  # State of the sector of the seabed, -1 where there is none


def labels_of(ground: LabelArrays, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Labels:
    """Zone, State and sector of many positions, as the rule and the sector lines have them. [deg]

    Rows that are no position on the earth (not finite, out of range) are answered `NOT_ON_EARTH`.
    """
    x, y = columns(lon, lat)
    found = Labels(*(np.empty(len(x), dtype=np.int8) for _ in range(3)))
    _label(ground, _WORDS, x, y, found)
    return found


def _words() -> Integers:
    """Of every code its zone, State and sector, in the first three bytes of one number."""
    zone_state, sector = np.divmod(np.arange(LABELS), STATES_AND_NONE)
    zone, state = np.divmod(zone_state, STATES_AND_NONE)
    answers = np.column_stack([zone, state - 1, sector - 1])
    bytes_of = np.vstack([answers, [NOT_ON_EARTH] * 3]) & 0xFF  # last: no position
    return read_only((bytes_of << [0, 8, 16]).sum(axis=1).astype(np.int32))


_WORDS = _words()


class _Room(NamedTuple):
    """Of some positions at a time, where their labels come about."""

    codes: Any  # shape (n,), the label, or negative: `_ASK` or a leaf
    rows: Any  # shape (n,), the positions that are not yet answered
    places: Any  # shape (n,), where to look next
    found: Any  # shape (n,), what was there


@compiled
def _label(ground, words, lon, lat, found):
    # Pass by pass over some positions. What is far away in memory is read in passes that do nothing else, so
    # that the processor waits for many of these at once.
    room = _Room(
        np.empty(_AT_A_TIME, dtype=np.int32), np.empty(_AT_A_TIME, dtype=np.int32),
        np.empty(_AT_A_TIME, dtype=np.int32), np.empty(_AT_A_TIME, dtype=np.int32),
    )  # fmt: skip
    work = new_work()
    zones, states, sectors = found
    for begin in range(0, len(lon), _AT_A_TIME):
        end = min(begin + _AT_A_TIME, len(lon))
        x, y = lon[begin:end], lat[begin:end]
        off_grid = _places(x, y, room)
        left = _of_blocks(ground.cells.blocks.reshape(-1), len(x), room)
        if off_grid > 0:
            left = _off_grid(ground.beyond, x, y, room)
        left = _of_leaves(ground.cells.parts.reshape(-1), ground.cells.first, x, y, room, left)
        _fetch(ground.cells.words, room, left)
        left = _by_segments(ground, x, y, room, left)
        _by_rule(ground, x, y, room, left, work)
        _spell(words, room, zones[begin:end], states[begin:end], sectors[begin:end])


@compiled(inlined=True)
def _on_grid(lon, lat):
    """Column and row of leaves, as fractions, and whether they are on the grid: not for nan, either."""
    column, row = (lon - WEST) * LEAVES_PER_DEGREE, (lat - SOUTH) * LEAVES_PER_DEGREE
    on_grid = (column >= 0.0) & (column < COLUMNS * LEAVES) & (row >= 0.0) & (row < ROWS * LEAVES)
    return column, row, on_grid


@compiled
def _places(lon, lat, room):
    """The place of each position among the blocks, 0 where it is not on the grid; how many are not."""
    off_grid = np.int32(0)
    for i in range(len(lon)):
        column, row, on_grid = _on_grid(lon[i], lat[i])
        column, row = column if on_grid else 0.0, row if on_grid else 0.0
        # of 32 bits, for which the processor has instructions on several numbers at once
        room.places[i] = (np.int32(row) // LEAVES) * COLUMNS + np.int32(column) // LEAVES
        off_grid += np.int32(not on_grid)
    return off_grid


@compiled
def _of_blocks(blocks, count, room):
    """Look positions up in the blocks; list the rows that are left, with negative codes; their count."""
    codes, rows, places, _ = room
    left = 0
    for i in range(count):
        code = blocks[np.uint32(places[i])]  # of numbers that cannot count from the end
        codes[i], rows[left] = code, i
        left += code < 0
    return left


@compiled
def _off_grid(beyond, lon, lat, room):
    """The same where some are not on the grid."""
    codes, rows, left = room.codes, room.rows, 0
    for i in range(len(lon)):
        _, _, on_grid = _on_grid(lon[i], lat[i])
        if not on_grid:
            codes[i] = beyond if abs(lon[i]) <= 180.0 and abs(lat[i]) <= 90.0 else LABELS
        rows[left] = i
        left += codes[i] < 0
    return left


@compiled
def _of_leaves(parts, first, lon, lat, room, count):
    """The same in the leaves of blocks that are divided: codes of what is left are `_ASK`, or leaves."""
    codes, rows, places, found = room
    for k in range(count):
        i = rows[k]
        column, row = int((lon[i] - WEST) * LEAVES_PER_DEGREE), int((lat[i] - SOUTH) * LEAVES_PER_DEGREE)
        block = max(DIVIDED - codes[i], 0)
        places[k] = block * LEAVES * LEAVES + row % LEAVES * LEAVES + column % LEAVES
    for k in range(count):
        found[k] = parts[np.uint32(places[k])]
    left = 0
    for k in range(count):
        i = rows[k]
        kept = _LEAVES - first[max(DIVIDED - codes[i], 0)] - (found[k] - FIRST_LEAF) * STRIDE
        code = _ASK if found[k] == ASK or codes[i] == _ASK else found[k]
        codes[i], rows[left] = kept if code >= FIRST_LEAF else code, i
        left += codes[i] < 0
    return left


@compiled
def _fetch(words, room, count):
    """Have the leaves of positions in the processor's cache, many at once."""
    last, seen = len(words) - 1, 0
    for k in range(count):
        at = min(max(_LEAVES - room.codes[room.rows[k]], 0), last)
        seen ^= words[at] ^ words[min(at + 11, last)]
    room.found[0] = seen  # else the compiler leaves it out


@compiled
def _by_segments(ground, lon, lat, room, count):
    """Decide positions in leaves by the segments of the leaf: codes of what is left are `_ASK`."""
    words, floats, rule, seabed = ground.cells.words, ground.floats, ground.rule, ground.seabed
    metres, lengths2, left = ground.metres, np.empty(REST + 2), 0
    codes, rows = room.codes, room.rows
    for k in range(count):
        i = rows[k]
        code = _ASK
        if codes[i] <= _LEAVES:
            at = _LEAVES - codes[i]
            zone_count, sector_count, zone, region, sector = read_known(words, at)
            column = int((lon[i] - WEST) * LEAVES_PER_DEGREE) // LEAVES
            row = int((lat[i] - SOUTH) * LEAVES_PER_DEGREE) // LEAVES
            east, north = offset_in(metres, row, column, lon[i], lat[i])
            if zone < 0:
                for g in range(REST + 1):
                    lengths2[g] = math.inf
                beside = _nearest_beside(words, floats, at, 0, zone_count, east, north, lengths2)
                region = beside if region < 0 else region
                zone = _belt(rule, region, lengths2) if region >= 0 else _ASK
            dry = region >= 0 and not seabed[region]
            if sector_count > 0 and not dry:
                sector = _nearest_beside(words, floats, at, zone_count, sector_count, east, north, lengths2)
            if zone >= 0 and (dry or sector >= 0):
                code = label(zone, -1 if dry else sector)
        codes[i], rows[left] = code, i
        left += code < 0
    return left


@compiled(inlined=True)
def _nearest_beside(words, floats, at, first, count, east, north, lengths2):
    """What the nearest of some segments of a leaf has on the side of a position, negative where it is too
    near to tell; lowers the squared distances by group. [m, m2]
    """
    nearest2, share, cross, beside = math.inf, 0.0, 0.0, 0
    for number in range(first, first + count):
        place = segment_at(at, number)
        ax, ay, bx, by = ends_at(floats, place)
        found, dx, dy, turn = away_from(ax, ay, bx, by, east, north)
        length2, own = dx * dx + dy * dy, words[place + 4]
        g = group_of(own)
        lengths2[g] = min(lengths2[g], length2)
        if length2 < nearest2:
            nearest2, share, cross, beside = length2, found, turn, own
    code = code_beside(beside, share, cross)
    return code if nearest2 > MARGIN_M * MARGIN_M else _ASK


@compiled(inlined=True)
def _belt(rule, region, lengths2):
    """Zone and State by the squared distances to the States, `_ASK` where one is near a threshold."""
    state, nearest_m, next_m, clear = -1, math.inf, math.inf, True
    is_open = region == OPEN_REGION
    for g in range(_STATE_COUNT):
        if lengths2[g] == math.inf:
            continue
        length = math.sqrt(lengths2[g])
        if is_open:
            least = min(abs(length - rule.reach_m[g]), abs(length - rule.breadth_m[g]))
            clear = clear and least > MARGIN_M
            length = length if length <= rule.reach_m[g] else math.inf
        next_m = min(next_m, max(nearest_m, length))
        if length < nearest_m:
            state, nearest_m = g, length
    if region != LAND_REGION and not is_open:
        zone = INTERNAL * 6 + rule.enclosed_states[region] + 1
    elif not clear or (state >= 0 and next_m - nearest_m <= MARGIN_M) or (state < 0 and not is_open):
        zone = _ASK
    elif not is_open:
        zone = ON_LAND * 6 + state + 1
    elif state < 0:
        zone = COMMON * 6
    else:
        zone = (TERRITORIAL if nearest_m < rule.breadth_m[state] else FISHERY) * 6 + state + 1
    return zone


@compiled
def _by_rule(ground, lon, lat, room, count, work):
    """Decide what is left by the rule and the sector lines themselves."""
    rule, sectors, seabed = ground.rule, ground.sectors, ground.seabed
    codes, rows = room.codes, room.rows
    for k in range(count):
        i = rows[k]
        x, y, z = earth_centred(lon[i], lat[i])
        zone, state, _, _, region = decide(rule, x, y, z, work)
        sector = -1
        if seabed[region]:
            sector, _, _ = locate(sectors, x, y, z, np.int64(-1), work.scratch)
        codes[i] = label(zone * STATES_AND_NONE + state + 1, sector)


@compiled
def _spell(words, room, zones, states, sectors):
    """Write zone, State and sector of codes. Loops of their own are on several numbers at once."""
    codes, found, count = room.codes, room.found, len(zones)
    for i in range(count):
        found[i] = words[np.uint32(codes[i])]
    for i in range(count):
        zones[i] = np.int8(found[i])
    for i in range(count):
        states[i] = np.int8(found[i] >> 8)
    for i in range(count):
        sectors[i] = np.int8(found[i] >> 16)
