"""Sentences that are said in English where they arise, in each language, with their parts filled in.

What is not known stays English.
"""

from __future__ import annotations

import re
from functools import cache

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.numbers import ISOLATED, comma, number, own_digits, semicolon
from api.texts.known_sentences import KNOWN, LABELS
from zones.words import STATE_NAMES

# Names of the data, coordinates, and what was written by others.
_ISOLATED_PARTS = frozenset(
    """name names pair lon lat end_lon end_lat shore_lon shore_lat text position example other parameter
    setting what quoted""".split()  # noqa: SIM905
)
# Parts that are sentences themselves, and of which kind.
_SENTENCES = {"fault": KNOWN, "called": KNOWN, "label": LABELS, "other_label": LABELS}
_LISTS = {"states": " and ", "lines": " and ", "where": ", "}  # parts that are lists, by what stands between
_COUNT, _DEGREES = "[0-9][0-9.,]*", "[-+0-9.einfa]+"
_FORMS = {
    **dict.fromkeys(("line", "row", "column"), "[0-9]+"),
    **dict.fromkeys(("count", "most", "number", "length", "metres"), _COUNT),
    **dict.fromkeys(("lon", "lat", "end_lon", "end_lat", "shore_lon", "shore_lat"), _DEGREES),
    "quoted": r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""",
    "parameter": r"[\w.-]+",
    "other_state": "[A-Z]{3}",
    "states": "[A-Z]{3}(?: and [A-Z]{3})*",
    "setting": "CASPIAN_[A-Z_]+",
    "where": "(?:(?:part|polygon|ring|vertex) [0-9]+(?:, )?)+",
    "called": "the body|the GeoJSON text",
}
_NUMBER = re.compile(r"-?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,9}))?")
_MOST_CHARACTERS = 500  # of a sentence that is looked for: what echoes more of a request stays English
_MINUS = "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}"  # before its number in every direction of writing
_PART = re.compile(r"%\((\w+)\)s")
_END = re.compile(r"(?<=\.) (?=[A-Z])")


def sentence(text: str, language: str) -> str:
    """One sentence of ours; English where it, or one within it, is not known."""
    return _translated(text, language, KNOWN) or text


def is_known(text: str, language: str) -> bool:
    """Whether a sentence can be said in a language."""
    return language == ENGLISH or not text or _translated(text, language, KNOWN) is not None


def _translated(text: str, language: str, known: tuple[str, ...]) -> str | None:
    """A sentence as the language has it, None where that is not known."""
    if language == ENGLISH or not text:
        return text
    said = messages(language)
    for message, pattern in _patterns(known) if len(text) <= _MOST_CHARACTERS else ():
        if found := pattern.fullmatch(text):
            parts = {name: _part(name, part, language) for name, part in found.groupdict().items()}
            if None not in parts.values():
                return own_digits(said.gettext(message) % parts, language)
    whole = said.gettext(text)
    return None if whole == text else whole


def _part(name: str, text: str, language: str) -> str | None:
    """A part of a sentence as the language has it, else as it is, names and coordinates isolated.

    None for a sentence that is not known.
    """
    if name in _SENTENCES:
        return _translated(text, language, _SENTENCES[name])
    if name in _LISTS:
        each = [_listed(one, language) for one in text.split(_LISTS[name])]
        return comma(language).join(each)
    if name not in _ISOLATED_PARTS and (found := _NUMBER.fullmatch(text)):
        return _number(text, found[1], language)
    said = messages(language).gettext(STATE_NAMES.get(text, text))
    return ISOLATED % text if said == text and name in _ISOLATED_PARTS else said


def _number(text: str, decimals: str | None, language: str) -> str:
    """A number as the language writes it; one without mark, as a year, keeps its digits together."""
    digits = text.lstrip("-")
    if decimals is not None or "," in digits:
        digits = number(float(digits.replace(",", "")), len(decimals or ""), language)
    return _MINUS + digits if text.startswith("-") else digits


def _listed(text: str, language: str) -> str:
    """A State by its code, a place within a geometry, or an id as it is."""
    if text in STATE_NAMES:
        return messages(language).gettext(STATE_NAMES[text])
    return _translated(text, language, KNOWN) or ISOLATED % text


def split(text: str) -> list[str]:
    """The sentences of a text, as a caveat has them one after the other."""
    return _END.split(text)


def sentences(text: str | None, language: str) -> str:
    """Sentences one after the other."""
    return " ".join(sentence(one, language) for one in split(text or ""))


def assumed(assumptions: str | None, language: str) -> str:
    """What of an edition is not the default."""
    return semicolon(language).join(sentence(one, language) for one in (assumptions or "").split("; "))


@cache
def _patterns(known: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each message with what it matches, those with most words of their own first."""
    ordered = sorted(known, key=lambda message: -len(_PART.sub("", message)))
    return tuple((message, _pattern(message)) for message in ordered)


def _pattern(message: str) -> re.Pattern[str]:
    pieces = _PART.split(message)
    return re.compile(
        "".join(
            f"(?P<{piece}>{_FORMS.get(piece, '.+')})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        )
    )
