"""What codes and names mean, in the words of the pages for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.collections.properties import SHAPES
from api.texts.answer_text import distance_text
from api.texts.words import KIND_NAMES, STATUS_MEANINGS, STATUS_NAMES, ZONE_MEANINGS, ZONE_NAMES
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import STATE_NAMES

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"

_MEANINGS = {"status": STATUS_MEANINGS, "zone": ZONE_MEANINGS}


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
        Row(name, label_of(collection, name), value_text(name, value), _MEANINGS.get(name, {}).get(value, ""))
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


def _side_text(side: str) -> str:
    """A line and its status, as in ``AZE-RUS provisional``, in words."""
    line, _, status = side.partition(" ")
    return f"{line}: {status_text(status)}"
