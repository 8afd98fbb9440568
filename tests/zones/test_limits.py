"""Outer limits: exact, whole, and none missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from coastlines import SOURCE_IDS, load_source
from tests.zones.basin import BELT_M, FULL, MIDDLE, disc, islet, rule_in, ruler_of
from tests.zones.ruler import GEOD, along_edges, earth_centred, fwd
from zones.editions import building
from zones.geodesy.geodesics import densify_geodesics
from zones.lines.limits import trace_limits
from zones.rule.rule import make_rule
from zones.words import STATES

FAR = (50.0, 41.0)


def closed(ring):
    return np.vstack([ring.lon_lat, ring.lon_lat[:1]])


def area_m2(lon_lat):
    return GEOD.polygon_area_perimeter(*lon_lat.T)[0]


def assert_holds(rings, ruler, distance_m, rng, sample=1500):
    """Vertices within 1 mm and edges within 0.1 m of the distance."""
    for ring in rings:
        chain = closed(ring)
        chosen = rng.permutation(len(ring.lon_lat))[:sample]
        assert np.abs(ruler.distances(ring.lon_lat[chosen]) - distance_m).max() < 1e-3
        edges = along_edges(chain, rng.uniform(0, 1, 3))
        edges = edges[rng.permutation(len(edges))[:sample]]
        assert np.abs(ruler.distances(edges) - distance_m).max() < 0.1


def islands_apart(gap_m: float):
    """Two islets with their tips towards each other, and the tips."""
    half = BELT_M + gap_m / 2
    west, east = fwd(*FAR, 270.0, half), fwd(*FAR, 90.0, half)
    # The tips lie on a geodesic through the middle; nothing else of the islets is nearer.
    return (islet(west, 270.0), islet(east, 90.0)), (west, east)


def near(rings, position, within_m):
    """The rings of which all lies within a distance of a position."""
    found = []
    for ring in rings:
        count = len(ring.lon_lat)
        _, _, away = GEOD.inv(*np.tile(position, (count, 1)).T, *ring.lon_lat.T)
        if np.max(away) < within_m:
            found.append(ring)
    return found


def test_the_limit_of_a_lone_islet_is_a_circle(rng) -> None:
    rule = rule_in([("KAZ", islet(FAR, 0.0, size_m=0.05))])
    rings = trace_limits(rule, STATES, BELT_M)
    (circle,) = near(rings, FAR, 30_000)
    azimuths = np.linspace(0, 360, 3601)
    around = np.ones(3601)
    true = np.column_stack(GEOD.fwd(FAR[0] * around, FAR[1] * around, azimuths, BELT_M * around)[:2])
    _, _, away = GEOD.inv(*np.tile(FAR, (len(circle.lon_lat), 1)).T, *circle.lon_lat.T)
    assert np.abs(np.array(away) - BELT_M).max() < 0.06  # the islet is 5 cm long
    assert abs(area_m2(closed(circle))) == pytest.approx(abs(area_m2(true)), rel=1e-5)
    assert_holds([circle], ruler_of(rule.baseline), BELT_M, rng)


def test_the_belt_lies_on_the_left_of_its_limit() -> None:
    rule = rule_in([("KAZ", disc(*FAR, 500.0))])
    (circle,) = near(trace_limits(rule, STATES, BELT_M), FAR, 30_000)
    assert area_m2(closed(circle)) > 0


@pytest.mark.parametrize("gap_m", [1000.0, 1.0, 0.01, 0.0, -0.01, -1.0, -1000.0, -20_000.0])
def test_two_islands_whose_belts_just_touch(gap_m, rng) -> None:
    islands, _ = islands_apart(gap_m)
    rule = rule_in([("KAZ", islands[0]), ("TKM", islands[1])])
    rings = near(trace_limits(rule, STATES, BELT_M), FAR, 2.2 * BELT_M)
    ruler = ruler_of(rule.baseline)
    assert_holds(rings, ruler, BELT_M, rng)
    if gap_m >= 1.0:
        assert len(rings) == 2
    elif gap_m <= -1.0:
        assert len(rings) == 1
    else:
        assert len(rings) in (1, 2)
    # Whatever they are joined to, all of both circles that no belt covers is there: measured in
    # area, which is that of the union of the two discs.
    total = sum(area_m2(closed(ring)) for ring in rings)
    plane = [shapely.Polygon(disc(*tip, BELT_M, 20_000)) for tip in islands_apart(gap_m)[1]]
    union = shapely.union_all(plane)
    true = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(union))[0])
    assert total == pytest.approx(true, rel=2e-5)


@pytest.mark.parametrize("depth_m", [3000.0, 300.0, 20.0, 3.0, 1.0, 0.3])
def test_a_pocket_of_water_enclosed_by_belts_is_found(depth_m, rng) -> None:
    tips = [fwd(*FAR, azimuth, BELT_M + depth_m) for azimuth in (10.0, 130.0, 250.0)]
    islands = [("KAZ", islet(tip, azimuth)) for tip, azimuth in zip(tips, (10.0, 130.0, 250.0), strict=True)]
    rule = rule_in(islands)
    rings = trace_limits(rule, STATES, BELT_M)
    (pocket,) = near(rings, FAR, 25_000)
    chain = closed(pocket)
    assert area_m2(chain) < 0  # the belts are on its left
    assert shapely.Polygon(chain).contains(shapely.Point(FAR))
    assert_holds([pocket], ruler_of(rule.baseline), BELT_M, rng)
    # The pocket is what three circles of the belt's radius leave.
    discs = shapely.union_all([shapely.Polygon(disc(*tip, BELT_M, 200_000)) for tip in tips])
    holes = [shapely.Polygon(ring) for ring in shapely.get_parts(discs)[0].interiors]
    true = abs(GEOD.geometry_area_perimeter(holes[0])[0])
    assert abs(area_m2(chain)) == pytest.approx(true, rel=0.02, abs=0.02)


@pytest.mark.parametrize("depth_m", [-0.01, -1.0, -300.0])
def test_no_pocket_is_made_up_where_belts_cover_everything(depth_m) -> None:
    tips = [(fwd(*FAR, azimuth, BELT_M + depth_m), azimuth) for azimuth in (10.0, 130.0, 250.0)]
    rule = rule_in([("KAZ", islet(tip, azimuth)) for tip, azimuth in tips])
    assert not near(trace_limits(rule, STATES, BELT_M), FAR, 2000)


def test_the_limit_of_a_straight_shore_is_its_parallel(rng) -> None:
    rule = rule_in()
    (ring,) = trace_limits(rule, STATES, BELT_M)
    line = shapely.LineString(closed(ring))
    for lat in rng.uniform(38.6, 43.4, 50):
        # The western shore is a meridian, a geodesic; the way due east is square to it.
        lon, at = fwd(48.0, lat, 90.0, BELT_M)
        foot = shapely.get_coordinates(line.interpolate(line.project(shapely.Point(lon, at))))[0]
        assert GEOD.inv(lon, at, *foot)[2] < 0.1
    assert_holds([ring], ruler_of(rule.baseline), BELT_M, rng)


def test_a_concave_corner_is_a_vertex() -> None:
    rule = rule_in()
    (ring,) = trace_limits(rule, STATES, BELT_M)
    corner = np.hypot(*(ring.lon_lat - [48.32, 38.25]).T) < 0.1
    south_west = ruler_of(rule.baseline, "IRN"), ruler_of(rule.baseline, "AZE")
    gap = np.hypot(*(r.distances(ring.lon_lat[corner]) - BELT_M for r in south_west))
    assert gap.min() < 1e-3


def test_an_island_inside_another_belt_changes_nothing() -> None:
    island = disc(*FAR, 20_000.0)
    alone = rule_in([("KAZ", island)])
    small = disc(*fwd(*FAR, 45.0, 21_500.0), 400.0)
    both = rule_in([("KAZ", island), ("KAZ", small)])
    rings = [near(trace_limits(r, STATES, BELT_M), FAR, 60_000) for r in (alone, both)]
    assert [len(found) for found in rings] == [1, 1]
    inner = shapely.Polygon(closed(rings[0][0]))
    outer = shapely.Polygon(closed(rings[1][0]))
    assert shapely.covers(outer.buffer(2e-6), inner)


@pytest.mark.parametrize("distance_m", [BELT_M, 25 * 1852.0])
@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_bounds_on_real_coasts(source_id, distance_m, rule_of, ruler, rng) -> None:
    rings = trace_limits(rule_of(source_id), STATES, distance_m)
    assert_holds(rings, ruler(source_id), distance_m, rng)


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_no_ring_is_lost_and_none_made_up(source_id, rule_of, ruler, rng) -> None:
    rule = rule_of(source_id)
    rings = trace_limits(rule, STATES, BELT_M)
    beyond = shapely.build_area(shapely.MultiLineString([closed(ring) for ring in rings]))
    lon, lat = rng.uniform(46.5, 55.0, 12_000), rng.uniform(36.5, 47.2, 12_000)
    # Half of them anywhere, half of them near the limit.
    vertices = np.vstack([ring.lon_lat for ring in rings])
    close = vertices[rng.integers(0, len(vertices), 3000)]
    aside = 10 ** rng.uniform(-0.9, 3.5, 3000)
    beside = np.column_stack(GEOD.fwd(*close.T, rng.uniform(0, 360, 3000), aside)[:2])
    points = np.vstack([np.column_stack([lon, lat])[:3000], beside])
    water = shapely.contains_xy(rule.baseline.sea, *points.T)
    points = points[water]
    truth = ruler(source_id).distances(points)
    sure = np.abs(truth - BELT_M) > 0.1
    drawn = shapely.contains_xy(beyond, *points.T)
    assert np.array_equal(drawn[sure], (truth > BELT_M)[sure])


@pytest.mark.parametrize("distance_m", [pytest.param(185.2, marks=pytest.mark.thorough), 1852.0])
def test_small_breadths_on_a_real_coast_hold(distance_m, rule_of, ruler, rng) -> None:
    rule = rule_of("osm-2017")
    rings = trace_limits(rule, STATES, distance_m)
    assert len(rings) > 20
    own = ruler("osm-2017")
    vertices = np.vstack([ring.lon_lat for ring in rings])
    chosen = vertices[rng.permutation(len(vertices))[:3000]]
    assert np.abs(own.distances(chosen) - distance_m).max() < 1e-3
    edges = np.vstack([along_edges(closed(ring), rng.uniform(0, 1, 1)) for ring in rings])
    edges = edges[rng.permutation(len(edges))[:4000]]
    assert np.abs(own.distances(edges) - distance_m).max() < 0.1
    # And none missing: a point off the shore that is farther than its neighbours on the shore.
    segments = rng.integers(0, len(own.start), 3000)
    lon, lat, _ = GEOD.fwd(*own.start[segments].T, rng.uniform(0, 360, 3000),
                           distance_m * rng.uniform(0.5, 1.6, 3000))  # fmt: skip
    points = np.column_stack([lon, lat])
    points = points[shapely.contains_xy(rule.baseline.sea, *points.T)]
    truth = own.distances(points)
    sure = np.abs(truth - distance_m) > 0.1
    polygons = shapely.build_area(shapely.MultiLineString([closed(ring) for ring in rings]))
    shapely.prepare(polygons)
    drawn = shapely.contains_xy(polygons, *points.T)
    assert np.array_equal(drawn[sure], (truth > distance_m)[sure])


@pytest.mark.thorough
def test_a_coast_ten_times_as_dense_has_the_same_limit(rule_of) -> None:
    source = load_source("osm-2017")
    dense = replace(
        source,
        mainland=densify_geodesics(source.mainland, 37.0),
        islands=tuple(densify_geodesics(island, 37.0) for island in source.islands),
    )
    rule = make_rule(building.baseline_of(dense), FULL)
    assert len(rule.baseline.start) > 10 * len(rule_of("osm-2017").baseline.start)
    rings = [trace_limits(r, STATES, BELT_M) for r in (rule_of("osm-2017"), rule)]
    assert len(rings[0]) == len(rings[1])
    chains = [np.vstack([closed(ring) for ring in own]) for own in rings]
    for one, other in (chains, chains[::-1]):
        away = distance_to_chain(one, other)
        assert away.max() < 0.1


def distance_to_chain(points, chain):
    """Straight distance of points to a chain of short edges. [m]"""
    p, c = earth_centred(points), earth_centred(chain)
    _, found = cKDTree(c).query(p, k=4)
    best = np.full(len(p), np.inf)
    for column in found.T:
        for first in (column - 1, column):
            first = np.clip(first, 0, len(c) - 2)
            along = c[first + 1] - c[first]
            size = np.maximum((along**2).sum(axis=1), 1e-12)
            share = np.clip(((p - c[first]) * along).sum(axis=1) / size, 0, 1)
            best = np.minimum(best, np.linalg.norm(p - c[first] - share[:, None] * along, axis=1))
    return best


def test_limits_of_some_states_only(ruler, rule_of, rng) -> None:
    rings = trace_limits(rule_of("osm-2017"), ["KAZ", "TKM"], BELT_M)
    assert_holds(rings, ruler("osm-2017", "KAZ", "TKM"), BELT_M, rng)


@pytest.mark.thorough
def test_a_pocket_smaller_than_what_corners_are_known_to_is_not_missed() -> None:
    # Eight islets around a pocket whose middle is 35 m from them all, gaps of 2 m between them.
    around = [fwd(*MIDDLE, azimuth, 55.0) for azimuth in np.arange(0.0, 360.0, 45.0)]
    rule = rule_in([("KAZ", disc(*centre, 20.0)) for centre in around])
    for distance_m, count in ((20.0, 2), (34.0, 2), (36.0, 1)):
        near = [
            ring
            for ring in trace_limits(rule, ["KAZ"], distance_m)
            if GEOD.inv(*MIDDLE, *ring.lon_lat[0])[2] < 1000.0
        ]
        assert len(near) == count
