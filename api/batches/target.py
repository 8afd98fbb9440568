"""Where writers write to."""

from __future__ import annotations

from typing import Protocol


class Target(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""
        ...


class Pieces:
    """Bytes written since they were last taken."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep some bytes."""
        self._written.append(data)

    def take(self) -> bytes:
        """What was written; it is not kept any longer."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken
