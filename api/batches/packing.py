"""Files packed by gzip or Zstandard, read and written as they stream."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from api.errors import BodyError, CommandError

if TYPE_CHECKING:
    from typing_extensions import Buffer  # of `collections.abc` from Python 3.12 on

_FREE_BYTES = 256 * 1024 * 1024  # may come out of the smallest file
MOST_TIMES = 250  # as large as the file; tables of positions come to a tenth of that


def becomes_too_large(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Whether so much came out of so little that it is no table of positions."""
    return unpacked_bytes > max(_FREE_BYTES, MOST_TIMES * packed_bytes)


@contextlib.contextmanager
def unpacked(file: BinaryIO, packing: str) -> Iterator[BinaryIO]:
    """What is in a packed file, as it is read; the file itself where it has no packing.

    Raises `BodyError`: it is damaged, or becomes far larger than any table does, on reading; `CommandError`:
    pyarrow is not installed, which unpacks Zstandard.
    """
    if not packing:
        yield file
        return
    with io.BufferedReader(_Unpacking(file, packing), 1024 * 1024) as stream:
        yield stream


@contextlib.contextmanager
def packed(file: IO[bytes], packing: str) -> Iterator[IO[bytes]]:
    """A file to write to, whose content is packed; the same content is the same to the byte."""
    if not packing:
        yield file
    elif packing == ".gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
            yield cast(IO[bytes], stream)
    else:
        with _arrow().CompressedOutputStream(file, "zstd") as stream:
            yield stream


class _Unpacking(io.RawIOBase):
    """Reads what is in a packed file, also from its beginning again, and bounds what may come out."""

    def __init__(self, file: BinaryIO, packing: str) -> None:
        self._file = file
        self._packing = packing
        self._begin()

    def _begin(self) -> None:
        self._count = 0  # bytes that came out
        self._stream: Any = (
            gzip.GzipFile(fileobj=self._file)
            if self._packing == ".gz"
            else _arrow().CompressedInputStream(_Unclosed(self._file), "zstd")
        )

    def close(self) -> None:
        """Close what unpacks, not the file."""
        if not self.closed:
            self._stream.close()
        super().close()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read again."""
        return self._file.seekable()

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to the beginning; no other place but the present one is found."""
        if (place, whence) == (0, io.SEEK_SET):
            self._stream.close()
            self._file.seek(0)
            self._begin()
        elif (place, whence) != (0, io.SEEK_CUR):
            raise io.UnsupportedOperation("a packed file is read from its beginning only")
        return self._count

    def readinto(self, target: Buffer, /) -> int:
        """Fill a buffer. Raises `BodyError`."""
        room = memoryview(target).cast("B")
        try:
            data = self._stream.read(len(room))
        except (OSError, EOFError, zlib.error) as error:
            said = " ".join(str(error).split())[:200]
            raise BodyError(f"the file is damaged: it cannot be unpacked ({said})") from None
        room[: len(data)] = data
        self._count += len(data)
        if becomes_too_large(self._count, self._file.tell()):
            raise BodyError(
                f"the file becomes more than {MOST_TIMES} times as large when unpacked; unpack it first"
            )
        return len(data)


class _Unclosed(io.RawIOBase):
    """A file that stays open when who reads it closes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Buffer, /) -> int:
        """Fill a buffer."""
        return self._file.readinto(target)  # type: ignore[attr-defined, no-any-return]


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise CommandError(
            "files ending in .zst need pyarrow: pip install 'caspian-zones[parquet]'"
        ) from None
    return pyarrow
