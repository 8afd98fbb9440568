"""``caspian build``: an edition from a coast and parameters."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands.common import Command, Context
from api.errors import CommandError, ParameterError
from api.progress import stages
from api.query import decimal_number


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--coast",
        default="osm",
        metavar="SOURCE|FILE",
        help="a bundled coast by its id, or a file with a shoreline "
        "(GeoJSON, GeoPackage, shapefile; default: osm)",
    )
    parser.add_argument(
        "--breadth",
        action="append",
        default=[],
        metavar="STATE=NM",
        help="breadth of a State's territorial waters in nautical miles, above 0 up to 15; "
        "may be repeated (default: 15)",
    )
    parser.add_argument(
        "--straight",
        metavar="FILE",
        help="straight baselines, closing lines and harbour works: LineStrings with state, kind "
        "(straight, closing_line, harbour_works) and line_type (geodesic, loxodrome)",
    )
    parser.add_argument(
        "--keep-artificial",
        action="store_true",
        help="let artificial land count as coast, to see its effect",
    )


def _run(arguments: argparse.Namespace, context: Context) -> int:
    from zones.parameters import Parameters

    if arguments.straight is not None and not Path(arguments.straight).exists():
        raise CommandError(f"there is no file {arguments.straight!r}")
    parameters = Parameters(
        coast=arguments.coast,
        breadth_nm=_breadths(arguments.breadth),
        straight_lines=arguments.straight,
        keep_artificial=arguments.keep_artificial,
    )
    with stages() as progress:
        edition = context.store.build(parameters, progress=progress)
    print(edition.name)
    return 0


def _breadths(texts: list[str]) -> dict[str, float]:
    """Breadths by State. [nm]"""
    breadths: dict[str, float] = {}
    for text in texts:
        state, equals, number = text.partition("=")
        state = state.strip().upper()
        if not equals or not state:
            raise CommandError(f"--breadth {text!r}: write STATE=NM, as in KAZ=12")
        if state in breadths:
            raise CommandError(f"--breadth {text!r}: {state} is given twice")
        try:
            breadths[state] = decimal_number(number, f"--breadth {state}")
        except ParameterError as error:
            raise CommandError(f"{error}; write STATE=NM, as in KAZ=12") from None
    return breadths


COMMAND = Command(
    "build",
    "build an edition and print its name",
    _arguments,
    _run,
    "An edition that is there already is opened, not built again. Progress goes to standard error.",
)
