"""What differs between two editions: areas gained and lost, and how far lines have moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from coastlines import StraightLine
from zones.arrays import Floats, Integers
from zones.atlas.coast_direction import greatest_departure, longest_piece_m
from zones.atlas.features import Collection, Feature
from zones.atlas.water import area_km2, length_km
from zones.baseline.straight_lines import SnappedLine
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import densify_geodesics, feet_on_segments
from zones.geodesy.nearest import nearest_of_groups

# What `LineDifference.moved_m` may be too small by, and what two drawings of one line may differ by: a line
# that is no farther away has not moved, a strip between two that is no wider is neither gained nor lost.
MOVED_WITHIN_M = 0.1
AREA_COLLECTIONS = ("zones", "sectors")
LINE_COLLECTIONS = ("limits", "boundaries", "sector_boundaries")
_DECIMALS_KM2 = 3
_LEAST_RADIUS_M = 6_335_000.0  # of curvature, on WGS84
_MOST_HALVINGS = 16


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """The area of one feature in two editions; 0 where it is not in one. [km2]"""

    collection: str  # ``zones`` or ``sectors``
    id: str
    name: str
    state: str | None
    before_km2: float
    after_km2: float
    gained_km2: float  # in the second edition alone
    lost_km2: float  # in the first alone


@dataclass(frozen=True, slots=True)
class LineDifference:
    """How far one line lies from itself in another edition."""

    collection: str  # ``limits``, ``boundaries`` or ``sector_boundaries``
    id: str
    name: str
    # Largest geodesic distance of a point of either line from the other line, by at most `MOVED_WITHIN_M` too
    # small; None where one edition has no such line. [m]
    moved_m: float | None
    lon: float | None  # where that is [deg]
    lat: float | None


@dataclass(frozen=True, slots=True)
class DrawnStraightLine:
    """A straight or closing line as it is used, by what others object to in such lines."""

    name: str
    state: str
    kind: str
    line_type: str
    length_km: float  # geodesic, from end to end
    over_land_km: float  # how much of that runs over no water of the Caspian, where it is no baseline
    # snapped_start_m, snapped_end_m: how far its ends were moved to the shore [m]
    snapped_start_m: float
    snapped_end_m: float
    offshore_m: (
        float  # largest distance of a point of it from any shore, by at most `MOVED_WITHIN_M` too small
    )
    # lon, lat: where that is [deg]
    lon: float
    lat: float
    longest_piece_km: float  # geodesic, between two of its turning points
    # The piece that departs most from the coast's general direction, counted from 1, and by how much; None
    # where the coast has no such direction (see `coast_direction`).
    departure_piece: int | None
    departure_deg: float | None
    # coast_from_lon, coast_from_lat, coast_to_lon, coast_to_lat: the ends of that direction [deg]
    coast_from_lon: float | None
    coast_from_lat: float | None
    coast_to_lon: float | None
    coast_to_lat: float | None


def straight_lines_drawn(
    lines: Sequence[SnappedLine], given: Sequence[StraightLine], before: Mapping[str, Collection],
    mainland: Floats,
) -> tuple[DrawnStraightLine, ...]:  # fmt: skip
    """Each line that a user has given, measured against an edition without them.

    ``lines`` and ``given`` are the same lines as used and as given; the collections ``before`` and the closed
    shore ``mainland``, shape (n, 2) [deg], are those of that edition.
    """
    baselines, zones = before["baselines"].features, before["zones"].features
    shore = [_segments(one.geometry) for one in baselines if one.properties["kind"] == "normal"]
    others = np.vstack([start for start, _ in shore]), np.vstack([end for _, end in shore])
    found = []
    own = [line for line in lines if not line.closes_kara_bogaz_gol]
    for line, as_given in zip(own, given, strict=True):
        turning_points = np.vstack([line.coordinates[:1], as_given.coordinates[1:-1], line.coordinates[-1:]])
        chain = shapely.LineString(line.coordinates)
        metres, point = _farthest(_segments(chain), others)
        lon, lat = to_lon_lat(point)
        departure = greatest_departure(turning_points, mainland)
        ends = (
            ((None, None), (None, None)) if departure is None else (departure.coast_from, departure.coast_to)
        )
        coast_from, coast_to = ends
        found.append(
            DrawnStraightLine(
                name=line.name,
                state=line.state,
                kind=line.kind,
                line_type=line.line_type,
                length_km=round(length_km(chain), 6),
                over_land_km=round(_over_land_km(chain, zones), 6),
                snapped_start_m=round(line.snapped_start_m, 3),
                snapped_end_m=round(line.snapped_end_m, 3),
                offshore_m=round(metres, 3),
                lon=round(float(lon), 7),
                lat=round(float(lat), 7),
                longest_piece_km=round(longest_piece_m(turning_points) / 1000, 6),
                departure_piece=None if departure is None else departure.piece,
                departure_deg=None if departure is None else round(departure.degrees, 2),
                coast_from_lon=coast_from[0],
                coast_from_lat=coast_from[1],
                coast_to_lon=coast_to[0],
                coast_to_lat=coast_to[1],
            )
        )
    return tuple(found)


def _over_land_km(line: shapely.LineString, zones: Sequence[Feature]) -> float:
    """How much of a line lies in no zone; every water is in one."""
    rest: shapely.Geometry = line
    for zone in zones:
        rest = shapely.difference(rest, zone.geometry)
    return sum(length_km(part) for part in shapely.get_parts(rest) if not part.is_empty)


def area_differences(
    before: Mapping[str, Collection], after: Mapping[str, Collection]
) -> tuple[AreaDifference, ...]:
    """For each zone and each sector of either edition, in the order of the second's.

    What is gained and lost is the difference of the drawn polygons, whose edges lie within 1 cm of the
    geodesics; without its parts that are on average no wider than `MOVED_WITHIN_M`, which are left where a
    line is drawn by other vertices.
    """
    return tuple(
        _area_difference(collection, first, second)
        for collection in AREA_COLLECTIONS
        for first, second in _pairs(before[collection], after[collection])
    )


def line_differences(
    before: Mapping[str, Collection], after: Mapping[str, Collection]
) -> tuple[LineDifference, ...]:
    """For each outer limit and boundary of either edition, in the order of the second's."""
    return tuple(
        _line_difference(collection, first, second)
        for collection in LINE_COLLECTIONS
        for first, second in _pairs(before[collection], after[collection])
    )


def _pairs(before: Collection, after: Collection) -> list[tuple[Feature | None, Feature | None]]:
    firsts, seconds = ({one.id: one for one in each.features} for each in (before, after))
    return [(firsts.get(name), seconds.get(name)) for name in dict.fromkeys((*seconds, *firsts))]


def _area_difference(collection: str, before: Feature | None, after: Feature | None) -> AreaDifference:
    shown = after or before
    assert shown is not None
    first, second = (shapely.Polygon() if one is None else one.geometry for one in (before, after))
    gained = lost = shapely.Polygon()
    if not shapely.equals_identical(first, second):
        gained, lost = shapely.difference(second, first), shapely.difference(first, second)
    first_km2, second_km2 = (0.0 if one is None else one.properties["area_km2"] for one in (before, after))
    return AreaDifference(
        collection,
        shown.id,
        str(shown.properties["name"]),
        shown.properties["state"],
        *(round(area, _DECIMALS_KM2) for area in (first_km2, second_km2)),
        *(round(_polygons_km2(part), _DECIMALS_KM2) for part in (gained, lost)),
    )


def _polygons_km2(geometry: shapely.Geometry) -> float:
    """Area of the polygons of anything that are no slivers; lines are left where two areas touch. [km2]"""
    parts = shapely.get_parts(geometry)
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    measured = ((area_km2(polygon), _sliver_km2(polygon)) for polygon in polygons)
    return sum(area for area, sliver in measured if area > sliver)


def _sliver_km2(polygon: shapely.Polygon) -> float:
    """The area of a strip of its outline that is on average as wide as two drawings of a line are apart."""
    return MOVED_WITHIN_M / 1e3 * length_km(polygon.boundary) / 2.0


def _line_difference(collection: str, before: Feature | None, after: Feature | None) -> LineDifference:
    shown = after or before
    assert shown is not None
    moved: tuple[float | None, float | None, float | None] = (None, None, None)
    if before is not None and after is not None:
        moved = farthest(before.geometry, after.geometry)
    return LineDifference(collection, shown.id, str(shown.properties["name"]), *moved)


def farthest(first: shapely.Geometry, second: shapely.Geometry) -> tuple[float, float, float]:
    """Largest geodesic distance between two lines, and where it is.

    Returns:
        metres: Of a point of either line from the other line; `MOVED_WITHIN_M` too small at most.
        lon, lat: The point. [deg]
    """
    if shapely.equals_identical(first, second):
        lon, lat = shapely.get_coordinates(first)[0]
        return 0.0, float(lon), float(lat)
    one, other = _segments(first), _segments(second)
    metres, point = max(_farthest(one, other), _farthest(other, one), key=lambda found: found[0])
    lon, lat = to_lon_lat(point)
    return round(metres, 3), round(float(lon), 7), round(float(lat), 7)


def _segments(geometry: shapely.Geometry) -> tuple[Floats, Floats]:
    """Start and end of the segments of lines, earth-centred, each no longer than a tree takes. [m]"""
    chains = [
        to_earth_centred(densify_geodesics(shapely.get_coordinates(part), segment_tree.MAXIMUM_SEGMENT_M))
        for part in shapely.get_parts(geometry)
    ]
    return np.vstack([one[:-1] for one in chains]), np.vstack([one[1:] for one in chains])


def _farthest(lines: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> tuple[float, Floats]:
    """The point of some segments that is farthest from others, and how far. [m]

    Along a straight piece the distance to one segment is greatest at an end, so that the distances of both
    ends to the segment that is nearest to one of them bound the whole piece. Pieces that may hold a farther
    point than is known are halved.
    """
    tree, _ = segment_tree.build(*others, np.zeros(len(others[0]), dtype=np.int64), 1, 1)
    start, end = lines
    start_m, start_near = _nearest(tree, start)
    end_m, end_near = _nearest(tree, end)
    both, away_m = np.vstack([start, end]), np.append(start_m, end_m)
    best_m, best = float(away_m.max()), both[away_m.argmax()]
    for _ in range(_MOST_HALVINGS):
        bound_m = np.minimum(
            np.maximum(start_m, _distance_m(tree, end, start_near)),
            np.maximum(end_m, _distance_m(tree, start, end_near)),
        )
        open_ = bound_m > best_m + MOVED_WITHIN_M
        if not open_.any():
            break
        start, start_m, start_near = start[open_], start_m[open_], start_near[open_]
        end, end_m, end_near = end[open_], end_m[open_], end_near[open_]
        middle = 0.5 * (start + end)
        middle_m, middle_near = _nearest(tree, middle)
        if middle_m.max() > best_m:
            best_m, best = float(middle_m.max()), middle[middle_m.argmax()]
        start, end = np.vstack([start, middle]), np.vstack([middle, end])
        start_m, end_m = np.append(start_m, middle_m), np.append(middle_m, end_m)
        start_near, end_near = np.append(start_near, middle_near), np.append(middle_near, end_near)
    return best_m, best


def _nearest(tree: segment_tree.SegmentTree, points: Floats) -> tuple[Floats, Integers]:
    lengths, segments, _ = nearest_of_groups(tree, points, np.zeros(1, dtype=np.int64))
    return lengths[:, 0], segments[:, 0]


def _distance_m(tree: segment_tree.SegmentTree, points: Floats, segments: Integers) -> Floats:
    """Distance of each point to a segment of its own, as long as the longest geodesic over its chord. [m]"""
    _, _, chords = feet_on_segments(points, tree.start[segments], tree.end[segments])
    return 2 * _LEAST_RADIUS_M * np.arcsin(np.minimum(chords / (2 * _LEAST_RADIUS_M), 1.0))
