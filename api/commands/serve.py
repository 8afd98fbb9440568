"""``caspian serve``: the HTTP service."""

from __future__ import annotations

import argparse

from api.commands.common import Command, Context, add_edition
from api.settings import settings

_OPTIONS = {
    "HOST": ("--host", "ADDRESS", "address to listen on (default: 127.0.0.1)"),
    "PORT": ("--port", "PORT", "port to listen on, 0 for any free one (default: 8000)"),
    "WORKERS": ("--workers", "N", "worker processes (default: 2)"),
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    for name, (option, metavar, explanation) in _OPTIONS.items():
        parser.add_argument(option, dest=name, metavar=metavar, help=explanation)
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    from api.server import serve

    given = {name: getattr(arguments, name) for name in _OPTIONS}
    return serve(settings({**given, "EDITION": arguments.edition}), store=context.store)


COMMAND = Command(
    "serve",
    "serve over HTTP",
    _arguments,
    _run,
    "The edition is built first where needed; workers share its memory.",
)
