"""Numbers as people write them."""

from __future__ import annotations

import math
import re

from api.errors import ParameterError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


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
