"""What maps are made of: zones, sectors and lines of an edition, degrees, towns, a scale.

The plane and the colours are those of ``caspian plot``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import shapely
from markupsafe import escape

from api.atlas import Atlas
from api.colours import BOUNDARY_COLOUR, INK, LAND_COLOUR, SECTOR, hex_colour
from api.languages.choice import direction
from api.languages.numbers import own_digits
from api.pages.picture import project, to_plane, to_position
from api.pages.svg import Window, area_path, circle, element, line_path, path_element
from api.pages.towns import towns
from api.pages.wording import Wording
from zones.atlas.features import Feature
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    COMMON_MARITIME_SPACE,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    PROVISIONAL,
    TERRITORIAL_WATERS,
)

SCALE_SHARE = 0.085  # of the width of a map, from its lower edge, that the scale in the left corner takes
_USUAL_LETTER = 0.66  # as wide as the letters of a name are on average, in their size
_ZONE_ORDER = (COMMON_MARITIME_SPACE, FISHERY_ZONE, TERRITORIAL_WATERS, INTERNAL_WATERS)
ENGLISH_WORDS = Wording()

Box = tuple[float, float, float, float]  # left, top, right and bottom in units of the drawing

# Dashes in pixels, by the status of a line. Limits and baselines are solid.
DASHES: Mapping[str, str] = {AGREED: "", AGREED_RECONSTRUCTED: "9 3 2 3", PROVISIONAL: "6 4"}


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text on a map: where it begins or ends, its baseline, the size of its letters."""

    text: str
    x: int
    y: int
    size: int
    anchor: str = "start"

    @property
    def box(self) -> Box:
        """What it takes, of letters as wide as usual."""
        wide = len(self.text) * _USUAL_LETTER * self.size
        left = self.x - wide if self.anchor == "end" else self.x
        return left, self.y - self.size, left + wide, self.y + self.size // 3


class Room:
    """What of a map is taken by texts."""

    def __init__(self, window: Window) -> None:
        self._width, self._height = window.size
        self._taken: list[Box] = []

    def take(self, box: Box) -> None:
        """Nothing else may stand there."""
        self._taken.append(box)

    def for_one(self, choices: Sequence[Lettering], **style: Any) -> list[str]:
        """The first that would be whole and on no other, as markup; empty where none would."""
        for one in choices:
            if self._is_free(one.box):
                self.take(one.box)
                if one.anchor != "start":
                    style["text_anchor"] = one.anchor
                return [element("text", escape(one.text), x=one.x, y=one.y, font_size=one.size, **style)]
        return []

    def _is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        is_whole = min(left, top) >= 0 and right <= self._width and bottom <= self._height
        return is_whole and not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._taken
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """Zones with their paths, in the order to draw them, and the lines over them as markup."""

    zones: tuple[tuple[Feature, str], ...]
    lines: tuple[str, ...]
    shown: tuple[tuple[str, Feature], ...]  # the features of the lines, each after its collection


def drawn_once(atlas: Atlas, window: Window) -> Drawn:
    """The whole sea at a detail, made once."""
    return cast(Drawn, atlas.kept(("sketch", window.detail_m), lambda: drawn_in(atlas, window)))


def _plane(atlas: Atlas) -> list[tuple[str, Feature, shapely.Geometry]]:
    """What is drawn of an edition in its order: collection, feature and shape in the plane. [m]"""
    collections = atlas.edition.collections
    return [
        (name, one, shapely.transform(one.geometry, project))
        for name in ("zones", "baselines", "limits", "boundaries")
        if name in collections
        for one in collections[name].features
    ]


def drawn_in(atlas: Atlas, window: Window, *, is_cut: bool = False) -> Drawn:
    """What lies everywhere, or, cut beyond its frame, what a window shows."""
    zones: list[tuple[Feature, str]] = []
    lines: list[str] = []
    shown: list[tuple[str, Feature]] = []
    for name, feature, shape in atlas.kept("plane", lambda: _plane(atlas)):
        cut = shapely.clip_by_rect(shape, *window.margin) if is_cut else shape
        simple = shapely.simplify(cut, window.detail_m)
        make = area_path if name == "zones" else partial(line_path, shortest_m=4 * window.detail_m)
        path = make(simple, window)
        if not path or (is_cut and not make(shapely.clip_by_rect(simple, *window.frame), window)):
            continue  # too little to be seen
        if name == "zones":
            zones.append((feature, path))
        else:
            lines.append(line_element(name, feature, path))
            shown.append((name, feature))
    zones.sort(key=lambda one: _ZONE_ORDER.index(one[0].properties["zone"]))
    return Drawn(tuple(zones), tuple(lines), tuple(shown))


def zone_element(feature: Feature, path: str, inside: str = "") -> str:
    """A zone by its path, in its colour."""
    zone, state = str(feature.properties["zone"]), feature.properties["state"]
    # A hairline of the same colour hides the seams between simplified neighbours.
    colour = hex_colour(zone, state)
    kind = f"zone {zone} {state or ''}"
    return path_element(
        path, inside, class_=kind, fill=colour, fill_rule="evenodd", stroke=colour, stroke_width=0.7
    )


def sector_element(window: Window, feature: Feature) -> str:
    """A sector of the seabed, in its colour."""
    state = str(feature.properties["state"])
    shape = shapely.simplify(shapely.transform(feature.geometry, project), window.detail_m)
    return path_element(
        area_path(shape, window), class_=f"zone sector {state}", fill=hex_colour(SECTOR, state),
        fill_rule="evenodd", stroke=BOUNDARY_COLOUR, stroke_width=0.8,
    )  # fmt: skip


def line_element(collection: str, feature: Feature, path: str) -> str:
    """A line by its path, as its collection and status have it drawn."""
    style: dict[str, Any] = {"stroke": INK, "stroke_width": 0.6}
    if collection == "boundaries":
        style = {"stroke": BOUNDARY_COLOUR, "stroke_width": 1.8}
        if dashes := DASHES.get(str(feature.properties.get("status"))):
            style["stroke_dasharray"] = dashes
    elif feature.properties.get("zone") == TERRITORIAL_WATERS:
        style["stroke_width"] = 1.0
    return path_element(path, class_=f"line {collection}", **style)


def graticule(window: Window, step: int) -> Iterator[str]:
    """Meridians and parallels at whole degrees."""
    width, height = window.size
    style: dict[str, Any] = {
        "stroke": "#5b6b76",
        "stroke_width": 0.5,
        "stroke_opacity": 0.5,
        "class_": "graticule",
    }
    meridians, parallels = _whole_degrees(window, step)
    yield from (path_element(f"M{x} 0V{height}", **style) for _, x in meridians)
    yield from (path_element(f"M0 {y}H{width}", **style) for _, y in parallels)


def degrees(window: Window, step: int, room: Room) -> Iterator[str]:
    """The number of each meridian and parallel at an edge where there is room for it."""
    width, height = window.size
    letters = round(0.02 * min(width, height) + 0.005 * height)
    gap = letters // 4
    text = {"fill": "#5a646b", "class_": "degrees"}
    meridians, parallels = _whole_degrees(window, step)
    for lon, x in meridians:
        said = f"{lon}°E"
        choices = [
            Lettering(said, across, down, letters, anchor)
            for down in (letters, height - letters // 3)
            for across, anchor in ((x + gap, "start"), (x - gap, "end"))
        ]
        yield from room.for_one(choices, **text)
    for lat, y in parallels:
        said = f"{lat}°N"
        choices = [
            Lettering(said, across, down, letters, anchor)
            for across, anchor in ((gap, "start"), (width - gap, "end"))
            for down in (y - gap, y + letters)
        ]
        yield from room.for_one(choices, **text)


def _whole_degrees(window: Window, step: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Longitudes with their places across, latitudes with their places down. [deg, units of the drawing]"""
    left_deg, bottom_deg = to_position(window.left, window.bottom)
    right_deg, top_deg = to_position(window.right, window.top)
    lons = [one for one in range(math.ceil(left_deg), math.floor(right_deg) + 1) if one % step == 0]
    lats = [one for one in range(math.ceil(bottom_deg), math.floor(top_deg) + 1) if one % step == 0]
    return (
        [(lon, window.place(*to_plane(lon, 42.0))[0]) for lon in lons],
        [(lat, window.place(*to_plane(51.0, lat))[1]) for lat in lats],
    )


def town_marks(window: Window, words: Wording, room: Room) -> Iterator[str]:
    """Towns with their names on the side of the dot that has room for them; without room neither."""
    width, height = window.size
    letters = round(0.021 * width)
    for town in towns(words.language):
        x, y = window.place(*to_plane(town["lon"], town["lat"]))
        if not (0 <= x <= width and 0 <= y <= height):
            continue
        down = min(max(y + letters // 3, letters), height - letters // 3)  # whole beside a dot at the edge
        sides = [
            Lettering(town["name"], x - letters // 2, down, letters, "end"),
            Lettering(town["name"], x + letters // 2, down, letters),
        ]
        name = room.for_one(
            sides if town["side"] == "left" else sides[::-1],
            fill=INK, class_="town", stroke=LAND_COLOUR, stroke_width=letters // 5, paint_order="stroke",
        )  # fmt: skip
        if name:
            yield circle((x, y), letters // 4, class_="town", fill=INK)
            yield from name


def scale_bar(window: Window, length_nm: float, words: Wording, room: Room) -> str:
    """A bar in the lower left corner; lengths are those at the latitude of true scale."""
    width, height = window.size
    x, y, letters = round(0.04 * width), round(height - 0.035 * width), round(0.027 * width)
    long = round(length_nm * METRES_PER_NM / window.unit_m)
    tick = round(0.012 * width)
    bar = path_element(f"M{x} {y - tick}v{tick}h{long}v-{tick}", stroke=INK, stroke_width=1.4)
    said = own_digits(f"{length_nm:g} {words.said('nm')}", words.language)
    half = round(len(said) * _USUAL_LETTER * letters / 2)
    middle = max(x + long // 2, half)  # whole over a short bar
    room.take((0, height - SCALE_SHARE * width, max(x + long, middle + half), height))
    text = element(
        "text", said, x=middle, y=y - tick - letters // 4, font_size=letters, text_anchor="middle",
        fill=INK, direction=direction(words.language), stroke="#fff", stroke_width=letters // 5,
        paint_order="stroke",
    )  # fmt: skip
    return element("g", bar + text, class_="scale")
