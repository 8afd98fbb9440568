"""What commands say on standard error beside their result, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_MOST_NAMED = 3


def tell(text: str) -> None:
    """Say something on standard error, in one line."""
    line = " ".join(text.split())
    print(f"caspian: {line}".encode(errors="backslashreplace").decode(), file=sys.stderr)


def some(names: Sequence[object]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(map(str, names[:_MOST_NAMED])) + (f" and {more:,} more" if more > 0 else "")


def all_told(reasons: Sequence[str], what: str) -> str:
    """How many files are left out and why, as the last line; of many files the reasons go before it."""
    if len(reasons) <= _MOST_NAMED:
        return f"{len(reasons):,} {what}: {'; '.join(reasons)}"
    for reason in reasons:
        tell(reason)
    return f"{len(reasons):,} {what}"


def tell_unread(names: Sequence[object]) -> None:
    """Name the files of a folder that are not read, for nothing tells what they are."""
    if names:
        files = "file is" if len(names) == 1 else "files are"
        tell(f"{len(names):,} {files} of no known ending and not read: {some(names)}")
