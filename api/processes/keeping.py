"""How much of what-ifs is kept: the oldest unused lose their geometry first, their choices much later."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from api.processes.files import JobFiles
from coastlines import SOURCE_IDS

if TYPE_CHECKING:
    from zones.editions.store import Store

_MEGABYTE = 1024 * 1024
_DOWNLOADS = "downloads"


def keep_within(store: Store, files: JobFiles, values: Mapping[str, Any]) -> None:
    """Remove what is beyond the settings. The edition used last stays, whatever room it takes."""
    usual = {info.name for info in store.default_editions()}
    by_use = sorted(files.remembered(), reverse=True)
    whole = [name for _, name in by_use if name not in usual and store.is_kept(name)]
    room_bytes = int(values["WHAT_IF_DISK_MB"]) * _MEGABYTE
    for place, name in enumerate(whole):
        room_bytes -= sum(_bytes_in(one) for one in _folders(store, name))
        if place and (place >= int(values["WHAT_IF_KEPT"]) or room_bytes < 0):
            _remove(store, name)
    most = int(values["WHAT_IF_CHOICES"])
    for _, name in by_use[most:]:
        if name not in usual and store.is_kept(name):
            _remove(store, name)
        files.forget(name)
        with contextlib.suppress(OSError):
            (store.folder / f"{name}.lock").unlink()
    store.trim_compared(len(SOURCE_IDS) * (int(values["WHAT_IF_KEPT"]) + 1))


def remove_left_behind(store: Store, files: JobFiles) -> None:
    """Remove what those who were killed had begun to write of a what-if that nobody builds now."""
    for left in store.folder.glob(".*.partial"):
        name = left.name[1:].rpartition(".partial")[0].rpartition(".")[0]
        if files.choices(name) is None:
            continue
        with contextlib.suppress(Timeout, OSError), FileLock(store.folder / f"{name}.lock", timeout=0):
            shutil.rmtree(left, ignore_errors=True)


def _remove(store: Store, name: str) -> None:
    with contextlib.suppress(OSError):
        store.remove(name)
    for folder in _folders(store, name):
        shutil.rmtree(folder, ignore_errors=True)


def _folders(store: Store, name: str) -> list[Path]:
    """What lies in the cache of an edition, its downloads included."""
    return [store.folder / name, *(store.folder / _DOWNLOADS).glob(f"{name}-*")]


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
