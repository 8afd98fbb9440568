"""``caspian crossings``: a route or area against zones and sectors."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from api.batches.crossings import (
    Asked,
    Crossings,
    answer_of,
    asked_of,
    asked_of_table,
    cross_all,
    feature_collection_of,
    table_of,
)
from api.commands.common import Command, Context, add_edition
from api.commands.output import bytes_written_beside, check_output
from api.errors import BodyError, CommandError
from api.texts.crossings_text import crossings_text
from api.texts.json_text import read_json, write_json
from zones.classification.records import Floats
from zones.crossings.input import CrossingError, Route, read_geometry
from zones.geodesy.geodesics import densify_geodesics

if TYPE_CHECKING:
    from zones.editions.edition import Edition

_INPUTS = (".geojson", ".json", ".csv")
_OUTPUTS = (".json", ".geojson", ".csv")
_PIECE_M = 500.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a GeoJSON line or polygon (.geojson, .json), or a route as a CSV table with columns lon and "
        "lat, one for every ship where a column as mmsi tells them apart; - for GeoJSON on standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="file to write: .json the whole answer, .geojson the legs as features, .csv the table of legs "
        "(default: text)",
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    output = arguments.output
    target = None if output is None else check_output(output, _OUTPUTS, [arguments.file])
    asked = asked_of_file(arguments.file)
    edition = context.edition(arguments.edition)
    try:
        answers = list(cross_all(edition, asked))
    except CrossingError as error:
        raise CommandError(f"{arguments.file}: {error}") from None
    if target is None:
        for number, answer in enumerate(answers):
            if asked.several:
                print(f"{'' if number == 0 else chr(10)}{_title(asked, number)}")
            print(
                f"  {answer}"
                if isinstance(answer, CrossingError)
                else crossings_text(answer, edition.name, edition.assumptions)
            )
        return 0
    content = _content(target.suffix.lower(), edition, asked, answers)
    with bytes_written_beside(target) as file:
        file.write(content.encode(errors="backslashreplace"))
    for number, one in enumerate(answers):
        if isinstance(one, CrossingError):
            title = _title(asked, number)
            print(f"caspian: f{title[1:]}: {one}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    return 0


def _content(ending: str, edition: Edition, asked: Asked, answers: list[Crossings | CrossingError]) -> str:
    """The text of a file by its ending."""
    if ending == ".csv":
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows(table_of(edition, asked, answers))
        return table.getvalue()
    form = answer_of if ending == ".json" else feature_collection_of
    return write_json(form(edition, asked, answers)) + "\n"


def _title(asked: Asked, number: int) -> str:
    identity = asked.ids[number]
    shown = "" if identity is None else f", {' '.join(str(identity).split())[:80]}"
    return f"Feature {number}{shown}"


def route_lines(name: str) -> list[Floats]:
    """The routes of a file, in pieces of at most 500 m, each of shape (n, 2). [deg]

    Raises `CommandError`: the file cannot be read, or holds something else than routes.
    """
    lines = []
    for geometry in asked_of_file(name).geometries:
        try:
            read = read_geometry(geometry)
        except CrossingError as error:
            raise CommandError(f"{name}: {error}") from None
        if not isinstance(read, Route):
            raise CommandError(f"{name}: only routes are drawn, and this is an area")
        lines += [densify_geodesics(part, _PIECE_M) for part in read.parts]
    return lines


def asked_of_file(name: str) -> Asked:
    """What a file asks for, by its ending; ``-`` is GeoJSON on standard input. Raises `CommandError`."""
    if name == "-":
        content, ending = sys.stdin.buffer.read(), ".json"
    else:
        path = Path(name)
        ending = path.suffix.lower()
        if not path.exists():
            raise CommandError(f"there is no file {name!r}")
        if path.is_dir():
            raise CommandError(f"{name} is a folder; a file is needed: {', '.join(_INPUTS)}")
        if ending not in _INPUTS:
            raise CommandError(f"{name}: known are files ending in {', '.join(_INPUTS)}")
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise CommandError(f"there is no file {name!r}") from None
    try:
        return asked_of_table(io.BytesIO(content)) if ending == ".csv" else asked_of(read_json(content))
    except BodyError as error:
        raise CommandError(f"{name}: {str(error).replace('the body', 'the file', 1)}") from None


COMMAND = Command(
    "crossings",
    "what a route crosses, or an area holds, of zones and sectors",
    _arguments,
    _run,
    "The vertices are joined by geodesics. Legs by zone and State and, independently, by sector of the "
    "seabed; the States whose agreement Article 14 asks for.",
)
