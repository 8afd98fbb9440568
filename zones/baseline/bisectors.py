"""Bisectors of the open water at a point that two States' baselines share: a terminus, or another."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers
from zones.baseline.baseline import LAND_REGION, OPEN_REGION, REST, Baseline
from zones.errors import BaselineError
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import WGS84


class OpenPart(NamedTuple):
    """A part of the open water around a vertex, between the shores or straight lines of two States.

    ``azimuth_deg`` halves it, ``angle_deg`` wide; the States lie left and right, looking out.
    """

    azimuth_deg: float
    angle_deg: float
    left: int
    right: int


def _angles(baseline: Baseline, vertex: int) -> list[tuple[int, OpenPart]]:
    """The parts around a vertex between neighbouring segments: what each is in, -1 for nothing of its own."""
    sides = baseline.sides
    around = sides.incident[sides.incident_first[vertex] : sides.incident_first[vertex + 1]]
    leaves = sides.start_vertex[around] == vertex
    here = np.where(leaves[:, None], baseline.start[around], baseline.end[around])
    there = np.where(leaves[:, None], baseline.end[around], baseline.start[around])
    azimuths, _, _ = WGS84.inv(*here.T, *there.T)
    azimuth, state = np.asarray(azimuths) % 360.0, baseline.state[around]
    on_left = np.where(leaves, sides.left[around], sides.right[around])
    on_right = np.where(leaves, sides.right[around], sides.left[around])
    order = np.argsort(azimuth)
    parts = []
    for left, right in zip(order, np.roll(order, -1), strict=True):
        angle = (azimuth[right] - azimuth[left]) % 360.0
        middle = (azimuth[right] - angle / 2.0) % 360.0
        region = int(on_right[left]) if on_right[left] == on_left[right] else -1
        parts.append((region, OpenPart(float(middle), float(angle), int(state[left]), int(state[right]))))
    return parts


def open_parts(baseline: Baseline, vertex: int) -> list[OpenPart]:
    """The parts of the open water around a vertex that lie between two different States, widest first."""
    parts = [part for region, part in _angles(baseline, vertex) if region == OPEN_REGION]
    return sorted((part for part in parts if part.left != part.right), key=lambda part: -part.angle_deg)


def inland_azimuth_deg(baseline: Baseline, vertex: int) -> float:
    """Azimuth that halves the land at a terminus, whatever lines run over the water there."""
    land = [part for region, part in _angles(baseline, vertex) if region == LAND_REGION]
    return max(land, key=lambda part: part.angle_deg).azimuth_deg


def bisector_azimuth_deg(baseline: Baseline, vertex: int) -> tuple[float, int, int]:
    """Azimuth that halves the open water at a terminus, and the States left and right of it.

    Raises `BaselineError`: not one part of the open water there lies between two States.
    """
    parts = open_parts(baseline, vertex)
    if len(parts) != 1:
        lon, lat = vertex_lon_lat(baseline, vertex)
        raise BaselineError(
            f"{len(parts)} parts of the open water at {lon:.5f}, {lat:.5f}, where a land border ends, lie "
            "between two States' shores or straight lines: one is needed to divide"
        )
    ((azimuth, _, left, right),) = parts
    return azimuth, left, right


def terminus_vertices(baseline: Baseline) -> Integers:
    """Vertex number of each terminus of the baseline."""
    start, vertex = baseline.start, baseline.sides.start_vertex
    leaving = [((start == (one.lon, one.lat)).all(axis=1)).argmax() for one in baseline.termini]
    return np.asarray(vertex[leaving], dtype=np.int64)


def shared_vertices(baseline: Baseline) -> Integers:
    """The termini, then other vertices where two States' baselines meet (an island touches a shore)."""
    is_baseline = baseline.is_baseline
    firsts, incident = baseline.sides.incident_first[:-1], baseline.sides.incident
    least = np.minimum.reduceat(np.where(is_baseline, baseline.state, REST)[incident], firsts)
    most = np.maximum.reduceat(np.where(is_baseline, baseline.state, -1)[incident], firsts)
    termini = terminus_vertices(baseline)
    others = set(np.flatnonzero(least < most).tolist()).difference(termini.tolist())
    return np.append(termini, [one for one in sorted(others) if open_parts(baseline, one)]).astype(np.int64)


def ray_along(vertex_lon_lat: Floats, azimuth_deg: float) -> Floats:
    """A vertex, earth-centred [m], and the unit vector from it in an azimuth, as 6 numbers."""
    lon, lat = np.radians(vertex_lon_lat)
    alpha = math.radians(azimuth_deg)
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    north = np.array([-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)])
    return np.append(to_earth_centred(vertex_lon_lat), math.sin(alpha) * east + math.cos(alpha) * north)


def vertex_lon_lat(baseline: Baseline, vertex: int) -> Floats:
    """Position of a vertex. [deg]"""
    segment = baseline.sides.incident[baseline.sides.incident_first[vertex]]
    ends = baseline.start if baseline.sides.start_vertex[segment] == vertex else baseline.end
    return ends[segment]
