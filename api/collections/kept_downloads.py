"""Downloads made once and kept in a folder, each with a record of its hashes.

A file is written beside its place and renamed, and its record last, so that what has a record is
whole. What is missing or damaged is made again from the edition, which does not need the folder.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import logging
import os
import shutil
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from filelock import FileLock

import api
import zones
from api.collections.names import Download
from api.errors import BusyError
from api.version import version
from coastlines.files import clear_partial, made_beside
from coastlines.gdal import load_pyogrio
from zones.cache_folder import make_folder
from zones.errors import CacheError

if TYPE_CHECKING:
    from zones.editions.store import Edition

FOLDER = "downloads"
_ATTEMPTS = 3
_MOST_MAKING = 8  # requests that make a file or wait until another has
_DIGITS = 8
_LATELY_S = 86_400

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entity:
    """The bytes of a download, as they are or compressed: their name in the folder, count and hash."""

    file: str
    size: int
    sha256: str

    @property
    def etag(self) -> str:
        """Validator of these bytes, another for the compressed ones."""
        return self.sha256[:32]


@dataclass(frozen=True, slots=True)
class Kept:
    """A download that is kept: the file, and the same compressed where that is worth it."""

    plain: Entity
    gzipped: Entity | None

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Both, or the one."""
        return (self.plain,) if self.gzipped is None else (self.plain, self.gzipped)


class KeptDownloads:
    """The downloads under one cache folder; safe to share between threads and processes."""

    def __init__(self, folder: Path, *, count: Callable[[str], object] = lambda _format: None) -> None:
        self._folder = folder / FOLDER
        self._count = count  # is given the format of each file that is made
        self._verified: dict[Path, tuple[int, int, int]] = {}
        self._making = threading.BoundedSemaphore(_MOST_MAKING)

    def open(self, edition: Edition, download: Download, *, gzipped: bool) -> tuple[BufferedReader, Entity]:
        """The open file of a download, compressed where that is asked for and kept, and what it is.

        Raises `CacheError`: it is not there and cannot be written; `BusyError`: it is not there, and too many
        are being made.
        """
        for _ in range(_ATTEMPTS):
            kept = self.kept(edition, download)
            entity = kept.gzipped if gzipped and kept.gzipped else kept.plain
            folder = self._folder_of(edition)
            file = self._opened(folder / entity.file, entity)
            if file is not None:
                return file, entity
            with contextlib.suppress(OSError):  # without its record it is made again
                _record(folder, download).unlink()
        raise CacheError(f"{folder / download.name} does not stay as it was written")

    def kept(self, edition: Edition, download: Download) -> Kept:
        """What is known of a download, made where needed. Raises `CacheError`, `BusyError`."""
        folder = self._folder_of(edition)
        kept = _read(folder, download)
        if kept is not None:
            return kept
        if not self._making.acquire(blocking=False):
            raise BusyError("too many files are being made")
        try:
            for _ in range(_ATTEMPTS - 1):
                with contextlib.suppress(FileNotFoundError):  # the folder was removed just now
                    return self._made_by_one(edition, download, folder)
            return self._made_by_one(edition, download, folder)
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            reason = getattr(error, "strerror", None) or str(error)
            raise CacheError(f"cannot write downloads in {folder}: {reason}") from error
        finally:
            self._making.release()

    def _folder_of(self, edition: Edition) -> Path:
        return self._folder / f"{edition.name}-{_made_with(edition)}"

    def _made_by_one(self, edition: Edition, download: Download, folder: Path) -> Kept:
        """Make a download unless another thread or process does so meanwhile."""
        if not folder.exists():
            self._remove_those_of_other_software(edition)
            make_folder(folder)
        with FileLock(folder / f"{download.name}.lock"):
            kept = _read(folder, download)
            if kept is None:
                kept = _make(edition, download, folder)
                self._count(download.format.id)
            return kept

    def _remove_those_of_other_software(self, edition: Edition) -> None:
        """Unless it was at work lately."""
        for other in self._folder.glob(f"{edition.name}-{'?' * _DIGITS}"):
            with contextlib.suppress(OSError):
                if time.time() - other.stat().st_mtime > _LATELY_S:
                    shutil.rmtree(other, ignore_errors=True)

    def _opened(self, path: Path, entity: Entity) -> BufferedReader | None:
        """The file where it is what was written: by its hash the first time, then by its stamp."""
        try:
            file = path.open("rb")
        except OSError:
            return None
        state = os.fstat(file.fileno())
        stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
        if self._verified.get(path) == stamp:
            return file
        if state.st_size == entity.size and _hash(file) == entity.sha256:
            self._verified[path] = stamp
            file.seek(0)
            return file
        log.warning("%s is damaged: making it again", path)
        file.close()
        return None


def _make(edition: Edition, download: Download, folder: Path) -> Kept:
    """Write a download, the same compressed, and last their record."""
    plain = folder / download.name
    clear_partial(plain)
    with made_beside(plain) as path:
        download.write(edition, path)
    kept = Kept(_entity(plain), _entity(_compressed(plain)) if download.format.text else None)
    with made_beside(_record(folder, download)) as path:
        path.write_text(json.dumps(asdict(kept)), encoding="utf-8")
    return kept


def _compressed(path: Path) -> Path:
    target = path.with_name(f"{path.name}.gz")
    with made_beside(target) as beside:
        # Without a time inside, so that the same file gives the same bytes. The highest level takes more
        # than twice as long for a thousandth of the size.
        beside.write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    return target


def _record(folder: Path, download: Download) -> Path:
    return folder / f"{download.name}.json"


def _read(folder: Path, download: Download) -> Kept | None:
    """What a record says, if its files are there with the sizes that it names."""
    try:
        content: dict[str, Any] = json.loads(_record(folder, download).read_bytes())
        kept = Kept(*(content[name] and Entity(**content[name]) for name in ("plain", "gzipped")))
        whole = all((folder / one.file).stat().st_size == one.size for one in kept.entities)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept if whole else None


def _entity(path: Path) -> Entity:
    with path.open("rb") as file:
        return Entity(path.name, path.stat().st_size, _hash(file))


def _hash(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _made_with(edition: Edition) -> str:
    """Short name of what the bytes depend on beside the edition's name."""
    software = [
        _code(),
        load_pyogrio().__gdal_version_string__,
        shapely.geos_version_string,
        zlib.ZLIB_RUNTIME_VERSION,
        *(version(package) for package in ("caspian-zones", "pyarrow", "numpy")),
        edition.metadata,
    ]
    return hashlib.sha256(json.dumps(software, sort_keys=True).encode()).hexdigest()[:_DIGITS]


@cache
def _code() -> str:
    """Hash of the code that makes the files: another one may make others."""
    sources = (path for package in (api, zones) for path in Path(package.__path__[0]).rglob("*.py"))
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()
