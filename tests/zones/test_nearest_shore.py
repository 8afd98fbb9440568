"""Where points come to lie on the shore: as building moves the ends of lines, and as GEOS finds it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from coastlines import StraightLine
from zones.baseline.nearest_shore import nearest_shore
from zones.editions.store import Store
from zones.parameters import Parameters

GEOD = Geod(ellps="WGS84")
ENDS = np.array([[49.837, 40.313], [49.983, 40.331]])


def test_ends_come_to_lie_where_building_moves_them(real_store: Store) -> None:
    line = StraightLine("AZE", "closing_line", "geodesic", ENDS, "Baku bay")
    built = real_store.build(Parameters(straight_lines=(line,)))
    (used,) = (one for one in built.rule.baseline.straight_lines if not one.closes_kara_bogaz_gol)
    found = nearest_shore(real_store.edition("osm").rule.baseline, ENDS)
    for one, as_used, moved_m in zip(
        found, used.coordinates[[0, -1]], (used.snapped_start_m, used.snapped_end_m), strict=True
    ):
        assert (one.lon, one.lat) == pytest.approx(tuple(as_used), abs=2e-7)
        assert one.away_m == pytest.approx(moved_m, abs=0.02)
        assert one.states == ("AZE",)


def test_nearest_points_are_those_of_geos(real_store: Store) -> None:
    edition = real_store.edition("osm")
    shores = {one.properties["state"]: one.geometry for one in edition.collections["baselines"].features}
    numbers = np.random.default_rng(3)
    points = np.column_stack([numbers.uniform(48, 53, 40), numbers.uniform(37, 46, 40)])
    for point, one in zip(points, nearest_shore(edition.rule.baseline, points), strict=True):
        stretch = lambda xy, lat=point[1]: xy * [np.cos(np.radians(lat)), 1.0]  # noqa: E731
        away = {
            state: shapely.distance(shapely.transform(shore, stretch), shapely.Point(*stretch(point)))
            for state, shore in shores.items()
        }
        # A degree is as long as on the sphere within half a percent, further off within two.
        assert one.away_m == pytest.approx(min(away.values()) * 111_150.0, rel=0.02)
        if sorted(away.values())[1] > 1.1 * min(away.values()):
            assert one.states == (min(away, key=lambda state: away[state]),)
        assert one.away_m == pytest.approx(GEOD.inv(*point, one.lon, one.lat)[2], abs=1e-6)


def test_the_end_of_a_land_border_is_of_both_states(real_store: Store) -> None:
    baseline = real_store.edition("osm").rule.baseline
    for terminus in baseline.termini:
        (one,) = nearest_shore(baseline, np.array([[terminus.lon + 3e-6, terminus.lat]]))
        assert (one.lon, one.lat) == (terminus.lon, terminus.lat)
        assert "-".join(sorted(one.states)) == terminus.pair
