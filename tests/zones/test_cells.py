"""Labels are those of the rule and of the sector lines, and what is certified is so."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, StraightLine
from tests.zones.basin import CAPE, CAPE_TIP, FULL, basin, disc, islet, rule_in
from tests.zones.ruler import GEOD
from zones.cells.dividing import ASK, DIVIDED, FIRST_LEAF
from zones.cells.grid import (
    BLOCK_DEG,
    COLUMNS,
    LABELS,
    LEAVES,
    LEAVES_PER_DEGREE,
    PLANE_ERROR_M,
    ROWS,
    SOUTH,
    WEST,
    block_middle,
    frame_at,
    metres_by_row,
    offset_in,
    onto_plane,
)  # fmt: skip
from zones.cells.index import label_arrays, make_index
from zones.cells.labels import NOT_ON_EARTH, labels_of
from zones.editions.building import bundled_baseline
from zones.geodesy.ellipsoid import earth_centred, to_earth_centred
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS, KARA_BOGAZ_GOL_ID, STATES

EAST, NORTH = WEST + COLUMNS * BLOCK_DEG, SOUTH + ROWS * BLOCK_DEG
STEP = 1 / LEAVES_PER_DEGREE


def truth(ground, lon, lat):
    """Zone, State and sector without any cells."""
    found = decide_many(ground.rule_itself, lon, lat)
    sector, _, _ = ground.sectors.locate(to_earth_centred(np.column_stack([lon, lat])))
    return found.zone, found.state, np.where(ground.seabed[found.region], sector, -1)


class Ground:
    """Labels, and what they ought to be."""

    def __init__(self, rule, sectors, seabed) -> None:
        self.rule_itself, self.sectors, self.seabed = rule, sectors, seabed
        self.index = make_index(rule, sectors, seabed)
        self.arrays = label_arrays(self.index, rule, sectors, seabed)

    def assert_true(self, lon, lat) -> None:
        for found, right in zip(labels_of(self.arrays, lon, lat), truth(self, lon, lat), strict=True):
            assert np.array_equal(found, right)


def seabed_of(baseline):
    return np.array([False, True, *(waters.id != KARA_BOGAZ_GOL_ID for waters in baseline.enclosed)])


@pytest.fixture(scope="module")
def ground(edition):
    return Ground(edition.rule, edition.sectors, seabed_of(edition.rule.baseline))


def assert_as_the_rule(edition, ground, lon, lat):
    """Of the index that is kept with the edition."""
    for found, right in zip(edition.labels(lon=lon, lat=lat), truth(ground, lon, lat), strict=True):
        assert np.array_equal(found, right)


def lines_of(edition):
    """Vertices of everything where an answer changes. [deg]"""
    drawn = [line.lon_lat for line in (*edition.partition.lines, *edition.seabed.lines)]
    return np.vstack([*drawn, edition.rule.baseline.start])


def aside(rng, places, distance_m):
    lon, lat, _ = GEOD.fwd(*places.T, rng.uniform(0, 360, len(places)), distance_m)
    return np.asarray(lon), np.asarray(lat)


def test_what_is_kept_is_what_was_made(edition, ground) -> None:
    for kept, made in zip(edition.cells.cells, ground.index, strict=True):
        assert np.array_equal(kept, made)


def test_most_positions_need_no_segments(ground, rng) -> None:
    blocks, parts = ground.index.blocks, ground.index.parts
    assert (blocks > DIVIDED).mean() > 0.9
    assert (parts < ASK).mean() > 0.9
    assert (parts == ASK).mean() < 0.02
    assert (parts >= FIRST_LEAF).any()


def test_random_positions(edition, ground, rng) -> None:
    lon, lat = rng.uniform(44.0, 57.6, 100_000), rng.uniform(34.0, 49.8, 100_000)
    assert_as_the_rule(edition, ground, lon, lat)


@pytest.mark.parametrize("most_m", [2000.0, 50.0, 0.5, 0.01])
def test_positions_beside_all_lines(edition, ground, rng, most_m) -> None:
    places = rng.choice(lines_of(edition), 60_000)
    assert_as_the_rule(edition, ground, *aside(rng, places, rng.uniform(0.0, most_m, len(places))))


def test_positions_on_lines(edition, ground, rng) -> None:
    for line in (*edition.partition.lines, *edition.seabed.lines):
        ends = np.lib.stride_tricks.sliding_window_view(line.lon_lat, 2, axis=0)
        chosen = ends[rng.integers(0, len(ends), 300)]
        share = rng.uniform(0.0, 1.0, (300, 1)) * (rng.uniform(0.0, 1.0, (300, 1)) < 0.7)
        between = chosen[:, :, 0] + share * (chosen[:, :, 1] - chosen[:, :, 0])
        assert_as_the_rule(edition, ground, *between.T.copy())
    start, end = edition.rule.baseline.start, edition.rule.baseline.end
    assert_as_the_rule(edition, ground, *start.T.copy())
    assert_as_the_rule(edition, ground, *(0.5 * (start + end)).T.copy())


def test_tripoints_and_termini(edition, ground, rng) -> None:
    places = [(one.lon, one.lat) for one in (*edition.partition.tripoints, *edition.seabed.junctions)]
    places += [(terminus.lon, terminus.lat) for terminus in edition.rule.baseline.termini]
    many = np.repeat(np.array(places), 4000, axis=0)
    assert_as_the_rule(edition, ground, *aside(rng, many, 10 ** rng.uniform(-4, 4.6, len(many))))
    assert_as_the_rule(edition, ground, *np.array(places).T.copy())


@pytest.mark.parametrize("step", [BLOCK_DEG, STEP])
def test_edges_and_corners_of_cells(edition, ground, rng, step) -> None:
    places = rng.choice(lines_of(edition), 20_000)
    lon = WEST + np.round((places[:, 0] - WEST) / step) * step
    lat = SOUTH + np.round((places[:, 1] - SOUTH) / step) * step
    inside = rng.uniform(0, step, len(places))
    for shift_lon, shift_lat in ((0, 0), (inside, 0), (0, inside)):
        for towards in (-np.inf, 0, np.inf):
            x, y = lon + shift_lon, lat + shift_lat
            if towards:
                x, y = np.nextafter(x, towards), np.nextafter(y, towards)
            assert_as_the_rule(edition, ground, x, y)


def test_edges_of_the_grid_and_beyond_it(edition, ground) -> None:
    along_lat, along_lon = np.linspace(SOUTH, NORTH, 60), np.linspace(WEST, EAST, 60)
    for lon in (WEST, EAST, np.nextafter(WEST, 0), np.nextafter(EAST, 90), -180.0, 180.0, 0.0):
        assert_as_the_rule(edition, ground, np.full(60, lon), along_lat)
    for lat in (SOUTH, NORTH, np.nextafter(SOUTH, 0), np.nextafter(NORTH, 90), -90.0, 90.0):
        assert_as_the_rule(edition, ground, along_lon, np.full(60, lat))


def test_rows_that_are_no_position_are_flagged_and_spoil_no_other(edition) -> None:
    nan, inf = np.nan, np.inf
    lon = np.array([51.0, nan, 51.0, inf, -inf, 51.0, 180.1, -180.1, 51.0, 51.0, nan])
    lat = np.array([40.0, 40.0, nan, 40.0, 40.0, inf, 40.0, 40.0, 90.1, -90.1, nan])
    for found in edition.labels(lon=lon, lat=lat):
        assert (found[1:] == NOT_ON_EARTH).all()
        assert found[0] != NOT_ON_EARTH


def test_no_rows(edition) -> None:
    assert [len(found) for found in edition.labels(lon=[], lat=[])] == [0, 0, 0]


def test_threads_have_the_same_answers(edition, rng) -> None:
    lon, lat = rng.uniform(46.0, 55.6, 100_000), rng.uniform(36.0, 47.8, 100_000)
    right, found = edition.labels(lon=lon, lat=lat), {}

    def ask(number: int) -> None:
        found[number] = edition.labels(lon=lon, lat=lat)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for labels in found.values():
        assert all(np.array_equal(*pair) for pair in zip(labels, right, strict=True))


@pytest.mark.parametrize("source_id", [s for s in SOURCE_IDS if s != "osm"])
def test_other_coasts_and_unequal_breadths(edition, source_id, rng) -> None:
    rule = make_rule(bundled_baseline(source_id), {**FULL, "KAZ": 0.2, "AZE": 7.0})
    other = Ground(rule, edition.sectors, seabed_of(rule.baseline))
    other.assert_true(rng.uniform(46.0, 55.6, 30_000), rng.uniform(36.0, 47.8, 30_000))
    places = rng.choice(rule.baseline.start, 50_000)
    other.assert_true(*aside(rng, places, 10 ** rng.uniform(-2, 4.7, len(places))))


@pytest.mark.parametrize(
    ("islands", "corners"),
    [
        ((), CAPE),
        ([("KAZ", disc(50.0, 41.0, 9000.0)), ("TKM", islet((50.3, 41.0), 90.0))], None),
        ([("AZE", islet((50.0, 41.0), 0.0)), ("KAZ", islet((50.0, 41.2), 180.0, 40.0))], CAPE),
    ],
)
def test_made_up_seas(edition, islands, corners, rng) -> None:
    """Wedges of equal distance, round and tiny islands."""
    rule = rule_in(islands, **({"corners": corners} if corners else {}))
    made_up = Ground(rule, edition.sectors, seabed_of(rule.baseline))
    made_up.assert_true(rng.uniform(47.5, 52.5, 20_000), rng.uniform(37.5, 44.5, 20_000))
    places = np.vstack([rng.choice(rule.baseline.start, 20_000), np.repeat([CAPE_TIP], 20_000, axis=0)])
    made_up.assert_true(*aside(rng, places, 10 ** rng.uniform(-3, 4.7, len(places))))


def test_straight_lines_that_meet_shores(edition, rng) -> None:
    ends = np.array([[48.0, 39.0], [48.5, 39.5], [48.0, 40.0]])
    rule = make_rule(basin(straight=[StraightLine("AZE", "straight", "geodesic", ends)]), FULL)
    lined = Ground(rule, edition.sectors, seabed_of(rule.baseline))
    places = np.repeat(ends, 20_000, axis=0)
    lined.assert_true(*aside(rng, places, 10 ** rng.uniform(-3, 4.7, len(places))))


def wholes(index, rng, count):
    """Whole blocks and leaves: south-west corners, sides [deg] and codes."""
    rows, columns = np.nonzero(index.blocks >= 0)
    chosen = rng.choice(len(rows), count, replace=False)
    rows, columns = rows[chosen], columns[chosen]
    yield WEST + columns * BLOCK_DEG, SOUTH + rows * BLOCK_DEG, BLOCK_DEG, index.blocks[rows, columns]
    places = np.argwhere(index.blocks <= DIVIDED)
    numbers = DIVIDED - index.blocks[tuple(places.T)]
    block = rng.integers(0, len(places), 8 * count)
    leaf = rng.integers(0, LEAVES * LEAVES, 8 * count)
    codes = index.parts[numbers[block], leaf]
    whole = codes < LABELS
    (row, column), leaf = places[block[whole]].T, leaf[whole]
    south, west = (row * LEAVES + leaf // LEAVES) * STEP, (column * LEAVES + leaf % LEAVES) * STEP
    yield WEST + west, SOUTH + south, STEP, codes[whole].astype(np.int64)


def test_whole_cells_lie_wholly_in_one_polygon_of_the_atlas(edition, ground, rng) -> None:
    """Of the drawn zones and sectors, which are made by another way and 0.1 m exact: with that margin."""
    margin_deg = 1.5e-6
    shapes = {
        name: {feature.id: feature.geometry for feature in edition.collections[name].features}
        for name in ("zones", "sectors")
    }
    for shape in (*shapes["zones"].values(), *shapes["sectors"].values()):
        shapely.prepare(shape)
    states = ("", *STATES)
    checked = 0
    for west, south, side, codes in wholes(ground.index, rng, 4000):
        boxes = shapely.box(
            west + margin_deg, south + margin_deg, west + side - margin_deg, south + side - margin_deg
        )
        for code in np.unique(codes):
            own = boxes[codes == code]
            zone_state, sector = divmod(int(code), 6)
            zone, state = ANSWERS[zone_state // 6], states[zone_state % 6]
            named = [s for i, s in shapes["zones"].items() if matches(i, zone, state)]
            if zone in ("land", "outside_caspian"):
                assert not any(shapely.intersects(shape, own).any() for shape in shapes["zones"].values())
            else:
                assert shapely.covers(named[0], own).all(), (zone, state)
                checked += len(own)
            if sector:
                assert shapely.covers(shapes["sectors"][f"sector-{states[sector]}"], own).all()
    assert checked > 5000


def matches(feature_id, zone, state):
    return feature_id.startswith(f"{zone}-{state}" if state else zone)


def test_distances_in_the_plane_of_a_block(rng) -> None:
    metres = metres_by_row()
    worst_m = 0.0
    for _ in range(2000):
        row, column = int(rng.integers(0, ROWS)), int(rng.integers(0, COLUMNS))
        lon0, lat0 = block_middle(row, column)
        lon, lat = (middle + rng.uniform(-0.5, 0.5) * BLOCK_DEG for middle in (lon0, lat0))
        away = GEOD.fwd(lon0, lat0, rng.uniform(0, 360), rng.uniform(0, 100_000.0))[:2]
        there = np.float32(onto_plane(frame_at(lon0, lat0), *earth_centred(*away)))
        _, _, length = GEOD.inv(lon, lat, *away)
        worst_m = max(worst_m, abs(np.hypot(*(there - offset_in(metres, row, column, lon, lat))) - length))
    assert worst_m < PLANE_ERROR_M
