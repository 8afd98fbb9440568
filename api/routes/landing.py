"""Where a client starts: links to everything, as JSON or as a page."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from api.errors import UnknownThingError
from api.geojson import NOTICE
from api.problems import ALL_PROBLEMS
from api.responses import JSON, absolute, atlases, json_response, link, query, text_response
from api.version import version

blueprint = Blueprint("landing", __name__)

_TITLE = "Legal zones of the Caspian Sea"
_DESCRIPTION = (
    "Whose water a position is under the Convention on the Legal Status of the Caspian Sea "
    "(Aktau, 12 August 2018), computed from real coastlines; and the zones as GeoJSON."
)
_EXAMPLE = {"lon": "50.5", "lat": "42.5"}


@blueprint.get("/")
def landing() -> Response:
    """The landing page: HTML for a browser, JSON for anything else."""
    query()
    links = [
        link("self", "/", "this page"),
        link("data", "/collections", "collections of features"),
        link("classify", "/classify", "whose water is this position? an example", **_EXAMPLE),
        link("downloads", "/downloads", "whole collections as files"),
        link("editions", "/editions", "editions with their provenance"),
        link("status", "/health/ready", "is the service ready?"),
        link("version", "/version", "version of the software"),
    ]
    if request.accept_mimetypes.best_match([JSON, "text/html"], JSON) == "text/html":
        page = render_template(
            "landing.html",
            title=_TITLE,
            description=_DESCRIPTION,
            notice=NOTICE,
            links=links[1:],
            classify=absolute("/classify"),
            edition=atlases().default,
            version=version(),
        )
        response = text_response(page, "text/html; charset=utf-8")
    else:
        response = json_response(
            {
                "title": _TITLE,
                "description": _DESCRIPTION,
                "notice": NOTICE,
                "edition": atlases().default,
                "links": links,
            }
        )
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/problems/<slug>")
def problem(slug: str) -> Response:
    """What a problem type means."""
    query()
    if slug not in ALL_PROBLEMS:
        raise UnknownThingError(f"no problem type {slug[:80]!r}", known=sorted(ALL_PROBLEMS))
    found = ALL_PROBLEMS[slug]
    return json_response({"type": found.type, "title": found.title, "status": found.status})
