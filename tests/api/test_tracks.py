"""Events and sums from files and over HTTP: the same whatever the form, the order and the parts."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.application import create_app
from api.batches.tracks import sorting
from tests.api.conftest import Caspian
from tests.api.test_errors import assert_problem
from zones.editions.store import Store
from zones.tracks.vessels import Vessels

SHIPS, COUNT = 5, 60
CSV, GEOJSON = "text/csv", "application/geo+json"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Ships that cross the sea from shore to shore and back, one after another by the hour."""
    made = []
    for ship in range(SHIPS):
        for number in range(COUNT):
            share = abs((number % 40) - 20) / 20
            made.append(
                {
                    "mmsi": 423_000_000 + ship,
                    "timestamp": f"2024-01-{1 + number // 24:02}T{number % 24:02}:1{ship}:00Z",
                    "lon": round(49.9 + 3.3 * share, 5),
                    "lat": round(40.2 + 0.3 * ship + 0.01 * share, 5),
                    "name": f"ship, {ship}",
                }
            )
    return made


def text_of(rows: list[dict[str, Any]], **renamed: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([renamed.get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def features_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {name: row[name] for name in ("mmsi", "timestamp", "name")},
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def table(rows: list[dict[str, Any]], tmp_path: Path) -> Path:
    path = tmp_path / "ais.csv"
    path.write_text(text_of(rows))
    return path


@pytest.fixture
def files(rows: list[dict[str, Any]], tmp_path: Path) -> list[Path]:
    """The same rows in files of every kind, out of order, and one of each ship's in each."""
    mixed = [rows[place] for place in np.random.default_rng(5).permutation(len(rows)).tolist()]
    parts = [mixed[first::4] for first in range(4)]
    folder = tmp_path / "parts"
    folder.mkdir()
    paths = [folder / name for name in ("a.csv", "b.parquet", "c.geojson", "d.ndjson")]
    paths[0].write_text(text_of(parts[0]))
    columns = {name: [row[name] for row in parts[1]] for name in rows[0]}
    times = pa.array([np.datetime64(text[:-1], "ns") for text in columns["timestamp"]])
    columns["timestamp"] = times.cast(pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table(columns), paths[1])
    paths[2].write_text(json.dumps(features_of(parts[2])))
    paths[3].write_text("".join(json.dumps(one) + "\n" for one in features_of(parts[3])["features"]))
    return paths


@pytest.mark.parametrize("command", ["events", "summarise"])
def test_files_in_any_order_and_in_parts_give_the_same(
    real_caspian: Caspian, table: Path, files: list[Path], tmp_path: Path, monkeypatch: Any, command: str
) -> None:
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    assert real_caspian(command, table, "-o", whole).code == 0
    assert len(read(whole.read_text())) > 40
    assert real_caspian(command, *files, "-o", parts).err == ""
    assert parts.read_bytes() == whole.read_bytes()
    assert real_caspian(command, *reversed(files)).out == whole.read_text()
    # With no room in memory, so that vessels go by way of files.
    monkeypatch.setattr(sorting, "ROWS_IN_MEMORY", 50)
    monkeypatch.setattr(sorting, "FILES", 3)
    monkeypatch.setattr(sorting, "_ROWS_AT_A_TIME", 7)
    assert real_caspian(command, files[0].parent, "-o", parts).err == ""
    assert parts.read_bytes() == whole.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_every_form_holds_the_same(real_caspian: Caspian, files: list[Path], tmp_path: Path) -> None:
    out = {ending: tmp_path / f"out.{ending}" for ending in ("csv", "json", "geojson", "parquet")}
    for path in out.values():
        assert real_caspian("events", files[1], "-o", path).code == 0
    rows = read(out["csv"].read_text())
    whole = json.loads(out["json"].read_text())
    assert whole["remarks"] == []
    features = json.loads(out["geojson"].read_text())["features"]
    table = pq.read_table(out["parquet"])
    assert str(table.schema.field("timestamp").type) == "timestamp[ms, tz=UTC]"
    assert table.schema.field("mmsi").type == pa.int64()
    for number, (row, told, feature, values) in enumerate(
        zip(rows, whole["events"], features, table.to_pylist(), strict=True)
    ):
        properties = feature["properties"]
        assert feature["geometry"]["coordinates"] == [told["lon"], told["lat"]]
        assert {**told, "assumptions": None, "edition": whole["edition"]} == properties
        texts = {name: "" if value is None else str(value) for name, value in properties.items()}
        assert texts == row, number
        values["timestamp"] = f"{values['timestamp'].isoformat(timespec='milliseconds')[:-6]}Z"
        assert values == properties
    assert real_caspian("summarise", files[1], "-o", tmp_path / "sums.json").code == 0
    assert json.loads((tmp_path / "sums.json").read_text())["results"][0]["mmsi"] == 423_000_000
    assert real_caspian("summarise", files[1], "-o", tmp_path / "sums.geojson").code == 2


def test_what_is_told_of_a_crossing(real_caspian: Caspian, table: Path) -> None:
    told = read(real_caspian("events", table, "--longest-gap-h", "2").out)
    mine = [row for row in told if row["mmsi"] == "423000000" and row["kind"] == "zone"]
    assert [row["event"] for row in mine][:1] == ["track_start"]
    assert [row["event"] for row in mine][-1:] == ["track_end"]
    assert {row["between_s"] for row in mine[1:-1]} == {"3600.0"}
    entries = [(row["zone"], row["state"], row["boundary"]) for row in mine if row["event"] == "entry"]
    assert ("common_maritime_space", "", "fishery_zone-TKM") in entries
    assert ("fishery_zone", "AZE", "fishery_zone-AZE") in entries
    gaps = read(real_caspian("events", table, "--longest-gap-h", "0.5").out)
    assert {row["event"] for row in gaps} == {"track_start", "gap_start", "gap_end", "track_end"}


def test_columns_are_chosen_by_name(
    real_caspian: Caspian, rows: list[dict[str, Any]], table: Path, tmp_path: Path
) -> None:
    path = tmp_path / "named.csv"
    path.write_text(text_of(rows, mmsi="hull", timestamp="seen"))
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert outcome.err == (
        f"caspian: {path}: no column holds the vessels, as mmsi would; choose one by --vessel; there are "
        "'hull', 'seen', 'lon', 'lat', 'name'\n"
    )
    outcome = real_caspian("events", path, "--vessel", "HULL")
    assert "no column holds the times, as timestamp would; choose one by --time" in outcome.err
    outcome = real_caspian("events", path, "--vessel", "hull", "--time", "no")
    assert "there is no column 'no' (--time); there are 'hull', 'seen'" in outcome.err
    told = real_caspian("events", path, "--vessel", "hull", "--time", "seen").out
    assert told == real_caspian("events", table).out.replace("mmsi,timestamp", "hull,seen", 1)
    path.write_text(text_of(rows, name="MMSI"))
    assert "several columns may hold the vessels: 'mmsi', 'MMSI'; choose" in real_caspian("events", path).err
    path.write_text(text_of(rows, timestamp="BaseDateTime", name="update_time"))
    assert "several columns may hold the times" in real_caspian("events", path).err
    path.write_text(text_of(rows, timestamp="BaseDateTime", name="IMO"))
    assert real_caspian("events", path).code == 0


ZONED = "times need their zone in each value, or to be UTC"


@pytest.mark.parametrize(
    "name",
    [
        "Time (UTC+4)", "timestamp_utc+3", "time gmt-3", "local_time", "time+03:00", "TimeUTC4",
        "Time (UTC 4)", "time UTC 4", "time_utc_04", "Time (UTC\uff0b4)", "time (UTC±4)", "UTC plus 4 time",
        "time (-4)", "Baku time", "BAKI time", "Moscow time", "msk_time", "Time (МСК)", "Tehran time",
        "IRST time", "aktau_datetime", "Aşgabat time", "zone_time", "ship_time", "Ship's time", "time_lt",
        "localtime", "MSKTime", "UTC.4", "Время (МСК)", "Время UTC+4", "Vaxt (UTC+4)",
    ],
)  # fmt: skip
def test_columns_of_times_in_another_zone_are_refused(
    real_caspian: Caspian, real_client: FlaskClient, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"mmsi,{name},lon,lat\n1,2024-01-01T00:00:00,50.5,42.0\n")
    for command in (("events", path), ("summarise", path), ("events", path, "--time", name)):
        outcome = real_caspian(*command)
        assert outcome.code == 2
        assert (
            f"column {name!r} is not of UTC by its name, and its values name no zone; {ZONED}" in outcome.err
        )
    answer = real_client.post("/events", data=path.read_bytes(), content_type=CSV)
    assert answer.status_code == 400
    assert ZONED in answer.get_json()["detail"]
    path.write_text(path.read_text().replace("00:00,", "00:00+04:00,"))
    assert real_caspian("events", path).code == 0


@pytest.mark.parametrize(
    "name",
    [
        "time_utc", "Time (UTC)", "Time UTC+0", "timestamp_gmt", "BaseDateTime", "base_date_time",
        "received_time", "position_time", "msg_time", "gps_ts", "updateTime", "vessel_timestamp",
        "ship_time_utc", "seen_utc", "t", "UTCDateTime", "GPSDateTime", "MovementDateTime", "UTC+0",
        "UTCtime",
        "location_time", "location_timestamp", "source_timestamp", "collect_time", "detectTime",
        "trackpoint_time", "ping_time", "logger_time", "station_time", "cast_time", "profile_time",
        "buoy_time", "time.1",
        "Время", "Дата и время", "Дата/время", "ДатаВремя", "Время (UTC)", "زمان",
        "تاریخ و زمان", "تاريخ و ساعت",
        "Уақыт", "Күні мен уақыты", "Vaxt", "Tarix və vaxt", "TARİX VƏ VAXT", "Wagt", "Sene we wagt",
    ],
)  # fmt: skip
def test_columns_of_times_in_utc_are_read(real_caspian: Caspian, tmp_path: Path, name: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"mmsi,{name},lon,lat\n1,2024-01-01T00:00:00,50.5,42.0\n")
    assert real_caspian("events", path).code == 0


def test_one_of_several_times_in_other_languages_is_to_be_chosen(
    real_caspian: Caspian, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("mmsi,Дата и время,Время,lon,lat\n1,2024-01-01T00:00:00,2024-01-01T00:00:00,50.5,42.0\n")
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert "several columns may hold the times: 'Дата и время', 'Время'; choose one by --time" in outcome.err
    path.write_text("mmsi,Дата,Время,lon,lat\n1,05.01.2024,06:30,50.5,42.0\n")
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert "'06:30': a time is needed" in outcome.err
    path.write_text("mmsi,time,Время,lon,lat\n1,2024-01-01T00:00:00,-,50.5,42.0\n")
    assert real_caspian("events", path).code == 0


def test_times_of_instruments_go_behind_others(real_caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("mmsi,station_time,time,time.1,lon,lat\n1,-,2024-01-01T00:00:00,-,50.5,42.0\n")
    outcome = real_caspian("events", path)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize("name", ["server_time", "hull_time", "time_4", "time.4"])
def test_names_that_may_be_of_any_zone_are_to_be_chosen(
    real_caspian: Caspian, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"mmsi,{name},lon,lat\n1,2024-01-01T00:00:00,50.5,42.0\n")
    refused = real_caspian("events", path)
    assert refused.code == 2
    assert f"column {name!r} may be of any zone by its name, and its values name none; {ZONED}" in refused.err
    assert "where they are of UTC, choose them by --time" in refused.err
    outcome = real_caspian("events", path, "--time", name)
    assert outcome.code == 0
    assert outcome.err == f"caspian: times of column {name!r} name no zone and were read as UTC\n"
    path.write_text(path.read_text().replace("00:00,", "00:00+04:00,"))
    assert real_caspian("events", path).err == ""
    assert real_caspian("events", path, "--time", name).err == ""


ZONE_NAMES = [
    "time_zone", "tz", "UTC offset", "UTC offset (h)", "utcoffset", "time_offset", "offset_h", "tzinfo",
    "tzone", "gmtoff", "hours_from_utc", "zd", "zone description", "часовой пояс", "смещение от UTC",
    "SAAT QURŞAĞI", "сағаттық белдеу", "منطقه‌ی زمانی", "sagat guşagy",
]  # fmt: skip
ZONE_VALUES = [
    "Asia/Baku", "+04:00", "+0400", "UTC+4", "UTC+0.5", "GMT \u22123:30", "МСК+1", "(UTC+04:00) Baku",
    "Azerbaijan Standard Time", "US/Pacific", "Etc/GMT-4", "+00:30",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "4") for name in ZONE_NAMES), *(("place", value) for value in ZONE_VALUES),
        *(("zone", value) for value in ("4", "3.5", "+4", "+04", "MSK", "local", "Azerbaijan Time")),
        ("zone_name", "Baku"), ("zone_name", "Azerbaijan Time"), ("zone_name", "GST"), ("is_dst", "0"),
        ("time_basis", "local"), ("время", "МСК"), ("offset", "+04"), ("Смещение", "+04:00"),
        ("tz", "UTC+0.5"),
    ],
)  # fmt: skip
def test_a_column_of_zones_is_not_passed_over(
    real_caspian: Caspian, tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        f"mmsi,timestamp,{name},lon,lat\n1,2024-01-01T00:00:00,,50.5,42.0\n1,2024-01-01T00:10:00,{value},50.5,42.0\n"
    )
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert f"column {name!r} tells a zone that is not read" in outcome.err
    outcome = real_caspian("events", path, "--time", "timestamp")
    assert outcome.code == 0
    said = f"times of column 'timestamp' name no zone and were read as UTC, whatever column {name!r} tells"
    assert outcome.err == f"caspian: {said}\n"
    columns = {one: pa.array(values) for one, *values in zip(*csv.reader(path.open()), strict=True)}
    columns |= {one: columns[one].cast(pa.float64()) for one in ("lon", "lat")}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    assert f"column {name!r} tells a zone" in real_caspian("events", tmp_path / "in.parquet").err
    point = {"type": "Point", "coordinates": [50.5, 42.0]}
    properties = {"mmsi": 1, "timestamp": "2024-01-01T00:00:00", name: value}
    feature = {"type": "Feature", "geometry": point, "properties": properties}
    (tmp_path / "in.geojson").write_text(json.dumps(feature))
    assert f"column {name!r} tells a zone" in real_caspian("events", tmp_path / "in.geojson").err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("zone", value) for value in ("", "7", "-5", "38", "UTC", "+00:00", "-1000", "BAKU", "LT", "EST")),
        ("source", "local"), ("station", "GST"), ("station", "MSK"), ("flag", "US/CA"), ("trim", "+05"),
        ("roll", "+1.5"), ("temp", "+5"), ("shift", "+4"), ("offset", "4"), ("offset", "-12.5"),
        ("Смещение", "4"), ("zone", "territorial_waters"),
        ("offset_min", "3"), ("route", "Asia/Europe"), ("delay", "+00:10"), ("zone_name", "Kazakhstan EEZ"),
        ("tz", "UTC"), ("timezone", "Z"), ("time_zone", "GMT"), ("tz", "Etc/UTC"), ("tz", ""),
        ("utc_offset", "0"), ("UTC offset", "+00:00"), ("часовой пояс", "UTC"),
    ],
)  # fmt: skip
def test_values_that_tell_no_other_zone(real_caspian: Caspian, tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"mmsi,timestamp,{name},lon,lat\n1,2024-01-01T00:00:00,{value},50.5,42.0\n")
    outcome = real_caspian("events", path)
    assert (outcome.code, outcome.err) == (0, "")
    columns = {one: pa.array(values) for one, *values in zip(*csv.reader(path.open()), strict=True)}
    columns |= {one: columns[one].cast(pa.float64()) for one in ("lon", "lat")}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    assert real_caspian("events", tmp_path / "in.parquet").code == 0


def test_a_zone_among_those_of_utc_is_found_in_any_row(real_caspian: Caspian, tmp_path: Path) -> None:
    zones = [*["UTC"] * 3000, "+04:00"]
    path = tmp_path / "in.csv"
    rows = [f"{at},2024-01-01T00:00:00,{zone},50.5,42.0\n" for at, zone in enumerate(zones)]
    path.write_text("mmsi,timestamp,tz,lon,lat\n" + "".join(rows))
    assert "column 'tz' tells a zone that is not read" in real_caspian("events", path).err
    path.write_text("mmsi,timestamp,tz,lon,lat\n" + "".join(rows[:-1]))
    assert real_caspian("events", path).code == 0
    table = {"mmsi": [1], "timestamp": ["2024-01-01T00:00:00"], "zone": [4], "lon": [50.5], "lat": [42.0]}
    pq.write_table(pa.table(table), tmp_path / "in.parquet")
    assert "column 'zone' tells a zone" in real_caspian("events", tmp_path / "in.parquet").err


@pytest.mark.parametrize(
    ("name", "values"), [("hour", ("0", "5")), ("час", ("00", "23")), ("time", ("06:30", "07:30:10"))]
)
def test_days_with_the_hour_in_another_column_are_not_midnights(
    real_caspian: Caspian, tmp_path: Path, name: str, values: tuple[str, str]
) -> None:
    path = tmp_path / "in.csv"
    rows = "".join(f"1,2024-01-05{{0}},{value},50.5,42.{at}\n" for at, value in enumerate(values))
    path.write_text(f"mmsi,timestamp,{name},lon,lat\n{rows.format('')}")
    for options in ((), ("--time", "timestamp")):
        outcome = real_caspian("events", path, *options)
        assert outcome.code == 2
        assert f"column 'timestamp' has days alone, and column {name!r} their hours" in outcome.err
    path.write_text(path.read_text().replace("-05,", "-05T06:30Z,"))
    assert real_caspian("events", path).code == 0


def test_a_column_of_numbers_too_short_for_times_is_refused(real_caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    times = pa.array([1_704_436_212.0, 1_704_439_812.0], pa.float32())
    columns = {"mmsi": [1, 1], "lon": [50.0, 50.1], "lat": [42.0, 42.0]}
    pq.write_table(pa.table({**columns, "timestamp": times}), path)
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert "column 'timestamp': floating point numbers of 32 bits or less are too short" in outcome.err
    pq.write_table(pa.table({**columns, "timestamp": times.cast(pa.float64())}), path)
    assert real_caspian("events", path).code == 0


BAD = """mmsi,timestamp,lon,lat
1,2024-01-01T00:00:00Z,50.5,42.0
1,yesterday,50.5,42.0
,2024-01-01T00:00:00Z,50.5,42.0
1,2024-01-01T00:20:00Z,fifty,42.0
1,,50.5,42.0
1,2024-01-01T00:00:00Z,50.6,42.0
1,2024-01-01T05:00:00+04:00,50.5,42.1
1,2024-01-01 02:00:00,181,91
1,2024-01-01 02:00:00,50.5,42.2
"""
TOLD = (
    "5 rows were left out; the first: {}row 2 below the header: 'yesterday': a time is needed as "
    "2024-01-05T06:30:12Z (ISO 8601, UTC where it names no zone) or in seconds, milli-, micro- or "
    "nanoseconds since 1970",
    "1 row was left out whose vessel has a position at the same time",
    "2 times that name no zone were read as UTC, beside 5 that name one",
)


def test_bad_rows_are_left_out_and_told(real_caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    outcome = real_caspian("events", path)
    assert outcome.code == 0
    assert outcome.err.splitlines() == [f"caspian: {line.format(f'{path}, ')}" for line in TOLD]
    told = read(outcome.out)
    assert [row["timestamp"] for row in told if row["event"] == "track_end"] == [
        "2024-01-01T02:00:00.000Z"
    ] * 2
    outcome = real_caspian("events", path, "--strict")
    assert outcome.code == 2
    assert outcome.err.startswith(f"caspian: {path}, row 2 below the header: 'yesterday'")
    path.write_text("\n".join(BAD.splitlines()[:1] + BAD.splitlines()[2:4]))
    outcome = real_caspian("summarise", path, "-o", tmp_path / "out.csv")
    assert outcome.code == 2
    assert "no row has a vessel, a time and a position; the first: " in outcome.err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["{folder}"], "there is no file of positions (.csv, .fgb, .geojson,"),
        (["{table}", "-o", "{table}"], "is the file that is read; write to another"),
        (["{table}", "-o", "x.kml"], "x.kml: ending '.kml'; known here: .csv, .parquet, .geojson, .json"),
        (["{table}", "--longest-gap-h", "0"], "argument --longest-gap-h: hours above 0 are needed, not '0'"),
        (["{table}", "--longest-gap-h", "soon"], "hours above 0 are needed, not 'soon'"),
        ([], "the following arguments are required: FILE"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    caspian: Caspian, table: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"table": table, "folder": tmp_path / "empty"}
    outcome = caspian("events", *(one.format(**places) for one in arguments))
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"mmsi": pa.array([[1], [2]])}, "no row has a vessel"),
        ({"timestamp": pa.array([2**53, 2**53], pa.timestamp("s"))}, "'timestamp' has a time that is beyond"),
        (
            {"timestamp": pa.array([None, None], pa.timestamp("s"))},
            "row 1 below the header: the time is empty",
        ),
        ({"timestamp": pa.array([[1.5], [2.5]])}, "a time is needed as 2024-01-05T06:30:12Z"),
    ],
)
def test_columns_of_other_types_are_refused(
    real_caspian: Caspian, tmp_path: Path, column: dict[str, Any], words: str
) -> None:
    good = {"mmsi": pa.array([1, 1]), "timestamp": pa.array(["2024-01-05T06:30Z", "2024-01-05T07:30Z"])}
    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table({**good, "lon": [50.0, 50.1], "lat": [42.0, 42.0], **column}), path)
    outcome = real_caspian("events", path)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.err.count("\n") == 1


def test_categories_and_nanoseconds_are_taken(real_caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    times = pa.array([1_704_436_212_000_000_999, 1_704_439_812_000_000_001], pa.timestamp("ns", "Asia/Baku"))
    names = pa.array(["b", "b"]).dictionary_encode()
    pq.write_table(
        pa.table({"ship": names, "seen_utc": times, "lon": [50.0, 50.1], "lat": [42.0, 42.0]}), path
    )
    first = read(real_caspian("events", path).out)[0]
    assert (first["ship"], first["seen_utc"]) == ("b", "2024-01-05T06:30:12.000Z")


@pytest.fixture
def damaged(table: Path, rows: list[dict[str, Any]], tmp_path: Path) -> list[Path]:
    """Files that cannot be read to their end, or at all; the packed one has good rows first."""
    folder = tmp_path / "damaged"
    folder.mkdir()
    more = [{**row, "mmsi": "one more", "name": str(number)} for number, row in enumerate(rows * 99)]
    packed = gzip.compress(text_of(more).encode())
    (folder / "0.csv.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "1.parquet").write_bytes(b"no")
    (folder / "2.csv").write_text("mmsi,Baku time,lon,lat\n5,2024-01-05,50,42\n")
    (folder / "3.csv").symlink_to("missing")
    (folder / "4.csv").symlink_to("4.csv")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("rows_in_memory", [None, 50])
@pytest.mark.parametrize("command", ["events", "summarise"])
def test_files_that_cannot_be_read_are_left_out_and_named(
    real_caspian: Caspian, table: Path, files: list[Path], damaged: list[Path], tmp_path: Path,
    monkeypatch: Any, command: str, rows_in_memory: int | None,
) -> None:  # fmt: skip
    assert real_caspian(command, table, "-o", tmp_path / "right.parquet").code == 0
    if rows_in_memory is not None:
        monkeypatch.setattr(sorting, "ROWS_IN_MEMORY", rows_in_memory)
        monkeypatch.setattr(sorting, "FILES", 3)
    names = (files[0], damaged[0].parent, *files[1:])
    outcome = real_caspian(command, *names, "-o", tmp_path / "out.parquet")
    assert outcome.code == 2
    *lines, last = outcome.err.splitlines()
    assert last == "caspian: 5 of 9 files could not be read"
    assert [line.partition(": ")[2].partition(": ")[0] for line in lines] == list(map(str, damaged))
    assert "3.csv: No such file or directory" in outcome.err
    assert "4.csv: Too many levels of symbolic links" in outcome.err
    assert pq.read_table(tmp_path / "out.parquet") == pq.read_table(tmp_path / "right.parquet")
    real_caspian(command, *names, "-o", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text())["remarks"][0].startswith("5 files are left out: ")
    outcome = real_caspian(command, damaged[0], *files)
    assert outcome.err.startswith(
        f"caspian: 1 of 5 files could not be read: {damaged[0]}: the file is damaged"
    )
    assert outcome.out == real_caspian(command, table).out
    strict = real_caspian(command, *files, damaged[1], "--strict", "-o", tmp_path / "strict.csv")
    assert strict.err.startswith(f"caspian: {damaged[1]}: not a Parquet file")
    assert not (tmp_path / "strict.csv").exists()
    none = real_caspian(command, damaged[0].parent, "-o", tmp_path / "none.csv")
    assert none.err.endswith("5 of 5 files could not be read\n")
    assert not (tmp_path / "none.csv").exists()
    table.write_text("mmsi,timestamp,lon,lat\n")
    empty = real_caspian(command, table, damaged[1])
    assert "1.parquet: not a Parquet file" in empty.err
    assert "no row has a vessel" in empty.err


def test_names_of_files_that_are_no_text(real_caspian: Caspian, table: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff.csv")
    odd.write_text(f"{table.read_text()}1,never,50,42,x\n")
    assert real_caspian("events", odd, "-o", tmp_path / "out.json").code == 0
    assert "\\udcff.csv, row 301" in (tmp_path / "out.json").read_text(encoding="utf-8")


def test_too_many_vessels_are_the_wrong_column(real_caspian: Caspian, table: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("api.batches.tracks.reading.MOST_VESSELS", 4)
    outcome = real_caspian("events", table)
    assert outcome.code == 2
    assert "more than 4 vessels; is this the column that names them?" in outcome.err


@pytest.mark.parametrize("path", ["events", "summarise"])
def test_over_http_it_is_what_the_command_says(
    real_client: FlaskClient, real_caspian: Caspian, rows: list[dict[str, Any]], table: Path, path: str
) -> None:
    told = real_caspian(path, table).out
    answer = real_client.post(f"/{path}", data=text_of(rows), content_type=CSV)
    assert answer.status_code == 200
    assert answer.content_type.startswith(CSV)
    assert answer.text == told
    assert answer.headers["Rows-Left-Out"] == "0"
    as_json = real_client.post(f"/{path}", json=features_of(rows), headers={"Accept": "application/json"})
    body = as_json.get_json()
    member = {"events": "events", "summarise": "results"}[path]
    assert set(body) == {"edition", "assumptions", "remarks", "notice", member}
    listed = [list(row.values())[:-2] for row in read(told)]
    assert [["" if one is None else str(one) for one in row.values()] for row in body[member]] == listed
    lines = "".join(json.dumps(one) + "\n" for one in features_of(rows)["features"])
    again = real_client.post(f"/{path}", data=lines, content_type="application/x-ndjson")
    assert again.get_json() == body


def test_over_http_remarks_and_forms(real_client: FlaskClient, rows: list[dict[str, Any]]) -> None:
    accept = {"Accept": "application/json"}
    answer = real_client.post("/events", data=BAD, content_type=CSV, headers=accept)
    assert answer.get_json()["remarks"] == [line.format("") for line in TOLD]
    assert answer.headers["Rows-Left-Out"] == "6"
    points = real_client.post("/events", json=features_of(rows), headers={"Accept": GEOJSON})
    assert points.content_type == GEOJSON
    assert points.get_json()["features"][0]["properties"]["mmsi"] == 423_000_000
    named = text_of(rows, mmsi="hull", timestamp="seen")
    chosen = real_client.post("/events?vessel=hull&time=seen&longest_gap_h=2", data=named, content_type=CSV)
    assert chosen.text.startswith("hull,seen,lon,lat,event")


@pytest.mark.parametrize(
    ("query", "body", "problem", "words"),
    [
        ("?longest_gap_h=0", None, (400, "invalid-parameter"), "hours above 0 are needed"),
        ("?vessel=x", None, (400, "invalid-body"), "there is no column 'x' (vessel=)"),
        ("", "a,timestamp,lon,lat\n1,2,3,4\n", (400, "invalid-body"), "choose one by vessel="),
        ("", "mmsi,timestamp,lon,lat\n1,2,3,4\n", (400, "invalid-body"), "no row has a vessel, a time and a"),
        ("", "mmsi,timestamp\n1,2\n", (400, "invalid-body"), "the header needs lon and lat"),
        ("?edition=nowhere", None, (404, "unknown-edition"), "unknown edition 'nowhere'"),
    ],
)
def test_bad_requests_are_problems(
    real_client: FlaskClient,
    rows: list[dict[str, Any]],
    query: str,
    body: Any,
    problem: Any,
    words: str,
) -> None:
    answer = real_client.post(f"/events{query}", data=body or text_of(rows), content_type=CSV)
    assert words in assert_problem(answer, *problem)["detail"]


@pytest.mark.parametrize(
    ("setting", "limit", "words"),
    [
        ("MAX_POINTS", 299, "more than 299 positions (CASPIAN_MAX_POINTS)"),
        ("MAX_ROUTE_LENGTH_KM", 1000, "km of tracks, at most 1,000 are answered in one request"),
        ("MAX_ROUTE_LEGS", 40, "the answer has more than 40 rows (CASPIAN_MAX_ROUTE_LEGS)"),
    ],
)
def test_large_requests_are_refused(
    real_store: Store, rows: list[dict[str, Any]], setting: str, limit: int, words: str
) -> None:
    app: Flask = create_app({setting: limit}, store=real_store)
    answer = app.test_client().post("/events", data=text_of(rows), content_type=CSV)
    assert words in assert_problem(answer, 413, "too-large")["detail"]


def test_the_time_of_a_request_ends_it(
    real_client: FlaskClient, rows: list[dict[str, Any]], monkeypatch: Any
) -> None:
    from api.http.admission import Deadline

    asked = []

    def check(self: Deadline) -> None:
        asked.append(self)

    monkeypatch.setattr(Deadline, "check", check)
    assert real_client.post("/events", data=text_of(rows), content_type=CSV).status_code == 200
    assert len(asked) > 4


def test_a_vessel_is_a_text_however_it_came() -> None:
    vessels = Vessels()
    given = ("a", " a ", 7, 7.0, "7", "7.0", Decimal("7.00"), "7.5", None, "", float("nan"), pd.NA, [])
    assert [vessels.number(one) for one in given] == [0, 0, 1, 1, 1, 1, 1, 2, -1, -1, -1, -1, -1]
    assert vessels.names().tolist() == ["7", "7.5", "a"]
    assert vessels.ranks().tolist() == [2, 0, 1]
