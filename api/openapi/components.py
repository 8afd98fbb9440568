"""Parameters, schemas and responses that several operations share."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from api.collections.properties import SHAPES
from api.http.negotiation import FORMS
from api.http.problems import ALL_PROBLEMS
from api.http.problems import MEDIA_TYPE as PROBLEM
from api.openapi.geometries import feature_schemas
from api.openapi.writing import (
    HTML,
    TEXT,
    Json,
    answer,
    array,
    header,
    in_query,
    or_null,
    record,
    schema,
    words,
)

EDITION: Final = in_query(
    "edition",
    {"type": "string", "minLength": 1, "format": "edition-name"},
    "Edition that answers: its full name, or the id of a coast source for that coast's default edition. "
    "See `/editions`.",
    example="osm",
)
FORM: Final = in_query(
    "f", words(FORMS), "Form of the answer, over what the Accept header asks for.", example="json"
)
COLLECTION: Final[Json] = {
    "name": "collectionId",
    "in": "path",
    "required": True,
    "description": "Id of a collection.",
    "schema": words(SHAPES),
}
LINKS: Final = array(schema("Link"))

_COUNT = {"type": "integer", "minimum": 0}
_STATUSES = (400, 404, 406, 412, 413, 415, 416, 429, 500, 503, 507)
_HEADERS = {
    415: {
        "Accept-Post": header(TEXT, "Media types that are read here."),
        "Accept-Encoding": header(TEXT, "Codings of a body that are read here."),
    },
    429: {"Retry-After": header(TEXT, "Seconds until a request is answered again.")},
    503: {"Retry-After": header(TEXT, "Seconds until it may be worth to ask again.")},
}
_DETAIL = {
    429: "More requests at once than the operator allows a client.",
    500: "A fault of the service; it has been logged.",
}


def parameters(config: Mapping[str, Any]) -> dict[str, Json]:
    """The shared query parameters, with the limits that are set."""
    most = int(config["MAX_PAGE_LIMIT"])
    return {
        "limit": in_query(
            "limit",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": most,
                "default": min(int(config["PAGE_LIMIT"]), most),
            },
            f"Features on a page at most. A larger number than {most} is taken as {most}.",
            style="form",
            explode=False,
            example=1,
        ),
        "offset": in_query(
            "offset",
            {"type": "integer", "minimum": 0, "default": 0},
            "Features to pass over. Follow the links `next` and `prev` rather than count.",
            style="form",
            explode=False,
            example=0,
        ),
        "bbox": in_query(
            "bbox",
            array(
                {"type": "number"},
                minItems=4,
                maxItems=6,
                oneOf=[{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            ),
            "Only features that meet this box: west, south, east, north in degrees on WGS84; or six numbers "
            "with heights third and sixth, which are ignored. West of more than east crosses 180 degrees.",
            style="form",
            explode=False,
            example=[49.0, 39.5, 51.0, 41.0],
        ),
        "datetime": in_query(
            "datetime",
            {"type": "string", "minLength": 1, "format": "rfc3339-instant-or-interval"},
            "An instant or an interval by RFC 3339, as `2018-08-12T00:00:00Z`, `2018-01-01/2018-12-31` or "
            "`2018-08-12/..`. No feature has a time of its own, so all are chosen.",
            style="form",
            explode=False,
            example="2018-08-12T00:00:00Z",
        ),
        "edition": EDITION,
        "f": FORM,
        "collectionId": COLLECTION,
    }


def schemas() -> dict[str, Json]:
    """The shared schemas, and those of the features."""
    return {
        "Link": record(
            {"rel": TEXT, "href": {"type": "string", "format": "uri"}},
            {"type": TEXT, "title": TEXT},
            description="A link with an absolute address.",
        ),
        "Problem": record(
            {
                "type": {"type": "string", "format": "uri-reference"},
                "title": TEXT,
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "detail": TEXT,
                "instance": {"type": "string", "format": "uri-reference"},
            },
            {"parameter": TEXT, "known": array(TEXT)},
            description="What is wrong, by RFC 9457.",
        ),
        "ProblemType": record(
            {
                "type": {"type": "string", "format": "uri-reference"},
                "title": TEXT,
                "status": {"type": "integer"},
                "description": TEXT,
                "links": LINKS,
            }
        ),
        "Collection": _collection(),
        "Collections": record(
            {
                "edition": TEXT,
                "assumptions": or_null(TEXT),
                "collections": array(schema("Collection")),
                "crs": array(TEXT),
                "links": LINKS,
            }
        ),
        "Schema": record(
            {
                "$schema": TEXT,
                "$id": {"type": "string", "format": "uri"},
                "type": words(["object"]),
                "title": TEXT,
                "properties": {"type": "object", "additionalProperties": {"type": "object"}},
            },
            {"description": TEXT, "required": array(TEXT), "additionalProperties": {"type": "boolean"}},
            description="JSON Schema 2020-12 of the features of a collection.",
        ),
        "Conformance": record({"conformsTo": array({"type": "string", "format": "uri"}), "links": LINKS}),
        **feature_schemas(),
    }


def responses() -> dict[str, Json]:
    """A problem of each status."""
    titles = {one.status: one.title for one in ALL_PROBLEMS.values()}
    return {
        f"Problem{status}": answer(
            _DETAIL.get(status) or f"{titles.get(status, HTTPStatus(status).phrase)}.",
            {PROBLEM: schema("Problem"), HTML: TEXT},
            _HEADERS.get(status),
        )
        for status in _STATUSES
    }


def _collection() -> Json:
    box = array({"type": "number"}, minItems=4, maxItems=4)
    return record(
        {
            "id": words(SHAPES),
            "title": TEXT,
            "description": TEXT,
            "itemType": words(["feature"]),
            "crs": array(TEXT),
            "numberOfFeatures": _COUNT,
            "links": LINKS,
        },
        {
            "edition": TEXT,
            "assumptions": or_null(TEXT),
            "extent": record({"spatial": record({"bbox": array(box, minItems=1), "crs": TEXT})}),
        },
    )
