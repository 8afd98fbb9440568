"""Simplified collections against the exact ones, by other means than those that made them."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
import shapely

from zones.atlas.features import Collection, Feature
from zones.atlas.simplification import LADDER_DEG, simplified, step_below
from zones.editions.edition import Edition

COLLECTIONS = (
    "zones", "limits", "baselines", "boundaries", "installations", "sectors", "sector_boundaries",
)  # fmt: skip
COVERAGES = ("zones", "sectors")
# Every third step always, the others where there is time.
STEPS_DEG = LADDER_DEG[::3]
ALL_STEPS_DEG = [
    one if one in STEPS_DEG else pytest.param(one, marks=pytest.mark.thorough) for one in LADDER_DEG
]
SAMPLES = 400  # on each geometry
ROUNDING_DEG = 1e-12


@cache
def exact(edition: Edition, name: str):
    """Its geometries, and for each the corners and a tree of the edges: what every step is held against."""
    found = geometries(edition.collections[name])
    corners = [set(map(bytes, shapely.get_coordinates(one))) for one in found]
    return found, corners, [tree_of(one) for one in found]


@cache
def rings_united(edition: Edition, name: str) -> int:
    united = shapely.union_all(exact(edition, name)[0])
    return len(shapely.get_rings(shapely.get_parts(united)))


@cache
def in_steps(edition: Edition, name: str, step_deg: float) -> Collection:
    return simplified(edition.collections[name], step_deg)


def geometries(collection: Collection):
    return np.array([feature.geometry for feature in collection.everything], dtype=object)


def paths(geometry):
    parts = shapely.get_parts(geometry)
    return shapely.get_rings(parts) if shapely.get_dimensions(parts[0]) == 2 else parts


def segments(geometry):
    """Edges as an array of shape (n, 2, 2)."""
    points, path = shapely.get_coordinates(paths(geometry), return_index=True)
    together = path[1:] == path[:-1]
    return np.stack([points[:-1][together], points[1:][together]], axis=1)


def tree_of(geometry):
    return shapely.STRtree(shapely.linestrings(segments(geometry)))


def farthest(of, from_tree, rng):
    """How far points anywhere on the edges of one geometry lie from the edges in a tree. [deg]"""
    edges = segments(of)
    chosen = edges[rng.integers(len(edges), size=SAMPLES)]
    share = rng.random((SAMPLES, 1))
    points = [chosen[:, 0], chosen[:, 0] + share * (chosen[:, 1] - chosen[:, 0])]
    found = from_tree.query_nearest(
        shapely.points(np.concatenate(points)), return_distance=True, all_matches=False
    )
    return found[1].max()


@pytest.mark.parametrize("step_deg", ALL_STEPS_DEG)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_step_is_valid_and_as_near_as_it_says(edition: Edition, name: str, step_deg: float) -> None:
    collection = edition.collections[name]
    found = in_steps(edition, name, step_deg)
    (whole, corners, trees), simpler = exact(edition, name), geometries(found)
    assert [one.id for one in found.features] == [one.id for one in collection.features]
    assert [one.id for one in found.on_request] == [one.id for one in collection.on_request]
    assert [one.properties for one in found.everything] == [one.properties for one in collection.everything]
    assert shapely.is_valid(simpler).all()
    assert (shapely.get_type_id(simpler) == shapely.get_type_id(whole)).all()
    assert shapely.get_num_coordinates(simpler).sum() < shapely.get_num_coordinates(whole).sum()
    rng = np.random.default_rng(5)
    deviations = []
    for one, other, vertices, tree in zip(whole, simpler, corners, trees, strict=True):
        assert len(paths(one)) == len(paths(other))  # no part and no island is lost
        assert set(map(bytes, shapely.get_coordinates(other))) <= vertices
        deviations += [farthest(one, tree_of(other), rng), farthest(other, tree, rng)]
    assert max(deviations) <= step_deg + ROUNDING_DEG
    assert max(deviations) > 0.5 * step_deg or name not in COVERAGES  # and not finer than it need be


@pytest.mark.thorough
@pytest.mark.parametrize("step_deg", STEPS_DEG)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_vertices_left_out_lie_near_the_segment_in_their_place(
    edition: Edition, name: str, step_deg: float
) -> None:
    """Ring by ring and line by line, so that nothing near by is taken for the right place."""
    collection = edition.collections[name]
    for one, other in zip(geometries(collection), geometries(in_steps(edition, name, step_deg)), strict=True):
        for whole, short in zip(paths(one), paths(other), strict=True):
            points, kept = shapely.get_coordinates(whole), shapely.get_coordinates(short)
            if len(points) == len(kept):
                assert sorted(points[:-1].tolist()) == sorted(kept[:-1].tolist())
                continue
            if (points[0] == points[-1]).all():  # from a vertex that is kept
                at = int(np.flatnonzero((points[:-1] == kept[0]).all(axis=1))[0])
                points = np.concatenate([points[at:-1], points[: at + 1]])
                second, last = (int(np.flatnonzero((points == kept[k]).all(axis=1))[0]) for k in (1, -2))
                kept = kept if second < last else kept[::-1]  # a ring that was turned
            place = 0
            for start, end in itertools.pairwise(kept):
                last = place + 1
                while (points[last] != end).any():
                    last += 1
                if last > place + 1:
                    edge = shapely.LineString([start, end])
                    away = shapely.distance(shapely.points(points[place + 1 : last]), edge)
                    assert away.max() <= step_deg
                place = last
            assert place == len(points) - 1


@pytest.mark.parametrize("step_deg", ALL_STEPS_DEG)
@pytest.mark.parametrize("name", COVERAGES)
def test_areas_leave_no_gap_and_do_not_overlap(edition: Edition, name: str, step_deg: float) -> None:
    simpler = geometries(in_steps(edition, name, step_deg))
    assert shapely.coverage_is_valid(simpler)
    united = shapely.union_all(simpler)
    assert shapely.area(simpler).sum() == pytest.approx(united.area, rel=1e-9)
    holes = len(shapely.get_rings(shapely.get_parts(united)))
    assert holes == rings_united(edition, name)  # the islands alone
    for polygon in shapely.get_parts(simpler):
        assert shapely.is_ccw(polygon.exterior)  # RFC 7946, 3.1.6
        assert not any(shapely.is_ccw(hole) for hole in polygon.interiors)


def test_a_coarser_step_has_fewer_vertices(edition: Edition) -> None:
    for name in COLLECTIONS:
        collection = edition.collections[name]
        counts = [
            shapely.get_num_coordinates(geometries(in_steps(edition, name, s))).sum() for s in STEPS_DEG
        ]
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] < 0.2 * shapely.get_num_coordinates(geometries(collection)).sum()


def of(identity: str, *shapes: shapely.Geometry) -> Collection:
    features = tuple(Feature(str(row), shape, {"row": row}) for row, shape in enumerate(shapes))
    return Collection(identity, identity, identity, features[:1], features[1:])


def test_a_strip_narrower_than_the_step_stays_an_area() -> None:
    """Both of its long edges would become the same segment."""
    lon = np.linspace(50.0, 51.0, 101)
    lower = np.column_stack([lon, 42.0 + 0.001 * np.sin(40 * lon)])
    upper = np.column_stack([lon, 42.001 + 0.001 * np.sin(40 * lon)])
    upper[[0, -1]] = lower[[0, -1]]
    below = shapely.Polygon([*lower, (51.0, 41.0), (50.0, 41.0)])
    strip = shapely.Polygon([*lower[::-1], *upper[1:-1]])
    above = shapely.Polygon([*upper[::-1], (50.0, 43.0), (51.0, 43.0)])
    for step_deg in LADDER_DEG:
        found = geometries(simplified(of("zones", below, strip, above), step_deg))
        assert shapely.is_valid(found).all()
        assert (shapely.area(found) > 0).all()
        assert shapely.coverage_is_valid(found)
        assert shapely.area(found).sum() == pytest.approx(2.0, rel=1e-9)
        assert shapely.get_num_coordinates(found).sum() < 400
        assert all(
            shapely.hausdorff_distance(*pair) <= step_deg
            for pair in zip(shapely.boundary([below, strip, above]), shapely.boundary(found), strict=True)
        )


def test_what_is_a_vertex_of_a_ring_by_chance_alone_does_not_stay() -> None:
    """GEOS takes the first vertex out of a polygon's ring without regard to those that went before."""
    around = np.linspace(0.0, 2 * np.pi, 721)[:-1]
    disc = shapely.Polygon(np.column_stack([50 + 0.1 * np.cos(around), 42 + 0.1 * np.sin(around)]))
    for step_deg in LADDER_DEG:
        (found,) = geometries(simplified(of("installations", disc), step_deg))
        assert found.is_valid
        assert shapely.hausdorff_distance(disc.exterior, found.exterior) <= step_deg


def test_nothing_is_made_of_nothing() -> None:
    empty = Collection("installations", "", "", ())
    assert simplified(empty, 0.01) == empty


def test_steps() -> None:
    assert LADDER_DEG == (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
    for step_deg in LADDER_DEG:
        assert step_below(step_deg) == step_deg
    assert step_below(np.nextafter(LADDER_DEG[0], 0.0)) is None
    assert step_below(0.00149) == 0.001
    assert step_below(np.nextafter(0.001, 0.0)) == 0.0005
    assert step_below(1e300) == 0.05
