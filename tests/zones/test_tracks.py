"""Tracks: events against the rule along the way, sums against events, and whatever the order and chunks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.zones.ruler import GEOD
from zones.cells.grid import STATES_AND_NONE
from zones.crossings.march import zone_code
from zones.errors import CoordinateError
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.tracks import cutting, following
from zones.tracks.cutting import changes_along
from zones.tracks.given import Given
from zones.tracks.legs import lengths_of, may_change
from zones.tracks.times import NOT_A_TIME, read_times
from zones.words import ANSWERS, STATES

DAY_0 = np.datetime64("2024-01-01T00:00:00.000000")


def simulated(rng, ships, count, leg_m, seconds):
    """Ships that keep a course for a while, as columns in the order of ships and times."""
    lon, lat = rng.uniform(48.5, 53.5, ships), rng.uniform(37.5, 46.0, ships)
    course = rng.uniform(0.0, 360.0, ships)
    rows = []
    for _ in range(count):
        rows.append(np.column_stack([lon, lat]))
        course = course + rng.normal(0.0, 8.0, ships)
        lon, lat, _ = GEOD.fwd(lon, lat, course, rng.uniform(0.0, 2.0 * leg_m, ships))
    lon_lat = np.stack(rows, axis=1).reshape(-1, 2)
    step = rng.integers(1, 2 * seconds, (ships, count)) * 1_000_000
    time_us = np.cumsum(step, axis=1).ravel()
    return {
        "vessel": np.repeat([f"ship {number}" for number in range(ships)], count),
        "timestamp": DAY_0 + time_us.astype("timedelta64[us]"),
        "lon": lon_lat[:, 0],
        "lat": lon_lat[:, 1],
    }


def part(columns, rows):
    return {name: column[rows] for name, column in columns.items()}


@pytest.fixture(scope="module")
def tracks():
    rng = np.random.default_rng(7)
    near, far = simulated(rng, 12, 60, 1500.0, 300), simulated(rng, 6, 12, 40_000.0, 7200)
    anchored = simulated(rng, 4, 40, 3.0, 60)
    shore = [(49.9, 40.3), (51.15, 43.62), (47.66, 42.98), (53.97, 37.34)]
    for ship, place in enumerate(shore):  # that swing a few metres about a place by the shore
        rows = anchored["vessel"] == f"ship {ship}"
        for name, middle in zip(("lon", "lat"), place, strict=True):
            anchored[name][rows] += middle - anchored[name][rows].mean()
    for name, more in (("far", far), ("at anchor", anchored)):
        more["vessel"] = np.char.add(f"{name} ", more["vessel"])
    return {name: np.concatenate([near[name], far[name], anchored[name]]) for name in near}


@pytest.fixture(scope="module")
def events(edition, tracks):
    return edition.events(**tracks, longest_gap_h=24.0)


def of_ship(columns, ship):
    return part(columns, columns["vessel"] == ship)


def stays(table, ship, kind):
    """Of a ship, when another answer begins to hold, and this: of no sector where there is none."""
    own = [row for row in table.rows() if row["vessel"] == ship and row["kind"] == kind]
    changes = [row for row in own if row["event"] in ("track_start", "entry", "gap_end", "exit")]
    since = [row["timestamp"][:-1] for row in changes]
    said = [(None, None) if row["event"] == "exit" else (row["zone"], row["state"]) for row in changes]
    return np.array([DAY_0, *since], "datetime64[us]"), [(None, None), *said]


@pytest.mark.parametrize("kind", ["zone", "sector"])
def test_what_events_say_is_what_the_rule_says_all_along(edition, tracks, events, kind) -> None:
    # Every few metres of every leg, by Karney's geodesics; nothing is closer to a change than a millisecond.
    checked = 0
    for ship in np.unique(tracks["vessel"]):
        own = of_ship(tracks, ship)
        since, answers = stays(events, ship, kind)
        lon, lat, when = [], [], []
        for i in range(len(own["lon"]) - 1):
            a, b = (own["lon"][i], own["lat"][i]), (own["lon"][i + 1], own["lat"][i + 1])
            azimuth, _, length = GEOD.inv(*a, *b)
            share = (np.arange(max(2, int(length / 25.0))) + 0.5) / max(2, int(length / 25.0))
            x, y, _ = GEOD.fwd(*(np.full(len(share), one) for one in (*a, azimuth)), share * length)
            took = (own["timestamp"][i + 1] - own["timestamp"][i]).astype(np.int64)
            lon.append(x), lat.append(y)
            when.append(own["timestamp"][i] + np.rint(share * took).astype("timedelta64[us]"))
        lon, lat, when = map(np.concatenate, (lon, lat, when))
        zone, state, sector = edition.labels(lon=lon, lat=lat)
        stay = np.searchsorted(since, when, side="right") - 1
        gap = np.minimum(abs(when - since[stay]), abs(since[(stay + 1) % len(since)] - when))
        clear = gap > np.timedelta64(5, "ms")
        said = [answers[k] for k in stay[clear].tolist()]
        rule = [
            (ANSWERS[z] if kind == "zone" else None, STATES[s] if s >= 0 else None)
            for z, s in zip(
                zone[clear].tolist(), (state if kind == "zone" else sector)[clear].tolist(), strict=True
            )
        ]
        wrong = [k for k, (one, other) in enumerate(zip(said, rule, strict=True)) if one != other]
        # A stay of less than a metre that leads back is not told.
        assert len(wrong) <= len(said) // 10_000, (ship, said[wrong[0]], rule[wrong[0]])
        checked += len(said)
    assert checked > 100_000


def test_events_lie_on_the_limit_and_on_the_way(edition, tracks, events, ruler) -> None:
    rows = [row for row in events.rows() if row["event"] == "exit" and row["kind"] == "zone"]
    counted = 0
    for row in rows:
        own = of_ship(tracks, row["vessel"])
        moment = np.datetime64(row["timestamp"][:-1])
        i = np.searchsorted(own["timestamp"], moment + np.timedelta64(500, "us"), side="right") - 1
        i = min(i, len(own["lon"]) - 2)
        _, _, (whole, before) = GEOD.inv(
            np.full(2, own["lon"][i]), np.full(2, own["lat"][i]),
            [own["lon"][i + 1], row["lon"]], [own["lat"][i + 1], row["lat"]],
        )  # fmt: skip
        _, _, behind = GEOD.inv(row["lon"], row["lat"], own["lon"][i + 1], own["lat"][i + 1])
        assert before + behind - whole < 1e-3
        took = (own["timestamp"][i + 1] - own["timestamp"][i]) / np.timedelta64(1, "s")
        assert row["between_s"] == took
        since = (moment - own["timestamp"][i]) / np.timedelta64(1, "s")
        assert abs(since - took * before / whole) < 1.0
        zone, _, state = str(row["boundary"]).rpartition("-")
        breadth_nm = {"territorial_waters": 15.0, "fishery_zone": 25.0}.get(zone)
        if breadth_nm is not None:
            length = ruler("osm", state).distances([[row["lon"], row["lat"]]])[0]
            assert abs(length - breadth_nm * METRES_PER_NM) < 1.0
            counted += 1
    assert counted > 20


def test_legs_that_are_passed_over_do_not_change(edition, tracks) -> None:
    lon, lat = tracks["lon"], tracks["lat"]
    rng = np.random.default_rng(3)
    x = np.concatenate([lon, rng.uniform(44.5, 56.5, 3000)])
    y = np.concatenate([lat, rng.uniform(35.0, 48.5, 3000)])
    x[-1000:], y[-1000:] = x[-1001] + 0.03 * rng.normal(size=1000), y[-1001] + 0.03 * rng.normal(size=1000)
    zone, state, sector = (one.astype(np.int64) for one in edition.labels(lon=x, lat=y))
    legs = np.arange(len(x) - 1)
    code = (zone * STATES_AND_NONE + state + 1) * STATES_AND_NONE + sector + 1
    flags = may_change(edition.cells, x, y, code, legs, lengths_of(x, y, legs))
    places, answers = np.column_stack([x, y]), np.column_stack([zone_code(zone, state), sector])
    exact = changes_along(edition.classifier.ground, places[:-1], places[1:], answers[:-1], answers[1:])
    changed = np.zeros(len(legs), dtype=bool)
    changed[exact.leg] = True
    assert not (changed & ~flags).any()
    assert 0.1 < flags.mean() < 0.9
    assert flags[~changed].mean() < 0.9


@pytest.mark.parametrize("at_a_time", [1, 7, 100])
def test_chunks_and_order_make_no_difference(edition, tracks, events, monkeypatch, rng, at_a_time) -> None:
    some = part(tracks, np.isin(tracks["vessel"], ["ship 0", "ship 3", "far ship 1", "at anchor ship 1"]))
    whole = edition.events(**some, longest_gap_h=1.0)
    sums = edition.summarise(**some, longest_gap_h=1.0)
    monkeypatch.setattr(following, "_AT_A_TIME", at_a_time)
    monkeypatch.setattr(cutting, "_AT_A_TIME", at_a_time)
    mixed = part(some, rng.permutation(len(some["lon"])))
    assert edition.events(**mixed, longest_gap_h=1.0).rows() == whole.rows()
    assert edition.summarise(**mixed, longest_gap_h=1.0).rows() == sums.rows()
    assert {row["event"] for row in whole.rows()} > {"gap_start", "gap_end", "entry", "exit"}


def test_sums_are_those_of_the_stays_and_of_the_way(edition, tracks) -> None:
    sums = edition.summarise(**tracks, longest_gap_h=1.0).rows()
    rows = edition.events(**tracks, longest_gap_h=1.0).rows()
    for ship in np.unique(tracks["vessel"]):
        own, mine = of_ship(tracks, ship), [one for one in sums if one["vessel"] == ship]
        took = (own["timestamp"][-1] - own["timestamp"][0]) / np.timedelta64(1, "s")
        assert sum(one["duration_s"] for one in mine if one["kind"] != "sector") == pytest.approx(took)
        _, _, lengths = GEOD.inv(own["lon"][:-1], own["lat"][:-1], own["lon"][1:], own["lat"][1:])
        joined = np.diff(own["timestamp"]) <= np.timedelta64(1, "h")
        by_zone = [one for one in mine if one["kind"] == "zone"]
        assert sum(one["distance_m"] for one in by_zone) == pytest.approx(lengths[joined].sum(), abs=1e-3)
        for one in mine:
            begun = ("track_start", "entry", "gap_end") if one["kind"] != "gap" else ("gap_start",)
            key = ("kind", "zone", "state") if one["kind"] != "gap" else ("vessel",)
            found = [
                row
                for row in rows
                if row["vessel"] == ship and row["event"] in begun and all(row[k] == one[k] for k in key)
            ]
            if one["kind"] == "gap":
                found = [row for row in found if row["kind"] == "zone"]
            assert one["stays"] == len(found)


def test_what_is_not_known_is_told_and_not_bridged(edition) -> None:
    ship = {"vessel": ["a"] * 4, "lon": [50.5, 50.5, 50.5, 50.2], "lat": [42.0, 42.1, 40.3, 40.3]}
    hours = ["2024-01-01T00:00Z", "2024-01-01T01:00Z", "2024-01-01T07:00:01Z", "2024-01-01T08:00Z"]
    told = [
        (row["event"], row["zone"], row["between_s"])
        for row in edition.events(**ship, timestamp=hours).rows()
        if row["kind"] == "zone"
    ]
    assert told[:3] == [
        ("track_start", "common_maritime_space", None),
        ("gap_start", "common_maritime_space", 21_601.0),
        ("gap_end", "territorial_waters", 21_601.0),
    ]
    assert told[-1][0] == "track_end"
    joined = edition.events(**ship, timestamp=hours, longest_gap_h=7.0).rows()
    assert not {row["event"] for row in joined} & {"gap_start", "gap_end"}
    assert len(joined) > len(told)
    around = {"vessel": [1, 1], "timestamp": hours[:2], "lon": [50.5, 0.0], "lat": [42.0, 0.0]}
    assert {row["event"] for row in edition.events(**around).rows()} >= {"gap_start", "gap_end"}


def test_one_position_and_none(edition) -> None:
    one = {"vessel": [7], "timestamp": [DAY_0], "lon": [50.5], "lat": [42.0]}
    assert [(row["event"], row["kind"]) for row in edition.events(**one).rows()] == [
        ("track_start", "zone"), ("track_start", "sector"), ("track_end", "zone"), ("track_end", "sector"),
    ]  # fmt: skip
    (zone, sector) = edition.summarise(**one).rows()
    assert (zone["stays"], zone["duration_s"], zone["distance_m"]) == (1, 0.0, 0.0)
    assert sector["state"] == "AZE"
    none = {name: [] for name in one}
    assert len(edition.events(**none)) == len(edition.summarise(**none)) == 0
    assert edition.events(**none).rows() == []


def test_of_several_positions_at_one_time_one_is_kept(edition) -> None:
    times = [DAY_0, DAY_0, DAY_0 + np.timedelta64(1, "h")]
    ship = {"vessel": ["a"] * 3, "timestamp": times, "lon": [50.6, 50.5, 50.5], "lat": [42.0, 42.0, 42.1]}
    turned = {name: column[::-1] for name, column in ship.items()}
    assert edition.events(**ship).rows() == edition.events(**turned).rows()
    assert set(edition.events(**ship)["lon"].tolist()) == {50.5}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lon": [190.0]}, "longitude 190"),
        ({"lat": [np.nan]}, "latitude nan"),
        ({"timestamp": ["yesterday"]}, "row 0: 'yesterday': a time is needed as 2024-01-05T06:30:12Z"),
        *(
            ({"timestamp": [one]}, f"row 0: '{one}': a time is needed as")
            for one in ("2024-01-05 06.30", "2024-01-05T06,30Z", "20240105T0630.5", "2024-01-05T06:30.5Z")
        ),
        ({"timestamp": [2401050630]}, "write 2024-01-05T06:30Z or 2046-01-31T22:"),
        ({"timestamp": ["2401050630"]}, "write 2024-01-05T06:30Z or 2046-01-31T22:"),
        *(
            ({"timestamp": [one]}, "row 0: the time is before 1500, as years of other calendars are")
            for one in ("1402-10-15 06:30", "1402-10-15T06:30:00Z", "0001-01-01", np.datetime64("1402-10-15"))
        ),
        ({"timestamp": [np.datetime64("NaT")]}, "row 0: the time is empty"),
        ({"vessel": [None]}, "row 0 names no vessel"),
        ({"vessel": [" "]}, "row 0 names no vessel"),
        ({"vessel": pd.Series([pd.NA], dtype="string")}, "row 0 names no vessel"),
        ({"timestamp": pd.Series([pd.NA], dtype="string")}, "row 0: the time is empty"),
        ({"lon": np.ma.array([50.0], mask=[True])}, "longitude nan"),
        ({"vessel": ["a", "b"]}, "columns of one length"),
        ({"longest_gap_h": 0.0}, "a number above 0 is needed"),
        ({"longest_gap_h": float("nan")}, "a number above 0 is needed"),
    ],
)
def test_bad_input_is_refused_in_words(edition, changed, words) -> None:
    given = {"vessel": ["a"], "timestamp": [DAY_0], "lon": [50.0], "lat": [42.0], **changed}
    with pytest.raises((ValueError, CoordinateError), match=words):
        edition.events(**given)


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ([7, 7], [7]),
        ([7.0, 7.0], ["7"]),
        (["7", " 7.0 "], ["7"]),
        (["b", "a "], ["a", "b"]),
        (pd.Series([1, "a"], dtype=object), ["1", "a"]),
    ],
    ids=str,
)
def test_vessels_are_named_as_by_the_command(edition, column, names) -> None:
    moments = [DAY_0, DAY_0 + np.timedelta64(1, "D")]
    table = edition.events(vessel=column, timestamp=moments, lon=[50.0, 50.0], lat=[42.0, 42.1])
    assert sorted(set(table["vessel"].tolist())) == names


def test_a_day_is_its_beginning(edition) -> None:
    ship = {"vessel": ["a"], "lon": [50.0], "lat": [42.0]}
    days = [edition.events(**ship, timestamp=[one]).rows() for one in (date(2024, 1, 5), "2024-01-05")]
    assert days[0] == days[1]


def test_threads_answer_alike(edition, tracks, events) -> None:
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(lambda _: edition.events(**tracks, longest_gap_h=24.0), range(4)))
    rows = events.rows()
    assert all(table.rows() == rows for table in tables)


def test_columns_of_arrow_and_pandas_are_taken(edition, tracks, events) -> None:
    frame = pd.DataFrame(tracks)
    local = frame.assign(timestamp=frame.timestamp.dt.tz_localize("UTC").dt.tz_convert("Asia/Baku"))
    for columns in (frame, local):
        given = {name: columns[name] for name in tracks}
        assert edition.events(**given, longest_gap_h=24.0).rows() == events.rows()
    table = pa.Table.from_pandas(local)
    given = {name: table[name] for name in tracks}
    assert edition.events(**given, longest_gap_h=24.0).rows() == events.rows()


def test_tables_for_arrow_and_pandas(events) -> None:
    table, frame = events.to_arrow(), events.to_pandas()
    assert str(table.schema.field("timestamp").type) == "timestamp[ms, tz=UTC]"
    assert table.num_rows == len(frame) == len(events)
    assert str(frame["timestamp"].dtype).endswith("UTC]")
    assert table["state"].to_pylist() == [row["state"] for row in events.rows()]


MOMENT_US = 1_704_436_212_000_000  # 2024-01-05T06:30:12Z


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-05T06:30:12Z", "2024-01-05 06:30:12", " 2024-01-05T10:30:12+04:00 ", "20240105T063012Z",
        "2024-01-05T06:30:12z", "2024-01-05 06:30:12 UTC", "20240105T063012 gmt",
        "2024-01-05 06:30:12.000000099 +0000 UTC", "2024-01-05T06:30:12.000000", "1704436212",
        "1704436212000", "1704436212000000", "1704436212000000000", "1704436212.0",
        1_704_436_212, 1_704_436_212_000, 1_704_436_212.0, np.int64(1_704_436_212),
        "05.01.2024 06:30:12", "5.1.2024 6:30:12", "05.01.2024, 06:30:12,0", "05.01.2024T10:30:12+04:00",
        "05.01.2024 06:30:12 UTC", "20240105063012", "20240105063012.0", "20240105063012Z",
        20_240_105_063_012, 20_240_105_063_012.0, np.int64(20_240_105_063_012),
        datetime(2024, 1, 5, 6, 30, 12),
        datetime(2024, 1, 5, 10, 0, 12, tzinfo=timezone(timedelta(hours=3.5))),
        datetime(2024, 1, 5, 6, 30, 12, tzinfo=UTC),
    ],
)  # fmt: skip
def test_times_are_read_in_any_way_that_tables_have_them(value) -> None:
    alone, beside = read_times([value]), read_times([value, None])
    assert alone.time_us.tolist() == [MOMENT_US]
    assert not alone.errors
    assert beside.time_us.tolist() == [MOMENT_US, NOT_A_TIME]
    assert beside.errors == {1: "the time is empty"}


@pytest.mark.parametrize(
    "value",
    ["05/01/2024 06:30", "06:30:12", "2024-13-05T06:30:12Z", "2024-01-05T25:00", "17044362", 12, True, "now",
     "NaT", "2024", float("inf"), "99999999999", [], "20241305063012", "2024-01-05T06:30+04:00 UTC",
     "05-01-2024 06:30", "01.13.2024", "05.01.24 06:30", "05.01.2024 06.30", "05.01.2024 6", "05.01.20245",
     "05.01.2024 06:30 PM", "15.10.1402", "05.01.2024 25:00", 20_240_105_063_012.5, 20_240_105_246_012,
     "19790105063012", "20240230063012", "202401050630123",
     "2024-01-05 06:30 UTC+4", "1704436212 UTC", "UTC", "z"],
)  # fmt: skip
def test_what_is_no_time_is_an_error(value) -> None:
    assert list(read_times([value]).errors) == [0]
    assert read_times([value]).time_us.tolist() == [NOT_A_TIME]


@pytest.mark.parametrize("value", ["2018010112", 2_018_010_112, np.int64(2_018_010_112), 2_018_010_112.0])
def test_a_day_and_hour_in_ten_digits_are_not_read_as_seconds(value) -> None:
    (said,) = read_times([value]).errors.values()
    assert "2018-01-01T12:00Z or 2033-12-12T14:21:52Z" in said
    later = [2_018_010_125, 2_018_013_212, 2_018_023_124, 1_804_436_212]  # no hour, no day; another year
    assert not read_times(later).errors


@pytest.mark.parametrize(
    ("value", "readings"),
    [
        ("2024010506301", "milliseconds since 1970; write 2024-01-05T06:30Z or 2034-02-20T01:08:26Z"),
        (2_024_010_506_301_200, "microseconds since 1970; write 2024-01-05T06:30Z or 2034-02-20T01:08:26Z"),
        ("2024010506301200000", "nanoseconds since 1970; write 2024-01-05T06:30Z or 2034-02-20T01:08:26Z"),
        (
            "2024123124",
            "a day and hour or seconds since 1970; write 2025-01-01T00:00Z or 2034-02-21T08:25:24Z",
        ),
        ("2024-01-05+04:00", "write 2024-01-05T00:00+04:00 or 2024-01-05T04:00Z"),
        ("2024-01-05+04:00:30", "write 2024-01-05T00:00+04:00 or 2024-01-05T04:00:30Z"),
        ("2024-01-05+040000", "write 2024-01-05T00:00+04:00 or 2024-01-05T04:00:00Z"),
        ("2024-W01+04", "write 2024-W01T00:00+04:00 or 2024-W01T04:00Z"),
        ("2024-01-05-06:30", "write 2024-01-05T00:00-06:30 or 2024-01-05T06:30Z"),
        ("20240105+04", "write 20240105T00:00+04:00 or 20240105T04:00Z"),
    ],
)
def test_what_may_be_two_times_is_neither(value, readings: str) -> None:
    (said,) = read_times([value]).errors.values()
    assert readings in said
    of_no_day = [2_024_130_506_301, 2_024_010_506_701_200, 1_704_436_212_000, 1_999_999_999_999]
    assert not read_times(of_no_day).errors


def test_days_with_dots_and_digits_alone_name_a_zone_or_none() -> None:
    times = read_times(["05.01.2024", "5.1.2024Z", "05.01.2024 06:30", 20_240_105_063_000, "20240105063000Z"])
    assert ((times.time_us // 60_000_000) % 1440).tolist() == [0, 0, 390, 390, 390]
    assert (times.zoned, times.unzoned) == (2, 3)
    (said,) = read_times(["05.01.2024+04:00"]).errors.values()
    assert "write 2024-01-05T00:00+04:00 or 2024-01-05T04:00Z" in said


def test_utc_in_other_words_than_z_is_a_zone() -> None:
    times = read_times(["2024-01-05T06:30z", "2024-01-05 06:30 UTC", "2024-01-05Z", "2024-01-05"])
    assert (times.zoned, times.unzoned) == (3, 1)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_numbers_that_are_too_short_for_times_are_refused(kind) -> None:
    values = np.array([1_704_436_212, 1_704_439_812]).clip(None, np.finfo(kind).max).astype(kind)
    assert set(read_times(values).errors) == {0, 1}
    assert read_times(values.astype(np.float64)[:0]).errors == {}
    with pytest.raises(ValueError, match="row 0: floating point numbers of 32 bits"):
        Given(None, ["a", "a"], pd.Series(values), [50.0, 50.1], [42.0, 42.0])  # type: ignore[arg-type]


def test_times_alike_are_read_at_once_as_one_by_one() -> None:
    texts = [f"2024-02-{day:02}T0{day % 10}:30:12.{day}Z" for day in range(1, 30)]
    at_once = read_times(texts)
    assert at_once.time_us.tolist() == [int(read_times([one, ""]).time_us[0]) for one in texts]
    assert (at_once.zoned, at_once.unzoned) == (29, 0)
    mixed = read_times([*texts, "2024-02-01T00:00:00"])
    assert (mixed.zoned, mixed.unzoned) == (29, 1)
