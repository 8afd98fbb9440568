"""Sentences that the core says in English, in each language: known ones, with their parts filled in.

What is not known stays English.
"""

from __future__ import annotations

import re
from functools import cache

from api.languages.catalogues import messages
from api.languages.choice import ENGLISH
from api.languages.marks import to_translate
from api.languages.numbers import ISOLATED, number, own_digits, semicolon
from zones.words import STATE_NAMES

_ASSUMPTIONS = (
    to_translate("%(state)s %(breadth)s nm"),
    to_translate("straight baseline of %(state)s"),
    to_translate("closing line of %(state)s"),
    to_translate("line of harbour works of %(state)s"),
    to_translate("%(count)s straight baselines of %(state)s"),
    to_translate("%(count)s closing lines of %(state)s"),
    to_translate("%(count)s lines of harbour works of %(state)s"),
    to_translate("artificial land counts as coast"),
    to_translate("own treaty points of %(pair)s"),
    to_translate("no effect of %(name)s"),
    to_translate("half effect of %(name)s"),
    to_translate("full effect of %(name)s"),
    to_translate("effect %(share)s of %(name)s"),
)
_CAVEATS = (
    to_translate("Within the coastline's accuracy (%(accuracy)s m) of the shore."),
    to_translate("Within the coastline's accuracy (%(accuracy)s m) of the limit."),
    to_translate("Land that fell dry below -28.0 m is still water in law."),
    to_translate(
        "No straight baselines of %(state)s are in use (none published with coordinates); "
        "bays, harbours and river mouths are as the shoreline source draws them."
    ),
    to_translate(
        "The closing line of Kara-Bogaz-Gol is constructed here, and its outline is the same in every coast, "
        "so that coasts cannot be compared."
    ),
    to_translate("Not compared with %(names)s: %(reason)s."),
)
_REASONS = (
    to_translate("straight lines of this edition do not fit there"),
    to_translate("artificial land of this edition is not drawn there"),
)
_HINTS = (
    to_translate(
        "longitude and latitude look swapped: longitude %(lon)s, latitude %(lat)s lies in the Caspian"
    ),
    to_translate("0, 0 is what many receivers and programs write where they have no position"),
)
_LEGAL_BASES = (
    to_translate("Convention, Art. 1 and 5: waters landward of the baseline"),
    to_translate("Convention, Art. 1 and 5: beyond the outer limits of the fishery zones"),
    to_translate("Convention, Art. %(first)s and %(second)s"),
    to_translate("Convention, Art. %(article)s"),
)
_OF_EDITIONS = (
    to_translate(
        "Signed at Aktau on 12 August 2018. Not in force on 15 December 2025, the date of our knowledge: "
        "Turkmenistan, Kazakhstan, Azerbaijan and Russia had ratified, Iran had not (Art. 22 asks for "
        "all five)."
    ),
)
# Why a text is no position; rarer reasons stay English.
_POSITIONS = (
    to_translate("%(text)s is not understood"),
    to_translate("it is empty"),
    to_translate("it is longer than %(count)s characters"),
    to_translate("there is no number in it"),
    to_translate("there is one number in it, but a position has latitude and longitude"),
    to_translate("there are %(count)s hemisphere letters in it, two are enough"),
    to_translate("there are more than two parts in it"),
    to_translate("it can be read as %(pair)s and as four numbers; write decimal points"),
    to_translate("its commas can be read in two ways; write decimal points"),
    to_translate("it cannot be divided into a latitude and a longitude"),
    to_translate("it can be divided in several ways; put a comma between latitude and longitude"),
    to_translate(
        "it reads as one coordinate in degrees and minutes; a position has latitude and longitude "
        "(put a comma between them)"
    ),
    to_translate("a coordinate has at most degrees, minutes and seconds"),
    to_translate("%(axis)s %(degrees)s is beyond %(most)s degrees"),
    to_translate(
        "%(axis)s %(degrees)s is beyond %(most)s degrees; "
        "without the letters N, S, E, W the latitude comes first"
    ),
    to_translate("latitude"),
    to_translate("longitude"),
)
_COLLECTIONS = (
    to_translate("Legal zones of the Caspian Sea"),
    to_translate(
        "Internal waters, territorial waters and fishery zones of the five States and the common "
        "maritime space. Internal waters are empty but for Kara-Bogaz-Gol unless straight lines are "
        "given: none is agreed or published with coordinates that could be read."
    ),
    to_translate("Outer limits"),
    to_translate(
        "Outer limits of territorial waters and of fishery zones: the envelope of arcs from the baseline, "
        "within 0.1 m, vertices within 1 mm before they are rounded to 7 decimals."
    ),
    to_translate("Segments of the outer limits"),
    to_translate(
        "Arcs about a base point, and curves at the breadth from a straight part of the baseline, which no "
        "geodesic is: what each outer limit is made of, in its order, the belt on the left. Ends and centres "
        "have 9 decimals."
    ),
    to_translate("Known issues"),
    to_translate(
        "What is approximate where, with its effect in km² or metres and how that was measured; outlines are "
        "drawn around what is concerned. Who finds another one tells the operator of the service the "
        "position, the edition, the answer that was expected, and a source for it."
    ),
    to_translate("The shoreline is a proxy"),
    to_translate("No straight baselines"),
    to_translate("Land taken as artificial"),
    to_translate("Water equally far from two States"),
    to_translate("End of a land border"),
    to_translate("Line whose points are not known"),
    to_translate("Closing line constructed here"),
    to_translate("Baselines"),
    to_translate(
        "Normal baselines (a proxy shoreline of the -28.0 m line), straight baselines and closing lines, "
        "geodesics in pieces of at most 500 m; water on the left."
    ),
    to_translate("Boundaries in the water"),
    to_translate(
        "Lines between the waters of two States, where the belts of both reach: equidistance lines, "
        "equal to 1 mm at vertices before rounding and within 0.1 m along their edges."
    ),
    to_translate("Artificial land"),
    to_translate(
        "Artificial islands and installations that the coast source draws: they generate no baseline "
        "(Art. 7(2)). Safety zones of 500 m are the most that Art. 8(2) allows; none is known to be set up."
    ),
    to_translate("Sectors of the seabed"),
    to_translate(
        "Five sectors of the seabed without overlap or gap, Kara-Bogaz-Gol apart. A sector is as settled "
        "as the least settled of its edges."
    ),
    to_translate("Lines between the sectors"),
    to_translate(
        "Agreed lines from the treaties' own points, lines reconstructed between what is known of an "
        "agreement, and provisional lines of equidistance. A line that is merely claimed is shown on "
        "request."
    ),
    to_translate("All collections"),
)
# Islands, structures and lines, as the core names them.
_NAMES = (
    to_translate("Chechen"),
    to_translate("Tyuleniy"),
    to_translate("Kulaly"),
    to_translate("Morskoy"),
    to_translate("Ogurja Ada"),
    to_translate("Pirallahi"),
    to_translate("Chilov"),
    to_translate("Boyuk Zira"),
    to_translate("Xara Zira"),
    to_translate("Absheron islands"),
    to_translate("Neft Daslari (Oil Rocks)"),
    to_translate("channel spoil islets (13)"),
    to_translate("Kashagan D"),
    to_translate("Kashagan, second structure"),
    to_translate("Astara - Hasanqoli line"),
    to_translate("Kara-Bogaz-Gol"),
)
_PROCESS = (
    to_translate(
        "Lines that stand for the shore, their ends within 500 m of it. All lines and treaty points "
        "have at most %(count)s vertices."
    ),
)
# Why a choice of a what-if is refused; rarer reasons stay English.
_CHOICES = (
    to_translate("line %(line)s, row %(row)s: %(fault)s"),
    to_translate("position %(text)s: %(fault)s; one that can be read: %(example)s"),
    to_translate(
        "latitude %(lat)s, longitude %(lon)s is far from the sea; latitude comes first: %(position)s"
    ),
    to_translate("straight line %(line)s: %(fault)s"),
    to_translate("line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has %(name)s %(text)s, one of %(names)s is expected"),
    to_translate("a LineString is needed"),
    to_translate("a Feature is needed"),
    to_translate("the GeoJSON text is no Feature or FeatureCollection"),
    to_translate("the file is no text in UTF-8"),
    to_translate("longitude %(lon)s, latitude %(lat)s looks swapped: longitude comes first"),
    to_translate("%(count)s editions are being built or wait for it"),
    to_translate("there is no room left to keep a job"),
    to_translate("and %(count)s more"),
    to_translate("breadth of %(state)s is %(breadth)s nm: Article 7(1) allows more than 0 and at most 15"),
    to_translate(
        "breadth of %(state)s is %(breadth)s nm: below 0.25 nm no limit is drawn, for it would wind round "
        "every stone of the coast"
    ),
    to_translate("effect of %(name)s is %(share)s: it must be from 0 (none) to 1 (full)"),
    to_translate("%(state)s=%(text)s is not a number"),
)
_JOBS = (
    to_translate("waits for its turn"),
    to_translate("waits for its turn: %(count)s before it"),
    to_translate("begins"),
    to_translate("giving the shore to its States"),
    to_translate("walking limits and equidistance lines"),
    to_translate("dividing the seabed"),
    to_translate("certifying cells"),
    to_translate("drawing the atlas"),
    to_translate("done"),
    to_translate("comparing with the default edition"),
    to_translate("drawing the map"),
    to_translate("built"),
    to_translate("built before"),
    to_translate("dismissed"),
    to_translate("the process that worked at it ended before its end"),
)
_KNOWN = (
    *_ASSUMPTIONS, *_CAVEATS, *_REASONS, *_HINTS, *_LEGAL_BASES, *_OF_EDITIONS, *_COLLECTIONS, *_POSITIONS,
    *_NAMES, *_PROCESS, *_CHOICES, *_JOBS,
)  # fmt: skip
_ISOLATED_PARTS = (
    "name",
    "names",
    "pair",
    "lon",
    "lat",
    "text",
    "position",
    "example",
)  # names of the data, and coordinates
_SENTENCE = "fault"  # a part that is a sentence itself
_FORMS = {"line": "[0-9]+", "row": "[0-9]+"}  # of parts behind which a sentence follows
_DECIMAL = re.compile(r"\d{1,6}\.(\d{1,9})")
_PART = re.compile(r"%\((\w+)\)s")
_END = re.compile(r"(?<=\.) (?=[A-Z])")


def sentence(text: str, language: str) -> str:
    """One sentence of the core."""
    if language == ENGLISH or not text:
        return text
    said = messages(language)
    for message, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = {name: _part(name, part, language) for name, part in found.groupdict().items()}
            return own_digits(said.gettext(message) % parts, language)
    return said.gettext(text)


def _part(name: str, text: str, language: str) -> str:
    """A part of a sentence as the language has it, else as it is, names and coordinates isolated."""
    if name == _SENTENCE:
        return sentence(text, language)
    if name not in _ISOLATED_PARTS and (decimals := _DECIMAL.fullmatch(text)):
        return number(float(text), len(decimals[1]), language)
    said = messages(language).gettext(STATE_NAMES.get(text, text))
    return ISOLATED % text if said == text and name in _ISOLATED_PARTS else said


def sentences(text: str | None, language: str) -> str:
    """Sentences one after the other, as a caveat has them."""
    return " ".join(sentence(one, language) for one in _END.split(text or ""))


def assumed(assumptions: str | None, language: str) -> str:
    """What of an edition is not the default."""
    return semicolon(language).join(sentence(one, language) for one in (assumptions or "").split("; "))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each message with what it matches, those with most words of their own first."""
    ordered = sorted(_KNOWN, key=lambda message: -len(_PART.sub("", message)))
    return tuple((message, _pattern(message)) for message in ordered)


def _pattern(message: str) -> re.Pattern[str]:
    pieces = _PART.split(message)
    return re.compile(
        "".join(
            f"(?P<{piece}>{_FORMS.get(piece, '.+')})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        )
    )
