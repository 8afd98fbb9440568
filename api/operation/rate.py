"""How many requests a client may make, counted exactly over all workers.

A token bucket a client, kept as the one number that describes it: the time at which it will be full
again. The buckets lie in memory that all workers share; a file lock makes a change one step, and goes
with its process, so that a killed worker leaves nothing locked.
"""

from __future__ import annotations

import fcntl
import ipaddress
import math
import mmap
import secrets
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

_ROWS = 1 << 14
_WAYS = 8  # clients that may share a row before the least active one is forgotten
_CELL = struct.Struct("=Qd")
_ROW = struct.Struct("=" + "Qd" * _WAYS)
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on, how many more may at once, and when to come again. [s]"""

    allowed: bool
    remaining: int
    retry_after_s: int


class RateLimit:
    """At most so many requests a minute from each client, made before the workers are forked.

    Parameters
    ----------
    a_minute : int
        Requests that a client may make at once, and again within each minute.
    """

    def __init__(self, a_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_minute = a_minute
        self._step_s = _MINUTE_S / a_minute
        self._clock = clock
        self._cells = mmap.mmap(-1, _ROWS * _ROW.size)
        self._key = secrets.token_bytes(16)
        # The file's lock is between processes only, the other one between the threads of each.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the limit
        self._threads = threading.Lock()

    def ask(self, client: str) -> Verdict:
        """Count a request of a client."""
        row, tag = self._place(client)
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, row)
            try:
                return self._take(row, tag)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, row)

    def _take(self, row: int, tag: int) -> Verdict:
        now = self._clock()
        values = _ROW.unpack_from(self._cells, row * _ROW.size)
        tags, fulls = values[0::2], values[1::2]
        if tag in tags:
            way = tags.index(tag)
            full = max(fulls[way], now)
        else:  # an unknown client has a full bucket; it takes the place of the one that is fullest
            way = fulls.index(min(fulls))
            full = now
        after = full + self._step_s
        spare = _MINUTE_S - (after - now)
        if spare < -1e-6:
            return Verdict(False, 0, math.ceil(-spare))
        _CELL.pack_into(self._cells, row * _ROW.size + way * _CELL.size, tag, after)
        return Verdict(True, int((spare + 1e-6) / self._step_s), 0)

    def _place(self, client: str) -> tuple[int, int]:
        digest = blake2b(_subscriber(client).encode(), digest_size=16, key=self._key).digest()
        row, tag = struct.unpack("=QQ", digest)
        return row % _ROWS, tag | 1


def _subscriber(client: str) -> str:
    """What counts as one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
