"""Whole collections as files."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, request

from api import turning_points
from api.atlas import Atlas
from api.errors import UnknownThingError
from api.geojson import MEDIA_TYPE as GEOJSON
from api.geojson import download_text
from api.responses import absolute, atlases, json_response, link, query, text_response
from api.turning_points import turning_points_text

blueprint = Blueprint("downloads", __name__)

_A_YEAR_S = 31_536_000
_FORMATS = ("geojson", "csv")


@blueprint.get("/downloads")
def downloads() -> Response:
    """The files that an edition offers."""
    asked = query("edition").text("edition")
    atlas = atlases().get(asked)
    files: list[dict[str, Any]] = []
    for identity in atlas.edition.collections:
        for ending in _FORMATS:
            if ending == "csv" and identity not in turning_points.COLLECTIONS:
                continue
            files.append(
                {
                    "edition": atlas.name,
                    "collection": identity,
                    "format": ending,
                    "type": GEOJSON if ending == "geojson" else turning_points.MEDIA_TYPE,
                    "href": absolute(f"/downloads/{atlas.name}/{identity}.{ending}"),
                }
            )
    links = [link("self", "/downloads", "downloads", edition=asked)]
    return json_response({"edition": atlas.name, "downloads": files, "links": links})


@blueprint.get("/downloads/<edition>/<name>")
def download(edition: str, name: str) -> Response:
    """One collection as a file. A file of a full edition name never changes."""
    query()
    collection, _, ending = name.rpartition(".")
    if ending not in _FORMATS or not collection:
        raise UnknownThingError(
            f"no download {name[:80]!r}; names end in {' or '.join('.' + one for one in _FORMATS)}",
            known=list(_FORMATS),
        )
    atlas = atlases().get(edition)
    atlas.collection(collection)
    response = _file(atlas, collection, ending)
    response.headers.set("Content-Disposition", "attachment", filename=f"{atlas.name}-{name}")
    if edition == atlas.name:
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR_S}, immutable"
    else:
        # An alias names another edition one day.
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["Content-Location"] = absolute(f"/downloads/{atlas.name}/{name}")
    response.make_conditional(request)
    return response


def _file(atlas: Atlas, collection: str, ending: str) -> Response:
    if ending == "csv":
        response = text_response(turning_points_text(atlas.edition, collection), turning_points.MEDIA_TYPE)
    else:
        text = download_text(atlas.edition, collection, atlas.published_texts(collection))
        response = text_response(text + "\n", GEOJSON)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    return response
