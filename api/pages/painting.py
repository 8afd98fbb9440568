"""A picture of an edition painted with matplotlib, an optional extra."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from PIL import Image

from api.colours import BOUNDARY_COLOUR, INK, LAND_COLOUR, SECTOR, mixed_colour
from api.pages.picture import (
    BOUNDARY,
    EXTENT,
    ROUTE,
    Line,
    Name,
    Panel,
    Picture,
    breadths_text,
    lines_of,
    rings_of,
    to_plane,
)
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    COMMON_MARITIME_SPACE,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    PROVISIONAL,
    STATE_NAMES,
    STATES,
    TERRITORIAL_WATERS,
)

DOTS_PER_INCH = 150

Floats = npt.NDArray[np.float64]

_TITLE = "Legal zones of the Caspian Sea"
_UNDER_TITLE = "under the Convention on its Legal Status, signed at Aktau on 12 August 2018"
_FAINT, _QUIET = "#8a8f94", "#5a646b"
_ON_LAND: dict[str, Any] = {"fontsize": 8.5, "fontweight": "bold", "color": "#5c5648"}
_ON_WATER: dict[str, Any] = {"fontsize": 8, "fontstyle": "italic", "color": "#34566b"}
_ZONE_COLUMNS = (
    (INTERNAL_WATERS, "internal\nwaters"),
    (TERRITORIAL_WATERS, "territorial\nwaters"),
    (FISHERY_ZONE, "fishery\nzone"),
)


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line looks, and what it means."""

    label: str
    width_pt: float
    colour: str
    dashes: tuple[float, ...] | None = None

    @property
    def style(self) -> Any:
        """As matplotlib takes it."""
        return "solid" if self.dashes is None else (0, self.dashes)


_LIMITS = {
    TERRITORIAL_WATERS: Stroke("outer limit of territorial waters", 1.1, INK),
    FISHERY_ZONE: Stroke("outer limit of a fishery zone", 0.6, INK),
}
_BOUNDARIES = {
    AGREED: Stroke("boundary, agreed", 1.7, BOUNDARY_COLOUR),
    AGREED_RECONSTRUCTED: Stroke(
        "boundary, agreed; course reconstructed", 1.7, BOUNDARY_COLOUR, (5, 1.2, 1.2, 1.2)
    ),
    PROVISIONAL: Stroke("boundary, provisional: none is agreed", 1.7, BOUNDARY_COLOUR, (2.6, 1.8)),
}
_ROUTE = Stroke("route", 2.0, "#000000")

_PANEL_TITLE_IN = 0.22
_MAP_HEIGHT_IN, _COLUMN_IN, _MARGIN_IN, _HEAD_IN, _GAP_IN = 8.6, 3.05, 0.45, 0.85, 0.5


def paint(picture: Picture, kind: str) -> bytes:
    """A picture as the bytes of a ``png`` or ``svg`` file; the same picture gives the same bytes."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # whatever the user has set for other figures
        matplotlib.rcParams.update(
            {
                "font.family": "DejaVu Sans",  # comes with matplotlib
                "svg.hashsalt": "caspian-zones",
                "svg.fonttype": "path",
                "text.color": INK,
                "path.simplify": False,
            }
        )
        figure = _figure(picture)
        target = io.BytesIO()
        # No date and no version, so that the bytes tell only whether the picture is another one.
        metadata: dict[str, Any] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(target, format=kind, dpi=DOTS_PER_INCH, metadata=metadata, facecolor="white")
    return _with_fewer_colours(target.getvalue()) if kind == "png" else target.getvalue()


def _with_fewer_colours(png: bytes) -> bytes:
    """The same picture with a palette of 256 colours: a third of the bytes."""
    target = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        palette = image.convert("RGB").quantize(
            256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        palette.save(target, format="PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return target.getvalue()


def _figure(picture: Picture) -> Figure:
    left, bottom, right, top = EXTENT
    map_width_in = _MAP_HEIGHT_IN * (right - left) / (top - bottom)
    count = len(picture.panels)
    maps_in = count * map_width_in + (count - 1) * _GAP_IN
    width_in = _MARGIN_IN + maps_in + 0.25 + _COLUMN_IN
    height_in = _HEAD_IN + (_PANEL_TITLE_IN if count > 1 else 0.0) + _MAP_HEIGHT_IN + _MARGIN_IN
    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)

    def axes(start_in: float, wide_in: float) -> Axes:
        shares = (start_in / width_in, _MARGIN_IN / height_in, wide_in / width_in, _MAP_HEIGHT_IN / height_in)
        return figure.add_axes(shares)

    for number, panel in enumerate(picture.panels):
        _map(
            axes(_MARGIN_IN + number * (map_width_in + _GAP_IN), map_width_in),
            picture,
            panel,
            titled=count > 1,
        )
    left_share = _MARGIN_IN / width_in
    figure.text(left_share, 1 - 0.3 / height_in, _TITLE, va="center", fontsize=17, fontweight="bold")
    figure.text(left_share, 1 - 0.58 / height_in, _UNDER_TITLE, va="center", fontsize=8.5, color=_QUIET)
    _column(axes(width_in - _COLUMN_IN, _COLUMN_IN - 0.15), picture)
    return figure


def _map(axes: Axes, picture: Picture, panel: Panel, *, titled: bool) -> None:
    left, bottom, right, top = EXTENT
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.set_facecolor(LAND_COLOUR)
    _graticule(axes)
    for area in panel.areas:
        _fill(axes, rings_of(area.geometry), mixed_colour(area.kind, area.state))
    _stroke(axes, picture.land_borders, Stroke("", 0.7, "#b9b2a3", (6, 2)), 2)
    shores = [area.geometry for area in panel.areas]
    if panel.areas:
        _stroke(
            axes, shapely.union_all(shapely.buffer(shores, 60.0)).boundary, Stroke("", 0.35, "#6f7a80"), 3
        )
    for line in panel.lines:
        _stroke(axes, line.geometry, _stroke_of(line), {BOUNDARY: 5, ROUTE: 6}.get(line.kind, 4))
    for name in panel.names:
        _write(axes, name)
    _scale_bar(axes)
    if titled:
        axes.set_title(panel.title, fontsize=11, loc="left", pad=5)


def _stroke_of(line: Line) -> Stroke:
    """How a line is drawn: by its status where it divides two States."""
    if line.kind == ROUTE:
        return _ROUTE
    return _BOUNDARIES[line.status] if line.kind == BOUNDARY else _LIMITS[line.kind]


def _fill(axes: Axes, rings: list[Floats], colour: tuple[float, float, float]) -> None:
    if not rings:
        return
    outline = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
    # A hairline of the same colour hides the seams between neighbours.
    axes.add_patch(PathPatch(outline, facecolor=colour, edgecolor=colour, linewidth=0.3, zorder=1))


def _stroke(axes: Axes, geometry: shapely.Geometry, stroke: Stroke, order: int) -> None:
    lines = [np.asarray(part.coords) for part in lines_of(geometry)]
    axes.add_collection(
        LineCollection(
            lines, colors=stroke.colour, linewidths=stroke.width_pt, linestyles=[stroke.style],
            capstyle="butt", joinstyle="round", zorder=order,
        ),
        autolim=False,
    )  # fmt: skip


def _write(axes: Axes, name: Name) -> None:
    halo = withStroke(linewidth=2.2, foreground=LAND_COLOUR if name.on_land else (1, 1, 1, 0.75))
    style = _ON_LAND if name.on_land else _ON_WATER
    axes.text(
        name.x, name.y, name.text, ha="center", va="center", linespacing=1.2, path_effects=[halo],
        clip_on=True, zorder=7, **style,
    )  # fmt: skip


def _graticule(axes: Axes) -> None:
    longitudes, latitudes = range(47, 56, 2), range(36, 48)
    axes.set_xticks([to_plane(lon, 42.0)[0] for lon in longitudes], [f"{lon}°E" for lon in longitudes])
    axes.set_yticks([to_plane(51.0, lat)[1] for lat in latitudes], [f"{lat}°N" for lat in latitudes])
    axes.tick_params(length=2.5, width=0.5, labelsize=7, color=_FAINT, labelcolor=INK, pad=2)
    axes.grid(color="#5b6b76", linewidth=0.3, alpha=0.45)
    axes.set_axisbelow(False)
    for line in (*axes.get_xgridlines(), *axes.get_ygridlines()):
        line.set_zorder(3.5)
    for spine in axes.spines.values():
        spine.set_linewidth(0.8)
        spine.set_color(INK)
        spine.set_zorder(9)


def _scale_bar(axes: Axes) -> None:
    """Kilometres above, nautical miles below; lengths at the latitude of true scale. [m]"""
    left, bottom, right, top = EXTENT
    x, y = left + 0.035 * (right - left), bottom + 0.075 * (top - bottom)
    height = 0.0042 * (top - bottom)
    for length_m, up, unit, parts in (
        (100_000.0, 1, "km", (0, 50, 100)),
        (50 * METRES_PER_NM, -1, "nm", (0, 25, 50)),
    ):
        for half in (0, 1):
            corner = (x + half * length_m / 2, y if up > 0 else y - height)
            colour = "white" if half else INK
            axes.add_patch(
                Rectangle(corner, length_m / 2, height, fc=colour, ec=INK, linewidth=0.6, zorder=8)
            )
        for place, number in enumerate(parts):
            text, va = f"{number} {unit}" if place == 2 else str(number), "bottom" if up > 0 else "top"
            at = (x + place * length_m / 2, y + up * 2.0 * height)
            axes.text(*at, text, ha="center", va=va, fontsize=6.5, zorder=8)
    axes.text(
        x, y - 7.2 * height, "Mercator, scale true at 42°N", fontsize=6, color=_FAINT, va="top", zorder=8
    )


def _column(axes: Axes, picture: Picture) -> None:
    """What the colours and lines mean, and whence the picture comes. Lengths in inches."""
    width, height = _COLUMN_IN - 0.15, _MAP_HEIGHT_IN
    axes.set_xlim(0, width)
    axes.set_ylim(-height, 0)
    axes.axis("off")
    y = -0.12
    seabed = any(area.kind == SECTOR for panel in picture.panels for area in panel.areas)
    columns = [*_ZONE_COLUMNS, *([(SECTOR, "sector of\nthe seabed")] if seabed else [])]
    first, step = 0.98, (width - 0.98) / len(columns)
    for at, (_, label) in enumerate(columns):
        axes.text(first + (at + 0.45) * step, y, label, fontsize=6.8, ha="center", va="top", linespacing=1.15)
    y -= 0.36
    drawn = {(area.kind, area.state) for panel in picture.panels for area in panel.areas}
    for state in STATES:
        axes.text(0, y - 0.1, STATE_NAMES[state], fontsize=8, va="center")
        for at, (kind, _) in enumerate(columns):
            _swatch(axes, first + at * step, y, 0.9 * step, kind, state, shown=(kind, state) in drawn)
        y -= 0.26
    _swatch(axes, 0, y - 0.04, 0.42, COMMON_MARITIME_SPACE, None, shown=True)
    axes.text(0.52, y - 0.14, "common maritime space", fontsize=8, va="center")
    y -= 0.42
    statuses = {line.status for panel in picture.panels for line in panel.lines if line.kind == BOUNDARY}
    for stroke in (
        *_LIMITS.values(),
        *(stroke for status, stroke in _BOUNDARIES.items() if status in statuses),
    ):
        axes.add_line(
            Line2D([0, 0.42], [y, y], color=stroke.colour, linewidth=stroke.width_pt, linestyle=stroke.style)
        )
        axes.text(0.52, y, stroke.label, fontsize=7.3, va="center")
        y -= 0.225
    y -= 0.1
    metadata, coast = picture.metadata, picture.metadata["coast"]
    waters = textwrap.fill(metadata["internal_waters_note"], 54, initial_indent=" " * 16).strip()
    text = f"White boxes: no such waters in this edition.\nInternal waters: {waters}"
    axes.text(0, y, text, fontsize=6.8, va="top", color=_QUIET, linespacing=1.35)
    assumed = ""
    if metadata["assumptions"] is not None:  # in four lines
        shown = textwrap.shorten(f"Not a default one: {metadata['assumptions']}", 220, placeholder=" …")
        assumed = f"{textwrap.fill(shown, 58)}\n"
    text = (
        f"Territorial waters: {breadths_text(metadata['breadth_nm'])} from the\n"
        "baselines (Art. 7), fishery zones 10 nm more (Art. 9).\n\n"
        f"Edition {metadata['edition']}\n{assumed}"
        f"Coast: {coast['title']} {coast['version']},\na proxy of the legal −28.0 m line\n"
        f"{textwrap.fill(metadata['attribution'], 56)}\n"
        "Land borders: Natural Earth, coarse\n\n" + picture.notice.replace(". ", ".\n")
    )
    axes.text(0, -height, text, fontsize=6.8, va="bottom", linespacing=1.35)


def _swatch(
    axes: Axes, x: float, y: float, width: float, kind: str, state: str | None, *, shown: bool
) -> None:
    colour = mixed_colour(kind, state) if shown else "white"
    axes.add_patch(Rectangle((x, y - 0.2), width, 0.2, fc=colour, ec="#9aa3a9", linewidth=0.5))
