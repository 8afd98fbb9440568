"""Routes and areas as they come from GeoJSON: read strictly, refused by name, place and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zones.arrays import Floats
from zones.errors import ZonesError
from zones.geodesy.geodesics import WGS84, densify_loxodromes

LONGEST_EDGE_M = 5_000_000.0
_SAME_PLACE_M = 6e-7  # less is nothing: micrometres are the last digit of a length
_LOXODROME_PIECE_M = 500.0
_LARGEST = 10**300  # a larger integer is no float
_KINDS = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")
_NEEDED = f"needed is one of {', '.join(_KINDS)}"


class CrossingError(ZonesError):
    """A route or area cannot be answered; ``where`` in it, as ``part 0, vertex 3``, empty for the whole."""

    def __init__(self, message: str, where: str = "") -> None:
        self.where = where
        super().__init__(f"{where}: {message}" if where else message)


class TooManyLegsError(ZonesError):
    """A route falls into more legs than were allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the route falls into more than {most:,} legs; send it in parts")


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A line, whose vertices are joined by geodesics."""

    # shape (n, 2), longitude and latitude; no vertex is the same place as the one before it [deg]
    parts: tuple[Floats, ...]
    repeated_points: int  # vertices left out because they repeated the one before
    heights_dropped: bool  # whether positions had a third number
    length_m: float  # of all edges, geodesic [m]
    drawn_from: int = 0  # vertices of the loxodromes that the pieces were cut from, 0 where none were
    joined: str = ""  # what joins the vertices, as a remark, where it is not geodesics alone


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Polygons, each a shell and its holes; as `Route` otherwise. Rings are closed."""

    polygons: tuple[tuple[Floats, ...], ...]
    repeated_points: int
    heights_dropped: bool
    length_m: float
    drawn_from: int = 0


def along_loxodromes(read: Route | Area) -> Route | Area:
    """What was read with its vertices joined by lines of constant bearing, cut into short geodesics.

    Pieces of 500 m at most stay within 5 cm of the loxodrome up to 80 degrees of latitude.
    """
    if isinstance(read, Route):
        parts = tuple(densify_loxodromes(part, _LOXODROME_PIECE_M) for part in read.parts)
        length = sum(float(_lengths(part).sum()) for part in parts)
        count = sum(map(len, read.parts))
        joined = "The vertices are joined by loxodromes."
        return replace(read, parts=parts, length_m=length, drawn_from=count, joined=joined)
    polygons = tuple(
        tuple(densify_loxodromes(ring, _LOXODROME_PIECE_M) for ring in rings) for rings in read.polygons
    )
    length = sum(float(_lengths(ring).sum()) for rings in polygons for ring in rings)
    count = sum(len(ring) - 1 for rings in read.polygons for ring in rings)
    return replace(read, polygons=polygons, length_m=length, drawn_from=count)


def read_geometry(value: object) -> Route | Area:
    """The route or area that a GeoJSON geometry, decoded from JSON, describes.

    Raises `CrossingError`: another type, no position, too few points, an edge longer than 5,000 km.
    """
    if not isinstance(value, Mapping):
        raise CrossingError(f"there is no geometry; {_NEEDED}")
    kind = value.get("type")
    if kind not in _KINDS:
        shown = repr(kind)[:80] if isinstance(kind, str) else "a geometry without a type"
        remedy = "; send its parts one by one" if kind == "GeometryCollection" else ""
        raise CrossingError(f"{shown} is neither a route nor an area; {_NEEDED}{remedy}")
    coordinates = value.get("coordinates")
    is_multi = kind.startswith("Multi")
    reader = _Reader()
    if kind.endswith("LineString"):
        lacking = "the route has no points; at least two different ones are needed"
        lines = _listed(coordinates, "lines", "", lacking) if is_multi else [coordinates]
        parts = [reader.line(one, f"part {number}" if is_multi else "") for number, one in enumerate(lines)]
        return Route(tuple(parts), reader.repeated, reader.heights, reader.length_m)
    lacking = "the area has no points; a ring of at least three different ones is needed"
    read = []
    for number, one in enumerate(
        _listed(coordinates, "polygons", "", lacking) if is_multi else [coordinates]
    ):
        where = f"polygon {number}" if is_multi else ""
        rings = _listed(one, "rings", where, "the polygon has no ring; at least its outline is needed")
        read.append(tuple(reader.ring(ring, _place(where, f"ring {at}")) for at, ring in enumerate(rings)))
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
        rows = []
        for number, one in enumerate(_listed(value, "positions", where)):
            if fault := _fault(one):
                raise CrossingError(fault, _place(where, f"vertex {number}"))
            self.heights = self.heights or len(one) > 2
            rows.append(one[:2])
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


def _fault(position: object) -> str | None:
    """What a position lacks of two numbers, behind which a height and a measure may stand."""
    if not isinstance(position, (list, tuple)) or len(position) not in (2, 3, 4):
        return "a position is an array of two numbers, [lon, lat]"
    if not all(type(number) in (int, float) for number in position):
        return "longitude and latitude must be numbers"
    if any(type(number) is int and abs(number) > _LARGEST for number in position[:2]):
        return "longitude and latitude must be numbers on the earth"
    return None


def _lengths(lon_lat: Floats) -> Floats:
    """Geodesic lengths of the edges between vertices. [m]"""
    start, end = lon_lat[:-1], lon_lat[1:]
    _, _, length = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(length, dtype=np.float64)


def _listed(value: object, what: str, where: str, lacking: str = "") -> Sequence[Any]:
    """An array of the coordinates, refused in words where it is none, or empty and must not be."""
    if not isinstance(value, (list, tuple)):
        raise CrossingError(f"the coordinates must be an array of {what}", where)
    if lacking and not value:
        raise CrossingError(lacking, where)
    return value


def _place(where: str, place: str) -> str:
    return f"{where}, {place}" if where else place


def _shown(lon_lat: Floats) -> str:
    return f"longitude {lon_lat[0]:.10g}, latitude {lon_lat[1]:.10g}"
