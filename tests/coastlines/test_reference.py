"""Border ends, features, States and the lagoon."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from coastlines import (
    SOURCE_IDS,
    border_termini,
    features,
    kara_bogaz_gol,
    load_source,
    state_polygons,
    water_polygon,
)
from coastlines.rings import signed_area

STATES = ["AZE", "IRN", "KAZ", "RUS", "TKM"]
GEOD = Geod(ellps="WGS84")

# Area in km2 and number of islands of artificial land, measured from the packages.
ARTIFICIAL = {
    ("osm", "Neft Daslari (Oil Rocks)"): (2, 2.57 + 0.66),
    ("osm", "Kashagan D"): (1, 0.33),
    ("osm", "Kashagan, second structure"): (1, 0.03),
    ("osm", "channel spoil islets (13)"): (13, None),
    ("osm-2017", "Neft Daslari (Oil Rocks)"): (1, 2.76),
}


def ring_area_km2(ring: np.ndarray) -> float:
    return abs(GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])[0]) / 1e6


def test_there_are_five_border_ends_near_every_shore() -> None:
    termini = border_termini()
    assert sorted(t.pair for t in termini) == [
        "AZE-IRN",
        "AZE-RUS",
        "IRN-TKM",
        "KAZ-RUS",
        "KAZ-TKM",
    ]
    for source_id in SOURCE_IDS:
        shore = shapely.LineString(load_source(source_id).mainland)
        for terminus in termini:
            position = shapely.Point(terminus.lon, terminus.lat)
            foot = shore.interpolate(shore.project(position))
            distance = GEOD.inv(terminus.lon, terminus.lat, foot.x, foot.y)[2]
            # In the flat north the shore moves by tens of kilometres with the level.
            assert distance < (30_000 if terminus.pair == "KAZ-RUS" else 6_000), terminus.pair


def test_border_ends_have_accuracy_and_source() -> None:
    assert all(t.accuracy_m > 0 and t.source for t in border_termini())


def test_features_are_complete() -> None:
    for feature in features():
        assert feature.state in STATES
        kinds = ("island", "stretch of coast", "artificial", "artificial (inferred)", "lagoon")
        assert feature.kind in kinds
        counts = {"island": True, "stretch of coast": True, "lagoon": None}
        assert feature.generates_baseline is counts.get(feature.kind, False)
        assert feature.note
        assert feature.source
        assert set(feature.coast_sources) <= set(SOURCE_IDS)
        if feature.bbox is not None:
            west, south, east, north = feature.bbox
            assert west < feature.lon < east
            assert south < feature.lat < north


@pytest.mark.parametrize("source_id", SOURCE_IDS)
@pytest.mark.parametrize("feature", features(), ids=lambda feature: feature.name)
def test_features_are_found_in_the_coasts_that_are_said_to_show_them(source_id, feature) -> None:
    if feature.bbox is None:
        return
    found = [island for island in load_source(source_id).islands if feature.holds(island)]
    assert bool(found) == (source_id in feature.coast_sources)
    if feature.generates_baseline is False:
        count, area = ARTIFICIAL.get((source_id, feature.name), (0, 0.0))
        assert len(found) == count
        if area is not None:
            assert sum(map(ring_area_km2, found)) == pytest.approx(area, abs=0.01)


def test_channel_islets_have_the_sizes_and_places_measured() -> None:
    (islets,) = (f for f in features() if f.name.startswith("channel"))
    assert islets.kind == "artificial (inferred)"
    rings = [ring for ring in load_source("osm").islands if islets.holds(ring)]
    assert all(0.2 < ring_area_km2(ring) < 1.4 for ring in rings)
    middles = np.array([shapely.Polygon(ring).centroid.coords[0] for ring in rings])
    # West, south, east, north of the middles, to the digits given.
    assert np.append(middles.min(axis=0), middles.max(axis=0)) == pytest.approx(
        [52.538, 45.889, 52.856, 45.922], abs=1.5e-3
    )


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_no_island_belongs_to_two_features(source_id: str) -> None:
    # A stretch of coast may take several islands in.
    single = [feature for feature in features() if feature.kind != "stretch of coast"]
    for island in load_source(source_id).islands:
        assert sum(feature.holds(island) for feature in single) <= 1


def test_states_are_valid_and_say_whose_shore_is_nearest() -> None:
    states = state_polygons()
    assert sorted(states) == STATES
    assert all(land.is_valid for land in states.values())
    towns = {
        "AZE": (49.87, 40.37),  # Baku
        "IRN": (51.50, 36.65),  # Chalus
        "KAZ": (51.15, 43.65),  # Aktau
        "RUS": (47.50, 42.98),  # Makhachkala
        "TKM": (52.97, 40.02),  # Turkmenbashi
    }
    for state, town in towns.items():
        distances = {code: land.distance(shapely.Point(town)) for code, land in states.items()}
        assert min(distances, key=distances.get) == state


def test_the_lagoon_is_closed_by_a_line_between_vertices_of_the_shore() -> None:
    lagoon = kara_bogaz_gol()
    shore = set(map(tuple, load_source("gshhg").mainland))
    assert {tuple(end) for end in lagoon.closing_line} <= shore
    assert {tuple(vertex) for vertex in lagoon.outline} <= shore
    (south, north) = map(tuple, lagoon.closing_line)
    edges = set(zip(map(tuple, lagoon.outline), map(tuple, lagoon.outline[1:]), strict=False))
    # The sea is on the left of the line, so the lagoon has it the other way round.
    assert (north, south) in edges
    assert GEOD.inv(*south, *north)[2] == pytest.approx(1755.6, abs=0.1)


def test_the_lagoon_is_as_large_as_measured() -> None:
    lagoon = kara_bogaz_gol()
    assert signed_area(lagoon.outline) > 0
    assert shapely.Polygon(lagoon.outline, lagoon.islands).is_valid
    area = ring_area_km2(lagoon.outline) - sum(map(ring_area_km2, lagoon.islands))
    assert area == pytest.approx(17_110, abs=15)  # measured from the package, closed elsewhere
    assert area == pytest.approx(lagoon.provenance.area_km2, abs=0.1)


@pytest.mark.parametrize("source_id", ["osm", "osm-2017", "dcw"])
def test_the_lagoon_lies_apart_from_the_water_of_coasts_without_it(source_id: str) -> None:
    lagoon = shapely.Polygon(kara_bogaz_gol().outline)
    assert water_polygon(load_source(source_id)).disjoint(lagoon)
