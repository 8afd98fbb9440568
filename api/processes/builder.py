"""What the process does that works at a job.

It waits for its turn, builds the edition as ``caspian build`` does, and says how it fares in the job's file.
Its memory and time are bounded. It ends at once when the service is stopped.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import select
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from api.processes.files import FAILED, RUNNING, SUCCESSFUL, JobFiles, Status
from api.settings import settings
from api.texts.log_lines import log_line
from zones.errors import CacheError, CoastlinesError, ZonesError

if TYPE_CHECKING:
    from zones.editions.store import Edition, Progress, Store

    Draw = Callable[[Path, Edition, Progress], None]

_PAUSE_S = 0.2  # between looks whether it is this job's turn
_SHARE_OF_BUILDING, _SHARE_WITH_COMPARING = 55, 70  # of the progress; the rest is drawing the map [%]
_MEGABYTE = 1024 * 1024
_STOPPED = "the service was stopped"
_NO_ROOM = "the service has no room to keep the edition, or cannot write it"
_NO_MEMORY_IN_CPP = "bad_alloc"  # what shapely hands on where GEOS finds none
_FAULT = "the service failed; the reason has been logged"


class Work:
    """One job while it is worked at."""

    def __init__(self, files: JobFiles, status: Status, *, seconds: float) -> None:
        self.files = files
        self.status = status
        self.seconds = seconds
        self._guard = threading.Lock()
        self._has_ended = False

    def say(self, state: str, message: str, progress: int, **others: Any) -> None:
        """Say how the job fares; what cannot be written while it runs is left out.

        Raises `OSError`: its end cannot be written.
        """
        with self._guard:
            if self._has_ended:
                return
            self.status = replace(self.status, state=state, message=message, progress=progress, **others)
            self._has_ended = self.status.is_finished
            if not self._has_ended:
                with contextlib.suppress(OSError):
                    self.files.write_status(self.status)
                return
            self.status = replace(self.status, finished=time.time())
            self.files.write_status(self.status)

    def progress(self, stage: str, done: float) -> None:
        """A stage of building has begun."""
        self._say_share(stage, done, 0, _SHARE_OF_BUILDING)

    def progress_of_map(self, stage: str, done: float) -> None:
        """Another part of the map is being drawn."""
        self._say_share(stage, done, _SHARE_WITH_COMPARING, 100)

    def _say_share(self, stage: str, done: float, start: int, end: int) -> None:
        """The share done of what takes the progress from one number to another. [%]"""
        self.say(RUNNING, stage, start + int(max(0.0, min(1.0, done)) * (end - start)))

    def fail(self, message: str, *, fault: str = "service", pointer: str | None = None) -> None:
        """End the job without results."""
        self.say(FAILED, message, self.status.progress, fault=fault, pointer=pointer)

    def give_up(self, message: str) -> None:
        """End this process at once, whatever it is doing."""
        with contextlib.suppress(OSError):
            self.fail(message)
        self.files.left(self.status.id)
        os._exit(1)


def work_at(store: Store, identity: str, lifeline: int, *, draw: Draw) -> int:
    """Work at a job with the editions of a store; `lifeline` reads as closed once the service is gone.

    `draw` is what is done last, with the store's folder, the edition and a callback for its progress.
    """
    values = settings()
    files = JobFiles(store.folder)
    status = files.read_status(identity)
    if status is None:
        return 1
    files.works_at(identity)
    work = Work(files, status, seconds=float(values["WHAT_IF_S"]))
    began = threading.Event()
    threading.Thread(target=_watch, args=(work, lifeline, began), daemon=True).start()
    try:
        _wait_for_turn(work)
        with FileLock(files.folder / "builder.lock", poll_interval=_PAUSE_S):
            _bound(values)
            began.set()
            work.say(RUNNING, "begins", 0, started=time.time())
            _build(store, work, values, draw)
    except (OSError, MemoryError) as error:
        logging.getLogger("caspian").error("job %s: %s", identity, error)
        return 1
    finally:
        files.left(identity)
    return 0


def _build(store: Store, work: Work, values: dict[str, Any], draw: Draw) -> None:
    """Build the edition and compare it, or say why not. Raises `OSError`: that cannot be said."""
    from api.processes.keeping import keep_within, remove_left_behind

    try:
        remove_left_behind(store, work.files)
        _made(store, work, values, draw)
    except CacheError as error:
        logging.getLogger("caspian").error("job %s: %s", work.status.id, error)  # it names folders
        work.fail(_NO_ROOM)
    except (CoastlinesError, ZonesError) as error:
        work.fail(str(error), fault="request", pointer=_pointer(work))
    except OSError as error:
        logging.getLogger("caspian").error("job %s: %s", work.status.id, error)
        work.fail(_NO_ROOM)
    except Exception as error:
        if isinstance(error, MemoryError) or _NO_MEMORY_IN_CPP in str(error):
            work.fail("building takes more memory than it may (CASPIAN_WHAT_IF_MEMORY_MB)")
        else:
            logging.getLogger("caspian").exception("job %s failed", work.status.id)
            work.fail(_FAULT)
    with contextlib.suppress(OSError):
        keep_within(store, work.files, values)


def _made(store: Store, work: Work, values: dict[str, Any], draw: Draw) -> None:
    from api.processes.differences import results_of
    from api.processes.inputs import read_inputs

    name = work.status.edition
    kept = work.files.choices(name)
    if kept is None:
        raise CacheError(f"the choices of {name} are gone")
    choices = read_inputs(kept, most_vertices=int(values["MAX_WHAT_IF_VERTICES"]))
    edition = store.build(choices.parameters, progress=work.progress)
    work.say(RUNNING, "comparing with the default edition", _SHARE_OF_BUILDING)
    results = results_of(edition, store.edition(choices.coast), kept)
    work.files.write_results(name, results)
    draw(store.folder, edition, work.progress_of_map)
    work.say(SUCCESSFUL, "built", 100)


def _pointer(work: Work) -> str | None:
    """The input that the core speaks of where it refuses to build: what else was given is checked before."""
    choices = work.files.choices(work.status.edition) or {}
    return next((f"/inputs/{name}" for name in ("straight_lines", "treaty_points") if name in choices), None)


def _wait_for_turn(work: Work) -> None:
    while True:
        before = work.files.in_queue()
        ahead = before.index(work.status.id) if work.status.id in before else 0
        if not ahead:
            return
        message = f"waits for its turn: {ahead} before it"
        if message != work.status.message:
            work.say(work.status.state, message, 0)
        time.sleep(_PAUSE_S)


def _watch(work: Work, lifeline: int, began: threading.Event) -> None:
    """End this process when the service is gone, or its time is over once it has begun."""
    end: float | None = None
    while True:
        if end is None and began.is_set():
            end = time.monotonic() + work.seconds
        left_s = 1.0 if end is None else end - time.monotonic()
        if left_s <= 0:
            work.give_up(f"building takes longer than {work.seconds:g} s (CASPIAN_WHAT_IF_S)")
        if select.select([lifeline], [], [], min(left_s, 1.0))[0]:
            work.give_up(_STOPPED)


def _bound(values: dict[str, Any]) -> None:
    """Bounds that the system itself keeps, behind those that are said in words."""
    memory = int(values["WHAT_IF_MEMORY_MB"]) * _MEGABYTE
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (within, hard))


def log_lines() -> None:
    """Log as the service does."""
    form = settings()["LOG_FORMAT"]

    class Formatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            fields = {"logger": record.name, "message": record.getMessage()}
            if record.exc_info:
                fields["traceback"] = self.formatException(record.exc_info)
            return log_line(record.created, record.levelname.lower(), "log", fields, form)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(handlers=[handler], level=str(settings()["LOG_LEVEL"]).upper())
