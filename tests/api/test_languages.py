"""Languages: which is chosen, that catalogues are whole, that pages say what they are in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from api.languages.catalogues import messages, path_of
from api.languages.choice import LANGUAGES, accepted_language, known_language
from api.messages import extracted
from api.pages.towns import towns
from tests.api.translated import english_left
from zones.words import STATE_NAMES

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("RU", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-US,en;q=0.5,ru;q=0.8", "en"),
        ("de,fa;q=0.7,az;q=0.9", "az"),
        ("de, fr;q=0.5", "en"),
        ("kk;q=0", "en"),
        ("kk;q=0, tk;q=0.1", "tk"),
        ("en;q=0, *;q=0.5", "ru"),
        ("*", "en"),
        ("*;q=0.4, fa;q=0.3", "en"),
        ("az-Cyrl-AZ ; q=1.000", "az"),
        ("ru;q=2, kk;q=0.2", "kk"),
        ("ru;q=nan", "en"),
        ("ru;;q=1", "en"),
        (";,,=,\x00", "en"),
        ("kk;q=0.5,tk;q=0.5", "kk"),
        ("x" * 5000 + ",ru", "en"),
    ],
)
def test_header_chooses_language(header: str, language: str) -> None:
    assert accepted_language(header) == language


def _texts(of: str | Iterable[str]) -> list[str]:
    return [of] if isinstance(of, str) else list(of)


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_whole(language: str) -> None:
    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    template = extracted()
    known: dict[object, Message] = {message.id: message for message in catalogue if message.id}
    used = {message.id for message in template if message.id}
    assert sorted(map(str, used - known.keys())) == [], "missing: python -m api.messages"
    assert sorted(map(str, known.keys() - used)) == [], "no longer used: python -m api.messages"
    assert not catalogue.obsolete
    for message in known.values():
        assert not message.fuzzy, message.id
        texts, ids = _texts(message.string), _texts(message.id)
        assert len(texts) == (catalogue.num_plurals if len(ids) > 1 else 1), message.id
        for text in texts:
            assert text.strip(), f"not translated: {message.id}"
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(ids[-1])), text


def test_states_are_named_by_cldr() -> None:
    assert messages("kk").gettext("Russia") == "Ресей"
    assert messages("tk").gettext("Turkmenistan") == "Türkmenistan"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_follows_address(client: FlaskClient, language: str) -> None:
    response = client.get(f"/vocabulary?f=html&lang={language}", headers={"Accept-Language": "de"})
    assert response.headers["Content-Language"] == language
    assert {"Accept", "Accept-Language"} <= set(response.vary)
    written = "rtl" if language == "fa" else "ltr"
    assert f'<html lang="{language}" dir="{written}">' in response.text
    assert messages(language).gettext("Skip to the content") in response.text
    for other in LANGUAGES:
        assert f"/vocabulary?f=html&amp;lang={other}" in response.text
    assert f"/collections?lang={language}" in response.text


def test_page_follows_header_and_json_does_not(client: FlaskClient) -> None:
    headers = {"Accept-Language": "fa"}
    page = client.get("/vocabulary?f=html", headers=headers)
    assert page.headers["Content-Language"] == "fa"
    assert "?lang=fa" not in page.text.replace("&amp;", "&").replace("?f=html&lang=", "")
    value = client.get("/vocabulary?f=json", headers=headers)
    assert "Content-Language" not in value.headers
    assert "Accept-Language" not in value.headers["Vary"]
    assert value.data == client.get("/vocabulary?f=json").data


def test_problem_page_follows_header(client: FlaskClient) -> None:
    page = client.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert page.status_code == 404
    assert page.headers["Content-Language"] == "ru"
    assert '<html lang="ru" dir="ltr">' in page.text


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("RU", "ru"), ("ru-RU", "ru"), ("EN", "en"), ("en-GB", "en"), ("fa-IR", "fa"), ("az-Latn-AZ", "az"),
        ("KK-cyrl-kz", "kk"), ("tk%2DTM", "tk"),
    ],
)  # fmt: skip
def test_a_tag_is_read_without_regard_to_case_and_region(
    client: FlaskClient, tag: str, language: str
) -> None:
    page = client.get(f"/vocabulary?f=html&lang={tag}")
    assert page.headers["Content-Language"] == language
    assert f"lang={language}" in client.get(f"/?lang={tag}", headers={"Accept": "text/html"}).text
    asked = "/classify?lon=50.5&lat=42.5&lang="
    assert client.get(asked + tag).json == client.get(asked + language).json
    body = {"points": [[50.5, 42.5]]}
    answers = [client.post(f"/classify?lang={one}", json=body).json for one in (tag, language)]
    assert answers[0] == answers[1]
    assert client.get(f"/map.svg?lang={tag}").data == client.get(f"/map.svg?lang={language}").data


def test_tags_of_no_language_of_ours() -> None:
    for tag in ("", "e", "de", "rus", "ru_RU", "ru-", "-ru", "KK", "en--GB", "*", "x-ru"):
        assert known_language(tag) is None


@pytest.mark.parametrize(
    "address",
    [
        "/vocabulary?lang=de",
        "/classify?lon=50&lat=42&lang=",
        "/docs?lang=e",
        "/docs?lang=english",
        "/?lang=ru_RU",
    ],
)
def test_unknown_language_is_a_problem(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["known"] == list(LANGUAGES)


# Nothing stays English where it has words in the language

PAGES = (
    "/",
    "/?position=40.1 49.97",
    "/?position=46.2 49.3",
    "/?position=38.42 48.9",
    "/?position=49.97 40.1",
    "/?position=41.2 53.5",
    "/?position=here",
    "/?layer=seabed",
    "/classify?lon=49.97&lat=40.1",
    "/classify?lon=46.2&lat=49.3&compare=false",
    "/classify?lon=1",
    "/collections",
    "/collections/zones",
    "/collections/sector_boundaries",
    "/collections/zones/items",
    "/collections/limits/items?limit=2",
    "/collections/zones/items/territorial_waters-KAZ",
    "/collections/limits/items/fishery_zone-IRN",
    "/collections/baselines/items/normal-RUS",
    "/collections/boundaries/items/AZE-IRN",
    "/collections/installations/items/kashagan_d-1",
    "/collections/sectors/items/sector-TKM",
    "/collections/sector_boundaries/items/KAZ-RUS-1",
    "/collections/sector_boundaries/items/astara-hasanqoli",
    "/collections/limit_segments/items?limit=2",
    "/collections/limit_segments/items/territorial_waters-KAZ-1-2",
    "/collections/known_issues/items",
    "/collections/known_issues/items/reconstructed_line-sector-boundaries-AZE-KAZ",
    "/compare?position=40.1 49.97",
    "/collections/zones/schema",
    "/editions",
    "/downloads",
    "/vocabulary",
    "/conformance",
    "/docs",
    "/docs/try",
    "/processes",
    "/processes/edition",
    "/what-if",
    "/problems/busy",
    "/problems/no-such-job",
    "/jobs/nothing",
    "/nothing",
    "/collections?edition=dcw",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left(real_client: FlaskClient, path: str, language: str) -> None:
    address = f"{path}{'&' if '?' in path else '?'}lang={language}"
    page = real_client.get(address, headers={"Accept": "text/html"})
    assert page.headers["Content-Language"] == language
    assert english_left(page.text, language) == []


def test_english_that_is_left_would_be_seen(real_client: FlaskClient) -> None:
    page = real_client.get("/what-if?lang=ru", headers={"Accept": "text/html"}).text
    at = page.index("<h1>")
    for text in ("<p>Territorial waters</p>", '<p title="Build it"></p>', "<p>Новое слово: quite new</p>"):
        assert english_left(page[:at] + text + page[at:], "ru")
    assert not english_left(page[:at] + '<p lang="en">Territorial waters</p>' + page[at:], "ru")


def test_links_keep_the_language(real_client: FlaskClient) -> None:
    for path in ("/", "/what-if", "/processes/edition", "/editions", "/problems/busy"):
        page = real_client.get(f"{path}?lang=kk", headers={"Accept": "text/html"}).text
        assert "/what-if?lang=kk" in page
        assert not re.search(r'href="[^"]*/(?:what-if|editions|collections|docs)"', page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawn_map_has_names_in_its_language(real_client: FlaskClient, language: str) -> None:
    picture = real_client.get(f"/map.svg?lang={language}").text
    for town in towns(language):
        assert f">{town['name']}</text>" in picture
    for state in STATE_NAMES.values():
        assert f">{messages(language).gettext(state)}</text>" in picture
    page = real_client.get(f"/?lang={language}", headers={"Accept": "text/html"}).text
    assert json.dumps(towns(language)[0]["name"])[1:-1] in page  # for the map of the script
    assert ("map.svg?lang=" in page) == (language != "en")


def test_towns_are_named_as_cldr_names_them_where_it_does() -> None:
    zones = {
        "Baku": "Asia/Baku",
        "Astrakhan": "Europe/Astrakhan",
        "Atyrau": "Asia/Atyrau",
        "Aktau": "Asia/Aqtau",
    }
    places = {one["name"]: at for at, one in enumerate(towns())}
    known = 0
    for language in TRANSLATED:
        cities = Locale.parse(language).time_zones
        for name, zone in zones.items():
            city = cities.get(zone, {}).get("city")
            known += city is not None
            assert towns(language)[places[name]]["name"] == (city or name)
    assert known >= 16
