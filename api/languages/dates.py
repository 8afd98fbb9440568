"""Days in words, as every text has them: the day before its month in English, and no year abbreviated."""

from __future__ import annotations

from datetime import date

from api.languages.choice import ENGLISH

_PATTERNS = {ENGLISH: "d MMMM y", "kk": "y 'жылғы' d MMMM", "ru": "d MMMM y 'года'"}
_SOME_YEAR, _SOME_DAY = 2001, 22


def long_date(day: date, language: str) -> str:
    """A day as a language writes it, in ASCII digits."""
    from babel.dates import format_date  # slow to load

    return str(format_date(day, _PATTERNS.get(language, "long"), locale=language))


def date_forms(language: str) -> list[str]:
    """Of each month the day in words, with ``{d}`` for its number and ``{y}`` for its year."""
    written = (long_date(date(_SOME_YEAR, month, _SOME_DAY), language) for month in range(1, 13))
    return [text.replace(str(_SOME_YEAR), "{y}").replace(str(_SOME_DAY), "{d}") for text in written]
