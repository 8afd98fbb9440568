"""How the core's inner loops are compiled: once, kept on disk, long ones free of the interpreter's lock."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import config, njit
from platformdirs import user_cache_path

# Division by zero gives an infinity instead of an error path at every division.
_OPTIONS = {"error_model": "numpy"}


def _folder() -> str:
    """Where compiled code is kept: a folder for exactly these sources.

    The compiler looks only at the file of a function for changes; a function that calls one of
    another, changed file would be taken from the cache as it was.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source = path.read_bytes()
        if b"@compiled" in source or path.name in ("compiled.py", "words.py"):
            digest.update(path.name.encode() + b"\0" + source)
    chosen = os.environ.get("CASPIAN_CACHE")
    folder = Path(chosen) if chosen else user_cache_path("caspian-zones")
    return str(folder / "compiled" / digest.hexdigest()[:16])


_FOLDER = _folder()


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on its first call; keep the result on disk where that can be written.

    Several threads may run it at once, for compiled functions share nothing but read-only arrays.
    """
    return _kept(function, nogil=True)


def compiled_brief(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiled`, for what takes microseconds: to get the interpreter's lock back would take longer."""
    return _kept(function, nogil=False)


def _kept(function: Callable[..., Any], *, nogil: bool) -> Callable[..., Any]:
    options = {**_OPTIONS, "nogil": nogil}
    usual = config.CACHE_DIR
    config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR") or _FOLDER
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder can be written
        return njit(**options)(function)
    finally:
        config.CACHE_DIR = usual
