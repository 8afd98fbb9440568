"""The one decorator of the core's inner loops: compiled at their first call, and kept on disk.

They may stay plain Python instead, and then no compiler is loaded: for a single answer that is faster.
It is decided before the modules that have them are imported: by `stay_plain`, or by ``CASPIAN_PLAIN`` in
the environment, 1 or 0.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from pickle import STOP
from typing import Any

from zones.cache_folder import cache_folder, own_folder
from zones.errors import CacheError, NotKeptError

PLAIN_VARIABLE = "CASPIAN_PLAIN"

_options: dict[str, Any] = {}
_plain = os.environ.get(PLAIN_VARIABLE) == "1"


def stay_plain() -> bool:
    """Let functions stay plain Python, where none is compiled yet and the environment leaves it open."""
    global _plain
    if not _options and PLAIN_VARIABLE not in os.environ:
        _plain = True
    return _plain


def check_compiled() -> None:
    """Refuse to make what would take too long in plain Python. Raises `NotKeptError`."""
    if _plain:
        raise NotKeptError


def is_compiled_before() -> bool:
    """Whether code of these sources is kept from an earlier time."""
    return any((cache_folder() / "compiled" / sources_hash(Path(__file__).parent)).rglob("*.nbi"))


def sources_hash(package: Path) -> str:
    """Sixteen digits that stand for all source files of a package."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _kept() -> bool:
    """Have the compiler keep its code in a folder for exactly these sources; False where it cannot.

    It looks only at the file of a function for changes: a function that calls one of another, changed
    file would be taken from the cache as it was. Where it keeps code it learns from the environment
    when it is first imported.
    """
    try:
        folder = own_folder(cache_folder() / "compiled" / sources_hash(Path(__file__).parent))
    except CacheError:  # who opens the cache is told
        return False
    if "numba" in sys.modules or not os.access(folder, os.W_OK):
        return False
    _remove_cut_off(folder)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return True


def _remove_cut_off(folder: Path) -> None:
    """Remove what has lost its end, as when the power failed or the disk was full: it is compiled again.

    The compiler pickles what it keeps, and would fail at it each time.
    """
    for path in folder.rglob("*.nb[ic]"):
        with contextlib.suppress(OSError):  # another process may have removed it
            if _last_byte(path) != STOP:
                path.unlink()


def _last_byte(path: Path) -> bytes:
    """Empty of an empty file. Raises `OSError`."""
    with path.open("rb", buffering=0) as file:
        file.seek(max(path.stat().st_size - 1, 0))
        return file.read(1)


def compiled(
    function: Callable[..., Any] | None = None, *, brief: bool = False, inlined: bool = False
) -> Any:
    """Decorate a function of numbers, arrays and NamedTuples of them.

    ``brief``: it takes microseconds and keeps the interpreter's lock: to get it back would take longer.
    ``inlined``: compiled into every function that calls it. Arrays are counted in and out around any other
    call, for it might fail, and in an inner loop that takes longer than what is looked up in them. So they
    are in an inlined function that uses one last on one way only: let it return at one end, and look what is
    needed up before ways part, or use the record of the arrays to the end.
    """
    if function is None:
        return lambda function: compiled(function, brief=brief, inlined=inlined)
    if _plain:
        return function
    if not _options:
        # Division by zero gives an infinity instead of an error path at every division; no code relies on it.
        _options.update(cache=_kept(), error_model="numpy")
    from numba import njit

    return njit(nogil=not brief, forceinline=inlined, **_options)(function)
