"""The service described: for programs, to browse with the files of Swagger UI, and word by word."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui  # type: ignore[import-untyped]
from flask import Blueprint, Response, current_app, send_from_directory

from api.errors import UnknownThingError
from api.http.negotiation import PARAMETER
from api.http.responses import absolute, json_response, own_links, query
from api.languages.choice import PARAMETER as LANGUAGE
from api.openapi import FILES, MEDIA_TYPE
from api.pages import vocabulary as table
from api.pages.rendering import page, represent

blueprint = Blueprint("docs", __name__)

_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
_A_DAY_S = 86_400

# Styles of the package are set by its script and come as data: images; nothing is asked of others.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# What the page lists where scripts do not run.
ROUTES = (
    ("GET /classify?lon=&lat=", "whose water a position is; or ?position= as on a chart"),
    ("POST /classify", "the same for many positions"),
    ("POST /crossings", "what a route or an area crosses"),
    ("GET /collections", "collections of features"),
    ("GET /collections/{id}/items", "features, page by page"),
    ("GET /collections/{id}/items/{feature}", "one feature"),
    ("GET /collections/{id}/schema", "what the features of a collection carry"),
    ("GET /downloads", "whole collections as files"),
    ("GET /editions", "editions with their provenance"),
    ("GET /conformance", "conformance classes"),
)


@blueprint.get("/docs")
def documentation() -> Response:
    """A page to browse the OpenAPI document."""
    query(LANGUAGE)
    response = page("docs.html", routes=ROUTES)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/docs/<name>")
def file(name: str) -> Response:
    """A file of the package that the page loads."""
    query()
    if name not in FILES:
        raise UnknownThingError(f"no file {name[:80]!r} belongs to the documentation", known=list(FILES))
    response = send_from_directory(_FOLDER, name, mimetype=FILES[name], max_age=_A_DAY_S)
    response.cache_control.public = True
    return response


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI document of this service as it is set up."""
    # It draws on modules that serving does not need otherwise.
    from api.openapi.document import document

    query()
    return json_response(document(current_app.config, absolute("")), MEDIA_TYPE)


@blueprint.get("/vocabulary")
def vocabulary() -> Response:
    """Our words beside those of the standards for maritime limits."""
    asked = query(PARAMETER)
    value = {**table.vocabulary(), "links": own_links(asked, "/vocabulary", "vocabulary")}
    return represent(asked, value, "vocabulary.html")
