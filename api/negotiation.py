"""Which representation of a resource a client wants: ``f=`` first, else the Accept header."""

from __future__ import annotations

from flask import request

from api.errors import ParameterError
from api.query import Query

HTML = "text/html"
PARAMETER = "f"
FORMS = ("json", "html")


def wants_page(asked: Query, media_type: str) -> bool:
    """Whether a page for people is wanted rather than `media_type`.

    `media_type` is what the resource is by default; a client that accepts neither gets it.

    Raises
    ------
    ParameterError
        `f` is no form that there is.
    """
    form = asked.one_of(PARAMETER, FORMS)
    if form is not None:
        return form == "html"
    offered = [media_type, "application/json", HTML]
    return request.accept_mimetypes.best_match(offered, media_type) == HTML


def form_of(asked: Query) -> str | None:
    """The form asked for by name, for links to other pages of the same resource."""
    try:
        return asked.one_of(PARAMETER, FORMS)
    except ParameterError:
        return None
