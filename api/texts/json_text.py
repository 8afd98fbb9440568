"""JSON read strictly and written without NaN."""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from typing import Any, NoReturn

import orjson

from api.errors import BodyError

DEEPEST = 64  # levels of nesting that properties may have

# What Python's values take, with their places in an array or object; a little above what is measured.
_ARRAY_BYTES, _OBJECT_BYTES, _TEXT_BYTES, _MEMBER_BYTES = 96, 256, 56, 40
_FEW_MEMBERS, _NAME_BYTES = 8, 200  # of an object on average; of each name beyond
_LONG_CHARACTERS = 1024 * 1024
_WIDE = tuple(bytes([first]) for first in range(0xF0, 0xF5))  # first bytes of characters beyond 16 bits


def decoded_bytes(body: bytes) -> int:
    """At most how much memory the values of a JSON text take, by its signs and without reading it. [byte]

    Signs within texts are counted as well.
    """
    width = 1
    if not body.isascii() or b"\\u" in body:
        width = 4 if b"\\u" in body or any(first in body for first in _WIDE) else 2
    return (
        _ARRAY_BYTES * body.count(b"[")
        + _OBJECT_BYTES * body.count(b"{")
        + _TEXT_BYTES * (body.count(b'"') // 2)
        + _MEMBER_BYTES * body.count(b",")
        + _NAME_BYTES * max(body.count(b":") - _FEW_MEMBERS * body.count(b"{"), 0)
        + 2 * width * len(body)
    )


def read_json(body: bytes, called: str = "the body") -> Any:
    """The value that a JSON text in UTF-8 holds; errors call the text `called`.

    Raises `BodyError`: not UTF-8, not JSON, a name twice in one object, NaN or Infinity, nested too deep.
    """
    if not body.strip():
        raise BodyError(f"{called} is empty")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyError(f"{called} is not UTF-8: byte {error.start} cannot be read") from None
    try:
        return _decoder(called, is_long=len(text) > _LONG_CHARACTERS).decode(text)
    except json.JSONDecodeError as error:
        raise BodyError(
            f"{called} is not JSON: {error.msg[:1].lower()}{error.msg[1:]} "
            f"at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise BodyError(f"{called} is nested too deep") from None
    except BodyError:
        raise
    except ValueError:  # whole numbers of thousands of digits
        raise BodyError(f"{called} has a number that is too long") from None


def read_plain_json(body: bytes) -> Any:
    """As `read_json`, quicker where the text has one name and no other text.

    Such a text can hold no name twice, which the quick reader would not see.
    """
    if body.count(b'"') == 2:
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass  # the strict reader says why
    return read_json(body)


def write_json(value: object) -> str:
    """A value as compact JSON text; numbers that are not finite become null."""
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return _ENCODER.encode(_finite(value))


def json_bytes(value: object) -> bytes:
    """A value as compact JSON in UTF-8; the quick way, with the same values as `write_json`."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:  # a lone surrogate, or a whole number of more than 64 bits
        return to_bytes(write_json(value))


def to_bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate becomes the escape that JSON has for it."""
    return text.encode("utf-8", "backslashreplace")


def depth_exceeds(value: object, limit: int = DEEPEST) -> bool:
    """Whether a decoded value is nested deeper than a limit; does not itself recurse."""
    if not isinstance(value, (dict, list)):
        return False
    level: list[object] = [value]
    for _ in range(limit + 1):
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below += [inner for inner in one.values() if isinstance(inner, (dict, list))]
            elif isinstance(one, list):
                below += [inner for inner in one if isinstance(inner, (dict, list))]
        if not below:
            return False
        level = below
    return True


@cache
def _decoder(called: str, *, is_long: bool) -> json.JSONDecoder:
    """The strict reader. That of long texts has numbers made by functions of Python, between which other
    threads have their turn: the compiled reader keeps the interpreter's lock.
    """

    def no_constant(name: str) -> NoReturn:
        raise BodyError(f"{called} has {name}, which JSON does not know")

    def no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise BodyError(f"{called} has the name {twice[:80]!r} twice in one object")
        return value

    return json.JSONDecoder(
        parse_constant=no_constant,
        object_pairs_hook=no_twice,
        parse_float=(lambda text: float(text)) if is_long else None,
        parse_int=(lambda text: int(text)) if is_long else None,
    )


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
