"""``caspian serve``: the HTTP service."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from api.commands.common import Command, Context
from api.commands.telling import tell
from api.errors import CommandError
from api.settings import SETTINGS, add_flags, settings
from zones.compiled import is_compiled_before


def _run(arguments: argparse.Namespace, _context: Context) -> int:
    given = {setting.name: getattr(arguments, setting.name) for setting in SETTINGS}
    values = settings(given, from_flags=True)
    _check_address(str(values["HOST"]), int(values["PORT"]))
    environment = os.environ | {one.environment: str(values[one.name]) for one in SETTINGS}
    if cache := environment.get("CASPIAN_CACHE"):
        environment["CASPIAN_CACHE"] = str(Path(cache).absolute())
    environment.setdefault("MALLOC_ARENA_MAX", "2")  # memory that one thread has freed is used by another
    if not is_compiled_before():
        tell("its inner loops are compiled first, once; that takes one or two minutes")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until gunicorn listens to it there is nothing to reload
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # held until gunicorn's configuration is read
    os.chdir(Path(__file__).parents[2])  # gunicorn imports from where it is started: this package, no other
    command = [sys.executable, "-m", "gunicorn", "-c", "python:api.http.gunicorn_configuration"]
    os.execve(command[0], command, environment)  # noqa: S606


def _check_address(host: str, port: int) -> None:
    """Say before anything is built that the address cannot be listened on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        socket.create_server(found[4], family=found[0]).close()
    except (OSError, OverflowError, UnicodeError) as error:
        raise CommandError(f"cannot listen on {host[:80]} port {port} (see --port): {error}") from None


_ABOUT = "The edition is built first where needed; workers share its memory. Each option can be a variable."
COMMAND = Command("serve", "serve over HTTP", add_flags, _run, _ABOUT)
