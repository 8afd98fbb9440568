"""Positions of vessels in the order of their tracks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers


class Positions(NamedTuple):
    """Positions of vessels, each array of shape (n,)."""

    vessel: Integers  # number of the vessel
    time_us: Integers  # since 1970 in UTC [µs]
    # lon, lat: [deg]
    lon: Floats
    lat: Floats

    def part(self, rows: slice | Integers) -> Positions:
        """Some of them."""
        return Positions._make(column[rows] for column in self)


def in_order(positions: Positions) -> tuple[Positions, int]:
    """The positions by vessel and time; and how many were left out because their vessel has one at that time.

    Of several at one time the westernmost is kept, of these the southernmost, so that the order in which
    they come tells nothing.
    """
    vessel, time_us, lon, lat = positions
    ordered = positions.part(np.lexsort((lat, lon, time_us, vessel)))
    keep = np.ones(len(vessel), dtype=bool)
    keep[1:] = (np.diff(ordered.vessel) != 0) | (np.diff(ordered.time_us) != 0)
    return ordered.part(np.flatnonzero(keep)), int((~keep).sum())
