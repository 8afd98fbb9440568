"""Straight and closing lines from a file: snapped, refused, and the waters behind them."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from coastlines import (
    StraightLine,
    border_termini,
    features,
    kara_bogaz_gol,
    load_source,
    read_straight_lines,
    state_polygons,
)
from tests.zones.basin import ruler_of
from tests.zones.ruler import GEOD, Ruler, fwd
from tests.zones.work import assert_whole_and_no_more_work
from zones.atlas.water import area_km2
from zones.baseline import straight_lines
from zones.baseline.shore import attribute_shore
from zones.baseline.straight_lines import cut_off_waters
from zones.editions import building
from zones.editions.store import Store
from zones.errors import BaselineError
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import densify_geodesics, densify_loxodromes
from zones.lines.partition import partition_sea
from zones.parameters import Parameters
from zones.rule.rule import decide_many, make_rule
from zones.words import ANSWERS, BASELINE_KINDS, KARA_BOGAZ_GOL_ID, KARA_BOGAZ_GOL_NAME, STATES

FULL = dict.fromkeys(STATES, 15.0)

# Shore points of the osm coast on both sides of a bay, one bay for each State.
SPANS = {
    "AZE": ((49.1047, 39.1413), (48.9941, 39.1838)),
    "IRN": ((53.9606, 36.8966), (54.0362, 36.8308)),
    "KAZ": ((52.5539, 42.7362), (52.5000, 42.8297)),
    "RUS": ((47.8824, 45.4650), (47.7796, 45.4159)),
    "TKM": ((53.5315, 39.9114), (53.5047, 40.0079)),
}


def write(path: Path, *lines, **properties) -> Path:
    members = [
        {
            "type": "Feature",
            "properties": {
                "state": "AZE", "kind": "straight", "line_type": "geodesic", **properties, **own
            },
            "geometry": {"type": "LineString", "coordinates": [list(map(float, p)) for p in line]},
        }
        for line, own in lines
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))
    return path


def baseline_with(path: Path, source_id: str = "osm"):
    return building.baseline_of(load_source(source_id), read_straight_lines(path))


def shore_point(ruler: Ruler, near):
    """The vertex of the shore nearest to a position."""
    number = ruler.measure([near]).segment[0]
    return tuple(ruler.start[number])


@pytest.fixture(scope="module")
def mainland():
    """Rulers over each State's natural baseline of the osm coast."""
    baseline = building.bundled_baseline("osm")
    return {state: ruler_of(baseline, state) for state in STATES}


@pytest.fixture(scope="module")
def lined(mainland, tmp_path_factory):
    """A rule with one straight baseline for every State, and the lines' ends."""
    ends = {
        state: (shore_point(mainland[state], a), shore_point(mainland[state], b))
        for state, (a, b) in SPANS.items()
    }
    lines = [(ends[state], {"state": state, "name": f"line {state}"}) for state in STATES]
    path = write(tmp_path_factory.mktemp("lines") / "straight.geojson", *lines)
    return make_rule(baseline_with(path), FULL), ends


def waters_of(rule, state):
    (found,) = (w for w in rule.baseline.enclosed if w.id == f"internal_waters-{state}")
    return found


@pytest.mark.parametrize("state", STATES)
def test_a_position_in_each_zone_of_each_state(lined, state, rng) -> None:
    rule, _ = lined
    lon, lat = rng.uniform(46.5, 55.0, 60_000), rng.uniform(36.5, 47.2, 60_000)
    found = decide_many(rule, lon, lat)
    own = found.state == STATES.index(state)
    for zone in ("territorial_waters", "fishery_zone", "land"):
        assert (own & (found.zone == ANSWERS.index(zone))).any(), zone
    waters = waters_of(rule, state)
    inside = max(waters.polygon.geoms, key=lambda part: part.area).representative_point()
    answer = decide_many(rule, np.array([inside.x]), np.array([inside.y]))
    assert ANSWERS[answer.zone[0]] == "internal_waters"
    assert STATES[answer.state[0]] == state
    assert ((found.zone == ANSWERS.index("common_maritime_space")) & (found.state == -1)).any()


def test_internal_waters_are_the_water_between_line_and_shore(lined, rng) -> None:
    rule, _ = lined
    sea_before = building.bundled_baseline("osm").sea
    own = Ruler(rule.baseline.start, rule.baseline.end)
    for state in STATES:
        waters = waters_of(rule, state)
        assert waters.state == state
        assert waters.polygon.is_valid
        box = waters.polygon.buffer(0.03).bounds
        lon, lat = rng.uniform(box[0], box[2], 1000), rng.uniform(box[1], box[3], 1000)
        inside = shapely.contains_xy(waters.polygon, lon, lat)
        found = decide_many(rule, lon, lat)
        assert inside.any()
        # The line is a geodesic; its drawing in pieces of 500 m leaves it by a centimetre.
        sure = own.distances(np.column_stack([lon, lat])) > 0.02
        internal = (found.zone == 0) & (found.state == STATES.index(state))
        assert np.array_equal(internal[sure], inside[sure])
        near = shapely.clip_by_rect(sea_before, *box)
        within = shapely.intersection(near, waters.polygon).area
        assert within == pytest.approx(waters.polygon.area, rel=1e-9)
    taken = sum(waters_of(rule, state).polygon.area for state in STATES)
    assert rule.baseline.sea.area + taken == pytest.approx(sea_before.area, rel=1e-9)


def test_distances_run_from_the_line(lined, ruler) -> None:
    rule, ends = lined
    for state in STATES:
        (ax, ay), (bx, by) = ends[state]
        line = densify_geodesics(np.array([[ax, ay], [bx, by]]), 400.0)
        azimuth, _, length = GEOD.inv(ax, ay, bx, by)
        mx, my = fwd(ax, ay, azimuth, length / 2)
        sea = rule.baseline.sea
        for side in (-90.0, 90.0):
            position = fwd(mx, my, azimuth + side, 200.0)
            if not sea.contains(shapely.Point(position)):
                continue
            found = decide_many(rule, *np.array([position]).T)
            away = Ruler(line[:-1], line[1:]).distances([position])[0]
            if ruler("osm").distances([position])[0] > 300.0:
                assert found.length[0] == pytest.approx(away, abs=1e-3)
                assert BASELINE_KINDS[rule.baseline.kind[found.segment[0]]] == "straight"
                assert STATES[found.state[0]] == state
                break
        else:
            pytest.fail(f"no open water beside the line of {state}")


def test_the_shore_behind_a_line_is_no_baseline_any_more(lined) -> None:
    rule, _ = lined
    for state in STATES:
        ruler = ruler_of(rule.baseline, state)
        inner = waters_of(rule, state).polygon.buffer(-1e-5)
        inside = inner.representative_point()
        answer = decide_many(rule, np.array([inside.x]), np.array([inside.y]))
        truth = ruler.distances([[inside.x, inside.y]])[0]
        assert answer.length[0] == pytest.approx(truth, abs=1e-3)


def test_the_whole_sea_is_parted_with_lines_in_use(lined) -> None:
    rule, _ = lined
    partition = partition_sea(rule)
    zones = [*partition.polygons.values(), *(w.polygon for w in rule.baseline.enclosed)]
    assert all(zone.is_valid for zone in zones)
    parts = shapely.get_parts([shapely.multipolygons(list(shapely.get_parts(z))) for z in zones])
    assert shapely.coverage_is_valid(shapely.get_parts(list(partition.polygons.values())))
    assert len(parts) >= 11
    total = sum(abs(GEOD.geometry_area_perimeter(p)[0]) for p in partition.polygons.values())
    assert total == pytest.approx(abs(GEOD.geometry_area_perimeter(partition.sea)[0]), rel=1e-6)


def test_ends_are_snapped_to_the_shore_and_it_is_said_how_far(mainland, tmp_path) -> None:
    first, second = (shore_point(mainland["KAZ"], p) for p in SPANS["KAZ"])
    azimuth = GEOD.inv(*first, *second)[0]
    moved = fwd(*first, azimuth + 180.0, 120.0), fwd(*second, azimuth, 35.0)
    baseline = baseline_with(write(tmp_path / "l.geojson", (moved, {"state": "KAZ"})))
    (line,) = (line for line in baseline.straight_lines if line.state == "KAZ")
    ruler = mainland["KAZ"]
    for wanted, used, said in (
        (moved[0], line.coordinates[0], line.snapped_start_m),
        (moved[1], line.coordinates[-1], line.snapped_end_m),
    ):
        assert GEOD.inv(*wanted, *used)[2] == pytest.approx(said, abs=1.01)
        assert said == pytest.approx(ruler.distances([wanted])[0], abs=1.0)
        assert ruler.distances([used])[0] < 0.01
        # A vertex of the shore now: line and shore share it bit for bit.
        assert (baseline.start == used).all(axis=1).sum() >= 1
        assert np.isin(np.flatnonzero((baseline.end == used).all(axis=1)),
                       np.arange(len(baseline.end))).any()  # fmt: skip


def test_an_end_within_reach_is_snapped_and_beyond_it_refused(mainland, tmp_path) -> None:
    first = shore_point(mainland["KAZ"], (52.45, 41.95))
    open_sea = np.array((51.5, 42.5))
    ruler = ruler_of(building.bundled_baseline("osm"))
    measured = ruler.measure([open_sea])
    east, north = measured.towards[0]
    azimuth = float(np.degrees(np.arctan2(east, north)))
    for wanted, accepted in ((499.0, True), (501.0, False), (2500.0, False)):
        end = fwd(*open_sea, azimuth, measured.length_m[0] - wanted)
        assert ruler.distances([end])[0] == pytest.approx(wanted, abs=0.01)
        path = write(tmp_path / "l.geojson", ((first, end), {"state": "KAZ", "name": "far"}))
        if accepted:
            line = baseline_with(path).straight_lines[0]
            assert line.snapped_end_m == pytest.approx(wanted, abs=1.0)
            continue
        with pytest.raises(BaselineError) as caught:
            baseline_with(path)
        message = str(caught.value)
        assert "end of straight line far of KAZ" in message
        assert float(re.search(r"lies (\d+) m", message)[1]) == pytest.approx(wanted, abs=1)
        assert "within 500 m" in message
        assert "\n" not in message


def test_lines_that_cross_are_refused(mainland, tmp_path) -> None:
    ruler = mainland["KAZ"]
    points = [shore_point(ruler, p) for p in ((51.75, 42.85), (51.95, 42.80), (52.45, 42.30))]
    other = shore_point(ruler, (52.40, 42.05))
    path = write(
        tmp_path / "l.geojson",
        ((points[0], points[2]), {"state": "KAZ", "name": "one"}),
        ((points[1], other), {"state": "KAZ", "name": "two"}),
    )
    with pytest.raises(BaselineError, match=r"one of KAZ and two of KAZ cross at 5\d\.\d+, 4"):
        baseline_with(path)
    twice = write(
        tmp_path / "twice.geojson",
        ((points[0], points[2]), {"state": "KAZ", "name": "one"}),
        ((points[0], points[2]), {"state": "KAZ", "name": "two"}),
    )
    with pytest.raises(BaselineError, match="one of KAZ and two of KAZ are one line"):
        baseline_with(twice)


def test_lines_that_share_an_end_are_taken(mainland, tmp_path) -> None:
    ruler = mainland["KAZ"]
    a, b, c = (shore_point(ruler, p) for p in ((51.85, 42.80), (52.40, 42.40), (52.45, 41.90)))
    path = write(tmp_path / "l.geojson", ((a, b), {"state": "KAZ"}), ((b, c), {"state": "KAZ"}))
    baseline = baseline_with(path)
    assert len(baseline.straight_lines) == 2
    assert len(waters_of(make_rule(baseline, FULL), "KAZ").polygon.geoms) >= 2


def test_a_line_with_both_ends_in_one_point_or_over_land_is_refused(mainland, tmp_path) -> None:
    here = shore_point(mainland["KAZ"], SPANS["KAZ"][0])
    near = fwd(*here, 0.0, 0.2)
    with pytest.raises(BaselineError, match="one point"):
        baseline_with(write(tmp_path / "l.geojson", ((here, near), {"state": "KAZ"})))


def test_a_loxodrome_is_no_geodesic(mainland, tmp_path) -> None:
    ends = [shore_point(mainland["KAZ"], p) for p in ((51.20, 43.20), (52.40, 42.40))]
    lines = {}
    for line_type in ("geodesic", "loxodrome"):
        path = write(tmp_path / f"{line_type}.geojson", (ends, {"state": "KAZ"}),
                     line_type=line_type)  # fmt: skip
        (line,) = (own for own in baseline_with(path).straight_lines if own.state == "KAZ")
        assert line.line_type == line_type
        lines[line_type] = line.coordinates
    bearings = GEOD.inv(*lines["loxodrome"][:-1].T, *lines["loxodrome"][1:].T)[0]
    assert np.ptp(bearings) < 0.01  # constant bearing
    bearings = GEOD.inv(*lines["geodesic"][:-1].T, *lines["geodesic"][1:].T)[0]
    assert np.ptp(bearings) > 0.2
    azimuth, _, length = GEOD.inv(*ends[0], *ends[1])
    for share in (0.25, 0.5, 0.75):
        at = fwd(*ends[0], azimuth, share * length)
        along = [Ruler(own[:-1], own[1:]).distances([at])[0] for own in lines.values()]
        assert along[0] < 1e-4
        assert along[1] > 20


def test_loxodromes_are_straight_lines_of_mercator() -> None:
    mercator = Transformer.from_crs("EPSG:4326", "EPSG:3395", always_xy=True)
    line = densify_loxodromes(np.array([[49.0, 38.0], [52.0, 44.0], [52.0, 40.0], [50, 40]]), 1000)
    x, y = mercator.transform(*line.T)
    drawn = shapely.LineString(np.column_stack(mercator.transform([49, 52, 52, 50], [38, 44, 40, 40])))
    assert shapely.distance(drawn, shapely.points(np.column_stack([x, y]))).max() < 1e-6
    assert max(GEOD.line_lengths(*line.T)) <= 1000.001


def test_geodesics_are_cut_evenly_and_their_vertices_kept() -> None:
    given = np.array([[49.0, 38.0], [52.0, 44.0], [52.001, 44.0]])
    line = densify_geodesics(given, 500.0)
    lengths = np.array(GEOD.line_lengths(*line.T))
    assert lengths.max() <= 500.0
    assert (line[0] == given[0]).all()
    assert (line[-1] == given[-1]).all()
    assert (line == given[1]).all(axis=1).any()
    assert lengths.sum() == pytest.approx(GEOD.line_length(*given.T), abs=1e-5)
    assert densify_geodesics(given[:1], 500.0) is not None
    assert np.array_equal(densify_geodesics(given[1:], 500.0), given[1:])


def test_a_line_to_a_lone_island_is_baseline_with_open_water_on_both_sides(mainland, tmp_path) -> None:
    # To Ogurja Ada's southern tip from the open sea's side of the Turkmen shore.
    island = shore_point(mainland["TKM"], (53.05, 38.74))
    shore = shore_point(mainland["TKM"], (53.8, 38.3))
    path = write(tmp_path / "l.geojson", ((shore, island), {"state": "TKM"}))
    rule = make_rule(baseline_with(path), FULL)
    assert not [w for w in rule.baseline.enclosed if w.id == "internal_waters-TKM"]
    azimuth, _, length = GEOD.inv(*shore, *island)
    middle = fwd(*shore, azimuth, length / 2)
    for side in (-90, 90):
        position = np.array([fwd(*middle, azimuth + side, 700.0)])
        found = decide_many(rule, *position.T)
        assert ANSWERS[found.zone[0]] == "territorial_waters"
        assert found.length[0] == pytest.approx(700.0, abs=0.01)
        assert BASELINE_KINDS[rule.baseline.kind[found.segment[0]]] == "straight"


@pytest.mark.parametrize("kind", ["closing_line", "harbour_works"])
def test_closing_lines_and_harbour_works(mainland, tmp_path, kind) -> None:
    ends = [shore_point(mainland["KAZ"], p) for p in SPANS["KAZ"]]
    path = write(tmp_path / "l.geojson", (ends, {"state": "KAZ", "kind": kind}))
    rule = make_rule(baseline_with(path), FULL)
    inside = waters_of(rule, "KAZ").polygon.representative_point()
    found = decide_many(rule, np.array([inside.x]), np.array([inside.y]))
    assert ANSWERS[found.zone[0]] == "internal_waters"
    azimuth, _, length = GEOD.inv(*ends[0], *ends[1])
    middle = fwd(*ends[0], azimuth, length / 2)
    for side in (-90, 90):
        found = decide_many(rule, *np.array([fwd(*middle, azimuth + side, 50.0)]).T)
        assert BASELINE_KINDS[rule.baseline.kind[found.segment[0]]] == kind


@pytest.mark.parametrize("source_id", ["osm", "osm-2017", "gshhg", "dcw"])
def test_kara_bogaz_gol_is_cut_off_by_its_closing_line_where_a_coast_shows_it(source_id) -> None:
    baseline = building.bundled_baseline(source_id)
    (lagoon,) = baseline.enclosed
    assert (lagoon.id, lagoon.state) == (KARA_BOGAZ_GOL_ID, "TKM")
    area = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(lagoon.polygon))[0]) / 1e6
    assert area == pytest.approx(17_110, abs=20)  # measured from the package
    closing = [line for line in baseline.straight_lines if line.kind == "closing_line"]
    assert len(closing) == (1 if source_id == "gshhg" else 0)
    for line in closing:
        assert line.coordinates[[0, -1]] == pytest.approx(kara_bogaz_gol().closing_line, abs=1e-7)
    assert not baseline.sea.intersects(shapely.Point(53.5, 41.3))


# Lines over headlands, from termini and along shores of the osm coast.
OVER_HEADLAND = ((49.5137932, 40.7478023), (49.6252451, 40.6172426), (49.6585396, 40.6155885))
FROM_TERMINI = {
    "KAZ-RUS": ("RUS", ((49.1991804, 46.3408841), (49.2328261, 46.2730548))),
    "AZE-RUS": ("RUS", ((48.5819644, 41.8485275), (48.5571955, 41.8669068))),
    "IRN-TKM": ("IRN", ((53.9626547, 37.3392068), (53.9765986, 37.3138646))),
}
TURNING_LINES = (
    ("AZE", ((48.5819644, 41.8485275), (48.582845, 41.8538892), (48.6189257, 41.8257023))),
    ("KAZ", ((52.4462352, 41.7619189), (52.4395939, 41.759808), (52.4536308, 41.7986322))),
)
ALONG_SHORE = ((53.9626547, 37.3392068), (53.929598876, 37.343054709))


def straight_line(state, points, **given):
    own = {"kind": "straight", "line_type": "geodesic", "name": None, **given}
    return StraightLine(state=state, coordinates=np.round(np.array(points, dtype=float), 7), **own)


def baseline_of(*lines):
    return building.baseline_of(load_source("osm"), lines)


def cut_of(shore, *lines):
    return cut_off_waters(shore, lines, kara_bogaz_gol())


@pytest.fixture(scope="module")
def shore():
    return attribute_shore(load_source("osm"), border_termini(), features(), state_polygons())


def test_water_behind_a_line_over_a_headland_is_internal(shore) -> None:
    rule = make_rule(baseline_of(straight_line("AZE", OVER_HEADLAND)), FULL)
    found = decide_many(rule, np.array([49.54621646]), np.array([40.68115426]))
    assert (ANSWERS[found.zone[0]], STATES[found.state[0]]) == ("internal_waters", "AZE")
    assert area_km2(waters_of(rule, "AZE").polygon) == pytest.approx(49.56, abs=0.01)
    legs = [straight_line("AZE", OVER_HEADLAND[n : n + 2], name=str(n)) for n in (0, 1)]
    whole, parts = cut_of(shore, straight_line("AZE", OVER_HEADLAND)), cut_of(shore, *legs)
    assert whole.sea.equals(parts.sea)
    assert shapely.equals(*(cut.waters[0].polygon for cut in (whole, parts)))


def test_a_line_from_a_terminus_divides_what_is_left_between_the_two_states() -> None:
    """Three lines at once, each at an end of the shore of two States of its own."""
    baseline = baseline_of(*(straight_line(state, points) for state, points in FROM_TERMINI.values()))
    rule = make_rule(baseline, FULL)
    for terminus, sides in zip(baseline.termini, rule.arrays.wedge_states, strict=True):
        assert sorted(STATES[side] for side in sides) == terminus.pair.split("-")
    lines = partition_sea(rule).equidistance
    for pair in FROM_TERMINI:
        (own,) = (terminus for terminus in baseline.termini if terminus.pair == pair)
        (line,) = (line for line in lines if line.pair == pair and "terminus" in (line.start, line.end))
        assert (own.lon, own.lat) in map(tuple, line.lon_lat[[0, -1]])
        beside = line.lon_lat[len(line.lon_lat) // 2]
        lengths = [ruler_of(baseline, one).distances([beside])[0] for one in pair.split("-")]
        assert lengths[0] == pytest.approx(lengths[1], abs=1e-3)


def test_lines_from_termini_do_not_move_the_sectors_of_other_shores(edition, tmp_path) -> None:
    """They turn the bisector of the open water, by up to 53 degrees; a line inland must not follow it."""
    lined = Store(tmp_path).build(
        Parameters(straight_lines=tuple(straight_line(*line) for line in TURNING_LINES))
    )
    positions = [(48.931740906, 38.02259006), (49.160989536, 37.680454970), (53.009761978, 46.563118158)]
    assert [lined.classify_one(lon=lon, lat=lat)["sector"] for lon, lat in positions] == ["IRN", "IRN", "KAZ"]
    termini = {(one.lon, one.lat) for one in edition.rule.baseline.termini}  # which belong to two States
    shore = np.array([one for one in edition.rule.baseline.start.tolist() if tuple(one) not in termini])
    lon, lat = shore[np.random.default_rng(7).integers(0, len(shore), 400)].T
    sectors = {one.properties["state"]: one.geometry for one in lined.collections["sectors"].features}
    found = lined.classify(lon=lon, lat=lat, fields=("sector",))["sector"]
    for point, state in zip(shapely.points(lon, lat), found, strict=True):
        assert state is None or shapely.distance(sectors[state], point) < 1e-6


def test_crossings_closer_together_than_vertices_are_told_apart_are_noded(shore) -> None:
    """It crosses the shore of Baku bay twice within 1.1e-7 degrees."""
    points = ((49.9539953, 40.3465343), (49.9485696, 40.3493608), (49.9437041, 40.3488293))
    for line_type in ("geodesic", "loxodrome"):
        cut = cut_of(shore, straight_line("AZE", points, line_type=line_type))
        assert sum(area_km2(waters.polygon) for waters in cut.waters) > 0.1
        assert_sides(cut)


def test_a_line_along_the_shore_cuts_nothing_off(shore) -> None:
    with pytest.raises(BaselineError, match="line 1 of TKM runs nowhere over water"):
        cut_of(shore, straight_line("TKM", ALONG_SHORE))


def test_a_name_decides_nothing(mainland) -> None:
    ends = [shore_point(mainland["TKM"], p) for p in SPANS["TKM"]]
    line = straight_line("TKM", ends, kind="closing_line", name=KARA_BOGAZ_GOL_NAME)
    plain = straight_line("TKM", ends, kind="closing_line", name="other")
    named, other = baseline_of(line), baseline_of(plain)
    assert [waters.id for waters in named.enclosed] == ["internal_waters-TKM", KARA_BOGAZ_GOL_ID]
    assert [area_km2(w.polygon) for w in named.enclosed] == [area_km2(w.polygon) for w in other.enclosed]


def test_lines_within_the_lagoon_leave_it_one_water() -> None:
    source = load_source("gshhg")
    plain = building.bundled_baseline("gshhg")
    (water,) = plain.enclosed
    inner = max(water.polygon.geoms, key=lambda part: part.area)
    west, south, east, north = inner.bounds
    across = shapely.LineString([(west, (south + north) / 2), (east, (south + north) / 2)])
    chord = max(shapely.get_parts(inner.intersection(across)), key=lambda part: part.length)
    line = straight_line("TKM", shapely.get_coordinates(chord))
    baseline = building.baseline_of(source, [line])
    (found,) = baseline.enclosed
    assert found.id == KARA_BOGAZ_GOL_ID
    assert found.polygon.is_valid
    assert found.polygon.area == pytest.approx(water.polygon.area, rel=1e-9)


def test_a_line_landward_of_another_is_no_baseline(shore) -> None:
    outer = straight_line("AZE", OVER_HEADLAND[:2])
    ring = shore.mainland.lon_lat
    first, last = (int(np.abs(ring - np.array(point)).sum(axis=1).argmin()) for point in OVER_HEADLAND[:2])
    low, high = sorted((first, last))
    inner = straight_line("AZE", (ring[low + (high - low) // 3], ring[low + 2 * (high - low) // 3]))
    one, two = cut_of(shore, outer), cut_of(shore, outer, inner)
    assert one.sea.equals(two.sea)
    assert one.waters[0].polygon.area == pytest.approx(two.waters[0].polygon.area, rel=1e-9)
    assert two.waters[0].polygon.is_valid


@pytest.mark.parametrize(
    ("state", "points", "said"),
    [
        ("AZE", ((49.1047, 39.1413), (49.5, 39.3), (49.3, 39.5), (49.4, 39.1), (48.9941, 39.1838)), "itself"),
        ("AZE", ((49.1047, 39.1413), (49.3, 39.2), (49.1047, 39.1413)), "one point"),
        ("TKM", ((53.5315, 39.9114), (51.0, 43.9), (53.5047, 40.0079)), "meets the shore of KAZ at 5"),
    ],
)
def test_lines_that_no_state_can_draw_are_refused_in_words(shore, mainland, state, points, said) -> None:
    ends = [shore_point(mainland[state], point) for point in (points[0], points[-1])]
    line = straight_line(state, [ends[0], *points[1:-1], ends[1]])
    with pytest.raises(BaselineError, match=said) as caught:
        cut_of(shore, line)
    assert "\n" not in str(caught.value)


ROUND_AN_ISLAND_OF_AZE = (
    (48.8821891, 38.4422973), (49.03, 39.0), (49.14, 39.12), (49.25, 38.9), (48.95, 38.42), (48.8855, 38.425),
)  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_around_another_states_island_is_refused(shore, turned) -> None:
    points = ROUND_AN_ISLAND_OF_AZE[::-1] if turned else ROUND_AN_ISLAND_OF_AZE
    with pytest.raises(BaselineError, match=r"line round of IRN cuts off shore of AZE at 4[89]\.\d+, 3[89]"):
        cut_of(shore, straight_line("IRN", points, name="round"))


def test_a_line_around_another_states_line_is_refused(shore) -> None:
    """The shore of the island lies behind lines of its own State, which the line goes around."""
    area = shapely.Polygon(ROUND_AN_ISLAND_OF_AZE)
    within = [own for own in shore.islands if area.contains(shapely.Polygon(own.lon_lat))]
    largest = max(within, key=lambda own: shapely.Polygon(own.lon_lat).area)
    bare = replace(shore, islands=tuple(own for own in shore.islands if own not in within or own is largest))
    around = shapely.Polygon(largest.lon_lat).convex_hull.buffer(0.005)
    west, east = (largest.lon_lat[choose(largest.lon_lat[:, 0])] for choose in (np.argmin, np.argmax))
    ring = shapely.get_coordinates(around.exterior)
    halves = [
        ring[side * (ring[:, 1] - np.interp(ring[:, 0], *np.array([west, east]).T)) > 0] for side in (1, -1)
    ]
    own = [straight_line("AZE", [west, *half[half[:, 0].argsort()], east]) for half in halves]
    cut_of(bare, *own)
    with pytest.raises(
        BaselineError, match=r"straight line 3 of IRN cuts off straight line [12] of AZE at 4"
    ):
        cut_of(bare, *own, straight_line("IRN", ROUND_AN_ISLAND_OF_AZE))


def test_a_line_around_most_of_the_sea_is_refused_by_its_name(shore, mainland) -> None:
    inner = max(
        shapely.get_parts(building.bundled_baseline("osm").sea.buffer(-0.1)), key=lambda part: part.area
    )
    ring = shapely.get_coordinates(inner.exterior.simplify(0.02))[:-1]
    ring = np.roll(ring, -np.linalg.norm(ring - (51.5, 36.9), axis=1).argmin(), axis=0)
    ends = [shore_point(mainland["IRN"], ring[n]) for n in (0, -1)]
    line = straight_line("IRN", [ends[0], *ring, ends[1]], name="most")
    assert inner.area > 0.5 * building.bundled_baseline("osm").sea.area
    with pytest.raises(BaselineError, match=r"line most of IRN cuts off shore of [A-Z]{3} at \d+\.\d+, "):
        cut_of(shore, line)


def test_the_shores_are_converted_once_however_many_lines_there_are(shore, monkeypatch) -> None:
    converted = []

    def counted(lon_lat):
        converted.append(np.size(lon_lat) // 2)
        return to_earth_centred(lon_lat)

    monkeypatch.setattr(straight_lines, "to_earth_centred", counted)
    corners = sum(len(ring.lon_lat) for ring in (shore.mainland, *shore.islands))
    cut_of(shore, *(straight_line(state, ends) for state, ends in SPANS.items()))
    assert corners <= sum(converted) < corners + 100


def test_a_line_longer_than_all_shores_is_refused(shore) -> None:
    zigzag = [(50.5 + 0.5 * (n % 2), 39.0 + 2.0 * (n // 2 % 2)) for n in range(1000)]
    with pytest.raises(BaselineError, match=r"straight lines up to 1 of AZE are \d+ km long"):
        cut_of(shore, straight_line("AZE", zigzag * 200))


def test_a_line_of_a_thousand_vertices_is_used(shore, mainland) -> None:
    (ax, ay), (bx, by) = (shore_point(mainland["KAZ"], p) for p in ((51.20, 43.20), (52.40, 42.40)))
    share = np.linspace(0.0, 1.0, 1000)
    away = 0.002 * np.sin(40 * np.pi * share)
    line = straight_line(
        "KAZ", np.column_stack([ax + share * (bx - ax) - away, ay + share * (by - ay) - away])
    )
    assert_right(shore, line)


def assert_right(shore, *lines) -> None:
    """Waters cut off as by another method: the water less a hair's breadth of the lines falls apart."""
    cut = cut_of(shore, *lines)
    water = shapely.Polygon(shore.mainland.lon_lat, [ring.lon_lat for ring in shore.islands])
    taken = [own.polygon for own in cut.waters]
    assert cut.sea.area + sum(own.area for own in taken) == pytest.approx(water.area, rel=1e-7)
    assert all(own.is_valid for own in (cut.sea, *taken))
    hair_deg = 1e-6
    drawn = shapely.union_all([shapely.LineString(line.coordinates) for line in cut.lines]).buffer(hair_deg)
    apart = shapely.get_parts(shapely.difference(water, drawn))
    sea = max(apart, key=lambda part: part.area)
    shapely.prepare(cut.sea)
    for part in apart:
        if part is sea or (inside := part.buffer(-5 * hair_deg)).is_empty:
            continue
        at = max(shapely.get_parts(inside), key=lambda piece: piece.area).representative_point()
        assert sum(own.covers(at) for own in taken) == 1, at
        assert not cut.sea.covers(at)
    assert cut.sea.area == pytest.approx(sea.area, abs=1e-6 + hair_deg * drawn.length)
    assert_sides(cut)


def assert_sides(cut) -> None:
    """What lies left and right of every segment, told by the polygons."""
    polygons = [cut.sea, *(own.polygon for own in cut.waters)]
    for part in polygons:
        shapely.prepare(part)
    middle, along = 0.5 * (cut.segments.start + cut.segments.end), cut.segments.end - cut.segments.start
    length = np.linalg.norm(along, axis=1)
    long = length > 1e-6
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    for side, column in ((1, 2), (-1, 3)):
        at = (middle + side * 1e-7 * normal)[long]
        found = np.zeros(long.sum(), dtype=np.int64)
        for region, polygon in enumerate(polygons, start=1):
            found[shapely.contains_xy(polygon, at[:, 0], at[:, 1])] = region
        wrong = np.flatnonzero(found != cut.segments.columns[long, column])
        # Another shore may lie within a centimetre of a few segments.
        assert len(wrong) <= 3, at[wrong[:3]]


share = st.floats(0.0, 1.0)
middle_point = st.tuples(st.sampled_from(["shore", "segment", "near", "free"]), share, st.floats(-0.05, 0.05))


@st.composite
def lines_over_shores(draw):
    """A State, where on its shore a line begins (or at which end of it), how far on it ends, and between."""
    return (
        draw(st.sampled_from(STATES)),
        draw(st.one_of(share, st.sampled_from([-1.0, -2.0]))),
        draw(st.integers(2, 600)),
        draw(st.lists(middle_point, max_size=3)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def drawn_line(shore, state, begin, vertices, middles, turned, to_island):
    """The line that `lines_over_shores` describes, its points from the shore's first to its last.

    ``to_island``: it ends on the nearest island of the State instead, where there is one.
    """
    ring = shore.mainland
    own = np.flatnonzero(ring.state == STATES.index(state))
    count = len(own) + 1
    first = {-1.0: 0, -2.0: count - 1}.get(begin, int(begin * (count - 1)))
    last = first + vertices if first + vertices < count else max(first - vertices, 0)
    low, high = sorted((int(own[0]) + first, int(own[0]) + last))
    stretch = ring.lon_lat[low : high + 1]
    points = [stretch[0]]
    for what, at, away in sorted(middles, key=lambda one: one[1]):
        place = at * (len(stretch) - 1)
        number = min(int(place), len(stretch) - 2)
        along = stretch[number + 1] - stretch[number]
        points.append({
            "shore": stretch[number],
            "segment": stretch[number] + (place - number) * along,
            "near": stretch[number] + away * 1e-4,
            "free": stretch[number] + np.array([away, away * (2 * at - 1)]),
        }[what])  # fmt: skip
    islands = [ring.lon_lat for ring in shore.islands if STATES[ring.state[0]] == state]
    if to_island and islands:
        shores = np.vstack(islands)
        points.append(shores[np.linalg.norm(shores - stretch[-1], axis=1).argmin()])
    else:
        points.append(stretch[-1])
    return straight_line(state, points[::-1] if turned else points)


@pytest.mark.thorough
@settings(max_examples=7)
@given(st.lists(lines_over_shores(), min_size=1, max_size=2))
def test_lines_over_headlands_and_bays_are_built_right_or_refused(shore, given_lines) -> None:
    lines = [drawn_line(shore, *one) for one in given_lines]
    try:
        cut_of(shore, *lines)
    except BaselineError as error:
        said = str(error)
        place = re.search(r" \d+\.\d+, \d+\.\d+|itself|one point|nowhere over water", said)
        event("refused" if place else f"refused without a place: {said}")
        if not place:
            raise
    else:
        event("built")
        assert_right(shore, *lines)


def random_lines(shore, seed):
    """A line of each State that can be used beside the others, every other one to an island."""
    rng = np.random.default_rng(seed)
    lines = []
    for number, state in enumerate(STATES):
        while len(lines) == number:
            begin = float(rng.choice([rng.uniform(), rng.uniform(), -1.0, -2.0]))
            middles = [
                (
                    str(rng.choice(["shore", "segment", "near", "free"])),
                    *rng.uniform((0.0, -0.05), (1.0, 0.05)),
                )
                for _ in range(rng.integers(0, 4))
            ]
            line = drawn_line(
                shore, state, begin, int(rng.integers(2, 600)), middles, rng.random() < 0.5, number % 2 == 0
            )
            with contextlib.suppress(BaselineError):
                cut_of(shore, *lines, line)
                lines.append(line)
    return tuple(lines)


@pytest.mark.thorough
def test_an_edition_of_random_lines_is_whole_and_no_more_work_than_others(shore, edition, tmp_path) -> None:
    lined = Store(tmp_path).build(Parameters(straight_lines=random_lines(shore, seed=2)))
    assert_whole_and_no_more_work(lined, edition)


@pytest.mark.parametrize(
    "faces", [[shapely.box(0, 0, 1, 2)], [shapely.box(0, 0, 2, 2), shapely.box(1, 0, 2, 2)]]
)
def test_water_that_does_not_add_up_is_refused_with_a_place_on_the_line(faces) -> None:
    line = np.array([shapely.LineString([[1.0, 0.0], [1.0, 2.0]])])
    with pytest.raises(BaselineError, match=r"do not cut the water .* near 1\.00000, [012]\.") as refused:
        straight_lines._refuse_lost_water(shapely.box(0, 0, 2, 2), np.array(faces), line)
    assert "5.0e-01" in str(refused.value)
