"""Many heavy requests at a time, and light ones beside them: ``python -m tests.clients.load``."""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from tests.clients.running import Service, serving
from tests.fuzz.run import WORKER_MOST_MB, Workers
from zones.editions.store import Store

_ANSWER_S = 300.0  # without a byte
_BETWEEN_S = 0.02


@dataclass(frozen=True)
class Heavy:
    """A kind of heavy request, and how many are sent at a time."""

    name: str
    path: str
    media_type: str
    body: bytes
    count: int


def kinds() -> tuple[Heavy, ...]:
    """Each about as heavy as the service lets a request be."""
    chance = np.random.default_rng(20180812)
    lon, lat = chance.uniform(47, 54, 400_000), chance.uniform(37, 47, 400_000)
    pairs = [[x, y] for x, y in zip(lon[:100_000].round(6).tolist(), lat.round(6).tolist(), strict=False)]
    points = json.dumps({"points": pairs}).encode()
    rows = "".join(f"ship-{n:012},{x!r},{y!r}\n" for n, (x, y) in enumerate(zip(lon, lat, strict=True)))
    table = b"name,lon,lat\n" + rows.encode()[: 14 * 1024 * 1024].rpartition(b"\n")[0]
    zigzag = [[48.0 + 4.5 * (n % 2), 37.5 + 8.5 * n / 4000] for n in range(4000)]
    route = json.dumps({"type": "LineString", "coordinates": zigzag}).encode()
    empty = b'{"points":[' + b"[]," * 1_000_000 + b"[]]}"
    return (
        Heavy("points", "/classify", "application/json", points, 20),
        Heavy("table", "/classify", "text/csv", table, 12),
        Heavy("zigzag", "/crossings", "application/json", route, 20),
        Heavy("empty", "/classify", "application/json", empty, 8),
        Heavy(
            "unbuilt", "/classify?edition=dcw&fields=zone", "application/json", b'{"points":[[50,42]]}', 30
        ),
    )


@dataclass
class Beside:
    """What came of the requests to ``/health/live`` while others were answered.

    `first` are those that had been answered when the first of the others had its answer.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    first: int | None = None


def ask(url: str, method: str, path: str, body: bytes = b"", media_type: str = "") -> int:
    """The status of an answer that was read to its end; 0 where it broke off."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=_ANSWER_S)
    try:
        connection.request(method, path, body or None, {"Content-Type": media_type} if media_type else {})
        response = connection.getresponse()
        while response.read(1 << 16):
            pass
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@contextmanager
def beside(url: str) -> Iterator[Beside]:
    """Ask whether the service lives, again and again, until the block ends."""
    seen, end = Beside(), threading.Event()

    def watch() -> None:
        while not end.wait(_BETWEEN_S):
            begun = time.perf_counter()
            seen.statuses[ask(url, "GET", "/health/live")] += 1
            seen.seconds.append(time.perf_counter() - begun)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        end.set()
        thread.join()


def together(service: Service, heavy: Heavy) -> tuple[Counter[int], Beside]:
    """All requests of a kind at a time: their statuses, and what was answered beside."""
    with beside(service.url) as seen, ThreadPoolExecutor(heavy.count) as pool:
        asked = [
            pool.submit(ask, service.url, "POST", heavy.path, heavy.body, heavy.media_type)
            for _ in range(heavy.count)
        ]
        statuses: Counter[int] = Counter()
        for one in as_completed(asked):
            statuses[one.result()] += 1
            if one.result() == 200 and seen.first is None:
                seen.first = seen.statuses[200]
        return statuses, seen


def main() -> None:
    """Tell how long health took beside each kind, and what memory a worker had."""
    with tempfile.TemporaryDirectory() as folder, serving(Store(), Path(folder) / "log") as service:
        for heavy in kinds():
            if sys.argv[1:] and heavy.name not in sys.argv[1:]:
                continue
            with Workers(service.process) as workers:
                begun = time.perf_counter()
                statuses, seen = together(service, heavy)
            took = sorted(seen.seconds)
            print(
                f"{heavy.name}: {dict(statuses)} in {time.perf_counter() - begun:.1f} s; health "
                f"{dict(seen.statuses)}, median {took[len(took) // 2]:.3f} s, most {took[-1]:.3f} s; "
                f"largest worker {workers.most_mb:.0f} of {WORKER_MOST_MB:.0f} MB"
            )


if __name__ == "__main__":
    main()
