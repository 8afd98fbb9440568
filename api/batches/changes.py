"""What changed between two editions: areas, lines, and what they answer at positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from api.batches.rows import Batch
from zones.atlas.differences import MOVED_WITHIN_M, area_differences, line_differences

if TYPE_CHECKING:
    from zones.editions.store import Edition

POSITION = "position"  # the parameter over HTTP
MOST_POSITIONS = 100  # in an address
ANSWERED = ("zone", "state", "sector")
CHANGE_FIELDS = ("row", "lon", "lat", *(f"{name}_{side}" for side in ("a", "b") for name in ANSWERED))


def drawn_changes(first: Edition, second: Edition) -> dict[str, Any]:
    """Tables of areas and of lines, JSON-ready; in a second or two."""
    before, after = first.collections, second.collections
    return {
        "areas": [asdict(one) for one in area_differences(before, after)],
        "lines": [asdict(one) for one in line_differences(before, after)],
        "moved_within_m": MOVED_WITHIN_M,
    }


def moved_lines(differences: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of the lines of such tables that have moved, or that one edition lacks."""
    within_m = differences["moved_within_m"]
    return [one for one in differences["lines"] if one["moved_m"] is None or one["moved_m"] > within_m]


@dataclass(slots=True)
class Positions:
    """Positions asked of two editions, counted as they come."""

    first: Edition
    second: Edition
    asked: int = 0
    errors: int = 0  # rows that are no position
    changed: int = 0

    def changes(self, batch: Batch) -> Iterator[dict[str, Any]]:
        """The positions of a batch whose zone, State or sector is another, by `CHANGE_FIELDS`.

        Rows are counted from 1, over all batches.
        """
        good = np.array([row not in batch.errors for row in range(len(batch))], dtype=bool)
        lon, lat = batch.lon[good], batch.lat[good]
        rows = np.flatnonzero(good) + 1 + self.asked
        self.asked += len(batch)
        self.errors += len(batch) - len(rows)
        if not len(rows):
            return
        before, after = (
            each.classify(lon=lon, lat=lat, fields=ANSWERED).rows() for each in (self.first, self.second)
        )
        places = zip(rows.tolist(), lon.tolist(), lat.tolist(), strict=True)
        for (row, at_lon, at_lat), one, other in zip(places, before, after, strict=True):
            if one != other:
                self.changed += 1
                values = (*one.values(), *other.values())
                yield dict(zip(CHANGE_FIELDS, (row, at_lon, at_lat, *values), strict=True))
