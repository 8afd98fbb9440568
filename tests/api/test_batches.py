"""Many positions in every form: the same records whatever the form in, the form out, or the way."""

from __future__ import annotations

import contextlib
import csv
import errno
import gzip
import io
import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.test import TestResponse

from api.application import create_app
from api.batches.answers import answer, json_members, table_cells
from api.batches.forms import CSV, GEOJSON, JSON, LINES, MEDIA_TYPES, TEXT_SEQUENCE
from api.batches.rows import ALONE, ROWS_AT_A_TIME, Chunk, Features, checked
from api.http import tables
from api.http.negotiation import best_type
from api.routes import classify
from tests.api.conftest import Caspian
from tests.api.real import POSITIONS
from tests.api.test_errors import assert_problem
from zones.classification.records import RECORD_FIELDS
from zones.editions.store import Store

ROOT = Path(__file__).resolve().parents[2]
LONGEST_RECORD = 1024 * 1024


def feature(lon: object, lat: object, **properties: object) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def body(form: str, points: list[tuple[float, float]]) -> bytes:
    """Points, numbered by a column or property ``number``, in one of the forms."""
    features = [feature(lon, lat, number=str(at)) for at, (lon, lat) in enumerate(points)]
    made = {
        JSON: lambda: text({"points": points}),
        GEOJSON: lambda: text({"type": "FeatureCollection", "features": features}),
        CSV: lambda: "number,lon,lat\n" + "".join(f"{n},{p[0]!r},{p[1]!r}\n" for n, p in enumerate(points)),
        TEXT_SEQUENCE: lambda: "".join(f"\x1e{text(one)}\n" for one in features),
        LINES: lambda: "".join(f"{text(one)}\n" for one in features),
    }
    return made[form]().encode()


def cells(row: dict[str, str]) -> dict[str, Any]:
    """A row of CSV with the types of JSON."""
    words = {"": None, "true": True, "false": False}
    return {
        name: words[value] if value in words else float(value) if _is_number(value) else value
        for name, value in row.items()
        if name != "number"
    }


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def rows(form: str, data: bytes) -> list[dict[str, Any]]:
    """The records of an answer, whatever its form; what came with the points is left out."""
    decoded = data.decode()
    if form == JSON:
        return list(json.loads(decoded)["results"])
    if form == CSV:
        table = list(csv.DictReader(io.StringIO(decoded)))
        return [{n: v for n, v in cells(row).items() if n != "error" or v is not None} for row in table]
    if form == GEOJSON:
        features = json.loads(decoded)["features"]
    else:
        lines = decoded.split("\n")
        assert lines.pop() == ""
        assert all(line.startswith("\x1e") == (form == TEXT_SEQUENCE) for line in lines)
        features = [json.loads(line.lstrip("\x1e")) for line in lines]
    for one in features:
        one["properties"].pop("number", None)
    return [one["properties"] for one in features]


def ask(
    client: FlaskClient, data: bytes | str, form: str, wanted: str | None = None, query: str = ""
) -> TestResponse:
    headers = {} if wanted is None else {"Accept": wanted}
    # Buffered, the answer is closed when it has been read, and with it what it kept.
    return client.post(f"/classify{query}", data=data, content_type=form, headers=headers, buffered=True)


PLACES = [*POSITIONS.values(), (42.5, 50.0), (179.5, -33.25), (53.0, 38.9)]


# The same records


@pytest.fixture(scope="module")
def singles(real_store: Store) -> list[dict[str, Any]]:
    client = create_app(store=real_store).test_client()
    return [client.get(f"/classify?lon={lon!r}&lat={lat!r}").get_json() for lon, lat in PLACES]


@pytest.mark.parametrize("wanted", [None, *MEDIA_TYPES])
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_any_form_in_and_out_gives_the_records_of_single_answers(
    real_client: FlaskClient, singles: list[dict[str, Any]], form: str, wanted: str | None
) -> None:
    response = ask(real_client, body(form, PLACES), form, wanted, "?compare=true")
    assert response.status_code == 200
    assert response.mimetype == (wanted or form)
    assert rows(wanted or form, response.get_data()) == singles


@pytest.mark.parametrize("fields", ["zone,state", "state", "lat,caveat,lon", "limit", "certain,sector,zone"])
@pytest.mark.parametrize("wanted", MEDIA_TYPES)
def test_fields_are_chosen_in_their_order(
    real_client: FlaskClient, singles: list[dict[str, Any]], fields: str, wanted: str
) -> None:
    names = fields.split(",")
    expected = [{name: single[name] for name in names} for single in singles]
    data = ask(real_client, body(JSON, PLACES), JSON, wanted, f"?compare=true&fields={fields}").get_data()
    got = rows(wanted, data)
    assert got == expected
    assert [list(row) for row in got] == [names] * len(PLACES)


numbers = st.floats(-200, 200) | st.floats(46, 55) | st.floats(36, 48) | st.just(-0.0)


@given(
    points=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8), form=st.sampled_from(MEDIA_TYPES)
)
@settings(max_examples=60)
def test_forms_agree_on_any_points(
    real_client: FlaskClient, points: list[tuple[float, float]], form: str
) -> None:
    client = real_client
    results = rows(JSON, ask(client, body(JSON, points), JSON).get_data())
    for row, (lon, lat) in zip(results, points, strict=True):
        assert ("error" in row) == (abs(lon) > 180 or abs(lat) > 90)
        assert (row["lon"], row["lat"]) == (lon, lat)
    got = rows(form, ask(client, body(form, points), form).get_data())
    if form == CSV:
        filled = [dict.fromkeys(RECORD_FIELDS) | row for row in results]
        assert got == filled
    else:
        assert got == results


def test_one_equals_many_to_the_last_bit(real_store: Store) -> None:
    edition = real_store.edition("osm")
    rng = np.random.default_rng(5)
    corners = edition.rule.baseline.start[rng.integers(0, len(edition.rule.baseline.start), 400)]
    drawn = np.vstack([line.lon_lat for _, line in edition.lines])
    places = np.vstack(
        [
            np.column_stack([rng.uniform(46, 55, 800), rng.uniform(36, 48, 800)]),
            np.column_stack([rng.uniform(-180, 180, 200), rng.uniform(-90, 90, 200)]),
            np.column_stack([rng.uniform(36, 48, 100), rng.uniform(46, 55, 100)]),
            np.column_stack([rng.uniform(53, 54.8, 100), rng.uniform(40.7, 42.0, 100)]),
            corners[:100],
            corners[100:] + rng.normal(0, 3e-4, (300, 2)),
            drawn[rng.integers(0, len(drawn), 400)] + rng.normal(0, 1e-5, (400, 2)),
            [[180, 90], [-180, -90], [0, 0], [90, 50], [90.5, 50]],
        ]
    )
    many = edition.classify(lon=places[:, 0], lat=places[:, 1], compare=True).rows()
    ones = [edition.classify_one(lon=lon, lat=lat, compare=True) for lon, lat in places.tolist()]
    assert [repr(one) for one in ones] == [repr(row) for row in many]
    plain = [edition.classify_one(lon=lon, lat=lat) for lon, lat in places[:50].tolist()]
    assert plain == edition.classify(lon=places[:50, 0], lat=places[:50, 1]).rows()


def test_some_columns_equal_all(real_store: Store) -> None:
    edition = real_store.edition("osm")
    rng = np.random.default_rng(6)
    lon, lat = rng.uniform(46, 55, 3000), rng.uniform(36, 48, 3000)
    whole = edition.classify(lon=lon, lat=lat, compare=True)
    for fields in (("zone", "state"), *((name,) for name in RECORD_FIELDS), ("hint", "limit", "lat")):
        some = edition.classify(lon=lon, lat=lat, fields=fields, compare=True)
        assert tuple(some.columns) == fields
        for name in fields:
            np.testing.assert_array_equal(some[name], whole[name])


# Fields


@pytest.mark.parametrize(
    "fields", ["", "nothing", "zone,", ",zone", "zone,zone", "zone;state", "error", "Zone"]
)
def test_fields_that_cannot_be_chosen(client: FlaskClient, fields: str) -> None:
    problem = assert_problem(
        ask(client, body(JSON, [(50, 42)]), JSON, query=f"?fields={fields}"), 400, "invalid-parameter"
    )
    assert problem["parameter"] == "fields"
    assert_problem(client.get(f"/classify?lon=50&lat=42&fields={fields}"), 400, "invalid-parameter")


def test_fields_of_one_position(client: FlaskClient) -> None:
    answer = client.get("/classify?lon=48.1&lat=42&fields=state,zone").get_data()
    assert answer == b'{"state":"AZE","zone":"territorial_waters"}\n'


def test_bad_rows_have_an_error_whatever_the_fields(client: FlaskClient) -> None:
    data = text({"points": [[200, 42], ["x", 1], [48.1, 42]]})
    bad, worse, good = ask(client, data, JSON, query="?fields=zone").get_json()["results"]
    assert list(bad) == list(worse) == ["error"]
    assert good == {"zone": "territorial_waters"}
    bad, worse, _ = ask(client, data, JSON, query="?fields=lat,zone,lon").get_json()["results"]
    assert (bad["lon"], bad["lat"]) == (200, 42)
    assert (worse["lon"], worse["lat"]) == (None, None)


# Negotiation


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", CSV),
        ("*/*", CSV),
        ("text/*", CSV),
        ("text/csv; header=present", CSV),
        ("TEXT/CSV", CSV),
        ("application/json", JSON),
        ("application/json, text/csv", CSV),
        ("application/json;q=0.9, text/csv;q=0.8", JSON),
        ("application/geo+json;q=0.1, */*;q=0.5", CSV),
        ("text/csv;q=0, */*", JSON),
        ("application/*", JSON),
        ("application/*;q=0.5, application/x-ndjson", LINES),
        ("text/html, application/geo+json-seq;q=0.2", TEXT_SEQUENCE),
        ("text/html", None),
        ("image/*", None),
        ("*/*;q=0", None),
    ],
)
def test_the_best_type(accept: str, expected: str | None) -> None:
    assert best_type(parse_accept_header(accept, MIMEAccept), MEDIA_TYPES, CSV) == expected


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_forms_that_there_are_not(client: FlaskClient, form: str) -> None:
    problem = assert_problem(
        ask(client, body(form, [(50, 42)]), form, "image/png;q=0.1"), 406, "not-acceptable"
    )
    assert problem["known"] == list(MEDIA_TYPES)
    response = ask(client, b"x", "application/xml")
    assert_problem(response, 415, "unsupported-media-type")
    assert response.headers["Accept-Post"] == ", ".join(MEDIA_TYPES)
    packed = client.post(
        "/classify", data=b"\x1f\x8b", content_type=form, headers={"Content-Encoding": "gzip"}
    )
    assert_problem(packed, 415, "unsupported-media-type")


def test_csv_says_what_it_is(client: FlaskClient) -> None:
    response = ask(client, "lon,lat\n50,42\n", "text/csv; charset=UTF-8")
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    assert response.get_data(as_text=True).splitlines()[0] == ",".join([*RECORD_FIELDS, "error"])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_header_of_lat_and_lon_alone_is_no_name_of_whole_positions(
    client: FlaskClient, delimiter: str
) -> None:
    text = f"lat{delimiter}lon\n42,56{delimiter}49,88\n"
    plain = ask(client, "lat,lon\n42.56,49.88\n", CSV, JSON)
    assert ask(client, text, CSV, JSON).get_json()["results"] == plain.get_json()["results"]


def test_a_delimiter_in_quotes_is_part_of_a_name(client: FlaskClient) -> None:
    answer = ask(client, '"lat;lon"\n"42.56, 49.88"\n', CSV, JSON).get_json()
    assert "error" not in answer["results"][0]


def test_http_1_0_gets_a_length(client: FlaskClient) -> None:
    data = body(CSV, [(50.0, 42.0)] * (ROWS_AT_A_TIME // 10))
    plain = ask(client, data, CSV)
    assert plain.content_length is None
    old = client.post(
        "/classify", data=data, content_type=CSV, environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}
    )
    assert old.get_data() == plain.get_data()
    assert old.content_length == len(plain.get_data())


def test_an_answer_that_nobody_reads_keeps_no_file_open(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[Any] = []

    class Watched(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            files.append(self)

    monkeypatch.setattr("api.http.bodies.tempfile.SpooledTemporaryFile", Watched)
    for version in ("HTTP/1.0", "HTTP/1.1"):
        response = client.post(
            "/classify",
            data=b"lon,lat\n50,42\n",
            content_type=CSV,
            environ_overrides={"SERVER_PROTOCOL": version},
            buffered=False,
        )
        assert response.status_code == 200
        response.close()
    assert len(files) == 3  # two bodies and an answer
    assert all(file.closed for file in files)


# What came with the points


def test_own_columns_go_out_again(client: FlaskClient) -> None:
    table = 'ship,LON;,lat,lon,"a ""b"", c",zone\nRubin,1,42,48.1,"x, y\nz",old\n,,42,50,,\n'
    answer = list(csv.reader(io.StringIO(ask(client, table, CSV).get_data(as_text=True))))
    assert answer[0] == ["ship", "LON;", 'a "b", c', "zone_given", *RECORD_FIELDS, "error"]
    assert answer[1][:6] == ["Rubin", "1", "x, y\nz", "old", "48.1", "42"]
    assert answer[1][6] == "territorial_waters"
    features = ask(client, table, CSV, GEOJSON).get_json()["features"]
    assert features[0]["properties"]["ship"] == "Rubin"
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [48.1, 42.0]}


MIXED = ["Lon", "Lat", "State", "Limit", "Sector", "Zone", "Edition", "Error", "Hint", "state_given", "ZONE"]
MIXED_ROW = ["48.1", "42.00", "s", "l", "c", "z", "e", "r", "h", "g", "Z"]


@pytest.mark.parametrize("fields", ["", "zone,state", "lon", "hint,lat"])
@pytest.mark.parametrize("ending", [".csv", ".geojson", ".geojsonl", ".geojsons", ".parquet"])
def test_no_column_is_lost_beside_an_answer(
    caspian: Caspian, client: FlaskClient, tmp_path: Path, ending: str, fields: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{ending}"
    source.write_text(f"{','.join(MIXED)}\n{','.join(MIXED_ROW)}\n", encoding="utf-8")
    chosen = tuple(fields.split(",")) if fields else RECORD_FIELDS
    outcome = caspian("classify", source, *(["--fields", fields] if fields else []), "-o", target)
    assert (outcome.code, len(outcome.err.splitlines())) == (0, 1)
    if ending == ".parquet":
        (row,) = pq.read_table(target).to_pylist()
    else:
        form = ENDINGS[ending]
        assert form is not None
        data = target.read_bytes()
        row = next(csv.DictReader(io.StringIO(data.decode()))) if form == CSV else rows(form, data)[0]
        query = f"?fields={fields}" if fields else ""
        assert ask(client, source.read_bytes(), CSV, form, query).get_data() == data
    expected = {}
    for name, value in zip(MIXED, MIXED_ROW, strict=True):
        stem = name.lower()
        if name in ("Lon", "Lat") or stem not in (*chosen, "error"):
            given = name
        else:
            given = {"State": "state_given_2", "ZONE": "zone_given_2"}.get(name, f"{stem}_given")
            assert f"{name} is {given}" in outcome.err
        expected[given] = value
    assert {name: row[name] for name in expected} == expected
    assert set(row) == {*expected, *chosen, "error"} or ending != ".csv"
    if "zone" in chosen:
        assert row["zone"] == "territorial_waters"


@pytest.mark.parametrize("names", [("lon", "lat"), ("longitude", "latitude"), ("LON", "Latitude")])
@pytest.mark.parametrize("fields", ["zone,state", "lon,zone"])
def test_positions_are_never_left_out(
    caspian: Caspian, client: FlaskClient, tmp_path: Path, names: tuple[str, str], fields: str
) -> None:
    table = f"{','.join(names)},n\n48.10,42.0,1\nx,42.0,2\n"
    (tmp_path / "in.csv").write_text(table, encoding="utf-8")
    outcome = caspian("classify", tmp_path / "in.csv", "--fields", fields)
    over_http = ask(client, table, CSV, query=f"?fields={fields}").get_data(as_text=True)
    assert outcome.out == over_http
    found = list(csv.DictReader(io.StringIO(over_http)))
    assert [[row[name] for name in names] for row in found] == [["48.10", "42.0"], ["x", "42.0"]]
    places = [feature(48.1, 42.0, n=1)]
    collection = {"type": "FeatureCollection", "features": places}
    (tmp_path / "in.geojson").write_text(text(collection), encoding="utf-8")
    (tmp_path / "in.json").write_text(text({"points": [[48.1, 42.0]]}), encoding="utf-8")
    for source in ("in.geojson", "in.json"):
        for target in ("out.csv", "out.parquet"):
            caspian("classify", tmp_path / source, "--fields", "zone", "-o", tmp_path / target)
        (row,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8")))
        assert (row["lon"], row["lat"]) == ("48.1", "42.0")
        (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
        assert (row["lon"], row["lat"]) == (48.1, 42.0)


def test_positions_that_are_more_than_numbers_stay(caspian: Caspian, tmp_path: Path) -> None:
    """As texts and decimals of a Parquet file."""
    table = pa.table({"lon": ["48.10", "x"], "lat": pa.array([42, 41], pa.decimal128(38, 20))})
    pq.write_table(table, tmp_path / "in.parquet")
    caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet")
    answer = pq.read_table(tmp_path / "out.parquet")
    assert answer["lon_given"].to_pylist() == ["48.10", "x"]
    assert answer["lat_given"].combine_chunks() == table["lat"].combine_chunks()
    assert answer["lon"].to_pylist() == [48.1, None]


def test_names_of_properties_stay_apart_in_a_whole_file(client: FlaskClient) -> None:
    lines = [
        feature(50, 42, state="a"),
        feature(50, 42, state_given="b"),
        feature(50, 42, state="c", State="d"),
    ]
    lines[0]["id"] = 7
    lines[1]["properties"]["id"] = "own"
    lines[1]["properties"]["z"] = "z"
    lines[2]["geometry"]["coordinates"].append(-5)
    data = "\n".join(map(text, lines))
    table = list(csv.DictReader(io.StringIO(ask(client, data, LINES, CSV).get_data(as_text=True))))
    given = [name for name in table[0] if name.startswith("state_given")]
    assert sorted(tuple(row[name] for name in given) for row in table) == [
        ("", "b", ""), ("a", "", ""), ("c", "", "d")
    ]  # fmt: skip
    assert [(row["feature_id"], row["id"], row["z"], row["feature_z"]) for row in table] == [
        ("7", "", "", ""), ("", "own", "z", ""), ("", "", "", "-5.0")
    ]  # fmt: skip
    features = [json.loads(line)["properties"] for line in ask(client, data, LINES).get_data().splitlines()]
    assert features[0]["state_given"] == "a"
    assert "b" in features[1].values()
    assert {"c", "d"} <= set(features[2].values())
    assert features[0]["state"] is None


def test_third_coordinates_stay(caspian: Caspian, client: FlaskClient, tmp_path: Path) -> None:
    deep, flat = feature(49.97, 40.1, n=1), feature(50, 42, n=2)
    deep["geometry"]["coordinates"].append(-250.5)
    many: dict[str, Any] = {"type": "MultiPoint", "coordinates": [[50, 42, 1], [50.5, 42, 2.5]]}
    things = [deep, flat, {"type": "Feature", "geometry": many, "properties": {}}]
    expected = [[49.97, 40.1, -250.5], [50.0, 42.0], [50.0, 42.0, 1.0], [50.5, 42.0, 2.5]]
    collection = {"type": "FeatureCollection", "features": things}
    lines = "\n".join(map(text, things))
    for form, data in (
        (GEOJSON, text(collection)),
        (LINES, lines),
        (TEXT_SEQUENCE, "\x1e" + lines.replace("\n", "\n\x1e")),
    ):
        for wanted in (GEOJSON, LINES, TEXT_SEQUENCE):
            answer = ask(client, data, form, wanted).get_data(as_text=True)
            one_a_line = (
                [json.loads(line.strip("\x1e")) for line in answer.rstrip("\n").split("\n")]
                if wanted != GEOJSON
                else 0
            )
            features = one_a_line or json.loads(answer)["features"]
            assert [one["geometry"]["coordinates"] for one in features] == expected
        table = list(csv.DictReader(io.StringIO(ask(client, data, form, CSV).get_data(as_text=True))))
        assert [row["z"] for row in table] == ["-250.5", "", "1.0", "2.5"]
    bare = ask(client, text({"points": expected}), JSON, GEOJSON).get_json()["features"]
    assert [one["geometry"]["coordinates"] for one in bare] == expected
    infinite = ask(client, '{"points": [[50, 42, 1e400]]}', JSON).get_json()["results"][0]
    assert "1e400" in infinite["error"]


@pytest.mark.parametrize(
    ("geometry", "error"),
    [
        ({"type": "Point", "coordinates": ["x", 42]}, "number"),
        ({"type": "Point", "coordinates": [50, 95]}, "95"),
        ({"type": "Point", "coordinates": []}, ""),
        ({"type": "LineString", "coordinates": [[50, 42], [51, 43]]}, "LineString"),
        ({"type": "GeometryCollection", "geometries": []}, "GeometryCollection"),
        ({"type": "MultiPoint", "coordinates": []}, "empty"),
        ("nowhere", "something else"),
        (None, ""),
    ],
)
def test_a_geometry_that_cannot_be_answered_stays_beside_the_error(
    client: FlaskClient, geometry: object, error: str
) -> None:
    given = {"type": "Feature", "properties": {"a": 1}, "geometry": geometry}
    collection = {"type": "FeatureCollection", "features": [given], "bbox": [1, 2, 3, 4]}
    answer = ask(client, text(collection), GEOJSON).get_json()
    assert answer["bbox"] == collection["bbox"]
    (one,) = answer["features"]
    kept = geometry if isinstance(geometry, dict) else None
    assert one["geometry"] == kept
    assert one["properties"]["a"] == 1
    assert error in one["properties"]["error"]
    (line,) = ask(client, text(given) + "\n", LINES).get_data(as_text=True).splitlines()
    assert json.loads(line)["geometry"] == kept
    (row,) = csv.DictReader(io.StringIO(ask(client, text(collection), GEOJSON, CSV).get_data(as_text=True)))
    assert row.get("geometry", "") == (json.dumps(kept, separators=(",", ":")) if kept else "")
    assert row["error"]


def test_positions_of_a_multipoint_that_cannot_be_read_are_kept_in_tables(client: FlaskClient) -> None:
    many = {"type": "MultiPoint", "coordinates": [[49.97, 40.1], ["x", 40.1]]}
    given = {"type": "Feature", "id": "m", "properties": {"a": 1}, "geometry": many}
    table = ask(client, text({"type": "FeatureCollection", "features": [given]}), GEOJSON, CSV)
    first, second = csv.DictReader(io.StringIO(table.get_data(as_text=True)))
    assert (first["geometry"], first["a"]) == ("", "1")
    assert json.loads(second["geometry"]) == {"type": "Point", "coordinates": ["x", 40.1]}


def test_what_multipoints_carry_is_bounded_with_every_copy(client: FlaskClient) -> None:
    places = [[50 + number / 1e5, 42] for number in range(10_000)]
    many = {"type": "MultiPoint", "coordinates": places}
    given = {"type": "Feature", "properties": {"a": "x" * 100_000}, "geometry": many}
    assert ask(client, text(given), GEOJSON).status_code == 413


def test_other_systems_are_refused_wherever_they_are_named(client: FlaskClient) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    inner = {**feature(50, 42), "geometry": {"type": "Point", "coordinates": [50, 42], "crs": crs}}
    for bad in (inner, {**feature(50, 42), "crs": crs}):
        collection = {"type": "FeatureCollection", "features": [bad], "edition": "mine"}
        answer = ask(client, text(collection), GEOJSON).get_json()
        assert "EPSG:3857" in answer["features"][0]["properties"]["error"]
        assert answer["edition_given"] == "mine"


def test_a_geometry_too_deep_or_too_large_to_write_is_left_out_and_said(client: FlaskClient) -> None:
    deep = "[" * 200 + "]" * 200
    for coordinates in (deep, "[1e400, 2]"):
        geometry = '{"type":"Point","coordinates":' + coordinates + "}"
        response = ask(client, '{"type":"Feature","properties":{},"geometry":' + geometry + "}\n", LINES)
        (line,) = response.get_data(as_text=True).splitlines()
        assert json.loads(line)["properties"]["error"]


def test_members_that_geojson_does_not_know_stay(
    caspian: Caspian, client: FlaskClient, tmp_path: Path
) -> None:
    one = {
        **feature(50, 42, title="a"),
        "title": "of the feature",
        "links": [{"href": "x"}],
        "bbox": [1, 2, 3, 4],
    }
    bad = {**feature(50, 95), "title": "bad"}
    collection = {"type": "FeatureCollection", "name": "points", "edition": "old", "features": [one, bad]}
    answer = ask(client, text(collection), GEOJSON).get_json()
    assert (answer["name"], answer["edition"] != "old") == ("points", True)
    for form, data in (
        (LINES, f"{text(one)}\n{text(bad)}\n"),
        (TEXT_SEQUENCE, f"\x1e{text(one)}\n\x1e{text(bad)}\n"),
    ):
        lines = ask(client, data, form).get_data(as_text=True).replace("\x1e", "").splitlines()
        for features in (answer["features"], list(map(json.loads, lines))):
            assert [given["title"] for given in features] == ["of the feature", "bad"]
            assert features[0]["links"] == one["links"]
            assert features[0]["properties"]["title"] == "a"
            assert features[0]["bbox"] == one["bbox"]
    source = tmp_path / "in.geojson"
    source.write_text(text(collection), encoding="utf-8")
    for ending in (".csv", ".parquet"):
        assert caspian("classify", source, "-o", tmp_path / f"out{ending}").code == 0
    (row, _) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8")))
    assert (row["title"], row["feature_title"], json.loads(row["links"])) == (
        "a",
        "of the feature",
        one["links"],
    )
    assert pq.read_table(tmp_path / "out.parquet")["feature_title"].to_pylist() == ["of the feature", "bad"]


def test_members_of_a_geometry_stay(client: FlaskClient) -> None:
    own = {"note": "of the geometry", "bbox": [50, 42, 50, 42]}
    points = [
        {"type": "Point", "coordinates": [50, 42, -5], **own},
        {"type": "MultiPoint", "coordinates": [[50, 42]], **own},
        {"type": "MultiPoint", "coordinates": [[50, 42], [50, 43]], **own},
    ]
    features = [{"type": "Feature", "geometry": one, "properties": {}} for one in points]
    answered = ask(client, text({"type": "FeatureCollection", "features": features}), GEOJSON).get_json()
    note = {"note": "of the geometry"}
    assert [one["geometry"] for one in answered["features"]] == [
        points[0],
        {"type": "Point", "coordinates": [50, 42], **note},
        {"type": "Point", "coordinates": [50, 42], **note},
        {"type": "Point", "coordinates": [50, 43], **note},
    ]
    bad = '{"type":"MultiPoint","coordinates":[[50,42],[1e400,42],[50,43]],"note":"a"}'
    body = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + bad + "}]}"
    )
    rows = ask(client, body, GEOJSON).get_json()["features"]
    assert ["error" in one["properties"] for one in rows] == [False, True, False]
    empty = '{"type":"MultiPoint","coordinates":[],"note":1e400}'
    body = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        + empty
        + "}]}"
    )
    (row,) = ask(client, body, GEOJSON).get_json()["features"]
    assert "error" in row["properties"]
    too_large = '{"type":"Point","coordinates":[50,42],"note":1e400}'
    line = '{"type":"Feature","properties":{},"geometry":' + too_large + "}\n"
    assert json.loads(ask(client, line, LINES).data)["properties"]["error"]


@pytest.mark.parametrize("third", [True, False])
@pytest.mark.parametrize("declared", [True, False])
def test_measures_of_layers_stay(caspian: Caspian, tmp_path: Path, declared: bool, third: bool) -> None:
    texts = ["POINT ZM (49.97 40.1 -250.5 3)", "POINT ZM (50 42 7 4)"]
    if not third:
        texts = ["POINT M (49.97 40.1 3)", "POINT M (50 42 4)"]
    wkb = shapely.to_wkb(shapely.from_wkt(texts), output_dimension=4, flavor="iso")
    source = tmp_path / "in.gpkg"
    pyogrio.raw.write(source, wkb, [], [], geometry_type="Unknown", crs="EPSG:4326")
    if declared:
        with contextlib.closing(sqlite3.connect(source)) as database, database:
            database.execute(
                f"UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT', m = 1, z = {int(third)}"
            )
    for out in (".geojson", ".csv", ".parquet"):
        assert caspian("classify", source, "--fields", "zone", "-o", tmp_path / f"out{out}").code == 0
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert [one["properties"]["m"] for one in features] == [3, 4]
    assert [one["geometry"]["coordinates"][2:] for one in features] == (
        [[-250.5], [7.0]] if third else [[], []]
    )
    table = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [(row["m"], row.get("z")) for row in table] == [
        ("3.0", "-250.5" if third else None), ("4.0", "7.0" if third else None)
    ]  # fmt: skip
    assert pq.read_table(tmp_path / "out.parquet")["m"].to_pylist() == [3, 4]


@pytest.mark.parametrize("kind", ["Point Z", "Unknown"])
@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".shp", ".parquet"])
def test_third_coordinates_of_layers_stay(caspian: Caspian, tmp_path: Path, ending: str, kind: str) -> None:
    if ending in (".shp", ".fgb"):  # whose writers need to know
        kind = "Point Z"
    points = shapely.points([[49.97, 40.1, -250.5], [50, 42, 7]])
    wkb, source = shapely.to_wkb(points, flavor="iso"), tmp_path / f"in{ending}"
    if ending == ".parquet":
        column = {"encoding": "WKB", "geometry_types": [] if kind == "Unknown" else [kind]}
        geo = json.dumps({"version": "1.1.0", "primary_column": "at", "columns": {"at": column}})
        pq.write_table(pa.table({"at": wkb.tolist()}).replace_schema_metadata({"geo": geo}), source)
    else:
        options = {"SPATIAL_INDEX": "NO"} if ending == ".fgb" else {}
        pyogrio.raw.write(source, wkb, [], [], geometry_type=kind, crs="EPSG:4326", **options)
    for out in (".geojson", ".csv", ".parquet"):
        assert caspian("classify", source, "--fields", "zone", "-o", tmp_path / f"out{out}").code == 0
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert [one["geometry"]["coordinates"] for one in features] == [[49.97, 40.1, -250.5], [50.0, 42.0, 7.0]]
    table = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [(row["lon"], row["lat"], row["z"]) for row in table] == [
        ("49.97", "40.1", "-250.5"), ("50.0", "42.0", "7.0")
    ]  # fmt: skip
    answer = pq.read_table(tmp_path / "out.parquet")
    if ending == ".parquet":
        assert shapely.get_z(shapely.from_wkb(answer["at"].to_pylist())).tolist() == [-250.5, 7]
    else:
        assert answer["z"].to_pylist() == [-250.5, 7]


def test_long_whole_numbers_beside_fractions_keep_their_digits(caspian: Caspian, tmp_path: Path) -> None:
    """In a typed column as texts; where all are whole, as whole numbers."""
    values = {"a": [2**53 + 1, 0.5, None], "b": [2**53 + 1, 1, -(2**62) - 1], "c": [1, 0.5, None]}
    point = {"type": "Point", "coordinates": [50, 42]}
    features = [
        {"type": "Feature", "geometry": point, "properties": dict(zip(values, row, strict=True))}
        for row in zip(*values.values(), strict=True)
    ]
    source, out = tmp_path / "in.geojson", tmp_path / "out.parquet"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert caspian("classify", source, "-o", out, "--fields", "zone").code == 0
    found = pq.read_table(out).select(list(values)).to_pydict()
    assert found == {**values, "a": ["9007199254740993", "0.5", None]}


def test_values_that_python_has_not_are_refused_or_kept(caspian: Caspian, tmp_path: Path) -> None:
    place = {"lon": [50.0], "lat": [42.0]}
    broken = {
        "date": pa.array([3_000_000], pa.date32()),
        "time": pa.array([10**13], pa.timestamp("s")),
        "span": pa.array([2**62], pa.duration("s")),
        "text": pa.Array.from_buffers(
            pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xff")]
        ),
    }
    kept = {
        "date": "3000000 D since 1970-01-01",
        "time": "10000000000000000 ms since 1970-01-01",
        "span": "4611686018427387904 s",
    }
    for name, column in broken.items():
        pq.write_table(pa.table({**place, name: column}), tmp_path / "in.parquet")
        for out in ("out.csv", "out.geojson"):
            outcome = caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / out)
            if name in kept:
                assert (outcome.code, outcome.err) == (0, ""), name
                assert kept[name] in (tmp_path / out).read_text(encoding="utf-8")
                continue
            assert (outcome.code, outcome.out, len(outcome.err.splitlines())) == (2, "", 1), name
            assert f"'{name}'" in outcome.err
        outcome = caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet")
        read = [pq.read_table(tmp_path / one)[name] for one in ("in.parquet", "out.parquet")]
        assert read[0] == read[1]
        assert (outcome.code, outcome.err) == (0, "")
        for path in tmp_path.glob("out*"):
            path.unlink()
    moments = {
        "whole": (1_700_000_000, "s", None, "2023-11-14T22:13:20"),
        "milli": (1_700_000_000_250, "ms", "UTC", "2023-11-14T22:13:20.250Z"),
        "there": (1_700_000_000_250_000, "us", "Asia/Baku", "2023-11-14T22:13:20.250Z"),
        "nano": (1_700_000_000_123_456_789, "ns", None, "2023-11-14T22:13:20.123456789"),
        "early": (-1_000_000_000, "ns", "UTC", "1969-12-31T23:59:59Z"),
    }
    columns = {name: pa.array([n], pa.timestamp(unit, tz)) for name, (n, unit, tz, _) in moments.items()}
    pq.write_table(pa.table({**place, **columns}), tmp_path / "in.parquet")
    (row,) = csv.DictReader(io.StringIO(caspian("classify", tmp_path / "in.parquet").out))
    assert {name: row[name] for name in moments} == {name: text for name, (*_, text) in moments.items()}
    assert caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.geojson").code == 0
    (one,) = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert one["properties"].items() >= {name: text for name, (*_, text) in moments.items()}.items()
    coded = {"lon": pa.array(["50", None]).dictionary_encode(), "lat": pa.nulls(2)}
    pq.write_table(pa.table(coded), tmp_path / "in.parquet")
    outcome = caspian("classify", tmp_path / "in.parquet", "--fields", "zone")
    assert [row.rsplit(",", 1)[1] for row in outcome.out.splitlines()] == [
        "error",
        "lat is empty",
        "lon is empty",
    ]
    depth = pa.array([math.inf, -math.inf, math.nan, None, 0.5])
    pq.write_table(pa.table({"lon": [50.0] * 5, "lat": [42.0] * 5, "d": depth}), tmp_path / "in.parquet")
    rows = caspian("classify", tmp_path / "in.parquet", "--fields", "zone").out.splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["inf", "-inf", "nan", "", "0.5"]


def test_properties_become_columns(client: FlaskClient) -> None:
    lines = [
        {**feature(50, 42, ship="Rubin", n=1, deep={"er": [1]}, none=None), "id": 7},
        feature(50, 42, later=True, x=0.5, zone="mine"),
        feature(50, 42, n=2**70, ship="a,b"),
    ]
    data = "\n".join(map(text, lines))
    table = list(csv.DictReader(io.StringIO(ask(client, data, LINES, CSV).get_data(as_text=True))))
    assert list(table[0])[:8] == ["id", "ship", "n", "deep", "none", "later", "x", "zone_given"]
    assert [row["zone_given"] for row in table] == ["", "mine", ""]
    assert [row["id"] for row in table] == ["7", "", ""]
    assert [row["n"] for row in table] == ["1", "", str(2**70)]
    assert [row["ship"] for row in table] == ["Rubin", "", "a,b"]
    assert json.loads(table[0]["deep"]) == {"er": [1]}
    assert table[1]["later"] == "true"
    assert {row["zone"] for row in table} == {"common_maritime_space"}


def test_no_body_makes_a_table_of_too_many_columns(client: FlaskClient) -> None:
    data = "\n".join(text(feature(50, 42, **{f"p{n}": 1})) for n in range(1001))
    problem = assert_problem(ask(client, data, LINES, CSV), 400, "invalid-body")
    assert "1,000" in problem["detail"]
    assert ask(client, data, LINES).status_code == 200


# Bad input, in every form

NESTED = "[" * 10_000 + "]" * 10_000
BAD_RECORDS: dict[str, bytes] = {
    "no JSON": b"nonsense",
    "NaN": b'{"type":"Point","coordinates":[NaN,42]}',
    "Infinity": b'{"type":"Point","coordinates":[-Infinity,42]}',
    "twice": b'{"type":"Point","coordinates":[50,42],"type":"Point"}',
    "deep": b'{"type":"Point","coordinates":' + NESTED.encode() + b"}",
    "deep properties": b'{"type":"Feature","geometry":null,"properties":{"a":'
    + b"[" * 500 + b"]" * 500 + b"}}",
    "not UTF-8": b'{"type":"Point","coordinates":[50,42],"name":"\xff"}',
    "long number": b'{"type":"Point","coordinates":[' + b"1" * 5000 + b",42]}",
    "huge number": b'{"type":"Point","coordinates":[1e999,42]}',
    "a line": b'{"type":"LineString","coordinates":[[50,42],[51,42]]}',
    "a list": b"[50,42]",
    "null": b"null",
    "text": b'{"type":"Point","coordinates":["50","42"]}',
    "truth": b'{"type":"Point","coordinates":[true,42]}',
    "type of a wrong type": b'{"type":["Point"],"coordinates":[50,42]}',
    "no numbers": b'{"type":"Point","coordinates":[]}',
    "no geometry": b'{"type":"Feature","geometry":null,"properties":null}',
    "properties of a wrong type": b'{"type":"Feature","geometry":null,"properties":[1]}',
    "elsewhere": b'{"type":"Point","coordinates":[50,42],"crs":"EPSG:32639"}',
    "NUL": b'{"type":"Point","coordinates":[50,42]}\0',
    "too long": b'{"type":"Point","coordinates":[50,42],"x":"' + b"x" * LONGEST_RECORD + b'"}',
}  # fmt: skip
GOOD = b'{"type":"Point","coordinates":[48.1,42]}'


@pytest.fixture
def roomy(store: Any) -> FlaskClient:
    return create_app({"MAX_BODY_BYTES": 10_000_000}, store=store).test_client()


@pytest.mark.parametrize("wanted", MEDIA_TYPES)
@pytest.mark.parametrize("separator", [b"\n", b"\x1e", b"\r\n\r\n", b"\n\x1e"])
def test_bad_records_are_answered_in_their_place(roomy: FlaskClient, separator: bytes, wanted: str) -> None:
    records = [GOOD]
    for bad in BAD_RECORDS.values():
        records += [bad, GOOD]
    lead = separator if b"\x1e" in separator else b""
    data = lead + separator.join(records)
    response = ask(roomy, data, TEXT_SEQUENCE, wanted)
    assert response.status_code == 200
    got = rows(wanted, response.get_data())
    assert len(got) == len(records)
    assert ["error" in row for row in got] == [number % 2 == 1 for number in range(len(records))]
    assert {row["zone"] for row in got[0::2]} == {"territorial_waters"}
    assert all(row["error"] for row in got[1::2])


def test_bad_features_are_answered_in_their_place(client: FlaskClient) -> None:
    good = feature(48.1, 42)
    line = {"type": "LineString", "coordinates": [[50, 42], [51, 42]]}
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    bad = [
        {"type": "Feature", "id": 7, "geometry": line, "properties": {"ship": "Rubin"}},
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [50, 42]},
            "properties": {"a": deep},
        },
        {"type": "Point", "coordinates": [50, 42]},
        None,
        {"type": "Feature", "geometry": {"type": "MultiPoint"}},
        {"type": "Feature", "geometry": [1], "properties": None},
        feature(200, 42),
    ]
    collection = {"type": "FeatureCollection", "features": [good, *bad, good]}
    features = ask(client, text(collection), GEOJSON).get_json()["features"]
    assert ["error" in one["properties"] for one in features] == [False] + [True] * len(bad) + [False]
    assert (features[1]["id"], features[1]["properties"]["ship"]) == (7, "Rubin")
    assert "LineString" in features[1]["properties"]["error"]
    assert features[1]["geometry"] == bad[0]["geometry"]
    assert features[1]["properties"]["lon"] is None
    assert features[-2]["geometry"] == {"type": "Point", "coordinates": [200.0, 42.0]}


def test_what_is_no_geometry_is_not_answered_as_one(client: FlaskClient) -> None:
    lines = [{"type": "FeatureCollection", "features": []}, {"type": "Feature", "geometry": feature(50, 42)}]
    features = ask(client, "\n".join(map(text, lines)), LINES, GEOJSON).get_json()["features"]
    assert [one["geometry"] for one in features] == [None, None]
    assert all("only Point and MultiPoint" in one["properties"]["error"] for one in features)


BAD_LINES = [
    b"nan,42", b"inf,42", b"1e999,42", b"200,42", b"50,91", b"x,42", b"50", b"50,42,1,2", b",", b"5_0,42",
    b"\xff,42", b"\x0050,42", '٥٠x,42'.encode(), b'"50\n",x', b"1" * 5000 + b",42", b'=cmd(),42',
]  # fmt: skip


@pytest.mark.parametrize("wanted", MEDIA_TYPES)
def test_bad_lines_are_answered_in_their_place(client: FlaskClient, wanted: str) -> None:
    lines = [b"lon,lat"]
    for bad in BAD_LINES:
        lines += [bad, b"48.1,42"]
    got = rows(wanted, ask(client, b"\r\n".join(lines), CSV, wanted).get_data())
    assert len(got) == 2 * len(BAD_LINES)
    assert all(row["error"] for row in got[0::2])
    for row in got[1::2]:
        assert (row["zone"], row.get("error")) == ("territorial_waters", None)


@pytest.mark.parametrize(
    ("form", "data"),
    [(form, b"") for form in MEDIA_TYPES]
    + [
        (CSV, b"\n"),
        (CSV, b"a,b\n1,2\n"),
        (CSV, b"lon,lat,lon\n1,2,3\n"),
        (CSV, "l\u00f6n,lat\n50,42\n".encode("latin-1")),
        (CSV, b"\xff\xfe"),
        (CSV, b"lon,lat" + b" " * LONGEST_RECORD + b"\n50,42\n"),
        (CSV, b'lon,lat\n50,"' + (b"4" * 1000 + b"\n") * 5000),
        (CSV, b"\0" * 100),
        (JSON, b"\0"),
        (JSON, b'{"points": [[50, 42]], "p\\u006fints": []}'),
        (JSON, b'{"points": [{"a": 1, "a": 2}]}'),
        (JSON, b'{"\\u0000points": []}'),
        (JSON, b'{"points": ' + NESTED.encode() + b"}"),
        (GEOJSON, b'{"type":"FeatureCollection","features":' + NESTED.encode() + b"}"),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_bodies_that_cannot_be_read(roomy: FlaskClient, form: str, data: bytes) -> None:
    assert_problem(ask(roomy, data, form), 400, "invalid-body")


def test_bodies_that_are_no_text_are_named(client: FlaskClient) -> None:
    for data, kind in ((gzip.compress(b"lon,lat\n"), "packed by gzip"), (b"PAR1\x15\x04", "a Parquet file")):
        problem = assert_problem(ask(client, data, CSV), 400, "invalid-body")
        assert problem["detail"] == f"it is no text but {kind}"


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b"50,42,x\ry", "is not CSV"),
        (b"50,42," + b"4" * (LONGEST_RECORD + 1), "is longer than"),
        (b'50,"' + b"4" * 200_000 + b'",x', "is not a finite number"),
        (b"50,42,\xff", "is not UTF-8"),
        ("٥٠٫5x,42,x".encode(), "is not understood"),
        (b"1_0,42,x", "is not understood"),
        (b"50e00000,42,x", "one that can be read: 49"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_a_bad_row_does_not_change_the_others(roomy: FlaskClient, bad: bytes, error: str) -> None:
    """Nor do others change it: what it is refused for does not depend on what stands beside it."""
    for others in ([b"50,42,a"], [b"50,42,a", b"x,1,b"]):
        body = b"\n".join([b"lon,lat,n", *others, bad, *others])
        found = rows(CSV, ask(roomy, body, CSV).get_data())
        assert len(found) == 2 * len(others) + 1
        assert error in found[len(others)]["error"]
        assert found[0] == found[len(others) + 1]
        assert (found[0]["zone"], found[0].get("error")) == ("common_maritime_space", None)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ('50,42,"a\n50,43,b\n50,44,c\n', [2, 0, 0]),
        ('50,42,"a\n50,43,b\n50,44,c', [2, 0, 0]),
        ('50,42,a\n\n50,43,"b\nb"\n50,44,c"\n50,45,"\n', [0, 0, 0, 7]),
        ('50,42,a\n50,43,"b\r\n\r\n\r\n', [0, 3]),
        ('50,42,"a\n50,43,b"\n50,44,c\n', [2, 0, 0]),
        ('50,42,"a\n50,43,b\n50,44,"c\n50,45,"d"\n', [2, 0, 4, 0]),
        ('50,42,"a\n' + '50,43,b\n' * 50 + '50,44,c""\n50,45,d\n', [2] + [0] * 52),
        ('50,42,"a\n"50","43",b\n50,44,c\n', [2, 0, 0]),
    ],
)  # fmt: skip
def test_a_quote_left_open_spoils_its_own_row_alone(
    client: FlaskClient, caspian: Caspian, tmp_path: Path, data: str, errors: list[int]
) -> None:
    (tmp_path / "in.csv").write_text(f"lon,lat,n\n{data}", encoding="utf-8", newline="")
    outcome = caspian("classify", tmp_path / "in.csv")
    assert outcome.code == 0
    assert f"{sum(map(bool, errors))} row" in outcome.err
    over_http = ask(client, (tmp_path / "in.csv").read_bytes(), CSV).get_data(as_text=True)
    for answered in (outcome.out, over_http):
        answers = list(csv.DictReader(io.StringIO(answered, newline="")))
        assert len(answers) == len(errors)
        for one, line in zip(answers, errors, strict=True):
            assert bool(one["zone"]) == (not line)
            assert one["error"].startswith(
                f"a quote in the row that begins on line {line}" if line else ""
            ) or ("not CSV" in one["error"])
        assert [one["lat"] for one in answers] == sorted(one["lat"] for one in answers)


@pytest.mark.parametrize("data", ['50,42,"a"b\n', '"50"x,42,b\n', '50,42,"a\nb"c\n', '50,42,"a" \n'])
def test_text_behind_a_closing_quote_is_an_error(client: FlaskClient, data: str) -> None:
    answer = ask(client, f"lon,lat,n\n48.1,42,\n{data}48.1,42,\n".encode(), CSV).get_data(as_text=True)
    first, *bad, last = csv.DictReader(io.StringIO(answer, newline=""))
    assert first == last
    assert len(bad) == data.count("\n")
    assert all(one["error"] for one in bad)


@pytest.mark.parametrize(
    "data",
    [
        '50,42,a"b',
        '50,42,"a\n""b"\n',
        '50,42,"a"\n\n',
        '50,42,""',
        '50,42,"1,2\n3,4\n5, x, 6"',
        '50,42,"a,b"',
    ],
)
def test_quotes_that_are_closed(client: FlaskClient, data: str) -> None:
    answer = ask(client, f"lon,lat,n\n{data}".encode(), CSV).get_data(as_text=True)
    assert [one["error"] for one in csv.DictReader(io.StringIO(answer, newline=""))] == [""]


def test_quotes_between_tabs_are_letters(client: FlaskClient, caspian: Caspian, tmp_path: Path) -> None:
    rows = ["1\tAbsheron\t40.1\t49.97", '2\t"Zira\t40.1\t49.97', "3\tSulak\t43.3\t47.7"]
    rows += ['4\tAnzali" roads\t37.6\t50.0', '5\t"mid"\t42.5\t50.5', '6\t""\t42.5\t50.5']
    table = "\n".join(["gbifID\tlocality\tlat\tlon", *rows]) + "\n"
    (tmp_path / "in.tsv").write_text(table, encoding="utf-8")
    for answered in (
        caspian("classify", tmp_path / "in.tsv").out, ask(client, table, CSV).get_data(as_text=True)
    ):  # fmt: skip
        found = list(csv.DictReader(io.StringIO(answered, newline="")))
        assert [one["gbifID"] for one in found] == list("123456")
        assert [one["locality"] for one in found] == [
            "Absheron",
            '"Zira',
            "Sulak",
            'Anzali" roads',
            '"mid"',
            '""',
        ]
        assert {one["error"] for one in found} == {""}
    quoted = table.replace("gbifID\tlocality\tlat\tlon", '"gbifID"\t"locality"\t"lat"\t"lon"')
    found = list(csv.DictReader(io.StringIO(ask(client, quoted, CSV).get_data(as_text=True), newline="")))
    assert [one["gbifID"] for one in found] == list("123456")
    assert [bool(one["error"]) for one in found] == [False, True, False, False, False, False]
    assert found[4]["locality"] == "mid"


def test_cells_beyond_the_header_are_told(client: FlaskClient) -> None:
    (answer,) = csv.DictReader(io.StringIO(ask(client, "lon,lat\n50,42,a,b\n", CSV).get_data(as_text=True)))
    assert "'a,b'" in answer["error"]


@given(st.binary(max_size=300), st.sampled_from(MEDIA_TYPES))
def test_no_bytes_break_the_service(client_of_fakes: FlaskClient, data: bytes, form: str) -> None:
    client = client_of_fakes
    heads = {CSV: b"lon,lat\n48.1,42\n", TEXT_SEQUENCE: b"\x1e" + GOOD + b"\x1e", LINES: GOOD + b"\n"}
    for one in (data, heads.get(form, b"") + data):
        response = ask(client, one, form)
        assert response.status_code in (200, 400)
        if response.status_code == 200:
            rows(form, response.get_data())


@pytest.fixture(scope="module")
def store_of_fakes() -> Any:
    from tests.api.fake_store import FakeStore

    return FakeStore()


@pytest.fixture(scope="module")
def client_of_fakes(store_of_fakes: Any) -> FlaskClient:
    return create_app(store=store_of_fakes).test_client()


def test_quick_and_strict_readers_of_points_agree(client: FlaskClient) -> None:
    """A second text in the body takes the strict way: here as a row that is wrong anyway."""
    points = [[48.1, 42], [50, 42.5], [-0.0, 0], [10**30, 1], [1, 2, 3], [True, 1], None]
    quick = ask(client, text({"points": points}), JSON).get_json()["results"]
    strict = ask(client, text({"points": [*points, ["x", "y"]]}), JSON).get_json()["results"]
    assert strict[:-1] == quick


# Limits


def test_lines_have_no_limit_of_points(client: FlaskClient) -> None:
    points = [(50.0, 42.0)] * 1001  # MAX_POINTS is 1000 here
    for form in (JSON, GEOJSON):
        assert_problem(ask(client, body(form, points), form), 413, "too-large")
    for form in (CSV, TEXT_SEQUENCE, LINES):
        assert len(rows(form, ask(client, body(form, points), form).get_data())) == 1001


@pytest.mark.parametrize("point", ["[50,42,0]", "[]", "{}", "1,2,3,4"])
def test_far_too_many_points_are_not_decoded(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    at_the_limit, far_beyond = (
        f'{{"points":[{",".join([point] * count)}]}}'.encode() for count in (1000, 4001)
    )
    status = ask(client, at_the_limit, JSON).status_code
    assert status == (413 if point == "1,2,3,4" else 200)  # four each time
    monkeypatch.setattr(tables, "read_plain_json", None)
    assert_problem(ask(client, far_beyond, JSON), 413, "too-large")


@pytest.mark.parametrize("form", [CSV, LINES])
def test_a_body_without_a_stated_length_is_counted(app: Flask, form: str) -> None:
    data = b"lon,lat\n" + b"50,42\n" * 200_000
    response = app.test_client().post(
        "/classify",
        input_stream=io.BytesIO(data),
        content_type=form,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert_problem(response, 413, "too-large")


def test_empty_lines_are_no_rows(roomy: FlaskClient) -> None:
    data = b"lon,lat\n50,42\n" + b"\r\n" * 3_000_000 + b"50,42\n"
    assert len(rows(CSV, ask(roomy, data, CSV).get_data())) == 2


def test_a_full_disk_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, **_: object) -> None:
            pass

        def write(self, _: bytes) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def close(self) -> None:
            pass

    monkeypatch.setattr("api.http.bodies.tempfile.SpooledTemporaryFile", Full)
    assert_problem(ask(client, b"lon,lat\n50,42\n", CSV), 507, "no-room")


def test_a_failure_on_the_way_is_no_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was promised as a whole must not end as if it were one."""
    data = body(CSV, [(50.0, 42.0)] * (2 * ROWS_AT_A_TIME))
    answers = iter([answer])

    def once(*arguments: Any, **options: Any) -> Any:
        return next(answers)(*arguments, **options)

    monkeypatch.setattr("api.batches.engine.answer", once)
    response = app.test_client().post("/classify", data=data, content_type=CSV, buffered=False)
    assert response.status_code == 200
    with pytest.raises(RuntimeError):  # of the generator: nothing is left to answer with
        list(response.iter_encoded())


@pytest.mark.thorough
def test_memory_stays_flat(tmp_path: Path, real_store: Store) -> None:
    """Five times the body, the same memory. The answers are of zone and State, the quickest."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from api.application import create_app\n"
        "from zones.editions.store import Store\n"
        "app = create_app({'MAX_BODY_BYTES': 10**9}, store=Store(Path(sys.argv[1])))\n"
        "for count in (20_000, 100_000, 500_000):\n"
        "    row = b'a buoy of somebody,50.123,42.456\\n'\n"
        "    Path(sys.argv[2]).write_bytes(b'name,lon,lat\\n' + row * count)\n"
        "    with open(sys.argv[2], 'rb') as body:\n"
        "        response = app.test_client().post('/classify?fields=zone,state', input_stream=body,\n"
        "            content_type='text/csv', content_length=Path(sys.argv[2]).stat().st_size)\n"
        "        lines = sum(piece.count(b'\\n') for piece in response.iter_encoded())\n"
        "    assert lines == count + 1, lines\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(real_store.folder), str(tmp_path / "body.csv")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    _, some, many = map(int, done.stdout.split())
    assert many - some < 5_000  # kilobytes, where the bodies differ by 13 MB and the answers by 15


# Files

ENDINGS = {".csv": CSV, ".geojson": GEOJSON, ".geojsonl": LINES, ".geojsons": TEXT_SEQUENCE, ".parquet": None}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same points as files in every form that is read."""
    folder = tmp_path_factory.mktemp("points")
    made = {}
    for ending, form in ENDINGS.items():
        path = made[ending] = folder / f"points{ending}"
        if form is not None:
            path.write_bytes(body(form, PLACES))
    lon, lat = zip(*PLACES, strict=True)
    number = [str(at) for at in range(len(PLACES))]
    pq.write_table(pa.table({"number": number, "lon": lon, "lat": lat}), made[".parquet"])
    points = shapely.points(lon, lat)
    for ending in (".gpkg", ".fgb", ".shp"):
        made[ending] = folder / f"points{ending}"
        pyogrio.raw.write(
            made[ending], shapely.to_wkb(points), [np.array(number, dtype=object)], ["number"],
            geometry_type="Point", crs="EPSG:4326",
            **({"SPATIAL_INDEX": "NO"} if ending == ".fgb" else {}),  # which would change the order
        )  # fmt: skip
    return made


def read_back(path: Path) -> list[dict[str, Any]]:
    if path.suffix != ".parquet":
        form = ENDINGS[path.suffix]
        assert form is not None
        return rows(form, path.read_bytes())
    table = pq.read_table(path)
    kinds = {str(field.type) for field in table.schema if field.name != "fid"}
    assert kinds <= {"string", "double", "bool"}
    found = table.to_pylist()
    for row in found:
        assert row.pop("number") is not None
        if row["error"] is None:
            del row["error"]
    return list(found)


@pytest.mark.parametrize(
    "ending", [".csv", ".geojson", ".geojsonl", ".geojsons", ".parquet", ".gpkg", ".fgb", ".shp"]
)
def test_any_file_in_and_out_gives_the_records_of_single_answers(
    real_caspian: Caspian,
    sources: dict[str, Path],
    singles: list[dict[str, Any]],
    tmp_path: Path,
    ending: str,
) -> None:
    outs = list(ENDINGS) if ending in (".csv", ".parquet") else [".geojson", ".parquet"]
    for out in outs:
        target = tmp_path / f"out{out}"
        outcome = real_caspian("classify", sources[ending], "--compare", "-o", target)
        assert (outcome.code, outcome.err) == (0, "")
        found = read_back(target)
        if ending == ".gpkg":  # whose features have numbers of their own
            assert [one.pop("fid") for one in found] == list(range(1, len(singles) + 1))
        assert found == singles


def test_fields_of_a_file(caspian: Caspian, sources: dict[str, Path], tmp_path: Path) -> None:
    caspian("classify", sources[".geojson"], "--fields", "zone,lon", "-o", tmp_path / "out.csv")
    head = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "number,lat,zone,lon,error"
    record = caspian("classify", "50", "42", "--json", "--fields", "zone").json
    assert record == {"zone": "common_maritime_space"}
    for arguments in (["50", "42", "--fields", "zone"], ["50", "42", "--json", "--fields", "x"]):
        assert caspian("classify", *arguments).code == 2


def test_bad_rows_of_files(caspian: Caspian, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("name,lon,lat\na,200,42\nb,x,42\nc,48.1,42\n", encoding="utf-8")
    caspian("classify", source, "-o", tmp_path / "out.geojson")
    first, second, _ = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert (first["properties"]["lon"], first["properties"]["lat"]) == (200, 42)
    assert (second["properties"]["lon"], second["properties"]["lat"]) == (None, 42)
    caspian("classify", source, "-o", tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["zone"] for row in table] == [None, None, "territorial_waters"]
    assert [row["error"] is None for row in table] == [False, False, True]
    assert [row["lon"] for row in table] == [200, None, 48.1]


def test_parquet_keeps_columns_and_their_types(caspian: Caspian, tmp_path: Path) -> None:
    schema = pa.schema(
        [("n", pa.int16()), ("when", pa.timestamp("s")), ("lat", pa.float32()), ("LON", pa.int64())]
    )
    table = pa.table(
        {"n": [1, None, 3], "when": [0, None, 2], "lat": [42.0, 42.5, None], "LON": [50, 49, 50]},
        schema=schema,
    )
    pq.write_table(table, tmp_path / "in.parquet")
    caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet")
    answer = pq.read_table(tmp_path / "out.parquet")
    assert answer.schema.names == ["n", "when", "LON", *RECORD_FIELDS, "error"]
    kept = ["n", "when", "LON"]
    assert answer.select(kept) == pq.read_table(tmp_path / "in.parquet").select(kept)
    assert str(answer.schema.field("certain").type) == "bool"
    assert answer["zone"].null_count == 1
    assert "lat is empty" in answer["error"][2].as_py()
    caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.geojson")
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert features[0]["properties"]["when"] == "1970-01-01T00:00:00"


def test_properties_keep_their_types_in_parquet(caspian: Caspian, tmp_path: Path) -> None:
    features = [
        feature(50, 42, t="x", n=1, y=1.5, b=True, m=1, w=1),
        feature(50, 42, t=None, n=2, y=2, b=False, m="x", w=2**80),
    ]
    source = tmp_path / "in.geojson"
    source.write_text(text({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    caspian("classify", source, "-o", tmp_path / "out.parquet")
    answer = pq.read_table(tmp_path / "out.parquet")
    kinds = {name: str(answer.schema.field(name).type) for name in "tnybmw"}
    assert kinds == {"t": "string", "n": "int64", "y": "double", "b": "bool", "m": "string", "w": "string"}
    assert answer["m"].to_pylist() == ["1", "x"]
    assert answer["w"].to_pylist() == ["1", str(2**80)]


def test_a_multipoint_is_several_rows_in_every_form(caspian: Caspian, tmp_path: Path) -> None:
    """With one position, several, none, no geometry, and another kind."""
    several = [[48.1, 42.0], [50.0, 42.0], [51.0, 95.0]]
    geometries: list[dict[str, Any] | None] = [
        {"type": "Point", "coordinates": [50, 42]},
        {"type": "MultiPoint", "coordinates": several},
        {"type": "MultiPoint", "coordinates": []},
        None,
        {"type": "LineString", "coordinates": [[50, 42], [51, 42]]},
        {"type": "MultiPoint", "coordinates": [[48.1, 42]]},
    ]
    features = [
        {"type": "Feature", "geometry": one, "properties": {"number": str(at)}}
        for at, one in enumerate(geometries)
    ]
    paths = [tmp_path / f"in{ending}" for ending in (".geojson", ".geojsonl", ".gpkg", ".parquet")]
    paths[0].write_text(text({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    paths[1].write_text("".join(f"{text(one)}\n" for one in features), encoding="utf-8")
    wkb = [None if one is None else shapely.to_wkb(shapely.geometry.shape(one)) for one in geometries]
    number = np.array([str(at) for at in range(len(wkb))], dtype=object)
    pyogrio.raw.write(
        paths[2], np.array(wkb, dtype=object), [number], ["number"], geometry_type="Unknown", crs="EPSG:4326"
    )
    column = {"encoding": "WKB", "geometry_types": []}
    geo = json.dumps({"version": "1.1.0", "primary_column": "at", "columns": {"at": column}})
    table = pa.table({"number": number.tolist(), "at": pa.array(wkb, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": geo}), paths[3])
    expected = [
        ("0", "common_maritime_space"), ("1", "territorial_waters"), ("1", "common_maritime_space"),
        ("1", ""), ("2", ""), ("3", ""), ("4", ""), ("5", "territorial_waters"),
    ]  # fmt: skip
    for path in paths:
        outcome = caspian("classify", path, "--fields", "zone")
        found = list(csv.DictReader(io.StringIO(outcome.out)))
        assert [(row["number"], row["zone"]) for row in found] == expected, path
        assert [bool(row["error"]) for row in found] == [not zone for _, zone in expected], path
    assert caspian("classify", paths[3], "-o", tmp_path / "out.parquet").code == 0
    written = shapely.from_wkb(pq.read_table(tmp_path / "out.parquet")["at"].to_pylist())
    assert [len(shapely.get_coordinates(one)) for one in written] == [1, 1, 1, 1, 0, 0, 2, 1]
    assert [shapely.get_coordinates(one).tolist() for one in written[1:4]] == [[one] for one in several]


def test_an_empty_multipoint_is_a_row_with_an_error(client: FlaskClient) -> None:
    geometry: dict[str, Any] = {"type": "MultiPoint", "coordinates": []}
    for sent in (geometry, {"type": "Feature", "id": 7, "geometry": geometry, "properties": {"a": 1}}):
        (one,) = ask(client, text(sent), GEOJSON).get_json()["features"]
        assert one["properties"]["error"] == "the MultiPoint is empty"
        assert one["geometry"] == geometry
    assert (one["id"], one["properties"]["a"]) == (7, 1)


def test_what_is_needed_is_said(client: FlaskClient) -> None:
    sent = [b'{"long": "50"}', b"[50, 42]", b'"x"', b'{"type":"Point","coordinates":[50]}']
    sent += [b'{"type":"Point","coordinates":[1e400,42]}', b'{"type":"Point","coordinates":[50,42,"a"]}']
    errors = [row["error"] for row in rows(LINES, ask(client, b"\n".join(sent), LINES).get_data())]
    needed = "a GeoJSON Feature with a Point is needed"
    assert errors[0] == f"{needed}, or a record with lon and lat; this has no 'lat', found: long"
    assert errors[1:3] == [needed] * 2
    assert "[lon, lat]" in errors[3]
    assert "optional height" in errors[3]
    assert "1e400" in errors[4]
    assert "inf," not in errors[4]
    assert "numbers" in errors[5]
    (answer,) = ask(client, b'{"points": [[1e400, 42]]}', JSON).get_json()["results"]
    assert answer["error"] == errors[4]


def test_geoparquet_of_points(caspian: Caspian, tmp_path: Path) -> None:
    geo = {
        "version": "1.1.0",
        "primary_column": "g",
        "columns": {"g": {"encoding": "WKB", "geometry_types": []}},
    }
    wkb = [
        shapely.to_wkb(shapely.Point(48.1, 42)),
        None,
        shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
    ]
    wkb.append(shapely.to_wkb(shapely.Point()))
    table = pa.table({"g": pa.array(wkb, pa.binary()), "n": [1, 2, 3, 4]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "in.parquet")
    outcome = caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet")
    assert "3 rows have an error" in outcome.err
    answer = pq.read_table(tmp_path / "out.parquet")
    assert answer["zone"].to_pylist() == ["territorial_waters", None, None, None]
    assert answer["g"].to_pylist() == wkb
    assert json.loads(answer.schema.metadata[b"geo"])["primary_column"] == "g"
    caspian("classify", tmp_path / "in.parquet", "-o", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("n,lon,lat,zone")


def test_a_parquet_file_keeps_what_it_says_of_itself(caspian: Caspian, tmp_path: Path) -> None:
    """Also of a geometry that has the name of an answer; points with their coordinates apart."""
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    points = [{"x": 48.1, "y": 42.0, "z": -5.0}, None, {"x": 50.0, "y": 42.0, "z": 1.0}]
    for axes in ("xy", "xyz"):
        kind = pa.struct([(axis, pa.float64()) for axis in axes])
        columns = {"zone": {"encoding": "point", "geometry_types": []}, "other": {"encoding": "WKB"}}
        geo = {"version": "1.1.0", "primary_column": "zone", "columns": columns}
        given = [one and {axis: one[axis] for axis in axes} for one in points]
        table = pa.table({"zone": pa.array(given, kind), "n": [1, 2, 3], "x0": [50.0] * 3, "y0": [42.0] * 3})
        metadata = {"geo": json.dumps(geo), "maker": "Ä", "pandas": "{}"}
        pq.write_table(table.replace_schema_metadata(metadata), source)
        outcome = caspian("classify", source, "--fields", "zone", "-o", target)
        assert "zone is zone_given" in outcome.err
        answer = pq.read_table(target)
        assert answer.column_names == ["zone_given", "n", "x0", "y0", "zone", "error"]
        assert answer["zone_given"].to_pylist() == given
        assert answer["zone"].to_pylist() == ["territorial_waters", None, "common_maritime_space"]
        assert answer["error"].to_pylist() == [None, "a Point is needed, there is none", None]
        kept = answer.schema.metadata
        assert kept[b"maker"].decode() == "Ä"
        assert b"pandas" not in kept
        renamed = {**geo, "primary_column": "zone_given"}
        renamed["columns"] = {"zone_given": columns["zone"], "other": columns["other"]}
        assert json.loads(kept[b"geo"]) == renamed
        rows = list(csv.DictReader(io.StringIO(caspian("classify", source, "--fields", "zone").out)))
        assert [row["lon"] for row in rows] == ["48.1", "", "50.0"]
        assert [row.get("z") for row in rows] == (["-5.0", "", "1.0"] if axes == "xyz" else [None] * 3)
    chosen = caspian("classify", source, "--fields", "zone", "--lon-column", "x0", "--lat-column", "y0")
    assert [row["zone"] for row in csv.DictReader(io.StringIO(chosen.out))] == ["common_maritime_space"] * 3
    odd = {**geo, "columns": {"zone": {"encoding": "point"}}, "primary_column": "zone"}
    pq.write_table(pa.table({"zone": [b"no"]}).replace_schema_metadata({"geo": json.dumps(odd)}), source)
    assert "points have x and y apart, these are binary" in caspian("classify", source).err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("in.parquet", b"no", "not a Parquet file"),
        ("in.parquet", b"", "not a Parquet file"),
        ("in.gpkg", b"no", "not a layer of points"),
        ("in.geojson", b"{", "the file is not JSON"),
        ("in.geojson", b"", "the file is empty"),
        ("in.geojson", b'{"type":"LineString","coordinates":[[1,2],[3,4]]}', "LineString"),
        ("in.kml", b"<kml/>", ".geojsonl"),
        ("in.csv", gzip.compress(b"lon,lat\n50,42\n", mtime=0), "it is no text but packed by gzip"),
        ("in.csv", b"PK\x03\x04" + bytes(30), "it is no text but a ZIP archive, as workbooks (.xlsx) are"),
        ("in.txt", b"PAR1\x15\x04", "it is no text but a Parquet file"),
    ],
)
def test_files_that_cannot_be_read(
    caspian: Caspian, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "out.csv"
    target.write_text("precious", encoding="utf-8")
    outcome = caspian("classify", tmp_path / name, "-o", target)
    assert outcome.code == 2
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert target.read_text(encoding="utf-8") == "precious"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("crs", "words"),
    [("EPSG:5705", "Baltic 1977 height"), ('LOCAL_CS["shop floor",UNIT["metre",1]]', "shop floor")],
)
def test_systems_that_are_none_of_the_earth_are_refused_by_name(
    caspian: Caspian, tmp_path: Path, crs: str, words: str
) -> None:
    points = shapely.to_wkb(shapely.points([500_000], [4_600_000]))
    pyogrio.raw.write(tmp_path / "in.gpkg", points, [], [], geometry_type="Point", crs=crs)
    outcome = caspian("classify", tmp_path / "in.gpkg", "-o", tmp_path / "out.csv")
    assert outcome.code == 2
    assert words in outcome.err


def test_without_pyarrow_there_is_a_hint(
    caspian: Caspian, sources: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for arguments in (
        [sources[".parquet"], "-o", tmp_path / "o.csv"],
        [sources[".csv"], "-o", tmp_path / "o.parquet"],
    ):
        outcome = caspian("classify", *arguments)
        assert outcome.code == 2
        assert "caspian-zones[parquet]" in outcome.err
    assert list(tmp_path.iterdir()) == []


# Texts


def test_texts_of_rows(store_of_fakes: Any) -> None:
    lon, lat = np.array([48.1, 200.0, 10.0, 50.0]), np.array([42.0, 42.0, 0.0, 42.0])
    chunk = Chunk(checked(lon, lat), Features([ALONE] * 4))
    answered = answer(store_of_fakes.edition(), chunk, RECORD_FIELDS, compare=False)
    records = iter(store_of_fakes.edition().classify(lon=lon[[0, 2, 3]], lat=lat[[0, 2, 3]]).rows())
    members = [json.loads(b"{" + one + b"}") for one in json_members(answered)]
    for row, got in enumerate(members):
        assert got == ({"lon": 200.0, "lat": 42.0, "error": got.get("error")} if row == 1 else next(records))
    table = list(csv.reader(io.StringIO(b"\n".join(table_cells(answered)).decode())))
    assert [len(row) for row in table] == [len(RECORD_FIELDS)] * 4
    assert table[1] == ["200.0", "42.0"] + [""] * (len(RECORD_FIELDS) - 2)


def test_columns_of_one_name_become_members_of_several(client: FlaskClient) -> None:
    table = b"n,n,lon,lat,n_2\n1,2,50,42,3\n"
    (feature,) = ask(client, table, CSV, GEOJSON).get_json()["features"]
    assert [feature["properties"][name] for name in ("n", "n_2", "n_2_2")] == ["1", "2", "3"]
    assert ask(client, table, CSV, CSV).get_data().startswith(b"n,n,n_2,lon,lat,")


@pytest.mark.parametrize("identity", ["m", 7])
def test_positions_of_a_multipoint_are_told_apart(client: FlaskClient, identity: object) -> None:
    def ids(*positions: list[float]) -> list[object]:
        geometry = {"type": "MultiPoint", "coordinates": positions}
        thing = {"type": "Feature", "id": identity, "geometry": geometry, "properties": None}
        answer = ask(client, json.dumps(thing).encode(), GEOJSON).get_json()
        return [feature["id"] for feature in answer["features"]]

    assert ids([50, 42], [51, 42]) == [f"{identity}-1", f"{identity}-2"]
    assert ids([50, 42]) == [identity]


@pytest.mark.parametrize("value", ["1e400", "-1e400", "[[1e400]]", '{"a": [1, {"b": 1e400}]}'])
def test_numbers_that_cannot_be_given_back(client: FlaskClient, value: str) -> None:
    """Rather an error than a null in their place."""
    good = '{"type":"Feature","geometry":{"type":"Point","coordinates":[50,42]},"properties":{"n":1e300}}'
    lines = "\n".join([good, good.replace("1e300", value), good]).encode()
    found = rows(LINES, ask(client, lines, LINES).get_data())
    assert ["error" in row for row in found] == [False, True, False]
    assert "1e400" in found[1]["error"]


@pytest.mark.parametrize("identity", ["1e400", "true", "[1]", '{"a": 1}'])
@pytest.mark.parametrize("kind", ["Point", "MultiPoint"])
def test_ids_that_are_none(client: FlaskClient, identity: str, kind: str) -> None:
    position = "[50,42]" if kind == "Point" else "[[50,42],[51,42]]"
    feature = (
        f'{{"type":"Feature","id":{identity},"properties":null,'
        f'"geometry":{{"type":"{kind}","coordinates":{position}}}}}'
    )
    for body, form in (
        (feature, LINES),
        (f'{{"type":"FeatureCollection","features":[{feature}]}}', GEOJSON),
    ):
        (row,) = rows(form, ask(client, body.encode(), form).get_data())
        assert row["error"] == "an id is a text or a finite number"
        assert "id" not in row


def test_an_answer_whose_length_is_said_before_has_a_limit(
    roomy: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP/1.0 needs the length, and so the whole answer on the disk."""
    monkeypatch.setattr(classify, "_LONGEST_OF_KNOWN_LENGTH", 10_000)
    for rows_sent, status in ((5, 200), (500, 413)):
        answer = roomy.post(
            "/classify",
            data=b"lon,lat\n" + b"50,42\n" * rows_sent,
            content_type=CSV,
            environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"},
            buffered=True,
        )
        assert answer.status_code == status
        assert answer.content_length is not None
    assert "HTTP/1.1" in assert_problem(answer, 413, "too-large")["detail"]


@pytest.mark.parametrize("accept", ["text/csv", "application/json", "application/geo+json-seq"])
def test_many_empty_lines_are_no_rows(client: FlaskClient, accept: str) -> None:
    headers = {"Accept": accept}
    empty = "\n" * 120_000
    answers = [
        client.post("/classify?fields=zone", data=text.encode(), content_type="text/csv", headers=headers)
        for text in (f"lon,lat\n{empty}50,42\n{empty}49,42\n", "lon,lat\n50,42\n49,42\n")
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].data == answers[1].data
