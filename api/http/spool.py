"""A body of any length kept in a temporary file while it comes in."""

from __future__ import annotations

import errno
import tempfile
from typing import IO, BinaryIO, cast

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from api.errors import BodyError, StorageError

_IN_MEMORY_BYTES = 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_NO_ROOM = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE),
    *(errno.ENOENT, errno.EROFS, errno.EACCES),  # the folder for temporary files is gone, or shut
)


class Spool:
    """A temporary file that is gone when it is closed; small contents stay in memory.

    Raises
    ------
    StorageError
        On writing, where the disk has no room for more.
    """

    def __init__(self, *, in_memory_bytes: int = _IN_MEMORY_BYTES) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=in_memory_bytes, prefix="caspian-")  # noqa: SIM115
        self.length = 0  # known once it is rewound

    @property
    def file(self) -> BinaryIO:
        """The file itself, for reading."""
        return cast(BinaryIO, self._file)

    def write(self, data: bytes | bytearray) -> None:
        """Add some bytes."""
        try:
            self._file.write(data)
        except OSError as error:
            raise storage_error(error) from error

    def rewind(self) -> int:
        """Go to the beginning; how many bytes there are."""
        try:
            self._file.flush()
        except OSError as error:
            raise storage_error(error) from error
        self.length = self._file.tell()
        self._file.seek(0)
        return self.length

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


def spooled(stream: IO[bytes]) -> Spool:
    """All that the stream of a request has, ready to be read from the beginning.

    Raises
    ------
    BodyError
        It is cut short, or its chunks are none.
    StorageError
    """
    spool = Spool()
    try:
        while block := _read(stream):
            spool.write(block)
        spool.rewind()
    except BaseException:
        spool.close()
        raise
    return spool


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_BLOCK_BYTES)
    except (OSError, ParseException, ClientDisconnected) as error:
        raise BodyError("the body ends early, or its chunks cannot be read") from error


def storage_error(error: OSError) -> Exception:
    """What a failure to keep something means: a `StorageError`, or the failure itself."""
    if error.errno not in _NO_ROOM:
        return error
    return StorageError("there is no room left to keep a body of this length while it is answered")
