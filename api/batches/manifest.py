"""What was answered into a folder, file by file: a line each, so that a run goes on where another stopped."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from api.errors import CommandError
from coastlines.files import made_beside

MANIFEST = "_manifest.jsonl"  # of a name that readers of partitioned folders leave out
# Names of files may hold bytes that are no text: Python's letters for these, escaped, are JSON's.
_AS_JSON: Any = {"encoding": "utf-8", "errors": "backslashreplace"}
_NO_LOCKS = (errno.EBADF, errno.ENOLCK, errno.ENOTSUP)  # of folders, as NFS says it; files are whole even so


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that is done: its hashes, its rows and those with an error among them."""

    output: str  # below the folder
    input: str  # as it was named
    input_sha256: str
    output_sha256: str
    rows: int
    errors: int


class Manifest:
    """The manifest of a folder that is held by one process and those it forks."""

    def __init__(self, folder: Path, head: Mapping[str, Any], entries: dict[str, Entry]) -> None:
        self._folder = folder
        self._head = head
        self._file: TextIO | None = None
        self.entries = entries  # by output

    def add(self, entry: Entry) -> None:
        """Write down that a file is done."""
        if self.entries.get(entry.output) == entry:
            return
        self.entries[entry.output] = entry
        if self._file is None:
            self._file = (self._folder / MANIFEST).open("a", **_AS_JSON)
        self._file.write(_line(asdict(entry)))
        self._file.flush()

    def leave_out(self, output: str) -> None:
        """Take out what a file was answered before it was damaged, or changed to what cannot be answered."""
        before = self.entries.pop(output, None)
        target = self._folder / output
        if before is not None and target.is_file() and sha256_of(target) == before.output_sha256:
            target.unlink()

    def write(self) -> None:
        """Write all of it anew, in the order of the outputs."""
        self.close()
        target = self._folder / MANIFEST
        with made_beside(target) as path, path.open("w", **_AS_JSON) as file:
            file.write(_line(self._head))
            file.writelines(_line(asdict(self.entries[output])) for output in sorted(self.entries))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextlib.contextmanager
def open_manifest(folder: Path, head: Mapping[str, Any]) -> Iterator[Manifest]:
    """The manifest of a folder, made where there is none; `head` is what all files in it have in common.

    Raises `CommandError`: the folder holds answers of another head, other files, or is written to by another
    process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder):
        path = folder / MANIFEST
        if not path.exists() and any(one.name[0] != "." for one in folder.iterdir()):
            raise CommandError(f"{folder} is not empty and holds no {MANIFEST}; write to a new folder")
        entries = _read(path, head) if path.exists() else {}
        manifest = Manifest(folder, head, entries)
        remove_partial(folder)  # of those who were killed; no one else writes here
        manifest.write()  # without what was written half
        try:
            yield manifest
        finally:
            manifest.close()
            remove_partial(folder)  # of processes that were lost, or ended as this one was about to


def remove_partial(folder: Path) -> None:
    """Remove what was written half in a folder and those below it."""
    for left in folder.rglob(".*.partial"):
        shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{folder} is written to by another process") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        os.close(held)


def _read(path: Path, head: Mapping[str, Any]) -> dict[str, Entry]:
    first, *others = path.read_text(encoding="utf-8", errors="replace").split("\n")
    try:
        found = json.loads(first)
        differing = [name for name in head if found.get(name) != head[name]]
    except (ValueError, AttributeError):
        raise CommandError(f"{path} is no manifest of caspian classify; write to a new folder") from None
    if differing:
        name = differing[0]
        raise CommandError(
            f"{path.parent} holds answers with {name} {_shown(found.get(name))}, "
            f"not {_shown(head[name])}; write to a new folder"
        )
    entries = {}
    for line in others:
        with contextlib.suppress(ValueError, TypeError):  # written half when a process was killed
            entry = Entry(**json.loads(line))
            entries[entry.output] = entry
    return entries


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]
