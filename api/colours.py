"""The colours of maps, the same in every kind of picture."""

from __future__ import annotations

from zones.words import COMMON_MARITIME_SPACE, FISHERY_ZONE, INTERNAL_WATERS, TERRITORIAL_WATERS

SECTOR = "sector"  # in place of a zone's code

LAND_COLOUR = "#f5f0e6"
COMMON_COLOUR = "#e3eef5"
INK = "#22303c"
BOUNDARY_COLOUR = "#a4133c"
HUES = {"AZE": "#2f6db3", "IRN": "#d1495b", "KAZ": "#2a8f6d", "RUS": "#7d55a5", "TKM": "#dc9a1e"}
STRENGTH = {INTERNAL_WATERS: 1.0, TERRITORIAL_WATERS: 0.72, FISHERY_ZONE: 0.34, SECTOR: 0.42}


def mixed_colour(kind: str, state: str | None) -> tuple[float, float, float]:
    """Red, green and blue of a zone or sector: the State's hue, the stronger the nearer to the shore."""
    if state is None or kind == COMMON_MARITIME_SPACE:
        return _parts(COMMON_COLOUR)
    share = STRENGTH[kind]
    red, green, blue = (share * part + (1 - share) for part in _parts(HUES[state]))
    return red, green, blue


def hex_colour(kind: str, state: str | None) -> str:
    """The same as ``#rrggbb``."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed_colour(kind, state))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
