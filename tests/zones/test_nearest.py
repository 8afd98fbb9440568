"""Searches over several groups, and over drawn lines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.zones.ruler import Ruler
from zones.arrays import read_only
from zones.editions.building import bundled_baseline
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.nearest import nearest_in, nearest_of_groups
from zones.geodesy.segment_tree import SCRATCH


@pytest.mark.parametrize("groups", [[0], [3], [0, 2], [1, 2, 4], [4, 3, 2, 1, 0]])
def test_several_groups_are_searched_as_one(groups, rng) -> None:
    tree = bundled_baseline("osm-2017").tree
    points = to_earth_centred(np.column_stack([rng.uniform(46.3, 55.2, 500), rng.uniform(36.2, 47.8, 500)]))
    each, own, shares = nearest_of_groups(tree, points, np.array(groups))
    scratch = np.empty(SCRATCH)
    for point, lengths, segments, share in zip(points, each, own, shares, strict=True):
        found, t, length = nearest_in(tree, read_only(np.array(groups)), *point, math.inf, scratch)
        nearest = int(lengths.argmin())
        assert (length, found, t) == (lengths[nearest], segments[nearest], share[nearest])
        assert 0.0 <= t <= 1.0


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
