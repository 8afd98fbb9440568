"""Numbers as a language writes them. Coordinates are none: they stay in ASCII digits, left to right."""

from __future__ import annotations

import re

from api.languages.choice import ENGLISH

# Left to right and in ASCII digits within any text (UAX 9: LRI and PDI).
ISOLATED = "\N{LEFT-TO-RIGHT ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"
_ISOLATION = re.compile("(\N{LEFT-TO-RIGHT ISOLATE}.*?\N{POP DIRECTIONAL ISOLATE})", re.DOTALL)
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def number(value: float, decimals: int, language: str) -> str:
    """A number with so many decimals, its thousands apart."""
    if language == ENGLISH:
        return f"{value:,.{decimals}f}"
    from babel.numbers import format_decimal  # slow to load

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    # Rounded as in English, so that a number is the same in every language.
    rounded = float(f"{value:.{decimals}f}")
    written = str(format_decimal(rounded, pattern, locale=language, numbering_system="default"))
    return own_digits(written, language)  # Babel gives the marks between digits alone


def comma(language: str) -> str:
    """What stands between the words of a list."""
    return "، " if language == "fa" else ", "


def semicolon(language: str) -> str:
    """What stands between the parts of a list that have commas of their own."""
    return "؛ " if language == "fa" else "; "


def own_digits(text: str, language: str) -> str:
    """Digits as the language writes them, but for what is isolated."""
    if language != "fa":
        return text
    parts = _ISOLATION.split(text)
    return "".join(part if at % 2 else part.translate(_PERSIAN_DIGITS) for at, part in enumerate(parts))
