"""What the commands share."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.commands.progress import stages
from api.languages.choice import known_language
from api.settings import settings
from zones.compiled import PLAIN_VARIABLE, stay_plain
from zones.errors import NotKeptError

if TYPE_CHECKING:
    from zones.editions.store import Edition, Store


class Context:
    """Where a command gets its editions from."""

    def __init__(self, store: Store | None = None, *, is_whole_process: bool = False) -> None:
        self._store = store
        self._is_whole_process = is_whole_process
        self.is_brief = False  # a process that ends with one answer

    @property
    def store(self) -> Store:
        """The store given, else that of the user's cache."""
        if self._store is None:
            from zones.editions.store import Store

            self._store = Store(mapped=self.is_brief)
        return self._store

    @contextlib.contextmanager
    def one_answer(self) -> Iterator[None]:
        """A block that gives a single answer: in a process of its own it does without the compiler.

        What is not kept yet would take too long that way: then the process begins again, compiled.
        """
        self.is_brief = self._is_whole_process and stay_plain()
        if self.is_brief:  # before numpy is loaded, whose threads take longer to start than the answer takes
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            gc.disable()
        try:
            yield
        except NotKeptError:
            if not self.is_brief:
                raise
            os.execve(sys.executable, sys.orig_argv, os.environ | {PLAIN_VARIABLE: "0"})  # noqa: S606

    def edition(self, name: str | None) -> Edition:
        """An edition by name, built where needed with a progress bar; None is the default one."""
        with stages() as progress:
            full_name = self.store.full_name(name or str(settings()["EDITION"]))
            return self.store.edition(full_name, progress=progress)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, one line of help, its arguments and what it does."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Context], int]
    details: str = ""

    def add(self, subparsers: Any) -> None:  # argparse keeps the class of a group of them private
        """Make the command known to the parser."""
        said = f"{self.help[:1].upper()}{self.help[1:]}. {self.details}".strip()
        parser = subparsers.add_parser(self.name, help=self.help, description=said, allow_abbrev=False)
        self.arguments(parser)
        parser.set_defaults(run=self.run)


def language_tag(text: str) -> str:
    """The language of ours that an option names by its tag; any other text as it is."""
    return known_language(text) or text


def add_edition(parser: argparse.ArgumentParser) -> None:
    """The option ``--edition``, the same everywhere."""
    parser.add_argument(
        "--edition",
        metavar="E",
        help="edition by name, or a coast source's id for its default edition "
        "(default: $CASPIAN_EDITION, else osm)",
    )
