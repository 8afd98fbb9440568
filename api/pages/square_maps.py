"""Square maps of the water around a position, along a route, around an area."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup

from api.atlas import Atlas
from api.colours import INK
from api.languages.marks import to_translate
from api.pages.map_layers import (
    ENGLISH_WORDS,
    SCALE_SHARE,
    Room,
    degrees,
    drawn_in,
    graticule,
    scale_bar,
    town_marks,
    zone_element,
)
from api.pages.picture import EXTENT, project, to_plane
from api.pages.svg import Window, circle, line_path, path_element, svg_document
from api.pages.wording import Wording
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import OUTSIDE_CASPIAN

_SMALLEST_REACH_M = 60_000.0  # from the middle of a map of surroundings to its edge, at least
_WIDE_REACH_M = 200_000.0  # from which only every other degree is drawn
_MARGIN_SHARE = 0.03  # of a map, that lines stay off its edge and off the scale
_HIGHEST_LAT = 85.0  # of what is drawn in this plane [deg]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Square:
    """A square map, and what a key to it has to explain."""

    svg: Markup
    side: int  # in units of the drawing
    zones: tuple[tuple[str, str | None], ...]  # zones with their States, in the order in which they are drawn
    statuses: tuple[str, ...]  # of the boundaries drawn
    has_limits: bool


def surroundings(atlas: Atlas, record: Mapping[str, Any], words: Wording = ENGLISH_WORDS) -> Markup | None:
    """The zones around a classified position, the position and its nearest point of the baseline."""
    drawn = around_position(atlas, record, words)
    return None if drawn is None else drawn.svg


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
        path_element(line, class_="reach", stroke=INK, stroke_width=1.4, stroke_dasharray="2 3"),
        circle(shore, 14, class_="shore", fill=INK),
        circle(at, 34, class_="halo", fill="none", stroke="#fff", stroke_width=20),
        circle(at, 34, class_="place", fill="none", stroke="#000", stroke_width=10),
        circle(at, 8, class_="dot", fill="#000"),
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
    half_width, half_height = (np.ptp(inside, axis=0) / 2).tolist()
    reach = max(_SMALLEST_REACH_M, 1.1 * half_width, half_height / (1 - SCALE_SHARE - 2 * _MARGIN_SHARE))
    lowest = y - half_height  # clear of the scale, whose corner it may lie in
    y = min(y, lowest + reach * (1 - 2 * (SCALE_SHARE + _MARGIN_SHARE)))
    window = _square(x, y, reach)
    margin = window.margin
    cut = [shapely.clip_by_rect(shapely.LineString(one), *margin) for one in planes if len(one) > 1]
    path = "".join(line_path(shapely.simplify(one, window.detail_m), window, shortest_m=0.0) for one in cut)
    marks = [
        path_element(path, class_="halo", stroke="#fff", stroke_width=4.2),
        path_element(path, class_="route", stroke="#000", stroke_width=2),
    ]
    if not is_area and len(planes[0]):
        start = window.place(*planes[0][0].tolist())
        marks += [circle(start, 24, class_="start", fill="#000", stroke="#fff", stroke_width=8)]
    along, around = to_translate("The zones along the route"), to_translate("The zones around the area")
    titles = (around if is_area else along, to_translate("Simplified drawing."))
    return _surroundings(atlas, window, marks, titles, words, has_towns=True)


def _square(x: float, y: float, reach: float) -> Window:
    return Window(x - reach, y - reach, x + reach, y + reach, reach / 1000, reach / 300)


def _surroundings(
    atlas: Atlas,
    window: Window,
    marks: Sequence[str],
    titles: tuple[str, str],
    words: Wording,
    *,
    has_towns: bool,
) -> Square:
    """A square of the water with marks on it; `titles` are its title and description in English."""
    drawn = drawn_in(atlas, window, is_cut=True)
    room = Room(window)
    reach = (window.right - window.left) / 2
    scale = scale_bar(window, _round_length(reach / 2 / METRES_PER_NM), words, room)
    step = 1 if reach < _WIDE_REACH_M else 2
    # before degrees, which can stand elsewhere
    names = list(town_marks(window, words, room)) if has_towns else []
    parts = [zone_element(one, path) for one, path in drawn.zones]
    parts += graticule(window, step)
    parts += drawn.lines
    parts += degrees(window, step, room)
    parts += _installations(atlas, window)
    parts += [*marks, *names, scale]
    shown = [(str(one.properties["zone"]), one.properties["state"]) for one, _ in drawn.zones]
    boundaries = [one.properties.get("status") for name, one in drawn.shown if name == "boundaries"]
    title, description = map(words.said, titles)
    return Square(
        svg=svg_document(window, "surroundings", title, description, parts),
        side=window.size[0],
        zones=tuple(dict.fromkeys(shown)),
        statuses=tuple(dict.fromkeys(str(status) for status in boundaries if status)),
        has_limits=any(name == "limits" for name, _ in drawn.shown),
    )


def _installations(atlas: Atlas, window: Window) -> Iterator[str]:
    """A square on every installation, which is too small to be drawn as it is."""
    collections = atlas.edition.collections
    for one in collections["installations"].features if "installations" in collections else ():
        place = shapely.get_coordinates(one.geometry.representative_point())[0]
        x, y = window.place(*to_plane(*place))
        if one.properties["part"] == "installation" and 0 < x < window.size[0] and 0 < y < window.size[1]:
            yield path_element(f"M{x - 12} {y - 12}h24v24h-24z", fill=INK, class_="installation")


def _round_length(most: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)
