"""Which requirements of which standards this service meets."""

from __future__ import annotations

from flask import Blueprint, Response

from api.http.responses import own_links, query
from api.pages.rendering import represent

blueprint = Blueprint("conformance", __name__)

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_SCHEMAS = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf"
CLASSES = (
    f"{_FEATURES}/core",
    f"{_FEATURES}/oas30",
    f"{_FEATURES}/html",
    f"{_FEATURES}/geojson",
    f"{_SCHEMAS}/schemas",
    f"{_SCHEMAS}/returnables-and-receivables",
)


@blueprint.get("/conformance")
def conformance() -> Response:
    """The conformance classes that are met."""
    asked = query("f")
    links = own_links(asked, "/conformance", "conformance")
    return represent(asked, {"conformsTo": list(CLASSES), "links": links}, "conformance.html")
