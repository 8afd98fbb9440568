"""``python -m api`` is the command ``caspian``."""

from __future__ import annotations

import signal
import sys


def run() -> int:
    """The command as a process of its own.

    Until it heeds signals itself an interrupt ends it at once, without a traceback of what was being loaded.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.commands.main import main

    return main()


if __name__ == "__main__":
    sys.exit(run())
