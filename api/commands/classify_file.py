"""``caspian classify FILE``: every position of a file."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from typing import BinaryIO

from api.batches.choices import FILE_ENDINGS, chosen_fields, ending_of, explained_in
from api.batches.file_answers import Asked, Counts, answer_file, check_input
from api.commands.common import Context
from api.commands.output import bytes_written_beside, check_output, check_standard_output
from api.commands.progress import read_bytes
from api.commands.reading import reading_of
from api.commands.telling import tell
from api.errors import BodyError, CommandError

OK, NOTHING_ANSWERED = 0, 2


def classify_file(arguments: argparse.Namespace, context: Context, name: str) -> int:
    """Classify the positions of a file, or of standard input where its name is ``-``."""
    asked = what_is_asked(arguments, workers=arguments.workers or 1)
    output = arguments.output
    if output is not None and str(output) == "-":
        output = None
    target = None if output is None else check_output(output, FILE_ENDINGS, [name])
    if target is None:
        check_standard_output(name)
    form = (".csv", "") if target is None else ending_of(target)
    if arguments.form is not None and form[0] != arguments.form:
        raise CommandError(f"classify: {target or 'standard output'} is no {arguments.form} file")
    size = check_input(name)
    edition = context.edition(arguments.edition)
    with (
        read_bytes(size, "classify") as progress,
        _standard_output() if target is None else bytes_written_beside(target) as answers,
    ):
        try:
            counts = answer_file(edition, name, answers, form, asked, progress)
        except BodyError as error:
            raise CommandError(str(error)) from None
    _tell(name, counts)
    return OK if is_answered(counts.rows, counts.errors) else NOTHING_ANSWERED


def _tell(name: str, counts: Counts) -> None:
    """What a reader of the answers has to know."""
    if counts.encoding:
        tell(f"{name} was read as {counts.encoding}; --encoding names another")
    if counts.renamed:
        renamed = ", ".join(f"{own} is {given}" for own, given in counts.renamed.items())
        tell(f"columns of {name} beside answers of the same name: {renamed}"[:2000])
    if not is_answered(counts.rows, counts.errors):
        tell(f"none of {counts.rows:,} rows could be answered; the first: {counts.first_error}"[:2000])
    elif counts.errors:
        rows = "row has" if counts.errors == 1 else "rows have"
        tell(f"{counts.errors:,} {rows} an error instead of an answer")


def is_answered(rows: int, errors: int) -> bool:
    """Whether a row could be answered, if there was any."""
    return not rows or errors < rows


def what_is_asked(arguments: argparse.Namespace, *, workers: int) -> Asked:
    """What the options ask of the positions of files."""
    if arguments.json:
        raise CommandError("classify: --json is for a single position; a FILE's form is OUT's ending")
    fields = chosen_fields(arguments.fields, arguments.lang)
    return Asked(
        fields,
        compare=bool(arguments.compare),
        language=explained_in(fields, arguments.lang),
        reading=reading_of(arguments),
        is_strict=arguments.strict,
        workers=workers,
    )


@contextlib.contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
