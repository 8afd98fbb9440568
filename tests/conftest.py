"""What all tests share: no time limit on single examples, no settings from outside."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _settings_of_the_tests_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CASPIAN_") and name != "CASPIAN_CACHE":
            monkeypatch.delenv(name)
