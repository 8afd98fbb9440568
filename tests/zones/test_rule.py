"""The rule at its special places."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, StraightLine, features, load_source
from tests.zones.basin import BELT_M, BOX, CAPE, CAPE_TIP, FULL, MIDDLE, basin, disc, islet, rule_in
from tests.zones.ruler import GEOD, fwd
from zones.editions import building
from zones.lines.partition import partition_sea
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS, BASELINE_KINDS, STATES

NM = 1852.0


def answer(rule, *positions):
    """(zone, State or None) of positions; one answer for one position."""
    lon, lat = np.array(positions, dtype=np.float64).T
    found = decide_many(rule, lon, lat)
    answers = [
        (ANSWERS[zone], STATES[state] if state >= 0 else None)
        for zone, state in zip(found.zone, found.state, strict=True)
    ]
    return answers[0] if len(answers) == 1 else answers


@pytest.mark.parametrize("source_id", SOURCE_IDS)
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((49.60, 40.45), ("land", "AZE")),  # Absheron
        ((53.00, 36.50), ("land", "IRN")),  # Mazandaran
        ((52.00, 44.00), ("land", "KAZ")),  # Mangyshlak
        ((47.30, 42.80), ("land", "RUS")),  # Dagestan
        ((54.50, 40.00), ("land", "TKM")),  # Balkan
        ((53.50, 41.30), ("internal_waters", "TKM")),  # Kara-Bogaz-Gol
        ((53.90, 41.70), ("internal_waters", "TKM")),
        ((53.20, 41.00), ("internal_waters", "TKM")),
        ((50.60, 38.50), ("common_maritime_space", None)),
        ((34.00, 43.00), ("outside_caspian", None)),  # Black Sea
        ((37.00, 46.00), ("outside_caspian", None)),  # Sea of Azov
        ((59.50, 45.00), ("outside_caspian", None)),  # Aral Sea
        ((-51.00, -40.00), ("outside_caspian", None)),  # the other side of the earth
        ((0.00, 90.00), ("outside_caspian", None)),
        ((180.00, 0.00), ("outside_caspian", None)),
    ],
)
def test_places_everybody_knows(rule_of, source_id, place, expected) -> None:
    assert answer(rule_of(source_id), place) == expected


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_land_ends_100_km_from_the_water(rule_of, ruler, source_id) -> None:
    rule = rule_of(source_id)
    own = ruler(source_id)
    west = (46.2, 40.0)  # inland of Azerbaijan, far from any lake of the source
    for distance, zone in ((99_990.0, "land"), (100_010.0, "outside_caspian")):
        low, high = 40.0, 49.5
        for _ in range(40):  # the longitude that far from the shore
            middle = 0.5 * (low + high)
            away = own.distances([[middle, west[1]]])[0]
            low, high = (middle, high) if away > distance else (low, middle)
        assert own.distances([[low, west[1]]])[0] == pytest.approx(distance, abs=0.01)
        found = answer(rule, (low, west[1]))
        assert found == (zone, "AZE" if zone == "land" else None)


def test_belts_from_a_straight_shore() -> None:
    rule = rule_in()
    for metres, expected in (
        (1.0, ("territorial_waters", "AZE")),
        (BELT_M - 0.001, ("territorial_waters", "AZE")),
        (BELT_M + 0.001, ("fishery_zone", "AZE")),
        (25 * NM - 0.001, ("fishery_zone", "AZE")),
        (25 * NM + 0.001, ("common_maritime_space", None)),
    ):
        # The shore is a meridian, so the way due east from it is square to it.
        assert answer(rule, fwd(48.0, 40.5, 90.0, metres)) == expected
    assert answer(rule, fwd(48.0, 40.5, 270.0, 1.0)) == ("land", "AZE")


def test_on_a_limit_itself_the_inner_zone_wins() -> None:
    position = (48.2, 40.5)
    distance_nm = decide_many(rule_in(), *np.array([position]).T).length[0] / NM
    breadths = {
        "on it": distance_nm,
        "short of it": np.nextafter(distance_nm, 0),
    }
    found = {
        name: answer(rule_in(breadths={"AZE": float(breadth)}), position)
        for name, breadth in breadths.items()
    }
    # Products with 1852 may round: what counts is that breadth * 1852 >= distance is inside.
    length = decide_many(rule_in(), *np.array([position]).T).length[0]
    for name, breadth in breadths.items():
        inside = length <= breadth * NM
        assert found[name][0] == ("territorial_waters" if inside else "fishery_zone")
    assert {zone for zone, _ in found.values()} == {"territorial_waters", "fishery_zone"}


class TestCape:
    """Behind the tip of a cape both States are equally near; the bisector divides the wedge."""

    rule = rule_in(corners=CAPE)

    @pytest.fixture
    def bisector(self) -> float:
        to_north = GEOD.inv(*CAPE_TIP, 48.0, 42.2)[0]
        to_south = GEOD.inv(*CAPE_TIP, 48.0, 41.8)[0]
        return 0.5 * ((to_north % 360) + (to_south % 360)) - 180.0

    @pytest.mark.parametrize("metres", [10.0, 1000.0, 20_000.0, 27_000.0, 40_000.0, 46_000.0])
    def test_the_bisector_divides_the_wedge(self, bisector, metres) -> None:
        zone = "territorial_waters" if metres < BELT_M else "fishery_zone"
        for aside in (0.01, 1.0, 15.0, 60.0):
            north = fwd(*CAPE_TIP, bisector - aside, metres)
            south = fwd(*CAPE_TIP, bisector + aside, metres)
            assert answer(self.rule, north) == (zone, "RUS"), aside
            assert answer(self.rule, south) == (zone, "AZE"), aside

    def test_both_belts_reach_into_the_wedge(self, bisector) -> None:
        positions = np.array([fwd(*CAPE_TIP, bisector + a, 20_000.0) for a in (-30, 30)])
        found = decide_many(self.rule, *positions.T)
        assert found.length == pytest.approx([20_000.0] * 2, abs=1e-6)
        assert [STATES[state] for state in found.state] == ["RUS", "AZE"]
        assert [STATES[state] for state in found.other] == ["AZE", "RUS"]

    def test_outside_the_wedge_the_nearer_state_has_it(self, bisector) -> None:
        for azimuth, state in ((bisector - 100, "RUS"), (bisector + 100, "AZE")):
            assert answer(self.rule, fwd(*CAPE_TIP, azimuth, 5000.0))[1] == state

    def test_unequal_breadths_give_what_only_one_belt_reaches_to_it(self, bisector) -> None:
        rule = rule_in(corners=CAPE, breadths={"RUS": 3.0})
        north = bisector - 30.0
        assert answer(rule, fwd(*CAPE_TIP, north, 12 * NM)) == ("fishery_zone", "RUS")
        # Russia's belts end at 13 nm here; Azerbaijan's go on to 25 nm.
        assert answer(rule, fwd(*CAPE_TIP, north, 14 * NM)) == ("territorial_waters", "AZE")
        assert answer(rule, fwd(*CAPE_TIP, north, 20 * NM)) == ("fishery_zone", "AZE")


class TestUnequalBreadths:
    """Two islands 30 nm apart, one of a State with narrow belts."""

    west, east = (fwd(*MIDDLE, azimuth, 15 * NM) for azimuth in (270.0, 90.0))
    islands = (("RUS", islet(west, 270.0)), ("TKM", islet(east, 90.0)))

    def at(self, rule, nm_from_west):
        azimuth = GEOD.inv(*self.west, *self.east)[0]
        return answer(rule, fwd(*self.west, azimuth, nm_from_west * NM))

    def test_a_belt_that_no_other_reaches_is_not_cut(self) -> None:
        # Russia 1 nm (fishery to 11 nm), Turkmenistan 15 nm (fishery to 25 nm, 5 nm from Russia).
        rule = rule_in(self.islands, breadths={"RUS": 1.0})
        assert self.at(rule, 0.5) == ("territorial_waters", "RUS")
        assert self.at(rule, 4.9) == ("fishery_zone", "RUS")
        assert self.at(rule, 10.9) == ("fishery_zone", "RUS")  # nearer than Turkmenistan
        assert self.at(rule, 11.1) == ("fishery_zone", "TKM")  # nearer to Russia, out of its reach
        assert self.at(rule, 14.9) == ("fishery_zone", "TKM")
        assert self.at(rule, 15.1) == ("territorial_waters", "TKM")

    def test_where_belts_overlap_the_nearer_state_has_it(self) -> None:
        rule = rule_in(self.islands, breadths={"RUS": 8.0})
        assert self.at(rule, 7.9) == ("territorial_waters", "RUS")
        assert self.at(rule, 14.99) == ("fishery_zone", "RUS")
        assert self.at(rule, 15.01) == ("territorial_waters", "TKM")  # 14.99 nm from there

    def test_the_other_state_is_named_where_its_belt_reaches_too(self) -> None:
        rule = rule_in(self.islands, breadths={"RUS": 1.0})
        azimuth = GEOD.inv(*self.west, *self.east)[0]
        points = np.array([fwd(*self.west, azimuth, nm * NM) for nm in (4.9, 5.1, 10.9, 11.1)])
        found = decide_many(rule, *points.T)
        names = [STATES[other] if other >= 0 else None for other in found.other]
        assert names == [None, "TKM", "TKM", None]


@pytest.mark.parametrize(
    ("first", "second"), [("AZE", "TKM"), ("TKM", "AZE"), ("RUS", "KAZ"), ("IRN", "AZE")]
)
def test_an_exact_tie_goes_to_the_first_in_alphabetical_order(first, second) -> None:
    # Two islets mirrored in the meridian of 50 E; on it they are equally far to the last bit or
    # nearly: the exact tie is made by giving both islets the very same ring of vertices.
    here = fwd(*MIDDLE, 0.0, 5000.0)
    ring = islet(here, 0.0)
    rule = rule_in([(first, ring), (second, ring)])
    assert answer(rule, MIDDLE) == ("territorial_waters", min(first, second))


def test_distances_refer_to_the_own_state_and_to_the_nearest_where_there_is_none() -> None:
    island = disc(*MIDDLE, 1000.0)
    rule = rule_in([("IRN", island)], breadths={"IRN": 2.0})
    out = np.array([fwd(*MIDDLE, 0.0, 1000.0 + 20 * NM)])
    found = decide_many(rule, *out.T)
    assert (found.zone[0], found.state[0]) == (ANSWERS.index("common_maritime_space"), -1)
    assert found.length[0] == pytest.approx(20 * NM, abs=1.0)
    assert STATES[rule.baseline.state[found.segment[0]]] == "IRN"


def test_lone_islets_count_as_much_as_the_mainland() -> None:
    rule = rule_in([("KAZ", islet(MIDDLE, 0.0))])
    assert answer(rule, fwd(*MIDDLE, 200.0, BELT_M - 1)) == ("territorial_waters", "KAZ")
    assert answer(rule, fwd(*MIDDLE, 200.0, BELT_M + 1)) == ("fishery_zone", "KAZ")


def test_what_lies_on_an_island_is_land() -> None:
    rule = rule_in([("KAZ", disc(*MIDDLE, 3000.0))])
    assert answer(rule, MIDDLE) == ("land", "KAZ")
    assert answer(rule, fwd(*MIDDLE, 10.0, 2900.0)) == ("land", "KAZ")
    assert answer(rule, fwd(*MIDDLE, 10.0, 3001.0)) == ("territorial_waters", "KAZ")


def test_the_vertices_of_the_shore_are_told_from_both_sides() -> None:
    rule = rule_in()
    for lon, lat, _, _ in BOX:
        inward = GEOD.inv(lon, lat, *MIDDLE)[0]
        assert answer(rule, fwd(lon, lat, inward, 0.5))[0] == "territorial_waters"
        assert answer(rule, fwd(lon, lat, inward + 180, 0.5))[0] == "land"


def test_every_natural_island_of_the_table_is_land_of_its_state(rule_of) -> None:
    rule = rule_of("osm")
    for feature in features():
        if feature.kind != "island":
            continue
        rings = [ring for ring in load_source("osm").islands if feature.holds(ring)]
        for ring in rings[:3]:
            inside = shapely.Polygon(ring).representative_point()
            assert answer(rule, (inside.x, inside.y)) == ("land", feature.state), feature.name


@pytest.mark.parametrize(
    ("source_id", "breadths", "place", "expected"),
    [
        # 23.5 km inland of Turkmenistan's shore, whose belts end before that; 40 km from Iran's.
        ("osm-2017", {"TKM": 1.0}, (54.1353399, 37.6780891), ("land", "TKM")),
        # Water 20 km off Kazakhstan's shore, beyond its belts; 43 km from Turkmenistan's.
        ("dcw", {"KAZ": 0.2}, (52.18147, 42.09865), ("fishery_zone", "TKM")),
    ],
)
def test_land_and_water_do_not_depend_on_breadths(source_id, breadths, place, expected) -> None:
    baseline = building.bundled_baseline(source_id)
    assert answer(make_rule(baseline, {**FULL, **breadths}), place) == expected


@pytest.mark.parametrize("breadths", [{"KAZ": 0.2, "AZE": 7.0}, {"TKM": 1.0, "IRN": 3.0}])
def test_land_stays_land_and_of_its_state_whatever_the_breadths(breadths, rule_of, rng) -> None:
    narrow = make_rule(building.bundled_baseline("dcw"), {**FULL, **breadths})
    lon, lat = rng.uniform(46.0, 55.6, 50_000), rng.uniform(36.0, 47.8, 50_000)
    one, other = decide_many(rule_of("dcw"), lon, lat), decide_many(narrow, lon, lat)
    for code in (0, 4, 5):  # internal waters, land, outside
        here = one.zone == code
        assert np.array_equal(here, other.zone == code)
        assert np.array_equal(one.state[here], other.state[here])


class TestOnTheShoreItself:
    """A point on the shore is water, and on a line the internal waters behind it."""

    def test_every_vertex_of_the_default_coast(self, rule_of) -> None:
        rule = rule_of("osm")
        baseline = rule.baseline
        vertices = np.unique(np.vstack([baseline.start, baseline.end]), axis=0)
        found = decide_many(rule, vertices[:, 0].copy(), vertices[:, 1].copy())
        assert found.length[found.zone == ANSWERS.index("territorial_waters")].max() < 1e-6
        assert not np.isin(found.zone, [ANSWERS.index("land"), ANSWERS.index("outside_caspian")]).any()
        lagoon = found.region > 1
        assert (found.zone[lagoon] == ANSWERS.index("internal_waters")).all()
        assert (found.zone[~lagoon] == ANSWERS.index("territorial_waters")).all()

    def test_by_cells_as_by_the_rule(self, edition) -> None:
        baseline = edition.rule.baseline
        vertices = np.unique(baseline.start, axis=0)
        lon, lat = vertices[:, 0].copy(), vertices[:, 1].copy()
        found = decide_many(edition.rule, lon, lat)
        labels = edition.labels(lon=lon, lat=lat)
        assert (labels.zone == found.zone).all()
        assert (labels.state == found.state).all()

    def test_ends_and_middles_of_a_line_in_either_direction(self) -> None:
        ends = np.array([[48.0, 39.0], [48.5, 39.5], [48.0, 40.0]])
        for points in (ends, ends[::-1]):
            line = StraightLine("AZE", "straight", "geodesic", points)
            rule = make_rule(basin(straight=[line]), FULL)
            drawn = rule.baseline.kind == BASELINE_KINDS.index("straight")
            at = np.vstack([rule.baseline.start[drawn], rule.baseline.end[drawn]])
            found = decide_many(rule, at[:, 0].copy(), at[:, 1].copy())
            assert (found.zone == ANSWERS.index("internal_waters")).all()


class TestSharedVertices:
    """An island that touches another State's shore in a vertex."""

    @pytest.mark.parametrize(
        ("state", "azimuth", "size_m"), [("IRN", 90.0, 2000.0), ("KAZ", 150.0, 10.0), ("RUS", 90.0, 0.5)]
    )
    def test_the_sea_is_parted_as_the_rule_has_it(self, state, azimuth, size_m, rng) -> None:
        plain = basin()
        number = int(np.abs(plain.start - np.array([48.0, 41.0])).sum(axis=1).argmin())
        touched = tuple(plain.start[number].tolist())
        rule = rule_in([(state, islet(touched, azimuth, size_m))])
        partition = partition_sea(rule)
        pair = "-".join(sorted((state, "AZE")))
        begun = [line for line in partition.equidistance if line.pair == pair and line.start == "terminus"]
        assert sum(tuple(line.lon_lat[0]) == touched for line in begun) == 2
        assert max(len(line.points) for line in partition.equidistance) < 5000
        lon, lat = rng.uniform(48.0, 49.0, 20_000), rng.uniform(40.5, 41.5, 20_000)
        found = decide_many(rule, lon, lat)
        for (zone, owner), polygon in partition.polygons.items():
            inside = shapely.contains_xy(polygon, lon, lat)
            own = (found.zone == ANSWERS.index(zone)) & (
                found.state == (STATES.index(owner) if owner else -1)
            )
            assert (inside == own).all()
