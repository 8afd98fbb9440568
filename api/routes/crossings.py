"""What a route crosses, or an area holds, of zones and sectors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from api.crossings import answer_of, asked_of, cross_all
from api.errors import MediaTypeError
from api.geojson import MEDIA_TYPE as GEOJSON
from api.json_text import read_json
from api.responses import JSON, atlases, json_response, query

blueprint = Blueprint("crossings", __name__)


@blueprint.post("/crossings")
def crossings() -> Response:
    """Legs and totals of a line, areas of a polygon; an answer each for several features."""
    asked_edition = query("edition").text("edition")
    if request.mimetype not in (JSON, GEOJSON):
        given = f"{request.mimetype[:80]!r} is" if request.mimetype else "a missing Content-Type is"
        raise MediaTypeError(f"{given} not read here; send {JSON} or {GEOJSON}", known=[JSON, GEOJSON])
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not read; send the body as it is")
    value = read_json(request.get_data(cache=False))
    asked = asked_of(value, most=int(current_app.config["MAX_ROUTE_VERTICES"]))
    edition = atlases().get(asked_edition).edition
    return json_response(answer_of(edition, asked, cross_all(edition, asked)))
