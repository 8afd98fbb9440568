"""Segments of limits: what they say is drawn again by another library's geodesics and measured."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from coastlines import StraightLine
from tests.zones.basin import FULL, MIDDLE, basin, disc, islet, ruler_of
from tests.zones.ruler import GEOD, Floats, Ruler, earth_centred, fwd
from zones.atlas.features import Collection, Feature
from zones.atlas.limit_segments import draw_limit_segments
from zones.atlas.water import draw_atlas, named_lines
from zones.editions.edition import Edition
from zones.geodesy.geodesics import densify_geodesics, densify_loxodromes
from zones.lines.partition import DrawnLine, partition_sea
from zones.rule.rule import make_rule

CHORD_M = 5e-4  # by how much chords leave what is drawn again
COMMON = {"assumptions": None, "edition": "made-up", "source": "made up", "attribution": "nobody"}

Stretches = dict[tuple[str, int], list[Feature]]
Lines = Sequence[tuple[str, DrawnLine]]


def place(properties: Mapping[str, object], name: str) -> Floats:
    return np.array([properties[f"{name}_lon"], properties[f"{name}_lat"]], dtype=np.float64)


def by_stretch(segments: Collection) -> Stretches:
    found: Stretches = defaultdict(list)
    for one in segments.features:
        found[str(one.properties["limit_id"]), int(one.properties["part"])].append(one)
    return found


def drawn_again(properties: Mapping[str, object]) -> Floats:
    """Points along a segment from what its properties say, by PROJ's geodesics alone. [deg]"""
    start, end = place(properties, "start"), place(properties, "end")
    distance_m = float(str(properties["breadth_nm"])) * 1852.0
    spacing_m = (8 * distance_m * CHORD_M) ** 0.5
    if properties["shape"] == "arc":
        centre, radius_m = place(properties, "centre"), float(str(properties["radius_m"]))
        first, _, _ = GEOD.inv(*centre, *start)
        last, _, _ = GEOD.inv(*centre, *end)
        turn = (first - last) % 360.0  # the belt on the left: counter-clockwise
        count = 2 + int(np.radians(turn) * radius_m / spacing_m)
        azimuths = first - turn * np.linspace(0.0, 1.0, count)
        lon, lat, _ = GEOD.fwd(*np.tile(centre, (count, 1)).T, azimuths, np.full(count, radius_m))
        return np.column_stack([lon, lat])
    base = np.vstack([place(properties, "base_start"), place(properties, "base_end")])
    if properties["line_type"] == "loxodrome":
        base = densify_loxodromes(base, 20.0)
    base = densify_geodesics(base, spacing_m)
    forward, _, _ = GEOD.inv(*base[:-1].T, *base[1:].T)
    forward = np.append(forward, forward[-1])
    sides = []
    for turn in (90.0, -90.0):
        lon, lat, _ = GEOD.fwd(*base.T, forward + turn, np.full(len(base), distance_m))
        side = np.column_stack([lon, lat])
        sides.append(side if turn > 0 else side[::-1])  # the belt on the left
    start, end = earth_centred(start)[0], earth_centred(end)[0]
    side = min(sides, key=lambda one: np.linalg.norm(earth_centred(one) - start, axis=1).min())
    along = earth_centred(side)
    first, last = (int(np.linalg.norm(along - one, axis=1).argmin()) for one in (start, end))
    inner = side[first + 1 : last]
    return np.vstack([place(properties, "start"), inner, place(properties, "end")])


def assert_is_what_the_limits_are_made_of(
    segments: Collection, collections: Mapping[str, Collection], lines: Lines, rulers: Mapping[str, Ruler]
) -> None:
    """The properties alone give every limit again, to 1 mm, from vertices of the baselines."""
    vertices = vertices_of(collections["baselines"])
    stretches = by_stretch(segments)
    limits: dict[str, list[DrawnLine]] = defaultdict(list)
    for identity, line in lines:
        if line.kind == "limit":
            limits[identity].append(line)
    assert set(stretches) == {(name, part) for name, own in limits.items() for part in range(1, len(own) + 1)}
    for (limit, part), own in stretches.items():
        line = limits[limit][part - 1]
        assert [one.properties["number"] for one in own] == list(range(1, len(own) + 1))
        assert [one.id for one in own] == [f"{limit}-{part}-{number}" for number in range(1, len(own) + 1)]
        for one, other in itertools.pairwise(own):
            assert (place(one.properties, "end") == place(other.properties, "start")).all()
        for one in own:
            assert_base(one, vertices)
        again = [drawn_again(one.properties) for one in own]
        limit_points = line.lon_lat
        assert away_m(limit_points, np.vstack(again)).max() < 1e-3, limit
        truth = rulers[limit].distances(np.vstack(again)[::97])
        assert np.abs(truth - line.distance_m[0]).max() < 1e-3, limit
        drawn = shapely.get_coordinates(shapely.MultiLineString([one.geometry for one in own]))
        assert away_m(drawn, np.vstack(again)).max() < 0.012  # 7 decimals
        assert away_m(limit_points, drawn).max() < 0.012


def vertices_of(baselines: Collection) -> dict[str, Floats]:
    return {
        f"{feature.id}/{part}/{number}": point
        for feature in baselines.features
        for part, line in enumerate(shapely.get_parts(feature.geometry), start=1)
        for number, point in enumerate(shapely.get_coordinates(line), start=1)
    }


def assert_base(segment: Feature, vertices: Mapping[str, Floats]) -> None:
    """Base points are vertices of the baselines, and the distances are the breadth."""
    said = segment.properties
    breadth_m = said["breadth_nm"] * 1852.0
    is_arc = said["shape"] == "arc"
    for point, name in (("base_point", "centre"), ("base_start", "base_start"), ("base_end", "base_end")):
        is_there = is_arc == (point == "base_point")
        assert (said[point] is not None) == (said[f"{name}_lon"] is not None) == is_there, segment.id
        if is_there:
            assert np.abs(vertices[said[point]] - place(said, name)).max() <= 0.5000001e-7
            assert said[point].split("-")[0] == said["baseline_kind"]
    assert (said["line_type"] is None) == is_arc
    if is_arc:
        assert said["radius_m"] == pytest.approx(breadth_m, abs=5e-4)
        for end in ("start", "end"):
            _, _, length_m = GEOD.inv(*place(said, "centre"), *place(said, end))
            assert length_m == pytest.approx(breadth_m, abs=1e-3), segment.id


def away_m(points: Floats, chain: Floats) -> Floats:
    """Straight distance of points to a chain of short edges. [m]"""
    found, along = earth_centred(points), earth_centred(chain)
    _, near = cKDTree(along).query(found, k=3)
    best = np.full(len(found), np.inf)
    for column in near.T:
        for first in (column - 1, column):
            first = np.clip(first, 0, len(along) - 2)
            step = along[first + 1] - along[first]
            size = np.maximum((step**2).sum(axis=1), 1e-18)
            share = np.clip(((found - along[first]) * step).sum(axis=1) / size, 0, 1)
            best = np.minimum(best, np.linalg.norm(found - along[first] - share[:, None] * step, axis=1))
    return best


def test_segments_of_the_default_edition_give_its_limits(edition: Edition) -> None:
    segments = edition.collections["limit_segments"]
    ruler = ruler_of(edition.rule.baseline)
    rulers = {limit.id: ruler for limit in edition.collections["limits"].features}
    assert_is_what_the_limits_are_made_of(segments, edition.collections, edition.lines, rulers)
    assert {one.properties["shape"] for one in segments.features} == {"arc", "straight"}
    assert {one.properties["baseline_kind"] for one in segments.features} == {"normal"}
    shapes = [one.geometry for one in segments.features]
    assert shapely.is_valid(shapes).all()
    assert len({one.id for one in segments.features}) == len(shapes)


def made_up(
    islands: Sequence[tuple[str, Floats]] = (), straight: Sequence[StraightLine] = (), **breadths: float
) -> Collection:
    """Segments in a made-up sea, found right."""
    baseline = basin(islands, straight=straight)
    rule = make_rule(baseline, {**FULL, **breadths})
    partition = partition_sea(rule)
    collections = draw_atlas(rule, partition, COMMON)
    lines = named_lines(partition)
    segments = draw_limit_segments(baseline, straight, lines, collections)
    rulers = {
        limit.id: ruler_of(baseline, *((limit.properties["state"],) if breadths else ()))
        for limit in collections["limits"].features
    }
    assert_is_what_the_limits_are_made_of(segments, collections, lines, rulers)
    return segments


def of_limit(segments: Collection, limit: str, part: int = 1) -> list[Feature]:
    return by_stretch(segments)[limit, part]


def test_straight_shores_are_whole_and_a_triangle_has_three_arcs() -> None:
    segments = made_up([("KAZ", islet(MIDDLE, 30.0, 5_000.0))])
    around = next(
        own for (limit, _), own in by_stretch(segments).items()
        if limit == "territorial_waters-KAZ" and 3 < len(own) < 8
    )  # fmt: skip
    assert sorted(one.properties["shape"] for one in around) == ["arc"] * 3 + ["straight"] * 3
    first, last = around[0].properties, around[-1].properties
    assert (place(first, "start") == place(last, "end")).all()
    shores = of_limit(segments, "territorial_waters-IRN")
    assert len(shores) <= 3  # some 700 pieces of 500 m lie along one geodesic


def test_a_loxodrome_is_one_curve_and_says_so() -> None:
    shore = basin()
    own = np.flatnonzero((shore.state == 1) & shore.is_baseline)  # Iran's, along the south
    west, east = (shore.start[own[np.abs(shore.start[own, 0] - lon).argmin()]] for lon in (49.0, 51.0))
    line = StraightLine("IRN", "straight", "loxodrome", np.array([west, (49.6, 38.35), (50.4, 38.3), east]))
    segments = of_limit(made_up(straight=[line]), "territorial_waters-IRN")
    straight = [one.properties for one in segments if one.properties["baseline_kind"] == "straight"]
    curves = [one for one in straight if one["shape"] == "straight"]
    assert [one["line_type"] for one in curves] == ["loxodrome"] * 3
    ends = {tuple(place(one, name).tolist()) for one in curves for name in ("base_start", "base_end")}
    assert ends >= {(49.6, 38.35), (50.4, 38.3)}
    centres = [tuple(place(one, "centre").tolist()) for one in straight if one["shape"] == "arc"]
    assert centres in ([(49.6, 38.35), (50.4, 38.3)], [(50.4, 38.3), (49.6, 38.35)])


def test_breadths_of_states_and_stones_by_the_shore() -> None:
    stones = [("AZE", disc(*fwd(48.0, 41.0, 90.0, 9_000.0 + 40.0 * number), 15.0, 7)) for number in range(5)]
    segments = made_up(stones, AZE=3.0, RUS=12.0)
    said = {(one.properties["state"], one.properties["radius_m"]) for one in segments.features}
    assert {("AZE", 5556.0), ("AZE", 24076.0), ("RUS", 22224.0)} <= said
