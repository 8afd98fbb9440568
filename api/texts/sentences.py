"""Sentences that the core says in English, in each language: known ones, with their parts filled in.

What is not known stays English.
"""

from __future__ import annotations

import re
from functools import cache

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.numbers import ISOLATED, number, own_digits, semicolon
from api.texts.known_sentences import KNOWN
from zones.words import STATE_NAMES

_ISOLATED_PARTS = (
    "name",
    "names",
    "pair",
    "lon",
    "lat",
    "text",
    "position",
    "example",
)  # names of the data, and coordinates
_SENTENCE = "fault"  # a part that is a sentence itself
_FORMS = {"line": "[0-9]+", "row": "[0-9]+"}  # of parts behind which a sentence follows
_DECIMAL = re.compile(r"\d{1,6}\.(\d{1,9})")
_PART = re.compile(r"%\((\w+)\)s")
_END = re.compile(r"(?<=\.) (?=[A-Z])")


def sentence(text: str, language: str) -> str:
    """One sentence of the core."""
    if language == ENGLISH or not text:
        return text
    said = messages(language)
    for message, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = {name: _part(name, part, language) for name, part in found.groupdict().items()}
            return own_digits(said.gettext(message) % parts, language)
    return said.gettext(text)


def _part(name: str, text: str, language: str) -> str:
    """A part of a sentence as the language has it, else as it is, names and coordinates isolated."""
    if name == _SENTENCE:
        return sentence(text, language)
    if name not in _ISOLATED_PARTS and (decimals := _DECIMAL.fullmatch(text)):
        return number(float(text), len(decimals[1]), language)
    said = messages(language).gettext(STATE_NAMES.get(text, text))
    return ISOLATED % text if said == text and name in _ISOLATED_PARTS else said


def sentences(text: str | None, language: str) -> str:
    """Sentences one after the other, as a caveat has them."""
    return " ".join(sentence(one, language) for one in _END.split(text or ""))


def assumed(assumptions: str | None, language: str) -> str:
    """What of an edition is not the default."""
    return semicolon(language).join(sentence(one, language) for one in (assumptions or "").split("; "))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each message with what it matches, those with most words of their own first."""
    ordered = sorted(KNOWN, key=lambda message: -len(_PART.sub("", message)))
    return tuple((message, _pattern(message)) for message in ordered)


def _pattern(message: str) -> re.Pattern[str]:
    pieces = _PART.split(message)
    return re.compile(
        "".join(
            f"(?P<{piece}>{_FORMS.get(piece, '.+')})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        )
    )
