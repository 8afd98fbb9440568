"""The atlas: zones, limits, baselines, boundaries and installations as features with flat properties."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Proj

from coastlines import water_boundary
from coastlines.rings import DECIMALS
from zones.atlas.features import Collection, Feature
from zones.baseline.baseline import Baseline
from zones.baseline.shore import Artificial
from zones.geodesy.faces import on_grid
from zones.geodesy.geodesics import WGS84
from zones.lines.partition import DrawnLine, Partition
from zones.rule.rule import Rule
from zones.words import (
    AGREED_RECONSTRUCTED,
    BASELINE_KINDS,
    COMMON_MARITIME_SPACE,
    COMPUTED,
    CONVENTION_STATUS,
    FISHERY_ZONE,
    FISHERY_ZONE_BREADTH_NM,
    INTERNAL_WATERS,
    KARA_BOGAZ_GOL_ID,
    KARA_BOGAZ_GOL_NAME,
    LEGAL_BASIS,
    PROVISIONAL,
    STATE_NAMES,
    STATES,
    TERRITORIAL_WATERS,
    pair_name,
    part_ids,
)

SAFETY_ZONE_M = 500.0  # Convention, Article 8(2): at most
_SAFETY_ARC_SEGMENTS = 64  # a quarter; leaves the arc by 0.04 m at 500 m
_BELTS = [(zone, state) for zone in (TERRITORIAL_WATERS, FISHERY_ZONE) for state in STATES]


def draw_atlas(
    rule: Rule, partition: Partition, common: Mapping[str, Any], lagoon: Mapping[str, Any] | None = None
) -> dict[str, Collection]:
    """All collections of an edition by their ids.

    Every feature carries the properties ``common``, that of Kara-Bogaz-Gol those of ``lagoon`` instead.
    """
    drawn = (
        _zones(rule, partition, common, lagoon or {}),
        _limits(rule, partition, common),
        _baselines(rule.baseline, common),
        _boundaries(partition, common),
        _installations(rule.baseline.artificial, common),
    )
    return {collection.id: collection for collection in drawn}


def area_km2(geometry: shapely.Geometry) -> float:
    """Geodesic area on WGS84 of polygons with geodesic edges (Karney). [km2]"""
    area_m2 = 0.0
    for part in shapely.get_parts(shapely.orient_polygons(geometry)):
        rings = map(shapely.get_coordinates, (part.exterior, *part.interiors))
        area_m2 += sum(WGS84.polygon_area_perimeter(*ring.T)[0] for ring in rings)
    return area_m2 / 1e6


def length_km(geometry: shapely.Geometry) -> float:
    """Geodesic length on WGS84 of lines. [km]"""
    lines = map(shapely.get_coordinates, shapely.get_parts(geometry))
    return float(sum(WGS84.line_length(*line.T) for line in lines)) / 1e3


def zone_id(zone: str, state: str | None) -> str:
    """As ``territorial_waters-KAZ``; the zone alone where there is no State."""
    return f"{zone}-{state}" if state else zone


def named_lines(partition: Partition) -> tuple[tuple[str, DrawnLine], ...]:
    """Every drawn stretch of a limit or boundary with the id of the feature it belongs to."""
    pairs = [pair_name(*line.states) for line in partition.lines if line.kind == "boundary"]
    ids = iter(part_ids(pairs))
    return tuple(
        (zone_id(line.zone, line.states[0]) if line.kind == "limit" else next(ids), line)
        for line in partition.lines
    )


def _breadth_from_baseline_nm(rule: Rule, zone: str, state: str) -> float:
    """Where a zone of a State ends, measured from the baseline. [nm]"""
    breadth = float(rule.breadth_nm[STATES.index(state)])
    return breadth + FISHERY_ZONE_BREADTH_NM if zone == FISHERY_ZONE else breadth


def _zones(
    rule: Rule, partition: Partition, common: Mapping[str, Any], lagoon: Mapping[str, Any]
) -> Collection:
    sides = _sides(partition)
    features = []
    for waters in rule.baseline.enclosed:
        polygon = shapely.orient_polygons(on_grid(waters.polygon))
        own = {**common, **lagoon} if waters.id == KARA_BOGAZ_GOL_ID else common
        features.append(_zone(waters.id, INTERNAL_WATERS, waters.state, polygon, own))
    for zone, state in (*_BELTS, (COMMON_MARITIME_SPACE, "")):
        if (zone, state) in partition.polygons:
            polygon = partition.polygons[(zone, state)]
            breadth = _breadth_from_baseline_nm(rule, zone, state) if state else None
            features.append(
                _zone(zone_id(zone, state), zone, state, polygon, common, breadth, sides.get(state, ""))
            )
    return Collection(
        "zones",
        "Legal zones of the Caspian Sea",
        "Internal waters, territorial waters and fishery zones of the five States and the common "
        "maritime space. Internal waters are empty but for Kara-Bogaz-Gol unless straight lines are "
        "given: none is agreed or published with coordinates that could be read.",
        tuple(features),
    )


def _zone(
    identity: str, zone: str, state: str, polygon: shapely.Geometry, common: Mapping[str, Any],
    breadth_nm: float | None = None, sides: str = "",
) -> Feature:  # fmt: skip
    status = COMPUTED
    if sides:
        status = PROVISIONAL if PROVISIONAL in sides else AGREED_RECONSTRUCTED
    properties = {
        "name": _zone_name(identity, zone, state),
        "zone": zone,
        "state": state or None,
        "status": status,
        "sides": sides or None,
        "legal_basis": LEGAL_BASIS[zone],
        "breadth_nm": breadth_nm,
        "area_km2": round(area_km2(polygon), 6),
        "in_sums": identity != KARA_BOGAZ_GOL_ID,
        **common,
        "convention_status": CONVENTION_STATUS,
    }
    return Feature(identity, polygon, properties)


def _zone_name(identity: str, zone: str, state: str) -> str:
    title = zone.replace("_", " ").capitalize()
    name = f"{title} of {STATE_NAMES[state]}" if state else title
    return f"{name}: {KARA_BOGAZ_GOL_NAME}" if identity == KARA_BOGAZ_GOL_ID else name


def _sides(partition: Partition) -> dict[str, str]:
    """State to the status of the lines at the sides of its waters, as ``AZE-RUS provisional``."""
    pairs = sorted({pair_name(*line.states) for line in partition.lines if line.kind == "boundary"})
    return {
        state: "; ".join(f"{pair} {water_boundary(pair).status}" for pair in pairs if state in pair)
        for state in STATES
    }


def _limits(rule: Rule, partition: Partition, common: Mapping[str, Any]) -> Collection:
    stretches: dict[tuple[str, str], list[DrawnLine]] = defaultdict(list)
    for line in partition.lines:
        if line.kind == "limit":
            stretches[(line.zone, line.states[0])].append(line)
    features = []
    for zone, state in _BELTS:
        if (zone, state) not in stretches:
            continue
        rounded = [np.round(line.lon_lat, DECIMALS) for line in stretches[(zone, state)]]
        geometry = shapely.MultiLineString([xy for xy in rounded if (xy != xy[0]).any()])
        properties = {
            "name": f"Outer limit of the {zone.replace('_', ' ')} of {STATE_NAMES[state]}",
            "zone": zone,
            "state": state,
            "status": COMPUTED,
            "legal_basis": LEGAL_BASIS[zone],
            "breadth_nm": _breadth_from_baseline_nm(rule, zone, state),
            "length_km": round(length_km(geometry), 6),
            **common,
        }
        features.append(Feature(zone_id(zone, state), geometry, properties))
    return Collection(
        "limits",
        "Outer limits",
        "Outer limits of territorial waters and of fishery zones: the envelope of arcs from the baseline, "
        "within 0.1 m, vertices within 1 mm before they are rounded to 7 decimals.",
        tuple(features),
    )


def _baselines(baseline: Baseline, common: Mapping[str, Any]) -> Collection:
    ends = np.round(np.stack([baseline.start, baseline.end], axis=1), DECIMALS)
    drawn = baseline.is_baseline & (ends[:, 0] != ends[:, 1]).any(axis=1)
    features = []
    for (k, kind), (g, state) in itertools.product(enumerate(BASELINE_KINDS), enumerate(STATES)):
        own = drawn & (baseline.kind == k) & (baseline.state == g)
        if not own.any():
            continue
        merged = shapely.line_merge(shapely.MultiLineString(list(ends[own])), directed=True)
        geometry = shapely.MultiLineString(list(shapely.get_parts(merged)))
        properties = {
            "name": f"{kind.replace('_', ' ').capitalize()} baseline of {STATE_NAMES[state]}",
            "state": state,
            "kind": kind,
            "status": COMPUTED,
            "legal_basis": "Convention, Art. 1",
            "length_km": round(length_km(geometry), 6),
            **common,
        }
        features.append(Feature(f"{kind}-{state}", geometry, properties))
    return Collection(
        "baselines",
        "Baselines",
        "Normal baselines (a proxy shoreline of the -28.0 m line), straight baselines and closing lines, "
        "geodesics in pieces of at most 500 m; water on the left.",
        tuple(features),
    )


def _boundaries(partition: Partition, common: Mapping[str, Any]) -> Collection:
    boundaries = [(name, line) for name, line in named_lines(partition) if line.kind == "boundary"]
    features = []
    for name, line in sorted(boundaries, key=lambda one: pair_name(*one[1].states)):
        pair = pair_name(*line.states)
        known = water_boundary(pair)
        geometry = shapely.LineString(np.round(line.lon_lat, DECIMALS))
        properties = {
            "name": f"Waters of {STATE_NAMES[pair[:3]]} and {STATE_NAMES[pair[4:]]}",
            "states": pair,
            "state_left": line.states[0],
            "state_right": line.states[1],
            "status": known.status,
            "basis": known.basis,
            "basis_source": known.source,
            "legal_basis": "Convention, Art. 7(3) and 9(1)",
            "length_km": round(length_km(geometry), 6),
            **common,
        }
        features.append(Feature(name, geometry, properties))
    return Collection(
        "boundaries",
        "Boundaries in the water",
        "Lines between the waters of two States, where the belts of both reach: equidistance lines, "
        "equal to 1 mm at vertices before rounding and within 0.1 m along their edges.",
        tuple(features),
    )


def _installations(artificial: Sequence[Artificial], common: Mapping[str, Any]) -> Collection:
    features = []
    numbers: dict[str, int] = defaultdict(int)
    for land in artificial:
        stem = "".join(c if c.isalnum() else "_" for c in land.name.split("(")[0].strip().lower())
        numbers[stem] += 1
        identity = f"{stem}-{numbers[stem]}"
        outline = shapely.orient_polygons(on_grid(shapely.Polygon(land.lon_lat)))
        for part, geometry in (("installation", outline), ("safety_zone", _safety_zone(outline))):
            properties = {
                "name": land.name,
                "part": part,
                "state": land.state,
                "kind": land.kind,
                "status": COMPUTED,
                "legal_basis": "Convention, Art. 7(2)" if part == "installation" else "Convention, Art. 8(2)",
                "reason": land.reason,
                "breadth_m": None if part == "installation" else SAFETY_ZONE_M,
                "area_km2": round(area_km2(geometry), 6),
                **common,
            }
            suffix = "" if part == "installation" else "-safety_zone"
            features.append(Feature(identity + suffix, geometry, properties))
    return Collection(
        "installations",
        "Artificial land",
        "Artificial islands and installations that the coast source draws: they generate no baseline "
        "(Art. 7(2)). Safety zones of 500 m are the most that Art. 8(2) allows; none is known to be set up.",
        tuple(features),
    )


def _safety_zone(outline: shapely.Polygon) -> shapely.Polygon:
    """What lies within 500 m of an installation, its land included, in a plane centred on it."""
    centre = outline.centroid
    plane = Proj(f"+proj=aeqd +lat_0={centre.y!r} +lon_0={centre.x!r} +ellps=WGS84")
    flat = shapely.transform(outline, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1])))
    wide = shapely.Polygon(flat.exterior).buffer(SAFETY_ZONE_M, quad_segs=_SAFETY_ARC_SEGMENTS)
    back = shapely.transform(wide, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1], inverse=True)))
    return shapely.orient_polygons(on_grid(back))
