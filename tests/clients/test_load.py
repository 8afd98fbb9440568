"""Heavy requests take neither all threads, nor all memory, nor the service from others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.clients.load import kinds, together
from tests.clients.running import serving
from tests.fuzz.run import WORKER_MOST_MB, Workers
from zones.editions.store import Store


def test_the_service_lives_beside_heavy_requests(real_store: Store, tmp_path: Path) -> None:
    # On a slow machine answers take longer than a service would let them: none shall break for that.
    with serving(real_store, tmp_path / "log", MAX_REQUEST_S=3600) as service:
        for heavy in kinds():
            if heavy.name == "unbuilt":  # the store of the tests has what it has
                continue
            with Workers(service.process) as workers:
                statuses, seen = together(service, replace(heavy, count=max(heavy.count // 3, 4)))
            assert set(statuses) <= {200, 400, 413, 503}, (heavy.name, statuses)
            assert set(seen.statuses) == {200}, heavy.name
            assert seen.first is None or seen.first > 0, heavy.name
            assert not workers.lost, heavy.name
            assert workers.most_mb < WORKER_MOST_MB, heavy.name
