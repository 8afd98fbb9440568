"""``caspian classify``: whose water a position is, or many of a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.batches.choices import EXPLANATION, OUTPUT_ENDINGS, chosen_fields, explained_in, with_assumptions
from api.commands.common import Command, Context, add_edition, language_tag
from api.commands.reading import add_reading
from api.errors import CommandError, ParameterError
from api.languages.choice import LANGUAGES
from api.texts.answer_text import answer_text
from api.texts.json_text import write_json
from api.texts.numbers import coordinate
from coastlines.positions import parse_position

_MOST_WORKERS = 256


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "where",
        nargs="*",
        metavar="LON LAT | IN",
        help="longitude and latitude in decimal degrees; or files of positions: CSV, TSV or Parquet with "
        "columns lon and lat, GeoJSON and sequences of it, GeoParquet, point layers; .gz and .zst of texts, "
        ".zip of any; "
        "folders, patterns; - for CSV on standard input",
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
        help=f"file to write for one IN: {', '.join(OUTPUT_ENDINGS)}, .gz or .zst behind those of texts "
        "(default: CSV on standard output); for several the folder to write to: "
        "the same command goes on where one was interrupted",
    )
    parser.add_argument(
        "--to",
        dest="form",
        type=_form,
        metavar="FORM",
        help="form of files in a folder: csv, parquet, geojson, geojsonl, geojsons (default: as each came)",
    )
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes for many files (default: one a processor), threads for one (default: 1)",
    )
    workers.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="have many files answered by the workers of this scheduler of Dask, as tcp://10.0.0.1:8786",
    )
    parser.add_argument(
        "--strict", action="store_true", help="stop at the first row or file that cannot be answered"
    )
    add_reading(parser)
    parser.add_argument(
        "--fields",
        metavar="NAME,...",
        help="fields of the record to write, in this order (default: all); for a FILE and --json",
    )
    parser.add_argument(
        "--lang",
        type=language_tag,
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
    if len(where) == 2 and _is_position(where, arguments.output):
        return _one(arguments, context, *lon_lat(*where))
    if where and _is_into_folder(where, arguments.output):
        from api.commands.classify_files import classify_files  # slow to load

        return classify_files(arguments, context, where)
    if arguments.scheduler is not None:
        raise CommandError("classify: --scheduler is for many files, answered into a folder: IN... -o FOLDER")
    if len(where) == 1:
        from api.commands.classify_file import classify_file  # slow to load

        return classify_file(arguments, context, where[0])
    raise CommandError(
        "classify: a position (LON LAT, or --position TEXT) or one FILE is needed, several with -o, "
        f"{len(where) or 'nothing'} {'values were' if where else 'was'} given"
    )


def _is_position(where: list[str], output: Path | None) -> bool:
    """Whether two values are longitude and latitude: they are no files, and none is to be written."""
    if any(Path(one).exists() for one in where):
        return False
    if output is None:
        return True
    try:
        lon_lat(*where)
    except CommandError:
        return False
    return True


def _is_into_folder(names: list[str], output: Path | None) -> bool:
    """Whether what is named goes into a folder: it is more than one file, or the output is a folder.

    Raises `CommandError`: it goes there, and no folder is named.
    """
    from api.batches.gathering import is_many  # slow to load

    many = is_many(names)
    if output is None or str(output) == "-":
        if many and any(Path(name).exists() for name in names):
            kind = "is a folder" if Path(names[0]).is_dir() else "holds several files"
            what = f"{names[0]} {kind}" if len(names) == 1 else "these are several files"
            raise CommandError(f"classify: {what}; -o FOLDER is needed to write to")
        return False
    return many or (output.is_dir() and not output.suffix)


def _form(text: str) -> str:
    ending = f".{text.lower().removeprefix('.')}"
    if ending not in OUTPUT_ENDINGS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(OUTPUT_ENDINGS)}")
    return ending


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST_WORKERS):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {_MOST_WORKERS}")
    return int(text)


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
        fields = chosen_fields(arguments.fields, arguments.lang)
        edition = context.edition(arguments.edition)
        record = edition.classify_one(lon=lon, lat=lat, compare=arguments.compare is not False)
    language, text = explained_in(fields, arguments.lang), ""
    if language is not None:
        from api.texts.explanation import explanation  # slow to load

        text = explanation(record, language)
    if arguments.json:
        whole = {**record, EXPLANATION: text}
        print(write_json({name: whole[name] for name in with_assumptions(fields, record["assumptions"])}))
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
