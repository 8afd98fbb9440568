"""The answer for a position in a few sentences, in each language; doubt comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import Any

from api.languages.catalogues import messages
from api.languages.dates import long_date
from api.languages.marks import to_translate
from api.languages.numbers import ISOLATED, own_digits, semicolon
from api.texts.distances import miles_and_kilometres
from api.texts.sentences import assumed
from api.texts.words import STATUS_NAMES, ZONE_MEANINGS, ZONE_NAMES
from coastlines.positions import format_position
from zones.words import (
    COMMON_MARITIME_SPACE,
    KNOWLEDGE_DATE,
    LAND,
    OUTSIDE_CASPIAN,
    PROVISIONAL,
    STATE_NAMES,
)

_ARTICLES = {
    "internal_waters": to_translate("Articles 1 and 5"),
    "territorial_waters": to_translate("Article 7"),
    "fishery_zone": to_translate("Article 9"),
    COMMON_MARITIME_SPACE: to_translate("Articles 1 and 5"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentences of an answer by what they are about, in one language."""

    place: tuple[str, ...]
    answer: tuple[str, ...]  # doubt comes first
    boundary: tuple[str, ...]
    distances: tuple[str, ...]
    articles: tuple[str, ...]
    seabed: tuple[str, ...]
    reserves: tuple[str, ...]  # what the answer is not


def explanation(record: Mapping[str, Any], language: str) -> str:
    """Zone and State, distances, boundary, article, seabed, and what the answer is not.

    What the coasts compared do not all say is named as in doubt before anything else, and what was not
    compared as not compared.
    """
    return " ".join(" ".join(sentences) for sentences in _sentences(record, language) if sentences)


def explained(record: Mapping[str, Any], language: str) -> Explanation:
    """The same sentences, told apart."""
    return Explanation(*_sentences(record, language))


def _sentences(record: Mapping[str, Any], language: str) -> list[tuple[str, ...]]:
    said = messages(language)
    parts = (
        [ISOLATED % format_position(record["lon"], record["lat"]) + "."],
        _answer(said, record, language),
        [_boundary(said, record)],
        _distances(said, record, language),
        _articles(said, record),
        _seabed(said, record, language),
        _reserves(said, record, language),
    )
    return [tuple(own_digits(sentence, language) for sentence in part if sentence) for part in parts]


def opinions(record: Mapping[str, Any]) -> list[tuple[str, str | None, list[str]]]:
    """What the coasts say: zone, State, and the coasts that say so. Read from ``by_coast``."""
    read = []
    for alike in (record["by_coast"] or "").split("; "):
        coasts, _, answer = alike.partition(": ")
        zone, _, state = answer.partition(" ")
        if zone:
            read.append((zone, state or None, coasts.split(", ")))
    return read


def zone_of_state(said: NullTranslations, zone: str, state: str | None) -> str:
    """A zone and its State in words."""
    name = said.gettext(ZONE_NAMES.get(zone, zone))
    if state is None:
        return name
    owner = said.gettext(STATE_NAMES.get(state, state))
    if zone == LAND:
        return said.gettext("Land, nearest to the shore of %(state)s") % {"state": owner}
    return said.gettext("%(zone)s of %(state)s") % {"zone": name, "state": owner}


def within_sentence(said: NullTranslations, text: str) -> str:
    """What could begin a sentence as it stands within one: a small letter first, unless it is a name's."""
    if text == said.gettext(ZONE_NAMES[OUTSIDE_CASPIAN]):  # in some languages the name of the sea comes first
        return said.gettext("outside the Caspian Sea")
    return text[:1].lower() + text[1:]


def is_beyond_doubt(record: Mapping[str, Any]) -> bool:
    """Whether all shorelines say that it is far from the sea: more of what they say is of no use."""
    return record["zone"] == OUTSIDE_CASPIAN and record["certain"] is True


def _answer(said: NullTranslations, record: Mapping[str, Any], language: str) -> list[str]:
    answer = zone_of_state(said, record["zone"], record["state"])
    if record["delimitation"] == PROVISIONAL:
        answer = said.gettext("%(answer)s, up to a line that is not agreed") % {"answer": answer}
    if is_beyond_doubt(record):
        return [f"{answer}."]
    if record["certain"] is None:
        return [said.gettext("Not compared with other shorelines: %(answer)s.") % {"answer": answer}]
    each = opinions(record)
    if record["certain"]:
        count = sum(len(coasts) for _, _, coasts in each)
        agree = said.ngettext(
            "The one shoreline compared says so.", "All %(num)d shorelines compared say so.", count
        )
        return [f"{answer}.", agree % {"num": count} if count else ""]
    listed = semicolon(language).join(
        said.ngettext(
            "%(num)d shoreline (%(names)s): %(answer)s",
            "%(num)d shorelines (%(names)s): %(answer)s",
            len(coasts),
        )
        % {
            "num": len(coasts),
            "names": ISOLATED % ", ".join(coasts),
            "answer": zone_of_state(said, zone, state),
        }
        for zone, state, coasts in each
    )
    return [
        said.gettext("In doubt, the shorelines compared give different answers: %(listed)s.")
        % {"listed": listed}
    ]


def _distances(said: NullTranslations, record: Mapping[str, Any], language: str) -> list[str]:
    spread = record["coast_spread_m"]
    sentences = []
    if record["baseline_distance_m"] is not None:
        distance = distance_of(said, record["baseline_distance_m"], spread, language)
        sentences.append(said.gettext("Distance to the baseline: %(distance)s.") % {"distance": distance})
    if spread is not None and not is_beyond_doubt(record):
        distance = distance_of(said, spread, spread, language)
        sentences.append(said.gettext("The shorelines differ by %(distance)s.") % {"distance": distance})
    if record["limit_distance_m"] is not None:
        distance = distance_of(said, record["limit_distance_m"], spread, language)
        sentences.append(
            said.gettext("Distance to the nearest outer limit or boundary: %(distance)s.")
            % {"distance": distance}
        )
    return sentences


def distance_of(said: NullTranslations, metres: float, spread_m: float | None, language: str) -> str:
    """In nautical miles and kilometres, with the decimals that the spread of the shorelines leaves. [m]"""
    nm, km = miles_and_kilometres(metres, spread_m, language)
    return said.gettext("%(nm)s nm (%(km)s km)") % {"nm": nm, "km": km}


def _boundary(said: NullTranslations, record: Mapping[str, Any]) -> str:
    status = STATUS_NAMES.get(record["delimitation"])
    if status is None:
        return ""
    return said.gettext(
        "The belt of another State reaches this place, too; the line between them: %(status)s."
    ) % {"status": said.gettext(status)}


def _articles(said: NullTranslations, record: Mapping[str, Any]) -> list[str]:
    """What the Convention says of each zone that any shoreline gives."""
    zones = [record["zone"], *(zone for zone, _, _ in opinions(record))]
    return [
        said.gettext("Convention, %(article)s, on %(zone)s: %(meaning)s")
        % {
            "article": said.gettext(_ARTICLES[zone]),
            "zone": said.gettext(ZONE_NAMES[zone]),
            "meaning": said.gettext(ZONE_MEANINGS[zone]),
        }
        for zone in dict.fromkeys(zones)
        if zone in _ARTICLES
    ]


def _seabed(said: NullTranslations, record: Mapping[str, Any], language: str) -> list[str]:
    if record["sector"] is None:
        return []
    owner = said.gettext(STATE_NAMES[record["sector"]])
    sentences = [
        said.gettext("Seabed, divided apart from the water: sector of %(state)s.") % {"state": owner}
    ]
    status, metres = STATUS_NAMES.get(record["sector_status"]), record["sector_boundary_distance_m"]
    if status is not None and metres is not None:
        distance = distance_of(said, metres, record["coast_spread_m"], language)
        sentences.append(
            said.gettext("Nearest boundary of the sector: %(status)s, %(distance)s away.")
            % {"status": said.gettext(status), "distance": distance}
        )
    return sentences


def _reserves(said: NullTranslations, record: Mapping[str, Any], language: str) -> list[str]:
    sentences = []
    if record["assumptions"]:
        what = assumed(record["assumptions"], language)
        sentences.append(said.gettext("What-if, not the default: %(what)s.") % {"what": what})
    if record["zone"] != OUTSIDE_CASPIAN:
        known = long_date(date.fromisoformat(KNOWLEDGE_DATE), language)
        sentences.append(
            said.gettext("The Convention was not in force on %(date)s, and this is no chart.")
            % {"date": known}
        )
    return sentences
