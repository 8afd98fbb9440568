"""``caspian build``: an edition from a coast and parameters."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.commands.common import Command, Context
from api.commands.progress import stages
from api.errors import CommandError, ParameterError
from api.texts.numbers import decimal_number

_SHARE_OF_BUILDING = 0.65  # of the progress; the rest is drawing the map
_FORMS = {
    "breadth": "STATE=NM, as in KAZ=12",
    "effect": "NAME=SHARE, as in Chilov=0.5",
    "treaty-points": "PAIR=FILE, as in AZE-RUS=points.csv",
}


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
        help="breadth of a State's territorial waters in nautical miles, from 0.25 to 15; "
        "may be repeated (default: 15)",
    )
    parser.add_argument(
        "--straight",
        metavar="FILE",
        help="straight baselines, closing lines and harbour works: LineStrings with state, kind "
        "(straight, closing_line, harbour_works) and line_type (geodesic, loxodrome)",
    )
    parser.add_argument(
        "--effect",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help="effect of an island or stretch of coast on the seabed's equidistance lines: 1 full, "
        "0.5 half, 0 none; may be repeated (default: 1)",
    )
    parser.add_argument(
        "--treaty-points",
        action="append",
        default=[],
        metavar="PAIR=FILE",
        help="a treaty's own table of points for a line of the seabed, as AZE-RUS=points.csv; "
        "may be repeated",
    )
    parser.add_argument(
        "--keep-artificial", action="store_true", help="let artificial land count as coast, to see its effect"
    )


def _run(arguments: argparse.Namespace, context: Context) -> int:
    from api.collections.first_map import make_first_map
    from zones.editions.store import SOURCE_IDS
    from zones.parameters import Parameters

    if arguments.straight is not None and not Path(arguments.straight).exists():
        raise CommandError(f"there is no file {arguments.straight!r}")
    if arguments.coast not in SOURCE_IDS and not Path(arguments.coast).exists():
        raise CommandError(
            f"there is no bundled coast and no file {arguments.coast!r}; bundled are {', '.join(SOURCE_IDS)}"
        )
    parameters = Parameters(
        coast=arguments.coast,
        breadth_nm=_numbers("breadth", arguments.breadth),
        straight_lines=arguments.straight,
        keep_artificial=arguments.keep_artificial,
        treaty_points=_texts("treaty-points", arguments.treaty_points),
        effects=_numbers("effect", arguments.effect),
    )
    with stages() as progress:
        edition = context.store.build(
            parameters, progress=lambda stage, done: progress(stage, done * _SHARE_OF_BUILDING)
        )
        edition.load()  # what is kept is whole then, for a folder that nobody can write to later
        make_first_map(
            context.store.folder,
            edition,
            lambda stage, done: progress(stage, _SHARE_OF_BUILDING + done * (1 - _SHARE_OF_BUILDING)),
        )
    _report_effects(edition.metadata)
    print(edition.name)
    return 0


def _report_effects(metadata: Mapping[str, Any]) -> None:
    """Print what lesser effects or artificial land change; nothing where there are none."""
    titles = {
        "effect_of_artificial_land_km2": "artificial land counted: change of area [km2]",
        "effect_on_sectors_km2": "sectors: change of area [km2]",
        "effect_on_lines_m": "sector lines: moved by at most [m]",
    }
    for key, title in titles.items():
        changed = {name: value for name, value in metadata.get(key, {}).items() if abs(value) >= 0.0005}
        if changed:
            print(title)
            for name, value in changed.items():
                print(f"  {name:<34}{value:>14.3f}")


def _texts(option: str, given: list[str]) -> dict[str, str]:
    """The values of an option that may be repeated, by name.

    States are in capitals, and those of a pair in order. Only names of islands may have a ``=`` in them.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.rpartition("=") if option == "effect" else text.partition("=")
        name = name.strip() if option == "effect" else "-".join(sorted(name.strip().upper().split("-")))
        if not equals or not name or not value:
            raise CommandError(f"--{option} {text!r}: write {_FORMS[option]}")
        if name in found:
            raise CommandError(f"--{option} {text!r}: {name} is given twice")
        found[name] = value
    return found


def _numbers(option: str, given: list[str]) -> dict[str, float]:
    try:
        return {
            name: decimal_number(text, f"--{option} {name}") for name, text in _texts(option, given).items()
        }
    except ParameterError as error:
        raise CommandError(f"{error}; write {_FORMS[option]}") from None


COMMAND = Command(
    "build",
    "build an edition and print its name",
    _arguments,
    _run,
    "An edition that is there already is opened, not built again. Progress goes to standard error.",
)
