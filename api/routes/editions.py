"""The editions there are."""

from __future__ import annotations

from flask import Blueprint, Response

from api.responses import absolute, atlases, json_response, link, query

blueprint = Blueprint("editions", __name__)


@blueprint.get("/editions")
def editions() -> Response:
    """Every edition with its provenance, built or not."""
    query()
    known = atlases()
    answer = [
        {
            "name": info.name,
            "coast": info.coast,
            "title": info.title,
            "built": info.built,
            "default": known.default in (info.name, info.coast),
            "metadata": info.metadata,
            "links": [
                {
                    "rel": "data",
                    "href": absolute("/collections", {"edition": info.name}),
                    "type": "application/json",
                    "title": info.title,
                }
            ],
        }
        for info in known.store.editions()
    ]
    return json_response(
        {
            "editions": answer,
            "default": known.default,
            "links": [link("self", "/editions", "editions")],
        }
    )
