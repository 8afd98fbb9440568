from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import CORE_ENVIRONMENT, SETTINGS, Setting, SettingError, settings

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


@pytest.mark.parametrize("setting", [one for one in SETTINGS if isinstance(one.default, int)])
def test_numbers_without_bounds(setting: Setting) -> None:
    for value in ("1" + "0" * 20, "1" + "0" * 400, "1" * 5000):
        with pytest.raises(SettingError, match=setting.environment) as caught:
            settings({setting.name: value}, {})
        assert len(str(caught.value).replace(value, "")) < 200


def test_every_environment_variable_that_is_read_is_listed() -> None:
    listed = {setting.environment for setting in SETTINGS} | set(CORE_ENVIRONMENT)
    named = {
        name
        for package in ("api", "zones", "coastlines")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"\bCASPIAN_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert named <= listed
