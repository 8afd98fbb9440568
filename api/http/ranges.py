"""Which bytes of a file a request is for, and whether it needs them at all (RFC 9110, 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
_BLOCK = 1 << 16


class RangeError(ValueError):
    """A range lies beyond the end of the file."""


def byte_range(header: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for; None where the whole file is to be sent.

    That is the case without a header, for several ranges, other units, and what is no range at all:
    a server may always send the whole.

    Raises
    ------
    RangeError
        None of the bytes asked for is there.
    """
    found = _ONE_RANGE.fullmatch((header or "").strip())
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:  # the last so many
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
        if found[2] and stop <= start:
            return None
    if start >= size or (not found[1] and int(found[2]) == 0):
        raise RangeError(f"the file has {size} bytes")
    return range(start, min(stop, size))


class Part:
    """The bytes of a range of a file, a block at a time; closes the file."""

    def __init__(self, file: BinaryIO, chosen: range) -> None:
        self.filelike = file
        self._left = len(chosen)
        file.seek(chosen.start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            block = self.filelike.read(min(_BLOCK, self._left))
            if not block:
                raise OSError("the file ends before its range")
            self._left -= len(block)
            yield block

    def close(self) -> None:
        """Close the file."""
        self.filelike.close()
