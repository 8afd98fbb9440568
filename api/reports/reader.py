"""The process that reads a report: ``python -m api.reports.reader``, a PDF in, JSON out."""

from __future__ import annotations

import io
import json
import logging
import sys

from api.reports.apart import REFUSED, bound_this_process
from api.reports.attached import ABOUT, MOST_BYTES, RECORD

_MEGABYTE = 1024 * 1024


def main() -> int:
    """Read standard input; 0, or what is wrong as one line on standard error.

    A file that is damaged may raise anything within pypdf, which ends this process.
    """
    bound_this_process()
    logging.disable()
    content = sys.stdin.buffer.read()
    from pypdf import PdfReader  # an extra

    found: dict[str, str] = {}
    read = PdfReader(io.BytesIO(content))
    if read.is_encrypted:
        return _refuse("a PDF that is encrypted, as no report is: it cannot be read")
    for one in read.attachment_list:
        if one.name not in (RECORD, ABOUT):
            continue
        if one.name in found:
            return _refuse(f"it carries {one.name} twice")
        attached = one.content
        if len(attached) > MOST_BYTES:
            return _refuse(f"its {one.name} has more than {MOST_BYTES // _MEGABYTE} MB")
        try:
            found[one.name] = attached.decode("utf-8")
        except UnicodeDecodeError:
            return _refuse(f"its {one.name} is not UTF-8")
    if len(found) < 2:
        return _refuse("a PDF that carries no record of a report of this software")
    sys.stdout.write(json.dumps(found))
    return 0


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
