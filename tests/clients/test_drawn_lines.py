"""What the browser has drawn at each zoom, against the exact geometry: nowhere a pixel away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page

from tests.clients.browsing import PATIENCE_MS, WIDE
from tests.clients.running import Service

WHOLE = "whole sea"  # shown up to a zoom, parts of it above
WHOLE_UP_TO = 6.5
PLACES = {WHOLE: (42.0, 51.0), "Baku": (40.3, 50.2), "Volga": (45.9, 48.6), "Gorgan": (36.9, 53.9)}
ZOOMS = [4.5 + step / 2 for step in range(14)]  # all there are
# Collections by the class that their paths have; baselines may be left out.
CLASSES = {
    "water": {
        "zone": "zones",
        "edge": "limits",
        "baseline": "baselines",
        "boundary": "boundaries",
        "installation": "installations",
    },
    "seabed": {"zone": "sectors", "boundary": "sector_boundaries", "installation": "installations"},
}
MOST_PX = 1.0
BETWEEN_PX = 0.5  # points along edges
Floats = np.ndarray[Any, np.dtype[np.float64]]

# Keeps the map, which the page keeps to itself.
_CATCH = """
let library;
Object.defineProperty(window, "L", {
  get: () => library,
  set: (value) => {
    library = value;
    value.Map.addInitHook(function () { window.seaMap = this; });
  },
});
"""
# Each drawn path: its class, its feature, and its edges in degrees; and the map's box. Text is read faster.
_DRAWN = """
() => {
  const found = [];
  window.seaMap.eachLayer((layer) => {
    if (!layer.feature || !layer.getElement) return;
    const d = layer.getElement().getAttribute("d");
    const parts = d.split("M").slice(1).map((part) => part.replace("z", "").split("L").map((pair) => {
      const [x, y] = pair.trim().split(/[ ,]+/).map(Number);
      const { lat, lng } = window.seaMap.layerPointToLatLng([x, y]);
      return [lng, lat];
    }));
    const classes = layer.options.className.split(" ");
    const kind = classes.includes("baseline") ? "baseline" : classes[0];
    if (d.includes("z")) for (const one of parts) one.push(one[0]);
    found.push([kind, layer.feature.id, parts.flatMap((one) => one.slice(1).map((to, at) => [one[at], to]))]);
  });
  const box = window.seaMap.getBounds();
  return JSON.stringify([found, [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]]);
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(_CATCH)
    yield page
    page.close()


def pixels(lon_lat: Floats, zoom: float) -> Floats:
    """Web Mercator. [px]"""
    lon, lat = lon_lat[..., 0], lon_lat[..., 1]
    y = 180 - np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))
    return np.stack([lon + 180, y], axis=-1) * (256 * 2**zoom / 360)


def edges_of(geometry: shapely.Geometry) -> Floats:
    """Edges of outlines and lines, as an array of shape (n, 2, 2)."""
    parts = shapely.get_parts(geometry)
    if shapely.get_dimensions(parts[0]) == 2:
        parts = shapely.get_rings(parts)
    points, path = shapely.get_coordinates(parts, return_index=True)
    together = path[1:] == path[:-1]
    return np.stack([points[:-1][together], points[1:][together]], axis=1)


def within(edges: Floats, box: Floats) -> Floats:
    """Edges that may reach into a box (least x, least y, largest x, largest y)."""
    least, most = edges.min(axis=1), edges.max(axis=1)
    return edges[(most >= box[:2]).all(axis=1) & (least <= box[2:]).all(axis=1)]


def points_on(edges: Floats, box: Floats) -> Floats:
    """Points along edges, those in a box. [px]"""
    along = edges[:, 1] - edges[:, 0]
    counts = np.ceil(np.hypot(*along.T) / BETWEEN_PX).astype(int) + 1
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(counts.sum()) - first) / np.repeat(counts, counts)
    points = np.repeat(edges[:, 0], counts, axis=0) + share[:, None] * np.repeat(along, counts, axis=0)
    return points[((points >= box[:2]) & (points <= box[2:])).all(axis=1)]


def farthest_px(of: Floats, others: Floats, box: Floats) -> float:
    """How far points of some edges in a box lie from other edges. [px]"""
    points = points_on(of, box)
    if not len(points):
        return 0.0
    assert len(others)
    tree = shapely.STRtree(shapely.linestrings(others))
    return float(tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)[1].max())


@pytest.mark.thorough
@pytest.mark.parametrize("layer", list(CLASSES))
def test_what_is_drawn_lies_within_a_pixel(service: Service, page: Page, layer: str) -> None:
    page.goto(f"{service.url}?layer={layer}")
    page.locator("#map[data-drawn]").wait_for()
    exact = {
        kind: dict(zip(service.ids(collection), map(edges_of, service.geometries(collection)), strict=True))
        for kind, collection in CLASSES[layer].items()
    }
    for zoom in ZOOMS:
        for place, (lat, lon) in PLACES.items():
            if (zoom > WHOLE_UP_TO) != (place == WHOLE):
                drawn, box = shown_at(page, lat, lon, zoom)
                assert set(exact) - {one[0] for one in drawn} <= {"baseline"}
                for kind in {one[0] for one in drawn}:
                    edges = {name: those for one, name, those in drawn if one == kind}
                    worst_px = worst(edges, exact[kind], zoom, box)
                    assert worst_px <= MOST_PX, (kind, place, zoom)


def shown_at(page: Page, lat: float, lon: float, zoom: float) -> Any:
    """What is drawn once the map stands there."""
    page.evaluate(
        """([lat, lon, zoom]) => window.seaMap.setView([lat, lon], zoom, { animate: false })""",
        [lat, lon, zoom],
    )
    page.wait_for_load_state("networkidle")
    return json.loads(page.evaluate(_DRAWN))


def worst(drawn: dict[str, list[Any]], exact: dict[str, Floats], zoom: float, corners: list[float]) -> float:
    """How far what is drawn and what is exact lie from each other. [px]"""
    assert set(drawn) == set(exact)
    west, south, east, north = corners
    shown = pixels(np.array([[west, north], [east, south]]), zoom).ravel() + np.array([2, 2, -2, -2])
    found = 0.0
    for name, drawn_edges in drawn.items():
        both = [
            pixels(within(edges, np.array(corners)), zoom)
            for edges in (np.array(drawn_edges).reshape(-1, 2, 2), exact[name])
        ]
        found = max(found, farthest_px(*both, shown), farthest_px(*both[::-1], shown))
    return found
