"""Which representation of a resource a client wants: ``f=`` first, else the Accept header."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request
from werkzeug.datastructures import MIMEAccept

from api.http.query import Query

HTML, PDF = "text/html", "application/pdf"
PARAMETER = "f"
FORMS = ("json", "html")
REPORT = "pdf"
WITH_REPORT = (*FORMS, REPORT)  # of what also comes as a report to file


def wants_page(asked: Query, media_type: str) -> bool:
    """Whether a page for people is wanted rather than `media_type`.

    `media_type` is what the resource is by default; a client that accepts neither gets it.

    Raises `ParameterError`: `f` is no form that there is.
    """
    form = asked.one_of(PARAMETER, FORMS)
    if form is not None:
        return form == "html"
    return _accepts_rather(media_type)


def wants_report(asked: Query, forms: Sequence[str] = WITH_REPORT) -> bool:
    """Whether a report as PDF is wanted of what comes in these forms, rather than JSON or a page.

    Raises `ParameterError`: `f` is none of them.
    """
    form = asked.one_of(PARAMETER, forms)
    if form is not None:
        return form == REPORT
    if PDF not in request.environ.get("HTTP_ACCEPT", "").lower():
        return False
    return request.accept_mimetypes.best_match(["application/json", HTML, PDF], "application/json") == PDF


def prefers_page() -> bool:
    """Whether an error is best told by a page; a form that there is not counts as none."""
    form = request.args.get(PARAMETER)
    if form in FORMS:
        return form == "html"
    return _accepts_rather("application/problem+json")


def form_of(asked: Query) -> str | None:
    """The form asked for by name, for links to other pages of the same resource."""
    form = asked.text(PARAMETER)
    return form if form in FORMS else None


def best_type(accepted: MIMEAccept, offered: Sequence[str], usual: str) -> str | None:
    """The offered type with the highest quality; among equals the usual one, then the first.

    Parameters of media ranges are ignored. None where nothing offered is acceptable.
    """
    if not accepted:
        return usual
    qualities: dict[str, float] = {}
    for value, quality in accepted:
        named = value.split(";")[0].strip().lower()
        qualities[named] = max(quality, qualities.get(named, 0.0))

    def quality_of(media_type: str) -> float:
        for named in (media_type, f"{media_type.split('/')[0]}/*", "*/*"):
            if named in qualities:
                return qualities[named]
        return 0.0

    ranked = sorted(offered, key=lambda media_type: (-quality_of(media_type), media_type != usual))
    return ranked[0] if quality_of(ranked[0]) > 0.0 else None


def negotiated(response: Response) -> Response:
    """A response that depends on the Accept header, marked as such for caches."""
    if "Vary" in response.headers:
        response.vary.add("Accept")
    else:  # many times as quick
        response.headers["Vary"] = "Accept"
    return response


def _accepts_rather(media_type: str) -> bool:
    # Most programs name no HTML; they need no list of preferences to be read.
    if HTML not in request.environ.get("HTTP_ACCEPT", "").lower():
        return False
    return request.accept_mimetypes.best_match([media_type, "application/json", HTML], media_type) == HTML
