"""``caspian classify``: whose water a position is, or many of a file."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

import numpy as np

from api.answer_text import answer_text
from api.batch import checked, classify_rows
from api.commands.common import Command, Context, add_edition
from api.errors import CommandError, ParameterError
from api.json_text import write_json
from api.output import check_output, written_beside
from api.position import parse_position
from api.progress import read_bytes
from api.query import decimal_number
from api.tabular import OUTPUT_ENDINGS, classify_table
from zones.errors import CoordinateError

_OTHER_INPUTS = (".geojson", ".geojsonl", ".json", ".parquet", ".gpkg", ".shp", ".kml", ".zip")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "where",
        nargs="*",
        metavar="LON LAT | FILE",
        help="longitude and latitude in decimal degrees; or a CSV file with columns lon and lat, "
        "- for standard input",
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
        help=f"file to write for FILE: {', '.join(OUTPUT_ENDINGS)} (default: CSV on standard output)",
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
    batch = checked(np.array([lon]), np.array([lat]))
    if batch.errors:
        raise CoordinateError(lon, lat)
    edition = context.edition(arguments.edition)
    compare = arguments.compare is not False
    record = classify_rows(edition, batch, compare=compare)[0]
    print(write_json(record) if arguments.json else answer_text(record))
    return 0


def _file(arguments: argparse.Namespace, context: Context, name: str) -> int:
    if arguments.json:
        raise CommandError("classify: --json is for a single position; a FILE's form is OUT's ending")
    output = arguments.output
    if output is not None and str(output) == "-":
        output = None
    target = None if output is None else check_output(output, OUTPUT_ENDINGS)
    with _opened(name) as (source, size):
        edition = context.edition(arguments.edition)
        with (
            read_bytes(size, "classify") as progress,
            contextlib.nullcontext(_standard_output()) if target is None else written_beside(target) as file,
        ):
            bad = classify_table(
                edition,
                source,
                file,
                ".csv" if target is None else target.suffix.lower(),
                compare=bool(arguments.compare),
                name=name,
                progress=progress,
            )
    if bad:
        rows = "row has" if bad == 1 else "rows have"
        print(f"caspian: {bad:,} {rows} an error instead of an answer", file=sys.stderr)
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[tuple[IO[bytes], int | None]]:
    """The input and its size in bytes where that is known."""
    if name == "-":
        yield sys.stdin.buffer, None
        return
    path = Path(name)
    if path.suffix.lower() in _OTHER_INPUTS:
        raise CommandError(f"{name}: only CSV files with columns lon and lat are read")
    if path.is_dir():
        raise CommandError(f"{name} is a folder; a CSV file or a position (LON LAT) is needed")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise CommandError(f"there is no file {name!r} (a position takes two numbers: LON LAT)") from None
    with file:
        yield file, path.stat().st_size or None


def _standard_output() -> TextIO:
    return sys.stdout


COMMAND = Command(
    "classify",
    "whose water a position is, or every position of a CSV file",
    _arguments,
    _run,
    "A file's rows keep their order; each gets the columns of the record and, where it cannot be "
    "answered, an error in the last column.",
)
