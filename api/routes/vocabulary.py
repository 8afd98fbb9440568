"""Our words beside those of the standards for maritime limits."""

from __future__ import annotations

from flask import Blueprint, Response

from api.negotiation import PARAMETER
from api.pages import represent
from api.responses import own_links, query
from api.vocabulary import as_object

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
def vocabulary() -> Response:
    """The table of terms."""
    asked = query(PARAMETER)
    value = {**as_object(), "links": own_links(asked, "/vocabulary", "vocabulary")}
    return represent(asked, value, "vocabulary.html")
