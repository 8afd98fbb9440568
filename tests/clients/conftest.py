"""One running service for all clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.running import Service, serving
from zones.editions.store import Store


@pytest.fixture(scope="session")
def service(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(real_store, tmp_path_factory.mktemp("service") / "errors.log") as running:
        yield running
