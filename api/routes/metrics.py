"""What the workers have counted, for Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from api.http.metrics import exposition
from api.settings import ON
from api.web.responses import query

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def all_metrics() -> Response:
    """The counts of all workers, as OpenMetrics where that is accepted, else as Prometheus text."""
    query()
    if current_app.config["METRICS"] != ON:
        raise NotFound
    text, media_type = exposition(request.headers.get("Accept", ""))
    return Response(text, content_type=media_type, headers={"Cache-Control": "no-store", "Vary": "Accept"})
