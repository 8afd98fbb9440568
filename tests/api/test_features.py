from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from api.application import create_app
from tests.api.test_errors import assert_problem

COLLECTIONS = ["zones", "limits", "baselines", "boundaries", "installations"]


def links(answer: dict[str, Any]) -> dict[str, str]:
    """The first address of each relation."""
    return {one["rel"]: one["href"] for one in reversed(answer["links"])}


def pages(client: FlaskClient, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        page = client.get(following).get_json()
        yield page
        following = links(page).get("next")


def test_collections_link_to_their_items(client: FlaskClient) -> None:
    answer = client.get("/collections").get_json()
    assert [one["id"] for one in answer["collections"]] == COLLECTIONS
    for one in answer["collections"]:
        assert client.get(links(one)["self"]).get_json()["id"] == one["id"]
        items = client.get(links(one)["items"])
        assert items.content_type == "application/geo+json"
        assert client.get(links(one)["enclosure"]).status_code == 200
        assert items.get_json()["numberMatched"] == one["numberOfFeatures"]


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_following_next_finds_every_feature_once(client: FlaskClient, collection: str, limit: int) -> None:
    whole = client.get(f"/downloads/osm/{collection}.geojson").get_json()["features"]
    found = []
    for page in pages(client, f"/collections/{collection}/items?limit={limit}"):
        assert page["numberReturned"] == len(page["features"]) <= limit
        assert page["numberMatched"] == len(whole)
        found += page["features"]
    assert found == whole


@pytest.mark.parametrize(
    ("offset", "expected"), [(16, 15), (17, 15), (1000, 15), (15, 10), (3, 0), (10**30, 15)]
)
def test_prev_leads_to_a_page_with_features(client: FlaskClient, offset: int, expected: int) -> None:
    answer = client.get(f"/collections/zones/items?limit=5&offset={offset}").get_json()
    assert answer["numberMatched"] == 16
    back = client.get(links(answer)["prev"]).get_json()
    first = client.get(f"/collections/zones/items?limit=5&offset={expected}").get_json()
    assert [one["id"] for one in back["features"]] == [one["id"] for one in first["features"]] != []


def test_there_is_no_prev_where_nothing_was_found(client: FlaskClient) -> None:
    answer = client.get(
        "/collections/zones/items?zone=internal_waters&bbox=0,0,1,1&limit=5&offset=5"
    ).get_json()
    assert answer["numberMatched"] == 0
    assert "prev" not in links(answer)


def test_prev_leads_back(client: FlaskClient) -> None:
    every = list(pages(client, "/collections/zones/items?limit=5"))
    back = client.get(links(every[2])["prev"]).get_json()
    assert back["features"] == every[1]["features"]
    assert "prev" not in links(every[0])
    assert "next" not in links(every[-1])


def test_links_are_absolute_and_keep_what_was_asked(client: FlaskClient) -> None:
    asked = "/collections/zones/items?limit=1&zone=fishery_zone&edition=gshhg&bbox=47,36,55,48"
    following = links(client.get(asked, base_url="https://zones.example").get_json())["next"]
    assert following.startswith("https://zones.example/collections/zones/items?")
    for part in ("limit=1", "zone=fishery_zone", "edition=gshhg", "offset=1"):
        assert part in following
    zones = [feature["properties"]["zone"] for page in pages(client, asked) for feature in page["features"]]
    assert zones == ["fishery_zone"] * 5


def test_links_use_the_public_address_where_one_is_set(store: Any) -> None:
    app = create_app({"PUBLIC_URL": "https://sea.example/caspian/"}, store=store)
    answer = app.test_client().get("/collections/zones").get_json()
    assert links(answer)["self"] == "https://sea.example/caspian/collections/zones"


def test_filters(client: FlaskClient) -> None:
    def ids(query: str, collection: str = "zones") -> list[str]:
        answer = client.get(f"/collections/{collection}/items?{query}").get_json()
        assert answer["numberMatched"] == len(answer["features"])
        return [feature["id"] for feature in answer["features"]]

    assert len(ids("state=KAZ")) == 3
    assert ids("zone=common_maritime_space") == ["common_maritime_space"]
    assert ids("state=KAZ&zone=fishery_zone") == ["fishery_zone-KAZ"]
    assert ids("state=RUS", "boundaries") == ["AZE-RUS"]
    assert ids("state=KAZ", "boundaries") == []
    assert ids("bbox=48.05,38.05,48.1,38.1") == ["internal_waters-AZE"]
    assert ids("bbox=48.05,38.05,-10,48.1,38.1,10") == ["internal_waters-AZE"]
    assert ids("bbox=0,0,1,1") == []
    assert len(ids("bbox=170,-90,60,90")) == 16  # over the antimeridian
    # A box that meets the line's own box but not the line.
    assert ids("bbox=49.2,41.8,49.3,41.9", "limits") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=", "bbox"),
        ("bbox=50,45,51,40", "bbox"),
        ("bbox=50,40,251,45", "bbox"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("state=NOR", "state"),
        ("zone=sea", "zone"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_bad_filters(client: FlaskClient, query: str, parameter: str) -> None:
    problem = assert_problem(client.get(f"/collections/zones/items?{query}"), 400)
    assert problem["parameter"] == parameter


def test_a_large_limit_is_lowered(store: Any) -> None:
    client = create_app({"MAX_PAGE_LIMIT": 3}, store=store).test_client()
    page = client.get("/collections/zones/items?limit=1000000").get_json()
    assert page["numberReturned"] == 3


def test_beyond_the_end(client: FlaskClient) -> None:
    page = client.get("/collections/zones/items?offset=999").get_json()
    assert page["features"] == []
    assert "next" not in links(page)


def test_single_feature(client: FlaskClient) -> None:
    response = client.get("/collections/zones/items/fishery_zone-KAZ")
    assert response.content_type == "application/geo+json"
    feature = response.get_json()
    assert feature["id"] == "fishery_zone-KAZ"
    assert feature["properties"]["state"] == "KAZ"
    assert client.get(links(feature)["self"]).get_json() == feature


def test_coordinates_have_seven_decimals(client: FlaskClient) -> None:
    text = client.get("/collections/limits/items?limit=1").get_data(as_text=True)
    assert "49.1234568" in text
    assert "49.12345678" not in text


def test_download_tells_whence_it_comes(client: FlaskClient) -> None:
    response = client.get("/downloads/osm-0123abcd/zones.geojson")
    assert "immutable" in response.headers["Cache-Control"]
    assert "osm-0123abcd-zones.geojson" in response.headers["Content-Disposition"]
    answer = json.loads(response.get_data())
    assert answer["metadata"]["licence"]
    assert "Not for navigation" in answer["notice"]
    geometries = [shapely.from_geojson(json.dumps(one["geometry"])) for one in answer["features"]]
    assert all(geometry.is_valid for geometry in geometries)
    again = client.get(
        "/downloads/osm-0123abcd/zones.geojson",
        headers={"If-None-Match": response.headers["ETag"]},
    )
    assert again.status_code == 304
    alias = client.get("/downloads/osm/zones.geojson")
    assert "immutable" not in alias.headers["Cache-Control"]
    assert alias.get_data() == response.get_data()


def test_downloads_are_listed_and_there(client: FlaskClient) -> None:
    files = client.get("/downloads").get_json()["downloads"]
    assert len(files) == 48
    assert files[0]["name"] == "all.gpkg"
    for file in files:
        response = client.get(file["href"])
        assert response.status_code == 200
        assert file["bytes"] == len(response.data)
        assert file["sha256"] == hashlib.sha256(response.data).hexdigest()
        assert response.content_type == file["type"]


def test_turning_points(client: FlaskClient) -> None:
    text = client.get("/downloads/osm/limits.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0])[:6] == ["feature", "point", "lon", "lat", "latitude", "longitude"]
    assert rows[1]["lon"] == "49.333333333"
    assert rows[1]["longitude"] == "049°20.0000'E"
    assert rows[1]["latitude"] == "42°00.0000'N"
    assert rows[1]["base_point_lat"] == rows[1]["base_point_latitude"] == ""
    assert rows[1]["base_point_longitude"] == "048°00.0000'E"


def test_editions(client: FlaskClient) -> None:
    answer = client.get("/editions").get_json()
    assert [one["coast"] for one in answer["editions"]] == ["osm", "osm-2017", "gshhg", "dcw"]
    assert [one["default"] for one in answer["editions"]] == [True, False, False, False]
    for one in answer["editions"]:
        assert client.get(links(one)["data"]).get_json()["edition"] == one["name"]


def test_landing_page_for_programs_and_for_people(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.content_type == "application/json"
    for one in answer.get_json()["links"]:
        assert client.get(one["href"]).status_code == 200
    page = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.content_type == "text/html; charset=utf-8"
    assert "<form" in page.get_data(as_text=True)
    assert client.get("/static/page.css").status_code == 200


def test_health(client: FlaskClient) -> None:
    assert client.get("/health/live").get_json() == {"status": "ok"}
    assert client.get("/health/ready").get_json()["edition"] == "osm-0123abcd"
    assert client.get("/version").get_json()["name"] == "caspian-zones"


def test_not_ready_until_the_edition_is_built(store: Any) -> None:
    client = create_app({"EDITION": "gshhg"}, store=store).test_client()
    response = client.get("/health/ready")
    assert_problem(response, 503, "not-ready")
    assert response.headers["Retry-After"]
    assert client.get("/classify?lon=50&lat=42").status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_editions_are_opened_once_and_not_kept_without_end(store: Any) -> None:
    app: Flask = create_app({"MAX_OPEN_EDITIONS": 1}, store=store)
    atlases = app.extensions["atlases"]
    assert atlases.get("gshhg") is atlases.get("gshhg-0123abcd")
    first = atlases.get("gshhg")
    atlases.get("dcw")
    assert atlases.get("gshhg") is not first
    assert atlases.get("osm") is atlases.get()


@pytest.mark.thorough
@pytest.mark.parametrize("collection", ["limits", "boundaries", "sector_boundaries", "baselines", "zones"])
def test_a_box_may_be_a_point_or_a_line(real_client: FlaskClient, collection: str) -> None:
    items = f"/collections/{collection}/items"
    for feature in real_client.get(f"{items}?limit=3").get_json()["features"]:
        place = feature["geometry"]["coordinates"]
        while isinstance(place[0][0], list):
            place = place[0]
        for lon, lat in place[:: max(1, len(place) // 20)]:
            for east, north in ((lon, lat), (lon, lat + 0.1), (lon + 0.1, lat)):
                found = real_client.get(f"{items}?bbox={lon},{lat},{east},{north}&limit=1000").get_json()
                assert feature["id"] in [one["id"] for one in found["features"]]


def test_truths_may_be_numbers(real_client: FlaskClient) -> None:
    """As GDAL writes them."""

    def found(value: str) -> list[str]:
        page = real_client.get(f"/collections/zones/items?in_sums={value}").get_json()
        return [one["id"] for one in page["features"]]

    assert found("0") == found("false") == ["internal_waters-TKM-kara_bogaz_gol"]
    assert found("1") == found("true")
    assert len(found("1")) > 10
    for value in ("2", "True", "yes"):
        assert real_client.get(f"/collections/zones/items?in_sums={value}").status_code == 400
