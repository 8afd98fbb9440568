"""What surrounds the application: connections, ids, headers, limits, logs, metrics, proxies."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from api.application import create_app
from api.operation.metrics import Metrics
from api.operation.rate import RateLimit
from api.settings import CORE_ENVIRONMENT, SETTINGS
from tests.api.fake_store import FakeStore
from tests.api.service import PATIENCE_S, ROOT, Service, asked, running, until

CLASSIFY = "/classify?lon=48.1&lat=42"
DEPLOYED = ("Dockerfile", "compose.yaml", "deploy/caspian.service", "docs/deployment.md")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("service") / "log"
    with running(log, "--request-timeout-s", "2", "--max-header-bytes", "4096", "--keep-alive-s", "2") as one:
        yield one


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("proxied") / "log"
    flags = ("--trusted-proxies", "1", "--rate-limit", "20", "--metrics", "off", "--log-format", "text")
    with running(log, *flags, "--log-clients", "off", CASPIAN_CORS_ORIGINS="https://a.example") as one:
        yield one


def raw(service: Service, text: bytes) -> bytes:
    """Everything the service answers to some bytes, until it closes the connection."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_S) as connection:
        connection.sendall(text)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def problem_of(answer: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert f"\r\nContent-Length: {len(body)}\r\n".encode() in head
    problem = json.loads(body)
    status = int(head.split()[1])
    assert problem["status"] == status
    return status, problem


# Bytes that are not quite HTTP.


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 650 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 150 + b"\r\n", 431),
        (b"GET /" + b"a" * 4000 + b" HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 1_000_000, 431),
        (b"POST /classify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: cake\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: cake\r\nConnection: close\r\n\r\n", 417),
        (
            b"POST /classify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n0\r\n\r\n",
            400,
        ),
    ],
    ids=lambda value: repr(value[:50]) if isinstance(value, bytes) else str(value),
)
def test_what_is_not_http_gets_a_problem(service: Service, text: bytes, status: int) -> None:
    assert problem_of(raw(service, text))[0] == status
    assert service.ask("/health/live").status == 200


def test_a_slow_head_gets_a_problem_in_the_end(service: Service) -> None:
    status, problem = problem_of(raw(service, b"GET / HTTP/1.1\r\nHost: x\r\nA: "))
    assert (status, problem["type"]) == (408, "/problems/too-slow")


@pytest.mark.parametrize("size", [1000, 200_000], ids=["short", "long"])
def test_a_slow_body_gets_a_problem_in_the_end(service: Service, size: int) -> None:
    head = "POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    length = f"Content-Length: {size}\r\n\r\n"
    status, _ = problem_of(raw(service, (head + length).encode() + b" " * (size // 2)))
    assert status == 408


def test_a_silent_connection_is_closed(service: Service) -> None:
    assert raw(service, b"") == b""


def test_requests_in_pieces_and_in_a_row(service: Service) -> None:
    body = b'{"points": [[48.1, 42]]}'
    request = (
        b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(request)):
            connection.sendall(request[at : at + 1])
        # Two more at once, then the last with its body in chunks.
        chunks = b"%X\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        head = (
            request.partition(b"Content-Length")[0]
            + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        connection.sendall(request * 2 + head + chunks)
        answers = b""
        while piece := connection.recv(65536):
            answers += piece
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert answers.count(b'"zone":"territorial_waters"') == 4


def test_a_client_may_ask_before_it_sends(service: Service) -> None:
    head = (
        b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: 22\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_S) as connection:
        connection.sendall(head)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"points":[[48.1,42]]}')
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_old_client_can_tell_where_an_answer_ends(service: Service) -> None:
    answer = raw(service, b"GET /collections/zones/items HTTP/1.0\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"\r\nContent-Length: {len(body)}\r\n".encode() in head + b"\r\n"
    assert json.loads(body)["type"] == "FeatureCollection"


def test_head_has_no_body_and_connections_are_kept(service: Service) -> None:
    connection = service.connect()
    for method, path in (("HEAD", CLASSIFY), ("GET", CLASSIFY), ("HEAD", "/nowhere"), ("GET", CLASSIFY)):
        answer = asked(connection, path, method=method)
        assert (answer.body == b"") == (method == "HEAD")
        assert answer.headers["Connection"] == "keep-alive"
    connection.close()


# Addresses and methods.


@pytest.mark.parametrize(
    "path", ["/collections/%zz", "/%", "/classify?lon=%4", "/classify?lon=%ff", "/%c3%28"]
)
def test_malformed_escapes(service: Service, path: str) -> None:
    answer = service.ask(path)
    assert (answer.status, answer.json["type"]) == (400, "/problems/bad-request")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST", "BREW"])
def test_method_confusion(service: Service, method: str) -> None:
    answer = service.ask("/collections", method=method, headers={"X-HTTP-Method-Override": "GET"})
    assert (answer.status, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert {"GET", "HEAD", "OPTIONS"} <= set(re.split(", *", answer.headers["Allow"]))


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


def test_the_server_says_nothing_of_itself(service: Service) -> None:
    assert "Server" not in service.ask("/health/live").headers


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
        "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID",
    } <= set(names)  # fmt: skip


def test_pages_of_listed_origins_may_post(store: Any) -> None:
    listed = create_app({"CORS_ORIGINS": "https://a.example"}, store=store).test_client()
    for origin, methods in (
        ("https://a.example", "GET, HEAD, POST, OPTIONS"),
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


def test_ids_are_taken_from_trusted_proxies_alone(service: Service, behind_proxy: Service) -> None:
    given = {"X-Request-ID": "from-the.proxy:1"}
    assert service.ask("/health/live", headers=given).headers["X-Request-ID"] != "from-the.proxy:1"
    assert behind_proxy.ask("/health/live", headers=given).headers["X-Request-ID"] == "from-the.proxy:1"
    for bad in ("a b", "x" * 129, "<script>", ""):
        answer = behind_proxy.ask("/health/live", headers={"X-Request-ID": bad})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-ID"])


FORWARDED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "zones.example",
    "X-Forwarded-Prefix": "/caspian",
}


def test_forwarded_headers_count_only_from_trusted_proxies(service: Service, behind_proxy: Service) -> None:
    untrusted = service.ask("/collections", headers={**FORWARDED, "SCRIPT_NAME": "/evil"}).body.decode()
    assert "zones.example" not in untrusted
    assert "evil" not in untrusted
    assert f"http://127.0.0.1:{service.port}/" in untrusted
    trusted = behind_proxy.ask("/collections", headers=FORWARDED).body.decode()
    assert "https://zones.example/caspian/collections" in trusted
    assert "127.0.0.1" not in trusted


@pytest.mark.parametrize(
    "given", ["somebody", "unknown", "", "192.0.2.1:80", "fe80::1%<b>", "192.0.2.300", "x" * 5000, "_hidden"]
)
def test_a_forwarded_client_that_is_no_address_is_not_believed(given: str) -> None:
    seen = []
    app = create_app({"TRUSTED_PROXIES": 1, "RATE_LIMIT": 2}, store=FakeStore())

    @app.before_request
    def note() -> None:
        seen.append(request.remote_addr)

    client = app.test_client()
    peer = {"REMOTE_ADDR": "198.51.100.1"}
    # The first does not name a client, so all count as the peer: the third is above the limit.
    texts = [given, f"{given}-2", f"{given}-3"]
    answers = [
        client.get("/conformance", headers={"X-Forwarded-For": text}, environ_base=peer) for text in texts
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert seen == ["198.51.100.1"] * 2
    named = client.get("/conformance", headers={"X-Forwarded-For": "2001:db8::7"}, environ_base=peer)
    assert (named.status_code, seen[-1]) == (200, "2001:db8::7")


# The rate limit.


def test_the_rate_limit_holds_over_all_workers(behind_proxy: Service) -> None:
    """Each request comes on its own connection, so both workers count."""
    client = {"X-Forwarded-For": "203.0.113.9"}
    answers = [behind_proxy.ask("/conformance-of-nothing", headers=client) for _ in range(30)]
    limited = [answer for answer in answers if answer.status == 429]
    # 20 at once, and one more each 3 seconds that the 30 requests take.
    assert 1 <= len(limited) <= 10
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=20;w=60'
    assert answers[0].headers["RateLimit"] == '"minute";r=19;t=0'
    for answer in limited:
        assert answer.json["type"] == "/problems/too-many-requests"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert behind_proxy.ask("/health/live", headers=client).status == 200
    other = behind_proxy.ask("/collections", headers={"X-Forwarded-For": "203.0.113.10"})
    assert other.status == 200


def test_a_bucket_fills_again() -> None:
    now = [1000.0]
    limit = RateLimit(6, clock=lambda: now[0])
    assert [limit.ask("a").allowed for _ in range(7)] == [True] * 6 + [False]
    assert limit.ask("a").retry_after_s == 10
    assert limit.ask("b").remaining == 5
    now[0] += 10
    assert [limit.ask("a").allowed for _ in range(2)] == [True, False]
    now[0] += 60
    assert [limit.ask("a").allowed for _ in range(7)] == [True] * 6 + [False]


def test_an_ipv6_network_is_one_client() -> None:
    limit = RateLimit(1, clock=lambda: 0.0)
    assert limit.ask("2001:db8::1").allowed
    assert not limit.ask("2001:db8::2").allowed
    assert limit.ask("2001:db8:0:1::1").allowed
    assert limit.ask("::ffff:192.0.2.1").allowed
    assert not limit.ask("192.0.2.1").allowed


def test_many_clients_do_not_wear_each_other_out() -> None:
    limit = RateLimit(2, clock=lambda: 0.0)
    assert all(limit.ask(f"client {number}").allowed for number in range(5000))
    assert sum(limit.ask(f"client {number}").remaining == 0 for number in range(5000)) == 5000


# Logs and metrics.


def logged(service: Service, event: str, **fields: Any) -> dict[str, Any]:
    def find() -> dict[str, Any] | None:
        for line in service.lines():
            entry = json.loads(line)
            if entry["event"] == event and all(entry.get(name) == value for name, value in fields.items()):
                return dict(entry)
        return None

    return dict(until(find))


def test_a_request_is_one_line(service: Service) -> None:
    answer = service.ask(CLASSIFY, headers={"User-Agent": 'x" y'})
    line = logged(service, "request", request_id=answer.headers["X-Request-ID"])
    assert line["path"] == "/classify"
    assert line["route"] == "/classify"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["bytes"] == len(answer.body)
    assert line["client"] == "127.0.0.1"
    assert line["user_agent"] == 'x" y'
    assert line["duration_ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_a_refused_request_is_logged(service: Service) -> None:
    raw(service, b"REFUSED-HERE\r\n\r\n")
    assert logged(service, "refused", status=400)["client"] == "127.0.0.1"


def test_text_lines_without_clients(behind_proxy: Service) -> None:
    headers = {"X-Request-ID": "in-text", "X-Forwarded-For": "192.0.2.77"}
    behind_proxy.ask("/health/live", headers=headers)
    line = until(lambda: next((one for one in behind_proxy.lines() if "in-text" in one), None))
    assert " request " in line
    assert "status=200" in line
    assert not any("192.0.2.77" in one for one in behind_proxy.lines())


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


def samples(service: Service, accept: str = "text/plain") -> dict[tuple[str, frozenset[Any]], float]:
    answer = service.ask("/metrics", headers={"Accept": accept})
    assert answer.status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def count(service: Service, **labels: str) -> float:
    return samples(service).get(("caspian_http_requests_total", frozenset(labels.items())), 0.0)


def test_requests_of_all_workers_are_counted(service: Service) -> None:
    labels = {"method": "GET", "route": "/collections/<collection>", "status": "404"}
    before = count(service, **labels)
    for number in range(20):
        service.ask(f"/collections/unknown-{number}")
    until(lambda: count(service, **labels) == before + 20)
    found = samples(service)
    assert found["caspian_http_requests_in_progress", frozenset()] == 1  # the one that asks
    assert not any("unknown-" in str(key) for key in found)


def test_positions_are_counted(service: Service) -> None:
    name = ("caspian_points_classified_total", frozenset[Any]())
    before = samples(service)[name]
    service.ask(CLASSIFY)
    service.ask("/classify", b'{"points": [[48.1, 42], [48.2, 42], [1, 2]]}')
    until(lambda: samples(service)[name] == before + 4)


def test_open_metrics_where_it_is_accepted(service: Service) -> None:
    plain = service.ask("/metrics")
    assert plain.headers["Content-Type"].startswith("text/plain")
    accept = "application/openmetrics-text; version=1.0.0"
    openly = service.ask("/metrics", headers={"Accept": accept})
    assert openly.headers["Content-Type"].startswith("application/openmetrics-text")
    assert openly.body.endswith(b"# EOF\n")


def test_metrics_can_be_off(behind_proxy: Service) -> None:
    assert behind_proxy.ask("/metrics", headers={"X-Forwarded-For": "192.0.2.200"}).status == 404


# Settings on the command line.


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (("--port", "99999"), "--port"),
        (("--workers", "0"), "--workers"),
        (("--public-url", "zones.example"), "--public-url"),
        (("--public-url", "ftp://zones.example"), "--public-url"),
        (("--public-url", "https://zones.example/?a=b"), "--public-url"),
        (("--cors-origins", "zones.example"), "--cors-origins"),
        (("--log-format", "xml"), "--log-format"),
    ],
)
def test_a_bad_flag_is_named_as_it_was_given(caspian: Any, flags: tuple[str, ...], named: str) -> None:
    outcome = caspian("serve", *flags)
    assert outcome.code == 2
    assert outcome.err.startswith(f"caspian: {named} is ")
    assert len(outcome.err.splitlines()) == 1


def test_gunicorn_by_itself(tmp_path: Path) -> None:
    """The configuration that gunicorn's own command takes is that of the service."""
    from gunicorn.app.wsgiapp import WSGIApplication

    import api.gunicorn_configuration as chosen
    from api.operation.worker import Worker

    class Loaded(WSGIApplication):  # type: ignore[misc]
        def init(self, parser: Any, opts: Any, args: Any) -> None:
            self.app_uri = "api.application:create_app()"

        def load_config(self) -> None:
            self.load_config_from_module_name_or_filename("python:api.gunicorn_configuration")

    application = Loaded()
    assert application.cfg.worker_class is Worker
    assert application.cfg.bind == ["127.0.0.1:8000"]
    assert application.cfg.preload_app
    assert chosen.when_ready is not None


@pytest.mark.parametrize(
    ("host", "bind"), [("::1", "[::1]:8123"), ("::", "[::]:8123"), ("localhost", "localhost:8123")]
)
def test_gunicorn_by_itself_listens_where_it_is_told(host: str, bind: str) -> None:
    program = (
        "import api.gunicorn_configuration as chosen\n"
        "from gunicorn.config import Config\n"
        "config = Config()\n"
        "config.set('bind', chosen.bind)\n"
        "print(chosen.bind, config.address[0])\n"
    )
    environment = {**os.environ, "CASPIAN_HOST": host, "CASPIAN_PORT": "8123"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{bind} {(host, 8123)}\n"


# What is deployed.


def test_deployment_names_what_there_is() -> None:
    names = {setting.environment for setting in SETTINGS} | set(CORE_ENVIRONMENT)
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in DEPLOYED}
    for path, text in texts.items():
        found = set(re.findall(r"CASPIAN_[A-Z_]*[A-Z]", text))
        assert found, path
        assert found <= names, path
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", texts["Dockerfile"], flags=re.MULTILINE)
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert f"!{name}" in allowed
    for target in re.findall(r"\]\((\.\./[^)#]+)", texts["docs/deployment.md"]):
        assert (ROOT / "docs" / target).exists()


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


def test_the_image_compiles_what_it_runs() -> None:
    """Compiled code is known by the path of its source: no checkout may lie in the way."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    compiling = next(at for at, line in enumerate(lines) if "api.precompile" in line)
    assert [line for line in lines[:compiling] if line.startswith("WORKDIR")][-1] == "WORKDIR /"
    assert any("pip install --no-deps" in line for line in lines[:compiling])
    folders = {line.split("=", 1)[1].rstrip(" \\") for line in lines if "CASPIAN_CACHE=" in line}
    assert folders == {"/var/cache/caspian"}


def test_documented_metrics_are_those_there_are() -> None:
    documented = set(re.findall(r"`(caspian_[a-z_]+)`", (ROOT / "docs" / "deployment.md").read_text()))
    text, _ = Metrics().exposition("text/plain")
    types = (line.split()[2:] for line in text.decode().splitlines() if line.startswith("# TYPE "))
    assert {name for name, kind in types if not name.endswith("_created")} == documented
