"""What a route crosses, or an area holds, of zones and sectors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from api.crossings import answer_of, asked_of, cross_all
from api.texts.json_text import read_json
from api.web.bodies import admitted, json_body
from api.web.responses import atlases, json_response, query

blueprint = Blueprint("crossings", __name__)


@blueprint.post("/crossings")
@admitted
def crossings() -> Response:
    """Legs and totals of a line, areas of a polygon; an answer each for several features."""
    asked_edition = query("edition").text("edition")
    value = read_json(json_body())
    asked = asked_of(value, most=int(current_app.config["MAX_ROUTE_VERTICES"]))
    edition = atlases().get(asked_edition).edition
    return json_response(answer_of(edition, asked, cross_all(edition, asked)))
