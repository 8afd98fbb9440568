"""``caspian classify IN... -o FOLDER``: every position of many files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.batches.archives import size_if_known
from api.batches.choices import EXPLANATION
from api.batches.file_answers import Asked
from api.batches.gathering import planned_files
from api.batches.manifest import MANIFEST, Entry, Manifest, open_manifest
from api.batches.many_files import Answerer, Failed, Told, answer_files
from api.commands.classify_file import NOTHING_ANSWERED, OK, is_answered, what_is_asked
from api.commands.common import Context
from api.commands.progress import read_bytes
from api.commands.telling import all_told, some, tell, tell_unread
from api.errors import CommandError
from api.version import version
from zones.classification.classify import LABEL_FIELDS

if TYPE_CHECKING:
    from zones.editions.edition import Edition

_MOST_SAID = 3  # files without an answer
_LEAST_FOR_BLOCKS = 1024 * 1024  # of input, which has some 50,000 rows [byte]


def classify_files(arguments: argparse.Namespace, context: Context, names: Sequence[str]) -> int:
    """Classify the positions of files, folders and patterns into a folder."""
    folder: Path = arguments.output
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; several files are answered into a folder")
    planned, others = planned_files(names, folder, arguments.form)
    tell_unread(others)
    workers = min(arguments.workers or _processors(), len(planned))
    asked = what_is_asked(arguments, workers=max(1, (arguments.workers or 1) // workers))
    edition = context.edition(arguments.edition)
    head = _head(arguments, asked, edition.name)
    total = sum(size_if_known(Path(one.name)) for one in planned)
    entries: list[Entry] = []
    failed: list[Failed] = []

    def answered(manifest: Manifest, progress: Told) -> Iterator[Entry | Failed]:
        if arguments.scheduler is not None:
            from api.batches.cluster import Work, answer_by_cluster  # slow to load

            work = Work(edition.name, folder.absolute(), asked, head["versions"])
            return answer_by_cluster(arguments.scheduler, work, planned, manifest, progress)
        _load(edition, asked, total)
        make = partial(Answerer, edition, folder, asked)
        return answer_files(make, planned, manifest, workers, progress)

    with open_manifest(folder, head) as manifest, read_bytes(total, "classify") as progress:
        for result in answered(manifest, progress):
            if isinstance(result, Failed) and asked.is_strict:
                raise CommandError(f"{result.reason} (--strict)")
            if isinstance(result, Entry):
                entries.append(result)
            else:
                failed.append(result)
        manifest.write()
    if failed:
        reasons = [one.reason for one in sorted(failed, key=lambda one: one.output)]
        raise CommandError(all_told(reasons, f"of {len(planned):,} files could not be answered"))
    _tell(entries)
    _tell_of_others(sorted(set(manifest.entries).difference(one.output for one in planned)), folder)
    rows, errors = _sums(entries)
    return OK if is_answered(rows, errors) else NOTHING_ANSWERED


def _load(edition: Edition, asked: Asked, size: int) -> None:
    """Have in memory what the answers to so many bytes need, so that processes which are forked share it."""
    known = [name for name in asked.fields if name != EXPLANATION]
    edition.classify(lon=[50.0], lat=[42.0], fields=known, compare=asked.compare)
    is_of_labels = LABEL_FIELDS.issuperset(known) and asked.language is None
    if size >= _LEAST_FOR_BLOCKS and not is_of_labels:
        edition.blocks  # noqa: B018 - made here at its first use, where the cache does not keep it


def _head(arguments: argparse.Namespace, asked: Asked, edition: str) -> dict[str, Any]:
    """What all answers in a folder have in common."""
    return {
        "edition": edition,
        "fields": list(asked.fields),
        "compare": asked.compare,
        "language": asked.language,
        "form": arguments.form,
        "columns": list(asked.reading.columns),
        "layer": asked.reading.layer,
        "encoding": asked.reading.encoding,
        "versions": {name: version(name) for name in ("caspian-zones", "pyarrow")},
    }


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _tell(entries: Sequence[Entry]) -> None:
    rows, errors = _sums(entries)
    files = "file" if len(entries) == 1 else "files"
    tell(f"{len(entries):,} {files}, {rows:,} rows, {errors:,} of them with an error")
    unanswered = [one for one in entries if not is_answered(one.rows, one.errors)]
    for one in unanswered[:_MOST_SAID]:
        tell(f"{one.input}: none of {one.rows:,} rows could be answered")
    if len(unanswered) > _MOST_SAID:
        tell(f"no row could be answered of {len(unanswered) - _MOST_SAID:,} files more, see {MANIFEST}")


def _tell_of_others(outputs: Sequence[str], folder: Path) -> None:
    """Name what stays in the folder though the command names no input for it."""
    if outputs:
        files = "file is" if len(outputs) == 1 else "files are"
        tell(f"{len(outputs):,} {files} in {folder} of inputs that are not named now: {some(outputs)}")


def _sums(entries: Sequence[Entry]) -> tuple[int, int]:
    """Rows, and those with an error."""
    return sum(one.rows for one in entries), sum(one.errors for one in entries)
