"""Which language is wanted: ``lang=`` first, for pages else the Accept-Language header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ENGLISH: Final = "en"
# By code of ISO 639-1: the language's own name, and the direction in which it is written.
NAMES: Final[Mapping[str, str]] = {
    "en": "English",
    "ru": "Русский",
    "az": "Azərbaycanca",
    "kk": "Қазақша",
    "tk": "Türkmençe",
    "fa": "فارسی",
}
LANGUAGES: Final = tuple(NAMES)
PARAMETER: Final = "lang"

_LONGEST_HEADER = 1000
_TAG = re.compile(r"([a-z]{2,8})(?:-[a-z0-9]{1,8})*", re.I | re.ASCII)
_RANGE = re.compile(
    r"(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.I
)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, as the attribute ``dir`` of HTML has it."""
    return "rtl" if language == "fa" else "ltr"


def known_language(tag: str) -> str | None:
    """The language of ours that a tag (BCP 47) names, whatever its region and script, in capitals or not."""
    read = _TAG.fullmatch(tag)
    named = read[1].lower() if read is not None else ""
    return named if named in LANGUAGES else None


def accepted_language(header: str) -> str:
    """The language that a header Accept-Language prefers (RFC 9110, 12.5.4); English where none fits.

    What stands for a language of ours is itself and all its regions and scripts, at the best of their
    weights; ``*`` stands for those not named. Parts that cannot be read count for nothing.
    """
    weights: dict[str, float] = {}
    for part in header[:_LONGEST_HEADER].split(","):
        read = _RANGE.fullmatch(part.strip())
        if read is not None:
            named = read[1].lower().partition("-")[0]
            weights[named] = max(weights.get(named, 0.0), float(read[2] or 1))
    order = {named: place for place, named in enumerate(weights)}
    others = weights.get("*", 0.0)
    ranked = sorted(
        LANGUAGES,
        key=lambda one: (-weights.get(one, others), order.get(one, len(order)), one != ENGLISH),
    )
    return ranked[0] if weights.get(ranked[0], others) > 0.0 else ENGLISH
