"""The codes that coasts and straight lines are described with."""

from __future__ import annotations

STATES = ("AZE", "IRN", "KAZ", "RUS", "TKM")  # ISO 3166-1 alpha-3, alphabetical
LINE_KINDS = ("straight", "closing_line", "harbour_works")
LINE_TYPES = ("geodesic", "loxodrome")
