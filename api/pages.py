"""A resource as JSON for programs or as a page for people, by what the client wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template

from api.negotiation import HTML, wants_page
from api.query import Query
from api.responses import JSON, json_response, text_response


def represent(
    asked: Query, value: Mapping[str, Any], template: str, *, media_type: str = JSON, **context: object
) -> Response:
    """The value as JSON, or the template filled with it where a page is wanted.

    The template sees the same object as ``value``, and what else is given by name.
    """
    if wants_page(asked, media_type):
        return page(template, value=value, **context)
    return negotiated(json_response(value, media_type))


def page(template: str, **context: object) -> Response:
    """A filled template."""
    return negotiated(text_response(render_template(template, **context), f"{HTML}; charset=utf-8"))


def negotiated(response: Response) -> Response:
    """A response that depends on the Accept header, marked as such for caches."""
    response.vary.add("Accept")
    return response
