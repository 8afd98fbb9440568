"""What an edition was made from besides its coast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zones.words import STATES, TERRITORIAL_WATERS_MAXIMUM_NM


def parameters_of_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Every choice that an edition's metadata records; what they do not say is the default."""
    full = dict.fromkeys(STATES, TERRITORIAL_WATERS_MAXIMUM_NM)
    return {
        "breadth_nm": {**full, **metadata.get("breadth_nm", {})},
        "straight_lines": [
            {name: line[name] for name in ("name", "state", "kind", "line_type")}
            for line in metadata.get("straight_lines", ())
            if not line["closes_kara_bogaz_gol"]
        ],
        "keep_artificial": bool(metadata.get("keep_artificial", False)),
        "effects": dict(metadata.get("effects", {})),
        "treaty_points": list(metadata.get("treaty_points_given", ())),
    }
