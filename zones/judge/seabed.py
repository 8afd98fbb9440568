"""The judge's look at the seabed: sector lines against their own methods, sectors against each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely

from coastlines import features
from coastlines.rings import DECIMALS
from zones.atlas.features import Collection
from zones.baseline.baseline import Baseline
from zones.judge.areas import judge_areas
from zones.judge.distances import GEOD, Floats, Ruler, earth_centred
from zones.judge.report import Row, counted, measured
from zones.seabed.effects import find_feature
from zones.seabed.sector_lines import Seabed, SectorLine
from zones.seabed.sectors import SectorIndex, line_ids, seabed_water
from zones.words import STATES

_VERTEX_BOUND_M = 1e-3
_EDGE_BOUND_M = 0.1
_LENGTH_BOUND_M = 1e-3
_SAMPLES = 20_000
_POINTS_NOT_COMPARED_M = 0.1


def judge_seabed(
    baseline: Baseline,
    seabed: Seabed,
    index: SectorIndex,
    collections: Mapping[str, Collection],
    effects: Mapping[str, float],
    rng: np.random.Generator,
) -> Iterator[Row]:
    """Rows on every sector line, on the sectors, and on positions over them."""
    distances = _Distances(baseline, effects)
    for name, line in zip(line_ids(seabed.lines), seabed.lines, strict=True):
        if np.isfinite(line.difference_m).all():
            yield from _follows_its_difference(name, line, distances, rng)
        else:
            yield _follows_geodesics(name, line)
    sectors = collections["sectors"]
    yield _shared_points(seabed, sectors)
    water = seabed_water(baseline)
    yield from judge_areas(sectors, [water])
    yield _positions(sectors, index, water, rng)


class _Distances:
    """Distances to the States' baselines with the effects that islands have."""

    def __init__(self, baseline: Baseline, effects: Mapping[str, float]) -> None:
        own = baseline.is_baseline
        share = np.ones(len(own))
        for name, effect in effects.items():
            feature = find_feature(features(), name)
            assert feature.bbox is not None
            west, south, east, north = feature.bbox
            ends = np.concatenate([baseline.start, baseline.end], axis=1)
            inside = (ends[:, [0, 2]] >= west) & (ends[:, [0, 2]] <= east)
            inside &= (ends[:, [1, 3]] >= south) & (ends[:, [1, 3]] <= north)
            share[inside.all(axis=1) & (baseline.state == STATES.index(feature.state))] = effect
        self._layers: dict[str, list[tuple[float, Ruler]]] = {}
        self._plain: dict[str, Ruler] = {}
        for number, state in enumerate(STATES):
            mine = own & (baseline.state == number)
            levels = [0.0, *sorted(set(share[mine].tolist()) - {0.0})]
            # Between two levels of effect count those that have at least the upper one.
            self._layers[state] = [
                (
                    upper - lower,
                    Ruler(baseline.start[mine & (share >= upper)], baseline.end[mine & (share >= upper)]),
                )
                for lower, upper in itertools.pairwise(levels)
            ]
            self._plain[state] = Ruler(baseline.start[mine], baseline.end[mine])

    def of(self, state: str, at: Floats, *, plain: bool) -> Floats:
        """Distance from each place, with full effects or with those chosen. [m]"""
        if plain:
            return self._plain[state].measure(at).length_m
        return np.sum([weight * ruler.measure(at).length_m for weight, ruler in self._layers[state]], axis=0)


def _follows_its_difference(
    name: str, line: SectorLine, distances: _Distances, rng: np.random.Generator
) -> Iterator[Row]:
    """Difference of the two distances less what the method asks for, at vertices and along edges."""
    plain = line.pair == "AZE-KAZ"  # its treaty gives islands full effect
    share = rng.random((len(line.lon_lat) - 1, 1))
    along = line.lon_lat[:-1] * (1 - share) + line.lon_lat[1:] * share
    wanted = line.difference_m[:-1] * (1 - share[:, 0]) + line.difference_m[1:] * share[:, 0]
    for what, at, asked, bound in (
        ("vertices", line.lon_lat, line.difference_m, _VERTEX_BOUND_M),
        ("edges", along, wanted, _EDGE_BOUND_M),
    ):
        left, right = (distances.of(state, at, plain=plain) for state in (line.left_state, line.right_state))
        yield measured(f"sector line {name}", what, at, np.abs(left - right - asked), bound)


def _follows_geodesics(name: str, line: SectorLine) -> Row:
    """Length along the vertices less that of the geodesics between the points given."""
    pieces = GEOD.inv(*line.lon_lat[:-1].T, *line.lon_lat[1:].T)[2]
    whole = GEOD.inv(*line.given[:-1].T, *line.given[1:].T)[2]
    off = np.array([abs(float(np.sum(pieces)) - float(np.sum(whole)))])
    return measured(f"sector line {name}", "length of its geodesics", line.lon_lat[:1], off, _LENGTH_BOUND_M)


def _shared_points(seabed: Seabed, sectors: Collection) -> Row:
    """Points of agreed lines that are not vertices of both sectors, bit for bit."""
    corners = {
        feature.properties["state"]: set(map(tuple, shapely.get_coordinates(feature.geometry).tolist()))
        for feature in sectors.features
    }
    agreed = [line for line in seabed.lines if line.status == "agreed"]
    points = [
        (tuple(point), state)
        for line in agreed
        for point in np.round(line.given, DECIMALS).tolist()
        for state in (line.left_state, line.right_state)
    ]
    missing = sum(point not in corners[state] for point, state in points)
    return Row(
        "sectors", "agreed points that both sectors lack", len(points), float(missing), None, 0.0, "points",
        missing == 0,
    )  # fmt: skip


def _positions(
    sectors: Collection, index: SectorIndex, water: shapely.Geometry, rng: np.random.Generator
) -> Row:
    """Random places over the seabed: the sector found against the polygon drawn."""
    west, south, east, north = water.bounds
    at = np.column_stack([rng.uniform(west, east, _SAMPLES), rng.uniform(south, north, _SAMPLES)])
    polygons: dict[str, Any] = {f.properties["state"]: f.geometry for f in sectors.features}
    drawn = np.full(len(at), -1)
    for number, state in enumerate(STATES):
        shapely.prepare(polygons[state])
        drawn[shapely.contains_xy(polygons[state], at[:, 0], at[:, 1])] = number
    at, drawn = at[drawn >= 0], drawn[drawn >= 0]
    found, _, length_m = index.locate(earth_centred(at))
    wrong = found != drawn
    return counted("sectors", "positions", len(at), at[wrong], length_m[wrong], _POINTS_NOT_COMPARED_M)
