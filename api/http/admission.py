"""Who is let in to a worker: heavy requests never take all its memory, nor all its threads.

Who would, is refused at once rather than left to wait in a thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.errors import BusyError

LIGHT_BYTES = 64 * 1024  # a body up to here is weighed only once it is read
LONG_S = 1.0
_MOST_RUNNING = 0.75  # of the threads
_MOST_LONG = 0.25


class Entry:
    """One request that was let in; it leaves once, however often it is told to."""

    def __init__(self, admission: Admission, since_s: float) -> None:
        self._admission = admission
        self.since_s = since_s
        self.weight_bytes = 0

    def weigh(self, weight_bytes: int) -> None:
        """Say how much memory the request takes, now that it is known.

        Raises
        ------
        BusyError
            The others leave no room for that.
        """
        self._admission.weigh(self, weight_bytes)

    def leave(self) -> None:
        """Give the place back."""
        self._admission.leave(self)


class Admission:
    """The requests with bodies, and other long work, that a worker has in hand.

    Parameters
    ----------
    threads : int
        Requests that the worker answers at a time. Of these three quarters at most are let in here, and
        none as long as a quarter of them have been at it for longer than `LONG_S`.
    room_bytes : int
        Memory that all may take together; one alone may always take it.
    """

    def __init__(self, *, threads: int, room_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, int(threads * _MOST_RUNNING))
        self._most_long = max(1, int(threads * _MOST_LONG))
        self._room_bytes = room_bytes
        self._clock = clock
        self._entries: set[Entry] = set()
        self._guard = threading.Lock()

    def enter(self, weight_bytes: int = 0) -> Entry:
        """Let a request in that takes so much memory.

        Raises
        ------
        BusyError
        """
        now = self._clock()
        entry = Entry(self, now)
        with self._guard:
            long = sum(now - one.since_s > LONG_S for one in self._entries)
            if len(self._entries) >= self._most or long >= self._most_long:
                raise BusyError("the service is busy with other long requests")
            self._take(entry, weight_bytes)
            self._entries.add(entry)
        return entry

    @contextmanager
    def inside(self, weight_bytes: int = 0) -> Iterator[Entry]:
        """As `enter`, for a block.

        Raises
        ------
        BusyError
        """
        entry = self.enter(weight_bytes)
        try:
            yield entry
        finally:
            entry.leave()

    def weigh(self, entry: Entry, weight_bytes: int) -> None:
        """As `Entry.weigh`."""
        with self._guard:
            self._take(entry, weight_bytes)

    def leave(self, entry: Entry) -> None:
        """As `Entry.leave`."""
        with self._guard:
            self._entries.discard(entry)

    def _take(self, entry: Entry, weight_bytes: int) -> None:
        others = sum(one.weight_bytes for one in self._entries if one is not entry)
        if weight_bytes and others and others + weight_bytes > self._room_bytes:
            raise BusyError("the service is busy with other large requests")
        entry.weight_bytes = weight_bytes
