"""The record of a position, field by field."""

from __future__ import annotations

from typing import Final

from api.openapi.writing import Json, or_null, words
from zones.words import ANSWERS, BASELINE_KINDS, STATES, STATUSES


def _number(description: str) -> Json:
    return {"type": "number", "description": description}


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _word(known: tuple[str, ...], description: str) -> Json:
    return {**words(known), "description": description}


RECORD: Final[dict[str, Json]] = {
    "lon": {**_number("Longitude as given. [deg]"), "minimum": -180, "maximum": 180},
    "lat": {**_number("Latitude as given. [deg]"), "minimum": -90, "maximum": 90},
    "zone": _word(ANSWERS, "Zone of the water, or that the position is on land or not in the Caspian."),
    "state": or_null(_word(STATES, "State of the zone; on land that of the nearest baseline.")),
    "delimitation": or_null(
        _word(STATUSES, "Status of the line to the next State where its belt reaches the position, too.")
    ),
    "sector": or_null(_word(STATES, "State of the sector of the seabed.")),
    "sector_status": or_null(_word(STATUSES, "Status of the nearest sector boundary.")),
    "sector_boundary_distance_m": or_null(_number("Geodesic distance to that boundary. [m]")),
    "baseline_distance_m": or_null(_number("Geodesic distance to the State's own baseline. [m]")),
    "baseline_distance_nm": or_null(_number("The same in nautical miles. [nm]")),
    "baseline_azimuth_deg": or_null(_number("Azimuth to that baseline point, clockwise from north. [deg]")),
    "baseline_lon": or_null(_number("Longitude of that baseline point. [deg]")),
    "baseline_lat": or_null(_number("Latitude of that baseline point. [deg]")),
    "baseline_kind": or_null(_word(BASELINE_KINDS, "Kind of the baseline there.")),
    "limit": or_null(_text("Feature id of the nearest outer limit or boundary.")),
    "limit_distance_m": or_null(_number("Geodesic distance to it. [m]")),
    "coast_spread_m": or_null(
        _number("Largest less smallest distance to the baseline over the bundled coasts; where compared. [m]")
    ),
    "certain": or_null(
        {"type": "boolean", "description": "All bundled coasts give this zone and State; where compared."}
    ),
    "legal_basis": or_null(_text("Provision of the Convention that the zone follows from.")),
    "caveat": or_null(_text("What the data cannot decide here.")),
    "hint": or_null(_text("What may be wrong with a position that is not in the Caspian.")),
    "edition": _text("Full name of the edition that answered."),
}

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
    "legal_basis": "Convention, Art. 7",
    "caveat": (
        "No straight baselines of AZE are in use (none published with coordinates); bays, harbours and "
        "river mouths are as the shoreline source draws them."
    ),
    "hint": None,
    "edition": "osm-2024.08-ba2aa294",
}
