"""``caspian classify``: whose water a position is, or many of a file."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from api.batches.csv_table import CsvSource
from api.batches.engine import chosen_fields, classify_all
from api.batches.forms import INPUTS, OUTPUTS
from api.batches.rows import Source
from api.commands.common import Command, Context, add_edition
from api.commands.output import bytes_written_beside, check_output, check_standard_output
from api.commands.progress import read_bytes
from api.errors import BodyError, CommandError, ParameterError
from api.texts.answer_text import answer_text
from api.texts.json_text import write_json
from api.texts.numbers import decimal_number
from api.texts.position import parse_position

_OTHER_FILES = (".kml", ".kmz", ".zip", ".xlsx", ".xls", ".gpx", ".gml")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "where",
        nargs="*",
        metavar="LON LAT | FILE",
        help="longitude and latitude in decimal degrees; or a file of positions: CSV or Parquet with "
        "columns lon and lat, GeoJSON, GeoParquet, a point layer; - for CSV on standard input",
    )
    parser.add_argument(
        "--position",
        metavar="TEXT",
        help="the position as written on a chart, latitude first where no letters tell: "
        "\"42°33.6'N 49°53.3'E\"",
    )
    parser.add_argument("--json", action="store_true", help="print the whole record as JSON")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=f"file to write for FILE: {', '.join(OUTPUTS)} (default: CSV on standard output)",
    )
    parser.add_argument(
        "--fields",
        metavar="NAME,...",
        help="fields of the record to write, in this order (default: all); for a FILE and --json",
    )
    comparison = parser.add_mutually_exclusive_group()
    comparison.add_argument(
        "--compare",
        action="store_true",
        default=None,
        help="compare the bundled coasts also for a file (a single position is always compared)",
    )
    comparison.add_argument(
        "--no-compare",
        dest="compare",
        action="store_false",
        help="do not compare the bundled coasts for a single position",
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    where: list[str] = arguments.where
    if arguments.position is not None:
        if where:
            raise CommandError("classify: give either --position, or LON LAT, or FILE")
        return _one(arguments, context, *parse_position(arguments.position))
    if len(where) == 2:
        return _one(arguments, context, *_lon_lat(*where))
    if len(where) == 1:
        return _file(arguments, context, where[0])
    raise CommandError(
        "classify: a position (LON LAT, or --position TEXT) or one FILE is needed, "
        f"{len(where) or 'nothing'} {'values were' if where else 'was'} given"
    )


def _lon_lat(lon_text: str, lat_text: str) -> tuple[float, float]:
    try:
        return decimal_number(lon_text, "LON"), decimal_number(lat_text, "LAT")
    except ParameterError as error:
        raise CommandError(f"{error}; write a position with letters or signs as --position") from None


def _one(arguments: argparse.Namespace, context: Context, lon: float, lat: float) -> int:
    if arguments.output is not None:
        raise CommandError("classify: -o is for a FILE; a single answer is printed")
    if arguments.fields is not None and not arguments.json:
        raise CommandError("classify: --fields is for a FILE or --json")
    fields = chosen_fields(arguments.fields)
    with context.one_answer():
        edition = context.edition(arguments.edition)
        record = edition.classify_one(lon=lon, lat=lat, compare=arguments.compare is not False)
    print(write_json({name: record[name] for name in fields}) if arguments.json else answer_text(record))
    return 0


def _file(arguments: argparse.Namespace, context: Context, name: str) -> int:
    if arguments.json:
        raise CommandError("classify: --json is for a single position; a FILE's form is OUT's ending")
    fields = chosen_fields(arguments.fields)
    output = arguments.output
    if output is not None and str(output) == "-":
        output = None
    target = None if output is None else check_output(output, tuple(OUTPUTS), [name])
    if target is None:
        check_standard_output(name)
    with _opened(name) as (source, file, size):
        edition = context.edition(arguments.edition)
        write = OUTPUTS[".csv" if target is None else target.suffix.lower()]
        with (
            read_bytes(size, "classify") as progress,
            _standard_output() if target is None else bytes_written_beside(target) as answers,
        ):
            bad = 0
            try:
                writer = write(answers, source, fields, edition.name)
                for errors in classify_all(edition, writer, compare=bool(arguments.compare)):
                    bad += errors
                    if file is not None and size is not None:
                        progress(file.tell())
            except BodyError as error:
                raise CommandError(f"{name}: {error}") from None
    if writer.names.renamed:
        renamed = ", ".join(f"{own} is {given}" for own, given in writer.names.renamed.items())
        said = " ".join(f"columns of {name} beside answers of the same name: {renamed}"[:2000].split())
        print(f"caspian: {said}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    if bad:
        rows = "row has" if bad == 1 else "rows have"
        print(f"caspian: {bad:,} {rows} an error instead of an answer", file=sys.stderr)
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[tuple[Source, BinaryIO | None, int | None]]:
    """The input, the file that it is read from bit by bit, and its size in bytes where that is known."""
    path = Path(name)
    with contextlib.ExitStack() as held:
        file: BinaryIO | None = None
        size = None
        try:
            if name == "-":
                source: Source = CsvSource(sys.stdin.buffer)
            elif path.suffix.lower() in _OTHER_FILES:
                raise CommandError(f"{name}: only {', '.join(INPUTS)} files are read")
            elif path.is_dir():
                raise CommandError(f"{name} is a folder; a file or a position (LON LAT) is needed")
            else:
                file = held.enter_context(path.open("rb"))
                size = path.stat().st_size or None
                source = INPUTS.get(path.suffix.lower(), CsvSource)(file)
        except FileNotFoundError:
            raise CommandError(f"there is no file {name!r} (a position takes two numbers: LON LAT)") from None
        except BodyError as error:
            raise CommandError(f"{name}: {error}") from None
        yield source, file, size


@contextlib.contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


COMMAND = Command(
    "classify",
    "whose water a position is, or every position of a file",
    _arguments,
    _run,
    "A file's rows keep their order; each gets the columns of the record and, where it cannot be "
    "answered, an error in the last column.",
)
