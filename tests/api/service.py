"""The service as a process of its own, started, asked and stopped by tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180.0  # before something counts as stuck; of a slow machine with much else to do
GUNICORN = ("-m", "gunicorn", "-c", "python:api.http.gunicorn_configuration")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[int]:
        """Processes of the workers."""
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def ask(
        self,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        *,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        with contextlib.closing(self.connect()) as connection:
            return asked(connection, path, body, method=method, headers=headers)


def asked(
    connection: http.client.HTTPConnection,
    path: str,
    body: bytes | Iterator[bytes] | None = None,
    *,
    method: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    sent = dict(headers or {})
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    connection.request(method or ("GET" if body is None else "POST"), path, body, sent)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


@contextlib.contextmanager
def running(log: Path, application: str = "fake()", code: int = 0, **settings: object) -> Iterator[Service]:
    """An application of `tests.api.served` on a free port, served as `caspian serve` has it served.

    Its log goes to a file, for a pipe that nobody reads would stop it. `code` is what it ends with.
    """
    command = [sys.executable, *GUNICORN, f"tests.api.served:{application}"]
    with started(command, log, code, **settings) as service:
        yield service


@contextlib.contextmanager
def started(command: Sequence[str], log: Path, code: int = 0, **settings: object) -> Iterator[Service]:
    """The service by a command, with settings by name; stopped in the end."""
    given = {"PORT": 0, **settings}
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=file, text=True,
            env={**os.environ, **{f"CASPIAN_{name}": str(value) for name, value in given.items()}},
        )  # fmt: skip
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # ends when the service is ready, or dead
        watchdog.cancel()
        found = re.fullmatch(r"caspian: serving at http://127\.0\.0\.1:(\d+)/\n", line)
        assert found, line + log.read_text(encoding="utf-8")
        yield Service(process, int(found[1]), log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == code
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


@contextlib.contextmanager
def kept_port() -> Iterator[int]:
    """A free port that nobody is given and nothing listens at, but who asks for it by its number."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


class Wire:
    """A connection whose answers are parsed strictly."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))
        self.received = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> bytes:
        while b"\r\n" not in self.received:
            self._more()
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    def exactly(self, count: int) -> bytes:
        while len(self.received) < count:
            self._more()
        found, self.received = self.received[:count], self.received[count:]
        return found

    def answer(self, *, head_only: bool = False) -> Reply:
        version, status, *_ = self.line().split(b" ")
        assert version.startswith(b"HTTP/1.")
        headers: dict[str, str] = {}
        while line := self.line():
            name, _, value = line.decode("ascii").partition(": ")
            headers[name.lower()] = value
        body = b""
        if headers.get("transfer-encoding") == "chunked":
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
        """What is left until the other side closes."""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(1 << 20):
                self.received += piece
        return self.received

    def _more(self) -> None:
        piece = self.socket.recv(1 << 20)
        assert piece, f"closed after {self.received[-200:]!r}"
        self.received += piece


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        assert self.headers["content-type"] == "application/problem+json", self
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        return problem


def get(path: str, *fields: str, method: str = "GET", version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


def post(body: bytes, *fields: str, kind: str = "application/json", version: str = "1.1") -> bytes:
    head = (f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields)
    return get("/classify", *head, method="POST", version=version) + body


def in_chunks(body: bytes, size: int = 7) -> bytes:
    head = get("/classify", "Content-Type: application/json", "Transfer-Encoding: chunked", method="POST")
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return head + chunks + b"0\r\nA-Trailer: x\r\n\r\n"


def table(rows: int) -> bytes:
    """A table of positions on the fake sea."""
    return b"lon,lat\n" + b"".join(b"%d.%d,42\n" % (48 + row % 3, row % 10) for row in range(rows))


def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What a condition gives once it is true; fails when it stays false."""
    give_up = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.01)
