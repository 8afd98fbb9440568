"""The default edition built once, and rules and partitions of every bundled coast."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.zones.basin import FULL, ruler_of
from tests.zones.ruler import Ruler
from zones.editions import building
from zones.editions.building import Built
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.lines.partition import Partition, partition_sea
from zones.rule.rule import Rule, make_rule


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """What was built in this process, by edition name: the default edition at first."""
    built: dict[str, Built] = {}
    genuine = building.build

    def record(*arguments, **options):
        built[options["name"]] = genuine(*arguments, **options)
        return built[options["name"]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "build", record)
        Store(tmp_path_factory.mktemp("recorded")).edition("osm")
    return built


@pytest.fixture(scope="session")
def store(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the default edition, in a folder of its own."""
    return Store(shutil.copytree(made_once, tmp_path_factory.mktemp("store") / "cache"))


@pytest.fixture(scope="session")
def edition(store: Store) -> Edition:
    """The default edition, opened from the cache."""
    return store.edition("osm")


@pytest.fixture(scope="session")
def partition_of(edition: Edition) -> Callable[[str], Partition]:
    """Partition of a bundled coast at full breadths."""

    @cache
    def of(source_id: str) -> Partition:
        if source_id == "osm":
            return edition.partition
        return partition_sea(rule_of_coast(source_id))

    return of


@cache
def rule_of_coast(source_id: str) -> Rule:
    return make_rule(building.bundled_baseline(source_id), FULL)


@pytest.fixture(scope="session")
def rule_of() -> Callable[[str], Rule]:
    """Rule of a bundled coast at full breadths."""
    return rule_of_coast


@pytest.fixture(scope="session")
def ruler() -> Callable[..., Ruler]:
    """Independent ruler over the baseline of a bundled coast, or of some of its States."""

    @cache
    def of(source_id: str, *states: str) -> Ruler:
        return ruler_of(building.bundled_baseline(source_id), *states)

    return of


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20180812)
