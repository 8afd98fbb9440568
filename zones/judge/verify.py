"""The independent judge: the drawn atlas measured against geodesics that are not the core's.

Of an edition only plain data are read: the baseline's segments with their States and sides, the
breadths, the lines' vertices, the zones' polygons. Distances and the rule are those of
`judge_distances` and `judge_rule`; the core's own classification is called only to be judged.
Samples lie at random places, never at those that steered the drawing.

Promised, and held here: vertices of limits and boundaries within 1 mm before rounding; everything
drawn within 0.1 m of the rule; polygons valid, without overlap or gap, areas adding up to the water
to 1 part in a million; classification equal to the rule, distances within 1 mm to 100 km.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely

from zones.atlas.features import Collection
from zones.baseline.baseline import OPEN_REGION
from zones.editions.edition import Edition
from zones.judge.areas import judge_areas, judge_owners
from zones.judge.distances import GEOD, Floats, Integers
from zones.judge.report import Report, Row, counted, measured
from zones.judge.rule import TIE_M, Judge
from zones.judge.seabed import judge_seabed
from zones.lines.partition import Partition
from zones.rule.rule import Rule, decide_many
from zones.words import (
    ANSWERS,
    COMMON_MARITIME_SPACE,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    STATES,
    TERRITORIAL_WATERS,
    pair_name,
)

__all__ = ["THOROUGH", "Report", "Row", "Samples", "verify"]

VERTEX_BOUND_M = 1e-3
EDGE_BOUND_M = 0.1
CLASSIFIED_BOUND_M = 1e-3
CLASSIFIED_REACH_M = 100_000.0
_AT_SHORE_M = 0.01  # a shore of 500 m geodesics drawn straight in degrees, rounded to 7 decimals
_NEAREST_BESIDE_M, _FARTHEST_BESIDE_M = 0.2, 200.0


class Drawn(Protocol):
    """What is judged: an edition, or anything with these three parts of one."""

    @property
    def rule(self) -> Rule: ...
    @property
    def partition(self) -> Partition: ...
    @property
    def collections(self) -> Mapping[str, Collection]: ...


@dataclass(frozen=True, slots=True)
class Samples:
    """How many samples are taken besides every vertex."""

    # random places on every edge of a line before rounding; edges of what is exported get one
    an_edge: int = 2
    in_box: int = 40_000  # random points of the sea's bounding box
    beside: int = 40_000  # random points close to both sides of limits and boundaries, 0.2 to 200 m away


THOROUGH = Samples()


def verify(
    edition: Drawn,
    *,
    progress: Callable[[str, float], None] | None = None,
    seed: int = 0,
    samples: Samples = THOROUGH,
) -> Report:
    """Judge an edition.

    Args:
        progress: Told what is being judged and which share is done, 0 to 1.
        seed: Of the random places.

    Returns:
        Not ``ok`` where any promised bound is broken.
    """
    bench = _Bench(edition, np.random.default_rng(seed), samples)
    steps: Sequence[tuple[str, Callable[[], Iterator[Row]]]] = (
        ("outer limits", bench.limits),
        ("boundaries and equidistance lines", bench.boundaries),
        ("limits and boundaries as exported", bench.exported_lines),
        ("edges of the zones", bench.zone_edges),
        ("areas", bench.areas),
        ("random positions", bench.random_points),
        ("positions beside the lines", bench.points_beside),
        ("the seabed", bench.seabed),
    )
    rows: list[Row] = []
    for number, (title, step) in enumerate(steps):
        if progress is not None:
            progress(title, number / len(steps))
        rows += step()
    if progress is not None:
        progress("done", 1.0)
    return Report(tuple(rows))


class _Bench:
    """One edition on the judge's bench."""

    def __init__(self, edition: Drawn, rng: np.random.Generator, samples: Samples) -> None:
        self.edition = edition
        self.rule = edition.rule
        self.partition = edition.partition
        self.collections = edition.collections
        self.judge = Judge(edition.rule.baseline, edition.rule.breadth_m, edition.rule.reach_m)
        self.rng = rng
        self.samples = samples

    def seabed(self) -> Iterator[Row]:
        """Sector lines and sectors, where the edition divides the seabed."""
        if isinstance(self.edition, Edition):
            yield from judge_seabed(
                self.rule.baseline, self.edition.seabed, self.edition.sectors, self.collections,
                self.edition.metadata["effects"], self.rng,
            )  # fmt: skip

    def limits(self) -> Iterator[Row]:
        """Each State's limits before rounding: distance to its own baseline less the breadth."""
        for zone in (TERRITORIAL_WATERS, FISHERY_ZONE):
            for state in STATES:
                own = [
                    line.lon_lat
                    for line in self.partition.lines
                    if line.kind == "limit" and line.zone == zone and line.states == (state,)
                ]
                if own:
                    name = f"limit {zone} {state}"
                    yield from self._limit(name, zone, state, own, VERTEX_BOUND_M, "", self.samples.an_edge)

    def _limit(
        self,
        name: str,
        zone: str,
        state: str,
        lines: Sequence[Floats],
        vertex_bound_m: float,
        what: str,
        an_edge: int,
    ) -> Iterator[Row]:
        code = STATES.index(state)
        ends = self.judge.breadth_m if zone == TERRITORIAL_WATERS else self.judge.reach_m
        ruler = self.judge.states[code]
        for part, at, bound_m in (
            ("vertices", np.vstack(lines), vertex_bound_m),
            ("edges", self._on_edges(lines, an_edge), EDGE_BOUND_M),
        ):
            error = np.abs(ruler.measure(at, ends[code] + 1000.0).length_m - ends[code])
            yield measured(name, what + part, at, error, bound_m)

    def boundaries(self) -> Iterator[Row]:
        """Lines before rounding: difference of the distances to the two States, third States."""
        for line in self.partition.lines:
            if line.kind == "boundary":
                yield from self._boundary(f"boundary {pair_name(*line.states)}", line.states, line.lon_lat)
        for whole in self.partition.equidistance:
            states = (whole.left_state, whole.right_state)
            yield from self._boundary(f"equidistance {whole.pair}", states, whole.lon_lat, whole=True)
        for tripoint in self.partition.tripoints:
            at = np.array([[tripoint.lon, tripoint.lat]])
            lengths = np.array(
                [self.judge.states[STATES.index(s)].measure(at).length_m[0] for s in tripoint.states]
            )
            name = f"tripoint {'-'.join(tripoint.states)}"
            spread = np.array([lengths.max() - lengths.min()])
            yield measured(name, "three distances", at, spread, VERTEX_BOUND_M)
            nearer = np.maximum(lengths.min() - self.judge.everyone.measure(at).length_m, 0.0)
            yield measured(name, "another State nearer by", at, nearer, VERTEX_BOUND_M)

    def _boundary(
        self, name: str, states: Sequence[str], lon_lat: Floats, *, whole: bool = False
    ) -> Iterator[Row]:
        edges = self._on_edges([lon_lat], self.samples.an_edge)
        at_vertices = self._pair_lengths(states, lon_lat)
        at_edges = self._pair_lengths(states, edges)
        yield measured(name, "vertices", lon_lat, np.abs(np.diff(at_vertices)[:, 0]), VERTEX_BOUND_M)
        yield measured(name, "edges", edges, np.abs(np.diff(at_edges)[:, 0]), EDGE_BOUND_M)
        nearer = self._third_nearer(states, lon_lat, at_vertices.min(axis=1), whole=whole)
        yield measured(name, "a third State nearer by", lon_lat, nearer, VERTEX_BOUND_M)
        yield from self._bisector(
            name, states, np.vstack([lon_lat, edges]), np.vstack([at_vertices, at_edges])
        )

    def _bisector(self, name: str, states: Sequence[str], at: Floats, pair: Floats) -> Iterator[Row]:
        """Where a terminus is the nearest point of both States: how far the line is off the bisector."""
        lengths = np.full((len(at), len(STATES)), np.inf)
        lengths[:, [STATES.index(state) for state in states]] = pair
        wedge, right, spare, _ = self.judge.in_wedges(at, lengths)
        # At the edge of a wedge the line leaves the bisector: from there base points are as near.
        inside = np.flatnonzero((wedge >= 0) & (spare > EDGE_BOUND_M))
        if len(inside):
            yield measured(name, "off the bisector by", at[inside], np.abs(right[inside]), EDGE_BOUND_M)

    def _pair_lengths(self, states: Sequence[str], at: Floats) -> Floats:
        rulers = [self.judge.states[STATES.index(state)] for state in states]
        return np.column_stack([ruler.measure(at).length_m for ruler in rulers])

    def _third_nearer(self, states: Sequence[str], at: Floats, least_m: Floats, *, whole: bool) -> Floats:
        """By how much a State other than the two is nearer, 0 where none is. [m]"""
        nearer = np.zeros(len(at))
        for code, ruler in enumerate(self.judge.states):
            if STATES[code] not in states:
                bound = float(least_m.max()) if whole else float(self.judge.reach_m[code])
                nearer = np.maximum(nearer, least_m - ruler.measure(at, bound).length_m)
        return nearer

    def exported_lines(self) -> Iterator[Row]:
        """Collections of lines, rounded: all within 0.1 m."""
        for feature in self.collections["limits"].features:
            lines = [shapely.get_coordinates(part) for part in shapely.get_parts(feature.geometry)]
            zone, state = feature.properties["zone"], feature.properties["state"]
            name = f"limit {zone} {state}"
            yield from self._limit(name, zone, state, lines, EDGE_BOUND_M, "exported ", 1)
        for feature in self.collections["boundaries"].features:
            states = feature.properties["states"].split("-")
            lines = [shapely.get_coordinates(part) for part in shapely.get_parts(feature.geometry)]
            for part, at in (("vertices", np.vstack(lines)), ("edges", self._on_edges(lines, 1))):
                lengths = self._pair_lengths(states, at)
                gap = np.abs(lengths[:, 0] - lengths[:, 1])
                yield measured(f"boundary {feature.id}", f"exported {part}", at, gap, EDGE_BOUND_M)

    def zone_edges(self) -> Iterator[Row]:
        """Edges that two zones share: the rule must change there."""
        edges, sides = _shared_edges(self.collections["zones"])
        share = self.rng.random((len(edges), 1))
        at = edges[:, 0] * (1 - share) + edges[:, 1] * share
        lengths, _ = self.judge.lengths(at, self.judge.everyone.measure(at))
        error = np.empty(len(at))
        what = np.empty(len(at), dtype=object)
        for kinds in set(sides):
            own = np.flatnonzero([side == kinds for side in sides])
            error[own] = _off_the_change(self.judge, at[own], lengths[own], kinds)
            what[own] = " | ".join(sorted({zone for zone, _ in kinds}))
            if len({state for _, state in kinds if state}) == 2:
                what[own] = "of two States"
        for part in sorted(set(what)):
            own = np.flatnonzero(what == part)
            yield measured("edges shared by zones", part, at[own], error[own], EDGE_BOUND_M)

    def areas(self) -> Iterator[Row]:
        """Polygons by themselves and against the water, and whose shores internal waters have."""
        yield judge_owners(self.rule.baseline)
        yield from judge_areas(self.collections["zones"], list(self.judge.waters.values()))

    def random_points(self) -> Iterator[Row]:
        """The core's classification and the polygons, at random positions."""
        west, south, east, north = self.judge.waters[OPEN_REGION].bounds
        count = self.samples.in_box
        at = np.column_stack([self.rng.uniform(west, east, count), self.rng.uniform(south, north, count)])
        yield from self._classified("random positions", at)

    def points_beside(self) -> Iterator[Row]:
        """The same close to both sides of every limit and boundary."""
        lines = [line.lon_lat for line in self.partition.lines]
        starts = np.vstack([line[:-1] for line in lines])
        ends = np.vstack([line[1:] for line in lines])
        chosen = self.rng.integers(0, len(starts), self.samples.beside // 2)
        share = self.rng.random((len(chosen), 1))
        on = starts[chosen] * (1 - share) + ends[chosen] * share
        along, _, _ = GEOD.inv(*starts[chosen].T, *ends[chosen].T)
        low, high = np.log(_NEAREST_BESIDE_M), np.log(_FARTHEST_BESIDE_M)
        away = np.exp(self.rng.uniform(low, high, len(chosen)))
        beside = [
            np.column_stack(GEOD.fwd(on[:, 0], on[:, 1], np.asarray(along) + side, away)[:2])
            for side in (-90.0, 90.0)
        ]
        yield from self._classified("beside the lines", np.vstack(beside))

    def _classified(self, name: str, at: Floats) -> Iterator[Row]:
        truth = self.judge.classify(at)
        lon, lat = np.ascontiguousarray(at[:, 0]), np.ascontiguousarray(at[:, 1])
        core = decide_many(self.rule, lon, lat)
        differs = np.flatnonzero((core.zone != truth.zone) | (core.state != truth.state))
        off = np.minimum(truth.least_gap_m[differs], self.judge.to_shore_m(at[differs]) / 10)
        yield counted(name, "core and rule differ in zone or State", len(at), at[differs], off, TIE_M)
        same = (core.zone == truth.zone) & (core.state == truth.state)
        near = same & (truth.reference_m <= CLASSIFIED_REACH_M)
        error = np.abs(core.length - truth.reference_m)
        yield measured(name, "distance, to 100 km", at[near], error[near], CLASSIFIED_BOUND_M)
        far = same & ~near
        if far.any():
            yield measured(name, "distance, beyond 100 km", at[far], error[far], None)

        zone, state, holders = _by_polygon(self.collections["zones"], at)
        wet = truth.zone <= ANSWERS.index(COMMON_MARITIME_SPACE)
        drawn = np.where(wet, (zone == truth.zone) & (state == truth.state) & (holders == 1), holders == 0)
        differs = np.flatnonzero(~drawn)
        off = np.minimum(truth.to_line_m[differs], self.judge.to_shore_m(at[differs]))
        yield counted(name, "polygon and rule differ", len(at), at[differs], off, EDGE_BOUND_M)

    def _on_edges(self, lines: Sequence[Floats], an_edge: int) -> Floats:
        """Random places on every edge. [deg]"""
        starts = np.vstack([np.repeat(line[:-1], an_edge, axis=0) for line in lines])
        ends = np.vstack([np.repeat(line[1:], an_edge, axis=0) for line in lines])
        share = self.rng.random((len(starts), 1))
        return np.asarray(starts * (1 - share) + ends * share)


Side = tuple[str, str]


def _side(properties: Mapping[str, Any]) -> Side:
    return str(properties["zone"]), str(properties["state"] or "")


def _shared_edges(zones: Collection) -> tuple[Floats, list[tuple[Side, Side]]]:
    """Edges that are in the rings of two features, and what lies on their two sides."""
    starts, ends, owners = [], [], []
    for number, feature in enumerate(zones.features):
        for polygon in shapely.get_parts(feature.geometry):
            for ring in shapely.get_rings(polygon):
                xy = shapely.get_coordinates(ring)
                starts.append(xy[:-1])
                ends.append(xy[1:])
                owners.append(np.full(len(xy) - 1, number))
    start, end, owner = np.vstack(starts), np.vstack(ends), np.concatenate(owners)
    forward = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
    low = np.where(forward[:, None], start, end)
    high = np.where(forward[:, None], end, start)
    order = np.lexsort((owner, *np.hstack([low, high]).T))
    keys = np.hstack([low, high])[order]
    twice = np.flatnonzero((keys[:-1] == keys[1:]).all(axis=1))
    first, second = order[twice], order[twice + 1]
    sides = [_side(feature.properties) for feature in zones.features]
    pairs = [
        (min(sides[a], sides[b]), max(sides[a], sides[b]))
        for a, b in zip(owner[first], owner[second], strict=True)
    ]
    return np.stack([start[first], end[first]], axis=1), pairs


def _off_the_change(judge: Judge, at: Floats, lengths: Floats, kinds: tuple[Side, Side]) -> Floats:
    """How far points are from where the rule passes from the one zone to the other. [m]"""
    (zone, state), (other_zone, other_state) = kinds
    known = np.where(np.isfinite(lengths), lengths, 1e12)
    codes = [STATES.index(name) for name in {state, other_state} if name]
    if INTERNAL_WATERS in (zone, other_zone):
        return judge.everyone.measure(at).length_m
    if COMMON_MARITIME_SPACE in (zone, other_zone):
        if {zone, other_zone} != {COMMON_MARITIME_SPACE, FISHERY_ZONE}:
            return np.full(len(lengths), np.inf)
        return np.asarray(np.abs(known[:, codes] - judge.reach_m[codes]).min(axis=1))
    if state == other_state:
        return np.asarray(np.abs(known[:, codes] - judge.breadth_m[codes]).min(axis=1))
    gap = np.abs(known[:, codes[0]] - known[:, codes[1]])
    return np.asarray(np.minimum(gap, np.abs(known[:, codes] - judge.reach_m[codes]).min(axis=1)))


def _by_polygon(zones: Collection, at: Floats) -> tuple[Integers, Integers, Integers]:
    """Zone and State of the polygon that holds each point, and how many polygons do. [deg]"""
    zone = np.full(len(at), -1, dtype=np.int64)
    state = np.full(len(at), -1, dtype=np.int64)
    holders = np.zeros(len(at), dtype=np.int64)
    for feature in zones.features:
        # A copy: preparing changes a geometry, and that of the edition may be in use elsewhere.
        polygon = shapely.transform(feature.geometry, lambda xy: xy)
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, at[:, 0], at[:, 1])
        name, owner = _side(feature.properties)
        zone[inside] = ANSWERS.index(name)
        state[inside] = STATES.index(owner) if owner else -1
        holders += inside
    return zone, state, holders
