"""Bodies of requests, taken in piece by piece as they come, without waiting."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, BinaryIO

from gunicorn.http import errors
from gunicorn.http.body import CHUNK_EXT_RE, ChunkedReader

from api.web.spool import Spool

_IN_MEMORY_BYTES = 64 * 1024
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})" + CHUNK_EXT_RE.pattern)
_LONGEST_SIZE_LINE = 1024
_TRAILER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*")
_LONGEST_TRAILERS = 8 * 1024


class Body(ABC):
    """A body while it comes in; what is long goes to a temporary file.

    Attributes
    ----------
    length : int
        Bytes that the body has as far as it is known.
    is_too_long : bool
        It has more bytes than allowed; no more of it is taken.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._spool = Spool(in_memory_bytes=_IN_MEMORY_BYTES)
        self.length = 0
        self.is_too_long = False

    @abstractmethod
    def take(self, received: bytearray) -> bool:
        """Take what belongs to the body out of received bytes; whether the body is there now.

        Raises
        ------
        ParseException
            The bytes are no body.
        StorageError
        """

    def file(self) -> BinaryIO:
        """The whole body, to be read from its beginning."""
        self._spool.rewind()
        return self._spool.file

    def close(self) -> None:
        """Give its room back."""
        self._spool.close()


class _Announced(Body):
    """A body whose length was said before."""

    def __init__(self, most: int, length: int) -> None:
        super().__init__(most)
        self.length = length
        self.is_too_long = length > most
        self._left = length

    def take(self, received: bytearray) -> bool:
        if self.is_too_long:
            return True
        piece = received if len(received) <= self._left else received[: self._left]
        self._left -= len(piece)
        self._spool.write(piece)
        del received[: len(piece)]
        return not self._left


class _Chunked(Body):
    """A body in chunks (RFC 9112, 7.1), each after its size; trailers are checked and dropped."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._left = 0  # of the chunk
        self._in_chunk = False
        self._in_trailers = False
        self._trailer_bytes = 0

    def take(self, received: bytearray) -> bool:
        pieces: list[bytearray] = []
        at = 0
        is_whole = False
        while not is_whole and not self.is_too_long:
            if self._in_chunk:
                piece = received[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left or len(received) - at < 2:
                    break
                if received[at : at + 2] != b"\r\n":
                    raise errors.ChunkMissingTerminator(bytes(received[at : at + 2]))
                at += 2
                self._in_chunk = False
            longest = _LONGEST_TRAILERS if self._in_trailers else _LONGEST_SIZE_LINE
            end = received.find(b"\r\n", at, at + longest)
            if end < 0:
                if len(received) - at >= longest:
                    raise errors.InvalidChunkSize(bytes(received[at : at + 20]))
                break
            if self._in_trailers:
                is_whole = end == at
                self._check_trailer(received, at, end)
            else:
                self._begin_chunk(received, at, end)
            at = end + 2
        del received[:at]
        if not self.is_too_long:
            self._spool.write(b"".join(pieces))
        return is_whole or self.is_too_long

    def _begin_chunk(self, received: bytearray, start: int, end: int) -> None:
        found = _CHUNK_SIZE.fullmatch(received, start, end)
        if found is None:
            raise errors.InvalidChunkSize(bytes(received[start:end]))
        self._left = int(found[1], 16)
        self._in_chunk = self._left > 0
        self._in_trailers = not self._in_chunk
        self.length += self._left
        self.is_too_long = self.length > self._most

    def _check_trailer(self, received: bytearray, start: int, end: int) -> None:
        self._trailer_bytes += end - start
        if self._trailer_bytes > _LONGEST_TRAILERS:
            raise errors.LimitRequestHeaders("the trailers are too long")
        if end > start and _TRAILER.fullmatch(received, start, end) is None:
            raise errors.InvalidHeader("in the trailers")


def body_of(request: Any, most: int) -> Body | None:
    """What is to be received after a head that gunicorn has parsed; None where there is no body."""
    reader = request.body.reader
    if isinstance(reader, ChunkedReader):
        return _Chunked(most)
    return _Announced(most, reader.length) if reader.length else None
