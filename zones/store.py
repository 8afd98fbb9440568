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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from coastlines import (
    SOURCE_IDS,
    CoastSource,
    Provenance,
    StraightLine,
    identify_source,
    load_source,
    read_coast_file,
    read_straight_lines,
    read_treaty_points,
)
from coastlines.bundled import read_registry
from zones import building
from zones.archive import decode, encode
from zones.baseline import Baseline
from zones.building import Built
from zones.cache_folder import CACHE_VARIABLE, cache_folder, make_folder, own_folder
from zones.compiled import is_plain
from zones.edition import Edition
from zones.errors import CacheError, NotKeptError, UnknownEditionError
from zones.kept_files import keep, read_kept
from zones.parameters import Parameters
from zones.rule import Rule, make_rule

Progress = Callable[[str, float], None]

_FORMAT = 3  # of the files in the cache, and of everything computed for them
_RECORD, _ARRAYS, _HASHES = "edition.json", "arrays.bin", "sha256.json"
_BASELINES = "baselines"

__all__ = ["CACHE_VARIABLE", "SOURCE_IDS", "Edition", "EditionInfo", "Progress", "Store"]

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
            raise UnknownEditionError(name, [info.name for info in self.editions()])
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
        try:
            return {entry.name for entry in self.folder.iterdir() if (entry / _HASHES).is_file()}
        except OSError:
            return set()

    def _metadata(self, name: str) -> dict[str, Any] | None:
        try:
            content = json.loads((self.folder / name / _RECORD).read_bytes())
            metadata: dict[str, Any] = content["metadata"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return metadata

    def _open_or_build(self, inputs: _Inputs, progress: Progress | None) -> Edition:
        if inputs.name in self._names():
            try:
                return self._open(inputs.name)
            except _DamagedError as error:
                _check_compiled()
                _say(
                    f"edition {inputs.name} in the cache is damaged ({error}): building it again",
                    progress,
                )
        _check_compiled()
        with self._lock(inputs.name, progress):
            if inputs.name in self._names():
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

    def _usual(self, inputs: _Inputs, progress: Progress | None) -> Built | None:
        """The edition without the effects of islands and artificial land, to compare with."""
        parameters = inputs.parameters
        if not parameters.keep_artificial and not parameters.lesser_effects:
            return None
        usual = self.build(replace(parameters, keep_artificial=False, effects={}), progress=progress)
        return Built(
            usual.metadata, parameters.breadths_nm, usual.rule.baseline, usual.partition, usual.limits,
            usual.cells, usual.seabed, usual.sectors, dict(usual.collections),
        )  # fmt: skip

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
            built = decode(content["built"], arrays, building.TYPES)
        except (KeyError, ValueError, TypeError) as error:
            raise _DamagedError(f"{type(error).__name__} on decoding") from error
        return self._edition(name, built)

    def _edition(self, name: str, built: Built) -> Edition:
        breadths = built.breadth_nm
        coast = built.metadata["coast"]["id"]
        rule = make_rule(built.baseline, breadths)
        return Edition(
            name, built.metadata, rule, built.partition, built.limits, built.cells, built.seabed,
            built.sectors, built.collections,
            lambda: self._other_rules(coast, breadths),
        )  # fmt: skip

    def _other_rules(self, coast: str, breadths: dict[str, float]) -> tuple[Rule, ...]:
        """The bundled coasts but one, under the same breadths."""
        rules = []
        for source_id in SOURCE_IDS:
            if source_id == coast:
                continue
            key = f"{source_id} {sorted(breadths.items())}"
            if key not in self._rules:
                self._rules[key] = make_rule(self._baseline(source_id), breadths)
            rules.append(self._rules[key])
        return tuple(rules)

    def _baseline(self, source_id: str) -> Baseline:
        """The default baseline of a bundled coast, as kept or made."""
        path = self.folder / _BASELINES / f"{_read_inputs(Parameters(source_id)).name}.bin"
        kept = _read_baseline(path)
        if kept is not None:
            return kept
        _check_compiled()
        baseline = building.bundled_baseline(source_id)
        _keep_baseline(path, baseline)
        return baseline

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


def _read_inputs(parameters: Parameters) -> _Inputs:
    """Read the files of some parameters and name the edition by a hash of everything in them."""
    if parameters.coast in SOURCE_IDS:
        provenance, coast_sha256 = identify_source(parameters.coast)
        coast: Callable[[], CoastSource] = partial(load_source, parameters.coast)  # read when wanted
    else:
        source = read_coast_file(parameters.coast)
        provenance, coast_sha256, coast = source.provenance, source.sha256, lambda: source
    straight = () if parameters.straight_lines is None else read_straight_lines(parameters.straight_lines)
    treaty_points = {pair: read_treaty_points(path) for pair, path in parameters.treaty_points.items()}
    content = {
        "format": _FORMAT,
        "coast": coast_sha256,
        "reference": sorted(
            (name, digest)
            for name, digest in read_registry().items()
            if name.startswith(("reference/", "kara_bogaz_gol/", "states/", "treaties/"))
        ),
        "breadth_nm": parameters.breadths_nm,
        "keep_artificial": parameters.keep_artificial,
        "treaty_points": {pair: points.tolist() for pair, points in sorted(treaty_points.items())},
        "effects": dict(sorted(parameters.lesser_effects.items())),
        "straight_lines": [
            [line.state, line.kind, line.line_type, line.name, line.coordinates.tolist()] for line in straight
        ],
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    name = f"{provenance.id}-{provenance.version}-{digest[:8]}"
    return _Inputs(parameters, provenance, coast, straight, treaty_points, digest, name)
