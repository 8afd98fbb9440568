"""``caspian plot``: the zones drawn, and the sectors of the seabed where an edition has them."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands.common import Command, Context, add_edition
from api.commands.crossings import route_lines
from api.commands.output import bytes_written_beside, check_output
from api.errors import CommandError

_ENDINGS = (".png", ".svg")
_INSTALL = "pip install 'caspian-zones[plot]'"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="file to write: .png or .svg"
    )
    parser.add_argument(
        "--route", metavar="FILE", help="routes to draw over it, as `caspian crossings` reads them"
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    read = [] if arguments.route is None else [arguments.route]
    target = check_output(arguments.output, _ENDINGS, read)
    try:
        from api.pages.painting import paint
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise CommandError(f"plot: matplotlib is needed; install it with: {_INSTALL}") from None
    from api.pages.picture import draw_picture, with_routes

    routes = [line for name in read for line in route_lines(name)]
    edition = context.edition(arguments.edition)
    picture = with_routes(draw_picture(edition.metadata, edition.collections), routes)
    content = paint(picture, target.suffix.lower()[1:])
    with bytes_written_beside(target) as file:
        file.write(content)
    return 0


COMMAND = Command(
    "plot",
    "draw an edition as a picture",
    _arguments,
    _run,
    f"Needs matplotlib: {_INSTALL}. The same edition gives the same picture.",
)
