"""What is said in words equals the record, in each language, and doubt comes first."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest
from babel.numbers import parse_decimal

from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.texts.answer_text import answer_text
from api.texts.explanation import explanation, opinions, zone_of_state
from api.texts.headlines import headline
from api.texts.words import ZONE_NAMES
from coastlines.positions import format_position
from tests.api.conftest import Caspian
from zones.editions.store import Store
from zones.words import OUTSIDE_CASPIAN, STATE_NAMES

POSITIONS = (
    (49.97, 40.1),
    (50.2, 45.9),
    (49.9, 40.3),
    (51.0, 39.0),
    (10.0, 10.0),
    (49.5, 41.9),
    (52.0, 36.95),
)
_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫", "0123456789,.")


@pytest.fixture(scope="module")
def records(real_store: Store) -> list[dict[str, Any]]:
    edition = real_store.edition("osm")
    return [edition.classify_one(lon=lon, lat=lat, compare=True) for lon, lat in POSITIONS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_what_the_record_says(records: list[dict[str, Any]], language: str) -> None:
    said = messages(language)
    for record in records:
        text = explanation(record, language)
        isolated = f"\u2066{format_position(record['lon'], record['lat'])}\u2069"
        assert text.startswith(isolated)
        assert said.gettext(ZONE_NAMES[record["zone"]]) in text
        for name in ("state", "sector"):
            if record[name] is not None:
                assert said.gettext(STATE_NAMES[record[name]]) in text
        pattern = said.gettext("Distance to the baseline: %(distance)s.")
        before = pattern.partition("%(distance)s")[0]
        number = text.partition(before)[2].partition(" (")[0]
        words = said.gettext("%(nm)s nm (%(km)s km)").partition(" (")[0].replace("%(nm)s", "")
        written = number.replace(words, "")
        parsed = (
            float(written.translate(_PERSIAN).replace(",", ""))
            if language == "fa"
            else float(parse_decimal(written, locale=language))
        )
        assert parsed == pytest.approx(record["baseline_distance_nm"], abs=0.5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_doubt_is_said_without_doubt(real_store: Store, language: str) -> None:
    random = np.random.default_rng(20261127)
    lon, lat = random.uniform(46.6, 54.9, 2000), random.uniform(36.5, 47.2, 2000)
    compared = real_store.edition("osm").classify(lon=lon, lat=lat, compare=True).rows()
    alone = real_store.edition("osm").classify(lon=lon[:200], lat=lat[:200], compare=False).rows()
    said = messages(language)
    doubt = said.gettext("In doubt, the shorelines compared give different answers: %(listed)s.")
    uncompared = said.gettext("Not compared with other shorelines: %(answer)s.")
    counts = {True: 0, False: 0, None: 0}
    for record in (*compared, *alone):
        counts[record["certain"]] += 1
        after_position = explanation(record, language).partition("\u2069. ")[2]
        assert after_position.startswith(doubt.partition("%")[0]) == (record["certain"] is False)
        assert after_position.startswith(uncompared.partition("%")[0]) == (record["certain"] is None)
        if record["certain"] is False:
            for zone, _, _ in opinions(record):
                assert said.gettext(ZONE_NAMES[zone]) in after_position or zone == "land"
    assert min(counts.values()) > 50


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("compare", [True, False])
def test_a_line_that_is_not_agreed_qualifies_the_answer(
    real_store: Store, language: str, compare: bool
) -> None:
    """In the words of the page's headline, whether shorelines agree or were not compared."""
    record = real_store.edition("osm").classify_one(lon=49.0, lat=38.45, compare=compare)
    assert (record["certain"], record["delimitation"]) == (compare or None, "provisional")
    said = messages(language)
    answer = zone_of_state(said, record["zone"], record["state"])
    qualified = said.gettext("%(answer)s, up to a line that is not agreed") % {"answer": answer}
    assert f"{qualified}." in explanation(record, language)
    assert f"{answer}." not in explanation(record, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_headline_in_doubt_names_all_that_the_shorelines_say(
    records: list[dict[str, Any]], language: str
) -> None:
    said = messages(language)
    doubted = [record for record in records if record["certain"] is False]
    assert doubted
    for record in doubted:
        text = headline(said, record).lower()
        assert f" {said.gettext('or')} " in text
        for zone, state, _ in opinions(record):
            assert said.gettext(ZONE_NAMES[zone]).lower() in text or zone == "land"
            assert state is None or said.gettext(STATE_NAMES[state]).lower() in text
        if language == "en":
            assert headline(said, record) in answer_text(record).splitlines()


@pytest.mark.parametrize(
    ("language", "last"),
    [
        ("en", "or outside the Caspian Sea"),
        ("ru", "или вне Каспийского моря"),
        ("az", "və ya Xəzər dənizindən kənarda"),
        ("kk", "немесе Каспий теңізінен тыс"),
        ("tk", "ýa-da Hazar deňziniň daşynda"),
        ("fa", "یا بیرون از دریای خزر"),
    ],
)
def test_the_name_of_the_sea_keeps_its_capital_within_a_headline(language: str, last: str) -> None:
    record = {"certain": False, "by_coast": "osm, gshhg, dcw: land KAZ; osm-2017: outside_caspian"}
    assert headline(messages(language), record).endswith(f" {last}")


def test_opinions_are_those_of_the_record(records: list[dict[str, Any]]) -> None:
    for record in records:
        first = opinions(record)[0]
        assert first[:2] == (record["zone"], record["state"]) or record["zone"] in ("land", OUTSIDE_CASPIAN)
        assert (len(opinions(record)) == 1) == record["certain"]


def test_persian_digits_but_in_what_is_isolated(records: list[dict[str, Any]]) -> None:
    text = explanation(records[0], "fa")
    assert "\u206640°06.0000'N 049°58.2000'E\u2069" in text
    outside = "".join(part.partition("\u2069")[2] for part in text.split("\u2066"))
    assert not any(digit in outside for digit in "0123456789")


def test_many_are_explained(client: Any, caspian: Caspian, tmp_path: Path) -> None:
    body, ask = {"points": [[50.5, 42.5], [500, 42.5]]}, {"compare": "true", "lang": "fa", "fields": "zone"}
    answered = client.post("/classify", json=body, query_string=ask).json["results"]
    one = client.get("/classify?lon=50.5&lat=42.5&lang=fa").json["explanation"]
    assert answered[0]["explanation"] == one
    assert "explanation" not in answered[1]
    table = tmp_path / "in.csv"
    table.write_text("lon,lat\n50.5,42.5\n", encoding="utf-8")
    out = caspian("classify", str(table), "--compare", "--lang", "fa", "--fields", "zone").out
    assert next(csv.DictReader(out.splitlines()))["explanation"] == one
    target = tmp_path / "out.parquet"
    assert caspian("classify", str(table), "-o", str(target), "--compare", "--lang", "fa").code == 0
    assert pyarrow.parquet.read_table(target)["explanation"].to_pylist() == [one]
    assert client.post("/classify?lang=de", json=body).status_code == 400


def test_command_and_service_say_the_same(caspian: Caspian, client: Any) -> None:
    text = client.get("/classify?lon=50.5&lat=42.5&lang=ru").json["explanation"]
    assert caspian("classify", "50.5", "42.5", "--json", "--lang", "ru").json["explanation"] == text
    assert caspian("classify", "50.5", "42.5", "--lang", "ru").out.startswith(text)
    assert "explanation" not in client.get("/classify?lon=50.5&lat=42.5").json


def test_explanation_is_chosen_among_the_fields(caspian: Caspian, client: Any, tmp_path: Path) -> None:
    """In the language asked for, in English where none is; in its place among the others."""
    asked = "/classify?lon=50.5&lat=42.5"
    texts = {one: client.get(f"{asked}&lang={one}").json["explanation"] for one in LANGUAGES}
    assert len(set(texts.values())) == len(LANGUAGES)
    for language, text in texts.items():
        answer = client.get(f"{asked}&fields=explanation,zone&lang={language}").json
        assert list(answer.items()) == [("explanation", text), ("zone", "common_maritime_space")]
    assert client.get(f"{asked}&fields=explanation").json == {"explanation": texts["en"]}
    body = {"points": [[50.5, 42.5]]}
    ask = {"compare": "true", "fields": "explanation,zone"}
    for extra, text in (({"lang": "ru"}, texts["ru"]), ({}, texts["en"])):
        (row,) = client.post("/classify", json=body, query_string={**ask, **extra}).json["results"]
        assert list(row.items()) == [("explanation", text), ("zone", "common_maritime_space")]
    twice = client.get(f"{asked}&fields=explanation,explanation")
    assert (twice.status_code, client.get(f"{asked}&fields=explanations").status_code) == (400, 400)
    given = ("classify", "50.5", "42.5", "--json", "--fields", "explanation")
    assert caspian(*given, "--lang", "ru-RU").json == {"explanation": texts["ru"]}
    assert caspian(*given).json == {"explanation": texts["en"]}
    table = tmp_path / "in.csv"
    table.write_text("lon,lat\n50.5,42.5\n", encoding="utf-8")
    out = caspian("classify", str(table), "--compare", "--fields", "explanation", "--lang", "KK").out
    assert next(csv.DictReader(out.splitlines()))["explanation"] == texts["kk"]
