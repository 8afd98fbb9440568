"""Which files are answered into a folder, and under which names there."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.batches.archives import file_of, is_archive, member_of, members_of, tables_of
from api.batches.choices import ending_of
from api.batches.forms import READ_ENDINGS, is_read
from api.errors import BodyError, CommandError

_BESIDE = frozenset((".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qml", ".qmd"))  # of shapefiles
# As what an input of each ending goes out where nothing else is asked for; others as CSV.
_FORM_OF = {
    ".parquet": ".parquet",
    **dict.fromkeys((".geojson", ".json", ".gpkg", ".fgb", ".shp"), ".geojson"),
    **dict.fromkeys((".geojsonl", ".ndjson"), ".geojsonl"),
    ".geojsons": ".geojsons",
}
_IS_PARTITION = re.compile(r"[^=]+=.*")


@dataclass(frozen=True, slots=True)
class Planned:
    """An input, as named, and the output for it in the folder; the output's ending and packing."""

    name: str
    output: str
    form: tuple[str, str]


def is_many(names: Sequence[str]) -> bool:
    """Whether inputs go into a folder: more than one, a folder, a pattern, or an archive of several.

    Raises `CommandError`: an archive cannot be read.
    """
    return len(names) > 1 or any(
        Path(name).is_dir() or _is_pattern(name) or len(_named(Path(name), tables_of)) > 1 for name in names
    )


def _named(path: Path, members: Callable[[Path], list[str]]) -> list[str]:
    """What is in an archive that is named, if it is one. Raises `CommandError`: it cannot be read."""
    try:
        return members(path) if is_archive(path) else []
    except BodyError as error:
        raise CommandError(f"{path}: {error}") from None


def planned_files(names: Iterable[str], folder: Path, form: str | None) -> tuple[list[Planned], list[Path]]:
    """The files that are named, in folders and archives named, and that patterns match, by their outputs.

    Beside them those of folders and patterns that are of no known ending, which are not read.

    An output lies in the folder as its input does in the folder named, or where the pattern begins, and in
    the partitions (``year=2024``) that the path to there ends in, as a single file's does. Archives are as
    folders; what is in one that is named beside others goes to a folder of its name. What begins with a dot
    or an underscore is left out of folders. `form` is an ending for all, None for the form of each input.

    Raises `CommandError`: there is no such file, or nothing to read; two would be written to one place; an
    output would replace an input.
    """
    planned: dict[str, Planned] = {}
    others: list[Path] = []
    names = list(names)
    for name in names:
        found, unread = _found(name, folder, is_alone=len(names) == 1)
        others += unread
        for path, relative in found:
            one = _planned(path, relative, form)
            other = planned.setdefault(one.output, one)
            if other is not one:
                twice = " is named twice" if other.name == one.name else f" and {other.name} have one name"
                raise CommandError(f"{one.name}{twice}: both would be written to {folder / one.output}")
    _refuse_replacing(planned.values(), folder)
    return [planned[output] for output in sorted(planned)], others


def files_named(name: str) -> tuple[list[Path], list[Path]]:
    """The file of a name, those in a folder and those below it, or those that a pattern matches.

    Beside them those of no known ending, as `planned_files` has them.

    Raises `CommandError`: there is none.
    """
    found, others = _found(name, None)
    return [path for path, _ in found], others


def _found(
    name: str, folder: Path | None, *, is_alone: bool = True
) -> tuple[list[tuple[Path, Path]], list[Path]]:
    """The same, each with where it lies below the name; without what lies in the folder written to."""
    found, others = [], []
    for path, relative in sorted(_files_of(name, folder, is_alone=is_alone)):
        is_known = is_read(path) or str(path) == name or is_archive(path) or path.is_dir()
        if is_known and not path.is_fifo():  # which would be waited for
            found.append((path, relative))
        elif path.suffix.lower() not in _BESIDE:
            others.append(path)
    if not found:
        kinds = ", ".join(sorted(READ_ENDINGS))
        raise CommandError(f"{name}: there is no file of positions ({kinds}; also .gz, .zst, .zip)")
    return found, others


def _planned(path: Path, relative: Path, form: str | None) -> Planned:
    ending, packing = ending_of(path)
    chosen = form or _FORM_OF.get(ending, ".csv")
    stem = Path(relative.stem) if packing else relative
    stem = Path(stem.stem) if stem.suffix.lower() in (*READ_ENDINGS, ending) else stem
    packing = "" if chosen == ".parquet" else packing
    return Planned(str(path), str(relative.with_name(f"{stem.name}{chosen}{packing}")), (chosen, packing))


def _files_of(name: str, folder: Path | None, *, is_alone: bool) -> Iterator[tuple[Path, Path]]:
    """Files that a name stands for, and where each lies below it."""
    path = Path(name)
    if path.is_dir():
        for found in _files_below(path, folder):
            relative = Path(*_partitions(path), found.relative_to(path))
            yield from _with_members(found, relative, relative.with_suffix(""))
    elif is_archive(path):
        partitions = Path(*_partitions(path.parent))
        below = partitions if is_alone else partitions / path.stem
        yield from _with_members(path, partitions / path.name, below)
    elif path.exists() or not _is_pattern(name):
        if not path.is_file() and member_of(path) is None:
            raise CommandError(f"there is no file {name!r}" if not path.exists() else f"{name} is not a file")
        yield path, Path(*_partitions(path.parent), path.name)
    else:
        root = Path(*_before_pattern(path))
        matches = root.glob(str(path.relative_to(root)))
        for file in _once({file for match in matches for file in _matched(match, folder)}, root):
            relative = file.relative_to(root)
            if not any(part[0] in "._" for part in relative.parts):
                relative = Path(*_partitions(root), relative)
                yield from _with_members(file, relative, relative.with_suffix(""))


def _with_members(path: Path, relative: Path, below: Path) -> Iterator[tuple[Path, Path]]:
    """A file, or the members of an archive below a place for them; one that is damaged, as it is."""
    if not is_archive(path):
        yield path, relative
        return
    try:
        members = members_of(path)
    except BodyError:  # said when it is its turn
        yield path, relative
        return
    for member in members:
        yield path / member, below / member


def _matched(match: Path, folder: Path | None) -> Iterable[Path]:
    if match.is_dir():
        return _files_below(match, folder)
    is_written = folder is not None and folder.resolve() in Path(os.path.realpath(match)).parents
    return [] if is_written else [match]


def _once(files: Iterable[Path], root: Path) -> Iterable[Path]:
    """The files, those of a folder once: by its own name, where it is below the root, else its first link."""
    folders = {file.parent for file in files}
    places = {folder: folder.resolve() for folder in folders}
    top = root.resolve()
    kept: dict[Path, Path] = {}
    for folder in sorted(folders, key=lambda one: (places[one] != top / one.relative_to(root), one)):
        kept.setdefault(places[folder], folder)
    return [file for file in files if kept[places[file.parent]] == file.parent]


def _files_below(top: Path, folder: Path | None) -> Iterator[Path]:
    """Files in a folder and those below it, linked ones too, but for the folder that is written to; and
    folders that cannot be read.

    A folder that is linked is there once, under its own name where that is below the top.
    """
    unread: list[Path] = []

    def keep(error: OSError) -> None:
        if error.filename == str(top):
            raise CommandError(f"{top}: {error.strerror}")
        unread.append(Path(error.filename))

    seen = set() if folder is None else {folder.resolve()} - {top.resolve()}
    waiting = [top]
    for start in waiting:  # links, which may lead around, wait for all that is no link
        for here, below, files in os.walk(start, onerror=keep):
            place = Path(here).resolve()
            below[:] = [] if place in seen else sorted(one for one in below if one[0] not in "._")
            if place not in seen:
                seen.add(place)
                waiting += [Path(here, one) for one in below if Path(here, one).is_symlink()]
                yield from (Path(here, one) for one in files if one[0] not in "._")
    yield from unread


def _is_pattern(name: str) -> bool:
    return glob.has_magic(name) and not Path(name).exists()


def _before_pattern(path: Path) -> Iterator[str]:
    for part in path.parts:
        if glob.has_magic(part):
            return
        yield part


def _partitions(folder: Path) -> list[str]:
    """The last folders of a path that are named as partitions are, wherever it begins."""
    found: list[str] = []
    for part in reversed(folder.absolute().parts):
        if not _IS_PARTITION.fullmatch(part):
            break
        found.insert(0, part)
    return found


def _refuse_replacing(planned: Iterable[Planned], folder: Path) -> None:
    """Refuse outputs that are inputs, however they are spelled or linked."""
    if not folder.exists():
        return
    known = {_identity(file_of(Path(one.name))) for one in planned} - {None}
    for one in planned:
        if _identity(output := folder / one.output) in known:
            raise CommandError(f"{output} is a file that is read; write to another folder")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:  # there is none; of an input it is said when it is its turn
        return None
    return status.st_dev, status.st_ino
