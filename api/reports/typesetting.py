"""From a report to its file: PDF/A-3b by typst, with the record attached. The same report, the same bytes.

The packages that it takes are those of the extra ``report``.
"""

from __future__ import annotations

import importlib.util
import threading
from dataclasses import asdict
from datetime import date
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path

from api.errors import BusyError, NoReportsError
from api.reports.apart import ApartError, TooSlowError, run_apart
from api.reports.attached import ABOUT, RECORD, SOFTWARE
from api.reports.content import Report
from api.texts.json_text import json_bytes, to_bytes, write_json
from zones.words import KNOWLEDGE_DATE

INSTALL = "pip install 'caspian-zones[report]'"
PACKAGES = ("typst", "matplotlib", "segno", "shapely", "numpy")  # whose versions may change the pages

_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LastResortHE-Regular.ttf")
_DESCRIPTIONS = {
    RECORD: "The answer as the service gives it to programs",
    ABOUT: "What was asked, of which edition, and what made this file",
}
_setting = threading.Lock()  # one process at a time
_LONGEST_WAIT_S = 30  # for its turn


def pdf_of(report: Report) -> bytes:
    """The file of a report.

    Raises `NoReportsError`: a package, a font or a letter is missing; `BusyError`: others are being made.
    """
    check_installed()
    # What is attached keeps a lone surrogate, which JSON has an escape for; pages can show none.
    about = to_bytes(write_json(report.about) + "\n").decode("utf-8")
    texts = {RECORD: attached_record(report), ABOUT: about}
    known = date.fromisoformat(KNOWLEDGE_DATE)
    given = {
        "content": asdict(report.content),
        "files": [
            {"name": name, "text": text, "description": _DESCRIPTIONS[name]} for name, text in texts.items()
        ],
        "date": [known.year, known.month, known.day],
        "fonts": [str(path) for path in _fonts()],
    }
    if not _setting.acquire(timeout=_LONGEST_WAIT_S):
        raise BusyError("the service is busy with other reports")
    try:
        return run_apart("api.reports.typesetter", write_json(given).encode("utf-8", "replace"))
    except TooSlowError as error:
        raise BusyError(f"the report is not set: {error}") from None
    except ApartError as error:
        if error.is_refusal:
            raise NoReportsError(
                f"the report cannot be set in {report.content.language!r}: {error}"
            ) from None
        raise
    finally:
        _setting.release()


def attached_record(report: Report) -> str:
    """The record to the letter as ``/classify`` and the others give it."""
    return json_bytes(report.record).decode("utf-8") + "\n"


def made_with() -> dict[str, str | None]:
    """The packages that make the pages, and their versions."""
    return {name: _version(name) for name in (SOFTWARE, *PACKAGES)}


def check_installed() -> None:
    """Raises `NoReportsError`: reports cannot be made here, and what would be needed."""
    missing = [name for name in ("typst", "segno", "pypdf") if importlib.util.find_spec(name) is None]
    if missing:
        raise NoReportsError(f"a report needs {', '.join(missing)}, not installed here: {INSTALL}")
    lacking = [path.name for path in _fonts() if not path.is_file()]
    if lacking:
        raise NoReportsError(
            f"a report needs the fonts {', '.join(lacking)} of matplotlib 3.11, not installed here: {INSTALL}"
        )


def can_be_made() -> bool:
    """Whether reports can be made here."""
    try:
        check_installed()
    except NoReportsError:
        return False
    return True


def fonts_of_texts() -> list[Path]:
    """The fonts whose letters texts are set in; what they lack would be a box."""
    return _fonts()[:2]


def _fonts() -> list[Path]:
    found = importlib.util.find_spec("matplotlib")
    folder = Path(found.origin).parent if found is not None and found.origin else Path()
    return [folder / "mpl-data" / "fonts" / "ttf" / name for name in _FONTS]


def _version(package: str) -> str | None:
    try:
        return installed_version(package)
    except PackageNotFoundError:
        return None
