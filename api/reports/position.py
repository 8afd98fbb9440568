"""The report of one position."""

from __future__ import annotations

import re
from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from api.atlas import Atlas
from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.numbers import comma, number, semicolon
from api.pages.answer import View, view_of
from api.pages.notations import decimal_position, seconds_position, short_position
from api.pages.square_maps import around_position
from api.pages.wording import Wording
from api.reports.content import NARROW, Content, Picture, Table
from api.reports.pictures import MAP_SIDE_CM, for_print
from api.reports.wording import (
    CONVENTION_ADDRESS,
    InWords,
    frame,
    in_words,
    isolated,
    key_of,
    one_of,
    plain,
    told,
)
from api.texts.explanation import explained, zone_of_state
from api.texts.headlines import headline
from api.texts.json_text import write_json
from api.texts.numbers import coordinate
from api.texts.sentences import split
from coastlines.positions import parse_position
from zones.words import AGREED_RECONSTRUCTED, PROVISIONAL, STATE_NAMES

_SIGNS = {"agreed": "✔", "in-doubt": "▲", "uncompared": "○", "far": ""}
_ELSEWHERE = ("caveat", "hint", "edition", "assumptions")  # stand in the report in other places
_LONGEST_GIVEN = 200
_BY_NUMBERS = "lon {}, lat {}"  # as given where it came as two coordinates
_NUMBERS = re.compile(_BY_NUMBERS.format("(.*)", "(.*)"), re.DOTALL)


def given_as(lon: str, lat: str) -> str:
    """A position as it was given by two coordinates, in one text."""
    return _BY_NUMBERS.format(lon.strip(), lat.strip())


def position_given(text: str) -> tuple[float, float]:
    """Longitude and latitude that a text says, as `given_as` writes it or as one position. [deg]

    Raises `ParameterError`, `PositionError`: it says none.
    """
    if numbers := _NUMBERS.fullmatch(text):
        return coordinate(numbers[1], "lon"), coordinate(numbers[2], "lat")
    return parse_position(text)


def content_of(atlas: Atlas, record: Mapping[str, Any], given: str, language: str) -> Content:
    """What the report of a classified position says; `given` is the position as somebody wrote it."""
    said, view = messages(language), view_of(atlas, record)
    sentences, of_the_data = explained(record, language), _of_the_data(record, view, language)
    square = around_position(atlas, record, Wording(language), has_towns=True)
    caption = said.gettext(
        "Simplified drawing. The ring is the position, the dot its nearest point of the baseline."
    )
    return Content(
        **frame(language, atlas.edition.metadata, said.gettext("Position report")),
        facts=(
            (said.gettext("As given"), isolated(plain(given, _LONGEST_GIVEN))),
            (said.gettext("Notations"), f"{_notations(record, language)} (WGS84)"),
        ),
        headline=headline(said, record),
        doubt=told(language, [f"{_SIGNS[view.doubt]} {_doubt(said, view, language)}".lstrip()])[0],
        doubt_kind=view.doubt,
        pictures=(Picture(for_print(square.svg, MAP_SIDE_CM), caption, caption),) if square else (),
        key_title=said.gettext("Key") if square else "",
        key=key_of(said, square) if square else (),
        beside=(*sentences.distances, *told(language, [_neighbour(said, view, language)]), *sentences.seabed),
        beside_table=_shorelines(said, view),
        below=(
            *told(language, _law(said, sentences.articles, sentences.boundary, sentences.reserves)),
            *of_the_data.said,
        ),
        in_english=of_the_data.in_english,
        fields_title=said.gettext("The record, by the names of its fields; attached to this file as JSON"),
        fields=tuple(
            (name, plain(_value(value)))
            for name, value in record.items()
            if value is not None and name not in _ELSEWHERE
        ),
        is_one_page=True,
    )


def _notations(record: Mapping[str, Any], language: str) -> str:
    at = record["lon"], record["lat"]
    return semicolon(language).join(
        isolated(form(*at)) for form in (short_position, seconds_position, decimal_position)
    )


def _doubt(said: NullTranslations, view: View, language: str) -> str:
    if view.doubt == "agreed":
        text = said.ngettext(
            "The one shoreline compared says so", "All %(num)d shorelines agree", view.coasts
        )
        return text % {"num": view.coasts}
    if view.doubt == "far":
        return said.gettext("Far from every shoreline: nothing is in doubt")
    if view.doubt == "uncompared":
        return said.gettext("Not compared with other shorelines")
    each = [
        said.ngettext(
            "%(num)d shoreline says %(answer)s", "%(num)d shorelines say %(answer)s", len(one.coasts)
        )
        % {"num": len(one.coasts), "answer": one_of(said, one.zone, one.state)}
        for one in view.opinions
    ]
    return f"{said.gettext('In doubt:')} {comma(language).join(each)}"


def _neighbour(said: NullTranslations, view: View, language: str) -> str:
    """The boundary near, whether it is agreed, and how far it is."""
    near = view.neighbour
    if near is None:
        return ""
    names = [said.gettext(STATE_NAMES[state]) for state in near.states]
    if len(names) == 1:
        name = said.gettext("Boundary with %(state)s") % {"state": names[0]}
    else:
        name = said.gettext("Boundary %(one)s - %(other)s") % {"one": names[0], "other": names[1]}
    directions = {
        "north": said.gettext("north"), "northeast": said.gettext("northeast"),
        "east": said.gettext("east"), "southeast": said.gettext("southeast"),
        "south": said.gettext("south"), "southwest": said.gettext("southwest"),
        "west": said.gettext("west"), "northwest": said.gettext("northwest"),
    }  # fmt: skip
    statuses = {
        PROVISIONAL: said.gettext("not agreed, drawn midway"),
        AGREED_RECONSTRUCTED: said.gettext("agreed, its course reconstructed"),
    }
    miles = said.gettext("%(nm)s nm") % {"nm": number(near.distance_nm, 1, language)}
    status = statuses.get(near.status, said.gettext("agreed"))
    return f"{name}{comma(language)}{miles} {directions[near.direction]}: {status}."


def _shorelines(said: NullTranslations, view: View) -> Table | None:
    if not view.opinions:
        return None
    return Table(
        title=said.gettext("Which shoreline says what"),
        heads=(said.gettext("Shoreline"), said.gettext("Answer")),
        kinds=(NARROW, ""),
        rows=tuple(
            (isolated(coast), zone_of_state(said, one.zone, one.state))
            for one in view.opinions
            for coast in one.coasts
        ),
    )


def _law(
    said: NullTranslations, articles: tuple[str, ...], boundary: tuple[str, ...], reserves: tuple[str, ...]
) -> list[str]:
    where = said.gettext("Its text: %(address)s") % {"address": isolated(CONVENTION_ADDRESS)}
    own_words = f"{said.gettext('(In our words.)')} {where}."
    return [*(f"{one} {own_words}" for one in articles), *boundary, *reserves]


def _of_the_data(record: Mapping[str, Any], view: View, language: str) -> InWords:
    """What the data say of the boundary near, and of the doubt here: sources are quoted, not translated."""
    texts = [record[name] for name in ("caveat", "hint") if record[name]]
    line = view.neighbour.feature.properties if view.neighbour is not None else None
    if language == ENGLISH:
        basis = [f"{line.get('states')}: {line.get('basis')} ({line.get('basis_source')})."] if line else []
        return InWords((), (*basis, *(plain(text, 1000) for text in texts)))
    found = in_words((one for text in texts for one in split(text)), language)
    if line is None:
        return found
    of_line, states = in_words((line["basis"], line["basis_source"]), language), line["states"]
    return InWords(
        (*(f"{isolated(states)}: {one}." for one in of_line.said), *found.said),
        (*(f"{states}: {one}." for one in of_line.in_english), *found.in_english),
    )


def _value(value: object) -> str:
    """As JSON has it, texts without quotation marks."""
    return value if isinstance(value, str) else write_json(value)
