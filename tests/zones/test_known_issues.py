"""Known issues: where they are, and their effects found again in another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, features, kara_bogaz_gol
from tests.zones.basin import ruler_of
from tests.zones.ruler import GEOD
from zones.atlas.features import Feature
from zones.atlas.known_issues import Known, draw_known_issues
from zones.editions.derived import measured_issues
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.words import ISSUE_TITLES, STATES

COMMON = {"edition": "made-up"}


def measured(source_id: str, kind: str) -> dict[str, dict[str, object]]:
    return {one["of"]: one for one in measured_issues()[source_id]["issues"] if one["kind"] == kind}


def random_positions(sea: shapely.Polygon, count: int, rng) -> np.ndarray:
    """Evenly over the area of the sphere."""
    west, south, east, north = sea.bounds
    lon = rng.uniform(west, east, 8 * count)
    sines = rng.uniform(*np.sin(np.radians([south, north])), 8 * count)
    found = np.column_stack([lon, np.degrees(np.arcsin(sines))])
    return found[shapely.contains_xy(sea, *found.T)][:count]


def test_they_were_measured_on_the_editions_that_there_are(store: Store) -> None:
    names = {info.coast: info.name for info in store.default_editions()}
    assert {coast: one["edition"] for coast, one in measured_issues().items()} == names
    assert set(names) == set(SOURCE_IDS)


def test_every_kind_has_its_place_in_the_default_edition(edition: Edition) -> None:
    found = edition.collections["known_issues"].features
    assert len({one.id for one in found}) == len(found)
    assert {one.properties["kind"] for one in found} == set(ISSUE_TITLES) - {"tie_wedge"}
    for one in found:
        assert shapely.is_valid(one.geometry)
        effects = [one.properties[name] for name in ("effect_km2", "effect_m")]
        assert any(effects) == (one.properties["kind"] != "straight_baselines")
        assert all(one.properties[name] for name in ("description", "how_measured", "evidence"))
    for land in edition.rule.baseline.artificial:
        (issue,) = (one for one in found if one.properties["name"].endswith(f": {land.name}"))
        assert issue.geometry.buffer(0.5).covers(shapely.Polygon(land.lon_lat))
        assert issue.geometry.area < edition.partition.sea.area / 10
    line = next(one for one in edition.collections["sector_boundaries"].features if one.id == "AZE-KAZ")
    assert by_name(found, "sector_boundaries AZE-KAZ").geometry.buffer(0.01).covers(line.geometry)


def test_texts_say_what_the_numbers_say(edition: Edition) -> None:
    found = edition.collections["known_issues"].features
    for terminus in edition.rule.baseline.termini:
        one = by_name(found, f": {terminus.pair}").properties
        moved_m = GEOD.inv(terminus.published_lon, terminus.published_lat, terminus.lon, terminus.lat)[2]
        assert one["effect_m"] == pytest.approx(max(moved_m, terminus.accuracy_m), abs=0.06)
        assert f"known to {terminus.accuracy_m:g} m and was moved by {moved_m:.0f} m" in one["description"]
        assert "nearest" not in one["how_measured"]  # which may be a needle, that no border is moved to
    for one in (each.properties for each in found if each.properties["kind"] == "artificial_land"):
        assert "as baseline" not in one["description"]  # the effect stands in its fields, measured in one way


def by_name(found: tuple[Feature, ...], what: str) -> Feature:
    return next(one for one in found if one.properties["name"].endswith(what))


def test_land_that_counts_as_coast_is_no_issue(edition: Edition) -> None:
    known = Known(
        measured_issues()["osm"], edition.rule.baseline.termini, kara_bogaz_gol(), features(),
        edition.partition.sea, keeps_artificial=False,
    )  # fmt: skip
    kinds = [
        {one.properties["kind"] for one in draw_known_issues(each, edition.collections, COMMON).features}
        for each in (known, replace(known, keeps_artificial=True), replace(known, measured={}))
    ]
    assert kinds[0] - kinds[1] == {"artificial_land"}
    assert kinds[2] == {"straight_baselines", "land_border_end", "closing_line"}


def test_lines_are_missing_of_states_without_alone(edition: Edition) -> None:
    known = Known(
        {}, edition.rule.baseline.termini, kara_bogaz_gol(), features(), edition.partition.sea,
        keeps_artificial=False, with_lines=frozenset({"AZE", "KAZ", "RUS"}),
    )  # fmt: skip
    found = draw_known_issues(known, edition.collections, COMMON).features
    (missing,) = (one.properties for one in found if one.id == "straight_baselines")
    assert missing["states"] == "IRN-TKM"
    assert "of Iran, Turkmenistan, of which this edition has no lines" in missing["description"]
    known = replace(known, with_lines=frozenset(STATES))
    found = draw_known_issues(known, edition.collections, COMMON).features
    assert "straight_baselines" not in {one.id for one in found}


def test_the_coasts_differ_over_that_area(edition: Edition, rng) -> None:
    lon, lat = random_positions(edition.partition.sea, 3000, rng).T
    certain = edition.classify(lon=lon, lat=lat, fields=("certain",), compare=True).rows()
    share = np.mean([one["certain"] is False for one in certain])
    found = share * edition.metadata["sea_area_km2"]
    assert measured("osm", "shoreline")[""]["effect_km2"] == pytest.approx(found, abs=8000.0)  # 3 sigma


def test_the_wedge_is_that_large(rule_of, rng) -> None:
    """Positions that are as far from both States' baselines as from the end of their border."""
    rule = rule_of("osm-2017")
    (terminus,) = (one for one in rule.baseline.termini if one.pair == "IRN-TKM")
    count, reach_m = 4000, float(rule.reach_m[STATES.index("IRN")])
    distance_m, azimuth = reach_m * np.sqrt(rng.uniform(0, 1, count)), rng.uniform(0, 360, count)
    place = np.tile([terminus.lon, terminus.lat], (count, 1))
    lon, lat, _ = GEOD.fwd(*place.T, azimuth, distance_m)
    inside = shapely.contains_xy(rule.baseline.sea, lon, lat)
    positions, distance_m = np.column_stack([lon, lat])[inside], distance_m[inside]
    tied = np.ones(len(positions), dtype=bool)
    for state in ("IRN", "TKM"):
        tied &= np.abs(ruler_of(rule.baseline, state).distances(positions) - distance_m) < 1e-3
    found = np.pi * (reach_m / 1000) ** 2 * tied.sum() / count
    assert measured("osm-2017", "tie_wedge")["IRN-TKM"]["effect_km2"] == pytest.approx(found, abs=60.0)
    assert measured("osm", "tie_wedge") == {}
