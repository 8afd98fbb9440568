"""Sentences that are said in English where they arise, in each language, with their parts filled in.

What is not known stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.numbers import ISOLATED, comma, number, own_digits, semicolon
from api.texts.known_sentences import KNOWN, LABELS, NAMES
from zones.words import STATE_NAMES

# Parts that are sentences themselves, and of which kind; texts of others in one of `_MAYBE_SENTENCES`.
_SENTENCES = {
    **dict.fromkeys(("fault", "called", "reason", "what"), "sentence"),
    **dict.fromkeys(("label", "other_label"), "label"),
}
_MAYBE_SENTENCES = ("what",)
_KNOWN = {"sentence": KNOWN, "label": LABELS}
# Parts that are lists, by what stands between.
_LISTS = {"states": " and ", "lines": " and ", "where": ", ", "kinds": ", | or "}
_BORDERS = re.compile("(?:[A-Z]{3}-[A-Z]{3}(?:-[0-9]+)?(?:, )?)+")  # ids of lines between States
_STATES = ("state", "other_state")
_NAMES_OF_DATA = ("island", "input")  # of an input that is an island's or a State's, or of a parameter
_WORDS = ("axis",)  # few words of ours
_ARTICLES = ("article", "first", "second")  # as they are
_NUMBERS = frozenset(
    """line row column count most number length metres breadth share accuracy level year start_m end_m
    degrees""".split()  # noqa: SIM905
)
_QUOTED = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_COUNT, _DECIMAL, _DEGREES = "[0-9][0-9.,]*", "[-+0-9.,einfa]+%?", "[-+0-9.einfa]+"
_FREE = f"(?:{_QUOTED}|.+)"  # of parts that can be anything; what a user wrote is quoted as Python does
_FORMS = {
    **dict.fromkeys(("line", "row", "column", "year"), "[0-9]+"),
    **dict.fromkeys(("count", "most", "number", "length", "metres"), _COUNT),
    **dict.fromkeys(("breadth", "share", "accuracy", "level", "start_m", "end_m", "degrees"), _DECIMAL),
    **dict.fromkeys(("lon", "lat", "end_lon", "end_lat", "shore_lon", "shore_lat"), _DEGREES),
    **dict.fromkeys(_STATES, "|".join((*STATE_NAMES, *STATE_NAMES.values()))),
    **dict.fromkeys(_ARTICLES, r"[0-9]+(?:\([0-9]+\))?"),
    "axis": "latitude|longitude",
    "called": "the body|the filter|the GeoJSON text",
    "geometry": r"\{.+",
    "island": "|".join(map(re.escape, NAMES)),
    "input": r"[\w.-]+|" + "|".join(map(re.escape, NAMES)),
    "pair": "[A-Z]{3}-[A-Z]{3}(?:-[0-9]+)?",
    "parameter": r"[\w.-]+",
    "path": r"/\S*",
    "quoted": _QUOTED,
    "setting": "CASPIAN_[A-Z_]+",
    "states": "[A-Z]{3}(?: and [A-Z]{3})*",
    "where": "(?:(?:part|polygon|ring|vertex) [0-9]+(?:, )?)+",
}
_NUMBER = re.compile(r"-?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,9}))?")
_MOST_CHARACTERS = 500  # of a sentence that is looked for: what echoes more of a request stays English
_DEEPEST = 4  # sentences within each other
_KEPT = 2048  # sentences whose explanation is remembered
_MINUS = "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}"  # before its number in every direction of writing
_PART = re.compile(r"%\((\w+)\)s")
_QUOTATION = re.compile(_QUOTED)
_END = re.compile(r"(?<=\.) (?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Explained:
    """A sentence by the message that it is of."""

    message: str
    parts: Mapping[str, str | Explained]
    free: int  # characters, of it and of sentences within it, that stand where anything could


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a message with parts matches."""

    message: str
    pieces: tuple[str, ...]  # its own words, around and between its parts
    expression: re.Pattern[str]

    def explained(self, text: str, depth: int) -> Explained | None:
        """A text by this message, None where it does not match or a sentence within it is not known."""
        if not (text.startswith(self.pieces[0]) and text.endswith(self.pieces[-1])):
            return None
        if not all(piece in text for piece in self.pieces) or not (found := self.expression.fullmatch(text)):
            return None
        parts: dict[str, str | Explained] = {}
        free = 0
        for name, part in found.groupdict().items():
            inner = _explained(part, _SENTENCES[name], depth - 1) if name in _SENTENCES and depth else None
            if inner is None and name in _SENTENCES and name not in _MAYBE_SENTENCES:
                return None
            if inner is not None:
                free += inner.free
            elif name not in _FORMS and not _QUOTATION.fullmatch(part):
                free += len(part)
            parts[name] = inner or part
        return Explained(self.message, parts, free)


def sentence(text: str, language: str) -> str:
    """One sentence of ours; English where it, or one within it, is not known."""
    return _translated(text, language) or text


def is_known(text: str, language: str) -> bool:
    """Whether a sentence can be said in a language."""
    return language == ENGLISH or not text or _translated(text, language) is not None


def explained(text: str) -> Explained | None:
    """A sentence by the message of ours that leaves least of it unexplained, None where there is none."""
    return _explained(text, "sentence", _DEEPEST) if text and len(text) <= _MOST_CHARACTERS else None


def _translated(text: str, language: str) -> str | None:
    """A sentence as the language has it, None where that is not known."""
    if language == ENGLISH or not text:
        return text
    if found := explained(text):
        return _said(found, language)
    whole = messages(language).gettext(text)
    return None if whole == text else whole


@lru_cache(maxsize=_KEPT)
def _explained(text: str, kind: str, depth: int) -> Explained | None:
    """By all messages that match the one with the fewest free characters, then with most of its own.

    The first that matches would not do: a part that can be anything takes in words of other messages.
    """
    if text in _plain(kind):
        return Explained(text, {}, 0)
    patterns = (*_patterns(kind).get(text[:1], ()), *_patterns(kind)[""])
    found = [one for pattern in patterns if (one := pattern.explained(text, depth))]
    return min(found, key=lambda one: (one.free, -len(_PART.sub("", one.message))), default=None)


def _said(found: Explained, language: str) -> str:
    """A sentence that is explained, as the language has it."""
    parts = {name: _part(name, part, language) for name, part in found.parts.items()}
    said = messages(language).gettext(found.message)
    return own_digits(said % parts if parts else said, language)


def _part(name: str, part: str | Explained, language: str) -> str:
    """A part of a sentence as the language has it; what is no word or number of ours isolated as it is."""
    if isinstance(part, Explained):
        return _said(part, language)
    if name in _LISTS:
        return comma(language).join(_listed(one, language) for one in re.split(_LISTS[name], part))
    if name == "names" and _BORDERS.fullmatch(part):
        return comma(language).join(dict.fromkeys(_border(one, language) for one in part.split(", ")))
    if name in _NUMBERS and (found := _NUMBER.fullmatch(part)):
        return _number(part, found[1], language)
    said = messages(language).gettext
    if name in (*_STATES, "input") and (part in STATE_NAMES or part in STATE_NAMES.values()):
        return said(STATE_NAMES.get(part, part))
    if name in _WORDS or (name in _NAMES_OF_DATA and part in NAMES) or (name, part) == ("known", "none"):
        return said(part)
    return part if name in _ARTICLES else ISOLATED % part


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
    found = _explained(text, "sentence", 0)
    return _said(found, language) if found else ISOLATED % text


def _border(identity: str, language: str) -> str:
    """The two States that a line parts, by its id."""
    return " - ".join(_listed(one, language) for one in identity.split("-")[:2])


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
def _plain(kind: str) -> frozenset[str]:
    """Messages without parts."""
    return frozenset(message for message in _KNOWN[kind] if not _PART.search(message))


@cache
def _patterns(kind: str) -> Mapping[str, Sequence[_Pattern]]:
    """What each message with parts matches, by its first character: none where a part comes first."""
    found: dict[str, list[_Pattern]] = {"": []}
    for message in _KNOWN[kind]:
        if _PART.search(message):
            pattern = _pattern(message)
            found.setdefault(pattern.pieces[0][:1], []).append(pattern)
    return found


def _pattern(message: str) -> _Pattern:
    pieces = _PART.split(message)
    expression = "".join(
        f"(?P<{piece}>{_FORMS.get(piece, _FREE)})" if at % 2 else re.escape(piece)
        for at, piece in enumerate(pieces)
    )
    return _Pattern(message, tuple(pieces[::2]), re.compile(expression))
