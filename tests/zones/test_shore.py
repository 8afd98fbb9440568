"""Whose shore: land borders, islands, artificial land."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, border_termini, features, load_source, state_polygons
from tests.zones.ruler import GEOD, Ruler, fwd
from zones.baseline.shore import attribute_shore
from zones.baseline.termini import water_angle_deg
from zones.editions import building
from zones.errors import BaselineError
from zones.rule.rule import decide_many, make_rule
from zones.words import STATES

FULL = dict.fromkeys(STATES, 15.0)
PLACES = {  # on the mainland's shore or just inland
    "AZE": (49.87, 40.36),  # Baku
    "IRN": (51.40, 36.68),  # Nowshahr
    "KAZ": (51.14, 43.65),  # Aktau
    "RUS": (47.51, 42.98),  # Makhachkala
    "TKM": (52.97, 40.00),  # Turkmenbashi
}


@pytest.fixture(scope="module")
def shores():
    return {
        source_id: attribute_shore(load_source(source_id), border_termini(), features(), state_polygons())
        for source_id in SOURCE_IDS
    }


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_termini_are_vertices_nearest_to_the_published_points(shores, source_id) -> None:
    shore = shores[source_id]
    ring = shore.mainland.lon_lat
    ruler = Ruler(ring[:-1], ring[1:])
    assert sorted(t.pair for t in shore.termini) == sorted(t.pair for t in border_termini())
    for terminus, published in zip(shore.termini, border_termini(), strict=True):
        assert terminus.pair == published.pair
        at = np.flatnonzero((ring[:-1] == [terminus.lon, terminus.lat]).all(axis=1))
        assert len(at) == 1
        away = GEOD.inv(published.lon, published.lat, terminus.lon, terminus.lat)[2]
        assert terminus.moved_m == pytest.approx(away, abs=1e-6)
        assert (terminus.published_lon, terminus.published_lat) == (published.lon, published.lat)
        assert terminus.water_angle_deg == water_angle_deg(ring, int(at[0]))
        assert terminus.source == published.source
        if terminus.remark:
            assert "needle" in terminus.remark
            continue
        # A vertex within a metre of the nearest point is taken for it.
        nearest = ruler.distances([[published.lon, published.lat]])[0]
        assert away == pytest.approx(nearest, abs=1.0)


def test_a_border_does_not_end_on_a_needle(shores) -> None:
    (terminus,) = (t for t in shores["osm"].termini if t.pair == "IRN-TKM")
    assert terminus.water_angle_deg <= 300
    assert "needle" in terminus.remark
    assert terminus.moved_m < terminus.accuracy_m + 5000


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_each_state_has_one_stretch_of_the_mainland(shores, source_id) -> None:
    shore = shores[source_id]
    state = shore.mainland.state
    turns = np.flatnonzero(state != np.roll(state, 1))
    assert len(turns) == 5
    assert sorted({STATES[owner] for owner in state}) == list(STATES)
    # The State changes at the terminus of the two, and nowhere else.
    pairs = {(t.lon, t.lat): t.pair for t in shore.termini}
    for place in turns:
        pair = "-".join(sorted((STATES[state[place - 1]], STATES[state[place]])))
        assert pairs[tuple(shore.mainland.lon_lat[place])] == pair


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_towns_lie_on_the_shore_of_their_state(shores, source_id) -> None:
    mainland = shores[source_id].mainland
    ruler = Ruler(mainland.lon_lat[:-1], mainland.lon_lat[1:])
    for state, town in PLACES.items():
        measured = ruler.measure([town])
        assert measured.length_m[0] < 15_000
        assert STATES[mainland.state[measured.segment[0]]] == state


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_islands_belong_to_the_nearest_mainland_or_to_whom_is_known(shores, source_id) -> None:
    shore = shores[source_id]
    mainland = shore.mainland
    rulers = [
        Ruler(mainland.lon_lat[:-1][own], mainland.lon_lat[1:][own])
        for own in (mainland.state == number for number in range(5))
    ]
    known = [f for f in features() if f.kind == "island"]
    seen = set()
    for island in shore.islands[:60]:
        assert len(set(island.state)) == 1
        named = [f for f in known if f.holds(island.lon_lat)]
        if named:
            seen.add(named[0].name)
            assert STATES[island.state[0]] == named[0].state
            continue
        away = [ruler.distances(island.lon_lat).min() for ruler in rulers]
        assert island.state[0] == int(np.argmin(away))
    assert seen >= {"Kulaly", "Morskoy", "Ogurja Ada", "Tyuleniy"}


def test_no_natural_island_is_dropped(shores) -> None:
    for source_id, shore in shores.items():
        source = load_source(source_id)
        assert len(shore.islands) + len(shore.artificial) == len(source.islands)
        area = sum(shapely.Polygon(ring.lon_lat).area for ring in shore.islands)
        area += sum(shapely.Polygon(land.lon_lat).area for land in shore.artificial)
        given = sum(shapely.Polygon(ring).area for ring in source.islands)
        assert area == pytest.approx(given, rel=1e-5)  # between geodesics and chords


def test_pieces_of_the_shore_are_at_most_500_m_long(shores) -> None:
    for shore in shores.values():
        for ring in (shore.mainland, *shore.islands):
            lengths = GEOD.line_lengths(*ring.lon_lat.T)
            assert max(lengths) <= 500.0001
            assert (ring.lon_lat[0] == ring.lon_lat[-1]).all()


def test_artificial_land_is_set_apart_with_the_reason(shores) -> None:
    count = {}
    for land in shores["osm"].artificial:
        count[land.name] = count.get(land.name, 0) + 1
        assert "artificial" in land.kind
        assert land.reason
        assert land.source
    assert count == {
        "Neft Daslari (Oil Rocks)": 2,
        "Kashagan D": 1,
        "Kashagan, second structure": 1,
        "channel spoil islets (13)": 13,
    }
    states = {land.name: land.state for land in shores["osm"].artificial}
    assert states["Neft Daslari (Oil Rocks)"] == "AZE"
    assert states["Kashagan D"] == states["channel spoil islets (13)"] == "KAZ"
    assert [land.name for land in shores["osm-2017"].artificial] == ["Neft Daslari (Oil Rocks)"]
    assert shores["gshhg"].artificial == shores["dcw"].artificial == ()


@pytest.fixture(scope="module")
def kept_rule():
    return make_rule(building.baseline_of(load_source("osm"), keep_artificial=True), FULL)


def test_keeping_artificial_land_puts_it_on_the_baseline_and_still_lists_it(kept_rule, rule_of) -> None:
    with_it, without = kept_rule.baseline, rule_of("osm").baseline
    assert len(with_it.artificial) == len(without.artificial) == 17
    outlines = {tuple(vertex) for land in with_it.artificial for vertex in land.lon_lat.tolist()}
    assert outlines <= set(map(tuple, with_it.start.tolist()))
    assert not outlines & set(map(tuple, without.start.tolist()))


STRUCTURES = [("Neft Daslari (Oil Rocks)", 2), ("Kashagan", 2), ("channel spoil islets (13)", 13)]


@pytest.mark.parametrize(("name", "count"), STRUCTURES)
def test_artificial_land_makes_no_belt_of_its_own(name, count, rule_of, kept_rule, ruler) -> None:
    rule = rule_of("osm")
    lands = [a for a in rule.baseline.artificial if a.name.startswith(name)]
    assert len(lands) == count
    for land in lands:
        seaward = rule.baseline.sea
        middle = shapely.Polygon(land.lon_lat).centroid
        around = [fwd(middle.x, middle.y, azimuth, 2500.0) for azimuth in range(0, 360, 30)]
        outlines = Ruler(land.lon_lat[:-1], land.lon_lat[1:])
        points = np.array([p for p in around if seaward.contains(shapely.Point(p))])
        assert len(points) > 6
        near = outlines.distances(points)
        assert near.max() < 3000
        truth = ruler("osm").distances(points)
        found = decide_many(rule, *points.T)
        assert np.abs(found.length - truth).max() < 1e-3
        own = decide_many(kept_rule, *points.T)
        assert (own.length <= near + 1e-3).all()
        # The zone is the one of the natural coast, and not the one that the structure would make.
        expected = np.select([truth <= 15 * 1852.0, truth <= 25 * 1852.0], [1, 2], 3)
        assert np.array_equal(found.zone, expected)


def test_a_kilometre_off_neft_daslari_is_as_far_from_the_baseline_as_natural_land(rule_of, ruler) -> None:
    position = np.array([[50.89, 40.24]])  # a kilometre or so east of the fill
    found = decide_many(rule_of("osm"), *position.T)
    assert found.length[0] == pytest.approx(ruler("osm").distances(position)[0], abs=1e-3)
    assert found.length[0] > 15_000


def test_artificial_land_is_water(rule_of) -> None:
    rule = rule_of("osm")
    for land in rule.baseline.artificial:
        inside = shapely.Polygon(land.lon_lat).representative_point()
        found = decide_many(rule, np.array([inside.x]), np.array([inside.y]))
        assert found.zone[0] in (1, 2, 3)


def test_a_coast_that_does_not_reach_around_the_sea_is_refused() -> None:
    part = np.array([[51.0, 39.5], [52.5, 39.5], [52.5, 41.0], [51.0, 41.0], [51.0, 39.5]])
    source = replace(load_source("osm"), mainland=part, islands=())
    with pytest.raises(BaselineError, match="reach around the Caspian"):
        attribute_shore(source, border_termini(), features(), state_polygons())


def test_a_rough_coast_around_the_sea_is_enough() -> None:
    box = np.array([[46.8, 36.6], [54.3, 36.6], [54.3, 46.9], [46.8, 46.9], [46.8, 36.6]])
    source = replace(load_source("osm"), mainland=box, islands=())
    shore = attribute_shore(source, border_termini(), features(), state_polygons())
    assert {STATES[owner] for owner in shore.mainland.state} == set(STATES)


@pytest.mark.parametrize(
    ("before", "after", "angle"),
    [((0, -1), (0, 1), 180), ((0, -1), (-1, 0), 90), ((0, -1), (1, 0), 270)],
)
def test_the_angle_of_water_is_on_the_left_of_the_way(before, after, angle) -> None:
    here = np.array([50.0, 0.0])  # at the equator the degrees of both axes are nearly as long
    ring = np.array([here + 1e-4 * np.array(before), here, here + 1e-4 * np.array(after)])
    ring = np.vstack([ring, ring[:1]])
    assert water_angle_deg(ring, 1) == pytest.approx(angle, abs=0.01)
