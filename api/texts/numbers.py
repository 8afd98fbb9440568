"""Numbers as people write them."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from api.errors import ParameterError
from coastlines.positions import PositionError, parse_coordinate

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def coordinate(text: str, axis: str, parameter: str = "", *, beside: str | None = None) -> float:
    """A longitude or latitude, ``lon`` or ``lat``, in any notation that is read. [deg]

    ``beside`` is its hemisphere where that stands apart.

    Raises `ParameterError`: it is none, or a number that is not finite.
    """
    if _NUMBER.fullmatch(text.strip()):
        if beside is None:
            return decimal_number(text, parameter or axis)
        if "e" in text.lower():
            text = f"{Decimal(text.strip()):f}"
    try:
        return parse_coordinate(text, axis, beside=beside)
    except PositionError as error:
        raise ParameterError(parameter or axis, str(error)) from None


def decimal_number(text: str, parameter: str) -> float:
    """A finite number in plain decimal or exponent notation. Raises `ParameterError`."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        comma = " (write a decimal point, not a comma)" if re.fullmatch(r"-?\d+,\d+", stripped) else ""
        raise ParameterError(parameter, f"{parameter}={text[:80]!r} is not a number{comma}")
    value = float(stripped)
    if not math.isfinite(value):
        raise ParameterError(parameter, f"{parameter}={text[:80]!r} is not a finite number")
    return value
