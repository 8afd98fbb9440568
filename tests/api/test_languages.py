"""Languages: which is chosen, that catalogues are whole, that pages say what they are in."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from api.languages.catalogues import messages, path_of
from api.languages.choice import LANGUAGES, accepted_language
from api.languages.messages import extracted

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
    assert sorted(map(str, used - known.keys())) == [], "missing: python -m api.languages.messages"
    assert sorted(map(str, known.keys() - used)) == [], "no longer used: python -m api.languages.messages"
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


@pytest.mark.parametrize("address", ["/vocabulary?lang=de", "/classify?lon=50&lat=42&lang=", "/docs?lang=EN"])
def test_unknown_language_is_a_problem(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["known"] == list(LANGUAGES)
