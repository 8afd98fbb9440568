"""Full records for positions: the rule's answer with distances, base point, nearest limit, caveats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zones.baseline import LAND_REGION
from zones.ellipsoid import METRES_PER_NM, to_earth_centred, to_lon_lat
from zones.errors import CoordinateError
from zones.geodesics import WGS84
from zones.nearest_limit import LimitIndex
from zones.records import Records
from zones.rule import INTERNAL, ON_LAND, OUTSIDE, Decisions, Rule, decide_many
from zones.sector_lines import SectorLine
from zones.sectors import SectorIndex
from zones.words import (
    ANSWERS,
    BASELINE_KINDS,
    KARA_BOGAZ_GOL_ID,
    KARA_BOGAZ_GOL_NAME,
    LEGAL_BASIS,
    STATES,
    pair_name,
)

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

_METRE_DECIMALS = 3
_FAR_M = 100_000.0  # the core's own formula is exact to 0.001 mm up to here
_DEGREE_DECIMALS = 9
_STATE_TEXTS = np.array([*STATES, None], dtype=object)  # index -1 is none
_ANSWER_TEXTS = np.array(ANSWERS, dtype=object)
_BASIS_TEXTS = np.array([LEGAL_BASIS.get(answer) for answer in ANSWERS], dtype=object)
_KIND_TEXTS = np.array(BASELINE_KINDS, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """What the records of one edition are made from.

    Attributes
    ----------
    edition : str
    rule : Rule
    limits : LimitIndex
    status_of_pair : mapping
        As ``AZE-RUS`` to the status of the line between the two States' waters.
    accuracy_m : float or None
        Of the coast source, on a steep coast. [m]
    sectors : SectorIndex
    sector_lines : tuple of SectorLine
        The lines that the index numbers.
    """

    edition: str
    rule: Rule
    limits: LimitIndex
    status_of_pair: Mapping[str, str]
    accuracy_m: float | None
    sectors: SectorIndex
    sector_lines: tuple[SectorLine, ...]


def classify(
    classifier: Classifier, lon: Floats, lat: Floats, *, others: Sequence[Rule] | None = None
) -> Records:
    """Records for positions.

    Parameters
    ----------
    classifier : Classifier
    lon, lat : ndarray, shape (n,)
        [deg]
    others : sequence of Rule, optional
        The other bundled coasts under the same breadths, to compare with.

    Returns
    -------
    Records

    Raises
    ------
    CoordinateError
        A row is no position on the earth; its values are named.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    check_positions(lon, lat)
    found = decide_many(classifier.rule, lon, lat)
    outside = found.zone == OUTSIDE
    points = to_earth_centred(np.column_stack([lon, lat]))
    foot = to_lon_lat(found.foot)
    azimuth, _, karney_m = WGS84.inv(lon, lat, foot[:, 0], foot[:, 1])
    limit, limit_m = classifier.limits.nearest(points)
    limit[outside] = None
    spread, certain = _compare(found, lon, lat, others)
    distance = np.where(found.length > _FAR_M, np.asarray(karney_m, dtype=np.float64), found.length)
    sector, sector_status, sector_m = _sectors(classifier, found, points)
    return Records(
        lon=lon,
        lat=lat,
        zone=_ANSWER_TEXTS[found.zone],
        state=_STATE_TEXTS[found.state],
        delimitation=_delimitation(classifier, found),
        sector=sector,
        sector_status=sector_status,
        sector_boundary_distance_m=sector_m,
        baseline_distance_m=_rounded(distance, _METRE_DECIMALS),
        baseline_distance_nm=np.round(distance / METRES_PER_NM, 6),
        baseline_azimuth_deg=np.round(np.asarray(azimuth) % 360.0, 6) % 360.0,
        baseline_lon=np.round(foot[:, 0], _DEGREE_DECIMALS),
        baseline_lat=np.round(foot[:, 1], _DEGREE_DECIMALS),
        baseline_kind=_KIND_TEXTS[classifier.rule.baseline.kind[found.segment]],
        limit=limit,
        limit_distance_m=np.where(outside, np.nan, np.round(limit_m, _METRE_DECIMALS)),
        coast_spread_m=spread,
        certain=certain,
        legal_basis=_BASIS_TEXTS[found.zone],
        caveat=_caveats(classifier, found, limit_m),
        hint=_hints(classifier.rule, found, lon, lat),
        edition=np.full(len(lon), classifier.edition, dtype=object),
    )


def _rounded(values: Floats, decimals: int) -> Floats:
    return np.asarray(np.round(values, decimals), dtype=np.float64)


def check_positions(lon: Floats, lat: Floats) -> None:
    """Refuse what is no position on the earth.

    Raises
    ------
    CoordinateError
        Of the first such row.
    """
    good = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)  # false for nan, too
    if not good.all():
        row = int(np.argmin(good))
        raise CoordinateError(float(lon[row]), float(lat[row]))


def _delimitation(classifier: Classifier, found: Decisions) -> Texts:
    """Status of the line towards the other State, where its belt reaches the position too."""
    table = np.full((len(STATES) + 1, len(STATES) + 1), None, dtype=object)  # last: no State
    for i, first in enumerate(STATES):
        for j, second in enumerate(STATES):
            table[i, j] = classifier.status_of_pair.get(pair_name(first, second))
    return table[found.state, found.other]


def _sectors(classifier: Classifier, found: Decisions, points: Floats) -> tuple[Texts, Texts, Floats]:
    """Sector of the seabed, status of the nearest sector line, distance to it; on water only."""
    lagoon = [
        number
        for number, waters in enumerate(classifier.rule.baseline.enclosed, start=2)
        if waters.id == KARA_BOGAZ_GOL_ID
    ]
    over_seabed = (found.region != LAND_REGION) & ~np.isin(found.region, lagoon)
    rows = np.flatnonzero(over_seabed)
    sector = np.full(len(points), None, dtype=object)
    status = np.full(len(points), None, dtype=object)
    distance = np.full(len(points), np.nan)
    state, line, length = classifier.sectors.locate(points[rows])
    sector[rows] = _STATE_TEXTS[state]
    status[rows] = np.array([known.status for known in classifier.sector_lines], dtype=object)[line]
    distance[rows] = np.round(length, _METRE_DECIMALS)
    return sector, status, distance


def _compare(
    found: Decisions, lon: Floats, lat: Floats, others: Sequence[Rule] | None
) -> tuple[Floats, Texts]:
    """Spread of the baseline distance over the coasts, and whether all give this zone and State."""
    if others is None:
        return np.full(len(lon), np.nan), np.full(len(lon), None, dtype=object)
    answers = [found, *(decide_many(rule, lon, lat) for rule in others)]
    signed = np.array([_signed_m(answer) for answer in answers])
    same = np.all(
        [(a.zone == found.zone) & (a.state == found.state) for a in answers[1:]] or [np.ones(len(lon), bool)],
        axis=0,
    )
    spread = np.round(signed.max(axis=0) - signed.min(axis=0), _METRE_DECIMALS)
    return spread, np.array([bool(value) for value in same], dtype=object)


def _signed_m(answer: Decisions) -> Floats:
    """Distance from the baseline, negative landward of it. [m]"""
    landward = (answer.zone == INTERNAL) | (answer.zone == ON_LAND) | (answer.zone == OUTSIDE)
    return np.where(landward, -answer.length, answer.length)


def _caveats(classifier: Classifier, found: Decisions, limit_m: Floats) -> Texts:
    """What the data cannot decide, for each row; None where nothing needs saying."""
    baseline = classifier.rule.baseline
    accuracy = classifier.accuracy_m or 0.0
    water = (found.zone != ON_LAND) & (found.zone != OUTSIDE)
    closeness = np.select([found.length <= accuracy, (limit_m <= accuracy) & water], [1, 2], 0)
    close = [
        "",
        f"Within the coastline's accuracy ({accuracy:.0f} m) of the shore.",
        f"Within the coastline's accuracy ({accuracy:.0f} m) of the limit.",
    ]
    lined = {line.state for line in baseline.straight_lines if line.name != KARA_BOGAZ_GOL_NAME}
    reference = baseline.state[found.segment]
    unlined = np.array([state not in lined for state in STATES])[reference]
    normal = baseline.kind[found.segment] == BASELINE_KINDS.index("normal")
    reason = np.select(
        [found.zone == ON_LAND, water & (found.zone != INTERNAL) & normal & unlined],
        [1, 2 + reference],
        0,
    )
    reasons = ["", "Land that fell dry below -28.0 m is still water in law."] + [
        f"No straight baselines of {state} are in use (none published with coordinates); "
        "bays, harbours and river mouths are as the shoreline source draws them."
        for state in STATES
    ]
    table = [[" ".join(filter(None, (first, second))) or None for second in reasons] for first in close]
    texts = np.array(table, dtype=object)[closeness, reason]
    texts[found.zone == OUTSIDE] = None
    return texts


def _hints(rule: Rule, found: Decisions, lon: Floats, lat: Floats) -> Texts:
    """For positions elsewhere on earth whose swap lies in the Caspian: that they look swapped."""
    texts = np.full(len(lon), None, dtype=object)
    rows = np.flatnonzero((found.zone == OUTSIDE) & (np.abs(lon) <= 90.0))
    if len(rows):
        swapped = decide_many(rule, lat[rows], lon[rows])
        for row in rows[(swapped.zone != OUTSIDE) & (swapped.zone != ON_LAND)]:
            texts[row] = (
                "longitude and latitude look swapped: "
                f"longitude {lat[row]:g}, latitude {lon[row]:g} lies in the Caspian"
            )
    return texts
