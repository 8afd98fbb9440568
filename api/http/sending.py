"""An open file as a response: conditions, ranges, and the length always told."""

from __future__ import annotations

from typing import BinaryIO

from flask import Response, request
from werkzeug.wsgi import wrap_file

from api.http.problems import of_status, problem_response
from api.http.ranges import Part, RangeError, byte_range


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
        return problem_response(of_status(412), "If-Match names no validator of this file")
    if request.if_none_match.contains_weak(etag):
        file.close()
        return Response(status=304)
    try:
        # A range has a meaning for GET alone (RFC 9110, 14.2).
        chosen = byte_range(request.headers.get("Range"), size) if request.method == "GET" else None
    except RangeError as error:
        if not _same(etag):
            chosen = None
        else:
            file.close()
            response = problem_response(of_status(416), str(error), {"limit": size, "unit": "bytes"})
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
    if chosen is not None and _same(etag):
        response = Response(Part(file, chosen), 206, content_type=media_type, direct_passthrough=True)
        response.headers["Content-Range"] = f"bytes {chosen.start}-{chosen.stop - 1}/{size}"
        response.content_length = len(chosen)
    elif request.method == "HEAD":
        file.close()
        response = Response(content_type=media_type)
        response.content_length = size
    else:
        response = Response(
            wrap_file(request.environ, file), content_type=media_type, direct_passthrough=True
        )
        response.content_length = size
    return response


def _same(etag: str) -> bool:
    """Whether If-Range, where there is one, names exactly these bytes."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{etag}"'
