"""Letters that the fonts of reports lack, in texts that others have written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path


def in_letters(text: str, fonts: Iterable[Path]) -> str:
    """With what one of the fonts lacks replaced: digits by ASCII digits, other letters by their codes.

    Letters beside each other have one pair of brackets, as ``[U+91CC U+6D77]``.
    """
    known = frozenset.intersection(*map(_letters_of, fonts))
    digits = "".join(one if ord(one) in known else _ascii_digit(one) for one in text)
    return "".join(
        "".join(run) if is_known else f"[{' '.join(f'U+{ord(one):04X}' for one in run)}]"
        for is_known, run in groupby(digits, key=lambda one: ord(one) in known)
    )


def _ascii_digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


@cache
def _letters_of(font: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font  # slow to load, and an extra

    return frozenset(FT2Font(str(font)).get_charmap())
