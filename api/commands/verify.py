"""``caspian verify``: the drawn atlas against independent geodesics."""

from __future__ import annotations

import argparse

from api.commands.common import Command, Context, add_edition
from api.commands.progress import stages
from api.texts.json_text import write_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    from zones.judge.verify import verify

    edition = context.edition(arguments.edition)
    with stages() as progress:
        report = verify(edition, progress=progress)
    print(write_json(report.as_dict()) if arguments.json else "\n".join(report.lines()))
    return 0 if report.ok else 1


COMMAND = Command(
    "verify",
    "measure the drawn atlas against independent geodesics",
    _arguments,
    _run,
    "Exits with 1 when a promised bound is broken.",
)
