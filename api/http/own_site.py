"""Whether a request that changes something may come from where it does: no page of another site sends one."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, request

from api.errors import ForeignPostError
from api.http.responses import public_root

_OWN = ("same-origin", "none")


def check_own_site(*, is_form: bool = False) -> None:
    """Let programs, pages of this service and those of listed origins through.

    A body in JSON is never sent for a page of another origin without asking first (CORS); what a plain form
    can send is, so a form must come from a page of this service, as browsers say of all their requests.

    Raises `ForeignPostError`.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:  # which no page can make up
        allowed = site in _OWN
    elif origin is not None:
        allowed = origin == _origin(public_root())
    else:
        allowed = not is_form
    allowed = allowed or (not is_form and origin in _listed())
    if not allowed:
        if not origin:
            raise ForeignPostError("the request does not say that it comes from a page of this service")
        raise ForeignPostError(f"the request comes from {origin[:200]}, not from a page of this service")


def says_its_origin(response: Response) -> Response:
    """A page whose forms are taken: by it a browser says to this service alone where they come from."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _listed() -> list[str]:
    return str(current_app.config["CORS_ORIGINS"]).split()
