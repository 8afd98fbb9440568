"""Every field of the record."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from coastlines import SOURCE_IDS, kara_bogaz_gol
from tests.zones.ruler import GEOD, Ruler
from zones.classification.records import RECORD_FIELDS
from zones.errors import CoordinateError
from zones.geodesy.ellipsoid import to_lon_lat
from zones.rule.rule import decide_many
from zones.words import ANSWERS, BASELINE_KINDS, STATES

PLACES = {
    "territorial_waters": (50.2, 40.3),
    "fishery_zone": (52.3, 40.05),
    "common_maritime_space": (50.6, 38.5),
    "internal_waters": (53.5, 41.3),
    "land": (49.6, 40.45),
    "outside_caspian": (34.0, 43.0),
}
FIELDS = (
    "lon lat zone state delimitation sector sector_status sector_boundary_distance_m "
    "baseline_distance_m baseline_distance_nm baseline_azimuth_deg baseline_lon baseline_lat "
    "baseline_kind limit limit_distance_m coast_spread_m certain by_coast legal_basis caveat hint "
    "assumptions edition"
)
TEXTS = {
    "zone", "state", "delimitation", "sector", "sector_status", "baseline_kind", "limit",
    "by_coast", "legal_basis", "caveat", "hint", "assumptions", "edition",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(edition):
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(46.5, 55.0, 2500), rng.uniform(36.5, 47.2, 2500)
    return edition.classify(lon=lon, lat=lat, compare=True)


def one(edition, place, **options):
    (row,) = edition.classify(lon=place[0], lat=place[1], **options).rows()
    return row


def test_the_fields_are_those_of_the_contract() -> None:
    assert " ".join(RECORD_FIELDS) == FIELDS


@pytest.mark.parametrize("zone", PLACES)
def test_types_and_no_nan(edition, zone) -> None:
    row = one(edition, PLACES[zone], compare=True)
    assert row["zone"] == zone
    for name, value in row.items():
        if value is None:
            continue
        expected = str if name in TEXTS else bool if name == "certain" else float
        assert type(value) is expected, name
        if expected is float:
            assert math.isfinite(value), name
    assert row["edition"] == edition.name
    assert (row["lon"], row["lat"]) == PLACES[zone]


def test_what_is_not_compared_is_none(edition) -> None:
    row = one(edition, PLACES["land"], compare=False)
    assert row["coast_spread_m"] is row["certain"] is row["by_coast"] is None


def test_states_and_zones_agree(sample) -> None:
    for zone, state, basis in zip(sample["zone"], sample["state"], sample["legal_basis"], strict=True):
        assert zone in ANSWERS
        assert (state is None) == (zone in ("common_maritime_space", "outside_caspian"))
        assert state is None or state in STATES
        assert (basis is None) == (zone in ("land", "outside_caspian"))
    articles = {"territorial_waters": "Art. 7", "fishery_zone": "Art. 9"}
    for zone, article in articles.items():
        assert {b for z, b in zip(sample["zone"], sample["legal_basis"], strict=True) if z == zone} == {
            f"Convention, {article}"
        }


def test_units_are_consistent(sample) -> None:
    assert sample["baseline_distance_nm"] * 1852 == pytest.approx(
        sample["baseline_distance_m"], abs=2e-3, rel=0
    )
    belt = sample["zone"] == "territorial_waters"
    assert (sample["baseline_distance_nm"][belt] <= 15.000001).all()
    fishery = sample["zone"] == "fishery_zone"
    assert (sample["baseline_distance_nm"][fishery] > 14.999999).all()
    assert (sample["baseline_distance_nm"][fishery] <= 25.000001).all()
    common = sample["zone"] == "common_maritime_space"
    assert (sample["baseline_distance_nm"][common] > 24.999999).all()
    assert ((sample["baseline_azimuth_deg"] >= 0) & (sample["baseline_azimuth_deg"] < 360)).all()


def test_the_azimuth_leads_to_the_base_point(sample, ruler) -> None:
    lon, lat, _ = GEOD.fwd(
        sample["lon"], sample["lat"], sample["baseline_azimuth_deg"], sample["baseline_distance_m"]
    )
    _, _, missed = GEOD.inv(lon, lat, sample["baseline_lon"], sample["baseline_lat"])
    near = sample["baseline_distance_m"] < 100_000
    assert np.max(np.array(missed)[near]) < 0.01
    feet = np.column_stack([sample["baseline_lon"], sample["baseline_lat"]])
    assert ruler("osm").distances(feet).max() < 0.01
    assert set(sample["baseline_kind"]) <= set(BASELINE_KINDS)


def test_the_distance_is_the_true_one(sample, ruler) -> None:
    water = np.isin(sample["zone"], ["territorial_waters", "fishery_zone", "common_maritime_space"])
    truth = ruler("osm").distances(np.column_stack([sample["lon"], sample["lat"]])[water])
    near = truth < 100_000
    assert np.abs(truth - sample["baseline_distance_m"][water])[near].max() < 2e-3


def test_the_base_point_is_on_the_baseline_of_the_own_state(sample, ruler) -> None:
    for state in STATES:
        own = np.isin(sample["zone"], ["territorial_waters", "fishery_zone"]) & (sample["state"] == state)
        feet = np.column_stack([sample["baseline_lon"], sample["baseline_lat"]])[own]
        assert ruler("osm", state).distances(feet).max() < 0.01


def test_batch_equals_single(edition, sample) -> None:
    rows = sample.rows()
    for number in range(0, 2500, 60):
        place = float(sample["lon"][number]), float(sample["lat"][number])
        assert one(edition, place, compare=True) == rows[number]


def test_no_answer_depends_on_the_positions_before_it(edition) -> None:
    """Searches begin with what was nearest before; on shores, limits and termini two are equally near."""
    baseline, lines = edition.rule.baseline, edition.classifier.limits
    rng = np.random.default_rng(12)
    corners = np.vstack([baseline.tree.start[::9], lines.tree.start[::40], edition.sectors.tree.start[::9]])
    termini = np.array([[terminus.lon, terminus.lat] for terminus in baseline.termini])
    at = np.vstack([to_lon_lat(corners), np.repeat(termini, 20, axis=0)])
    at[-len(termini) * 20 :] += rng.uniform(-0.05, 0.05, (len(termini) * 20, 2))
    mixed = rng.permutation(len(at))
    first = decide_many(edition.rule, *at.T)
    second = decide_many(edition.rule, *at[mixed].T)
    for name, column in first._asdict().items():
        np.testing.assert_array_equal(column[mixed], getattr(second, name), name)
    batch = edition.classify(lon=at[:, 0], lat=at[:, 1]).rows()
    for number in mixed[:400].tolist():
        assert edition.classify_one(lon=at[number, 0], lat=at[number, 1]) == batch[number]


def test_an_empty_batch(edition) -> None:
    assert edition.classify(lon=np.empty(0), lat=np.empty(0)).rows() == []


def test_the_nearest_limit_and_its_distance(edition, sample) -> None:
    lines = dict.fromkeys(f.id for c in ("limits", "boundaries")
                          for f in edition.collections[c].features)  # fmt: skip
    named = {limit for limit in sample["limit"] if limit is not None}
    assert named <= set(lines)
    assert len(named) > 8
    start = np.vstack([line.lon_lat[:-1] for _, line in edition.lines])
    end = np.vstack([line.lon_lat[1:] for _, line in edition.lines])
    inside = sample["zone"] != "outside_caspian"
    points = np.column_stack([sample["lon"], sample["lat"]])[inside][:300]
    truth = Ruler(start, end).distances(points)
    near = truth < 100_000
    assert np.abs(sample["limit_distance_m"][inside][:300] - truth)[near].max() < 2e-3


def test_outside_there_is_no_limit(edition) -> None:
    row = one(edition, PLACES["outside_caspian"])
    assert row["limit"] is row["limit_distance_m"] is row["caveat"] is None
    assert row["state"] is None
    assert row["baseline_distance_m"] > 100_000


def test_the_spread_over_the_coasts(sample, rule_of, ruler) -> None:
    """Largest less smallest distance of the four coasts, landward negative."""
    points = np.column_stack([sample["lon"], sample["lat"]])[:400]
    water = np.isin(sample["zone"][:400], ["territorial_waters", "fishery_zone",
                                        "common_maritime_space"])  # fmt: skip
    water &= np.array([value is True for value in sample["certain"][:400]])  # so it is water on every coast
    truth = np.array([ruler(source_id).distances(points[water]) for source_id in SOURCE_IDS])
    near = (truth < 100_000).all(axis=0)
    assert near.sum() > 50
    spread = truth.max(axis=0) - truth.min(axis=0)
    assert np.abs(spread - sample["coast_spread_m"][:400][water])[near].max() < 5e-3


def test_certain_means_that_all_coasts_say_so(sample, rule_of) -> None:
    from zones.rule.rule import decide_many

    answers = [decide_many(rule_of(source_id), sample["lon"], sample["lat"]) for source_id in SOURCE_IDS]
    first = answers[0]
    same = np.all([(a.zone == first.zone) & (a.state == first.state) for a in answers], axis=0)
    compared = sample["certain"] != np.array(None)
    assert sample["certain"][compared].tolist() == same[compared].tolist()
    assert 0 < same[compared].sum() < compared.sum()
    signed = [np.where(np.isin(a.zone, [0, 4, 5]), -a.length, a.length) for a in answers]
    spread = np.ptp(signed, axis=0)
    assert sample["coast_spread_m"][compared] == pytest.approx(spread[compared], abs=1e-3, rel=0)
    assert np.isnan(sample["coast_spread_m"][~compared]).all()


def test_by_coast_is_what_each_coast_answers(sample, rule_of) -> None:
    from zones.rule.rule import decide_many

    answers = {name: decide_many(rule_of(name), sample["lon"], sample["lat"]) for name in SOURCE_IDS}
    groups = set()
    for row in range(len(sample)):
        text = sample["by_coast"][row]
        if sample["certain"][row] is None:
            assert text is None
            continue
        said = {}
        for part in text.split("; "):
            coasts, answer = part.split(": ")
            said |= dict.fromkeys(coasts.split(", "), answer)
        for name in SOURCE_IDS:
            zone, state = answers[name].zone[row], answers[name].state[row]
            assert said.pop(name) == " ".join([ANSWERS[zone], STATES[state]][: 1 + (state >= 0)])
        assert not said
        assert sample["certain"][row] == (";" not in text)
        assert text.startswith("osm")
        groups.add(text.count(";"))
    assert {0, 1} <= groups


def test_in_kara_bogaz_gol_nothing_is_compared(edition, sample) -> None:
    lagoon = shapely.Polygon(kara_bogaz_gol().outline)
    island = max(kara_bogaz_gol().islands, key=len)
    on_island = shapely.Polygon(island).representative_point()
    places = [(53.5, 41.3), (53.2, 41.3), (54.0, 41.4), (on_island.x, on_island.y)]
    for place in places:
        row = one(edition, place, compare=True)
        assert row["zone"] == ("land" if place == places[-1] else "internal_waters")
        assert row["certain"] is row["coast_spread_m"] is row["by_coast"] is None
        assert "constructed here" in row["caveat"]
        assert "the same in every coast" in row["caveat"]
        assert edition.classify_one(lon=place[0], lat=place[1], compare=True) == row
    inside = shapely.contains_xy(lagoon, sample["lon"], sample["lat"])
    assert inside.sum() > 10
    assert [value is None for value in sample["certain"]] == inside.tolist()
    assert "constructed here" in one(edition, places[0])["caveat"]


def test_delimitation_is_said_where_two_belts_reach(sample) -> None:
    stated = {value for value in sample["delimitation"] if value is not None}
    assert stated == {"provisional", "agreed_reconstructed"}
    rows = [row for row in sample.rows() if row["delimitation"] == "agreed_reconstructed"]
    assert {row["state"] for row in rows} <= {"KAZ", "TKM"}
    for row in sample.rows():
        if row["zone"] not in ("territorial_waters", "fishery_zone"):
            assert row["delimitation"] is None


def test_caveats(edition, sample) -> None:
    for row in sample.rows():
        caveat = row["caveat"] or ""
        if row["zone"] == "outside_caspian":
            assert row["caveat"] is None
        if row["zone"] == "land":
            assert "fell dry" in caveat
        if row["zone"] in ("territorial_waters", "fishery_zone"):
            assert f"No straight baselines of {row['state']} are in use" in caveat
        close = row["baseline_distance_m"] <= 50
        assert ("of the shore" in caveat) == (close and row["zone"] != "outside_caspian")
    bay = one(edition, (49.95, 40.35))
    assert "harbours" in bay["caveat"]


def test_a_position_close_to_a_limit_is_told_so(edition) -> None:
    name, line = next((n, own) for n, own in edition.lines if own.kind == "limit")
    lon, lat = line.lon_lat[len(line.lon_lat) // 2]
    row = one(edition, (float(lon), float(lat)))
    assert row["limit"] == name
    assert row["limit_distance_m"] < 0.01
    assert "accuracy (50 m) of the limit" in row["caveat"]


@pytest.mark.parametrize("place", [(42.5, 50.0), (40.0, 51.0), (38.0, 51.5)])
def test_swapped_coordinates_get_a_hint(edition, place) -> None:
    row = one(edition, place)
    assert row["zone"] == "outside_caspian"
    assert "look swapped" in row["hint"]
    assert f"longitude {place[1]:g}, latitude {place[0]:g}" in row["hint"]


@pytest.mark.parametrize("place", [(34.0, 43.0), (-51.0, 40.0), (10.0, 10.0), (170.0, 80.0)])
def test_other_places_on_earth_get_no_hint(edition, place) -> None:
    assert one(edition, place)["hint"] is None


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (math.nan, 40.0), (51.0, math.nan), (math.inf, 40.0), (51.0, -math.inf),
        (180.001, 40.0), (-180.001, 40.0), (51.0, 90.001), (51.0, -90.001),
    ],
)  # fmt: skip
def test_what_is_no_position_is_refused_with_its_values(edition, lon, lat) -> None:
    with pytest.raises(CoordinateError) as caught:
        edition.classify(lon=[51.0, lon], lat=[40.0, lat])
    for given, kept in ((lon, caught.value.lon), (lat, caught.value.lat)):
        assert kept == given or (math.isnan(kept) and math.isnan(given))
    assert str(lat) in str(caught.value)
