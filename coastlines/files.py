"""Files and folders written beside their place and renamed into it when whole."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["clear_partial", "made_beside"]


@contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A path to make a file or a folder at, which takes the target's place when the block ends well.

    Else what was there stays as it was. The path lies in a folder of its own, so that whatever else is
    left there goes as well.

    Raises
    ------
    OSError
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
        for path in made.iterdir() if made.is_dir() else [made]:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        if target.is_dir():
            shutil.rmtree(target)
        elif target.exists():
            made.chmod(target.stat().st_mode & 0o7777)
        made.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_partial(target: Path) -> None:
    """Remove what was left beside a target by those who were killed; for who alone may write it."""
    for left in target.parent.glob(_partial(target, "*").name):
        shutil.rmtree(left, ignore_errors=True)


def _partial(target: Path, mark: str) -> Path:
    # The name may have up to 255 bytes already, to which nothing can be added; names differ in their ends.
    return target.with_name(f".{target.name[-50:]}.{mark}.partial")
