"""Tables and layers in zip archives, named as if an archive were a folder: ``ais.zip/2024.csv``."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from api.batches.forms import WHOLE_ENDINGS, is_read
from api.batches.packing import MOST_TIMES, becomes_too_large
from api.errors import BodyError
from coastlines.archives import ARCHIVE_ERRORS

ARCHIVE = ".zip"
MOST_MEMBERS = 2_000
_SHOWN = 5  # members that an error names


class Member(NamedTuple):
    """A file in an archive, under the name that it has there."""

    archive: Path
    name: str


def is_archive(path: Path) -> bool:
    """Whether a path names an archive as a whole."""
    return path.suffix.lower() == ARCHIVE and path.is_file()


def member_of(path: Path) -> Member | None:
    """What a path names in an archive; None where it names no such thing."""
    for count in range(len(path.parts) - 1, 0, -1):
        if path.parts[count - 1].lower().endswith(ARCHIVE):
            archive = Path(*path.parts[:count])
            if archive.is_file():
                return Member(archive, "/".join(path.parts[count:]))
    return None


def file_of(path: Path) -> Path:
    """The file on the disk that holds what a path names: the archive of a member, else the path itself."""
    member = member_of(path)
    return path if member is None else member.archive


def size_of(path: Path) -> int:
    """How many bytes there are to read: of a member when it is unpacked. Raises `OSError`, `BodyError`."""
    member = member_of(path)
    if member is None:
        return path.stat().st_size
    with _archive(member.archive) as archive:
        return _info(archive, member).file_size


def size_if_known(path: Path) -> int:
    """The same for progress: 0 of what cannot be read, which is said when it is its turn. [byte]"""
    try:
        return size_of(path)
    except (OSError, BodyError):
        return 0


def members_of(archive: Path) -> list[str]:
    """The names of all files in an archive but those that begin with a dot or an underscore.

    Raises `BodyError`: it is damaged, has more than `MOST_MEMBERS`, becomes far larger than tables do, names
    places outside of it, or one name twice.
    """
    with _archive(archive) as opened:
        names = [info.filename for info in opened.infolist() if not info.is_dir()]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise BodyError(f"the archive has two files of one name, {twice[0][:80]!r}")
    parts = {name: PurePosixPath(name).parts for name in names}
    for name, found in parts.items():
        if ".." in found or PurePosixPath(name).is_absolute() or "\\" in name:
            raise BodyError(f"the archive names a place outside of it, {name[:80]!r}")
    return [name for name, found in parts.items() if not any(part[0] in "._" for part in found)]


def tables_of(archive: Path) -> list[str]:
    """Those of its members that are read; of one alone whatever its ending. Raises `BodyError`."""
    names = members_of(archive)
    return names if len(names) == 1 else sorted(name for name in names if is_read(Path(name)))


def resolved(path: Path) -> Path:
    """The only table of an archive, as a path that names it; any other path as it is.

    Raises `BodyError`: there are several, or none.
    """
    if not is_archive(path):
        return path
    names = tables_of(path)
    if len(names) != 1:
        shown = ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
        choice = f" ({shown}); name one, as {path.name}/{names[0]}" if names else ""
        raise BodyError(f"one table or layer is needed in the archive, there are {len(names)}{choice}")
    return path / names[0]


@contextmanager
def unpacked_member(path: Path) -> Iterator[Path]:
    """A file to read what a path names from: of a member one that is unpacked for as long as the block lasts.

    Beside it are those of its name with other endings, as shapefiles have them. Where other libraries read it
    and cannot spell its name it has another, as a link.

    Raises `BodyError`: the archive is damaged, or has no such member; `OSError`.
    """
    member = member_of(path)
    if member is None and (_is_text(path) or path.suffix.lower() not in WHOLE_ENDINGS):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="caspian-") as folder:
        if member is None:
            yield _linked(path, Path(folder))
            return
        with _archive(member.archive) as archive:
            wanted = PurePosixPath(_info(archive, member).filename)
            beside = wanted.with_suffix("")
            for info in archive.infolist():
                place = PurePosixPath(info.filename)
                is_beside = wanted.suffix.lower() == ".shp" and place.with_suffix("") == beside
                if (place == wanted or is_beside) and not info.is_dir():
                    with archive.open(info) as packed, Path(folder, place.name).open("wb") as target:
                        shutil.copyfileobj(packed, target, 1024 * 1024)
        yield Path(folder, wanted.name)


def _is_text(path: Path) -> bool:
    """Whether a name is of letters alone: on Linux it may hold any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _linked(path: Path, folder: Path) -> Path:
    """A link in a folder to a file, beside links to those of its name with other endings."""
    for one in path.parent.iterdir():
        if one.stem == path.stem and _is_text(Path(one.suffix)):
            (folder / f"linked{one.suffix}").symlink_to(one.absolute())
    return folder / f"linked{path.suffix}"


@contextmanager
def opened_to_read(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of what a path names. Raises `OSError`, `BodyError`."""
    member = member_of(path)
    if member is None:
        with path.open("rb") as file:
            yield file
        return
    with _archive(member.archive) as archive, archive.open(_info(archive, member)) as packed:
        yield packed


def _info(archive: zipfile.ZipFile, member: Member) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(member.name)
    except KeyError:
        raise BodyError(f"{member.archive.name} holds no {member.name[:200]!r}") from None


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive whose members are bounded by what it says of them, beyond which none is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS:
                raise BodyError(f"the archive holds {len(infos):,} files, at most {MOST_MEMBERS:,} are read")
            if becomes_too_large(sum(info.file_size for info in infos), path.stat().st_size):
                said = f"the archive becomes more than {MOST_TIMES} times as large when unpacked"
                raise BodyError(f"{said}; unpack it first")
            yield archive
    except ARCHIVE_ERRORS as error:
        said = " ".join(str(error).split())[:200]
        raise BodyError(f"the archive is damaged, or packed in a way that is not read: {said}") from None
