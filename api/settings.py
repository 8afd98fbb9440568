"""Every setting of the service: its name, default, meaning, environment variable and flag."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PREFIX = "CASPIAN_"
ON, OFF = "on", "off"
_DAY_S = 86_400
_METAVARS = {"EDITION": "E", "HOST": "ADDRESS", "PORT": "PORT", "PUBLIC_URL": "URL"}


class SettingError(ValueError):
    """A setting has a value that it cannot have."""


def _public_url(text: str) -> str:
    """An absolute address without a slash at its end; empty stays empty."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        whole = False
    if not whole or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("an absolute http or https address is needed")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address without query, fragment and user is needed")
    return text.rstrip("/")


def _origins(text: str) -> str:
    """``*``, ``none``, or origins with a space between them."""
    words = text.replace(",", " ").split()
    if words in (["*"], ["none"]) or not words:
        return " ".join(words) or "none"
    for word in words:
        if "://" not in word or _public_url(word) != word or urlsplit(word).path:
            raise ValueError(f"{word!r} is no origin; * or none or origins as https://example.org are needed")
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; the type of its default is its type.

    ``minimum`` and ``maximum`` bound a number; ``choices`` are the words that a
    text may be; ``check`` gives a text its one form or raises ValueError with what is needed.
    """

    name: str
    default: str | int
    help: str
    minimum: int = 1
    maximum: int = 1_000_000_000
    choices: tuple[str, ...] = ()
    check: Callable[[str], str] | None = None

    @property
    def environment(self) -> str:
        """Name of the environment variable."""
        return PREFIX + self.name

    @property
    def flag(self) -> str:
        """Name of the option of ``caspian serve``."""
        return "--" + self.name.lower().replace("_", "-")

    def read(self, value: object, said_as: str | None = None) -> str | int:
        """The value in the setting's type; an error calls the setting `said_as`. Raises `SettingError`."""
        name = said_as or self.environment
        if isinstance(self.default, str):
            return self._read_text(str(value), name)
        try:
            number = int(str(value))
        except ValueError:
            raise SettingError(f"{name} is {str(value)[:80]!r}, but a whole number is needed") from None
        if number < self.minimum:
            raise SettingError(f"{name} is {number}, but at least {self.minimum} is needed")
        if number > self.maximum:
            raise SettingError(f"{name} is {number}, but at most {self.maximum} is allowed")
        return number

    def _read_text(self, text: str, name: str) -> str:
        if self.choices and text not in self.choices:
            raise SettingError(f"{name} is {text!r}, but one of {', '.join(self.choices)} is needed")
        if self.check is None:
            return text
        try:
            return self.check(text)
        except ValueError as error:
            raise SettingError(f"{name} is {text!r}: {error}") from None


SETTINGS: tuple[Setting, ...] = (
    Setting("EDITION", "osm", "edition that answers where a request names none"),
    Setting("HOST", "127.0.0.1", "address that `caspian serve` listens on"),
    Setting(
        "PORT", 8000, "port that `caspian serve` listens on; 0 takes any free one", minimum=0, maximum=65_535
    ),
    Setting(
        "WORKERS", 2, "worker processes; they share the memory of the editions loaded at start", maximum=1000
    ),
    Setting("THREADS", 64, "requests that each worker computes at a time", maximum=10_000),
    Setting(
        "PUBLIC_URL",
        "",
        "address of the service as clients see it, for links; else the request's",
        check=_public_url,
    ),
    Setting(
        "TRUSTED_PROXIES",
        0,
        "proxies in front whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are believed; "
        "with 0 these headers are ignored",
        minimum=0,
        maximum=10,
    ),
    Setting(
        "CORS_ORIGINS",
        "*",
        "origins whose pages may read answers, with spaces between; `*` for all, `none` for none; pages "
        "of listed origins may also post",
        check=_origins,
    ),
    Setting("MAX_POINTS", 100_000, "points that one request may classify as JSON or GeoJSON"),
    Setting("MAX_FEATURES", 1000, "routes and areas that one request may hold"),
    Setting("MAX_ROUTE_VERTICES", 10_000, "vertices that the routes and areas of one request may have"),
    Setting("MAX_ROUTE_LENGTH_KM", 2_000_000, "length of the routes and outlines of one request together"),
    Setting("MAX_ROUTE_LEGS", 50_000, "legs that the routes of one request may fall into"),
    Setting("MAX_BODY_BYTES", 16 * 1024 * 1024, "bytes that the body of a request may have", maximum=1 << 50),
    Setting(
        "MAX_REQUEST_MEMORY_MB",
        256,
        "memory that the body of a request may take once it is read, and the large ones of a worker together",
    ),
    Setting("MAX_REQUEST_S", 120, "seconds that answering a request with a body may take", maximum=_DAY_S),
    Setting(
        "STOP_TIMEOUT_S", 30, "seconds that requests may take to end when a worker is stopped", maximum=_DAY_S
    ),
    Setting("PAGE_LIMIT", 100, "features on a page where a request sets no limit"),
    Setting("MAX_PAGE_LIMIT", 1000, "features on a page at most; a larger limit is lowered to it"),
    Setting(
        "MAX_OPEN_EDITIONS",
        8,
        "editions that a worker keeps open besides the default one, the latest used ones",
    ),
    Setting(
        "WHAT_IF",
        ON,
        "whether who asks may have editions of own choices built: `on` or `off`",
        choices=(ON, OFF),
    ),
    Setting("WHAT_IF_QUEUE", 4, "editions that may be built, or wait for it, at a time", maximum=1000),
    Setting("WHAT_IF_S", 300, "seconds that building an edition may take", maximum=_DAY_S),
    Setting("WHAT_IF_MEMORY_MB", 2048, "memory that building an edition may take", minimum=512),
    Setting("WHAT_IF_KEPT", 20, "what-ifs kept whole; of those longest unused the choices alone are kept"),
    Setting("WHAT_IF_DISK_MB", 2000, "room that the what-ifs kept whole may take on the disk"),
    Setting("WHAT_IF_CHOICES", 10_000, "what-ifs whose choices are kept, and jobs, a few kB each"),
    Setting("MAX_WHAT_IF_VERTICES", 500, "vertices that the lines and points of a what-if may have"),
    Setting("LOG_FORMAT", "json", "log lines as `json` or as `text`", choices=("json", "text")),
    Setting(
        "LOG_LEVEL",
        "info",
        "least level that is logged: `debug`, `info`, `warning` or `error`; requests are `info`",
        choices=("debug", "info", "warning", "error"),
    ),
    Setting("LOG_CLIENTS", ON, "whether clients' addresses are logged: `on` or `off`", choices=(ON, OFF)),
    Setting("METRICS", ON, "whether `/metrics` is there: `on` or `off`", choices=(ON, OFF)),
)

# Read by the core itself, listed here so that one table shows everything.
CORE_ENVIRONMENT: Mapping[str, str] = {
    "CASPIAN_CACHE": "folder where built editions are kept; else the user's cache folder",
    "CASPIAN_PLAIN": "`1`: inner loops run as plain Python, `0`: they are compiled; else the command decides",
}


# Once settings.
_NOW_OF_THE_PROXY = "that is for the proxy in front to say, see deploy/nginx.conf"
_OF_THE_PROXY = (
    *("KEEP_ALIVE_S", "MAX_CONNECTIONS", "MAX_HEADER_BYTES", "RATE_LIMIT"),
    *("REQUEST_TIMEOUT_S", "SEND_TIMEOUT_S"),
)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """An option for each setting, whose value is a text or None."""
    for setting in SETTINGS:
        default = setting.default if setting.default != "" else "none"
        shown = f"{setting.help.replace('`', '')} (default: ${setting.environment}, else {default})"
        metavar = _METAVARS.get(setting.name, "WORD" if isinstance(setting.default, str) else "N")
        parser.add_argument(setting.flag, dest=setting.name, metavar=metavar, help=shown.replace("%", "%%"))


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """A line for each environment variable that looks like a setting and is none."""
    known = {setting.environment for setting in SETTINGS} | set(CORE_ENVIRONMENT)
    given = os.environ if environment is None else environment
    lines = []
    for name in sorted(name for name in given if name.startswith(PREFIX) and name not in known):
        gone = name.removeprefix(PREFIX) in _OF_THE_PROXY
        lines.append(f"{name} is set, but {_NOW_OF_THE_PROXY if gone else 'there is no such setting'}")
    return lines


def settings(
    given: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    from_flags: bool = False,
) -> dict[str, str | int]:
    """All settings: the default, over it the environment, over that what is given by name.

    An error names the environment variable, or the flag where `given` comes from flags.

    Raises `SettingError`.
    """
    environment = os.environ if environment is None else environment
    given = given or {}
    values: dict[str, str | int] = {}
    for setting in SETTINGS:
        if given.get(setting.name) is not None:
            value, name = given[setting.name], setting.flag if from_flags else None
        else:
            value, name = environment.get(setting.environment) or setting.default, None
        values[setting.name] = setting.read(value, name)
    return values
