"""Maps of an edition as SVG markup for pages: simplified drawings, without script.

The plane and the colours are those of ``caspian plot``. Everything that does not depend on what is
asked is made once for an open atlas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup, escape

from api.atlas import Atlas
from api.colours import BOUNDARY_COLOUR, INK, LAND_COLOUR, SECTOR, hex_colour
from api.languages.choice import direction
from api.languages.marks import to_translate
from api.languages.numbers import own_digits, semicolon
from api.pages.picture import EXTENT, STATE_PLACES, lines_of, project, rings_of, to_plane, to_position
from api.pages.towns import towns
from api.pages.wording import Wording
from api.texts.sentences import assumed
from zones.atlas.features import Feature
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    COMMON_MARITIME_SPACE,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    OUTSIDE_CASPIAN,
    PROVISIONAL,
    TERRITORIAL_WATERS,
)

_UNIT_M = 200.0  # one unit of the drawing
_FINE_M, _COARSE_M = 350.0, 1_500.0  # what is smaller is not drawn
_SMALLEST_REACH_M = 60_000.0  # from the middle of a map of surroundings to its edge, at least
_WIDE_REACH_M = 200_000.0  # from which only every other degree is drawn
_HIGHEST_LAT = 85.0  # of what is drawn in this plane [deg]
_SMALL_M = 60_000.0  # a feature smaller than this gets a ring around it on a locator map
_SCALE_SHARE = 0.085  # of the width of a map, from its lower edge, that the scale in the left corner takes
_LONGEST_LABEL, _WIDEST_LETTER = 76, 0.7  # of a map of the whole sea: characters, and in sizes of its letters
_USUAL_LETTER = 0.66  # as wide as the letters of a name are on average, in their size
_ZONE_ORDER = (COMMON_MARITIME_SPACE, FISHERY_ZONE, TERRITORIAL_WATERS, INTERNAL_WATERS)

WATER, SEABED = "water", "seabed"  # the layers of a map
ENGLISH_WORDS = Wording()

# Dashes in pixels, by the status of a line. Limits and baselines are solid.
DASHES: Mapping[str, str] = {AGREED: "", AGREED_RECONSTRUCTED: "9 3 2 3", PROVISIONAL: "6 4"}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Window:
    """What a map shows, in metres of the plane, and the detail it is drawn with."""

    left: float
    bottom: float
    right: float
    top: float
    unit_m: float
    detail_m: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in units of the drawing."""
        return self.place(self.right, self.bottom)

    @property
    def margin(self) -> tuple[float, float, float, float]:
        """A box about it, so that the edges of what is cut by the box lie outside the picture. [m]"""
        wide = 20 * self.detail_m
        return self.left - wide, self.bottom - wide, self.right + wide, self.top + wide

    def place(self, x: float, y: float) -> tuple[int, int]:
        """A place of the plane in units of the drawing, y downwards."""
        return round((x - self.left) / self.unit_m), round((self.top - y) / self.unit_m)


def _whole_sea(detail_m: float) -> _Window:
    return _Window(*EXTENT, _UNIT_M, detail_m)


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
    svg = _svg(window, "sea-map", title, words.said(to_translate("Simplified drawing.")), parts)
    return str(svg).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"', 1)


def _assumptions(atlas: Atlas, window: _Window, words: Wording) -> Iterator[str]:
    """That an edition is not the default one, over the land in the north."""
    if not atlas.edition.assumptions:
        return
    said = _shortened(assumed(atlas.edition.assumptions, words.language), words)
    width, _ = window.size
    letters = round(0.018 * width)
    wide = round(_WIDEST_LETTER * letters * (len(said) + 2))
    high, middle = round(1.4 * letters), round(2.3 * letters)  # between the degrees and the name of Atyrau
    yield _element(
        "rect", x=(width - wide) // 2, y=middle - high // 2, width=wide, height=high, fill="#fff",
        stroke=BOUNDARY_COLOUR, stroke_width=round(0.1 * letters), class_="what-if",
    )  # fmt: skip
    yield _element(
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


def _sea(atlas: Atlas, layer: str, window: _Window, words: Wording) -> Iterator[str]:
    if layer == WATER:
        drawn = _drawn(atlas, window)
        yield from (_zone(one, path) for one, path in drawn.zones)
        yield from _graticule(window, 2)
        yield from drawn.lines
    else:
        yield from _seabed(atlas, window)
        yield from _graticule(window, 2)
    yield from _degrees(window, 2)
    yield from _names(words)
    yield from _towns(window, words)
    yield _scale_bar(window, 50, words)


def pressed(across: float, down: float) -> tuple[float, float]:
    """Longitude and latitude of a place in the picture of the whole sea, in shares of its size. [deg]"""
    left, bottom, right, top = EXTENT
    return to_position(left + across * (right - left), top - down * (top - bottom))


def aspect() -> float:
    """Width by height of the picture of the whole sea."""
    left, bottom, right, top = EXTENT
    return (right - left) / (top - bottom)


def _seabed(atlas: Atlas, window: _Window) -> Iterator[str]:
    collections = atlas.edition.collections
    for name in ("sectors", "sector_boundaries"):
        for one in collections[name].features if name in collections else ():
            if name == "sectors":
                yield _sector(window, one)
            else:
                shape = shapely.simplify(shapely.transform(one.geometry, project), window.detail_m)
                path = _line_path(shape, window, shortest_m=window.detail_m)
                yield _line("boundaries", one, path) if path else ""


def _graticule(window: _Window, step: int) -> Iterator[str]:
    """Meridians and parallels at whole degrees."""
    width, height = window.size
    style: dict[str, Any] = {
        "stroke": "#5b6b76",
        "stroke_width": 0.5,
        "stroke_opacity": 0.5,
        "class_": "graticule",
    }
    meridians, parallels = _whole_degrees(window, step)
    yield from (_path(f"M{x} 0V{height}", **style) for _, x in meridians)
    yield from (_path(f"M0 {y}H{width}", **style) for _, y in parallels)


def _degrees(window: _Window, step: int) -> Iterator[str]:
    """The number of each meridian and parallel at the edge, whole and clear of the scale."""
    width, height = window.size
    letters = round(0.02 * min(width, height) + 0.005 * height)
    gap = letters // 4
    text = {"font_size": letters, "fill": "#5a646b", "class_": "degrees"}
    meridians, parallels = _whole_degrees(window, step)
    for lon, x in meridians:
        said = f"{lon}°E"
        is_cut = x + gap + len(said) * _USUAL_LETTER * letters > width
        at = {"x": x - gap, "text_anchor": "end"} if is_cut else {"x": x + gap}
        yield _element("text", said, y=letters, **at, **text)
    for lat, y in parallels:
        is_by_the_scale = y - gap > height - _SCALE_SHARE * width
        at = {"x": width - gap, "text_anchor": "end"} if is_by_the_scale else {"x": gap}
        if y - gap < height:
            yield _element("text", f"{lat}°N", y=y + letters if y - gap < letters else y - gap, **at, **text)


def _whole_degrees(window: _Window, step: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Longitudes with their places across, latitudes with their places down. [deg, units of the drawing]"""
    left_deg, bottom_deg = to_position(window.left, window.bottom)
    right_deg, top_deg = to_position(window.right, window.top)
    lons = [one for one in range(math.ceil(left_deg), math.floor(right_deg) + 1) if one % step == 0]
    lats = [one for one in range(math.ceil(bottom_deg), math.floor(top_deg) + 1) if one % step == 0]
    return (
        [(lon, window.place(*to_plane(lon, 42.0))[0]) for lon in lons],
        [(lat, window.place(*to_plane(51.0, lat))[1]) for lat in lats],
    )


def _towns(window: _Window, words: Wording, *, is_cut: bool = False) -> Iterator[str]:
    """Towns with their names; in a map that is cut out, turned to where the edge leaves them whole."""
    width, height = window.size
    letters = round(0.021 * width)
    for town in towns(words.language):
        x, y = window.place(*to_plane(town["lon"], town["lat"]))
        if not (0 <= x <= width and 0 <= y <= height):
            continue
        long = letters // 2 + len(town["name"]) * _USUAL_LETTER * letters
        is_left = town["side"] == "left"
        is_turned = is_cut and (x < long if is_left else x + long > width)
        if is_turned and y > height - _SCALE_SHARE * width:
            continue  # there the scale stands, and the degrees beside it
        is_left ^= is_turned
        yield _circle((x, y), letters // 4, class_="town", fill=INK)
        beside = x + (-letters // 2 if is_left else letters // 2)
        yield _element(
            "text", escape(town["name"]), x=beside, y=y + letters // 3,
            font_size=letters, text_anchor="end" if is_left else "start", fill=INK, class_="town",
            stroke=LAND_COLOUR, stroke_width=letters // 5, paint_order="stroke",
        )  # fmt: skip


def _pin(at: tuple[int, int]) -> Iterator[str]:
    yield _circle(at, 70, class_="halo", fill="none", stroke="#fff", stroke_width=50)
    yield _circle(at, 70, class_="place", fill="none", stroke="#000", stroke_width=24)
    yield _circle(at, 14, class_="dot", fill="#000")


def locator(atlas: Atlas, collection: str, feature: Feature | None, words: Wording = ENGLISH_WORDS) -> Markup:
    """Where a feature, or what a collection holds, lies in the sea."""
    key = ("locator", collection, None if feature is None else feature.id)
    window = _whole_sea(_COARSE_M)
    parts = cast(str, atlas.kept(key, lambda: "".join(_located(atlas, collection, feature, window))))
    title = words.said(atlas.collection(collection).title)
    name = title if feature is None else words.name_of(collection, feature)
    said = words.said(to_translate("Where it lies: %(name)s")) % {"name": name}
    drawing = words.said(to_translate("Simplified drawing of the sea."))
    return _svg(window, "locator", said, drawing, [parts])


def _located(atlas: Atlas, collection: str, feature: Feature | None, window: _Window) -> list[str]:
    zones = "".join(_zone(one, path) for one, path in _drawn(atlas, window).zones)
    shown = atlas.collection(collection).features if feature is None else (feature,)
    if feature is None and collection == "zones":
        return [zones]
    if feature is None and collection == "sectors":
        return [_sector(window, one) for one in shown]
    return [_element("g", zones, class_="faint"), *(_highlight(window, one) for one in shown)]


def surroundings(atlas: Atlas, record: Mapping[str, Any], words: Wording = ENGLISH_WORDS) -> Markup | None:
    """The zones around a classified position, the position and its nearest point of the baseline."""
    drawn = around_position(atlas, record, words)
    return None if drawn is None else drawn.svg


@dataclass(frozen=True, slots=True)
class Square:
    """A square map, and what a key to it has to explain."""

    svg: Markup
    side: int  # in units of the drawing
    zones: tuple[tuple[str, str | None], ...]  # zones with their States, in the order in which they are drawn
    statuses: tuple[str, ...]  # of the boundaries drawn


def around_position(
    atlas: Atlas, record: Mapping[str, Any], words: Wording = ENGLISH_WORDS, *, has_towns: bool = False
) -> Square | None:
    """As `surroundings`, with what it shows; None where there is nothing of the sea to show."""
    if record["baseline_lon"] is None or record["zone"] == OUTSIDE_CASPIAN:
        return None
    x, y = to_plane(record["lon"], record["lat"])
    shore_x, shore_y = to_plane(record["baseline_lon"], record["baseline_lat"])
    reach = max(_SMALLEST_REACH_M, 1.25 * math.hypot(shore_x - x, shore_y - y))
    window = _square(x, y, reach)
    at, shore = window.place(x, y), window.place(shore_x, shore_y)
    line = f"M{at[0]} {at[1]}L{shore[0]} {shore[1]}"
    marks = [
        _path(line, class_="reach", stroke=INK, stroke_width=1.4, stroke_dasharray="2 3"),
        _circle(shore, 14, class_="shore", fill=INK),
        _circle(at, 34, class_="halo", fill="none", stroke="#fff", stroke_width=20),
        _circle(at, 34, class_="place", fill="none", stroke="#000", stroke_width=10),
        _circle(at, 8, class_="dot", fill="#000"),
    ]
    text = to_translate(
        "Simplified drawing: the position in the middle, a dotted line to the nearest point of the baseline."
    )
    titles = (to_translate("The zones around the position"), text)
    return _surroundings(atlas, window, marks, titles, words, has_towns=has_towns)


def around_lines(
    atlas: Atlas, lines: Sequence[Floats], *, is_area: bool, words: Wording = ENGLISH_WORDS
) -> Square:
    """The zones along a route or around an area, given by its lines or rings of shape (n, 2). [deg]

    Of what reaches beyond the sea, the sea is shown.
    """
    planes = [project(one[np.abs(one[:, 1]) < _HIGHEST_LAT]) for one in lines]
    places = np.concatenate(planes)
    left, bottom, right, top = EXTENT
    inside = places[(places > [left, bottom]).all(axis=1) & (places < [right, top]).all(axis=1)]
    if not len(inside):
        inside = np.array([[left, bottom], [right, top]])
    x, y = ((inside.min(axis=0) + inside.max(axis=0)) / 2).tolist()
    reach = max(_SMALLEST_REACH_M, 1.1 * float(np.abs(inside - [x, y]).max()))
    window = _square(x, y, reach)
    margin = window.margin
    cut = [shapely.clip_by_rect(shapely.LineString(one), *margin) for one in planes if len(one) > 1]
    path = "".join(_line_path(shapely.simplify(one, window.detail_m), window, shortest_m=0.0) for one in cut)
    marks = [
        _path(path, class_="halo", stroke="#fff", stroke_width=4.2),
        _path(path, class_="route", stroke="#000", stroke_width=2),
    ]
    if not is_area and len(planes[0]):
        start = window.place(*planes[0][0].tolist())
        marks += [_circle(start, 24, class_="start", fill="#000", stroke="#fff", stroke_width=8)]
    along, around = to_translate("The zones along the route"), to_translate("The zones around the area")
    titles = (around if is_area else along, to_translate("Simplified drawing."))
    return _surroundings(atlas, window, marks, titles, words, has_towns=True)


def _square(x: float, y: float, reach: float) -> _Window:
    return _Window(x - reach, y - reach, x + reach, y + reach, reach / 1000, reach / 300)


def _surroundings(
    atlas: Atlas,
    window: _Window,
    marks: Sequence[str],
    titles: tuple[str, str],
    words: Wording,
    *,
    has_towns: bool,
) -> Square:
    """A square of the water with marks on it; `titles` are its title and description in English."""
    drawn = _paths(atlas, window, window.margin)
    reach = (window.right - window.left) / 2
    parts = [_zone(one, path) for one, path in drawn.zones]
    step = 1 if reach < _WIDE_REACH_M else 2
    parts += _graticule(window, step)
    parts += drawn.lines
    parts += _degrees(window, step)
    parts += _installations(atlas, window)
    parts += marks
    parts += _towns(window, words, is_cut=True) if has_towns else ()
    parts += [_scale_bar(window, _round_length(reach / 2 / METRES_PER_NM), words)]
    shown = [(str(one.properties["zone"]), one.properties["state"]) for one, _ in drawn.zones]
    boundaries = [one.properties.get("status") for name, one in drawn.shown if name == "boundaries"]
    title, description = map(words.said, titles)
    return Square(
        svg=_svg(window, "surroundings", title, description, parts),
        side=window.size[0],
        zones=tuple(dict.fromkeys(shown)),
        statuses=tuple(dict.fromkeys(str(status) for status in boundaries if status)),
    )


def _installations(atlas: Atlas, window: _Window) -> Iterator[str]:
    """A square on every installation, which is too small to be drawn as it is."""
    collections = atlas.edition.collections
    for one in collections["installations"].features if "installations" in collections else ():
        place = shapely.get_coordinates(one.geometry.representative_point())[0]
        x, y = window.place(*to_plane(*place))
        if one.properties["part"] == "installation" and 0 < x < window.size[0] and 0 < y < window.size[1]:
            yield _path(f"M{x - 12} {y - 12}h24v24h-24z", fill=INK, class_="installation")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Zones with their paths, in the order to draw them, and the lines over them as markup."""

    zones: tuple[tuple[Feature, str], ...]
    lines: tuple[str, ...]
    shown: tuple[tuple[str, Feature], ...]  # the features of the lines, each after its collection


def _drawn(atlas: Atlas, window: _Window) -> _Drawn:
    """The whole sea at a detail, made once."""
    return cast(_Drawn, atlas.kept(("sketch", window.detail_m), lambda: _paths(atlas, window)))


def _plane(atlas: Atlas) -> list[tuple[str, Feature, shapely.Geometry]]:
    """What is drawn of an edition in its order: collection, feature and shape in the plane. [m]"""
    collections = atlas.edition.collections
    return [
        (name, one, shapely.transform(one.geometry, project))
        for name in ("zones", "baselines", "limits", "boundaries")
        if name in collections
        for one in collections[name].features
    ]


def _paths(atlas: Atlas, window: _Window, box: tuple[float, float, float, float] | None = None) -> _Drawn:
    """What lies in a box of the plane, or everywhere."""
    zones: list[tuple[Feature, str]] = []
    lines: list[str] = []
    shown: list[tuple[str, Feature]] = []
    for name, feature, shape in atlas.kept("plane", lambda: _plane(atlas)):
        cut = shape if box is None else shapely.clip_by_rect(shape, *box)
        simple = shapely.simplify(cut, window.detail_m)
        if name != "zones":
            if path := _line_path(simple, window, shortest_m=4 * window.detail_m):
                lines.append(_line(name, feature, path))
                shown.append((name, feature))
        elif path := _area_path(simple, window):
            zones.append((feature, path))
    zones.sort(key=lambda one: _ZONE_ORDER.index(one[0].properties["zone"]))
    return _Drawn(tuple(zones), tuple(lines), tuple(shown))


def _element(name: str, inside: str = "", **attributes: Any) -> str:
    """An element of SVG; an underline at the end of an attribute's name is left out, others are hyphens."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{shown}>{inside}</{name}>" if inside else f"<{name}{shown}/>"


def _path(d: str, inside: str = "", *, fill: str = "none", **attributes: Any) -> str:
    """A path whose stroke is as wide at every scale."""
    return _element("path", inside, d=d, fill=fill, **attributes, vector_effect="non-scaling-stroke")


def _circle(at: tuple[int, int], radius: int, **attributes: Any) -> str:
    return _element("circle", cx=at[0], cy=at[1], r=radius, **attributes)


def _zone(feature: Feature, path: str, inside: str = "") -> str:
    zone, state = str(feature.properties["zone"]), feature.properties["state"]
    # A hairline of the same colour hides the seams between simplified neighbours.
    colour = hex_colour(zone, state)
    kind = f"zone {zone} {state or ''}"
    return _path(path, inside, class_=kind, fill=colour, fill_rule="evenodd", stroke=colour, stroke_width=0.7)


def _sector(window: _Window, feature: Feature) -> str:
    state = str(feature.properties["state"])
    shape = shapely.simplify(shapely.transform(feature.geometry, project), window.detail_m)
    return _path(
        _area_path(shape, window), class_=f"zone sector {state}", fill=hex_colour(SECTOR, state),
        fill_rule="evenodd", stroke=BOUNDARY_COLOUR, stroke_width=0.8,
    )  # fmt: skip


def _line(collection: str, feature: Feature, path: str) -> str:
    style: dict[str, Any] = {"stroke": INK, "stroke_width": 0.6}
    if collection == "boundaries":
        style = {"stroke": BOUNDARY_COLOUR, "stroke_width": 1.8}
        if dashes := DASHES.get(str(feature.properties.get("status"))):
            style["stroke_dasharray"] = dashes
    elif feature.properties.get("zone") == TERRITORIAL_WATERS:
        style["stroke_width"] = 1.0
    return _path(path, class_=f"line {collection}", **style)


def _highlight(window: _Window, feature: Feature) -> str:
    shape = shapely.simplify(shapely.transform(feature.geometry, project), window.detail_m / 3)
    left, bottom, right, top = shape.bounds
    style: dict[str, Any] = {"class_": "highlight", "stroke": BOUNDARY_COLOUR}
    if max(right - left, top - bottom) < _SMALL_M:
        at = window.place((left + right) / 2, (bottom + top) / 2)
        return _circle(at, 130, **style, fill="none", stroke_width=2, vector_effect="non-scaling-stroke")
    if shapely.get_dimensions(shape) == 2:
        style |= {"fill": BOUNDARY_COLOUR, "fill_opacity": "0.35", "fill_rule": "evenodd"}
        return _path(_area_path(shape, window), **style, stroke_width=1.6)
    return _path(_line_path(shape, window, shortest_m=window.detail_m), **style, stroke_width=1.6)


def _area_path(shape: shapely.Geometry, window: _Window) -> str:
    smallest = (2.0 * window.detail_m) ** 2
    rings = [ring for ring in rings_of(shape) if shapely.area(shapely.Polygon(ring)) >= smallest]
    return "".join(f"{moves}z" for ring in rings if (moves := _moves(ring[:-1], window, least=3)))


def _line_path(shape: shapely.Geometry, window: _Window, *, shortest_m: float) -> str:
    lines = [line for line in lines_of(shape) if line.length >= shortest_m]
    return "".join(_moves(np.asarray(line.coords), window, least=2) for line in lines)


def _moves(points: Floats, window: _Window, *, least: int) -> str:
    """A line as the relative commands of an SVG path; empty where fewer than `least` points are left."""
    placed = np.column_stack([points[:, 0] - window.left, window.top - points[:, 1]]) / window.unit_m
    whole = np.rint(placed).astype(np.int64)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = (whole[1:] != whole[:-1]).any(axis=1)
    whole = whole[keep]
    if len(whole) < least:
        return ""
    steps = np.diff(whole, axis=0).tolist()
    return f"M{whole[0, 0]} {whole[0, 1]}l" + " ".join(f"{dx} {dy}".replace(" -", "-") for dx, dy in steps)


def _names(words: Wording) -> Iterator[str]:
    window = _whole_sea(_FINE_M)
    for state, place in STATE_PLACES.items():
        x, y = window.place(*to_plane(*place))
        yield _element(
            "text", escape(words.state_name(state)), class_="name", x=x, y=y, font_size=105, font_weight=600,
            text_anchor="middle", fill="#5c5648",
        )  # fmt: skip


def _scale_bar(window: _Window, length_nm: float, words: Wording) -> str:
    """A bar in the lower left corner; lengths are those at the latitude of true scale."""
    width, height = window.size
    x, y, letters = round(0.04 * width), round(height - 0.035 * width), round(0.027 * width)
    long = round(length_nm * METRES_PER_NM / window.unit_m)
    tick = round(0.012 * width)
    bar = _path(f"M{x} {y - tick}v{tick}h{long}v-{tick}", stroke=INK, stroke_width=1.4)
    said = own_digits(f"{length_nm:g} {words.said('nm')}", words.language)
    middle = max(x + long // 2, round(len(said) * _USUAL_LETTER * letters / 2))  # whole over a short bar
    text = _element(
        "text", said, x=middle, y=y - tick - letters // 4, font_size=letters, text_anchor="middle",
        fill=INK, direction=direction(words.language), stroke="#fff", stroke_width=letters // 5,
        paint_order="stroke",
    )  # fmt: skip
    return _element("g", bar + text, class_="scale")


def _round_length(most: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)


def _svg(window: _Window, name: str, title: str, description: str, parts: Iterable[str]) -> Markup:
    width, height = window.size
    inside = _element("title", escape(title), id=f"{name}-title")
    inside += _element("desc", escape(description), id=f"{name}-desc")
    inside += _element("rect", class_="land", width=width, height=height, fill=LAND_COLOUR) + "".join(parts)
    svg = _element(
        "svg", inside, class_="map", direction="ltr", viewBox=f"0 0 {width} {height}", role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - every text that comes from data is escaped where it is put in
