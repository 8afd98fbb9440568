"""The folders of editions in the cache: what is there, read by its hashes, written beside and renamed."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import shapely

from zones.cache_folder import CACHE_VARIABLE
from zones.editions.archive import decode, encode
from zones.editions.building import TYPES, Built
from zones.editions.identity import FORMAT
from zones.editions.metadata import check_metadata
from zones.errors import CacheError

_RECORD, _ARRAYS, _HASHES = "edition.json", "arrays.bin", "sha256.json"

# What reading a record raises that holds anything at all.
WRONG_CONTENT = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
    shapely.errors.ShapelyError,
)

_log = logging.getLogger("caspian")


class DamagedError(Exception):
    """What lies in the cache is not what was written."""


class Entries:
    """Editions in a cache folder, each a folder of its own: a record, arrays, and the hashes of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
            content = json.loads(self._read(name, _RECORD))
            metadata: dict[str, Any] = content["metadata"]
            check_metadata(metadata, name)
        except (*WRONG_CONTENT, DamagedError) as error:
            if name not in self._skipped:
                self._skipped.add(name)
                _log.warning("%s in the cache is skipped, its record cannot be read: %r", name, error)
            return None
        return metadata

    def read(self, name: str) -> Built:
        """What was kept of an edition.

        Raises
        ------
        DamagedError, or any of `WRONG_CONTENT` of a record that has the right hash
        """
        record, arrays = self._read(name, _RECORD), self._read(name, _ARRAYS)
        content = json.loads(record)
        check_metadata(content["metadata"], name)
        built: Built = decode(content["built"], arrays, TYPES)
        return built

    def write(self, name: str, built: Built) -> None:
        """Keep an edition, in the place of one of this name.

        Raises
        ------
        CacheError
        """
        record, block = encode(built)
        text = json.dumps({"metadata": built.metadata, "built": record}, allow_nan=False).encode()
        files = {_ARRAYS: block, _RECORD: text}
        hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
        files[_HASHES] = json.dumps({"format": FORMAT, **hashes}).encode()
        beside = self.folder / f"{name}.building-{os.getpid()}"
        try:
            for left in self.folder.glob(f"{name}.building-*"):
                shutil.rmtree(left)
            beside.mkdir()
            for file, content in files.items():
                with (beside / file).open("wb") as target:
                    target.write(content)
                    target.flush()
                    os.fsync(target.fileno())
            if (self.folder / name).exists():
                shutil.rmtree(self.folder / name)
            beside.rename(self.folder / name)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise self.unwritable(error) from error

    def unwritable(self, error: BaseException) -> CacheError:
        """That nothing can be written here, and what to do."""
        reason = getattr(error, "strerror", None) or str(error)
        return CacheError(
            f"cannot write the cache folder {self.folder}: {reason}; some 40 MB an edition are needed, "
            f"and {CACHE_VARIABLE} can name another folder"
        )

    def _hashes(self, name: str) -> dict[str, Any]:
        """Hashes of an edition's files, and the format they were written in; 0 where it says none."""
        try:
            hashes = json.loads((self.folder / name / _HASHES).read_bytes())
        except (OSError, ValueError):
            return {}
        return {"format": 0, **hashes} if isinstance(hashes, dict) else {}

    def _read(self, name: str, file: str) -> bytes:
        try:
            content = (self.folder / name / file).read_bytes()
        except OSError as error:
            raise DamagedError(f"{type(error).__name__} on reading") from error
        if self._hashes(name).get(file) != hashlib.sha256(content).hexdigest():
            raise DamagedError(f"the hash of {file} is not the one it was written with")
        return content
