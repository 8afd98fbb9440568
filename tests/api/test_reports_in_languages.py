"""Reports in all six languages: nothing left in English, no name of a map cut off or upon another."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.etree
import matplotlib
import numpy as np
import pytest
import shapely
from PIL import ImageFont

from api.atlas import Atlas
from api.batches.crossings import answer_of, asked_of, cross_all, limits_of
from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.pages.map_layers import DASHES
from api.pages.sketch import SEABED, WATER, sea_picture
from api.pages.square_maps import Square, around_lines, around_position
from api.pages.towns import towns
from api.pages.wording import Wording
from api.processes.differences import results_of
from api.reports.content import Content
from api.reports.crossings import lines_of
from api.reports.making import crossings_report, position_report, what_if_report
from api.reports.wording import key_of
from api.settings import settings
from api.texts.json_text import read_json
from tests.api.real import POSITIONS
from tests.api.translated import english_among
from zones.editions.store import Edition, Store

ROUTE = Path(__file__).resolve().parents[2] / "examples" / "kuryk-baku-tanker.geojson"
AREA = {"type": "Polygon", "coordinates": [[[49, 38], [51, 38], [51, 42], [49, 42], [49, 38]]]}
TO_THE_EDGE = {"type": "LineString", "coordinates": [[50.9, 40.3], [52.95, 40.02]]}  # to a town by it
TO_THE_SOUTH = {
    "type": "LineString",
    "coordinates": [
        [49, 40.4],
        [49.97, 40.1],
        [51.5, 41.5],
        [53.5, 41.2],
        [52, 37.6],
        [49.2, 37.2],
        [60, 37],
    ],
}
FONT = ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 100)
NO_TEXTS = ("language", "direction", "edition", "doubt_kind", "in_english", "fields", "numerals", "code")
TURKMENBASHI = (40.02216, 52.95517)
SARI = (36.56332, 53.06009)
ASSUMED = "Kazakhstan 12 nm; half effect of Chilov"


@pytest.fixture(scope="module")
def edition(real_store: Store) -> Edition:
    return real_store.edition("osm")


def crossings_of(edition: Edition, geometry: dict[str, Any], language: str) -> Content:
    asked = asked_of(geometry, limits_of(settings()))
    (answer,) = cross_all(edition, asked, limits_of(settings()))
    value = answer_of(edition, asked, (answer,))
    (one,) = asked.geometries
    return crossings_report(Atlas(edition), answer, value, geometry=one, given="", language=language).content


def reports(edition: Edition, language: str) -> Iterator[Content]:
    atlas = Atlas(edition)
    for lon, lat in POSITIONS.values():
        record = edition.classify_one(lon=lon, lat=lat, compare=True)
        yield position_report(atlas, record, compare=True, given="", language=language).content
    for geometry in (read_json(ROUTE.read_bytes(), "route"), AREA):
        yield crossings_of(edition, geometry, language)
    results = {**results_of(edition, edition, {}), "inputs": None}
    yield what_if_report(atlas, atlas, results, language=language).content


def texts_of(content: Content) -> Iterator[str]:
    """All that is read of a report but what is English in every language."""
    values = dataclasses.asdict(content)
    for name in NO_TEXTS:
        del values[name]
    for table in (*values["tables"], *([values["beside_table"]] if values["beside_table"] else ())):
        del table["kinds"]
    for mark in values["key"]:
        yield mark["text"]
    for picture in values.pop("pictures"):
        yield from (picture["text"], picture["caption"])
        yield from (one.text or "" for one in lxml.etree.fromstring(picture["svg"].encode()).iter())
    del values["key"]
    yield from strings_of(values)


def strings_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings_of(one)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_nothing_is_left_in_english(edition: Edition, language: str) -> None:
    for content in reports(edition, language):
        left = english_among([one for one in texts_of(content) if one], language)
        assert not left, content.title


def boxes_of(svg: str) -> tuple[tuple[float, float], list[tuple[str, tuple[float, float, float, float]]]]:
    """The size of a drawing, and left, top, right and bottom of its names, as DejaVu Sans sets them."""
    root = lxml.etree.fromstring(str(svg).encode())
    _, _, width, height = (float(one) for one in root.get("viewBox").split())
    boxes = []
    for one in root.iter("{*}text"):
        if one.get("class") == "what-if":  # within its frame
            continue
        size, x, y = (float(one.get(name)) for name in ("font-size", "x", "y"))
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[one.get("text-anchor", "start")]
        left, top, right, bottom = (share * size / 100 for share in FONT.getbbox(one.text, anchor=anchor))
        boxes.append((one.text, (x + left, y + top, x + right, y + bottom)))
    for one in root.iter("{*}rect"):
        if one.get("class") == "what-if":
            x, y, wide, high = (float(one.get(name)) for name in ("x", "y", "width", "height"))
            boxes.append(("what-if", (x, y, x + wide, y + high)))
    return (width, height), boxes


def cut_of(svg: str) -> list[str]:
    """Names that are not whole."""
    (width, height), boxes = boxes_of(svg)
    assert boxes
    return [
        name
        for name, (left, top, right, bottom) in boxes
        if left < 0 or top < 0 or right > width or bottom > height
    ]


def upon_each_other(svg: str) -> list[tuple[str, str]]:
    _, boxes = boxes_of(svg)
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


@pytest.mark.parametrize("layer", [WATER, SEABED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_the_whole_sea(
    edition: Edition, language: str, layer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(edition), "assumptions", ASSUMED)
    svg = sea_picture(Atlas(edition), layer, None, Wording(language))
    assert 'class="what-if"' in svg
    assert not cut_of(svg)
    assert not upon_each_other(svg)


def random_squares(edition: Edition, words: Wording, seed: int, count: int) -> Iterator[Square]:
    """Maps of as many positions and of as many routes, short and long."""
    atlas, random = Atlas(edition), np.random.default_rng(seed)
    for lon, lat in random.uniform((46.5, 36.3), (55.0, 47.4), (count, 2)).tolist():
        record = edition.classify_one(lon=lon, lat=lat)
        square = around_position(atlas, record, words, has_towns=True)
        if square is not None:
            yield square
    for _ in range(count):
        places = random.uniform((47.0, 36.5), (55.0, 47.0), (random.integers(2, 8), 2))
        line = places[0] + (places - places[0]) * random.uniform(0.1, 1.0)
        yield around_lines(atlas, [line], is_area=False, words=words)


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
def test_names_of_a_map_that_is_cut_out(edition: Edition, language: str) -> None:
    names = 0
    for square in random_squares(edition, Wording(language), seed=11, count=60):
        assert not cut_of(square.svg)
        assert not upon_each_other(square.svg)
        assert "°E" in square.svg
        assert "°N" in square.svg
        names += square.svg.count("<text")
    assert names > 120 * 5  # most are there


def square_along(edition: Edition, line: dict[str, Any], words: Wording) -> Square:
    asked = asked_of(line, limits_of(settings()))
    (answer,) = cross_all(edition, asked, limits_of(settings()))
    return around_lines(Atlas(edition), lines_of(answer), is_area=False, words=words)


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
@pytest.mark.parametrize(("line", "lat_lon"), [(TO_THE_EDGE, TURKMENBASHI), (TO_THE_SOUTH, SARI)])
def test_a_town_by_the_edge_is_named(
    edition: Edition, language: str, line: dict[str, Any], lat_lon: tuple[float, float]
) -> None:
    words = Wording(language)
    svg = square_along(edition, line, words).svg
    assert not cut_of(svg)
    (named,) = (one["name"] for one in towns(language) if (one["lat"], one["lon"]) == lat_lon)
    assert named in svg


def in_the_frame(svg: str) -> tuple[set[tuple[str, str | None]], set[str], bool]:
    """Zones with their States of which something lies in a drawing, dashes of such boundaries, any limits."""
    root = lxml.etree.fromstring(str(svg).encode())
    frame = shapely.box(*(float(one) for one in root.get("viewBox").split()))
    zones, dashes, has_limits = set(), set(), False
    for one in root.iter("{*}path"):
        kind, *names = one.get("class", "other").split()
        if kind not in ("zone", "line"):
            continue
        parts = []
        for moves in one.get("d").split("M")[1:]:
            numbers = np.array([float(number) for number in re.findall(r"-?\d+", moves)]).reshape(-1, 2)
            points = np.cumsum(numbers, axis=0)
            parts.append(shapely.LineString(points) if kind == "line" else shapely.Polygon(points))
        if not any(shapely.relate_pattern(part, frame, "T********") for part in parts):
            continue
        if kind == "zone":
            zones.add((names[0], names[1] if len(names) > 1 else None))
        elif names == ["boundaries"]:
            dashes.add(one.get("stroke-dasharray", ""))
        has_limits |= names == ["limits"]
    return zones, dashes, has_limits


def test_a_key_explains_what_its_map_shows(edition: Edition) -> None:
    words, said = Wording(), messages("en")
    squares = [square_along(edition, TO_THE_SOUTH, words)]
    squares += random_squares(edition, words, seed=12, count=60)
    for square in squares:
        zones, dashes, has_limits = in_the_frame(square.svg)
        assert set(square.zones) == zones
        assert {DASHES.get(status, "") for status in square.statuses} == dashes
        key = [mark.text for mark in key_of(said, square)]
        assert len(key) == len(zones) + len(dashes) + has_limits
        assert ("outer limit" in key) == has_limits
