"""The commands, one module each."""

from __future__ import annotations

from api.commands import build, classify, crossings, editions, export, plot, serve, verify
from api.commands.common import Command

COMMANDS: tuple[Command, ...] = (
    classify.COMMAND,
    crossings.COMMAND,
    export.COMMAND,
    plot.COMMAND,
    build.COMMAND,
    editions.COMMAND,
    verify.COMMAND,
    serve.COMMAND,
)
