"""``caspian crossings``: a route or area against zones and sectors."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.batches.crossings import (
    LEGS,
    LOXODROME,
    Asked,
    Crossings,
    answer_of,
    cross_all,
    feature_collection_of,
    table_of,
)
from api.batches.route_files import ROUTE_ENDINGS, asked_of_file
from api.commands.common import Command, Context, add_edition
from api.commands.output import bytes_written_beside, check_output
from api.commands.reading import add_reading, reading_of
from api.errors import CommandError
from api.texts.crossings_text import crossings_text
from api.texts.json_text import write_json
from zones.classification.records import Floats
from zones.crossings.input import CrossingError, Route, read_geometry
from zones.geodesy.geodesics import densify_geodesics

if TYPE_CHECKING:
    from zones.editions.edition import Edition

_OUTPUTS = (".json", ".geojson", ".csv")
_PIECE_M = 500.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a line or polygon in GeoJSON, GPX, KML, RTZ or a layer, or a route as a table of positions, "
        f"one for every ship where a column as mmsi tells them apart: {', '.join(ROUTE_ENDINGS)}; "
        "- for GeoJSON on standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="file to write: .json the whole answer, .geojson the legs as features, .csv the table of legs "
        "(default: text)",
    )
    parser.add_argument(
        "--legs",
        choices=LEGS,
        help="lines that join the vertices (default: geodesics, and as an RTZ file says of its legs)",
    )
    add_reading(parser)
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    output = arguments.output
    target = None if output is None else check_output(output, _OUTPUTS, [arguments.file])
    asked = asked_of_file(arguments.file, reading_of(arguments), arguments.legs)
    edition = context.edition(arguments.edition)
    try:
        answers = list(cross_all(edition, asked, loxodromes=arguments.legs == LOXODROME))
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
        return _code(answers)
    content = _content(target.suffix.lower(), edition, asked, answers)
    with bytes_written_beside(target) as file:
        file.write(content.encode(errors="backslashreplace"))
    for number, one in enumerate(answers):
        if isinstance(one, CrossingError):
            title = _title(asked, number)
            print(f"caspian: f{title[1:]}: {one}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    return _code(answers)


def _code(answers: Sequence[Crossings | CrossingError]) -> int:
    """The exit code: 2 where nothing was answered."""
    return 2 if all(isinstance(one, CrossingError) for one in answers) else 0


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


COMMAND = Command(
    "crossings",
    "what a route crosses, or an area holds, of zones and sectors",
    _arguments,
    _run,
    "The vertices are joined by geodesics, or by loxodromes. Legs by zone and State and, independently, by "
    "sector of the seabed; the States whose agreement Article 14 asks for.",
)
