"""The search for the nearest segment: complete and exact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from coastlines import SOURCE_IDS
from tests.zones.ruler import GEOD, Ruler, fwd
from zones.baseline.baseline import ALL, REST
from zones.editions.building import bundled_baseline
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.nearest import nearest_of_groups
from zones.geodesy.segment_tree import foot_on_segment, left_of
from zones.words import STATES

STATE_GROUPS = np.arange(len(STATES))


def positions(rng, count):
    return np.column_stack([rng.uniform(46.3, 55.2, count), rng.uniform(36.2, 47.8, count)])


def by_minimising(start, end, position):
    """Distance to one geodesic segment by golden section with GeographicLib alone."""
    inverse = Geodesic.WGS84.Inverse(start[1], start[0], end[1], end[0])
    line = Geodesic.WGS84.Line(start[1], start[0], inverse["azi1"])

    def away(s):
        at = line.Position(s)
        return Geodesic.WGS84.Inverse(position[1], position[0], at["lat2"], at["lon2"])["s12"]

    low, high = 0.0, inverse["s12"]
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(60):
        c, d = high - ratio * (high - low), low + ratio * (high - low)
        if away(c) < away(d):
            high = d
        else:
            low = c
    return min(away(low), away(high), away(0.0), away(inverse["s12"]))


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_distance_is_that_over_all_segments(source_id, ruler, rng) -> None:
    tree = bundled_baseline(source_id).tree
    points = positions(rng, 1500)
    found = nearest_of_groups(tree, to_earth_centred(points), np.array([ALL]))[0][:, 0]
    truth = ruler(source_id).distances(points)
    near = truth <= 100_000
    assert near.sum() > 1000
    assert np.abs(found - truth)[near].max() < 1e-3


@pytest.mark.parametrize("source_id", ["osm", "dcw"])
def test_distance_to_each_state_is_that_over_its_segments(source_id, ruler, rng) -> None:
    tree = bundled_baseline(source_id).tree
    points = positions(rng, 800)
    found, _, _ = nearest_of_groups(tree, to_earth_centred(points), STATE_GROUPS, 100_000.0)
    for number, state in enumerate(STATES):
        near = np.isfinite(found[:, number])
        assert near.sum() > 50
        truth = ruler(source_id, state).distances(points[near])
        assert np.abs(found[near, number] - truth).max() < 1e-3
        beyond = points[~near][:30]
        ends = ruler(source_id, state).start
        for lon, lat in beyond:  # what is not found lies beyond the bound
            _, _, away = GEOD.inv(np.full(len(ends), lon), np.full(len(ends), lat), *ends.T)
            assert min(away) > 100_000 - 600


def test_the_ruler_of_these_tests_agrees_with_geographiclib(ruler, rng) -> None:
    points = positions(rng, 25)
    own = ruler("osm")
    measured = own.measure(points)
    for position, length, number in zip(points, measured.length_m, measured.segment, strict=True):
        truth = by_minimising(own.start[number], own.end[number], position)
        assert length == pytest.approx(truth, abs=3e-4, rel=0)


def test_joint_root_is_the_least_of_the_groups(rng) -> None:
    tree = bundled_baseline("osm").tree
    points = to_earth_centred(positions(rng, 20_000))
    each, _, _ = nearest_of_groups(tree, points, STATE_GROUPS)
    joint, segment, _ = (column[:, 0] for column in nearest_of_groups(tree, points, np.array([ALL])))
    assert np.array_equal(joint, each.min(axis=1))
    states = bundled_baseline("osm").state[segment]
    assert np.array_equal(each[np.arange(len(points)), states], joint)


def test_shores_behind_closing_lines_are_no_baseline() -> None:
    tree = bundled_baseline("osm").tree
    in_the_lagoon = to_earth_centred([[53.5, 41.3]])
    rest, segment, _ = nearest_of_groups(tree, in_the_lagoon, np.array([REST, ALL]))
    assert segment[0, 0] >= 0
    assert rest[0, 0] < rest[0, 1]


def test_nothing_is_found_beyond_the_bound_and_all_within(ruler, rng) -> None:
    tree = bundled_baseline("osm").tree
    points = positions(rng, 1000)
    truth = ruler("osm").distances(points)
    for bound in (500.0, 20_000.0, 60_000.0):
        found, segment, _ = nearest_of_groups(tree, to_earth_centred(points), np.array([ALL]), bound)
        found, segment = found[:, 0], segment[:, 0]
        assert np.array_equal(segment >= 0, truth < bound)
        assert np.array_equal(np.isfinite(found), truth < bound)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 64, 257])
def test_trees_of_any_size_are_complete(count: int, rng) -> None:
    start = np.column_stack([rng.uniform(50, 51, count), rng.uniform(40, 41, count)])
    lon, lat, _ = GEOD.fwd(*start.T, rng.uniform(0, 360, count), rng.uniform(0.1, 499.0, count))
    end = np.column_stack([lon, lat])
    group = rng.integers(0, 3, count)
    tree, order = segment_tree.build(to_earth_centred(start), to_earth_centred(end), group, 4, 2)
    assert sorted(order) == list(range(count))
    points = np.column_stack([rng.uniform(49.5, 51.5, 200), rng.uniform(39.5, 41.5, 200)])
    found, segments, shares = nearest_of_groups(tree, to_earth_centred(points), np.arange(5))
    for number, members in enumerate((group == 0, group == 1, group == 2, group == 3, group < 2)):
        if not members.any():
            assert (segments[:, number] == -1).all()
            assert np.isinf(found[:, number]).all()
            continue
        truth = Ruler(start[members], end[members]).distances(points)
        assert found[:, number] == pytest.approx(truth, abs=1e-3, rel=0)
        assert members[order[segments[:, number]]].all()
        assert ((shares[:, number] >= 0) & (shares[:, number] <= 1)).all()


def test_a_tie_is_answered_with_one_of_the_two_and_the_same_every_time() -> None:
    start = np.array([[50.0, 40.0], [50.2, 40.0]])
    end = np.array([[50.0, 40.001], [50.2, 40.001]])
    tree, _ = segment_tree.build(to_earth_centred(start), to_earth_centred(end), np.array([0, 1]), 2, 2)
    midway = to_earth_centred([[50.1, 40.0005]])
    lengths, _, _ = nearest_of_groups(tree, midway, np.array([0, 1]))
    assert lengths[0, 0] == pytest.approx(lengths[0, 1], abs=1e-6)
    answers = {int(nearest_of_groups(tree, midway, np.array([2]))[1][0, 0]) for _ in range(3)}
    assert len(answers) == 1
    assert answers <= {0, 1}


def test_the_foot_is_lifted_to_the_geodesic() -> None:
    start, end = np.array([50.0, 40.0]), np.array(fwd(50.0, 40.0, 70.0, 500.0))
    a, b = to_earth_centred([start, end])
    for share in (0.1, 0.5, 0.73):
        lon, lat, back = GEOD.fwd(50.0, 40.0, 70.0, 500.0 * share)
        position = np.array(fwd(lon, lat, back - 90.0, 3000.0))  # square to the segment
        t, *foot = foot_on_segment(*to_earth_centred(position), *a, *b)
        assert t == pytest.approx(share, abs=1e-5)
        away = GEOD.inv(*to_lon_lat(np.array(foot)), lon, lat)[2]
        assert away < 0.01
        assert np.linalg.norm(np.array(foot) - to_earth_centred([lon, lat])) < 0.01


def test_ends_are_returned_bit_for_bit() -> None:
    a, b = to_earth_centred([[50.0, 40.0], [50.003, 40.002]])
    before, after = to_earth_centred([[49.9, 39.9], [50.1, 40.1]])
    assert foot_on_segment(*before, *a, *b) == (0.0, *a)
    assert foot_on_segment(*after, *a, *b) == (1.0, *b)
    assert foot_on_segment(*after, *a, *a) == (0.0, *a)


@pytest.mark.parametrize("azimuth", range(0, 360, 30))
def test_left_and_right(azimuth: int) -> None:
    here = (51.0, 42.0)
    a, b = to_earth_centred([here, fwd(*here, azimuth, 300.0)])
    left = to_earth_centred(fwd(*here, azimuth - 90, 40_000.0))
    right = to_earth_centred(fwd(*here, azimuth + 90, 40_000.0))
    assert left_of(*left, *a, *b) > 0
    assert left_of(*right, *a, *b) < 0
