"""Signals around a fork: a worker that is told to stop before it can listen hears it once it does.

Between the fork and its own handlers a worker still has those of the master, which would put the
signal into a queue that nobody reads there.
"""

from __future__ import annotations

import os
import signal

_HELD = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def let_go_after_forks() -> None:
    """Let the master hear again after each fork what was held before it."""
    os.register_at_fork(after_in_parent=let_go)


def hold() -> None:
    """Keep signals that end a process waiting."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


def let_go() -> None:
    """Hear them again, those first that came meanwhile."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
