"""Work on what others have sent, done by a process of its own whose time and memory are bounded.

What goes in and comes out are bytes; the process says what is wrong in one line.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

LONGEST_WORK_S = 30  # of computing, whatever else the machine does
PATIENCE_S = 75  # for a process that does nothing; with the wait for its turn still within a proxy's 120 s
_MEMORY_BYTES = 2 * 1024**3  # of addresses, most of which are never touched
_ROOT = Path(__file__).parents[2]
REFUSED = 3  # what the process ends with where it has said what is wrong


class ApartError(Exception):
    """The process has not done it; the text is what it said, or how it ended, in one line."""

    def __init__(self, message: str, *, is_refusal: bool) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal  # it was said by us, of what was given


class TooSlowError(ApartError):
    """The process has taken too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it takes longer than {seconds:g} s", is_refusal=True)


def run_apart(module: str, given: bytes) -> bytes:
    """What a module makes of what is given. Raises `ApartError`."""
    command = [sys.executable, "-m", module]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(  # noqa: S603 - a module of ours
            command,
            input=given,
            capture_output=True,
            timeout=PATIENCE_S,
            cwd=_ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooSlowError(PATIENCE_S) from None
    if done.returncode == -signal.SIGXCPU:
        raise TooSlowError(LONGEST_WORK_S)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ApartError(
            said[-1] if said else f"it ended by {done.returncode}", is_refusal=done.returncode == REFUSED
        )
    return done.stdout


def bound_this_process() -> None:
    """Bound the time and memory of the process that this is called in.

    At the first limit of time it is told by SIGXCPU, which ends it and says why; at the second it is killed.
    """
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, LONGEST_WORK_S, LONGEST_WORK_S + 1),
        (resource.RLIMIT_AS, _MEMORY_BYTES, _MEMORY_BYTES),
    ):
        with contextlib.suppress(ValueError, OSError):  # where the limit is lower already
            resource.setrlimit(kind, (soft, hard))
