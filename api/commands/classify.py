"""``caspian classify``: whose water a position is, or many of a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.batches.choices import EXPLANATION, OUTPUT_ENDINGS, chosen_fields, with_assumptions
from api.commands.common import Command, Context, add_edition
from api.errors import CommandError, ParameterError
from api.languages.choice import LANGUAGES
from api.texts.answer_text import answer_text
from api.texts.json_text import write_json
from api.texts.numbers import coordinate
from coastlines.positions import parse_position


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
        help=f"file to write for FILE: {', '.join(OUTPUT_ENDINGS)} (default: CSV on standard output)",
    )
    parser.add_argument(
        "--fields",
        metavar="NAME,...",
        help="fields of the record to write, in this order (default: all); for a FILE and --json",
    )
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="say the answer in words in this language, too; a FILE gets a column explanation",
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
        return _one(arguments, context, *lon_lat(*where))
    if len(where) == 1:
        from api.commands.classify_file import classify_file  # slow to load

        return classify_file(arguments, context, where[0])
    raise CommandError(
        "classify: a position (LON LAT, or --position TEXT) or one FILE is needed, "
        f"{len(where) or 'nothing'} {'values were' if where else 'was'} given"
    )


def lon_lat(lon_text: str, lat_text: str) -> tuple[float, float]:
    """A position by its two numbers. [deg] Raises `CommandError`."""
    try:
        return coordinate(lon_text, "lon", "LON"), coordinate(lat_text, "lat", "LAT")
    except ParameterError as error:
        raise CommandError(str(error)) from None


def _one(arguments: argparse.Namespace, context: Context, lon: float, lat: float) -> int:
    if arguments.output is not None:
        raise CommandError("classify: -o is for a FILE; a single answer is printed")
    if arguments.fields is not None and not arguments.json:
        raise CommandError("classify: --fields is for a FILE or --json")
    with context.one_answer():
        fields = chosen_fields(arguments.fields)
        edition = context.edition(arguments.edition)
        record = edition.classify_one(lon=lon, lat=lat, compare=arguments.compare is not False)
    value, text = {name: record[name] for name in with_assumptions(fields, record["assumptions"])}, ""
    if arguments.lang is not None:
        from api.texts.explanation import explanation  # slow to load

        text = value[EXPLANATION] = explanation(record, arguments.lang)
    if arguments.json:
        print(write_json(value))
    else:
        print(f"{text}\n\n{answer_text(record)}" if text else answer_text(record))
    return 0


COMMAND = Command(
    "classify",
    "whose water a position is, or every position of a file",
    _arguments,
    _run,
    "A file's rows keep their order; each gets the columns of the record and, where it cannot be "
    "answered, an error in the last column.",
)
