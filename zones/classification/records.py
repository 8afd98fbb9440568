"""The answer for positions: one flat record a point, kept as columns.

What a record has is said once, in `FIELDS`: schemas, the types of tables and the documentation are made
from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zones.words import ANSWERS, BASELINE_KINDS, STATES, STATUSES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer[Any]]
Texts = npt.NDArray[np.object_]
Word = str | bool | None
METRE_DECIMALS, MILE_DECIMALS, AZIMUTH_DECIMALS, DEGREE_DECIMALS = 3, 6, 6, 9
FAR_M = 100_000.0  # the core's own formula is exact to 0.001 mm up to here
STATES_AND_NONE = len(STATES) + 1


def rounded(value: float, decimals: int) -> float:
    """As numpy rounds an array: scaled, to the nearest whole number (halves to even), and back."""
    scale = 10.0**decimals
    return round(value * scale) / scale


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few different values: row ``i`` holds ``words[codes[i]]``."""

    codes: Integers
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def values(self) -> Texts:
        """The column written out."""
        words = np.empty(len(self.words), dtype=object)
        words[:] = self.words
        return words[self.codes]

    def distinct(self) -> tuple[Integers, list[str | bool]]:
        """The codes, -1 where there is no value, of words of which none comes twice."""
        words = list(dict.fromkeys(word for word in self.words if word is not None))
        places = np.array([-1 if word is None else words.index(word) for word in self.words], dtype=np.int32)
        return places[self.codes], words


# Columns of answers by field: numbers, `nan` where there is none, or words.
Column = Floats | Coded
Columns = Mapping[str, Column]


FieldType = Literal["number", "string", "boolean"]


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record: its type, what it means, its unit, all words that there are.

    ``words`` is empty where any text may occur; ``within`` bounds a number; `nullable` where some
    position has no value; `unit` is a word such as ``deg``, or None.
    """

    name: str
    type: FieldType
    meaning: str
    unit: str | None = None
    words: tuple[str, ...] = ()
    within: float | None = None
    nullable: bool = True


FIELDS: tuple[RecordField, ...] = (
    RecordField("lon", "number", "Longitude as given.", "deg", within=180.0, nullable=False),
    RecordField("lat", "number", "Latitude as given.", "deg", within=90.0, nullable=False),
    RecordField(
        "zone",
        "string",
        "Zone of the water, or that the position is on land or not in the Caspian.",
        words=ANSWERS,
        nullable=False,
    ),
    RecordField("state", "string", "State of the zone; on land that of the nearest baseline.", words=STATES),
    RecordField(
        "delimitation",
        "string",
        "Status of the line to the next State where its belt reaches the position, too.",
        words=STATUSES,
    ),
    RecordField(
        "sector",
        "string",
        "State of the sector of the seabed, a division of its own, independent of the zone.",
        words=STATES,
    ),
    RecordField("sector_status", "string", "Status of the nearest sector boundary.", words=STATUSES),
    RecordField("sector_boundary_distance_m", "number", "Geodesic distance to that boundary.", "m"),
    RecordField(
        "baseline_distance_m",
        "number",
        "Geodesic distance to the State's own baseline; to the nearest of all where there is no State.",
        "m",
    ),
    RecordField("baseline_distance_nm", "number", "The same in nautical miles.", "nm"),
    RecordField(
        "baseline_azimuth_deg", "number", "Azimuth to that baseline point, clockwise from north.", "deg"
    ),
    RecordField("baseline_lon", "number", "Longitude of that baseline point.", "deg"),
    RecordField("baseline_lat", "number", "Latitude of that baseline point.", "deg"),
    RecordField("baseline_kind", "string", "Kind of the baseline there.", words=BASELINE_KINDS),
    RecordField(
        "limit", "string", "Feature id of the nearest outer limit or boundary; the baseline is not one."
    ),
    RecordField("limit_distance_m", "number", "Geodesic distance to it.", "m"),
    RecordField(
        "coast_spread_m",
        "number",
        "Largest less smallest distance to the baseline over the coasts compared, negative landward.",
        "m",
    ),
    RecordField("certain", "boolean", "Whether all coasts compared give this zone and State."),
    RecordField("by_coast", "string", "What each coast compared answers; those that answer alike together."),
    RecordField("legal_basis", "string", "Provision of the Convention that the zone follows from."),
    RecordField("caveat", "string", "What the data cannot decide here."),
    RecordField("hint", "string", "What may be wrong with a position that is not in the Caspian."),
    RecordField("assumptions", "string", "What of the edition is not the default, in words."),
    RecordField("edition", "string", "Full name of the edition that answered.", nullable=False),
)  # fmt: skip
_TYPE_OF = {one.name: one.type for one in FIELDS}
_ARROW_TYPES = {"number": "float64", "string": "string", "boolean": "bool"}
RECORD_FIELDS: tuple[str, ...] = tuple(one.name for one in FIELDS)


@dataclass(frozen=True, slots=True)
class Records:
    """Answers for positions, by columns of one length.

    Distances in metres and nautical miles as named; angles and coordinates in degrees, WGS84.
    """

    columns: Columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, field: str) -> Floats | Texts:
        """One column: numbers with ``nan``, or objects with ``None``, where there is no value."""
        column = self.columns[field]
        return column.values() if isinstance(column, Coded) else column

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``: words as dictionaries, null where there is no value.

        Raises `ImportError`: pyarrow is not installed.
        """
        import pyarrow

        columns = {}
        for name, column in self.columns.items():
            if isinstance(column, Coded):
                codes, words = column.distinct()
                kind = _ARROW_TYPES[_TYPE_OF[name]]
                indices = pyarrow.array(codes, mask=codes < 0)
                words_there = pyarrow.array(words, kind)
                is_text = kind == "string"
                columns[name] = (
                    pyarrow.DictionaryArray.from_arrays(indices, words_there)
                    if is_text
                    else words_there.take(indices)
                )
            else:
                columns[name] = pyarrow.array(column, "float64", from_pandas=True)  # nan as null
        return pyarrow.table(columns)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``: words as categories, missing where there is no value.

        Raises `ImportError`: pandas is not installed.
        """
        import pandas

        columns = {}
        for name, column in self.columns.items():
            if not isinstance(column, Coded):
                columns[name] = column
            elif _TYPE_OF[name] == "boolean":
                columns[name] = pandas.array(column.values(), dtype="boolean")
            else:
                columns[name] = pandas.Categorical.from_codes(*column.distinct())
        return pandas.DataFrame(columns)

    def rows(self) -> list[dict[str, Any]]:
        """The records as dictionaries in field order, ready for JSON."""
        lists = [
            column.values().tolist()
            if isinstance(column, Coded)
            else [None if value != value else value for value in column.tolist()]
            for column in self.columns.values()
        ]
        return [dict(zip(self.columns, values, strict=True)) for values in zip(*lists, strict=True)]
