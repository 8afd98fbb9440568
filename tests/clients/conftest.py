"""One running service for all clients, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.clients.browsing import Contexts, Open, browsing, watched
from tests.clients.running import Service, serving
from zones.editions.store import Store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, so that it can be chosen beside others."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("clients")


@pytest.fixture(scope="session")
def service(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(real_store, tmp_path_factory.mktemp("service") / "errors.log") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing() as started:
        yield started


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def opened(contexts: Contexts, service: Service) -> Iterator[Open]:
    """Opens an address in a page of its own; complaints and requests elsewhere fail the test."""
    with watched(contexts, service) as open_page:
        yield open_page
