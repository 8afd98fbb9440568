"""What all tests share: no time limit on examples, no settings from outside, one real store."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from zones.cache_folder import cache_folder
from zones.editions.store import Store

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _settings_of_the_tests_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CASPIAN_") and name != "CASPIAN_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The real store with the default edition, built once in an empty cache but for compiled code."""
    store = Store(tmp_path_factory.mktemp("editions"))
    kept = cache_folder() / "compiled"
    kept.mkdir(parents=True, exist_ok=True)
    (store.folder / "compiled").symlink_to(kept)
    store.edition("osm")
    return store
