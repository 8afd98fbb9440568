"""``caspian summarise``: how long vessels stay in zones and sectors, and how far they go there."""

from __future__ import annotations

import argparse

from api.commands.common import Command, Context
from api.commands.tracks import arguments_of_tracks, tell_tracks


def _arguments(parser: argparse.ArgumentParser) -> None:
    arguments_of_tracks(parser, (".csv", ".parquet", ".json"))


def _run(arguments: argparse.Namespace, context: Context) -> int:
    return tell_tracks(arguments, context, are_sums=True)


COMMAND = Command(
    "summarise",
    "time and distance of vessels by zone and sector",
    _arguments,
    _run,
    "Of every vessel a row for each zone with its State, each sector of the seabed, and its gaps; all else "
    "as for events.",
)
