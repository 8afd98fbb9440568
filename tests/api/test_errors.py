"""Every error of every route has one shape."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.http.problems import ALL_PROBLEMS


def assert_problem(response: TestResponse, status: int, slug: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert list(problem)[:5] == ["type", "title", "status", "detail", "instance"]
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    assert "\n" not in problem["detail"]
    assert problem["instance"].startswith("/")
    if slug is not None:
        assert problem["type"] == f"/problems/{slug}"
    return dict(problem)


GOOD_ROUTES = [
    "/",
    "/classify?lon=50&lat=42",
    "/collections",
    "/collections/zones",
    "/conformance",
    "/openapi.json",
    "/docs",
    "/docs/try",
    "/vocabulary",
    "/collections/zones/schema",
    "/collections/zones/items",
    "/collections/zones/items/fishery_zone-KAZ",
    "/downloads",
    "/downloads/osm/zones.geojson",
    "/editions",
    "/health/live",
    "/health/ready",
    "/version",
    "/problems/not-found",
]
EDITION_ROUTES = [
    "/classify?lon=50&lat=42&edition=",
    "/collections?edition=",
    "/collections/zones?edition=",
    "/collections/zones/items?edition=",
    "/collections/zones/items/fishery_zone-KAZ?edition=",
    "/downloads?edition=",
]


@pytest.mark.parametrize("route", GOOD_ROUTES)
def test_the_routes_answer(client: FlaskClient, route: str) -> None:
    assert client.get(route).status_code == 200


@pytest.mark.parametrize("route", GOOD_ROUTES)
def test_unknown_parameter(client: FlaskClient, route: str) -> None:
    joint = "&" if "?" in route else "?"
    problem = assert_problem(client.get(f"{route}{joint}nonsense=1"), 400, "unknown-parameter")
    assert problem["parameter"] == "nonsense"
    assert isinstance(problem["known"], list)


@pytest.mark.parametrize("route", GOOD_ROUTES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_wrong_method(client: FlaskClient, route: str, method: str) -> None:
    response = client.open(route, method=method)
    assert_problem(response, 405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("route", EDITION_ROUTES)
@pytest.mark.parametrize("name", ["nowhere", "../../etc/passwd", "%00", "a" * 500, "%c3%9f"])
def test_unknown_edition(client: FlaskClient, route: str, name: str) -> None:
    problem = assert_problem(client.get(route + name), 404, "unknown-edition")
    assert "osm-0123abcd" in problem["known"]


@pytest.mark.parametrize("route", [*EDITION_ROUTES, "/downloads/"])
def test_edition_that_cannot_be_built(
    client: FlaskClient, store: Any, route: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.broken = True
    end = "gshhg/zones.geojson" if route == "/downloads/" else "gshhg"
    response = client.get(route + end)
    assert int(response.headers["Retry-After"]) > 0
    problem = assert_problem(response, 503, "edition-unavailable")
    assert problem["detail"] == "it cannot be made or read here now; the reason has been logged"
    assert "no space left" in caplog.text


@pytest.mark.parametrize("route", GOOD_ROUTES)
def test_a_fault_of_ours_is_a_problem_too(app: Flask, route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, _ = app.url_map.bind("localhost").match(route.partition("?")[0])

    def fail(**_: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setitem(app.view_functions, endpoint, fail)
    problem = assert_problem(app.test_client().get(route), 500, "internal-error")
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    "route",
    [
        "/nowhere",
        "/classify/",
        "/collections/nothing",
        "/collections/nothing/items",
        "/collections/zones/items/nothing",
        "/collections/nothing/items/nothing",
        "/downloads/osm/zones",
        "/downloads/osm/zones.exe",
        "/downloads/osm/nothing.geojson",
        "/downloads/osm/zones.csv",
        "/downloads/osm/..%2f..%2fetc%2fpasswd",
        "/downloads/osm/../../etc/passwd",
        "/downloads/osm/.geojson",
        "/problems/nothing",
        "/static/nothing",
        "/static/../rendering.py",
        "/%c3%9f",
    ],
)
def test_not_found(client: FlaskClient, route: str) -> None:
    assert_problem(client.get(route), 404, "not-found")


@pytest.mark.parametrize("part", ["%ff%fe", "%zz", "%", "%c3", "%4", "%u0041"])
def test_malformed_escapes(client: FlaskClient, part: str) -> None:
    for route in (
        "/",
        "/collections?edition=",
        "/collections/zones/items?name=",
        "/collections/zones/items/",
    ):
        assert_problem(client.get(route + part), 400, "bad-request")


def test_every_problem_type_can_be_opened(client: FlaskClient) -> None:
    for slug, problem in ALL_PROBLEMS.items():
        answer = client.get(f"/problems/{slug}").get_json()
        assert (answer["type"], answer["title"], answer["status"]) == (
            problem.type,
            problem.title,
            problem.status,
        )
        assert answer["description"]


def test_head_and_options(client: FlaskClient) -> None:
    for route in GOOD_ROUTES:
        head = client.head(route)
        assert head.status_code == 200
        assert head.get_data() == b""
    assert "POST" in client.options("/classify").headers["Allow"]


def test_a_body_in_chunks_that_is_too_long_is_refused_as_such(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    body = b'{"points": [' + b"[50, 42], " * 500 + b"[50, 42]]}"
    answer = app.test_client().post(
        "/classify",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert answer.get_json()["limit"] == 1000
