"""The body of a request: its media type checked, read whole, refused where it is too long."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import BinaryIO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from api.errors import BodyError, MediaTypeError
from api.texts.geojson import MEDIA_TYPE as GEOJSON
from api.web.responses import JSON
from api.web.spool import spooled


def json_body() -> bytes:
    """The bytes of a JSON or GeoJSON body.

    Raises
    ------
    MediaTypeError
        It is of another type, or compressed.
    RequestEntityTooLarge
        It is longer than the setting allows, however it was sent.
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
    """The bytes of a body that is not compressed.

    Raises
    ------
    MediaTypeError, RequestEntityTooLarge, BodyError, StorageError
    """
    refuse_compressed()
    with ExitStack() as held:
        return kept_body(held).read()


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
