"""Positions of which the default edition gives every kind of answer."""

from __future__ import annotations

# A position in each answer that the default edition gives, and the State.
POSITIONS = {
    "territorial_waters AZE": (49.97, 40.1),
    "territorial_waters IRN": (51.5, 36.8),
    "territorial_waters KAZ": (51.5, 46.8),
    "territorial_waters RUS": (47.6, 44.9),
    "territorial_waters TKM": (53.6, 37.8),
    "fishery_zone AZE": (49.45, 41.45),
    "fishery_zone IRN": (51.5, 37.03),
    "fishery_zone KAZ": (51.0, 46.5),
    "fishery_zone RUS": (48.1, 43.6),
    "fishery_zone TKM": (52.3, 40.5),
    "internal_waters TKM": (53.5, 41.3),
    "common_maritime_space": (50.5, 42.5),
    "land AZE": (49.1, 40.5),
    "outside_caspian": (37.0, 43.0),
}
