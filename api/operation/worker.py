"""A worker whose threads never wait for a client's head, small body, or slow reading.

The event loop receives the head of a request with the first 64 KiB of its body, and sends whatever
of an answer the connection does not take at once. A thread is needed only to compute, to read the
rest of a long body, and to send an answer that is made while it is sent.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from gunicorn import http
from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import ThreadWorker

from api.operation.connection import STRIDE_BYTES, ClientSocket, Connection, SlowClientError
from api.operation.refusals import refusal

_CHUNK_BYTES = 1 << 20
_LINGER_S = 2.0  # for a client that still sends when it is refused, or is about to reuse a connection
_TICK_S = 1.0
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_UNTIL_LAST_CHUNK = -1

Do = Callable[[Connection], None]


@dataclass(slots=True)
class _Rest:
    """What is still to be sent of an answer: bytes, then a part of a file."""

    views: list[memoryview]
    end: Callable[[bool], None]  # told whether all was sent
    file: Any = None
    offset: int = 0
    count: int = 0
    stride: int = STRIDE_BYTES


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a request ended: whether its connection can be used again, and what is left to send."""

    keep: bool
    linger: bool = False
    rest: _Rest | None = None


class _Response(wsgi.Response):  # type: ignore[misc]
    """An answer gathered in pieces, so that its head and first bytes go out as one."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.gathered: list[bytes] = []
        self.gathered_bytes = 0
        self.begun = False  # something of it may have reached the client

    def send_headers(self) -> None:
        """Nothing yet: the head is made when it goes out."""
        self.headers_sent = True

    def _emit_body(self, data: bytes) -> None:
        self.gathered += [b"%X\r\n" % len(data), data, b"\r\n"] if self.chunked else [data]
        self.gathered_bytes += len(data)

    def take(self) -> list[memoryview]:
        """What has been gathered, with the head if that is not out yet."""
        pieces = self.gathered
        if not self.begun:
            lines = [line for line in self.default_headers() if not line.startswith("Server:")]
            lines += [f"{name}: {value}\r\n" for name, value in self.headers]
            pieces = [("".join(lines) + "\r\n").encode("latin-1"), *pieces]
        if self.gathered_bytes < STRIDE_BYTES:
            pieces = [b"".join(pieces)]
        self.begun = True
        self.gathered, self.gathered_bytes = [], 0
        return [memoryview(piece) for piece in pieces if piece]

    @property
    def omits_body(self) -> bool:
        """Whether only the head goes out."""
        return bool(self._omits_body)

    @property
    def is_short(self) -> bool:
        """Whether fewer bytes were given than announced."""
        announced = self.response_length
        return announced is not None and not self._omits_body and self.sent < announced


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads behind an event loop of our own."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._held: dict[Connection, None] = {}  # what the event loop waits for
        self._receive_s = self._send_s = 0.0
        self._head_bytes = 0

    # The event loop.

    def run(self) -> None:
        """Serve until told to stop."""
        config = self.wsgi.config
        self._receive_s, self._send_s = config["REQUEST_TIMEOUT_S"], config["SEND_TIMEOUT_S"]
        self._head_bytes = config["MAX_HEADER_BYTES"]
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        self.set_accept_enabled(True)
        while self.alive and self.is_parent_alive():
            self.notify()
            if self.nr_conns >= self.worker_connections:
                self._close_one_idle()
            self.set_accept_enabled(self.nr_conns < self.worker_connections)
            self.wait_for_and_dispatch_events(_TICK_S)
            self._end_late()
        self._stop()

    def _stop(self) -> None:
        """Answer what has begun, and what comes at once on connections that were kept open."""
        self.set_accept_enabled(False)
        now = time.monotonic()
        stop_by = now + self.cfg.graceful_timeout
        for connection in self._held:
            if connection.is_idle:
                connection.deadline = min(connection.deadline, now + _LINGER_S)
        while self.nr_conns > 0 and time.monotonic() < stop_by:
            self.notify()
            self.wait_for_and_dispatch_events(_TICK_S / 10)
            self._end_late()
        for connection in list(self._held):
            self._close(connection)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def _close_one_idle(self) -> None:
        """Make room for a new client: kept connections without a request come last."""
        for connection in self._held:
            if connection.is_idle:
                self._close(connection)
                return

    def _end_late(self) -> None:
        now = time.monotonic()
        for connection in [one for one in self._held if one.deadline <= now]:
            connection.on_late(connection)

    def _hold(self, connection: Connection, seconds: float, event: int, ready: Do, late: Do) -> None:
        """Wait for a connection in the event loop."""
        connection.deadline = time.monotonic() + seconds
        connection.on_late = late
        self._held[connection] = None
        self.poller.register(connection.sock, event, lambda _sock: ready(connection))

    def _release(self, connection: Connection) -> None:
        if connection in self._held:
            del self._held[connection]
            self.poller.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._release(connection)
        connection.sock.close()
        self.nr_conns -= 1

    def _linger(self, connection: Connection) -> None:
        """Close, but let a client that still sends read its answer first."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        self._release(connection)
        self._hold(connection, _LINGER_S, selectors.EVENT_READ, self._discard, self._close)

    def _discard(self, connection: Connection) -> None:
        try:
            gone = connection.sock.recv_now(_CHUNK_BYTES) == b""
        except OSError:
            gone = True
        if gone:
            self._close(connection)

    # Receiving.

    def accept(self, listener: socket.socket) -> None:
        """Take a new client in."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            # Another worker has it, the client gave up, or no descriptor is left: try again later.
            self.log.debug("not accepted: %s", error)
            return
        sock = ClientSocket(accepted, receive_s=self._receive_s, send_s=self._send_s)
        self.nr_conns += 1
        self._receive(Connection(self.cfg, sock, client, listener.getsockname()))

    def _receive(self, connection: Connection) -> None:
        """Take what there is; hand the request to a thread once enough of it is there."""
        try:
            data = connection.sock.recv_now(STRIDE_BYTES)
        except OSError:
            data = b""
        if data == b"":
            self._close(connection)
            return
        had_begun = bool(connection.head)
        connection.head += data or b""
        if connection.head and self._is_enough(connection):
            self._release(connection)
            self.enqueue_req(connection)
        elif connection not in self._held or (connection.head and not had_begun):
            self._release(connection)
            self._wait_for_more(connection)

    def _wait_for_more(self, connection: Connection) -> None:
        """Wait for the rest of a request, or for the first byte of the next one."""
        connection.is_idle = not connection.head
        if not connection.is_idle:  # the time of a request counts from its first byte
            self._hold(connection, self._receive_s, selectors.EVENT_READ, self._receive, self._refuse_late)
            return
        seconds = self.cfg.keepalive if self.alive else _LINGER_S
        self._hold(connection, seconds, selectors.EVENT_READ, self._receive, self._close)

    def _is_enough(self, connection: Connection) -> bool:
        head = connection.head
        if not connection.wanted:
            end = head.find(b"\r\n\r\n", max(0, connection.searched - 3))
            connection.searched = len(head)
            if end < 0:
                return len(head) > self._head_bytes
            if end + 4 > self._head_bytes:
                return True
            connection.wanted = _bytes_wanted(bytes(head[: end + 2]), end + 4)
        if connection.wanted == _UNTIL_LAST_CHUNK:
            return head.endswith(b"\r\n\r\n") or len(head) >= STRIDE_BYTES
        return len(head) >= connection.wanted

    def _refuse_late(self, connection: Connection) -> None:
        self._refuse(None, connection, SlowClientError("the request has not arrived in time"))
        self._linger(connection)

    # Answering, in a thread.

    def handle(self, connection: Connection) -> _Outcome:
        """Parse and answer one request."""
        request = None
        try:
            self._check_head(connection)
            connection.sock.renew()
            connection.parser.unreader.unread(bytes(connection.head))
            connection.head.clear()
            connection.searched = connection.wanted = 0
            request = next(connection.parser)
            return self._answer(request, connection)
        except (errors.NoMoreData, StopIteration, ConnectionError) as error:
            self.log.debug("a client went away: %s", error)
            return _Outcome(keep=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._refuse(request, connection, error)
            return _Outcome(keep=False, linger=True)

    def _check_head(self, connection: Connection) -> None:
        end = connection.head.find(b"\r\n\r\n")
        if (len(connection.head) if end < 0 else end + 4) > self._head_bytes:
            raise errors.LimitRequestHeaders(f"the head has more than {self._head_bytes:,} bytes")

    def _refuse(self, request: Any, connection: Connection, error: Exception) -> None:
        """Answer what never reached the application, or made it fail."""
        status, answer = refusal(error)
        self.log.refused(connection.client, request, status, error)
        with contextlib.suppress(OSError):
            connection.sock.send_now(memoryview(answer))

    def _answer(self, request: Any, connection: Connection) -> _Outcome:
        started = time.perf_counter()
        response, environ = wsgi.create(
            request, connection.sock, connection.client, connection.server, self.cfg,
            response_class=_Response,
        )  # fmt: skip
        environ["wsgi.multithread"] = True
        if not self.alive or self.nr_conns >= self.worker_connections:
            response.force_close()
        self.log.begun()
        body: Any = ()

        def end(whole: bool) -> None:
            if hasattr(body, "close"):
                body.close()
            self.log.answered(response, environ, time.perf_counter() - started, whole=whole)

        try:
            body = self.wsgi(environ, response.start_response)
            rest = self._send(response, request, body, connection, end)
        except Exception as error:
            if not response.begun:
                self.log.abandoned()
                raise
            # Only a connection that breaks off tells the client that the answer is not whole.
            if not isinstance(error, OSError):
                self.log.exception("an answer broke off")
            end(False)
            return _Outcome(keep=False)
        if rest is None:
            end(True)
        return _Outcome(keep=not response.should_close(), rest=rest)

    def _send(
        self,
        response: _Response,
        request: Any,
        body: Iterable[bytes],
        connection: Connection,
        end: Callable[[bool], None],
    ) -> _Rest | None:
        """Send an answer; what the connection does not take at once is for the event loop."""
        sock = connection.sock
        rest = _file_rest(response, body, end)
        if rest is None:
            for item in _with_length(response, request, body):
                response.write(item)
                if response.gathered_bytes >= STRIDE_BYTES and response.response_length is None:
                    for view in response.take():
                        sock.sendall(view)
            response.close()
            if response.chunked:
                response.gathered.append(b"0\r\n\r\n")
        if not self._drained(connection):
            response.force_close()
        views = response.take()
        while views:
            sent = sock.send_now(views[0])
            if sent < len(views[0]):
                views[0] = views[0][sent:]
                break
            del views[0]
        if response.is_short and rest is None:
            raise OSError("the answer is shorter than announced")
        if rest is not None:
            rest.views = views
            return rest
        return _Rest(views, end) if views else None

    @staticmethod
    def _drained(connection: Connection) -> bool:
        """Whether the body of the request has been read, if need be what is there of it now."""
        connection.sock.waits = False
        try:
            return bool(connection.parser.finish_body(max_bytes=STRIDE_BYTES))
        except (OSError, http.errors.ParseException):
            return False
        finally:
            connection.sock.waits = True

    # What a thread leaves to the event loop.

    def finish_request(self, connection: Connection, future: Future[_Outcome]) -> None:
        """Go on with a connection when its request has been answered."""
        if future.cancelled() or future.exception() is not None:
            self._close(connection)
            return
        outcome = future.result()
        if outcome.rest is not None:
            self._hold(
                connection, self._send_s, selectors.EVENT_WRITE,
                lambda one: self._send_rest(one, outcome), lambda one: self._end_rest(one, outcome, False),
            )  # fmt: skip
        else:
            self._go_on(connection, outcome)

    def _send_rest(self, connection: Connection, outcome: _Outcome) -> None:
        rest = cast(_Rest, outcome.rest)
        try:
            if rest.views:
                sent = connection.sock.send_now(rest.views[0])
                rest.views[0] = rest.views[0][sent:]
                if not rest.views[0]:
                    del rest.views[0]
            else:
                sent = os.sendfile(
                    connection.sock.fileno(), rest.file.fileno(), rest.offset, min(rest.count, _CHUNK_BYTES)
                )
                if sent == 0:
                    raise OSError("the file is shorter than announced")
                rest.offset += sent
                rest.count -= sent
        except BlockingIOError:
            return
        except OSError:
            self._end_rest(connection, outcome, False)
            return
        rest.stride -= sent
        if rest.stride <= 0:
            rest.stride = STRIDE_BYTES
            connection.deadline = time.monotonic() + self._send_s
        if not rest.views and not rest.count:
            self._end_rest(connection, outcome, True)

    def _end_rest(self, connection: Connection, outcome: _Outcome, whole: bool) -> None:
        self._release(connection)
        cast(_Rest, outcome.rest).end(whole)
        if whole:
            self._go_on(connection, outcome)
        else:
            self._close(connection)

    def _go_on(self, connection: Connection, outcome: _Outcome) -> None:
        """Close a connection or wait for its next request, part of which may be there already."""
        if not outcome.keep:
            if outcome.linger:
                self._linger(connection)
            else:
                self._close(connection)
            return
        connection.head += connection.parser.unreader.take_buffered()
        if connection.head and self._is_enough(connection):
            self.enqueue_req(connection)
        else:
            self._wait_for_more(connection)


def _bytes_wanted(head: bytes, length: int) -> int:
    """How many bytes of a request, whose head has `length`, are received before a thread has it."""
    if _EXPECT.search(head):
        return length
    if _CHUNKED.search(head):
        return _UNTIL_LAST_CHUNK
    announced = _LENGTH.search(head)
    return length + min(int(announced[1]) if announced else 0, STRIDE_BYTES)


def _file_rest(response: _Response, body: Any, end: Callable[[bool], None]) -> _Rest | None:
    """An answer that is a file from where it stands, of known length, to be sent without reading it."""
    file = getattr(body, "filelike", None)
    if file is None or response.response_length is None:
        return None
    try:
        file.fileno()
        offset = file.tell()
    except (AttributeError, OSError):
        return None
    count = 0 if response.omits_body else response.response_length
    response.sent = count
    return _Rest([], end, file, offset, count)


def _with_length(response: _Response, request: Any, body: Iterable[bytes]) -> Iterable[bytes]:
    """The pieces of an answer, whose end its receiver can tell from a connection that breaks off."""
    if request.version >= (1, 1) or response.response_length is not None or response.omits_body:
        return body
    whole = b"".join(body)
    response.response_length = len(whole)
    response.headers.append(("Content-Length", str(len(whole))))
    return [whole]
