"""Where a client starts: links to everything, as JSON or as a page; and what problem types mean."""

from __future__ import annotations

import contextlib

from flask import Blueprint, Response, current_app, request

from api.errors import UnknownThingError
from api.http.caching import FOR_AN_HOUR
from api.http.log import POINTS
from api.http.negotiation import HTML, PARAMETER, negotiated, wants_page
from api.http.problems import ALL_PROBLEMS
from api.http.query import Query
from api.http.responses import (
    JSON,
    absolute,
    atlases,
    json_response,
    link,
    own_links,
    query,
    text_response,
)
from api.languages.choice import ENGLISH
from api.languages.choice import PARAMETER as LANGUAGE
from api.languages.marks import to_translate
from api.openapi import MEDIA_TYPE as OPENAPI
from api.pages.notations import tenths_position
from api.pages.rendering import TITLE, page, represent
from api.pages.sizes import LAYERS, PARTS, SIZES
from api.pages.sketch import WATER, pressed, sea_picture
from api.pages.wording import Wording
from api.texts.geojson import NOTICE
from coastlines.positions import PositionError, parse_position
from zones.errors import ZonesError

blueprint = Blueprint("landing", __name__)

POSITION, LAYER, PART = "position", "layer", "part"
_LONGEST_SHOWN = 200
_PIXELS = tuple(f"{size}.{axis}" for size in SIZES for axis in "xy")

_DESCRIPTION = to_translate(
    "Whose water a position is under the Convention on the Legal Status of the Caspian Sea "
    "(Aktau, 12 August 2018), computed from real coastlines; and the zones as data."
)
PROCESSES = "http://www.opengis.net/def/rel/ogc/1.0/processes"
_EXAMPLE = {"lon": "50.5", "lat": "42.5"}


@blueprint.get("/")
def landing() -> Response:
    """Links to everything as JSON; as a page the map, and whose water a position is.

    With ``part=answer`` the page's answer alone, for its script. A press on the drawn map is sent on to
    the address of its position.
    """
    asked = query(PARAMETER, "edition", POSITION, LAYER, PART, *_PIXELS)
    edition, is_page = asked.text("edition"), wants_page(asked, JSON)
    position, layer, part = _pressed(asked), asked.one_of(LAYER, LAYERS), asked.one_of(PART, PARTS)
    if not is_page:
        return negotiated(json_response(_value(asked, edition)))
    if position is not None:
        return _sent_to(position, asked)
    if edition is None:
        open_for_the_map()
    context: dict[str, object] = {"layer": layer or WATER, "sizes": SIZES}
    context |= _answered(asked.text(POSITION), edition)
    is_part = part is not None
    response = page(
        "answer_part.html" if is_part else "landing.html", value=_value(asked, edition), **context
    )
    if context.get("unreadable") and not is_part:  # a part is whole, whatever it says
        response.status_code = 400
    return response


def _value(asked: Query, edition: str | None) -> dict[str, object]:
    opened = atlases().opened() if edition is None else atlases().get(edition)
    return {
        "title": TITLE,
        "description": _DESCRIPTION,
        "notice": NOTICE,
        "edition": edition or atlases().default,
        "assumptions": opened and opened.edition.assumptions,
        "links": _links(asked, edition),
    }


def _pressed(asked: Query) -> str | None:
    """The position that a press on the drawn map means; an image button sends its pixel."""
    pixels = {name: asked.number(name) for name in _PIXELS}
    for size, (width, height) in SIZES.items():
        x, y = pixels[f"{size}.x"], pixels[f"{size}.y"]
        if x is not None and y is not None:
            across, down = (min(max((one + 0.5) / of, 0.0), 1.0) for one, of in ((x, width), (y, height)))
            return tenths_position(*pressed(across, down))
    return None


def _sent_to(position: str, asked: Query) -> Response:
    kept = {name: asked.text(name) for name in ("edition", LAYER, LANGUAGE)}
    return Response(status=303, headers={"Location": absolute("/", {POSITION: position, **kept})})


def _answered(position: str | None, edition: str | None) -> dict[str, object]:
    """The record of a position, or why it is not one; nothing where none is asked for."""
    if position is None or not position.strip():
        return {"record": None, "given": ""}
    try:
        lon, lat = parse_position(position)
    except PositionError as error:
        return {"record": None, "given": position[:_LONGEST_SHOWN], "unreadable": error}
    record = atlases().get(edition).edition.classify_one(lon=lon, lat=lat, compare=True)
    request.environ[POINTS] = 1
    return {"record": record, "given": position}


@blueprint.get("/map.svg")
def drawn_map() -> Response:
    """The map of an edition as a picture, with a position if one is given."""
    asked = query("edition", POSITION, LAYER, LANGUAGE)
    atlas, position = atlases().get(asked.text("edition")), asked.text(POSITION)
    layer = asked.one_of(LAYER, LAYERS) or WATER
    words = Wording(asked.text(LANGUAGE) or ENGLISH)
    text = sea_picture(atlas, layer, None if position is None else parse_position(position), words)
    response = text_response(text, "image/svg+xml")
    response.headers["Cache-Control"] = FOR_AN_HOUR
    return response


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


def open_for_the_map() -> None:
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
