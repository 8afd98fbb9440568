"""The outermost layer of the application: ids, headers, origins, addresses; how counts are told."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import create_environ, run_wsgi_app

from api.application import create_app
from tests.api.fake_store import FakeStore

# Headers and ids.


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/health/live", "/nowhere", "/collections", "/metrics"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-ID"])


def test_a_route_may_set_its_own_policy(app: Flask) -> None:
    app.add_url_rule("/own", view_func=lambda: ("", {"Content-Security-Policy": "default-src 'self'"}))
    assert app.test_client().get("/own").headers.get_all("Content-Security-Policy") == ["default-src 'self'"]


def test_origins() -> None:
    def headers(origins: str, origin: str | None) -> Any:
        client = create_app({"CORS_ORIGINS": origins}, store=FakeStore()).test_client()
        return client.get("/health/live", headers={"Origin": origin} if origin else {}).headers

    allow = "Access-Control-Allow-Origin"
    assert headers("*", None)[allow] == "*"
    assert headers("https://a.example https://b.example", "https://b.example")[allow] == "https://b.example"
    assert "Origin" in headers("https://a.example", None)["Vary"]
    assert allow not in headers("https://a.example", "https://c.example")
    assert allow not in headers("none", "https://c.example")


def test_a_page_may_read_what_downloads_and_limits_need(client: FlaskClient) -> None:
    exposed = client.get("/health/live", headers={"Origin": "https://a.example"}).headers
    names = exposed["Access-Control-Expose-Headers"].split(", ")
    assert {
        "Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Location", "Content-Range",
        "ETag", "Retry-After", "X-Request-ID",
    } <= set(names)  # fmt: skip


def test_pages_of_listed_origins_may_post(store: Any) -> None:
    listed = create_app({"CORS_ORIGINS": "https://a.example"}, store=store).test_client()
    for origin, methods in (
        ("https://a.example", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("https://b.example", None),
    ):
        asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = listed.options("/classify", headers=asking)
        assert answer.headers.get("Access-Control-Allow-Methods") == methods


def test_a_page_may_ask_whether_it_may_post(client: FlaskClient) -> None:
    asking = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/classify", headers=asking)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Methods" not in client.get("/health/live", headers=asking).headers


@pytest.mark.parametrize(
    "given", ["somebody", "unknown", "", "192.0.2.1:80", "fe80::1%<b>", "192.0.2.300", "x" * 5000, "_hidden"]
)
def test_a_forwarded_client_that_is_no_address_is_not_believed(given: str) -> None:
    seen = []
    app = create_app({"TRUSTED_PROXIES": 1}, store=FakeStore())

    @app.before_request
    def note() -> None:
        seen.append(request.remote_addr)

    client = app.test_client()
    peer = {"REMOTE_ADDR": "198.51.100.1"}
    for text in (given, "2001:db8::7"):
        client.get("/conformance", headers={"X-Forwarded-For": text}, environ_base=peer)
    assert seen == ["198.51.100.1", "2001:db8::7"]


def test_ids_are_taken_from_trusted_proxies_alone() -> None:
    for proxies in (0, 1):
        client = create_app({"TRUSTED_PROXIES": proxies}, store=FakeStore()).test_client()
        for given in ("from-the.proxy:1", "a b", "x" * 129, "<script>", ""):
            identity = client.get("/health/live", headers={"X-Request-ID": given}).headers["X-Request-ID"]
            if proxies and given == "from-the.proxy:1":
                assert identity == given
            else:
                assert re.fullmatch("[0-9a-f]{16}", identity)


def test_forwarded_headers_count_only_from_trusted_proxies() -> None:
    forwarded = {
        "X-Forwarded-Proto": "https", "X-Forwarded-Host": "zones.example", "X-Forwarded-Prefix": "/caspian",
    }  # fmt: skip
    links = []
    for proxies in (0, 1):
        client = create_app({"TRUSTED_PROXIES": proxies}, store=FakeStore()).test_client()
        answer = client.get("/collections?f=json", headers=forwarded).get_json()
        links.append(next(link["href"] for link in answer["links"] if link["rel"] == "self"))
    assert [link.partition("/collections")[0] for link in links] == [
        "http://localhost", "https://zones.example/caspian",
    ]  # fmt: skip


def test_what_a_proxy_says_of_an_old_client_counts() -> None:
    """It has to be told the length of an answer, which the proxy asks for by HTTP/1.1."""
    body = b"lon,lat\n" + b"48.5,42\n" * 20_001
    for proxies, via, known in ((1, "HTTP/1.0 nginx", True), (1, "1.1 nginx", False), (0, "1.0 x", False)):
        client = create_app({"TRUSTED_PROXIES": proxies}, store=FakeStore()).test_client()
        answer = client.post(
            "/classify?fields=zone", data=body, content_type="text/csv", headers={"Via": via}
        )
        assert answer.status_code == 200
        assert ("Content-Length" in answer.headers) == known


@pytest.mark.parametrize(
    "path", ["/collections/%zz", "/%", "/classify?lon=%4", "/classify?lon=%ff", "/%c3%28"]
)
def test_malformed_escapes(client: FlaskClient, path: str) -> None:
    answer = client.get("/", environ_overrides={"RAW_URI": path})
    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-request")


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("x", "http://x"),
        ("zones.example.org:8000", "http://zones.example.org:8000"),
        ("[::1]:80", "http://[::1]"),
        ("[::ffff:10.0.0.1]:81", "http://[::ffff:10.0.0.1]:81"),
        ("my_host:8000", "http://my_host:8000"),
        ("a.example:", "http://a.example"),
        ("a.example:0443", "http://a.example:443"),
        *((bad, None) for bad in (
            "", "a b", "a/b", "<a>", "a:b", "a@b", "[::::]", "[1.2.3.4]", "[::ffff:999.1.1.1]",
            "[fe80::1%25a]", "[::1", "[::1]x", "a:0", "a:99999", "a" * 256, "x,y", None,
        )),
    ],
)  # fmt: skip
def test_links_begin_with_the_host_that_was_asked(app: Flask, host: str | None, root: str | None) -> None:
    environ = create_environ("/?f=json")
    del environ["HTTP_HOST"]
    if host is not None:
        environ["HTTP_HOST"] = host
    body, status, _ = run_wsgi_app(app.wsgi_app, environ)
    answer = json.loads(b"".join(body))
    if root is None:
        assert (status[:3], answer["type"]) == ("400", "/problems/bad-request")
    else:
        assert all(link["href"].startswith(f"{root}/") for link in answer["links"])


def test_an_error_is_logged_with_the_id_that_the_client_has(app: Flask, caplog: Any) -> None:
    def fail() -> str:
        raise RuntimeError("on purpose")

    app.add_url_rule("/fail", view_func=fail)
    answer = app.test_client().get("/fail")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert "on purpose" not in answer.text
    assert "on purpose" in caplog.text


# Counts.


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/plain;version=0.0.4",
        "text/plain;version=1.0.0;escaping=allow-utf-8",
        "application/openmetrics-text",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4",
    ],
)
def test_the_types_of_metrics_are_described(client: FlaskClient, accept: str) -> None:
    document = client.get("/openapi.json").get_json()
    described = document["paths"]["/metrics"]["get"]["responses"]["200"]["content"]
    assert client.get("/metrics", headers={"Accept": accept}).headers["Content-Type"] in described
