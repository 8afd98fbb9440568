"""Collections as files: one module a format, and one table of them all."""

from __future__ import annotations

from api.collections.formats.registry import FORMATS, Format, check_available, format_of

__all__ = ["FORMATS", "Format", "check_available", "format_of"]
