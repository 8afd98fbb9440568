"""What the page says of a position beyond its record: who answers what, which boundary is near."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from pyproj import Geod

from api.atlas import Atlas
from api.languages.choice import ENGLISH
from api.pages.picture import project, to_plane, to_position
from api.texts.distances import miles_and_kilometres
from api.texts.explanation import is_beyond_doubt
from zones.atlas.features import Feature
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import AGREED as AGREED_LINE
from zones.words import AGREED_RECONSTRUCTED, LAND, OUTSIDE_CASPIAN

AGREED, IN_DOUBT, UNCOMPARED, FAR = "agreed", "in-doubt", "uncompared", "far"

_NEAR_NM = 10.0  # a boundary within it is spoken of
_OF_TREATIES_NM, _MOST_TREATIES = 40.0, 3  # lines within it are looked through, as lengths are at 42 degrees
_COMPASS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_OF_TREATIES = (AGREED_LINE, AGREED_RECONSTRUCTED)
_ELLIPSOID = Geod(ellps="WGS84")
_SWAPPED = "swapped"  # the word of the core's hint


@dataclass(frozen=True, slots=True)
class Opinion:
    """An answer and the ids of the coasts that give it."""

    zone: str
    state: str | None
    coasts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A boundary in the water near a position."""

    feature: Feature
    states: tuple[str, ...]  # the other side's alone where the position lies in waters of one side
    distance_nm: float
    direction: str  # a word of eight
    status: str


@dataclass(frozen=True, slots=True)
class Treaty:
    """What States have agreed on a line near a position, and where that can be read."""

    name: str
    source: str  # empty where none is known


@dataclass(frozen=True, slots=True)
class View:
    """A record as the page shows it."""

    doubt: str  # agreed, in-doubt, uncompared; far: all say so, of which nothing follows
    opinions: tuple[Opinion, ...]  # empty where nothing was compared, or all is far
    neighbour: Neighbour | None
    is_water: bool
    swapped: tuple[float, float] | None  # longitude and latitude the other way round [deg]
    treaties: tuple[Treaty, ...]  # on the lines near the position, the nearest first

    @property
    def coasts(self) -> int:
        """How many coasts were compared."""
        return sum(len(one.coasts) for one in self.opinions)

    @property
    def state(self) -> str | None:
        """The one State that all opinions name; None where they name several, or none."""
        named = {one.state for one in self.opinions}
        return named.pop() if len(named) == 1 else None


def view_of(atlas: Atlas | None, record: Mapping[str, Any]) -> View:
    """What there is to show of a record; without an atlas no boundary is looked for."""
    is_water = record["zone"] not in (LAND, OUTSIDE_CASPIAN)
    is_far = is_beyond_doubt(record)
    doubt = UNCOMPARED if record["certain"] is None else AGREED if record["certain"] else IN_DOUBT
    is_swapped = _SWAPPED in (record["hint"] or "")
    return View(
        doubt=FAR if is_far else doubt,
        opinions=() if is_far else opinions_of(record["by_coast"]),
        neighbour=_neighbour(atlas, record) if is_water and atlas else None,
        is_water=is_water,
        swapped=(record["lat"], record["lon"]) if is_swapped else None,
        treaties=_treaties(atlas, record) if is_water and atlas else (),
    )


def opinions_of(by_coast: str | None) -> tuple[Opinion, ...]:
    """The answers of the coasts, those of most coasts first: ``osm, dcw: land RUS; gshhg: land``."""
    found = []
    for part in (by_coast or "").split("; "):
        coasts, _, answer = part.partition(": ")
        zone, _, state = answer.partition(" ")
        if zone:
            found.append(Opinion(zone, state or None, tuple(coasts.split(", "))))
    return tuple(sorted(found, key=lambda one: -len(one.coasts)))


def miles(metres: float | None, spread_m: float | None = None, language: str = ENGLISH) -> str:
    """Nautical miles with as many decimals as the coasts can bear. [m]"""
    return "" if metres is None else miles_and_kilometres(metres, spread_m, language)[0]


def kilometres(metres: float | None, spread_m: float | None = None, language: str = ENGLISH) -> str:
    """Kilometres that agree with those miles. [m]"""
    return "" if metres is None else miles_and_kilometres(metres, spread_m, language)[1]


def _neighbour(atlas: Atlas, record: Mapping[str, Any]) -> Neighbour | None:
    """The nearest boundary in the water, if it is near or divides what the belts of two States reach."""
    if "boundaries" not in atlas.edition.collections:
        return None
    lon, lat = record["lon"], record["lat"]
    here = shapely.Point(to_plane(lon, lat))
    lines = _lines(atlas, "boundaries")
    if not lines:
        return None
    # The plane is conformal, so that what is nearest in it within some miles is nearest on the ellipsoid.
    feature, line = min(lines, key=lambda one: shapely.distance(one[1], here))
    there = shapely.get_coordinates(shapely.shortest_line(here, line))[1]
    azimuth, _, metres = _ELLIPSOID.inv(lon, lat, *to_position(*there))
    if metres > _NEAR_NM * METRES_PER_NM and record["delimitation"] is None:
        return None
    states = str(feature.properties["states"]).split("-")
    others = [state for state in states if state != record["state"]]
    direction = _COMPASS[round(math.fmod(azimuth + 360.0, 360.0) / 45.0) % 8]
    return Neighbour(
        feature, tuple(others), metres / METRES_PER_NM, direction, str(feature.properties["status"])
    )


def _treaties(atlas: Atlas, record: Mapping[str, Any]) -> tuple[Treaty, ...]:
    here = shapely.Point(to_plane(record["lon"], record["lat"]))
    near = [
        (shapely.distance(shape, here), feature)
        for collection in ("boundaries", "sector_boundaries")
        for feature, shape in _lines(atlas, collection)
        if feature.properties.get("status") in _OF_TREATIES
    ]
    near.sort(key=lambda one: one[0])
    found = [_treaty(one.properties) for away_m, one in near if away_m <= _OF_TREATIES_NM * METRES_PER_NM]
    return tuple(dict.fromkeys(found))[:_MOST_TREATIES]


def _treaty(properties: Mapping[str, Any]) -> Treaty:
    """Lines of the seabed name their treaty and where it was read; those in the water what they rest on."""
    if "treaty" in properties:
        return Treaty(properties["treaty"] or properties["name"], properties["treaty_source"] or "")
    return Treaty(properties["basis_source"], "")


def _lines(atlas: Atlas, collection: str) -> list[tuple[Feature, shapely.Geometry]]:
    """The lines of a collection in the plane, where the edition has it; made once."""
    if collection not in atlas.edition.collections:
        return []
    features = atlas.edition.collections[collection].features

    def drawn() -> list[tuple[Feature, shapely.Geometry]]:
        return [(one, shapely.transform(one.geometry, project)) for one in features]

    lines: list[tuple[Feature, shapely.Geometry]] = atlas.kept((collection, "in the plane"), drawn)
    return lines
