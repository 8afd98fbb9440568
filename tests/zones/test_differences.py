"""What differs between editions, found again in another way: equal areas in a plane, dense points."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer
from scipy.spatial import cKDTree

from coastlines import StraightLine
from zones.atlas.coast_direction import greatest_departure
from zones.atlas.differences import (
    MOVED_WITHIN_M,
    _farthest,
    _polygons_km2,
    _segments,
    area_differences,
    farthest,
    line_differences,
    straight_lines_drawn,
)
from zones.baseline.straight_lines import SnappedLine
from zones.editions.store import Store
from zones.parameters import Parameters

GEOD = Geod(ellps="WGS84")
EQUAL_AREA = Transformer.from_crs("EPSG:4326", "+proj=laea +lat_0=42 +lon_0=51 +ellps=WGS84", always_xy=True)
BAY = StraightLine(
    "AZE", "closing_line", "geodesic", np.array([[49.837, 40.313], [49.983, 40.331]]), "Baku bay"
)
WHAT_IFS = {
    "breadth": Parameters(breadth_nm={"KAZ": 12.0}),
    "line": Parameters(straight_lines=(BAY,)),
    "effect": Parameters(effects={"Chilov": 0.0}, breadth_nm={"AZE": 14.0, "TKM": 3.0}),
}


def in_plane(geometry: shapely.Geometry) -> shapely.Geometry:
    """A geometry in a plane of equal areas, its edges short enough to be straight there."""
    short = shapely.segmentize(geometry, 0.01)
    return shapely.make_valid(
        shapely.transform(short, lambda xy: np.column_stack(EQUAL_AREA.transform(*xy.T)))
    )


@pytest.fixture(
    scope="module", params=["breadth", "line", pytest.param("effect", marks=pytest.mark.thorough)]
)
def pair(request, real_store: Store):
    return real_store.edition("osm").collections, real_store.build(WHAT_IFS[request.param]).collections


@pytest.mark.thorough
def test_areas_are_those_in_a_plane_of_equal_areas(pair) -> None:
    before, after = pair
    found = area_differences(before, after)
    assert {one.id for one in found} >= {feature.id for feature in after["zones"].features}
    changed = 0
    for one in found:
        first, second = (
            next((in_plane(f.geometry) for f in each[one.collection].features if f.id == one.id), None)
            for each in (before, after)
        )
        first, second = first or shapely.Polygon(), second or shapely.Polygon()
        common = first.intersection(second).area
        expected = (first.area, second.area, second.area - common, first.area - common)
        areas = (one.before_km2, one.after_km2, one.gained_km2, one.lost_km2)
        assert areas == pytest.approx([area / 1e6 for area in expected], abs=0.01), one
        assert one.after_km2 - one.before_km2 == pytest.approx(one.gained_km2 - one.lost_km2, abs=0.003)
        changed += one.gained_km2 + one.lost_km2 > 1.0
    assert changed >= 2


def test_lines_that_are_drawn_by_other_vertices_change_no_area(real_store: Store) -> None:
    before = real_store.edition("osm").collections
    after = real_store.build(WHAT_IFS["line"]).collections
    moved = {one.id for one in area_differences(before, after) if one.gained_km2 or one.lost_km2}
    assert moved == {"internal_waters-AZE", "territorial_waters-AZE"}


@pytest.mark.parametrize(("metres", "gained_km2"), [(0.05, 0.0), (0.09, 0.0), (0.15, 0.012), (10.0, 0.823)])
def test_strips_narrower_than_lines_are_drawn_are_nothing(metres: float, gained_km2: float) -> None:
    """Beside a line of some 82 km, twice: a strip by itself, and one round an island."""
    degrees = metres / 111_000.0
    box = shapely.box(50, 42, 51, 42.5)
    assert _polygons_km2(shapely.box(50, 42.5, 51, 42.5 + degrees)) == pytest.approx(gained_km2, abs=0.002)
    around = box.buffer(degrees, join_style="mitre").difference(box)
    assert (_polygons_km2(around) > 0.0) == (gained_km2 > 0.0)


def dense(geometry: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
    """Points of lines, some 60 m apart, in degrees and earth-centred metres."""
    lon_lat = shapely.get_coordinates(shapely.segmentize(geometry, 0.0006))
    to_space = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    return lon_lat, np.column_stack(to_space.transform(*lon_lat.T, np.zeros(len(lon_lat))))


def test_lines_are_as_far_apart_as_their_points(pair) -> None:
    before, after = pair
    lines = {name: {f.id: f.geometry for f in each["limits"].features} for name, each in
             (("before", before), ("after", after))}  # fmt: skip
    compared = 0
    for one in line_differences(before, after):
        if one.collection != "limits" or one.moved_m is None:
            continue
        first, second = (dense(lines[name][one.id]) for name in ("before", "after"))
        largest = 0.0
        for (lon_lat, points), (other_lon_lat, others) in ((first, second), (second, first)):
            away, near = cKDTree(others).query(points)
            at = int(away.argmax())
            largest = max(largest, GEOD.inv(*lon_lat[at], *other_lon_lat[near[at]])[2])
        # The nearest of points some 60 m apart is farther than the nearest of the line by at most 30 m.
        assert largest - 40.0 < one.moved_m < largest + 40.0, one
        compared += 1
    assert compared == 10


@pytest.mark.parametrize(
    ("first", "second", "metres", "place"),
    [
        ([[50, 42], [51, 42]], [[50, 42], [51, 42]], 0.0, None),
        ([[50, 42], [50, 43]], [[50, 42], [50, 43.5]], GEOD.inv(50, 43, 50, 43.5)[2], (50, 43.5)),
        # A tooth between vertices that lie on the other line.
        ([[50, 42], [50, 44]], [[50, 42], [50, 42.9], [50.1, 43], [50, 43.1], [50, 44]], 8154.0, (50.1, 43)),
        # The farthest point lies within a piece: halfway between the two arms of the other line.
        ([[50, 42], [50.02, 42]], [[50, 41.9], [50, 42.1], [50.02, 42.1], [50.02, 41.9]],
         GEOD.inv(50.01, 42, 50, 42)[2], (50.01, 42)),
    ],
)  # fmt: skip
def test_known_distances(first, second, metres, place) -> None:
    one, other = shapely.LineString(first), shapely.LineString(second)
    if place == (50.01, 42):
        found, _ = _farthest(_segments(one), _segments(other))
    else:
        found, lon, lat = farthest(one, other)
        if place:
            assert (lon, lat) == pytest.approx(place, abs=1e-6)
    assert found == pytest.approx(metres, abs=max(MOVED_WITHIN_M, metres * 1e-3))


def test_a_line_that_one_edition_lacks_has_not_moved(real_store: Store) -> None:
    collections = real_store.edition("osm").collections
    fewer = {**collections, "limits": type(collections["limits"])("limits", "", "", ())}
    found = [one for one in line_differences(collections, fewer) if one.collection == "limits"]
    assert {one.moved_m for one in found} == {None}
    assert len(found) == len(collections["limits"].features)


def test_a_straight_line_is_measured_against_the_shore(real_store: Store) -> None:
    usual, edition = real_store.edition("osm"), real_store.build(WHAT_IFS["line"])
    before, lines = usual.collections, edition.rule.baseline.straight_lines
    shore = before["baselines"]
    mainland = shapely.get_coordinates(usual.rule.baseline.sea.exterior)
    (found,) = straight_lines_drawn(lines, edition.straight_lines, before, mainland)
    assert (found.name, found.state, found.kind) == ("Baku bay", "AZE", "closing_line")
    assert found.length_km == pytest.approx(GEOD.line_length(*BAY.coordinates.T) / 1000, abs=0.1)
    assert found.snapped_start_m == pytest.approx(10.3, abs=0.1)
    (line,) = (one for one in lines if not one.closes_kara_bogaz_gol)
    _, points = dense(shapely.LineString(line.coordinates))
    _, others = dense(shapely.MultiLineString([xy for one in shore.features for xy in one.geometry.geoms]))
    away, _ = cKDTree(others).query(points)
    assert found.offshore_m == pytest.approx(away.max(), abs=60.0)
    assert found.longest_piece_km == pytest.approx(found.length_km, abs=1e-6)
    steps = np.linspace(0.0, 1.0, 100_000)
    along = shapely.line_interpolate_point(shapely.LineString(line.coordinates), steps, normalized=True)
    on_land = ~shapely.contains_xy(usual.rule.baseline.sea, shapely.get_coordinates(along))
    assert 0 < on_land.sum() < 100
    assert found.over_land_km == pytest.approx(on_land.mean() * found.length_km, abs=0.001)
    departure = greatest_departure(line.coordinates[[0, -1]], mainland)
    assert departure is not None
    assert (found.departure_piece, found.departure_deg) == (1, round(departure.degrees, 2))
    assert (found.coast_from_lon, found.coast_from_lat) == departure.coast_from


def test_what_of_a_straight_line_runs_over_land_is_told(real_store: Store) -> None:
    """Points of it are looked for in the water of the baseline: a line over Absheron ends in it."""
    usual = real_store.edition("osm")
    ends = np.array([[49.60, 40.15], [49.95, 40.75]])
    steps = 20_000
    points = np.array(GEOD.npts(*ends.ravel(), steps))
    given = StraightLine("AZE", "straight_baseline", "geodesic", ends, "Absheron")
    line = SnappedLine("AZE", "straight_baseline", "geodesic", "Absheron", points[::100], 0.0, 0.0)
    mainland = shapely.get_coordinates(usual.rule.baseline.sea.exterior)
    (found,) = straight_lines_drawn([line], [given], usual.collections, mainland)
    over_land = ~shapely.contains_xy(usual.rule.baseline.sea, points[:-100])
    assert 0.3 < over_land.mean() < 0.9
    assert found.over_land_km == pytest.approx(over_land.mean() * found.length_km, abs=0.05)
