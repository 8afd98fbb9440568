"""Certified cells answer exactly as the rule does."""

from __future__ import annotations

import numpy as np
import pytest

from coastlines import SOURCE_IDS
from tests.zones.basin import FULL
from tests.zones.ruler import GEOD
from zones.editions import building
from zones.rule.cells import MIXED, NOT_ON_EARTH, make_cells, zones_of
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS

WEST, SOUTH, EAST, NORTH = 46.4, 36.3, 55.2, 47.5  # of the grid
STEP = 1 / 200


def assert_as_the_rule(rule, cells, lon, lat):
    zone, state = zones_of(rule, cells, lon, lat)
    found = decide_many(rule, lon, lat)
    assert np.array_equal(zone, found.zone)
    assert np.array_equal(state, found.state)


@pytest.fixture(scope="module")
def cells(edition):
    return edition.cells


def test_most_of_the_sea_needs_no_search(cells) -> None:
    assert (cells.codes != MIXED).mean() > 0.8
    assert (cells.codes == MIXED).any()


def test_random_positions(edition, rng) -> None:
    lon, lat = rng.uniform(46.0, 55.6, 300_000), rng.uniform(36.0, 47.8, 300_000)
    assert_as_the_rule(edition.rule, edition.cells, lon, lat)


def test_positions_beside_limits_boundaries_and_shores(edition, rng) -> None:
    vertices = np.vstack([line.lon_lat for line in edition.partition.lines])
    shore = edition.rule.baseline.start
    places = np.vstack([vertices[rng.integers(0, len(vertices), 20_000)],
                        shore[rng.integers(0, len(shore), 20_000)]])  # fmt: skip
    aside = 10 ** rng.uniform(-3, 3, len(places))
    lon, lat, _ = GEOD.fwd(*places.T, rng.uniform(0, 360, len(places)), aside)
    assert_as_the_rule(edition.rule, edition.cells, np.asarray(lon), np.asarray(lat))


def test_edges_and_corners_of_cells(edition, rng) -> None:
    columns, rows = rng.integers(0, 1760, 40_000), rng.integers(0, 2240, 40_000)
    lon, lat = WEST + columns * STEP, SOUTH + rows * STEP
    inside = rng.uniform(0, STEP, 40_000)
    for shift_lon, shift_lat in ((0, 0), (inside, 0), (0, inside)):
        for towards in (-np.inf, 0, np.inf):
            x, y = lon + shift_lon, lat + shift_lat
            if towards:
                x, y = np.nextafter(x, towards), np.nextafter(y, towards)
            assert_as_the_rule(edition.rule, edition.cells, x, y)


def test_edges_of_the_grid_and_beyond_it(edition) -> None:
    along_lat, along_lon = np.linspace(SOUTH, NORTH, 400), np.linspace(WEST, EAST, 400)
    for lon in (WEST, EAST, np.nextafter(WEST, 0), np.nextafter(EAST, 90), -180.0, 180.0):
        assert_as_the_rule(edition.rule, edition.cells, np.full(400, lon), along_lat)
    for lat in (SOUTH, NORTH, np.nextafter(SOUTH, 0), np.nextafter(NORTH, 90), -90.0, 90.0):
        assert_as_the_rule(edition.rule, edition.cells, along_lon, np.full(400, lat))


def test_rows_that_are_no_position_are_flagged_and_spoil_no_other(edition) -> None:
    nan, inf = np.nan, np.inf
    lon = np.array([51.0, nan, 51.0, inf, -inf, 51.0, 180.1, -180.1, 51.0, 51.0, nan])
    lat = np.array([40.0, 40.0, nan, 40.0, 40.0, inf, 40.0, 40.0, 90.1, -90.1, nan])
    zone, state = edition.labels(lon=lon, lat=lat)
    assert (zone[1:] == NOT_ON_EARTH).all()
    assert (state[1:] == NOT_ON_EARTH).all()
    assert zone[0] == decide_many(edition.rule, lon[:1], lat[:1]).zone[0]


def test_no_rows(edition) -> None:
    zone, state = edition.labels(lon=np.empty(0), lat=np.empty(0))
    assert len(zone) == len(state) == 0


@pytest.mark.parametrize("source_id", [s for s in SOURCE_IDS if s != "osm"])
def test_other_coasts_and_unequal_breadths(source_id, rng) -> None:
    breadths = {**FULL, "KAZ": 0.2, "AZE": 7.0}
    rule = make_rule(building.bundled_baseline(source_id), breadths)
    cells = make_cells(rule)
    lon, lat = rng.uniform(46.0, 55.6, 100_000), rng.uniform(36.0, 47.8, 100_000)
    assert_as_the_rule(rule, cells, lon, lat)


def test_codes_name_every_answer(cells) -> None:
    codes = np.unique(cells.codes[cells.codes != MIXED])
    assert {ANSWERS[code // 6] for code in codes} >= {
        "internal_waters", "territorial_waters", "fishery_zone", "common_maritime_space", "land",
    }  # fmt: skip
