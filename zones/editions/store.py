"""Editions made once and kept: opened, built where there is none, by one process while others wait.

An edition that is damaged, or of another version of this software, is said and built again. With the
modules beside it this is all of the core that reads and writes files.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from coastlines import SOURCE_IDS
from zones.cache_folder import CACHE_VARIABLE, cache_folder, make_folder, own_folder
from zones.compiled import check_compiled
from zones.editions.compared import ComparedCoasts
from zones.editions.edition import Edition
from zones.editions.entries import WRONG_CONTENT, DamagedError, Entries, check_metadata
from zones.editions.identity import Inputs, is_abbreviated, read_inputs
from zones.errors import CacheError, UnknownEditionError
from zones.parameters import Parameters
from zones.words import KARA_BOGAZ_GOL_NAME

if TYPE_CHECKING:
    from zones.editions.building import Built

Progress = Callable[[str, float], None]

__all__ = ["CACHE_VARIABLE", "SOURCE_IDS", "Edition", "EditionInfo", "Progress", "Store"]

# in the folder of an edition; the number rises with what an index is made of
_INDEXES = {"index": "index-1", "nearby": "nearby-3"}

_log = logging.getLogger("caspian")


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """What there is to know of an edition without opening it."""

    name: str
    coast: str
    title: str
    built: bool
    metadata: dict[str, Any]


class Store:
    """The editions in one cache folder: by default the environment's ``CASPIAN_CACHE``, else the user's.

    ``mapped``: arrays are mapped into memory, not read: quicker for a single answer, slower for many.

    Raises `CacheError`: others can write to the folder.
    """

    def __init__(self, folder: Path | None = None, *, mapped: bool = False) -> None:
        self.folder = cache_folder() if folder is None else own_folder(folder)
        self._entries = Entries(self.folder, mapped=mapped)
        self._compared = ComparedCoasts(self.folder, mapped=mapped)

    def edition(self, name: str = "osm", *, progress: Progress | None = None) -> Edition:
        """Open an edition by its name; a bundled coast's id alone names its default edition.

        Default editions are built on first use.

        Raises `UnknownEditionError`: there is no such edition; `CacheError`: the cache cannot be read or
        written.
        """
        for source_id in SOURCE_IDS:
            if name == source_id or name.startswith(f"{source_id}-"):
                inputs = read_inputs(Parameters(source_id))
                if name in (source_id, inputs.name):
                    return self._open_or_build(inputs, progress)
        if name not in self._entries.names():
            made = name in self._entries.of_other_formats()
            reason = "made by another version of this software: build it again, under a new name"
            raise UnknownEditionError(name, self._default_names(), reason if made else "")
        try:
            return self._opened(name)
        except DamagedError as error:
            raise CacheError(
                f"edition {name} is damaged in the cache ({error}): build it again with its own parameters"
            ) from None

    def full_name(self, name: str) -> str:
        """The name of the one edition kept here that a name abbreviates; else the name as it is."""
        names = self._entries.names()
        found = [one for one in names if is_abbreviated(name, one)]
        return found[0] if len(found) == 1 and name not in names else name

    def is_kept(self, name: str) -> bool:
        """Whether an edition of this full name lies in the cache."""
        return name in self._entries.names()

    def remove(self, name: str) -> None:
        """Give back the room that an edition takes; it can be built again. Raises `OSError`."""
        self._entries.remove(name)

    def trim_compared(self, most: int) -> None:
        """Remove the oldest baselines of other coasts made for choices, beyond so many."""
        self._compared.trim(most)

    def build(self, parameters: Parameters, *, progress: Progress | None = None) -> Edition:
        """Build an edition, or open it where it is in the cache.

        Raises `CoastlinesError`: the coast or the straight lines cannot be used; `BaselineError`,
        `CacheError`.
        """
        return self._open_or_build(read_inputs(parameters), progress)

    def editions(self) -> tuple[EditionInfo, ...]:
        """Default editions of the bundled coasts, built or not, then the others in the cache."""
        infos = self.default_editions()
        others = sorted(self._entries.names().difference(info.name for info in infos))
        return (*infos, *(info for info in map(self._kept_info, others) if info is not None))

    def default_editions(self) -> tuple[EditionInfo, ...]:
        """Those of the bundled coasts, built or not: what everybody may know of."""
        infos = []
        names = self._entries.names()
        for source_id in SOURCE_IDS:
            inputs = read_inputs(Parameters(source_id))
            name, coast = inputs.name, asdict(inputs.provenance)
            metadata = self._entries.metadata(name) if name in names else None
            planned = {"edition": name, "sha256": inputs.sha256, "coast": coast}
            built = metadata is not None
            infos.append(EditionInfo(name, source_id, coast["title"], built, metadata or planned))
        return tuple(infos)

    def info(self, name: str) -> EditionInfo | None:
        """What there is to know of an edition by its full name, or of a bundled coast's by its id."""
        for info in self.default_editions():
            if name in (info.name, info.coast):
                return info
        return self._kept_info(name) if name in self._entries.names() else None

    def _kept_info(self, name: str) -> EditionInfo | None:
        metadata = self._entries.metadata(name)
        if metadata is None:
            return None
        coast = metadata["coast"]
        return EditionInfo(name, coast["id"], coast["title"], True, metadata)

    def _default_names(self) -> list[str]:
        return [read_inputs(Parameters(source_id)).name for source_id in SOURCE_IDS]

    def _open_or_build(self, inputs: Inputs, progress: Progress | None) -> Edition:
        name = inputs.name
        if name in self._entries.everything():
            try:
                return self._opened(name)
            except DamagedError as error:
                check_compiled()
                _say(f"edition {name} in the cache is damaged ({error}): building it again", progress)
        elif before := self._made_before(inputs):
            check_compiled()  # who asks again with a compiler is told then
            _say(
                f"edition {', '.join(before)} in the cache was made by another version of this software: "
                f"building {name} instead",
                progress,
            )
        check_compiled()
        from zones.editions import building  # slow to load

        with self._lock(name, progress):
            with contextlib.suppress(DamagedError):  # built by another process meanwhile
                return self._opened(name)
            built = building.build(
                inputs.parameters, inputs.coast(), inputs.straight_lines, inputs.treaty_points,
                name=name, sha256=inputs.sha256, made_with=_software(),
                usual=self._usual(inputs, progress), progress=progress or _quiet,
            )  # fmt: skip
            self._entries.write(name, built.metadata, vars(built))
        edition = self._opened(name)
        if progress:
            progress("done", 1.0)
        return edition

    def _made_before(self, inputs: Inputs) -> list[str]:
        """Editions of the same choices that another version of this software has kept here."""
        parameters = inputs.parameters
        wanted = {
            "coast_sha256": inputs.coast_sha256,
            "breadth_nm": parameters.breadths_nm,
            "keep_artificial": parameters.keep_artificial,
            "effects": parameters.applied_effects,
            "treaty_points_given": sorted(parameters.treaty_points),
        }
        found = []
        for name in sorted(self._entries.of_other_formats()):
            metadata = self._entries.metadata(name) or {}
            names = [line["name"] for line in metadata.get("straight_lines", ())]
            given = len(names) - names.count(KARA_BOGAZ_GOL_NAME)
            if given == len(inputs.straight_lines) and wanted.items() <= metadata.items():
                found.append(name)
        return found

    def _usual(self, inputs: Inputs, progress: Progress | None) -> Edition | None:
        """The edition without the effects of islands and artificial land, to compare with."""
        parameters = inputs.parameters
        if not parameters.keep_artificial and not parameters.applied_effects:
            return None
        return self.build(replace(parameters, keep_artificial=False, effects={}), progress=progress)

    def _opened(self, name: str) -> Edition:
        """An edition that is kept. Raises `DamagedError`."""
        try:
            metadata, kept = self._entries.read(name)
            check_metadata(metadata, name)
            built = cast("Built", kept)
            comparison = cache(lambda: self._compared.comparison(built))
            return Edition(name, built, comparison, partial(self._kept_index, name))
        except WRONG_CONTENT as error:
            raise DamagedError(f"{type(error).__name__} on decoding") from error

    def _kept_index(self, edition: str, name: str, make: Callable[[], Any]) -> Any:
        """An index that is kept with an edition, mapped into memory; made, and kept if that can be."""
        kept, name = Entries(self.folder / edition, mapped=True), _INDEXES[name]
        with contextlib.suppress(*WRONG_CONTENT, DamagedError):
            return _index_in(kept, name)
        check_compiled()
        with contextlib.suppress(CacheError), self._lock(edition, None):
            with contextlib.suppress(*WRONG_CONTENT, DamagedError):  # made by another process meanwhile
                return _index_in(kept, name)
            index = make()
            with contextlib.suppress(CacheError, *WRONG_CONTENT, DamagedError):
                kept.write(name, {}, {"index": index})
                return _index_in(kept, name)
            return index
        return make()

    @contextmanager
    def _lock(self, name: str, progress: Progress | None) -> Iterator[None]:
        from filelock import FileLock, Timeout  # slow to load

        try:
            make_folder(self.folder)
            lock = FileLock(self.folder / f"{name}.lock")
            lock.acquire(timeout=0)
        except Timeout:
            (progress or _quiet)("waiting for another process that builds this edition", 0.0)
            lock.acquire()
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            raise self._entries.unwritable(error) from error
        try:
            yield
        finally:
            lock.release()


def _index_in(kept: Entries, name: str) -> Any:
    _, values = kept.read(name)
    return values.index


def _quiet(stage: str, done: float) -> None:
    """Progress that nobody looks at."""


def _say(text: str, progress: Progress | None) -> None:
    _log.warning(text)
    if progress:
        progress(text, 0.0)


def _software() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow to load

    try:
        return f"caspian-zones {version('caspian-zones')}"
    except PackageNotFoundError:
        return "caspian-zones (not installed)"
