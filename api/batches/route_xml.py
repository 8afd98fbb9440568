"""Routes and areas in the XML of navigation: GPX, KML and RTZ (IEC 61174)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from api.batches.crossings import GEODESIC, LOXODROME, Asked
from api.batches.route_legs import Waypoints
from api.errors import BodyError
from api.texts.numbers import decimal_number
from coastlines.archives import ARCHIVE_ERRORS

_MOST_BYTES = 256 * 1024 * 1024  # that may come out of a .kmz


class _Found:
    """A route or area: its name, its GeoJSON geometry, times of its vertices by parts, and its waypoints.

    These only where it is drawn otherwise than it was given.
    """

    def __init__(
        self,
        name: str | None,
        geometry: dict[str, Any],
        times: list[list[Any]] | None,
        waypoints: Waypoints | None = None,
    ) -> None:
        self.name, self.geometry, self.times, self.waypoints = name, geometry, times, waypoints


def asked_of_xml(content: bytes, ending: str, legs: str | None = None) -> Asked:
    """The routes and areas of a file of this ending.

    ``legs`` other than None is heeded in place of what an RTZ file says of its legs, which are loxodromes
    where it says nothing.

    Raises `BodyError`: not XML of this kind, or nothing to cross in it.
    """
    if ending == ".kmz":
        content = _from_archive(content)
    root = _root(content)
    if _tag(root) != _ROOTS[ending]:
        raise BodyError(f"its root is <{_tag(root)[:40]}>, that of a {ending} file is <{_ROOTS[ending]}>")
    read: Callable[[Element], Iterator[_Found]] = {".gpx": _gpx, ".kml": _kml, ".kmz": _kml}.get(
        ending, lambda route: _rtz(route, legs)
    )
    found = list(read(root))
    if not found:
        raise BodyError(f"there is {_LACKING[ending]} in it")
    names = tuple(one.name for one in found)
    times = tuple(one.times for one in found)
    waypoints = tuple(one.waypoints for one in found)
    return Asked(tuple(one.geometry for one in found), names, len(found) > 1, times, waypoints)


_ROOTS: Mapping[str, str] = {".gpx": "gpx", ".kml": "kml", ".kmz": "kml", ".rtz": "route"}
_LACKING: Mapping[str, str] = {
    ".gpx": "no route (rte) and no track (trk)",
    ".kml": "no line and no polygon",
    ".kmz": "no line and no polygon",
    ".rtz": "no waypoint",
}


class _WithoutEntities(TreeBuilder):
    """Builds trees of XML without a document type, which alone could define entities."""

    def doctype(self, *_: object) -> NoReturn:
        raise BodyError("XML with a document type is not read")


def _root(content: bytes) -> Element:
    try:
        parser = XMLParser(target=_WithoutEntities())  # noqa: S314 - entities are refused
        parser.feed(content)
        root: Element = parser.close()
    except BodyError:
        raise
    except (ParseError, LookupError, ValueError) as error:  # also of encodings that are not known
        raise BodyError(f"it is not XML: {error}") from None
    return root


def _from_archive(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            name = next((one for one in archive.namelist() if one.lower().endswith(".kml")), None)
            if name is None:
                raise BodyError("the archive holds no .kml file")
            with archive.open(name) as file:
                inner = file.read(_MOST_BYTES + 1)
    except ARCHIVE_ERRORS as error:
        raise BodyError(f"the archive cannot be read ({error})") from None
    if len(inner) > _MOST_BYTES:
        raise BodyError(f"the archive holds more than {_MOST_BYTES:,} bytes; unpack it first")
    return inner


def _gpx(root: Element) -> Iterator[_Found]:
    for one in _all(root, "rte", "trk"):
        parts = [one] if _tag(one) == "rte" else list(_all(one, "trkseg"))
        points = [list(_all(part, "rtept", "trkpt")) for part in parts]
        points = [part for part in points if part]
        if points:
            lines = [[_lon_lat(point.attrib, "lon", "lat") for point in part] for part in points]
            times = [[_text(point, "time") for point in part] for part in points]
            yield _Found(_text(one, "name"), _lines(lines), _if_any(times))


def _kml(root: Element) -> Iterator[_Found]:
    for placemark in _all(root, "Placemark"):
        name = _text(placemark, "name") or placemark.get("id")
        lines: list[list[list[float]]] = []
        times: list[list[Any]] = []
        polygons = []
        for one in _all(placemark, "LineString", "Track", "Polygon"):
            if _tag(one) == "Polygon":
                rings = [_coordinates(_text(ring, "coordinates")) for ring in _all(one, "LinearRing")]
                polygons.append(rings)
            elif _tag(one) == "LineString":
                lines.append(_coordinates(_text(one, "coordinates")))
                times.append([None] * len(lines[-1]))
            else:
                lines.append([_numbers(coord.text, None) for coord in _all(one, "coord")])
                times.append([when.text for when in _all(one, "when")])
        if lines:
            yield _Found(name, _lines(lines), _if_any(times))
        if polygons:
            yield _Found(name, {"type": "MultiPolygon", "coordinates": polygons}, None)


def _rtz(root: Element, legs: str | None) -> Iterator[_Found]:
    info = next(_all(root, "routeInfo"), None)
    waypoints = [one for one in _all(root, "waypoint") if next(_all(one, "position"), None) is not None]
    if not waypoints:
        return
    by_default = _geometry_type(next(_all(root, "defaultWaypoint"), None), LOXODROME)
    kinds = [_geometry_type(one, by_default) for one in waypoints[1:]]
    reached = _reached(root)
    given = Waypoints(
        [_waypoint(one, number) for number, one in enumerate(waypoints)],
        [LOXODROME if legs is None and kind == LOXODROME else GEODESIC for kind in kinds],
        [reached.get(one.get("id", "")) for one in waypoints],
    )
    line, times = given.drawn()
    name = None if info is None else info.get("routeName")
    yield _Found(name, _lines([line]), _if_any([times]), given if legs is None else None)


def _waypoint(waypoint: Element, number: int) -> list[float]:
    """Its position. [deg] Raises `BodyError`: it has none on the earth."""
    lon, lat = _lon_lat(next(_all(waypoint, "position")).attrib, "lon", "lat")
    if abs(lon) > 180.0 or abs(lat) > 90.0:
        raise BodyError(f"waypoint {number}: longitude {lon:.10g}, latitude {lat:.10g} is no position")
    return [lon, lat]


def _geometry_type(waypoint: Element | None, usual: str) -> str:
    """How the leg to a waypoint runs."""
    leg = None if waypoint is None else next(_all(waypoint, "leg"), None)
    return usual if leg is None else leg.get("geometryType", usual).lower()


def _reached(root: Element) -> dict[str, str]:
    """When each waypoint is reached, or left, by the first schedule that says so."""
    for schedule in _all(root, "schedule"):
        elements = list(_all(schedule, "scheduleElement", "sheduleElement"))  # as the first version spelt it
        times = {one.get("waypointId", ""): one.get("eta") or one.get("etd") or "" for one in elements}
        if any(times.values()):
            return times
    return {}


def _lines(lines: list[list[list[float]]]) -> dict[str, Any]:
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def _if_any(times: list[list[Any]]) -> list[list[Any]] | None:
    return times if any(one for part in times for one in part) else None


def _coordinates(text: str | None) -> list[list[float]]:
    return [_numbers(one, ",") for one in (text or "").split()]


def _numbers(text: str | None, separator: str | None) -> list[float]:
    try:
        return [decimal_number(number, "coordinate") for number in (text or "").split(separator)]
    except ValueError as error:
        raise BodyError(str(error)) from None


def _lon_lat(attributes: Mapping[str, str], lon: str, lat: str) -> list[float]:
    try:
        return [decimal_number(attributes.get(name, ""), name) for name in (lon, lat)]
    except ValueError as error:
        raise BodyError(str(error)) from None


def _text(element: Element, tag: str) -> str | None:
    found = next(_all(element, tag), None)
    return None if found is None or found.text is None else found.text.strip() or None


def _all(element: Element, *tags: str) -> Iterator[Element]:
    """Elements below one with these names, whatever their namespace."""
    return (one for one in element.iter() if one is not element and _tag(one) in tags)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
