"""What all tests share: no time limit on examples, no settings from outside, one real store."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from zones.cache_folder import cache_folder
from zones.editions.store import Store

# Files whose tests take longest, which begin first so that all processes end together.
_LONGEST = (
    "clients/test_accessibility.py", "clients/test_what_if_page.py", "clients/test_fuzz.py",
    "clients/test_spark.py", "clients/test_load.py", "clients/test_schemathesis.py",
    "clients/test_processes.py", "clients/test_gdal.py", "clients/test_recipes.py", "clients/test_qgis.py",
    "zones/test_closing.py", "api/test_precompile.py", "api/test_server.py",
    "zones/test_verify_default_coast.py", "zones/test_seabed.py", "zones/test_store.py",
    "zones/test_crossings.py", "zones/test_verify.py", "zones/test_golden.py", "zones/test_limits.py",
    "zones/test_partition.py", "zones/test_comparison.py", "zones/test_compiled.py", "api/test_wheel.py",
    "zones/test_primitives.py", "api/test_batches.py", "api/test_command_line.py", "api/test_pages.py",
    "api/test_what_if.py", "api/test_reports.py", "api/test_formats.py", "api/test_notations.py",
    "api/test_processes.py", "api/test_bounds.py", "zones/test_simplification.py", "zones/test_cells.py",
    "zones/test_limit_segments.py", "zones/test_equidistance.py", "zones/test_differences.py",
)  # fmt: skip

settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""
    ranks = {Path(__file__).parent / name: rank for rank, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_collection_finish() -> None:
    """Modules and tests, which stay to the end, are not gone through at every collection of garbage."""
    gc.freeze()
    gc.set_threshold(5_000)


@pytest.fixture(autouse=True)
def _settings_of_the_tests_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CASPIAN_") and name != "CASPIAN_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the default edition and what it is compared with, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"
    with FileLock(f"{folder}.lock"):
        edition = Store(folder).edition("osm")
        edition.classify_one(lon=50.0, lat=42.0, compare=True)
        _ = edition.cells
    return folder


@pytest.fixture(scope="session")
def real_store(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The real store with the default edition, in a cache of its own but for compiled code."""
    store = Store(shutil.copytree(made_once, tmp_path_factory.mktemp("real") / "cache"))
    kept = cache_folder() / "compiled"
    kept.mkdir(parents=True, exist_ok=True)
    (store.folder / "compiled").symlink_to(kept)
    return store
