"""KML 2.2: placemarks with typed data, coloured by State and kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import shapely

from api.collections.formats.fields import Column, columns, geometries
from api.collections.formats.statement import description, statement
from api.colours import BOUNDARY_COLOUR, HUES, INK, SECTOR, hex_colour
from api.texts.json_text import to_bytes
from zones.words import AGREED, AGREED_RECONSTRUCTED, PROVISIONAL

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

NAMESPACE = "http://www.opengis.net/kml/2.2"
_SCHEMA = "fields"
_TYPES = {"string": "string", "number": "double", "boolean": "bool"}
# KML has no dashes, so the status of a line is its width.
_WIDTHS = {AGREED: 3, AGREED_RECONSTRUCTED: 2.5, PROVISIONAL: 1.5}
_OPACITY = "b0"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

_Element = ElementTree.Element


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """One collection as a Document."""
    (collection,) = collections
    root = _Element("kml", xmlns=NAMESPACE)
    document = _child(root, "Document", id=f"{collection.id}-{edition.name}")
    _child(document, "name", f"{collection.title}, {edition.name}")
    _child(document, "description", description(edition, collection))
    table = columns(collection)
    looks = [_look(collection.id, feature.properties) for feature in collection.features]
    for look in sorted(set(looks)):
        document.append(_style(*look))
    metadata = _child(document, "ExtendedData")
    for name, text in statement(edition).items():
        _child(_child(metadata, "Data", name=name), "value", text)
    document.append(_schema(table))
    for row, shape in enumerate(geometries(collection)):
        document.append(_placemark(row, table, _style_id(*looks[row]), shape))
    text = ElementTree.tostring(root, encoding="unicode")
    path.write_bytes(to_bytes(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'))


def _look(collection: str, properties: Any) -> tuple[str, str, float]:
    """Kind of geometry, colour as ``rrggbb`` and width of line of a feature."""
    state, status = properties.get("state"), properties.get("status")
    if collection in ("boundaries", "sector_boundaries"):
        return "line", BOUNDARY_COLOUR[1:], _WIDTHS.get(status, 1)
    if collection == "sectors":
        return "area", hex_colour(SECTOR, state)[1:], 1
    if collection == "zones":
        return "area", hex_colour(properties["zone"], state)[1:], 1
    colour = HUES.get(state, INK)[1:]
    return ("area", colour, 1) if collection in ("installations", "known_issues") else ("line", colour, 2)


def _style_id(kind: str, colour: str, width: float) -> str:
    return f"style-{kind}-{colour}-{width}"


def _style(kind: str, colour: str, width: float) -> _Element:
    style = _Element("Style", id=_style_id(kind, colour, width))
    swapped = colour[4:6] + colour[2:4] + colour[0:2]  # KML writes blue first
    line = _child(style, "LineStyle")
    _child(line, "color", f"ff{swapped}")
    _child(line, "width", str(width))
    if kind == "area":
        _child(_child(style, "PolyStyle"), "color", f"{_OPACITY}{swapped}")
    return style


def _schema(table: Sequence[Column]) -> _Element:
    schema = _Element("Schema", id=_SCHEMA, name=_SCHEMA)
    for column in table:
        _child(schema, "SimpleField", name=column.name, type=_TYPES[column.type])
    return schema


def _placemark(row: int, table: Sequence[Column], style: str, shape: Any) -> _Element:
    values = {column.name: column.values[row] for column in table}
    named = {"id": values["id"]} if _ID.fullmatch(values["id"]) else {}
    placemark = _Element("Placemark", named)
    _child(placemark, "name", str(values.get("name") or values["id"]))
    _child(placemark, "styleUrl", f"#{style}")
    data = _child(_child(placemark, "ExtendedData"), "SchemaData", schemaUrl=f"#{_SCHEMA}")
    for name, value in values.items():
        if value is not None:
            _child(data, "SimpleData", str(int(value) if isinstance(value, bool) else value), name=name)
    many = _child(placemark, "MultiGeometry")
    for part in shape.geoms:
        many.append(_line(part) if part.geom_type == "LineString" else _polygon(part))
    return placemark


def _line(line: Any) -> _Element:
    element = _Element("LineString")
    _child(element, "tessellate", "1")
    _child(element, "coordinates", _coordinates(line))
    return element


def _polygon(polygon: Any) -> _Element:
    element = _Element("Polygon")
    _child(element, "tessellate", "1")
    holes = [("innerBoundaryIs", hole) for hole in polygon.interiors]
    for name, ring in [("outerBoundaryIs", polygon.exterior), *holes]:
        _child(_child(_child(element, name), "LinearRing"), "coordinates", _coordinates(ring))
    return element


def _coordinates(line: Any) -> str:
    return " ".join(f"{lon!r},{lat!r}" for lon, lat in shapely.get_coordinates(line).tolist())


def _child(parent: _Element, tag: str, text: str | None = None, **attributes: str) -> _Element:
    child = ElementTree.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})
    if text is not None:
        child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    """Text without the characters that XML has no way to write."""
    return _NO_XML.sub("\ufffd", text)
