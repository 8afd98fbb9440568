"""What an edition was made from besides its coast: as values, and in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zones.words import STATES, TERRITORIAL_WATERS_MAXIMUM_NM

_MOST_NAMES = 6


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


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """What differs from the default, in words."""
    breadths = [
        f"{state} {breadth:g} nm"
        for state, breadth in parameters["breadth_nm"].items()
        if breadth != TERRITORIAL_WATERS_MAXIMUM_NM
    ]
    lines = [f"{line['name']} ({line['state']})" for line in parameters["straight_lines"]]
    effects = [f"{name} {share:g}" for name, share in parameters["effects"].items()]
    chosen = [
        ("breadth of territorial waters", breadths),
        ("straight and closing lines", lines),
        ("effect of islands", effects),
        ("treaty points", parameters["treaty_points"]),
    ]
    texts = [f"{title}: {_listed(names)}" for title, names in chosen if names]
    if parameters["keep_artificial"]:
        texts.append("artificial land counts as coast")
    return "; ".join(texts) or f"none but the coast: {TERRITORIAL_WATERS_MAXIMUM_NM:g} nm for every State"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
