"""Ask a running service what nobody would ask: ``python -m tests.fuzz.run --requests 100000``.

Four fifths are raw bytes on sockets, the rest made from the service's own description by schemathesis.
It fails when an answer is from 500 up (but for those that `raw.ALLOWED_FROM_500` names), when a worker is
lost, or when one has more memory than `WORKER_MOST_MB`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis.config import HealthCheck, SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.clients.running import Service, serving
from tests.clients.test_schemathesis import FORMATS, TEXT_BODIES, text_body
from tests.fuzz.raw import ALLOWED_FROM_500, ANSWER_S, Outcome, fuzz
from zones.editions.store import Store

WORKER_MOST_MB = 700.0
SEED = 20180812
_AT_A_TIME = 4
_LOOK_EVERY_S = 0.05


@dataclass
class Workers:
    """The workers of a service, watched while it is asked."""

    master: int
    first: frozenset[int] = frozenset()  # processes there were at the start
    most_mb: float = 0.0  # the largest resident memory that one of them had [MB]
    lost: bool = False  # whether one of them is gone
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Workers:
        self.first = self._now()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _now(self) -> frozenset[int]:
        text = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return frozenset(int(pid) for pid in text.split())

    def _watch(self) -> None:
        while not self._end.wait(_LOOK_EVERY_S):
            self.lost |= not self.first <= self._now()
            for pid in self.first:
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                found = re.search(r"VmRSS:\s+(\d+) kB", status)
                self.most_mb = max(self.most_mb, int(found[1]) / 1024 if found else 0.0)


def by_sockets(service: Service, count: int, seed: int) -> Outcome:
    """Raw requests, several at a time; each connection has requests of its own seed."""
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/", service.url).groups()  # type: ignore[union-attr]
    shares = [count // _AT_A_TIME + (number < count % _AT_A_TIME) for number in range(_AT_A_TIME)]
    whole = Outcome()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        numbered = enumerate(shares)
        for one in pool.map(lambda pair: fuzz(host, int(port), pair[1], seed + pair[0]), numbered):
            whole.statuses += one.statuses
            whole.faults += one.faults
    return whole


def by_description(service: Service, count: int, seed: int) -> Outcome:
    """Requests made from the service's own description, right and wrong ones, in rounds up to a count."""
    for name, strategy in FORMATS.items():
        schemathesis.openapi.format(name, strategy)
    names = st.sampled_from(["osm", service.edition, f"{service.edition}0"])
    schemathesis.openapi.format("edition-name", names)
    schemathesis.serializer(*TEXT_BODIES)(text_body)
    whole = Outcome()
    while sum(whole.statuses.values()) < count:
        config = SchemathesisConfig(seed=seed, suppress_health_check=[HealthCheck.too_slow])
        schema = schemathesis.openapi.from_url(f"{service.url}openapi.json", config=config)
        # What it begins takes the machine for longer than all the rest; the tests try it without building.
        schema = schema.exclude(path="/processes/{processId}/execution", method="POST")
        schema.config.update(request_timeout=ANSWER_S)
        schema.config.generation.update(max_examples=max(5, min(count // 80, 200)), database="none")
        for event in from_schema(schema).execute():
            if isinstance(event, (events.NonFatalError, events.FatalError)):
                whole.faults.append(str(getattr(event, "info", None) or getattr(event, "exception", None)))
            elif isinstance(event, events.ScenarioFinished):
                for identity, interaction in event.recorder.interactions.items():
                    if interaction.response is None:
                        continue
                    status = interaction.response.status_code
                    whole.statuses[status] += 1
                    if status >= 500 and status not in ALLOWED_FROM_500:
                        command = event.recorder.cases[identity].value.as_curl_command()
                        whole.faults.append(f"{status} to {command[:1000]}")
        seed += 1
    return whole


def faults_of(requests: int, seed: int, store: Store, log: Path) -> list[str]:
    """Start the service, ask it, and tell what went wrong; what was answered is printed."""
    with serving(store, log) as service, Workers(service.process) as workers:
        raw = by_sockets(service, requests - requests // 5, seed)
        print(f"by sockets: {_counted(raw.statuses)}", *raw.faults, sep="\n", flush=True)
        described = by_description(service, requests // 5, seed)
        alive = service.json("health/ready")
    print(f"by description: {_counted(described.statuses)}")
    print(f"largest worker: {workers.most_mb:.0f} MB; ready at the end: {alive}")
    faults = raw.faults + described.faults
    if workers.lost:
        faults.append("a worker was lost")
    if workers.most_mb > WORKER_MOST_MB:
        faults.append(f"a worker had {workers.most_mb:.0f} MB, more than {WORKER_MOST_MB:g}")
    if sum((raw.statuses + described.statuses).values()) < requests:
        faults.append("fewer requests were answered or ended than asked for")
    return faults


def _counted(statuses: Counter[int]) -> str:
    total = sum(statuses.values())
    return f"{total} requests; " + ", ".join(
        f"{status or 'closed'}: {n}" for status, n in sorted(statuses.items())
    )


def main() -> int:
    """Fuzz as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = faults_of(arguments.requests, arguments.seed, Store(), Path(folder) / "service.log")
    for fault in faults[:50]:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
