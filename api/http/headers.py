"""Headers that every answer has: what a browser may do with it, and which pages may read it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

Headers = list[tuple[str, str]]

_POLICY = "Content-Security-Policy"
# Of a page: scripts and data of this service alone.
_OF_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An answer that needs more sets its own header, which then stands.
SECURITY = {
    _POLICY: "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
}

_EXPOSED = (
    "Accept-Ranges, Content-Crs, Content-Disposition, Content-Encoding, Content-Location, Content-Range, "
    "ETag, Link, Location, Retry-After, X-Request-ID"
)
_ALLOWED = "Accept, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, Range"
_READING, _ALL = "GET, HEAD, OPTIONS", "GET, HEAD, POST, DELETE, OPTIONS"
_DAY_S = "86400"


def may_run_scripts(response: Response) -> Response:
    """The page, allowed to run the service's scripts and to ask the service for data."""
    response.headers[_POLICY] = _OF_PAGES
    return response


def add_security(headers: Headers) -> None:
    """Add what is not there yet."""
    present = {name.lower() for name, _ in headers}
    headers.extend(one for one in SECURITY.items() if one[0].lower() not in present)


class CrossOrigin:
    """Which origins' pages may read answers (CORS); no cookies are ever involved."""

    def __init__(self, origins: str) -> None:
        self._all = origins == "*"
        self._listed = frozenset() if origins in ("*", "none") else frozenset(origins.split())

    def add(self, headers: Headers, environ: Mapping[str, object]) -> None:
        """Add what the origin of a request is to be told."""
        if self._listed:
            _vary(headers, "Origin")
        origin = environ.get("HTTP_ORIGIN")
        if not (self._all or origin in self._listed):
            return
        headers.append(("Access-Control-Allow-Origin", "*" if self._all else str(origin)))
        headers.append(("Access-Control-Expose-Headers", _EXPOSED))
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            # Any page may read; to have positions of its own classified an origin must be listed.
            headers.append(("Access-Control-Allow-Methods", _ALL if self._listed else _READING))
            headers.append(("Access-Control-Allow-Headers", _ALLOWED))
            headers.append(("Access-Control-Max-Age", _DAY_S))


def _vary(headers: Headers, name: str) -> None:
    given = [value for key, value in headers if key.lower() == "vary"]
    if "*" in given:
        return
    headers[:] = [(key, value) for key, value in headers if key.lower() != "vary"]
    words = [word.strip() for value in (*given, name) for word in value.split(",")]
    headers.append(("Vary", ", ".join(dict.fromkeys(word for word in words if word))))
