"""The service described for programs: an OpenAPI 3.0 document, put together from the code it describes."""

from __future__ import annotations

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"

# All that the page of the documentation loads of Swagger UI; nothing else of it is served.
FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
