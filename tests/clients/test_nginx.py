"""The service behind nginx, as it is deployed."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import signal
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.service import (
    Service,
    Wire,
    get,
    in_chunks,
    kept_port,
    post,
    running,
    table,
    until,
)  # fmt: skip
from tests.clients.nginx import proxied

JSON_BODY = b'{"points": [[48.1, 42]]}'
CLASSIFY = "/classify?lon=48.1&lat=42"
SLOW_CLIENTS = 200
MOST_OPEN, MOST_AT_ONCE = 300, 1000  # of one client, as the configuration has it


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service") / "log", TRUSTED_PROXIES=1) as one:
        yield one


@pytest.fixture(scope="module")
def port(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with proxied(tmp_path_factory.mktemp("proxy") / "nginx", service.port) as one:
        yield one


def ask(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    with Wire(port) as wire:
        wire.send(request)
        reply = wire.answer()
        return reply.status, reply.headers, reply.body


def problem_of(port: int, request: bytes) -> tuple[int, str]:
    with Wire(port) as wire:
        wire.send(request)
        reply = wire.answer()
        assert reply.problem["request_id"] == reply.headers["x-request-id"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert {"title", "detail"} <= set(reply.problem)
        return reply.status, reply.problem["type"].removeprefix("/problems/")


@pytest.mark.parametrize(
    ("request_bytes", "status", "kind"),
    [
        (b"GARBAGE\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (get("/metrics"), 404, "not-found"),
        (get("//metrics"), 404, "not-found"),
        (get("/%6detrics"), 404, "not-found"),
        (get("/", method="TRACE"), 405, "method-not-allowed"),
        (post(b"").replace(b"Length: 0", b"Length: 16777217"), 413, "too-large"),
        (get("/" + "a" * 9000), 414, "too-long"),
        (get("/", "A: " + "a" * 9000), 431, "head-too-large"),
        (get("/", *("A: " + "a" * 8000,) * 5), 431, "head-too-large"),
        (get("/classify", "Transfer-Encoding: cake", method="POST"), 501, "not-implemented"),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else str(value),
)
def test_what_nginx_refuses_gets_a_problem(port: int, request_bytes: bytes, status: int, kind: str) -> None:
    assert problem_of(port, request_bytes) == (status, kind)


def test_the_service_is_asked_as_by_the_client(service: Service, port: int) -> None:
    fields = ("X-Forwarded-Host: evil.example", "X-Forwarded-Prefix: /evil", "X-Request-ID: evil")
    request = get("/collections?f=json", *fields).replace(b"Host: x", b"Host: zones.example:8443")
    _, headers, body = ask(port, request)
    text = body.decode()
    assert '"http://zones.example:8443/collections' in text
    assert "evil" not in text
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    line = until(lambda: next((one for one in service.lines() if headers["x-request-id"] in one), None))
    assert json.loads(line)["client"] == "127.0.0.1"
    status, headers, body = ask(port, get("/nowhere"))
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert b"there is nothing at /nowhere" in body


def test_bodies_and_answers_pass(port: int) -> None:
    whole = ask(port, post(JSON_BODY))
    assert whole[0] == 200
    assert ask(port, in_chunks(JSON_BODY))[2] == whole[2]
    rows = table(20_000)
    status, headers, body = ask(port, post(rows, kind="text/csv"))
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    assert body.count(b"\n") == 20_001
    for kind in ("text/csv", "application/json", "application/x-ndjson"):
        request = post(rows, "Accept-Encoding: gzip", f"Accept: {kind}", kind="text/csv")
        status, headers, zipped = ask(port, request)
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "Accept-Encoding" in headers["vary"]
        assert len(zipped) < len(gzip.decompress(zipped)) / 5


def test_an_old_client_is_told_the_length(port: int) -> None:
    status, headers, body = ask(port, post(table(20_001), kind="text/csv", version="1.0"))
    assert (status, int(headers["content-length"])) == (200, len(body))
    assert body.count(b"\n") == 20_002


@pytest.fixture(scope="module")
def breaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("breaking")
    with (
        running(folder / "log", "breaking()", WORKERS=1, TRUSTED_PROXIES=1) as service,
        proxied(folder / "nginx", service.port) as port,
    ):
        yield port


@pytest.mark.parametrize("fields", [(), ("Accept-Encoding: gzip",)], ids=["plain", "gzip"])
@pytest.mark.parametrize("kind", ["text/csv", "application/json"])
def test_a_failure_in_an_answer_is_no_end(breaking: int, kind: str, fields: tuple[str, ...]) -> None:
    with Wire(breaking) as wire:
        wire.send(post(table(40_000), f"Accept: {kind}", *fields, kind="text/csv"))
        received = wire.end()
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert not received.endswith(b"0\r\n\r\n")
    if fields:
        assert not _is_whole_gzip(rest)
    else:
        assert len(rest) > 100_000


def _is_whole_gzip(chunked: bytes) -> bool:
    """Whether what has come of a chunked body is a gzip file with its end."""
    data = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        data += chunked[: int(size or b"0", 16)]
        chunked = chunked[int(size or b"0", 16) + 2 :]
    unzip = zlib.decompressobj(wbits=31)
    unzip.decompress(data)
    return unzip.eof


def test_slow_clients_do_not_stop_a_fast_one(port: int) -> None:
    """They send a part of a head or of a body, or read next to nothing of an answer."""
    kinds = (get("/", "A: b")[:-2], post(b" " * 10_000)[:-9_000], post(table(2000), kind="text/csv"))
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(Wire(port, receive_buffer=4096)) for _ in range(SLOW_CLIENTS)]
        for number, wire in enumerate(slow):
            wire.send(kinds[2 if number % 10 == 0 else number % 2])
        fast = stack.enter_context(Wire(port))
        for _ in range(20):
            fast.send(get(CLASSIFY))
            assert fast.answer().status == 200
        assert slow[0].answer().body.count(b"\n") == 2001


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[int]:
    """A port of nginx before a service that is not there."""
    with kept_port() as dead, proxied(tmp_path / "nginx", dead) as port:
        yield port


def test_a_client_may_keep_so_many_connections(lonely: int) -> None:
    slow = list[Wire]()

    def status() -> int:
        """Of one request more, after a further byte of every body: else nginx ends waiting for them."""
        for wire in slow:
            with contextlib.suppress(OSError):  # one that was refused
                wire.send(b" ")
        return ask(lonely, get("/version"))[0]

    with contextlib.ExitStack() as stack:
        while len(slow) < MOST_OPEN - 1:
            slow.append(stack.enter_context(Wire(lonely)))
            slow[-1].send(post(b" " * 10_000)[:-9_999])
            if len(slow) % 30 == 0:
                status()
        assert status() == 502
        while status() != 429:
            # These may still be read; and all are fewer requests than may be asked at once.
            assert len(slow) < MOST_OPEN + 100
            slow.append(stack.enter_context(Wire(lonely)))
            slow[-1].send(post(b" " * 10_000)[:-9_999])
        assert problem_of(lonely, get("/version")) == (429, "too-many-requests")


def test_a_client_may_ask_so_much(lonely: int) -> None:
    statuses = list[int]()
    while 429 not in statuses:
        assert len(statuses) < 20 * MOST_AT_ONCE
        with Wire(lonely) as wire:  # all sent before the first is answered: faster than any client may ask
            wire.send(get("/version") * 500)
            statuses += [wire.answer().status for _ in range(500)]
    assert statuses.index(429) >= MOST_AT_ONCE
    assert set(statuses) == {502, 429}


def test_a_service_that_is_not_there(lonely: int) -> None:
    assert problem_of(lonely, get("/version")) == (502, "not-reached")


def test_reloads_and_killed_workers_fail_nothing_else(service: Service, port: int) -> None:
    stop, wrong = threading.Event(), list[str]()
    count = [0, 0]

    def ask_on(number: int) -> None:
        request = get(CLASSIFY) if number else post(JSON_BODY)
        while not stop.is_set():
            closes = False  # as nginx says after a thousand requests
            try:
                with Wire(port) as wire:
                    while not (stop.is_set() or closes):
                        wire.send(request)
                        reply = wire.answer()
                        if reply.status == 429:
                            stop.wait(0.1)
                        elif reply.status != 200:
                            wrong.append(f"{reply}")
                        count[number] += 1
                        closes = reply.headers.get("connection") == "close"
            except (AssertionError, OSError) as error:  # an answer broke, as one of a killed worker does
                wrong.append(str(error))

    clients = [threading.Thread(target=ask_on, args=(number,)) for number in range(2)]
    for client in clients:
        client.start()

    def others_answer() -> None:
        done = list(count)
        until(lambda: all(now > then for now, then in zip(count, done, strict=True)))

    before = set(service.workers)
    service.process.send_signal(signal.SIGHUP)
    until(lambda: not before & set(service.workers) and len(service.workers) == 2)
    others_answer()
    assert wrong == []
    killed = min(service.workers)
    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in service.workers and len(service.workers) == 2)
    others_answer()
    stop.set()
    for client in clients:
        client.join()
    assert len(wrong) <= len(clients)  # what the killed worker was answering
