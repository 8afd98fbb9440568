"""Routes and areas over HTTP and from the command line, on the real edition."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.http.admission import Deadline
from tests.api.conftest import Outcome
from tests.api.test_errors import assert_problem
from zones.editions.store import Store

Caspian = Callable[..., Outcome]

ROUTE = {"type": "LineString", "coordinates": [[52.4, 40.05], [50.5, 40.1]]}
AREA = {
    "type": "Polygon",
    "coordinates": [
        [[50, 38], [52, 38], [52, 39], [50, 38]],
        [[51, 38.2], [51.5, 38.2], [51.5, 38.4], [51, 38.2]],
    ],
}
UNITS = ("_m", "_km", "_nm", "_km2", "_percent")
LEG_NAMES = [
    "kind", "part", "zone", "state", "start_km", "end_km", "length_m", "length_km", "length_nm",
    "entry_lon", "entry_lat", "exit_lon", "exit_lat", "entry_boundary", "entry_status",
    "exit_boundary", "exit_status", "sector_status", "delimited", "legal_basis", "remark",
]  # fmt: skip


@pytest.fixture
def store(real_store: Store) -> Store:
    """Everything here is asked of the real edition."""
    return real_store


def feature(geometry: Any, **members: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {}, **members}


def collection(*geometries: Any) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [feature(one, id=f"n{at}") for at, one in enumerate(geometries)],
    }


# Over HTTP


@pytest.mark.parametrize("body", [ROUTE, feature(ROUTE), collection(ROUTE)])
def test_a_route(client: FlaskClient, body: Any) -> None:
    response = client.post("/crossings", json=body)
    assert response.status_code == 200
    answer = response.get_json()
    assert list(answer) == [
        "edition", "assumptions", "route", "legs", "sector_legs", "totals", "sector_totals",
        "article_14_states", "article_14_note", "remarks", "notice",
    ]  # fmt: skip
    assert answer["edition"].startswith("osm-")
    assert answer["article_14_states"] == ["TKM", "AZE"]
    assert list(answer["legs"][0]) == LEG_NAMES
    for name in ("legs", "sector_legs"):
        lengths = math.fsum(leg["length_m"] for leg in answer[name])
        assert lengths == pytest.approx(answer["route"]["length_m"], abs=1e-3)
    assert answer["route"]["start"] == [52.4, 40.05]


def test_geojson_media_type_and_edition(client: FlaskClient) -> None:
    response = client.post(
        "/crossings?edition=osm", data=json.dumps(ROUTE), content_type="application/geo+json"
    )
    assert response.status_code == 200


def test_an_area(client: FlaskClient) -> None:
    answer = client.post("/crossings", json=AREA).get_json()
    assert answer["area"]["holes"] == 1
    for name in ("totals", "sector_totals"):
        assert sum(part["area_km2"] for part in answer[name]) == pytest.approx(
            answer["area"]["area_km2"], rel=1e-9
        )


def test_several_features_get_an_answer_each(client: FlaskClient) -> None:
    body = collection(ROUTE, {"type": "Point", "coordinates": [50, 41]}, AREA)
    answer = client.post("/crossings", json=body).get_json()
    first, second, third = answer["results"]
    assert [one["id"] for one in answer["results"]] == ["n0", "n1", "n2"]
    assert "legs" in first
    assert "'Point'" in second["error"]
    assert "area" in third


@pytest.mark.parametrize(
    ("body", "slug", "words"),
    [
        ([1], "invalid-body", "object"),
        ({"coordinates": []}, "invalid-body", "type"),
        ({"type": "FeatureCollection", "features": []}, "invalid-body", "features"),
        ({"type": "FeatureCollection", "features": [ROUTE]}, "invalid-body", "feature 0"),
        ({**ROUTE, "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}, "invalid-body", "WGS84"),
        (feature(None), "invalid-geometry", "no geometry"),
        ({"type": "Point", "coordinates": [50, 41]}, "invalid-geometry", "'Point'"),
        ({"type": "GeometryCollection", "geometries": [ROUTE]}, "invalid-geometry", "'GeometryCollection'"),
        ({"type": "LineString", "coordinates": [[50, 41]]}, "invalid-geometry", "two different points"),
        ({"type": "LineString", "coordinates": [[50, 41], [50, 41]]}, "invalid-geometry", "two different"),
        ({"type": "LineString", "coordinates": [[180, 42], [-180, 42]]}, "invalid-geometry", "two different"),
        ({"type": "LineString", "coordinates": [[0, 90], [50, 90]]}, "invalid-geometry", "two different"),
        ({"type": "LineString", "coordinates": [[50, 41], [200, 41]]}, "invalid-geometry", "longitude 200"),
        ({"type": "LineString", "coordinates": [[50, 41], [-130, 41]]}, "invalid-geometry", "5,000 km"),
        ({"type": "LineString", "coordinates": [[50, 41], ["x", 41]]}, "invalid-geometry", "numbers"),
        ({"type": "Polygon", "coordinates": [[[50, 40], [51, 41], [51, 40], [50, 41], [50, 40]]]},
         "invalid-geometry", "longitude 50.5"),
    ],
)  # fmt: skip
def test_bad_bodies(client: FlaskClient, body: Any, slug: str, words: str) -> None:
    problem = assert_problem(client.post("/crossings", json=body), 400, slug)
    assert words in problem["detail"]
    if slug == "invalid-geometry":
        assert "where" in problem


def test_bodies_that_are_no_json(client: FlaskClient) -> None:
    for data in (b"", b"{", b'{"type": "LineString", "coordinates": [[50, NaN], [51, 41]]}'):
        assert_problem(
            client.post("/crossings", data=data, content_type="application/json"), 400, "invalid-body"
        )
    assert_problem(client.post("/crossings", data="lon,lat", content_type="text/csv"), 415)
    assert_problem(client.get("/crossings"), 405)
    assert_problem(client.post("/crossings?compare=true", json=ROUTE), 400, "unknown-parameter")
    assert_problem(client.post("/crossings?edition=nowhere", json=ROUTE), 404, "unknown-edition")


@pytest.mark.parametrize(
    ("setting", "limit", "unit", "given"),
    [
        ("MAX_ROUTE_VERTICES", 10, "vertices", "more than 10 vertices"),
        ("MAX_ROUTE_LENGTH_KM", 100, "km", "126 km"),
        ("MAX_ROUTE_LEGS", 3, "legs", "more than 3 legs"),
        ("MAX_FEATURES", 1, "features", "2 features"),
    ],
)
def test_more_than_a_limit(app: Any, setting: str, limit: int, unit: str, given: str) -> None:
    body = {"type": "LineString", "coordinates": [[50 + at * 1e-1, 41.2] for at in range(16)]}
    asked = {"MAX_FEATURES": collection(ROUTE, ROUTE), "MAX_ROUTE_LEGS": ROUTE}.get(setting, body)
    assert app.test_client().post("/crossings", json=asked).status_code == 200
    app.config[setting] = limit
    problem = assert_problem(app.test_client().post("/crossings", json=asked), 413, "too-large")
    assert (problem["limit"], problem["unit"], problem["setting"]) == (limit, unit, setting)
    assert given in problem["detail"]
    assert f"CASPIAN_{setting}" in problem["detail"]


@pytest.mark.thorough
def test_a_million_vertices_or_features(app: Any) -> None:
    app.config.update(MAX_CONTENT_LENGTH=100_000_000, MAX_REQUEST_MEMORY_MB=10_000)
    line = {"type": "LineString", "coordinates": [[50 + at * 1e-6, 41] for at in range(1_000_000)]}
    many = {"type": "FeatureCollection", "features": [{"type": "Feature"}] * 880_000}
    for body, unit in ((line, "vertices"), (many, "features")):
        problem = assert_problem(app.test_client().post("/crossings", json=body), 413, "too-large")
        assert problem["unit"] == unit


def test_the_time_of_a_request_ends(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1_000_000))

    def clock() -> float:
        return float(next(calls))

    monkeypatch.setattr("api.http.bodies.Deadline", lambda seconds: Deadline(seconds, clock, clock))
    app.config["MAX_REQUEST_S"] = 12
    route = {"type": "LineString", "coordinates": [[50.2 + at % 2, 37.3 + at * 1e-3] for at in range(6000)]}
    for body in (route, collection(*[AREA] * 40)):
        problem = assert_problem(app.test_client().post("/crossings", json=body), 413, "too-large")
        assert (problem["unit"], problem["setting"]) == ("seconds", "MAX_REQUEST_S")
    assert app.test_client().post("/crossings", json=ROUTE).status_code == 200


# From the command line


@pytest.fixture
def route_file(tmp_path: Path) -> Path:
    path = tmp_path / "route.geojson"
    path.write_text(json.dumps(feature(ROUTE)), encoding="utf-8")
    return path


def test_text_for_people(caspian: Caspian, route_file: Path) -> None:
    outcome = caspian("crossings", route_file)
    assert outcome.code == 0
    assert outcome.err == ""
    for words in (
        "Route of 162.", "Fishery zone of Turkmenistan", "Common maritime space",
        "Sector of Azerbaijan [undelimited]",
        "AZE-TKM-2 (provisional)", "Article 14 States: TKM (Turkmenistan), AZE (Azerbaijan)",
    ):  # fmt: skip
        assert words in outcome.out


def test_text_of_an_area(caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "area.json"
    path.write_text(json.dumps(AREA), encoding="utf-8")
    out = caspian("crossings", path).out
    assert out.startswith("Area of ")
    assert "Sector of Iran" in out


def test_the_three_kinds_of_file(
    caspian: Caspian, route_file: Path, tmp_path: Path, client: FlaskClient
) -> None:
    outputs = {ending: tmp_path / f"out{ending}" for ending in (".json", ".geojson", ".csv")}
    for path in outputs.values():
        outcome = caspian("crossings", route_file, "-o", path)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    whole = json.loads(outputs[".json"].read_text(encoding="utf-8"))
    assert whole == client.post("/crossings", json=ROUTE).get_json()
    legs = [*whole["legs"], *whole["sector_legs"]]
    drawn = json.loads(outputs[".geojson"].read_text(encoding="utf-8"))
    assert [one["geometry"]["type"] for one in drawn["features"]] == ["LineString"] * len(legs)
    assert [one["properties"]["length_m"] for one in drawn["features"]] == [leg["length_m"] for leg in legs]
    rows = list(csv.DictReader(io.StringIO(outputs[".csv"].read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["feature", *LEG_NAMES, "assumptions", "edition"]
    assert [float(row["length_m"]) for row in rows] == [leg["length_m"] for leg in legs]
    assert {row["delimited"] for row in rows} == {"", "false"}


def test_areas_as_files(caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(AREA), encoding="utf-8")
    assert caspian("crossings", path, "-o", tmp_path / "out.geojson").code == 0
    drawn = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
    assert {one["geometry"]["type"] for one in drawn["features"]} <= {"Polygon", "MultiPolygon"}
    assert caspian("crossings", path, "-o", tmp_path / "out.csv").code == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert {row["kind"] for row in rows} == {"zone", "sector"}


def test_a_route_from_a_table(caspian: Caspian, route_file: Path, tmp_path: Path) -> None:
    table = tmp_path / "route.csv"
    table.write_text("name,Longitude,lat\na,52.4,40.05\n\nb,50.5,40.1\n", encoding="utf-8")
    assert caspian("crossings", table).out == caspian("crossings", route_file).out


@pytest.mark.parametrize(
    "table",
    [
        "name;lon;lat\na;52.4;40.05\nb;50.5;40.1\n",
        'name\tlon\tlat\n"a\t52.4\t40.05\nb"\t50.5\t40.1\n',
        "\ufefflon,lat,name\r\n52.4,40.05,a\r\n50.5,40.1,b\r\n",
        'lon,lat,note\n52.4,40.05,"two\nlines"\n50.5,40.1,"a, b"\n',
    ],
)
def test_tables_of_other_people(caspian: Caspian, route_file: Path, tmp_path: Path, table: str) -> None:
    path = tmp_path / "route.csv"
    path.write_bytes(table.encode())
    assert caspian("crossings", path).out == caspian("crossings", route_file).out


@pytest.mark.parametrize("column", ["id", "name", "uuid", "Object", "relationship", "maximo"])
def test_a_column_that_numbers_points_parts_no_route(
    caspian: Caspian, route_file: Path, tmp_path: Path, column: str
) -> None:
    table = tmp_path / "route.csv"
    table.write_text(f"lon,lat,{column}\n52.4,40.05,a\n50.5,40.1,b\n", encoding="utf-8")
    assert caspian("crossings", table).out == caspian("crossings", route_file).out


def test_a_surer_column_without_values_leaves_it_to_the_next(caspian: Caspian, tmp_path: Path) -> None:
    table = tmp_path / "ships.csv"
    rows = [",A,50.5,42", ",B,51.5,39", ",A,50.6,42.1", ",B,51.6,39.1"]
    table.write_text("\n".join(["imo,shipname,lon,lat", *rows]), encoding="utf-8")
    assert caspian("crossings", table, "-o", tmp_path / "out.json").code == 0
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in whole["results"]] == ["A", "B"]


def test_names_of_ports_are_no_ships(caspian: Caspian, tmp_path: Path) -> None:
    calls = ["Aktau,50.9,43.6", "Baku,50.2,40.2", "Aktau,50.9,43.6", "Baku,50.2,40.2"]
    table = tmp_path / "calls.csv"
    table.write_text("\n".join(["name,lon,lat", *calls]), encoding="utf-8")
    out = caspian("crossings", table).out
    assert out.startswith("Route of ")


@pytest.mark.parametrize("column", ["mmsi", "Vessel Name", "VESSEL_IMO", "object_id", "identifier", "name"])
def test_every_ship_of_a_table_has_its_own_route(caspian: Caspian, tmp_path: Path, column: str) -> None:
    table = tmp_path / "ships.csv"
    rows = ["52.4,40.05,b", "50.5,42,a", "50.5,40.1,b", "50.6,42.5,a", "51,42,c"]
    table.write_text("\n".join([f"lon,lat,{column}", *rows]), encoding="utf-8")
    alone = {}
    for ship in "ab":
        one = tmp_path / f"{ship}.csv"
        one.write_text(
            "\n".join(["lon,lat,n", *(row for row in rows if row.endswith(ship))]), encoding="utf-8"
        )
        alone[ship] = caspian("crossings", one).out
    outcome = caspian("crossings", table)
    assert outcome.code == 0
    first, second, third = outcome.out.split("\n\nFeature ")
    assert first == f"Feature 0, b\n{alone['b']}".rstrip()
    assert second == f"1, a\n{alone['a']}".rstrip()
    assert third.startswith("2, c\n")
    assert "two different points" in third
    for ending in (".csv", ".geojson", ".json"):
        outcome = caspian("crossings", table, "-o", tmp_path / f"out{ending}")
        assert (outcome.code, len(outcome.err.splitlines())) == (0, 1)
        assert outcome.err.startswith("caspian: feature 2, c: ")
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in whole["results"]] == ["b", "a", "c"]
    drawn = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert {one["properties"]["id"] for one in drawn} == {"a", "b"}
    legs = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert {(leg["feature"], leg["id"]) for leg in legs} == {("0", "b"), ("1", "a")}
    table.write_text(f"lon,lat,{column}\n50,41,a\n50,42,\n50,43,b\n51,43,b\n51,41,a\n", encoding="utf-8")
    refused = caspian("crossings", table)
    assert refused.code == 2
    assert repr(column) in refused.err


def test_several_features_with_a_bad_one(caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "several.geojson"
    path.write_text(json.dumps(collection(ROUTE, {"type": "Point", "coordinates": [1, 2]})), encoding="utf-8")
    outcome = caspian("crossings", path)
    assert outcome.code == 0
    assert "Feature 1, n1\n  'Point'" in outcome.out
    outcome = caspian("crossings", path, "-o", tmp_path / "out.json")
    assert "feature 1" in outcome.err
    assert "error" in json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["results"][1]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.geojson", "{", "not JSON"),
        ("a.geojson", "", "the file is empty"),
        ("a.geojson", "[]", "GeoJSON"),
        ("a.json", json.dumps({"type": "Point", "coordinates": [50, 41]}), "'Point'"),
        ("a.json", json.dumps({"type": "LineString", "coordinates": [[50, 41], [50, 41]]}), "two different"),
        ("a.json", '{"type": "LineString", "coordinates": [[50, NaN], [51, 41]]}', "NaN"),
        ("a.csv", "lon,lat\n50,41\n", "two different points"),
        ("a.csv", "lon,lat\n50,41\nx,42\n", "row 2 below the header: lon 'x': 'x' is not understood"),
        ("a.csv", "lon,lat\n50,41\n51\n", "row 2 below"),
        ("a.csv", 'lon,lat,n\n50,41,a\n50,42,"b\n50,43,c\n', "row that begins on line 3 is not closed"),
        ("a.csv", 'lon,lat,n\n50,41,"a\n50,42,b\n51,42,"\n', "row that begins on line 2 is not closed"),
        ("a.csv", 'lon,lat,n\n50,41,"a"b\n', "row 1 below the header: the row is not CSV"),
        ("a.csv", "u,v\n50,41\n", "'lon'"),
        ("a.csv", "", "'lon'"),
        ("a.shp", "", "its content is not that of a shapefile"),
        ("a.xlsx", "", ".geojson"),
        ("a.gpx", "<gpx/>", "no route (rte) and no track (trk)"),
        ("a.gpx", "<kml/>", "its root is <kml>"),
        ("a.kml", '<!DOCTYPE k [<!ENTITY a "aaaa">]><kml>&a;</kml>', "document type"),
        ("a.rtz", "<route>", "is not XML"),
        ("a.kmz", "PK", "archive cannot be read"),
    ],
)
def test_bad_files(caspian: Caspian, tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    outcome = caspian("crossings", path)
    assert outcome.code == 2
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 1
    assert words in outcome.err


def test_files_that_are_not_there(caspian: Caspian, tmp_path: Path, route_file: Path) -> None:
    for arguments in ((tmp_path / "none.geojson",), (tmp_path,), (route_file, "-o", tmp_path / "out.xyz"),
                      (route_file, "--edition", "nowhere")):  # fmt: skip
        outcome = caspian("crossings", *arguments)
        assert outcome.code == 2
        assert len(outcome.err.splitlines()) == 1


def test_a_route_in_the_picture(caspian: Caspian, route_file: Path, tmp_path: Path) -> None:
    plain, drawn = tmp_path / "plain.svg", tmp_path / "drawn.svg"
    assert caspian("plot", "-o", plain).code == 0
    assert caspian("plot", "-o", drawn, "--route", route_file).code == 0
    assert plain.read_bytes() != drawn.read_bytes()
    area = tmp_path / "area.json"
    area.write_text(json.dumps(AREA), encoding="utf-8")
    outcome = caspian("plot", "-o", drawn, "--route", area)
    assert outcome.code == 2
    assert "only routes are drawn" in outcome.err


def numbers_of(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from numbers_of(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from numbers_of(one, name)
    elif isinstance(value, float):
        yield name, value


def test_numbers_have_no_noise(caspian: Caspian, client: FlaskClient, tmp_path: Path) -> None:
    for asked in (ROUTE, AREA):
        path = tmp_path / "in.geojson"
        path.write_text(json.dumps(asked), encoding="utf-8")
        found = list(numbers_of(client.post("/crossings", json=asked).get_json()))
        caspian("crossings", path, "-o", tmp_path / "out.csv")
        for row in csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")):
            found += [(name, float(text)) for name, text in row.items() if text and name.endswith(UNITS)]
        assert caspian("crossings", path, "-o", tmp_path / "out.geojson").code == 0
        drawn = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
        found += numbers_of([one["properties"] for one in drawn["features"]])
        measured = [(name, number) for name, number in found if name.endswith(UNITS)]
        assert len(measured) > 10
        for name, number in measured:
            assert round(number, 6 if name.endswith(("_m", "_percent")) else 9) == number, name
