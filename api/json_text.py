"""JSON read strictly and written without NaN."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, NoReturn

from api.errors import BodyError

DEEPEST = 64  # levels of nesting that properties may have


def read_json(body: bytes) -> Any:
    """The value that a JSON text in UTF-8 holds.

    Raises
    ------
    BodyError
        Not UTF-8, not JSON, a name twice in one object, NaN or Infinity, nested too deep.
    """
    if not body.strip():
        raise BodyError("the body is empty")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not UTF-8: byte {error.start} cannot be read") from None
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twice)
    except json.JSONDecodeError as error:
        raise BodyError(
            f"the body is not JSON: {error.msg[:1].lower()}{error.msg[1:]} "
            f"at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise BodyError("the body is nested too deep") from None
    except BodyError:
        raise
    except ValueError:  # whole numbers of thousands of digits
        raise BodyError("the body has a number that is too long") from None


def write_json(value: object) -> str:
    """A value as compact JSON text; numbers that are not finite become null."""
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return _ENCODER.encode(_finite(value))


def to_bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate becomes the escape that JSON has for it."""
    return text.encode("utf-8", "backslashreplace")


def depth_exceeds(value: object, limit: int = DEEPEST) -> bool:
    """Whether a decoded value is nested deeper than a limit; does not itself recurse."""
    level: list[object] = [value]
    for _ in range(limit + 1):
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        if not below:
            return False
        level = below
    return True


def _no_constant(name: str) -> NoReturn:
    raise BodyError(f"the body has {name}, which JSON does not know")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BodyError(f"the body has the name {twice[:80]!r} twice in one object")
    return value


def _plain(value: Any) -> Any:
    """Numpy's numbers as Python's own."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
