"""The zones' polygons judged by themselves and against the water they must fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import shapely

from coastlines.rings import DECIMALS
from zones.atlas.features import Collection
from zones.baseline.baseline import Baseline
from zones.judge.distances import GEOD
from zones.judge.report import Row, counted

AREA_BOUND_PPM = 1.0
WIDEST_GAP_M = 0.1
_DEGREE_M = 111_000.0  # at most, of longitude or latitude


def judge_areas(zones: Collection, waters: Sequence[shapely.Geometry]) -> Iterator[Row]:
    """Rows on validity, orientation, overlap, gaps and the sum of areas.

    Args:
        waters: All water, put together from the baseline's segments. [deg]
    """
    name = zones.id
    polygons = [feature.geometry for feature in zones.features if not feature.geometry.is_empty]
    count = len(polygons)
    yield _none(name, "not valid", count, sum(not shapely.is_valid(p) for p in polygons), "polygons")
    yield _none(name, "rings turned the wrong way", count, sum(map(_wrong_turns, polygons)), "rings")
    finer = [
        np.abs(xy - np.round(xy, DECIMALS)).max() > 1e-12 for xy in map(shapely.get_coordinates, polygons)
    ]
    yield _none(name, "coordinates beyond 7 decimals", count, sum(finer), "polygons")
    yield _none(
        name, "sharing edges badly", count, 0 if shapely.coverage_is_valid(polygons) else 1, "coverage"
    )
    # An invalid one is told above; the rest is measured on what can be made of it.
    polygons = [p if shapely.is_valid(p) else shapely.make_valid(p) for p in polygons]
    overlap_m2 = sum(_overlap_m2(a, b) for a, b in combinations(polygons, 2))
    yield Row(name, "overlap", count, overlap_m2, None, 0.0, "m2", overlap_m2 == 0.0)

    drawn = shapely.union_all(polygons)
    water = shapely.transform(shapely.union_all(list(waters)), lambda xy: np.round(xy, DECIMALS))
    water = water if water.is_valid else shapely.make_valid(water)
    for what, missing in (("gap", water.difference(drawn)), ("land in a zone", drawn.difference(water))):
        width, lon, lat = _widest(missing)
        yield Row(
            name, f"widest {what}", count, width, None, WIDEST_GAP_M, "m", width <= WIDEST_GAP_M, lon, lat
        )

    sum_m2 = sum(_area_m2(polygon) for polygon in polygons)
    water_m2 = sum(_area_m2(polygon) for polygon in waters)
    apart = abs(sum_m2 - water_m2) / water_m2 * 1e6
    yield Row(
        name, f"areas sum to {sum_m2 / 1e6:,.3f} km2, water {water_m2 / 1e6:,.3f} km2", count,
        apart, None, AREA_BOUND_PPM, "ppm", apart <= AREA_BOUND_PPM,
    )  # fmt: skip


def judge_owners(baseline: Baseline) -> Row:
    """A row on the shores and lines around internal waters: none is of another State than the waters."""
    left, right = (baseline.enclosed_states[side] for side in (baseline.sides.left, baseline.sides.right))
    strange = ((left >= 0) & (left != baseline.state)) | ((right >= 0) & (right != baseline.state))
    start, end = baseline.start[strange], baseline.end[strange]
    _, _, length_m = GEOD.inv(*start.T, *end.T)
    count = int(((left >= 0) | (right >= 0)).sum())
    what = "shores and lines of other States"
    return counted("internal waters", what, count, start, np.asarray(length_m), 0.0)


def _none(name: str, what: str, count: int, number: int, unit: str) -> Row:
    return Row(name, what, count, float(number), None, 0.0, unit, bool(number == 0))


def _wrong_turns(geometry: shapely.Geometry) -> int:
    """Shells that turn clockwise and holes that do not."""
    return sum(
        int(not shapely.is_ccw(polygon.exterior))
        + sum(int(shapely.is_ccw(hole)) for hole in polygon.interiors)
        for polygon in shapely.get_parts(geometry)
    )


def _overlap_m2(first: shapely.Geometry, second: shapely.Geometry) -> float:
    """Area that two polygons share, 0 for those that only touch. [m2]"""
    if not shapely.intersects(first, second) or shapely.touches(first, second):
        return 0.0
    return _area_m2(first.intersection(second))


def _area_m2(geometry: shapely.Geometry) -> float:
    area, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return float(area)


def _widest(geometry: shapely.Geometry) -> tuple[float, float | None, float | None]:
    """Width of the widest part of what two drawings differ by, and where; 0 where under 1 cm. [m, deg]"""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    wide = [part for part in parts if not part.buffer(-0.005 / _DEGREE_M).is_empty]
    widest: tuple[float, float | None, float | None] = (0.0, None, None)
    for part in wide:
        radius = shapely.maximum_inscribed_circle(part, tolerance=0.001 / _DEGREE_M)
        width = 2 * float(radius.length) * _DEGREE_M
        if width > widest[0]:
            lon, lat = shapely.get_coordinates(radius)[0]
            widest = (width, float(lon), float(lat))
    return widest
