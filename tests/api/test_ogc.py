"""What OGC API - Features asks for, on the real default edition."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.collections.filters import parameters_of
from api.collections.properties import SHAPES
from tests.api.test_errors import assert_problem
from zones.atlas.features import Collection
from zones.editions.store import Store

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
SCHEMA_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/schema"
SIZES = (1, 2, 3, 5, 7, 10, 11, 12, 13, 33, 34, 35)


@pytest.fixture(scope="module")
def every(real_store: Store) -> dict[str, Collection]:
    return dict(real_store.edition("osm").collections)


def by_rel(answer: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for one in answer["links"]:
        found.setdefault(one["rel"], []).append(one)
    return found


def pages(client: FlaskClient, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        page = client.get(following).get_json()
        yield page
        following = by_rel(page).get("next", [{"href": None}])[0]["href"]


def links_in(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "href" in value:
            yield value
        for one in value.values():
            yield from links_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from links_in(one)


def test_the_landing_page_leads_to_everything(real_client: FlaskClient) -> None:
    found = by_rel(real_client.get("/").get_json())
    wanted = {"self", "alternate", "service-desc", "service-doc", "conformance", "data"}
    assert wanted <= set(found)
    assert found["service-desc"][0]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert found["service-doc"][0]["type"] == "text/html"
    assert real_client.get(found["data"][0]["href"]).get_json()["collections"]


def test_conformance(real_client: FlaskClient) -> None:
    answer = real_client.get("/conformance").get_json()
    assert {f"{CORE}/{name}" for name in ("core", "oas30", "html", "geojson")} <= set(answer["conformsTo"])
    # Claimed for the schemas, of which the other tests of this file make sure.
    features = [one for one in answer["conformsTo"] if "ogcapi-processes" not in one]
    assert len(features) == 22


@pytest.mark.whole
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/conformance",
        "/collections",
        "/collections/zones",
        "/collections/zones/items?limit=2&offset=2",
        "/collections/zones/items/common_maritime_space",
    ],
)
def test_every_link_leads_to_what_it_says(real_client: FlaskClient, path: str) -> None:
    answer = real_client.get(path).get_json()
    assert {"self", "alternate"} <= set(by_rel(answer))
    own = [one for one in links_in(answer) if one["href"].startswith("http://localhost/")]
    assert len(own) >= len(answer["links"]) - 1  # the licence is elsewhere
    for one in own:
        response = real_client.get(one["href"], headers={"Accept": one["type"]})
        assert response.status_code == 200, one
        assert response.content_type.partition("; charset")[0] == one["type"].partition("; charset")[0], one


def test_collections_as_the_standard_describes_them(
    real_client: FlaskClient, every: dict[str, Collection]
) -> None:
    answer = real_client.get("/collections").get_json()
    assert [one["id"] for one in answer["collections"]] == list(every) == list(SHAPES)
    for one in answer["collections"]:
        assert one["id"].replace("_", "").isalpha()
        assert one["id"].islower()
        assert one["itemType"] == "feature"
        assert one["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
        assert one["extent"]["spatial"]["bbox"] == [list(every[one["id"]].bbox or ())]
        assert "temporal" not in one["extent"]
        assert "storageCrs" in one
        found = by_rel(one)
        assert {item["type"] for item in found["items"]} == {"application/geo+json", "text/html"}
        assert found["describedby"][0]["type"] == "application/schema+json"
        assert found[SCHEMA_RELATION][0]["href"] == found["describedby"][0]["href"]
        assert found["license"][0]["title"].endswith("ODbL-1.0")
        assert found["enclosure"]
        alone = real_client.get(found["self"][0]["href"]).get_json()
        assert {**one, "edition": alone["edition"], "assumptions": None} == alone


@pytest.mark.parametrize("collection", list(SHAPES))
def test_paging_at_every_size_finds_every_feature_once(
    real_client: FlaskClient, every: dict[str, Collection], collection: str
) -> None:
    wanted = [feature.id for feature in every[collection].features]
    # The large geometries make pages of megabytes: of those a few sizes will do.
    sizes = SIZES if collection in ("installations", "boundaries", "sector_boundaries") else (2, 5)
    sizes = (300, 1000) if collection == "limit_segments" else sizes
    for limit in sizes:
        found = []
        for page in pages(real_client, f"/collections/{collection}/items?limit={limit}"):
            assert page["numberReturned"] == len(page["features"]) <= limit
            assert page["numberMatched"] == len(wanted)
            assert {"self", "alternate", "collection"} <= set(by_rel(page))
            found += [feature["id"] for feature in page["features"]]
        assert found == wanted, limit


def test_prev_leads_back_to_the_first_page(real_client: FlaskClient) -> None:
    there = [page["links"][0]["href"] for page in pages(real_client, "/collections/boundaries/items?limit=2")]
    back = [there[-1]]
    while found := by_rel(real_client.get(back[-1]).get_json()).get("prev"):
        back.append(found[0]["href"])
    assert back == there[::-1]


def test_items_need_no_parameter_and_give_flat_properties(real_client: FlaskClient) -> None:
    for collection in SHAPES:
        page = real_client.get(f"/collections/{collection}/items").get_json()
        assert 0 < page["numberReturned"] <= page["numberMatched"]
        assert page["numberReturned"] == page["numberMatched"] or collection == "limit_segments"
        for feature in page["features"]:
            assert isinstance(feature["id"], str)
            assert not [one for one in feature["properties"].values() if isinstance(one, (dict, list))]


def text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("collection", list(SHAPES))
def test_every_property_chooses_features(
    real_client: FlaskClient, every: dict[str, Collection], collection: str
) -> None:
    features = every[collection].features
    asked = 0
    for one in SHAPES[collection].properties:
        if one.name in ("edition", "state"):  # these have tests of their own
            continue
        values = Counter(feature.properties[one.name] for feature in features)
        for value, count in list(values.items())[:12]:
            if value is None:
                continue
            answer = real_client.get(
                f"/collections/{collection}/items", query_string={one.name: text_of(value), "limit": 1}
            ).get_json()
            assert answer["numberMatched"] == count, (one.name, value)
            for feature in answer["features"]:
                assert feature["properties"][one.name] == value
            asked += 1
    assert asked >= 10


def test_numbers_are_compared_as_numbers_and_words_must_be_known(real_client: FlaskClient) -> None:
    def matched(query: str, collection: str = "limits") -> int:
        return int(
            real_client.get(f"/collections/{collection}/items?limit=1&{query}").get_json()["numberMatched"]
        )

    assert matched("breadth_nm=15") == matched("breadth_nm=1.5e1") == matched("breadth_nm=15.000") == 5
    assert matched("breadth_nm=15&state=KAZ") == 1
    assert matched("breadth_nm=14") == 0
    assert matched("name=nobody") == 0
    assert matched("in_sums=false", "zones") == 1
    assert matched("state=KAZ", "boundaries") == 2  # of either side
    assert matched("state_left=KAZ", "boundaries") == 1
    assert matched("status=claimed", "sector_boundaries") == 1
    assert matched("states=IRN", "sector_boundaries") == 0  # claimed lines are shown on request only
    for query, parameter in (
        ("breadth_nm=wide", "breadth_nm"),
        ("breadth_nm=", "breadth_nm"),
        ("name=", "name"),
        ("status=settled", "status"),
        ("zone=land", "zone"),
    ):
        problem = assert_problem(real_client.get(f"/collections/limits/items?{query}"), 400)
        assert problem["parameter"] == parameter
    problem = assert_problem(
        real_client.get("/collections/zones/items?in_sums=yes"), 400, "invalid-parameter"
    )
    assert problem["parameter"] == "in_sums"


@pytest.mark.parametrize("collection", list(SHAPES))
def test_unknown_parameters_are_refused_with_the_list(client: FlaskClient, collection: str) -> None:
    for name in ("bbox-CRS", "filters", "skipgeometry", "Limit", "sortby"):
        if collection in ("sectors", "sector_boundaries"):
            continue
        problem = assert_problem(
            client.get(f"/collections/{collection}/items?{name}=1"), 400, "unknown-parameter"
        )
        assert problem["parameter"] == name
        assert problem["known"] == list(parameters_of(collection))


@pytest.mark.parametrize(
    "text",
    [
        "2018-08-12",
        "2018-08-12T10:20:30Z",
        "2018-08-12t10:20:30z",
        "2018-08-12T10:20:30.123456789Z",
        "2018-08-12T10:20:30+04:30",
        "2016-12-31T23:59:60Z",
        "2020-02-29",
        "2018-01-01/2018-12-31",
        "2018-08-12T12:00:00Z/2018-08-12",
        "2018-08-12T00:00:00+14:00/..",
        "../2018-08-12T00:00:00Z",
        "/2018-08-12T00:00:00Z",
        "2018-08-12T00:00:00Z/",
    ],
)
def test_any_time_chooses_all(real_client: FlaskClient, text: str) -> None:
    address = "/collections/boundaries/items"
    answer = real_client.get(address, query_string={"datetime": text, "limit": 2}).get_json()
    assert answer["numberMatched"] == 5
    following = by_rel(answer)["next"][0]["href"]
    assert real_client.get(following).get_json()["numberReturned"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "..",
        "../..",
        "now",
        "2018",
        "2018-13-01",
        "2019-02-29",
        "2018-08-12T10:20",
        "2018-08-12T10:20:30",
        "2018-08-12 10:20:30Z",
        "2018-08-12T24:00:00Z",
        "2018-08-12T10:20:61Z",
        "2018-08-12T10:20:30+24:00",
        "0000-01-01",
        "٢٠١٨-08-12",
        "2018-08-12/2018-08-11",
        "2018-08-12/2018-08-13/2018-08-14",
        "0001-01-02T00:00:00-14:00/0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_time_is_refused(client: FlaskClient, text: str) -> None:
    response = client.get("/collections/zones/items", query_string={"datetime": text})
    assert assert_problem(response, 400, "invalid-parameter")["parameter"] == "datetime"


def test_boxes(real_client: FlaskClient) -> None:
    def ids(box: str) -> list[str]:
        answer = real_client.get(f"/collections/boundaries/items?bbox={box}").get_json()
        return [feature["id"] for feature in answer["features"]]

    assert ids("48,41,49.5,42.5") == ids("48,41,-30,49.5,42.5,0") == ["AZE-RUS"]
    assert ids("170,41,49.5,42.5") == ["AZE-RUS"]  # over 180 degrees
    assert ids("0,0,1,1") == []
    problem = assert_problem(real_client.get("/collections/boundaries/items?bbox=48,41,5,49.5,42.5,0"), 400)
    assert "bottom" in problem["detail"]
    for box in ("1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "", "a,b,c,d"):
        problem = assert_problem(real_client.get(f"/collections/boundaries/items?bbox={box}"), 400)
        assert problem["parameter"] == "bbox"
    problem = assert_problem(real_client.get("/collections/boundaries/items?bbox=1,2,3"), 400)
    assert "four numbers" in problem["detail"]
    assert "six with heights" in problem["detail"]


def test_a_limit_beyond_the_largest_is_lowered_however_long(client: FlaskClient) -> None:
    for limit in ("1001", "9" * 22, "9" * 300):
        page = client.get(f"/collections/zones/items?limit={limit}").get_json()
        assert page["numberReturned"] == 16
        assert "limit=1000" in page["links"][0]["href"]
    assert client.get(f"/collections/zones/items?offset={'9' * 300}").get_json()["features"] == []


def test_an_empty_edition_is_not_the_default_one(client: FlaskClient) -> None:
    for path in ("/", "/collections", "/collections/zones", "/collections/zones/items", "/downloads"):
        problem = assert_problem(client.get(f"{path}?edition="), 400, "invalid-parameter")
        assert problem["parameter"] == "edition"


@pytest.mark.parametrize("collection", list(SHAPES))
def test_the_schema_says_what_features_carry(
    real_client: FlaskClient, every: dict[str, Collection], collection: str
) -> None:
    response = real_client.get(f"/collections/{collection}/schema")
    assert response.content_type == "application/schema+json"
    schema = response.get_json()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"http://localhost/collections/{collection}/schema"
    names = [name for name in schema["properties"] if name not in ("id", "geometry")]
    validator = jsonschema.Draft202012Validator(schema)
    features = every[collection].everything
    for feature in features:
        assert list(feature.properties) == names
        kind = schema["properties"]["geometry"]["format"].removeprefix("geometry-")
        assert feature.geometry.geom_type.lower() == kind
        validator.validate({"id": feature.id, "geometry": None, **feature.properties})
    for name in names:
        one = schema["properties"][name]
        assert one["title"]
        assert one["description"]
        # Null is allowed where it occurs, and only there.
        has_null = any(feature.properties[name] is None for feature in features)
        assert ("null" in one["type"]) == has_null, name
        if name.endswith(("_km", "_km2", "_nm", "_m", "_percent")):
            assert one["x-ogc-unit"]
    roles = Counter(one.get("x-ogc-role") for one in schema["properties"].values())
    assert roles["id"] == roles["primary-geometry"] == 1


@pytest.mark.parametrize(
    ("settings", "base", "root"),
    [
        ({}, "https://zones.example", "https://zones.example"),
        ({}, "https://zones.example:8443/sea", "https://zones.example:8443/sea"),
        (
            {"PUBLIC_URL": "https://sea.example/caspian/"},
            "http://10.0.0.7:8000",
            "https://sea.example/caspian",
        ),
        ({"PUBLIC_URL": "https://sea.example"}, "http://10.0.0.7:8000/inner", "https://sea.example"),
    ],
)
def test_links_behind_a_proxy(store: Any, settings: dict[str, str], base: str, root: str) -> None:
    client = create_app(settings, store=store).test_client()
    outside = ("https://opendatacommons.org/", "https://www.gnu.org/")
    for path in (
        "/",
        "/conformance",
        "/collections",
        "/collections/zones",
        "/collections/zones/items?limit=2&offset=4&state=KAZ&f=json",
        "/collections/zones/items/fishery_zone-KAZ",
        "/editions",
    ):
        answer = client.get(path, base_url=base).get_json()
        addresses = [one["href"] for one in links_in(answer)]
        assert addresses
        for address in addresses:
            assert address.startswith((f"{root}/", *outside)), (path, address)
            assert "//" not in urlsplit(address).path
    schema = client.get("/collections/zones/schema", base_url=base).get_json()
    assert schema["$id"] == f"{root}/collections/zones/schema"
    assert client.get("/openapi.json", base_url=base).get_json()["servers"] == [{"url": root}]


@pytest.mark.parametrize(
    "forwarded",
    [
        {"X-Forwarded-Host": "[::::]"},
        {"X-Forwarded-Host": "a b"},
        {"X-Forwarded-Host": "evil/<script>"},
        {"X-Forwarded-Host": "a:99999"},
        {"X-Forwarded-Proto": "javascript"},
        {"X-Forwarded-Proto": "ftp"},
        {"X-Forwarded-Prefix": "x y"},
        {"X-Forwarded-Prefix": '/"><script>'},
    ],
)
def test_what_a_proxy_forwards_is_checked(store: Any, forwarded: dict[str, str]) -> None:
    client = create_app({"TRUSTED_PROXIES": 1}, store=store).test_client()
    for path in ("/", "/collections", "/openapi.json"):
        for accept in ("application/json", "text/html"):
            answer = client.get(path, headers={**forwarded, "Accept": accept})
            if answer.status_code == 200:  # a prefix that is none may be left out
                assert list(forwarded) == ["X-Forwarded-Prefix"]
                text = answer.get_data(as_text=True)
                assert "<script>" not in text
                assert "x y" not in text
            else:
                assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_name_with_an_underscore_behind_a_proxy(store: Any) -> None:
    client = create_app({"TRUSTED_PROXIES": 1}, store=store).test_client()
    forwarded = {
        "X-Forwarded-Host": "sea_zones:8443",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/a",
    }
    answer = client.get("/collections", headers=forwarded).get_json()
    assert {one["href"].partition("/collections")[0] for one in links_in(answer)} >= {
        "https://sea_zones:8443/a"
    }
    merged = client.get("/collections//zones", headers=forwarded)
    assert merged.headers["Location"] == "https://sea_zones:8443/a/collections/zones"


def test_head_and_options_of_items(real_client: FlaskClient) -> None:
    address = "/collections/zones/items?limit=1"
    head = real_client.head(address)
    assert head.status_code == 200
    assert head.get_data() == b""
    assert head.content_type == "application/geo+json"
    allowed = real_client.options(address).headers["Allow"]
    assert {one.strip() for one in allowed.split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_what_programs_accept_gets_geojson(real_client: FlaskClient) -> None:
    for accept in (
        None,
        "*/*",
        "application/geo+json, application/json",
        "application/geo+json;q=0.9, application/json;q=0.8",
        "application/json",
        "application/vnd.geo+json",
    ):
        headers = {"Accept": accept} if accept else {}
        response = real_client.get("/collections/zones/items?limit=1", headers=headers)
        assert response.content_type == "application/geo+json"
        assert json.loads(response.get_data())["type"] == "FeatureCollection"
        assert "Accept" in response.headers["Vary"]
