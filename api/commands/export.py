"""``caspian export``: a collection as a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.atlas import Atlas
from api.commands.common import Command, Context, add_edition
from api.errors import CommandError
from api.geojson import download_text
from api.output import check_output, written_beside
from api.turning_points import COLLECTIONS as TURNING_POINT_COLLECTIONS
from api.turning_points import turning_points_text

_ENDINGS = (".geojson", ".csv")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "collection",
        metavar="COLLECTION",
        help="zones, limits, baselines, boundaries, sectors, sector_boundaries or installations",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=".geojson; for limits, boundaries and sector_boundaries also .csv: turning points "
        "in degrees and minutes",
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    target = check_output(arguments.output, _ENDINGS)
    collection: str = arguments.collection
    as_table = target.suffix.lower() == ".csv"
    if as_table and collection not in TURNING_POINT_COLLECTIONS:
        raise CommandError(
            f"{collection} has no table of turning points; "
            f"{' and '.join(TURNING_POINT_COLLECTIONS)} have (write .geojson)"
        )
    edition = context.edition(arguments.edition)
    atlas = Atlas(edition)
    atlas.collection(collection)
    # Made whole before the file is touched: these are tens of megabytes at most.
    if as_table:
        text = turning_points_text(edition, collection)
    else:
        text = download_text(edition, collection, atlas.published_texts(collection)) + "\n"
    with written_beside(target) as file:
        file.write(text)
    return 0


COMMAND = Command("export", "a collection of an edition as a file", _arguments, _run)
