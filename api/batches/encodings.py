"""Texts in other encodings than UTF-8, as spreadsheets write them, read as UTF-8."""

from __future__ import annotations

import codecs
import io
import re
from encodings.aliases import aliases
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

from api.errors import BodyError

if TYPE_CHECKING:
    from typing_extensions import Buffer  # of `collections.abc` from Python 3.12 on

HEAD_BYTES = 1024 * 1024  # by which the encoding is found
_BLOCK_BYTES = 64 * 1024
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_8 = "utf-8"
# First bytes of what is no text, though it may be named or sent as one.
_NO_TEXTS = {
    b"\x1f\x8b\x08": "packed by gzip",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard",
    b"PK\x03\x04": "a ZIP archive, as workbooks (.xlsx) are",
    b"\xd0\xcf\x11\xe0": "a workbook of Excel (.xls) or another document of its kind",
    b"PAR1\x15": "a Parquet file",
    b"SQLite format 3\0": "a GeoPackage or another database of SQLite",
}
_CYRILLIC, _WESTERN = "windows-1251", "windows-1252"
_CYRILLIC_LETTERS = frozenset((*range(0xC0, 0x100), 0xA8, 0xB8))
_NO_CYRILLIC = 0x98  # no character of windows-1251
# Made for other things than tables; what Python has for some takes the square of their length.
_NOT_READ = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
# Degree sign, no-break space, quotes, dashes and the like, which all encodings of Windows have there, and
# the ordinal and accent that stand for degrees and minutes.
_SIGNS = frozenset((0xB0, 0xA0, 0xB7, 0xAB, 0xBB, *range(0x91, 0x98), 0x85, 0xBA, 0xB4))


def known_encoding(name: str) -> str | None:
    """The name that Python has for an encoding of texts; None where it is none that is read."""
    if not name.isascii():  # Python leaves other letters out of a name
        return None
    try:
        "".encode(name)  # also refuses codecs that are not of texts
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return None if found.replace("_", "-") in _NOT_READ else found


@cache
def encodings_read() -> tuple[str, ...]:
    """Encodings that are read, by the names that files and requests have for them."""
    found = {known_encoding(name) for name in (UTF_8, *aliases.values())}
    return tuple(sorted(map(_registered, filter(None, found))))


def _registered(name: str) -> str:
    """As ``windows-1251`` for Python's ``cp1251``."""
    name = re.sub(r"^cp(?=125[0-8]$)", "windows-", name.replace("_", "-"))
    return name.replace("iso8859", "iso-8859").replace("iso2022", "iso-2022")


def guessed_encoding(head: bytes) -> str:
    """The encoding of a text by its beginning: UTF-8 where nothing tells of another that is read."""
    if head.startswith(_UTF_16_MARKS):
        return "utf-16"
    if unmarked := _unmarked_utf_16(head):
        return unmarked
    if head.isascii() or _is_utf_8(head):
        return UTF_8
    high = [(place, byte) for place, byte in enumerate(head) if byte > 0x7F]
    found = {byte for _, byte in high}
    if found <= _SIGNS:
        return _WESTERN
    letters = [place for place, byte in high if byte in _CYRILLIC_LETTERS]
    # Letters of other encodings stand one by one among those of ASCII, Cyrillic ones side by side.
    known = frozenset(letters)
    beside = sum(place - 1 in known or place + 1 in known for place in letters)
    if _NO_CYRILLIC not in found and len(letters) > 1 and 2 * beside > len(letters):
        return _CYRILLIC
    return UTF_8


def read_up_to(file: BinaryIO, most: int) -> bytes:
    """So many bytes of a file, fewer only at its end: of a pipe also those that are not there yet."""
    pieces: list[bytes] = []
    while most and (piece := file.read(most)):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def as_utf_8(file: BinaryIO, encoding: str | None = None) -> tuple[BinaryIO, bytes, str]:
    """A text as UTF-8, what of it is read already, and its encoding: the one named, else the one guessed.

    Raises `BodyError`: by its first bytes it is something else.
    """
    head = read_up_to(file, HEAD_BYTES)
    for first, kind in _NO_TEXTS.items():
        if head.startswith(first):
            raise BodyError(f"it is no text but {kind}")
    name = encoding or guessed_encoding(head)
    if known_encoding(name) in (UTF_8, "utf-8-sig", "ascii"):
        return file, head, UTF_8
    return io.BufferedReader(_Recoded(file, head, name), _BLOCK_BYTES), b"", name


def _unmarked_utf_16(head: bytes) -> str:
    """UTF-16 without a mark, where every other byte is often zero and those between never are; else empty."""
    even, odd = head[::2], head[1::2]
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if 3 * high.count(0) > len(high) and 0 not in low:
            return name
    return ""


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


class _Recoded(io.RawIOBase):
    """Reads a text in one encoding as UTF-8; what is no text of it becomes a replacement character."""

    def __init__(self, file: BinaryIO, head: bytes, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = memoryview(self._decoder.decode(head).encode("utf-8", "replace"))
        self._at_end = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Buffer, /) -> int:
        """Fill a buffer."""
        room = memoryview(target).cast("B")
        while not self._ready and not self._at_end:
            data = self._file.read(_BLOCK_BYTES)
            self._at_end = not data
            text = self._decoder.decode(data, final=self._at_end)
            self._ready = memoryview(text.encode("utf-8", "replace"))
        count = min(len(room), len(self._ready))
        room[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count
