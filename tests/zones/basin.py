"""A made-up sea: a box of water, 48-52 E and 38-44 N, with whatever islands a test puts in it.

South: Iran. East: Turkmenistan to 41 N, then Kazakhstan, who has the north to 50 E, too. North and
west to 42 N: Russia. West: Azerbaijan. All land borders end on even shores unless a test says else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coastlines import StraightLine, kara_bogaz_gol
from tests.zones.ruler import GEOD, Ruler, fwd
from zones.baseline.baseline import Baseline, make_baseline
from zones.baseline.shore import Ring, Shore
from zones.baseline.termini import Terminus, water_angle_deg
from zones.geodesy.geodesics import densify_geodesics
from zones.rule.rule import Rule, make_rule
from zones.words import STATES

Floats = npt.NDArray[np.float64]

FULL = dict.fromkeys(STATES, 15.0)
BELT_M = 15 * 1852.0
MIDDLE = (50.0, 41.0)  # more than 160 km from every shore

Corner = tuple[float, float, str, str]  # lon, lat, State of the shore onward, pair of a terminus

BOX: tuple[Corner, ...] = (
    (48.0, 38.0, "IRN", "AZE-IRN"),
    (52.0, 38.0, "TKM", "IRN-TKM"),
    (52.0, 41.0, "KAZ", "KAZ-TKM"),
    (52.0, 44.0, "KAZ", ""),
    (50.0, 44.0, "RUS", "KAZ-RUS"),
    (48.0, 44.0, "RUS", ""),
    (48.0, 42.0, "AZE", "AZE-RUS"),
)

# Azerbaijan and Russia meet at the tip of a cape: behind it lies a wedge equally far from both.
CAPE_TIP = (48.5, 42.0)
CAPE: tuple[Corner, ...] = (
    *BOX[:6],
    (48.0, 42.2, "RUS", ""),
    (*CAPE_TIP, "AZE", "AZE-RUS"),
    (48.0, 41.8, "AZE", ""),
)


def basin(
    islands: Sequence[tuple[str, Floats]] = (),
    *,
    corners: Sequence[Corner] = BOX,
    straight: Sequence[StraightLine] = (),
) -> Baseline:
    """The baseline of the box with islands given as State and closed clockwise ring."""
    pieces, owners = [], []
    for here, after in zip(corners, (*corners[1:], corners[0]), strict=True):
        piece = densify_geodesics(np.array([here[:2], after[:2]]), 500.0)
        pieces.append(piece[:-1])
        owners += [STATES.index(here[2])] * (len(piece) - 1)
    ring = np.vstack([*pieces, pieces[0][:1]])
    mainland = Ring(ring, np.array(owners, dtype=np.int64))
    termini = []
    for lon, lat, _, pair in corners:
        if pair:
            place = int(np.flatnonzero((ring[:, 0] == lon) & (ring[:, 1] == lat))[0])
            angle = water_angle_deg(ring, place)
            termini.append(Terminus(pair, lon, lat, lon, lat, 0.0, 1.0, angle, "", "made up"))
    rings = []
    for state, outline in islands:
        dense = densify_geodesics(np.asarray(outline, dtype=np.float64), 500.0)
        owner = np.full(len(dense) - 1, STATES.index(state), dtype=np.int64)
        rings.append(Ring(dense, owner))
    shore = Shore(mainland, tuple(rings), (), tuple(termini))
    return make_baseline(shore, straight, kara_bogaz_gol())


def rule_in(
    islands: Sequence[tuple[str, Floats]] = (),
    *,
    corners: Sequence[Corner] = BOX,
    breadths: dict[str, float] | None = None,
) -> Rule:
    return make_rule(basin(islands, corners=corners), {**FULL, **(breadths or {})})


def islet(tip: tuple[float, float], azimuth: float, size_m: float = 0.3) -> Floats:
    """A small triangle, clockwise, with one vertex at ``tip`` and its body towards an azimuth."""
    left, right = fwd(*tip, azimuth - 25.0, size_m), fwd(*tip, azimuth + 25.0, size_m)
    return np.array([tip, left, right, tip])


def disc(lon: float, lat: float, radius_m: float, corners: int = 36) -> Floats:
    """A round island, clockwise."""
    azimuths = np.linspace(0.0, 360.0, corners, endpoint=False)
    around = np.full(corners, 1.0)
    lons, lats, _ = GEOD.fwd(lon * around, lat * around, azimuths, radius_m * around)
    ring = np.column_stack([lons, lats])
    return np.vstack([ring, ring[:1]])


def ruler_of(baseline: Baseline, *states: str) -> Ruler:
    """A ruler over the segments that are baseline of some States (of all if none is named)."""
    own = baseline.is_baseline
    if states:
        own &= np.isin(baseline.state, [STATES.index(state) for state in states])
    return Ruler(baseline.start[own], baseline.end[own])
