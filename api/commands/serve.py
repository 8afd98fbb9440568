"""``caspian serve``: the HTTP service."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import sys
from pathlib import Path

from api.commands.common import Command, Context
from api.errors import CommandError
from api.settings import SETTINGS, settings

_METAVARS = {"EDITION": "E", "HOST": "ADDRESS", "PORT": "PORT", "PUBLIC_URL": "URL"}
_GUNICORN = ("-m", "gunicorn", "-c", "python:api.http.gunicorn_configuration")


def _arguments(parser: argparse.ArgumentParser) -> None:
    for setting in SETTINGS:
        default = setting.default if setting.default != "" else "none"
        shown = f"{setting.help.replace('`', '')} (default: ${setting.environment}, else {default})"
        metavar = _METAVARS.get(setting.name, "WORD" if isinstance(setting.default, str) else "N")
        parser.add_argument(setting.flag, dest=setting.name, metavar=metavar, help=shown.replace("%", "%%"))


def _run(arguments: argparse.Namespace, _context: Context) -> int:
    given = {setting.name: getattr(arguments, setting.name) for setting in SETTINGS}
    values = settings(given, from_flags=True)
    _check_address(str(values["HOST"]), int(values["PORT"]))
    environment = os.environ | {one.environment: str(values[one.name]) for one in SETTINGS}
    if cache := environment.get("CASPIAN_CACHE"):
        environment["CASPIAN_CACHE"] = str(Path(cache).absolute())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until gunicorn listens to it there is nothing to reload
    os.chdir(Path(__file__).parents[2])  # gunicorn imports from where it is started: this package, no other
    os.execve(sys.executable, [sys.executable, *_GUNICORN], environment)  # noqa: S606


def _check_address(host: str, port: int) -> None:
    """Say before anything is built that the address cannot be listened on.

    Raises
    ------
    CommandError
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with socket.create_server(found[0][4], family=found[0][0], backlog=0):
            pass
    except (OSError, OverflowError, UnicodeError) as error:
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "it is in use already; choose another by --port" if in_use else error
        raise CommandError(f"cannot listen on {host[:80]} port {port}: {reason}") from None


COMMAND = Command(
    "serve",
    "serve over HTTP",
    _arguments,
    _run,
    "The edition is built first where needed; workers share its memory. Every option can be set in the "
    "environment instead.",
)
