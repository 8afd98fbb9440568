"""An open file as a response: conditions and ranges (RFC 9110, 13 and 14), and the length always told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, request
from werkzeug.wsgi import wrap_file

from api.http.problems import OF_STATUS, problem_response

_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
_BLOCK = 1 << 16


def accepts_gzip() -> bool:
    """Whether the compressed form is wanted at least as much as the plain one."""
    qualities = {name.lower(): quality for name, quality in request.accept_encodings}
    zipped = max((qualities[name] for name in ("gzip", "x-gzip") if name in qualities), default=None)
    others = qualities.get("*", 0.0)
    # Plain bytes that are not named are wanted less than anything that is.
    plain = qualities.get("identity", others)
    zipped = others if zipped is None else zipped
    return zipped > 0 and zipped >= plain


def file_response(file: BinaryIO, *, size: int, etag: str, media_type: str) -> Response:
    """A file of `size` bytes as the answer to this request; closes it in the end.

    Either 200, 206 for one range, 304, 412 or 416. Headers can be added to all of them.
    """
    response = _answer(file, size, etag, media_type)
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code < 400:
        response.set_etag(etag)
    return response


def _answer(file: BinaryIO, size: int, etag: str, media_type: str) -> Response:
    if request.if_match and not request.if_match.contains(etag):
        file.close()
        return problem_response(OF_STATUS[412], "If-Match names no validator of this file")
    if request.if_none_match.contains_weak(etag):
        file.close()
        return Response(status=304)
    try:
        # A range has a meaning for GET alone (RFC 9110, 14.2).
        chosen = byte_range(request.headers.get("Range"), size) if request.method == "GET" else None
    except RangeError as error:
        if _same(etag):
            file.close()
            response = problem_response(OF_STATUS[416], str(error), {"limit": size, "unit": "bytes"})
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
        chosen = None
    response = Response(content_type=media_type)
    response.content_length = size
    if chosen is not None and _same(etag):
        response.status_code, response.response = 206, _part(file, chosen)
        response.call_on_close(file.close)
        response.headers["Content-Range"] = f"bytes {chosen.start}-{chosen.stop - 1}/{size}"
        response.content_length = len(chosen)
    elif request.method == "HEAD":
        file.close()
    else:
        response.response, response.direct_passthrough = wrap_file(request.environ, file), True
    return response


def _same(etag: str) -> bool:
    """Whether If-Range, where there is one, names exactly these bytes."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{etag}"'


class RangeError(ValueError):
    """A range lies beyond the end of the file."""


def byte_range(header: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for; None where the whole file is to be sent.

    That is the case without a header, for several ranges, other units, and what is no range at all:
    a server may always send the whole.

    Raises `RangeError`: none of the bytes asked for is there.
    """
    found = _ONE_RANGE.fullmatch((header or "").strip())
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:  # the last so many
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
        if found[2] and stop <= start:
            return None
    if start >= size or (not found[1] and int(found[2]) == 0):
        raise RangeError(f"the file has {size} bytes")
    return range(start, min(stop, size))


def _part(file: BinaryIO, chosen: range) -> Iterator[bytes]:
    """The bytes of a range of a file, a block at a time."""
    file.seek(chosen.start)
    left = len(chosen)
    while left:
        block = file.read(min(_BLOCK, left))
        if not block:
            raise OSError("the file ends before its range")
        left -= len(block)
        yield block
