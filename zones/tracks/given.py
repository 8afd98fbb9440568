"""Vessels, times and positions as a user of the library has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zones.arrays import columns
from zones.crossings.crossed import Crosser
from zones.tracks.events import events_of, joined_events
from zones.tracks.following import Followed, follow
from zones.tracks.positions import Positions, in_order
from zones.tracks.sums import sums_of
from zones.tracks.tables import TrackTable, Values, event_table, sum_table
from zones.tracks.times import read_times
from zones.tracks.vessels import Vessels, read_vessels

if TYPE_CHECKING:
    from zones.editions.edition import Edition


class Given:
    """Tracks of an edition: vessels by number or name, times, and positions. [deg]

    Raises `CoordinateError`: a row is no position on the earth; `ValueError`: it has no vessel or no time,
    or the columns differ in length.
    """

    def __init__(
        self,
        edition: Edition,
        vessel: npt.ArrayLike,
        timestamp: npt.ArrayLike,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
    ) -> None:
        self._edition = edition
        x, y = columns(lon, lat)
        vessels = Vessels()
        numbers = read_vessels(vessel, vessels)
        times = read_times(_moments(timestamp))
        for row, error in sorted(times.errors.items())[:1]:
            raise ValueError(f"row {row}: {error}")
        if not len(x) == len(numbers) == len(times.time_us):
            lengths = [len(numbers), len(times.time_us), len(x)]
            raise ValueError(f"columns of one length are needed, not {lengths}")
        self._vessels: Values = vessels.names()
        self._positions, _ = in_order(Positions(vessels.ranks()[numbers], times.time_us, x, y))

    def _followed(self, longest_gap_h: float) -> Iterator[Followed]:
        return follow(self._edition, self._positions, longest_gap_h)

    def events(self, longest_gap_h: float) -> TrackTable:
        """See `Edition.events`."""
        crosser = Crosser(self._edition)
        found = joined_events(events_of(some, crosser) for some in self._followed(longest_gap_h))
        return event_table(found, self._vessels, self._edition.assumptions, self._edition.name)

    def sums(self, longest_gap_h: float) -> TrackTable:
        """See `Edition.summarise`."""
        found = sums_of(self._followed(longest_gap_h))
        return sum_table(found, self._vessels, self._edition.assumptions, self._edition.name)


def _moments(timestamp: npt.ArrayLike) -> Values:
    """Columns of datetimes in UTC, whatever zone pandas has them in; all else as it comes."""
    is_moments = str(getattr(timestamp, "dtype", "")).startswith("datetime64")
    return np.asarray(timestamp, dtype="datetime64[us]" if is_moments else None)
