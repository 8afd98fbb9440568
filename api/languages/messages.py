"""The messages that the project has, and the one command that brings them into the catalogues.

``python -m api.languages.messages`` adds new messages to all catalogues, untranslated, and drops those that
are no longer used. A message that resembles an old one is not guessed.
"""

from __future__ import annotations

import json
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.languages.catalogues import path_of
from api.languages.choice import ENGLISH, LANGUAGES
from zones.words import STATE_NAMES

_API = Path(__file__).parent.parent
_METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {
    "**/templates/**.html": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
}
_KEYWORDS = {**DEFAULT_KEYWORDS, "to_translate": None}
_TABLES = (_API / "texts" / "words.json",)
_WIDTH = 100


def extracted() -> Catalog:
    """The messages of the project without translations; the names of States are CLDR's and not among them."""
    found = Catalog(fuzzy=False)
    for name, line, message, comments, _ in extract_from_dir(_API, _METHODS, _OPTIONS, _KEYWORDS):
        found.add(message, locations=[(f"api/{name}", line)], auto_comments=comments)
    for table in _TABLES:
        for group in json.loads(table.read_text(encoding="utf-8")).values():
            for words in group.values():
                for text in words.values():
                    found.add(text, locations=[(f"api/{table.relative_to(_API)}", 1)])
    for name in STATE_NAMES.values():
        found.delete(name)
    return found


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
