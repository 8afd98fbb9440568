"""Whole collections as files."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app

from api.atlas import Atlas
from api.collections.kept_downloads import KeptDownloads
from api.collections.names import ALL, HASHES, Download, download_of, downloads, step_text
from api.collections.offsets import PARAMETER as OFFSET
from api.collections.offsets import in_steps
from api.errors import BusyError
from api.http.caching import FOR_EVER, TO_BE_ASKED
from api.http.metrics import downloads_made
from api.http.negotiation import PARAMETER, form_of
from api.http.responses import absolute, atlases, link, query
from api.http.sending import accepts_gzip, file_response
from api.pages.rendering import represent
from zones.errors import CacheError

blueprint = Blueprint("downloads", __name__)

_TEXT = "text/plain; charset=utf-8"


@blueprint.get("/downloads")
def listing() -> Response:
    """The files that an edition offers, made for their sizes and hashes the first time."""
    asked = query("edition", PARAMETER)
    edition = asked.text("edition")
    atlas = atlases().get(edition)
    entries = [_entry(atlas, one) for one in downloads(atlas.edition.collections)]
    value = {
        "edition": atlas.name,
        "assumptions": atlas.edition.assumptions,
        "commands": _commands(atlas),
        "downloads": entries,
        "links": [
            link("self", "/downloads", "downloads", edition=edition, f=form_of(asked)),
            link("describedby", f"/downloads/{atlas.name}/{HASHES}", "hashes of the files", "text/plain"),
        ],
    }
    response = represent(asked, value, "downloads.html")
    if any(one["sha256"] is None for one in entries):
        response.headers["Cache-Control"] = TO_BE_ASKED  # the next one has more to say
    return response


@blueprint.get(f"/downloads/<edition>/{HASHES}")
def hashes(edition: str) -> Response:
    """Hashes of all the files of an edition by the names they are saved under, as ``sha256sum`` has them."""
    query()
    atlas = atlases().get(edition)
    kept = _kept_downloads().kept
    text = "".join(
        f"{kept(atlas.edition, one).plain.sha256}  {_saved_as(atlas, one.name)}\n"
        for one in downloads(atlas.edition.collections)
    )
    content = text.encode()
    etag = hashlib.sha256(content).hexdigest()[:32]
    response = file_response(io.BytesIO(content), size=len(content), etag=etag, media_type=_TEXT)
    return _lasting(response, atlas, edition, HASHES, HASHES)


@blueprint.get("/downloads/<edition>/<name>")
def download(edition: str, name: str) -> Response:
    """One file. A file of a full edition name never changes."""
    asked = query(OFFSET)
    atlas = atlases().get(edition)
    chosen = download_of(name, atlas.edition.collections)
    offset = asked.text(OFFSET)
    if offset is not None:
        chosen = in_steps(chosen, offset)
    gzipped = chosen.format.text and accepts_gzip()
    file, entity = _kept_downloads().open(atlas.edition, chosen, gzipped=gzipped)
    response = file_response(file, size=entity.size, etag=entity.etag, media_type=chosen.format.media_type)
    if gzipped and response.status_code in (200, 206):
        response.headers["Content-Encoding"] = "gzip"
    if chosen.format.text:
        response.vary.add("Accept-Encoding")
    step = None if chosen.step_deg is None else step_text(chosen.step_deg)
    return _lasting(response, atlas, edition, name, chosen.name, **{OFFSET: step})


def _commands(atlas: Atlas) -> dict[str, Any]:
    """Lines to copy: the whole edition fetched and checked, and one layer taken out of it where it lies."""
    files = absolute(f"/downloads/{atlas.name}")
    saved, hashes_saved = _saved_as(atlas, f"{ALL}.gpkg"), _saved_as(atlas, HASHES)
    return {
        "curl": [
            f"curl -fOJ {files}/{ALL}.gpkg -OJ {files}/{HASHES}",
            f"sha256sum --check --ignore-missing {hashes_saved}",
            f"ogrinfo -so {saved} zones",
        ],
        "ogr2ogr": f"ogr2ogr -t_srs EPSG:32639 zones.fgb /vsicurl/{files}/{ALL}.gpkg zones",
    }


def _entry(atlas: Atlas, one: Download) -> dict[str, Any]:
    every = atlas.edition.collections
    layers = every[one.collection].title if one.collection in every else "All collections"
    return {
        "edition": atlas.name,
        "collection": one.collection,
        "format": one.format.id,
        "name": one.name,
        "title": f"{layers}: {one.format.title}",
        "type": one.format.media_type,
        "href": absolute(f"/downloads/{atlas.name}/{one.name}"),
        **_size_and_hash(atlas, one),
    }


def _size_and_hash(atlas: Atlas, one: Download) -> dict[str, Any]:
    """Of the file as it is saved; where it cannot be made now, none."""
    try:
        plain = _kept_downloads().kept(atlas.edition, one).plain
    except (BusyError, CacheError):
        return {"bytes": None, "sha256": None}
    return {"bytes": plain.size, "sha256": plain.sha256}


def _lasting(
    response: Response, atlas: Atlas, edition: str, name: str, kept_as: str, **parameters: object
) -> Response:
    """A response with the name to save it under, and how long it may be kept.

    It is at home at `name` with `parameters`; `kept_as` is its name where all is in the name.
    """
    if response.status_code >= 400:
        return response
    response.headers.set("Content-Disposition", "attachment", filename=_saved_as(atlas, kept_as))
    if edition == atlas.name:
        response.headers["Cache-Control"] = FOR_EVER
    else:
        # An alias names another edition one day.
        response.headers["Cache-Control"] = TO_BE_ASKED
        response.headers["Content-Location"] = absolute(f"/downloads/{atlas.name}/{name}", parameters)
    return response


def _saved_as(atlas: Atlas, name: str) -> str:
    """The name of a file where those of several editions lie together."""
    return f"{atlas.name}-{name}"


def _kept_downloads() -> KeptDownloads:
    """Those of this application, in the cache folder of its editions."""
    known = current_app.extensions.get("downloads")
    if known is None:
        kept = KeptDownloads(Path(atlases().store.folder), count=_count)
        known = current_app.extensions.setdefault("downloads", kept)
    return cast(KeptDownloads, known)


def _count(form: str) -> None:
    downloads_made.labels(form).inc()
