"""Whether the service lives, whether it can answer, what it has counted, and which version it is."""

from __future__ import annotations

import platform
from functools import cache

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from api.http.metrics import exposition
from api.http.problems import not_ready
from api.http.responses import atlases, json_response, query
from api.settings import ON
from api.version import version
from coastlines.gdal import load_pyogrio

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
def live() -> Response:
    """The process answers."""
    query()
    return _fresh(json_response({"status": "ok"}))


@blueprint.get("/health/ready")
def ready() -> Response:
    """The default edition is open and positions can be classified."""
    query()
    known = atlases()
    if not known.default_is_open():
        return not_ready(f"edition {known.default} is not built yet")
    return _fresh(json_response({"status": "ok", "edition": known.get().name}))


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts of all workers, as OpenMetrics where that is accepted, else as Prometheus text."""
    query()
    if current_app.config["METRICS"] != ON:
        raise NotFound
    text, media_type = exposition(request.headers.get("Accept", ""))
    return _fresh(Response(text, content_type=media_type, headers={"Vary": "Accept"}))


@blueprint.get("/version")
def versions() -> Response:
    """Version of the software and of what it stands on."""
    query()
    return json_response(_versions())


@cache
def _versions() -> dict[str, str]:
    import pyproj
    import shapely

    return {
        "name": "caspian-zones",
        "version": version(),
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
        "gdal": load_pyogrio().__gdal_version_string__,
    }


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
