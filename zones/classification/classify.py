"""Records for positions: the rule's answer with distances, base point, nearest limit, caveats.

What is asked of many positions is computed by columns, of one position by plain numbers; both stand
on `measuring`, and what is rounded here is rounded alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats
from zones.baseline.baseline import LAND_REGION
from zones.classification.comparison import COMPARED_FIELDS, LAGOON_CAVEAT, Comparison, not_compared
from zones.classification.measuring import REASONS, Ground, Measured, make_ground, measure_many, measure_one
from zones.classification.nearest_limit import LimitIndex
from zones.classification.records import (
    AZIMUTH_DECIMALS,
    DEGREE_DECIMALS,
    FAR_M,
    METRE_DECIMALS,
    MILE_DECIMALS,
    RECORD_FIELDS,
    STATES_AND_NONE,
    Coded,
    Column,
    Columns,
    Word,
    rounded,
)
from zones.errors import CoordinateError
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.geodesy.geodesics import WGS84
from zones.rule.rule import ON_LAND, OUTSIDE, Rule, decide_many, decide_signed
from zones.seabed.sectors import SectorIndex
from zones.words import ANSWERS, BASELINE_KINDS, KARA_BOGAZ_GOL_ID, LEGAL_BASIS, STATES, pair_name

if TYPE_CHECKING:
    from zones.cells.labels import Labels
    from zones.classification.by_blocks import Blocks, Way
    from zones.seabed.sector_lines import SectorLine

Codes = npt.NDArray[np.integer[Any]]

_NO_POSITION = "0, 0 is what many receivers and programs write where they have no position"

_STATE_WORDS = (*STATES, None)  # index -1 is none
_BASIS_WORDS = tuple(LEGAL_BASIS.get(answer) for answer in ANSWERS)

# Fields that need no more than zone, State and sector.
LABEL_FIELDS = frozenset({"lon", "lat", "zone", "state", "sector", "legal_basis", "assumptions", "edition"})
_LIMIT_FIELDS = frozenset({"limit", "limit_distance_m", "caveat"})
_SEABED_FIELDS = frozenset({"sector", "sector_status", "sector_boundary_distance_m"})
_DISTANCE_FIELDS = frozenset({"baseline_distance_m", "baseline_distance_nm", "baseline_azimuth_deg"})


@dataclass(frozen=True, eq=False)
class Classifier:
    """What the records of one edition are made from."""

    edition: str
    assumptions: str | None  # what of the edition is not the default
    rule: Rule
    limits: LimitIndex
    # as ``AZE-RUS`` to the status of the line between the two States' waters
    status_of_pair: Mapping[str, str]
    accuracy_m: float | None  # of the coast source, on a steep coast [m]
    sectors: SectorIndex
    sector_lines: tuple[SectorLine, ...]  # the lines that the index numbers

    @cached_property
    def ground(self) -> Ground:
        """What positions are measured against."""
        baseline = self.rule.baseline
        lagoon = [waters.id == KARA_BOGAZ_GOL_ID for waters in baseline.enclosed]
        seabed = ~np.array([False, False, *lagoon])
        seabed[LAND_REGION] = False
        lined = baseline.states_with_lines
        return make_ground(
            self.rule, self.limits, self.sectors, seabed,
            np.array([state not in lined for state in STATES]), float(self.accuracy_m or 0.0),
        )  # fmt: skip

    @cached_property
    def limit_words(self) -> tuple[str | None, ...]:
        """Feature ids of the limits; index -1 is none."""
        return (*self.limits.ids, None)

    @cached_property
    def sector_status_words(self) -> tuple[str | None, ...]:
        """Status of each sector line; index -1 is none."""
        return (*(line.status for line in self.sector_lines), None)

    @cached_property
    def delimitation_words(self) -> tuple[str | None, ...]:
        """Status of the line between a State and the next, by `_delimitation` code."""
        pairs = [(first, second) for first in (None, *STATES) for second in (None, *STATES)]
        return tuple(
            self.status_of_pair.get(pair_name(first, second)) if first and second else None
            for first, second in pairs
        )

    @cached_property
    def caveat_words(self) -> tuple[str | None, ...]:
        """What the data cannot decide, by the code of `measuring`; None where nothing needs saying."""
        accuracy = self.ground.arrays.accuracy_m
        close = (
            "",
            f"Within the coastline's accuracy ({accuracy:.0f} m) of the shore.",
            f"Within the coastline's accuracy ({accuracy:.0f} m) of the limit.",
        )
        reasons = ["", "Land that fell dry below -28.0 m is still water in law.", LAGOON_CAVEAT] + [
            f"No straight baselines of {state} are in use (none published with coordinates); "
            "bays, harbours and river mouths are as the shoreline source draws them."
            for state in STATES
        ]
        assert len(reasons) == REASONS
        return tuple(_joined(first, second) for first in close for second in reasons)


def classify_one(
    classifier: Classifier, lon: float, lat: float, *, comparison: Comparison | None = None
) -> dict[str, Any]:
    """The record of one position as plain values in the order of the fields; see `classify`.

    Raises `CoordinateError`.
    """
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        raise CoordinateError(lon, lat)
    found = measure_one(classifier.ground, lon, lat)
    azimuth, _, karney_m = WGS84.inv(lon, lat, found.foot_lon, found.foot_lat)
    distance = karney_m if found.baseline_m > FAR_M else found.baseline_m
    outside = found.zone == OUTSIDE
    no_seabed = found.sector_line < 0
    spread = certain = by_coast = addition = None
    if comparison is not None:
        spread, certain, by_coast, added = comparison.one(found, lon, lat)
        addition = comparison.additions[added]
    return {
        "lon": lon,
        "lat": lat,
        "zone": ANSWERS[found.zone],
        "state": _STATE_WORDS[found.state],
        "delimitation": classifier.delimitation_words[_delimitation(found.state, found.other)],
        "sector": _STATE_WORDS[found.sector],
        "sector_status": classifier.sector_status_words[found.sector_line],
        "sector_boundary_distance_m": None if no_seabed else rounded(found.sector_line_m, METRE_DECIMALS),
        "baseline_distance_m": rounded(distance, METRE_DECIMALS),
        "baseline_distance_nm": rounded(distance / METRES_PER_NM, MILE_DECIMALS),
        "baseline_azimuth_deg": rounded(azimuth % 360.0, AZIMUTH_DECIMALS) % 360.0,
        "baseline_lon": rounded(found.foot_lon, DEGREE_DECIMALS),
        "baseline_lat": rounded(found.foot_lat, DEGREE_DECIMALS),
        "baseline_kind": BASELINE_KINDS[found.kind],
        "limit": classifier.limit_words[found.limit],
        "limit_distance_m": None if outside else rounded(found.limit_m, METRE_DECIMALS),
        "coast_spread_m": spread,
        "certain": certain,
        "by_coast": by_coast,
        "legal_basis": _BASIS_WORDS[found.zone],
        "caveat": _joined(classifier.caveat_words[found.caveat], addition),
        "hint": _hint(classifier.rule, lon, lat) if outside else None,
        "assumptions": classifier.assumptions,
        "edition": classifier.edition,
    }


def classify(
    classifier: Classifier,
    lon: Floats,
    lat: Floats,
    *,
    fields: Sequence[str] = RECORD_FIELDS,
    comparison: Comparison | None = None,
    blocks: Blocks | None = None,
) -> Columns:
    """Columns of answers for positions, by the fields wanted in their order; only what they need is computed.

    ``comparison``: the other bundled coasts under the same choices. ``blocks``: the indexes of the edition,
    from which the same comes several times as fast.

    Raises `CoordinateError`: a row is no position on the earth; its values are named.
    """
    check_positions(lon, lat)
    wanted = frozenset(fields)
    parts = {
        "limits": not wanted.isdisjoint(_LIMIT_FIELDS), "seabed": not wanted.isdisjoint(_SEABED_FIELDS),
    }  # fmt: skip
    if blocks is None:
        found, way = measure_many(classifier.ground, lon, lat, **parts), None
    else:
        from zones.classification.by_blocks import measure_by_blocks

        found, way = measure_by_blocks(classifier.ground, blocks, lon, lat, **parts)
    columns: dict[str, Column] = {
        **label_columns(classifier.edition, classifier.assumptions, lon, lat, found),
        "delimitation": Coded(_delimitation(found.state, found.other), classifier.delimitation_words),
        "sector_status": Coded(found.sector_line, classifier.sector_status_words),
        "sector_boundary_distance_m": np.round(found.sector_line_m, METRE_DECIMALS),
        "baseline_lon": np.round(found.foot_lon, DEGREE_DECIMALS),
        "baseline_lat": np.round(found.foot_lat, DEGREE_DECIMALS),
        "baseline_kind": Coded(found.kind, BASELINE_KINDS),
        "limit": Coded(found.limit, classifier.limit_words),
        "limit_distance_m": np.round(found.limit_m, METRE_DECIMALS),
        "caveat": Coded(found.caveat, classifier.caveat_words),
    }
    if not wanted.isdisjoint(_DISTANCE_FIELDS):
        columns.update(_distances(found, way, lon, lat))
    if comparison is None:
        columns.update(not_compared(len(lon)))
    elif not wanted.isdisjoint(COMPARED_FIELDS | {"caveat"}):
        compared, additions = comparison.many(found, lon, lat)
        columns |= {**compared, "caveat": _with_additions(columns["caveat"], additions, comparison)}
    if "hint" in wanted:
        columns["hint"] = _hints(classifier.rule, blocks, found.zone, lon, lat)
    return {name: columns[name] for name in fields}


def label_columns(
    edition: str, assumptions: str | None, lon: Floats, lat: Floats, found: Measured | Labels
) -> dict[str, Column]:
    """The columns of `LABEL_FIELDS`, from codes of zone, State and sector."""
    same = np.zeros(len(lon), dtype=np.int64)
    return {
        "lon": lon,
        "lat": lat,
        "zone": Coded(found.zone, ANSWERS),
        "state": Coded(found.state, _STATE_WORDS),
        "sector": Coded(found.sector, _STATE_WORDS),
        "legal_basis": Coded(found.zone, _BASIS_WORDS),
        "assumptions": Coded(same, (assumptions,)),
        "edition": Coded(same, (edition,)),
    }


def check_positions(lon: Floats, lat: Floats) -> None:
    """Refuse what is no position on the earth. Raises `CoordinateError`: of the first such row."""
    good = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)  # false for nan, too
    if not good.all():
        row = int(np.argmin(good))
        raise CoordinateError(float(lon[row]), float(lat[row]))


def _delimitation(state: Any, other: Any) -> Any:
    """Code of a pair of States, of which -1 is none. Works on numbers and on arrays."""
    return (state + 1) * STATES_AND_NONE + other + 1


def _distances(found: Measured, way: Way | None, lon: Floats, lat: Floats) -> dict[str, Column]:
    if way is None:
        azimuth, _, karney_m = WGS84.inv(lon, lat, found.foot_lon, found.foot_lat)
    else:
        azimuth, karney_m = way
        rows = np.flatnonzero(np.isnan(azimuth))
        azimuth[rows], _, karney_m[rows] = WGS84.inv(
            lon[rows], lat[rows], found.foot_lon[rows], found.foot_lat[rows]
        )
    distance: Floats = np.where(
        found.baseline_m > FAR_M, np.asarray(karney_m, dtype=np.float64), found.baseline_m
    )
    # the same as % 360 of azimuths from -180 to 180, before and after rounding, and quicker
    azimuth = np.asarray(azimuth)
    turned = np.round(np.where(azimuth < 0.0, azimuth + 360.0, azimuth), AZIMUTH_DECIMALS) + 0.0
    turned[turned == 360.0] = 0.0
    return {
        "baseline_distance_m": np.round(distance, METRE_DECIMALS),
        "baseline_distance_nm": np.round(distance / METRES_PER_NM, MILE_DECIMALS),
        "baseline_azimuth_deg": np.asarray(turned, dtype=np.float64),
    }


def _with_additions(caveats: Column, additions: Codes, comparison: Comparison) -> Coded:
    """Caveats with what a comparison adds."""
    assert isinstance(caveats, Coded)
    words = tuple(_joined(word, end) for end in comparison.additions for word in caveats.words)
    return Coded(additions * len(caveats.words) + caveats.codes, words)


def _joined(*sentences: Word) -> str | None:
    return " ".join(str(one) for one in sentences if one) or None


def _hints(rule: Rule, blocks: Blocks | None, zone: Codes, lon: Floats, lat: Floats) -> Coded:
    """The hints of many positions."""
    rows = np.flatnonzero((zone == OUTSIDE) & (np.abs(lon) <= 90.0))
    codes = np.zeros(len(lon), dtype=np.int64)
    words: list[str | None] = [None]
    nowhere = (lon == 0.0) & (lat == 0.0)
    if nowhere.any():
        codes[nowhere] = len(words)
        words.append(_NO_POSITION)
    if len(rows):
        if blocks is None:
            swapped = decide_many(rule, lat[rows], lon[rows]).zone
        else:
            from zones.cells.labels import labels_of

            swapped = labels_of(blocks.cells, lat[rows], lon[rows]).zone
        for row in rows[(swapped != OUTSIDE) & (swapped != ON_LAND)].tolist():
            codes[row] = len(words)
            words.append(_hint_text(float(lon[row]), float(lat[row])))
    return Coded(codes, tuple(words))


def swapped_hint(rule: Rule, lon_lat: Floats) -> list[str]:
    """For vertices that lie all elsewhere on earth, shape (n, 2): the hint, where one swapped is in the sea.

    [deg]
    """
    lon, lat = lon_lat[np.abs(lon_lat[:, 0]) <= 90.0].T
    zone = np.full(len(lon), OUTSIDE, dtype=np.int8)
    hints = _hints(rule, None, zone, np.ascontiguousarray(lon), np.ascontiguousarray(lat))
    return [str(word) for word in hints.words[1:2]]


def _hint(rule: Rule, lon: float, lat: float) -> str | None:
    """For a position elsewhere on earth whose swap lies in the Caspian: that it looks swapped; for 0, 0."""
    if lon == lat == 0.0:
        return _NO_POSITION
    if abs(lon) > 90.0 or decide_signed(rule, lat, lon)[0] in (OUTSIDE, ON_LAND):
        return None
    return _hint_text(lon, lat)


def _hint_text(lon: float, lat: float) -> str:
    return f"longitude and latitude look swapped: longitude {lat:g}, latitude {lon:g} lies in the Caspian"
