"""The record of a position, field by field."""

from __future__ import annotations

from typing import Final

from api.openapi.writing import Json, or_null, words
from zones.classification.records import FIELDS, RecordField


def _schema(one: RecordField) -> Json:
    unit = "" if one.unit is None else f" [{one.unit}]"
    value: Json = {
        **(words(one.words) if one.words else {"type": one.type}),
        "description": one.meaning + unit,
    }
    if one.within is not None:
        value |= {"minimum": -one.within, "maximum": one.within}
    return or_null(value) if one.nullable else value


RECORD: Final[dict[str, Json]] = {one.name: _schema(one) for one in FIELDS}

# What the default edition answers for a position off the Absheron peninsula, without comparison.
EXAMPLE: Final[Json] = {
    "lon": 49.97,
    "lat": 40.1,
    "zone": "territorial_waters",
    "state": "AZE",
    "delimitation": None,
    "sector": "AZE",
    "sector_status": "provisional",
    "sector_boundary_distance_m": 142884.945,
    "baseline_distance_m": 20585.738,
    "baseline_distance_nm": 11.115409,
    "baseline_azimuth_deg": 4.195974,
    "baseline_lon": 49.9877123,
    "baseline_lat": 40.2848948,
    "baseline_kind": "normal",
    "limit": "territorial_waters-AZE",
    "limit_distance_m": 7270.455,
    "coast_spread_m": None,
    "certain": None,
    "by_coast": None,
    "legal_basis": "Convention, Art. 7",
    "caveat": (
        "No straight baselines of AZE are in use (none published with coordinates); bays, harbours and "
        "river mouths are as the shoreline source draws them."
    ),
    "hint": None,
    "assumptions": None,
    "edition": "osm-2024.08-6b24a919",
}
