"""Turning points of limits and boundaries with their base points, as a boundary commission lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from zones.arrays import Flags, Floats
from zones.baseline.baseline import Baseline
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import feet_on_segments
from zones.lines.partition import DrawnLine
from zones.seabed.sector_lines import SectorLine

_NEW_BASE_POINT_M = 1.0  # nearer ones are the same: the base point only moves along the shore
_DECIMALS = 9


def turning_points(baseline: Baseline, lines: Iterable[tuple[str, DrawnLine]]) -> list[dict[str, Any]]:
    """Rows for the ends of each line, given with its feature's id, and for every change of a base point.

    Between two rows of a limit it follows the arc about the base point (or runs along the baseline
    segment that the base point slides on) at the stated distance.

    A row has ``feature``, ``part`` (stretch of the feature), ``point``, ``lon``, ``lat``, two base points and
    their ``distance_m``: of a limit the base points before and after the turning point; of a boundary those
    of the left and of the right State. [deg, m]
    """
    rows = []
    parts: Counter[str] = Counter()
    for feature, line in lines:
        parts[feature] += 1
        before, after, turns = _base_points(baseline, line)
        if line.kind == "limit":
            first, second = before[0], after[0]
            first[0], second[-1] = second[0], first[-1]
        else:
            first, second = after
            first[-1], second[-1] = before[0][-1], before[1][-1]
        for number, vertex in enumerate(sorted({0, len(turns) - 1, *turns.nonzero()[0].tolist()}), start=1):
            rows.append(
                {
                    **_point(feature, parts[feature], number, line.lon_lat[vertex]),
                    **_base_point_columns((first[vertex], second[vertex])),
                    "distance_m": round(float(line.distance_m[vertex]), 3),
                }
            )
    return rows


def sector_turning_points(
    baseline: Baseline, lines: Iterable[tuple[str, SectorLine]]
) -> list[dict[str, Any]]:
    """Rows for the points of sector lines: as agreed, or where a base point changes.

    As of `turning_points`, with base point 1 of the left and 2 of the right State, both distances, and
    ``status``; base points are None where a point does not follow from the baselines. [deg, m]
    """
    rows = []
    for feature, line in lines:
        places = [int(np.flatnonzero((line.lon_lat == point).all(axis=1))[0]) for point in line.given]
        places = places or [0, len(line.lon_lat) - 1]
        known = bool((line.segments >= 0).all())
        if known:
            before, (left, right), turns = _base_points(baseline, line)
            left[-1], right[-1] = before[0][-1], before[1][-1]
            places = sorted({*places, *np.flatnonzero(turns).tolist()})
        for number, place in enumerate(places, start=1):
            left_m, difference_m = float(line.distance_m[place]), float(line.difference_m[place])
            rows.append(
                {
                    **_point(feature, 1, number, line.lon_lat[place]),
                    **_base_point_columns((left[place], right[place]) if known else None),
                    "distance_m": round(left_m, 4) if known else None,
                    "distance_2_m": round(left_m - difference_m, 4) if known else None,
                    "status": line.status,
                }
            )
    return rows


def _base_points(baseline: Baseline, line: DrawnLine | SectorLine) -> tuple[Floats, Floats, Flags]:
    """Base points of both sides before and after each vertex [deg], and at which vertices one changes."""
    tree, segments = baseline.tree, line.segments.transpose(1, 2, 0)
    _, feet, _ = feet_on_segments(to_earth_centred(line.lon_lat), tree.start[segments], tree.end[segments])
    before, after = feet
    turns = (np.linalg.norm(before - after, axis=-1) > _NEW_BASE_POINT_M).any(axis=0)
    return to_lon_lat(before), to_lon_lat(after), turns


def _point(feature: str, part: int, number: int, lon_lat: Floats) -> dict[str, Any]:
    lon, lat = (round(float(value), _DECIMALS) for value in lon_lat)
    return {"feature": feature, "part": part, "point": number, "lon": lon, "lat": lat}


def _base_point_columns(lon_lat: Sequence[Floats] | None) -> dict[str, float | None]:
    """Two base points, or None where they are not known. [deg]"""
    names = [f"base_point_{k}_{axis}" for k in (1, 2) for axis in ("lon", "lat")]
    if lon_lat is None:
        return dict.fromkeys(names)
    return dict(zip(names, (round(float(v), _DECIMALS) for point in lon_lat for v in point), strict=True))
