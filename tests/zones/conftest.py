"""The default edition built once, and rules and partitions of every bundled coast."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

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
def recorded() -> dict[str, Built]:
    """What was built for the session's store, by edition name."""
    return {}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, recorded: dict[str, Built]) -> Store:
    """A store in an empty folder, with the default edition in it."""
    genuine = building.build

    def record(*arguments, **options):
        recorded[options["name"]] = genuine(*arguments, **options)
        return recorded[options["name"]]

    store = Store(tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "build", record)
        store.edition("osm")
    return store


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
