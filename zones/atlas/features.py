"""What an atlas holds: collections of features with flat properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Feature:
    """One drawn thing: an id that is stable within its collection, a geometry, flat properties.

    The geometry is in WGS84 longitude and latitude, rounded to 7 decimals, shells counter-clockwise.
    Property values are ``str``, ``int``, ``float``, ``bool`` or ``None``.
    """

    id: str
    geometry: BaseGeometry
    properties: Mapping[str, Any]

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        geometry = self.geometry.__geo_interface__
        return {"type": "Feature", "id": self.id, "geometry": geometry, "properties": dict(self.properties)}


@dataclass(frozen=True, slots=True)
class Collection:
    """Features of one kind; all share the same property names in the same order.

    ``on_request`` holds what is shown only when asked for: lines that are merely claimed.
    """

    id: str
    title: str
    description: str
    features: tuple[Feature, ...]
    on_request: tuple[Feature, ...] = ()

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        features = [feature.__geo_interface__ for feature in self.features]
        return {"type": "FeatureCollection", "features": features}

    @property
    def everything(self) -> tuple[Feature, ...]:
        """The features, then those shown on request."""
        return self.features + self.on_request

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all features; None where there are none. [deg]"""
        boxes = [feature.geometry.bounds for feature in self.features]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)
