"""Searches over several groups, and over drawn lines."""

from __future__ import annotations

import numpy as np
import pytest

from tests.zones.ruler import Ruler
from zones.editions.building import bundled_baseline
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.nearest import feet_on_chords, nearest_of_all, nearest_of_groups


@pytest.mark.parametrize("groups", [[0], [3], [0, 2], [1, 2, 4], [4, 3, 2, 1, 0]])
def test_several_groups_are_searched_as_one(groups, rng) -> None:
    tree = bundled_baseline("osm-2017").tree
    points = to_earth_centred(np.column_stack([rng.uniform(46.3, 55.2, 3000), rng.uniform(36.2, 47.8, 3000)]))
    joint, segments, shares = nearest_of_all(tree, points, np.array(groups))
    each, own, _ = nearest_of_groups(tree, points, np.array(groups))
    assert np.array_equal(joint, each.min(axis=1))
    rows = np.arange(len(points))
    assert (each[rows, (own == segments[:, None]).argmax(axis=1)] == joint).all()
    assert ((shares >= 0) & (shares <= 1)).all()


def test_the_nearest_limit_is_that_over_all_lines(edition, rng) -> None:
    lines = edition.lines
    points = np.column_stack([rng.uniform(47, 54, 400), rng.uniform(37, 47, 400)])
    found = edition.classify(lon=points[:, 0], lat=points[:, 1], fields=("limit", "limit_distance_m"))
    names = np.array([row["limit"] for row in found.rows()])
    lengths = np.array([row["limit_distance_m"] for row in found.rows()], dtype=np.float64)
    start = np.vstack([line.lon_lat[:-1] for _, line in lines])
    end = np.vstack([line.lon_lat[1:] for _, line in lines])
    owners = np.repeat([name for name, _ in lines], [len(line.lon_lat) - 1 for _, line in lines])
    measured = Ruler(start, end).measure(points)
    near = (measured.length_m < 100_000) & ~np.isnan(lengths)  # no limit is named far inland
    assert near.sum() > 300
    assert np.abs(lengths - measured.length_m)[near].max() < 2e-3
    same = names == owners[measured.segment]
    # Where lines meet, two are equally near.
    assert same[near].mean() > 0.99


def test_feet_on_straight_lines() -> None:
    start, end = np.zeros((4, 3)), np.array([[2.0, 0, 0], [2.0, 0, 0], [2.0, 0, 0], [0, 0, 0]])
    places = np.array([[0.5, 3.0, 0], [-1.0, 1.0, 0], [5.0, 0, 1.0], [1.0, 1.0, 1.0]])
    assert feet_on_chords(places, start, end).tolist() == [[0.5, 0, 0], [0, 0, 0], [2.0, 0, 0], [0, 0, 0]]
