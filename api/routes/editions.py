"""The editions there are."""

from __future__ import annotations

from flask import Blueprint, Response

from api.http.negotiation import PARAMETER
from api.http.own_site import says_its_origin
from api.http.responses import atlases, link, own_links, query
from api.pages.rendering import represent
from api.texts.parameters_text import parameters_of_metadata

blueprint = Blueprint("editions", __name__)


@blueprint.get("/editions")
def editions() -> Response:
    """The editions that everybody may know of, with their provenance, built or not."""
    asked = query(PARAMETER)
    known = atlases()
    default = known.default_info()
    answer = [
        {
            "name": info.name,
            "coast": info.coast,
            "title": info.title,
            "built": info.built,
            "default": default is not None and info.name == default.name,
            "assumptions": info.metadata.get("assumptions"),
            "parameters": parameters_of_metadata(info.metadata),
            "metadata": info.metadata,
            "links": [link("data", "/collections", info.title, edition=info.name)],
        }
        for info in known.public()
    ]
    value = {"editions": answer, "default": known.default, "links": own_links(asked, "/editions", "editions")}
    return says_its_origin(represent(asked, value, "editions.html"))
