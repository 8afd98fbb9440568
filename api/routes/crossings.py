"""What a route crosses, or an area holds, of zones and sectors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from api.batches.crossings import answer_of, asked_of, cross_all, limits_of
from api.http.bodies import admitted, body_of_kind, deadline, json_body
from api.http.responses import JSON, atlases, query
from api.texts.geojson import MEDIA_TYPE as GEOJSON
from api.texts.json_text import json_bytes, read_json

blueprint = Blueprint("crossings", __name__)


@blueprint.post("/crossings")
@admitted(is_heavy=True)
def crossings() -> Response:
    """Legs and totals of a line, areas of a polygon; an answer each for several features."""
    asked_edition = query("edition").text("edition")
    body_of_kind((JSON, GEOJSON))
    limits = limits_of(current_app.config)
    asked = asked_of(read_json(json_body()), limits)
    edition = atlases().get(asked_edition).edition
    answers = cross_all(edition, asked, limits, deadline().check)
    return Response(json_bytes(answer_of(edition, asked, answers)) + b"\n", content_type=JSON)
