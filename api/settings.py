"""Every setting of the service: its name, default, meaning and environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "CASPIAN_"


class SettingError(ValueError):
    """A setting has a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; the type of its default is its type.

    ``minimum`` and ``maximum`` bound a number; None sets no bound.
    """

    name: str
    default: str | int
    help: str
    minimum: int = 1
    maximum: int | None = None

    @property
    def environment(self) -> str:
        """Name of the environment variable."""
        return PREFIX + self.name

    def read(self, value: object) -> str | int:
        """The value in the setting's type.

        Raises
        ------
        SettingError
        """
        if isinstance(self.default, str):
            return str(value)
        try:
            number = int(str(value))
        except ValueError:
            raise SettingError(f"{self.environment} is {value!r}, but a whole number is needed") from None
        if number < self.minimum:
            raise SettingError(f"{self.environment} is {number}, but at least {self.minimum} is needed")
        if self.maximum is not None and number > self.maximum:
            raise SettingError(f"{self.environment} is {number}, but at most {self.maximum} is allowed")
        return number


SETTINGS: tuple[Setting, ...] = (
    Setting("EDITION", "osm", "edition that answers where a request names none"),
    Setting("HOST", "127.0.0.1", "address that `caspian serve` listens on"),
    Setting(
        "PORT",
        8000,
        "port that `caspian serve` listens on; 0 takes any free one",
        minimum=0,
        maximum=65_535,
    ),
    Setting("WORKERS", 2, "worker processes; they share the memory of the editions loaded at start"),
    Setting("THREADS", 8, "requests that each worker handles at a time"),
    Setting("PUBLIC_URL", "", "address of the service as clients see it, for links; else the request's"),
    Setting("MAX_POINTS", 100_000, "points that one request may classify"),
    Setting("MAX_ROUTE_VERTICES", 100_000, "vertices that the routes and areas of one request may have"),
    Setting("MAX_BODY_BYTES", 16 * 1024 * 1024, "bytes that the body of a request may have"),
    Setting("PAGE_LIMIT", 100, "features on a page where a request sets no limit"),
    Setting("MAX_PAGE_LIMIT", 1000, "features on a page at most; a larger limit is lowered to it"),
    Setting("MAX_OPEN_EDITIONS", 8, "editions that a worker keeps open, the latest used ones"),
)

# Read by the core itself, listed here so that one table shows everything.
CORE_ENVIRONMENT: Mapping[str, str] = {
    "CASPIAN_CACHE": "folder where built editions are kept; else the user's cache folder",
}


def settings(
    given: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> dict[str, str | int]:
    """All settings: the default, over it the environment, over that what is given by name.

    Raises
    ------
    SettingError
    """
    environment = os.environ if environment is None else environment
    given = given or {}
    values: dict[str, str | int] = {}
    for setting in SETTINGS:
        value: object = setting.default
        if environment.get(setting.environment):
            value = environment[setting.environment]
        if given.get(setting.name) is not None:
            value = given[setting.name]
        values[setting.name] = setting.read(value)
    return values
