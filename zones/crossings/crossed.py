"""What is crossed where the answer changes: a limit, a boundary, a shore, a sector line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coastlines import water_boundary
from zones.arrays import Floats
from zones.atlas.water import zone_id
from zones.crossings.march import NO_SECTOR, zone_of
from zones.geodesy.nearest import nearest_of_groups
from zones.rule.rule import FISHERY, INTERNAL, ON_LAND, OUTSIDE, TERRITORIAL
from zones.seabed.sectors import line_ids
from zones.words import ANSWERS, COMPUTED, STATES, pair_name

if TYPE_CHECKING:
    from zones.editions.edition import Edition

SHORE, BASELINE = "shore", "baseline"
_SAME_M = 0.01  # two States are equally near


class Crossed(NamedTuple):
    """What is crossed at a cut."""

    boundary: str | None  # feature id of a limit, boundary or sector boundary, ``baseline``, or ``shore``
    status: str | None


NOTHING = Crossed(None, None)
SHORE_LINE = Crossed(SHORE, COMPUTED)


class Crosser:
    """Says what is crossed in an edition, by the answers before and after a cut, and where it is."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        lines = edition.seabed.lines
        self.lines = [Crossed(name, line.status) for name, line in zip(line_ids(lines), lines, strict=True)]

    def by_zone(self, pairs: Iterable[tuple[int, int]], points: Floats) -> list[Crossed]:
        """Of changes of zone or State, codes as `march.zone_of` reads them; points earth-centred. [m]"""
        return [
            _between(*pair) or self._between_states(pair, point)
            for pair, point in zip(pairs, points, strict=True)
        ]

    def by_sector(self, pairs: Iterable[tuple[int, int]], points: Floats) -> list[Crossed]:
        """Of changes of sector, codes as `march.march_along` gives them; points earth-centred. [m]"""
        _, numbers, _ = self._edition.sectors.locate(points)
        return [
            SHORE_LINE if NO_SECTOR in pair else self.lines[number]
            for pair, number in zip(pairs, numbers.tolist(), strict=True)
        ]

    def _between_states(self, codes: tuple[int, int], point: Floats) -> Crossed:
        """The boundary between two States, or the limit of one that reaches no farther."""
        states = [zone_of(code)[1] for code in codes]
        rule = self._edition.rule
        lengths = nearest_of_groups(rule.baseline.tree, point[None, :], np.array(states))[0][0]
        if abs(lengths[0] - lengths[1]) > _SAME_M:
            ends = np.abs(lengths - rule.reach_m[states])
            return Crossed(zone_id(ANSWERS[FISHERY], STATES[states[int(ends.argmin())]]), COMPUTED)
        name = pair_name(STATES[states[0]], STATES[states[1]])
        return Crossed(name, water_boundary(name).status)


@cache
def _between(before: int, after: int) -> Crossed | None:
    """What lies between two answers by zone; None where the place has to tell."""
    (zone_a, state_a), (zone_b, state_b) = zone_of(before), zone_of(after)
    zones = {zone_a, zone_b}
    if OUTSIDE in zones:
        return NOTHING
    if ON_LAND in zones and len(zones) == 2:
        return SHORE_LINE
    if state_a == state_b or -1 in (state_a, state_b):
        if INTERNAL in zones:
            return Crossed(BASELINE, COMPUTED)
        inner = TERRITORIAL if TERRITORIAL in zones else FISHERY
        return Crossed(zone_id(ANSWERS[inner], STATES[max(state_a, state_b)]), COMPUTED)
    if ON_LAND in zones:
        return NOTHING  # the nearest shore becomes another State's; no line of the Convention
    return Crossed(BASELINE, COMPUTED) if INTERNAL in zones else None
