"""Letters and digits of other scripts as the plain ones that they mean, each with its place in the text."""

from __future__ import annotations

import unicodedata
from functools import cache

# Marks without width: of direction and isolation, joiners, soft hyphen, byte order mark.
_UNSEEN = frozenset("\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_MEANT = {
    **dict.fromkeys("٫·∙⋅‧", "."),  # Arabic decimal separator; raised points, as on British charts
    "،": ",",
    "؛": ";",
    "、": ",",
    "\u0130": "i",  # capital dotted i, whose lower case is two letters
    **dict.fromkeys("−–—‐‑‒", "-"),
    "ي": "ی",  # Arabic forms of two Persian letters
    "ك": "ک",
}


def plain_letters(text: str) -> tuple[str, list[int]]:
    """A text without unseen marks and with plain digits, and where each letter of it stood in the text.

    A mark between two digits stays: what it parts is not to be read as one number.
    """
    letters, places = [], []
    for place, letter in enumerate(text):
        parts_digits = text[place - 1 : place].isdecimal() and text[place + 1 : place + 2].isdecimal()
        if letter not in _UNSEEN or parts_digits:
            letters.append(_plain(letter))
            places.append(place)
    return "".join(letters), [*places, len(text)]


@cache
def _plain(letter: str) -> str:
    if letter in _MEANT:
        return _MEANT[letter]
    if "\uff01" <= letter <= "\uff5e":  # full width
        return chr(ord(letter) - 0xFEE0)
    if letter == "\u3000":
        return " "
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
