"""How long answers may be kept, and the validator by which a cache asks whether one still holds.

RFC 9110, 8.8 and 13; RFC 9111; RFC 8246 (immutable).
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from api.http.negotiation import HTML
from api.http.responses import atlases

_A_YEAR_S = 31_536_000
_A_PAGE_S = 600  # a page refers to files of its release, which has an end

_OF_AN_EDITION = ("features", "classify")  # all else says of an edition what may change

FOR_EVER = f"public, max-age={_A_YEAR_S}, immutable"
TO_BE_ASKED = "public, no-cache"


def cacheable(response: Response) -> Response:
    """Say of an answer to a GET how long it holds, and answer 304 to who has it.

    Under the full name of an edition data hold for ever, pages for minutes; all else is to be asked for
    again. What says itself how long it holds stays as it is. So does the record of a position in an edition
    that is not named: to ask whether it holds would take as long as to ask for it.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if "Cache-Control" in response.headers or response.is_streamed:
        return response
    edition = _edition_asked()
    if edition is None and request.blueprint == "classify":
        return response
    etag = hashlib.sha256(response.get_data()).hexdigest()[:32]
    response.set_etag(etag)
    response.headers["Cache-Control"] = TO_BE_ASKED
    if request.blueprint in _OF_AN_EDITION and edition is not None and _is_full_name(edition):
        is_page = response.mimetype == HTML
        response.headers["Cache-Control"] = f"public, max-age={_A_PAGE_S}" if is_page else FOR_EVER
    # A proxy that compresses weakens validators (RFC 9110, 13.1.2 compares them weakly).
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Length"], response.headers["Content-Type"]
    return response


def _edition_asked() -> str | None:
    # Read without a dictionary of lists, which takes long.
    return request.args.get("edition") if "edition=" in request.environ.get("QUERY_STRING", "") else None


def _is_full_name(edition: str) -> bool:
    opened = atlases().opened(edition)
    return opened is not None and opened.name == edition
