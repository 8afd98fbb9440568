"""The positions of one file answered into another."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from api.batches.archives import member_of, resolved, size_of, unpacked_member
from api.batches.choices import ending_of, with_assumptions
from api.batches.column_places import ColumnError
from api.batches.encodings import UTF_8
from api.batches.engine import classify_all
from api.batches.forms import INPUTS, OUTPUTS, WHOLE_ENDINGS, Reading, read_file
from api.batches.packing import packed, unpacked
from api.batches.rows import Source
from api.errors import BodyError, CommandError, RequestError

if TYPE_CHECKING:
    from zones.editions.store import Edition

STANDARD_INPUT = "-"
_OTHER_FILES = (".kml", ".kmz", ".xlsx", ".xls", ".gpx", ".gml")
_IN_COLUMNS = (".csv", ".parquet")  # forms that are written from columns

# Takes bytes that were read and rows that were answered, both of the whole file so far.
Progress = Callable[[int, int], object]
Stamp = tuple[int, int] | None


class BadRowError(CommandError):
    """A row has an error where there may be none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every position of a file, and how the file is read."""

    fields: tuple[str, ...]
    compare: bool = False
    language: str | None = None
    reading: Reading = field(default_factory=Reading)
    is_strict: bool = False  # the first row with an error ends it
    workers: int = 1  # threads for each file


@dataclass(slots=True)
class Counts:
    """Rows of a file, those with an error among them, and columns under other names, old to new.

    ``encoding`` is that of a text where it is another than UTF-8 and was not named.
    """

    rows: int = 0
    errors: int = 0
    first_error: str = ""
    encoding: str = ""
    renamed: dict[str, str] = field(default_factory=lambda: {})


def answer_file(
    edition: Edition,
    name: str,
    target: IO[bytes],
    form: tuple[str, str],
    asked: Asked,
    progress: Progress = lambda _bytes, _rows: None,
) -> Counts:
    """Answer a file, or standard input, in a form: an ending and a packing.

    Raises `BodyError`: the file cannot be read, or was changed meanwhile; `BadRowError`; `CommandError`:
    pyarrow is not installed.
    """
    ending, packing = form
    reading = replace(asked.reading, in_columns=ending in _IN_COLUMNS and asked.language is None)
    counts = Counts()
    with opened(name, reading) as one, packed(target, packing) as answers:
        fields = with_assumptions(asked.fields, edition.assumptions)
        writer = OUTPUTS[ending](answers, one.source, fields, edition.name)
        for rows, errors in classify_all(
            edition, writer, compare=asked.compare, language=asked.language, workers=asked.workers
        ):
            if errors and not counts.errors:
                first = min(errors)
                counts.first_error = f"row {counts.rows + first + 1:,}: {errors[first]}"
                if asked.is_strict:
                    raise BadRowError(f"{name}: {counts.first_error} (--strict)")
            one.check_unchanged()  # one that grows might be read for ever
            counts.rows += rows
            counts.errors += len(errors)
            progress(one.place(counts.rows), counts.rows)
        counts.renamed = writer.names.renamed
        if reading.encoding is None:
            counts.encoding = getattr(one.source, "encoding", UTF_8).replace(UTF_8, "")
        one.check_unchanged()
    return counts


@dataclass(frozen=True, slots=True)
class Opened:
    """An input, the file that it is read from, and its size where that is known. [byte]"""

    source: Source
    file: BinaryIO
    size: int
    before: Stamp  # when it was opened

    def place(self, rows: int) -> int:
        """How far it is read when so many rows are answered. [byte]"""
        row_count: int | None = getattr(self.source, "row_count", None)
        if row_count:
            return self.size * rows // row_count
        return self.file.tell() if self.before else 0

    def check_unchanged(self) -> None:
        """Raises `BodyError`: the file has changed since it was opened."""
        if stamp(self.file) != self.before:
            raise BodyError("the file has changed while it was read; answer it again when it is whole")


@contextlib.contextmanager
def opened(name: str, reading: Reading) -> Iterator[Opened]:
    """A file that is read bit by bit, or standard input where its name is ``-``.

    Raises `BodyError`, `CommandError`: with its name.
    """
    path = Path(name)
    with contextlib.ExitStack() as held:
        try:
            if name == STANDARD_INPUT:
                file: BinaryIO = sys.stdin.buffer
                ending, packing = ".csv", ""
            else:
                path = held.enter_context(unpacked_member(resolved(path)))
                file, (ending, packing) = _file(path, name, held), ending_of(path)
            plain = held.enter_context(unpacked(file, packing))
            one = Opened(read_file(plain, ending, reading), file, _size(file), stamp(file))
            yield one
        except ColumnError as error:
            options = "--lon-column and --lat-column choose, or --position-column"
            raise BodyError(f"{name}: {error}; {options}") from None
        except RequestError as error:
            other = "; --encoding names its encoding" if "is not UTF-8 text" in str(error) else ""
            raise BodyError(f"{name}: {error}{other}") from None


def check_input(name: str) -> int | None:
    """The size of an input, None where it is not known. [byte] Raises `CommandError`: it cannot be read."""
    if name == STANDARD_INPUT:
        return None
    try:
        path = resolved(Path(name))
        if member_of(path) is not None:
            return size_of(path) or None
    except BodyError as error:
        raise CommandError(f"{name}: {error}") from None
    with contextlib.ExitStack() as held:
        return _size(_file(path, name, held)) or None


def _file(path: Path, name: str, held: contextlib.ExitStack) -> BinaryIO:
    """A file, opened; of what it is `name` tells errors."""
    ending, packing = ending_of(path)
    if ending in _OTHER_FILES:
        raise CommandError(f"{name}: only {', '.join(INPUTS)} files are read, and .zip of these")
    if packing and ending in WHOLE_ENDINGS:
        raise CommandError(f"{name}: {ending} files are read unpacked only")
    if path.is_dir():
        raise CommandError(f"{path} is a folder; a file or a position (LON LAT) is needed")
    # A shell's `<(...)` and /dev/stdin are pipes that are open already.
    if path.is_fifo() and not str(path.absolute()).startswith(("/dev/", "/proc/")):
        raise CommandError(f"{name} is not a file; what comes by a pipe is read as - from standard input")
    try:
        return held.enter_context(path.open("rb"))
    except FileNotFoundError:
        raise CommandError(
            f"there is no file {str(path)!r} (a position takes two numbers: LON LAT)"
        ) from None


def stamp(file: BinaryIO) -> Stamp:
    """What changes when an ordinary file is written to; None for another, as a pipe."""
    try:
        status = os.fstat(file.fileno())
    except (OSError, ValueError):  # it is none
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _size(file: BinaryIO) -> int:
    now = stamp(file)
    return now[0] if now else 0
