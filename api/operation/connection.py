"""One client's connection, and how many of them there can be."""

from __future__ import annotations

import array
import fcntl
import resource
import socket
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.operation.receiving import Body

STRIDE_BYTES = 64 * 1024  # what has to move within each span of patience
_SPARE_DESCRIPTORS = 64  # for what requests open besides
_DESCRIPTORS_EACH = 2  # the socket, and a file of a long body or answer


class SlowClientError(TimeoutError):
    """The client sends too slowly."""


class BrokenRequestError(ValueError):
    """The client ended before the end of its request."""


class Connection:
    """One client's connection and where it stands; its socket never blocks.

    Attributes
    ----------
    received : bytearray
        Received bytes that are not yet part of a request.
    searched : int
        How many of them have been looked through for the end of a head.
    request : gunicorn's Request or None
        What was asked, once the head is there.
    body : Body or None
        The body of that request as far as it is there; None where it has none.
    is_idle : bool
        Nothing is owed to the client; the connection may be closed at any time.
    deadline : float
        When to give up what the event loop waits for, on the monotonic clock. [s]
    give_up : float
        When to give up even where the client goes on. [s]
    stride : int
        Bytes that still have to move before the deadline is put off.
    on_late : callable
        What the loop does at the deadline.
    """

    __slots__ = (
        "body", "client", "deadline", "give_up", "is_idle", "on_late", "received", "request", "searched",
        "server", "sock", "stride",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.client = client
        self.server = server
        self.received = bytearray()
        self.searched = 0
        self.request: Any = None
        self.body: Body | None = None
        self.is_idle = True
        self.deadline = 0.0
        self.give_up = 0.0
        self.stride = STRIDE_BYTES
        self.on_late: Callable[[Connection], None]

    def receive(self, size: int) -> bytes | None:
        """Bytes that are there already, none at the end of all; None where there are none yet."""
        try:
            return self.sock.recv(size)
        except BlockingIOError:
            return None

    def not_taken(self) -> int:
        """Bytes sent that have not reached the client; 0 where the system does not tell."""
        count = array.array("i", [0])
        try:
            fcntl.ioctl(self.sock.fileno(), termios.TIOCOUTQ, count)
        except OSError:
            return 0
        return count[0]

    def send(self, view: memoryview) -> int:
        """Send what the connection takes at once; how many bytes that was."""
        try:
            return self.sock.send(view)
        except BlockingIOError:
            return 0


def descriptors_wanted(connections: int) -> int:
    """How many descriptors a process needs for its connections."""
    return _DESCRIPTORS_EACH * connections + 2 * _SPARE_DESCRIPTORS


def most_connections(wanted: int) -> int:
    """How many connections this process can hold open, at most those wanted."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    try:
        free = soft - sum(1 for _ in Path("/dev/fd").iterdir())
    except OSError:
        free = soft - _SPARE_DESCRIPTORS
    return max(1, min(wanted, (free - min(_SPARE_DESCRIPTORS, free // 2)) // _DESCRIPTORS_EACH))
