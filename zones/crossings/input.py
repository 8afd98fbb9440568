"""Routes and areas as they come from GeoJSON: read strictly, refused by name, place and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zones.arrays import Floats
from zones.errors import ZonesError
from zones.geodesy.geodesics import WGS84

LONGEST_EDGE_M = 5_000_000.0
_SAME_PLACE_M = 6e-7  # less is nothing: micrometres are the last digit of a length
LINES = ("LineString", "MultiLineString")
AREAS = ("Polygon", "MultiPolygon")
_KNOWN = ", ".join((*LINES, *AREAS))


class CrossingError(ZonesError):
    """A route or area cannot be answered.

    Attributes
    ----------
    where : str
        Place in the geometry, as ``part 0, vertex 3``; empty where it is the whole.
    """

    def __init__(self, message: str, where: str = "") -> None:
        self.where = where
        super().__init__(f"{where}: {message}" if where else message)


class TooManyLegsError(ZonesError):
    """A route falls into more legs than were allowed.

    Attributes
    ----------
    most : int
    """

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"the route falls into more than {most:,} legs; send it in parts")


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A line, whose vertices are joined by geodesics.

    Attributes
    ----------
    parts : tuple of ndarray, shape (n, 2)
        Longitude and latitude; no vertex is the same place as the one before it. [deg]
    repeated_points : int
        Vertices left out because they repeated the one before.
    heights_dropped : bool
        Whether positions had a third number.
    length_m : float
        Of all edges, geodesic. [m]
    """

    parts: tuple[Floats, ...]
    repeated_points: int
    heights_dropped: bool
    length_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Polygons, each a shell and its holes; as `Route` otherwise. Rings are closed."""

    polygons: tuple[tuple[Floats, ...], ...]
    repeated_points: int
    heights_dropped: bool
    length_m: float


def read_geometry(value: object) -> Route | Area:
    """The route or area that a GeoJSON geometry describes.

    Parameters
    ----------
    value : mapping
        ``type`` and ``coordinates`` as decoded from JSON, or of ``shapely.geometry.mapping``.

    Raises
    ------
    CrossingError
        Another type, no position, too few points, an edge longer than 5,000 km.
    """
    if not isinstance(value, Mapping):
        raise CrossingError(f"there is no geometry; needed is one of {_KNOWN}")
    kind = value.get("type")
    if kind not in (*LINES, *AREAS):
        shown = repr(kind)[:80] if isinstance(kind, str) else "a geometry without a type"
        parts = "; send its parts one by one" if kind == "GeometryCollection" else ""
        raise CrossingError(f"{shown} is neither a route nor an area; needed is one of {_KNOWN}{parts}")
    coordinates = value.get("coordinates")
    reader = _Reader()
    if kind in LINES:
        lines = [coordinates] if kind == "LineString" else _listed(coordinates, "lines", "")
        parts_read = tuple(
            reader.line(line, f"part {number}" if kind == "MultiLineString" else "")
            for number, line in enumerate(lines)
        )
        if not parts_read:
            raise CrossingError("the route has no points; at least two different ones are needed")
        return Route(parts_read, reader.repeated, reader.heights, reader.length_m)
    polygons = [coordinates] if kind == "Polygon" else _listed(coordinates, "polygons", "")
    if not polygons:
        raise CrossingError("the area has no points; a ring of at least three different ones is needed")
    read = []
    for number, rings in enumerate(polygons):
        where = f"polygon {number}" if kind == "MultiPolygon" else ""
        listed = _listed(rings, "rings", where)
        if not listed:
            raise CrossingError("the polygon has no ring; at least its outline is needed", where)
        read.append(tuple(reader.ring(ring, _place(where, f"ring {at}")) for at, ring in enumerate(listed)))
    return Area(tuple(read), reader.repeated, reader.heights, reader.length_m)


def count_positions(value: object, most: int) -> int:
    """How many positions a GeoJSON geometry has, counted no further than one beyond ``most``."""
    stack: list[object] = [value.get("coordinates")] if isinstance(value, Mapping) else []
    count = 0
    while stack and count <= most:
        one = stack.pop()
        if isinstance(one, (list, tuple)) and one:
            if isinstance(one[0], (list, tuple)):
                stack.extend(one[: most + 1])
            else:
                count += 1
    return count


class _Reader:
    """Reads chains of positions and remembers what was left out."""

    def __init__(self) -> None:
        self.repeated = 0
        self.heights = False
        self.length_m = 0.0

    def line(self, value: object, where: str) -> Floats:
        lon_lat = self._distinct(self._positions(value, where), where)
        if len(lon_lat) < 2:
            raise CrossingError(
                "a route needs at least two different points; "
                + (f"all are {_shown(lon_lat[0])}" if len(lon_lat) else "it has none"),
                where,
            )
        return lon_lat

    def ring(self, value: object, where: str) -> Floats:
        lon_lat = self._positions(value, where)
        if len(lon_lat) and _lengths(lon_lat[[0, -1]])[0] >= _SAME_PLACE_M:
            raise CrossingError(
                f"the ring begins at {_shown(lon_lat[0])} and ends at {_shown(lon_lat[-1])}; "
                "its last position must repeat the first",
                where,
            )
        lon_lat[-1:] = lon_lat[:1]  # the same to the last bit, whichever of the place's longitudes
        lon_lat = self._distinct(lon_lat, where)
        if len(lon_lat) < 4:
            raise CrossingError("a ring needs at least three different points", where)
        return lon_lat

    def _distinct(self, lon_lat: Floats, where: str) -> Floats:
        """The vertices that are another place than the one before; their edges are counted.

        Places are compared, not numbers: a pole has every longitude, the antimeridian two.
        """
        length = _lengths(lon_lat)
        worst = int(np.argmax(length)) if len(length) else 0
        if len(length) and length[worst] > LONGEST_EDGE_M:
            raise CrossingError(
                f"the edge from {_shown(lon_lat[worst])} to {_shown(lon_lat[worst + 1])} is "
                f"{length[worst] / 1e3:,.0f} km long; at most {LONGEST_EDGE_M / 1e3:,.0f} km are read as one "
                "geodesic: put points between, or check the order of longitude and latitude",
                _place(where, f"vertex {worst}"),
            )
        keep = np.ones(len(lon_lat), dtype=bool)
        keep[1:] = length >= _SAME_PLACE_M
        self.repeated += int((~keep).sum())
        self.length_m += float(length.sum())
        return lon_lat[keep]

    def _positions(self, value: object, where: str) -> Floats:
        listed = _listed(value, "positions", where)
        lon_lat = self._at_once(listed)
        if lon_lat is None:
            rows = [self._position(one, _place(where, f"vertex {at}")) for at, one in enumerate(listed)]
            lon_lat = np.array(rows, dtype=np.float64).reshape(-1, 2)
        good = (np.abs(lon_lat[:, 0]) <= 180.0) & (np.abs(lon_lat[:, 1]) <= 90.0)  # false for nan
        if not good.all():
            row = int(np.argmin(good))
            raise CrossingError(
                f"{_shown(lon_lat[row])} is no position: finite numbers are needed, longitude from -180 "
                "to 180 and latitude from -90 to 90 degrees",
                _place(where, f"vertex {row}"),
            )
        return lon_lat

    def _at_once(self, listed: Sequence[Any]) -> Floats | None:
        """All positions as an array where all are plain pairs or triples of numbers."""
        if not all(isinstance(one, (list, tuple)) and len(one) == len(listed[0]) for one in listed):
            return None
        if not listed or len(listed[0]) not in (2, 3):
            return None
        if not all(type(number) in (int, float) for one in listed for number in one):
            return None
        try:
            read = np.array(listed, dtype=np.float64)
        except OverflowError:
            return None
        self.heights = self.heights or read.shape[1] == 3
        return np.ascontiguousarray(read[:, :2])

    def _position(self, one: object, where: str) -> tuple[float, float]:
        if not isinstance(one, (list, tuple)) or len(one) not in (2, 3):
            raise CrossingError("a position is an array of two numbers, [lon, lat]", where)
        if not all(type(number) in (int, float) for number in one):
            raise CrossingError("longitude and latitude must be numbers", where)
        self.heights = self.heights or len(one) == 3
        try:
            return float(one[0]), float(one[1])
        except OverflowError:
            raise CrossingError("longitude and latitude must be numbers on the earth", where) from None


def _lengths(lon_lat: Floats) -> Floats:
    """Geodesic lengths of the edges between vertices. [m]"""
    start, end = lon_lat[:-1], lon_lat[1:]
    _, _, length = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(length, dtype=np.float64)


def _listed(value: object, what: str, where: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise CrossingError(f"the coordinates must be an array of {what}", where)
    return value


def _place(where: str, place: str) -> str:
    return f"{where}, {place}" if where else place


def _shown(lon_lat: Floats) -> str:
    return f"longitude {lon_lat[0]:.10g}, latitude {lon_lat[1]:.10g}"
