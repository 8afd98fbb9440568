"""The collections of an edition: those that are kept, and those that are made of them when wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zones.atlas.features import Collection

if TYPE_CHECKING:
    from zones.editions.building import Built
    from zones.lines.partition import DrawnLine

DERIVED = ("limit_segments", "known_issues")
_COMMON = ("assumptions", "edition", "source", "attribution")
_MEASURED = Path(__file__).with_name("known_issues.json")


class Collections(Mapping[str, Collection]):
    """Collections by their names; what is derived is made at its first use, in some tenths of a second."""

    def __init__(self, built: Built, named_lines: Callable[[], tuple[tuple[str, DrawnLine], ...]]) -> None:
        self._built = built
        self._named_lines = named_lines  # gives the drawn lines with the ids of their features
        self._drawn: Mapping[str, Collection] = built.collections
        self._made: dict[str, Collection] = {}

    def __iter__(self) -> Iterator[str]:
        yield from self._drawn
        yield from DERIVED

    def __len__(self) -> int:
        return len(self._drawn) + len(DERIVED)

    def __getitem__(self, name: str) -> Collection:
        if name not in DERIVED:
            return self._drawn[name]
        if name not in self._made:
            self._made[name] = self._limit_segments() if name == "limit_segments" else self._known_issues()
        return self._made[name]

    def _limit_segments(self) -> Collection:
        from zones.atlas.limit_segments import draw_limit_segments

        built = self._built
        return draw_limit_segments(built.baseline, built.straight_lines, self._named_lines(), self._drawn)

    def _known_issues(self) -> Collection:
        from coastlines import features, kara_bogaz_gol
        from zones.atlas.known_issues import Known, draw_known_issues

        built = self._built
        known = Known(
            measured=measured_issues().get(built.metadata["coast"]["id"], {}),
            termini=built.baseline.termini,
            lagoon=kara_bogaz_gol(),
            features=features(),
            sea=built.partition.sea,
            keeps_artificial=built.metadata["keep_artificial"],
            with_lines=built.baseline.states_with_lines,
        )
        said = self._drawn["zones"].features[-1].properties  # not the lagoon, whose source is another
        return draw_known_issues(known, self._drawn, {name: said[name] for name in _COMMON})


@cache
def measured_issues() -> dict[str, Any]:
    """What was measured of each bundled coast, by `measure_issues`."""
    known: dict[str, Any] = json.loads(_MEASURED.read_text(encoding="utf-8"))
    return known
