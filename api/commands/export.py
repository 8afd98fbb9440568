"""``caspian export``: a collection as a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.atlas import Atlas
from api.collections.formats import FORMATS, check_available, format_of
from api.collections.names import ALL, Download
from api.collections.offsets import STEPS, in_steps
from api.collections.properties import SHAPES
from api.commands.common import Command, Context, add_edition
from api.commands.output import check_output
from api.errors import CommandError
from api.texts.turning_points import COLLECTIONS as TURNING_POINT_COLLECTIONS
from coastlines.files import made_beside

_OFFSET = "--max-allowable-offset"
_ENDINGS = tuple(one.ending for one in FORMATS)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "collection",
        metavar="COLLECTION",
        help=f"{', '.join(SHAPES)}; all for a .gpkg with every one",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=f"{', '.join(_ENDINGS)}: .zip is a shapefile, .parquet needs pyarrow, .csv has the turning "
        f"points of {', '.join(TURNING_POINT_COLLECTIONS)}",
    )
    parser.add_argument(
        _OFFSET,
        metavar="D",
        help="simplify a .geojson: no geometry lies farther from the exact one, in degrees; "
        f"taken as the largest of {', '.join(STEPS)} that is not above it, below these exact",
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    target = check_output(arguments.output, _ENDINGS)
    collection: str = arguments.collection
    chosen = format_of(target.suffix.lower().removeprefix("."))
    check_available(chosen)
    if collection == ALL and not chosen.layered:
        layered = " or ".join(one.ending for one in FORMATS if one.layered)
        raise CommandError(f"{target.name}: only {layered} holds all collections")
    if collection != ALL and not chosen.shows(collection):
        raise CommandError(
            f"{collection} has no table of turning points; "
            f"{' and '.join(TURNING_POINT_COLLECTIONS)} have (write .geojson)"
        )
    download = Download(collection, chosen)
    if arguments.max_allowable_offset is not None:
        download = in_steps(download, arguments.max_allowable_offset, _OFFSET)
    atlas = Atlas(context.edition(arguments.edition))
    if collection != ALL:
        atlas.collection(collection)
    try:
        with made_beside(target) as path:
            download.write(atlas.edition, path)
    except OSError as error:
        raise CommandError(f"{arguments.output} cannot be written: {error.strerror or error}") from error
    return 0


COMMAND = Command("export", "a collection of an edition as a file", _arguments, _run)
