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

from zones.arrays import Flags, Floats, Integers, columns, read_only
from zones.cells.grid import COLUMNS, LEAVES, LEAVES_PER_DEGREE, ROWS, SOUTH, WEST
from zones.cells.index import LabelArrays
from zones.cells.labels import labels_of
from zones.cells.listed import (
    MOST_OF_ONE,
    POSITIONS,
    Searched,
    list_near,
    nearest_listed,
    new_listed,
    new_nearest,
    searched,
)
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
from zones.geodesy.ellipsoid import METRES_PER_NM, directions, lon_lat_of, on_surface
from zones.geodesy.inverse import (
    AZIMUTH_ERROR_DEG,
    LENGTH_ERROR_M,
    ROUNDING_DEG_M,
    azimuth_near,
    inverse,
    rounds_surely,
)
from zones.rule.rule import FISHERY, KIND, OUTSIDE, STATE, TERRITORIAL
from zones.seabed.sectors import LINE
from zones.words import BASELINE_KINDS

CODES, MEASURES = 8, 7  # numbers of a `Measured` that are codes, and others with those of a `Way`
_KINDS = len(BASELINE_KINDS)
_ALL_STATES = (1 << STATE_COUNT) - 1
# of sets of States, in bits: the one that is in it, -1 for none or several
_ONLY_ONE = read_only(
    np.array([bits.bit_length() - 1 if bits.bit_count() == 1 else -1 for bits in range(1 << STATE_COUNT)])
)


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
    # Neighbours one after another find the same parts of the lists in the processor's cache.
    order = neighbours_in_a_row(lon, lat)
    lon, lat = columns(lon[order], lat[order])
    codes, measures = np.empty((len(lon), CODES), dtype=np.int32), np.empty((len(lon), MEASURES))
    left = np.empty(len(lon), dtype=np.int64)
    labels = labels_of(blocks.cells, lon, lat)
    count = _measure(blocks.arrays, labels, lon, lat, codes, measures, left, limits, seabed)
    if count:
        rest = left[:count]
        asked = np.column_stack(measure_many(ground, lon[rest], lat[rest], limits=limits, seabed=seabed))
        codes[rest], measures[rest, :-2], measures[rest, -2:] = asked[:, :CODES], asked[:, CODES:], np.nan
    found, measured = _columns_in_places(order, codes, measures)
    return Measured(*found, *measured[:-2]), Way(*measured[-2:])


@compiled
def _columns_in_places(places, codes, measures):
    """Columns of rows, of which each goes to the place that its number says.

    What is one position's lies together where it is found, and columns are written from end to end: so the
    processor waits least.
    """
    row_of = np.empty(len(places), dtype=np.int64)
    for i in range(len(places)):
        row_of[places[i]] = i
    found, measured = np.empty((CODES, len(places)), dtype=np.int32), np.empty((MEASURES, len(places)))
    for to in range(len(places)):
        i = row_of[to]
        for k in range(CODES):
            found[k, to] = codes[i, k]
        for k in range(MEASURES):
            measured[k, to] = measures[i, k]
    return found, measured


@compiled(inlined=True)
def _block_of(lon, lat):
    """The number of the block of a position, -1 off the grid."""
    column, row = (lon - WEST) * LEAVES_PER_DEGREE, (lat - SOUTH) * LEAVES_PER_DEGREE
    on_grid = 0.0 <= column < COLUMNS * LEAVES and 0.0 <= row < ROWS * LEAVES
    return int(row) // LEAVES * COLUMNS + int(column) // LEAVES if on_grid else -1


@compiled(inlined=True)
def _ask(belts, zone, state, limits, sectors):
    """Which groups to look for the nearest in, in bits; the one of the baseline; the States whose belts may
    reach there too, in bits; the one whose belt does, -1 for none.
    """
    only = (belts >> ONLY_AT & 7) - 1
    shore = state if state >= 0 else only if only >= 0 else ANY_STATE
    may = belts & _ALL_STATES & ~(1 << state) if zone in (TERRITORIAL, FISHERY) else 0
    other = _ONLY_ONE[may]
    if other >= 0 and belts >> SURE_AT >> other & 1:
        may = 0
    else:
        other = -1
    return 1 << shore | may | limits << LIMITS | sectors << SECTOR_LINES, shore, may, other


@compiled(inlined=True)
def _way(sin_lon, cos_lon, sin_lat, cos_lat, x, y, z, fx, fy, fz, baseline_m):
    """Azimuth and length of the geodesic, as far as they are surely rounded as those of GeographicLib."""
    azimuth = length = math.nan
    if baseline_m > FAR_M:
        azimuth, length = inverse(x, y, z, fx, fy, fz)
        miles, error_nm = length / METRES_PER_NM, LENGTH_ERROR_M / METRES_PER_NM
        known = rounds_surely(length, 10.0**METRE_DECIMALS, LENGTH_ERROR_M)
        known = known and rounds_surely(miles, 10.0**MILE_DECIMALS, error_nm)
        azimuth = azimuth if known else math.nan
    elif baseline_m > 5.0:
        azimuth = azimuth_near(sin_lon, cos_lon, sin_lat, cos_lat, x, y, z, fx, fy, fz, baseline_m)
    error = AZIMUTH_ERROR_DEG + ROUNDING_DEG_M / (baseline_m + 1e-9)
    return azimuth if rounds_surely(azimuth, 10.0**AZIMUTH_DECIMALS, error) else math.nan, length


class _Asked(NamedTuple):
    """What is asked of some positions at a time."""

    places: Floats  # shape (POSITIONS, 7): `directions`, and earth-centred [m]
    asks: Integers  # shape (POSITIONS, 5): the block, and what `_ask` says


@compiled
def _measure(ground, labels, lon, lat, codes, measures, left, limits, seabed):
    asked = _Asked(np.empty((POSITIONS, 7)), np.empty((POSITIONS, 5), dtype=np.int64))
    listed, nearest = new_listed(), new_nearest()
    rest, begin = 0, 0
    while begin < len(lon):
        end = _list(ground, labels, lon, lat, begin, asked, listed, limits, seabed)
        rest = _measure_listed(
            ground, labels, begin, end, asked, listed, nearest, codes, measures, left, rest, limits, seabed
        )  # fmt: skip
        begin = end
    return rest


@compiled
def _list(ground, labels, lon, lat, begin, asked, listed, limits, seabed):
    """List what may be nearest to the next positions; the first that is not among them."""
    # Arrays are counted in and out wherever they are taken from another: so they are taken out of the loop.
    zones, states, sector_states = labels
    block_begins, belts, runs = ground.nearby
    ways, middle = ground.among.ways, ground.among.middle
    segments, begins, lengths2, bits, first = listed
    places, asks, at, most = asked.places, asked.asks, np.int64(0), min(begin + POSITIONS, len(lon))
    for i in range(begin, most):
        to = i - begin
        block = _block_of(lon[i], lat[i])
        zone, state, sector = int(zones[i]), int(states[i]), int(sector_states[i])
        wanted, shore, may, other = _ask(
            belts[max(block, 0)], zone, state, limits and zone != OUTSIDE, seabed and sector >= 0
        )  # fmt: skip
        asks[to, 0], asks[to, 1], asks[to, 2], asks[to, 3], asks[to, 4] = block, wanted, shore, may, other
        sin_lon, cos_lon, sin_lat, cos_lat = directions(lon[i], lat[i])
        x, y, z = on_surface(sin_lon, cos_lon, sin_lat, cos_lat)
        places[to, 0], places[to, 1], places[to, 2], places[to, 3] = sin_lon, cos_lon, sin_lat, cos_lat
        places[to, 4], places[to, 5], places[to, 6] = x, y, z
        if block >= 0:
            run, end = block_begins[block], block_begins[block + 1]
            at = list_near(
                ways, middle, runs, run, end, wanted, x, y, z, segments, begins, lengths2, bits, first, to, at
            )
            if len(segments) - at < MOST_OF_ONE:
                return i + 1
    return most


@compiled
def _measure_listed(
    ground, labels, begin, end, asked, listed, nearest, codes, measures, left, rest, limits, seabed
):  # fmt: skip
    """Measure positions from what is listed; the count of those that are left."""
    zones, states, sector_states = labels
    among, reach_m, unlined, accuracy_m = ground.among, ground.reach_m, ground.unlined, ground.accuracy_m
    ends, told, segments, begins = among.ends, among.told, listed.segments, listed.begins
    places, asks = asked
    segment, length_m, foot = nearest
    for i in range(begin, end):
        at = i - begin
        zone, sector = int(zones[i]), int(sector_states[i])
        wants_limit, wants_line = limits and zone != OUTSIDE, seabed and sector >= 0
        block, wanted, shore, may, other = asks[at, 0], asks[at, 1], asks[at, 2], asks[at, 3], asks[at, 4]
        x, y, z = places[at, 4], places[at, 5], places[at, 6]
        if block < 0 or not nearest_listed(
            ends, told, wanted, x, y, z, segments, begins, at, segment, length_m, foot
        ):
            left[rest] = i
            rest += 1
            continue
        other_m = math.inf
        for g in range(STATE_COUNT if may else 0):
            if may >> g & 1 and length_m[g] <= reach_m[g] and length_m[g] < other_m:
                other, other_m = g, length_m[g]
        baseline_m, limit_m, sector_line_m, limit, sector_line = length_m[shore], math.nan, math.nan, -1, -1
        if wants_limit:
            limit, limit_m = told[segment[LIMITS]], length_m[LIMITS]
        if wants_line:
            sector_line, sector_line_m = told[segment[SECTOR_LINES]], length_m[SECTOR_LINES]
        owner, kind = divmod(told[segment[shore]], _KINDS)
        fx, fy, fz = foot[shore, 0], foot[shore, 1], foot[shore, 2]
        codes[i, 0], codes[i, 1], codes[i, 2], codes[i, 3] = zone, states[i], other, kind
        codes[i, 4], codes[i, 5], codes[i, 6] = limit, sector if seabed else -1, sector_line
        codes[i, 7] = caveat_of(zone, sector >= 0, baseline_m, limit_m, kind, owner, unlined, accuracy_m)
        measures[i, 0], measures[i, 1] = lon_lat_of(fx, fy, fz)
        measures[i, 2], measures[i, 3], measures[i, 4] = baseline_m, limit_m, sector_line_m
        measures[i, 5], measures[i, 6] = _way(
            places[at, 0], places[at, 1], places[at, 2], places[at, 3], x, y, z, fx, fy, fz, baseline_m
        )
    return rest
