"""Work on what others have sent, done by a process of its own whose time and memory are bounded.

What goes in and comes out are bytes; the process says what is wrong in one line.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 30
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

    def __init__(self) -> None:
        super().__init__(f"it takes longer than {PATIENCE_S} s", is_refusal=True)


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
        raise TooSlowError from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ApartError(
            said[-1] if said else f"it ended by {done.returncode}", is_refusal=done.returncode == REFUSED
        )
    return done.stdout


def bound_this_process() -> None:
    """Bound the time and memory of the process that this is called in."""
    for kind, most in ((resource.RLIMIT_CPU, PATIENCE_S), (resource.RLIMIT_AS, _MEMORY_BYTES)):
        with contextlib.suppress(ValueError, OSError):  # where the limit is lower already
            resource.setrlimit(kind, (most, most))
