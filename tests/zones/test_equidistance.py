"""Equidistance lines, turning points and tripoints."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from scipy.optimize import fsolve

from coastlines import SOURCE_IDS
from tests.zones.basin import BOX, CAPE, CAPE_TIP, MIDDLE, disc, islet, rule_in, ruler_of
from tests.zones.ruler import GEOD, along_edges, fwd
from zones.lines.equidistance import trace_equidistance
from zones.lines.limits import groups_of, voronoi_corners
from zones.words import STATES


def trace(rule):
    corners, _ = voronoi_corners(rule.baseline, groups_of(STATES))
    return trace_equidistance(rule, corners)


def gap(rulers, points):
    """Difference of the distances to two States, and how far that is from the line. [m]"""
    first, second = (ruler.measure(points) for ruler in rulers)
    difference = np.abs(first.length_m - second.length_m)
    slope = np.linalg.norm(first.towards - second.towards, axis=1)
    return difference, difference / np.maximum(slope, 0.02)


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_bounds_on_real_coasts(source_id, partition_of, ruler, rng) -> None:
    lines = partition_of(source_id).equidistance
    assert len(lines) >= 7
    for line in lines:
        rulers = ruler(source_id, line.left_state), ruler(source_id, line.right_state)
        chosen = rng.permutation(len(line.lon_lat))[:300]
        difference, _ = gap(rulers, line.lon_lat[chosen])
        assert difference.max() < 1e-3
        truth = rulers[0].distances(line.lon_lat[chosen])
        assert np.abs(line.distance_m[chosen] - truth).max() < 1e-3
        others = [ruler(source_id, s) for s in STATES if s not in line.pair]
        for other in others:  # no third State is nearer
            assert (other.distances(line.lon_lat[chosen[:60]]) - truth[:60]).min() > -1e-3
        edges = along_edges(line.lon_lat, rng.uniform(0, 1, 2))
        edges = edges[rng.permutation(len(edges))[:500]]
        difference, aside = gap(rulers, edges)
        assert difference.max() < 0.1
        assert aside.max() < 0.1


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_lines_end_where_lines_end(source_id, partition_of, rule_of) -> None:
    partition = partition_of(source_id)
    termini = {(t.lon, t.lat): t.pair for t in rule_of(source_id).baseline.termini}
    tripoints = np.array([[t.lon, t.lat] for t in partition.tripoints])
    at_termini = []
    arrivals = np.zeros(len(tripoints), dtype=int)
    for line in partition.equidistance:
        for kind, end in ((line.start, line.lon_lat[0]), (line.end, line.lon_lat[-1])):
            if kind == "terminus":
                assert termini[tuple(end)] == line.pair
                at_termini.append(line.pair)
            elif kind == "tripoint":
                number = int(np.abs(tripoints - end).sum(axis=1).argmin())
                assert np.abs(tripoints[number] - end).max() < 1e-12
                assert set(line.pair.split("-")) < set(partition.tripoints[number].states)
                arrivals[number] += 1
            else:
                assert (line.lon_lat[0] == line.lon_lat[-1]).all()
    assert sorted(at_termini) == sorted(termini.values())
    assert (arrivals == 3).all()


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_tripoints_are_as_far_from_three_states(source_id, partition_of, ruler) -> None:
    tripoints = partition_of(source_id).tripoints
    assert len(tripoints) >= 3  # five States around one sea
    for tripoint in tripoints:
        at = [[tripoint.lon, tripoint.lat]]
        away = [ruler(source_id, state).distances(at)[0] for state in tripoint.states]
        assert np.ptp(away) < 1e-3
        assert away[0] == pytest.approx(tripoint.distance_m, abs=1e-3)
        for state in set(STATES) - set(tripoint.states):
            assert ruler(source_id, state).distances(at)[0] > max(away) - 1e-3


def between(a, b):
    return Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0])["s12"]


@pytest.mark.parametrize("source_id", ["osm", "gshhg"])
def test_turning_points_are_solved_alike_by_another_method(source_id, partition_of, rule_of, ruler) -> None:
    """Three base points that are vertices of the shore, GeographicLib, and a general solver."""
    baseline = rule_of(source_id).baseline
    solved = 0
    for line in partition_of(source_id).equidistance:
        turns = np.flatnonzero((line.segments[:, 0] != line.segments[:, 1]).any(axis=1))
        for vertex in turns:
            feet = []
            for segment in dict.fromkeys(line.segments[vertex].ravel().tolist()):
                ends = baseline.start[segment], baseline.end[segment]
                measured = [between(end, line.lon_lat[vertex]) for end in ends]
                end = ends[int(np.argmin(measured))]
                if abs(min(measured) - line.distance_m[vertex]) < 1e-3:
                    feet.append(tuple(end))
            feet = list(dict.fromkeys(feet))
            if len(feet) != 3 or min(between(feet[i], feet[i - 1]) for i in range(3)) < 3000:
                continue

            def unequal(at, feet=feet):
                away = [between(at, foot) for foot in feet]
                return away[0] - away[1], away[0] - away[2]

            begin = fwd(*line.lon_lat[vertex], 77.0, 400.0)
            solution, _, status, _ = fsolve(unequal, begin, xtol=1e-14, full_output=True)
            # What the feet see each other under says how sharply the point is fixed.
            assert np.abs(unequal(solution)).max() < 1e-6, status
            assert GEOD.inv(*solution, *line.lon_lat[vertex])[2] < 0.02
            solved += 1
    assert solved >= 10


def test_between_two_points_the_line_is_equidistant(rng) -> None:
    west, east = fwd(*MIDDLE, 260.0, 18_000.0), fwd(*MIDDLE, 80.0, 18_000.0)
    rule = rule_in([("RUS", islet(west, 260.0, 0.1)), ("TKM", islet(east, 80.0, 0.1))])
    lines, _ = trace(rule)
    pair = [line for line in lines if line.pair == "RUS-TKM"]
    assert pair
    drawn = shapely.MultiLineString([line.lon_lat for line in pair])
    for aside in rng.uniform(-30_000, 30_000, 20):
        # On the line where |dw - de| is nought along a geodesic through its neighbourhood.
        lon, lat = fwd(*MIDDLE, 350.0, aside)
        low, high = -3000.0, 3000.0
        for _ in range(60):
            half = 0.5 * (low + high)
            at = fwd(lon, lat, 80.0, half)
            low, high = (half, high) if between(at, west) < between(at, east) else (low, half)
        at = fwd(lon, lat, 80.0, half)
        best = min(
            GEOD.inv(*at, *shapely.get_coordinates(
                part.interpolate(part.project(shapely.Point(at))))[0])[2]
            for part in drawn.geoms
        )  # fmt: skip
        assert best < 0.1


def test_the_line_from_a_cape_is_its_bisector() -> None:
    lines, _ = trace(rule_in(corners=CAPE))
    (line,) = (own for own in lines if own.pair == "AZE-RUS")
    to_north = GEOD.inv(*CAPE_TIP, 48.0, 42.2)[0] % 360
    to_south = GEOD.inv(*CAPE_TIP, 48.0, 41.8)[0] % 360
    bisector = 0.5 * (to_north + to_south) - 180.0
    points = line.lon_lat if line.start == "terminus" else line.lon_lat[::-1]
    azimuth, _, away = GEOD.inv(*np.tile(CAPE_TIP, (len(points) - 1, 1)).T, *points[1:].T)
    within = np.array(away) < 46_000
    aside = np.abs(np.sin(np.radians(np.array(azimuth) - bisector)) * away)
    assert within.sum() > 3
    assert aside[within].max() < 2e-3  # normal section and geodesic part by less than 1 mm


def surrounded(state, by, radius_m, around_m):
    """An island at the middle of the sea among eight of another State."""
    ring = [(by, disc(*fwd(*MIDDLE, azimuth, around_m), radius_m)) for azimuth in range(0, 360, 45)]
    return [(state, disc(*MIDDLE, radius_m)), *ring]


@pytest.mark.parametrize(("radius_m", "around_m"), [(2000.0, 20_000.0), (60.0, 500.0)])
def test_an_enclave_has_a_closed_line(radius_m, around_m, rng) -> None:
    rule = rule_in(surrounded("TKM", "AZE", radius_m, around_m))
    lines, _ = trace(rule)
    closed = [line for line in lines if line.start == line.end == "closed"]
    around = [line for line in closed if shapely.Polygon(line.lon_lat).contains(shapely.Point(MIDDLE))]
    line = min(around, key=lambda own: shapely.Polygon(own.lon_lat).area)
    assert line.pair == "AZE-TKM"
    assert len(line.lon_lat) > 8
    rulers = ruler_of(rule.baseline, "AZE"), ruler_of(rule.baseline, "TKM")
    assert gap(rulers, line.lon_lat)[0].max() < 1e-3
    difference, aside = gap(rulers, along_edges(line.lon_lat, rng.uniform(0, 1, 2)))
    assert difference.max() < 0.1
    assert aside.max() < 0.1
    # The way to each of the eight is halved.
    for azimuth in range(0, 360, 45):
        way = shapely.LineString([MIDDLE, fwd(*MIDDLE, azimuth, around_m)])
        met = shapely.get_coordinates(shapely.LineString(line.lon_lat).intersection(way))
        assert len(met) == 1
        assert GEOD.inv(*MIDDLE, *met[0])[2] == pytest.approx(around_m / 2, abs=0.02 * radius_m)


def test_the_first_state_is_on_the_left(partition_of, ruler) -> None:
    for line in partition_of("osm").equidistance:
        middle = len(line.lon_lat) // 2
        a, b = line.lon_lat[middle], line.lon_lat[middle + 1]
        azimuth, _, length = GEOD.inv(*a, *b)
        at = fwd(*a, azimuth, length / 2)
        left = [fwd(*at, azimuth - 90, 30.0)]
        near = ruler("osm", line.left_state).distances(left)[0]
        far = ruler("osm", line.right_state).distances(left)[0]
        assert near < far


def test_the_box_has_five_borders() -> None:
    lines, tripoints = trace(rule_in())
    pairs = sorted(pair for *_, pair in BOX if pair)
    assert sorted({line.pair for line in lines} & set(pairs)) == pairs
    assert len(tripoints) == 3  # as always where five lines from the shore meet in a tree
    assert len(lines) == 7


def test_a_third_state_that_reaches_into_the_wedge_of_a_cape_makes_one_tripoint_there() -> None:
    """A Kazakh island off the cape where Azerbaijan and Russia meet."""
    rule = rule_in([("KAZ", disc(48.9, 42.0, 1000.0))], corners=CAPE)
    lines, tripoints = trace(rule)
    meeting = sorted(tripoint.states for tripoint in tripoints)
    assert len(meeting) == 3
    assert len(lines) == 7
