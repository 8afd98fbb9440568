"""How the core's inner loops are compiled: once, kept on disk, long ones free of the interpreter's lock.

The compiler is loaded at the first call of a compiled function and not before: what an open edition
answers is computed by `machine_code`, which needs none.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zones.cache_folder import cache_folder, own_folder

# Division by zero gives an infinity instead of an error path at every division.
OPTIONS = {"error_model": "numpy", "nogil": True}

_MARKS = (b"@compiled", b"@machine_code")
_IMPORT = re.compile(rb"^ *from zones\.(\w+) import ", re.MULTILINE)


def _sources(folder: Path) -> dict[str, bytes]:
    """Modules with compiled functions, and all that they take constants from, by name."""
    every = {path.stem: path.read_bytes() for path in folder.glob("*.py")}
    wanted = [name for name, source in every.items() if any(mark in source for mark in _MARKS)]
    found: dict[str, bytes] = {}
    for name in wanted:
        if name in every and name not in found:
            found[name] = every[name]
            wanted += [imported.decode() for imported in _IMPORT.findall(every[name])]
    return found


@functools.cache
def code_folder() -> Path:
    """Where compiled code is kept: a folder for exactly these sources.

    The compiler looks only at the file of a function for changes; a function that calls one of
    another, changed file would be taken from the cache as it was.
    """
    digest = hashlib.sha256()
    for name, source in sorted(_sources(Path(__file__).parent).items()):
        digest.update(name.encode() + b"\0" + source)
    return own_folder(cache_folder() / "compiled" / digest.hexdigest()[:16])


class compiled:  # noqa: N801 - a decorator
    """A function that is compiled on its first call; the result is kept on disk where that can be written.

    Several threads may run it at once, for compiled functions share nothing but read-only arrays.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run it, compiled."""
        return self._dispatcher(*arguments)

    @functools.cached_property
    def _dispatcher(self) -> Any:
        from numba import config, njit

        usual = config.CACHE_DIR
        config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR") or str(code_folder())
        try:
            return njit(cache=True, **OPTIONS)(self.function)
        except RuntimeError:  # no folder can be written
            return njit(**OPTIONS)(self.function)
        finally:
            config.CACHE_DIR = usual

    @property
    def _numba_type_(self) -> Any:
        """What the compiler takes this for where another compiled function calls it."""
        return self._dispatcher._numba_type_
