"""The process that sets a report: ``python -m api.reports.typesetter``, JSON in, PDF/A-3b out."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from api.reports.apart import REFUSED, bound_this_process

_TEMPLATE = Path(__file__).with_name("report.typ")
# What is false where it is not there (ISO 32000-1, table 321), and an error to poppler up to 25.11 where it
# is. Blanks in its place keep every offset.
_MARKED, _SUSPECTS = b"/MarkInfo<</Marked true", b"/Suspects false"
_LETTERS = re.compile("could not be displayed|font family")


def main() -> int:
    """Set what standard input holds; 0, or what is wrong as one line on standard error."""
    bound_this_process()
    given = json.loads(sys.stdin.buffer.read())
    import typst  # an extra

    try:
        with tempfile.TemporaryDirectory(prefix="caspian-") as folder:
            made, warnings = _set(typst, Path(folder), given)
    except typst.TypstError as error:
        return _said(error.message, error.hints)
    for warning in warnings:  # as of a font that is missing
        return _said(warning.message, warning.hints)
    sys.stdout.buffer.write(made.replace(_MARKED + _SUSPECTS, _MARKED + b" " * len(_SUSPECTS), 1))
    return 0


def _set(typst: Any, folder: Path, given: dict[str, Any]) -> Any:
    """The file and the warnings; in the empty folder nothing but the fonts is to be read."""
    fonts, empty = folder / "fonts", folder / "empty"
    fonts.mkdir()
    empty.mkdir()
    for name in given.pop("fonts"):
        (fonts / Path(name).name).symlink_to(name)
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(), root=empty, font_paths=found, package_path=empty, package_cache_path=empty
    )
    return compiler.compile_with_warnings(
        format="pdf", sys_inputs={"report": json.dumps(given)}, pdf_standards="a-3b"
    )


def _said(message: str, hints: list[str]) -> int:
    print(" ".join(f"{message} {' '.join(hints)}".split()), file=sys.stderr)
    return REFUSED if _LETTERS.search(message) else 1


if __name__ == "__main__":
    sys.exit(main())
