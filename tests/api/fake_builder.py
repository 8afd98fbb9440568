"""The process that works at a job, on a store that fails or waits as it is told.

As ``python -m tests.api.fake_builder MODE CACHE JOB LIFELINE``. While it builds it reads a pipe, ``go`` in
the cache, so that it waits for who feeds it.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Any

from shapely.errors import GEOSException

from api.processes import builder, differences
from api.processes.files import JobFiles
from tests.api.fake_store import FakeStore
from zones.errors import BaselineError, CacheError


class ToldStore(FakeStore):
    mode = "held"

    def build(self, parameters: Any, *, progress: Any = None) -> Any:
        progress("walking", 0.5)
        if self.mode == "held":
            (self.folder / f"building-{os.getpid()}").touch()
            (self.folder / "go").read_text()
            (self.folder / f"building-{os.getpid()}").unlink()
        elif self.mode == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.mode == "refused":
            raise BaselineError("straight line 1 of AZE crosses itself")
        elif self.mode == "unwritable":
            raise CacheError(f"cannot write the cache folder {self.folder}: no space left on device")
        elif self.mode == "memory":
            raise MemoryError
        elif self.mode == "memory in GEOS":
            raise GEOSException("std::bad_alloc")
        elif self.mode == "broken":
            raise RuntimeError("on purpose")
        return self.edition("osm")

    def remove(self, name: str) -> None:
        """Nothing is kept."""

    def trim_compared(self, most: int) -> None:
        """Nothing is kept."""


def results(edition: Any, usual: Any, choices: Any) -> dict[str, Any]:
    return {"edition": edition.name, "assumptions": "A", "compared_with": usual.name, "differences": None,
            "inputs": choices}  # fmt: skip


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


if __name__ == "__main__":
    mode, folder, identity, lifeline = sys.argv[1:]
    differences.results_of = results
    if mode == "full":  # nothing can be written any more
        JobFiles.write_results = full  # type: ignore[method-assign]
        JobFiles.write_status = full  # type: ignore[method-assign, assignment]
    ToldStore.mode = mode
    told: Any = ToldStore(folder=Path(folder))
    sys.exit(builder.work_at(told, identity, int(lifeline), draw=lambda *_: None))
