"""Turning points of limits and boundaries with their base points, as a boundary commission lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from zones.baseline import Baseline
from zones.ellipsoid import to_earth_centred, to_lon_lat
from zones.partition import DrawnLine

Floats = npt.NDArray[np.float64]

_NEW_BASE_POINT_M = 1.0  # nearer ones are the same: the base point only moves along the shore
_DECIMALS = 9


def turning_points(baseline: Baseline, lines: Iterable[tuple[str, DrawnLine]]) -> list[dict[str, Any]]:
    """Rows for the ends of each line and for every vertex where a base point changes.

    Between two rows of a limit it follows the arc about the base point (or runs along the baseline
    segment that the base point slides on) at the stated distance.

    Parameters
    ----------
    baseline : Baseline
    lines : iterable of (feature id, DrawnLine)

    Returns
    -------
    list of dict
        ``feature``, ``part`` (stretch of the feature), ``point``, ``lon``, ``lat``, two base points
        and their ``distance_m``. Of a limit the base points before and after the turning point; of
        a boundary those of the left and of the right State. [deg, m]
    """
    rows = []
    parts: dict[str, int] = {}
    for feature, line in lines:
        parts[feature] = parts.get(feature, 0) + 1
        points = to_earth_centred(line.lon_lat)
        before = [_feet(baseline, line.before[:, side], points) for side in (0, 1)]
        after = [_feet(baseline, line.after[:, side], points) for side in (0, 1)]
        turns = np.zeros(len(points), dtype=bool)
        turns[[0, -1]] = True
        for side in (0, 1):
            turns |= np.linalg.norm(before[side] - after[side], axis=1) > _NEW_BASE_POINT_M
        first, second = (before[0], after[0]) if line.kind == "limit" else (after[0], after[1])
        if line.kind == "limit":
            first[0], second[-1] = second[0], first[-1]
        else:
            first[-1], second[-1] = before[0][-1], before[1][-1]
        first, second = to_lon_lat(first), to_lon_lat(second)
        for number, vertex in enumerate(np.flatnonzero(turns), start=1):
            rows.append(
                {
                    "feature": feature,
                    "part": parts[feature],
                    "point": number,
                    "lon": round(float(line.lon_lat[vertex, 0]), _DECIMALS),
                    "lat": round(float(line.lon_lat[vertex, 1]), _DECIMALS),
                    "base_point_1_lon": round(float(first[vertex, 0]), _DECIMALS),
                    "base_point_1_lat": round(float(first[vertex, 1]), _DECIMALS),
                    "base_point_2_lon": round(float(second[vertex, 0]), _DECIMALS),
                    "base_point_2_lat": round(float(second[vertex, 1]), _DECIMALS),
                    "distance_m": round(float(line.distance_m[vertex]), 3),
                }
            )
    return rows


def _feet(baseline: Baseline, segments: npt.NDArray[np.int64], points: Floats) -> Floats:
    """Nearest point of the given segment to each point, earth-centred. [m]"""
    start, end = baseline.tree.start[segments], baseline.tree.end[segments]
    along = end - start
    share = np.clip(((points - start) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    return np.asarray(start + share[:, None] * along)
