"""The editions there are."""

from __future__ import annotations

from flask import Blueprint, Response

from api.pages.rendering import represent
from api.web.negotiation import PARAMETER
from api.web.responses import atlases, link, own_links, query

blueprint = Blueprint("editions", __name__)


@blueprint.get("/editions")
def editions() -> Response:
    """Every edition with its provenance, built or not."""
    asked = query(PARAMETER)
    known = atlases()
    answer = [
        {
            "name": info.name,
            "coast": info.coast,
            "title": info.title,
            "built": info.built,
            "default": known.default in (info.name, info.coast),
            "metadata": info.metadata,
            "links": [link("data", "/collections", info.title, edition=info.name)],
        }
        for info in known.store.editions()
    ]
    value = {
        "editions": answer,
        "default": known.default,
        "links": own_links(asked, "/editions", "editions"),
    }
    return represent(asked, value, "editions.html")
