"""Events and sums of tracks as tables: what a column means is said in `EVENT_FIELDS` and `SUM_FIELDS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zones.classification.records import Coded, Floats, Word
from zones.crossings.march import CODES
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.tracks.cutting import ZONE
from zones.tracks.events import EVENTS, KINDS, Events
from zones.tracks.sums import GAP, SUM_KINDS, Sum
from zones.words import ANSWERS, STATES, STATUSES

VESSEL, TIMESTAMP = "vessel", "timestamp"
_TIME = "datetime64[ms]"  # a ship makes a centimetre in a millisecond
_MICROSECONDS, _MICROMETRES = 1e6, 1e6
_MILE_DECIMALS = 9

Times = npt.NDArray[np.datetime64]
Values = npt.NDArray[Any]
Column = Floats | Times | Values | Coded


@dataclass(frozen=True, slots=True)
class TrackField:
    """A column: its type, what it means, its unit, and all words that there are."""

    name: str
    type: Literal["text", "time", "number", "whole"]
    meaning: str
    unit: str | None = None
    words: tuple[str, ...] = ()
    nullable: bool = False


_ENDS = (
    TrackField("assumptions", "text", "What of the edition is not the default, in words.", nullable=True),
    TrackField("edition", "text", "Full name of the edition that answered."),
)
_ZONE = TrackField("zone", "text", "Zone, of kind zone.", words=ANSWERS, nullable=True)
_STATE = TrackField("state", "text", "State of the zone or the sector.", words=STATES, nullable=True)

EVENT_FIELDS: tuple[TrackField, ...] = (
    TrackField(VESSEL, "text", "The vessel as given."),
    TrackField(TIMESTAMP, "time", "When it was, in UTC, by the share of the way between two positions."),
    TrackField("lon", "number", "Longitude, of an entry or exit that of the limit.", "deg"),
    TrackField("lat", "number", "Latitude, likewise.", "deg"),
    TrackField("event", "text", "What happened.", words=EVENTS),
    TrackField("kind", "text", "Of a zone of the water, or a sector of the seabed.", words=KINDS),
    _ZONE,
    _STATE,
    TrackField(
        "boundary",
        "text",
        "What was crossed: feature id of a limit, boundary or sector boundary, baseline, or shore.",
        nullable=True,
    ),
    TrackField("boundary_status", "text", "Status of that line.", words=STATUSES, nullable=True),
    TrackField(
        "between_s", "number", "Time between the positions before and behind; of a gap its length.", "s",
        nullable=True,
    ),
    *_ENDS,
)  # fmt: skip

SUM_FIELDS: tuple[TrackField, ...] = (
    TrackField(VESSEL, "text", "The vessel as given."),
    TrackField("kind", "text", "A zone of the water, a sector of the seabed, or gaps.", words=SUM_KINDS),
    _ZONE,
    _STATE,
    TrackField("stays", "whole", "How often it was entered, begun in or found in after a gap; gaps."),
    TrackField("duration_s", "number", "Time in it.", "s"),
    TrackField("distance_m", "number", "Geodesic length of the way in it; none of gaps.", "m", nullable=True),
    TrackField("distance_nm", "number", "The same in nautical miles.", "nm", nullable=True),
    TrackField("first_timestamp", "time", "When it was first there, in UTC."),
    TrackField("last_timestamp", "time", "When it was last there, in UTC."),
    *_ENDS,
)


@dataclass(frozen=True, slots=True, eq=False)
class TrackTable:
    """Events, or sums, by columns of one length.

    Numbers are `nan` where there is no value; times are of milliseconds in UTC.
    """

    fields: tuple[TrackField, ...]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, field: str) -> Values:
        """One column: objects with ``None`` where words have no value."""
        column = self.columns[field]
        return column.values() if isinstance(column, Coded) else column

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries, ready for JSON; times as in ``2024-01-05T06:30:12.345Z``."""
        lists = [_plain(self[name]) for name in self.columns]
        return [dict(zip(self.columns, values, strict=True)) for values in zip(*lists, strict=True)]

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``: words as dictionaries, null where there is no value.

        Raises `ImportError`: pyarrow is not installed.
        """
        import pyarrow

        columns = {}
        for name, column in self.columns.items():
            if isinstance(column, Coded):
                codes, words = column.distinct()
                indices = pyarrow.array(codes, mask=codes < 0)
                columns[name] = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(words, "string"))
            elif column.dtype.kind == "M":
                columns[name] = pyarrow.array(column.astype(np.int64), pyarrow.timestamp("ms", "UTC"))
            else:
                columns[name] = pyarrow.array(column, from_pandas=True)
        return pyarrow.table(columns)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``: words as categories, missing where there is no value.

        Raises `ImportError`: pandas is not installed.
        """
        import pandas

        columns = {}
        for name, column in self.columns.items():
            if isinstance(column, Coded):
                columns[name] = pandas.Categorical.from_codes(*column.distinct())
            else:
                columns[name] = pandas.Series(column)
                if column.dtype.kind == "M":
                    columns[name] = columns[name].dt.tz_localize("UTC")
        return pandas.DataFrame(columns)


def _plain(column: Values) -> list[Any]:
    if column.dtype.kind == "M":
        return [f"{text}Z" for text in np.datetime_as_string(column).tolist()]
    if column.dtype.kind == "f":
        return [None if value != value else value for value in column.tolist()]
    return list(column.tolist())


def event_table(events: Events, vessels: Values, assumptions: str | None, edition: str) -> TrackTable:
    """Events as a table. ``vessels``: what each number of a vessel stands for."""
    between_us = events.between_us.astype(np.float64)
    boundaries = list(dict.fromkeys(events.crossed))
    place = {one: number for number, one in enumerate(boundaries)}
    crossed = np.array([place[one] for one in events.crossed], dtype=np.int64)
    columns = {
        VESSEL: vessels[events.vessel],
        TIMESTAMP: _times(events.time_us),
        "lon": events.lon,
        "lat": events.lat,
        "event": Coded(events.event, EVENTS),
        "kind": Coded(events.kind, KINDS),
        **_answers(events.kind, events.code),
        "boundary": Coded(crossed, tuple(one.boundary for one in boundaries)),
        "boundary_status": Coded(crossed, tuple(one.status for one in boundaries)),
        "between_s": np.where(between_us < 0.0, np.nan, between_us / _MICROSECONDS),
        **_ends(len(events.vessel), assumptions, edition),
    }
    return TrackTable(EVENT_FIELDS, columns)


def sum_table(sums: Sequence[Sum], vessels: Values, assumptions: str | None, edition: str) -> TrackTable:
    """Sums as a table. ``vessels``: what each number of a vessel stands for."""
    found = np.array([one[1:] for one in sums], dtype=np.int64).reshape(-1, len(Sum._fields) - 1)
    kind, code, stays, duration_us, length_um, first_us, last_us = found.T
    metres = np.where(kind == GAP, np.nan, length_um / _MICROMETRES)
    columns = {
        VESSEL: vessels[np.array([one.vessel for one in sums], dtype=np.int64)],
        "kind": Coded(kind, SUM_KINDS),
        **_answers(kind, code),
        "stays": stays,
        "duration_s": duration_us / _MICROSECONDS,
        "distance_m": metres,
        "distance_nm": np.round(metres / METRES_PER_NM, _MILE_DECIMALS),
        "first_timestamp": _times(first_us),
        "last_timestamp": _times(last_us),
        **_ends(len(sums), assumptions, edition),
    }
    return TrackTable(SUM_FIELDS, columns)


def _answers(kind: npt.NDArray[np.integer[Any]], code: Values) -> dict[str, Column]:
    """Zone and State by kind and code."""
    of_zone = kind == ZONE
    zone, state = np.divmod(code, CODES)
    words: tuple[Word, ...] = (*STATES, None)  # the last is none, as is -1
    return {
        "zone": Coded(np.where(of_zone, zone, len(ANSWERS)), (*ANSWERS, None)),
        "state": Coded(np.where(of_zone, state - 1, code) % len(words), words),
    }


def _times(time_us: Values) -> Times:
    """To the millisecond, halves to even. [µs]"""
    whole, rest = np.divmod(time_us, 1000)
    up = (rest > 500) | ((rest == 500) & (whole % 2 == 1))
    times: Times = (whole + up).astype(_TIME)
    return times


def _ends(count: int, assumptions: str | None, edition: str) -> dict[str, Column]:
    same = np.zeros(count, dtype=np.int64)
    return {"assumptions": Coded(same, (assumptions,)), "edition": Coded(same, (edition,))}
