"""The departure of straight lines from the coast: known coasts, and the real one followed in another way."""

from __future__ import annotations

import cmath
import itertools
import math

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from pyproj import Geod, Transformer

from zones.atlas.coast_direction import LEAST_REACH_M, greatest_departure, longest_piece_m
from zones.editions.edition import Edition
from zones.geodesy.geodesics import densify_geodesics

GEOD = Geod(ellps="WGS84")
# A coast along two meridians and two parallels.
SQUARE = densify_geodesics(
    np.array([[50.0, 38.0], [54.0, 38.0], [54.0, 45.0], [50.0, 45.0], [50.0, 38.0]]), 2_000.0
)


def ray(lon: float, lat: float, bearing_deg: float, length_m: float) -> np.ndarray:
    """A line from a point, by its first bearing."""
    end = GEOD.fwd(lon, lat, bearing_deg, length_m)[:2]
    return np.array([[lon, lat], end])


@pytest.mark.parametrize("bearing_deg", [0.0, 7.0, 20.0, 45.0, 89.0, 160.0, 270.0])
def test_a_coast_along_a_meridian_has_its_direction(bearing_deg: float) -> None:
    line = ray(50.2, 41.5, bearing_deg, 10_000.0)
    expected = min(bearing_deg % 180.0, 180.0 - bearing_deg % 180.0)
    for ring in (SQUARE, SQUARE[::-1], np.vstack([SQUARE[900:], SQUARE[1:901]])):
        for given in (line, line[::-1]):
            found = greatest_departure(given, ring)
            assert found is not None
            # Meridians close in by a sixth of a degree between the line and the coast.
            assert found.degrees == pytest.approx(expected, abs=0.25)
            assert found.coast_from[0] == found.coast_to[0] == pytest.approx(50.0, abs=1e-9)
            reach_m = GEOD.inv(*found.coast_from, *found.coast_to)[2]
            assert 2 * LEAST_REACH_M <= reach_m <= 2 * LEAST_REACH_M + 10_000.0 + 4_000.0


def test_the_piece_that_departs_most_is_named() -> None:
    line = np.array([[50.0, 41.0], [50.05, 41.2], [50.3, 41.3], [50.3, 41.5]])
    found = greatest_departure(line, SQUARE)
    assert found is not None
    assert found.piece == 2
    assert found.degrees == pytest.approx(GEOD.inv(*line[1], *line[2])[0], abs=0.3)
    assert longest_piece_m(line) == pytest.approx(
        max(GEOD.inv(*a, *b)[2] for a, b in itertools.pairwise(line))
    )


def test_a_bay_turns_nothing_that_is_smaller_than_the_reach() -> None:
    bay = [[50.0, 41.5], [49.92, 41.47], [49.92, 41.43], [50.0, 41.4]]
    indented = np.array([[50.0, 38.0], [54.0, 38.0], [54.0, 45.0], [50.0, 45.0], *bay, [50.0, 38.0]])
    beside = np.array([[50.0, 41.38], [50.0, 41.2]])
    for ring, mouth in ((SQUARE, bay), (indented, bay), (indented, beside)):
        mouth, ring = np.array(mouth)[[0, -1]], densify_geodesics(np.array(ring), 2_000.0)
        found = greatest_departure(mouth, ring)
        assert found is not None
        assert found.degrees == pytest.approx(0.0, abs=0.01)


def test_a_coast_that_is_too_small_has_none() -> None:
    pond = np.array([[50.0, 42.0], [50.2, 42.0], [50.2, 42.2], [50.0, 42.2], [50.0, 42.0]])
    assert greatest_departure(np.array([[50.0, 42.0], [50.1, 42.1]]), pond) is None


def in_another_way(start: np.ndarray, end: np.ndarray, ring: np.ndarray) -> float:
    """The departure by a plane of PROJ, GEOS for the feet and GeographicLib for the reach."""
    middle = GEOD.npts(*start, *end, 1)[0]
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={middle[0]} +lat_0={middle[1]} +ellps=WGS84", always_xy=True
    )
    placed = np.column_stack(plane.transform(*ring.T))
    shore = shapely.LineString(placed)
    ends = [shapely.Point(plane.transform(*one)) for one in (start, end)]
    along = [shore.project(one) for one in ends]
    of_vertices = np.append(0.0, np.cumsum(np.hypot(*np.diff(placed, axis=0).T)))
    is_between_ahead = (along[1] - along[0]) % shore.length <= shore.length / 2
    reach_m = max(Geodesic.WGS84.Inverse(start[1], start[0], end[1], end[0])["s12"], LEAST_REACH_M)
    reached = []
    for place, goes_up in zip(along, (not is_between_ahead, is_between_ahead), strict=True):
        foot = plane.transform(*shapely.get_coordinates(shore.interpolate(place))[0], direction="INVERSE")
        order = np.argsort(
            ((of_vertices[:-1] - place) if goes_up else (place - of_vertices[:-1])) % shore.length
        )
        reached.append(next(
            one for one in order
            if Geodesic.WGS84.Inverse(foot[1], foot[0], ring[one, 1], ring[one, 0])["s12"] >= reach_m
        ))  # fmt: skip
    line = complex(ends[1].x - ends[0].x, ends[1].y - ends[0].y)
    coast = complex(*(placed[reached[1]] - placed[reached[0]]))
    turned = abs(math.degrees(cmath.phase(line / coast)))
    return min(turned, 180.0 - turned)


def test_lines_on_the_real_coast_found_in_another_way(edition: Edition) -> None:
    ring = shapely.get_coordinates(edition.rule.baseline.sea.exterior)
    numbers = np.random.default_rng(11)
    different = set()
    for _ in range(25):
        start = ring[numbers.integers(len(ring))]
        line = ray(*start, float(numbers.uniform(0, 360)), float(numbers.uniform(5_000, 60_000)))
        found = greatest_departure(line, ring)
        assert found is not None
        assert found.degrees == pytest.approx(in_another_way(*line, ring), abs=0.05)
        different.add(round(found.degrees))
    assert len(different) > 15
