"""The service described: for programs, to read, to try with the files of Swagger UI, and word by word."""

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


@blueprint.get("/docs")
def documentation() -> Response:
    """The OpenAPI document as a page to read."""
    # It draws on modules that serving does not need otherwise.
    from api.openapi.document import document
    from api.openapi.reference import sections

    query(LANGUAGE)
    described = document(current_app.config, absolute(""))
    return page("docs.html", about=described["info"]["description"], sections=sections(described))


@blueprint.get("/docs/try")
def swagger_ui() -> Response:
    """The OpenAPI document in Swagger UI, which can send requests."""
    query(LANGUAGE)
    return page("docs_try.html")  # its styles are set by its script and come as data: images


@blueprint.get("/docs/<name>")
def file(name: str) -> Response:
    """A file of the package that Swagger UI's page loads."""
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
