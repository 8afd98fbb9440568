"""Version of the installed software."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


@cache
def version(package: str = "caspian-zones") -> str:
    """The version of this distribution or another; ``unknown`` where it is not installed."""
    try:
        return installed_version(package)
    except PackageNotFoundError:
        return "unknown"
