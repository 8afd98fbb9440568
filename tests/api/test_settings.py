from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import CORE_ENVIRONMENT, SETTINGS, SettingError, settings

ROOT = Path(__file__).resolve().parents[2]


def test_environment_goes_over_defaults_and_arguments_over_both() -> None:
    assert settings({}, {})["PORT"] == 8000
    assert settings({}, {"CASPIAN_PORT": "9000"})["PORT"] == 9000
    assert settings({"PORT": "9001"}, {"CASPIAN_PORT": "9000"})["PORT"] == 9001
    assert settings({"PORT": None}, {"CASPIAN_PORT": ""})["PORT"] == 8000


@pytest.mark.parametrize("value", ["x", "", "-1", "1.5", "0"])
def test_unusable_values(value: str) -> None:
    with pytest.raises(SettingError, match="CASPIAN_WORKERS"):
        settings({"WORKERS": value}, {})


def test_every_environment_variable_that_is_read_is_listed() -> None:
    listed = {setting.environment for setting in SETTINGS} | set(CORE_ENVIRONMENT)
    named = {
        name
        for package in ("api", "zones", "coastlines")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"\bCASPIAN_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert named <= listed
