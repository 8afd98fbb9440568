"""A resource as JSON for programs or as a page for people, by what the client wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, render_template, request
from markupsafe import Markup, escape

from api.atlas import Atlas
from api.collections.names import downloads
from api.collections.properties import SHAPES
from api.collections.related import feature_of_line, related_groups
from api.http.headers import may_run_scripts
from api.http.negotiation import HTML, PARAMETER, negotiated, prefers_page, wants_page
from api.http.own_site import says_its_origin
from api.http.problems import ALL_PROBLEMS
from api.http.problems import MEDIA_TYPE as PROBLEM
from api.http.query import Query
from api.http.responses import JSON, absolute, atlases, json_response, text_response
from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.choice import PARAMETER as LANGUAGE
from api.languages.dates import date_forms
from api.languages.marks import to_translate
from api.languages.numbers import own_digits
from api.pages import assets, sketch, square_maps
from api.pages import language as languages
from api.pages.answer import kilometres, miles, view_of
from api.pages.notations import decimal_position, marked, seconds_position, short_position
from api.pages.qr_code import qr_code
from api.pages.towns import label_places, towns
from api.pages.wording import Wording
from api.texts.answer_text import NEAREST_LIMIT, answer_rows
from api.texts.explanation import within_sentence
from api.texts.geojson import NOTICE
from api.texts.sentences import assumed, sentence, sentences
from api.texts.words import ZONE_MEANINGS, ZONE_NAMES
from api.version import version
from coastlines.positions import format_position
from zones.atlas.features import Feature
from zones.words import STATE_NAMES, STATUSES

EDITION = "edition"
_MET_BY_SCRIPTS = (
    "invalid-parameter", "invalid-position", "invalid-coordinates", "invalid-body", "invalid-geometry",
    "invalid-request", "too-large", "too-many-requests", "busy", "edition-not-built", "edition-unavailable",
    "not-ready", "internal-error", "not-reached", "not-in-time",
)  # fmt: skip
TITLE = to_translate("Legal zones of the Caspian Sea")
_LONGEST_SHOWN = 200

# Resources that answer from an edition; links to others do not name one.
_OF_AN_EDITION = ("collections", "downloads", "classify", "map.svg", "")
_OTHER_PAGES = (
    "compare", "conformance", "docs", "editions", "jobs", "problems", "processes", "vocabulary", "what-if",
)  # fmt: skip


def represent(
    asked: Query, value: Mapping[str, Any], template: str, *, media_type: str = JSON, **context: object
) -> Response:
    """The value as JSON, or the template filled with it where a page is wanted.

    The template sees the same object as ``value``, and what else is given by name.
    """
    if wants_page(asked, media_type):
        return page(template, value=value, **context)
    return negotiated(json_response(value, media_type))


def page(template: str, **context: object) -> Response:
    """A filled template; it sees what every page shows (see `_common`) and what is given."""
    text = render_template(template, **{**_common(), **context})
    return may_run_scripts(languages.marked(negotiated(text_response(text, f"{HTML}; charset=utf-8"))))


def _problem_page(response: Response) -> Response:
    """A problem as a page where a browser asks for it; all other answers as they are."""
    if response.status_code >= 400 and response.mimetype == PROBLEM and prefers_page():
        value = response.json or {}
        text = render_template(
            "problem_answer.html", **{**_common(), **languages.shown("/")}, value=value, back=_back()
        )
        response.set_data(text)
        if "execute" in value:
            says_its_origin(response)
        response.content_type = f"{HTML}; charset=utf-8"
        may_run_scripts(languages.marked(response))
    return response


def _back() -> str:
    """The path and query of this request, to come back to; empty where nothing is shown there."""
    asked = request.query_string.decode(errors="replace")
    path = f"{quote(request.path)}?{asked}" if asked else quote(request.path)
    return path if request.method == "GET" else ""


def register(app: Flask) -> None:
    """Give the templates of an application their words and addresses, and browsers pages of problems."""
    app.after_request(_problem_page)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        with_code=_with_code,
        digits=lambda text: type(text)(own_digits(text, languages.page_language())),
        assumed=lambda text: assumed(text, languages.page_language()),
        sentence=lambda text: sentence(text, languages.page_language()),
        sentences=lambda text: sentences(text, languages.page_language()),
        lower_first=lambda text: within_sentence(messages(languages.page_language()), text),
        capitalize_first=lambda text: text[:1].upper() + text[1:],
    )
    app.jinja_env.globals.update(
        site_title=TITLE,
        statuses=STATUSES,
        related_groups=related_groups,
        shape_of=lambda collection: {one.name for one in SHAPES[collection].properties},
        state_names=STATE_NAMES,
        zone_names=ZONE_NAMES,
        zone_meanings=ZONE_MEANINGS,
        label_places=label_places,
        marked=marked,
        short_position=short_position,
        decimal_position=decimal_position,
        seconds_position=seconds_position,
        qr_code=qr_code,
    )


def _with_code(text: str) -> Markup:
    """A text of the OpenAPI document: what stands between backticks is code."""
    code = Markup("<code>{}</code>")
    parts = [code.format(part) if number % 2 else escape(part) for number, part in enumerate(text.split("`"))]
    return Markup("").join(parts)


def _common() -> dict[str, object]:
    """What every page shows: addresses that keep the edition asked for, the edition if it is open."""
    known = atlases()
    asked_edition = request.args.get(EDITION) or None
    atlas = known.opened(asked_edition)
    # An edition that is not open is unknown or broken; links to it would lead nowhere.
    kept = asked_edition if atlas is not None else None
    to = _addresses(kept)

    words = Wording(languages.page_language())

    def item(collection: str, feature: Feature) -> str:
        return to(f"/collections/{collection}/items/{feature.id}")

    return {
        **languages.shown(),
        "atlas": atlas or known.opened(),
        "kept_edition": kept,
        "to": to,
        "item": item,
        "files": lambda collection: _files(atlas, collection),
        "as_json": _as_json(),
        "what_ifs": current_app.extensions["jobs"].is_on,
        "notice": NOTICE,
        "reports": current_app.extensions["reports"],  # whether they can be made
        "software": version(),
        "wording": words,
        "locator": lambda collection, feature=None: (
            atlas and sketch.locator(atlas, collection, feature, words)
        ),
        "surroundings": lambda record: atlas and square_maps.surroundings(atlas, record, words),
        "answer": lambda record: _answer(record, item, words),
        "miles": partial(miles, language=words.language),
        "kilometres": partial(kilometres, language=words.language),
        "towns": partial(towns, words.language),
        "installation_names": lambda: _installation_names(atlas or known.opened(), words),
        "problem_titles": lambda: _problem_titles(words),
        "date_forms": partial(date_forms, words.language),
        "view": lambda record: view_of(atlas, record),
        "asset": lambda name: absolute(f"/assets/{assets.release()}/{name}"),
        "modules_of": assets.modules_of,
    }


def _installation_names(atlas: Atlas | None, words: Wording) -> dict[str, str]:
    """What the core's names of installations are in the language, but for English."""
    collections = {} if atlas is None or words.language == ENGLISH else atlas.edition.collections
    shown = collections["installations"].features if "installations" in collections else ()
    return {name: words.said(name) for name in dict.fromkeys(one.properties["name"] for one in shown)}


def _problem_titles(words: Wording) -> dict[str, str]:
    """Titles of the problems that a script of a page can meet, by their types; none in English.

    There the detail that comes with a problem is enough.
    """
    met = () if words.language == ENGLISH else _MET_BY_SCRIPTS
    return {ALL_PROBLEMS[slug].type: words.said(ALL_PROBLEMS[slug].title) for slug in met}


def _addresses(edition: str | None) -> Callable[..., str]:
    language = languages.asked_language()

    def to(path: str, **parameters: object) -> str:
        first = path.split("/")[1]
        kept = {EDITION: edition} if first in _OF_AN_EDITION else {}
        if first in (*_OF_AN_EDITION, *_OTHER_PAGES) and not path.endswith((".css", ".js", ".svg")):
            kept[LANGUAGE] = language
        if path == "/map.svg" and languages.page_language() != ENGLISH:
            kept[LANGUAGE] = languages.page_language()  # whatever the browser prefers for pictures
        return absolute(path, {**kept, **parameters})

    return to


def _files(atlas: Atlas | None, collection: str) -> list[tuple[str, str]]:
    """Formats that a collection comes in, each with the address of the file."""
    if atlas is None:
        return []
    return [
        (one.format.title, absolute(f"/downloads/{atlas.name}/{one.name}"))
        for one in downloads(atlas.edition.collections)
        if one.collection == collection
    ]


def _as_json() -> str:
    """The address of this resource as JSON; of an answer on the first page, that of its record."""
    others = {name: value[:_LONGEST_SHOWN] for name, value in request.args.items() if name != PARAMETER}
    path = request.path
    if path == "/" and others.get("position"):
        path = "/classify"
        others.pop("layer", None)
    return absolute(path, {**others, PARAMETER: "json"})


def _answer(record: dict[str, Any], item: Callable[[str, Feature], str], words: Wording) -> dict[str, object]:
    """A point's record in words, the nearest limit as a link."""
    rows: list[tuple[str, str | Markup]] = []
    nearest = words.said(NEAREST_LIMIT)
    for label, text in answer_rows(record, words.language):
        rows.append((label, _linked(record, text, item, words) if label == nearest else text))
        if label == nearest and (seabed := words.seabed_text(record)):
            rows.append((words.said("Seabed"), seabed))
    place = format_position(record["lon"], record["lat"])
    return {"place": place, "rows": rows}


def _linked(
    record: Mapping[str, Any], text: str, item: Callable[[str, Feature], str], words: Wording
) -> str | Markup:
    atlas = atlases().opened(record["edition"])
    found = None if atlas is None else feature_of_line(atlas, record["limit"])
    if found is None:
        return text
    collection, feature = found
    name = words.name_of(collection, feature)
    address = Markup('<a href="{}">{}</a>').format(item(collection, feature), name)
    metres = record["limit_distance_m"]
    return address if metres is None else Markup("{}, {}").format(address, words.miles_text(metres))
