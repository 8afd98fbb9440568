"""What can go wrong with a coast, a data file or a file of straight lines: one error each."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CoastError", "CoastlinesError", "DataError", "StraightLineError"]


class CoastlinesError(ValueError):
    """Root of every error that this package raises; its message is one line for a person."""


class CoastError(CoastlinesError):
    """A coast cannot be used: unknown source, or a file that holds no usable shoreline."""


class StraightLineError(CoastlinesError):
    """A file of straight baselines, closing lines or harbour works cannot be used."""


class TreatyError(CoastlinesError):
    """A table of treaty points cannot be read."""


class DataError(CoastlinesError):
    """A bundled data file is missing, unregistered or not the one that was registered.

    Attributes:
        path: The file.
        expected, found: sha256 as registered and as read, None where there is none.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.expected = expected
        self.found = found
