"""What an edition is made from: a coast, breadths, straight lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from zones.errors import BreadthError
from zones.words import STATES, TERRITORIAL_WATERS_MAXIMUM_NM


@dataclass(frozen=True, slots=True)
class Parameters:
    """Choices for one edition.

    Attributes
    ----------
    coast : str
        Id of a bundled coast source, or the path of a coast file.
    breadth_nm : mapping
        State to breadth of its territorial waters; States not named have the full 15. [nm]
    straight_lines : str or None
        Path of a file of straight baselines, closing lines and harbour works.
    keep_artificial : bool
        Whether artificial land generates a baseline, against Article 7(2), to see its effect.

    Raises
    ------
    BreadthError
        A breadth is not above 0 and at most 15, or a State is unknown.
    """

    coast: str = "osm"
    breadth_nm: Mapping[str, float] = field(default_factory=dict)
    straight_lines: str | None = None
    keep_artificial: bool = False

    def __post_init__(self) -> None:
        for state, breadth in self.breadth_nm.items():
            if state not in STATES:
                raise BreadthError(f"unknown State {state!r}: {', '.join(STATES)} are known")
            if not (math.isfinite(breadth) and 0 < breadth <= TERRITORIAL_WATERS_MAXIMUM_NM):
                raise BreadthError(
                    f"breadth of {state} is {breadth:g} nm: Article 7(1) allows more than 0 and at most "
                    f"{TERRITORIAL_WATERS_MAXIMUM_NM:g}"
                )

    @property
    def breadths_nm(self) -> dict[str, float]:
        """Breadth of every State. [nm]"""
        return {state: float(self.breadth_nm.get(state, TERRITORIAL_WATERS_MAXIMUM_NM)) for state in STATES}

    @property
    def is_default(self) -> bool:
        """Whether nothing but the coast was chosen."""
        full = TERRITORIAL_WATERS_MAXIMUM_NM
        return (
            all(breadth == full for breadth in self.breadth_nm.values())
            and self.straight_lines is None
            and not self.keep_artificial
        )
