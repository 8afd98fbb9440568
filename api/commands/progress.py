"""A progress bar on standard error for what takes longer than two seconds."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

DELAY_S = 2.0


@contextlib.contextmanager
def stages() -> Iterator[Callable[[str, float], None]]:
    """A callback for a stage in words and the share done, from 0 to 1; silent off a terminal."""
    options = {"total": 1.0, "bar_format": "{desc}: {percentage:3.0f} % |{bar}| {elapsed}"}
    with contextlib.ExitStack() as held:
        bar: Any = None

        def show(stage: str, share: float) -> None:
            nonlocal bar
            if bar is None:
                bar = held.enter_context(_bar(options))
            bar.set_description_str(stage, refresh=False)
            bar.update(max(0.0, min(1.0, share)) - bar.n)

        yield show


@contextlib.contextmanager
def read_bytes(total: int | None, what: str) -> Iterator[Callable[[int, int], None]]:
    """A callback for the bytes read and the rows answered so far, with their rate; silent off a terminal."""
    with _bar({"total": total, "desc": what, "unit": "B", "unit_scale": True}) as bar:

        def show(place: int, rows: int) -> None:
            elapsed = bar.format_dict["elapsed"]
            if elapsed:
                bar.set_postfix_str(f"{rows:,} rows, {rows / elapsed:,.0f} a second", refresh=False)
            bar.update(place - bar.n)

        yield show


def _bar(options: dict[str, Any]) -> Any:
    from tqdm import tqdm  # slow to load; most commands have nothing to show

    # No watching thread: the service forks after a bar was shown, and a fork wants no other threads.
    tqdm.monitor_interval = 0
    # disable=None switches itself off where standard error is no terminal.
    return tqdm(delay=DELAY_S, disable=None, file=sys.stderr, leave=False, **options)
