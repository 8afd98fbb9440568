"""Maps of an edition as SVG markup for pages: simplified drawings, without script.

The plane and the colours are those of ``caspian plot``. Everything that does not depend on what is
asked is made once for an open atlas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup, escape

from api.atlas import Atlas
from api.colours import BOUNDARY_COLOUR, INK, LAND_COLOUR, SECTOR, hex_colour
from api.pages.picture import EXTENT, STATE_PLACES, lines_of, project, rings_of, to_plane
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
    STATE_NAMES,
    TERRITORIAL_WATERS,
)

_UNIT_M = 200.0  # one unit of the drawing
_FINE_M, _COARSE_M = 350.0, 1_500.0  # what is smaller is not drawn
_SMALLEST_REACH_M = 60_000.0  # from the middle of a map of surroundings to its edge, at least
_SMALL_M = 60_000.0  # a feature smaller than this gets a ring around it on a locator map
_ZONE_ORDER = (COMMON_MARITIME_SPACE, FISHERY_ZONE, TERRITORIAL_WATERS, INTERNAL_WATERS)

# Dashes in pixels, by the status of a line. Limits and baselines are solid.
DASHES: Mapping[str, str] = {AGREED: "", AGREED_RECONSTRUCTED: "9 3 2 3", PROVISIONAL: "6 4"}

Floats = npt.NDArray[np.float64]
Address = Callable[[Feature], str]


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

    def place(self, x: float, y: float) -> tuple[int, int]:
        """A place of the plane in units of the drawing, y downwards."""
        return round((x - self.left) / self.unit_m), round((self.top - y) / self.unit_m)


def _whole_sea(detail_m: float) -> _Window:
    return _Window(*EXTENT, _UNIT_M, detail_m)


def sea_map(atlas: Atlas, address: Address) -> Markup:
    """The zones of the whole sea with their limits and boundaries; every zone is a link."""
    window = _whole_sea(_FINE_M)
    drawn = _drawn(atlas, window)
    parts: list[str] = []
    for feature, path in drawn.zones:
        name = str(feature.properties.get("name") or feature.id)
        zone = _zone(feature, path, _element("title", escape(name)))
        parts.append(_element("a", zone, href=address(feature), aria_label=name))
    parts += drawn.lines
    parts += _names()
    parts.append(_scale_bar(window, 100))
    title = "Map of the zones of the Caspian Sea"
    return _svg(window, "sea-map", title, "Simplified drawing. Every zone is a link.", parts, role="group")


def locator(atlas: Atlas, collection: str, feature: Feature | None) -> Markup:
    """Where a feature, or what a collection holds, lies in the sea."""
    key = ("locator", collection, None if feature is None else feature.id)
    return cast(Markup, atlas.kept(key, lambda: _locator(atlas, collection, feature)))


def _locator(atlas: Atlas, collection: str, feature: Feature | None) -> Markup:
    window = _whole_sea(_COARSE_M)
    zones = "".join(_zone(one, path) for one, path in _drawn(atlas, window).zones)
    name = atlas.collection(collection).title if feature is None else feature.properties.get("name")
    shown = atlas.collection(collection).features if feature is None else (feature,)
    if feature is None and collection == "zones":
        parts = [zones]
    elif feature is None and collection == "sectors":
        parts = [_sector(window, one) for one in shown]
    else:
        parts = [_element("g", zones, class_="faint"), *(_highlight(window, one) for one in shown)]
    title = f"Where it lies: {name or getattr(feature, 'id', collection)}"
    return _svg(window, "locator", title, "Simplified drawing of the sea.", parts)


def surroundings(atlas: Atlas, record: Mapping[str, Any]) -> Markup | None:
    """The zones around a classified position, the position and its nearest point of the baseline."""
    if record["baseline_lon"] is None or record["zone"] == OUTSIDE_CASPIAN:
        return None
    x, y = to_plane(record["lon"], record["lat"])
    shore_x, shore_y = to_plane(record["baseline_lon"], record["baseline_lat"])
    reach = max(_SMALLEST_REACH_M, 1.25 * math.hypot(shore_x - x, shore_y - y))
    window = _Window(x - reach, y - reach, x + reach, y + reach, reach / 1000, reach / 300)
    margin = 20 * window.detail_m  # keeps the cut edges outside the picture
    box = (window.left - margin, window.bottom - margin, window.right + margin, window.top + margin)
    drawn = _paths(atlas, window, box)
    parts = [_zone(one, path) for one, path in drawn.zones]
    parts += drawn.lines
    at, shore = window.place(x, y), window.place(shore_x, shore_y)
    line = f"M{at[0]} {at[1]}L{shore[0]} {shore[1]}"
    parts += [
        _path(line, class_="reach", stroke=INK, stroke_width=1.4, stroke_dasharray="2 3"),
        _circle(shore, 14, class_="shore", fill=INK),
        _circle(at, 34, class_="halo", fill="none", stroke="#fff", stroke_width=20),
        _circle(at, 34, class_="place", fill="none", stroke="#000", stroke_width=10),
        _circle(at, 8, class_="dot", fill="#000"),
        _scale_bar(window, _round_length(reach / 2 / METRES_PER_NM), nautical=True),
    ]
    text = (
        "Simplified drawing: the position in the middle, a dotted line to the nearest point of the baseline."
    )
    return _svg(window, "surroundings", "The zones around the position", text, parts)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Zones with their paths, in the order to draw them, and the lines over them as markup."""

    zones: tuple[tuple[Feature, str], ...]
    lines: tuple[str, ...]


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
    for name, feature, shape in atlas.kept("plane", lambda: _plane(atlas)):
        cut = shape if box is None else shapely.clip_by_rect(shape, *box)
        simple = shapely.simplify(cut, window.detail_m)
        if name != "zones":
            path = _line_path(simple, window, shortest_m=4 * window.detail_m)
            lines += [_line(name, feature, path)] if path else []
        elif path := _area_path(simple, window):
            zones.append((feature, path))
    zones.sort(key=lambda one: _ZONE_ORDER.index(one[0].properties["zone"]))
    return _Drawn(tuple(zones), tuple(lines))


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


def _names() -> Iterator[str]:
    window = _whole_sea(_FINE_M)
    for state, place in STATE_PLACES.items():
        x, y = window.place(*to_plane(*place))
        yield _element(
            "text", STATE_NAMES[state], class_="name", x=x, y=y, font_size=105, font_weight=600,
            text_anchor="middle", fill="#5c5648",
        )  # fmt: skip


def _scale_bar(window: _Window, length: float, *, nautical: bool = False) -> str:
    """A bar in the lower left corner; lengths are those at the latitude of true scale."""
    width, height = window.size
    unit, metres = ("nm", METRES_PER_NM) if nautical else ("km", 1000.0)
    x, y, letters = round(0.04 * width), round(height - 0.035 * width), round(0.027 * width)
    long = round(length * metres / window.unit_m)
    tick = round(0.012 * width)
    bar = _path(f"M{x} {y - tick}v{tick}h{long}v-{tick}", stroke=INK, stroke_width=1.4)
    text = _element(
        "text", f"{length:g} {unit}", x=x + long // 2, y=y - tick, font_size=letters, text_anchor="middle",
        fill=INK,
    )  # fmt: skip
    return _element("g", bar + text, class_="scale")


def _round_length(most: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most)


def _svg(
    window: _Window, name: str, title: str, description: str, parts: Iterable[str], *, role: str = "img"
) -> Markup:
    width, height = window.size
    inside = _element("title", escape(title), id=f"{name}-title")
    inside += _element("desc", escape(description), id=f"{name}-desc")
    inside += _element("rect", class_="land", width=width, height=height, fill=LAND_COLOUR) + "".join(parts)
    svg = _element(
        "svg", inside, class_="map", viewBox=f"0 0 {width} {height}", role=role,
        aria_labelledby=f"{name}-title {name}-desc",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - every text that comes from data is escaped where it is put in
