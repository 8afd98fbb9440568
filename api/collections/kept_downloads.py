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
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from filelock import FileLock

import api
import zones
from api.collections.names import Download
from api.errors import BusyError
from coastlines.gdal import load_pyogrio
from zones.cache_folder import make_folder
from zones.errors import CacheError

if TYPE_CHECKING:
    from zones.store import Edition

FOLDER = "downloads"
_GZIP_LEVEL = 9
_BLOCK = 1 << 18
_ATTEMPTS = 3
_MOST_MAKING = 8  # requests that make a file or wait until another has
_DIGITS = 8
_LATELY_S = 86_400

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entity:
    """The bytes of a download, as they are or compressed: their name on the shelf, count and hash."""

    file: str
    size: int
    sha256: str

    @property
    def etag(self) -> str:
        """Validator of these bytes, another for the compressed ones."""
        return self.sha256[:32]


@dataclass(frozen=True, slots=True)
class Kept:
    """A download on the shelf: the file, and the same compressed where that is worth it."""

    plain: Entity
    gzipped: Entity | None


class Shelf:
    """The downloads under one cache folder; safe to share between threads and processes."""

    def __init__(self, folder: Path, *, count: Callable[[str], object] = lambda _format: None) -> None:
        self._folder = folder / FOLDER
        self._count = count  # is told the format of each file that is made
        self._seen: dict[Path, tuple[int, int, int]] = {}
        self._making = threading.BoundedSemaphore(_MOST_MAKING)

    def open(self, edition: Edition, download: Download, *, gzipped: bool) -> tuple[BufferedReader, Entity]:
        """The open file of a download, compressed where that is asked for and kept, and what it is.

        Raises
        ------
        CacheError
            It is not there and cannot be written.
        BusyError
            It is not there, and too many are being made.
        """
        folder = self._place(edition)
        for attempt in range(_ATTEMPTS):
            kept = self._made(edition, download, again=attempt > 0)
            entity = kept.gzipped if gzipped and kept.gzipped else kept.plain
            file = self._opened(folder / entity.file, entity)
            if file is not None:
                return file, entity
        raise CacheError(f"{folder / download.name} does not stay as it was written")

    def kept(self, edition: Edition, download: Download) -> Kept:
        """What is known of a download, made where needed.

        Raises
        ------
        CacheError
        """
        return self._made(edition, download, again=False)

    def _place(self, edition: Edition) -> Path:
        return self._folder / f"{edition.name}-{_made_with(edition)}"

    def _made(self, edition: Edition, download: Download, *, again: bool) -> Kept:
        folder = self._place(edition)
        record = folder / f"{download.name}.json"
        kept = None if again else _read(record, folder)
        if kept is not None:
            return kept
        if not self._making.acquire(blocking=False):
            raise BusyError("too many files are being made")
        try:
            return self._make_once(edition, download, folder, record, again=again)
        finally:
            self._making.release()

    def _make_once(
        self, edition: Edition, download: Download, folder: Path, record: Path, *, again: bool
    ) -> Kept:
        for attempt in range(_ATTEMPTS):
            try:
                if not folder.exists():
                    self._clear(edition)
                    make_folder(folder)
                with FileLock(folder / f"{download.name}.lock"):
                    kept = _read(record, folder)
                    if kept is not None and not (again and self._is_damaged(folder, kept)):
                        return kept  # made by another meanwhile
                    return self._make(edition, download, folder, record)
            except FileNotFoundError as error:
                if attempt == _ATTEMPTS - 1:  # else somebody removed the folder just now
                    raise _unwritable(folder, error) from error
            except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
                raise _unwritable(folder, error) from error
        raise AssertionError

    def _make(self, edition: Edition, download: Download, folder: Path, record: Path) -> Kept:
        for left in folder.glob(f".{download.name}.*.partial"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        beside = folder / f".{download.name}.{secrets.token_hex(4)}.partial"
        beside.mkdir()
        try:
            plain = beside / download.name
            download.write(edition, plain)
            entities = [_entity(plain)]
            if download.format.text:
                entities.append(_entity(_compressed(plain)))
            kept = Kept(entities[0], entities[1] if len(entities) > 1 else None)
            made = beside / record.name
            made.write_text(json.dumps(asdict(kept)), encoding="utf-8")
            for name in [entity.file for entity in entities] + [record.name]:
                _sync(beside / name)
                (beside / name).replace(folder / name)
            self._count(download.format.id)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return kept

    def _clear(self, edition: Edition) -> None:
        """Remove what other software made of an edition, unless it was at work lately."""
        for other in self._folder.glob(f"{edition.name}-{'?' * _DIGITS}"):
            with contextlib.suppress(OSError):
                if time.time() - other.stat().st_mtime > _LATELY_S:
                    shutil.rmtree(other, ignore_errors=True)

    def _is_damaged(self, folder: Path, kept: Kept) -> bool:
        for entity in (kept.plain, kept.gzipped):
            if entity is not None:
                file = self._opened(folder / entity.file, entity)
                if file is None:
                    return True
                file.close()
        return False

    def _opened(self, path: Path, entity: Entity) -> BufferedReader | None:
        """The file where it is what was written: by its hash the first time, then by its stamp."""
        try:
            file = path.open("rb")
        except OSError:
            return None
        state = os.fstat(file.fileno())
        stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
        if self._seen.get(path) == stamp:
            return file
        if state.st_size == entity.size and _hash(file) == entity.sha256:
            self._seen[path] = stamp
            file.seek(0)
            return file
        log.warning("%s is damaged: making it again", path)
        file.close()
        return None


def _read(record: Path, folder: Path) -> Kept | None:
    """A record whose files are there with the sizes that it names."""
    try:
        content: dict[str, Any] = json.loads(record.read_bytes())
        gzipped = content["gzipped"]
        kept = Kept(Entity(**content["plain"]), None if gzipped is None else Entity(**gzipped))
        entities = [one for one in (kept.plain, kept.gzipped) if one is not None]
        whole = all((folder / one.file).stat().st_size == one.size for one in entities)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if whole else None


def _compressed(path: Path) -> Path:
    target = path.with_name(f"{path.name}.gz")
    # Neither a name nor a time inside, so that the same file gives the same bytes.
    with (
        path.open("rb") as source,
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(source, packed, _BLOCK)
    return target


def _entity(path: Path) -> Entity:
    with path.open("rb") as file:
        return Entity(path.name, path.stat().st_size, _hash(file))


def _hash(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _made_with(edition: Edition) -> str:
    """Short name of what the bytes depend on beside the edition's name."""
    software = [
        _code(),
        load_pyogrio().__gdal_version_string__,
        shapely.geos_version_string,
        zlib.ZLIB_RUNTIME_VERSION,
        *(_version(package) for package in ("caspian-zones", "pyarrow", "numpy")),
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


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _unwritable(folder: Path, error: BaseException) -> CacheError:
    reason = getattr(error, "strerror", None) or str(error)
    return CacheError(f"cannot write downloads in {folder}: {reason}")
