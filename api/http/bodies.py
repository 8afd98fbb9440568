"""The body of a request: its media type checked, read whole, refused where it is too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any, BinaryIO, cast

from flask import Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from api.errors import BodyError, BusyError, MediaTypeError
from api.http.admission import LIGHT_BYTES, Admission, Entry
from api.http.budget import Deadline, answer_bytes, check_decoded
from api.http.responses import JSON
from api.http.spool import spooled
from api.texts.geojson import MEDIA_TYPE as GEOJSON

_BLOCK_BYTES = 256 * 1024


def json_body() -> bytes:
    """The bytes of a JSON or GeoJSON body.

    Raises
    ------
    MediaTypeError
        It is of another type, or compressed.
    RequestEntityTooLarge, TooMuchError
        It is longer than the setting allows, however it was sent, or would take more memory.
    BusyError
    """
    body_of_kind((JSON, GEOJSON))
    return plain_body()


def body_of_kind(known: Sequence[str]) -> str:
    """The media type of the body, which must be one of the known ones.

    Raises
    ------
    MediaTypeError
    """
    kind = request.mimetype
    if kind not in known:
        given = f"{kind[:80]!r} is" if kind else "a missing Content-Type is"
        raise MediaTypeError(f"{given} not read here; send {_listed(known)}", known=list(known))
    parameters = request.mimetype_params
    charset = parameters.get("charset", "utf-8").lower()
    if kind.startswith("text/") and charset not in ("utf-8", "utf8", "us-ascii"):
        raise MediaTypeError(f"charset {charset[:40]!r} is not read here; send UTF-8", known=list(known))
    if parameters.get("header", "present").lower() != "present":
        raise MediaTypeError("a table without a header is not read here", known=list(known))
    return kind


def plain_body() -> bytes:
    """The bytes of a body in JSON that is not compressed, counted before it is decoded.

    Raises
    ------
    MediaTypeError, RequestEntityTooLarge, BodyError, StorageError
    TooMuchError
        It would take more memory than one request may.
    BusyError
        Others leave no room for it.
    """
    refuse_compressed()
    with ExitStack() as held:
        body = kept_body(held).read()
    size = check_decoded(body, int(current_app.config["MAX_REQUEST_MEMORY_MB"]))
    if size > LIGHT_BYTES:
        g.entry.weigh(size + answer_bytes(len(body)))
    return body


def kept_body(held: ExitStack) -> BinaryIO:
    """The whole body in a file, at its beginning; it is there until `held` is closed.

    Raises
    ------
    RequestEntityTooLarge, BodyError, StorageError
    """
    announced, limit = request.content_length or 0, request.max_content_length
    if limit is not None and announced > limit:
        raise RequestEntityTooLarge
    # What reaches its limit is too long for the stream, so it may have one byte more.
    most = None if limit is None else limit + 1
    body = spooled(get_input_stream(request.environ, max_content_length=most))
    held.callback(body.close)
    if body.length < announced:  # the server takes the end of a connection for that of the body
        raise BodyError("the body is shorter than announced")
    return body.file


def refuse_compressed() -> None:
    """Compressed bodies are not read, however small they look.

    Raises
    ------
    MediaTypeError
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not read; send the body as it is")


def _listed(known: Sequence[str]) -> str:
    return f"{', '.join(known[:-1])} or {known[-1]}"


def admitted(view: Callable[[], Response]) -> Callable[[], Response]:
    """A view of requests with bodies, which are let in by what they weigh and leave when they are answered.

    Raises
    ------
    BusyError
        When called, where others leave no room.
    """

    @wraps(view)
    def gated() -> Response:
        length = request.content_length
        most = int(current_app.config["MAX_BODY_BYTES"])
        length = most if length is None else min(length, most)
        try:
            entry = admission().enter(length + answer_bytes(length) if length > LIGHT_BYTES else 0)
        except BusyError:
            _read_away()
            raise
        g.entry, g.deadline = entry, Deadline(float(current_app.config["MAX_REQUEST_S"]))
        try:
            response = view()
        except BaseException:
            entry.leave()
            raise
        if not response.is_streamed:
            entry.leave()
            return response
        response.response = _leaving(response.response, entry)
        response.call_on_close(entry.leave)
        return response

    return gated


def admission() -> Admission:
    """Who is let in to this process."""
    return cast(Admission, current_app.extensions["admission"])


def deadline() -> Deadline:
    """When the time of this request is over."""
    return cast(Deadline, g.deadline)


def _read_away() -> None:
    """Take the body in and forget it: an answer to one still on its way may be lost with the connection."""
    while request.stream.read(_BLOCK_BYTES):
        pass


def _leaving(pieces: Iterable[Any], entry: Entry) -> Iterator[Any]:
    try:
        yield from pieces
    finally:
        entry.leave()
