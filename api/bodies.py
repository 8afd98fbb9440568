"""The body of a request: its media type checked, read whole, refused where it is too long."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from api.errors import MediaTypeError
from api.geojson import MEDIA_TYPE as GEOJSON
from api.responses import JSON


def json_body() -> bytes:
    """The bytes of a JSON or GeoJSON body.

    Raises
    ------
    MediaTypeError
        It is of another type, or compressed.
    RequestEntityTooLarge
        It is longer than the setting allows, however it was sent.
    """
    if request.mimetype not in (JSON, GEOJSON):
        given = f"{request.mimetype[:80]!r} is" if request.mimetype else "a missing Content-Type is"
        raise MediaTypeError(f"{given} not read here; send {JSON} or {GEOJSON}", known=[JSON, GEOJSON])
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not read; send the body as it is")
    body = request.get_data(cache=False)
    # A body sent in chunks has no stated length: what is read of it ends at the limit.
    if request.content_length is None and len(body) >= (request.max_content_length or len(body) + 1):
        raise RequestEntityTooLarge
    return body
