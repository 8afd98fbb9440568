"""What stands in a report, ready to be set: texts in one language, tables, drawings. Nothing is markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

POSITION, CROSSINGS, WHAT_IF = "position", "crossings", "what-if"  # the kinds of reports
NUMBER, NARROW = "number", "narrow"  # how a column stands; else as text that takes the room there is


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; ``kinds`` says of each column how it stands."""

    title: str
    heads: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as the text of an SVG file, with what a reader who does not see it is told."""

    svg: str
    text: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of the key: a patch of a colour, or a line with its width in points and its dashes."""

    text: str
    colour: str
    width: float = 0.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A report. All that is empty is left out."""

    language: str
    direction: str  # ``ltr`` or ``rtl``
    title: str
    facts: tuple[tuple[str, str], ...]  # what was asked: label and text
    headline: str
    edition: str
    edition_line: str
    signature: tuple[str, ...]  # what is to be filled in by hand
    notice: tuple[str, ...]
    of_pages: str  # with ``{page}`` and ``{pages}``
    numerals: str  # the digit 1 as the language writes it
    banner: str = ""  # that it is a what-if
    doubt: str = ""
    doubt_kind: str = ""  # ``agreed``, ``in-doubt``, ``uncompared``, ``far``
    pictures: tuple[Picture, ...] = ()
    key_title: str = ""
    key: tuple[Mark, ...] = ()
    beside: tuple[str, ...] = ()  # sentences beside the map
    beside_table: Table | None = None
    below: tuple[str, ...] = ()  # sentences below the map
    in_english: tuple[str, ...] = ()  # what is said in English alone
    tables: tuple[Table, ...] = ()
    fields_title: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # of the record, by their names
    again: str = ""  # how the answer is had again where no address holds all that was asked
    address_title: str = ""
    address: str = ""
    code: str = ""  # QR code of the address, as SVG
    is_one_page: bool = False  # letters get as small as that needs


@dataclass(frozen=True, slots=True)
class Report:
    """A report and what it carries: the record as programs get it, and what was asked of what."""

    content: Content
    record: dict[str, Any] = field(repr=False)
    about: dict[str, Any] = field(repr=False)
