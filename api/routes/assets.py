"""Files that pages load: our script and styles, and the map library from its package."""

from __future__ import annotations

from flask import Blueprint, Response, send_file

from api.errors import UnknownThingError
from api.http.responses import query
from api.pages.assets import MEDIA_TYPES, files, release

blueprint = Blueprint("assets", __name__)

_A_YEAR_S = 31_536_000


@blueprint.get("/assets/<version>/<name>")
def asset(version: str, name: str) -> Response:
    """A file of this release; one of another release is no longer here."""
    query()
    if version != release() or name not in files():
        raise UnknownThingError(f"no file {name[:80]!r} belongs to the pages of this release")
    path = files()[name]
    response = send_file(path, mimetype=MEDIA_TYPES[path.suffix], max_age=_A_YEAR_S)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
