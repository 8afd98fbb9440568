"""What a worker takes on at a time, and what one request may take of memory and time.

Pure: nothing here knows of HTTP. Who would take too much is refused at once rather than left to wait in a
thread, but for a few heavy requests that take turns. The limits are settings, and a refusal names them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.errors import BusyError, TooMuchError
from api.texts.json_text import decoded_bytes

LIGHT_BYTES = 64 * 1024  # a longer body makes a request heavy
MEGABYTE = 1024 * 1024
MOST_HEAVY = 8
_MOST_COMPUTING = 2  # of the heavy ones: more would keep the interpreter's lock from light requests
LONGEST_WAIT_S = 10.0  # for a first turn
_MOST_RUNNING = 0.75  # of the threads
_ANSWER_FACTOR, _ANSWER_BYTES = 100, 32 * MEGABYTE


@dataclass(eq=False, slots=True)
class Entry:
    """One request that was let in, and what it weighs."""

    weight_bytes: int = 0
    is_heavy: bool = False


class Admission:
    """The requests with bodies that a worker has in hand.

    Of the `threads` of the worker they take three quarters at most, and `room_bytes` of memory together;
    one alone may always take what it needs.
    """

    def __init__(self, *, threads: int, room_bytes: int) -> None:
        self._most = max(1, int(threads * _MOST_RUNNING))
        self._room_bytes = room_bytes
        self._entries: set[Entry] = set()
        self._guard = threading.Lock()
        self._computing = threading.Semaphore(_MOST_COMPUTING)

    @contextmanager
    def inside(self) -> Iterator[Entry]:
        """Let a request in for a block. Raises `BusyError`."""
        entry = Entry()
        with self._guard:
            if len(self._entries) >= self._most:
                raise BusyError("the service is busy with other requests")
            self._entries.add(entry)
        try:
            yield entry
        finally:
            with self._guard:
                self._entries.discard(entry)

    def weigh(self, entry: Entry, weight_bytes: int, *, is_heavy: bool = False) -> None:
        """Say how much memory a request takes, now that it is known, and whether it is heavy.

        Raises `BusyError`: the others leave no room for that, or enough of them are heavy.
        """
        with self._guard:
            others = [one for one in self._entries if one is not entry]
            taken = sum(one.weight_bytes for one in others)
            if is_heavy and sum(one.is_heavy for one in others) >= MOST_HEAVY:
                raise BusyError("the service is busy with other long requests")
            if weight_bytes and taken and taken + weight_bytes > self._room_bytes:
                raise BusyError("the service is busy with other large requests")
            entry.weight_bytes = weight_bytes
            entry.is_heavy = entry.is_heavy or is_heavy

    @contextmanager
    def turn(self, entry: Entry, patience_s: float | None = None) -> Iterator[None]:
        """Compute in the block; a heavy request waits for its turn.

        Raises `BusyError`: it has not come in the time given.
        """
        if entry.is_heavy and not self._computing.acquire(timeout=patience_s):
            raise BusyError("the service is busy with other long requests")
        try:
            yield
        finally:
            if entry.is_heavy:
                self._computing.release()


def check_decoded(body: bytes, most_mb: int) -> int:
    """How much memory the values of a JSON text take at most. [byte]

    Raises `TooMuchError`: more than the setting allows.
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
    """When the time of a request is over, and whether its own thread has used it, or others have."""

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        computed: Callable[[], float] = time.thread_time,
    ) -> None:
        self._seconds = seconds
        self._clock, self._computed = clock, computed
        self._end = clock() + seconds
        self._computed_before = computed()

    def check(self) -> None:
        """Go on, or not.

        Raises `TooMuchError`: the time is over; `BusyError`: it is, and most of it went by without work on
        this request, which may be small.
        """
        if self._clock() <= self._end:
            return
        limit = f"the answer takes longer than {self._seconds:g} s (CASPIAN_MAX_REQUEST_S)"
        if self._computed() - self._computed_before < self._seconds / 2:
            raise BusyError(f"{limit} beside all else that the machine has to do")
        raise TooMuchError(
            f"{limit}; send the request in parts",
            limit=self._seconds,
            unit="seconds",
            setting="MAX_REQUEST_S",
        )
