"""Catalogues of messages: files of gettext that Babel reads and compiles in memory.

The English text is the message itself. States are named as CLDR names them, here and nowhere else.
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from api.languages.choice import ENGLISH
from zones.words import STATE_NAMES

FOLDER = Path(__file__).parent / "catalogues"
_TERRITORIES = {"AZE": "AZ", "IRN": "IR", "KAZ": "KZ", "RUS": "RU", "TKM": "TM"}  # ISO 3166-1


def path_of(language: str) -> Path:
    """The catalogue of a language other than English."""
    return FOLDER / f"{language}.po"


@cache
def messages(language: str) -> NullTranslations:
    """What gives each English message in a language (one of `LANGUAGES`); read once."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # slow to load, and not needed for English
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    for english, name in state_names(language).items():
        catalogue.add(english, name)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def state_names(language: str) -> dict[str, str]:
    """The States by their English names, as CLDR has them in a language."""
    from babel import Locale

    territories = Locale.parse(language).territories
    return {english: territories[_TERRITORIES[code]] for code, english in STATE_NAMES.items()}
