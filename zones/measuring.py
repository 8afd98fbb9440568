"""What the rule and the lines say of positions, as codes and numbers, in one compiled pass.

One position and many go through the same code, so that their answers are the same to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.compiled import compiled
from zones.ellipsoid import earth_centred, lon_lat_of
from zones.machine_code import (
    FLAG,
    FLOAT_ROWS,
    FLOATS,
    INTEGER,
    INTEGER_ROWS,
    INTEGERS,
    NUMBER,
    Array,
    Packed,
    floats,
    machine_code,
    pack,
)
from zones.nearest_limit import LIMITS, LimitIndex, nearest_limit
from zones.rule import DECIDING, INTERNAL, ON_LAND, OUTSIDE, RULE, Rule, decide_with_foot
from zones.sectors import SECTORS, SectorIndex, locate
from zones.words import STATES

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_STATE_COUNT = len(STATES)
_CELLS_PER_DEGREE = 4
_NORMAL = 0  # index into words.BASELINE_KINDS

# A caveat is the number of what is near times `REASONS`, plus the number of the reason to doubt.
NEAR_NOTHING, NEAR_SHORE, NEAR_LIMIT = range(3)
NO_REASON, DRY_LAND, LAGOON, UNLINED = range(4)  # UNLINED + number of the State
REASONS = UNLINED + _STATE_COUNT


class Measured(NamedTuple):
    """Of one position (plain numbers), or of many (arrays).

    Attributes
    ----------
    zone, state : int
        Codes of `words.ANSWERS` and `words.STATES`; state -1 for none.
    other : int
        The next State whose belt reaches the position too, -1 for none.
    kind : int
        Of the baseline segment, in `words.BASELINE_KINDS`.
    limit : int
        Number of the nearest limit or boundary, -1 outside the Caspian.
    sector, sector_line : int
        State of the sector and number of the nearest sector line, -1 where there is no seabed.
    caveat : int
    foot_lon, foot_lat : float
        The nearest baseline point. [deg]
    baseline_m, limit_m, sector_line_m : float
        Geodesic distances, nan where there is none. [m]
    """

    zone: Any
    state: Any
    other: Any
    kind: Any
    limit: Any
    sector: Any
    sector_line: Any
    caveat: Any
    foot_lon: Any
    foot_lat: Any
    baseline_m: Any
    limit_m: Any
    sector_line_m: Any


_GROUND = (RULE, LIMITS, SECTORS, INTEGERS, Array("bool"), Array("bool"))


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What positions are measured against.

    Attributes
    ----------
    packed : Packed
        Arrays of a rule, of its limits and sector lines, and what `make_ground` takes besides.
    accuracy_m : float
        Of the coast source. [m]
    """

    packed: Packed
    accuracy_m: float


def make_ground(
    rule: Rule, limits: LimitIndex, sectors: SectorIndex, seabed: Flags, unlined: Flags, accuracy_m: float
) -> Ground:
    """Lay out what positions are measured against.

    Parameters
    ----------
    rule : Rule
    limits : LimitIndex
    sectors : SectorIndex
    seabed : ndarray of bool
        By region of the shores: whether it is over the seabed that is divided.
    unlined : ndarray of bool, shape (5,)
        Whether a State has no straight baselines.
    accuracy_m : float
        Of the coast source. [m]
    """
    arrays = (rule.arrays, limits.arrays, sectors.arrays, rule.baseline.kind, seabed, unlined)
    return Ground(pack(_GROUND, arrays), accuracy_m)


def measure_one(ground: Ground, lon: float, lat: float) -> Measured:
    """Everything of one position. [deg]"""
    return Measured(*_measure_one(ground.packed, ground.accuracy_m, lon, lat))


def measure_many(ground: Ground, lon: Floats, lat: Floats, *, limits: bool, seabed: bool) -> Measured:
    """Of many positions; without `limits` or `seabed` these parts are -1 and nan. [deg]

    The caveat needs the limits.
    """
    lon, lat = floats(lon, lat)
    # Neighbours one after another find the same parts of the trees in the processor's cache.
    order = _neighbours_in_a_row(lon, lat)
    codes, numbers = np.empty((8, len(lon)), dtype=np.int64), np.empty((5, len(lon)))
    _measure_many(ground.packed, ground.accuracy_m, lon[order], lat[order], limits, seabed, codes, numbers)
    codes[:, order], numbers[:, order] = codes.copy(), numbers.copy()
    return Measured(*codes, *numbers)


def _neighbours_in_a_row(lon: Floats, lat: Floats) -> npt.NDArray[np.intp]:
    """Positions row by row of a coarse grid, to and fro."""
    row = np.floor(lat * _CELLS_PER_DEGREE)
    column = np.floor(lon * _CELLS_PER_DEGREE)
    return np.lexsort((np.where(row % 2 == 0, column, -column), row))


@compiled
def _measure(ground, accuracy_m, lon, lat, limits, seabed, lengths, segments, shares, scratch):
    rule, limit_lines, sector_lines, kinds, over_seabed, unlined = ground
    x, y, z = earth_centred(lon, lat)
    zone, state, other, region, segment, fx, fy, fz, baseline_m = decide_with_foot(
        rule, x, y, z, lengths, segments, shares, scratch
    )
    kind = kinds[segment]
    foot_lon, foot_lat = lon_lat_of(fx, fy, fz)
    limit, limit_m = -1, np.nan
    if limits and zone != OUTSIDE:
        limit, limit_m = nearest_limit(limit_lines, x, y, z, scratch)
    sector, sector_line, sector_line_m = -1, -1, np.nan
    if seabed and over_seabed[region]:
        sector, sector_line, sector_line_m = locate(sector_lines, x, y, z, scratch)
    caveat = 0
    if zone != OUTSIDE:
        near = NEAR_NOTHING
        if baseline_m <= accuracy_m:
            near = NEAR_SHORE
        elif zone != ON_LAND and limit_m <= accuracy_m:
            near = NEAR_LIMIT
        reference = rule[12][segment]
        reason = NO_REASON
        if zone == ON_LAND:
            reason = DRY_LAND
        elif zone == INTERNAL and not over_seabed[region]:
            reason = LAGOON
        elif zone != INTERNAL and kind == _NORMAL and unlined[reference]:
            reason = UNLINED + reference
        caveat = near * REASONS + reason
    return (
        zone, state, other, kind, limit, sector, sector_line, caveat,
        foot_lon, foot_lat, baseline_m, limit_m, sector_line_m,
    )  # fmt: skip


@machine_code(_GROUND, NUMBER, NUMBER, NUMBER, *DECIDING, gives=(INTEGER,) * 8 + (NUMBER,) * 5, brief=True)
def _measure_one(ground, accuracy_m, lon, lat, lengths, segments, shares, scratch):
    return _measure(ground, accuracy_m, lon, lat, True, True, lengths, segments, shares, scratch)


@machine_code(_GROUND, NUMBER, FLOATS, FLOATS, FLAG, FLAG, INTEGER_ROWS, FLOAT_ROWS, *DECIDING)
def _measure_many(
    ground, accuracy_m, lon, lat, limits, seabed, codes, numbers, lengths, segments, shares, scratch
):
    for i in range(len(lon)):
        (
            codes[0, i], codes[1, i], codes[2, i], codes[3, i], codes[4, i], codes[5, i], codes[6, i],
            codes[7, i], numbers[0, i], numbers[1, i], numbers[2, i], numbers[3, i], numbers[4, i],
        ) = _measure(
            ground, accuracy_m, lon[i], lat[i], limits, seabed, lengths, segments, shares, scratch
        )  # fmt: skip
