"""Routes and areas: against brute force, against the drawn lines, and by what must hold for any of them."""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zones.basin import CAPE, FULL, rule_in
from tests.zones.ruler import GEOD, Ruler, fwd
from zones.arrays import read_only
from zones.baseline.baseline import LAND_REGION
from zones.baseline.bisectors import bisector_azimuth_deg, terminus_vertices
from zones.classification.measuring import make_ground
from zones.classification.nearest_limit import make_limit_index
from zones.crossings.area import RELATIVE_BOUND, AreaCrossings
from zones.crossings.input import CrossingError, Route, TooManyLegsError, count_positions, read_geometry
from zones.crossings.march import CUT_M, RESOLUTION_M, march_along, zone_of
from zones.crossings.path import make_path, position
from zones.crossings.route import ARTICLE_14_NOTE, RouteCrossings, cross
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import densify_geodesics
from zones.geodesy.nearest import nearest_of_groups
from zones.geodesy.segment_tree import Sides
from zones.lines.partition import partition_sea
from zones.rule.rule import decide_many
from zones.seabed.sectors import SectorIndex
from zones.words import ANSWERS, KARA_BOGAZ_GOL_ID, STATES

STEP_M = 10.0
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def line(*points):
    return {"type": "LineString", "coordinates": [list(map(float, point)) for point in points]}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[list(map(float, p)) for p in ring] for ring in rings]}


def random_route(rng, vertices):
    return np.column_stack([rng.uniform(46.8, 54.2, vertices), rng.uniform(36.6, 47.0, vertices)])


def lagoon_region(rule):
    for number, waters in enumerate(rule.baseline.enclosed, start=2):
        if waters.id == KARA_BOGAZ_GOL_ID:
            return number
    raise AssertionError


def sampled(edition, lon_lat):
    """Every 10 m along the route: place [m], zone and State, sector."""
    dense = densify_geodesics(lon_lat, STEP_M)
    _, _, steps = GEOD.inv(dense[:-1, 0], dense[:-1, 1], dense[1:, 0], dense[1:, 1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    found = decide_many(edition.rule, dense[:, 0], dense[:, 1])
    sector, _, _ = edition.sectors.locate(to_earth_centred(dense))
    dry = (found.region == LAND_REGION) | (found.region == lagoon_region(edition.rule))
    return along, found.zone * 8 + found.state + 1, np.where(dry, -1, sector)


def runs(along, codes):
    """Stretches of equal answers: answer, start, end; between two samples the change is halfway."""
    change = np.flatnonzero(np.diff(codes)) + 1
    marks = [along[0], *(0.5 * (along[change - 1] + along[change])), along[-1]]
    return [
        (int(codes[first]), start, end)
        for first, start, end in zip([0, *change], marks[:-1], marks[1:], strict=True)
    ]


def without_short(stretches, least_m):
    """The stretches that are not short, neighbours of one answer joined."""
    kept = []
    for code, start, end in stretches:
        if end - start < least_m:
            continue
        if kept and kept[-1][0] == code:
            kept[-1] = (code, kept[-1][1], end)
        else:
            kept.append((code, start, end))
    return kept


def assert_same_stretches(ours, theirs):
    """The same sequence but for short stays, and every length within 20 m.

    A stay whose length is so close to 20 m that the samples cannot tell which side it is on is
    tried both ways.
    """
    for least in (20.0, 40.0, 80.0):
        mine, brute = without_short(ours, least), without_short(theirs, least)
        if [one[0] for one in mine] == [one[0] for one in brute]:
            break
    assert [one[0] for one in mine] == [one[0] for one in brute]
    for (_, start, end), (_, brute_start, brute_end) in zip(mine, brute, strict=True):
        assert abs((end - start) - (brute_end - brute_start)) < 20.0


def as_stretches(legs):
    return [
        (
            ANSWERS.index(leg.zone) * 8 + (STATES.index(leg.state) + 1 if leg.state else 0)
            if leg.kind == "zone"
            else (STATES.index(leg.state) if leg.state else -1),
            leg.start_km * 1e3,
            leg.end_km * 1e3,
        )
        for leg in legs
    ]


@pytest.mark.parametrize("seed", range(6))
def test_random_routes_by_brute_force(edition, seed) -> None:
    route = random_route(np.random.default_rng(seed), 6)
    found = cross(edition, line(*route))
    along, zones, sectors = sampled(edition, route)
    assert_same_stretches(as_stretches(found.legs), runs(along, zones))
    assert_same_stretches(as_stretches(found.sector_legs), runs(along, sectors))
    _, _, edges = GEOD.inv(route[:-1, 0], route[:-1, 1], route[1:, 0], route[1:, 1])
    for legs in (found.legs, found.sector_legs):
        assert math.fsum(leg.length_m for leg in legs) == pytest.approx(math.fsum(edges), abs=1e-3, rel=0)
        for one, following in itertools.pairwise(legs):
            assert one.end_km == following.start_km
            assert (one.exit_lon, one.exit_lat) == (following.entry_lon, following.entry_lat)
            assert (one.zone, one.state) != (following.zone, following.state)


@pytest.fixture(scope="module")
def drawn_water(edition):
    """Ruler to limits, boundaries and every shore."""
    chains = [one.lon_lat for one in edition.partition.lines]
    baseline = edition.rule.baseline
    start = np.vstack([*(chain[:-1] for chain in chains), baseline.start])
    end = np.vstack([*(chain[1:] for chain in chains), baseline.end])
    return Ruler(start, end)


@pytest.fixture(scope="module")
def drawn_seabed(edition):
    chains = [one.lon_lat for one in edition.seabed.lines]
    baseline = edition.rule.baseline
    start = np.vstack([*(chain[:-1] for chain in chains), baseline.start])
    end = np.vstack([*(chain[1:] for chain in chains), baseline.end])
    return Ruler(start, end)


def test_cut_points_lie_on_drawn_lines_and_on_the_route(edition, drawn_water, drawn_seabed, rng) -> None:
    for _ in range(5):
        route = random_route(rng, 12)
        found = cross(edition, line(*route))
        for legs, ruler in ((found.legs, drawn_water), (found.sector_legs, drawn_seabed)):
            cuts = [leg for leg in legs[1:] if leg.entry_boundary is not None]
            places = np.array([(leg.entry_lon, leg.entry_lat) for leg in cuts])
            assert len(places)
            assert ruler.distances(places).max() < 0.2
        dense = densify_geodesics(route, 400.0)
        on_route = Ruler(dense[:-1], dense[1:])
        places = np.array([(leg.entry_lon, leg.entry_lat) for leg in (*found.legs, *found.sector_legs)])
        assert on_route.distances(places).max() < 0.001


def test_answers_change_at_the_cuts_to_a_millimetre(edition, rng) -> None:
    route = random_route(rng, 20)
    path = make_path(route)
    march = march_along(edition.classifier.ground, path, seabed=False)
    for shift, codes in ((-1e-3, march.codes[:-1]), (1e-3, march.codes[1:])):
        places = path.positions(march.cuts_m[1:-1] + shift)
        found = decide_many(edition.rule, places[:, 0], places[:, 1])
        same = found.zone.astype(int) * 8 + found.state + 1 == codes
        assert same.mean() > 0.99  # a touch of less than a metre may lie right beside a cut
    middles = path.positions(0.5 * (march.cuts_m[1:] + march.cuts_m[:-1]))
    found = decide_many(edition.rule, middles[:, 0], middles[:, 1])
    assert [zone_of(code) for code in march.codes] == list(
        zip(found.zone.tolist(), found.state.tolist(), strict=True)
    )


def test_positions_along_a_path_are_on_the_geodesic(rng) -> None:
    """As told, by pyproj; and as compiled code has them, which leave it by less than a hundredth of a cut."""
    for _ in range(200):
        lon, lat = rng.uniform(-180, 180), rng.uniform(-89, 89)
        to = fwd(lon, lat, rng.uniform(0, 360), 10 ** rng.uniform(-6, 6.69))
        path = make_path(np.array([[lon, lat], to]))
        along = rng.uniform(0, path.length_m, 3)
        azimuth, _, _ = GEOD.inv(lon, lat, *to)
        expected = np.array([fwd(lon, lat, azimuth, at) for at in along])
        assert GEOD.inv(*expected.T, *path.positions(along).T)[2].max() < 1e-8
        points = np.array([position(path.pieces, at) for at in along])
        assert np.linalg.norm(points - to_earth_centred(expected), axis=1).max() < CUT_M / 100


def test_the_ends_of_a_path_are_its_vertices() -> None:
    route = np.array([[50.0, 41.0], [51.1234567, 40.7654321], [51.0, 39.0]])
    path = make_path(route)
    assert np.array_equal(path.positions(path.along_m), route)


# Properties


routes = st.lists(
    st.tuples(st.floats(47, 54).map(lambda x: round(x, 6)), st.floats(36.6, 47).map(lambda x: round(x, 6))),
    min_size=2,
    max_size=6,
    unique=True,
)
examples = settings(max_examples=40, derandomize=True, deadline=None)


def close(first, second, least_m=5.0):
    ours, theirs = without_short(first, least_m), without_short(second, least_m)
    assert [one[0] for one in ours] == [one[0] for one in theirs]
    for (_, a, b), (_, c, d) in zip(ours, theirs, strict=True):
        assert b - a == pytest.approx(d - c, abs=2 * least_m, rel=0)


@examples
@given(route=routes)
def test_reversing_a_route_reverses_its_legs(edition, route) -> None:
    there, back = cross(edition, line(*route)), cross(edition, line(*route[::-1]))
    whole = there.length_m
    for first, second in ((there.legs, back.legs), (there.sector_legs, back.sector_legs)):
        turned = [(code, whole - end, whole - start) for code, start, end in as_stretches(second)][::-1]
        close(as_stretches(first), turned)
    assert set(there.article_14_states) == set(back.article_14_states)
    assert there.length_m == pytest.approx(back.length_m, abs=1e-6)


@examples
@given(route=routes, share=st.floats(0.01, 0.99))
def test_splitting_a_route_adds_up(edition, route, share) -> None:
    whole = cross(edition, line(*route))
    path = whole.paths[0]
    at = share * path.length_m
    place = path.positions(np.array([at]))[0]
    before = [tuple(v) for v, s in zip(path.lon_lat, path.along_m, strict=True) if s < at]
    after = [tuple(v) for v, s in zip(path.lon_lat, path.along_m, strict=True) if s > at]
    first, second = cross(edition, line(*before, place)), cross(edition, line(place, *after))
    assert first.length_m + second.length_m == pytest.approx(whole.length_m, abs=1e-3, rel=0)
    for name in ("totals", "sector_totals"):
        sums: dict = {}
        for total in (*getattr(first, name), *getattr(second, name)):
            sums[total.zone, total.state] = sums.get((total.zone, total.state), 0.0) + total.length_m
        for total in getattr(whole, name):
            assert sums.pop((total.zone, total.state)) == pytest.approx(total.length_m, abs=2.0, rel=0)
        assert sum(sums.values()) < 1.0  # touches that the whole route does not tell apart


@examples
@given(
    centre=st.tuples(st.floats(48, 53.5), st.floats(37, 46)),
    size_km=st.floats(0.5, 300),
    turn=st.floats(0, 90),
)
def test_the_parts_of_an_area_add_up(edition, centre, size_km, turn) -> None:
    corners = [fwd(*centre, turn + azimuth, size_km * 1e3) for azimuth in (0, 75, 170, 250)]
    found = cross(edition, polygon([*corners, corners[0]]))
    size, _ = GEOD.polygon_area_perimeter(*np.array(corners).T)
    assert found.area_km2 == pytest.approx(abs(size) / 1e6, rel=RELATIVE_BOUND)
    for parts in (found.totals, found.sector_totals):
        assert sum(part.area_km2 for part in parts) == pytest.approx(found.area_km2, rel=RELATIVE_BOUND)
        assert sum(part.share_percent for part in parts) == pytest.approx(100.0)
        for one, other in itertools.combinations([p.geometry for p in parts if p.geometry is not None], 2):
            assert one.intersection(other).area < 1e-9 * max(one.area, other.area)


@pytest.mark.parametrize("centre", [(50.6, 38.6), (51.0, 40.5), (50.6, 42.3)])
def test_parts_add_up_without_a_remainder_where_all_is_sea(edition, centre) -> None:
    corners = [fwd(*centre, azimuth, 40_000) for azimuth in (10, 100, 190, 280)]
    found = cross(edition, polygon([*corners, corners[0]]))
    assert "land_or_outside" not in {part.zone for part in found.totals}
    assert None not in {part.state for part in found.sector_totals}
    for parts in (found.totals, found.sector_totals):
        assert sum(part.area_km2 for part in parts) == pytest.approx(found.area_km2, rel=RELATIVE_BOUND)


def test_the_remainder_is_what_the_polygons_leave(edition) -> None:
    ring = [(49.0, 39.5), (51.0, 39.5), (51.0, 41.0), (49.0, 41.0), (49.0, 39.5)]
    found = cross(edition, polygon(ring))
    drawn = shapely.Polygon(densify_geodesics(np.array(ring), 100.0))
    zones = shapely.union_all([one.geometry for one in edition.collections["zones"].features])
    left = drawn.difference(zones)
    size = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(left))[0]) / 1e6
    (rest,) = (part.area_km2 for part in found.totals if part.zone == "land_or_outside")
    assert rest == pytest.approx(size, rel=1e-6)


def test_holes_are_taken_off(edition) -> None:
    shell = [(50.0, 38.0), (52.0, 38.0), (52.0, 39.5), (50.0, 39.5), (50.0, 38.0)]
    hole = [(50.5, 38.4), (51.0, 38.4), (51.0, 39.0), (50.5, 38.4)]
    whole, holed, cut = (cross(edition, polygon(*rings)) for rings in ((shell,), (shell, hole), (hole,)))
    assert isinstance(holed, AreaCrossings)
    assert holed.area_km2 == pytest.approx(whole.area_km2 - cut.area_km2, rel=1e-9)
    away = [(51.2, 38.4), (51.5, 38.4), (51.5, 39.0), (51.2, 38.4)]
    both = cross(
        edition,
        {"type": "MultiPolygon", "coordinates": [polygon(one)["coordinates"] for one in (hole, away)]},
    )
    alone = cross(edition, polygon(away))
    assert both.area_km2 == pytest.approx(cut.area_km2 + alone.area_km2, rel=1e-9)


# Particular routes


def test_what_a_leg_says(edition) -> None:
    found = cross(edition, line((52.0, 40.05), (50.5, 40.1)))
    assert [(leg.zone, leg.state) for leg in found.legs][-3:] == [
        ("common_maritime_space", None), ("fishery_zone", "AZE"), ("territorial_waters", "AZE"),
    ]  # fmt: skip
    inner = found.legs[-1]
    assert (inner.entry_boundary, inner.entry_status) == ("territorial_waters-AZE", "computed")
    assert inner.exit_boundary is inner.exit_status is None
    assert inner.legal_basis == "Convention, Art. 7"
    assert inner.length_nm == pytest.approx(inner.length_m / 1852)
    assert found.article_14_states == ("TKM", "AZE")
    for leg in found.sector_legs:
        assert leg.sector_status == "provisional"
        assert leg.delimited is False
        assert "AZE-TKM" in leg.remark
        assert "Art. 14" in leg.legal_basis
    assert any("AZE-TKM" in remark for remark in found.remarks)


def test_an_agreed_line_is_delimited(edition) -> None:
    found = cross(edition, line((48.4, 43.6), (50.6, 43.9)))
    assert found.article_14_states == ("RUS", "KAZ")
    assert [leg.delimited for leg in found.sector_legs] == [True, True]
    assert found.sector_legs[0].exit_boundary.startswith("KAZ-RUS")
    assert found.sector_legs[0].sector_status == "agreed"


def test_a_boundary_in_the_water_has_its_status(edition) -> None:
    found = cross(edition, line((48.85, 42.3), (49.3, 41.5)))
    crossed = {leg.exit_boundary: leg.exit_status for leg in found.legs}
    assert crossed.get("AZE-RUS") == "provisional"


def test_wholly_on_land_is_an_answer(edition) -> None:
    found = cross(edition, line((49.5, 40.5), (49.4, 40.6)))
    assert [leg.zone for leg in found.legs] == ["land"]
    assert found.article_14_states == ()
    assert "wholly on land" in found.remarks[0]
    assert found.sector_legs[0].remark == "no seabed of the Caspian"


def test_the_lagoon_has_a_zone_and_no_sector(edition) -> None:
    found = cross(edition, line((53.3, 41.2), (53.6, 41.4)))
    assert [(leg.zone, leg.state) for leg in found.legs] == [("internal_waters", "TKM")]
    assert [leg.state for leg in found.sector_legs] == [None]


def test_leaving_the_sea(edition) -> None:
    found = cross(edition, line((50.5, 42.0), (40.0, 44.0)))
    assert found.legs[-1].zone == "outside_caspian"
    assert found.legs[-1].entry_boundary is None
    assert "leaves the Caspian" in " ".join(found.remarks)


def test_across_the_antimeridian_by_the_short_way(edition) -> None:
    found = cross(edition, line((179.5, 40.0), (-179.5, 40.0)))
    assert found.length_m == pytest.approx(GEOD.inv(179.5, 40, -179.5, 40)[2])
    assert [leg.zone for leg in found.legs] == ["outside_caspian"]
    area = cross(edition, polygon([(179, 40), (-179, 40), (-179, 41), (179, 41), (179, 40)]))
    assert [(part.zone, part.share_percent) for part in area.totals] == [("land_or_outside", 100.0)]


def test_repeated_points_and_heights_are_dropped_and_said(edition) -> None:
    plain = cross(edition, line((50.0, 41.0), (51.0, 40.0)))
    odd = cross(edition, {"type": "LineString", "coordinates": [[50, 41, 3], [50, 41, 9], [51, 40, 0]]})
    assert [leg.as_dict() for leg in odd.legs] == [leg.as_dict() for leg in plain.legs]
    assert odd.route.repeated_points == 1
    assert odd.route.heights_dropped
    assert len(odd.remarks) == len(plain.remarks) + 2


def test_parts_run_on_in_kilometres(edition) -> None:
    first, second = line((50.0, 41.0), (51.0, 40.0)), line((50.5, 39.0), (51.5, 38.5))
    found = cross(edition, {"type": "MultiLineString",
                            "coordinates": [first["coordinates"], second["coordinates"]]})  # fmt: skip
    alone = [cross(edition, one) for one in (first, second)]
    assert [leg.part for leg in found.legs] == [0] * len(alone[0].legs) + [1] * len(alone[1].legs)
    assert found.length_m == pytest.approx(alone[0].length_m + alone[1].length_m)
    at = len(alone[0].legs)
    assert found.legs[at].start_km == pytest.approx(alone[0].length_m / 1e3)
    for leg, same in zip(found.legs[at:], alone[1].legs, strict=True):
        assert leg.length_m == pytest.approx(same.length_m, abs=1e-5)
        assert np.array_equal(found.line_of(leg)[0], alone[1].line_of(same)[0]) or np.allclose(
            found.line_of(leg)[0], alone[1].line_of(same)[0], atol=1e-9, rtol=0
        )


def test_places_are_compared_and_not_their_numbers(edition) -> None:
    found = cross(edition, line((170, 42), (180, 42), (-180, 42), (-170, 42), (-170, 42), (-160, 42)))
    assert found.route.repeated_points == 2
    assert len(found.route.parts[0]) == 4
    over = cross(edition, line((50, 80), (50, 90), (120, 90), (-130, 80)))
    assert over.route.repeated_points == 1
    assert over.length_m == pytest.approx(2 * GEOD.inv(50, 80, 50, 90)[2], abs=1e-6)
    ring = [(180, 42), (170, 42), (170, 43), (-180, 42)]
    closed = cross(edition, polygon([*ring[:3], ring[0]]))
    assert cross(edition, polygon(ring)).area_km2 == closed.area_km2


def test_a_leg_of_a_micrometre(edition) -> None:
    found = cross(edition, line((50, 41), (50, 41 + 1e-11), (50, 41 + 2e-11)))
    assert [leg.length_m for leg in found.legs] == [2e-6]
    shares = [total.share_percent for total in (*found.totals, *found.sector_totals)]
    assert shares == [100.0, 100.0]


def test_a_march_ends_by_its_checkpoint(edition, rng) -> None:
    calls = 0

    def checkpoint() -> None:
        nonlocal calls
        calls += 1
        if calls > 40:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        cross(edition, line(*random_route(rng, 2000)), checkpoint)
    assert calls == 41


def test_the_time_is_looked_at_all_along(edition) -> None:
    """While a route is laid out, marched along and named, every thousand or two pieces or legs."""
    turn = np.arange(1001)
    zigzag = np.column_stack([47.0 + 7.0 * (turn % 2), 37.0 + 9.5 * turn / 1000])
    calls = []
    found = cross(edition, line(*zigzag), lambda: calls.append(sys._getframe(1).f_code.co_name))
    count = len(found.legs) + len(found.sector_legs)
    assert calls.count("lay_out_edges") >= found.length_m / 100_000 / 2000
    assert calls.count("march_along") >= count / 500
    assert calls.count("_cuts") >= (count - 2) / 1000
    assert calls.count("_legs") >= count / 1000


def test_more_legs_than_allowed_are_refused(edition) -> None:
    route = line((52.4, 40.05), (50.5, 40.1))
    found = cross(edition, route)
    count = len(found.legs) + len(found.sector_legs)
    assert len(cross(edition, route, most_legs=count).legs) == len(found.legs)
    with pytest.raises(TooManyLegsError, match=f"more than {count - 1} legs"):
        cross(edition, route, most_legs=count - 1)


def codes_at(edition, path, along_m):
    """The rule's answers at distances along a path."""
    places = path.positions(along_m)
    found = decide_many(edition.rule, places[:, 0], places[:, 1])
    return found.zone.astype(int) * 8 + found.state + 1


def changes_by_the_rule(edition, path, step_m):
    """Where samples differ from the next, halved by the rule to 0.1 mm: before, after; and their codes."""
    along = np.append(np.arange(0.0, path.length_m, step_m), path.length_m)
    codes = codes_at(edition, path, along)
    at = np.flatnonzero(np.diff(codes))
    low, high, before = along[at], along[at + 1], codes[at]
    for _ in range(math.ceil(math.log2(step_m / 1e-4))):
        middle = 0.5 * (low + high)
        same = codes_at(edition, path, middle) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return low, high, codes


def through(lon, lat, azimuth, length_m):
    """A leg with its middle at a place."""
    return np.array([fwd(lon, lat, azimuth + 180, length_m / 2), fwd(lon, lat, azimuth, length_m / 2)])


def searched(edition):
    """Routes of many kinds: over the sea, grazing limits, at termini, off headlands, over the lagoon."""
    rng = np.random.default_rng(11)
    yield from (random_route(rng, 8) for _ in range(6))
    limits = [one.lon_lat for one in edition.partition.lines]
    for chain in limits[:12]:
        at = int(rng.integers(0, len(chain) - 1))
        azimuth = GEOD.inv(*chain[at], *chain[at + 1])[0]
        for turn, aside_m in ((0, 0.05), (0.01, 0.3), (2, 0.0)):
            yield through(*fwd(*chain[at], azimuth + 90, aside_m), azimuth + turn, 3000.0)
    for terminus in edition.rule.baseline.termini:
        for azimuth in (20, 75, 130):
            yield through(terminus.lon, terminus.lat, azimuth, 60_000.0)
    yield np.array([[52.7, 41.5], [54.5, 41.2], [53.0, 41.9]])


def test_no_cut_is_missed_and_each_is_where_the_rule_changes(edition) -> None:
    """By samples and halving, both asked of the rule alone."""
    for route in searched(edition):
        path = make_path(route)
        march = march_along(edition.classifier.ground, path, seabed=False)
        cuts = march.cuts_m[1:-1]
        low, high, _ = changes_by_the_rule(edition, path, min(50.0, path.length_m / 3000))
        for before, after in zip(low, high, strict=True):
            number = np.searchsorted(march.cuts_m, before) - 1
            told = np.abs(cuts - 0.5 * (before + after)).min(initial=np.inf)
            # On land two distances may differ by less than their last digit over some centimetres.
            on_land = {code // 8 for code in march.codes[max(number - 1, 0) : number + 2].tolist()} == {4}
            touch = told > 1e-3 and not change_lasts(edition, path, before, after)
            assert told < (0.1 if on_land else 1e-3) or touch
        near = np.array([codes_at(edition, path, cut + np.linspace(-1e-3, 1e-3, 21)) for cut in cuts])
        if len(near):
            assert np.all(np.ptp(near, axis=1) > 0)


def change_lasts(edition, path, before_m, after_m):
    """Whether the answers a metre before and behind differ, so that it is no touch."""
    ends = np.clip(np.array([before_m - 1.0, after_m + 1.0]), 0.0, path.length_m)
    return len(set(codes_at(edition, path, ends).tolist())) == 2


def grazing(edition):
    """Legs along limits, boundaries and shores, within some centimetres or at a slight angle."""
    rng = np.random.default_rng(3)
    baseline = edition.rule.baseline
    shores = [
        np.array([baseline.start[at], baseline.end[at]]) for at in rng.integers(0, len(baseline.start), 24)
    ]
    for chain in (*[one.lon_lat for one in edition.partition.lines][:12], *shores):
        at = int(rng.integers(0, len(chain) - 1))
        azimuth = GEOD.inv(*chain[at], *chain[at + 1])[0]
        for turn, aside_m in ((0.0, 0.03), (0.02, 0.0), (1.0, 0.0)):
            yield through(*fwd(*chain[at], azimuth + 90, aside_m), azimuth + turn, 2000.0)


def test_no_stay_is_passed_unseen_that_is_as_long_as_the_resolution(edition) -> None:
    """By the rule asked every quarter of a metre; and none is told that leads back sooner."""
    step_m, short = 0.25, 0
    for route in grazing(edition):
        path = make_path(route)
        march = march_along(edition.classifier.ground, path, seabed=False)
        assert march.resolution_m == RESOLUTION_M == 1.0
        along = np.arange(0.0, path.length_m, step_m)
        codes = codes_at(edition, path, along)
        ends = np.flatnonzero(np.diff(codes, prepend=-1, append=-1))
        for first, last in itertools.pairwise(ends):
            if (last - first - 1) * step_m >= march.resolution_m:
                middle = along[(first + last - 1) // 2]
                point = to_earth_centred(path.positions(np.array([middle])))
                lengths, _, _ = nearest_of_groups(edition.rule.baseline.tree, point, np.arange(5))
                if np.ptp(np.sort(lengths[0])[:2]) < 1e-6:  # the last digit decides between two States
                    continue
                assert march.codes[np.searchsorted(march.cuts_m, middle) - 1] == codes[first]
            else:
                short += 1
        back = np.flatnonzero(march.codes[:-2] == march.codes[2:]) + 1
        assert np.all(np.diff(march.cuts_m)[back] >= march.resolution_m)
    assert short > 5  # there were stays to pass over
    assert cross(edition, line(*route)).as_dict()["route"]["resolution_m"] == RESOLUTION_M


def test_the_lines_of_legs_make_the_route(edition, rng) -> None:
    found = cross(edition, line(*random_route(rng, 5)))
    for legs in (found.legs, found.sector_legs):
        lengths = [GEOD.line_length(*found.line_of(leg).T) for leg in legs]
        assert lengths == pytest.approx([leg.length_m for leg in legs], abs=1e-3, rel=0)


def test_a_route_along_a_limit_ends_and_says_how_fine_it_looked(edition) -> None:
    limit = max((one.lon_lat for one in edition.partition.lines if one.kind == "limit"), key=len)[:800]
    found = cross(edition, line(*limit))
    assert found.resolution_m >= RESOLUTION_M
    assert sum(leg.length_m for leg in found.legs) == pytest.approx(found.length_m, abs=1e-3)


def test_through_the_wedge_of_a_cape() -> None:
    """Two States are equally near over an area; its bisector is the one cut."""
    rule = rule_in(corners=CAPE, breadths=FULL)
    tip = (48.5, 42.0)
    route = np.array([fwd(*tip, 60.0, 15_000.0), fwd(*tip, 120.0, 15_000.0)])
    march = march_along(_ground_of_rule(rule), make_path(route), seabed=False)
    assert [zone_of(code) for code in march.codes] == [(1, STATES.index("RUS")), (1, STATES.index("AZE"))]
    assert march.resolution_m == RESOLUTION_M
    middle = make_path(route).positions(march.cuts_m[1:2])[0]
    (vertex,) = (
        vertex
        for terminus, vertex in zip(rule.baseline.termini, terminus_vertices(rule.baseline), strict=True)
        if terminus.pair == "AZE-RUS"
    )
    bisector, _, _ = bisector_azimuth_deg(rule.baseline, int(vertex))
    away = make_path(np.array([tip, fwd(*tip, bisector, 20_000.0)]))
    dense = away.between(0.0, away.length_m, 100.0)
    assert Ruler(dense[:-1], dense[1:]).distances(middle[None, :]).max() < 0.002


def _ground_of_rule(rule):
    """Ground for the march by zone alone."""
    none = read_only(np.empty(0, dtype=np.int64))
    no_sides = Sides(read_only(np.empty((0, 5), dtype=np.int64)), none, none)
    drawn = make_limit_index([("line", one.lon_lat) for one in partition_sea(rule).lines])
    yes = np.ones(5, dtype=bool)
    return make_ground(rule, drawn, SectorIndex(rule.baseline.tree, no_sides), yes, yes, 0.0)


def test_ten_thousand_vertices(edition) -> None:
    rng = np.random.default_rng(5)
    walk = np.array([50.5, 41.0]) + np.cumsum(rng.normal(0, 0.02, (10_000, 2)), axis=0)
    route = np.clip(walk, (47, 36.6), (54, 47))
    found = cross(edition, line(*route))
    assert isinstance(found, RouteCrossings)
    assert sum(leg.length_m for leg in found.legs) == pytest.approx(found.length_m, abs=1e-3)


@pytest.mark.parametrize(
    "name", ["aktau-sumqayit-cable", "turkmenbashi-sangachal-pipeline", "kuryk-baku-tanker"]
)
def test_the_examples_run_over_water(edition, name) -> None:
    (feature,) = json.loads((EXAMPLES / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    found = cross(edition, feature["geometry"])
    assert {leg.zone for leg in found.legs} <= {"territorial_waters", "fishery_zone", "common_maritime_space"}
    published = feature["properties"]["published_length_km"]
    if published:
        assert found.length_m / 1e3 == pytest.approx(published, rel=0.1)


def test_the_answer_is_json(edition) -> None:
    for geometry in (line((50, 41), (51, 40)), polygon([(50, 41), (51, 40), (51, 41), (50, 41)])):
        answer = json.loads(json.dumps(cross(edition, geometry).as_dict(), allow_nan=False))
        assert answer["article_14_states"]
    assert "sector" in ARTICLE_14_NOTE


# Bad input

BAD = [
    (None, ["no geometry"]),
    ({"type": "Point", "coordinates": [50, 41]}, ["'Point'", "LineString"]),
    ({"type": "GeometryCollection", "geometries": []}, ["'GeometryCollection'", "one by one"]),
    ({"coordinates": [[50, 41]]}, ["without a type"]),
    (line((50, 41)), ["at least two different points", "longitude 50, latitude 41"]),
    (line((50, 41), (50, 41), (50, 41)), ["at least two different points"]),
    ({"type": "LineString", "coordinates": []}, ["at least two different points"]),
    ({"type": "LineString", "coordinates": 5}, ["array of positions"]),
    ({"type": "LineString"}, ["array of positions"]),
    ({"type": "MultiLineString", "coordinates": []}, ["no points"]),
    ({"type": "MultiLineString", "coordinates": [[[50, 41], [51, 41]], [[50, 41]]]}, ["part 1"]),
    (line((50, 41), (51, math.nan)), ["vertex 1", "nan", "finite"]),
    (line((50, 41), (math.inf, 41)), ["vertex 1", "inf"]),
    (line((50, 41), (200, 41)), ["vertex 1", "longitude 200"]),
    (line((50, 41), (50, 91)), ["vertex 1", "latitude 91"]),
    ({"type": "LineString", "coordinates": [[50, 41], [50]]}, ["vertex 1", "two numbers"]),
    ({"type": "LineString", "coordinates": [[50, 41], ["51", 40]]}, ["vertex 1", "must be numbers"]),
    ({"type": "LineString", "coordinates": [[50, 41], [True, 40]]}, ["vertex 1", "must be numbers"]),
    ({"type": "LineString", "coordinates": [[50, 41], [10**400, 40]]}, ["vertex 1", "on the earth"]),
    (line((50, 41), (-120, 41)), ["vertex 0", "5,000 km"]),
    (line((50, 41), (-130, -41)), ["vertex 0", "5,000 km"]),
    (line((180, 42), (-180, 42)), ["at least two different points", "longitude 180, latitude 42"]),
    (line((-180, -42), (180, -42), (-180, -42)), ["at least two different points"]),
    (line((0, 90), (50, 90)), ["at least two different points", "latitude 90"]),
    (line((-70, -90), (50, -90), (180, -90)), ["at least two different points"]),
    (line((50, 41), (50 + 1e-13, 41)), ["at least two different points"]),
    (polygon([(0, 90), (50, 90), (120, 90), (0, 90)]), ["three different points"]),
    ({"type": "Polygon", "coordinates": []}, ["no ring"]),
    ({"type": "MultiPolygon", "coordinates": []}, ["no points"]),
    (polygon([(50, 41), (51, 41), (51, 40)]), ["ring 0", "repeat the first"]),
    (polygon([(50, 41), (51, 41), (50, 41)]), ["three different points"]),
    (polygon([(50, 40), (51, 41), (51, 40), (50, 41), (50, 40)]),
     ["crosses or touches itself", "longitude 50.5", "latitude 40.5"]),
    (polygon([(50, 40), (51, 40), (51, 41), (50, 40)], [(52, 40), (53, 40), (53, 41), (52, 40)]),
     ["hole lies outside"]),
    (polygon([(0, 80), (40, 80), (80, 80), (120, 80), (160, 80), (-160, 80), (-120, 80), (-80, 80),
              (-40, 80), (0, 80)]), ["pole"]),
]  # fmt: skip


@pytest.mark.parametrize(("geometry", "words"), BAD)
def test_bad_input_is_refused_by_name_and_place(edition, geometry, words) -> None:
    with pytest.raises(CrossingError) as caught:
        cross(edition, geometry)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_many_vertices_are_read_and_counted(edition) -> None:
    angle = np.linspace(0, 8 * np.pi, 200_000)
    around = np.column_stack([50.6 + 0.4 * np.cos(angle), 42.2 + 0.3 * np.sin(angle)])
    geometry = {"type": "LineString", "coordinates": around.tolist()}
    assert count_positions(geometry, 10_000_000) == 200_000
    assert count_positions(geometry, 100) == 101
    read = read_geometry(geometry)
    assert isinstance(read, Route)
    assert len(read.parts[0]) == 200_000
    assert cross(edition, geometry).legs


def test_positions_are_counted_in_any_nesting() -> None:
    assert count_positions(polygon([(50, 41), (51, 41), (51, 40), (50, 41)]), 100) == 4
    assert count_positions({"type": "Point", "coordinates": 3}, 100) == 0
    assert count_positions(None, 100) == 0
