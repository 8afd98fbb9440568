"""The service really started once: gunicorn, two workers, a free port."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from tests.api.fake_store import FakeStore
from api.command_line import main
sys.exit(main(store=FakeStore()))
"""


def serve(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process = serve("--port", "0", "--workers", "2")
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # ends when the service is ready, or dead
        found = re.fullmatch(r"caspian: serving at (http://127\.0\.0\.1:\d+)/\n", line)
        assert found, line + (process.stderr.read() if process.stderr else "")
        yield found[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def ask(address: str, body: bytes | None = None) -> tuple[int, str, dict[str, object]]:
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers["Content-Type"], json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], json.load(error)


def test_it_answers(address: str) -> None:
    status, _, answer = ask(f"{address}/health/ready")
    assert (status, answer["status"]) == (200, "ok")
    status, _, answer = ask(f"{address}/classify?lon=48.1&lat=42")
    assert (status, answer["zone"]) == (200, "territorial_waters")
    status, _, answer = ask(f"{address}/classify", b'{"points": [[50, 42]]}')
    assert (status, answer["edition"]) == (200, "osm-0123abcd")
    status, kind, _ = ask(f"{address}/nowhere")
    assert (status, kind) == (404, "application/problem+json")


def test_a_body_far_over_the_limit_gets_its_answer(address: str) -> None:
    """The refusal reaches a client that still sends, instead of a broken connection."""
    body = b'{"points": [' + b"[50.123456,42.123456]," * 1_900_000 + b"[50,42]]}"
    status, kind, answer = ask(f"{address}/classify", body)
    assert (status, kind) == (413, "application/problem+json")
    assert answer["limit"] == 16 * 1024 * 1024
    assert answer["limit_points"] == 100_000


def test_a_million_short_points_are_too_many(address: str) -> None:
    body = b'{"points": [' + b"[50,42]," * 1_000_000 + b"[50,42]]}"
    status, _, answer = ask(f"{address}/classify", body)
    assert (status, answer["limit"]) == (413, 100_000)


def test_a_port_in_use_is_said_in_one_line(address: str) -> None:
    port = address.rpartition(":")[2]
    process = serve("--port", port)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err.startswith("caspian: cannot listen")
    assert "in use" in err
    assert len(err.splitlines()) == 1


def test_malformed_requests_do_not_hurt(address: str) -> None:
    port = int(address.rpartition(":")[2])
    for text in (
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100_000 + b"\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(text)
            assert b" 4" in connection.recv(1000)[:15]
    assert ask(f"{address}/health/live")[0] == 200
