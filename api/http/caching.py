"""How long answers may be kept, and the validator by which a cache asks whether one still holds.

RFC 9110, 8.8 and 13; RFC 9111; RFC 8246 (immutable).
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from api.http.negotiation import HTML, PDF
from api.http.responses import atlases

_A_YEAR_S = 31_536_000
_AN_HOUR_S = 3600
_A_PAGE_S = 600  # a page refers to files of its release, which has an end

# What of an edition is as lasting as it is; and what the software says of it, which a release may change.
_DATA = ("features.items", "features.item", "classify.classify_one")
_DESCRIPTIONS = (
    *("features.collections", "features.collection", "features.schema", "features.queryables"),
    *("downloads.listing", "compare.compare", "landing.landing"),
)
_NAMES_OF_EDITIONS = {"compare.compare": ("a", "b"), "what_if.edition": ("edition",)}

FOR_EVER = f"public, max-age={_A_YEAR_S}, immutable"
FOR_AN_HOUR = f"public, max-age={_AN_HOUR_S}"
FOR_MINUTES = f"public, max-age={_A_PAGE_S}"
TO_BE_ASKED = "public, no-cache"


def cacheable(response: Response) -> Response:
    """Say of an answer to a GET how long it holds, and answer 304 to who has it.

    Under the full name of an edition data hold for ever, what is said of it and reports an hour, pages
    minutes; all else is to be asked for again. What says itself how long it holds keeps that. The record of
    a position in an edition that is not named has no validator: to ask whether it holds would take as long
    as to ask for it.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    kept = response.headers.get("Cache-Control", "")
    if "no-store" in kept or "ETag" in response.headers or response.is_streamed:
        return response
    if not kept:
        response.headers["Cache-Control"] = _how_long(response.mimetype or "")
    if request.endpoint == "classify.classify_one" and response.mimetype != PDF and not _names():
        return response
    etag = hashlib.sha256(response.get_data()).hexdigest()[:32]
    response.set_etag(etag)
    # A proxy that compresses weakens validators (RFC 9110, 13.1.2 compares them weakly).
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Length"], response.headers["Content-Type"]
    return response


def _how_long(media_type: str) -> str:
    """How long an answer of a media type holds, by its route and the editions that the address names."""
    endpoint = request.endpoint
    is_report = media_type == PDF
    if not is_report and endpoint not in _DATA and endpoint not in _DESCRIPTIONS:
        return TO_BE_ASKED
    names = _names()
    if not names or not all(map(_is_full_name, names)):
        return TO_BE_ASKED
    # Reports name the software that made them.
    return FOR_EVER if endpoint in _DATA and media_type not in (HTML, PDF) else of_a_description(media_type)


def of_a_description(media_type: str) -> str:
    """How long holds what is said of an edition under its full name, as a page or otherwise."""
    return FOR_MINUTES if media_type == HTML else FOR_AN_HOUR


def _names() -> list[str]:
    """The editions that the address names; none where it leaves one of them to the service."""
    parameters = _NAMES_OF_EDITIONS.get(request.endpoint or "")
    if parameters is None:
        # Read without a dictionary of lists, which takes long.
        if "edition=" not in request.environ.get("QUERY_STRING", ""):
            return []
        parameters = ("edition",)
    given = {**request.args, **(request.view_args or {})}
    return [given[name] for name in parameters] if all(given.get(name) for name in parameters) else []


def _is_full_name(edition: str) -> bool:
    opened = atlases().opened(edition)
    return opened is not None and opened.name == edition
