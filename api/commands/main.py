"""The command ``caspian``."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from api.commands import NAMES, load_command
from api.commands.common import Context
from api.ending import Ended, ended_by
from api.errors import CommandError, RequestError
from api.settings import SettingError
from coastlines.positions import PositionError
from zones.errors import CoastlinesError, ZonesError

if TYPE_CHECKING:
    from zones.editions.store import Store

BAD_INPUT = 2
BROKEN_PIPE = 128 + signal.SIGPIPE

_NEGATIVE_NUMBER = re.compile(r"-(?:\d|\.\d|inf|nan)", re.IGNORECASE)


def main(arguments: Sequence[str] | None = None, *, store: Store | None = None) -> int:
    """Run the command and return its exit code.

    0 when all is well, 1 when `verify` finds a broken bound, 2 for bad input with one line on
    standard error, 128 and the number of the signal that ended it. `store` stands
    in for the user's cache of editions.
    """
    is_whole_process = arguments is None
    arguments = sys.argv[1:] if arguments is None else arguments
    _open_standard_streams()
    try:
        with ended_by(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            chosen = _parser(arguments).parse_args([_protected(argument) for argument in arguments])
            context = Context(store, is_whole_process=is_whole_process)
            code: int = chosen.run(chosen, context)
            sys.stdout.flush()
            if context.is_brief:  # to take the interpreter apart takes a tenth of the time of the answer
                os._exit(code)
            return code
    except (CommandError, RequestError, PositionError, SettingError, ZonesError, CoastlinesError) as error:
        return _refuse(str(error))
    except BrokenPipeError:
        _silence_standard_output()
        return BROKEN_PIPE
    except OSError as error:
        _silence_standard_output()
        where = f": {error.filename}" if error.filename else ""
        return _refuse(f"{error.strerror or error}{where}")
    except MemoryError:
        return _refuse("there is not enough memory")
    except Ended as end:
        return end.code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


class _ClosedOutput(io.TextIOBase):
    """Stands for a standard output that was closed before the command began."""

    @property
    def buffer(self) -> _ClosedOutput:
        """Takes no bytes either."""
        return self

    def write(self, _: object) -> NoReturn:
        """Fail as the closed file does."""
        raise OSError(errno.EBADF, "standard output is closed")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, and whose help is printed or fails."""

    def _print_message(self, message: str, file: Any = None) -> None:
        print(message, end="", file=file, flush=True)  # argparse itself hides what goes wrong

    def error(self, message: str) -> NoReturn:
        command = self.prog.partition(" ")[2]
        raise CommandError(f"{f'{command}: ' if command else ''}{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Prints the version, which takes a while to look up."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from api.version import version

        print(f"caspian {version()}", flush=True)
        parser.exit()


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="caspian",
        description="The legal zones of the Caspian Sea under the Convention of 2018, "
        "computed from real coastlines.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [first for first in arguments[:1] if first in NAMES] or NAMES:
        load_command(name).add(subparsers)
    return parser


def _protected(argument: str) -> str:
    """An argument that begins like a negative number, kept from being taken for an option."""
    return f" {argument}" if _NEGATIVE_NUMBER.match(argument) else argument


def _refuse(message: str) -> int:
    line = " ".join(message.split())
    print(f"caspian: {line}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    return BAD_INPUT


def _open_standard_streams() -> None:
    """Stand-ins for standard streams that are closed, which Python has None for.

    They hold the descriptors, too, so that no file of the command gets one of these numbers.
    """
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        os.open(os.devnull, os.O_WRONLY)
        sys.stdout = _ClosedOutput()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _silence_standard_output() -> None:
    # The interpreter flushes standard output once more when it ends; that must not fail again.
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
