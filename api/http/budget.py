"""What one request may take: memory, by what its body becomes once read, and time.

Pure: nothing here knows of HTTP. The limits are settings, and a refusal names them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from api.errors import TooMuchError

MEGABYTE = 1024 * 1024

# What Python's values take, with their places in an array or object; a little above what is measured.
_ARRAY_BYTES, _OBJECT_BYTES, _TEXT_BYTES, _MEMBER_BYTES = 96, 256, 56, 40
_ANSWER_FACTOR, _ANSWER_BYTES = 100, 32 * MEGABYTE
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
        + 2 * width * len(body)
    )


def check_decoded(body: bytes, most_mb: int) -> int:
    """How much memory the values of a JSON text take at most. [byte]

    Raises
    ------
    TooMuchError
        More than the setting allows.
    """
    size = decoded_bytes(body)
    if size > most_mb * MEGABYTE:
        raise TooMuchError(
            f"the body would take {size // MEGABYTE:,} MB of memory, at most {most_mb:,} MB are allowed "
            "(CASPIAN_MAX_REQUEST_MEMORY_MB); send it in parts",
            limit=most_mb * MEGABYTE,
            unit="bytes of memory",
            setting="MAX_REQUEST_MEMORY_MB",
        )
    return size


def answer_bytes(length: int) -> int:
    """About how much memory answering a body takes, some thousands of rows at a time. [byte]"""
    return min(_ANSWER_FACTOR * length, _ANSWER_BYTES)


class Deadline:
    """When the time of a request is over."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def check(self) -> None:
        """Go on, or not.

        Raises
        ------
        TooMuchError
            The time is over.
        """
        if self._clock() > self._end:
            raise TooMuchError(
                f"the answer takes longer than {self._seconds:g} s (CASPIAN_MAX_REQUEST_S); "
                "send the request in parts",
                limit=self._seconds,
                unit="seconds",
                setting="MAX_REQUEST_S",
            )
