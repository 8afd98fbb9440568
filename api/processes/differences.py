"""What came of building an edition: its name, what is assumed, and what differs from the coast's default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import shapely

from zones.atlas.differences import MOVED_WITHIN_M, area_differences, line_differences, straight_lines_drawn

if TYPE_CHECKING:
    from zones.editions.store import Edition


def results_of(edition: Edition, usual: Edition, choices: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready; without differences where the edition is the default one itself."""
    if edition.name == usual.name:
        return results_of_default(usual.name, choices)
    return {
        "edition": edition.name,
        "assumptions": edition.assumptions,
        "compared_with": usual.name,
        "differences": _differences(edition, usual),
        "inputs": dict(choices),
    }


def results_of_default(name: str, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What came of choices that are those of a default edition: nothing differs."""
    return {
        "edition": name,
        "assumptions": None,
        "compared_with": name,
        "differences": None,
        "inputs": dict(choices),
    }


def _differences(edition: Edition, usual: Edition) -> dict[str, Any]:
    before, after = usual.collections, edition.collections
    lines = edition.rule.baseline.straight_lines
    mainland = shapely.get_coordinates(usual.rule.baseline.sea.exterior)
    drawn = straight_lines_drawn(lines, edition.straight_lines, before, mainland)
    return {
        "areas": [asdict(one) for one in area_differences(before, after)],
        "lines": [asdict(one) for one in line_differences(before, after)],
        "straight_lines": [asdict(one) for one in drawn],
        "moved_within_m": MOVED_WITHIN_M,
    }
