"""What a report carries, its record and what was asked, read back strictly and within bounds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from api.errors import BodyError, ReportFileError
from api.languages.choice import LANGUAGES
from api.reports.apart import ApartError, run_apart
from api.reports.content import CROSSINGS, POSITION, WHAT_IF
from api.texts.json_text import read_json
from coastlines.words import LINE_TYPES, is_one_line

RECORD: Final = "record.json"
ABOUT: Final = "report.json"
SOFTWARE: Final = "caspian-zones"
FORM = 1  # rises when what a report says of itself is written otherwise
MOST_BYTES = 8 * 1024 * 1024  # of an attachment
LARGEST_FILE_BYTES = 32 * 1024 * 1024

_BEGINNING, _WITHIN = b"%PDF-", 1024
_TEXTS = {"language", "edition", "sha256", "coast", "given"}
_OF_ONE_LINE = {"edition", "sha256", "coast", "address"}
_TEXTS_OR_NULL = {"assumptions", "address"}
_OBJECTS_OR_NULL = {"inputs", "asked"}
_LONGEST = 10_000
_MOST_PACKAGES = 100


@dataclass(frozen=True, slots=True)
class Attached:
    """What a file carries; `about` has the members that `api.reports.making` writes, of the right types."""

    kind: str
    record: dict[str, Any]
    about: dict[str, Any]


def attached_to(content: bytes) -> Attached:
    """What a file carries. Raises `ReportFileError`: no PDF, no report of ours, or a damaged one."""
    if len(content) > LARGEST_FILE_BYTES:
        raise ReportFileError(f"more than {LARGEST_FILE_BYTES // 1024**2} MB: no report is as large")
    if _BEGINNING not in content[:_WITHIN]:
        raise ReportFileError("no PDF")
    try:
        found = json.loads(run_apart("api.reports.reader", content))
    except ApartError as error:
        raise ReportFileError(
            str(error) if error.is_refusal else "a PDF that is damaged: it cannot be read"
        ) from None
    record, about = (_read(found[name], name) for name in (RECORD, ABOUT))
    _check(about)
    return Attached(str(about["report"]), record, about)


def _read(text: str, name: str) -> dict[str, Any]:
    try:
        value = read_json(text.encode("utf-8"), f"its {name}")
    except BodyError as error:
        raise ReportFileError(str(error)) from None
    if not isinstance(value, dict):
        raise ReportFileError(f"its {name} is no object")
    return value


def _check(about: dict[str, Any]) -> None:
    """Raises `ReportFileError`: not what a report of ours says of itself."""
    if about.get("report") not in (POSITION, CROSSINGS, WHAT_IF):
        raise ReportFileError(f"its {ABOUT} is of no kind of report that is known here")
    if about.get("form") != FORM or isinstance(about["form"], bool):
        raise ReportFileError(f"its {ABOUT} is of another form than this software reads; a newer one may")
    wrong = [name for name in _TEXTS if not _is_text(about.get(name))]
    wrong += [name for name in _TEXTS_OR_NULL if not _is_null(about, name) and not _is_text(about.get(name))]
    wrong += [
        name
        for name in _OBJECTS_OR_NULL
        if not _is_null(about, name) and not isinstance(about.get(name), dict)
    ]
    wrong += [name for name in _OF_ONE_LINE - set(wrong) if not is_one_line(about[name] or "")]
    wrong += [] if _are_versions(about.get("made_with")) else ["made_with"]
    wrong += [] if about.get("language") in LANGUAGES else ["language"]
    wrong += [] if _are_legs(about.get("legs", LINE_TYPES[0])) else ["legs"]
    if wrong:
        raise ReportFileError(f"its {ABOUT} was changed: {min(wrong)} is missing or not what it has to be")


def _is_null(about: dict[str, Any], name: str) -> bool:
    """Whether a member is there and says that there is nothing."""
    return name in about and about[name] is None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _are_legs(value: object) -> bool:
    """Whether it is what joins all vertices, or what joins each two."""
    return all(one in LINE_TYPES for one in value) if isinstance(value, list) else value in LINE_TYPES


def _are_versions(value: object) -> bool:
    """Whether it is the version of this software, and those of others, or null, by their names."""
    if not isinstance(value, dict) or len(value) > _MOST_PACKAGES or value.get(SOFTWARE) is None:
        return False
    texts = (*value, *(one for one in value.values() if one is not None))
    return all(_is_text(one) and is_one_line(one) for one in texts)
