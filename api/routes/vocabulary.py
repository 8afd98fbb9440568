"""Our words beside those of the standards for maritime limits."""

from __future__ import annotations

from flask import Blueprint, Response

from api.pages.rendering import represent
from api.pages.vocabulary import as_object
from api.web.negotiation import PARAMETER
from api.web.responses import own_links, query

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
def vocabulary() -> Response:
    """The table of terms."""
    asked = query(PARAMETER)
    value = {**as_object(), "links": own_links(asked, "/vocabulary", "vocabulary")}
    return represent(asked, value, "vocabulary.html")
