"""The language of the page that a request asks for, and gettext for its template."""

from __future__ import annotations

from flask import Flask, Response, g, request

from api.http.responses import absolute
from api.languages.catalogues import messages
from api.languages.choice import NAMES, PARAMETER, accepted_language, direction, known_language

_LONGEST_SHOWN = 200


def asked_language() -> str | None:
    """The language of the address, where it is one that there is."""
    return known_language(request.args.get(PARAMETER, ""))


def page_language() -> str:
    """The language of a page: that of the address, else what the Accept-Language header prefers."""
    if "language" not in g:
        g.language = asked_language() or accepted_language(request.headers.get("Accept-Language", ""))
    return str(g.language)


def gettext(message: str) -> str:
    """A message in the language of the page."""
    return messages(page_language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """A message in the language of the page, in the form that goes with a number."""
    return messages(page_language()).ngettext(one, many, number)


def register(app: Flask) -> None:
    """Give the templates of an application gettext, asked anew at every request."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def shown(path: str | None = None) -> dict[str, object]:
    """What every template sees: the language, its direction, and links to this page, or a path, in each."""
    others = (
        {}
        if path
        else {name: value[:_LONGEST_SHOWN] for name, value in request.args.items() if name != PARAMETER}
    )
    return {
        "language": page_language(),
        "direction": direction(page_language()),
        "kept_language": asked_language(),
        "languages": [
            (code, name, absolute(path or request.path, {**others, PARAMETER: code}))
            for code, name in NAMES.items()
        ],
    }


def marked(response: Response) -> Response:
    """A page with its language said, and that it depends on what the client prefers."""
    response.content_language.add(page_language())
    response.vary.add("Accept-Language")
    return response
