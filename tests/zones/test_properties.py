"""Properties of the rule on the real coast, for positions that nobody picked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.zones.ruler import GEOD, fwd
from zones.classification.records import RECORD_FIELDS
from zones.words import STATES

# From inner to outer.
ORDER = ["internal_waters", "territorial_waters", "fishery_zone", "common_maritime_space"]

positions = st.tuples(st.floats(46.5, 55.0, allow_nan=False), st.floats(36.5, 47.2, allow_nan=False))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
steps = st.tuples(st.floats(0, 360), st.floats(0, 60_000))
examples = settings(max_examples=150, derandomize=True, deadline=None)


@pytest.fixture(scope="module")
def row(edition):
    def classify(position):
        (found,) = edition.classify(lon=position[0], lat=position[1]).rows()
        return found

    return classify


@examples
@given(position=st.one_of(positions, anywhere))
def test_the_rule_is_total_and_exclusive(row, position) -> None:
    found = row(position)
    assert set(found) == set(RECORD_FIELDS)
    assert found["zone"] in (*ORDER, "land", "outside_caspian")
    without_state = found["zone"] in ("common_maritime_space", "outside_caspian")
    assert (found["state"] in STATES) != without_state
    assert found["baseline_distance_m"] >= 0


@settings(max_examples=60, derandomize=True, deadline=None)
@given(batch=st.lists(st.one_of(positions, anywhere), min_size=1, max_size=8))
def test_batch_equals_single_in_any_order(edition, row, batch) -> None:
    lon, lat = np.array(batch).T
    rows = edition.classify(lon=lon, lat=lat).rows()
    assert rows == [row(position) for position in batch]
    assert edition.classify(lon=lon[::-1], lat=lat[::-1]).rows() == rows[::-1]
    labels = edition.labels(lon=lon, lat=lat)
    names = (*ORDER, "land", "outside_caspian")
    for zone, state, sector, found in zip(*labels, rows, strict=True):
        assert names[zone] == found["zone"]
        assert (STATES[state] if state >= 0 else None) == found["state"]
        assert (STATES[sector] if sector >= 0 else None) == found["sector"]


@examples
@given(position=positions, share=st.floats(0.0, 0.999))
def test_the_way_to_the_baseline_leads_inward_metre_for_metre(row, position, share) -> None:
    before = row(position)
    away = before["baseline_distance_m"]
    assume(1.0 < away < 100_000 and before["zone"] in ORDER[1:])
    moved = share * away
    after = row(fwd(*position, before["baseline_azimuth_deg"], moved))
    assume(away - moved > 0.05)
    # 6 decimals of the azimuth lead 1 mm astray in 60 km; that is no part of the distance.
    assert after["baseline_distance_m"] == pytest.approx(away - moved, abs=2e-3, rel=0)
    assert ORDER.index(after["zone"]) <= ORDER.index(before["zone"])
    assert after["zone"] != "internal_waters"
    if before["state"] is not None:
        assert after["state"] == before["state"]


@examples
@given(position=positions, step=steps)
def test_no_move_changes_the_distance_by_more_than_its_length(row, position, step) -> None:
    azimuth, length = step
    before, after = row(position), row(fwd(*position, azimuth, length))
    seaward = [found["zone"] in ORDER[1:] for found in (before, after)]
    assume(all(seaward))
    change = abs(before["baseline_distance_m"] - after["baseline_distance_m"])
    assert change <= length + 2e-3


@examples
@given(position=positions, step=steps)
def test_the_straight_way_to_the_base_point_is_the_distance(row, position, step) -> None:
    found = row(position)
    assume(found["baseline_distance_m"] < 100_000)
    _, _, length = GEOD.inv(*position, found["baseline_lon"], found["baseline_lat"])
    assert length == pytest.approx(found["baseline_distance_m"], abs=2e-3, rel=0)
