"""Whole collections as files."""

from __future__ import annotations

from api.collections.formats import FORMATS
from api.collections.names import downloads
from api.collections.properties import SHAPES
from api.openapi.components import LINKS
from api.openapi.writing import (
    BINARY,
    HTML,
    JSON,
    TEXT,
    Json,
    answer,
    array,
    header,
    in_path,
    operation,
    or_null,
    parameter,
    record,
    schema,
    words,
)
from api.texts.geojson import MEDIA_TYPE as GEOJSON

TAG = "Downloads"
HASHES = "sha256.txt"
HASHES_TYPE = "text/plain"

_RANGE = {
    "name": "Range",
    "in": "header",
    "required": False,
    "description": "One range of bytes; anything else is answered with the whole file.",
    "schema": TEXT,
    "example": "bytes=0-1023",
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "Validator of a copy at hand; it is sent again only where it has changed.",
    "schema": TEXT,
}
_EDITION = in_path(
    "edition",
    {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "format": "edition-name"},
    "Full name of an edition, whose files never change; or the id of a coast source for its default edition.",
    example="osm",
)
_HEADERS = {
    "ETag": header(TEXT, "Strong validator of these bytes."),
    "Accept-Ranges": header(words(["bytes"]), "Ranges of bytes are answered."),
    "Cache-Control": header(TEXT, "Immutable for the full name of an edition."),
    "Content-Disposition": header(TEXT, "Name for the file."),
    "Content-Length": header({"type": "integer", "minimum": 0}, "Bytes that follow."),
}
_NO_BODY = {"304": {"description": "The copy at hand is still right."}}


def schemas() -> dict[str, Json]:
    """The list of files."""
    return {
        "Download": record(
            {
                "edition": TEXT,
                "collection": TEXT,
                "format": words(one.id for one in FORMATS),
                "name": TEXT,
                "title": TEXT,
                "type": words(one.media_type for one in FORMATS),
                "href": {"type": "string", "format": "uri"},
            }
        ),
        "Downloads": record(
            {
                "edition": TEXT,
                "assumptions": or_null(TEXT),
                "downloads": array(schema("Download")),
                "links": LINKS,
            }
        ),
    }


def paths() -> dict[str, Json]:
    """The list, the files, and their hashes."""
    return {
        "/downloads": {
            "get": operation(
                "getDownloads",
                TAG,
                "The files of an edition",
                {"200": answer("Every file with its format.", {JSON: schema("Downloads"), HTML: TEXT})},
                parameters=[parameter("edition"), parameter("f")],
                problems=(404, 503),
            )
        },
        f"/downloads/{{edition}}/{HASHES}": {
            "get": _file("getHashes", "Hashes of all files", {HASHES_TYPE: TEXT}, [_EDITION]),
            "head": _head("headHashes", "Headers of the hashes", [_EDITION]),
        },
        "/downloads/{edition}/{name}": {
            "get": _file("getDownload", "A file", _contents(), [_EDITION, _name()]),
            "head": _head("headDownload", "Headers of a file", [_EDITION, _name()]),
        },
    }


def _name() -> Json:
    known = [one.name for one in downloads(SHAPES)]
    return in_path("name", words(known), "A collection, or all of them, and the ending of a format.")


def _contents() -> dict[str, Json]:
    plain = {one.media_type: TEXT if one.text else BINARY for one in FORMATS}
    return {**plain, GEOJSON: {"type": "object"}}


def _file(identity: str, summary: str, content: dict[str, Json], parameters: list[Json]) -> Json:
    part = {**_HEADERS, "Content-Range": header(TEXT, "Which bytes these are, of how many.")}
    return operation(
        identity,
        TAG,
        summary,
        {
            "200": answer("The whole file.", content, _HEADERS),
            "206": answer("The bytes asked for.", dict.fromkeys(content, BINARY), part),
            **_NO_BODY,
        },
        parameters=[*parameters, _RANGE, _IF_NONE_MATCH],
        problems=(404, 412, 416, 503),
    )


def _head(identity: str, summary: str, parameters: list[Json]) -> Json:
    ok: dict[str, Json] = {"200": {"description": "The headers alone.", "headers": _HEADERS}, **_NO_BODY}
    return operation(
        identity, TAG, summary, ok, parameters=[*parameters, _IF_NONE_MATCH], problems=(404, 412, 503)
    )
