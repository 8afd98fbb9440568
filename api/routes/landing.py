"""Where a client starts: links to everything, as JSON or as a page; and what problem types mean."""

from __future__ import annotations

import contextlib

from flask import Blueprint, Response, current_app

from api.errors import UnknownThingError
from api.http.negotiation import HTML, PARAMETER, wants_page
from api.http.problems import ALL_PROBLEMS
from api.http.query import Query
from api.http.responses import JSON, atlases, link, own_links, query
from api.openapi import MEDIA_TYPE as OPENAPI
from api.pages.rendering import TITLE, represent
from api.texts.geojson import NOTICE
from zones.errors import ZonesError

blueprint = Blueprint("landing", __name__)

_DESCRIPTION = (
    "Whose water a position is under the Convention on the Legal Status of the Caspian Sea "
    "(Aktau, 12 August 2018), computed from real coastlines; and the zones as data."
)
PROCESSES = "http://www.opengis.net/def/rel/ogc/1.0/processes"
_EXAMPLE = {"lon": "50.5", "lat": "42.5"}


@blueprint.get("/")
def landing() -> Response:
    """Links to everything, and a map of the default edition."""
    asked = query(PARAMETER, "edition")
    edition = asked.text("edition")
    opened = atlases().opened() if edition is None else atlases().get(edition)
    value = {
        "title": TITLE,
        "description": _DESCRIPTION,
        "notice": NOTICE,
        "edition": edition or atlases().default,
        "assumptions": opened and opened.edition.assumptions,
        "links": _links(asked, edition),
    }
    if wants_page(asked, JSON):
        _open_for_the_map()
    return represent(asked, value, "landing.html")


def _links(asked: Query, edition: str | None) -> list[dict[str, str]]:
    return [
        *own_links(asked, "/", "this page", edition=edition),
        link("service-desc", "/openapi.json", "description of the service (OpenAPI)", OPENAPI),
        link("service-doc", "/docs", "documentation of the service", HTML),
        link("conformance", "/conformance", "what the service conforms to"),
        link("data", "/collections", "collections of features", edition=edition),
        link(
            "classify", "/classify", "whose water is this position? an example", **_EXAMPLE, edition=edition
        ),
        link("downloads", "/downloads", "whole collections as files", edition=edition),
        link("editions", "/editions", "editions with their provenance"),
        *_process_links(),
        link("vocabulary", "/vocabulary", "names beside those of IHO S-121 and ISO 19152-3"),
        link("status", "/health/ready", "is the service ready?"),
        link("version", "/version", "version of the software"),
    ]


def _process_links() -> list[dict[str, str]]:
    if not current_app.extensions["jobs"].is_on:
        return []
    return [
        link(PROCESSES, "/processes", "processes: an edition of own choices"),
        link("what-if", "/what-if", "what if: an edition of own choices, to fill in", HTML),
    ]


def _open_for_the_map() -> None:
    """Open the default edition. The page comes without a map where it cannot be had at once."""
    with contextlib.suppress(ZonesError):
        atlases().default_is_open()


@blueprint.get("/problems/<slug>")
def problem(slug: str) -> Response:
    """What a problem type means."""
    asked = query(PARAMETER)
    if slug not in ALL_PROBLEMS:
        raise UnknownThingError(f"no problem type {slug[:80]!r}", known=sorted(ALL_PROBLEMS))
    found = ALL_PROBLEMS[slug]
    value = {
        "type": found.type,
        "title": found.title,
        "status": found.status,
        "description": found.meaning,
        "links": own_links(asked, f"/problems/{slug}", found.title),
    }
    return represent(asked, value, "problem.html")
