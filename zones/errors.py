"""What can go wrong in the geometry core, each with the values that a way in needs to explain it."""

from __future__ import annotations

from collections.abc import Sequence

from coastlines import CoastlinesError as CoastlinesError


class ZonesError(ValueError):
    """Root of every error that the core raises on purpose; its text is one line, fit for a user."""


class CoordinateError(ZonesError):
    """A longitude or latitude is not a number on the earth."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat  # as given [deg]
        super().__init__(
            f"longitude {lon}, latitude {lat}: finite numbers are needed, "
            "longitude from -180 to 180 and latitude from -90 to 90 degrees"
        )


class BreadthError(ZonesError):
    """A breadth of territorial waters is outside what Article 7(1) allows, or its State is unknown."""


class BaselineError(ZonesError):
    """A baseline cannot be made from this coast or these straight lines."""


class EffectError(ZonesError):
    """The effect of an island on an equidistance line is out of range, or there is no such island."""


class UnknownEditionError(ZonesError):
    """No edition has this name."""

    def __init__(self, name: str, known: Sequence[str], reason: str = "") -> None:
        self.name = name
        self.known = tuple(known)  # names that would have been understood
        why = f" ({reason})" if reason else ""
        super().__init__(f"unknown edition {name!r}{why}: known are {', '.join(self.known)}")


class CacheError(ZonesError):
    """The cache folder cannot be written or read; nothing half-written is left behind."""


class NotKeptError(ZonesError):
    """What is wanted must be made first, which takes too long without compiled code."""

    def __init__(self) -> None:
        super().__init__("what is not in the cache yet is made by compiled code: unset CASPIAN_PLAIN")
