"""The HTTP service on loopback: answers and points a second, slow clients, memory, start.

    python -m benchmarks.service [--quick] [--workers 2] [--before CHECKOUT --before-cache FOLDER]

With another checkout of the project, which has a .venv of its own, both services run and are asked in
alternating rounds. A service is started as an operator starts it, with its edition in the cache. wrk asks
over keep-alive connections, all kinds of requests in turn, in many short rounds, for other work on the
machine comes and goes; medians of all rounds are told. A sample of all answers is compared with the rule
applied in this process: speed of wrong answers counts for nothing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import shapely

from benchmarks._slow_clients import slow_clients
from benchmarks._wrk import Load, Work, WrkError, gets, posts, require_wrk, run
from benchmarks.common import table, tell
from tests.clients.nginx import proxied
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.rule.rule import decide_many
from zones.words import ANSWERS, STATES

SINGLE_RATIO = 0.80
COMPARED_RATIO = 0.50
FULL_POINTS = 100_000  # a second
FIELDS_POINTS = 500_000  # a second
START_S = 2.0
FAST_MEDIAN_MS = 5.0  # behind nginx, beside slow clients
BEFORE_RATIO = 0.95

POSITIONS = 5_000
BATCH = 10_000
BODIES = 5
CONNECTIONS = 8
BATCH_CONNECTIONS = 4
SLOW_CLIENTS = 200
FAST_REQUESTS = 300  # fewer than nginx lets a client ask at once
SAMPLE = 200
ROUNDED_M = 0.001
MEGABYTE = 1e6

CONSTANTS = ("version", "live")
ALL_FIELDS, TWO_FIELDS = "/classify", "/classify?fields=zone,state"

_WITHIN_S = 180


@dataclass(frozen=True)
class Service:
    """A running service."""

    host: str
    port: int
    process: int
    start_s: float

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        """The body of an answer, from a connection of its own; it must be a success."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{method} {path} is answered {response.status}: {answer[:200]!r}")
        return answer

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        return [int(child) for child in children.read_text(encoding="ascii").split()]


def main() -> int:
    """Measure and print; 1 where a target is missed, 2 where nothing can be measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter and fewer rounds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--before", type=Path, help="another checkout to compare with")
    parser.add_argument("--before-cache", type=Path, help="its cache (default: .cache in it)")
    options = parser.parse_args()
    rounds, seconds = (5, 1) if options.quick else (25, 1)

    try:
        require_wrk()
        edition = Store().edition("osm")
        lon, lat = sea_positions(edition, POSITIONS + BATCH * BODIES)
        with (
            tempfile.TemporaryDirectory(prefix="caspian-benchmark-") as name,
            serving(options.workers, Path(name)) as service,
        ):
            if options.before is None:
                return measure(service, edition, lon, lat, Path(name), rounds, seconds)
            cache = options.before_cache or options.before / ".cache"
            with serving(options.workers, Path(name), options.before.resolve(), cache.resolve()) as before:
                return compare(service, before, lon, lat, Path(name), rounds, 4 * seconds)
    except WrkError as error:
        tell(str(error))
        return 2


def measure(
    service: Service,
    edition: Edition,
    lon: np.ndarray,
    lat: np.ndarray,
    folder: Path,
    rounds: int,
    seconds: float,
) -> int:
    """Ask, count, and judge."""
    firsts = range(POSITIONS, len(lon), BATCH)
    bodies = [points_body(lon[one : one + BATCH], lat[one : one + BATCH]) for one in firsts]
    asked = [f"/classify?lon={x}&lat={y}" for x, y in zip(lon[:POSITIONS], lat[:POSITIONS], strict=True)]
    largest, size = largest_download(service)
    works = {
        "version": gets(folder, "version", ["/version"], connections=CONNECTIONS),
        "live": gets(folder, "live", ["/health/live"], connections=CONNECTIONS),
        "single": gets(folder, "single", [f"{one}&compare=false" for one in asked], connections=CONNECTIONS),
        "compared": gets(folder, "compared", asked, connections=CONNECTIONS),
        "batch": posts(folder, "batch", ALL_FIELDS, bodies, connections=BATCH_CONNECTIONS),
        "fields": posts(folder, "fields", TWO_FIELDS, bodies, connections=BATCH_CONNECTIONS),
        "download": gets(folder, "download", [largest], connections=BATCH_CONNECTIONS),
    }
    wrong = wrong_answers(service, edition, lon, lat)
    for work in works.values():
        run(service.url, work, 1)
    memory = {"after warm-up": memory_of(service)}
    loads = [{name: run(service.url, work, seconds) for name, work in works.items()} for _ in range(rounds)]
    memory["after load"] = memory_of(service)
    wrong += wrong_answers(service, edition, lon, lat)

    with proxied(folder / "nginx", service.port) as port:
        front = replace(service, port=port)
        alone = fast_client(front, asked)
        with slow_clients(front.host, front.port, SLOW_CLIENTS, largest):
            beset = fast_client(front, asked)
    wrong += wrong_answers(service, edition, lon, lat)

    tell(f"{len(service.workers())} workers, {rounds} rounds of {seconds:g} s for each, positions at sea")
    tell(requests_table(works, loads))
    tell("")
    tell(f"largest download ({largest}, {size / MEGABYTE:.1f} MB): {download_speed(loads):.0f} MB/s")
    tell("")
    tell(latency_table(alone, beset))
    tell("")
    tell(memory_table(memory))
    tell("")
    return judge(service, loads, beset, wrong)


def compare(
    service: Service,
    before: Service,
    lon: np.ndarray,
    lat: np.ndarray,
    folder: Path,
    rounds: int,
    seconds: float,
) -> int:
    """Ask two services in alternating rounds; 1 where this one is slower than allowed."""
    chosen = slice(POSITIONS, POSITIONS + BATCH)
    rows = "".join(f"{x},{y}\n" for x, y in zip(lon[chosen], lat[chosen], strict=True))
    singles = [
        f"/classify?lon={x}&lat={y}&compare=false"
        for x, y in zip(lon[:POSITIONS], lat[:POSITIONS], strict=True)
    ]
    body = points_body(lon[chosen], lat[chosen])
    works = {
        "single": gets(folder, "single", singles, connections=CONNECTIONS),
        "JSON": posts(folder, "json", ALL_FIELDS, [body], connections=BATCH_CONNECTIONS),
        "CSV": posts(
            folder, "csv", ALL_FIELDS, [f"lon,lat\n{rows}".encode()],
            connections=BATCH_CONNECTIONS, media_type="text/csv",
        ),
    }  # fmt: skip
    loads: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for round_ in range(rounds + 1):
        for name, work in works.items():
            turn = (before, service) if round_ % 2 else (service, before)
            rates = {one.port: run(one.url, work, seconds).requests_per_s for one in turn}
            if round_:  # the first warms up
                loads[name].append((rates[service.port], rates[before.port]))
    shown, slower = [], False
    for name, pairs in loads.items():
        now, then = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        slower |= now < BEFORE_RATIO * then
        shown.append((name, f"{now:,.1f}", f"{then:,.1f}", f"{now / then:.2f}"))
    tell(table(("answers a second", "now", "before", "ratio"), shown))
    return int(slower)


def judge(service: Service, loads: Sequence[dict[str, Load]], beset: Sequence[float], wrong: int) -> int:
    """Say which targets are met; 1 where one is not."""
    single, compared = ratio(loads, "single"), ratio(loads, "compared")
    full, fields = points_a_second(loads, "batch"), points_a_second(loads, "fields")
    beside_ms, start = 1e3 * median(beset), service.start_s
    targets = [
        (f"single positions: {SINGLE_RATIO:g} of a constant answer", f"{single:.2f}", single >= SINGLE_RATIO),
        (f"with comparison: {COMPARED_RATIO:g}", f"{compared:.2f}", compared >= COMPARED_RATIO),
        (f"all fields: {FULL_POINTS:,} points a second", f"{full:,.0f}", full >= FULL_POINTS),
        (f"two fields: {FIELDS_POINTS:,} points a second", f"{fields:,.0f}", fields >= FIELDS_POINTS),
        (
            f"behind nginx beside slow clients: median {FAST_MEDIAN_MS:g} ms",
            f"{beside_ms:.2f} ms",
            beside_ms <= FAST_MEDIAN_MS,
        ),
        (f"from command to ready: {START_S:g} s", f"{start:.2f} s", start <= START_S),
        ("answers differing from the rule: none", str(wrong), wrong == 0),
    ]
    rows = [(name, measured, "met" if met else "MISSED") for name, measured, met in targets]
    tell(table(("target", "measured", ""), rows))
    return 0 if all(met for _, _, met in targets) else 1


@contextmanager
def serving(
    workers: int, folder: Path, checkout: Path | None = None, cache: Path | None = None
) -> Iterator[Service]:
    """The service in a process of its own, on a free port, with no setting but the cache folder."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CASPIAN_") or name == "CASPIAN_CACHE"
    }
    if cache is not None:
        environment["CASPIAN_CACHE"] = str(cache)
    python = sys.executable if checkout is None else str(checkout / ".venv" / "bin" / "python")
    command = [python, "-m", "api", "serve", "--port", "0", "--workers", str(workers)]
    printed = folder / f"printed-{'now' if checkout is None else 'before'}.log"
    with printed.open("wb") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=checkout, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = None
        while address is None or not _is_ready(address):
            if process.poll() is not None or time.perf_counter() - begin > _WITHIN_S:
                raise RuntimeError(f"the service did not start: {printed.read_text(encoding='utf-8')}")
            time.sleep(0.005)
            found = re.search(r"serving at (http://[^\s/]+)/", printed.read_text(encoding="utf-8"))
            address = found[1] if found else None
        start_s = time.perf_counter() - begin
        parts = urlsplit(address)
        yield Service(str(parts.hostname), int(parts.port or 0), process.pid, start_s)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def _is_ready(address: str) -> bool:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def sea_positions(edition: Edition, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random positions on the water, with as many decimals as a GPS gives. [deg]"""
    sea = edition.rule.baseline.sea
    west, south, east, north = sea.bounds
    shapely.prepare(sea)
    rng = np.random.default_rng(20180812)
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < count:
        x, y = rng.uniform(west, east, count).round(6), rng.uniform(south, north, count).round(6)
        wet = shapely.contains_xy(sea, x, y)
        lon, lat = np.append(lon, x[wet]), np.append(lat, y[wet])
    return lon[:count], lat[:count]


def points_body(lon: np.ndarray, lat: np.ndarray) -> bytes:
    return json.dumps({"points": np.column_stack([lon, lat]).tolist()}).encode()


def largest_download(service: Service) -> tuple[str, int]:
    """Path and bytes of the largest file on offer."""
    listed = json.loads(service.ask("/downloads"))["downloads"]
    paths = [urlsplit(one.get("href") or one["url"]).path for one in listed]
    sizes = [len(service.ask(path)) for path in paths]
    size, path = max(zip(sizes, paths, strict=True))
    return path, size


def wrong_answers(service: Service, edition: Edition, lon: np.ndarray, lat: np.ndarray) -> int:
    """How many of a sample are not what the rule says: single positions both ways, batches both ways."""
    decided = decide_many(edition.rule, lon, lat)
    states = [STATES[code] if code >= 0 else None for code in decided.state]
    rightly = list(zip([ANSWERS[code] for code in decided.zone], states, decided.length, strict=True))
    wrong = 0
    for row in range(0, POSITIONS, POSITIONS // SAMPLE):
        for comparison, compared in (("", True), ("&compare=false", False)):
            record = json.loads(service.ask(f"/classify?lon={lon[row]}&lat={lat[row]}{comparison}"))
            here = (record["lon"], record["lat"]) == (lon[row], lat[row])
            known = (record["certain"] is not None) == compared
            wrong += not (here and known and is_right(record, rightly[row]))
    chosen = slice(POSITIONS, POSITIONS + BATCH)
    body = points_body(lon[chosen], lat[chosen])
    for path in (ALL_FIELDS, TWO_FIELDS):
        records = json.loads(service.ask(path, body))["results"]
        wrong += abs(len(records) - BATCH)
        wrong += sum(
            not is_right(record, truth) for record, truth in zip(records, rightly[chosen], strict=False)
        )
    return wrong


def is_right(record: dict[str, Any], truth: tuple[str, str | None, float]) -> bool:
    """Whether a record has zone, State and, where it is given, the distance of the rule."""
    zone, state, distance_m = truth
    if (record["zone"], record["state"]) != (zone, state):
        return False
    return abs(record.get("baseline_distance_m", distance_m) - distance_m) < ROUNDED_M


def fast_client(service: Service, paths: Sequence[str]) -> list[float]:
    """Durations of requests one after the other, each in a connection of its own; infinite if failed. [s]"""
    durations = []
    for path in paths[:FAST_REQUESTS]:
        begin = time.perf_counter()
        try:
            service.ask(f"{path}&compare=false")
            durations.append(time.perf_counter() - begin)
        except (OSError, http.client.HTTPException, RuntimeError):
            durations.append(math.inf)
    return durations


def memory_of(service: Service) -> list[tuple[float, float]]:
    """Resident and proportional set size of each worker. [MB]"""
    sizes = []
    for worker in service.workers():
        text = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii")
        found = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", text, re.MULTILINE))
        sizes.append((int(found["Rss"]) * 1024 / MEGABYTE, int(found["Pss"]) * 1024 / MEGABYTE))
    return sizes


def rate(loads: Sequence[dict[str, Load]], name: str) -> float:
    """Answers a second, median of the rounds."""
    return median(one[name].requests_per_s for one in loads)


def ratio(loads: Sequence[dict[str, Load]], name: str) -> float:
    """To the faster of the constant answers."""
    return rate(loads, name) / max(rate(loads, constant) for constant in CONSTANTS)


def points_a_second(loads: Sequence[dict[str, Load]], name: str) -> float:
    return BATCH * rate(loads, name)


def download_speed(loads: Sequence[dict[str, Load]]) -> float:
    return median(one["download"].bytes_per_s for one in loads) / MEGABYTE


def requests_table(works: dict[str, Work], loads: Sequence[dict[str, Load]]) -> str:
    names = {
        "version": "GET /version",
        "live": "GET /health/live",
        "single": "GET /classify, compare=false",
        "compared": "GET /classify",
        "batch": f"POST /classify, {BATCH:,} points, all fields",
        "fields": f"POST /classify, {BATCH:,} points, fields=zone,state",
        "download": "GET the largest download",
    }
    rows = []
    for name, title in names.items():
        points = f"{points_a_second(loads, name):,.0f}" if name in ("batch", "fields") else ""
        rows.append(
            (
                title,
                str(works[name].connections),
                f"{rate(loads, name):,.1f}",
                f"{ratio(loads, name):.2f}",
                points,
                f"{median(one[name].median_ms for one in loads):.1f}",
                f"{median(one[name].p99_ms for one in loads):.1f}",
            )
        )
    return table(("", "connections", "a second", "ratio", "points a second", "median ms", "99 % ms"), rows)


def latency_table(alone: Sequence[float], beset: Sequence[float]) -> str:
    rows = [
        (
            name,
            f"{len(taken):,}",
            *(f"{1e3 * value:.1f}" for value in np.percentile(taken, [50, 99, 100], method="higher")),
        )
        for name, taken in (("alone", alone), (f"beside {SLOW_CLIENTS} slow clients", beset))
    ]
    return table(("a fast client's latency", "answers", "median ms", "99 % ms", "slowest ms"), rows)


def memory_table(memory: dict[str, list[tuple[float, float]]]) -> str:
    rows = [
        (f"worker {number}, {when}", f"{resident:.0f}", f"{share:.0f}")
        for when, sizes in memory.items()
        for number, (resident, share) in enumerate(sizes, 1)
    ]
    return table(("memory", "resident MB", "proportional share MB"), rows)


if __name__ == "__main__":
    sys.exit(main())
