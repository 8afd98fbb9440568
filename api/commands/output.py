"""Files that commands write: looked at before any work, written beside their place."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from api.batches.choices import ending_of
from api.errors import CommandError
from coastlines.files import made_beside, opened_for


def check_output(path: Path, endings: Sequence[str], inputs: Iterable[str] = ()) -> Path:
    """The path of a file to write, refused before any work where it cannot be written.

    Raises `CommandError`: unknown ending, a directory, a missing folder, no permission, or the file is one of
    the inputs.
    """
    if "".join(ending_of(path)) not in endings:
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
    with made_beside(target) as path, opened_for(target, path) as file:
        yield file
