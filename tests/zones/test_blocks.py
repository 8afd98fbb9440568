"""Records of many positions, read by blocks, are those of the searches in the trees to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.zones.ruler import GEOD
from zones.cells.grid import BLOCK_DEG, COLUMNS, ROWS, SOUTH, WEST
from zones.cells.listed import _DEPTH_M, MOST_OF_ONE, POSITIONS, _straight2, new_listed
from zones.cells.nearby import LONGEST_RUN, run_of
from zones.classification.by_blocks import _Asked, _list, measure_by_blocks
from zones.classification.classify import classify
from zones.classification.records import Coded
from zones.geodesy.ellipsoid import directions, to_earth_centred
from zones.geodesy.inverse import (
    AZIMUTH_ERROR_DEG,
    FARTHEST_M,
    LENGTH_ERROR_M,
    NEAR_M,
    ROUNDING_DEG_M,
    azimuth_near,
    inverse,
    rounds_surely,
)

MANY = 20_000


def near_lines(edition, rng):
    """Positions on vertices of everything drawn, and to 3 km from them. [deg]"""
    lines = [line.lon_lat for line in (*edition.partition.lines, *edition.seabed.lines)]
    vertices = np.vstack([*lines, edition.rule.baseline.start])
    places = vertices[rng.integers(0, len(vertices), MANY)]
    distance_m = np.where(rng.random(MANY) < 0.1, 0.0, 10 ** rng.uniform(-3, 3.5, MANY))
    lon, lat, _ = GEOD.fwd(*places.T, rng.uniform(0, 360, MANY), distance_m)
    return np.asarray(lon), np.asarray(lat)


def anywhere(edition, rng):
    """Positions on the grid and around it, some on corners of blocks, some elsewhere on earth. [deg]"""
    lon, lat = rng.uniform(WEST - 0.5, WEST + 11.7, MANY), rng.uniform(SOUTH - 0.5, SOUTH + 13.3, MANY)
    lon[::9], lat[::9] = np.round(lon[::9] * 50) / 50, np.round(lat[::9] * 50) / 50
    lon[:50], lat[:50] = lat[50:100], lon[50:100]
    return lon, lat


def far_inland(_edition, rng):
    """Positions on the grid that are about as far from shores as what is listed reaches. [deg]"""
    lon, lat = rng.uniform(WEST, WEST + COLUMNS * BLOCK_DEG, MANY), rng.uniform(36.0, 48.0, MANY)
    lon, lat = np.where(rng.random(MANY) < 0.5, WEST + 2.0 * rng.random(MANY), lon), lat
    lon[0], lat[0] = 46.2, 40.3  # a shore that the middle of its square has none of is the nearest
    return lon, lat


def as_near(_edition, _rng):
    """A position from which two segments are as near to the last bit, a centimetre apart. [deg]"""
    return np.array([52.20377200490237]), np.array([40.57241153704129])


@pytest.mark.parametrize("positions", [anywhere, near_lines, far_inland, as_near])
@pytest.mark.parametrize("fields", [None, ("baseline_distance_m", "limit"), ("sector_boundary_distance_m",)])
def test_records_by_blocks_are_those_of_the_searches(positions, fields, edition, rng) -> None:
    lon, lat = positions(edition, rng)
    chosen = {} if fields is None else {"fields": fields}
    right = classify(edition.classifier, lon, lat, **chosen)
    found = classify(edition.classifier, lon, lat, **chosen, blocks=edition.blocks)
    assert list(found) == list(right)
    for name, column in right.items():
        if isinstance(column, Coded):
            assert found[name].words == column.words, name
            assert np.array_equal(found[name].codes, column.codes), name
        else:
            assert np.array_equal(found[name], column, equal_nan=True), name


def test_a_list_that_has_no_room_for_the_next_position_ends_before_it(edition, rng) -> None:
    """What is listed for each is the same, whether all of them have room or only some."""
    lon, lat = (np.ascontiguousarray(column[:POSITIONS]) for column in near_lines(edition, rng))
    asked = _Asked(np.empty((POSITIONS, 7)), np.empty((POSITIONS, 5), dtype=np.int64))
    labels = edition.labels(lon=lon, lat=lat)

    def lists(listed):
        begin, parts, found = 0, 0, []
        while begin < len(lon):
            listed.segments[:] = -1
            end = _list(edition.blocks.arrays, labels, lon, lat, begin, asked, listed, True, True)
            assert begin < end <= len(lon)
            bounds = listed.begins[: end - begin]
            found += [(listed.segments[row[0] : row[-1]].tolist(), np.diff(row).tolist()) for row in bounds]
            begin, parts = end, parts + 1
        return found, parts

    whole, parts = lists(new_listed())
    assert (len(whole), parts) == (POSITIONS, 1)
    assert sum(len(segments) for segments, _ in whole) > POSITIONS
    tight = new_listed()._replace(segments=np.empty(MOST_OF_ONE + 20, dtype=np.int32))
    by_parts, parts = lists(tight)
    assert by_parts == whole
    assert parts > 3


def test_most_blocks_have_short_lists(edition) -> None:
    nearby = edition.blocks.arrays.nearby
    assert len(nearby.belts) == ROWS * COLUMNS == len(nearby.first) - 1
    words = nearby.runs[::997].tolist()
    lengths = [run_of(word)[2] for word in words]
    assert 1 <= min(lengths) <= max(lengths) <= LONGEST_RUN
    assert np.mean(lengths) * len(nearby.runs) / len(nearby.belts) < 60
    assert len(nearby.runs) * 4 < 8e6


def test_straight_distances_of_few_bits_are_within_what_is_allowed_for(edition, rng) -> None:
    among = edition.blocks.arrays.among
    chosen = rng.integers(0, len(among.ends), 300)
    for first in chosen.tolist():
        lon, lat = rng.uniform(WEST, WEST + COLUMNS * BLOCK_DEG), rng.uniform(SOUTH, SOUTH + ROWS * BLOCK_DEG)
        place, lengths2 = to_earth_centred(np.array([lon, lat])), np.empty(16, dtype=np.float32)
        _straight2(among.ways, first, 16, *(place - among.middle).astype(np.float32), lengths2, 0)
        start, end = np.split(among.ends[first : first + 16], 2, axis=1)
        way = end - start
        length2 = np.maximum((way**2).sum(axis=1), 1e-12)
        share = np.clip(((place - start) * way).sum(axis=1) / length2, 0.0, 1.0)
        right = np.linalg.norm(start + share[:, None] * way - place, axis=1)
        assert np.abs(np.sqrt(lengths2[: len(right)]) - right).max() < 0.4 * _DEPTH_M


def test_inverse_is_that_of_geographiclib(rng) -> None:
    for most_m in (1e2, 1e4, FARTHEST_M):
        lon, lat, length_m = rng.uniform(45, 57, 500), rng.uniform(36, 47, 500), rng.uniform(5, most_m, 500)
        lon2, lat2, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 500), length_m)
        azimuth, _, length_m = GEOD.inv(lon, lat, lon2, lat2)
        ends = np.hstack([to_earth_centred(np.column_stack(end)) for end in ((lon, lat), (lon2, lat2))])
        found = np.array([inverse(*row) for row in ends.tolist()])
        known = ~np.isnan(found[:, 0])
        assert known.mean() > 0.99
        turn = np.abs((found[:, 0] - azimuth + 180) % 360 - 180)
        assert (turn <= AZIMUTH_ERROR_DEG + ROUNDING_DEG_M / np.asarray(length_m))[known].all()
        assert (np.abs(found[:, 1] - length_m) <= LENGTH_ERROR_M)[known].all()
    assert np.isnan(inverse(*to_earth_centred([50.0, 40.0]), *to_earth_centred([60.0, 40.0]))).all()


def test_azimuths_near_by_are_those_of_geographiclib(rng) -> None:
    for most_m in (1e2, 1e4, NEAR_M):
        lon, lat, length_m = rng.uniform(45, 57, 500), rng.uniform(36, 47, 500), rng.uniform(5, most_m, 500)
        length_m[0] = most_m
        lon2, lat2, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 500), length_m)
        azimuth, _, length_m = GEOD.inv(lon, lat, lon2, lat2)
        here, there = (to_earth_centred(np.column_stack(end)) for end in ((lon, lat), (lon2, lat2)))
        rows = zip(lon.tolist(), lat.tolist(), here.tolist(), there.tolist(), length_m.tolist(), strict=True)
        found = np.array([azimuth_near(*directions(x, y), *a, *b, length) for x, y, a, b, length in rows])
        turn = np.abs((found - azimuth + 180) % 360 - 180)
        assert (turn <= AZIMUTH_ERROR_DEG + ROUNDING_DEG_M / np.asarray(length_m)).all()


def test_azimuths_to_baseline_points_are_those_of_geographiclib(edition, rng) -> None:
    """To points of segments, which lie some millimetres deep."""
    lon, lat = near_lines(edition, rng)
    found, way = measure_by_blocks(
        edition.classifier.ground, edition.blocks, lon, lat, limits=False, seabed=False
    )
    known = ~np.isnan(way.azimuth_deg) & (found.baseline_m < NEAR_M)
    assert known.mean() > 0.5
    azimuth, _, length_m = GEOD.inv(lon, lat, found.foot_lon, found.foot_lat)
    turn = np.abs((way.azimuth_deg - azimuth + 180) % 360 - 180)[known]
    assert (turn <= AZIMUTH_ERROR_DEG + ROUNDING_DEG_M / length_m[known]).all()


def test_what_may_be_rounded_otherwise_is_not_sure() -> None:
    assert rounds_surely(0.1234, 1e3, 1e-6)
    assert rounds_surely(-0.1234, 1e3, 1e-6)
    assert not rounds_surely(0.1235, 1e3, 1e-6)
    assert not rounds_surely(-0.1235000009, 1e3, 1e-6)
    assert rounds_surely(0.1235, 1e3, 0.0) is rounds_surely(0.5, 1.0, 0.0)
    assert not rounds_surely(np.nan, 1e3, 1e-6)


def test_small_questions_do_not_make_the_index(edition, monkeypatch) -> None:
    cls = type(edition)
    monkeypatch.setattr(cls, "blocks", property(lambda self: pytest.fail("it was opened")))
    edition.__dict__.pop("blocks", None)
    edition.classify(lon=np.full(1000, 50.0), lat=np.full(1000, 42.0))
