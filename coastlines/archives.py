"""What is wrong with archives that cannot be read."""

from __future__ import annotations

import zipfile
import zlib

__all__ = ["ARCHIVE_ERRORS"]

# What `zipfile` raises: NotImplementedError for packing that it does not know, RuntimeError for passwords.
ARCHIVE_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error)
