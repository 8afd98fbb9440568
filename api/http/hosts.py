"""The address by which a client knows the service, checked before links are made of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

ROOT = "caspian.root"  # where the environment of a request has the address that its links begin with
PLACEHOLDER = "localhost"  # stands in the environment for a host that has been taken from there

_NAME = re.compile(r"[A-Za-z0-9._~-]+")  # names with underscores are usual among containers
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?")
_LONGEST = 255
_HIGHEST_PORT = 65_535
_USUAL_PORTS = {"http": "80", "https": "443"}


@lru_cache(maxsize=1024)
def checked_host(text: str) -> str | None:
    """A host with its port as links can have it (RFC 3986, 3.2.2); None for what is no host."""
    if len(text) > _LONGEST:
        return None
    if text.startswith("["):
        name, bracket, rest = text.partition("]")
        name += bracket
        try:
            ipaddress.IPv6Address(name[1:-1] if bracket else "")
        except ValueError:
            return None
        if "%" in name or (rest and not rest.startswith(":")):
            return None
        port = rest[1:]
    else:
        name, _, port = text.partition(":")
        if not _NAME.fullmatch(name):
            return None
    if not port:  # it may be empty
        return name
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= _HIGHEST_PORT):
        return None
    return f"{name}:{int(port)}"


def root_of(environ: Mapping[str, Any]) -> str | None:
    """The address that links begin with, without a slash at its end; None where a part of it is none.

    The host is that of the request, or of the proxies that are trusted; without one (HTTP/1.0) that of
    the server.
    """
    scheme = environ["wsgi.url_scheme"].lower()
    given = environ.get("HTTP_HOST")
    if given is None:
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.1":  # which has to say it (RFC 9112, 3.2)
            return None
        name = environ["SERVER_NAME"]
        given = f"{f'[{name}]' if ':' in name else name}:{environ['SERVER_PORT']}"
    host = checked_host(given)
    prefix = environ.get("SCRIPT_NAME", "")
    if host is None or scheme not in _USUAL_PORTS or not _PREFIX.fullmatch(prefix):
        return None
    host = host.removesuffix(f":{_USUAL_PORTS[scheme]}")
    return f"{scheme}://{host}{prefix.rstrip('/')}"
