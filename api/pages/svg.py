"""Elements and paths of SVG, and the window of the plane that a map shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup, escape

from api.colours import LAND_COLOUR
from api.pages.picture import lines_of, rings_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
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
    def frame(self) -> tuple[float, float, float, float]:
        """What it shows as a box. [m]"""
        return self.left, self.bottom, self.right, self.top

    @property
    def margin(self) -> tuple[float, float, float, float]:
        """A box about it, so that the edges of what is cut by the box lie outside the picture. [m]"""
        wide = 20 * self.detail_m
        return self.left - wide, self.bottom - wide, self.right + wide, self.top + wide

    def place(self, x: float, y: float) -> tuple[int, int]:
        """A place of the plane in units of the drawing, y downwards."""
        return round((x - self.left) / self.unit_m), round((self.top - y) / self.unit_m)


def element(name: str, inside: str = "", **attributes: Any) -> str:
    """An element of SVG; an underline at the end of an attribute's name is left out, others are hyphens."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{shown}>{inside}</{name}>" if inside else f"<{name}{shown}/>"


def path_element(d: str, inside: str = "", *, fill: str = "none", **attributes: Any) -> str:
    """A path whose stroke is as wide at every scale."""
    return element("path", inside, d=d, fill=fill, **attributes, vector_effect="non-scaling-stroke")


def circle(at: tuple[int, int], radius: int, **attributes: Any) -> str:
    """A circle about a place, in units of the drawing."""
    return element("circle", cx=at[0], cy=at[1], r=radius, **attributes)


def area_path(shape: shapely.Geometry, window: Window) -> str:
    """The rings of an area as a path, without those too small to be seen."""
    smallest = (2.0 * window.detail_m) ** 2
    rings = [ring for ring in rings_of(shape) if shapely.area(shapely.Polygon(ring)) >= smallest]
    return "".join(f"{moves}z" for ring in rings if (moves := _moves(ring[:-1], window, least=3)))


def line_path(shape: shapely.Geometry, window: Window, *, shortest_m: float) -> str:
    """Lines as a path, without those shorter than so much."""
    lines = [line for line in lines_of(shape) if line.length >= shortest_m]
    return "".join(_moves(np.asarray(line.coords), window, least=2) for line in lines)


def _moves(points: Floats, window: Window, *, least: int) -> str:
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


def svg_document(window: Window, name: str, title: str, description: str, parts: Iterable[str]) -> Markup:
    """A map with its title and description, over land where nothing else is drawn."""
    width, height = window.size
    inside = element("title", escape(title), id=f"{name}-title")
    inside += element("desc", escape(description), id=f"{name}-desc")
    inside += element("rect", class_="land", width=width, height=height, fill=LAND_COLOUR) + "".join(parts)
    svg = element(
        "svg", inside, class_="map", direction="ltr", viewBox=f"0 0 {width} {height}", role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - every text that comes from data is escaped where it is put in
