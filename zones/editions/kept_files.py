"""Files that are kept because to make them again takes long: known by their hash, written beside and renamed.

Nobody depends on them. One that is missing or damaged is none; one that cannot be written is not kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from pathlib import Path

from zones.cache_folder import make_folder

_log = logging.getLogger("caspian")


def read_kept(path: Path) -> bytes | None:
    """The content of a kept file; None where there is none, or it is damaged."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == hashlib.sha256(content).hexdigest().encode() else None


def keep(path: Path, content: bytes) -> None:
    """Keep a content in a file, where that can be written."""
    beside = path.with_name(f"{path.name}.writing-{os.getpid()}")
    try:
        make_folder(path.parent)
        beside.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        beside.replace(path)
    except OSError as error:
        _log.debug("%s is not kept: %s", path.name, error)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
