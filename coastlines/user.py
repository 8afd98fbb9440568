"""A user's own coast, as easy to use as a bundled one."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod

from coastlines.errors import CoastError
from coastlines.rings import DECIMALS, Ring, clean_ring, directed_ring
from coastlines.sources import SOURCE_IDS, CoastSource, Provenance
from coastlines.straight_lines import StraightLine, read_straight_lines
from coastlines.vector_files import VectorFeature, VectorFile, read_vector_file

__all__ = ["StraightLine", "read_coast_file", "read_straight_lines"]

MIDDLE = (51.0, 40.0)
"""Longitude and latitude of a place that is open water at any level of the sea. [deg]"""

_NEIGHBOURHOOD = shapely.box(44.0, 34.0, 58.0, 50.0)
"""No shore of the sea lies outside at any level; polygons elsewhere on earth do not matter."""

_AREA_KM2 = (100_000.0, 1_000_000.0)
_POLYGONS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString", "LinearRing")
_GEOD = Geod(ellps="WGS84")


def read_coast_file(path: str | os.PathLike[str]) -> CoastSource:
    """Read a coast from GeoJSON, GeoPackage or a shapefile (zipped or not).

    Args:
        path: File of polygons of water with the islands as holes, or of polygons of land, or of lines that
            close into rings; any coordinate reference system that the file names.

    Returns:
        Its id is the file's name, its version the first eight digits of the file's sha256.

    Raises `CoastError`: the file is not there, unreadable, empty or without a coordinate reference system;
    coordinates are no numbers or out of range; a ring crosses itself or does not close; polygons of water
    overlap; or there is no Caspian Sea in it.

    Notes:
        Polygons are water if 51 E 40 N lies in one of them, and land if it lies in a gap that they
        enclose. Where they touch along edges they are joined. Lakes on islands are left out.
    """
    path = Path(path)
    file = read_vector_file(path, CoastError)
    features = _without_collections(file.features)
    types = {feature.geometry.geom_type for feature in features}
    for feature in features:
        if feature.geometry.geom_type not in (*_POLYGONS, *_LINES):
            raise CoastError(
                f"{path.name}: feature {feature.number} is a {feature.geometry.geom_type}, "
                "polygons or lines are expected"
            )
    if not types.isdisjoint(_POLYGONS) and not types.isdisjoint(_LINES):
        raise CoastError(f"{path.name}: holds polygons and lines, one of the two is expected")
    if types.isdisjoint(_POLYGONS):
        rings = _closed_rings(path.name, features)
        water = _water_within_rings(rings)
    else:
        polygons = _valid_polygons(path.name, features)
        water = _water_of_polygons(path.name, polygons)
    if water is None:
        raise CoastError(_no_caspian(path.name, features))
    return _coast_source(path, file, water)


def _without_collections(features: Sequence[VectorFeature]) -> list[VectorFeature]:
    """Take geometry collections apart; the parts keep the number of their feature."""
    parts = []
    for feature in features:
        if feature.geometry.geom_type == "GeometryCollection":
            members = [
                VectorFeature(feature.number, member, feature.properties)
                for member in shapely.get_parts(feature.geometry)
            ]
            parts.extend(_without_collections(members))
        else:
            parts.append(feature)
    return parts


def _valid_polygons(file_name: str, features: Sequence[VectorFeature]) -> list[tuple[int, shapely.Polygon]]:
    """Clean every polygon in the neighbourhood, with the number of its feature."""
    polygons: list[tuple[int, shapely.Polygon]] = []
    for feature in features:
        for part in shapely.get_parts(feature.geometry):
            shore_is_near = part.boundary.intersects(_NEIGHBOURHOOD)
            if not shore_is_near and not shapely.contains_xy(part, *MIDDLE):
                continue
            polygon = part
            if not part.is_valid:
                # Repeated vertices and spikes are no reason to refuse.
                rings = [clean_ring(shapely.get_coordinates(ring)) for ring in _rings(part)]
                if not len(rings[0]):
                    continue
                polygon = shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring)])
                if not polygon.is_valid and _is_wrong_elsewhere(polygon):
                    repaired = shapely.get_parts(shapely.make_valid(polygon))
                    polygons.extend(
                        (feature.number, piece) for piece in repaired if piece.geom_type == "Polygon"
                    )
                    continue
                _refuse_invalid(f"{file_name}: feature {feature.number}", polygon)
            polygons.append((feature.number, polygon))
    return polygons


def _rings(polygon: shapely.Polygon) -> list[shapely.LinearRing]:
    return [polygon.exterior, *polygon.interiors]


_FAULT = re.compile(r"(.*)\[(\S+) (\S+)\]")
"""What GEOS says of an invalid polygon: the fault and its position."""


def _is_wrong_elsewhere(polygon: shapely.Polygon) -> bool:
    """Whether the fault of an invalid polygon lies away from the Caspian Sea."""
    fault = _FAULT.fullmatch(shapely.is_valid_reason(polygon))
    if fault is None:
        return False
    return not _NEIGHBOURHOOD.contains(shapely.Point(float(fault[2]), float(fault[3])))


def _refuse_invalid(place: str, polygon: shapely.Polygon) -> None:
    if polygon.is_valid:
        return
    reason = shapely.is_valid_reason(polygon)
    fault = _FAULT.fullmatch(reason)
    if fault is None:
        raise CoastError(f"{place} is no valid polygon: {reason}")
    what, where = fault[1], f"{float(fault[2]):.7f}, {float(fault[3]):.7f}"
    if "elf-intersection" in what:
        raise CoastError(f"{place} crosses or touches itself at {where}, a simple ring is expected")
    raise CoastError(f"{place} is no valid polygon: {what.lower()} at {where}")


def _water_of_polygons(file_name: str, polygons: list[tuple[int, shapely.Polygon]]) -> shapely.Polygon | None:
    """Water around the middle of the sea: a polygon there, or a gap between polygons."""
    middle = shapely.Point(MIDDLE)
    water = [(number, polygon) for number, polygon in polygons if polygon.intersects(middle)]
    shapes = [polygon for _, polygon in polygons]
    if water:
        number, sea = water[0]
        for other_number, other in polygons:
            # "T********": the interiors have a point in common.
            if other is not sea and sea.relate_pattern(other, "T********"):
                raise CoastError(
                    f"{file_name}: feature {other_number} lies on the water of feature {number}, "
                    "islands are expected as holes of the water"
                )
        touching = [polygon for polygon in shapes if polygon is sea or polygon.intersects(sea)]
        if len(touching) > 1:
            joined = shapely.get_parts(shapely.union_all(shapes))
            (sea,) = joined[shapely.intersects(joined, middle)]
        return sea
    lands = shapely.get_parts(shapely.union_all(shapes))
    holes = [shapely.Polygon(ring) for land in lands for ring in land.interiors]
    around = [hole for hole in holes if hole.intersects(middle)]
    if not around:
        return None
    gap = min(around, key=lambda hole: hole.area)
    shapely.prepare(gap)
    islands = [land.exterior for land in lands if gap.contains(land)]
    return shapely.Polygon(gap.exterior, islands)


def _closed_rings(file_name: str, features: Sequence[VectorFeature]) -> list[shapely.Polygon]:
    """Join lines end to end into rings."""
    lines = []
    for feature in features:
        for line in shapely.get_parts(feature.geometry):
            coordinates = np.round(shapely.get_coordinates(line), DECIMALS)
            if (coordinates != coordinates[0]).any():
                lines.append(shapely.LineString(coordinates))
    # Lines that are rings already are left alone, as two of them may touch in a vertex.
    joined = [line for line in lines if line.is_closed]
    opened = [line for line in lines if not line.is_closed]
    joined.extend(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(opened))))
    ends = [(line.coords[0], line.coords[-1]) for line in joined if not line.is_closed]
    if ends:
        start, end = ends[0]
        raise CoastError(
            f"{file_name}: {len(ends)} of its lines do not close into rings, the first runs from "
            f"{start[0]:.7f}, {start[1]:.7f} to {end[0]:.7f}, {end[1]:.7f}"
        )
    rings = []
    for line in joined:
        coordinates = clean_ring(shapely.get_coordinates(line))
        if not len(coordinates):
            continue
        ring = shapely.Polygon(coordinates)
        lon, lat = coordinates[0]
        _refuse_invalid(f"{file_name}: the ring through {lon:.7f}, {lat:.7f}", ring)
        rings.append(ring)
    return rings


def _water_within_rings(rings: list[shapely.Polygon]) -> shapely.Polygon | None:
    """Water inside the smallest ring around the middle of the sea, less the rings in it."""
    middle = shapely.Point(MIDDLE)
    around = [ring for ring in rings if ring.contains(middle)]
    if not around:
        return None
    sea = min(around, key=lambda ring: ring.area)
    shapely.prepare(sea)
    inside = sorted(
        (ring for ring in rings if ring is not sea and sea.covers(ring)),
        key=lambda ring: -ring.area,
    )
    islands: list[shapely.Polygon] = []
    for ring in inside:
        # A ring in an island is the shore of a lake there.
        if not any(island.covers(ring) for island in islands):
            islands.append(ring)
    return shapely.Polygon(sea.exterior, [island.exterior for island in islands])


def _no_caspian(file_name: str, features: Sequence[VectorFeature]) -> str:
    message = (
        f"{file_name}: holds no Caspian Sea, {MIDDLE[0]:g} E {MIDDLE[1]:g} N is expected in a "
        "polygon of water, in a gap that polygons of land enclose, or within a closed line"
    )
    west, south, east, north = shapely.total_bounds([feature.geometry for feature in features])
    lon, lat = MIDDLE
    if not (west <= lon <= east and south <= lat <= north):
        message += f"; it reaches from {west:.3f}, {south:.3f} to {east:.3f}, {north:.3f}"
        if west <= lat <= east and south <= lon <= north:
            message += ": longitude and latitude look swapped"
    return message


def _coast_source(path: Path, file: VectorFile, water: shapely.Polygon) -> CoastSource:
    mainland = directed_ring(clean_ring(np.asarray(water.exterior.coords)), counter_clockwise=True)
    cleaned = [clean_ring(np.asarray(ring.coords)) for ring in water.interiors]
    islands = [directed_ring(ring, counter_clockwise=False) for ring in cleaned if len(ring)]
    islands.sort(key=lambda ring: (-shapely.Polygon(ring).area, *ring[0]))
    whole = shapely.Polygon(mainland, islands)
    _refuse_invalid(f"{path.name}: its water", whole)
    area = _area_km2(mainland) - sum(map(_area_km2, islands))
    if not _AREA_KM2[0] <= area <= _AREA_KM2[1]:
        raise CoastError(
            f"{path.name}: holds no Caspian Sea, the water around {MIDDLE[0]:g} E {MIDDLE[1]:g} N "
            f"covers {area:,.0f} km2 where about 380,000 are expected"
        )
    for ring in (mainland, *islands):
        ring.flags.writeable = False
    source_id = _source_id(path)
    version = file.sha256[:8]
    provenance = Provenance(
        id=source_id,
        version=version,
        title=f"user's own coast {path.name}",
        package="",
        package_version="",
        package_sha256=file.sha256,
        file=path.name,
        licence="LicenseRef-unknown",
        attribution="",
        epoch="not stated",
        level_m=None,
        level_note="not stated",
        scale="not stated",
        accuracy_m=None,
        accuracy_note="not stated",
        area_km2=round(area, 1),
        mainland_vertices=len(mainland) - 1,
        islands=len(islands),
        recipe="",
        remark=f"Given by the user in {file.crs}; taken as the line at -28.0 m as it stands.",
    )
    return CoastSource(source_id, version, mainland, tuple(islands), provenance, file.sha256)


def _source_id(path: Path) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "coast"
    return f"own-{stem}" if stem in SOURCE_IDS else stem


def _area_km2(ring: Ring) -> float:
    area, _ = _GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])
    return abs(float(area)) / 1e6
