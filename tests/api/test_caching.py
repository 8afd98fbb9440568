"""How long answers are kept, and what a copy's validator is good for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

EDITION = "osm-0123abcd"  # of the store that these tests stand on
FOR_EVER = "public, max-age=31536000, immutable"
DATA = (
    "/collections",
    "/collections/zones",
    "/collections/zones/schema",
    "/collections/zones/items",
    "/collections/zones/queryables",
    "/collections/zones/items?limit=2",
    "/collections/zones/items?crs=http://www.opengis.net/def/crs/EPSG/0/3388&filter=state='KAZ'",
    "/classify?lon=50&lat=42",
)
OTHERS = ("/", "/conformance", "/editions", "/vocabulary", "/openapi.json", "/processes", "/docs")


def with_edition(path: str, edition: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}edition={edition}"


@pytest.mark.parametrize("path", DATA)
def test_data_of_a_full_name_hold_for_ever_and_of_a_short_one_are_asked_for(
    client: FlaskClient, path: str
) -> None:
    for edition, kept in ((EDITION, FOR_EVER), ("osm", "public, no-cache")):
        assert client.get(with_edition(path, edition)).headers["Cache-Control"] == kept


@pytest.mark.parametrize("path", DATA[:-1])
def test_pages_of_a_full_name_are_kept_for_minutes(client: FlaskClient, path: str) -> None:
    page = client.get(with_edition(path, EDITION), headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert page.headers["Cache-Control"] == "public, max-age=600"


@pytest.mark.parametrize("path", [*(with_edition(one, EDITION) for one in DATA), *DATA[:-1], *OTHERS])
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
    path = with_edition("/collections", EDITION)
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
