"""What a picture of an edition shows: coloured areas, lines and names in a Mercator plane.

Pure: geometry in, geometry out. `painting` and `sketch` say how it looks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from api.colours import SECTOR
from coastlines import state_polygons
from zones.arrays import Floats
from zones.atlas.features import Collection
from zones.geodesy.ellipsoid import FLATTENING, SEMI_MAJOR_AXIS_M
from zones.words import CLAIMED, COMPUTED, STATE_NAMES, STATES

TRUE_SCALE_LAT = 42.0  # where the plane's lengths are those on the ellipsoid [deg]
DETAIL_M = 120.0  # what is smaller is not drawn; a fifth of a pixel at 150 dots an inch [m]

_COARSE_M = 1_000.0
_BORDER_GAP_M = 2_000.0  # between the outlines of two neighbours
_SHORE_BELT_M = 40_000.0  # the coarse shores lie within it, receded water included

ZONES_PANEL, SEABED_PANEL = "zones", "seabed"
BOUNDARY = "boundary"
ROUTE = "route"

# Where names stand: of the States on their land, of waters, of sectors. [deg]
STATE_PLACES = {
    "AZE": (47.55, 40.45),
    "IRN": (51.4, 36.22),
    "KAZ": (53.45, 44.45),
    "RUS": (46.83, 43.4),
    "TKM": (54.12, 40.33),
}
_WATER_PLACES = (
    ("common\nmaritime space", (50.62, 42.2)),
    ("common\nmaritime space", (51.05, 38.75)),
    ("Kara-Bogaz-\nGol", (53.68, 41.4)),
)
_SECTOR_PLACES = {
    "AZE": (50.2, 39.6),
    "IRN": (51.0, 37.65),
    "KAZ": (50.9, 45.4),
    "RUS": (48.35, 43.75),
    "TKM": (52.35, 39.6),
}


def project(lon_lat: Floats) -> Floats:
    """Mercator on the ellipsoid (Snyder 1987, 7-7), scaled to be true at 42 degrees. [deg to m]"""
    eccentricity = math.sqrt(FLATTENING * (2.0 - FLATTENING))
    lon, lat = np.radians(lon_lat[:, 0]), np.radians(lon_lat[:, 1])
    sine = np.sin(lat)
    isometric = np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine)
    true_lat = math.radians(TRUE_SCALE_LAT)
    scale = SEMI_MAJOR_AXIS_M * math.cos(true_lat)
    scale /= math.sqrt(1.0 - (eccentricity * math.sin(true_lat)) ** 2)
    return scale * np.column_stack([lon, isometric])


def to_plane(lon: float, lat: float) -> tuple[float, float]:
    """A position in the Mercator plane of WGS84, true to scale at 42 degrees. [deg to m]"""
    x, y = project(np.array([[lon, lat]]))[0]
    return float(x), float(y)


def to_position(x: float, y: float) -> tuple[float, float]:
    """The longitude and latitude of a place in the plane, to 1e-12 degrees. [m to deg]"""
    scale = project(np.array([[1.0, 0.0]]))[0, 0]  # of one degree of longitude
    eccentricity = math.sqrt(FLATTENING * (2.0 - FLATTENING))
    isometric = math.radians(y / scale)
    lat = math.asin(math.tanh(isometric))
    for _ in range(8):  # each brings two digits or more (Snyder 1987, 7-9)
        lat = math.asin(math.tanh(isometric + eccentricity * math.atanh(eccentricity * math.sin(lat))))
    return x / scale, math.degrees(lat)


# Left, bottom, right and top of what is shown. [m]
EXTENT = (*to_plane(46.1, 35.95), *to_plane(55.3, 47.55))


def rings_of(geometry: shapely.Geometry) -> list[Floats]:
    """The rings of all polygons in a geometry, outer and inner, each (n, 2)."""
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    rings = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    return [np.asarray(ring.coords) for ring in rings if len(ring.coords)]


def lines_of(geometry: shapely.Geometry) -> list[shapely.LineString]:
    """The lines in a geometry, joined where they touch end to end."""
    lines = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]
    merged = shapely.line_merge(shapely.MultiLineString([shapely.LineString(part) for part in lines]))
    return [part for part in shapely.get_parts(merged) if not part.is_empty]


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A filled area: ``kind`` is a zone's code or ``sector``, ``state`` None where it has none."""

    kind: str
    state: str | None
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line: ``kind`` is the zone whose outer limit it is, ``boundary`` or ``route``."""

    kind: str
    status: str
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Name:
    """Words at a place in the plane; ``on_land`` where they name a State's land. [m]"""

    text: str
    x: float
    y: float
    on_land: bool


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One map."""

    id: str
    title: str
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Everything to draw of an edition, in metres of the plane.

    ``panels`` are the water, and the seabed where there are sectors; borders on land are coarse.
    """

    panels: tuple[Panel, ...]
    land_borders: shapely.Geometry
    metadata: Mapping[str, Any] = field(repr=False)

    @property
    def notice(self) -> str:
        """What the picture is not."""
        date = self.metadata["knowledge_date"]
        return f"Not for navigation. No legal title. Convention not in force (as of {date})."


def draw_picture(metadata: Mapping[str, Any], collections: Mapping[str, Collection]) -> Picture:
    """Choose what a picture of an edition shows, by its metadata and collections.

    `sectors` and `sector_boundaries` make a second panel where they are there and not empty.
    """
    panels = [_water_panel(collections)]
    sectors = collections.get("sectors")
    if sectors is not None and sectors.features:
        panels.append(_seabed_panel(sectors, collections.get("sector_boundaries")))
    return Picture(tuple(panels), _land_borders(panels[0]), metadata)


def with_routes(picture: Picture, routes: Sequence[Floats]) -> Picture:
    """The picture with routes over every map; each an array of longitude and latitude, (n, 2). [deg]"""
    lines = tuple(Line(ROUTE, "", shapely.LineString(project(lon_lat))) for lon_lat in routes)
    panels = tuple(replace(panel, lines=(*panel.lines, *lines)) for panel in picture.panels)
    return replace(picture, panels=panels)


def breadths_text(breadth_nm: Mapping[str, float]) -> str:
    """Breadths of territorial waters in words. [nm]"""
    if len(set(breadth_nm.values())) == 1:
        return f"{next(iter(breadth_nm.values())):g} nm"
    return ", ".join(f"{state} {breadth_nm[state]:g}" for state in STATES) + " nm"


def _water_panel(collections: Mapping[str, Collection]) -> Panel:
    areas = tuple(
        Area(str(one.properties["zone"]), one.properties["state"], _drawn(one.geometry))
        for one in collections["zones"].features
    )
    limits = tuple(
        Line(str(one.properties["zone"]), COMPUTED, _drawn(one.geometry))
        for one in collections["limits"].features
    )
    names = tuple(_name(text, place) for text, place in _WATER_PLACES)
    lines = limits + _boundaries(collections.get("boundaries"))
    return Panel(ZONES_PANEL, "The water: zones", areas, lines, _state_names() + names)


def _seabed_panel(sectors: Collection, boundaries: Collection | None) -> Panel:
    areas = tuple(Area(SECTOR, one.properties["state"], _drawn(one.geometry)) for one in sectors.features)
    names = tuple(
        _name(f"sector of\n{STATE_NAMES[area.state]}", _SECTOR_PLACES[area.state])
        for area in areas
        if area.state in _SECTOR_PLACES
    )
    return Panel(SEABED_PANEL, "The seabed: sectors", areas, _boundaries(boundaries), _state_names() + names)


def _boundaries(collection: Collection | None) -> tuple[Line, ...]:
    """Lines between two States; claimed ones are no part of the picture."""
    features = () if collection is None else collection.features
    return tuple(
        Line(BOUNDARY, str(one.properties["status"]), _drawn(one.geometry))
        for one in features
        if one.properties["status"] != CLAIMED
    )


def _state_names() -> tuple[Name, ...]:
    return tuple(_name(STATE_NAMES[state].upper(), STATE_PLACES[state], on_land=True) for state in STATES)


def _name(text: str, place: tuple[float, float], *, on_land: bool = False) -> Name:
    x, y = to_plane(*place)
    return Name(text, x, y, on_land)


def _land_borders(water: Panel) -> shapely.Geometry:
    """Borders on land. The coarse States' own shores are no borders, so the coast is kept clear."""
    shapes = [shapely.transform(shape, project) for shape in state_polygons().values()]
    sea = shapely.union_all([shapely.simplify(area.geometry, _COARSE_M) for area in water.areas])
    shared = [
        first.buffer(_BORDER_GAP_M).intersection(second.buffer(_BORDER_GAP_M))
        for at, first in enumerate(shapes)
        for second in shapes[:at]
    ]
    lines = shapely.union_all([shape.boundary for shape in shapes])
    between_two = lines.intersection(shapely.union_all(shared)).difference(sea)
    return between_two.union(lines.difference(sea.buffer(_SHORE_BELT_M)))


def _drawn(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.simplify(shapely.transform(geometry, project), DETAIL_M)
