"""What is counted for Prometheus, over all workers.

Each worker counts in memory-mapped files of its own, in a folder that all share; whichever worker is
asked adds them up. The counts of a worker that ended are added to those of its predecessors, so that
totals never fall and files do not pile up.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.version import version

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client looks for the folder
MEMORY_FOLDER = "/dev/shm"  # noqa: S108 - where Linux keeps files in memory; made safe by mkdtemp
_FILES = ("counter", "histogram", "gauge_livemax", "gauge_livesum")  # of each worker
_FILE_BYTES = 1 << 20  # as prometheus_client makes them; some 5,000 counts, and there are fewer
NO_ROUTE = "(none)"
_PREFIX = "caspian-metrics-"
_LOCK = "lock"
_OWNER = "owner"  # held by the service whose folder it is
_RETIRED = "retired"
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_DURATIONS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

log = logging.getLogger(__name__)


class Metrics:
    """The counters of this process; those that count by label are looked up once for each set."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

        is_shared = _reserve([f"{kind}_{os.getpid()}.db" for kind in _FILES])
        # Whoever imported the package before the folder was there, or finds no room in it.
        values.ValueClass = values.MultiProcessValue() if is_shared else values.MutexValue  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        known: dict[str, Any] = {"registry": self.registry, "namespace": "caspian"}
        labels = ("method", "route", "status")
        self._requests = Counter("http_requests", "Requests answered.", labels, **known)
        self._durations = Histogram(
            "http_request_duration_seconds",
            "From the whole head of a request to the last byte of its answer.",
            ("route",), buckets=_DURATIONS_S, **known,
        )  # fmt: skip
        self._running = Gauge(
            "http_requests_in_progress", "Requests being answered.", multiprocess_mode="livesum", **known
        )
        self._points = Counter("points_classified", "Positions classified by requests.", **known)
        self._downloads = Counter("downloads_made", "Download files made.", ("format",), **known)
        build = Gauge(
            "build_info", "Version of the software; always 1.", ("version", "python"),
            multiprocess_mode="livemax", **known,
        )  # fmt: skip
        build.labels(version(), platform.python_version()).set(1)
        self._durations.labels(NO_ROUTE)  # now each kind of file is open, and none is made later
        self._by_labels: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def begun(self) -> None:
        """A request has begun."""
        self._running.inc()

    def abandoned(self) -> None:
        """A request that had begun will be counted as refused."""
        self._running.dec()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request that had begun was answered. `route` is a template, so that there are few."""
        self._running.dec()
        self.refused(method, route, status, seconds)

    def refused(self, method: str, route: str, status: int, seconds: float = 0.0) -> None:
        """A request was answered without having begun."""
        key = (method if method in _METHODS else "other", route, status)
        if key not in self._by_labels:
            self._by_labels[key] = (self._requests.labels(*key), self._durations.labels(route))
        requests, durations = self._by_labels[key]
        requests.inc()
        durations.observe(seconds)

    def points(self, count: int) -> None:
        """Positions were classified."""
        self._points.inc(count)

    def download(self, kind: str) -> None:
        """A download file was made, of a format."""
        self._downloads.labels(kind).inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The counts of all workers as text, and its media type: OpenMetrics where it is accepted.

        Where the shared files are gone (folders for temporary files are tidied up at times), the
        counts of this worker alone.
        """
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder
        from prometheus_client.multiprocess import MultiProcessCollector

        encoder, media_type = choose_encoder(accept)
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder is None or not (Path(folder) / f"counter_{os.getpid()}.db").exists():
            return encoder(self.registry), media_type
        every = CollectorRegistry()
        try:
            collector: Collector = MultiProcessCollector(every, folder)  # type: ignore[no-untyped-call]
            assert collector is not None
            with _locked(Path(folder), fcntl.LOCK_SH):
                return encoder(every), media_type
        except (OSError, ValueError):
            return encoder(self.registry), media_type


@cache
def metrics() -> Metrics:
    """The metrics of this process, made at the first call."""
    return Metrics()


@contextlib.contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder for the workers' counts within the block, known by the environment."""
    owner = os.getpid()
    folder = tempfile.mkdtemp(prefix=_PREFIX, dir=memory_folder())
    _remove_left_behind(Path(folder).parent)
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = folder
    try:
        with _owned(Path(folder)):
            yield Path(folder)
    finally:
        if os.getpid() == owner:  # a worker that ends leaves the block as well
            shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ[FOLDER_VARIABLE]
        else:
            os.environ[FOLDER_VARIABLE] = before


@contextlib.contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """Mark a folder as in use as long as this process, or one forked from it, lives."""
    making, mark = folder / f"{_OWNER}.new", folder / _OWNER
    with making.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        making.rename(mark)  # whoever sees it finds it locked
        yield


def _remove_left_behind(parent: Path) -> None:
    """Remove the folders of services that were killed: they lie in memory, and nobody holds their mark."""
    for mark in parent.glob(f"{_PREFIX}*/{_OWNER}"):
        with contextlib.suppress(OSError), mark.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(mark.parent, ignore_errors=True)


def retire(process: int) -> None:
    """Add the counts of a worker that has ended to those of its predecessors, if they are still there.

    Never fails: the master calls it, and would end.
    """
    try:
        _retire(Path(os.environ[FOLDER_VARIABLE]), process)
    except FileNotFoundError:
        _remake_folder()  # for the workers to come
    except Exception:
        log.exception("the counts of worker %d are lost", process)


def _retire(folder: Path, process: int) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    with _locked(folder, fcntl.LOCK_EX):
        for path in sorted(folder.glob(f"gauge_live*_{process}.db")):
            path.unlink()
        for kind in _FILES[:2]:
            path = folder / f"{kind}_{process}.db"
            if not path.exists():
                continue
            if not _reserve([f"{kind}_{_RETIRED}.db"]):
                raise OSError("there is no room for them")
            total = MmapedDict(str(folder / f"{kind}_{_RETIRED}.db"))  # type: ignore[no-untyped-call]
            for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
                total.write_value(key, total.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
            total.close()  # type: ignore[no-untyped-call]
            path.unlink()


def _remake_folder() -> None:
    """Make the shared folder again where it has been taken away."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        with contextlib.suppress(OSError):
            Path(folder).mkdir(mode=0o700, exist_ok=True)


def _reserve(names: Sequence[str]) -> bool:
    """Make files that are mapped into memory; whether there is room for them.

    To write to a part of a file for which the disk turns out to have no room would end the process.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return False
    _remake_folder()
    try:
        for name in names:
            with (Path(folder) / name).open("ab") as file:
                _allocate(file.fileno())
    except OSError as error:
        for name in names:
            with contextlib.suppress(OSError):
                (Path(folder) / name).unlink()
        log.warning("counts are not shared between workers: %s", error.strerror)
        return False
    return True


def _allocate(descriptor: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, _FILE_BYTES)
    elif os.fstat(descriptor).st_size < _FILE_BYTES:
        os.write(descriptor, bytes(_FILE_BYTES))


def memory_folder() -> str | None:
    """Where small files of the server's own stay though the disk is full or tidied up; None for nowhere."""
    return MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK | os.X_OK) else None


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / _LOCK).open("a") as file:
        fcntl.flock(file, how)
        yield
