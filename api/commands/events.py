"""``caspian events``: where and when vessels enter and leave zones and sectors."""

from __future__ import annotations

import argparse

from api.commands.common import Command, Context
from api.commands.tracks import arguments_of_tracks, tell_tracks


def _arguments(parser: argparse.ArgumentParser) -> None:
    arguments_of_tracks(parser, (".csv", ".parquet", ".geojson", ".json"))


def _run(arguments: argparse.Namespace, context: Context) -> int:
    return tell_tracks(arguments, context, are_sums=False)


COMMAND = Command(
    "events",
    "where and when vessels enter and leave zones and sectors",
    _arguments,
    _run,
    "Positions of a vessel are joined by geodesics, which are cut where they meet a limit: there the event "
    "is, its time by the share of the way. Rows may come in any order. Long gaps are told, not bridged.",
)
