"""Many files answered into a folder by the workers of a Dask cluster, which all see that folder.

Dask hands files out, and hands those of a lost worker to others. What a worker does with a file is what a
process of ``caspian classify`` does; the manifest is written here alone.
"""

from __future__ import annotations

import itertools
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.batches.archives import size_if_known
from api.batches.arrow_batches import opened_edition
from api.batches.file_answers import Asked
from api.batches.gathering import Planned
from api.batches.manifest import MANIFEST, Entry, Manifest
from api.batches.many_files import Answerer, Failed, Told
from api.errors import CommandError
from api.version import version
from zones.errors import ZonesError

_AHEAD = 2  # files that wait for each thread of a worker
_GOES_ON = "the same command goes on where this one stopped"


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker needs to know to answer a file as any other worker does."""

    edition: str  # its full name
    folder: Path  # absolute
    asked: Asked
    versions: Mapping[str, str]  # of packages, to be the same everywhere

    def answer(self, planned: Planned, before: Entry | None) -> Entry | Failed:
        """Answer a file named by an absolute path, unless it is done already.

        Raises `CommandError`: this machine has other versions, or neither the folder nor the edition; what
        `Answerer.answer` raises.
        """
        for name, wanted in self.versions.items():
            if version(name) != wanted:
                raise CommandError(f"a worker has {name} {version(name)}, not {wanted}")
        # Else it would write to a disk of its own.
        if not (self.folder / MANIFEST).is_file():
            raise CommandError(f"a worker does not see {self.folder}; all need one file system")
        try:
            edition = opened_edition(self.edition)
        except ZonesError as error:  # which cannot all be sent
            raise CommandError(f"a worker cannot open the edition: {error}") from None
        return Answerer(edition, self.folder, self.asked, _not_told).answer(planned, before)


def answer_by_cluster(
    scheduler: str, work: Work, planned: Iterable[Planned], manifest: Manifest, told: Told
) -> Iterator[Entry | Failed]:
    """Answer files by the workers of a scheduler, as `many_files.answer_files` does by processes.

    ``told`` is called with bytes and rows of the files that are done.

    Raises `CommandError`: Dask is not installed, the scheduler is not there, or a worker cannot answer; what
    `Answerer.answer` raises.
    """
    distributed = _distributed()
    jobs = ((one, manifest.entries.get(one.output)) for one in planned)
    size = rows = 0
    try:
        client = distributed.Client(scheduler)
    except (OSError, ValueError) as error:
        raise CommandError(f"there is no scheduler of Dask at {scheduler}: {error}") from None
    try:
        with client:
            if not client.nthreads():
                print(f"caspian: {scheduler} has no workers yet; waiting for some", file=sys.stderr)
            for one, result in _in_turn(distributed, client, work, jobs):
                if isinstance(result, Entry):
                    manifest.add(result)
                    size, rows = size + size_if_known(Path(one.name)), rows + result.rows
                    told(size, rows)
                elif result.is_left_out:
                    manifest.leave_out(result.output)
                yield result
    except ImportError as error:
        raise CommandError(f"a worker lacks a package: {error}; install 'caspian-zones[cluster]'") from None
    except distributed.scheduler.KilledWorker as error:
        raise CommandError(f"workers were lost again and again: {error}; {_GOES_ON}") from None
    except (distributed.CancelledError, distributed.comm.CommClosedError):
        raise CommandError(f"the scheduler {scheduler} is gone; {_GOES_ON}") from None


def _in_turn(
    distributed: Any, client: Any, work: Work, jobs: Iterator[tuple[Planned, Entry | None]]
) -> Iterator[tuple[Planned, Entry | Failed]]:
    """Files with their results as they are done; few wait at a time, however many there are."""
    sent: dict[str, tuple[Planned, Entry | None]] = {}

    def send(count: int) -> list[Any]:
        futures = []
        for job in itertools.islice(jobs, max(0, count)):
            # Each name once, so that no result of an earlier command is taken for this one's.
            future = client.submit(work.answer, *map(_absolute, job), pure=False)
            sent[future.key] = job
            futures.append(future)
        return futures

    running = distributed.as_completed(send(_most_waiting(client)))
    for future in running:
        planned, before = sent.pop(future.key)
        yield planned, _as_named(future.result(), planned, before)
        running.update(send(_most_waiting(client) - len(sent)))


def _most_waiting(client: Any) -> int:
    """How many files are sent at a time to the workers that there are now."""
    return _AHEAD * max(1, sum(map(int, client.nthreads().values())))


def _absolute(one: Planned | Entry | None) -> Planned | Entry | None:
    """The same with its input as every worker finds it."""
    if isinstance(one, Planned):
        return replace(one, name=str(Path(one.name).absolute()))
    return None if one is None else replace(one, input=str(Path(one.input).absolute()))


def _as_named(result: Entry | Failed, planned: Planned, before: Entry | None) -> Entry | Failed:
    """A result with its input as it was named here."""
    if isinstance(result, Failed):
        return result
    return before if result == _absolute(before) else replace(result, input=planned.name)  # type: ignore


def _distributed() -> Any:
    """Dask's client, which is silent: what it has to say becomes one line here."""
    try:
        import distributed
    except ImportError:
        raise CommandError("--scheduler needs Dask: pip install 'caspian-zones[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed


def _not_told(_bytes: int, _rows: int) -> None:
    """Progress is told by the file."""
