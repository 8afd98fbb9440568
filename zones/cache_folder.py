"""Where the cache is: a folder that no one but the user, or root, can write to.

Compiled code is loaded from it and run, so that who can write there can run what they like as the user.
A folder that is missing is made for the user alone; one of other files is not taken for a cache. Imported
before the compiler is: nothing here needs it.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from pathlib import Path

from zones.errors import CacheError

CACHE_VARIABLE = "CASPIAN_CACHE"
_PRIVATE = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

# By any of these a folder is a cache: compiled code, or what an edition is built and kept with.
_SIGNS = ("compiled", "baselines", f"*-{'[0-9a-f]' * 8}.lock", "*/sha256.json")
# What file systems and programs for them put into a folder that nobody uses yet.
_STRAY = ("lost+found", "CACHEDIR.TAG")


def cache_folder() -> Path:
    """The folder that ``CASPIAN_CACHE`` names, else the user's own; made where it can be.

    Raises `CacheError`: others can write to it, or it holds files of others and is no cache.
    """
    if chosen := os.environ.get(CACHE_VARIABLE):
        folder = Path(chosen)
        _refuse_other_files(folder)
        return _with_own_code(folder)
    from platformdirs import user_cache_path  # slow to load

    return _with_own_code(user_cache_path("caspian-zones"))


def _with_own_code(folder: Path) -> Path:
    """`own_folder`, and nothing of the code in it may be written by others, where they can reach it."""
    code = own_folder(folder) / "compiled"
    if all(one.is_dir() and one.stat().st_mode & _OTHERS for one in (folder, code)):
        for one in (code, *code.rglob("*")):
            _refuse_others(one, code)
    return folder


def _refuse_other_files(folder: Path) -> None:
    try:
        names = sorted(one.name for one in folder.iterdir() if one.name not in _STRAY and one.name[0] != ".")
    except OSError:
        return
    if names and not any(next(folder.glob(sign), None) for sign in _SIGNS):
        raise CacheError(
            f"{CACHE_VARIABLE} names {folder}, which is no cache and holds other files (as {names[0]}); "
            "name an empty folder, or one that is not there yet"
        )


def own_folder(folder: Path) -> Path:
    """A folder of the cache, or the cache itself, made where it can be.

    Raises `CacheError`: others can write to it.
    """
    with contextlib.suppress(OSError):  # what cannot be made holds nothing; who writes to it says why
        make_folder(folder)
    if folder.is_dir():
        _refuse_others(folder, folder)
    return folder


def _refuse_others(path: Path, folder: Path) -> None:
    """Raises `CacheError`: others can write to a path in a folder of the cache."""
    try:
        state = path.stat()
    except OSError:
        return
    if not hasattr(os, "geteuid"):
        return
    if state.st_uid not in (os.geteuid(), 0):
        raise CacheError(
            f"{path} in the cache belongs to another user, who could put code there that would be run; "
            f"name a folder of your own by {CACHE_VARIABLE}"
        )
    if state.st_mode & _OTHERS_WRITE:
        raise CacheError(
            f"others can write to {path} in the cache, from which code is run; "
            f"type: chmod -R go-w {shlex.quote(str(folder))}"
        )


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the user alone. Raises `OSError`."""
    missing = [one for one in folder.parents if not one.exists()]
    for one in (*reversed(missing), folder):
        one.mkdir(_PRIVATE, exist_ok=True)
