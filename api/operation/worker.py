"""A worker whose threads never wait for a client.

The event loop receives requests whole, long bodies into temporary files, and sends whatever of an
answer the connection does not take at once. A thread is needed only to compute.
"""

from __future__ import annotations

import contextlib
import errno
import io
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from gunicorn.http import errors, wsgi
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.gthread import ThreadWorker

from api.operation.connection import (
    STRIDE_BYTES,
    BrokenRequestError,
    Connection,
    SlowClientError,
    most_connections,
)
from api.operation.edge import new_identity
from api.operation.headers import CrossOrigin
from api.operation.heads import settle
from api.operation.receiving import Body, body_of
from api.operation.refusals import refusal
from api.operation.sending import Answer, End, Response
from api.operation.signals import let_go
from api.web.spool import BODY_IS_KEPT

_BLOCK_BYTES = 256 * 1024
_LINGER_S = 2.0  # for a client that still sends when it is refused, or is about to reuse a connection
_TICK_S = 1.0
_SHORT_TICK_S = 0.1
_GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

Do = Callable[[Connection], None]


@dataclass(slots=True)
class _Unsent:
    """An answer that is not all sent, and what is to be done after it."""

    answer: Answer
    end: End
    on_its_way: int = 0  # bytes that the client had not taken when its time began to run


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a request ended: whether its connection can be used again, and what is left to send."""

    keep: bool
    linger: bool = False
    unsent: _Unsent | None = None


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads behind an event loop of our own."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.worker_connections: int = self.cfg.worker_connections
        self._held: dict[Connection, None] = {}  # what the event loop waits for
        self._receive_s = self._send_s = 0.0
        self._head_bytes = self._body_bytes = 0
        self._accept_after = 0.0
        self._look_after = 0.0
        self._cross_origin: CrossOrigin

    def init_signals(self) -> None:
        """Listen to signals, those first that came since the fork."""
        super().init_signals()
        let_go()

    # The event loop.

    def run(self) -> None:
        """Serve until told to stop."""
        config = self.wsgi.config
        self._receive_s, self._send_s = config["REQUEST_TIMEOUT_S"], config["SEND_TIMEOUT_S"]
        self._head_bytes, self._body_bytes = config["MAX_HEADER_BYTES"], config["MAX_BODY_BYTES"]
        self._cross_origin = CrossOrigin(str(config["CORS_ORIGINS"]))
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        self.worker_connections = most_connections(self.worker_connections)
        while self.alive and self.is_parent_alive():
            self.notify()
            if self.nr_conns >= self.worker_connections:
                self._close_one_idle()
            is_short = time.monotonic() < self._accept_after
            self.set_accept_enabled(not is_short and self.nr_conns < self.worker_connections)
            self.wait_for_and_dispatch_events(_SHORT_TICK_S if is_short else _TICK_S)
            self._end_late()
        self._stop()

    def _stop(self) -> None:
        """Answer what has begun, who waits to be let in, and what comes at once on kept connections."""
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while self.nr_conns < self.worker_connections and self._let_in(listener):
                pass
        now = time.monotonic()
        stop_by = now + self.cfg.graceful_timeout
        for connection in self._held:
            if connection.is_idle:
                connection.deadline = min(connection.deadline, now + _LINGER_S)
        while self.nr_conns > 0 and time.monotonic() < stop_by:
            self.notify()
            self.wait_for_and_dispatch_events(_SHORT_TICK_S)
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
        if now < self._look_after:
            return
        self._look_after = now + _SHORT_TICK_S / 2
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
        self._forget_body(connection)
        connection.sock.close()
        self.nr_conns -= 1

    def _linger(self, connection: Connection) -> None:
        """Close, but let a client that still sends read its answer first."""
        self._release(connection)
        self._forget_body(connection)
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        connection.is_idle = True
        connection.give_up = time.monotonic() + self._receive_s
        self._hold(connection, _LINGER_S, selectors.EVENT_READ, self._discard, self._close)

    def _discard(self, connection: Connection) -> None:
        try:
            data = connection.receive(_BLOCK_BYTES)
        except OSError:
            data = b""
        if data == b"":
            self._close(connection)
        elif data:
            connection.deadline = min(time.monotonic() + _LINGER_S, connection.give_up)

    @staticmethod
    def _forget_body(connection: Connection) -> None:
        if connection.body is not None:
            connection.body.close()
            connection.body = None

    # Receiving.

    def accept(self, listener: socket.socket) -> None:
        """Take a new client in."""
        self._let_in(listener)

    def _let_in(self, listener: socket.socket) -> bool:
        """Take a new client in, if there is one."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            # Another worker has it, the client gave up, or no descriptor is left.
            self.log.debug("not accepted: %s", error)
            if error.errno in _NO_DESCRIPTORS:
                self._close_one_idle()
                self._accept_after = time.monotonic() + _SHORT_TICK_S
                self.set_accept_enabled(False)
            return False
        self.nr_conns += 1
        self._receive(Connection(sock, client, listener.getsockname()))
        return True

    def _receive(self, connection: Connection) -> None:
        """Take what there is; hand the request to a thread once all of it is there."""
        try:
            data = connection.receive(STRIDE_BYTES if connection.body is None else _BLOCK_BYTES)
        except OSError:
            self._close(connection)
            return
        if data == b"":
            if connection.request is None:
                self._close(connection)
            else:  # its other half may be open for an answer
                self._refuse(connection, BrokenRequestError("the body is shorter than announced"))
                self._linger(connection)
            return
        had_begun = not connection.is_idle
        if data:
            connection.received += data
            if self._advance(connection):
                return
            connection.stride -= len(data)
        if connection not in self._held or (data and not had_begun):
            self._release(connection)
            self._wait_for_more(connection)
        elif connection.stride <= 0 and connection.body is not None:
            connection.stride = STRIDE_BYTES
            connection.deadline = time.monotonic() + self._receive_s

    def _wait_for_more(self, connection: Connection) -> None:
        """Wait for the rest of a request, or for the first byte of the next one."""
        connection.is_idle = not connection.received and connection.request is None
        if not connection.is_idle:  # the time of a request counts from its first byte
            connection.stride = STRIDE_BYTES
            self._hold(connection, self._receive_s, selectors.EVENT_READ, self._receive, self._refuse_late)
            return
        seconds = self.cfg.keepalive if self.alive else _LINGER_S
        self._hold(connection, seconds, selectors.EVENT_READ, self._receive, self._close)

    def _advance(self, connection: Connection) -> bool:
        """Make a request of what has been received; whether it, or the connection, came to its end."""
        try:
            if connection.request is None and not self._begin(connection):
                return False
            if connection.body is not None and not connection.body.take(connection.received):
                return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._refuse(connection, error)
            self._linger(connection)
            return True
        self._release(connection)
        connection.is_idle = False
        self.enqueue_req(connection)
        return True

    def _begin(self, connection: Connection) -> bool:
        """Parse the head of a request; whether it was there."""
        received = connection.received
        end = received.find(b"\r\n\r\n", max(0, connection.searched - 3))
        length = len(received) if end < 0 else end + 4
        if length > self._head_bytes:
            raise errors.LimitRequestHeaders(f"the head has more than {self._head_bytes:,} bytes")
        connection.searched = length
        if end < 0:
            return False
        # The parser gets the head alone: where the request ends is for one place to say.
        unreader = IterUnreader([bytes(received[:length])])
        del received[:length]
        connection.searched = 0
        request = Request(self.cfg, unreader, connection.client)
        if unreader.take_buffered():
            raise errors.InvalidRequestLine("the head ends before its end")
        settle(request)
        connection.request = request
        connection.body = body = body_of(request, self._body_bytes)
        if request._expected_100_continue:  # gunicorn would answer it too late
            request._expected_100_continue = False
            if body is not None and not body.is_too_long and not received:
                sent = connection.send(memoryview(_GO_AHEAD))
                if 0 < sent < len(_GO_AHEAD):
                    raise SlowClientError("the client takes nothing")
        return True

    def _refuse_late(self, connection: Connection) -> None:
        self._refuse(connection, SlowClientError("the request has not arrived in time"))
        self._linger(connection)

    def _refuse(self, connection: Connection, error: Exception) -> None:
        """Answer what never reached the application, or made it fail."""
        identity = new_identity()
        status, answer = refusal(error, identity, connection.request, self._cross_origin)
        self.log.refused(connection.client, connection.request, status, error, identity)
        with contextlib.suppress(OSError):
            connection.send(memoryview(answer))

    # Answering, in a thread.

    def handle(self, connection: Connection) -> _Outcome:
        """Answer one request."""
        try:
            return self._answer(connection)
        except ConnectionError as error:
            self.log.debug("a client went away: %s", error)
            return _Outcome(keep=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._refuse(connection, error)
            return _Outcome(keep=False, linger=True)
        finally:
            self._forget_body(connection)
            connection.request = None

    def _answer(self, connection: Connection) -> _Outcome:
        started = time.perf_counter()
        request, body_given = connection.request, connection.body
        response, environ = wsgi.create(
            request, connection.sock, connection.client, connection.server, self.cfg,
            response_class=Response,
        )  # fmt: skip
        environ["wsgi.multithread"] = True
        _give_body(environ, body_given)
        is_refused = body_given is not None and body_given.is_too_long
        if is_refused or not self.alive or self.nr_conns >= self.worker_connections:
            response.force_close()
        self.log.begun()
        try:
            body = self.wsgi(environ, response.start_response)
        except Exception:
            self.log.abandoned()
            raise
        connection.body = None  # it lives as long as the answer
        answer = Answer(response, body, connection, body_given)

        def end(whole: bool) -> None:
            answer.close()
            self.log.answered(response, environ, time.perf_counter() - started, whole=whole)

        return self._make(_Unsent(answer, end), linger=is_refused)

    def _make(self, unsent: _Unsent, *, linger: bool) -> _Outcome:
        """Make an answer, or more of it, as far as its client takes it."""
        answer = unsent.answer
        try:
            answer.make()
        except Exception as error:
            if not answer.response.begun:
                answer.close()
                self.log.abandoned()
                raise
            # Only a connection that breaks off tells the client that the answer is not whole.
            if not isinstance(error, ConnectionError | TimeoutError):
                self.log.exception("an answer broke off")
            unsent.end(False)
            return _Outcome(keep=False)
        if answer.is_sent:
            unsent.end(True)
        return _Outcome(
            keep=not answer.response.should_close(),
            linger=linger,
            unsent=None if answer.is_sent else unsent,
        )

    # What a thread leaves to the event loop.

    def finish_request(self, connection: Connection, future: Future[_Outcome]) -> None:
        """Go on with a connection when its request has been answered."""
        if future.cancelled() or future.exception() is not None:
            self._close(connection)
            return
        outcome = future.result()
        if outcome.unsent is not None:
            outcome.unsent.on_its_way = connection.not_taken()
            self._hold(
                connection, self._send_s, selectors.EVENT_WRITE,
                lambda one: self._send_rest(one, outcome), lambda one: self._judge_pace(one, outcome),
            )  # fmt: skip
        else:
            self._go_on(connection, outcome)

    def _judge_pace(self, connection: Connection, outcome: _Outcome) -> None:
        """Give a client that has taken enough more time; the system's own buffer hides what it takes."""
        unsent = cast(_Unsent, outcome.unsent)
        left = connection.not_taken()
        if unsent.on_its_way - left < STRIDE_BYTES:
            self._end_rest(connection, outcome, False)
            return
        unsent.on_its_way = left
        connection.deadline = time.monotonic() + self._send_s

    def _send_rest(self, connection: Connection, outcome: _Outcome) -> None:
        unsent = cast(_Unsent, outcome.unsent)
        answer = unsent.answer
        try:
            unsent.on_its_way += answer.rest.send(connection)
        except OSError as error:
            self.log.debug("a client went away: %s", error)
            self._end_rest(connection, outcome, False)
            return
        if not answer.rest.is_empty:
            return
        if answer.is_made:
            self._end_rest(connection, outcome, True)
        else:
            self._release(connection)
            self._in_thread(connection, lambda: self._make(unsent, linger=outcome.linger))

    def _in_thread(self, connection: Connection, do: Callable[[], _Outcome]) -> None:
        self.tpool.submit(do).add_done_callback(
            lambda future: self.method_queue.defer(self.finish_request, connection, future)
        )

    def _end_rest(self, connection: Connection, outcome: _Outcome, whole: bool) -> None:
        self._release(connection)
        cast(_Unsent, outcome.unsent).end(whole)
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
        elif not connection.received or not self._advance(connection):
            self._wait_for_more(connection)


def _give_body(environ: dict[str, Any], body: Body | None) -> None:
    """Let the application read the body, which is there; of known length, however it was sent."""
    del environ["wsgi.input_terminated"]
    if body is None:
        environ["wsgi.input"] = io.BytesIO()
        return
    environ[BODY_IS_KEPT] = True
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(body.length)
    # A body that is too long is refused by its length: nothing of it is there.
    environ["wsgi.input"] = io.BytesIO() if body.is_too_long else body.file()
