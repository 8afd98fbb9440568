"""The commands, one module each; a module is loaded when its command is wanted."""

from __future__ import annotations

import importlib

from api.commands.common import Command

NAMES = (
    *("classify", "crossings", "events", "summarise", "report", "export", "plot"),
    *("build", "editions", "compare", "verify", "serve"),
)


def load_command(name: str) -> Command:
    """The command of one of the `NAMES`."""
    command: Command = importlib.import_module(f"api.commands.{name}").COMMAND
    return command
