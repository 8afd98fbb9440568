"""The faces of the sea: whole, without overlap, and those of the rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, load_source
from tests.zones.basin import FULL, MIDDLE, disc, rule_in, ruler_of
from tests.zones.ruler import GEOD
from zones.editions import building
from zones.lines.partition import partition_sea
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS, STATES


def area_m2(geometry):
    return GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]


def assert_whole(partition, rule, rng, count=6000):
    polygons = list(partition.polygons.values())
    for polygon in polygons:
        assert polygon.is_valid, shapely.is_valid_reason(polygon)
        for part in polygon.geoms:
            assert shapely.is_ccw(part.exterior)
            assert not any(shapely.is_ccw(hole) for hole in part.interiors)
        assert np.array_equal(shapely.get_coordinates(polygon), np.round(shapely.get_coordinates(polygon), 7))
    assert shapely.coverage_is_valid(polygons)
    assert partition.sea.is_valid
    assert sum(map(area_m2, polygons)) == pytest.approx(area_m2(partition.sea), rel=1e-6)
    assert sum(map(area_m2, polygons)) == pytest.approx(area_m2(rule.baseline.sea), rel=1e-6)
    # Drawn and decided agree but for a hand's breadth along the lines.
    west, south, east, north = partition.sea.bounds
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    found = decide_many(rule, lon, lat)
    drawn = np.full(count, "", dtype=object)
    for (zone, state), polygon in partition.polygons.items():
        shapely.prepare(polygon)
        drawn[shapely.contains_xy(polygon, lon, lat)] = f"{zone} {state}"
    decided = np.array(
        [
            f"{ANSWERS[zone]} {STATES[state] if state >= 0 else ''}" if 1 <= zone <= 3 else ""
            for zone, state in zip(found.zone, found.state, strict=True)
        ],
        dtype=object,
    )
    differ = np.flatnonzero(drawn != decided)
    if len(differ):
        edges = shapely.union_all([polygon.boundary for polygon in polygons])
        for row in differ:
            point = shapely.Point(lon[row], lat[row])
            foot = shapely.get_coordinates(shapely.shortest_line(edges, point))[0]
            assert GEOD.inv(*foot, lon[row], lat[row])[2] < 0.1, (lon[row], lat[row])
    return polygons


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_faces_of_real_coasts(source_id, partition_of, rule_of, rng) -> None:
    partition = partition_of(source_id)
    assert_whole(partition, rule_of(source_id), rng)
    zones = {zone for zone, _ in partition.polygons}
    assert zones == {"territorial_waters", "fishery_zone", "common_maritime_space"}
    for zone in ("territorial_waters", "fishery_zone"):
        assert {state for own, state in partition.polygons if own == zone} == set(STATES)


UNEQUAL = [
    ("dcw", {"KAZ": 12.0, "RUS": 12.0}),
    ("osm-2017", {"AZE": 3.0, "TKM": 1.0, "IRN": 14.99}),
    ("dcw", {"RUS": 0.5, "KAZ": 15.0, "AZE": 6.0, "IRN": 9.0, "TKM": 12.0}),
    ("osm-2017", {"IRN": 0.1}),
]


@cache
def unequal(source_id, breadths):
    rule = make_rule(building.bundled_baseline(source_id), {**FULL, **dict(breadths)})
    return rule, partition_sea(rule)


@pytest.mark.thorough
@pytest.mark.parametrize(("source_id", "breadths"), UNEQUAL)
def test_faces_under_unequal_breadths(source_id, breadths, rng) -> None:
    rule, partition = unequal(source_id, tuple(breadths.items()))
    assert_whole(partition, rule, rng)


@pytest.mark.parametrize(("source_id", "breadths"), UNEQUAL[:2])
def test_drawn_limits_under_unequal_breadths_hold(source_id, breadths, ruler, rng) -> None:
    rule, partition = unequal(source_id, tuple(breadths.items()))
    seen = set()
    for line in partition.lines:
        if line.kind != "limit":
            continue
        (state,) = line.states
        breadth = rule.breadth_m[STATES.index(state)]
        level = breadth + (18_520.0 if line.zone == "fishery_zone" else 0.0)
        chosen = rng.permutation(len(line.lon_lat))[:40]
        away = ruler(source_id, state).distances(line.lon_lat[chosen])
        assert np.abs(away - level).max() < 1e-3
        seen.add((line.zone, state))
    assert len(seen) == 10


def test_stretches_of_limits_are_joined_to_each_other_and_to_boundaries(partition_of) -> None:
    """Ends are shared bit for bit, or touch the shore."""
    partition = partition_of("osm")
    ends = [tuple(line.lon_lat[i]) for line in partition.lines for i in (0, -1)]
    shore = partition.sea.boundary
    for end in ends:
        if ends.count(end) == 1:
            assert shore.distance(shapely.Point(end)) < 2e-7, end


@pytest.mark.thorough
def test_islands_and_enclaves_in_a_made_up_sea(rng) -> None:
    islands = [
        ("KAZ", disc(*MIDDLE, 5000.0)),
        ("TKM", disc(48.5, 40.0, 2000.0)),
        ("RUS", disc(50.3, 41.1, 1000.0)),
        ("AZE", disc(51.5, 40.0, 500.0)),
    ]
    for breadths in ({}, {"KAZ": 4.0, "RUS": 9.5}, {"TKM": 0.2, "AZE": 0.5}):
        rule = rule_in(islands, breadths=breadths)
        assert_whole(partition_sea(rule), rule, rng, 4000)


def test_no_common_space_where_belts_cover_everything(rng) -> None:
    islands = [
        ("KAZ", disc(lon, lat, 500.0))
        for lon in (48.7, 49.3, 50.0, 50.7, 51.3)
        for lat in np.arange(38.5, 43.9, 0.6)
    ]
    rule = rule_in(islands)
    partition = partition_sea(rule)
    assert ("common_maritime_space", "") not in partition.polygons
    assert_whole(partition, rule, rng, 3000)


def test_the_order_of_islands_changes_nothing(partition_of, rule_of, rng) -> None:
    source = load_source("osm-2017")
    order = rng.permutation(len(source.islands))
    turned = []
    for number in order:  # other order, and each ring begun at another vertex
        ring = source.islands[number]
        first = int(rng.integers(0, len(ring) - 1))
        turned.append(np.vstack([ring[first:-1], ring[: first + 1]]))
    first = len(source.mainland) // 3
    mainland = np.vstack([source.mainland[first:-1], source.mainland[: first + 1]])
    shuffled = replace(source, mainland=mainland, islands=tuple(turned))
    rule = make_rule(building.baseline_of(shuffled), FULL)
    before, after = partition_of("osm-2017"), partition_sea(rule)
    assert set(before.polygons) == set(after.polygons)
    for key, polygon in before.polygons.items():
        # Rings are walked from other places, so their vertices differ by up to the tolerance of
        # chords; the areas of belts of thousands of km2 do so in the ninth digit.
        assert area_m2(after.polygons[key]) == pytest.approx(area_m2(polygon), rel=2e-8), key
    lon, lat = rng.uniform(46.5, 55.0, 30_000), rng.uniform(36.5, 47.2, 30_000)
    one, other = (decide_many(r, lon, lat) for r in (rule_of("osm-2017"), rule))
    for column in ("zone", "state", "other"):
        assert np.array_equal(getattr(one, column), getattr(other, column))
    assert np.abs(one.length - other.length).max() < 1e-6


def test_geojson_round_trip_keeps_validity_and_direction(partition_of) -> None:
    for polygon in partition_of("osm").polygons.values():
        back = shapely.from_geojson(shapely.to_geojson(polygon))
        assert back.is_valid
        assert shapely.equals_exact(back, polygon, 0.0)
        assert all(shapely.is_ccw(part.exterior) for part in back.geoms)


def test_vertices_of_drawn_zones_lie_on_limits_boundaries_or_shores(partition_of, rng) -> None:
    partition = partition_of("dcw")
    ruler = ruler_of(building.bundled_baseline("dcw"))
    vertices = shapely.get_coordinates(partition.polygons[("common_maritime_space", "")])
    chosen = vertices[rng.permutation(len(vertices))[:1500]]
    # 7 decimals move a point by up to 8 mm.
    assert np.abs(ruler.distances(chosen) - 25 * 1852.0).max() < 0.012
