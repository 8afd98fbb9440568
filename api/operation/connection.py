"""Sockets of clients that are waited for with patience, but not for ever."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from gunicorn import http

STRIDE_BYTES = 64 * 1024  # what has to move within each span of patience


class SlowClientError(TimeoutError):
    """The client sends or takes too slowly."""


class ClientSocket(socket.socket):
    """A client's connection, never blocking longer than its patience.

    To a thread it behaves like a blocking socket. Underneath it does not block, so that the event
    loop can use it as well, and so that no call is spent on switching. What counts is the time spent
    waiting for the client, not what the service takes between two calls.
    """

    def __init__(self, accepted: socket.socket, *, receive_s: float, send_s: float) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        super().setblocking(False)
        self.waits = True  # else a thread finds only what is there already
        self._receiving = Patience(receive_s)
        self._sending = Patience(send_s)

    def renew(self) -> None:
        """Begin another request: patience is full again."""
        self._receiving.renew()
        self._sending.renew()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Bytes from the client, waited for.

        Raises
        ------
        SlowClientError
        """
        while True:
            try:
                data = super().recv(size, flags)
            except BlockingIOError:
                if not self.waits:
                    raise SlowClientError("nothing is there yet") from None
                self._receiving.wait(self.fileno(), select.POLLIN)
            else:
                self._receiving.moved(len(data))
                return data

    def recv_now(self, size: int) -> bytes | None:
        """Bytes that are there already; None where there are none yet."""
        try:
            return super().recv(size)
        except BlockingIOError:
            return None

    def sendall(self, data: Any, _flags: int = 0) -> None:
        """Send all of some bytes, waiting for the client to take them.

        Raises
        ------
        SlowClientError
        """
        view = memoryview(data)
        while view:
            sent = self.send_now(view)
            view = view[sent:]
            if view:
                self._sending.wait(self.fileno(), select.POLLOUT)

    def send_now(self, view: memoryview) -> int:
        """Send what the connection takes at once; how many bytes that was."""
        try:
            sent = super().send(view)
        except BlockingIOError:
            return 0
        self._sending.moved(sent)
        return sent

    def setblocking(self, flag: bool) -> None:
        """Nothing: whether to wait is decided call by call."""


class Patience:
    """A span of waiting that is full again whenever enough bytes have moved."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Make the span full."""
        self._left_s = self._seconds
        self._left_bytes = STRIDE_BYTES

    def moved(self, count: int) -> None:
        """Take note that bytes went over."""
        self._left_bytes -= count
        if self._left_bytes <= 0:
            self.renew()

    def wait(self, descriptor: int, event: int) -> None:
        """Wait until the connection can go on.

        Raises
        ------
        SlowClientError
        """
        poll = select.poll()
        poll.register(descriptor, event)
        before = time.monotonic()
        ready = poll.poll(max(0.0, self._left_s) * 1000)
        self._left_s -= time.monotonic() - before
        if not ready:
            raise SlowClientError("the client is too slow")


class Connection:
    """One client's connection and where it stands.

    Attributes
    ----------
    head : bytearray
        Received bytes that no request has been made of yet.
    searched, wanted : int
        How many of them have been looked through for the end of the head, and how many are wanted
        before a thread takes the request; 0 while that is not known.
    is_idle : bool
        Nothing of a request is there; the connection may be closed at any time.
    deadline : float
        When to give up what the event loop waits for, on the monotonic clock. [s]
    on_late : callable
        What the loop does then.
    """

    __slots__ = (
        "client", "deadline", "head", "is_idle", "on_late", "parser", "searched", "server", "sock", "wanted",
    )  # fmt: skip

    def __init__(self, cfg: Any, sock: ClientSocket, client: Any, server: Any) -> None:
        self.sock = sock
        self.client = client
        self.server = server
        self.parser = http.get_parser(cfg, sock, client)
        self.head = bytearray()
        self.searched = 0
        self.wanted = 0
        self.is_idle = True
        self.deadline = 0.0
        self.on_late: Callable[[Connection], None]
