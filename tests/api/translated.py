"""What of a page is still English where it should be in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import lxml.html
from babel.messages.pofile import read_po

from api.languages.catalogues import path_of

SHOWN = ("alt", "aria-label", "aria-roledescription", "data-said", "placeholder", "title")
NOT_SAID = ("code", "script", "style")
# Languages in other letters than English, where an English word is seen by its letters.
OTHER_LETTERS = ("ru", "kk", "fa")
_WORD = re.compile(r"[A-Za-z]{2,}")
_ISOLATED = re.compile("\N{LEFT-TO-RIGHT ISOLATE}.*?\N{POP DIRECTIONAL ISOLATE}")
_AROUND = "()[]«».,:;!?…“”\"' \u2066\u2069"
# Proper names and words that are the same in every language.
_NAMES = frozenset(
    """Caspian zones GeoNames CC BY OpenStreetMap OSM contributors GSHHG DCW GMT IHO ISO UNCLOS WGS ODbL LGPL
    CSV PDF HTTP JSON GeoJSON GeoPackage GeoParquet Parquet Shapefile KML KMZ OpenAPI OGC API Features GDAL
    QGIS Swagger UI RFC SHA UTC LineString Feature FeatureCollection SRID Point Leaflet
    Accept Allow Expect AZE IRN KAZ RUS TKM GET HEAD POST DELETE Enter
    osm gshhg dcw zone kind status delimitation detail""".split()  # noqa: SIM905
)


def texts_of(html: str) -> list[str]:
    """What a reader sees or hears of a page that is not marked as English."""
    root = lxml.html.document_fromstring(html)
    found: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in NOT_SAID or _is_english(element):
            continue
        found += [value for name, value in element.items() if name in SHOWN]
        found += [element.text or ""] + [child.tail or "" for child in element]
        if element.tag == "meta" and element.get("name") == "description":
            found.append(element.get("content"))
    return [text for text in (" ".join(one.split()) for one in found) if text]


def _is_english(element: lxml.html.HtmlElement) -> bool:
    """Marked as English, or the name of a language in itself, or isolated as a name of the data."""
    for one in (element, *element.iterancestors()):
        if one.tag in ("code", "bdi", "mark") or (one.get("lang") and one.tag != "html"):
            return True
    return False


def english_left(html: str, language: str) -> list[str]:
    """Texts of a page that are messages in English, or have words in its letters where those are others."""
    texts = texts_of(html)
    assert texts
    return english_among(texts, language)


def english_among(texts: Sequence[str], language: str) -> list[str]:
    """As `english_left`, among texts that are there already."""
    left = [text for text in texts if text in _translated(language)]
    if language in OTHER_LETTERS:
        left += [text for text in texts if set(filter(_WORD.fullmatch, _words(text))) - _NAMES]
    return left


def _words(text: str) -> list[str]:
    """What stands between spaces, without marks around it; addresses and names of files are no words.

    Nor is what is isolated: names of the data, coordinates, and what the asker has written.
    """
    return [one.strip(_AROUND) for one in _ISOLATED.sub(" ", text).split()]


@cache
def _translated(language: str) -> frozenset[str]:
    """English messages that are another text in a language."""
    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    return frozenset(
        english
        for message in catalogue
        if message.id
        for english, said in zip(_both(message.id), _both(message.string), strict=False)
        if english != said
    )


def _both(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]
