"""Query parameters read strictly: unknown, repeated and unusable ones are errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from api.errors import ParameterError, UnknownParameterError
from api.texts.numbers import coordinate, decimal_number
from api.texts.reference_systems import CRS84, Box, ReferenceSystem

_WHOLE = re.compile(r"[0-9]{1,4000}")
_NEVER_EMPTY = ("edition",)


class Query:
    """The parameters of one request, each known, and at most once but for those that may be repeated.

    Raises `UnknownParameterError`, `ParameterError`: at once when a name is unknown or occurs twice; later
    when a value cannot be used.
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str]], known: Sequence[str], repeated: Sequence[str] = ()
    ) -> None:
        self._values: dict[str, str] = {}
        self._repeated: dict[str, list[str]] = {name: [] for name in repeated}
        for name, value in pairs:
            if name not in known:
                raise UnknownParameterError(name[:80], known)
            if name in self._repeated:
                self._repeated[name].append(value)
                continue
            if name in self._values:
                raise ParameterError(name, f"parameter {name!r} is given twice")
            if name in _NEVER_EMPTY and not value:
                raise ParameterError(name, f"parameter {name!r} is empty; leave it out for the default")
            self._values[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str | None:
        """The value as sent; None where it is not given."""
        return self._values.get(name)

    def texts(self, name: str) -> list[str]:
        """All values of a parameter that may be repeated."""
        return self._repeated[name]

    def number(self, name: str) -> float | None:
        """A finite decimal number."""
        text = self._values.get(name)
        return None if text is None else decimal_number(text, name)

    def coordinate(self, name: str, axis: str) -> float | None:
        """A longitude or latitude in any notation. [deg]"""
        text = self._values.get(name)
        return None if text is None else coordinate(text, axis, name)

    def whole(self, name: str, default: int, *, least: int) -> int:
        """A whole number of at least `least`."""
        text = self._values.get(name)
        if text is None:
            return default
        if not _WHOLE.fullmatch(text) or int(text) < least:
            raise unusable(name, text, f"a whole number of at least {least} is needed")
        return int(text)

    def truth(self, name: str, default: bool) -> bool:
        """``true`` or ``false``."""
        text = self._values.get(name)
        if text is None:
            return default
        if text not in ("true", "false"):
            raise unusable(name, text, "true or false is needed")
        return text == "true"

    def one_of(self, name: str, known: Sequence[str]) -> str | None:
        """One of the known words."""
        text = self._values.get(name)
        if text is not None and text not in known:
            raise unusable(name, text, f"known are {', '.join(known)}", known=list(known))
        return text

    def bbox(self, system: ReferenceSystem = CRS84) -> Box | None:
        """``bbox`` as the corners of a box along the axes of a system; heights of a box of six are ignored.

        Only along longitude may the lower edge lie beyond the upper one: it crosses 180 degrees.
        """
        text = self._values.get("bbox")
        if text is None:
            return None
        parts = text.split(",")
        if len(parts) not in (4, 6):
            low, high = ",".join(system.edges[:2]), ",".join(system.edges[2:])
            needed = f"four numbers are needed, {low},{high}, or six with heights, {low},bottom,{high},top"
            raise unusable("bbox", text, needed)
        numbers = [decimal_number(part, "bbox") for part in parts]
        half = len(numbers) // 2
        lower, upper = numbers[:half], numbers[half:]
        names = (*system.edges[:2], "bottom"), (*system.edges[2:], "top")
        for axis, (least, most) in enumerate(zip(lower, upper, strict=True)):
            if axis < 2 and system.limits and max(abs(least), abs(most)) > system.limits[axis]:
                raise unusable("bbox", text, "degrees of longitude and latitude are needed")
            if least > most and axis != system.longitude_axis:
                below, above = names[0][axis], names[1][axis]
                raise unusable("bbox", text, f"the {below} edge lies beyond the {above} edge")
        return lower[0], lower[1], upper[0], upper[1]


def unusable(name: str, text: str, needed: str, **extra: object) -> ParameterError:
    """What says that a parameter has a value that cannot be used, and what is needed."""
    return ParameterError(name, f"{name}={text[:80]!r}: {needed}", **extra)
