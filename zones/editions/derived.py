"""The collections of an edition: those that are kept, and those that are made of them when wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from zones.atlas.features import Collection

if TYPE_CHECKING:
    from zones.editions.building import Built
    from zones.lines.partition import DrawnLine

DERIVED = ("limit_segments",)


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
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Collection:  # noqa: ARG002 - one so far
        from zones.atlas.limit_segments import draw_limit_segments

        built = self._built
        return draw_limit_segments(built.baseline, built.straight_lines, self._named_lines(), self._drawn)
