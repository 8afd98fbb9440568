"""What goes over the wire, byte by byte: framing, pipelining, broken and slow clients, few descriptors."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import resource
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.operation.connection import STRIDE_BYTES, Connection
from api.operation.worker import Worker
from tests.api.service import PATIENCE_S, Service, running, until

LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
JSON_BODY = b'{"points": [[48.1, 42]]}'
MOST_BYTES = 2_000_000
MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "seq": "application/geo+json-seq",
    "json": "application/json",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("worker")
    flags = ("--threads", "4", "--max-body-bytes", str(MOST_BYTES))
    with running(folder / "log", *flags) as one:
        yield one


class Wire:
    """A connection whose answers are parsed strictly."""

    def __init__(self, service: Service, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", service.port))
        self.received = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def more(self) -> None:
        piece = self.socket.recv(1 << 20)
        assert piece, f"closed after {self.received[-200:]!r}"
        self.received += piece

    def line(self) -> bytes:
        while b"\r\n" not in self.received:
            self.more()
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    def exactly(self, count: int) -> bytes:
        pieces = [self.received[:count]]
        self.received = self.received[count:]
        missing = count - len(pieces[0])
        while missing:
            piece = self.socket.recv(min(missing, 1 << 20))
            assert piece
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def answer(self, *, head_only: bool = False) -> Reply:
        version, status, *_ = self.line().split(b" ")
        assert version.startswith(b"HTTP/1.")
        headers: dict[str, str] = {}
        while line := self.line():
            name, _, value = line.decode("ascii").partition(": ")
            headers[name.lower()] = value
        body = b""
        if "transfer-encoding" in headers:
            assert headers["transfer-encoding"] == "chunked"
            assert "content-length" not in headers
            pieces = []
            while size := int(self.line(), 16):
                pieces.append(self.exactly(size))
                assert self.exactly(2) == b"\r\n"
            assert self.exactly(2) == b"\r\n"
            body = b"".join(pieces)
        elif not head_only:
            body = self.exactly(int(headers.get("content-length", "0")))
        return Reply(int(status), headers, body)

    def end(self) -> bytes:
        """What is left until the service closes."""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(1 << 20):
                self.received += piece
        return self.received


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        assert self.headers["content-type"] == "application/problem+json"
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        return problem


def post(body: bytes, *fields: str, kind: str = "application/json", version: str = "1.1") -> bytes:
    lines = [
        f"POST /classify HTTP/{version}",
        "Host: x",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *fields,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def in_chunks(body: bytes, size: int = 7) -> bytes:
    head = b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nA-Trailer: x\r\n\r\n"


def table(rows: int) -> bytes:
    return b"lon,lat\n" + b"".join(b"%d.%d,42\n" % (48 + row % 3, row % 10) for row in range(rows))


def rows_of(kind: str, body: bytes) -> int:
    if kind == "csv":
        assert body.endswith(b"\n")
        found = list(csv.reader(io.StringIO(body.decode(), newline="")))
        assert {len(row) for row in found} == {len(found[0])}
        return len(found) - 1
    if kind == "json":
        return len(json.loads(body)["results"])
    *texts, end = body.decode().split("\n")
    assert end == ""
    assert all(isinstance(json.loads(text.removeprefix("\x1e")), dict) for text in texts)
    return len(texts)


# Framing of answers.


@pytest.mark.parametrize("rows", [1, 10_001, 20_490, 32_778])
@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_streamed_answers_are_framed(service: Service, kind: str, rows: int) -> None:
    request = post(table(rows), f"Accept: {MEDIA_TYPES[kind]}", kind="text/csv")
    with Wire(service) as wire:
        for _ in range(2):
            wire.send(request)
            reply = wire.answer()
            assert reply.status == 200
            assert reply.headers["transfer-encoding"] == "chunked"
            assert rows_of(kind, reply.body) == rows
            assert wire.received == b""
        wire.send(LIVE)
        assert wire.answer().status == 200
        assert wire.received == b""


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_an_old_client_gets_all_rows_and_their_length(service: Service, kind: str) -> None:
    rows = 20_490
    body = table(rows)
    with Wire(service) as wire:
        wire.send(post(body, f"Accept: {MEDIA_TYPES[kind]}", kind="text/csv", version="1.0"))
        reply = wire.answer()
        assert "content-length" in reply.headers
        assert rows_of(kind, reply.body) == rows
        assert wire.end() == b""


def test_an_answer_without_a_body_has_no_chunks(service: Service) -> None:
    with Wire(service) as wire:
        for path in (b"/classify?lon=48.1&lat=42", b"/collections/zones/items", b"/nowhere"):
            wire.send(b"HEAD " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n" + LIVE)
            assert wire.answer(head_only=True).body == b""
            assert wire.answer().status == 200
            assert wire.received == b""


# Framing of requests.


def test_chunked_requests_in_a_row(service: Service) -> None:
    with Wire(service) as wire:
        wire.send(in_chunks(JSON_BODY) + LIVE + in_chunks(JSON_BODY, 1000) + post(JSON_BODY) + LIVE)
        replies = [wire.answer() for _ in range(5)]
        assert [reply.status for reply in replies] == [200] * 5
        assert replies[0].body == replies[2].body == replies[3].body
        assert wire.received == b""


def test_a_chunked_request_byte_by_byte(service: Service) -> None:
    with Wire(service) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = in_chunks(JSON_BODY) + LIVE
        for at in range(len(request)):
            wire.send(request[at : at + 1])
        assert [wire.answer().status for _ in range(2)] == [200, 200]


CHUNKED = (
    b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
)


@pytest.mark.parametrize(
    "request_bytes",
    [
        CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
        CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n5 \r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n5\nhello\n0\r\n\r\n",
        CHUNKED + b"\r\n5\r\nhelloXX0\r\n\r\n",
        CHUNKED + b"\r\n5;a\rb\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n" + b"0" * 2000 + b"5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n0\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n1",
        b"GET / HTTP/1.1\nHost: x\n\r\n\r\n",
        b"\r\n\r\n" + LIVE,
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: <a>\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a@b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::::]\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [1.2.3.4]\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::ffff:999.1.1.1]\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [fe80::1%25a]\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a:0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 256 + b"\r\n\r\n",
        b"GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[::::]/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET ftp://a/ HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=lambda value: repr(value[-30:]),
)
def test_ambiguous_requests_are_refused_and_nothing_behind_them_is_read(
    service: Service, request_bytes: bytes
) -> None:
    with Wire(service) as wire:
        wire.send(request_bytes + LIVE)
        reply = wire.answer()
        assert reply.status == 400
        assert reply.problem["type"] == "/problems/bad-request"
        assert wire.end() == b""


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("x", "http://x"),
        ("zones.example.org:8000", "http://zones.example.org:8000"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("[::1]:80", "http://[::1]"),
        ("[::ffff:10.0.0.1]:81", "http://[::ffff:10.0.0.1]:81"),
        ("my_host:8000", "http://my_host:8000"),
        ("a.example:", "http://a.example"),
        ("xn--", "http://xn--"),
        ("xn--a.example", "http://xn--a.example"),
        ("a.example:0443", "http://a.example:443"),
    ],
)
def test_links_begin_with_the_host_that_was_asked(service: Service, host: str, root: str) -> None:
    for target, field in (("", host), (f"http://{host}", "other.example")):
        with Wire(service) as wire:
            wire.send(f"GET {target}/?f=json HTTP/1.1\r\nHost: {field}\r\n\r\n".encode())
            links = [link["href"] for link in json.loads(wire.answer().body)["links"]]
            assert all(link.startswith(f"{root}/") for link in links)
            wire.send(f"GET {target}/health//live HTTP/1.1\r\nHost: {field}\r\n\r\n".encode())
            reply = wire.answer()
            assert (reply.status, reply.headers["location"]) == (308, f"{root}/health/live")


def test_the_service_as_a_whole(service: Service) -> None:
    with Wire(service) as wire:
        wire.send(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + LIVE.replace(b"HTTP/1.1", b"HTTP/1.2"))
        reply = wire.answer()
        assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
        assert wire.line() == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "lines",
    ["Connection: close, te", "Connection: Upgrade, close", "Connection: keep-alive\r\nConnection: CLOSE"],
)
def test_who_asks_for_the_end_gets_it(service: Service, lines: str) -> None:
    with Wire(service) as wire:
        wire.send(f"GET /health/live HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode())
        reply = wire.answer()
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert wire.end() == b""


@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate,chunked", "xchunked", "chunked, gzip", "gzip"])
def test_codings_besides_chunks_are_refused(service: Service, coding: str) -> None:
    with Wire(service) as wire:
        wire.send(CHUNKED.replace(b"Encoding: chunked", f"Encoding: {coding}".encode()) + b"\r\n0\r\n\r\n")
        assert wire.answer().status in (400, 501)
        assert wire.end() == b""


def test_what_never_reaches_the_application_has_the_same_headers(service: Service) -> None:
    with Wire(service) as wire:
        wire.send(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n")
        reply = wire.answer()
    assert reply.status == 414
    with Wire(service) as wire:
        wire.send(b"GET /nothing HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n")
        usual = wire.answer()
    same = (
        "content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy",
        "cross-origin-resource-policy", "access-control-allow-origin", "access-control-expose-headers",
    )  # fmt: skip
    assert {name: reply.headers[name] for name in same} == {name: usual.headers[name] for name in same}
    identity = reply.headers["x-request-id"]
    until(lambda: any(json.loads(line).get("request_id") == identity for line in service.lines()))


# Bodies that end too early, or are too long.


@pytest.mark.parametrize("fields", [(), ("Expect: 100-continue",)], ids=["plain", "expect"])
def test_a_part_of_a_body_is_never_taken_for_the_whole(service: Service, fields: tuple[str, ...]) -> None:
    request = post(table(30_000), *fields, kind="text/csv")
    head = request.index(b"\r\n\r\n") + 4
    with Wire(service) as wire:
        wire.send(request[:head])
        if fields:
            assert wire.line() + wire.line() == b"HTTP/1.1 100 Continue"
        wire.send(request[head : head + 90_008])  # whole rows
        wire.socket.shutdown(socket.SHUT_WR)
        reply = wire.answer()
        assert (reply.status, reply.problem["type"]) == (400, "/problems/bad-request")
        assert wire.end() == b""


def test_a_chunked_body_without_its_end(service: Service) -> None:
    with Wire(service) as wire:
        wire.send(in_chunks(JSON_BODY).removesuffix(b"0\r\nA-Trailer: x\r\n\r\n"))
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.answer().status == 400
        assert wire.end() == b""


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("excess", [0, 1])
def test_the_limit_of_a_body_is_exact(service: Service, excess: int, is_chunked: bool) -> None:
    body = JSON_BODY + b" " * (MOST_BYTES + excess - len(JSON_BODY))
    with Wire(service) as wire:
        wire.send(in_chunks(body, 300_000) if is_chunked else post(body))
        reply = wire.answer()
        assert reply.status == (413 if excess else 200)
        if excess:
            assert reply.problem["limit"] == MOST_BYTES
            assert wire.end() == b""


@pytest.mark.parametrize("fields", [(), ("Expect: 100-continue",)], ids=["plain", "expect"])
def test_a_long_body_is_refused_before_it_is_sent(service: Service, fields: tuple[str, ...]) -> None:
    request = post(b"", *fields).replace(b"Content-Length: 0", b"Content-Length: 200000000000")
    with Wire(service) as wire:
        wire.send(request)
        reply = wire.answer()
        assert reply.status == 413
        assert reply.problem["limit"] == MOST_BYTES
        assert reply.problem["limit_points"] == 100_000
        assert reply.headers["connection"] == "close"
        assert "x-request-id" in reply.headers
        assert wire.end() == b""


# Slow clients.

SLOW_ROWS = 10_000  # whose answer no connection takes without a reader
LONG = post(b" " * 1_000_000)
SLOW = {
    "chunked head": CHUNKED + b"\r\n",
    "expecting head": post(b" " * 1000, "Expect: 100-continue")[:-1000],
    "part of a body": LONG[: len(LONG) - 1_000_000 + 64 * 1024],
    "no reading": post(table(SLOW_ROWS), "Accept: application/geo+json-seq", kind="text/csv"),
}


def in_progress(service: Service) -> float:
    with Wire(service) as wire:
        wire.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        lines = wire.answer().body.decode().splitlines()
    name = "caspian_http_requests_in_progress "
    return next(float(line.split()[1]) for line in lines if line.startswith(name))


@pytest.mark.parametrize("kind", list(SLOW))
def test_slow_clients_do_not_stop_a_fast_one(service: Service, kind: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 1024)), hard))
    with contextlib.ExitStack() as stack:
        slow = []
        for _ in range(40 if kind == "no reading" else 200):  # threads are 8
            wire = stack.enter_context(Wire(service, receive_buffer=4096))
            wire.send(SLOW[kind])
            slow.append(wire)
        fast = stack.enter_context(Wire(service))
        for _ in range(20):
            fast.send(LIVE + post(JSON_BODY))
            assert [fast.answer().status for _ in range(2)] == [200, 200]
        if kind == "no reading":  # all are being answered, though there are few threads
            until(lambda: in_progress(service) >= len(slow) + 1)
            assert rows_of("seq", slow[0].answer().body) == SLOW_ROWS
        elif kind == "expecting head":
            for wire in slow:
                assert wire.exactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for wire in slow if kind != "no reading" else ():
            wire.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                wire.socket.recv(1)
    until(lambda: in_progress(service) == 1)  # the one that asks


def test_a_failure_in_an_answer_shows_even_to_a_slow_reader(tmp_path: Path) -> None:
    """A worker that fails in the middle of an answer leaves it without its last chunk."""
    before = (
        "import api.batches.engine as e; real = e.answer\n"
        "def failing(edition, chunk, *a, **k):\n"
        "    failing.calls += 1\n"
        "    if failing.calls > 3: raise RuntimeError('on purpose')\n"
        "    return real(edition, chunk, *a, **k)\n"
        "failing.calls = 0; e.answer = failing"
    )
    with (
        running(tmp_path / "log", "--workers", "1", before=before) as service,
        Wire(service, receive_buffer=4096) as wire,
    ):
        wire.send(post(table(100_000), kind="text/csv"))
        received = wire.end()
        assert any("on purpose" in line for line in service.lines())
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert not received.endswith(b"0\r\n\r\n")


def test_what_a_client_takes_counts_though_the_system_hides_it() -> None:
    """A full buffer of the system's is writable again only when much of it has been taken."""
    ended: list[bool] = []
    worker = SimpleNamespace(_send_s=7.0, _end_rest=lambda _connection, _outcome, whole: ended.append(whole))
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.connect(listener.getsockname())
        sock, address = listener.accept()
        with sock:
            connection = Connection(sock, address, listener.getsockname())
            while connection.send(memoryview(bytes(1 << 20))):
                pass
            full = connection.not_taken()
            assert full > 1 << 20
            unsent = SimpleNamespace(on_its_way=full)
            outcome: Any = SimpleNamespace(unsent=unsent)
            left = full // 2
            while left:
                left -= len(client.recv(left))
            until(lambda: full - connection.not_taken() >= STRIDE_BYTES)
            now = time.monotonic()
            Worker._judge_pace(worker, connection, outcome)  # it has taken enough
            assert (ended, connection.deadline >= now + 7.0) == ([], True)
            assert unsent.on_its_way < full
            unsent.on_its_way = connection.not_taken()
            Worker._judge_pace(worker, connection, outcome)  # nothing since
            assert ended == [False]


def test_an_answer_is_made_as_it_is_taken(tmp_path: Path) -> None:
    """What nobody reads is not computed, and takes no room."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = (
        "import sys, api.batches.engine as e; real = e.answer\n"
        "def counting(*a, **k):\n"
        "    print('a chunk is made', file=sys.stderr, flush=True)\n"
        "    return real(*a, **k)\n"
        "e.answer = counting"
    )
    with running(tmp_path / "log", "--workers", "1", before=before, TMPDIR=str(temporary)) as service:

        def made() -> int:
            return sum("a chunk is made" in line for line in service.lines())

        def kept() -> int:
            """Bytes in the worker's temporary files."""
            total = 0
            for descriptor in Path(f"/proc/{service.workers[0]}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(temporary) in str(descriptor.readlink()):
                        total += descriptor.stat().st_size
            return total

        body = table(200_000)
        with Wire(service, receive_buffer=4096) as wire, Wire(service) as other:
            wire.send(post(body, kind="text/csv"))
            until(lambda: made() > 0 and kept() > len(body))
            for _ in range(100):
                other.send(LIVE)
                assert other.answer().status == 200
            assert made() <= 3  # of 20
            assert kept() < len(body) + 10_000_000
            answer = wire.answer()
            assert rows_of("csv", answer.body) == 200_000
            assert made() == 20
        until(lambda: kept() == 0)


# Few descriptors, lost files.


def test_few_descriptors(tmp_path: Path) -> None:
    before = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))"
    with (
        running(tmp_path / "log", "--workers", "1", before=before) as service,
        contextlib.ExitStack() as stack,
    ):
        for _ in range(120):
            stack.enter_context(Wire(service))
        for _ in range(20):
            with Wire(service) as wire:
                wire.send(post(table(5000), kind="text/csv"))
                assert rows_of("csv", wire.answer().body) == 5000


def test_the_folder_of_the_counts_goes_away(tmp_path: Path) -> None:
    with running(tmp_path / "log") as service:
        until(lambda: len(service.workers) == 2)
        assert service.ask("/version").status == 200
        folder = service.counts
        for lost in range(2):
            assert service.ask("/version").status == 200
            until(lambda: shutil.rmtree(folder, ignore_errors=True) or not folder.exists())
            for path in ("/metrics", "/nowhere", "/collections", "/metrics") * 2:
                assert service.ask(path).status in (200, 404)
            assert b"caspian_http_requests_total" in service.ask("/metrics").body
            if lost:
                break
            before = set(service.workers)
            for worker in before:
                os.kill(worker, signal.SIGKILL)
            until(lambda before=before: len(set(service.workers) - before) == 2)
            until(lambda: service.ask("/metrics").status == 200)
        assert service.process.poll() is None
