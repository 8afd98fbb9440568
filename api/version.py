"""Version of the installed software."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """The version of the distribution; ``unknown`` where the code runs without being installed."""
    try:
        return installed_version("caspian-zones")
    except PackageNotFoundError:
        return "unknown"
