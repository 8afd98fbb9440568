"""Files written beside their place and renamed when whole."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from api.errors import CommandError


def check_output(path: Path, endings: Sequence[str], inputs: Iterable[str] = ()) -> Path:
    """The path of a file to write, refused before any work where it cannot be written.

    Raises
    ------
    CommandError
        Unknown ending, a directory, a missing folder, no permission, or the file is one of the inputs.
    """
    if path.suffix.lower() not in endings:
        given = f"ending {path.suffix!r}" if path.suffix else "no ending"
        raise CommandError(f"{path}: {given}; known here: {', '.join(endings)}")
    # Behind a symbolic link the file itself is replaced, not the link.
    try:
        target = path.resolve()
    except RuntimeError:  # of Python before 3.13; later the parent below is no folder
        raise CommandError(f"{path} cannot be written: too many levels of symbolic links") from None
    if target.is_dir():
        raise CommandError(f"{path} is a folder, not a file")
    if target.exists() and not target.is_file():
        raise CommandError(f"{path} is not an ordinary file")
    for name in inputs:
        # However it is spelled or linked.
        if target.exists() and Path(name).exists() and target.samefile(name):
            raise CommandError(f"{path} is the file that is read; write to another")
    if not target.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {target.parent}")
    writable = os.access(target.parent, os.W_OK | os.X_OK)
    if not writable or (target.exists() and not os.access(target, os.W_OK)):
        raise CommandError(f"{path} cannot be written: permission denied")
    return target


def check_standard_output(name: str) -> None:
    """Refuse standard output that is sent into the file that is read.

    Raises
    ------
    CommandError
    """
    try:
        output, read = os.fstat(sys.stdout.fileno()), Path(name).stat()
    except (OSError, ValueError):  # one of them is no file
        return
    if stat.S_ISREG(output.st_mode) and os.path.samestat(output, read):
        raise CommandError(f"{name} is read, and standard output goes into it; write to another")


@contextlib.contextmanager
def written_beside(target: Path) -> Iterator[TextIO]:
    """A text file in UTF-8 that takes its place only when the block ends well.

    Whatever goes wrong, a file that was there before stays as it was and nothing partial is left.
    """
    with bytes_written_beside(target) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", errors="backslashreplace", newline="")
        try:
            yield text
            text.flush()
        finally:
            with contextlib.suppress(OSError):  # what is still to be written failed already
                text.detach()


@contextlib.contextmanager
def bytes_written_beside(target: Path) -> Iterator[BinaryIO]:
    """As `written_beside`, for bytes."""
    beside = _beside(target)
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise _unmade(target, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A path for a writer that opens its file itself; what it made takes its place when the block ends well.

    The path lies in a folder of its own, so that whatever else the writer leaves there goes as well.
    """
    folder = _beside(target)
    try:
        folder.mkdir()
    except OSError as error:
        raise _unmade(target, error) from None
    try:
        made = folder / target.name
        yield made
        with made.open("rb") as file:
            os.fsync(file.fileno())
        if target.exists():
            made.chmod(target.stat().st_mode & 0o7777)
        made.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beside(target: Path) -> Path:
    # A name of up to 255 bytes is allowed, and this one is longer.
    return target.with_name(f".{target.name[:50]}.{secrets.token_hex(4)}.partial")


def _unmade(target: Path, error: OSError) -> OSError:
    """The error that names the file asked for, not the one that was to be written beside it."""
    reason = error.strerror or str(error)
    if error.errno == errno.ENOENT:  # check_output found the folder: it takes no files, as /proc
        reason = "its folder takes no new files"
    return OSError(error.errno, reason, str(target))
