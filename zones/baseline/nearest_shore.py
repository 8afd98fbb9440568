"""Where a line's points would come to lie on the shore, before anything is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zones.arrays import Floats
from zones.baseline.baseline import ALL, Baseline
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84
from zones.geodesy.nearest import nearest_of_groups
from zones.words import STATES

_AT_A_VERTEX_M = 1.0


@dataclass(frozen=True, slots=True)
class ShorePoint:
    """The point of the baseline that is nearest to a position."""

    # lon, lat: a vertex of the baseline where one is within a metre [deg]
    lon: float
    lat: float
    away_m: float  # geodesic distance from the position [m]
    states: tuple[str, ...]  # whose baseline it is: of two where a land border ends


def nearest_shore(baseline: Baseline, lon_lat: Floats) -> tuple[ShorePoint, ...]:
    """The nearest point of the baseline for each row of longitude and latitude. [deg]

    With the baseline of an edition without lines of a user these are the points that
    `straight_lines.cut_off_waters` moves the ends of lines to.
    """
    _, segments, shares = nearest_of_groups(baseline.tree, to_earth_centred(lon_lat), np.array([ALL]))
    return tuple(
        _shore_point(baseline, position, int(segment), float(share))
        for position, segment, share in zip(lon_lat, segments[:, 0], shares[:, 0], strict=True)
    )


def _shore_point(baseline: Baseline, position: Floats, segment: int, share: float) -> ShorePoint:
    ends = np.array([baseline.start[segment], baseline.end[segment]])
    corners = to_earth_centred(ends)
    foot = to_lon_lat(corners[0] + share * (corners[1] - corners[0]))
    _, _, to_ends_m = WGS84.inv([foot[0]] * 2, [foot[1]] * 2, ends[:, 0], ends[:, 1])
    nearer = int(np.argmin(to_ends_m))
    owners = {int(baseline.state[segment])}
    if to_ends_m[nearer] <= _AT_A_VERTEX_M:
        foot = ends[nearer]
        beside = (baseline.start == foot).all(axis=1) | (baseline.end == foot).all(axis=1)
        owners = set(baseline.state[beside & baseline.is_baseline].tolist())
    _, _, away_m = WGS84.inv(*position, *foot)
    states = tuple(STATES[owner] for owner in sorted(owners))
    return ShorePoint(float(foot[0]), float(foot[1]), float(away_m), states)
