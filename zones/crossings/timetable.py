"""When a route was where, by the times at its vertices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zones.arrays import Floats, Integers
from zones.crossings.input import CrossingError
from zones.geodesy.geodesics import WGS84
from zones.tracks.times import read_times


@dataclass(frozen=True, slots=True)
class Timetable:
    """Times along one route, by the share of the way between two vertices that have one."""

    # reached_m, time_us: way from the beginning to each vertex with a time [m], and that time [µs]
    reached_m: Floats
    time_us: Integers

    def at(self, post_km: float) -> str:
        """The time at a kilometre post, to the millisecond in UTC."""
        offset = np.interp(1e3 * post_km, self.reached_m, self.time_us - self.time_us[0])
        moment = np.datetime64(int(self.time_us[0]) + round(float(offset)), "us")
        return f"{np.datetime_as_string(moment, unit='ms')}Z"


def make_timetable(parts: Sequence[Floats], times: Sequence[Sequence[object]], length_m: float) -> Timetable:
    """A timetable of a route by the times at the vertices of its parts, None where one has none. [deg]

    ``length_m`` is the length of the whole, to which that of the geodesics is stretched: along loxodromes a
    vertex is reached within a thousandth of a leg.

    Raises `CrossingError`: not a time for each vertex, one that cannot be read, none at an end, or times that
    run back.
    """
    if [len(part) for part in parts] != [len(part) for part in times]:
        raise CrossingError("its times are not as many as its vertices")
    reached, listed, before = [], [], 0.0
    for part, own in zip(parts, times, strict=True):
        _, _, length = WGS84.inv(part[:-1, 0], part[:-1, 1], part[1:, 0], part[1:, 1])
        reached.append(before + np.concatenate([[0.0], np.cumsum(length)]))
        before = float(reached[-1][-1])
        listed += list(own)
    known = np.array([value is not None and value != "" for value in listed], dtype=bool)
    if not known.any() or not (known[0] and known[-1]):
        raise CrossingError("its first or last vertex has no time")
    read = read_times([value for value in listed if value is not None and value != ""])
    if read.errors:
        raise CrossingError(f"its times cannot be read: {next(iter(read.errors.values()))}")
    if (np.diff(read.time_us) < 0).any():
        raise CrossingError("its times run back")
    reached_m = np.concatenate(reached)[known] * (length_m / before if before else 1.0)
    return Timetable(reached_m, read.time_us)
