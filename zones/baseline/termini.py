"""Termini of land borders: the points of the mainland nearest to the published border ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coastlines import BorderTerminus
from coastlines.rings import DECIMALS
from zones.arrays import Floats
from zones.errors import BaselineError
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84, feet_on_segments

NEEDLE_WATER_ANGLE_DEG = 300.0  # a tip with more water than this around it is no place for a border
_AT_A_VERTEX_M = 1.0
_STRAIGHT_DEG = 0.02


@dataclass(frozen=True, slots=True)
class Terminus:
    """Where a land border meets the baseline; the point belongs to both States."""

    pair: str  # as ``AZE-RUS``
    # lon, lat, published_lon, published_lat: on the baseline, a vertex of it; and as published [deg]
    lon: float
    lat: float
    published_lon: float
    published_lat: float
    moved_m: float  # geodesic distance between the two [m]
    accuracy_m: float  # how well the published point is known [m]
    # angle of water between the two shores at the point; above 180 the point is a cape [deg]
    water_angle_deg: float
    remark: str  # what was done that the rule "nearest point of the mainland" does not say; may be empty
    source: str


def place_termini(ring: Floats, published: Sequence[BorderTerminus]) -> tuple[Floats, tuple[Terminus, ...]]:
    """The ring with the termini among its vertices, and the termini."""
    found = []
    for border in published:
        ring, number, remark = _insert_nearest(ring, border.lon, border.lat)
        lon, lat = ring[number]
        _, _, moved_m = WGS84.inv(border.lon, border.lat, lon, lat)
        found.append(
            Terminus(
                border.pair, float(lon), float(lat), border.lon, border.lat, float(moved_m),
                border.accuracy_m, water_angle_deg(ring, number), remark, border.source,
            )
        )  # fmt: skip
    if len({(terminus.lon, terminus.lat) for terminus in found}) != len(found):
        raise BaselineError(
            "two land borders meet this coast in one point: it does not reach around the Caspian"
        )
    return ring, tuple(found)


def _insert_nearest(ring: Floats, lon: float, lat: float) -> tuple[Floats, int, str]:
    """The ring with its point nearest to a position as a vertex, its number, and a remark."""
    corners = to_earth_centred(ring)
    share, feet, length = feet_on_segments(to_earth_centred([lon, lat]), corners[:-1], corners[1:])
    remark = ""
    count = len(ring) - 1
    for number in np.argsort(length, kind="stable"):
        tip = _needle_tip(ring, int(number))
        if tip is not None:
            remark = remark or (
                f"moved off a needle of the shoreline at {ring[tip, 0]:.7f}, {ring[tip, 1]:.7f} "
                f"with {water_angle_deg(ring, tip):.0f} degrees of water around it"
            )
            continue
        t = share[number]
        edge_m = float(np.linalg.norm(corners[number + 1] - corners[number]))
        if t * edge_m <= _AT_A_VERTEX_M or (1 - t) * edge_m <= _AT_A_VERTEX_M:
            return ring, int((number if t <= 0.5 else number + 1) % count), remark
        vertex = np.round(to_lon_lat(feet[number]), DECIMALS)
        ring = np.insert(ring, number + 1, vertex, axis=0)
        return ring, int(number) + 1, remark
    raise BaselineError("no point of the mainland can be the end of a land border")


def _needle_tip(ring: Floats, number: int) -> int | None:
    """The tip of the needle that a segment is a flank of, if it is one.

    A flank may have been cut into pieces: they are followed while they run straight on.
    """
    count = len(ring) - 1
    for step in (-1, 1):
        vertex = (number if step < 0 else number + 1) % count
        for _ in range(count):
            angle = water_angle_deg(ring, vertex)
            if angle > NEEDLE_WATER_ANGLE_DEG:
                return vertex
            if abs(angle - 180.0) > _STRAIGHT_DEG:
                break
            vertex = (vertex + step) % count
    return None


def water_angle_deg(ring: Floats, vertex: int) -> float:
    """Angle of water at a vertex of a closed ring with the water on its left. [deg]"""
    count = len(ring) - 1
    here = ring[vertex]
    before, after = ring[(vertex - 1) % count], ring[(vertex + 1) % count]
    azimuth, _, _ = WGS84.inv([here[0]] * 2, [here[1]] * 2, [before[0], after[0]], [before[1], after[1]])
    # From the way on, turning left (against the azimuth's sense) until the way back.
    return float((azimuth[1] - azimuth[0]) % 360.0)
