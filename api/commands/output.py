"""Files written beside their place and renamed when whole."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from api.errors import CommandError


def check_output(path: Path, endings: Sequence[str], inputs: Iterable[str] = ()) -> Path:
    """The path of a file to write, refused before any work where it cannot be written.

    Raises `CommandError`: unknown ending, a directory, a missing folder, no permission, or the file is one of
    the inputs.
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
    """Refuse standard output that is sent into the file that is read. Raises `CommandError`."""
    try:
        output, read = os.fstat(sys.stdout.fileno()), Path(name).stat()
    except (OSError, ValueError):  # one of them is no file
        return
    if stat.S_ISREG(output.st_mode) and os.path.samestat(output, read):
        raise CommandError(f"{name} is read, and standard output goes into it; write to another")


@contextlib.contextmanager
def bytes_written_beside(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its place only when the block ends well; else what was there stays as it was."""
    with made_beside(target) as path, path.open("wb") as file:
        yield file


@contextlib.contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """As `bytes_written_beside`, a path for a writer that opens its file itself.

    It lies in a folder of its own, so that whatever else the writer leaves there goes as well.
    """
    # The name asked for may have up to 255 bytes, to which nothing can be added.
    folder = target.with_name(f".{target.name[:50]}.{secrets.token_hex(4)}.partial")
    try:
        folder.mkdir()
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno == errno.ENOENT:  # check_output found its folder: that takes no files, as /proc
            reason = "its folder takes no new files"
        raise OSError(error.errno, reason, str(target)) from None
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
