"""Coasts compared under the choices of the edition: like with like, or not at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from coastlines import SOURCE_IDS, StraightLine, load_source, read_straight_lines
from tests.zones.basin import ruler_of
from zones.editions import building
from zones.editions.edition import Edition
from zones.rule.rule import wedges_of

# Over a bay of all four coasts, with its ends near the shore of each.
BAY = StraightLine(
    "AZE", "straight", "geodesic", np.array([[49.0075877, 39.1905196], [48.9320864, 39.0484021]])
)
IN_THE_BAY = (48.9532, 39.119)
# Runs over water in three of them.
CAPE = StraightLine(
    "RUS", "closing_line", "geodesic", np.array([[48.2225615, 42.1635148], [48.126631, 42.2978417]])
)


@pytest.fixture
def edition_with(store, edition, recorded):
    """The default edition with another baseline; its drawn lines stay."""

    def of(*lines, keep_artificial=False, source="osm", coast=None):
        built = recorded[edition.name]
        baseline = building.baseline_of(load_source(source), lines, keep_artificial=keep_artificial)
        coast_metadata = {**built.metadata["coast"], "id": coast or source}
        metadata = {**built.metadata, "keep_artificial": keep_artificial, "coast": coast_metadata}
        changed = replace(
            built, metadata=metadata, baseline=baseline, wedges=wedges_of(baseline), straight_lines=lines
        )
        comparison = partial(store._compared.comparison, changed)
        return Edition(edition.name, changed, comparison, lambda name, make: make())

    return of


def compared(edition, place):
    (row,) = edition.classify(lon=place[0], lat=place[1], compare=True).rows()
    assert edition.classify_one(lon=place[0], lat=place[1], compare=True) == row
    return row


@pytest.mark.thorough
def test_straight_lines_hold_on_every_coast_that_they_fit(edition_with) -> None:
    row = compared(edition_with(BAY), IN_THE_BAY)
    assert row["zone"] == "internal_waters"
    assert row["certain"] is True
    assert row["by_coast"] == "osm, osm-2017, gshhg, dcw: internal_waters AZE"
    assert row["caveat"] is None or "compared" not in row["caveat"]
    lengths = [
        ruler_of(building.baseline_of(load_source(name), (BAY,))).distances(np.array([IN_THE_BAY]))[0]
        for name in SOURCE_IDS
    ]
    assert row["coast_spread_m"] == pytest.approx(np.ptp(lengths), abs=2e-3)


def test_where_lines_fit_no_other_coast_nothing_is_compared(edition_with) -> None:
    edition = edition_with(*read_straight_lines("docs/straight-lines.geojson"))
    for place in ((49.9, 40.34), (49.97, 40.1), (50.5, 42.5), (51.0, 46.5)):
        row = compared(edition, place)
        assert row["certain"] is row["coast_spread_m"] is row["by_coast"] is None
        assert "Not compared with osm-2017, gshhg, dcw: straight lines of this edition" in row["caveat"]
        assert "Not compared" not in (edition.classify_one(lon=place[0], lat=place[1])["caveat"] or "")
    assert "constructed here" in compared(edition, (53.5, 41.3))["caveat"]
    assert "Not compared" not in compared(edition, (53.5, 41.3))["caveat"]


def test_a_coast_that_lines_do_not_fit_is_left_out(edition_with) -> None:
    row = compared(edition_with(CAPE), (48.4, 42.2))
    assert row["by_coast"] == "osm, gshhg, dcw: territorial_waters RUS"
    assert row["certain"] is True
    assert row["caveat"].endswith(
        "Not compared with osm-2017: straight lines of this edition do not fit there."
    )


def test_coasts_without_the_artificial_land_that_is_kept_are_left_out(edition_with) -> None:
    """Oil Rocks are drawn by two coasts, what lies off Kashagan by `osm` alone."""
    row = compared(edition_with(keep_artificial=True), (51.2, 40.2))
    assert row["certain"] is row["coast_spread_m"] is row["by_coast"] is None
    assert row["caveat"].endswith(
        "Not compared with osm-2017, gshhg, dcw: artificial land of this edition is not drawn there."
    )
    row = compared(edition_with(keep_artificial=True, source="dcw"), (51.2, 40.2))  # which draws none
    assert row["by_coast"].startswith("dcw, gshhg: ")
    assert row["caveat"].endswith(
        "Not compared with osm, osm-2017: artificial land of this edition is not drawn there."
    )
    assert "Not compared" not in (compared(edition_with(), (51.2, 40.2))["caveat"] or "")


def test_a_coast_of_ones_own_is_compared_with_all_that_are_bundled(edition_with) -> None:
    row = compared(edition_with(coast="own-shore"), (49.97, 40.1))
    assert row["by_coast"] == "own-shore, osm, osm-2017, gshhg, dcw: territorial_waters AZE"
