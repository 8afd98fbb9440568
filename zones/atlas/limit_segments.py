"""Segments of the outer limits as features: what a boundary commission checks by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from coastlines import StraightLine
from coastlines.rings import DECIMALS
from zones.arrays import Floats
from zones.atlas.features import Collection, Feature
from zones.atlas.water import length_km
from zones.baseline.baseline import Baseline
from zones.geodesy.segment_tree import START_VERTEX
from zones.lines.limit_segments import BaseLines, LimitSegment, base_lines, limit_segments
from zones.lines.partition import DrawnLine
from zones.words import BASELINE_KINDS, STATES

ARC, STRAIGHT = "arc", "straight"
_EXACT_DECIMALS = 9  # of ends and centres: 0.1 mm
_NOWHERE = (None, None)

# A feature of the baselines, and a vertex of it: rounded longitude and latitude in units of the last decimal.
_Vertex = tuple[str, int, int]


def draw_limit_segments(
    baseline: Baseline,
    given: Sequence[StraightLine],
    lines: Iterable[tuple[str, DrawnLine]],
    collections: Mapping[str, Collection],
) -> Collection:
    """The collection ``limit_segments`` of an edition, in the order of its limits.

    ``given`` are the straight lines of a user, ``lines`` the drawn lines with the ids of their features, and
    ``collections`` those that have been drawn: base points are named by their places in ``baselines``.
    """
    bases = base_lines(baseline, given)
    names = _base_point_names(collections["baselines"])
    stretches: dict[str, list[DrawnLine]] = {limit.id: [] for limit in collections["limits"].features}
    for identity, line in lines:
        if line.kind == "limit":
            stretches[identity].append(line)
    features = []
    for limit in collections["limits"].features:
        for part, line in enumerate(stretches[limit.id], start=1):
            for number, segment in enumerate(limit_segments(baseline, bases, line), start=1):
                own = _base(baseline, bases, names, segment, float(line.distance_m[0]))
                features.append(_feature(limit, part, number, segment, own))
    return Collection(
        "limit_segments",
        "Segments of the outer limits",
        "Arcs about a base point, and curves at the breadth from a straight part of the baseline, which no "
        "geodesic is: what each outer limit is made of, in its order, the belt on the left. Ends and centres "
        "have 9 decimals.",
        tuple(features),
    )


def _feature(
    limit: Feature, part: int, number: int, segment: LimitSegment, own: Mapping[str, Any]
) -> Feature:
    geometry = shapely.LineString(_drawn(segment.lon_lat))
    of_limit = limit.properties
    properties = {
        "name": f"{of_limit['name']}, segment {part}.{number}",
        "limit_id": limit.id,
        "part": part,
        "number": number,
        "shape": ARC if segment.is_arc else STRAIGHT,
        **{name: of_limit[name] for name in ("zone", "state", "status", "legal_basis", "breadth_nm")},
        **_lon_lat("start", segment.lon_lat[0]),
        **_lon_lat("end", segment.lon_lat[-1]),
        **own,
        "length_km": round(length_km(geometry), 6),
        **{name: of_limit[name] for name in ("assumptions", "edition", "source", "attribution")},
    }
    return Feature(f"{limit.id}-{part}-{number}", geometry, properties)


def _base(
    baseline: Baseline, bases: BaseLines, names: Mapping[_Vertex, str], segment: LimitSegment,
    distance_m: float,
) -> dict[str, Any]:  # fmt: skip
    """What a segment of a limit is measured from."""
    base = segment.base_segment
    centre: Any = None
    first, last = baseline.start[bases.first[base]], baseline.end[bases.last[base]]
    kind = BASELINE_KINDS[baseline.kind[base]]
    of = f"{kind}-{STATES[baseline.state[base]]}"
    if segment.is_arc:
        is_start = baseline.sides.columns[base, START_VERTEX] == segment.vertex
        centre = (baseline.start if is_start else baseline.end)[base]
        first = last = None
    return {
        "base_point": names.get(_vertex(of, centre)) if segment.is_arc else None,
        **_lon_lat("centre", centre),
        "radius_m": round(distance_m, 3) if segment.is_arc else None,
        "base_start": None if segment.is_arc else names.get(_vertex(of, first)),
        **_lon_lat("base_start", first),
        "base_end": None if segment.is_arc else names.get(_vertex(of, last)),
        **_lon_lat("base_end", last),
        "line_type": None if segment.is_arc else bases.line_types[base],
        "baseline_kind": kind,
    }


def _lon_lat(name: str, place: Floats | None) -> dict[str, float | None]:
    lon, lat = _NOWHERE if place is None else (round(float(value), _EXACT_DECIMALS) for value in place)
    return {f"{name}_lon": lon, f"{name}_lat": lat}


def _drawn(lon_lat: Floats) -> Floats:
    """A line in the decimals in which it is published, without a vertex twice."""
    rounded = np.round(lon_lat, DECIMALS)
    return rounded[np.append(True, (rounded[1:] != rounded[:-1]).any(axis=1))]


def _base_point_names(baselines: Collection) -> dict[_Vertex, str]:
    """The name of every vertex of the baselines: the feature, its part, the number of the vertex there."""
    names: dict[_Vertex, str] = {}
    for feature in baselines.features:
        for part, line in enumerate(shapely.get_parts(feature.geometry), start=1):
            scaled = np.round(shapely.get_coordinates(line) * 10**DECIMALS).astype(np.int64)
            for number, (lon, lat) in enumerate(scaled.tolist(), start=1):
                names.setdefault((feature.id, lon, lat), f"{feature.id}/{part}/{number}")
    return names


def _vertex(feature: str, lon_lat: Floats) -> _Vertex:
    lon, lat = np.round(np.round(lon_lat, DECIMALS) * 10**DECIMALS).astype(np.int64).tolist()
    return feature, lon, lat
