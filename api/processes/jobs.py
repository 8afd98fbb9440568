"""Jobs: begun, looked at, dismissed. Each is a process of its own, in which an edition is built.

The service hands that process the lock of its job. So a job whose lock nobody holds is at its end, however
its process ended; and the process outlives the worker that began it, but not the service.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from api.errors import BusyError, FailedJobError, NotReadyError, StorageError, UnknownJobError
from api.processes.files import DISMISSED, FAILED, SUCCESSFUL, JobFiles, Status
from api.processes.inputs import Execution
from api.settings import ON, PREFIX, SETTINGS
from zones.errors import CacheError

if TYPE_CHECKING:
    from zones.editions.store import Store

BUILDER = (sys.executable, "-m", "api.building")
_ROOT = Path(__file__).parents[2]
_PATIENCE_S, _PAUSE_S = 10.0, 0.01  # for a process that was killed to be gone


class Jobs:
    """The jobs of a service; safe to share between threads and processes."""

    def __init__(self, store: Store, values: Mapping[str, Any], command: Sequence[str] = BUILDER) -> None:
        self.files = JobFiles(store.folder)
        self.is_on = values["WHAT_IF"] == ON
        self._store = store
        self._most = int(values["WHAT_IF_QUEUE"])
        self._most_kept = int(values["WHAT_IF_CHOICES"])
        self.command = command
        given = {f"{PREFIX}{one.name}": str(values[one.name]) for one in SETTINGS}
        self._environment = {**given, "CASPIAN_CACHE": str(store.folder)}
        self._lifeline = _lifeline()

    def begin(self, execution: Execution) -> Status:
        """A job that builds an edition; at its end already where the edition is there.

        Raises `BusyError`: too many are under way; `StorageError`: there is no room to keep it.
        """
        from zones.editions.identity import read_inputs  # slow to load

        read = read_inputs(execution.choices.parameters)
        name, is_default = read.name, read.parameters.is_default and not read.straight_lines
        try:
            self.files.make_folders()
            with FileLock(self.files.folder / "begin.lock"):
                self.files.forget_jobs(self._most_kept)
                if is_default and self._store.is_kept(name):
                    self._keep_default(name, execution.choices.plain())
                if self._is_done(name):
                    return self._done(name, execution)
                if len(self.files.in_queue()) >= self._most:
                    raise BusyError(f"{self._most} editions are being built or wait for it")
                self.files.remember(name, execution.choices.plain())
                status = self.files.new_job(name, execution.response, execution.choices.title)
                self._start(status)
                return status
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            raise StorageError("there is no room left to keep a job") from error

    def status(self, identity: str) -> Status:
        """How a job fares. Raises `UnknownJobError`."""
        status = self.files.read_status(identity)
        if status is not None and not status.is_finished and not self.files.is_alive(identity):
            status = self._ended(identity)
        if status is None:
            raise UnknownJobError(f"there is no job {identity[:80]!r}")
        return status

    def results(self, identity: str) -> tuple[Status, dict[str, Any]]:
        """A job with what came of it.

        Raises `UnknownJobError`; `NotReadyError`: there are none yet; `FailedJobError`: there are none by
        what was given; `CacheError`: by the service.
        """
        status = self.status(identity)
        if not status.is_finished:
            raise NotReadyError(f"the job is {status.state}: {status.message}")
        if status.state == DISMISSED:
            raise NotReadyError("the job was dismissed and has no results")
        if status.state == FAILED and status.fault == "request":
            raise FailedJobError(f"the job failed: {status.message}", pointer=status.pointer)
        results = self.files.results(status.edition)
        if status.state == FAILED or results is None:
            raise CacheError(f"job {identity}: {status.message}")
        self.files.used(status.edition)
        return status, results

    def dismiss(self, identity: str) -> Status:
        """End a job, with all its processes; one at its end has no results any more.

        Raises `UnknownJobError`; `BusyError`: its process does not end.
        """
        status = self.status(identity)
        process = self.files.process_of(identity)
        if process is not None and self.files.is_alive(identity):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
        if not _comes_true(lambda: not self.files.is_alive(identity)):
            raise BusyError("the job has not ended yet")
        self.files.left(identity)
        now = time.time()
        dismissed = replace(
            status, state=DISMISSED, message="dismissed", finished=status.finished or now, fault=None
        )
        try:
            return self.files.write_status(dismissed)
        except OSError as error:
            raise StorageError("there is no room left to say that the job is dismissed") from error

    def _keep_default(self, name: str, choices: Mapping[str, Any]) -> None:
        """What comes of choices that are those of a default edition, which needs no job to be built."""
        from api.processes.differences import results_of_default  # slow to load

        if self.files.results(name) is None:
            self.files.remember(name, choices)
            self.files.write_results(name, results_of_default(name, choices))

    def _is_done(self, name: str) -> bool:
        return self._store.is_kept(name) and self.files.results(name) is not None

    def _done(self, name: str, execution: Execution) -> Status:
        self.files.used(name)
        now = time.time()
        status = self.files.new_job(name, execution.response, execution.choices.title)
        return self.files.write_status(
            replace(status, state=SUCCESSFUL, message="built before", progress=100, started=now, finished=now)
        )

    def _start(self, status: Status) -> None:
        held = self.files.locked(status.id)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, and an id made here
                [*self.command, str(self._store.folder), status.id, str(self._lifeline)],
                cwd=_ROOT,
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(held, self._lifeline),
                start_new_session=True,
            )
            os.pwrite(held, str(process.pid).encode(), 0)  # the process says it as well, should we die here
        finally:
            os.close(held)
        threading.Thread(target=process.wait, name="job", daemon=True).start()

    def _ended(self, identity: str) -> Status | None:
        """A job at which nobody works any more: as it was said last, or failed in the midst of it."""
        status = self.files.read_status(identity)  # it may have been said between two looks
        if status is None or status.is_finished:
            return status
        ended = replace(status, finished=time.time())
        if self._is_done(status.edition):
            ended = replace(ended, state=SUCCESSFUL, message="built", progress=100)
        else:
            message = "the process that worked at it ended before its end"
            ended = replace(ended, state=FAILED, message=message, fault="service")
        with contextlib.suppress(OSError):
            ended = self.files.write_status(ended)
        return ended


@cache
def _lifeline() -> int:
    """The end of a pipe that reads as closed once this process and all that it has forked are gone.

    Made before the service forks its workers, it tells the processes that build when the service is stopped.
    """
    reading, writing = os.pipe()
    os.set_inheritable(writing, False)
    return reading


def _comes_true(condition: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(_PAUSE_S)
    return True
