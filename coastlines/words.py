"""The codes that coasts and straight lines are described with, and what their names may be."""

from __future__ import annotations

STATES = ("AZE", "IRN", "KAZ", "RUS", "TKM")  # ISO 3166-1 alpha-3, alphabetical
LINE_KINDS = ("straight", "closing_line", "harbour_works")
LINE_TYPES = ("geodesic", "loxodrome")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # parts of words in Persian


def is_one_line(text: str) -> bool:
    """Whether a text has no end of a line, and nothing that a terminal takes for a command."""
    return all(one.isprintable() or one in _JOINERS for one in text)
