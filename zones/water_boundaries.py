"""What is known of the lines between the States' waters (Articles 7(3) and 9(1)), pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zones.words import AGREED_RECONSTRUCTED, PROVISIONAL


@dataclass(frozen=True, slots=True)
class WaterBoundary:
    """Status of the line between two States' waters, how it is drawn here, and from what."""

    status: str
    basis: str
    source: str


_EQUIDISTANCE: Final = "equidistance line from the baselines in use; nothing agreed is known"

WATER_BOUNDARIES: Final = {
    "AZE-IRN": WaterBoundary(PROVISIONAL, _EQUIDISTANCE, "no agreement known"),
    "AZE-RUS": WaterBoundary(
        PROVISIONAL,
        "equidistance line from the baselines in use; a border of 22.4 km at sea is reported, its "
        "points are not known",
        "press reports of the Azerbaijan - Russia state border",
    ),
    "IRN-TKM": WaterBoundary(PROVISIONAL, _EQUIDISTANCE, "no agreement known"),
    "KAZ-RUS": WaterBoundary(
        PROVISIONAL,
        "equidistance line from the baselines in use; the end of the land border is open, too",
        "Treaty of 18 January 2005 left the end of the land border open",
    ),
    "KAZ-TKM": WaterBoundary(
        AGREED_RECONSTRUCTED,
        "median line by the treaty, drawn here from the baselines in use; its points are not known, "
        "and by the treaty it stays fixed if the water recedes",
        "Treaty of 25 October 2021 (state border of 15.03 nm, then fishery zones)",
    ),
}

UNKNOWN: Final = WaterBoundary(
    PROVISIONAL,
    "equidistance line from the baselines in use; the coasts are not adjacent",
    "no agreement known",
)


def water_boundary(pair: str) -> WaterBoundary:
    """What is known of a pair, named as ``AZE-RUS``."""
    return WATER_BOUNDARIES.get(pair, UNKNOWN)
