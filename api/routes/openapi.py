"""The description of the service for programs."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from api.http.responses import absolute, json_response, query
from api.openapi import MEDIA_TYPE

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI document of this service as it is set up."""
    # It draws on modules that serving does not need otherwise.
    from api.openapi.document import document

    query()
    return json_response(document(current_app.config, absolute("")), MEDIA_TYPE)
