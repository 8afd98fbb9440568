"""Treaty lines, reconstructed and provisional lines of the seabed, sectors, and modified lines."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from coastlines import TreatyError, features, read_treaty_points, treaty_lines
from tests.zones.basin import ruler_of
from tests.zones.ruler import Ruler
from zones.editions.building import bundled_baseline
from zones.errors import BaselineError, EffectError, ZonesError
from zones.geodesy.ellipsoid import to_earth_centred
from zones.lines.layers import blended_of_all
from zones.lines.tracing import away_from_foot
from zones.parameters import Parameters
from zones.seabed.effects import applied_effects, find_feature
from zones.seabed.modified_line import make_layers
from zones.seabed.sector_lines import draw_sector_lines, longest_by_pair, tripoints_by_states
from zones.seabed.sectors import cut_sectors, make_sector_index
from zones.words import STATES

GEOD = Geod(ellps="WGS84")
AUTHORITIES = Path(__file__).parents[1] / "authorities"

# Published shares of the seabed, percent: wpmr.ru 2014-04-02 and press, as quoted there. The proxies
# lie up to 2.1 points off: they follow shores of other levels, and the lines not agreed are drawn
# here by plain equidistance.
PUBLISHED_SHARES = {"KAZ": 29.0, "AZE": 20.5, "RUS": 19.0, "TKM": 17.5, "IRN": 14.0}
SHARE_TOLERANCE = {"KAZ": 2.0, "AZE": 2.0, "RUS": 3.0, "TKM": 2.2, "IRN": 1.0}


def _length_nm(edition, name):
    feature = next(f for f in edition.collections["sector_boundaries"].features if f.id == name)
    return GEOD.geometry_length(feature.geometry) / 1852


@pytest.mark.parametrize(
    ("name", "published_nm", "tolerance_nm"),
    [("KAZ-RUS-2", 320, 0.5), ("AZE-KAZ", 78, 2), ("AZE-RUS", 72, 2), ("KAZ-TKM-1", 57, 0.001)],
)
def test_lengths_published_by_sovereignlimits(edition, name, published_nm, tolerance_nm):
    assert _length_nm(edition, name) == pytest.approx(published_nm, abs=tolerance_nm)


def test_every_treaty_point_is_on_both_sectors_to_the_last_bit(edition):
    corners = {
        feature.properties["state"]: set(map(tuple, shapely.get_coordinates(feature.geometry).tolist()))
        for feature in edition.collections["sectors"].features
    }
    points = {pair: line.points.tolist() for pair, line in treaty_lines().items()}
    assert len(points["KAZ-RUS"]) == 39
    for pair, both in points.items():
        for point in both:
            for state in pair.split("-"):
                assert tuple(point) in corners[state], (pair, point, state)


def test_sectors_share_their_edges_and_cover_the_seabed(edition):
    sectors = [feature.geometry for feature in edition.collections["sectors"].features]
    assert len(sectors) == 5
    assert all(sector.is_valid for sector in sectors)
    parts = [part for sector in sectors for part in shapely.get_parts(sector)]
    assert shapely.coverage_is_valid(parts)
    area = sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in parts)
    sea = abs(GEOD.geometry_area_perimeter(edition.partition.sea)[0])
    assert area == pytest.approx(sea, rel=1e-9)


@pytest.mark.parametrize("coast", ["osm", "osm-2017", "gshhg", "dcw"])
def test_shares_are_near_the_published_ones(coast, rule_of, partition_of):
    rule, partition = rule_of(coast), partition_of(coast)
    seabed = draw_sector_lines(
        rule,
        longest_by_pair(partition.equidistance),
        tripoints_by_states(partition.tripoints),
        treaty_lines(),
        {},
    )
    sectors = cut_sectors(rule, seabed, make_sector_index(rule, seabed))
    areas = {state: abs(GEOD.geometry_area_perimeter(sector)[0]) for state, sector in sectors.items()}
    for state, published in PUBLISHED_SHARES.items():
        share = 100 * areas[state] / sum(areas.values())
        assert share == pytest.approx(published, abs=SHARE_TOLERANCE[state]), state


def test_classified_sector_is_the_polygon_that_holds_the_position(edition):
    random = np.random.default_rng(5)
    lon, lat = random.uniform(46.6, 54.8, 4000), random.uniform(36.5, 47.2, 4000)
    records = edition.classify(lon=lon, lat=lat)
    far = records["sector_boundary_distance_m"] > 1.0
    for number, state in enumerate(STATES):
        sector = edition.collections["sectors"].features[number]
        assert sector.properties["state"] == state
        inside = shapely.contains_xy(sector.geometry, lon, lat)
        wet = np.isin(records["zone"].astype(str), ["land", "outside_caspian"], invert=True)
        away_from_shore = records["baseline_distance_m"] > 1.0
        sure = far & wet & away_from_shore & (records["sector"] != np.array(None))
        assert ((records["sector"] == state) == inside)[sure].all()
    on_land = np.isin(records["zone"].astype(str), ["land", "outside_caspian"])
    assert (records["sector"][on_land] == np.array(None)).all()


def test_kara_bogaz_gol_is_in_no_sector(edition):
    record = edition.classify(lon=53.5, lat=41.3).rows()[0]
    assert record["zone"] == "internal_waters"
    assert record["sector"] is None
    assert record["sector_status"] is None


def test_reconstructed_line_keeps_its_rule(edition):
    line = next(line for line in edition.seabed.lines if line.pair == "AZE-KAZ")
    ends = treaty_lines()["AZE-KAZ"].points
    assert (line.lon_lat[0] == ends[0]).all()
    assert (line.lon_lat[-1] == ends[1]).all()
    rulers = {state: ruler_of(edition.rule.baseline, state) for state in ("AZE", "KAZ")}
    random = np.random.default_rng(3)
    place = random.choice(len(line.lon_lat), 60, replace=False)
    left = rulers["KAZ"].distances(line.lon_lat[place])
    right = rulers["AZE"].distances(line.lon_lat[place])
    assert np.abs(left - right - line.difference_m[place]).max() < 1e-3
    # The difference goes evenly from one end to the other and stays between them.
    low, high = sorted([line.difference_m[0], line.difference_m[-1]])
    assert (np.diff(line.difference_m) * np.sign(line.difference_m[-1] - line.difference_m[0]) > -1e-4).all()
    assert line.difference_m.min() >= low - 1e-3
    assert line.difference_m.max() <= high + 1e-3
    # Where a base point changes, both are as far.
    assert (line.segments[1:, 0] == line.segments[:-1, 1]).all()
    tree, turns = edition.rule.baseline.tree, 0
    for point, before, after in zip(
        to_earth_centred(line.lon_lat), line.segments[:, 0], line.segments[:, 1], strict=True
    ):
        for one, other in zip(before, after, strict=True):
            if one != other:
                away = [away_from_foot(tree, segment, *point)[0] for segment in (one, other)]
                assert abs(away[0] - away[1]) < 1e-5
                turns += 1
    assert turns > 10


def test_claimed_line_is_shown_on_request_only(edition):
    collection = edition.collections["sector_boundaries"]
    assert all(feature.properties["status"] != "claimed" for feature in collection.features)
    (claimed,) = collection.on_request
    assert claimed.id == "astara-hasanqoli"
    assert claimed.properties["status"] == "claimed"


def test_junctions_tell_how_far_equidistance_would_lie(edition):
    found = {j["states"]: j for j in edition.metadata["seabed_junctions"]}
    assert set(found) == {"AZE-KAZ-RUS", "AZE-KAZ-TKM", "AZE-IRN-TKM"}
    for name in ("AZE-KAZ-RUS", "AZE-KAZ-TKM"):
        junction = found[name]
        _, _, away = GEOD.inv(
            junction["lon"], junction["lat"], junction["equidistant_lon"], junction["equidistant_lat"]
        )
        assert away == pytest.approx(junction["equidistant_distance_m"], abs=1e-3)
        assert away > 1000


def test_turning_points_with_their_base_points(edition):
    rows = edition.turning_points("sector_boundaries")
    agreed = [row for row in rows if row["feature"] == "KAZ-RUS-2"]
    assert len(agreed) == 39
    assert all(row["base_point_1_lon"] is None for row in agreed)
    equidistant = [row for row in rows if row["feature"] == "AZE-TKM-2"]
    assert len(equidistant) > 10
    for row in equidistant:
        for number, distance in ((1, row["distance_m"]), (2, row["distance_2_m"])):
            base = row[f"base_point_{number}_lon"], row[f"base_point_{number}_lat"]
            _, _, measured = GEOD.inv(row["lon"], row["lat"], *base)
            assert measured == pytest.approx(distance, abs=1.5e-3)  # base points to 9 decimals
        assert row["distance_m"] == pytest.approx(row["distance_2_m"], abs=1e-3)


@pytest.fixture(scope="session")
def half(store):
    return store.build(Parameters("osm", effects={"Absheron islands": 0.5}))


@pytest.fixture(scope="session")
def none(store):
    return store.build(Parameters("osm", effects={"Absheron islands": 0.0}))


def _without_absheron(baseline):
    """Independent rulers: Azerbaijan's baseline with and without the islands east of 50.4 E."""
    box = find_feature(features(), "Absheron islands").bbox
    own = (baseline.state == STATES.index("AZE")) & baseline.is_baseline
    ends = np.stack([baseline.start, baseline.end])
    inside = ((ends >= box[:2]) & (ends <= box[2:])).all(axis=(0, 2))
    return (
        Ruler(baseline.start[own], baseline.end[own]),
        Ruler(baseline.start[own & ~inside], baseline.end[own & ~inside]),
    )


def _aze_tkm(edition):
    return [line for line in edition.seabed.lines if line.pair == "AZE-TKM"][-1]


@pytest.mark.thorough
def test_half_effect_is_the_mean_of_with_and_without(half):
    line = _aze_tkm(half)
    baseline = half.rule.baseline
    full, reduced = _without_absheron(baseline)
    other = ruler_of(baseline, "TKM")
    random = np.random.default_rng(11)
    place = random.choice(len(line.lon_lat) - 1, 200, replace=False)
    share = random.random((200, 1))
    at = line.lon_lat[place] * (1 - share) + line.lon_lat[place + 1] * share
    mean = 0.5 * (full.distances(at) + reduced.distances(at))
    assert np.abs(mean - other.distances(at)).max() < 0.1
    vertices = line.lon_lat[place]
    mean = 0.5 * (full.distances(vertices) + reduced.distances(vertices))
    assert np.abs(mean - other.distances(vertices)).max() < 1e-3


@pytest.mark.thorough
def test_no_effect_is_the_line_without_the_islands(none):
    line = _aze_tkm(none)
    _, reduced = _without_absheron(none.rule.baseline)
    other = ruler_of(none.rule.baseline, "TKM")
    gap = reduced.distances(line.lon_lat) - other.distances(line.lon_lat)
    assert np.abs(gap).max() < 1e-3


def test_full_effect_is_the_plain_line(store, edition):
    full = store.build(Parameters("osm", effects={"Chilov": 1.0, "Ogurja Ada": 1.0}))
    assert full.name == edition.name


@pytest.mark.whole
def test_what_is_assumed_stands_in_every_feature_and_record(half):
    text = "half effect of Absheron islands"
    assert half.assumptions == half.metadata["assumptions"] == text
    for collection in half.collections.values():
        assert {feature.properties["assumptions"] for feature in collection.everything} == {text}
    assert half.classify_one(lon=51.0, lat=40.0)["assumptions"] == text
    assert half.classify(lon=51.0, lat=40.0).rows()[0]["assumptions"] == text
    zones_alone = half.classify(lon=51.0, lat=40.0, fields=("assumptions",))
    assert zones_alone["assumptions"].tolist() == [text]


def test_effects_change_hands_and_move_lines(half, none, edition):
    for changed in (half, none):
        areas = changed.metadata["effect_on_sectors_km2"]
        assert sum(areas.values()) == pytest.approx(0, abs=1e-3)
        assert areas["sector-TKM"] > 100
        assert changed.metadata["effect_on_lines_m"]["AZE-TKM"] > 1000
        assert changed.metadata["effect_on_lines_m"]["AZE-KAZ"] == 0
    assert 0.4 < (
        half.metadata["effect_on_sectors_km2"]["sector-TKM"]
        / none.metadata["effect_on_sectors_km2"]["sector-TKM"]
    ) < 0.6  # fmt: skip


def test_an_island_at_a_tripoint_moves_it_and_keeps_the_sectors_whole(store):
    moved = store.build(Parameters("osm", effects={"Ogurja Ada": 0.25}))
    sectors = [part for f in moved.collections["sectors"].features for part in shapely.get_parts(f.geometry)]
    assert shapely.coverage_is_valid(sectors)
    assert moved.metadata["effect_on_lines_m"]["IRN-TKM"] > 1000
    south = [line for line in moved.seabed.lines if line.pair in ("AZE-IRN", "IRN-TKM", "AZE-TKM")]
    ends = {tuple(line.lon_lat[-1]) for line in south if line.pair != "AZE-TKM"}
    assert ends == {tuple(_aze_tkm(moved).lon_lat[-1])}


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_in_a_group_without_effect_an_island_keeps_its_own(edition, share):
    baseline = edition.rule.baseline
    box = find_feature(features(), "Chilov").bbox
    own = (baseline.state == STATES.index("AZE")) & baseline.is_baseline
    ends = np.stack([baseline.start, baseline.end])
    chilov = own & ((ends >= box[:2]) & (ends <= box[2:])).all(axis=(0, 2))
    group = find_feature(features(), "Absheron islands").bbox
    rest = own & ~((ends >= group[:2]) & (ends <= group[2:])).all(axis=(0, 2))
    without = Ruler(baseline.start[rest], baseline.end[rest])
    with_island = Ruler(baseline.start[rest | chilov], baseline.end[rest | chilov])
    at = np.array([[50.9, 40.3], [50.7, 40.35], [51.2, 40.0]])
    expected = share * with_island.distances(at) + (1 - share) * without.distances(at)
    for effects in (
        {"Absheron islands": 0, "Chilov": share},
        {"Chilov": share, "Absheron islands": 0},
    ):
        layers = make_layers(baseline, features(), applied_effects(effects))
        found = blended_of_all(layers, to_earth_centred(at))[:, STATES.index("AZE")]
        assert found == pytest.approx(expected, abs=2e-3)


def test_unknown_islands_are_refused_with_those_there_are(store, rule_of):
    with pytest.raises(EffectError, match=r"no island 'Atlantis': there are .*Chilov"):
        store.build(Parameters("osm", effects={"Atlantis": 0.5}))
    with pytest.raises(EffectError, match="not on this coast"):
        make_layers(rule_of("gshhg").baseline, features(), applied_effects({"Boyuk Zira": 0.5}))


@pytest.mark.parametrize("share", [-0.1, 1.01, float("nan"), float("inf")])
def test_effects_out_of_range_are_refused(share):
    with pytest.raises(EffectError, match="from 0"):
        Parameters(effects={"Chilov": share})


def test_a_given_treaty_table_becomes_the_agreed_line(store, tmp_path):
    table = tmp_path / "aze_rus.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["point", "latitude", "longitude"])
        rows.writerow([1, "42°33.6'N", "49°53.3'E"])
        rows.writerow([2, "42°10.0'N", "49°10.0'E"])
        rows.writerow([3, "41°55.5'N", "48°45.0'E"])
    changed = store.build(Parameters("osm", treaty_points={"AZE-RUS": str(table)}))
    parts = {
        f.id: f.properties for f in changed.collections["sector_boundaries"].features if "AZE-RUS" in f.id
    }
    statuses = [properties["status"] for properties in parts.values()]
    assert "agreed" in statuses
    assert "agreed_reconstructed" not in statuses
    agreed = next(line for line in changed.seabed.lines if line.pair == "AZE-RUS" and line.status == "agreed")
    assert agreed.given[0].tolist() == [48.75, 41 + 55.5 / 60]
    corners = set(map(tuple, shapely.get_coordinates(changed.collections["sectors"].features[0].geometry)))
    assert (round(49 + 10 / 60, 7), round(42 + 10 / 60, 7)) in corners


def test_unknown_pairs_and_bad_tables_are_refused(tmp_path):
    with pytest.raises(ZonesError, match="no line 'KAZ-IRN'"):
        Parameters(treaty_points={"KAZ-IRN": "points.csv"})
    bad = tmp_path / "bad.csv"
    for text, said in (
        ("", "columns"),
        ("point,latitude,longitude\n1,99°00.0'N,49°00.0'E\n2,42°00.0'N,49°00.0'E\n", "beyond 90 degrees"),
        ("point,latitude,longitude\n1,somewhere,49°00.0'E\n", "line 2"),
        (
            "point,latitude,longitude,latitude_deg,longitude_deg\n1,42°00.0'N,49°00.0'E,42.1,49\n",
            "is not latitude 42.1",
        ),
        ("point,latitude_deg,longitude_deg\n1,nan,49\n2,42,49\n", "no position"),
        ("point,latitude_deg,longitude_deg\n1,42,49\n2,42,49\n", "fewer than two"),
    ):
        bad.write_text(text, encoding="utf-8")
        with pytest.raises(TreatyError, match=said):
            read_treaty_points(bad)
    with pytest.raises(TreatyError, match="cannot be read"):
        read_treaty_points(tmp_path / "none.csv")


@pytest.mark.parametrize("column", ["point", "Point", " POINT"])
@pytest.mark.parametrize("written", ["{}", "{}.0", "T{}", "point {}"])
def test_treaty_points_stand_in_the_order_of_their_numbers(tmp_path, column, written):
    table = tmp_path / "points.csv"

    def read(*numbers):
        rows = [f"{written.format(n)},{42 - n / 10},49\n" for n in numbers]
        table.write_text(f"{column},latitude_deg,longitude_deg\n{''.join(rows)}", encoding="utf-8")
        return read_treaty_points(table).tolist()

    assert read(1, 3, 2, 4) == read(1, 2, 3, 4) == read(4, 3, 2, 1)
    assert len(read(*range(12, 1, -1))) == 11
    for numbers, said in (((1, 2, 2, 3), "line 3: point .*2.* occurs twice"), ((1, 2, 4), "4 comes after 2")):
        with pytest.raises(TreatyError, match=said):
            read(*numbers)


def test_points_that_are_named(tmp_path):
    table = tmp_path / "points.csv"

    def read(*names):
        rows = [f"{name},{42 - at / 10},49\n" for at, name in enumerate(names)]
        table.write_text(f"point,latitude_deg,longitude_deg\n{''.join(rows)}", encoding="utf-8")
        return read_treaty_points(table)[:, 1].tolist()

    in_place = [42 - at / 10 for at in range(4)]
    assert read("start", "1", "2", "end") == read("a", "c", "b", "d") == read("", "", "", "") == in_place
    for names, said in (
        (("start", "2", "1", "end"), "point 1 comes after 2"),
        (("A1", "B2", "A4", "B3"), "point 4 comes after 2"),
        (("start", "end", "", "4"), "line 4: the point has no number"),
        (("start", "b", "start", "d"), "line 2: point start occurs twice"),
        (('"1', '2"', "3", "4"), "line 2"),
        (("1", '"2"x', "3", "4"), "line 3"),
        (("1,2", "3", "4", "5"), "line 2: more values"),
    ):
        with pytest.raises(TreatyError, match=said):
            read(*names)


def test_points_far_from_the_sea_are_refused(store, tmp_path):
    table = tmp_path / "swapped.csv"
    table.write_text("point,latitude_deg,longitude_deg\n1,49.888,42.56\n2,48.75,41.925\n", encoding="utf-8")
    with pytest.raises(ZonesError, match=r"point 1 of the table for AZE-RUS.*does not lie in the Caspian"):
        store.build(Parameters("osm", treaty_points={"AZE-RUS": str(table)}))


def test_line_types_not_stated_cost_what_is_said(edition):
    agreed = next(line for line in edition.seabed.lines if line.status == "agreed")
    assert agreed.line_type == "not stated"
    # Loxodromes between the 39 points, drawn here in the Mercator projection of pyproj.
    mercator = Transformer.from_crs("EPSG:4326", "EPSG:3395", always_xy=True)
    worst = 0.0
    for start, end in zip(agreed.given[:-1], agreed.given[1:], strict=True):
        x, y = mercator.transform([start[0], end[0]], [start[1], end[1]])
        share = np.linspace(0, 1, 20001)
        lon, lat = mercator.transform(
            x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0]), direction="INVERSE"
        )
        azimuth, _, length = GEOD.inv(*start, *end)
        lon0, lat0, _ = GEOD.fwd(*start, azimuth, length / 2)
        _, _, away = GEOD.inv(lon, lat, np.full(20001, lon0), np.full(20001, lat0))
        worst = max(worst, min(away))
    assert worst == pytest.approx(agreed.line_type_effect_m, abs=2.0)


def test_datums_not_stated_cost_what_is_said(edition):
    lines = {feature.id: feature.properties for feature in edition.collections["sector_boundaries"].features}
    assert lines["KAZ-RUS-2"]["datum"] == "not stated"
    # Pulkovo 1942 to WGS84 by the parameters of GOST R 51794-2001: 23.92, -141.27, -80.9 m, 0, 0.35,
    # 0.82 seconds, -0.12 ppm; pyproj's own choice of parameters differs by some metres.
    shift = "+proj=longlat +ellps=krass +towgs84=23.92,-141.27,-80.9,0,0.35,0.82,-0.12"
    points = treaty_lines()["KAZ-RUS"].points
    lon, lat = Transformer.from_crs(shift, "EPSG:4326", always_xy=True).transform(*points.T)
    _, _, away = GEOD.inv(*points.T, lon, lat)
    assert lines["KAZ-RUS-2"]["datum_effect_m"] == pytest.approx(max(away), abs=10)
    assert lines["AZE-TKM-2"]["datum_effect_m"] is None


def test_bundled_baselines_are_shared():
    assert bundled_baseline("osm") is bundled_baseline("osm")


def test_a_straight_line_on_another_states_shore_is_refused(store, tmp_path):
    file = tmp_path / "lines.geojson"
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"state": "KAZ", "kind": "closing_line", "line_type": "geodesic"},
                        "geometry": {
                            "type": "LineString",
                            "coordinates": [[49.837, 40.313], [49.983, 40.331]],
                        },
                    }
                ],
            }
        ),
        encoding="utf-8",
    )
    with pytest.raises(BaselineError, match="is on the shore of AZE"):
        store.build(Parameters("osm", straight_lines=str(file)))
