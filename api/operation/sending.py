"""Answers on their way out: no thread waits for who reads them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any

from gunicorn.http import wsgi

from api.operation.connection import STRIDE_BYTES, Connection
from api.operation.receiving import Body
from api.web.spool import Spool, storage_error

_MOST_AT_ONCE = 1 << 20
_HELD_BYTES = 256 * 1024  # of an answer in memory that its client has not taken

End = Callable[[bool], None]  # told whether all was sent


class Response(wsgi.Response):  # type: ignore[misc]
    """An answer gathered in pieces, so that its head and first bytes go out as one."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._gathered: list[bytes] = []
        self.gathered_bytes = 0
        self.begun = False  # something of it may have reached the client

    def send_headers(self) -> None:
        """Nothing yet: the head is made when it goes out."""
        self.headers_sent = True

    def _emit_body(self, data: bytes) -> None:
        self._gathered += [b"%X\r\n" % len(data), data, b"\r\n"] if self.chunked else [data]
        self.gathered_bytes += len(data)

    def close(self) -> None:
        """End the answer: what marks its end goes out behind all that was gathered."""
        self.send_headers()
        if self.chunked:
            self._gathered.append(b"0\r\n\r\n")

    def take(self) -> list[memoryview]:
        """What has been gathered, with the head if that is not out yet."""
        pieces = self._gathered
        if not self.begun:
            lines = [line for line in self.default_headers() if not line.startswith("Server:")]
            lines += [f"{name}: {value}\r\n" for name, value in self.headers]
            pieces = [("".join(lines) + "\r\n").encode("latin-1"), *pieces]
        if self.gathered_bytes < STRIDE_BYTES:
            pieces = [b"".join(pieces)]
        self.begun = True
        self._gathered, self.gathered_bytes = [], 0
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


@dataclass(slots=True)
class Rest:
    """What is still to be sent: bytes, then a part of a file."""

    views: list[memoryview]
    file: IO[bytes] | None = None
    offset: int = 0
    count: int = 0

    def send(self, connection: Connection) -> int:
        """Send what the connection takes at once; how many bytes that was.

        Raises
        ------
        OSError
            The client is gone, or the file is shorter than it was.
        """
        if self.views:
            sent = connection.send(self.views[0])
            self.views[0] = self.views[0][sent:]
            if not self.views[0]:
                del self.views[0]
            return sent
        assert self.file is not None
        try:
            most = min(self.count, _MOST_AT_ONCE)
            sent = os.sendfile(connection.sock.fileno(), self.file.fileno(), self.offset, most)
        except BlockingIOError:
            return 0
        if sent == 0:
            raise OSError("the file is shorter than announced")
        self.offset += sent
        self.count -= sent
        return sent

    @property
    def is_empty(self) -> bool:
        """Whether all is sent."""
        return not self.views and not self.count


class Answer:
    """An answer that is made as far as its client takes it, so that little of it ever waits.

    Attributes
    ----------
    response : Response
    rest : Rest
        What is made and not sent; where that is long, in a temporary file.
    is_made : bool
        Nothing more is to be made.
    """

    def __init__(
        self,
        response: Response,
        body: Iterable[bytes],
        connection: Connection,
        request_body: Body | None = None,  # it may be read until the end, and is closed then
    ) -> None:
        self.response = response
        self._request_body = request_body
        self._body = body
        self._connection = connection
        self._file: IO[bytes] | None = None
        self.rest = Rest([])
        self.is_made = False
        self._pieces: Iterator[bytes] | None = None

    def make(self) -> None:
        """Make and send more of it, until the client does not take at once what there is.

        Raises
        ------
        OSError
            The client is gone, or the answer is shorter than announced.
        StorageError
            There is no room for what waits.
        """
        response = self.response
        if self._pieces is None:
            part = file_rest(response, self._body)
            if part is not None:
                self._write(response.take())
                part.views = self.rest.views  # a head is too short for a file
                self.rest, self.is_made = part, True
                return
            self._pieces = iter(with_length(response, response.req.version, self._body))
        for piece in self._pieces:
            response.write(piece)
            if response.gathered_bytes >= STRIDE_BYTES:
                self._write(response.take())
                if not self.rest.is_empty:
                    return
        response.close()
        self._write(response.take())
        self.is_made = True
        if response.is_short:
            raise OSError("the answer is shorter than announced")

    @property
    def is_sent(self) -> bool:
        """Whether the client has all of it, as far as the system knows."""
        return self.is_made and self.rest.is_empty

    def close(self) -> None:
        """Drop what is left of it."""
        if self._file is not None:
            self._file.close()
        if self._pieces is not self._body and isinstance(self._pieces, Generator):
            self._pieces.close()
        if hasattr(self._body, "close"):
            self._body.close()
        if self._request_body is not None:
            self._request_body.close()

    def _write(self, views: Iterable[memoryview]) -> None:
        """Send some bytes, or keep them."""
        rest = self.rest
        for view in views:
            left = view
            if rest.is_empty:
                left = view[self._connection.send(view) :]
            if left:
                rest.views.append(left)
        if rest.count or sum(map(len, rest.views)) > _HELD_BYTES:
            self._spill()

    def _spill(self) -> None:
        rest = self.rest
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="caspian-")  # noqa: SIM115 - closed with the answer
                rest.file = self._file
            if not rest.count:
                rest.offset = 0
                self._file.seek(0)
                self._file.truncate()
            for view in rest.views:
                self._file.write(view)
                rest.count += len(view)
            self._file.flush()
        except OSError as error:
            raise storage_error(error) from error
        rest.views.clear()


def file_rest(response: Response, body: Any) -> Rest | None:
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
    return Rest([], file, offset, count)


def with_length(response: Response, version: tuple[int, int], body: Iterable[bytes]) -> Iterable[bytes]:
    """The pieces of an answer, whose end its receiver can tell from a connection that breaks off."""
    if version >= (1, 1) or response.response_length is not None or response.omits_body:
        return body
    return _measured(response, body)


def _measured(response: Response, body: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces after all of them are there, so that the length can be said before."""
    with closing(Spool()) as spool:
        for item in body:
            spool.write(item)
        response.response_length = spool.rewind()
        response.headers.append(("Content-Length", str(response.response_length)))
        while block := spool.file.read(STRIDE_BYTES):
            yield block
