"""Signals end a process by an exception, so that what is half written goes, and no traceback is printed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

_AGAIN_S = 0.1


class Ended(SystemExit):
    """A signal ends the process, with 128 and the signal's number for its code."""

    code: int

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


@contextlib.contextmanager
def ended_by(*numbers: signal.Signals) -> Iterator[None]:
    """Within the block these signals raise `Ended`; those that are ignored (as by nohup) stay so.

    Where Python calls back from C, as it does while code is compiled, an exception cannot rise further:
    it is lost, and what called may fail by its lack. So the signal comes again, and a failure after it
    counts as the end that was asked for.
    """
    came: list[int] = []
    again: list[threading.Timer] = []
    hook_before = sys.unraisablehook

    def end(number: int, _frame: object) -> NoReturn:
        came.append(number)
        raise Ended(number)

    def repeat_lost(unraisable: Any) -> None:
        if not isinstance(unraisable.exc_value, Ended):
            hook_before(unraisable)
            return
        timer = threading.Timer(_AGAIN_S, os.kill, (os.getpid(), came[-1]))
        timer.daemon = True
        again.append(timer)
        timer.start()

    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield
        return
    before = {one: signal.signal(one, end) for one in numbers if signal.getsignal(one) != signal.SIG_IGN}
    sys.unraisablehook = repeat_lost
    try:
        yield
    except Exception:
        if came:
            raise Ended(came[0]) from None
        raise
    finally:
        for timer in again:
            timer.cancel()
        sys.unraisablehook = hook_before
        for number, handler in before.items():
            signal.signal(number, handler)
