"""``caspian serve``: the HTTP service."""

from __future__ import annotations

import argparse
import signal
import threading

from api.commands.common import Command, Context
from api.settings import SETTINGS, settings

_METAVARS = {"EDITION": "E", "HOST": "ADDRESS", "PORT": "PORT", "PUBLIC_URL": "URL"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    for setting in SETTINGS:
        default = setting.default if setting.default != "" else "none"
        shown = f"{setting.help.replace('`', '')} (default: ${setting.environment}, else {default})"
        metavar = _METAVARS.get(setting.name, "WORD" if isinstance(setting.default, str) else "N")
        parser.add_argument(setting.flag, dest=setting.name, metavar=metavar, help=shown.replace("%", "%%"))


def _run(arguments: argparse.Namespace, context: Context) -> int:
    # Until gunicorn listens to it there is nothing to reload.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from api.operation.server import serve

    given = {setting.name: getattr(arguments, setting.name) for setting in SETTINGS}
    return serve(settings(given, from_flags=True), store=context.store)


COMMAND = Command(
    "serve",
    "serve over HTTP",
    _arguments,
    _run,
    "The edition is built first where needed; workers share its memory. Every option can be set in the "
    "environment instead.",
)
