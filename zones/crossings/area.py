"""What an area holds of each zone and sector: polygons cut with the atlas, areas by Karney.

The edges of the area are geodesics. They are cut into pieces so short that the straight
longitude-latitude edges which the cut is made on leave them by no more than a billionth of the area;
the atlas' own limits are within 0.1 m of the rule. So an area of a zone is right within 0.1 m times
the length of the limits inside, and the parts add up to the whole within 1e-9 of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from zones.arrays import Floats
from zones.atlas.features import Collection
from zones.atlas.water import area_km2
from zones.crossings.input import Area, CrossingError
from zones.geodesy.geodesics import densify_geodesics
from zones.words import LEGAL_BASIS

LAND_OR_OUTSIDE = "land_or_outside"
RELATIVE_BOUND = 1e-9

_LONGEST_PIECE_M = 500.0
_MOST_PIECES = 200_000
_BEND_PER_M = 0.0077  # a piece of (0.0077 x area)^(1/3) metres bends away by 1e-10 of the area at most
_ROUGH_PIECE_M = 5_000.0
_PLACE = re.compile(r"\[(\S+) (\S+?)\]")


@dataclass(frozen=True, slots=True, eq=False)
class AreaPart:
    """What an area holds of one zone and State, or of one sector."""

    kind: str  # ``zone`` or ``sector``
    zone: str | None  # as `words.ZONES`, or ``land_or_outside``; None for sectors
    state: str | None
    # area_km2, share_percent: geodesic; share of the whole area [km2, %]
    area_km2: float
    share_percent: float
    sector_status: str | None  # of a sector: the least settled of its edges
    legal_basis: str | None
    geometry: shapely.Geometry | None  # None for what is left over

    def as_dict(self) -> dict[str, Any]:
        """Fields by name without the geometry."""
        fields = {name: getattr(self, name) for name in PART_FIELDS}
        return {**fields, "area_km2": round(self.area_km2, 9), "share_percent": round(self.share_percent, 6)}


PART_FIELDS = ("kind", "zone", "state", "area_km2", "share_percent", "sector_status", "legal_basis")


@dataclass(frozen=True, slots=True, eq=False)
class AreaCrossings:
    """What an area holds."""

    area: Area
    area_km2: float  # of the whole, with geodesic edges, holes taken off [km2]
    totals: tuple[AreaPart, ...]  # by zone and State; what is land or no part of the Caspian is left over
    sector_totals: tuple[AreaPart, ...]  # by sector; the rest is over no seabed of the Caspian
    article_14_states: tuple[str, ...]  # States over whose sectors the area lies
    remarks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "area": {
                "area_km2": round(self.area_km2, 9),
                "polygons": len(self.area.polygons),
                "holes": sum(len(rings) - 1 for rings in self.area.polygons),
                "vertices": self.area.drawn_from
                or sum(len(ring) - 1 for rings in self.area.polygons for ring in rings),
                "repeated_points_dropped": self.area.repeated_points,
                "heights_dropped": self.area.heights_dropped,
                "relative_bound": RELATIVE_BOUND,
            },
            "totals": [part.as_dict() for part in self.totals],
            "sector_totals": [part.as_dict() for part in self.sector_totals],
            "article_14_states": list(self.article_14_states),
            "remarks": list(self.remarks),
        }


def cross_area(
    zones: Collection, sectors: Collection, area: Area, checkpoint: Callable[[], None]
) -> AreaCrossings:
    """Areas by zone and State, and by sector, of the collections of one edition.

    Raises `CrossingError`: rings cross themselves or one another; the position is named; or they are longer
    than can be cut finely enough.
    """
    longest_m = _MOST_PIECES * _LONGEST_PIECE_M
    if area.length_m > longest_m:
        raise CrossingError(
            f"the outline is {area.length_m / 1e3:,.0f} km long, at most {longest_m / 1e3:,.0f} km are "
            "answered as one area; send it in parts"
        )
    size_m2 = 1e6 * area_km2(_drawn(area, _ROUGH_PIECE_M))
    piece_m = min(_LONGEST_PIECE_M, float(np.cbrt(_BEND_PER_M * size_m2)))
    drawn = _drawn(area, max(piece_m, area.length_m / _MOST_PIECES))
    whole = area_km2(drawn)
    by_zone = _parts(zones, drawn, whole, "zone", checkpoint)
    by_sector = _parts(sectors, drawn, whole, "sector", checkpoint)
    remarks = []
    if area.repeated_points:
        remarks.append("Points that repeat the one before left out.")
    if area.drawn_from:
        remarks.append("The vertices are joined by loxodromes.")
    if area.heights_dropped:
        remarks.append("Heights left out: areas are those on the ellipsoid.")
    return AreaCrossings(
        area, whole, tuple(by_zone), tuple(by_sector),
        tuple(part.state for part in by_sector if part.state is not None), tuple(remarks),
    )  # fmt: skip


def _parts(
    collection: Collection, drawn: shapely.Geometry, whole: float, kind: str, checkpoint: Callable[[], None]
) -> list[AreaPart]:
    """What an area holds of a collection, its features of one zone and State together, and the rest."""
    is_sector = kind == "sector"
    found: dict[tuple[str | None, str, str | None], list[shapely.Geometry]] = defaultdict(list)
    for feature in collection.features:
        checkpoint()
        if shapely.box(*feature.geometry.bounds).intersects(drawn):
            pieces = shapely.get_parts(drawn.intersection(feature.geometry))
            polygons = [piece for piece in pieces if piece.geom_type == "Polygon"]
            properties = feature.properties
            key = properties.get("zone"), properties["state"], properties["status"] if is_sector else None
            found[key] += [shapely.MultiPolygon(polygons)] if polygons else []
    parts = []
    for (zone, state, status), common in found.items():
        size = sum(map(area_km2, common))
        if size > RELATIVE_BOUND * whole:
            geometry = common[0] if len(common) == 1 else shapely.union_all(common)
            basis = "Convention, Art. 8(1)" if is_sector else LEGAL_BASIS.get(str(zone))
            parts.append(AreaPart(kind, zone, state, size, 100.0 * size / whole, status, basis, geometry))
    left = whole - sum(part.area_km2 for part in parts)
    if left > RELATIVE_BOUND * whole:
        zone = None if is_sector else LAND_OR_OUTSIDE
        parts.append(AreaPart(kind, zone, None, left, 100.0 * left / whole, None, None, None))
    return parts


def _drawn(area: Area, piece_m: float) -> shapely.MultiPolygon:
    """The area in longitude and latitude, its geodesic edges in pieces of at most so much."""
    polygons = []
    for number, rings in enumerate(area.polygons):
        where = f"polygon {number}" if len(area.polygons) > 1 else ""
        dense = [_unwrapped(densify_geodesics(ring, piece_m), where) for ring in rings]
        middle = dense[0][:, 0].mean()
        turns = [round((middle - ring[:, 0].mean()) / 360.0) * 360.0 for ring in dense]
        home = -360.0 * round((middle - 50.0) / 360.0)  # the turn that lies around the Caspian
        shifted = [np.add(ring, (turn + home, 0.0)) for ring, turn in zip(dense, turns, strict=True)]
        polygon = shapely.Polygon(shifted[0], shifted[1:])
        _check(polygon, where)
        polygons.append(polygon)
    together = shapely.MultiPolygon(polygons)
    _check(together, "")
    return shapely.orient_polygons(together)


def _unwrapped(ring: Floats, where: str) -> Floats:
    """The ring with longitudes that do not jump at the antimeridian."""
    step = np.diff(ring[:, 0])
    turns = np.concatenate([[0.0], np.cumsum(-np.round(step / 360.0))])
    if turns[-1] != 0.0:
        raise CrossingError("the ring goes round a pole; areas are read that lie off the poles", where)
    return np.column_stack([ring[:, 0] + 360.0 * turns, ring[:, 1]])


def _check(geometry: shapely.Geometry, where: str) -> None:
    if geometry.is_valid:
        return
    reason = shapely.is_valid_reason(geometry)
    place = _PLACE.search(reason)
    at = f" at longitude {float(place[1]):.7g}, latitude {float(place[2]):.7g}" if place else ""
    what = _PLACE.sub("", reason).strip().lower()
    raise CrossingError(
        f"the polygon crosses or touches itself ({what}{at}); rings must be simple, holes inside their "
        "shell, polygons apart",
        where,
    )
