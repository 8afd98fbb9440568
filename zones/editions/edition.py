"""An edition: one atlas with everything needed to answer from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from coastlines import water_boundary
from zones.arrays import columns, number
from zones.classification.classify import (
    LABEL_FIELDS,
    Classifier,
    check_positions,
    classify,
    classify_one,
    label_columns,
)
from zones.classification.comparison import Comparison
from zones.classification.records import RECORD_FIELDS, Records
from zones.rule.rule import make_rule
from zones.tracks import LONGEST_GAP_H
from zones.words import STATES, pair_name

if TYPE_CHECKING:  # slow to load, and none of it is needed for an answer
    from coastlines import StraightLine
    from zones.atlas.features import Collection
    from zones.cells.index import CellIndex, LabelArrays
    from zones.cells.labels import Labels
    from zones.classification.by_blocks import Blocks
    from zones.crossings.area import AreaCrossings
    from zones.crossings.route import RouteCrossings
    from zones.editions.building import Built
    from zones.lines.partition import DrawnLine, Partition
    from zones.tracks.tables import TrackTable

_LEAST_ROWS, _LEAST_ROWS_TO_OPEN = 256, 50_000


class Edition:
    """One atlas, open."""

    def __init__(
        self,
        name: str,
        built: Built,
        comparison: Callable[[], Comparison],
        kept: Callable[[str, Callable[[], Any]], Any],
    ) -> None:
        self.name = name
        self.metadata = built.metadata  # JSON-ready: provenance, parameters, bounds, what is not settled
        self.rule = make_rule(built.baseline, built.metadata["breadth_nm"], built.wedges)
        self.limits = built.limits
        self.seabed = built.seabed
        self.sectors = built.sectors
        self.comparison = comparison  # gives the other bundled coasts, which answers are compared with
        self._built = built
        self._kept = kept  # gives the index that is kept by a name, or what its second argument makes

    def __repr__(self) -> str:
        return f"<Edition {self.name}: {self.assumptions or 'nothing but the coast chosen'}>"

    @property
    def assumptions(self) -> str | None:
        """What of the edition is not the default, in words; None for a default edition."""
        said: str | None = self.metadata["assumptions"]
        return said

    @property
    def straight_lines(self) -> tuple[StraightLine, ...]:
        """The straight and closing lines of a user as they were given."""
        return self._built.straight_lines

    @property
    def partition(self) -> Partition:
        """The zones and their lines; read from the cache when first wanted, as the collections are."""
        return self._built.partition

    @cached_property
    def cells(self) -> LabelArrays:
        """What labels of many positions are read from; made at its first use where it is not kept."""
        from zones.cells.index import label_arrays, make_index

        seabed = self.classifier.ground.arrays.seabed
        index: CellIndex = self._kept("index", lambda: make_index(self.rule, self.sectors, seabed))
        return label_arrays(index, self.rule, self.sectors, seabed)

    @cached_property
    def blocks(self) -> Blocks:
        """What records of many positions are read from; made at its first use where it is not kept."""
        from zones.cells.nearby import Nearby, Trees, list_nearby, wanted_by
        from zones.classification.by_blocks import Blocks, block_arrays

        rule, sectors = self.rule.arrays, self.sectors
        trees = Trees(rule.tree, self.limits.tree, sectors.tree, rule.reach_m)
        wanted = wanted_by(self.cells.cells.blocks)
        nearby: Nearby = self._kept("nearby", lambda: list_nearby(trees, wanted))
        return Blocks(self.cells, block_arrays(self.classifier.ground.arrays, nearby))

    @cached_property
    def collections(self) -> Mapping[str, Collection]:
        """What is drawn, by the names of the collections."""
        from zones.editions.derived import Collections

        return Collections(self._built, lambda: self.lines)

    def load(self) -> None:
        """Have all of it in memory that is else read when it is first wanted."""
        for part in ("cells", "partition"):
            getattr(self, part)
        for _ in self.collections.values():
            pass

    @cached_property
    def lines(self) -> tuple[tuple[str, DrawnLine], ...]:
        """Every drawn stretch of a limit or boundary with the id of the feature it belongs to."""
        from zones.atlas.water import named_lines

        return named_lines(self.partition)

    @cached_property
    def classifier(self) -> Classifier:
        """What records are made from."""
        pairs = {pair_name(a, b) for a in STATES for b in STATES if a != b}
        return Classifier(
            self.name, self.assumptions, self.rule, self.limits,
            {pair: water_boundary(pair).status for pair in pairs}, self.metadata["coast"]["accuracy_m"],
            self.sectors, self.seabed.lines,
        )  # fmt: skip

    def classify(
        self,
        *,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        fields: Sequence[str] = RECORD_FIELDS,
        compare: bool = False,
    ) -> Records:
        """Records of positions, by columns; only what the fields need is computed. [deg]

        ``compare``: also what the other bundled coasts answer.

        Raises `CoordinateError`: a row is no position on the earth; `ValueError`: the columns differ in
        length, or there is no such field; `TypeError`: they hold no numbers.
        """
        lon, lat = columns(np.atleast_1d(lon), np.atleast_1d(lat))
        if isinstance(fields, str) or len(set(fields)) < len(fields):
            raise ValueError(f"a sequence of different names of fields is needed, not {fields!r}")
        if unknown := set(fields).difference(RECORD_FIELDS):
            raise ValueError(f"unknown field {min(unknown)!r}: there are {', '.join(RECORD_FIELDS)}")
        if LABEL_FIELDS.issuperset(fields):
            check_positions(lon, lat)
            found = label_columns(self.name, self.assumptions, lon, lat, self.labels(lon=lon, lat=lat))
            return Records({name: found[name] for name in fields})
        comparison = self.comparison() if compare else None
        blocks = self.blocks if len(lon) >= self._rows_for_blocks else None
        return Records(
            classify(self.classifier, lon, lat, fields=fields, comparison=comparison, blocks=blocks)
        )

    @property
    def _rows_for_blocks(self) -> int:
        """From so many positions on they are read from the index, which is made first if need be."""
        return _LEAST_ROWS if "blocks" in vars(self) else _LEAST_ROWS_TO_OPEN

    def classify_one(self, *, lon: float, lat: float, compare: bool = False) -> dict[str, Any]:
        """The record of one position: as `classify`, without the cost of arrays.

        Raises `CoordinateError`; `TypeError`: something is given that is no number, as a text.
        """
        lon, lat = number(lon, "lon"), number(lat, "lat")
        return classify_one(self.classifier, lon, lat, comparison=self.comparison() if compare else None)

    def labels(self, *, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Labels:
        """Zone, State and sector of many positions at full speed, as codes of `words`. [deg]

        State and sector are -1 where there is none; rows that are no position on the earth are -2 in all
        three. One position is a row alone. Several threads can ask at once.
        """
        from zones.cells.labels import labels_of

        return labels_of(self.cells, np.atleast_1d(lon), np.atleast_1d(lat))

    def crossings(
        self, geometry: Any, *, legs: Literal["geodesic", "loxodrome"] = "geodesic"
    ) -> RouteCrossings | AreaCrossings:
        """What a line or polygon crosses: GeoJSON, or anything with ``__geo_interface__``.

        Its vertices are joined by geodesics, or by loxodromes, which are lines of constant bearing.

        Raises `CrossingError`: it cannot be answered; `ValueError`: there are no such ``legs``.
        """
        from zones.crossings.route import cross

        if legs not in ("geodesic", "loxodrome"):
            raise ValueError(f"legs are geodesic or loxodrome, not {legs!r}")
        read = getattr(geometry, "__geo_interface__", geometry)
        return cross(self, read, loxodromes=legs == "loxodrome")

    def events(
        self,
        *,
        vessel: npt.ArrayLike,
        timestamp: npt.ArrayLike,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        longest_gap_h: float = LONGEST_GAP_H,
    ) -> TrackTable:
        """Entries and exits of zones, State and sector by vessel and time, in whatever order rows come. [deg]

        Positions of a vessel are joined by geodesics; between two that are more hours apart than
        ``longest_gap_h``, or more than 5,000 km, a gap is told. Of several at one time one is kept. Times
        are datetimes, texts of ISO 8601 or numbers since 1970, in UTC where they name no zone.

        Raises `CoordinateError`: a row is no position on the earth; `ValueError`: it has no vessel or no
        time, or the columns differ in length.
        """
        from zones.tracks.given import Given

        return Given(self, vessel, timestamp, lon, lat).events(longest_gap_h)

    def summarise(
        self,
        *,
        vessel: npt.ArrayLike,
        timestamp: npt.ArrayLike,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        longest_gap_h: float = LONGEST_GAP_H,
    ) -> TrackTable:
        """Time and distance by vessel and zone, sector, and in gaps; all else as `events`."""
        from zones.tracks.given import Given

        return Given(self, vessel, timestamp, lon, lat).sums(longest_gap_h)

    def features(self, collection: str) -> Collection:
        """The features of ``zones``, ``sectors`` and so on. Raises `KeyError`: there is no such one."""
        return self.collections[collection]

    def turning_points(self, collection: str) -> list[dict[str, Any]]:
        """Turning points of ``limits``, ``boundaries`` or ``sector_boundaries`` with their base points."""
        from zones.atlas.turning_points import sector_turning_points, turning_points
        from zones.seabed.sectors import line_ids

        if collection == "sector_boundaries":
            named = zip(line_ids(self.seabed.lines), self.seabed.lines, strict=True)
            return sector_turning_points(self.rule.baseline, named)
        kind = {"limits": "limit", "boundaries": "boundary"}[collection]
        lines = [(name, line) for name, line in self.lines if line.kind == kind]
        return turning_points(self.rule.baseline, sorted(lines, key=lambda pair: pair[0]))
