"""Routes whose legs are lines of several kinds, as RTZ (IEC 61174) has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coastlines.words import LINE_TYPES
from zones.geodesy.geodesics import densify_loxodromes

_GEODESIC, _LOXODROME = LINE_TYPES
_PIECE_M = 500.0
_FARTHEST = (180.0, 89.0)  # from there loxodromes are not drawn [deg]


@dataclass(frozen=True, slots=True)
class Waypoints:
    """A route as it was given."""

    lon_lat: Sequence[Sequence[float]]  # [deg]
    legs: Sequence[str]  # of `LINE_TYPES`, one less than waypoints
    times: Sequence[Any]  # None where a waypoint has none

    @property
    def geometry(self) -> dict[str, Any]:
        """As GeoJSON."""
        return {"type": "LineString", "coordinates": [list(one) for one in self.lon_lat]}

    @property
    def remark(self) -> str:
        """What joins the waypoints, empty where these are geodesics."""
        counts = {kind: self.legs.count(kind) for kind in (_LOXODROME, _GEODESIC)}
        if not counts[_LOXODROME]:
            return ""
        if not counts[_GEODESIC]:
            return "The vertices are joined by loxodromes."
        return f"Legs along loxodromes: {counts[_LOXODROME]:,}, along geodesics: {counts[_GEODESIC]:,}."

    def drawn(self) -> tuple[list[list[float]], list[Any]]:
        """Vertices that geodesics join, and their times: loxodromes in pieces of 500 m at most.

        Such pieces stay within 5 cm of the loxodrome up to 80 degrees of latitude.
        """
        places = np.array(self.lon_lat, dtype=np.float64)
        line, times = [places[0].tolist()], [self.times[0]]
        for number, kind in enumerate(self.legs):
            piece = places[number : number + 2]
            if kind == _LOXODROME and (np.abs(piece) < _FARTHEST).all():
                piece = densify_loxodromes(piece, _PIECE_M)
            line += piece[1:].tolist()
            times += [None] * (len(piece) - 2) + [self.times[number + 1]]
        return line, times
