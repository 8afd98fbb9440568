"""Responses and links that the routes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from flask import Response, current_app, request

from api.atlas import Atlases
from api.http.hosts import ROOT
from api.http.negotiation import HTML, form_of, wants_page
from api.http.negotiation import PARAMETER as FORM
from api.http.query import Query
from api.languages.choice import LANGUAGES, known_language
from api.languages.choice import PARAMETER as LANGUAGE
from api.texts.json_text import to_bytes, write_json

JSON = "application/json"


def query(*known: str, repeated: Sequence[str] = ()) -> Query:
    """The parameters of this request, of which only `known` names may occur, and `repeated` ones more often.

    What comes as a page, too, comes in all languages: `lang` is one of ours then, whatever else its tag says.
    Raises `ParameterError`: it is none of them.
    """
    if FORM in known and LANGUAGE not in known:
        known = (*known, LANGUAGE)
    asked = _strict_query((*known, *repeated), repeated)
    asked.one_of(LANGUAGE, LANGUAGES)
    return asked


def _strict_query(known: Sequence[str], repeated: Sequence[str]) -> Query:
    # Read once here, rather than by way of a dictionary of lists.
    text = request.environ.get("QUERY_STRING", "")
    if text.isascii() and "%" not in text and "+" not in text:  # nothing to decode, which takes long
        parts = [part.partition("=") for part in text.split("&") if part]
        pairs = [(name, value) for name, _, value in parts]
    else:
        text = request.query_string.decode(errors="replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    if LANGUAGE in known:
        pairs = [
            (name, (known_language(value) or value) if name == LANGUAGE else value) for name, value in pairs
        ]
    return Query(pairs, known, repeated)


def atlases() -> Atlases:
    """The open editions of this application."""
    return cast(Atlases, current_app.extensions["atlases"])


def json_response(value: object, media_type: str = JSON) -> Response:
    """A value as a JSON response."""
    return text_response(write_json(value) + "\n", media_type)


def text_response(text: str, media_type: str) -> Response:
    """Text as a response in UTF-8."""
    return Response(to_bytes(text), content_type=media_type)


def public_root() -> str:
    """The address of this service as the client sees it, without a slash at its end."""
    return str(current_app.config["PUBLIC_URL"]) or str(request.environ[ROOT])


def sent_on(address: str) -> Response:
    """A redirection to an address of this service whose host may be another than the client's."""
    target = urlsplit(address)
    path = target.path.removeprefix(request.script_root)
    location = public_root() + urlunsplit(("", "", path, target.query, ""))
    return Response(status=308, headers={"Location": location})


def absolute(path: str, parameters: Mapping[str, object] | None = None) -> str:
    """The full address of a path of this service, as the client sees it.

    What is None is left out, of several values each is a parameter.
    """
    chosen = {name: value for name, value in (parameters or {}).items() if value is not None}
    address = public_root() + quote(path, safe="/:@!$&'()*+,;=~-._")
    return f"{address}?{urlencode(chosen, doseq=True)}" if chosen else address


def address_within(place: str) -> str | None:
    """The full address of a path with its query, both of this service; None where it is no such path."""
    path, query_text = urlsplit(place)[2:4] if place.startswith("/") else ("", "")
    return absolute(path, dict(parse_qsl(query_text))) if path.startswith("/") else None


def link(rel: str, path: str, title: str, media_type: str = JSON, **parameters: object) -> dict[str, str]:
    """A link object with an absolute address."""
    return {"rel": rel, "href": absolute(path, parameters), "type": media_type, "title": title}


def own_links(
    asked: Query, path: str, title: str, media_type: str = JSON, **parameters: object
) -> list[dict[str, str]]:
    """Links of a resource to itself, as it was asked for, and to its other form."""
    one, other = (media_type, "JSON", "json"), (HTML, "a page", "html")
    if wants_page(asked, media_type):
        one, other = other, one
    return [
        link("self", path, title, one[0], **parameters, f=form_of(asked)),
        link("alternate", path, f"{title}, as {other[1]}", other[0], **parameters, f=other[2]),
    ]
