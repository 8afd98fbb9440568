"""The messages that the project has, and the one command that brings them into the catalogues.

``python -m api.messages`` adds new messages to all catalogues, untranslated, and drops those that
are no longer used. A message that resembles an old one is not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.collections.properties import SHAPES
from api.http.problems import ALL_PROBLEMS
from api.languages.catalogues import path_of
from api.languages.choice import ENGLISH, LANGUAGES
from api.pages.vocabulary import vocabulary
from zones.words import STATE_NAMES

_API = Path(__file__).parent
_METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {
    "**/templates/**.html": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
}
_KEYWORDS = {**DEFAULT_KEYWORDS, "to_translate": None, "said": None}
_WORDS = _API / "texts" / "words.json"
_WIDTH = 100


def extracted() -> Catalog:
    """The messages of the project without translations; the names of States are CLDR's and not among them."""
    found = Catalog(fuzzy=False)
    for name, line, message, comments, _ in extract_from_dir(_API, _METHODS, _OPTIONS, _KEYWORDS):
        found.add(message, locations=[(f"api/{name}", line)], auto_comments=comments)
    for place, text in _of_tables():
        found.add(text, locations=[(place, 1)])
    for name in STATE_NAMES.values():
        found.delete(name)
    return found


def _of_tables() -> Iterator[tuple[str, str]]:
    """Texts of tables of data, and where each stands."""
    for group in json.loads(_WORDS.read_text(encoding="utf-8")).values():
        for words in group.values():
            yield from (("api/texts/words.json", text) for text in words.values())
    for problem in ALL_PROBLEMS.values():
        yield from (("api/http/problems.json", text) for text in (problem.title, problem.meaning))
    for shape in SHAPES.values():
        yield from (("api/collections/properties.py", one.title) for one in shape.properties)
    terms = vocabulary()
    yield from (("api/pages/vocabulary.json", terms[name]) for name in ("description", "conformance"))
    yield from (("api/pages/vocabulary.json", text) for text in terms["relations"].values())
    for group in terms["groups"]:
        yield from (("api/pages/vocabulary.json", group[name]) for name in ("title", "caption"))


def main() -> None:
    """Bring every catalogue up to date."""
    template = extracted()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = path_of(language)
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        catalogue.update(template, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(
                file, catalogue, width=_WIDTH, sort_output=True, ignore_obsolete=True, include_lineno=False
            )


if __name__ == "__main__":
    main()
