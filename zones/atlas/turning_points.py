"""Turning points of limits and boundaries with their base points, as a boundary commission lists them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats
from zones.baseline.baseline import Baseline
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import feet_on_segments
from zones.lines.partition import DrawnLine
from zones.seabed.sector_lines import SectorLine

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
        before = [_feet(baseline, line.segments[:, 0, side], points) for side in (0, 1)]
        after = [_feet(baseline, line.segments[:, 1, side], points) for side in (0, 1)]
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
                    **_point(feature, parts[feature], number, line.lon_lat[vertex]),
                    **_base_points((first[vertex], second[vertex])),
                    "distance_m": round(float(line.distance_m[vertex]), 3),
                }
            )
    return rows


def _feet(baseline: Baseline, segments: npt.NDArray[np.int64], points: Floats) -> Floats:
    """Nearest point of the given segment to each point, earth-centred. [m]"""
    return feet_on_segments(points, baseline.tree.start[segments], baseline.tree.end[segments])[1]


def sector_turning_points(
    baseline: Baseline, lines: Iterable[tuple[str, SectorLine]]
) -> list[dict[str, Any]]:
    """Rows for the points of sector lines: as agreed, or where a base point changes.

    Returns
    -------
    list of dict
        As `turning_points`, with base point 1 of the left and 2 of the right State, both distances,
        and ``status``; base points are None where a point does not follow from the baselines. [deg, m]
    """
    rows = []
    for feature, line in lines:
        if len(line.given):
            places = [int(np.flatnonzero((line.lon_lat == point).all(axis=1))[0]) for point in line.given]
        else:
            places = [0, len(line.lon_lat) - 1]
        feet = None
        if (line.segments >= 0).all():
            points = to_earth_centred(line.lon_lat)
            before, after = (
                [_feet(baseline, line.segments[:, k, side], points) for side in (0, 1)] for k in (0, 1)
            )
            turns = np.zeros(len(points), dtype=bool)
            for one, other in zip(before, after, strict=True):
                turns |= np.linalg.norm(one - other, axis=1) > _NEW_BASE_POINT_M
            places = sorted({*places, *np.flatnonzero(turns).tolist()})
            feet = [to_lon_lat(side) for side in after]
            for side, last in zip(feet, before, strict=True):
                side[-1] = to_lon_lat(last[-1])
        for number, place in enumerate(places, start=1):
            left_m, difference_m = float(line.distance_m[place]), float(line.difference_m[place])
            rows.append(
                {
                    **_point(feature, 1, number, line.lon_lat[place]),
                    **_base_points([side[place] for side in feet] if feet else None),
                    "distance_m": round(left_m, 4) if feet else None,
                    "distance_2_m": round(left_m - difference_m, 4) if feet else None,
                    "status": line.status,
                }
            )
    return rows


def _point(feature: str, part: int, number: int, lon_lat: Floats) -> dict[str, Any]:
    lon, lat = (round(float(value), _DECIMALS) for value in lon_lat)
    return {"feature": feature, "part": part, "point": number, "lon": lon, "lat": lat}


def _base_points(lon_lat: Sequence[Floats] | None) -> dict[str, float | None]:
    """Two base points, or None where they are not known. [deg]"""
    names = [f"base_point_{k}_{axis}" for k in (1, 2) for axis in ("lon", "lat")]
    if lon_lat is None:
        return dict.fromkeys(names)
    return dict(zip(names, (round(float(v), _DECIMALS) for point in lon_lat for v in point), strict=True))
