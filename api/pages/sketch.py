"""Maps of the whole sea as SVG markup: zones, sectors, where a feature lies; without script.

Everything that does not depend on what is asked is made once for an open atlas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import shapely
from markupsafe import Markup, escape

from api.atlas import Atlas
from api.colours import BOUNDARY_COLOUR
from api.languages.choice import direction
from api.languages.marks import to_translate
from api.languages.numbers import semicolon
from api.pages.map_layers import (
    ENGLISH_WORDS,
    Room,
    degrees,
    drawn_once,
    graticule,
    line_element,
    scale_bar,
    sector_element,
    town_marks,
    zone_element,
)
from api.pages.picture import EXTENT, STATE_PLACES, project, to_plane, to_position
from api.pages.svg import Window, area_path, circle, element, line_path, path_element, svg_document
from api.pages.wording import Wording
from api.texts.sentences import assumed
from zones.atlas.features import Feature

_UNIT_M = 200.0  # one unit of the drawing
_FINE_M, _COARSE_M = 350.0, 1_500.0  # what is smaller is not drawn
_SMALL_M = 60_000.0  # a feature smaller than this gets a ring around it on a locator map
_LONGEST_LABEL, _WIDEST_LETTER = 76, 0.7  # of a map of the whole sea: characters, and in sizes of its letters
WATER, SEABED = "water", "seabed"  # the layers of a map


def _whole_sea(detail_m: float) -> Window:
    return Window(*EXTENT, _UNIT_M, detail_m)


def sea_picture(
    atlas: Atlas, layer: str, lon_lat: tuple[float, float] | None, words: Wording = ENGLISH_WORDS
) -> str:
    """The whole sea as the text of an SVG file: its zones or its sectors, and a position if one is given."""
    window = _whole_sea(_FINE_M)
    key = ("sea", layer, words.language)
    parts = [cast(str, atlas.kept(key, lambda: "".join(_sea(atlas, layer, window, words))))]
    parts += _assumptions(atlas, window, words)
    if lon_lat is not None:
        parts += _pin(window.place(*to_plane(*lon_lat)))
    of_water = to_translate("Map of the zones of the Caspian Sea")
    of_seabed = to_translate("Map of the seabed's sectors")
    title = words.said(of_water if layer == WATER else of_seabed)
    svg = svg_document(window, "sea-map", title, words.said(to_translate("Simplified drawing.")), parts)
    return str(svg).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"', 1)


def _assumptions(atlas: Atlas, window: Window, words: Wording) -> Iterator[str]:
    """That an edition is not the default one, over the land in the north."""
    if not atlas.edition.assumptions:
        return
    said = _shortened(assumed(atlas.edition.assumptions, words.language), words)
    width, _ = window.size
    letters = round(0.018 * width)
    wide = round(_WIDEST_LETTER * letters * (len(said) + 2))
    high, middle = round(1.4 * letters), round(2.3 * letters)  # between the degrees and the name of Atyrau
    yield element(
        "rect", x=(width - wide) // 2, y=middle - high // 2, width=wide, height=high, fill="#fff",
        stroke=BOUNDARY_COLOUR, stroke_width=round(0.1 * letters), class_="what-if",
    )  # fmt: skip
    yield element(
        "text", escape(said), class_="what-if", x=width // 2, y=middle + round(0.36 * letters),
        font_size=letters, font_weight=600, text_anchor="middle", fill=BOUNDARY_COLOUR,
        direction=direction(words.language),
    )  # fmt: skip


def _shortened(what: str, words: Wording) -> str:
    """That it is a what-if, with as many of its choices as there is room for; all stand beside the map."""
    message = words.said("What-if: %(what)s. Not the default.")
    mark = semicolon(words.language)
    choices = what.split(mark)
    for count in range(len(choices), 0, -1):
        shown = choices[:count] if count == len(choices) else [*choices[:count], "…"]
        said = message % {"what": mark.join(shown)}
        if len(said) <= _LONGEST_LABEL:
            return said
    return message % {"what": "…"}


def _sea(atlas: Atlas, layer: str, window: Window, words: Wording) -> Iterator[str]:
    room = Room(window)
    scale = scale_bar(window, 50, words, room)
    if layer == WATER:
        drawn = drawn_once(atlas, window)
        yield from (zone_element(one, path) for one, path in drawn.zones)
        yield from graticule(window, 2)
        yield from drawn.lines
    else:
        yield from _seabed(atlas, window)
        yield from graticule(window, 2)
    yield from degrees(window, 2, room)
    yield from _names(words)
    yield from town_marks(window, words, room)
    yield scale


def pressed(across: float, down: float) -> tuple[float, float]:
    """Longitude and latitude of a place in the picture of the whole sea, in shares of its size. [deg]"""
    left, bottom, right, top = EXTENT
    return to_position(left + across * (right - left), top - down * (top - bottom))


def aspect() -> float:
    """Width by height of the picture of the whole sea."""
    left, bottom, right, top = EXTENT
    return (right - left) / (top - bottom)


def _seabed(atlas: Atlas, window: Window) -> Iterator[str]:
    collections = atlas.edition.collections
    for name in ("sectors", "sector_boundaries"):
        for one in collections[name].features if name in collections else ():
            if name == "sectors":
                yield sector_element(window, one)
            else:
                shape = shapely.simplify(shapely.transform(one.geometry, project), window.detail_m)
                path = line_path(shape, window, shortest_m=window.detail_m)
                yield line_element("boundaries", one, path) if path else ""


def _pin(at: tuple[int, int]) -> Iterator[str]:
    yield circle(at, 70, class_="halo", fill="none", stroke="#fff", stroke_width=50)
    yield circle(at, 70, class_="place", fill="none", stroke="#000", stroke_width=24)
    yield circle(at, 14, class_="dot", fill="#000")


def locator(atlas: Atlas, collection: str, feature: Feature | None, words: Wording = ENGLISH_WORDS) -> Markup:
    """Where a feature, or what a collection holds, lies in the sea."""
    key = ("locator", collection, None if feature is None else feature.id)
    window = _whole_sea(_COARSE_M)
    parts = cast(str, atlas.kept(key, lambda: "".join(_located(atlas, collection, feature, window))))
    title = words.said(atlas.collection(collection).title)
    name = title if feature is None else words.name_of(collection, feature)
    said = words.said(to_translate("Where it lies: %(name)s")) % {"name": name}
    drawing = words.said(to_translate("Simplified drawing of the sea."))
    return svg_document(window, "locator", said, drawing, [parts])


def _located(atlas: Atlas, collection: str, feature: Feature | None, window: Window) -> list[str]:
    zones = "".join(zone_element(one, path) for one, path in drawn_once(atlas, window).zones)
    shown = atlas.collection(collection).features if feature is None else (feature,)
    if feature is None and collection == "zones":
        return [zones]
    if feature is None and collection == "sectors":
        return [sector_element(window, one) for one in shown]
    return [element("g", zones, class_="faint"), *(_highlight(window, one) for one in shown)]


def _highlight(window: Window, feature: Feature) -> str:
    shape = shapely.simplify(shapely.transform(feature.geometry, project), window.detail_m / 3)
    left, bottom, right, top = shape.bounds
    style: dict[str, Any] = {"class_": "highlight", "stroke": BOUNDARY_COLOUR}
    if max(right - left, top - bottom) < _SMALL_M:
        at = window.place((left + right) / 2, (bottom + top) / 2)
        return circle(at, 130, **style, fill="none", stroke_width=2, vector_effect="non-scaling-stroke")
    if shapely.get_dimensions(shape) == 2:
        style |= {"fill": BOUNDARY_COLOUR, "fill_opacity": "0.35", "fill_rule": "evenodd"}
        return path_element(area_path(shape, window), **style, stroke_width=1.6)
    return path_element(line_path(shape, window, shortest_m=window.detail_m), **style, stroke_width=1.6)


def _names(words: Wording) -> Iterator[str]:
    window = _whole_sea(_FINE_M)
    for state, place in STATE_PLACES.items():
        x, y = window.place(*to_plane(*place))
        yield element(
            "text", escape(words.state_name(state)), class_="name", x=x, y=y, font_size=105, font_weight=600,
            text_anchor="middle", fill="#5c5648",
        )  # fmt: skip
