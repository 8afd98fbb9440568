"""What codes and names mean, in the words of the pages for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.collections.properties import SHAPES
from api.texts.answer_text import distance_text
from api.texts.position import format_position
from zones.ellipsoid import METRES_PER_NM
from zones.words import (
    AGREED,
    AGREED_RECONSTRUCTED,
    CLAIMED,
    COMMON_MARITIME_SPACE,
    COMPUTED,
    FISHERY_ZONE,
    INTERNAL_WATERS,
    LAND,
    OUTSIDE_CASPIAN,
    PROVISIONAL,
    STATE_NAMES,
    TERRITORIAL_WATERS,
)

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"

ZONE_NAMES: Mapping[str, str] = {
    INTERNAL_WATERS: "Internal waters",
    TERRITORIAL_WATERS: "Territorial waters",
    FISHERY_ZONE: "Fishery zone",
    COMMON_MARITIME_SPACE: "Common maritime space",
    LAND: "Land",
    OUTSIDE_CASPIAN: "Outside the Caspian Sea",
}

ZONE_MEANINGS: Mapping[str, str] = {
    INTERNAL_WATERS: "Waters landward of a straight baseline or closing line of the State.",
    TERRITORIAL_WATERS: "A belt of at most 15 nautical miles from the State's own baseline. Its outer "
    "limit is the State border.",
    FISHERY_ZONE: "The next 10 nautical miles beyond the territorial waters, where the State alone has the "
    "right to fish.",
    COMMON_MARITIME_SPACE: "The water beyond all fishery zones, open for use by all five States.",
    LAND: "Landward of the shore of this edition.",
    OUTSIDE_CASPIAN: "More than 100 km from the water of the coast source.",
}

STATUS_NAMES: Mapping[str, str] = {
    COMPUTED: "computed",
    AGREED: "agreed",
    AGREED_RECONSTRUCTED: "agreed, course reconstructed",
    PROVISIONAL: "provisional",
    CLAIMED: "claimed",
}

STATUS_MEANINGS: Mapping[str, str] = {
    COMPUTED: "Follows from the Convention's own rule and the baseline in use; nobody had to agree to it.",
    AGREED: "Drawn through the points of a treaty.",
    AGREED_RECONSTRUCTED: "A treaty exists, its points are not known here; the course is reconstructed from "
    "what is known.",
    PROVISIONAL: "Nothing is agreed, or not all of it; where there is no agreement the line is one of "
    "equidistance.",
    CLAIMED: "A line of one side, or a historic one. It is no edge of a zone or sector.",
}

KIND_NAMES: Mapping[str, str] = {
    "normal": "normal baseline (the shore)",
    "straight": "straight baseline",
    "closing_line": "closing line",
    "harbour_works": "harbour works",
}

PROBLEM_MEANINGS: Mapping[str, str] = {
    "unknown-parameter": "The address has a query parameter that this resource does not read. The answer "
    "lists those that it reads.",
    "invalid-parameter": "A query parameter is missing, given twice, or has a value that cannot be used.",
    "invalid-position": "The text of a position cannot be read, or can be read in two ways. Latitude comes "
    "first unless letters say otherwise, as in 42°33.6'N 49°53.3'E.",
    "invalid-coordinates": "Longitudes go from -180 to 180 and latitudes from -90 to 90 degrees.",
    "invalid-body": "The body of the request is not what this resource reads.",
    "unsupported-media-type": "The Content-Type of the body is none that this resource reads.",
    "not-acceptable": "None of the representations that the client accepts can be given.",
    "too-large": "The body, or the number of points in it, is above a limit that the operator has set.",
    "not-found": "No collection, feature, file or page has this name.",
    "unknown-edition": "There is no edition of this name. The list of editions shows those there are.",
    "edition-unavailable": "The edition exists in name, but could not be built or opened just now.",
    "invalid-geometry": "A line or polygon is not valid, or lies where it cannot be answered.",
    "invalid-request": "The request is well formed, but the rule cannot be applied to what it asks.",
    "bad-request": "The request does not follow the rules of HTTP, so that it cannot be understood.",
    "method-not-allowed": "The resource exists, but not for this method. The Allow header lists those there "
    "are.",
    "too-many-requests": "This client has sent more requests in a time than the operator allows.",
    "head-too-large": "The headers of the request are above a limit.",
    "too-long": "The address of the request is above a limit.",
    "busy": "The service is at work on other requests that are long or large, or builds an edition. Ask "
    "again after the seconds that the Retry-After header says.",
    "not-reached": "The proxy in front does not reach the service.",
    "not-in-time": "The service has not answered in the time that the proxy in front waits.",
    "precondition-failed": "The request holds only under a condition, as If-Match, that is not met.",
    "range-not-satisfiable": "The part of a file that was asked for lies beyond its end.",
    "expectation-failed": "The request has an Expect header that cannot be met.",
    "not-implemented": "The body came in a transfer coding that is not known here.",
    "no-room": "The service has no room left on its disk for what the request needs.",
    "internal-error": "The service failed. What happened has been logged; nothing about the request need be "
    "wrong.",
    "not-ready": "The service is starting, or its default edition is not built yet.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A property in words: ``note`` explains the value where it is a code."""

    name: str
    label: str
    text: str
    note: str = ""


def property_rows(collection: str, properties: Mapping[str, Any]) -> list[Row]:
    """The properties of a feature that have a value, in words and in their order."""
    return [
        Row(name, label_of(collection, name), value_text(name, value), _note(name, value))
        for name, value in properties.items()
        if value is not None
    ]


def label_of(collection: str, name: str) -> str:
    """A property's name in words."""
    shape = SHAPES.get(collection)
    known = shape.named(name) if shape is not None else None
    return known.title if known is not None else name.replace("_", " ").capitalize()


def value_text(name: str, value: object) -> str:
    """A property's value in words, with its unit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number_text(name, float(value))
    text = str(value)
    if name in ("state", "state_left", "state_right"):
        return state_text(text)
    if name == "states":
        return " and ".join(state_text(code) for code in text.split("-"))
    if name in ("sides", "edges"):
        return "; ".join(_side_text(side) for side in text.split("; "))
    names = {"zone": ZONE_NAMES, "status": STATUS_NAMES, "kind": KIND_NAMES}.get(name, {})
    return names.get(text, text)


def number_text(name: str, value: float) -> str:
    """A number with the unit that its name ends in; thousands apart, digits as its size deserves."""
    for ending, unit in (("_km2", "km²"), ("_percent", "%"), ("_km", "km"), ("_nm", "nm"), ("_m", "m")):
        if name.endswith(ending):
            if ending == "_nm" and value == round(value):
                return f"{value:.0f}{NARROW_SPACE}{unit}"
            decimals = 2 if ending == "_percent" else max(0, 3 - len(f"{abs(value):.0f}"))
            return f"{value:,.{decimals}f}{NARROW_SPACE}{unit}"
    return f"{value:,g}"


def state_text(code: object) -> str:
    """A State's name with its code."""
    return f"{STATE_NAMES[code]} ({code})" if code in STATE_NAMES else str(code or "")


def status_text(code: object) -> str:
    """A status in words."""
    return STATUS_NAMES.get(str(code), str(code or ""))


def miles_text(metres: float | None) -> str:
    """A distance in nautical miles and metres. [m]"""
    if metres is None:
        return ""
    miles = metres / METRES_PER_NM
    return f"{miles:,.3f}{NARROW_SPACE}nm ({metres:,.1f}{NARROW_SPACE}m)"


def seabed_text(record: Mapping[str, Any]) -> str:
    """The sector of the seabed under a position, and how settled its nearest boundary is."""
    if record["sector"] is None:
        return ""
    text = f"Sector of {STATE_NAMES.get(record['sector'], record['sector'])}"
    status = STATUS_NAMES.get(record["sector_status"], record["sector_status"])
    metres = record["sector_boundary_distance_m"]
    if status is None or metres is None:
        return text
    return f"{text}; its nearest boundary ({status}) is {distance_text(metres)} away"


def level_text(coast: Mapping[str, Any]) -> str:
    """The level that the water of a coast stood at, and how it is known."""
    level, note = coast.get("level_m"), coast.get("level_note")
    if level is None:
        return str(note or "")
    number = f"about {level:.1f}{NARROW_SPACE}m".replace("-", "\N{MINUS SIGN}")
    return f"{number}: {note}" if note else number


def place_text(record: Mapping[str, Any]) -> str:
    """The position of a record as on a chart."""
    return format_position(record["lon"], record["lat"])


def _side_text(side: str) -> str:
    """A line and its status, as in ``AZE-RUS provisional``, in words."""
    line, _, status = side.partition(" ")
    return f"{line}: {status_text(status)}"


def _note(name: str, value: object) -> str:
    if name == "status":
        return STATUS_MEANINGS.get(str(value), "")
    if name == "zone":
        return ZONE_MEANINGS.get(str(value), "")
    return ""
