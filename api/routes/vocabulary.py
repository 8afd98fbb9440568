"""Our words beside those of the standards for maritime limits."""

from __future__ import annotations

from flask import Blueprint, Response

from api.http.negotiation import PARAMETER
from api.http.responses import own_links, query
from api.pages import vocabulary as table
from api.pages.rendering import represent

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
def vocabulary() -> Response:
    """The table of terms."""
    asked = query(PARAMETER)
    value = {**table.vocabulary(), "links": own_links(asked, "/vocabulary", "vocabulary")}
    return represent(asked, value, "vocabulary.html")
