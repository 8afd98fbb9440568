"""Looks of layers as QGIS has them (QML), in the colours of the maps: a file a layer, and inside GeoPackages.

Zones and sectors are coloured by State and kind, boundaries dashed by how settled they are. Zones are half
transparent, so that sectors of the seabed, hatched, are seen below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from api.collections.formats.fields import Column, of_lines
from api.colours import BOUNDARY_COLOUR, COMMON_COLOUR, HUES, INK, SECTOR, hex_colour
from api.texts.json_text import to_bytes
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    CLAIMED,
    COMMON_MARITIME_SPACE,
    ISSUE_TITLES,
    PROVISIONAL,
    STATE_NAMES,
    STATES,
    ZONES,
)

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

MEDIA_TYPE = "application/x-qgis-layer-settings"
TABLE = "layer_styles"  # where QGIS looks for styles in a GeoPackage
_STYLE_NAME = "caspian-zones"
_VERSION = "3.22.0"  # the oldest that reads it
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
_LINE, _AREA = "1", "2"  # QGIS's numbers of kinds of geometries
_LINE_WIDTH_MM, _BOUNDARY_WIDTH_MM = 0.4, 0.7
_ALPHA = {"zones": 0.69, "installations": 0.8, "known_issues": 0.3}
# Lengths in widths of the line; none: drawn through.
_DASHES = {AGREED: "", AGREED_RECONSTRUCTED: "9;3;2;3", PROVISIONAL: "6;4", CLAIMED: "1;2"}
_ZONE_OF_STATE = "\"zone\" || '-' || coalesce(\"state\", '')"

_Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class _Look:
    """Features of one value: how they are called and drawn."""

    value: str
    label: str
    colour: str
    dashes: str = ""


def write(_edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """The looks of one collection."""
    (collection,) = collections
    path.write_bytes(to_bytes(style_text(collection)))


def style_text(collection: Collection) -> str:
    """The looks of a collection as QML."""
    attribute, looks = _looks(collection.id)
    root = _Element("qgis", version=_VERSION, styleCategories="Symbology|Labeling")
    renderer = _child(root, "renderer-v2", type="categorizedSymbol", attr=attribute, symbollevels="0")
    categories, symbols = _child(renderer, "categories"), _child(renderer, "symbols")
    for number, look in enumerate(looks):
        name = str(number)
        _child(categories, "category", value=look.value, label=look.label, symbol=name, render="true")
        symbols.append(_symbol(collection, name, look))
    _child(root, "layerGeometryType").text = _LINE if of_lines(collection) else _AREA
    ElementTree.indent(root, " ")
    return f"{_DOCTYPE}\n{ElementTree.tostring(root, encoding='unicode')}\n"


def style_table(collections: Sequence[Collection], time: str) -> tuple[Column, ...]:
    """The looks of layers as columns of the table of a GeoPackage in which QGIS keeps them."""
    names = tuple(one.id for one in collections)
    count = len(names)
    texts = {
        "f_table_catalog": ("",) * count,
        "f_table_schema": ("",) * count,
        "f_table_name": names,
        "f_geometry_column": ("geom",) * count,
        "styleName": (_STYLE_NAME,) * count,
        "styleQML": tuple(map(style_text, collections)),
        "styleSLD": ("",) * count,
        "description": tuple(one.title for one in collections),
        "owner": ("",) * count,
        "ui": ("",) * count,
        "update_time": (time,) * count,
    }
    columns = (Column(name, "string", values) for name, values in texts.items())
    return (*columns, Column("useAsDefault", "boolean", (True,) * count))


def _looks(collection: str) -> tuple[str, list[_Look]]:
    """The expression by whose values features are drawn, and how each value is."""
    if collection == "zones":
        return _ZONE_OF_STATE, list(_zones())
    if collection == "sectors":
        return "state", [_Look(one, STATE_NAMES[one], hex_colour(SECTOR, one)) for one in STATES]
    if collection in ("boundaries", "sector_boundaries"):
        labels = {status: status.replace("_", ", ").capitalize() for status in _DASHES}
        return "status", [_Look(one, labels[one], BOUNDARY_COLOUR, dashes) for one, dashes in _DASHES.items()]
    if collection == "known_issues":
        return "kind", [_Look(kind, title, BOUNDARY_COLOUR) for kind, title in ISSUE_TITLES.items()]
    return "state", [_Look(one, STATE_NAMES[one], HUES[one]) for one in STATES]


def _zones() -> Iterator[_Look]:
    for zone in ZONES:
        said = zone.replace("_", " ").capitalize()
        if zone == COMMON_MARITIME_SPACE:
            yield _Look(f"{zone}-", said, COMMON_COLOUR)
            continue
        for state in STATES:
            yield _Look(f"{zone}-{state}", f"{said}, {STATE_NAMES[state]}", hex_colour(zone, state))


def _symbol(collection: Collection, name: str, look: _Look) -> _Element:
    kind = "line" if of_lines(collection) else "fill"
    alpha = str(_ALPHA.get(collection.id, 1))
    symbol = _Element("symbol", name=name, type=kind, alpha=alpha, clip_to_extent="1", force_rhr="0")
    if kind == "line":
        is_boundary = look.colour == BOUNDARY_COLOUR
        width = _BOUNDARY_WIDTH_MM if is_boundary else _LINE_WIDTH_MM
        lengths = ";".join(f"{float(one) * width:.2f}" for one in look.dashes.split(";") if one)
        dashed = {"use_custom_dash": "1", "customdash": lengths, "customdash_unit": "MM"}
        _layer(
            symbol,
            "SimpleLine",
            line_color=_colour(look.colour),
            line_width=str(width),
            line_width_unit="MM",
            capstyle="flat",
            joinstyle="round",
            **(dashed if lengths else {}),
        )
    else:
        outline = {"outline_color": _colour(INK), "outline_width": "0.1", "outline_width_unit": "MM"}
        style = "dense3" if collection.id == "sectors" else "solid"
        _layer(symbol, "SimpleFill", color=_colour(look.colour), style=style, **outline)
    return symbol


def _layer(symbol: _Element, kind: str, **properties: str) -> None:
    layer = _child(symbol, "layer", **{"class": kind}, enabled="1", locked="0")
    layer.set("pass", "0")
    for name, value in properties.items():
        _child(layer, "prop", k=name, v=value)  # as every version reads it


def _colour(colour: str) -> str:
    """``#rrggbb`` as QGIS writes it: red, green, blue and opacity."""
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def _child(parent: _Element, tag: str, **attributes: str) -> _Element:
    return ElementTree.SubElement(parent, tag, attributes)
