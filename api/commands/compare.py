"""``caspian compare``: what changed between two editions."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.batches.changes import ANSWERED, CHANGE_FIELDS, Positions, drawn_changes, moved_lines
from api.batches.rows import ColumnNames
from api.commands.common import Command, Context
from api.commands.output import bytes_written_beside, check_output
from api.errors import BodyError, CommandError
from api.texts.json_text import to_bytes, write_json
from api.texts.tables import text_column

if TYPE_CHECKING:
    from api.batches.rows import Source, UserColumn

_OUTPUTS = (".json", ".csv")
_MOST_SHOWN = 20


def _arguments(parser: argparse.ArgumentParser) -> None:
    for name in ("a", "b"):
        parser.add_argument(name, metavar=name.upper(), help="an edition, or a coast for its default one")
    parser.add_argument(
        "--positions",
        metavar="FILE",
        help="positions to ask both for, as caspian classify reads them: those whose zone, State or sector "
        "is another are named",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="file to write: .json all of it, .csv the positions that have another answer (default: text)",
    )


def _run(arguments: argparse.Namespace, context: Context) -> int:
    given = arguments.positions
    target = None
    if arguments.output is not None:
        target = check_output(arguments.output, _OUTPUTS, [] if given is None else [given])
    as_table = target is not None and target.suffix.lower() == ".csv"
    if as_table and given is None:
        raise CommandError("compare: a .csv holds positions, and --positions names none")
    with contextlib.ExitStack() as held:
        source = None if given is None else held.enter_context(_opened(given))
        first, second = (context.edition(name) for name in (arguments.a, arguments.b))
        found = Positions(first, second)
        if target is not None and source is not None and as_table:
            with bytes_written_beside(target) as file:
                file.writelines(_rows(found, source, given))
            print(_counted(found))
            return 0
        changes = iter(()) if source is None else _changes(found, source, given)
        listed = [change for _, change in changes]
    value = {
        "a": first.name,
        "b": second.name,
        "assumptions_a": first.assumptions,
        "assumptions_b": second.assumptions,
        "differences": drawn_changes(first, second),
        "positions": {
            "asked": found.asked, "changed": found.changed, "errors": found.errors, "changes": listed,
        },
    }  # fmt: skip
    if target is not None:
        with bytes_written_beside(target) as file:
            file.write(write_json(value).encode() + b"\n")
        return 0
    for line in _text(value):
        print(line)
    if given is not None:
        print(_counted(found))
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[Source]:
    """The positions of a file by its ending. Raises `CommandError`."""
    from api.batches.file_answers import opened
    from api.batches.forms import Reading

    if Path(name).is_dir():
        raise CommandError(f"{name} is a folder; a file of positions is needed")
    try:
        with opened(name, Reading()) as one:
            yield one.source
    except BodyError as error:
        raise CommandError(str(error)) from None


def _changes(
    found: Positions, source: Source, name: str, own: Sequence[UserColumn] = ()
) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Each change with the user's values of its row in the columns `own`."""
    try:
        for chunk in source.chunks():
            before = found.asked
            columns = chunk.columns(own)
            for change in found.changes(chunk.batch):
                yield [column[change["row"] - before - 1] for column in columns], change
    except BodyError as error:
        raise CommandError(f"{name}: {error}") from None


def _rows(found: Positions, source: Source, name: str) -> Iterator[bytes]:
    """A header, and a line for each change: the user's columns, as `caspian classify` has them, and ours."""
    try:
        named = ColumnNames(CHANGE_FIELDS).of_table(source.user_columns(), apart=False)
    except BodyError as error:
        raise CommandError(f"{name}: {error}") from None
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow([*(called for _, called in named), *CHANGE_FIELDS])
    for values, change in _changes(found, source, name, [column for column, _ in named]):
        answers = ["" if value is None else value for value in change.values()]
        writer.writerow([*text_column(values), *answers])
        yield to_bytes(line.getvalue())
        line.seek(0)
        line.truncate()
    yield to_bytes(line.getvalue())


def _text(value: dict[str, Any]) -> Iterator[str]:
    for side in ("a", "b"):
        assumed = value[f"assumptions_{side}"]
        yield f"{side.upper()}  {value[side]}{f': {assumed}' if assumed else ''}"
    drawn = value["differences"]
    changed = [one for one in drawn["areas"] if one["gained_km2"] or one["lost_km2"]]
    yield f"\nAreas that changed [km2]: {len(changed)} of {len(drawn['areas'])}"
    if changed:
        yield f"  {'':<36}{'A':>14}{'B':>14}{'gained':>12}{'lost':>12}"
    for one in changed:
        numbers = (one["before_km2"], one["after_km2"], one["gained_km2"], one["lost_km2"])
        yield f"  {one['id']:<36}" + "".join(
            f"{number:>{width}.3f}" for number, width in zip(numbers, (14, 14, 12, 12), strict=True)
        )
    moved = moved_lines(drawn)
    yield f"\nLines that moved, by at most [m]: {len(moved)} of {len(drawn['lines'])}"
    for one in moved:
        if one["moved_m"] is None:
            yield f"  {one['collection']} {one['id']}: in one of them only"
        else:
            place = f"at {one['lon']:.4f}, {one['lat']:.4f}"
            yield f"  {one['collection'] + ' ' + one['id']:<46}{one['moved_m']:>12.1f}  {place}"
    yield (
        f"\nLines within {drawn['moved_within_m']:g} m of where they lay, and strips along lines that are no "
        "wider, are left out: two drawings of one line may differ so much."
    )
    yield from _text_of_positions(value["positions"]["changes"])


def _text_of_positions(changes: list[dict[str, Any]]) -> Iterator[str]:
    if not changes:
        return
    yield "\nAnswers that changed"
    ways = Counter(tuple(_answer(one, side) for side in ("a", "b")) for one in changes)
    for (before, after), count in ways.most_common():
        yield f"  {count:>9,}  {before} -> {after}"
    for one in changes[:_MOST_SHOWN]:
        place = f"row {one['row']}, {one['lon']}, {one['lat']}"
        yield f"  {place}: {_answer(one, 'a')} -> {_answer(one, 'b')}"
    if len(changes) > _MOST_SHOWN:
        yield f"  and {len(changes) - _MOST_SHOWN:,} more: -o OUT.csv has all"


def _answer(change: dict[str, Any], side: str) -> str:
    zone, state, sector = (change[f"{name}_{side}"] for name in ANSWERED)
    return " ".join(filter(None, (zone, state, sector and f"(sector {sector})")))


def _counted(found: Positions) -> str:
    wrong = f"; {found.errors:,} could not be read" if found.errors else ""
    return f"\n{found.changed:,} of {found.asked:,} positions have another answer{wrong}"


COMMAND = Command(
    "compare",
    "what changed between two editions",
    _arguments,
    _run,
    "Areas gained and lost, how far lines have moved, and the positions of a file that have another answer.",
)
