"""The report of a what-if: an edition of own choices beside the usual one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from gettext import NullTranslations
from typing import Any

from api.atlas import Atlas
from api.batches.changes import moved_lines
from api.errors import TooMuchError
from api.languages.catalogues import messages
from api.languages.numbers import number, semicolon
from api.pages.sketch import WATER, sea_picture
from api.pages.wording import Wording
from api.reports.content import NUMBER, Content, Picture, Table
from api.reports.pictures import for_print
from api.reports.wording import frame, isolated, plain, sea_key, told
from api.texts.explanation import distance_of
from api.texts.words import KIND_NAMES
from zones.words import STATE_NAMES

MOST_ROWS = 1000
_WIDTH_CM = 8.8  # of each of two drawings


def content_of(atlas: Atlas, usual: Atlas, results: Mapping[str, Any], language: str) -> Content:
    """What the report of a what-if says.

    Raises `TooMuchError`: more areas and lines differ than a report has room for.
    """
    said = messages(language)
    differences = results["differences"] or {"areas": [], "lines": [], "straight_lines": []}
    rows = sum(len(differences[name]) for name in ("areas", "lines", "straight_lines"))
    if rows > MOST_ROWS:
        raise TooMuchError(
            f"{rows:,} areas and lines differ, at most {MOST_ROWS:,} stand in a report",
            limit=MOST_ROWS,
            unit="rows",
        )
    compared = said.gettext("Compared with edition %(name)s") % {"name": isolated(usual.name)}
    assumed = results["assumptions"]
    return Content(
        **frame(language, atlas.edition.metadata, said.gettext("What-if report")),
        facts=(),
        headline="" if assumed else said.gettext("A default edition"),  # else the banner says it
        pictures=tuple(_pictures(said, atlas, usual, Wording(language))),
        key_title=said.gettext("Key"),
        key=sea_key(said, atlas),
        beside=(),
        below=told(
            language, [f"{compared}.", said.gettext("The Convention is not in force; not for navigation.")]
        ),
        tables=tuple(_tables(said, differences, language)),
    )


def _pictures(said: NullTranslations, atlas: Atlas, usual: Atlas, words: Wording) -> Iterator[Picture]:
    titles = (said.gettext("Before: edition %(name)s"), said.gettext("After: edition %(name)s"))
    shown = (usual, atlas) if usual.name != atlas.name else (atlas,)
    for title, one in zip(titles, shown, strict=False):
        caption = title % {"name": isolated(one.name)}
        svg = for_print(sea_picture(one, WATER, None, words), _WIDTH_CM)
        yield Picture(svg, caption, caption)


def _tables(said: NullTranslations, differences: Mapping[str, Any], language: str) -> Iterator[Table]:
    heads = (
        said.gettext("Name"), said.gettext("Before"), said.gettext("After"), said.gettext("Gained"),
        said.gettext("Lost"),
    )  # fmt: skip
    for collection, title in (
        ("zones", said.gettext("Zones: areas in km²")),
        ("sectors", said.gettext("Sectors of the seabed: areas in km²")),
    ):
        rows = tuple(
            (
                _name(one, language),
                *(
                    number(one[key], 1, language)
                    for key in ("before_km2", "after_km2", "gained_km2", "lost_km2")
                ),
            )
            for one in differences["areas"]
            if one["collection"] == collection
        )
        if rows:
            yield Table(title, heads, ("", NUMBER, NUMBER, NUMBER, NUMBER), rows)
    if differences["straight_lines"]:
        yield _straight_lines(said, differences["straight_lines"], language)
    if differences["lines"]:
        yield _lines(said, differences, language)


def _name(one: Mapping[str, Any], language: str) -> str:
    """The name of an area or line that differs, as the page has it."""
    return Wording(language).told_apart(one["collection"], str(one["id"]), plain(one["name"]))


def _straight_lines(said: NullTranslations, lines: Sequence[Mapping[str, Any]], language: str) -> Table:
    rows = tuple(
        (
            isolated(plain(one["name"] or place)),
            said.gettext(STATE_NAMES[one["state"]]),
            said.gettext(KIND_NAMES[one["kind"]]),
            number(one["length_km"], 3, language),
            number(one["over_land_km"], 3, language) if "over_land_km" in one else "",
            number(one["offshore_m"] / 1000.0, 3, language),
            semicolon(language).join(
                number(one[end], 1, language) for end in ("snapped_start_m", "snapped_end_m")
            ),
        )
        for place, one in enumerate(lines, start=1)
    )
    heads = (
        said.gettext("Line"), said.gettext("State"), said.gettext("Kind"), said.gettext("Length, km"),
        said.gettext("Of it over land, km"),
        said.gettext("Farthest from the shore, km"), said.gettext("Ends moved to the shore by, m"),
    )  # fmt: skip
    return Table(said.gettext("Your lines"), heads, ("", "", "", NUMBER, NUMBER, NUMBER, NUMBER), rows)


def _lines(said: NullTranslations, differences: Mapping[str, Any], language: str) -> Table:
    def moved(one: Mapping[str, Any]) -> str:
        if one["moved_m"] is None:
            return said.gettext("in one of them only")
        return distance_of(said, one["moved_m"], 0.0, language)

    rows = tuple((_name(one, language), moved(one)) for one in moved_lines(differences))
    rows = rows or ((said.gettext("No line has moved."), ""),)
    within = {"metres": number(differences["moved_within_m"], 1, language)}
    notes = (
        said.gettext(
            "A line that ends elsewhere has moved by how far it reaches beyond. Distances are too small by "
            "at most %(metres)s m."
        ),
        said.gettext(
            "Lines that lie within %(metres)s m of where they lay are not listed, and strips along lines "
            "that are no wider count as neither gained nor lost: two drawings of one line may differ so much."
        ),
    )
    note = " ".join(one % within for one in notes)
    heads = (said.gettext("Line"), said.gettext("Moved"))
    return Table(said.gettext("Lines that have moved"), heads, ("", NUMBER), rows, note)
