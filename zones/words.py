"""The codes and constants of the Convention's zones, each with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coastlines import words

STATES: Final = words.STATES
STATE_NAMES: Final = {
    "AZE": "Azerbaijan", "IRN": "Iran", "KAZ": "Kazakhstan", "RUS": "Russia", "TKM": "Turkmenistan",
}  # fmt: skip

TERRITORIAL_WATERS_MAXIMUM_NM: Final = 15.0  # Convention, Article 7(1): "up to"
FISHERY_ZONE_BREADTH_NM: Final = 10.0  # Convention, Article 9(1): adjacent to territorial waters

INTERNAL_WATERS: Final = "internal_waters"
TERRITORIAL_WATERS: Final = "territorial_waters"
FISHERY_ZONE: Final = "fishery_zone"
COMMON_MARITIME_SPACE: Final = "common_maritime_space"
LAND: Final = "land"
OUTSIDE_CASPIAN: Final = "outside_caspian"
ZONES: Final = (INTERNAL_WATERS, TERRITORIAL_WATERS, FISHERY_ZONE, COMMON_MARITIME_SPACE)
ANSWERS: Final = (*ZONES, LAND, OUTSIDE_CASPIAN)

BASELINE_KINDS: Final = ("normal", *words.LINE_KINDS)

LEGAL_BASIS: Final = {
    INTERNAL_WATERS: "Convention, Art. 1 and 5: waters landward of the baseline",
    TERRITORIAL_WATERS: "Convention, Art. 7",
    FISHERY_ZONE: "Convention, Art. 9",
    COMMON_MARITIME_SPACE: "Convention, Art. 1 and 5: beyond the outer limits of the fishery zones",
}

AGREED: Final = "agreed"
AGREED_RECONSTRUCTED: Final = "agreed_reconstructed"
PROVISIONAL: Final = "provisional"
CLAIMED: Final = "claimed"
COMPUTED: Final = "computed"
STATUSES: Final = (AGREED, AGREED_RECONSTRUCTED, PROVISIONAL, CLAIMED, COMPUTED)

OUTSIDE_DISTANCE_M: Final = 100_000.0  # farther than this from the water is no longer the Caspian

KARA_BOGAZ_GOL_NAME: Final = "Kara-Bogaz-Gol"
KARA_BOGAZ_GOL_ID: Final = "internal_waters-TKM-kara_bogaz_gol"

# Pairs of States whose sectors meet on the seabed.
SEABED_PAIRS: Final = (
    "AZE-IRN", "AZE-KAZ", "AZE-RUS", "AZE-TKM", "IRN-TKM", "KAZ-RUS", "KAZ-TKM",
)  # fmt: skip

# Kinds of known issues.
ISSUE_TITLES: Final = {
    "shoreline": "The shoreline is a proxy",
    "straight_baselines": "No straight baselines",
    "artificial_land": "Land taken as artificial",
    "tie_wedge": "Water equally far from two States",
    "land_border_end": "End of a land border",
    "reconstructed_line": "Line whose points are not known",
    "closing_line": "Closing line constructed here",
}

KNOWLEDGE_DATE: Final = "2025-12-15"
CONVENTION_STATUS: Final = (
    "Signed at Aktau on 12 August 2018. Not in force on 15 December 2025, the date of our knowledge: "
    "Turkmenistan, Kazakhstan, Azerbaijan and Russia had ratified, Iran had not (Art. 22 asks for "
    "all five)."
)


def pair_name(first: str, second: str) -> str:
    """Two State codes as one name in alphabetical order, as in ``AZE-RUS``."""
    return "-".join(sorted((first, second)))


def part_ids(pairs: Sequence[str]) -> list[str]:
    """Ids of lines by their pairs: the pair, with a number where a line has several parts."""
    return [
        pair if pairs.count(pair) == 1 else f"{pair}-{pairs[: number + 1].count(pair)}"
        for number, pair in enumerate(pairs)
    ]
