"""Editions kept open by a process, and what the ways in look up in them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from api.errors import BusyError, UnbuiltError, UnknownThingError
from api.texts.reference_systems import CRS84, Geometries, ReferenceSystem
from zones.atlas.features import Collection, Feature
from zones.atlas.simplification import simplified
from zones.errors import CacheError, UnknownEditionError

if TYPE_CHECKING:
    from api.processes.files import JobFiles
    from zones.editions.store import Edition, EditionInfo, Progress, Store

_LONGEST_NAME = 200
_BUILD = """
import importlib, sys
from api.collections.first_map import make_first_map
store = importlib.import_module(sys.argv[1]).Store()
make_first_map(store.folder, store.edition(sys.argv[2]))
"""
_MOST_WAITING = 8  # for an edition to be opened or simplified, which takes a second or two


class _Turns:
    """One at a time does what takes long, rather than many the same; a few wait for it."""

    def __init__(self) -> None:
        self._working = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)

    @contextmanager
    def turn(self, refusal: str) -> Iterator[None]:
        """A block that is entered alone. Raises `BusyError`, with the refusal: too many wait."""
        if not self._waiting.acquire(blocking=False):
            raise BusyError(refusal)
        try:
            with self._working:
                yield
        finally:
            self._waiting.release()


class Atlas:
    """One open edition with its features at hand by id and as GeoJSON text."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._kept: dict[Hashable, Any] = {}
        self._simplifying = _Turns()

    @property
    def name(self) -> str:
        """Full name of the edition."""
        return self.edition.name

    def collection(self, identity: str) -> Collection:
        """A collection by its id. Raises `UnknownThingError`."""
        known = self.edition.collections
        if identity not in known:
            said = f"no collection {identity[:80]!r}; there are {', '.join(known)}"
            raise UnknownThingError(said, known=list(known))
        return known[identity]

    def row(self, collection: str, identity: str) -> int:
        """Place of a feature in everything of a collection, by its id. Raises `UnknownThingError`."""
        chosen = self.collection(collection)
        rows = self.kept(
            ("rows", collection), lambda: {one.id: row for row, one in enumerate(chosen.everything)}
        )
        if identity not in rows:
            raise UnknownThingError(f"no feature {identity[:80]!r} in {collection}")
        return cast(int, rows[identity])

    def feature(self, collection: str, identity: str) -> Feature:
        """A feature by its id. Raises `UnknownThingError`."""
        return self.collection(collection).everything[self.row(collection, identity)]

    def geometries(self, collection: str, system: ReferenceSystem = CRS84) -> Geometries:
        """Exact geometries of a collection and what is shown on request, in a reference system, made once."""
        chosen = self.collection(collection)
        if system.pipeline is None:
            return self._drawn(chosen, None)
        made = self.kept(("system", collection, system), lambda: system.geometries(self._drawn(chosen, None)))
        return cast("Geometries", made)

    def geometry_texts(
        self,
        collection: str,
        rows: Sequence[int],
        *,
        step_deg: float | None = None,
        system: ReferenceSystem = CRS84,
    ) -> list[str]:
        """Geometries of some features of a collection as GeoJSON text, by their places in everything of it.

        With a step they are no farther than that from the exact ones. [deg] Raises `BusyError`: others are
        being simplified.
        """
        chosen = self.collection(collection)
        if system.pipeline is None:  # what is asked for most, made once

            def make() -> list[str]:
                return [CRS84.geometry_text(one) for one in self._drawn(chosen, step_deg)]

            texts = self.kept(("texts", collection, step_deg), make)
            return [texts[row] for row in rows]
        if step_deg is None:
            drawn = self.geometries(collection, system)[list(rows)]
        else:
            drawn = system.geometries(self._drawn(chosen, step_deg)[list(rows)])
        return [system.geometry_text(one) for one in drawn]

    def _drawn(self, collection: Collection, step_deg: float | None) -> Geometries:
        """Geometries in longitude and latitude on WGS84, simplified by a step. [deg] Raises `BusyError`."""
        key = ("drawn", collection.id, step_deg)
        if step_deg is None:
            made = self.kept(key, lambda: _geometries(collection))
        elif key in self._kept:
            made = self._kept[key]
        else:
            with self._simplifying.turn("too many features are being simplified"):
                made = self.kept(key, lambda: _geometries(simplified(collection, step_deg)))
        return cast("Geometries", made)

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once and kept as long as the atlas is open."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


class Atlases:
    """Opens editions by name and keeps the last used ones; safe to share between threads.

    `build` makes an edition that is not built, before it is opened; by default opening builds it. With
    `known`, which has the choices of what-ifs, only jobs build another edition than the default one.
    """

    def __init__(
        self,
        store: Store,
        *,
        default: str,
        most: int,
        build: Callable[[str], None] | None = None,
        known: JobFiles | None = None,
    ) -> None:
        self.store = store
        self.default = default
        self._most = most
        self._build = build
        self._known = known
        self._open: OrderedDict[str, Atlas] = OrderedDict()  # by full name
        self._full_names: dict[str, str] = {}  # of coasts, whose default edition they stand for
        self._guard = threading.Lock()
        self._opening = _Turns()
        self._building = threading.Lock()
        self._being_built: set[str] = set()

    def get(self, name: str | None = None, *, progress: Progress | None = None) -> Atlas:
        """The atlas of an edition, opened or built where needed; without a name the default one.

        Raises `UnknownEditionError`, `CacheError`; `BusyError`: it has to be built, and one is being built;
        `UnbuiltError`: it has to be built by a job.
        """
        name = name or self.default
        found = self.opened(name)
        if found is not None:
            return found
        if len(name) > _LONGEST_NAME or not name.isprintable() or "/" in name:
            raise UnknownEditionError(name[:80], [info.name for info in self.public()])
        if not self._is_unbuilt(name):
            with self._opening.turn("too many editions are being opened"):
                return self.opened(name) or self._opened(name, progress)
        self._refuse_to_build(name)
        with self._alone(name):
            if self._build is not None and progress is None:
                self._build(name)
            return self.opened(name) or self._opened(name, progress)

    def _opened(self, name: str, progress: Progress | None) -> Atlas:
        try:
            edition = self.store.edition(name, progress=progress)
        except UnknownEditionError:
            choices = None if self._known is None else self._known.choices(name)
            if choices is None:
                raise
            raise unbuilt_error(name, choices, self._assumptions(name)) from None
        if self._known is not None:
            self._known.used(edition.name)
        with self._guard:
            self._full_names[name] = edition.name
            atlas = self._open.setdefault(edition.name, Atlas(edition))
            self._trim()
        return atlas

    def _assumptions(self, name: str) -> str | None:
        """What of a what-if is not the default, from when it was built."""
        results = None if self._known is None else self._known.results(name)
        return None if results is None else results.get("assumptions")

    def _refuse_to_build(self, name: str) -> None:
        """Raises `UnbuiltError`: only a job may build this edition."""
        default, info = self.default_info(), self._info(name)
        if self._build is None or self._known is None or info is None or info == default:
            return
        raise unbuilt_error(info.name, {"coast": info.coast}, None)

    def _is_unbuilt(self, name: str) -> bool:
        """Whether an edition has to be built first, which takes long."""
        if name in self._being_built:  # so that who asks meanwhile costs nothing
            return True
        found = self._info(name)
        return found is not None and not found.built

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One edition is built at a time; who needs one meanwhile comes again."""
        if not self._building.acquire(blocking=False):
            raise BusyError(f"an edition is being built, and {name} has to be built after it")
        self._being_built.add(name)
        try:
            yield
        finally:
            self._being_built.discard(name)
            self._building.release()

    def default_is_open(self) -> bool:
        """Whether the default edition can answer at once; opens it where it is built already."""
        return self.opened() is not None or (self.default_info(built=True) is not None and bool(self.get()))

    def default_info(self, *, built: bool = False) -> EditionInfo | None:
        """What there is to know of the default edition, without opening it; None where there is none.

        The name of a coast means its default edition, not every one made from it. With `built` only
        an edition that is built counts.
        """
        return self._info(self.default, built=built)

    def public(self) -> list[EditionInfo]:
        """The editions that everybody may know of: those of the bundled coasts, and the default one."""
        known, default = list(self.store.default_editions()), self.default_info()
        return known if default is None or default in known else [*known, default]

    def _info(self, name: str, *, built: bool = False) -> EditionInfo | None:
        found = self.store.info(name)
        return found if found is None or found.built or not built else None

    def opened(self, name: str | None = None) -> Atlas | None:
        """The atlas of an edition if it is open; nothing is opened or built for it."""
        with self._guard:
            name = self._full_names.get(name or self.default, name or self.default)
            atlas = self._open.get(name)
            if atlas is not None:
                self._open.move_to_end(name)
            return atlas

    def _trim(self) -> None:
        # An edition that a request still uses lives on until that request ends.
        default = self._full_names.get(self.default)
        others = [name for name in self._open if name != default]
        for name in others[: max(0, len(others) - self._most)]:
            del self._open[name]


def _geometries(collection: Collection) -> Geometries:
    everything = collection.everything
    drawn = np.empty(len(everything), dtype=object)
    drawn[:] = [one.geometry for one in everything]
    return drawn


def unbuilt_error(name: str, inputs: Mapping[str, Any], assumptions: str | None) -> UnbuiltError:
    """Why an edition cannot answer: what it is made from is known, and what of it is not the default."""
    return UnbuiltError(
        f"edition {name} has to be built: post these inputs to /processes/edition/execution",
        edition=name,
        assumptions=assumptions,
        execute={"inputs": dict(inputs)},
    )


def build_apart(store: Store, name: str) -> None:
    """Have an edition built by a process of its own: the memory that it takes is given back at its end.

    Raises `CacheError`.
    """
    done = subprocess.run(  # noqa: S603 - the name is one that the store knows
        [sys.executable, "-c", _BUILD, type(store).__module__, name],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"CASPIAN_CACHE": str(store.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CacheError(f"{name} was not built: {' '.join(done.stderr.strip().splitlines()[-1:])}")
