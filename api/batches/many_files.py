"""Many files answered into a folder, by several processes; what is done already is not done again."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.batches.archives import file_of, opened_to_read, size_of
from api.batches.file_answers import Asked, answer_file
from api.batches.gathering import Planned
from api.batches.manifest import Entry, Manifest, sha256_of
from api.errors import BodyError, CommandError
from coastlines.files import made_beside, opened_for

if TYPE_CHECKING:
    from zones.editions.store import Edition

_LOOK_S = 0.5  # how often progress is looked at
_AHEAD = 2  # files that wait for each process

Told = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be answered, and why, in one line with its name."""

    output: str
    reason: str
    is_left_out: bool = True  # and with it what it was answered before, where that is an answer of this file


@dataclass(frozen=True, slots=True)
class Answerer:
    """What answers each file; ``read`` takes bytes read and rows answered since it was called before."""

    edition: Edition
    folder: Path
    asked: Asked
    read: Told

    def answer(self, planned: Planned, before: Entry | None) -> Entry | Failed:
        """Answer a file, unless it is done already.

        Raises `BadRowError`; `OSError`: the output cannot be written; `CommandError`.
        """
        source, target = Path(planned.name), self.folder / planned.output
        try:
            stamp = _stamp(source)
            digest, size = _digest(source), size_of(source)
        except OSError as error:
            return Failed(planned.output, f"{planned.name}: {error.strerror or error}")
        except BodyError as error:
            return Failed(planned.output, f"{planned.name}: {error}")
        if before is not None and before.input_sha256 == digest:
            is_good = not (self.asked.is_strict and before.errors)  # else it is told which row it is
            if is_good and target.is_file() and sha256_of(target) == before.output_sha256:
                self.read(size, 0)
                return before
        elif before is not None and Path(before.input).absolute() != source.absolute():
            reason = f"{planned.name}: its answers would replace those of {before.input} in {target}"
            return Failed(planned.output, reason, is_left_out=False)
        try:
            return self._answer(planned, target, digest, size, stamp)
        except BodyError as error:
            return Failed(planned.output, str(error))

    def _answer(
        self, planned: Planned, target: Path, digest: str, size: int, stamp: tuple[int, ...]
    ) -> Entry:
        target.parent.mkdir(parents=True, exist_ok=True)
        told = [0, 0]

        def progress(place: int, rows: int) -> None:
            self.read(place - told[0], rows - told[1])
            told[:] = place, rows

        with made_beside(target) as path:
            with opened_for(target, path) as file:
                counts = answer_file(self.edition, planned.name, file, planned.form, self.asked, progress)
            if _stamp(Path(planned.name)) != stamp:
                raise BodyError(f"{planned.name}: the file has changed while it was read")
            made = sha256_of(path)
        progress(size, counts.rows)
        return Entry(planned.output, planned.name, digest, made, counts.rows, counts.errors)


def _stamp(path: Path) -> tuple[int, ...]:
    """The size of a file, or of the archive that it is in, and what else changes when it is written to."""
    status = file_of(path).stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _digest(path: Path) -> str:
    """The SHA-256 of an input. Raises `OSError`, `BodyError`."""
    with opened_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def answer_files(
    make: Callable[[Told], Answerer], planned: Iterable[Planned], manifest: Manifest, workers: int, told: Told
) -> Iterator[Entry | Failed]:
    """Answer files, each written down in the manifest when it is done; in the order in which they are done.

    ``told`` is called with bytes read and rows answered so far, of all files together.

    Raises `CommandError`: a process was killed; what `Answerer.answer` raises.
    """
    jobs = ((one, manifest.entries.get(one.output)) for one in planned)
    results = _alone(make, jobs, told) if workers == 1 else _by_processes(make, jobs, workers, told)
    for result in results:
        if isinstance(result, Entry):
            manifest.add(result)
        elif result.is_left_out:
            manifest.leave_out(result.output)
        yield result


def _alone(make: Callable[[Told], Answerer], jobs: Iterable[Any], told: Told) -> Iterator[Entry | Failed]:
    so_far = [0, 0]

    def read(count: int, rows: int) -> None:
        so_far[:] = so_far[0] + count, so_far[1] + rows
        told(*so_far)

    answerer = make(read)
    for job in jobs:
        yield answerer.answer(*job)


def _by_processes(
    make: Callable[[Told], Answerer], jobs: Iterator[Any], workers: int, told: Told
) -> Iterator[Entry | Failed]:
    # Forked, they have the open edition in common.
    forking = multiprocessing.get_context("fork")
    so_far = forking.Array("q", 2)

    def read(count: int, rows: int) -> None:
        with so_far.get_lock():
            so_far[0] += count
            so_far[1] += rows

    pool = ProcessPoolExecutor(workers, forking, _begin, (make(read),))
    waiting: set[Future[Entry | Failed]] = set()
    try:
        while True:
            for job in jobs:
                waiting.add(pool.submit(_answer, *job))
                if len(waiting) >= _AHEAD * workers:
                    break
            if not waiting:
                return
            done, waiting = wait(waiting, _LOOK_S, FIRST_COMPLETED)
            told(so_far[0], so_far[1])
            for future in done:
                yield future.result()
    except BrokenProcessPool:
        raise CommandError(
            f"one of {workers} processes was killed (is there enough memory for all?); "
            "the same command goes on where this one stopped"
        ) from None
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


_answerer: Answerer | None = None


def _begin(answerer: Answerer) -> None:
    """Make this process one that answers, until it is told to end or the process that forked it is gone."""
    global _answerer
    _answerer = answerer
    # At once, whatever it is at: the pool would take an exception for a result, and wait for the process.
    # The partial files that it leaves go with the manifest's end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP):  # which go to the process that forked it
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(ImportError):  # else each would have a thread for every processor
        importlib.import_module("pyarrow").set_cpu_count(answerer.asked.workers)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _answer(planned: Planned, before: Entry | None) -> Entry | Failed:
    assert _answerer is not None
    return _answerer.answer(planned, before)
