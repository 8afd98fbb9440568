"""What is kept of jobs and what-ifs: small files, written beside their place and renamed.

``jobs/ID/status.json`` says how a job fares, ``fields.json`` what was filled in to begin it; ``queue/ID``
holds the number of the process that works at it and is locked by that process as long as it lives;
``editions/NAME/`` has the choices that an edition is built from, and what came out. A folder is used by all
workers of a service and by the processes that build.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from coastlines.files import made_beside
from zones.cache_folder import make_folder

ACCEPTED, RUNNING = "accepted", "running"
SUCCESSFUL, FAILED, DISMISSED = "successful", "failed", "dismissed"
STATES = (ACCEPTED, RUNNING, SUCCESSFUL, FAILED, DISMISSED)
FOLDER = "what-ifs"
_JOB_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[a-z0-9.-]{1,80}-[0-9a-f]{8,32}")
_STATUS, _FIELDS, _CHOICES, _RESULTS = "status.json", "fields.json", "choices.json", "results.json"


@dataclass(frozen=True, slots=True)
class Status:
    """How a job fares."""

    id: str
    edition: str  # name of the edition it builds
    response: str  # how its results are wanted: ``raw`` or ``document``
    title: str | None = None  # what who began it calls it; others who build the same do not see it
    state: str = ACCEPTED  # one of `STATES`
    message: str = "waits for its turn"
    progress: int = 0  # [%]
    created: float = 0.0  # seconds of the clock, as the following
    updated: float = 0.0
    started: float | None = None
    finished: float | None = None
    fault: str | None = None  # of a failed job: ``request``, or ``service``
    pointer: str | None = None  # to the input at fault, if one is known

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in (ACCEPTED, RUNNING)


class JobFiles:
    """The jobs and what-ifs under one cache folder."""

    def __init__(self, cache_folder: Path) -> None:
        self.folder = cache_folder / FOLDER
        self.jobs = self.folder / "jobs"
        self.queue = self.folder / "queue"
        self.editions = self.folder / "editions"

    def make_folders(self) -> None:
        """Raises `OSError`."""
        for one in (self.jobs, self.queue, self.editions):
            make_folder(one)

    # Jobs

    def new_job(self, edition: str, response: str, title: str | None) -> Status:
        """Begin a job. Raises `OSError`."""
        now = time.time()
        status = Status(secrets.token_hex(16), edition, response, title, created=now, updated=now)
        (self.jobs / status.id).mkdir()
        self.write_status(status)
        return status

    def read_status(self, identity: str) -> Status | None:
        """How a job was said to fare last; None where there is no such job."""
        if not _JOB_ID.fullmatch(identity):
            return None
        try:
            return Status(**json.loads((self.jobs / identity / _STATUS).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def write_status(self, status: Status) -> Status:
        """Say how a job fares. Raises `OSError`."""
        written = replace(status, updated=time.time())
        _write(self.jobs / status.id / _STATUS, asdict(written))
        return written

    def keep_fields(self, identity: str, fields: Mapping[str, str]) -> None:
        """Keep what was filled in to begin a job, so that it can be filled in again. Raises `OSError`."""
        _write(self.jobs / identity / _FIELDS, fields)

    def fields(self, identity: str) -> dict[str, str]:
        """What was filled in; nothing where the job did not begin by a form."""
        return (_read(self.jobs / identity / _FIELDS) or {}) if _JOB_ID.fullmatch(identity) else {}

    def forget_jobs(self, most: int) -> None:
        """Keep so many jobs, the latest ones, and a tenth more, so that not each new one costs a look."""
        names = [path.name for path in self.jobs.iterdir()]
        if len(names) <= most + most // 10:
            return
        kept = []
        for name in names:
            with contextlib.suppress(OSError):
                kept.append(((self.jobs / name).stat().st_mtime, name))
        for _, name in sorted(kept, reverse=True)[most:]:
            if not self.is_alive(name):
                shutil.rmtree(self.jobs / name, ignore_errors=True)

    # Who works at them

    def locked(self, identity: str) -> int:
        """An open file, the lock of a job, to be handed to the process that works at it. Raises `OSError`."""
        import fcntl

        path = self.folder / f"{identity}.new"  # in the queue it would pass for one that is left
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.rename(self.queue / identity)
        except OSError:
            os.close(held)
            raise
        return held

    def is_alive(self, identity: str) -> bool:
        """Whether a process works at a job, or waits to."""
        import fcntl

        try:
            held = os.open(self.queue / identity, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who else looks is not in the way
        except OSError:
            return True
        finally:
            os.close(held)
        return False

    def works_at(self, identity: str) -> None:
        """Say that it is this process that works at a job."""
        with contextlib.suppress(OSError):
            (self.queue / identity).write_text(str(os.getpid()))

    def process_of(self, identity: str) -> int | None:
        """The number of the process that works at a job."""
        try:
            return int((self.queue / identity).read_text())
        except (OSError, ValueError):
            return None

    def left(self, identity: str) -> None:
        """Nobody works at a job any more."""
        with contextlib.suppress(OSError):
            (self.queue / identity).unlink()

    def in_queue(self) -> list[str]:
        """Jobs that are worked at or wait for it, the first one first; what the dead have left goes."""
        found = []
        for path in self.queue.iterdir():
            if self.is_alive(path.name):
                status = self.read_status(path.name)
                found.append((status.created if status else 0.0, path.name))
            else:
                self.left(path.name)
        return [name for _, name in sorted(found)]

    # What-ifs

    def remember(self, name: str, choices: Mapping[str, Any]) -> None:
        """Keep the choices that an edition is built from. Raises `OSError`."""
        make_folder(self.editions / name)
        _write(self.editions / name / _CHOICES, choices)

    def choices(self, name: str) -> dict[str, Any] | None:
        """The choices of an edition; None where they are not kept."""
        return self._read_of_edition(name, _CHOICES)

    def write_results(self, name: str, results: Mapping[str, Any]) -> None:
        """Keep what came of building an edition. Raises `OSError`."""
        _write(self.editions / name / _RESULTS, results)

    def results(self, name: str) -> dict[str, Any] | None:
        """What came of building an edition; None where that is not kept."""
        return self._read_of_edition(name, _RESULTS)

    def used(self, name: str) -> None:
        """An edition was asked for just now."""
        if _NAME.fullmatch(name):
            with contextlib.suppress(OSError):
                os.utime(self.editions / name / _CHOICES)

    def remembered(self) -> Iterator[tuple[float, str]]:
        """When each edition was used last, in seconds of the clock, and its name."""
        for path in self.editions.iterdir():
            with contextlib.suppress(OSError):
                yield (path / _CHOICES).stat().st_mtime, path.name

    def forget(self, name: str) -> None:
        """Keep nothing more of an edition."""
        shutil.rmtree(self.editions / name, ignore_errors=True)

    def _read_of_edition(self, name: str, file: str) -> dict[str, Any] | None:
        return _read(self.editions / name / file) if _NAME.fullmatch(name) else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _write(path: Path, content: Mapping[str, Any]) -> None:
    with made_beside(path) as made:
        made.write_text(json.dumps(content), encoding="utf-8")
