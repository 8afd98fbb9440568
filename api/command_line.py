"""The command ``caspian``."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

from api.commands import NAMES, load_command
from api.commands.common import Context
from api.errors import CommandError, RequestError
from api.settings import SettingError
from api.texts.position import PositionError
from zones.errors import CoastlinesError, ZonesError

if TYPE_CHECKING:
    from zones.store import Store

BAD_INPUT = 2
INTERRUPTED = 128 + signal.SIGINT
BROKEN_PIPE = 128 + signal.SIGPIPE

_NEGATIVE_NUMBER = re.compile(r"-(?:\d|\.\d|inf|nan)", re.IGNORECASE)


def main(arguments: Sequence[str] | None = None, *, store: Store | None = None) -> int:
    """Run the command and return its exit code.

    0 when all is well, 1 when `verify` finds a broken bound, 2 for bad input with one line on
    standard error. `store` stands in for the user's cache of editions.
    """
    is_whole_process = arguments is None
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with _ended_like_interrupted(signal.SIGTERM):
            chosen = _parser(arguments).parse_args([_protected(argument) for argument in arguments])
            code: int = chosen.run(chosen, Context(store, is_whole_process=is_whole_process))
            sys.stdout.flush()
            return code
    except (CommandError, RequestError, PositionError, SettingError, ZonesError) as error:
        return _refuse(str(error))
    except CoastlinesError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        _silence_standard_output()
        return BROKEN_PIPE
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _refuse(f"{error.strerror or error}{where}")
    except KeyboardInterrupt:
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        command = self.prog.partition(" ")[2]
        raise CommandError(f"{f'{command}: ' if command else ''}{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Prints the version, which takes a while to look up."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from api.version import version

        print(f"caspian {version()}")
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


def _silence_standard_output() -> None:
    # The interpreter flushes standard output once more when it ends; that must not fail again.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _ended_like_interrupted(number: int) -> Iterator[None]:
    """Within the block a signal ends the command as Ctrl-C does, so that partial files go."""

    def interrupt(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    try:
        before = signal.signal(number, interrupt)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(number, before)


if __name__ == "__main__":
    sys.exit(main())
