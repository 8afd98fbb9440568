"""``caspian classify FILE``: every position of a file."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from api.batches.choices import EXPLANATION, OUTPUT_ENDINGS, chosen_fields, with_assumptions
from api.batches.csv_table import CsvSource
from api.batches.engine import classify_all
from api.batches.forms import INPUTS, OUTPUTS
from api.batches.rows import Source
from api.commands.common import Context
from api.commands.output import bytes_written_beside, check_output, check_standard_output
from api.commands.progress import read_bytes
from api.errors import BodyError, CommandError

_OTHER_FILES = (".kml", ".kmz", ".zip", ".xlsx", ".xls", ".gpx", ".gml")


def classify_file(arguments: argparse.Namespace, context: Context, name: str) -> int:
    """Classify the positions of a file, or of standard input where its name is ``-``."""
    if arguments.json:
        raise CommandError("classify: --json is for a single position; a FILE's form is OUT's ending")
    fields = chosen_fields(arguments.fields) + (() if arguments.lang is None else (EXPLANATION,))
    output = arguments.output
    if output is not None and str(output) == "-":
        output = None
    target = None if output is None else check_output(output, OUTPUT_ENDINGS, [name])
    if target is None:
        check_standard_output(name)
    with _opened(name) as (source, file, size):
        edition = context.edition(arguments.edition)
        fields = with_assumptions(fields, edition.assumptions)
        write = OUTPUTS[".csv" if target is None else target.suffix.lower()]
        with (
            read_bytes(size, "classify") as progress,
            _standard_output() if target is None else bytes_written_beside(target) as answers,
        ):
            bad = 0
            try:
                writer = write(answers, source, fields, edition.name)
                answers_of = partial(classify_all, compare=bool(arguments.compare), language=arguments.lang)
                for errors in answers_of(edition, writer):
                    bad += errors
                    if file is not None and size is not None:
                        progress(file.tell())
            except BodyError as error:
                raise CommandError(f"{name}: {error}") from None
    if writer.names.renamed:
        renamed = ", ".join(f"{own} is {given}" for own, given in writer.names.renamed.items())
        said = " ".join(f"columns of {name} beside answers of the same name: {renamed}"[:2000].split())
        print(f"caspian: {said}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    if bad:
        rows = "row has" if bad == 1 else "rows have"
        print(f"caspian: {bad:,} {rows} an error instead of an answer", file=sys.stderr)
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[tuple[Source, BinaryIO | None, int | None]]:
    """The input, the file that it is read from bit by bit, and its size in bytes where that is known."""
    path = Path(name)
    with contextlib.ExitStack() as held:
        file: BinaryIO | None = None
        size = None
        try:
            if name == "-":
                source: Source = CsvSource(sys.stdin.buffer)
            elif path.suffix.lower() in _OTHER_FILES:
                raise CommandError(f"{name}: only {', '.join(INPUTS)} files are read")
            elif path.is_dir():
                raise CommandError(f"{name} is a folder; a file or a position (LON LAT) is needed")
            else:
                file = held.enter_context(path.open("rb"))
                size = path.stat().st_size or None
                source = INPUTS.get(path.suffix.lower(), CsvSource)(file)
        except FileNotFoundError:
            raise CommandError(f"there is no file {name!r} (a position takes two numbers: LON LAT)") from None
        except BodyError as error:
            raise CommandError(f"{name}: {error}") from None
        yield source, file, size


@contextlib.contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
