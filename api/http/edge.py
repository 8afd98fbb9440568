"""The outermost layer of the application: request ids, addresses, headers."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkzeug.middleware.proxy_fix import ProxyFix

from api.http.headers import CrossOrigin, add_security
from api.http.hosts import PLACEHOLDER, ROOT, root_of
from api.http.log import REQUEST_ID
from api.http.problems import MEDIA_TYPE, OF_STATUS, problem_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_VIA_OLD = ("1.0 ", "HTTP/1.0 ")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def at_the_edge(application: WSGIApplication, values: Mapping[str, Any]) -> WSGIApplication:
    """The application behind its outermost layer, and behind the proxies that are trusted."""
    edge: WSGIApplication = _Edge(application, values)
    proxies = int(values["TRUSTED_PROXIES"])
    if proxies:
        edge = ProxyFix(
            _peer_of_no_address(edge), x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies
        )
    return edge


def _peer_of_no_address(application: WSGIApplication) -> WSGIApplication:
    """The application with the peer's address where what was forwarded as the client's is none."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not _is_address(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = environ["werkzeug.proxy_fix.orig"]["REMOTE_ADDR"] or ""
        return application(environ, start_response)

    return checked


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone of one machine says nothing on another, and may be any text


class _Edge:
    """One layer for all of it, for each layer costs its part of every answer."""

    def __init__(self, application: WSGIApplication, values: Mapping[str, Any]) -> None:
        self._application = application
        self._cross_origin = CrossOrigin(str(values["CORS_ORIGINS"]))
        self._trusts_proxies = int(values["TRUSTED_PROXIES"]) > 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        identity = environ[REQUEST_ID] = self._identity(environ)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            add_security(headers)
            self._cross_origin.add(headers, environ)
            headers.append(("X-Request-ID", identity))
            return start_response(status, headers, exc_info)

        address = environ.get("RAW_URI", "")
        if "%" in address and not _is_well_escaped(address):
            return _refuse("a % in the address does not begin an escaped UTF-8 character", environ, start)
        if self._trusts_proxies and environ.get("HTTP_VIA", "").startswith(_VIA_OLD):
            environ["SERVER_PROTOCOL"] = "HTTP/1.0"  # what the client behind the proxy can be told
        root = root_of(environ)
        if root is None:
            return _refuse("the address that the request names as its target is none", environ, start)
        environ[ROOT] = root
        environ["HTTP_HOST"] = PLACEHOLDER  # links are made of the root; what is read here is always good
        if environ["PATH_INFO"] == "*":  # OPTIONS of the service as a whole (RFC 9110, 9.3.7)
            start("204 NO CONTENT", [("Allow", "GET, HEAD, POST, DELETE, OPTIONS")])
            return []
        return self._application(environ, start)

    def _identity(self, environ: WSGIEnvironment) -> str:
        """The request's id: that of a trusted proxy, else a new one."""
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_proxies else ""
        return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _is_well_escaped(address: str) -> bool:
    if _BAD_ESCAPE.search(address):
        return False
    try:
        unquote_to_bytes(address).decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse(detail: str, environ: WSGIEnvironment, start: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    body = problem_bytes(OF_STATUS[400], detail, path)
    length = str(len(body))
    fields = [("Content-Type", MEDIA_TYPE), ("Content-Length", length), ("Cache-Control", "no-store")]
    start("400 BAD REQUEST", fields)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
