"""A short run of the fuzzing, always of the same requests; ``make fuzz`` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.run import SEED, faults_of
from zones.editions.store import Store

REQUESTS = 1_000


def test_nothing_fails_and_no_worker_is_lost(real_store: Store, tmp_path: Path) -> None:
    faults = faults_of(REQUESTS, SEED, real_store, tmp_path / "service.log")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:10])
