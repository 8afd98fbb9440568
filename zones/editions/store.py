"""Editions made once and kept: the only module of the core that reads and writes files.

An edition lies in a folder of its own in the cache: ``edition.json`` and ``arrays.bin``, each known
by its hash. It is written beside and renamed, so that what has the name is whole. A lock file lets
one process build while others wait; what is damaged is said and built again.

The baselines of the bundled coasts, which single positions are compared with, lie in ``baselines``.
They are made in a second, so they are a convenience: where one cannot be read or written, nothing is
said and it is made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from filelock import FileLock, Timeout

from coastlines import (
    SOURCE_IDS,
    CoastSource,
    Provenance,
    StraightLine,
    check_straight_lines,
    identify_source,
    load_source,
    read_coast_file,
    read_straight_lines,
    read_treaty_points,
)
from coastlines.bundled import read_registry
from zones.baseline.baseline import Baseline
from zones.cache_folder import CACHE_VARIABLE, cache_folder, make_folder, own_folder
from zones.classification.comparison import Comparison
from zones.compiled import is_plain
from zones.editions import building
from zones.editions.archive import decode, encode
from zones.editions.building import Built
from zones.editions.edition import Edition
from zones.editions.kept_files import keep, read_kept
from zones.errors import BaselineError, CacheError, NotKeptError, UnknownEditionError
from zones.parameters import Parameters
from zones.rule.rule import Rule, make_rule
from zones.words import KARA_BOGAZ_GOL_NAME, STATES

Progress = Callable[[str, float], None]

_FORMAT = 3  # of the files in the cache, and of everything computed for them
_RECORD, _ARRAYS, _HASHES = "edition.json", "arrays.bin", "sha256.json"
_BASELINES = "baselines"

__all__ = ["CACHE_VARIABLE", "SOURCE_IDS", "Edition", "EditionInfo", "Progress", "Store"]

# What reading a file raises that holds anything at all.
_WRONG_CONTENT = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError),
    shapely.errors.ShapelyError,
)

_log = logging.getLogger("caspian")


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """What there is to know of an edition without opening it."""

    name: str
    coast: str
    title: str
    built: bool
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    """Everything that an edition is made from, read."""

    parameters: Parameters
    provenance: Provenance
    coast_sha256: str
    coast: Callable[[], CoastSource]
    straight_lines: tuple[StraightLine, ...]
    treaty_points: dict[str, npt.NDArray[np.float64]]
    sha256: str
    name: str


class _DamagedError(Exception):
    """What lies in the cache is not what was written."""


class Store:
    """The editions in one cache folder.

    Parameters
    ----------
    folder : Path, optional
        Default: the environment's ``CASPIAN_CACHE``, else the user's cache folder.

    Raises
    ------
    CacheError
        Others can write to the folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = cache_folder() if folder is None else own_folder(folder)
        self._rules: dict[str, Rule] = {}
        self._skipped: set[str] = set()

    def edition(self, name: str = "osm", *, progress: Progress | None = None) -> Edition:
        """Open an edition by its name; a bundled coast's id alone names its default edition.

        Default editions are built on first use.

        Raises
        ------
        UnknownEditionError
            There is no such edition.
        CacheError
            The cache cannot be read or written.
        """
        for source_id in SOURCE_IDS:
            if name == source_id or name.startswith(f"{source_id}-"):
                inputs = _read_inputs(Parameters(source_id))
                if name in (source_id, inputs.name):
                    return self._open_or_build(inputs, progress)
        if name not in self._names():
            made = name in self._names_of_other_formats()
            reason = "made by another version of this software: build it again, under a new name"
            raise UnknownEditionError(name, [info.name for info in self.editions()], reason if made else "")
        try:
            return self._open(name)
        except _DamagedError as error:
            raise CacheError(
                f"edition {name} is damaged in the cache ({error}): build it again with its own parameters"
            ) from None

    def build(self, parameters: Parameters, *, progress: Progress | None = None) -> Edition:
        """Build an edition, or open it where it is in the cache.

        Raises
        ------
        CoastlinesError
            The coast or the straight lines cannot be used.
        BaselineError, CacheError
        """
        return self._open_or_build(_read_inputs(parameters), progress)

    def editions(self) -> tuple[EditionInfo, ...]:
        """Default editions of the bundled coasts, built or not, then the others in the cache."""
        infos = []
        names = self._names()
        for source_id in SOURCE_IDS:
            inputs = _read_inputs(Parameters(source_id))
            title = inputs.provenance.title
            built = inputs.name in names
            metadata = self._metadata(inputs.name) if built else None
            planned = metadata or {
                "edition": inputs.name,
                "sha256": inputs.sha256,
                "coast": asdict(inputs.provenance),
            }
            infos.append(EditionInfo(inputs.name, source_id, title, metadata is not None, planned))
        known = {info.name for info in infos}
        for name in sorted(names - known):
            metadata = self._metadata(name)
            if metadata is not None:
                coast = metadata["coast"]
                infos.append(EditionInfo(name, coast["id"], coast["title"], True, metadata))
        return tuple(infos)

    def _names(self) -> set[str]:
        return self._entries() - self._names_of_other_formats()

    def _entries(self) -> set[str]:
        try:
            return {entry.name for entry in self.folder.iterdir() if (entry / _HASHES).is_file()}
        except OSError:
            return set()

    def _names_of_other_formats(self) -> set[str]:
        """What another version of this software has kept here; it is neither opened nor removed."""
        return {name for name in self._entries() if self._is_of_another_format(name)}

    def _is_of_another_format(self, name: str) -> bool:
        """Whether an edition says so; one that cannot be read is damaged instead."""
        try:
            hashes = json.loads((self.folder / name / _HASHES).read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(hashes, dict) and hashes.get("format") != _FORMAT

    def _made_before(self, inputs: _Inputs) -> list[str]:
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
        for name in sorted(self._names_of_other_formats()):
            metadata = self._metadata(name) or {}
            names = [line["name"] for line in metadata.get("straight_lines", ())]
            given = len(names) - names.count(KARA_BOGAZ_GOL_NAME)
            if given == len(inputs.straight_lines) and wanted.items() <= metadata.items():
                found.append(name)
        return found

    def _metadata(self, name: str) -> dict[str, Any] | None:
        """What the record of an edition says; None where it is no record of it, which is logged once."""
        try:
            record = (self.folder / name / _RECORD).read_bytes()
            hashes = json.loads((self.folder / name / _HASHES).read_bytes())
            if hashes[_RECORD] != hashlib.sha256(record).hexdigest():
                raise ValueError("its hash is not the one it was written with")
            metadata: dict[str, Any] = json.loads(record)["metadata"]
            _check_metadata(metadata, name)
        except _WRONG_CONTENT as error:
            if name not in self._skipped:
                self._skipped.add(name)
                _log.warning("%s in the cache is skipped, its record cannot be read: %r", name, error)
            return None
        return metadata

    def _open_or_build(self, inputs: _Inputs, progress: Progress | None) -> Edition:
        if inputs.name in self._entries():
            try:
                return self._open(inputs.name)
            except _DamagedError as error:
                _check_compiled()
                _say(
                    f"edition {inputs.name} in the cache is damaged ({error}): building it again",
                    progress,
                )
        elif before := self._made_before(inputs):
            _say(
                f"edition {', '.join(before)} in the cache was made by another version of this software: "
                f"building {inputs.name} instead",
                progress,
            )
        _check_compiled()
        with self._lock(inputs.name, progress):
            if inputs.name in self._entries():
                try:
                    return self._open(inputs.name)  # built by another process meanwhile
                except _DamagedError:
                    pass
            built = building.build(
                inputs.parameters, inputs.coast(), inputs.straight_lines, inputs.treaty_points,
                name=inputs.name, sha256=inputs.sha256, made_with=_software(),
                usual=self._usual(inputs, progress), progress=progress or _quiet,
            )  # fmt: skip
            self._write(inputs.name, built)
        return self._edition(inputs.name, built)

    def _usual(self, inputs: _Inputs, progress: Progress | None) -> Edition | None:
        """The edition without the effects of islands and artificial land, to compare with."""
        parameters = inputs.parameters
        if not parameters.keep_artificial and not parameters.applied_effects:
            return None
        return self.build(replace(parameters, keep_artificial=False, effects={}), progress=progress)

    def _open(self, name: str) -> Edition:
        entry = self.folder / name
        try:
            hashes = json.loads((entry / _HASHES).read_bytes())
            record, arrays = (entry / _RECORD).read_bytes(), (entry / _ARRAYS).read_bytes()
        except (OSError, ValueError) as error:
            raise _DamagedError(f"{type(error).__name__} on reading") from error
        for file, content in ((_RECORD, record), (_ARRAYS, arrays)):
            if not isinstance(hashes, dict) or hashes.get(file) != hashlib.sha256(content).hexdigest():
                raise _DamagedError(f"the hash of {file} is not the one it was written with")
        try:
            content = json.loads(record)
            _check_metadata(content["metadata"], name)
            return self._edition(name, decode(content["built"], arrays, building.TYPES))
        except _WRONG_CONTENT as error:
            raise _DamagedError(f"{type(error).__name__} on decoding") from error

    def _edition(self, name: str, built: Built) -> Edition:
        rule = make_rule(built.baseline, built.breadth_nm)
        return Edition(
            name, built.metadata, rule, built.partition, built.limits, built.cells, built.seabed,
            built.sectors, built.collections, cache(lambda: self._comparison(built)),
        )  # fmt: skip

    def _comparison(self, built: Built) -> Comparison:
        """The other bundled coasts under the breadths, lines and artificial land of an edition."""
        own = built.metadata["coast"]["id"]
        others: list[tuple[str, Rule]] = []
        left_out: list[str] = []
        for source_id in SOURCE_IDS:
            if source_id == own:
                continue
            try:
                others.append((source_id, self._rule(source_id, built)))
            except BaselineError as error:
                _log.debug("%s is not compared with: %s", source_id, error)
                left_out.append(source_id)
        return Comparison(own, built.baseline, tuple(others), tuple(left_out))

    def _rule(self, source_id: str, built: Built) -> Rule:
        """The rule of a bundled coast under the choices of an edition.

        Raises
        ------
        BaselineError
            A straight line of the edition does not fit this coast.
        """
        choices = [built.keep_artificial, _plain_lines(built.straight_lines)]
        digest = hashlib.sha256(json.dumps(choices).encode()).hexdigest()
        key = f"{source_id} {digest} {sorted(built.breadth_nm.items())}"
        if key not in self._rules:
            default = _read_inputs(Parameters(source_id)).name
            path = self.folder / _BASELINES / f"{default}-{digest[:16]}.bin"
            baseline = _read_baseline(path)
            if baseline is None:
                _check_compiled()
                baseline = building.bundled_baseline(
                    source_id, built.straight_lines, keep_artificial=built.keep_artificial
                )
                _keep_baseline(path, baseline)
            self._rules[key] = make_rule(baseline, built.breadth_nm)
        return self._rules[key]

    @contextmanager
    def _lock(self, name: str, progress: Progress | None) -> Iterator[None]:
        try:
            make_folder(self.folder)
            lock = FileLock(self.folder / f"{name}.lock")
            lock.acquire(timeout=0)
        except Timeout:
            (progress or _quiet)("waiting for another process that builds this edition", 0.0)
            lock.acquire()
        except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, name: str, built: Built) -> None:
        record, block = encode(built)
        text = json.dumps({"metadata": built.metadata, "built": record}, allow_nan=False).encode()
        hashes = {
            "format": _FORMAT,
            _RECORD: hashlib.sha256(text).hexdigest(),
            _ARRAYS: hashlib.sha256(block).hexdigest(),
        }
        beside = self.folder / f"{name}.building-{os.getpid()}"
        try:
            for left in self.folder.glob(f"{name}.building-*"):
                shutil.rmtree(left)
            beside.mkdir()
            for file, content in (
                (_ARRAYS, block), (_RECORD, text), (_HASHES, json.dumps(hashes).encode()),
            ):  # fmt: skip
                with (beside / file).open("wb") as target:
                    target.write(content)
                    target.flush()
                    os.fsync(target.fileno())
            if (self.folder / name).exists():
                shutil.rmtree(self.folder / name)
            beside.rename(self.folder / name)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise self._unwritable(error) from error

    def _unwritable(self, error: BaseException) -> CacheError:
        reason = getattr(error, "strerror", None) or str(error)
        return CacheError(
            f"cannot write the cache folder {self.folder}: {reason}; some 40 MB an edition are needed, "
            f"and {CACHE_VARIABLE} can name another folder"
        )


def _check_metadata(metadata: Mapping[str, Any], name: str) -> None:
    """Whether this is what `building` writes of an edition, as far as others rely on it.

    Raises
    ------
    ValueError
        It is not; so are all of `_WRONG_CONTENT` that an access raises.
    """
    coast, lines = metadata["coast"], metadata["straight_lines"]
    texts = [coast["id"], coast["title"], *metadata["effects"], *metadata["treaty_points_given"]]
    texts += [line[key] for line in lines for key in ("name", "state", "kind", "line_type")]
    numbers = [*metadata["breadth_nm"].values(), *metadata["effects"].values()]
    if metadata["edition"] != name or not set(metadata["breadth_nm"]) <= set(STATES):
        raise ValueError("it is that of another edition")
    if not all(isinstance(one, str) for one in texts) or not all(
        isinstance(one, (int, float)) for one in numbers
    ):
        raise ValueError("it has values of other types")


def _read_baseline(path: Path) -> Baseline | None:
    content = read_kept(path)
    if content is None:
        return None
    record, _, block = content.partition(b"\n")
    try:
        baseline = decode(json.loads(record), block, building.TYPES)
    except (ValueError, KeyError, TypeError):
        return None
    return baseline if isinstance(baseline, Baseline) else None


def _keep_baseline(path: Path, baseline: Baseline) -> None:
    record, block = encode(baseline)
    keep(path, json.dumps(record, allow_nan=False).encode() + b"\n" + block)


def _check_compiled() -> None:
    if is_plain():
        raise NotKeptError


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


def _plain_lines(lines: tuple[StraightLine, ...]) -> list[Any]:
    """Straight lines as plain values, to hash."""
    return [[line.state, line.kind, line.line_type, line.name, line.coordinates.tolist()] for line in lines]


def _read_inputs(parameters: Parameters) -> _Inputs:
    """Read the files of some parameters and name the edition by a hash of everything in them."""
    if parameters.coast in SOURCE_IDS:
        provenance, coast_sha256 = identify_source(parameters.coast)
        coast: Callable[[], CoastSource] = partial(load_source, parameters.coast)  # read when wanted
    else:
        source = read_coast_file(parameters.coast)
        provenance, coast_sha256, coast = source.provenance, source.sha256, lambda: source
    given = parameters.straight_lines or ()
    straight = read_straight_lines(given) if isinstance(given, str) else check_straight_lines(given)
    treaty_points = {pair: read_treaty_points(path) for pair, path in parameters.treaty_points.items()}
    content = {
        "format": _FORMAT,
        "coast": [coast_sha256, provenance.title],
        "reference": sorted(
            (name, digest)
            for name, digest in read_registry().items()
            if name.startswith(("reference/", "kara_bogaz_gol/", "states/", "treaties/"))
        ),
        "breadth_nm": parameters.breadths_nm,
        "keep_artificial": parameters.keep_artificial,
        "treaty_points": {pair: points.tolist() for pair, points in sorted(treaty_points.items())},
        "effects": parameters.applied_effects,
        "straight_lines": _plain_lines(straight),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    name = f"{provenance.id}-{provenance.version}-{digest[:8]}"
    return _Inputs(parameters, provenance, coast_sha256, coast, straight, treaty_points, digest, name)
