"""Every notation and kind of file that people have, by every way in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient
from pyproj import Transformer

from api.batches import forms, json_arrays
from tests.api.conftest import Caspian
from tests.notations import NO_POSITIONS, NOTATIONS, ROUTES, SEA, TABLES
from tests.write_notations import PAGE, text

MEDIA_TYPES = {".csv": "text/csv", ".tsv": "text/csv", ".txt": "text/csv"}
MEDIA_TYPES |= {".geojson": "application/geo+json", ".json": "application/json"}
MEDIA_TYPES |= dict.fromkeys((".geojsonl", ".ndjson"), "application/x-ndjson")


def test_the_page_is_what_the_tests_try() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "python -m tests.write_notations"


@pytest.mark.parametrize("position", [one for texts in NOTATIONS.values() for one in texts])
def test_positions(client: FlaskClient, position: str) -> None:
    answer = client.get("/classify", query_string={"position": position, "compare": "false"}).get_json()
    assert (answer["lon"], answer["lat"]) == pytest.approx(SEA, abs=1e-9)


@pytest.mark.parametrize(("name", "content"), [one[1:] for one in TABLES], ids=[one[0] for one in TABLES])
def test_tables(caspian: Caspian, client: FlaskClient, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    # As a collection, so that positions are numbers whatever they came as.
    outcome = caspian("classify", tmp_path / name, "-o", tmp_path / "out.geojson", "--fields", "zone")
    assert outcome.code == 0
    answers = [json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))]
    if Path(name).suffix in MEDIA_TYPES:  # others are read as files only
        kind, wanted = MEDIA_TYPES[Path(name).suffix], "application/geo+json"
        asked = client.post("/classify", data=content, content_type=kind, headers={"Accept": wanted})
        answers.append(asked.get_json())
    for answer in answers:
        (feature,) = answer["features"]
        assert "error" not in feature["properties"]
        assert feature["geometry"]["coordinates"] == pytest.approx(SEA, abs=1e-9)


SIDES = (
    # latitude, its hemisphere, longitude, its hemisphere; the position, or what is wrong
    ("42.5", "N", "50.5", "E", (50.5, 42.5)),
    ("42.5", "S", "50.5", "w", (-50.5, -42.5)),
    ("4230.0", "n", "05030.0", "East", (50.5, 42.5)),
    ("0042.6", "N", "00050.4", "E", (0.84, 0.71)),
    ("-42.5", "S", "50.5°E", "E", (50.5, -42.5)),
    ("4.25e1", "S", "50.5", "E", (50.5, -42.5)),
    ("-42.5", "N", "50.5", "E", "it is of another hemisphere than N"),
    ("42.5", "N", "50.5", "", "lon '50.5': its hemisphere is empty"),
    ("42.5", "E", "50.5", "E", "its hemisphere is N or S, and 'E' stands beside it"),
    ("91.0", "N", "50.5", "E", "beyond 90"),
    ("", "N", "50.5", "E", "empty"),
)
SIDE_NAMES = (
    ("lat", "lat_dir", "lon", "lon_dir"),
    ("latitude", "N/S", "longitude", "E/W"),
    ("Lat", "NS indicator", "Lon", "EW indicator"),
    ("lat", "Latitude_Direction", "lon", "Longitude_Direction"),
    ("lat", "lat_hem", "lon", "lon_hem"),
    ("lat", "hemisphere", "lon", "hemisphere"),
)


@pytest.mark.parametrize("names", SIDE_NAMES)
@pytest.mark.parametrize("rows", [SIDES, SIDES[:2]], ids=["all", "plain"])
def test_hemispheres_in_columns_of_their_own(
    caspian: Caspian, client: FlaskClient, tmp_path: Path, names: tuple[str, ...], rows: Any
) -> None:
    """In every form: the position where the hemisphere says, else an error of the row; what came stays."""
    given = [list(row[:4]) for row in rows]
    text = "\n".join(map(",".join, [names, *given])) + "\n"
    table = pa.table([pa.array(column) for column in zip(*given, strict=True)], names=list(names))
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    pq.write_table(table, tmp_path / "a.parquet")
    found = []
    for name, target in (("a.csv", "by_columns.csv"), ("a.csv", "by_rows.geojsonl"), ("a.parquet", "o.csv")):
        out = tmp_path / target
        assert caspian("classify", tmp_path / name, "-o", out, "--fields", "lon,lat").code == 0
        found.append(read_back(out))
    posted = client.post("/classify?fields=lon,lat", data=text, content_type="text/csv")
    found.append(list(csv.DictReader(io.StringIO(posted.text))))
    if len(set(names)) == 4:
        records = "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in given)
        kind = "application/x-ndjson"
        posted = client.post("/classify", data=records, content_type=kind, headers={"Accept": kind})
        found.append([json.loads(line) for line in posted.text.splitlines()])
    for answers in found:
        for answer, row in zip(answers, rows, strict=True):
            one = answer.get("properties", answer)
            if isinstance(row[4], str):
                assert row[4] in one["error"]
                continue
            assert not one.get("error")
            assert (float(one["lon"]), float(one["lat"])) == pytest.approx(row[4], abs=1e-12)
            if len(set(names)) == 4:
                assert {row[0], row[1]} <= set(map(str, one.values()))


def read_back(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    return [json.loads(line) for line in text.splitlines()]


def test_numbers_with_hemispheres_apart(caspian: Caspian, tmp_path: Path) -> None:
    columns = {"lat": [42.5, 4230.0, None, 1e-5], "ns": ["S", "N", "N", "S"], "lon": [50.5] * 4}
    pq.write_table(
        pa.table({**columns, "ew": pa.array(["E"] * 4).dictionary_encode()}), tmp_path / "a.parquet"
    )
    out = tmp_path / "o.csv"
    assert caspian("classify", tmp_path / "a.parquet", "-o", out, "--fields", "lon,lat").code == 0
    assert [one["lat"] for one in read_back(out)] == ["-42.5", "42.5", "", "-0.00001"]
    assert [one["error"] for one in read_back(out)] == ["", "", "lat is empty", ""]


@pytest.mark.parametrize(("lon", "lat", "said"), NO_POSITIONS)
def test_what_is_no_position_is_named(
    caspian: Caspian, tmp_path: Path, lon: str, lat: str, said: str
) -> None:
    (tmp_path / "in.csv").write_text(f"lon,lat\n{lon},{lat}\n", encoding="utf-8")
    outcome = caspian("classify", tmp_path / "in.csv")
    assert outcome.code == 2
    assert said in outcome.out
    assert "none of 1 rows could be answered; the first: row 1: lon" in outcome.err


def test_zero_is_answered_with_a_hint(real_caspian: Caspian, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n0,0\n42.5,50.5\n", encoding="utf-8")
    outcome = real_caspian("classify", tmp_path / "in.csv", "--fields", "hint")
    hints = [row["hint"] for row in csv.DictReader(io.StringIO(outcome.out))]
    assert hints[0].startswith("0, 0 is what many receivers")
    assert "look swapped" in hints[1]
    assert real_caspian("classify", "0", "0", "--json").json["hint"] == hints[0]


@pytest.mark.parametrize(
    ("header", "options", "words"),
    [
        ("lon,longitude,lat", [], "2 columns could be 'lon': lon, longitude; --lon-column and --lat-column"),
        ("long,lng,lat", [], "2 columns could be 'lon': long, lng"),
        ("a,b", [], "no column 'lon'; the header needs lon and lat, found: a, b; --lon-column"),
        ("a;b;c", [], "found: a, b, c"),
        (
            "t,latitudeE7,longitudeE7",
            [],
            "found: t, latitudeE7, longitudeE7 (names in E7 are of 1/10,000,000",
        ),
        ("lat_deg,lat_min,lon_deg,lon_min", [], "column 'lat_min' holds a part of a coordinate"),
        ("lat,lat_max,lon,lon_sec", [], "column 'lon_sec' holds a part of a coordinate"),
        (
            "Latitude (N),Longitude (°W)",
            [],
            "no column 'lon'; the header needs lon and lat, found: Latitude (N)",
        ),
        ("lat [deg south],lon (E/-W)", [], "no column 'lat'; the header needs"),
        ("lat,lat_m,lon,lon_m", [], "column 'lat_m' holds a part of a coordinate"),
        ("lat,lat ',lon,lon '", [], "holds a part of a coordinate"),
        ("Lat,Min,Lon,Min", [], "column 'Min' holds a part of a coordinate"),
        ("Lat Deg,Min,Sec,Lon Deg,Min,Sec", [], "column 'Min' holds a part of a coordinate"),
        ("широта,мин,долгота,мин", [], "column 'мин' holds a part of a coordinate"),
        ("lat,lat_decimal_min,lon,lon_decimal_min", [], "holds a part of a coordinate"),
        ("Latitude (rad),Longitude (rad)", [], "no column 'lon'; the header needs"),
        ("lat (1e-7),lon (1e-7)", [], "no column 'lon'; the header needs"),
        ("Latitude (Pulkovo 1942),Longitude (Pulkovo 1942)", [], "no column 'lon'; the header needs"),
        ("Longitude (m),Latitude (m)", [], "no column 'lon'; the header needs"),
        ("lat (N),lon (W)", ["--lon-column", "lon (W)"], "column 'lon (W)' is of one hemisphere"),
        ("hemisphere,lat,lon", [], "column 'hemisphere' may be that of lat or of lon"),
        ("lat,lon,ns,lat_dir", [], "2 columns could be 'hemisphere of lat': ns, lat_dir"),
        ("lon,lat", ["--lat-column", "z"], "no column 'z', found: lon, lat"),
        ("lon,lat", ["--position-column", "lon", "--lat-column", "lat"], "give one or the other"),
        ("lon,lat", ["--lon-column", "lat", "--lat-column", "lat"], "for both longitude and latitude"),
        ("lon,lat", ["--encoding", "rot13"], "'rot13' is no encoding of texts"),
    ],
)
def test_columns_that_are_missing_or_several_are_named(
    caspian: Caspian, tmp_path: Path, header: str, options: list[str], words: str
) -> None:
    (tmp_path / "in.csv").write_text(f"{header}\n", encoding="utf-8")
    outcome = caspian("classify", tmp_path / "in.csv", *options)
    assert outcome.code == 2
    assert words in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_columns_are_chosen_by_name(caspian: Caspian, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes("x;b\xe9;place\n49.97;40.1;42N 50E\n".encode("cp1254"))
    for options, place in (
        (["--lon-column", "x", "--lat-column", "bé"], "49.97,40.1"),
        (["--position-column", "place"], "50.0,42.0"),
    ):
        outcome = caspian(
            "classify", tmp_path / "in.csv", *options, "--encoding", "cp1254", "--fields", "lon,lat"
        )
        assert outcome.code == 0
        assert place in outcome.out.splitlines()[1]


LAYER = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(SEA)], crs="EPSG:4326")


@pytest.mark.parametrize(
    "crs", ["OGC:CRS84", "EPSG:9057", "EPSG:4979", "EPSG:3857", "EPSG:32639", "EPSG:4284"]
)
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp", "parquet"])
def test_layers_in_other_systems(caspian: Caspian, tmp_path: Path, ending: str, crs: str) -> None:
    path = tmp_path / f"in.{ending}"
    if crs == "EPSG:4284":  # by the operation of EPSG that is for the whole sea
        operation = Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::15865")
        lat, lon = operation.transform(SEA[1], SEA[0], direction="INVERSE")
        layer = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(lon, lat)], crs=crs)
    else:
        layer = LAYER.to_crs(crs)
    layer.to_parquet(path) if ending == "parquet" else layer.to_file(path)
    outcome = caspian("classify", path, "-o", tmp_path / "out.geojson", "--fields", "zone")
    assert outcome.code == 0
    (feature,) = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    bound = 1e-8 if crs == "EPSG:4284" else 1e-9  # a millimetre, as EPSG's operation is inverted
    assert feature["geometry"]["coordinates"] == pytest.approx(SEA, abs=bound)


def test_styles_are_no_layer_and_several_layers_are_named(caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "in.gpkg"
    LAYER.to_file(path, layer="ships")
    pyogrio.write_dataframe(LAYER.drop(columns="geometry"), path, layer="layer_styles")
    assert caspian("classify", path).code == 0
    LAYER.to_file(path, layer="buoys")
    outcome = caspian("classify", path)
    assert outcome.code == 2
    assert "there are 2 (ships, buoys); --layer chooses one" in outcome.err
    assert caspian("classify", path, "--layer", "buoys").code == 0


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.json", "a.ndjson", "a.geojson"])
def test_layers_are_chosen_of_layers_only(caspian: Caspian, tmp_path: Path, name: str) -> None:
    record, source = {"lon": SEA[0], "lat": SEA[1]}, tmp_path / name
    if name == "a.parquet":
        pq.write_table(pa.table({"lon": [SEA[0]], "lat": [SEA[1]]}), source)
    else:
        point = {"type": "Point", "coordinates": SEA}
        text = json.dumps([record] if name == "a.json" else point if name == "a.geojson" else record)
        source.write_text("lon,lat\n50,42\n" if name == "a.csv" else text, encoding="utf-8")
    commands = [("classify",), ("crossings",)] if name != "a.json" else [("classify",)]
    for command in commands:
        outcome = caspian(*command, source, "--layer", "ships")
        assert outcome.code == 2
        assert f"{source}: it has no layers to choose from, as .gpkg, .fgb, .shp files have" in outcome.err
    assert caspian("classify", source).code == 0


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.geojsonl"])
def test_columns_are_chosen_of_tables_only(caspian: Caspian, tmp_path: Path, name: str) -> None:
    columns = {"lon": [1.0], "lat": [2.0]}
    layer = geopandas.GeoDataFrame(columns, geometry=[shapely.Point(SEA)], crs=4326)
    layer.to_file(tmp_path / name, driver="GeoJSONSeq" if name == "a.geojsonl" else None)
    outcome = caspian("classify", tmp_path / name, "--lon-column", "lon", "--lat-column", "lat")
    assert outcome.code == 2
    assert "columns are chosen" in outcome.err


@pytest.mark.parametrize("ending", ["csv", "geojsonl", "parquet"])
def test_numbers_of_features_stay(caspian: Caspian, tmp_path: Path, ending: str) -> None:
    """A GeoPackage has them in a column, under whatever name; in other layers they are but the order."""
    for options, name in ({}, "fid"), ({"FID": "no"}, "no"):
        layer = geopandas.GeoDataFrame({name: [70, 9]}, geometry=[shapely.Point(SEA)] * 2, crs=4326)
        layer.to_file(tmp_path / "in.gpkg", layer_options=options)
        out = tmp_path / f"out.{ending}"
        assert caspian("classify", tmp_path / "in.gpkg", "-o", out, "--fields", "zone").code == 0
        rows = pq.read_table(out).to_pylist() if ending == "parquet" else read_back(out)
        assert sorted(int(one.get("properties", one)[name]) for one in rows) == [9, 70]


def test_columns_of_geometries_without_a_geoparquet_head(caspian: Caspian, tmp_path: Path) -> None:
    for values in ([shapely.to_wkb(shapely.Point(SEA))], [f"POINT({SEA[0]!r} {SEA[1]!r})"]):
        pq.write_table(pa.table({"n": [1], "geom": values}), tmp_path / "in.parquet")
        outcome = caspian("classify", tmp_path / "in.parquet", "--fields", "lon,lat")
        assert outcome.code == 0
        assert f"{SEA[0]!r},{SEA[1]!r}" in outcome.out


def test_documents_that_are_too_large_to_be_read_whole(
    caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collections and arrays are read element by element, with the same answers; others have a limit."""
    properties = [{"n": 1, "t": 'a"]}\\'}, {"features": [1, {}]}, {}, {"zone": "é"}, {"x": None}]
    geometries = [
        {"type": "Point", "coordinates": SEA},
        None,
        {"type": "MultiPoint", "coordinates": [SEA] * 3},
    ]
    features = [
        {"type": "Feature", "id": at, "properties": properties[at % 5], "geometry": geometries[at % 3]}
        for at in range(20)
    ]
    head = {"type": "FeatureCollection", "name": "features", "x": {"features": [1]}}
    records = [{"lon": SEA[0], "lat": SEA[1], "n": at} for at in range(20)]
    source = tmp_path / "in.geojson"
    for document in ({**head, "features": features, "bbox": [1, 2, 3, 4]}, {**head, "features": []}, records):
        for indent in (None, 1):
            source.write_text(json.dumps(document, indent=indent, ensure_ascii=False), encoding="utf-8")
            for ending in ("geojson", "csv"):
                answers = []
                for whole, block in ((1 << 20, 0), (10, 1 << 20), (10, 7)):
                    monkeypatch.setattr(forms, "_READ_WHOLE_BYTES", whole)
                    monkeypatch.setattr(json_arrays, "_BLOCK", block)
                    target = tmp_path / f"out.{ending}"
                    assert caspian("classify", source, "--fields", "zone", "-o", target).code == 0
                    answers.append(target.read_bytes())
                assert answers[0] == answers[1] == answers[2]
    monkeypatch.setattr(forms, "_READ_WHOLE_BYTES", 10)
    monkeypatch.setattr(forms, "MOST_WHOLE_BYTES", 200)
    for wrong, said in (
        ('{"type":"Point","coordinates":[50,42]}' + " " * 200, "more than 200 bytes and is neither"),
        (
            '{"type":"FeatureCollection","features":[1]}',
            "behind element 0 stands something that is no object: '1",
        ),
        (
            '{"type":"FeatureCollection","features":[{}{}]}',
            "behind element 1 stands something that is no object",
        ),
        (
            '{"type":"FeatureCollection","features":[{},]}',
            "behind element 1 stands something that is no object",
        ),
        ('{"type":"FeatureCollection","features":[{"a":1]}', "element 1 is longer than"),
        ('{"type":"FeatureCollection","features":[{}', "the file ends within its array"),
        ('{"type":"FeatureCollection","features":[{}]', "the file is not JSON"),
    ):
        source.write_text(wrong, encoding="utf-8")
        outcome = caspian("classify", source)
        assert outcome.code == 2
        assert said in outcome.err
    source.write_text('{"type":"Point","coordinates":[50,42]}' + " " * 100, encoding="utf-8")
    assert caspian("classify", source).code == 0


def test_blanks_between_elements_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_arrays, "_BLOCK", 64)
    held = []
    more = json_arrays._Text.more

    def counted(text: Any) -> bool:
        is_more = more(text)
        held.append(len(text.ahead))
        return is_more

    monkeypatch.setattr(json_arrays._Text, "more", counted)
    blanks = b" " * 5000
    file = io.BytesIO(b"[" + blanks + b"{}" + blanks + b"," + blanks + b"{}" + blanks + b"]")
    around = bytearray()
    assert list(json_arrays.elements(file, around)) == [b"{}", b"{}"]
    assert around == b"[]"
    assert max(held) <= 2 * 64


def test_an_array_of_no_records_has_no_rows(
    caspian: Caspian, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is read whole or element by element."""
    (tmp_path / "a.json").write_text(f"[{' ' * 20}]", encoding="utf-8")
    for whole in (1 << 20, 10):
        monkeypatch.setattr(forms, "_READ_WHOLE_BYTES", whole)
        outcome = caspian("classify", tmp_path / "a.json", "--fields", "zone")
        assert (outcome.code, outcome.out.splitlines()) == (0, ["lon,lat,zone,error"])
    assert client.post("/classify", json=[]).get_json()["features"] == []
    (tmp_path / "a.json").write_text("[1]", encoding="utf-8")
    refusal = caspian("classify", tmp_path / "a.json").err
    assert "a.json: positions in JSON are an object or an array of records" in refusal


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"lat": 42, "n": 1}, "this has no 'lon', found: lat, n"),
        ({"lon": 50, "type": "ship"}, "this has no 'lat', found: lon, type"),
        ({}, "this has no 'lon', found: nothing"),
        (
            {"latitudeE7": 1, "longitudeE7": 2},
            "found: latitudeE7, longitudeE7 (names in E7 are of 1/10,000,000",
        ),
        ({"type": "Feature", "geometry": None, "properties": {}}, "a Point is needed, there is none"),
        ({"lat": 42, "lon": 50, "longitude": 50}, "2 columns could be 'lon'"),
    ],
)
def test_what_a_record_lacks_is_named(
    caspian: Caspian, tmp_path: Path, record: dict[str, Any], words: str
) -> None:
    good = {"lon": SEA[0], "lat": SEA[1]}
    (tmp_path / "a.ndjson").write_text(f"{json.dumps(record)}\n{json.dumps(good)}\n", encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps([record, good]), encoding="utf-8")
    for name in ("a.ndjson", "a.json"):
        outcome = caspian("classify", tmp_path / name, "--fields", "zone")
        assert outcome.code == 0
        first, second = csv.DictReader(io.StringIO(outcome.out))
        assert words in first["error"]
        assert second["error"] == ""


# Routes


def crossed(caspian: Caspian, path: Path, *options: str) -> dict[str, Any]:
    out = path.with_name("out.json")
    outcome = caspian("crossings", path, "-o", out, *options)
    assert (outcome.code, outcome.err) == (0, "")
    answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return answer


@pytest.mark.parametrize(("name", "content"), [one[1:] for one in ROUTES], ids=[one[0] for one in ROUTES])
def test_routes(real_caspian: Caspian, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    answer = crossed(real_caspian, tmp_path / name)
    assert answer["route"]["length_km"] == pytest.approx(283.80246954, abs=1e-6)
    assert answer["route"]["vertices"] == 2
    if name.endswith(".tsv"):
        times = [leg["entry_time"] for leg in answer["legs"]] + [answer["legs"][-1]["exit_time"]]
        assert times == sorted(times)
        assert (times[0], times[-1]) == ("2024-01-01T00:00:00.000Z", "2024-01-01T10:00:00.000Z")
        leg = answer["legs"][0]
        share = leg["end_km"] / answer["route"]["length_km"]
        assert leg["exit_time"].startswith(f"2024-01-01T00:{int(600 * share):02d}:")


def test_loxodromes(real_caspian: Caspian, real_client: FlaskClient, tmp_path: Path) -> None:
    """A loxodrome to the west keeps its latitude, within 3 mm; the geodesic leaves it by half a kilometre."""
    line = {"type": "LineString", "coordinates": [[51.0, 42.0], [49.0, 42.0]]}
    (tmp_path / "in.geojson").write_text(json.dumps(line), encoding="utf-8")
    answer = crossed(real_caspian, tmp_path / "in.geojson", "--legs", "loxodrome")
    assert [leg["exit_lat"] for leg in answer["legs"]] == pytest.approx(
        [42.0] * len(answer["legs"]), abs=3e-8
    )
    assert "The vertices are joined by loxodromes." in answer["remarks"]
    assert answer["route"]["vertices"] == 2
    straight = crossed(real_caspian, tmp_path / "in.geojson")
    assert max(leg["exit_lat"] for leg in straight["legs"]) > 42.001
    asked = real_client.post("/crossings", json=line, query_string={"legs": "loxodrome"})
    assert asked.get_json()["legs"] == answer["legs"]
    assert real_client.post("/crossings", json=line, query_string={"legs": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["2024-01-01T00:00:00Z"], "not as many as its vertices"),
        (["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"], "run back"),
        (["2024-01-02T00:00:00Z", None], "first or last vertex has no time"),
        (["soon", "later"], "cannot be read"),
    ],
)
def test_times_that_cannot_be_used_are_told(real_client: FlaskClient, times: list[Any], words: str) -> None:
    line = {"type": "LineString", "coordinates": [[50.0, 42.0], [50.1, 42.0]]}
    feature = {"type": "Feature", "properties": {"times": times}, "geometry": line}
    answer = real_client.post("/crossings", json=feature).get_json()
    assert words in answer["remarks"][-1]
    assert "entry_time" not in answer["legs"][0]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Time (UTC+4),tag", "x"), ("timestamp,tz", "x"), ("Baku time,tag", "x"), ("server_time,tag", "x"),
        ("timestamp,часовой пояс", "4"), ("timestamp,tag", "Asia/Baku"), ("timestamp,tag", "+04:00"),
    ],
)  # fmt: skip
def test_times_of_another_zone_are_left_out(
    real_caspian: Caspian, tmp_path: Path, header: str, value: str
) -> None:
    rows = f"2024-01-01T00:00:00,{value},50,42\n2024-01-01T05:00:00,{value},50.1,42\n"
    (tmp_path / "in.csv").write_text(f"{header},lon,lat\n{rows}")
    answer = crossed(real_caspian, tmp_path / "in.csv")
    assert (
        "Times of the route are left out: its times cannot be read: '2024-01-01T00" in answer["remarks"][-1]
    )
    assert "entry_time" not in answer["legs"][0]
    (tmp_path / "in.csv").write_text(f"{header},lon,lat\n{rows.replace(':00,', ':00+04:00,')}")
    assert crossed(real_caspian, tmp_path / "in.csv")["legs"][0]["entry_time"] == "2023-12-31T20:00:00.000Z"


def test_times_that_lack_something_are_left_out(real_caspian: Caspian, tmp_path: Path) -> None:
    """Days whose hours stand apart, and numbers too short for times."""
    (tmp_path / "in.csv").write_text("time,hour,lon,lat\n2024-01-01,3,50,42\n2024-01-01,5,50.1,42\n")
    assert "'2024-01-01 (hour apart)'" in crossed(real_caspian, tmp_path / "in.csv")["remarks"][-1]
    for kind in (pa.float32(), pa.float64()):
        times = pa.array([1_704_436_212.0, 1_704_439_812.0], kind)
        pq.write_table(pa.table({"time": times, "lon": [50, 50.1], "lat": [42, 42]}), tmp_path / "in.parquet")
        answer = crossed(real_caspian, tmp_path / "in.parquet")
        assert ("entry_time" in answer["legs"][0]) == (kind == pa.float64())
    assert answer["legs"][0]["entry_time"] == "2024-01-05T06:30:12.000Z"


def test_a_swapped_route_gets_the_hint(real_client: FlaskClient) -> None:
    line = {"type": "LineString", "coordinates": [[43.6, 51.1], [43.0, 47.7]]}
    remarks = real_client.post("/crossings", json=line).get_json()["remarks"]
    assert "longitude and latitude look swapped: longitude 51.1, latitude 43.6 lies in the Caspian" in remarks


def test_where_no_feature_could_be_answered_the_code_is_2(real_caspian: Caspian, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [50, 42]}}
    collection = {"type": "FeatureCollection", "features": [feature, feature]}
    (tmp_path / "in.geojson").write_text(json.dumps(collection), encoding="utf-8")
    assert real_caspian("crossings", tmp_path / "in.geojson").code == 2


@pytest.mark.parametrize(
    "ending",
    [
        "gpkg",
        "kml",
        *(
            pytest.param(one, marks=pytest.mark.thorough)
            for one in ("fgb", "zip", "parquet", "geojson", "geojsonl")
        ),
    ],
)
def test_exports_are_read_back(real_caspian: Caspian, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"in.{ending}"
    assert real_caspian("export", "sector_boundaries", "-o", path).code == 0
    answer = crossed(real_caspian, path)
    assert len(answer["results"]) >= 5
    assert not any("error" in one for one in answer["results"])


def test_a_star_of_many_spikes_is_refused_at_once(real_client: FlaskClient) -> None:
    from math import cos, pi, sin

    corners = [
        [50.5 + reach * cos(2 * pi * at / 2000), 42 + reach * sin(2 * pi * at / 2000)]
        for at in range(2000)
        for reach in [2.5 if at % 2 else 0.1]
    ]
    answer = real_client.post("/crossings", json={"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
    assert answer.status_code == 400
    assert "at most 100,000 km are answered as one area" in answer.get_json()["detail"]
