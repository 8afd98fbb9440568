"""How long answers are kept, and what a copy's validator is good for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

EDITION = "osm-0123abcd"  # of the store that these tests stand on
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
DESCRIPTIONS = (  # by the software, another release of which may say more
    "/collections",
    "/collections/zones",
    "/collections/zones/schema",
    "/collections/zones/queryables",
    "/downloads",
    "/",
)
DATA = (
    "/collections/zones/items",
    "/collections/zones/items/territorial_waters-AZE",
    "/collections/zones/items?limit=2",
    "/collections/zones/items?crs=http://www.opengis.net/def/crs/EPSG/0/3388&filter=state='KAZ'",
    "/classify?lon=50&lat=42",
)
WITH_PAGES = (*DESCRIPTIONS, *DATA[:-1])
OTHERS = (
    *("/", "/conformance", "/editions", "/vocabulary", "/openapi.json", "/processes", "/docs"),
    "/map.svg",
)


def with_edition(path: str, edition: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}edition={edition}"


@pytest.mark.parametrize("path", DATA)
def test_data_of_a_full_name_hold_for_ever_and_of_a_short_one_are_asked_for(
    client: FlaskClient, path: str
) -> None:
    for edition, kept in ((EDITION, FOR_EVER), ("osm", "public, no-cache")):
        assert client.get(with_edition(path, edition)).headers["Cache-Control"] == kept


@pytest.mark.parametrize("path", DESCRIPTIONS)
def test_what_a_release_may_change_is_kept_an_hour(client: FlaskClient, path: str) -> None:
    for edition, kept in ((EDITION, AN_HOUR), ("osm", "public, no-cache")):
        assert client.get(with_edition(path, edition)).headers["Cache-Control"] == kept


def test_a_comparison_is_kept_where_both_editions_are_named(real_client: FlaskClient) -> None:
    name = real_client.get(DATA[-1]).get_json()["edition"]
    for asked, kept in (
        (f"a={name}&b={name}", AN_HOUR),
        (f"a=osm&b={name}", "public, no-cache"),
        (f"b={name}", "public, no-cache"),
    ):
        address = f"/compare?{asked}&position=42 50.5"
        answer = real_client.get(address)
        assert answer.headers["Cache-Control"] == kept
        again = real_client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_the_record_of_an_edition_that_is_not_named_is_to_be_asked_for(client: FlaskClient) -> None:
    answer = client.get(DATA[-1])
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" not in answer.headers


def test_a_listing_without_all_of_its_hashes_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.downloads._size_and_hash", lambda *_: {"bytes": None, "sha256": None})
    answer = client.get(with_edition("/downloads", EDITION))
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", WITH_PAGES)
def test_pages_of_a_full_name_are_kept_for_minutes(client: FlaskClient, path: str) -> None:
    page = client.get(with_edition(path, EDITION), headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert page.headers["Cache-Control"] == "public, max-age=600"


@pytest.mark.parametrize("path", [*(with_edition(one, EDITION) for one in DATA), *WITH_PAGES, *OTHERS])
def test_who_has_the_answer_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    whole = client.get(path)
    etag = whole.headers["ETag"]
    assert client.get(path).data == whole.data
    for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get(path, headers={"If-None-Match": condition})
        assert (answer.status_code, answer.data) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert answer.headers.get(name) == whole.headers.get(name)
    assert client.get(path, headers={"If-None-Match": '"other"'}).data == whole.data
    assert client.get(path, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(path, headers={"If-Match": etag}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.headers["ETag"]) == (200, etag)


def test_what_shapes_an_answer_gives_it_a_validator_of_its_own(client: FlaskClient) -> None:
    items, systems = (
        with_edition("/collections/zones/items", EDITION),
        "http://www.opengis.net/def/crs/EPSG/0/",
    )
    asked = (
        "",
        f"&crs={systems}4326",
        f"&crs={systems}3857",
        "&filter=state='KAZ'",
        "&skipGeometry=true",
        "&properties=state",
    )
    answers = [client.get(items + one) for one in asked]
    assert len({one.headers["ETag"] for one in answers}) == len(asked)
    assert {one.headers["Cache-Control"] for one in answers} == {FOR_EVER}


def test_forms_and_languages_have_validators_of_their_own(client: FlaskClient) -> None:
    path = with_edition("/collections/zones/items", EDITION)
    answers = [
        client.get(path, headers=headers)
        for headers in (
            {},
            {"Accept": "text/html"},
            {"Accept": "text/html", "Accept-Language": "fa"},
        )
    ]
    assert len({one.headers["ETag"] for one in answers}) == len(answers)
    assert all("Accept" in one.headers["Vary"] for one in answers)
    assert all("Accept-Language" in one.headers["Vary"] for one in answers[1:])


@pytest.mark.parametrize(
    "path", ["/collections?nonsense=1", "/collections/nothing", "/health/ready", "/metrics"]
)
def test_problems_and_the_state_of_the_service_are_never_kept(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
