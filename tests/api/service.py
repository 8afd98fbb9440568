"""The service as a process of its own, started, asked and stopped by tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
_FAKE = "from tests.api.fake_store import FakeStore; store = FakeStore()"
_REAL = "from pathlib import Path; from zones.store import Store; store = Store(Path({folder!r}))"


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

    @property
    def counts(self) -> Path:
        """Folder of the files that the workers count in."""
        maps = Path(f"/proc/{self.workers[0]}/maps").read_text().splitlines()
        (folder,) = {Path(line.split()[-1]).parent for line in maps if "/caspian-metrics-" in line}
        return folder

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def ask(
        self,
        path: str,
        body: bytes | None = None,
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
    body: bytes | None = None,
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
def running(
    log: Path,
    *flags: str,
    folder: Path | None = None,
    before: str = "",
    code: int = 0,
    **environment: str,
) -> Iterator[Service]:
    """The service on a free port: on the real store of a folder, else on the fake one.

    `before` is code that the process runs first, `code` what it ends with. Its log goes to a file, for a
    pipe that nobody reads would stop it.
    """
    store = _FAKE if folder is None else _REAL.format(folder=str(folder))
    program = f"import sys; {before}\n{store}\nfrom api.command_line import main\nsys.exit(main(store=store))"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--port", "0", *flags],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, **environment},
        )
    watchdog = threading.Timer(300, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # ends when the service is ready, or dead
        found = re.fullmatch(r"caspian: serving at http://127\.0\.0\.1:(\d+)/\n", line)
        assert found, line + log.read_text(encoding="utf-8")
        yield Service(process, int(found[1]), log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == code
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What a condition gives once it is true; fails when it stays false."""
    give_up = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.01)
