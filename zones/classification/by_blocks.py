"""What `measuring` says of many positions, from what is listed for their blocks: the same to the last bit.

Zone, State and sector come from the index of labels. Then what is nearest of the one baseline, of the limits
and of the lines between sectors is among the few segments that are listed for the block of a position. What
is not listed is asked in the old way, as are positions of which two answers are as near.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zones.arrays import Flags, Floats, columns, read_only
from zones.cells.grid import COLUMNS, LEAVES, LEAVES_PER_DEGREE, ROWS, SOUTH, WEST
from zones.cells.index import LabelArrays
from zones.cells.labels import labels_of
from zones.cells.listed import ROOM, Searched, nearest_listed, searched
from zones.cells.nearby import ANY_STATE, LIMITS, ONLY_AT, SECTOR_LINES, STATE_COUNT, SURE_AT, Nearby
from zones.classification.measuring import (
    Ground,
    GroundArrays,
    Measured,
    caveat_of,
    measure_many,
    neighbours_in_a_row,
)
from zones.classification.records import AZIMUTH_DECIMALS, FAR_M, METRE_DECIMALS, MILE_DECIMALS
from zones.compiled import compiled
from zones.geodesy.ellipsoid import METRES_PER_NM, earth_centred, lon_lat_of
from zones.geodesy.inverse import (
    AZIMUTH_ERROR_DEG,
    LENGTH_ERROR_M,
    ROUNDING_DEG_M,
    inverse,
    rounds_surely,
)
from zones.geodesy.segment_tree import ends_of, foot_on_segment
from zones.rule.rule import FISHERY, KIND, OUTSIDE, STATE, TERRITORIAL
from zones.seabed.sectors import LINE
from zones.words import BASELINE_KINDS

_KINDS = len(BASELINE_KINDS)
_ROOM = STATE_COUNT + 3  # groups asked for at most


class BlockArrays(NamedTuple):
    """What records follow from, for compiled code; in compiled functions ``ground``."""

    nearby: Nearby
    # told of segments of the baseline is ``State * _KINDS + kind``, of others the number of their line
    among: Searched
    reach_m: Floats
    unlined: Flags  # as in `measuring.GroundArrays`
    accuracy_m: float  # of the coast source [m]


def block_arrays(ground: GroundArrays, nearby: Nearby) -> BlockArrays:
    """Lay out what records follow from."""
    rule, limits, sectors = ground.rule, ground.limits, ground.sectors
    sides = rule.sides.columns
    told = sides[:, STATE] * _KINDS + sides[:, KIND], limits.line, sectors.sides.columns[:, LINE]
    among = searched((rule.tree, limits.tree, sectors.tree), told)
    return BlockArrays(read_only(nearby), among, rule.reach_m, ground.unlined, ground.accuracy_m)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The two indexes of an edition, which records of many positions are read from."""

    cells: LabelArrays
    arrays: BlockArrays


class Way(NamedTuple):
    """The geodesic to the nearest baseline point, nan where it is to be asked for elsewhere."""

    azimuth_deg: Floats
    length_m: Floats  # where it is more than `FAR_M`


def measure_by_blocks(
    ground: Ground, blocks: Blocks, lon: Floats, lat: Floats, *, limits: bool, seabed: bool
) -> tuple[Measured, Way]:
    """What `measure_many` says of positions, and more. [deg]"""
    lon, lat = columns(lon, lat)
    codes, measures = np.empty((8, len(lon)), dtype=np.int64), np.empty((5, len(lon)))
    way, left = np.full((2, len(lon)), np.nan), np.empty(len(lon), dtype=np.int64)
    order, labels = neighbours_in_a_row(lon, lat), labels_of(blocks.cells, lon, lat)
    count = _measure(blocks.arrays, labels, lon, lat, order, codes, measures, way, left, limits, seabed)
    if count:
        rest = left[:count]
        asked = measure_many(ground, lon[rest], lat[rest], limits=limits, seabed=seabed)
        codes[:, rest], measures[:, rest] = asked[:8], asked[8:]
    return Measured(*codes, *measures), Way(*way)


@compiled(inlined=True)
def _block_of(lon, lat):
    """The number of the block of a position, -1 off the grid."""
    column, row = (lon - WEST) * LEAVES_PER_DEGREE, (lat - SOUTH) * LEAVES_PER_DEGREE
    on_grid = 0.0 <= column < COLUMNS * LEAVES and 0.0 <= row < ROWS * LEAVES
    return int(row) // LEAVES * COLUMNS + int(column) // LEAVES if on_grid else -1


@compiled(inlined=True)
def _ask(belts, zone, state, limits, sectors, asked):
    """Which groups to look for the nearest in: that of the baseline, and more; how many, and the States among
    the last of them, of whose belts one may reach too; the one State whose belt does, -1 for none.
    """
    only = (belts >> ONLY_AT & 7) - 1
    asked[0] = state if state >= 0 else only if only >= 0 else ANY_STATE
    count = 1
    if limits:
        asked[count] = LIMITS
        count += 1
    if sectors:
        asked[count] = SECTOR_LINES
        count += 1
    may = belts & 31 & ~(1 << state) if zone in (TERRITORIAL, FISHERY) else 0
    sure, other, first = belts >> SURE_AT & 31, -1, count
    for g in range(STATE_COUNT):
        if may >> g & 1:
            asked[count] = g
            count += 1
    if count == first + 1 and sure >> asked[first] & 1:
        other, count = asked[first], first
    return count, first, other


@compiled(inlined=True)
def _way(x, y, z, fx, fy, fz, baseline_m):
    """Azimuth and length of the geodesic, as far as they are surely rounded as those of GeographicLib."""
    azimuth, length = inverse(x, y, z, fx, fy, fz)
    error = AZIMUTH_ERROR_DEG + ROUNDING_DEG_M / (baseline_m + 1e-9)
    sure = baseline_m > 5.0 and rounds_surely(azimuth, 10.0**AZIMUTH_DECIMALS, error)
    known = rounds_surely(length, 10.0**METRE_DECIMALS, LENGTH_ERROR_M)
    known = known and rounds_surely(
        length / METRES_PER_NM, 10.0**MILE_DECIMALS, LENGTH_ERROR_M / METRES_PER_NM
    )
    sure = sure and (known or baseline_m <= FAR_M)
    return azimuth if sure else math.nan, length


@compiled
def _measure(ground, labels, lon, lat, order, codes, measures, way, left, limits, seabed):
    # Arrays are counted in and out wherever they are taken from another: so they are taken out of the loop.
    zones, states, sector_states = labels
    first, belts, runs = ground.nearby
    among, reach_m, unlined, accuracy_m = ground.among, ground.reach_m, ground.unlined, ground.accuracy_m
    ends, ways, told = among
    asked, lengths = np.empty(_ROOM, dtype=np.int64), np.empty(_ROOM)
    nearest, room, rest = np.empty(_ROOM, dtype=np.int64), np.empty(ROOM), 0
    for i in order:
        block = _block_of(lon[i], lat[i])
        zone, state, sector = int(zones[i]), int(states[i]), int(sector_states[i])
        is_left = block < 0
        block = max(block, 0)
        wants_limit, wants_line = limits and zone != OUTSIDE, seabed and sector >= 0
        count, belts_from, other = _ask(belts[block], zone, state, wants_limit, wants_line, asked)
        x, y, z = earth_centred(lon[i], lat[i])
        for k in range(0 if is_left else count):
            nearest[k], lengths[k], is_tie = nearest_listed(
                ends, ways, told, runs, first[block], first[block + 1], asked[k], x, y, z, room
            )
            is_left = is_left or is_tie or nearest[k] < 0
        if is_left:
            left[rest] = i
            rest += 1
            continue
        other_m = math.inf
        for k in range(belts_from, count):
            if lengths[k] <= reach_m[asked[k]] and lengths[k] < other_m:
                other, other_m = asked[k], lengths[k]
        baseline_m, limit_m, sector_line_m, limit, sector_line = lengths[0], math.nan, math.nan, -1, -1
        if wants_limit:
            limit, limit_m = told[nearest[1]], lengths[1]
        if wants_line:
            sector_line, sector_line_m = told[nearest[belts_from - 1]], lengths[belts_from - 1]
        owner, kind = divmod(told[nearest[0]], _KINDS)
        ax, ay, az, bx, by, bz = ends_of(ends, nearest[0])
        _, fx, fy, fz = foot_on_segment(x, y, z, ax, ay, az, bx, by, bz)
        codes[0, i], codes[1, i], codes[2, i], codes[3, i] = zone, state, other, kind
        codes[4, i], codes[5, i], codes[6, i] = limit, sector if seabed else -1, sector_line
        codes[7, i] = caveat_of(zone, sector >= 0, baseline_m, limit_m, kind, owner, unlined, accuracy_m)
        measures[0, i], measures[1, i] = lon_lat_of(fx, fy, fz)
        measures[2, i], measures[3, i], measures[4, i] = baseline_m, limit_m, sector_line_m
        way[0, i], way[1, i] = _way(x, y, z, fx, fy, fz, baseline_m)
    return rest
