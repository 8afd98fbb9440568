"""What an edition is made from: a coast, breadths, straight lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coastlines import SOURCE_IDS, StraightLine
from zones.errors import BreadthError, EffectError, ZonesError
from zones.seabed.effects import applied_effects
from zones.words import SEABED_PAIRS, STATES, TERRITORIAL_WATERS_MAXIMUM_NM

LEAST_BREADTH_NM = 0.25  # 463 m; closer limits wind round every stone and take minutes to build


@dataclass(frozen=True, slots=True)
class Parameters:
    """Choices for one edition.

    Raises `BreadthError`: a breadth is not from `LEAST_BREADTH_NM` to 15, or a State is unknown;
    `EffectError`: an effect is not from 0 to 1, there is no such island, or one is given twice; `ZonesError`:
    a pair has no line on the seabed.
    """

    coast: str = "osm"  # id of a bundled coast source, or the path of a coast file
    # State to breadth of its territorial waters; States not named have the full 15 [nm]
    breadth_nm: Mapping[str, float] = field(default_factory=dict)
    # straight baselines, closing lines and harbour works, or the path of a file of them
    straight_lines: str | tuple[StraightLine, ...] | None = None
    keep_artificial: bool = False  # whether artificial land generates a baseline, against Article 7(2)
    # pair to the treaty's own points: the path of a table of them, or rows of longitude and latitude [deg]
    treaty_points: Mapping[str, str | Sequence[Sequence[float]]] = field(default_factory=dict)
    # island or named stretch of coast to its effect on the seabed's lines: 1 full, 0.5 half, 0 none
    effects: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for state, breadth in self.breadth_nm.items():
            if state not in STATES:
                raise BreadthError(f"unknown State {state!r}: {', '.join(STATES)} are known")
            if not (math.isfinite(breadth) and 0 < breadth <= TERRITORIAL_WATERS_MAXIMUM_NM):
                raise BreadthError(
                    f"breadth of {state} is {breadth:.15g} nm: Article 7(1) allows more than 0 and at most "
                    f"{TERRITORIAL_WATERS_MAXIMUM_NM:g}"
                )
            if breadth < LEAST_BREADTH_NM:
                raise BreadthError(
                    f"breadth of {state} is {breadth:.15g} nm: below {LEAST_BREADTH_NM:g} nm no limit is "
                    "drawn, for it would wind round every stone of the coast"
                )
        for pair in self.treaty_points:
            if pair not in SEABED_PAIRS:
                raise ZonesError(f"no line {pair!r} on the seabed: {', '.join(SEABED_PAIRS)} are known")
        for name, share in self.effects.items():
            if not 0.0 <= share <= 1.0:
                raise EffectError(f"effect of {name} is {share:.15g}: it must be from 0 (none) to 1 (full)")
        applied_effects(self.effects)

    @property
    def applied_effects(self) -> dict[str, float]:
        """Effects that change anything, in the order in which they are laid over each other."""
        return applied_effects(self.effects)

    @property
    def breadths_nm(self) -> dict[str, float]:
        """Breadth of every State. [nm]"""
        return {state: float(self.breadth_nm.get(state, TERRITORIAL_WATERS_MAXIMUM_NM)) for state in STATES}

    @property
    def is_default(self) -> bool:
        """Whether nothing is chosen but a bundled coast; straight lines of a file count as chosen."""
        chosen = self.straight_lines or self.keep_artificial or self.treaty_points or self.applied_effects
        full = set(self.breadths_nm.values()) == {TERRITORIAL_WATERS_MAXIMUM_NM}
        return self.coast in SOURCE_IDS and full and not chosen
