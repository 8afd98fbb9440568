"""The words that all reports have in common, in the language of a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from gettext import NullTranslations
from typing import Any, NamedTuple

from api.atlas import Atlas
from api.colours import BOUNDARY_COLOUR, INK, hex_colour
from api.languages.catalogues import messages
from api.languages.choice import ENGLISH, direction
from api.languages.numbers import ISOLATED, own_digits
from api.pages.map_layers import DASHES
from api.pages.square_maps import Square
from api.reports.content import Mark
from api.reports.letters import in_letters
from api.reports.typesetting import fonts_of_texts
from api.texts.explanation import within_sentence, zone_of_state
from api.texts.geojson import NOTICE
from api.texts.sentences import assumed, is_known, sentence
from api.texts.words import STATUS_NAMES, ZONE_NAMES
from api.version import version
from coastlines.words import is_one_line
from zones.words import AGREED, AGREED_RECONSTRUCTED, PROVISIONAL, STATE_NAMES

CONVENTION_ADDRESS = "en.kremlin.ru/supplement/5328"
_LONGEST_SENTENCE = 1000
_LONGEST = 400  # of what users have written; the record that the report carries has all of it


def plain(text: object, most: int = _LONGEST) -> str:
    """What others have written: in one line of letters that can be shown, shortened.

    What turns the direction of writing is left out, what the fonts lack is replaced as `in_letters` says.
    """
    line = " ".join("".join(one if is_one_line(one) else " " for one in str(text)).split())
    line = in_letters(line, fonts_of_texts())
    return line if len(line) <= most else f"{line[: most - 2]} …"


class InWords(NamedTuple):
    """Sentences as a report says them, and those that it has in English alone."""

    said: tuple[str, ...]
    in_english: tuple[str, ...]


def in_words(sentences: Iterable[str], language: str) -> InWords:
    """Sentences that are English where they arise, told apart by whether another language has them."""
    lines = [(one, language != ENGLISH and is_known(one, language)) for one in sentences]
    return InWords(
        tuple(sentence(one, language) for one, known in lines if known),
        tuple(plain(one, _LONGEST_SENTENCE) for one, known in lines if not known),
    )


def isolated(text: object) -> str:
    """A code or number that stays left to right, in ASCII digits, in every language."""
    return ISOLATED % text


def one_of(said: NullTranslations, zone: str, state: str | None) -> str:
    """An answer as it stands in the middle of a sentence."""
    return within_sentence(said, zone_of_state(said, zone, state))


def line_name(said: NullTranslations, identity: str) -> str:
    """A limit or boundary by its id, the shore or a baseline, in words."""
    if identity == "shore":
        return said.gettext("the shore")
    if identity == "baseline":
        return said.gettext("the baseline")
    name, _, state = identity.rpartition("-")
    if name in ZONE_NAMES and state in STATE_NAMES:
        zone = said.gettext(ZONE_NAMES[name])
        return said.gettext("outer limit of the %(zone)s of %(state)s") % {
            "zone": within_sentence(said, zone),
            "state": said.gettext(STATE_NAMES[state]),
        }
    pair = identity.split("-")[:2]
    if len(pair) == 2 and all(one in STATE_NAMES for one in pair):
        one, other = (said.gettext(STATE_NAMES[code]) for code in pair)
        return said.gettext("boundary %(one)s - %(other)s") % {"one": one, "other": other}
    return isolated(identity)


def key_of(said: NullTranslations, square: Square) -> tuple[Mark, ...]:
    """What the colours and lines of a map mean, of those that it has."""
    return _key(said, square.zones, square.statuses, has_limits=square.has_limits)


def sea_key(said: NullTranslations, atlas: Atlas) -> tuple[Mark, ...]:
    """The same of the map of the whole sea."""
    zones = [
        (str(one.properties["zone"]), one.properties["state"])
        for one in atlas.edition.collections["zones"].features
    ]
    lines = atlas.edition.collections.get("boundaries")
    statuses = [str(one.properties["status"]) for one in lines.features] if lines else []
    return _key(
        said, sorted(dict.fromkeys(zones), key=lambda one: (one[1] or "", one[0])), statuses, has_limits=True
    )


def _key(
    said: NullTranslations,
    zones: Iterable[tuple[str, str | None]],
    statuses: Collection[str],
    *,
    has_limits: bool,
) -> tuple[Mark, ...]:
    patches = [Mark(zone_of_state(said, zone, state), hex_colour(zone, state)) for zone, state in zones]
    names = {
        AGREED: said.gettext("boundary, agreed"),
        AGREED_RECONSTRUCTED: said.gettext("agreed, course reconstructed"),
        PROVISIONAL: said.gettext("not agreed, drawn midway"),
    }
    lines = [
        Mark(names[status], BOUNDARY_COLOUR, 1.4, tuple(map(float, DASHES[status].split())))
        for status in names
        if status in statuses
    ]
    if has_limits:
        lines.append(Mark(said.gettext("outer limit"), INK, 0.7))
    return (*patches, *lines)


def status_name(said: NullTranslations, status: str | None) -> str:
    """A status in words; nothing where there is none."""
    return said.gettext(STATUS_NAMES.get(status, status)) if status else ""


def frame(language: str, metadata: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What stands in every report of an edition, by the names of `Content`."""
    said = messages(language)
    notice = [said.gettext(NOTICE), isolated(plain(metadata["attribution"]))]
    if language != ENGLISH:
        notice.insert(
            1,
            said.gettext(
                "This translation has not been reviewed by a native lawyer; the English text prevails."
            ),
        )
    names = {
        "name": isolated(metadata["edition"]),
        "hash": isolated(metadata["sha256"]),
        "version": isolated(version()),
    }
    assumptions = metadata["assumptions"]
    what = {"what": assumed(plain(assumptions), language)}
    return {
        "language": language,
        "direction": direction(language),
        "title": title,
        "edition": str(metadata["edition"]),
        "edition_line": said.gettext("Edition %(name)s, SHA-256 %(hash)s; software %(version)s") % names,
        "banner": said.gettext("What-if: %(what)s. Not the default.") % what if assumptions else "",
        "signature": (
            said.gettext("File number"),
            said.gettext("Date and time, UTC"),
            said.gettext("Name, signature"),
        ),
        "notice": tuple(notice),
        "of_pages": said.gettext("Page {page} of {pages}"),
        "numerals": own_digits("1", language),
    }


def told(language: str, sentences: Iterable[str]) -> tuple[str, ...]:
    """Sentences with digits as the language writes them, without those that are empty."""
    return tuple(own_digits(one, language) for one in sentences if one)
