"""What ``caspian events`` and ``caspian summarise`` share: tables of positions in, one table out."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from api.commands.common import Context, add_edition
from api.commands.output import bytes_written_beside, check_output, check_standard_output
from api.commands.progress import read_bytes
from api.commands.reading import add_reading, reading_of
from api.commands.telling import all_told, tell, tell_unread
from api.errors import BodyError, CommandError
from zones.tracks import LONGEST_GAP_H

if TYPE_CHECKING:
    from api.batches.tracks.engine import Tracks


def arguments_of_tracks(parser: argparse.ArgumentParser, endings: Sequence[str]) -> None:
    """The arguments of both."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="tables of positions with columns of vessels (mmsi) and times (timestamp), in any order: CSV or "
        "Parquet with columns lon and lat, GeoJSON, GeoParquet, a point layer, packed ones (.gz, .zst, "
        ".zip); "
        "folders and patterns stand for the files in them; - for CSV on standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=f"file to write: {', '.join(endings)} (default: CSV on standard output)",
    )
    parser.add_argument("--vessel", metavar="COLUMN", help="column that names the vessels (default: mmsi)")
    parser.add_argument("--time", metavar="COLUMN", help="column of the times (default: timestamp)")
    parser.add_argument(
        "--longest-gap-h",
        type=_hours,
        default=LONGEST_GAP_H,
        metavar="H",
        help="hours between two positions of a vessel up to which they are joined; longer gaps are told "
        f"(default: {LONGEST_GAP_H:g})",
    )
    parser.add_argument("--strict", action="store_true", help="end at the first row that is bad")
    add_reading(parser)
    add_edition(parser)


def _hours(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"hours above 0 are needed, not {text[:40]!r}")
    return number


def tell_tracks(arguments: argparse.Namespace, context: Context, *, are_sums: bool) -> int:
    """Read all tables, and write the events, or the sums."""
    from api.batches.tracks.engine import Tracks  # slow to load
    from api.batches.tracks.writing import EVENT_WRITERS, SUM_WRITERS

    writers = SUM_WRITERS if are_sums else EVENT_WRITERS
    names = list(_files(arguments.files))
    output = None if arguments.output is None or str(arguments.output) == "-" else arguments.output
    target = None if output is None else check_output(output, tuple(writers), names)
    if target is None:
        for name in names:
            check_standard_output(name)
    edition = context.edition(arguments.edition)
    with contextlib.ExitStack() as held:
        beside = None if target is None else target.parent
        tracks = Tracks(lambda: _folder(held, beside), is_strict=arguments.strict)
        unread = _read(tracks, names, arguments)
        if len(unread) == len(names):
            raise CommandError(_said(unread, len(names)))
        tracks.counts.unread = unread
        ending = ".csv" if target is None else target.suffix.lower()
        with _standard_output() if target is None else bytes_written_beside(target) as file:
            told = tracks.sums if are_sums else tracks.events
            try:
                _write(tracks, told(edition, arguments.longest_gap_h), writers[ending], file, edition)
            except BodyError as error:
                for reason in unread:
                    tell(reason)
                raise CommandError(f"{', '.join(arguments.files)[:200]}: {error}") from None
    tracks.counts.unread = []  # which are told last, and all of them
    for remark in tracks.counts.remarks():
        tell(remark)
    if unread:
        raise CommandError(_said(unread, len(names)))
    return 0


def _said(unread: Sequence[str], count: int) -> str:
    return unread[0] if count == 1 else all_told(unread, f"of {count:,} files could not be read")


def _write(tracks: Tracks, tables: Iterator[Any], write: Any, file: BinaryIO, edition: Any) -> None:
    from api.batches.tracks.writing import about, names_of

    writer = None
    for table in tables:
        if writer is None:  # only now all is known that was left out
            said = about(edition.name, edition.assumptions, tracks.counts.remarks())
            writer = write(file, names_of(table.fields, tracks.columns), said)
        writer.add(table)
    assert writer is not None
    writer.end()


def _files(given: Sequence[str]) -> Iterator[str]:
    """The files given, those in folders given and those that patterns match, by name."""
    from api.batches.gathering import files_named

    for name in given:
        if name == "-":
            yield name
            continue
        found, others = files_named(name)
        tell_unread(others)
        yield from sorted(map(str, found))


def _read(tracks: Tracks, names: Sequence[str], arguments: argparse.Namespace) -> list[str]:
    """Take all tables in, with a progress bar; the reasons why some are left out.

    Raises `CommandError`: strictly, one cannot be read or has a bad row.
    """
    from api.batches.archives import size_if_known
    from api.batches.file_answers import opened
    from api.batches.tracks.columns import Options

    reading = reading_of(arguments)
    options = Options(arguments.vessel, arguments.time, "--vessel", "--time")
    sizes = {name: size_if_known(Path(name)) for name in names if name != "-"}
    total, done, unread = sum(sizes.values()) or None, 0, []
    with read_bytes(total, "read") as progress:
        for name in names:
            try:
                _check_readable(name)
                with tracks.whole_or_not_at_all(), opened(name, reading) as one:
                    before = tracks.counts.rows
                    for _ in tracks.add(one.source, options, f"{name}, "):
                        one.check_unchanged()
                        progress(done + one.place(tracks.counts.rows - before), tracks.counts.rows)
            except (BodyError, CommandError) as error:
                said = str(error).removeprefix(f"{name}: ")
                unread.append(said if said.startswith(f"{name}, ") else f"{name}: {said}")
                if arguments.strict:
                    raise CommandError(unread[0]) from None
            done += sizes.get(name, 0)
    return unread


def _check_readable(name: str) -> None:
    """Raises `CommandError`: an input is not there, or not for this user."""
    from api.batches.archives import opened_to_read

    path = Path(name)
    if name == "-" or path.is_fifo():
        return
    try:
        with opened_to_read(path):
            pass
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from None


def _folder(held: contextlib.ExitStack, beside: Path | None) -> Path:
    """A folder for what is more than memory is to hold: by the output, which has room, else the usual one."""
    made = tempfile.TemporaryDirectory(prefix=".caspian-", suffix=".partial", dir=beside)
    return Path(held.enter_context(made))


@contextlib.contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
