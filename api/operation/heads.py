"""Heads of requests beyond what gunicorn's parser looks at (RFC 9112)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from gunicorn.http import errors

from api.web.hosts import checked_host

_SPOKEN = (1, 1)


def settle(request: Any) -> None:
    """Check a parsed head, and bring it into the form that the rest relies on.

    Raises
    ------
    InvalidHeader, InvalidRequestLine
    UnsupportedTransferCoding
        The body comes in a coding besides chunks.
    """
    request.version = min(request.version, _SPOKEN)  # the version of an answer is the server's own
    codings = _words(request, "TRANSFER-ENCODING")
    if codings not in ([], ["chunked"]):
        raise errors.UnsupportedTransferCoding(", ".join(codings)[:80])
    if "close" in _words(request, "CONNECTION"):
        request.force_close()
    if "://" in request.uri and not request.uri.startswith("/"):
        _take_authority(request)
    hosts = [value for name, value in request.headers if name == "HOST"]
    if not hosts and request.version >= _SPOKEN:
        raise errors.InvalidHeader("Host is missing")
    if any(checked_host(host) is None for host in hosts):
        raise errors.InvalidHeader(f"Host: {hosts[0][:80]}")


def _words(request: Any, name: str) -> list[str]:
    """The members of a list, over all lines of its header."""
    lines = [value for header, value in request.headers if header == name]
    return [word.strip().lower() for line in lines for word in line.split(",") if word.strip()]


def _take_authority(request: Any) -> None:
    """A target in absolute form names the host, whatever the header says (RFC 9112, 3.2.2)."""
    try:
        target = urlsplit(request.uri)
    except ValueError:
        raise errors.InvalidRequestLine(request.uri[:80]) from None
    if target.scheme.lower() not in ("http", "https") or "@" in target.netloc:
        raise errors.InvalidRequestLine(request.uri[:80])
    if checked_host(target.netloc) is None:
        raise errors.InvalidRequestLine(request.uri[:80])
    request.headers = [(name, value) for name, value in request.headers if name != "HOST"]
    request.headers.append(("HOST", target.netloc))
    request.path = request.path or "/"
