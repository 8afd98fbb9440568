"""The process that reads a report: ``python -m api.reports.reader``, a PDF in, JSON out."""

from __future__ import annotations

import io
import json
import logging
import sys

from api.reports.apart import REFUSED, bound_this_process
from api.reports.attached import ABOUT, MOST_BYTES, RECORD

_MOST_MB = MOST_BYTES // 1024**2


def main() -> int:
    """Read standard input; 0, or what is wrong as one line on standard error.

    A file that is damaged may raise anything within pypdf, which ends this process.
    """
    bound_this_process()
    logging.disable()
    content = sys.stdin.buffer.read()
    from pypdf import PdfReader, get_configuration, overwrite_configuration  # an extra
    from pypdf.errors import LimitReachedError

    overwrite_configuration(get_configuration().with_overwrites(**_limits()))
    found: dict[str, str] = {}
    read = PdfReader(io.BytesIO(content))
    if read.is_encrypted:
        return _refuse("a PDF that is encrypted, as no report is: it cannot be read")
    try:
        files = [one for one in read.attachment_list if one.name in (RECORD, ABOUT)]
    except LimitReachedError:
        return _refuse("a PDF with a longer list of attachments than is read, longer than that of any report")
    for one in files:
        if one.name in found:
            return _refuse(f"it carries {one.name} twice")
        try:
            attached = one.content
        except LimitReachedError:
            return _refuse(f"its {one.name} has more than {_MOST_MB} MB, or takes too much to unpack")
        if len(attached) > MOST_BYTES:
            return _refuse(f"its {one.name} has more than {_MOST_MB} MB")
        try:
            found[one.name] = attached.decode("utf-8")
        except UnicodeDecodeError:
            return _refuse(f"its {one.name} is not UTF-8")
    if len(found) < 2:
        return _refuse("a PDF that carries no record of a report of this software")
    sys.stdout.write(json.dumps(found))
    return 0


def _limits() -> dict[str, int]:
    """What pypdf unpacks at most, of one stream in bytes.

    Codes of LZW that become nothing take time, too: the work is of what is packed and what it becomes.
    """
    filters = ("brotli", "lzw", "run_length", "zlib")
    return {
        "stream_decoding_work_maximum_length": MOST_BYTES + MOST_BYTES // 2,
        "array_based_stream_maximum_output_length": MOST_BYTES,
        **{f"{one}_maximum_output_length": MOST_BYTES for one in filters},
    }


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
