"""Options that say how files of positions are read."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.batches.forms import Reading


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Columns, layer and encoding of the files that are read."""
    for axis, meaning in (("lon", "longitude"), ("lat", "latitude")):
        parser.add_argument(
            f"--{axis}-column",
            metavar="NAME",
            help=f"column of the {meaning} (default: {axis}, {meaning} or what people call it)",
        )
    parser.add_argument(
        "--position-column",
        metavar="NAME",
        help="column of whole positions in any notation, as WKT (default: wkt, geometry, position and the "
        "like where no columns hold longitude and latitude)",
    )
    parser.add_argument("--layer", metavar="L", help="layer to read of a file that has several")
    parser.add_argument(
        "--encoding",
        type=_encoding,
        metavar="NAME",
        help="encoding of tables, as windows-1254 (default: UTF-8; UTF-16 and windows-1251 are recognized)",
    )


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the options say."""
    from api.batches.column_places import Chosen
    from api.batches.forms import Reading  # slow to load

    columns = Chosen(arguments.lon_column, arguments.lat_column, arguments.position_column)
    return Reading(columns, arguments.layer, arguments.encoding)


def _encoding(name: str) -> str:
    from api.batches.encodings import known_encoding  # slow to load

    found = known_encoding(name)
    if found is None:
        raise argparse.ArgumentTypeError(f"{name[:40]!r} is no encoding of texts that is known")
    return found
