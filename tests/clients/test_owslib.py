"""OWSLib's client of OGC API - Features, as notebooks and catalogues use it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from owslib.ogcapi.features import Features
from shapely.geometry import shape

from tests.clients.running import BOX, COLLECTIONS, OFFERED, PAGE_SIZES, Feature, Service, assert_same, in_box

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
SYSTEMS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
GEOJSON = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"
OPENAPI = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30"
ENOUGH_PAGES = 100  # so that a `next` link that leads nowhere new ends


@pytest.fixture(scope="module")
def features(service: Service) -> Features:
    return Features(service.url)


def pages(features: Features, collection: str, **asked: Any) -> list[dict[str, Any]]:
    """All pages, by asking what each `next` link asks."""
    read = []
    path = features._build_url(f"collections/{collection}/items")
    for _ in range(ENOUGH_PAGES):
        page = features.collection_items(collection, **asked)
        read.append(page)
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return read
        assert following[0].partition("?")[0] == path
        asked = dict(parse_qsl(urlsplit(following[0]).query))
        if "bbox" in asked:
            asked["bbox"] = asked["bbox"].split(",")  # the client joins them again
    raise AssertionError(f"{collection} has no last page")


def assert_features(
    service: Service, collection: str, got: list[Feature], expected: list[str] | None = None
) -> None:
    ids = [feature["id"] for feature in got]
    properties = [feature["properties"] for feature in got]
    geometries = [shape(feature["geometry"]) for feature in got]
    assert_same(service, collection, ids, properties, geometries, expected)


def test_what_it_conforms_to(features: Features) -> None:
    assert {CORE, SYSTEMS, GEOJSON, OPENAPI} <= set(features.conformance()["conformsTo"])


def test_the_api_document_is_reached(features: Features) -> None:
    document = features.api()
    assert re.fullmatch(r"3\.0\.\d+", document["openapi"])
    paths = " ".join(document["paths"])
    for part in ("/collections", "/conformance", "/classify", "/items"):
        assert part in paths


def test_the_collections(features: Features) -> None:
    assert sorted(features.feature_collections()) == sorted(OFFERED)
    for described in features.collections()["collections"]:
        alone = features.collection(described["id"])
        assert alone["id"] == described["id"]
        assert alone["extent"] == described["extent"]
        assert any(link["rel"] == "items" for link in alone["links"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_schema_names_every_property(service: Service, features: Features, collection: str) -> None:
    described = features.collection_schema(collection)["properties"]
    named = {name for feature in service.features(collection) for name in feature["properties"]}
    assert named <= set(described)


@pytest.mark.parametrize("page_size", PAGE_SIZES, ids=["two", "default"])
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_next_links_lead_to_every_feature(
    service: Service, features: Features, collection: str, page_size: int | None
) -> None:
    asked = {} if page_size is None else {"limit": page_size}
    read = pages(features, collection, **asked)
    everything = [feature for page in read for feature in page["features"]]
    assert_features(service, collection, everything)
    for page in read:
        assert page["numberMatched"] == len(everything)
        assert page["numberReturned"] == len(page["features"])
        assert page_size is None or len(page["features"]) <= page_size


def test_many_features_come_page_by_page(service: Service, features: Features) -> None:
    read = pages(features, "limit_segments", limit=1000)
    assert len(read) > 1
    assert_features(service, "limit_segments", [one for page in read for one in page["features"]])


def test_an_offset_begins_further_on(service: Service, features: Features) -> None:
    page = features.collection_items("zones", limit=3, offset=4)
    assert_features(service, "zones", page["features"], service.ids("zones")[4:7])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_box_is_kept_from_page_to_page(service: Service, features: Features, collection: str) -> None:
    got = [one for page in pages(features, collection, limit=2, bbox=BOX) for one in page["features"]]
    assert_features(service, collection, got, in_box(service, collection))


def test_a_property_is_kept_from_page_to_page(service: Service, features: Features) -> None:
    expected = [
        feature["id"] for feature in service.features("zones") if feature["properties"]["state"] == "TKM"
    ]
    assert len(expected) > 2
    got = [one for page in pages(features, "zones", limit=2, state="TKM") for one in page["features"]]
    assert_features(service, "zones", got, expected)


def test_lines_only_claimed_are_shown_on_request(service: Service, features: Features) -> None:
    claimed = features.collection_items("sector_boundaries", status="claimed")["features"]
    assert claimed
    for feature in claimed:
        assert feature["properties"]["status"] == "claimed"
        assert feature["id"] not in service.ids("sector_boundaries")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_single_features(service: Service, features: Features, collection: str) -> None:
    names = service.ids(collection)
    names = [names[0], names[len(names) // 2], names[-1]]
    got = [features.collection_item(collection, name) for name in names]
    assert_features(service, collection, got, names)


@pytest.mark.parametrize(
    "asked", [{"limit": "two"}, {"bbox": [1, 2, 3]}, {"colour": "red"}, {"state": "XYZ"}]
)
def test_a_refusal_says_why(features: Features, asked: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match=next(iter(asked))):
        features.collection_items("zones", **asked)
