"""What a picture of an edition shows: coloured areas, lines and names in a Mercator plane.

Pure: geometry in, geometry out. How it looks on paper is the business of the way out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from coastlines import state_polygons
from zones.arrays import Floats
from zones.atlas.features import Collection
from zones.geodesy.ellipsoid import FLATTENING, SEMI_MAJOR_AXIS_M
from zones.words import CLAIMED, COMPUTED, STATE_NAMES, STATES

WEST, SOUTH, EAST, NORTH = 46.1, 35.95, 55.3, 47.55  # what the picture shows [deg]
TRUE_SCALE_LAT = 42.0  # where the plane's lengths are those on the ellipsoid [deg]
DETAIL_M = 120.0  # what is smaller is not drawn; a fifth of a pixel at 150 dots an inch [m]

_COARSE_M = 1_000.0
_BORDER_GAP_M = 2_000.0  # between the outlines of two neighbours
_SHORE_BELT_M = 40_000.0  # the coarse shores lie within it, receded water included

ZONES_PANEL, SEABED_PANEL = "zones", "seabed"
SECTOR = "sector"
BOUNDARY = "boundary"
ROUTE = "route"

# Where the names of the States stand, on their land. [deg]
STATE_PLACES = {
    "AZE": (47.55, 40.45),
    "IRN": (51.4, 36.22),
    "KAZ": (53.45, 44.45),
    "RUS": (46.83, 43.4),
    "TKM": (54.12, 40.33),
}
WATER_PLACES = (
    ("common\nmaritime space", (50.62, 42.2)),
    ("common\nmaritime space", (51.05, 38.75)),
    ("Kara-Bogaz-\nGol", (53.68, 41.4)),
)
_SECTOR_NAMES = {
    "AZE": (50.2, 39.6),
    "IRN": (51.0, 37.65),
    "KAZ": (50.9, 45.4),
    "RUS": (48.35, 43.75),
    "TKM": (52.35, 39.6),
}


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
    """Everything to draw, in metres of the plane.

    Attributes
    ----------
    panels : tuple of Panel
        The water, and the seabed where the edition has sectors.
    land_borders : geometry
        Borders of the States on land, coarse.
    extent : tuple of float
        Left, bottom, right, top. [m]
    edition, source, attribution, notice : str
    assumptions : str or None
        What of the edition is not the default.
    breadths : str
        Breadth of territorial waters in words.
    internal_waters : str
        Where internal waters come from, or why there are none.
    """

    panels: tuple[Panel, ...]
    land_borders: shapely.Geometry
    extent: tuple[float, float, float, float]
    edition: str
    assumptions: str | None
    source: str
    attribution: str
    notice: str
    breadths: str
    internal_waters: str


def draw_picture(metadata: Mapping[str, Any], collections: Mapping[str, Collection]) -> Picture:
    """Choose what a picture of an edition shows.

    Parameters
    ----------
    metadata : mapping
        Of the edition.
    collections : mapping of str to Collection
        Of the edition. `sectors` and `sector_boundaries` make a second panel where they are there
        and not empty.
    """
    panels = [_water_panel(collections)]
    sectors = collections.get("sectors")
    if sectors is not None and sectors.features:
        panels.append(_seabed_panel(sectors, collections.get("sector_boundaries")))
    left, bottom = to_plane(WEST, SOUTH)
    right, top = to_plane(EAST, NORTH)
    coast = metadata["coast"]
    return Picture(
        panels=tuple(panels),
        land_borders=_land_borders(panels[0]),
        extent=(left, bottom, right, top),
        edition=str(metadata["edition"]),
        assumptions=metadata["assumptions"],
        source=f"{coast['title']} {coast['version']}",
        attribution=str(metadata["attribution"]),
        notice="Not for navigation. No legal title. "
        f"Convention not in force (as of {metadata['knowledge_date']}).",
        breadths=breadths_text(metadata["breadth_nm"]),
        internal_waters=str(metadata["internal_waters_note"]),
    )


def with_routes(picture: Picture, routes: Sequence[Floats]) -> Picture:
    """The picture with routes over every map; each an array of longitude and latitude, (n, 2). [deg]"""
    lines = tuple(Line(ROUTE, "", shapely.LineString(project(lon_lat))) for lon_lat in routes)
    panels = tuple(replace(panel, lines=(*panel.lines, *lines)) for panel in picture.panels)
    return replace(picture, panels=panels)


def to_plane(lon: float, lat: float) -> tuple[float, float]:
    """A position in the Mercator plane of WGS84, true to scale at 42 degrees. [deg to m]"""
    x, y = project(np.array([[lon, lat]]))[0]
    return float(x), float(y)


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
    names = tuple(_name(text, place) for text, place in WATER_PLACES)
    lines = limits + _boundaries(collections.get("boundaries"))
    return Panel(ZONES_PANEL, "The water: zones", areas, lines, _state_names() + names)


def _seabed_panel(sectors: Collection, boundaries: Collection | None) -> Panel:
    areas = tuple(Area(SECTOR, one.properties["state"], _drawn(one.geometry)) for one in sectors.features)
    names = tuple(
        _name(f"sector of\n{STATE_NAMES[area.state]}", _SECTOR_NAMES[area.state])
        for area in areas
        if area.state in _SECTOR_NAMES
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
