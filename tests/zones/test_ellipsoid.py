"""Lengths and coordinates on WGS84, against GeographicLib and PROJ."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from pyproj import Transformer

from zones.geodesy.ellipsoid import (
    FLATTENING,
    METRES_PER_NM,
    SEMI_MAJOR_AXIS_M,
    geodesic_lengths,
    onto_surface,
    to_earth_centred,
    to_lon_lat,
    up,
)

TO_CARTESIAN = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def lengths_and_truth(shortest_m, longest_m, count, rng):
    first, second, truth = [], [], []
    for _ in range(count):
        lat, lon = rng.uniform(36, 48), rng.uniform(46, 55)
        azimuth, length = rng.uniform(-180, 180), rng.uniform(shortest_m, longest_m)
        end = Geodesic.WGS84.Direct(lat, lon, azimuth, length)
        if not 36 <= end["lat2"] <= 48:
            continue
        first.append((lon, lat))
        second.append((end["lon2"], end["lat2"]))
        truth.append(Geodesic.WGS84.Inverse(lat, lon, end["lat2"], end["lon2"])["s12"])
    return geodesic_lengths(to_earth_centred(first), to_earth_centred(second)), np.array(truth)


@pytest.mark.parametrize(
    ("shortest_m", "longest_m", "bound_m"),
    [(0, 1, 1e-6), (1, 100e3, 1e-6), (100e3, 200e3, 1e-5), (200e3, 400e3, 2e-4)],
)
def test_geodesic_length_keeps_its_bounds(shortest_m, longest_m, bound_m, rng) -> None:
    lengths, truth = lengths_and_truth(shortest_m, longest_m, 1500, rng)
    assert len(truth) > 900
    assert np.abs(lengths - truth).max() < bound_m


@pytest.mark.parametrize("azimuth", range(0, 360, 15))
def test_geodesic_length_keeps_its_bounds_in_every_azimuth(azimuth: int) -> None:
    for lat in (36.5, 40.0, 42.0, 44.5, 47.5):
        for length, bound in ((100e3, 1e-6), (200e3, 1e-5), (400e3, 2e-4)):
            end = Geodesic.WGS84.Direct(lat, 51.0, azimuth, length)
            if not 36 <= end["lat2"] <= 48:
                continue
            points = to_earth_centred([[51.0, lat], [end["lon2"], end["lat2"]]])
            found = geodesic_lengths(points[:1], points[1:])[0]
            assert found == pytest.approx(length, abs=bound, rel=0)


def test_length_is_symmetric_and_nought_between_a_point_and_itself() -> None:
    a, b = to_earth_centred([[50.0, 40.0]]), to_earth_centred([[51.0, 41.0]])
    assert geodesic_lengths(a, a)[0] == 0.0
    assert geodesic_lengths(a, b)[0] == geodesic_lengths(b, a)[0]


def test_earth_centred_coordinates_are_those_of_proj(rng) -> None:
    lon, lat = rng.uniform(-180, 180, 500), rng.uniform(-90, 90, 500)
    expected = np.column_stack(TO_CARTESIAN.transform(lon, lat, np.zeros(500)))
    assert np.abs(to_earth_centred(np.column_stack([lon, lat])) - expected).max() < 1e-8


def test_there_and_back(rng) -> None:
    lon_lat = np.column_stack([rng.uniform(-180, 180, 500), rng.uniform(-89.9, 89.9, 500)])
    assert np.abs(to_lon_lat(to_earth_centred(lon_lat)) - lon_lat).max() < 1e-13 * 180


def test_shapes_are_kept() -> None:
    assert to_earth_centred([50.0, 40.0]).shape == (3,)
    assert to_earth_centred(np.zeros((2, 5, 2))).shape == (2, 5, 3)


@pytest.mark.parametrize("height_m", [-300.0, -5.0, 0.0, 0.01, 300.0])
def test_onto_surface_follows_the_normal(height_m: float, rng) -> None:
    for lon, lat in zip(rng.uniform(46, 55, 50), rng.uniform(36, 48, 50), strict=True):
        above = TO_CARTESIAN.transform(lon, lat, height_m)
        foot = np.array(onto_surface(*above))
        assert foot == pytest.approx(TO_CARTESIAN.transform(lon, lat, 0.0), abs=1e-4, rel=0)
        # On the ellipsoid itself: x2/a2 + y2/a2 + z2/b2 = 1, to a nanometre.
        b = SEMI_MAJOR_AXIS_M * (1 - FLATTENING)
        form = (foot[0] ** 2 + foot[1] ** 2) / SEMI_MAJOR_AXIS_M**2 + foot[2] ** 2 / b**2
        assert abs(form - 1) * SEMI_MAJOR_AXIS_M / 2 < 3e-9
        normal = np.array(above) - foot
        if abs(height_m) > 1:
            assert np.array(up(*foot)) * height_m == pytest.approx(normal, abs=1e-4)


def test_the_nautical_mile_is_the_international_one() -> None:
    assert METRES_PER_NM == 1852.0
