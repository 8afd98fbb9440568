"""The ways in on the real default edition: HTTP, command line and files say the same."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient

from api.application import create_app
from tests.api.conftest import Caspian
from tests.api.real import POSITIONS
from tests.clients.running import serving
from zones.classification.records import RECORD_FIELDS
from zones.editions.store import Store

pytestmark = pytest.mark.whole

ROOT = Path(__file__).resolve().parents[2]

COLLECTIONS = ("zones", "limits", "baselines", "boundaries", "installations")


def expected(name: str) -> tuple[str, str | None]:
    zone, _, state = name.partition(" ")
    return zone, state or None


@pytest.mark.parametrize("name", POSITIONS)
def test_every_zone_over_http_and_by_command(
    name: str, real_client: FlaskClient, real_caspian: Caspian
) -> None:
    lon, lat = POSITIONS[name]
    record = real_client.get(f"/classify?lon={lon}&lat={lat}").get_json()
    assert (record["zone"], record["state"]) == expected(name)
    assert tuple(record) == RECORD_FIELDS
    # In Kara-Bogaz-Gol, whose outline is the same in every coast, nothing is compared.
    assert (record["certain"] is None) == (name == "internal_waters TKM")
    assert real_caspian("classify", lon, lat, "--json").json == record


def test_position_as_on_a_chart(real_client: FlaskClient) -> None:
    by_text = real_client.get("/classify", query_string={"position": "40°06'N 49°58.2'E"}).get_json()
    by_number = real_client.get("/classify?lon=49.97&lat=40.1").get_json()
    assert {**by_text, "lon": None} == {**by_number, "lon": None}
    assert by_text["lon"] == pytest.approx(49.97, abs=1e-12)


def test_one_many_and_file_agree(real_client: FlaskClient, real_caspian: Caspian, tmp_path: Path) -> None:
    places = list(POSITIONS.values())
    singles = [
        real_client.get(f"/classify?lon={lon}&lat={lat}&compare=false").get_json() for lon, lat in places
    ]
    posted = real_client.post("/classify", json={"points": places}).get_json()
    assert posted["results"] == singles
    source = tmp_path / "in.csv"
    source.write_text("name,lon,lat\n" + "".join(f"p,{lon},{lat}\n" for lon, lat in places), encoding="utf-8")
    for ending in ("csv", "geojson", "geojsonl"):
        outcome = real_caspian("classify", source, "-o", tmp_path / f"out.{ending}")
        assert (outcome.code, outcome.err) == (0, "")
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert [{key: row["properties"][key] for key in RECORD_FIELDS} for row in features] == singles
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert [row["zone"] for row in rows] == [single["zone"] for single in singles]
    assert [row["state"] or None for row in rows] == [single["state"] for single in singles]
    assert all(row["error"] == "" for row in rows)


def test_bad_rows_do_not_spoil_good_ones(real_client: FlaskClient) -> None:
    body = {"points": [[50.5, 42.5], [50.5, 95], ["x", 1], [49.97, 40.1]]}
    results = real_client.post("/classify", json=body).get_json()["results"]
    assert [one.get("zone") for one in results] == [
        "common_maritime_space",
        None,
        None,
        "territorial_waters",
    ]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_paging_to_the_end_gives_the_download(real_client: FlaskClient, collection: str) -> None:
    address: str | None = f"/collections/{collection}/items?limit=3"
    found: list[dict[str, Any]] = []
    while address:
        page = real_client.get(address).get_json()
        found += page["features"]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert found
    assert found == real_client.get(f"/downloads/osm/{collection}.geojson").get_json()["features"]
    assert len({feature["id"] for feature in found}) == len(found) == page["numberMatched"]


def test_single_features(real_client: FlaskClient) -> None:
    for collection, feature in (("zones", "territorial_waters-KAZ"), ("boundaries", "AZE-RUS")):
        answer = real_client.get(f"/collections/{collection}/items/{feature}").get_json()
        assert answer["id"] == feature


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_exports_are_read_back_valid(real_caspian: Caspian, collection: str, tmp_path: Path) -> None:
    target = tmp_path / f"{collection}.geojson"
    assert real_caspian("export", collection, "-o", target).code == 0
    info = pyogrio.read_info(target)
    _, _, geometries, _ = pyogrio.raw.read(target)
    shapes = shapely.from_wkb(geometries)
    assert info["features"] == len(shapes) > 0
    assert info["crs"] == "EPSG:4326"
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()
    for polygon in shapely.get_parts(shapes[shapely.get_dimensions(shapes) == 2]):
        assert shapely.is_ccw(polygon.exterior)  # RFC 7946, 3.1.6


@pytest.mark.parametrize("collection", ["limits", "boundaries"])
def test_turning_points_are_those_of_the_line(real_caspian: Caspian, collection: str, tmp_path: Path) -> None:
    target = tmp_path / "points.csv"
    assert real_caspian("export", collection, "-o", target).code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert len(rows) > 10
    for row in rows[:: max(1, len(rows) // 50)]:
        degrees, minutes = row["latitude"][:-1].rstrip("'").split("°")
        from_text = int(degrees) + float(minutes.rstrip("'")) / 60
        assert from_text == pytest.approx(float(row["lat"]), abs=1e-6)


def test_gunicorn_serves_the_edition_in_the_cache(real_store: Store, tmp_path: Path) -> None:
    with serving(real_store, tmp_path / "log") as service:
        record = service.json("classify?lon=49.97&lat=40.1")
    assert (record["zone"], record["state"]) == ("territorial_waters", "AZE")
    assert record["edition"] == real_store.edition().name


def test_ready_and_versions(real_client: FlaskClient) -> None:
    assert real_client.get("/health/ready").get_json()["edition"].startswith("osm-2024.08-")
    built = [one for one in real_client.get("/editions").get_json()["editions"] if one["built"]]
    assert [one["coast"] for one in built][:1] == ["osm"]


def test_a_folder_of_anything_in_the_cache_is_no_edition(tmp_path: Path) -> None:
    folder = tmp_path / "mine-1-0123abcd"
    folder.mkdir()
    (folder / "edition.json").write_text('{"metadata":{}}')
    (folder / "sha256.json").write_text("{}")
    client = create_app(store=Store(tmp_path)).test_client()
    answer = client.get("/editions")
    assert answer.status_code == 200
    assert folder.name not in answer.text
    unknown = client.get("/classify?lon=50&lat=41&edition=nowhere")
    assert (unknown.status_code, unknown.json["type"]) == (404, "/problems/unknown-edition")
    assert client.get("/editions?f=html").status_code == 200
