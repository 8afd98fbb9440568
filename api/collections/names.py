"""The files that an edition offers, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats import FORMATS, Format, check_available
from api.errors import UnknownThingError

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

HASHES = "sha256.txt"  # the file beside them with the hashes of all
ALL = "all"  # every collection in one file, for the formats that have layers


@dataclass(frozen=True, slots=True)
class Download:
    """A collection, or all of them, in one format; exact, or no farther from that than a step [deg]."""

    collection: str
    format: Format
    step_deg: float | None = None  # only where the format has `write_simplified`

    @property
    def name(self) -> str:
        """Name of the file, without the edition's."""
        step = "" if self.step_deg is None else f"-{step_text(self.step_deg)}"
        return f"{self.collection}{step}{self.format.ending}"

    def collections(self, edition: Edition) -> Sequence[Collection]:
        """What is in the file."""
        every = edition.collections
        return tuple(every.values()) if self.collection == ALL else (every[self.collection],)

    def write(self, edition: Edition, path: Path) -> None:
        """Write the file to a path that does not exist yet. Raises `OSError`."""
        collections = self.collections(edition)
        if self.step_deg is not None and self.format.write_simplified is not None:
            self.format.write_simplified(edition, collections, path, self.step_deg)
        else:
            self.format.write(edition, collections, path)


def step_text(step_deg: float) -> str:
    """A step as plain decimals. [deg]"""
    return f"{step_deg:.5f}".rstrip("0")


def downloads(collections: Iterable[str], *, available: bool = True) -> tuple[Download, ...]:
    """Everything that can be written of some collections, exact, what holds all of them first.

    `available` means with what is installed here.
    """
    offered = [one for one in FORMATS if one.available or not available]
    single = (Download(name, one) for name in collections for one in offered if one.shows(name))
    return (*(Download(ALL, one) for one in offered if one.layered), *single)


def download_of(name: str, collections: Iterable[str]) -> Download:
    """The download of a name.

    Raises `UnknownThingError`: there is none, or what it needs is not installed.
    """
    known = list(collections)
    for one in downloads(known, available=False):
        if one.name == name:
            check_available(one.format)
            return one
    names = [one.name for one in downloads(known)]
    raise UnknownThingError(
        f"no download {name[:80]!r}; names are those of a collection with an ending, as {names[-1]}",
        known=names,
    )
