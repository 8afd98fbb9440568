"""What is kept in a cache folder: read by its hashes, written beside its place and renamed."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import shutil
from collections.abc import Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import shapely

from coastlines.files import clear_partial, made_beside
from zones.cache_folder import CACHE_VARIABLE, make_folder
from zones.editions.archive import Decoded, encode
from zones.editions.identity import FORMAT
from zones.errors import CacheError
from zones.words import STATES

_RECORD, _ARRAYS, _HASHES = "edition.json", "arrays.bin", "sha256.json"
_STAMP = " stamp"  # behind a file's name

# What reading a record raises that holds anything at all.
WRONG_CONTENT = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
    shapely.errors.ShapelyError,
)

_log = logging.getLogger("caspian")


class DamagedError(Exception):
    """What lies in the cache is not what was written."""


class Entries:
    """What a cache folder has by name, each in a folder of its own: a record, arrays, the hashes of both."""

    def __init__(self, folder: Path, *, mapped: bool) -> None:
        self.folder = folder
        self._mapped = mapped
        self._skipped: set[str] = set()

    def everything(self) -> set[str]:
        """Names of all, whatever software made them."""
        try:
            return {entry.name for entry in self.folder.iterdir() if (entry / _HASHES).is_file()}
        except OSError:
            return set()

    def of_other_formats(self) -> set[str]:
        """What another version of this software has kept here; it is neither opened nor removed.

        One that cannot be read is damaged instead.
        """
        return {name for name in self.everything() if self._hashes(name).get("format", FORMAT) != FORMAT}

    def names(self) -> set[str]:
        """Names of those that can be opened."""
        return self.everything() - self.of_other_formats()

    def metadata(self, name: str) -> dict[str, Any] | None:
        """What the record of an edition says; None where it is no record of it, which is logged once."""
        try:
            metadata: dict[str, Any] = self._record(name)["metadata"]
            check_metadata(metadata, name)
        except (*WRONG_CONTENT, DamagedError) as error:
            if name not in self._skipped:
                self._skipped.add(name)
                _log.warning("%s in the cache is skipped, its record cannot be read: %r", name, error)
            return None
        return metadata

    def read(self, name: str) -> tuple[dict[str, Any], Decoded]:
        """Metadata and values that were kept under a name.

        Raises `DamagedError`, or any of `WRONG_CONTENT` of a record that has the right hash.
        """
        record = self._record(name)
        return record["metadata"], Decoded(record["built"], self._read(name, _ARRAYS, mapped=self._mapped))

    def write(self, name: str, metadata: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Keep values under a name, in the place of what has it. Raises `CacheError`."""
        records, block = encode(values)
        text = json.dumps({"metadata": metadata, "built": records}, allow_nan=False).encode()
        hashes: dict[str, Any] = {"format": FORMAT}
        target = self.folder / name
        try:
            make_folder(self.folder)
            clear_partial(target)
            with made_beside(target) as entry:
                entry.mkdir()
                for file, content in ((_ARRAYS, block), (_RECORD, text)):
                    (entry / file).write_bytes(content)
                    hashes[file] = hashlib.sha256(content).hexdigest()
                    hashes[file + _STAMP] = _stamp(entry / file)
                (entry / _HASHES).write_text(json.dumps(hashes))
        except OSError as error:
            raise self.unwritable(error) from error

    def written_s(self, name: str) -> float:
        """When something was kept under a name, in seconds of the clock; 0 where there is nothing."""
        try:
            return (self.folder / name / _HASHES).stat().st_mtime
        except OSError:
            return 0.0

    def remove(self, name: str) -> None:
        """Remove what is kept under a name: at once to others, who find it whole or not. Raises `OSError`."""
        gone = self.folder / f".{name[-50:]}.{secrets.token_hex(4)}.partial"
        (self.folder / name).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def unwritable(self, error: BaseException) -> CacheError:
        """That nothing can be written here, and what to do."""
        reason = getattr(error, "strerror", None) or str(error)
        return CacheError(
            f"cannot write the cache folder {self.folder}: {reason}; some 60 MB an edition are needed, "
            f"and {CACHE_VARIABLE} can name another folder"
        )

    def _hashes(self, name: str) -> dict[str, Any]:
        """Hashes of an edition's files, and the format they were written in; 0 where it says none."""
        try:
            hashes = json.loads((self.folder / name / _HASHES).read_bytes())
        except (OSError, ValueError):
            return {}
        return {"format": 0, **hashes} if isinstance(hashes, dict) else {}

    def _record(self, name: str) -> Any:
        return json.loads(bytes(self._read(name, _RECORD)))

    def _read(self, name: str, file: str, *, mapped: bool = False) -> bytes | mmap:
        """A file's content, which has the hash it was written with.

        For a single answer it is enough that nobody has written to it since: hashing takes longer than that.
        """
        hashes, path = self._hashes(name), self.folder / name / file
        content: bytes | mmap
        try:
            with path.open("rb") as opened:
                content = mmap(opened.fileno(), 0, access=ACCESS_READ) if mapped else opened.read()
            stamp = _stamp(path)
        except (OSError, ValueError) as error:  # the latter: an empty file cannot be mapped
            raise DamagedError(f"{type(error).__name__} on reading") from error
        is_untouched = self._mapped and hashes.get(file + _STAMP) == stamp
        if not is_untouched and hashes.get(file) != hashlib.sha256(content).hexdigest():
            raise DamagedError(f"the hash of {file} is not the one it was written with")
        return content


def _stamp(path: Path) -> list[int]:
    """Size and time of the last change of a file."""
    state = path.stat()
    return [state.st_size, state.st_mtime_ns]


def check_metadata(metadata: Mapping[str, Any], name: str) -> None:
    """Whether this is what is said of an edition, as far as others rely on it.

    Raises `ValueError`: it is not; any other error of an access says so, too.
    """
    coast, lines = metadata["coast"], metadata["straight_lines"]
    texts = [coast["id"], coast["title"], *metadata["effects"], *metadata["treaty_points_given"]]
    texts += [line[key] for line in lines for key in ("name", "state", "kind", "line_type")]
    numbers = [*metadata["breadth_nm"].values(), *metadata["effects"].values()]
    if metadata["edition"] != name or not set(metadata["breadth_nm"]) <= set(STATES):
        raise ValueError("it is that of another edition")
    if not all(isinstance(one, str) for one in texts) or not all(
        isinstance(one, (int, float)) for one in numbers
    ):
        raise ValueError("it has values of other types")
