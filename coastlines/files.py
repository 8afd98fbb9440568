"""Files and folders written beside their place and renamed into it when whole; folders of those who live."""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer  # of `collections.abc` from Python 3.12 on

__all__ = ["clear_partial", "folder_while_alive", "made_beside", "opened_for"]


@contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A path to make a file or a folder at, which takes the target's place when the block ends well.

    Else what was there stays as it was. The path lies in a folder of its own, so that whatever else is
    left there goes as well.

    Raises `OSError`.
    """
    folder = _partial(target, secrets.token_hex(4))
    try:
        folder.mkdir()
    except OSError as error:
        # Who asks has found the folder above or made it: that takes no files, as /proc.
        reason = "its folder takes no new files" if error.errno == errno.ENOENT else error.strerror
        raise OSError(error.errno, reason or str(error), str(target)) from None
    try:
        made = folder / target.name
        yield made
        try:
            for path in made.iterdir() if made.is_dir() else [made]:
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        if target.is_dir():
            shutil.rmtree(target)
        elif target.exists():
            made.chmod(target.stat().st_mode & 0o7777)
        made.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def opened_for(target: Path, path: Path) -> BinaryIO:
    """A file at a path to be written, of which errors tell the target's name, as where no room is left."""
    return io.BufferedWriter(_NamedFile(path, target))


class _NamedFile(io.FileIO):
    """A file to write to, of which errors tell the name that it will have."""

    def __init__(self, path: Path, target: Path) -> None:
        super().__init__(path, "wb")
        self._target = target

    def write(self, data: Buffer, /) -> int:
        """Some of the bytes; how many. Raises `OSError`."""
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._target)) from None


def clear_partial(target: Path) -> None:
    """Remove what was left beside a target by those who were killed; for who alone may write it."""
    for left in target.parent.glob(_partial(target, "*").name):
        shutil.rmtree(left, ignore_errors=True)


def _partial(target: Path, mark: str) -> Path:
    # The name may have up to 255 bytes already, to which nothing can be added; names differ in their ends.
    return target.with_name(f".{target.name[-50:]}.{mark}.partial")


def folder_while_alive(prefix: str, parent: str | None) -> Path:
    """A new folder for this process and those that it forks; those whose processes are all gone go.

    That is told by a lock, which ends with the last process that has it, however it ends.
    """
    folder = Path(mkdtemp(prefix=prefix, dir=parent))
    with suppress(OSError):  # a file system without locks
        _lock(folder)
    for other in folder.parent.glob(f"{prefix}*"):
        with suppress(OSError):  # its processes live, or it is another user's
            held = _lock(other)
            shutil.rmtree(other, ignore_errors=True)
            os.close(held)
    return folder


def _lock(folder: Path) -> int:
    """Lock an own folder until the descriptor returned is closed everywhere."""
    import fcntl  # not on Windows, which has no service either

    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(folder))
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
