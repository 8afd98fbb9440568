"""What the rule and the lines say of positions, as codes and numbers, in one compiled pass.

One position and many go through the same code, so that their answers are the same to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Flags, Floats, columns, plain, read_only
from zones.classification.nearest_limit import LimitArrays, LimitIndex, nearest_limit
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred, lon_lat_of
from zones.geodesy.segment_tree import SegmentTree, Sides, foot_on
from zones.rule.rule import (
    INTERNAL,
    KIND,
    ON_LAND,
    OUTSIDE,
    STATE,
    Rule,
    RuleArrays,
    decide,
    new_work,
    rule_of,
)
from zones.seabed.sectors import LINE, SectorIndex, locate
from zones.words import STATES

_STATE_COUNT = len(STATES)
# a grid of as many cells as 16 bits number [deg]
_WEST, _SOUTH, _CELLS_PER_DEGREE, _CELLS = 44.0, 34.0, 16, 256
_NORMAL = 0  # index into words.BASELINE_KINDS

# A caveat is the number of what is near times `REASONS`, plus the number of the reason to doubt.
NEAR_NOTHING, NEAR_SHORE, NEAR_LIMIT = range(3)
NO_REASON, DRY_LAND, LAGOON, UNLINED = range(4)  # UNLINED + number of the State
REASONS = UNLINED + _STATE_COUNT


class Measured(NamedTuple):
    """Of one position (plain numbers), or of many (arrays)."""

    # zone, state: int, codes of `words.ANSWERS` and `words.STATES`; state -1 for none
    zone: Any
    state: Any
    other: Any  # int, the next State whose belt reaches the position too, -1 for none
    kind: Any  # int; of the baseline segment, in `words.BASELINE_KINDS`
    limit: Any  # int; number of the nearest limit or boundary, -1 outside the Caspian
    # sector, sector_line: int, State of the sector and number of the nearest sector line, -1 where there is
    # no seabed
    sector: Any
    sector_line: Any
    caveat: Any  # int
    # foot_lon, foot_lat: float, the nearest baseline point [deg]
    foot_lon: Any
    foot_lat: Any
    # baseline_m, limit_m, sector_line_m: float; geodesic distances, nan where there is none [m]
    baseline_m: Any
    limit_m: Any
    sector_line_m: Any


class GroundArrays(NamedTuple):
    """What positions are measured against, as compiled code takes it; in compiled functions ``ground``."""

    rule: RuleArrays
    limits: LimitArrays
    sectors: SectorIndex
    seabed: Flags  # by region of the shores: whether it is over the seabed that is divided
    unlined: Flags  # shape (5,), whether a State has no straight baselines
    accuracy_m: float  # of the coast source [m]


@dataclass(frozen=True, eq=False)
class Ground:
    """What positions are measured against."""

    arrays: GroundArrays

    @cached_property
    def plain(self) -> Any:
        """The arrays as `arrays.plain` gives them, for single positions."""
        return plain(self.arrays)


def make_ground(
    rule: Rule, limits: LimitIndex, sectors: SectorIndex, seabed: Flags, unlined: Flags, accuracy_m: float
) -> Ground:
    """Lay out what positions are measured against, as `GroundArrays` describes it."""
    arrays = GroundArrays(
        rule.arrays, limits.arrays, sectors, read_only(seabed), read_only(unlined), accuracy_m
    )
    return Ground(arrays)


def measure_one(ground: Ground, lon: float, lat: float) -> Measured:
    """Everything of one position. [deg]"""
    return Measured(*_measure_one(ground.plain, float(lon), float(lat)))


def measure_many(ground: Ground, lon: Floats, lat: Floats, *, limits: bool, seabed: bool) -> Measured:
    """Of many positions; without `limits` or `seabed` these parts are -1 and nan. [deg]

    The caveat needs the limits.
    """
    lon, lat = columns(lon, lat)
    # Neighbours one after another find the same parts of the trees in the processor's cache.
    order = neighbours_in_a_row(lon, lat)
    codes, measures = _measure(ground.arrays, lon[order], lat[order], order, limits, seabed)
    return Measured(*codes, *measures)


def neighbours_in_a_row(lon: Floats, lat: Floats) -> npt.NDArray[np.intp]:
    """Positions row by row of a coarse grid around the sea, to and fro; those beyond are with its edges."""
    row, column = (
        np.clip((values - least) * _CELLS_PER_DEGREE, 0, _CELLS - 1).astype(np.uint16)
        for values, least in ((lat, _SOUTH), (lon, _WEST))
    )
    numbered = row * np.uint16(_CELLS) + np.where(row % 2 == 0, column, _CELLS - 1 - column)
    return np.argsort(numbered.astype(np.uint16), kind="stable")  # of 16 bits, which is quick


@compiled(inlined=True)
def caveat_of(zone, over_seabed, baseline_m, limit_m, kind, owner, unlined, accuracy_m):
    """The code of what the data cannot decide."""
    near = NEAR_NOTHING
    if baseline_m <= accuracy_m:
        near = NEAR_SHORE
    elif zone != ON_LAND and limit_m <= accuracy_m:
        near = NEAR_LIMIT
    reason = NO_REASON
    if zone == ON_LAND:
        reason = DRY_LAND
    elif zone == INTERNAL:
        reason = NO_REASON if over_seabed else LAGOON
    elif kind == _NORMAL and unlined[owner]:
        reason = UNLINED + owner
    return 0 if zone == OUTSIDE else near * REASONS + reason


@compiled
def _measure(ground, lon, lat, places, limits, seabed):
    """Codes, shape (8, n), and measures, shape (5, n), in the order of `Measured`.

    What is measured of each position goes into the column that ``places`` says.
    """
    codes, measures = np.empty((8, len(lon)), dtype=np.int64), np.empty((5, len(lon)))
    work = new_work()
    # Taken out of the loop, as their arrays are counted in and out wherever they are taken from another.
    rule, lines, sectors, over_seabed, unlined = (
        ground.rule, ground.limits, ground.sectors, ground.seabed, ground.unlined,
    )  # fmt: skip
    tree, columns, scratch, accuracy_m = rule.tree, rule.sides.columns, work.scratch, ground.accuracy_m
    line_of, sector_line_of = lines.line, sectors.sides.columns
    limit_segment, sector_segment = -1, -1  # of the position before: where to look first
    for i in range(len(lon)):
        x, y, z = earth_centred(lon[i], lat[i])
        zone, state, reference, other, region = decide(rule, x, y, z, work)
        segment = work.segments[reference]
        kind, owner = columns[segment, KIND], columns[segment, STATE]
        _, fx, fy, fz = foot_on(tree, segment, x, y, z)
        baseline_m = work.lengths[reference]
        limit, limit_m = -1, math.nan
        if limits and zone != OUTSIDE:
            limit_segment, limit_m = nearest_limit(lines, x, y, z, limit_segment, scratch)
            limit = line_of[limit_segment]
        sector, sector_line, sector_line_m = -1, -1, math.nan
        if seabed and over_seabed[region]:
            sector, sector_segment, sector_line_m = locate(sectors, x, y, z, sector_segment, scratch)
            sector_line = sector_line_of[sector_segment, LINE]
        is_over = over_seabed[region]
        caveat = caveat_of(zone, is_over, baseline_m, limit_m, kind, owner, unlined, accuracy_m)
        to = places[i]
        codes[0, to], codes[1, to], codes[2, to], codes[3, to] = zone, state, other, kind
        codes[4, to], codes[5, to], codes[6, to], codes[7, to] = limit, sector, sector_line, caveat
        measures[0, to], measures[1, to] = lon_lat_of(fx, fy, fz)
        measures[2, to], measures[3, to], measures[4, to] = baseline_m, limit_m, sector_line_m
    return codes, measures


@compiled(brief=True)
def _measure_one(plain, lon, lat):
    rule, (limit_tree, limit_line), (sector_tree, sector_sides), seabed, unlined, accuracy_m = plain
    limits = LimitArrays(SegmentTree(*limit_tree), limit_line)
    sectors = SectorIndex(SegmentTree(*sector_tree), Sides(*sector_sides))
    ground = GroundArrays(rule_of(rule), limits, sectors, seabed, unlined, accuracy_m)
    wanted = np.bool_(True)  # typed: a literal would have the function compiled once more
    codes, measures = _measure(ground, np.array([lon]), np.array([lat]), np.array([0]), wanted, wanted)
    return (
        codes[0, 0], codes[1, 0], codes[2, 0], codes[3, 0], codes[4, 0], codes[5, 0], codes[6, 0],
        codes[7, 0], measures[0, 0], measures[1, 0], measures[2, 0], measures[3, 0], measures[4, 0],
    )  # fmt: skip
