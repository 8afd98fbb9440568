"""A user's own straight baselines, closing lines and harbour works."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from coastlines.errors import StraightLineError
from coastlines.rings import DECIMALS
from coastlines.vector_files import VectorFeature, read_vector_file
from coastlines.words import LINE_KINDS, LINE_TYPES, STATES, is_one_line

__all__ = [
    "StraightLine",
    "check_straight_lines",
    "read_straight_lines",
]


@dataclass(frozen=True, slots=True, eq=False)
class StraightLine:
    """A line that stands for the shore in the baseline."""

    state: str  # one of `words.STATES`
    kind: str  # one of `words.LINE_KINDS`
    line_type: str  # one of `words.LINE_TYPES`: what joins its points
    coordinates: NDArray[np.float64]  # shape (n, 2); longitude and latitude on WGS84, read-only [deg]
    name: str | None = None  # if the file has one


def read_straight_lines(path: str | os.PathLike[str]) -> tuple[StraightLine, ...]:
    """Read straight lines from GeoJSON, GeoPackage or a shapefile (zipped or not).

    Args:
        path: File of LineStrings with the properties `state`, `kind` and `line_type`, and a `name` if wanted.

    Returns:
        In the order of the file.

    Raises `StraightLineError`: the file cannot be read, or a feature is no LineString, has no geometry, lacks
    a property, has an unknown value, a name of more than one line or fewer than two different points; the
    message names the feature.
    """
    path = Path(path)
    file = read_vector_file(path, StraightLineError)
    if file.without_geometry:  # a line left out in silence would give another baseline than the one meant
        raise StraightLineError(f"{path.name}: feature {file.without_geometry[0]} has no geometry")
    return tuple(_of_feature(path.name, feature) for feature in file.features)


def check_straight_lines(lines: Sequence[StraightLine]) -> tuple[StraightLine, ...]:
    """Lines that were made without a file, held to what those of a file are held to.

    Raises `StraightLineError`: as `read_straight_lines`, or coordinates are no longitudes and latitudes; the
    message names the number of the line.
    """
    checked = []
    for number, line in enumerate(lines, start=1):
        place = f"straight line {number}"
        try:
            points = np.array(line.coordinates, dtype=np.float64)
        except (TypeError, ValueError):
            points = np.empty(0)
        if points.ndim != 2 or points.shape[1] != 2 or not (np.abs(points) <= (180.0, 90.0)).all():
            raise StraightLineError(f"{place}: rows of longitude and latitude in degrees are expected")
        values = {name: getattr(line, name) for name in ("state", "kind", "line_type", "name")}
        checked.append(_straight_line(place, points, values))
    return tuple(checked)


def _of_feature(file_name: str, feature: VectorFeature) -> StraightLine:
    place = f"{file_name}: feature {feature.number}"
    line = feature.geometry
    if line.geom_type == "MultiLineString" and shapely.get_num_geometries(line) == 1:
        line = shapely.get_geometry(line, 0)  # as GeoPackages and shapefiles have single lines
    if line.geom_type != "LineString":
        raise StraightLineError(f"{place} is a {line.geom_type}, a LineString is expected")
    return _straight_line(place, shapely.get_coordinates(line), feature.properties)


def _straight_line(place: str, points: NDArray[np.float64], properties: dict[str, Any]) -> StraightLine:
    values = {
        name: _value(place, properties, name, allowed)
        for name, allowed in (("state", STATES), ("kind", LINE_KINDS), ("line_type", LINE_TYPES))
    }
    points = np.round(points, DECIMALS) + 0.0
    points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))[: len(points)]]
    if len(points) < 2:
        raise StraightLineError(f"{place} has one point only, at least two are expected")
    points.flags.writeable = False
    name = None if properties.get("name") is None else str(properties["name"])
    if name is not None and not is_one_line(name):
        raise StraightLineError(f"{place} has the name {name[:40]!r}, one line of text is expected")
    return StraightLine(coordinates=points, name=name, **values)


def _value(place: str, properties: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    choices = f"one of {' '.join(allowed)} is expected"
    if properties.get(name) is None:
        raise StraightLineError(f"{place} has no property {name!r}, {choices}")
    value = properties[name]
    if value not in allowed:
        raise StraightLineError(f"{place} has {name} {value!r}, {choices}")
    return str(value)
