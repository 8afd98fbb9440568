"""The answer for a position in one line, its doubt in it."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from api.texts.explanation import opinions, within_sentence, zone_of_state
from api.texts.words import ZONE_NAMES
from zones.words import COMMON_MARITIME_SPACE, LAND, PROVISIONAL, STATE_NAMES


def headline(said: NullTranslations, record: Mapping[str, Any]) -> str:
    """Zone and State, as the page has them: what the shorelines do not all say is said with "or"."""
    if record["certain"] is False:
        return _in_doubt(said, record)
    answer = zone_of_state(said, record["zone"], record["state"])
    if record["delimitation"] == PROVISIONAL:
        return said.gettext("%(answer)s, up to a line that is not agreed") % {"answer": answer}
    if record["zone"] == COMMON_MARITIME_SPACE:
        return said.gettext("Common maritime space, open to all five States")
    return answer


def _in_doubt(said: NullTranslations, record: Mapping[str, Any]) -> str:
    """What the shorelines say, that of most of them first."""
    answers = [(zone, state) for zone, state, _ in sorted(opinions(record), key=lambda one: -len(one[2]))]
    zones, states = [zone for zone, _ in answers], {state for _, state in answers}
    state = states.pop() if len(states) == 1 else None
    if state and len(zones) == 2 and LAND not in zones:
        one, other = (said.gettext(ZONE_NAMES[zone]) for zone in zones)
        return said.gettext("%(one)s or %(other)s of %(state)s") % {
            "one": one,
            "other": within_sentence(said, other),
            "state": said.gettext(STATE_NAMES[state]),
        }
    first, *others = (zone_of_state(said, zone, state) for zone, state in answers)
    return f" {said.gettext('or')} ".join([first, *(within_sentence(said, one) for one in others)])
