"""What codes and names mean, in the words of the pages for people, in one language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.collections.properties import SHAPES
from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.marks import to_translate
from api.languages.numbers import ISOLATED, comma, number, own_digits, semicolon
from api.texts.answer_text import distance_text
from api.texts.explanation import zone_of_state
from api.texts.sentences import is_known, sentence
from api.texts.words import KIND_NAMES, STATUS_MEANINGS, STATUS_NAMES, ZONE_MEANINGS, ZONE_NAMES
from zones.atlas.features import Feature
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.words import ISSUE_TITLES, KARA_BOGAZ_GOL_ID, KARA_BOGAZ_GOL_NAME, STATE_NAMES

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"

_NAMES = {"zone": ZONE_NAMES, "status": STATUS_NAMES, "kind": KIND_NAMES, "baseline_kind": KIND_NAMES}
_PLAIN = ("part", "kind", "line_type", "shape")  # properties with values of `_PLAIN_WORDS`
_COORDINATES = ("_lon", "_lat")
_MEANINGS = {"status": STATUS_MEANINGS, "zone": ZONE_MEANINGS}
_UNITS = (
    ("_km2", to_translate("km²")),
    ("_percent", "%"),
    ("_km", to_translate("km")),
    ("_nm", to_translate("nm")),
    ("_m", to_translate("m")),
)
# Values of properties that are words of the core: parts of installations, how they are known, types of lines.
_PLAIN_WORDS = {
    "installation": to_translate("the installation itself"),
    "safety_zone": to_translate("safety zone"),
    "artificial": to_translate("artificial"),
    "artificial (inferred)": to_translate("artificial (inferred)"),
    "arc": to_translate("arc about a base point"),
    "straight": to_translate("curve at the breadth from a straight part of the baseline"),
    "geodesic": to_translate("geodesic"),
    "loxodrome": to_translate("loxodrome"),
}
_JOB_STATES = {
    "accepted": to_translate("Accepted"),
    "running": to_translate("Running"),
    "successful": to_translate("Successful"),
    "failed": to_translate("Failed"),
    "dismissed": to_translate("Dismissed"),
}
_LIMITS = {
    "territorial_waters": to_translate("Outer limit of the territorial waters of %(state)s"),
    "fishery_zone": to_translate("Outer limit of the fishery zone of %(state)s"),
}
_BASELINES = {
    "normal": to_translate("Normal baseline of %(state)s"),
    "straight": to_translate("Straight baseline of %(state)s"),
    "closing_line": to_translate("Closing line of %(state)s"),
    "harbour_works": to_translate("Harbour works of %(state)s"),
}
_PAIRS = {
    "boundaries": to_translate("Water boundary %(one)s - %(other)s"),
    "sector_boundaries": to_translate("Seabed line %(one)s - %(other)s"),
}
_SEGMENT = re.compile("([a-z_]+-[A-Z]{3})-([0-9]+)-([0-9]+)")
_PAIR = re.compile("([A-Z]{3})-([A-Z]{3})(?:-[0-9]+)?")


_ONE_OF_SEVERAL = re.compile("-[0-9]+$")  # ends of ids


@dataclass(frozen=True, slots=True)
class Row:
    """A property in words: ``note`` explains the value where it is a code."""

    name: str
    label: str
    text: str
    note: str = ""
    is_english: bool = False  # a text of the data, which is in no catalogue


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the pages in one language."""

    language: str = ENGLISH

    @property
    def comma(self) -> str:
        """What stands between the parts of a list."""
        return comma(self.language)

    @property
    def semicolon(self) -> str:
        """What stands between parts that have commas of their own."""
        return semicolon(self.language)

    def said(self, message: str) -> str:
        """A message of the catalogues."""
        return messages(self.language).gettext(message) if message else ""  # the text of none is a header

    def is_known(self, text: str) -> bool:
        """Whether a text of the data has words in this language."""
        return is_known(text, self.language)

    def property_rows(self, collection: str, properties: Mapping[str, Any]) -> list[Row]:
        """The properties of a feature that have a value, in words and in their order."""
        return [self._row(collection, name, value) for name, value in properties.items() if value is not None]

    def _row(self, collection: str, name: str, value: object) -> Row:
        text = self.value_text(name, value)
        note = self.said(_MEANINGS[name][str(value)]) if str(value) in _MEANINGS.get(name, ()) else ""
        is_english = isinstance(value, str) and text == value and not self.is_known(text)
        return Row(name, self.label_of(collection, name), text, note, is_english)

    def label_of(self, collection: str, name: str) -> str:
        """A property's name in words."""
        shape = SHAPES.get(collection)
        known = shape.named(name) if shape is not None else None
        return self.said(known.title) if known is not None else name.replace("_", " ").capitalize()

    def value_text(self, name: str, value: object) -> str:
        """A property's value in words, with its unit."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.said(to_translate("yes")) if value else self.said(to_translate("no"))
        if isinstance(value, (int, float)):
            return self.number_text(name, float(value))
        text = str(value)
        if name in ("state", "state_left", "state_right"):
            return self.state_text(text)
        if name == "states" and _PAIR.fullmatch(text):
            one, other = (self.state_text(code) for code in text.split("-"))
            return self.said(to_translate("%(one)s and %(other)s")) % {"one": one, "other": other}
        if name == "states":
            return comma(self.language).join(map(self.state_text, text.split("-")))
        if name in ("sides", "edges"):
            return semicolon(self.language).join(self._side_text(side) for side in text.split("; "))
        names = _NAMES.get(name, {})
        known = (
            names.get(text)
            or (ISSUE_TITLES.get(text) if name == "kind" else None)
            or (_PLAIN_WORDS.get(text) if name in _PLAIN else None)
        )
        return self.said(known) if known else sentence(text, self.language)

    def number_text(self, name: str, value: float) -> str:
        """A number with the unit that its name ends in; thousands apart, digits as its size deserves."""
        if name.endswith(_COORDINATES):
            return f"{value:.9f}°".replace("-", "\N{MINUS SIGN}")
        for ending, unit in _UNITS:
            if name.endswith(ending):
                decimals = 2 if ending == "_percent" else max(0, 3 - len(f"{abs(value):.0f}"))
                if ending == "_nm" and value == round(value):
                    decimals = 0
                return f"{number(value, decimals, self.language)}{NARROW_SPACE}{self.said(unit)}"
        return own_digits(f"{value:,g}", self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number as the language writes it."""
        return number(value, decimals, self.language)

    def state_text(self, code: object) -> str:
        """A State's name with its code."""
        return f"{self.said(STATE_NAMES[code])} ({code})" if code in STATE_NAMES else str(code or "")

    def state_name(self, code: str) -> str:
        """A State's name."""
        return self.said(STATE_NAMES.get(code, code))

    def state_choices(self) -> list[tuple[str, str]]:
        """The States to choose from: code and name."""
        return [(code, self.state_name(code)) for code in STATE_NAMES]

    def status_text(self, code: object) -> str:
        """A status in words."""
        return self.said(STATUS_NAMES[str(code)]) if code in STATUS_NAMES else str(code or "")

    def job_text(self, state: str) -> str:
        """How a job fares, in a word."""
        return self.said(_JOB_STATES.get(state, state))

    def miles_text(self, metres: float | None) -> str:
        """A distance in nautical miles and metres. [m]"""
        if metres is None:
            return ""
        parts = {
            "nm": number(metres / METRES_PER_NM, 3, self.language),
            "metres": number(metres, 1, self.language),
        }
        return self.said("%(nm)s nm (%(metres)s m)") % parts

    def seabed_text(self, record: Mapping[str, Any]) -> str:
        """The sector of the seabed under a position, and how settled its nearest boundary is."""
        if record["sector"] is None:
            return ""
        sector = self.said("Sector of %(state)s") % {"state": self.state_name(record["sector"])}
        status, metres = record["sector_status"], record["sector_boundary_distance_m"]
        if status is None or metres is None:
            return sector
        parts = {
            "sector": sector,
            "status": self.status_text(status),
            "distance": distance_text(metres, self.language),
        }
        return (
            self.said(to_translate("%(sector)s; its nearest boundary (%(status)s) is %(distance)s away"))
            % parts
        )

    def level_text(self, coast: Mapping[str, Any]) -> str:
        """The level that the water of a coast stood at, and how it is known."""
        level, note = coast.get("level_m"), sentence(str(coast.get("level_note") or ""), self.language)
        if level is None:
            return note
        metres = number(level, 1, self.language).replace("-", "\N{MINUS SIGN}")
        length = f"{metres}{NARROW_SPACE}{self.said('m')}"
        about = self.said("about %(length)s") % {"length": length}
        return f"{about}: {note}" if note else about

    def is_level_english(self, coast: Mapping[str, Any]) -> bool:
        """Whether `level_text` has a text of the data that is in no catalogue."""
        return not self.is_known(str(coast.get("level_note") or ""))

    def name_of(self, collection: str, feature: Feature) -> str:
        """A feature's name, or its id where it has none."""
        return self.feature_name(collection, feature.id, feature.properties.get("name") or feature.id)

    def feature_name(self, collection: str, identity: str, name: str) -> str:
        """The name of a feature by its id, which says what it is; else the name that the core gives it."""
        code, _, rest = identity.partition("-")
        state = rest[:3] if rest[:3] in STATE_NAMES else None
        if collection == "zones" and code in ZONE_NAMES:
            answer = zone_of_state(messages(self.language), code, state)
            return f"{answer}: {self.said(KARA_BOGAZ_GOL_NAME)}" if identity == KARA_BOGAZ_GOL_ID else answer
        if state and (message := {"limits": _LIMITS, "baselines": _BASELINES}.get(collection, {}).get(code)):
            return self.said(message) % {"state": self.state_name(state)}
        if collection == "limit_segments" and (segment := _SEGMENT.fullmatch(identity)):
            limit, part, number_of = segment.groups()
            parts = {"limit": self.feature_name("limits", limit, limit), "number": f"{part}.{number_of}"}
            return self.said(to_translate("%(limit)s, segment %(number)s")) % parts
        if collection == "known_issues":
            return self._issue_name(name)
        if collection == "sectors" and state:
            return self.said(to_translate("Sector of %(state)s")) % {"state": self.state_name(state)}
        if collection in _PAIRS and (pair := _PAIR.fullmatch(identity)):
            one, other = (self.state_name(found) for found in pair.groups())
            return self.said(_PAIRS[collection]) % {"one": one, "other": other}
        return self.said(name)

    def told_apart(self, collection: str, identity: str, name: str) -> str:
        """The name of a feature, with its id where others of the edition have the same name."""
        named = self.feature_name(collection, identity, name)
        is_one_of_several = _ONE_OF_SEVERAL.search(identity) and collection != "limit_segments"
        return f"{named} ({ISOLATED % identity})" if is_one_of_several else named

    def _issue_name(self, name: str) -> str:
        """The kind of an issue, and what it concerns."""
        kind, _, what = name.partition(": ")
        if not what:
            return self.said(kind)
        collection, _, identity = what.partition(" ")
        if collection in _PAIRS:
            what = self.feature_name(collection, identity, identity)
        elif _PAIR.fullmatch(what):
            what = self.value_text("states", what)
        return self.said(to_translate("%(kind)s: %(what)s")) % {
            "kind": self.said(kind),
            "what": self.said(what),
        }

    def _side_text(self, side: str) -> str:
        """A line and its status, as in ``AZE-RUS provisional``, in words."""
        line, _, status = side.partition(" ")
        return f"{line}: {self.status_text(status)}"
