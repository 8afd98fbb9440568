"""Each sentence is taken for the message that it is of, alone and within others, whatever users write."""

from __future__ import annotations

import json
import re

import lxml.html
import pytest
from flask.testing import FlaskClient

from api.languages.choice import LANGUAGES
from api.texts.known_sentences import KNOWN, LABELS
from api.texts.sentences import Explained, explained, sentence

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
_PART = re.compile(r"%\((\w+)\)s")
_DEEP_ENOUGH = "it is longer than 300 characters"
# Hold a sentence before them, so that either can hold the other.
_AT_THE_END = (
    "%(fault)s; the parameters lon_column and lat_column choose, or position_column",
    '%(fault)s; send {"points": [[lon, lat], ...]} or GeoJSON points',
)
_VALUES = {
    **dict.fromkeys(("line", "row", "column", "number"), "3"),
    **dict.fromkeys(("count", "most", "length", "metres"), "12,000"),
    **dict.fromkeys(("lon", "end_lon", "shore_lon"), "49.50000"),
    **dict.fromkeys(("lat", "end_lat", "shore_lat"), "40.25000"),
    **dict.fromkeys(("breadth", "share", "accuracy", "start_m", "end_m", "degrees"), "12.5"),
    **dict.fromkeys(("first", "second", "article"), "7(1)"),
    "axis": "latitude",
    "called": "the body",
    "columns": "x, y",
    "example": "42°33.6'N 49°53.3'E",
    "fault": _DEEP_ENOUGH,
    "geometry": '{"type":"Point"}',
    "input": "Chilov",
    "island": "Xara Zira",
    "kinds": "text/csv, application/json or application/geo+json",
    "known": "lon, lat",
    "label": "line 1 of the GeoJSON",
    "level": "-28.0",
    "lines": "AZE-TKM and IRN-TKM",
    "name": "'own'",
    "names": "osm, gshhg",
    "other": "'its'",
    "other_label": "straight line 2",
    "other_state": "IRN",
    "pair": "AZE-TKM",
    "pairs": "AZE-IRN, AZE-KAZ",
    "parameter": "lon_column",
    "path": "/nothing",
    "position": "49 40",
    "quoted": "'a is exact; only .geojson is simplified'",
    "reason": "straight lines of this edition do not fit there",
    "setting": "CASPIAN_MAX_POINTS",
    "state": "KAZ",
    "states": "AZE and IRN",
    "text": "'no: number'",
    "what": "self-intersection",
    "where": "part 1, ring 2",
    "year": "2017",
}


def filled(message: str, **own: str) -> str:
    return message % {**_VALUES, **own}


def test_each_message_is_explained_by_itself() -> None:
    for message in KNOWN:
        found = explained(filled(message))
        assert found is not None, message
        assert found.message == message
        assert set(found.parts) == set(_PART.findall(message))


def test_each_message_is_found_within_each_that_holds_one() -> None:
    holding = [message for message in KNOWN if "%(fault)s" in message]
    assert len(holding) > 10
    for outer in holding:
        for inner in (message for message in KNOWN if message not in _AT_THE_END):
            found = explained(filled(outer, fault=filled(inner)))
            assert found is not None, (outer, inner)
            within = found.parts.get("fault")
            assert found.message == outer, (outer, inner)
            assert isinstance(within, Explained)
            assert within.message == inner, (outer, inner)


def test_labels_are_told_apart() -> None:
    for label in LABELS:
        found = explained(filled("%(label)s of %(state)s crosses itself", label=filled(label, name="own")))
        assert found is not None
        within = found.parts["label"]
        assert isinstance(within, Explained)
        assert within.message == label


OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
_LINE = {"line-0-state": "AZE", "line-0-kind": "straight", "line-0-line_type": "geodesic"}
# Addresses, and the beginning of what is said of them in Russian, without the marks that isolate.
ADDRESSES = (
    (
        "/classify?position=x%20is%20neither%20a%20route%20nor%20an%20area;%20needed%20is%20one%20of%20y",
        "место 'x is neither a route nor an area; needed is one of y': 'x' непонятно",
    ),
    ("/classify?position=40%2050&fields=zone,zone", "fields: 'zone' задано дважды"),
    (
        "/a%20is%20exact;%20only%20.geojson%20is%20simplified",
        "по адресу /a%20is%20exact%3B%20only%20.geojson%20is%20simplified ничего нет",
    ),
    (
        "/downloads/osm/zones.gpkg?max-allowable-offset=0.01",
        "max-allowable-offset='0.01': формат GeoPackage точный; упрощается только .geojson",
    ),
    (
        "/collections/zones/items?filter=S_INTERSECTS(geometry)",
        "filter: s_intersects: аргументов нужно 2, задано 1",
    ),
    ('/collections/zones/items?filter=state="KAZ"', "filter: свойства KAZ нет; здесь известны: id"),
    ("/collections/zones/items?filter=Map=1", "filter: свойства Map нет; здесь известны: id"),
    ("/collections/zones/items?filter=Water=1", "filter: свойства Water нет; здесь известны: id"),
    (
        "/collections/zones/items?filter-lang=cql2-json&filter={",
        "filter='{': фильтр: это не JSON (ожидается имя в двойных кавычках), строка 1, столбец 2",
    ),
    (
        '/collections/zones/items?filter-lang=cql2-json&filter={"a":1,"a":2}',
        """filter='{"a":1,"a":2}': фильтр: имя 'a' стоит в одном объекте дважды""",
    ),
    ("/collections/zones/items?filter-lang=cql2-json&filter=NaN", "filter='NaN': фильтр: "),
    (
        "/collections/zones/items?filter=S_INTERSECTS(geometry,POINT(500 40))",
        ": координаты выходят за пределы WGS 84",
    ),
    ("/collections/zones/items?filter=S_INTERSECTS(geometry,LINESTRING(50 40))", "это не LINESTRING: "),
    ("/collections/zones/items?filter=Chilov=1", "filter: свойства Chilov нет; здесь известны: id"),
)


def _line(coordinates: object = None, **members: object) -> dict[str, object]:
    places = [[49.837, 40.313], [49.983, 40.331]] if coordinates is None else coordinates
    geometry = {"type": "LineString", "coordinates": places}
    own = {"state": "AZE", "kind": "straight"}
    return {"type": "Feature", "properties": own, "geometry": geometry, **members}


# GeoJSON lines of the form, and what is said of them.
FEATURES = (
    (_line([[50], [51, 40]]), "прямая линия 1: [50] — не место: нужно [долгота, широта]"),
    (_line("x"), 'прямая линия 1: "x" — не место: нужно [долгота, широта]'),
    (_line(properties=None), "прямая линия 1: properties указано как null, нужен объект"),
    (5, "прямая линия 1: 0 указано как 5, нужен объект"),
)
# What the core and jobs say, and how it begins.
SENTENCES = (
    ("the job failed: Xara Zira is not on this coast", "задание не удалось: Хара-Зиря: на этой"),
    (
        "straight lines 1 of AZE and Gulf of Baku and isles of AZE cross at 49.1, 40.2",
        "прямые линии 1 (Азербайджан) и Gulf of Baku and isles (Азербайджан) пересекаются",
    ),
    ("straight line Map of AZE crosses itself", "прямая линия Map (Азербайджан): "),
    ("straight line Chilov of AZE crosses itself", "прямая линия Chilov (Азербайджан): "),
    ("Chilov='x' is not a number", "Чилов='x' — не число"),
    ("IRN='x' is not a number", "Иран='x' — не число"),
    (
        "Provisional sector lines are crossed (AZE-KAZ, AZE-TKM-2): nothing is agreed there, and the States' "
        "own claims may differ.",
        "Пересекаются временные линии секторов (Азербайджан - Казахстан, Азербайджан - Туркменистан): там",
    ),
)


def _unmarked(text: str) -> str:
    """Without the marks that isolate, and the spaces of a page."""
    return " ".join(re.sub("[\u2066\u2069]", "", text).split())


@pytest.mark.parametrize(("address", "said"), ADDRESSES, ids=[address for address, _ in ADDRESSES])
def test_refusals_of_addresses(real_client: FlaskClient, address: str, said: str) -> None:
    page = real_client.get(address, headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert page.status_code in (400, 404)
    assert said in _unmarked(lxml.html.document_fromstring(page.text).text_content())


@pytest.mark.parametrize("row", ["foo", "40,5,50,3", "40°61'N 50E", "95 50"])
def test_refusals_of_rows(real_client: FlaskClient, row: str) -> None:
    said = _of_form(real_client, {**_LINE, "line-0-positions": row})
    assert said.startswith(f"линия 1, строка 1: место {row!r}: ")
    assert "row" not in said


@pytest.mark.parametrize(("feature", "said"), FEATURES, ids=[said for _, said in FEATURES])
def test_refusals_of_features(real_client: FlaskClient, feature: object, said: str) -> None:
    asked = {"geojson": json.dumps({"type": "FeatureCollection", "features": [feature]})}
    assert _of_form(real_client, asked) == said


def _of_form(client: FlaskClient, fields: dict[str, str]) -> str:
    answer = client.post("/what-if?lang=ru", data=fields, headers=OWN)
    assert answer.status_code == 400
    (item, *_) = lxml.html.document_fromstring(answer.text).findall(".//*[@role='alert']//li")
    return _unmarked(item.text_content()).partition(" (")[0]


@pytest.mark.parametrize("language", TRANSLATED)
def test_refusals_of_the_process(real_client: FlaskClient, language: str) -> None:
    for asked in (
        {"inputs": {"breadth": {"KAZ": "twelve"}}},
        {"inputs": {"breadth": {"XXX": 12}}},
        {"inputs": {"effects": {"Atlantis": 0}}},
        {"inputs": {"effects": {"Boyuk Zira": "half"}}},
        {"inputs": {"treaty_points": {"AZE-XXX": [[50, 40], [51, 41]]}}},
        {"inputs": {"keep_artificial": "x"}},
        {"inputs": {}, "response": "xx"},
        {"inputs": {}, "mode": "sync"},
    ):
        headers = {"Accept": "text/html", "Accept-Language": language}
        page = real_client.post("/processes/edition/execution", json=asked, headers=headers)
        assert page.status_code == 400
        main = lxml.html.document_fromstring(page.text).find(".//main")
        assert main is not None
        assert not main.findall(".//*[@lang='en']"), asked


@pytest.mark.parametrize(("text", "said"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_what_is_said_of_jobs(text: str, said: str) -> None:
    assert _unmarked(sentence(text, "ru")).startswith(said)


@pytest.mark.parametrize("header", ["Zone", "KAZ", "Map", "AZE-TKM", "none"])
def test_columns_keep_their_names(real_client: FlaskClient, header: str) -> None:
    asked = {"data": f"{header}\n1\n", "content_type": "text/csv"}
    headers = {"Accept": "application/json;q=0.9, text/html", "Accept-Language": "ru"}
    page = real_client.post("/classify", headers=headers, **asked)  # type: ignore[arg-type]
    assert f"найдено: {header}" in _unmarked(lxml.html.document_fromstring(page.text).text_content())


def test_a_sentence_that_is_no_assumption_stays_whole() -> None:
    text = "A treaty exists; its course is drawn for the agreed length, 57.0 nm"
    assert [explained(text), *(sentence(text, language) for language in TRANSLATED)] == [None, *[text] * 5]


def test_sentences_within_sentences_end() -> None:
    text = "the job failed: " * 20 + _DEEP_ENOUGH
    assert explained(text) is None
    assert explained("x" * 501) is None
