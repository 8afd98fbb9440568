"""The judge holds a sound atlas, and finds every fault planted in one; its own ruler is checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from tests.zones.basin import disc, rule_in
from zones.atlas.features import Collection, Feature
from zones.atlas.water import draw_atlas
from zones.judge import verify as judging
from zones.judge.areas import judge_owners
from zones.judge.distances import GEOD, Ruler
from zones.judge.verify import Report, Samples, verify
from zones.lines.partition import DrawnLine, Partition, partition_sea
from zones.rule.rule import Rule, decide_many, make_rule
from zones.words import STATES

pytestmark = pytest.mark.whole

FEW = Samples(an_edge=2, in_box=3000, beside=3000)
BREADTHS = dict.fromkeys(STATES, 4.0)

# A small sea of three States, 80 km by 90 km; KAZ and TKM meet at the tip of a cape, and islands
# take the place of the tip as base points farther out.
LAKE = (
    (50.0, 41.0, "AZE", ""),
    (50.5, 40.97, "TKM", "AZE-TKM"),
    (51.0, 41.0, "TKM", ""),
    (51.0, 41.35, "TKM", ""),
    (50.9, 41.4, "KAZ", "KAZ-TKM"),
    (51.0, 41.45, "KAZ", ""),
    (51.0, 41.8, "KAZ", ""),
    (50.4, 41.84, "AZE", "AZE-KAZ"),
    (50.0, 41.8, "AZE", ""),
)
ISLANDS = (
    ("KAZ", disc(50.75, 41.52, 700.0)),
    ("TKM", disc(50.72, 41.27, 900.0)),
)


@dataclass(frozen=True)
class Atlas:
    rule: Rule
    partition: Partition
    collections: dict[str, Collection]


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    rule = rule_in(ISLANDS, corners=LAKE, breadths=BREADTHS)
    partition = partition_sea(rule)
    return Atlas(rule, partition, draw_atlas(rule, partition, {}))


@pytest.fixture(scope="module")
def sound(atlas) -> Report:
    return judged(atlas)


def judged(atlas: Atlas) -> Report:
    return verify(atlas, samples=FEW)


def broken(report: Report) -> set[tuple[str, str]]:
    assert not report.ok
    return {(row.name, row.what) for row in report.broken}


def with_line(atlas: Atlas, old: DrawnLine, lon_lat: np.ndarray) -> Atlas:
    new = replace(old, lon_lat=lon_lat)
    lines = tuple(new if line is old else line for line in atlas.partition.lines)
    return replace(atlas, partition=replace(atlas.partition, lines=lines))


def with_zones(atlas: Atlas, changed: dict[str, shapely.Geometry]) -> Atlas:
    zones = atlas.collections["zones"]
    features = tuple(Feature(f.id, changed.get(f.id, f.geometry), f.properties) for f in zones.features)
    collections = {**atlas.collections, "zones": replace(zones, features=features)}
    return replace(atlas, collections=collections)


def zone(atlas: Atlas, feature_id: str) -> shapely.Geometry:
    return next(f.geometry for f in atlas.collections["zones"].features if f.id == feature_id)


def line_of(atlas: Atlas, kind: str, name: str = "") -> DrawnLine:
    own = [line for line in atlas.partition.lines if line.kind == kind and line.zone == name]
    return max(own, key=lambda line: len(line.lon_lat))


def on_grid(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.orient_polygons(shapely.set_precision(geometry, 1e-7))


def test_a_sound_atlas_passes(atlas):
    told = []
    report = verify(atlas, samples=FEW, progress=lambda what, share: told.append((what, share)))
    assert report.ok, "\n".join(report.lines())
    assert not report.broken
    assert told[0][1] == 0.0
    assert told[-1] == ("done", 1.0)
    assert [share for _, share in told] == sorted(share for _, share in told)
    names = {row.name for row in report.rows}
    assert {"boundary KAZ-TKM", "tripoint AZE-KAZ-TKM", "limit fishery_zone AZE", "zones"} <= names
    assert any(row.what == "off the bisector by" for row in report.rows)
    edges = [row.largest for row in report.rows if row.what == "edges"]
    assert max(edges) > 0.01  # edges do err, as far as they may


def test_the_report_can_be_read_and_stored(sound):
    stored = json.loads(json.dumps(sound.as_dict(), allow_nan=False))
    assert stored["ok"] is True
    assert len(stored["rows"]) == len(sound.rows)
    lines = sound.lines()
    assert lines[-1].endswith("bounds held")
    assert all(len(line) < 140 for line in lines)


def test_the_seed_decides_the_samples(atlas, sound):
    assert judged(atlas) == sound
    assert verify(atlas, samples=FEW, seed=1) != sound


def test_a_limit_vertex_moved_by_20_cm(atlas):
    line = line_of(atlas, "limit", "territorial_waters")
    lon_lat = line.lon_lat.copy()
    lon_lat[50] += [0.2 / 83_000, 0.2 / 111_000]
    found = broken(judged(with_line(atlas, line, lon_lat)))
    assert (f"limit territorial_waters {line.states[0]}", "vertices") in found


def test_a_limit_vertex_moved_by_3_mm(atlas):
    line = line_of(atlas, "limit", "fishery_zone")
    lon_lat = line.lon_lat.copy()
    lon_lat[50] += [0.003 / 83_000, 0.003 / 111_000]
    found = broken(judged(with_line(atlas, line, lon_lat)))
    assert found == {(f"limit fishery_zone {line.states[0]}", "vertices")}


def test_vertices_dropped_from_an_arc(atlas):
    line = line_of(atlas, "limit", "territorial_waters")
    # Chords about the island's corners, where the limit is curved.
    error = [_bend_m(line.lon_lat[i : i + 9]) for i in range(len(line.lon_lat) - 9)]
    first = int(np.argmax(error))
    assert error[first] > 0.3
    thinned = np.delete(line.lon_lat, slice(first + 1, first + 8), axis=0)
    found = broken(judged(with_line(atlas, line, thinned)))
    assert (f"limit territorial_waters {line.states[0]}", "edges") in found


def _bend_m(lon_lat):
    chord = shapely.LineString(lon_lat[[0, -1]])
    return shapely.distance(shapely.points(lon_lat), chord).max() * 83_000


def test_a_boundary_moved(atlas):
    line = line_of(atlas, "boundary")
    found = broken(judged(with_line(atlas, line, line.lon_lat + 3e-6)))
    name = "-".join(sorted(line.states))
    assert (f"boundary {name}", "vertices") in found


def test_a_line_that_leaves_the_bisector(atlas):
    pair = next(
        line
        for line in atlas.partition.lines
        if line.kind == "boundary" and set(line.states) == {"KAZ", "TKM"}
    )
    # Still equally far from both, for the tip of the cape is the nearest point of either.
    azimuth, _, length = GEOD.inv(
        *np.broadcast_to([[50.9], [41.4]], (2, len(pair.lon_lat) - 2)), *pair.lon_lat[1:-1].T
    )
    lon, lat, _ = GEOD.fwd(
        np.full(len(length), 50.9), np.full(len(length), 41.4), np.asarray(azimuth) + 2.0, length
    )
    turned = np.vstack([pair.lon_lat[:1], np.column_stack([lon, lat]), pair.lon_lat[-1:]])
    found = broken(judged(with_line(atlas, pair, turned)))
    assert ("boundary KAZ-TKM", "off the bisector by") in found


def test_a_tripoint_moved(atlas):
    (tripoint,) = atlas.partition.tripoints
    moved = replace(tripoint, lat=tripoint.lat + 1e-7)
    spoilt = replace(atlas, partition=replace(atlas.partition, tripoints=(moved,)))
    assert broken(judged(spoilt)) == {("tripoint AZE-KAZ-TKM", "three distances")}


def test_an_exported_line_that_is_another(atlas):
    limits = atlas.collections["limits"]
    first = limits.features[0]
    moved = Feature(first.id, shapely.transform(first.geometry, lambda xy: xy + 3e-6), first.properties)
    spoilt = replace(limits, features=(moved, *limits.features[1:]))
    found = broken(judged(replace(atlas, collections={**atlas.collections, "limits": spoilt})))
    assert {what for _, what in found} == {"exported vertices", "exported edges"}


def test_a_hole_punched_into_a_polygon(atlas):
    whole = zone(atlas, "common_maritime_space")
    middle = shapely.maximum_inscribed_circle(whole).coords[0]
    hole = on_grid(whole.difference(shapely.Polygon(disc(*middle, 3.0))))
    found = broken(judged(with_zones(atlas, {"common_maritime_space": hole})))
    assert ("zones", "widest gap") in found


def test_a_gap_between_two_polygons(atlas):
    line = line_of(atlas, "limit", "territorial_waters")
    name = f"territorial_waters-{line.states[0]}"
    slit = shapely.LineString(line.lon_lat[20:40]).buffer(5e-6)
    cut = on_grid(zone(atlas, name).difference(slit))
    found = broken(judged(with_zones(atlas, {name: cut})))
    assert {("zones", "widest gap"), ("zones", "sharing edges badly")} <= found


def test_a_gap_as_wide_as_a_zone(atlas):
    gone = {"fishery_zone-TKM": shapely.MultiPolygon()}
    report = judged(with_zones(atlas, gone))
    assert "random positions" in dict(broken(report))
    assert any(row.unit == "ppm" for row in report.broken)


def test_polygons_that_overlap(atlas):
    line = line_of(atlas, "limit", "fishery_zone")
    name = f"fishery_zone-{line.states[0]}"
    bulge = shapely.LineString(line.lon_lat[20:40]).buffer(2e-5)
    wider = on_grid(zone(atlas, name).union(bulge))
    found = broken(judged(with_zones(atlas, {name: wider})))
    assert {("zones", "overlap"), ("zones", "sharing edges badly")} <= found


def test_a_shared_edge_in_the_wrong_place(atlas):
    # Both polygons agree, and both are wrong: no gap, no overlap, the area whole.
    line = line_of(atlas, "limit", "territorial_waters")
    state = line.states[0]
    vertex = np.round(line.lon_lat[50], 7)

    def push(xy):
        xy = xy.copy()
        xy[(xy == vertex).all(axis=1)] += 1e-5
        return np.round(xy, 7)

    names = [f"territorial_waters-{state}", f"fishery_zone-{state}"]
    moved = {name: shapely.transform(zone(atlas, name), push) for name in names}
    found = broken(judged(with_zones(atlas, moved)))
    assert ("edges shared by zones", "fishery_zone | territorial_waters") in found
    assert not any(name == "zones" for name, _ in found)


def test_polygons_of_the_wrong_state(atlas):
    first, second = "territorial_waters-AZE", "territorial_waters-KAZ"
    swapped = {first: zone(atlas, second), second: zone(atlas, first)}
    found = broken(judged(with_zones(atlas, swapped)))
    assert ("random positions", "polygon and rule differ") in found
    assert ("beside the lines", "polygon and rule differ") in found


def test_internal_waters_with_shores_of_another_state(atlas):
    baseline = atlas.rule.baseline
    given_away = tuple(replace(waters, state="KAZ") for waters in baseline.enclosed)
    assert judge_owners(baseline).ok
    row = judge_owners(replace(baseline, enclosed=given_away))
    assert not row.ok
    assert row.largest == row.count > 0


def test_an_invalid_polygon_and_one_turned_inside_out(atlas):
    name = "fishery_zone-AZE"
    reversed_ = with_zones(atlas, {name: shapely.reverse(zone(atlas, name))})
    assert broken(judged(reversed_)) == {("zones", "rings turned the wrong way")}
    bow_tie = shapely.Polygon([(50.1, 41.1), (50.2, 41.2), (50.2, 41.1), (50.1, 41.2)])
    assert ("zones", "not valid") in broken(judged(with_zones(atlas, {name: bow_tie})))


def test_a_core_that_classifies_by_other_breadths(atlas):
    other = make_rule(atlas.rule.baseline, {**BREADTHS, "TKM": 4.01})
    spoilt = replace(atlas, rule=replace(atlas.rule, arrays=other.arrays))
    found = broken(judged(spoilt))
    assert ("random positions", "core and rule differ in zone or State") in found


def test_a_tie_that_rounding_decides_is_no_error_and_a_millimetre_is_one(atlas, monkeypatch):
    """Where a cape is just still the nearest point of its shore, and the core takes the other State."""
    cape, away_m = (50.9, 41.4), 5000.0
    shore_deg = GEOD.inv(*cape, 51.0, 41.35)[0]  # TKM's

    def disagreements(nearer_m):
        """Across the shore's normal through the cape, to the side of the shore and the other one."""
        along_m = np.sqrt(2 * away_m * nearer_m) * np.array([-1.0, 1.0])
        azimuth = shore_deg + 90.0 - np.degrees(along_m / away_m)
        at = np.column_stack(
            GEOD.fwd(*np.broadcast_to(np.array([cape]), (2, 2)).T, azimuth, [away_m] * 2)[:2]
        )
        found = decide_many(atlas.rule, *at.T.copy())
        assert {STATES[code] for code in found.state} == {"TKM"}
        other = np.full_like(found.state, STATES.index("KAZ"))
        monkeypatch.setattr(judging, "decide_many", lambda *_: found._replace(state=other))
        bench = judging._Bench(atlas, np.random.default_rng(1), FEW)
        return next(bench._classified("beside the cape", at)).largest

    assert disagreements(nearer_m=1e-10) == 0
    assert disagreements(nearer_m=1e-7) == 2
    assert disagreements(nearer_m=1e-3) == 2


def test_unequal_breadths_pass(atlas):
    rule = make_rule(atlas.rule.baseline, {**BREADTHS, "TKM": 3.0, "AZE": 6.0})
    partition = partition_sea(rule)
    report = judged(Atlas(rule, partition, draw_atlas(rule, partition, {})))
    assert report.ok, "\n".join(report.lines())


def _chain(rng, count):
    """A wriggling line of segments of up to 500 m. [deg]"""
    steps = np.cumsum(rng.uniform(-0.003, 0.003, (count + 1, 2)), axis=0)
    return np.array([50.0, 42.0]) + steps


def _directly_m(lon, lat, start, end):
    """Least distance to a geodesic segment, by golden section on GeographicLib's geodesics. [m]"""
    line = Geodesic.WGS84.InverseLine(start[1], start[0], end[1], end[0])

    def distance(s):
        here = line.Position(s)
        return Geodesic.WGS84.Inverse(lat, lon, here["lat2"], here["lon2"])["s12"]

    low, high = 0.0, line.s13
    ratio = (np.sqrt(5) - 1) / 2
    while high - low > 1e-3:
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if distance(a) < distance(b):
            high = b
        else:
            low = a
    return min(distance((low + high) / 2), distance(0.0), distance(line.s13))


def test_the_ruler_agrees_with_geographiclib():
    rng = np.random.default_rng(7)
    chain = _chain(rng, 300)
    start, end = chain[:-1], chain[1:]
    azimuth, away = rng.uniform(0, 360, 40), 10 ** rng.uniform(1, 5.3, 40)
    from_vertex = chain[rng.integers(0, len(chain), 40)]
    lon, lat, _ = map(np.asarray, GEOD.fwd(*from_vertex.T, azimuth, away))
    points = np.column_stack([lon, lat])
    measured = Ruler(start, end).measure(points)
    for number, (x, y) in enumerate(points):
        here = np.ones(len(chain))
        _, _, to_vertices = map(np.asarray, GEOD.inv(x * here, y * here, *chain.T))
        _, _, lengths = map(np.asarray, GEOD.inv(*start.T, *end.T))
        nearest_end = np.minimum(to_vertices[:-1], to_vertices[1:])
        possible = np.flatnonzero(nearest_end - lengths / 2 <= nearest_end.min())
        least = min(_directly_m(x, y, start[i], end[i]) for i in possible)
        assert measured.length_m[number] == pytest.approx(least, abs=1e-4)


def test_the_ruler_misses_no_segment():
    rng = np.random.default_rng(8)
    start, end = (chain := _chain(rng, 2000))[:-1], chain[1:]
    points = chain.mean(axis=0) + rng.uniform(-0.3, 0.3, (300, 2))
    ruler = Ruler(start, end)
    measured = ruler.measure(points)
    for number in range(len(points)):
        everywhere, _ = ruler._in_plane(
            np.repeat(points[number : number + 1], len(start), axis=0), np.arange(len(start))
        )
        assert measured.length_m[number] == everywhere.min()
    nothing = ruler.measure(points, bound_m=0.0)
    assert np.isinf(nothing.length_m).all()
    assert (nothing.segment == -1).all()


def test_the_ruler_refuses_long_segments():
    with pytest.raises(ValueError, match="densify"):
        Ruler(np.array([[50.0, 42.0]]), np.array([[50.1, 42.0]]))
