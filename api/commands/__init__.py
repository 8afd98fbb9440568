"""The commands, one module each."""

from __future__ import annotations

from api.commands import build, classify, editions, export, serve, verify
from api.commands.common import Command

COMMANDS: tuple[Command, ...] = (
    classify.COMMAND,
    export.COMMAND,
    build.COMMAND,
    editions.COMMAND,
    verify.COMMAND,
    serve.COMMAND,
)
