from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.test_errors import assert_problem
from zones.classification.records import RECORD_FIELDS


def post(client: FlaskClient, value: object, query: str = "", **options: Any) -> TestResponse:
    body = value if isinstance(value, (bytes, str)) else json.dumps(value)
    options.setdefault("content_type", "application/json")
    return client.post(f"/classify{query}", data=body, **options)


def test_one_record_has_every_field_in_order(client: FlaskClient) -> None:
    response = client.get("/classify?lon=48.1&lat=42")
    assert response.content_type == "application/json"
    record = json.loads(response.get_data())
    assert tuple(record) == RECORD_FIELDS
    assert record["zone"] == "territorial_waters"
    assert record["state"] == "AZE"
    assert (record["lon"], record["lat"]) == (48.1, 42)
    assert record["sector"] is None
    assert record["certain"] is True


def test_input_is_echoed_unchanged(client: FlaskClient) -> None:
    record = client.get("/classify?lon=48.12345678901234&lat=42").get_json()
    assert record["lon"] == 48.12345678901234


def test_comparison_can_be_left_out(client: FlaskClient) -> None:
    record = client.get("/classify?lon=48.1&lat=42&compare=false").get_json()
    assert record["certain"] is None
    assert record["coast_spread_m"] is None


def test_position_is_the_same_as_lon_and_lat(client: FlaskClient) -> None:
    by_text = client.get("/classify", query_string={"position": "42°30'N 48°15'E"}).get_json()
    by_numbers = client.get("/classify?lon=48.25&lat=42.5").get_json()
    assert by_text == by_numbers


def test_swapped_coordinates_are_an_answer_with_a_hint(client: FlaskClient) -> None:
    record = client.get("/classify?lon=42&lat=50").get_json()
    assert record["zone"] == "outside_caspian"
    assert "swapped" in record["hint"]


def test_edition_by_coast_and_by_name(client: FlaskClient) -> None:
    for name in ("gshhg", "gshhg-0123abcd"):
        record = client.get(f"/classify?lon=48.1&lat=42&edition={name}").get_json()
        assert record["edition"] == "gshhg-0123abcd"


@pytest.mark.parametrize(
    "query",
    [
        "lon=49,97&lat=40,1",
        "lon=49°58.2'E&lat=40°06.0'N",
        "lon=04958.2E&lat=4006.0N",
        "lon=۴۹٫۹۷&lat=۴۰٫۱",
        "position=40°06,0'С 49°58,2'В",
        "position=POINT(49.97 40.1)",
    ],
)
def test_a_coordinate_may_be_written_in_any_notation(client: FlaskClient, query: str) -> None:
    found = client.get(f"/classify?{query}&fields=lon,lat").get_json()
    assert (found["lon"], found["lat"]) == pytest.approx((49.97, 40.1), abs=1e-12)


def test_a_position_that_is_not_understood_is_marked(client: FlaskClient) -> None:
    text = "42°33.6'N \u200e49°53.3'Q"
    problem = client.get("/classify", query_string={"position": text}).get_json()
    assert text[problem["start"] : problem["end"]] == "Q"
    assert len(problem["examples"]) == 3
    for example in problem["examples"]:
        assert client.get("/classify", query_string={"position": example}).status_code == 200


@pytest.mark.parametrize(
    ("query", "slug", "parameter"),
    [
        ("", "invalid-parameter", "lon"),
        ("lon=50", "invalid-parameter", "lat"),
        ("lat=50", "invalid-parameter", "lon"),
        ("lon=&lat=42", "invalid-parameter", "lon"),
        ("lon=x&lat=42", "invalid-parameter", "lon"),
        ("lon=nan&lat=42", "invalid-parameter", "lon"),
        ("lon=50&lat=inf", "invalid-parameter", "lat"),
        ("lon=50&lat=1e999", "invalid-parameter", "lat"),
        ("lon=5_0&lat=42", "invalid-parameter", "lon"),
        ("lon=0x32&lat=42", "invalid-parameter", "lon"),
        ("lon=50,5,5&lat=42", "invalid-parameter", "lon"),
        ("lon=42N&lat=42", "invalid-parameter", "lon"),
        ("lon=50&lon=51&lat=42", "invalid-parameter", "lon"),
        ("lon=50&lat=42&compare=yes", "invalid-parameter", "compare"),
        ("lon=50&lat=42&position=42N+50E", "invalid-parameter", "position"),
        ("lon=50&position=42N+50E", "invalid-parameter", "position"),
        ("position=", "invalid-position", "position"),
        ("position=here", "invalid-position", "position"),
        ("position=42+61+N+50+E", "invalid-position", "position"),
    ],
)
def test_bad_parameters(client: FlaskClient, query: str, slug: str, parameter: str) -> None:
    problem = assert_problem(client.get(f"/classify?{query}"), 400, slug)
    assert problem["parameter"] == parameter


@pytest.mark.parametrize("query", ["lon=181&lat=42", "lon=50&lat=-90.1", "lon=1e300&lat=0"])
def test_out_of_range(client: FlaskClient, query: str) -> None:
    assert_problem(client.get(f"/classify?{query}"), 400, "invalid-coordinates")


def test_batch_equals_single(client: FlaskClient) -> None:
    points = [[48.1, 42.0], [48.4, 43.5], [50, 40], [47.5, 41], [0, 0], [42, 50]]
    answer = post(client, {"points": points}, "?compare=true").get_json()
    assert list(answer) == ["edition", "results"]
    singles = [client.get(f"/classify?lon={lon}&lat={lat}").get_json() for lon, lat in points]
    assert answer["results"] == singles


def test_batch_does_not_compare_unless_asked(client: FlaskClient) -> None:
    assert post(client, {"points": [[50, 42]]}).get_json()["results"][0]["certain"] is None


def test_no_points_are_an_answer(client: FlaskClient) -> None:
    assert post(client, {"points": []}).get_json()["results"] == []


def test_bad_rows_are_answered_in_their_place(client: FlaskClient) -> None:
    points = [
        [48.1, 42],
        [200, 42],
        ["50", 42],
        [50],
        None,
        [True, 42],
        [[50], 42],
        {},
        [1e999, 42],
        [10**400, 1],
        [48.1, 42],
    ]
    body = json.dumps({"points": points}).replace("Infinity", "1e999")
    results = post(client, body).get_json()["results"]
    assert len(results) == len(points)
    assert results[0] == results[-1]
    assert "error" not in results[0]
    for row in results[1:-1]:
        assert list(row) == ["lon", "lat", "error"]
        assert row["error"]
    assert results[1]["lon"] == 200


POINT = {"type": "Point", "coordinates": [48.1, 42.0]}


def feature(geometry: object, identity: object = None, **properties: object) -> dict[str, Any]:
    made = {"type": "Feature", "geometry": geometry, "properties": properties}
    return made if identity is None else {**made, "id": identity}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (POINT, 1),
        ({"type": "MultiPoint", "coordinates": [[48.1, 42], [50, 42], [51, 42, 7.5]]}, 3),
        (feature(POINT), 1),
        ({"type": "Feature", "geometry": POINT}, 1),
        ({"type": "FeatureCollection", "features": []}, 0),
        ({"type": "FeatureCollection", "features": [feature(POINT), feature(POINT)]}, 2),
        (
            {
                **POINT,
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            },
            1,
        ),
    ],
)
def test_geojson_comes_back_as_geojson(client: FlaskClient, value: Any, count: int) -> None:
    response = post(client, value, content_type="application/geo+json")
    assert response.content_type == "application/geo+json"
    answer = json.loads(response.get_data())
    assert answer["type"] == "FeatureCollection"
    assert answer["edition"] == "osm-0123abcd"
    assert len(answer["features"]) == count
    for one in answer["features"]:
        assert one["geometry"]["type"] == "Point"
        assert set(RECORD_FIELDS) <= set(one["properties"])


def test_properties_stay_and_the_record_wins_a_clash(client: FlaskClient) -> None:
    value = feature(POINT, "a7", ship="Rubin", zone="mine", deep={"er": [1]})
    one = post(client, value).get_json()["features"][0]
    assert one["id"] == "a7"
    assert one["properties"]["ship"] == "Rubin"
    assert one["properties"]["deep"] == {"er": [1]}
    assert one["properties"]["zone"] == "territorial_waters"


def test_geojson_rows_that_are_bad(client: FlaskClient) -> None:
    features = [
        feature(POINT, 1),
        feature(None, 2, ship="Rubin"),
        feature({"type": "Point", "coordinates": []}, 3),
        feature({"type": "Point", "coordinates": [50, 95]}, 4),
        feature({"type": "Point"}, 5),
    ]
    answer = post(client, {"type": "FeatureCollection", "features": features}).get_json()
    got = answer["features"]
    assert [one["id"] for one in got] == [1, 2, 3, 4, 5]
    assert ["error" in one["properties"] for one in got] == [False, True, True, True, True]
    assert got[1]["geometry"] is None
    assert got[1]["properties"]["ship"] == "Rubin"


DEEP = "[" * 100_000 + "]" * 100_000
LINE = {"type": "LineString", "coordinates": [[50, 42], [51, 42]]}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "{",
        "null",
        "[[50, 42]]",
        '"points"',
        "{}",
        '{"points": 5}',
        '{"points": [[50, 42]], "edition": "osm"}',
        '{"points": [[NaN, 42]]}',
        '{"points": [[Infinity, 42]]}',
        '{"points": [[-Infinity, 42]]}',
        '{"points": [], "points": []}',
        '{"points": [[50, 42]]} trailing',
        '{"points": ' + "[" * 3000 + "]" * 3000 + "}",
        DEEP,
        '{"points": [[' + "1" * 5000 + ", 42]]}",
        b'{"points": [[50, 42]], "\xff": 1}',
        b"\xff\xfe{\x00}\x00",
        json.dumps(LINE),
        json.dumps(feature(LINE)),
        json.dumps({"type": "FeatureCollection"}),
        json.dumps({"type": "GeometryCollection", "geometries": [POINT]}),
        json.dumps({"type": "Nonsense"}),
        json.dumps({"type": ["Point"]}),
        json.dumps({"type": "MultiPoint", "coordinates": 5}),
        json.dumps({"type": "Feature", "geometry": POINT, "properties": [1]}),
        json.dumps({"type": "Feature", "geometry": [POINT]}),
        json.dumps({**POINT, "crs": {"type": "name", "properties": {"name": "EPSG:32639"}}}),
        json.dumps({**POINT, "crs": "somewhere"}),
        '{"type":"Feature","geometry":null,"properties":{"a":' + "[" * 500 + "]" * 500 + "}}",
    ],
    ids=lambda body: repr(body[:60]),
)
def test_bodies_that_cannot_be_read(client: FlaskClient, body: bytes | str) -> None:
    assert_problem(post(client, body), 400, "invalid-body")


def test_lone_surrogates_do_no_harm(client: FlaskClient) -> None:
    body = '{"type":"Feature","geometry":null,"properties":{"name":"\\ud800"}}'
    response = post(client, body)
    assert response.status_code == 200
    assert json.loads(response.get_data())["features"][0]["properties"]["name"] == "\ud800"
    assert_problem(post(client, '{"\\ud800": 1}'), 400, "invalid-body")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/csv; charset=windows-125l",
        "text/csv; charset=punycode",
        "text/csv; charset=\xff",
        "text/csv; charset=utf-8\xff",
        'text/csv; charset="utf-8',
        "text/csv; charset =utf-8",
        "text/csv" + " ;" * 2000 + "(",
        "text/csv; header=absent",
        "application/x-www-form-urlencoded",
        "application/xml",
        "",
    ],
)
def test_wrong_media_type(client: FlaskClient, kind: str) -> None:
    response = post(client, {"points": []}, content_type=kind)
    assert_problem(response, 415, "unsupported-media-type")
    assert "application/geo+json" in response.headers["Accept-Post"]


def test_a_table_is_read_in_the_encoding_that_is_told(client: FlaskClient) -> None:
    text = "имя;lon;lat\nБаку;49,97;40,1\n"
    expected = b"\xd0\x91\xd0\xb0\xd0\xba\xd1\x83"
    for told, encoding in (("windows-1251", "cp1251"), ("KOI8-R", "koi8-r"), ("utf-16le", "utf-16-le")):
        kind = f"text/csv; charset={told}"
        answer = post(client, text.encode(encoding), "?fields=zone", content_type=kind)
        assert (answer.status_code, answer.mimetype_params["charset"]) == (200, "utf-8")
        assert answer.get_data().split(b"\n")[1].startswith(expected + b',"49,97","40,1",')
    # What is told holds, whatever the bytes look like.
    answer = post(client, text.encode("cp1251"), content_type="text/csv; charset=utf-8")
    assert "is not UTF-8 text" in assert_problem(answer, 400, "invalid-body")["detail"]
    answer = post(client, text, content_type="text/csv; charset=windows-125l")
    problem = assert_problem(answer, 415, "unsupported-media-type")
    assert {"utf-8", "windows-1251", "koi8-r", "iso-8859-9"} <= set(problem["charsets"])
    assert "windows-1251" in problem["detail"]


@pytest.mark.parametrize("path", ["/classify", "/events"])
def test_columns_are_chosen_as_on_the_command_line(real_client: FlaskClient, path: str) -> None:
    table = "mmsi,timestamp,lon0,lat0,lon1,lat1\n1,2024-01-01,0,0,50.5,42.5\n"
    chosen = f"{path}?lon_column=lon1&lat_column=LAT1"

    def asked(address: str, body: Any, kind: str) -> Any:
        return real_client.post(address, data=body, content_type=kind, headers={"Accept": "text/csv"})

    for body, kind in (
        (table, "text/csv"),
        (
            '{"mmsi":1,"timestamp":"2024-01-01","lon0":0,"lat0":0,"lon1":50.5,"lat1":42.5}',
            "application/x-ndjson",
        ),
        (
            '[{"mmsi":1,"timestamp":"2024-01-01","lon0":0,"lat0":0,"lon1":50.5,"lat1":42.5}]',
            "application/json",
        ),
    ):
        answer = asked(chosen, body, kind)
        assert answer.status_code == 200, answer.get_data()
        (row, *_) = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
        assert (row["zone"], row.get("error", "")) == ("common_maritime_space", "")
    whole = asked(
        f"{path}?position_column=where", "mmsi,timestamp,where\n1,2024-01-01,42.5N 50.5E\n", "text/csv"
    )
    assert "common_maritime_space" in whole.get_data(as_text=True)

    problem = assert_problem(asked(path, table, "text/csv"), 400, "invalid-body")
    assert "found: mmsi, timestamp, lon0" in problem["detail"]
    assert "lon_column" in problem["detail"]
    problem = assert_problem(
        asked(f"{path}?lon_column=lon&lat_column=lat1", table, "text/csv"), 400, "invalid-body"
    )
    assert "no column 'lon', found: mmsi" in problem["detail"]
    for wrong, body, kind in (
        ("lon_column=", table, "text/csv"),
        ("lon_column=lon1&position_column=lat1", table, "text/csv"),
        ("lon_column=lon1", json.dumps(POINT), "application/geo+json"),
    ):
        assert_problem(asked(f"{path}?{wrong}", body, kind), 400, "invalid-parameter")
    assert_problem(asked(chosen, json.dumps(POINT), "application/json"), 400, "invalid-body")
    assert_problem(asked(f"{path}?longitude_column=x", table, "text/csv"), 400, "unknown-parameter")


def test_compressed_bodies_are_refused(client: FlaskClient) -> None:
    response = post(client, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert_problem(response, 415, "unsupported-media-type")


def test_too_many_points(client: FlaskClient) -> None:
    assert post(client, {"points": [[50, 42]] * 1000}).status_code == 200
    problem = assert_problem(post(client, {"points": [[50, 42]] * 1001}), 413, "too-large")
    assert problem["limit"] == 1000
    assert "1,000 points" in problem["detail"]
    problem = assert_problem(post(client, '{"points": ' + DEEP + "}"), 413, "too-large")
    assert "more arrays, objects or numbers than 1,000 points have" in problem["detail"]
    bad = {"points": [[[50, 42]]] * 500 + [[50, 42, 1, 2]] * 500}  # each has an error of its own
    assert len(post(client, bad).get_json()["results"]) == 1000
    many = {"type": "MultiPoint", "coordinates": [[50, 42]] * 1001}
    assert assert_problem(post(client, many), 413, "too-large")["limit"] == 1000


def test_too_large_a_body(client: FlaskClient) -> None:
    problem = assert_problem(post(client, b" " * 1_000_001), 413, "too-large")
    assert problem["limit"] == 1_000_000
    assert problem["unit"] == "bytes"


def test_broken_values_of_the_core_never_become_nan(
    app: Flask, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = app.test_client().get("/classify?lon=0&lat=0").get_data(as_text=True)
    assert "NaN" not in body
    assert json.loads(body)["baseline_distance_m"] is None
