"""What the page and `explanation` say of positions is what ``/classify`` answers, in each language.

The page's answer is made in this process, as the route makes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import lxml.html
import numpy as np
import pytest
from flask import Flask, render_template
from flask.ctx import RequestContext
from flask.testing import FlaskClient

from api.http.hosts import ROOT
from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.languages.numbers import number
from api.pages.answer import View, opinions_of, view_of
from api.pages.rendering import _common
from api.pages.wording import Wording
from api.texts.explanation import explanation, zone_of_state
from api.texts.words import ZONE_NAMES
from tests.api.real import POSITIONS
from zones.words import AGREED, COMMON_MARITIME_SPACE, LAND, OUTSIDE_CASPIAN, PROVISIONAL

SEED, COUNT = 20261127, 2000
Record = dict[str, Any]
Said = Callable[[Record, str], lxml.html.HtmlElement]


@pytest.fixture(scope="module")
def app(real_client: FlaskClient) -> Flask:
    """The service, its default edition open."""
    real_client.application.extensions["atlases"].get()
    return real_client.application


@pytest.fixture(scope="module")
def records(app: Flask) -> list[Record]:
    """Of positions anywhere in and around the sea, each compared over all coasts."""
    random = np.random.default_rng(SEED)
    lon, lat = random.uniform(46.6, 54.9, COUNT), random.uniform(36.5, 47.2, COUNT)
    edition = app.extensions["atlases"].get().edition
    return list(edition.classify(lon=lon, lat=lat, compare=True).rows())


@pytest.fixture(scope="module")
def views(app: Flask, records: list[Record]) -> list[View]:
    atlas = app.extensions["atlases"].get()
    return [view_of(atlas, record) for record in records]


@pytest.fixture(scope="module")
def kinds(app: Flask, records: list[Record], views: list[View]) -> list[Record]:
    """A record of each kind: zone and State, doubt, status of the line near it and under it, sector."""
    edition = app.extensions["atlases"].get().edition
    found = {
        (
            record["zone"],
            record["state"],
            record["certain"],
            record["delimitation"],
            view.neighbour.status if view.neighbour else None,
        ): record
        for record, view in zip(records, views, strict=True)
    }
    usual = [edition.classify_one(lon=lon, lat=lat, compare=True) for lon, lat in POSITIONS.values()]
    return [*usual, *list(found.values())[:40]]


def request_for(app: Flask, language: str) -> RequestContext:
    """A request of the page in a language, as the edge hands it on."""
    root = {ROOT: "http://localhost/"}
    return app.test_request_context(f"/?lang={language}", environ_overrides=root)


@pytest.fixture
def said(app: Flask) -> Said:
    """The page's answer to a record in a language."""

    def rendered(record: Record, language: str) -> lxml.html.HtmlElement:
        with request_for(app, language):
            text = render_template(
                "answer_part.html", **_common(), record=record, given="as given", unreadable=None
            )
        return lxml.html.fromstring(text)

    return rendered


def text_of(answer: lxml.html.HtmlElement, selector: str) -> str:
    """The words of all elements that a path finds."""
    return " ".join(" ".join(one.text_content().split()) for one in answer.xpath(selector))


def heading_of(answer: lxml.html.HtmlElement) -> str:
    return text_of(answer, "//*[@id='headline']")


def test_no_answer_in_doubt_has_an_unqualified_headline(
    app: Flask, records: list[Record], views: list[View], said: Said
) -> None:
    """Where shorelines disagree all their answers stand in it; where no line is agreed, that it is not.

    A line that is not agreed and merely near is named beneath. Each kind of doubt occurs many times.
    """
    words = messages("en")
    counts = {"in doubt": 0, "divided": 0, "near": 0, "neither": 0}
    with request_for(app, "en"):
        context = {**_common(), "surroundings": lambda _: None}  # the drawing says nothing of doubt
        template = app.jinja_env.get_template("answer_part.html")
        for record, view in zip(records, views, strict=True):
            # Records of the same kind look alike but for their numbers: the plain ones are not all made.
            is_near = view.neighbour is not None and view.neighbour.status == PROVISIONAL
            is_plain = record["certain"] is not False and record["delimitation"] is None and not is_near
            if is_plain:
                counts["neither"] += 1
                continue
            text = template.render(**context, record=record, given="", unreadable=None)
            answer = lxml.html.fromstring(text)
            heading, beneath = heading_of(answer), text_of(answer, "//p[contains(@class, 'near')]")
            assert answer.xpath("//article/@data-said")[0] in heading
            if record["certain"] is False:
                counts["in doubt"] += 1
                assert " or " in heading
                assert "In doubt:" in text_of(answer, "//p[contains(@class, 'in-doubt')]")
                for one in opinions_of(record["by_coast"]):
                    name = zone_of_state(words, one.zone, None if one.zone == LAND else one.state)
                    assert name.partition(" of ")[0].lower() in heading.lower(), (heading, one)
            elif record["delimitation"] == PROVISIONAL:
                counts["divided"] += 1
                assert "up to a line that is not agreed" in heading
            if is_near or record["delimitation"] == PROVISIONAL:
                counts["near"] += 1
                assert "not agreed, drawn midway" in beneath
            elif record["delimitation"] is not None:
                assert "agreed" in beneath
    assert min(counts.values()) >= 10, counts
    assert sum(counts[name] for name in ("in doubt", "divided", "neither")) <= COUNT


def numbers_of(pattern: str, text: str) -> tuple[str, ...] | None:
    """The numbers that stand in a message's places, as they are written."""
    parts = re.split(r"%\(\w+\)s", pattern)
    found = re.search(r"([\d۰-۹.,٫٬\s\u00a0\u202f]+?)".join(map(re.escape, parts)), text)
    return found.groups() if found else None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_classify_answers(kinds: list[Record], said: Said, language: str) -> None:
    words, plain = messages(language), Wording(language)
    distance = words.gettext("%(nm)s nm (%(km)s km) from the baseline")
    told = 0
    # All in English, in the other languages a third of them each, not the same ones.
    for record in kinds if language == "en" else kinds[LANGUAGES.index(language) % 3 :: 3]:
        answer = said(record, language)
        (article,) = answer.xpath("//article")
        assert article.get("data-zone") == record["zone"]
        assert (float(article.get("data-lon")), float(article.get("data-lat"))) == (
            record["lon"],
            record["lat"],
        )
        heading = heading_of(answer).lower()
        view = view_of(None, record)
        assert article.get("data-doubt") == view.doubt
        for one in view.opinions:
            if record["certain"] is False:
                assert plain.said(ZONE_NAMES[one.zone]).lower() in heading
        if record["certain"] is not False and record["zone"] != COMMON_MARITIME_SPACE:
            assert zone_of_state(words, record["zone"], record["state"]).lower() in heading
        cells = [(one.xpath("th")[0].text, one.xpath("td")[0].text) for one in _rows(answer)]
        coasts = [
            (coast, zone_of_state(words, one.zone, one.state))
            for one in view.opinions
            for coast in one.coasts
        ]
        assert cells == coasts
        if view.is_water:
            written = numbers_of(distance, text_of(answer, "//ul[contains(@class, 'distances')]"))
            spread = record["coast_spread_m"]
            decimals = 1 if spread is None else 2 - (spread >= 185.2) - (spread >= 5 * 1852)
            metres = record["baseline_distance_m"]
            assert written == (
                number(metres / 1852, decimals, language),
                number(metres / 1000, max(decimals, 1), language),
            )
            told += 1
        if record["sector"] is not None:
            assert plain.state_name(record["sector"]) in text_of(answer, "//p[contains(@class, 'seabed')]")
    assert told > (20 if language == "en" else 6)


def _rows(answer: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The rows of the table of shorelines."""
    return list(answer.xpath("//details//table[not(contains(@class, 'facts'))]//tbody/tr"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_explanation_says_what_classify_answers(
    real_client: FlaskClient, kinds: list[Record], language: str
) -> None:
    words, plain = messages(language), Wording(language)
    for record in kinds[:: 3 if language != "en" else 1]:
        address = f"/classify?lon={record['lon']!r}&lat={record['lat']!r}"
        told = real_client.get(f"{address}&lang={language}").get_json()
        text = told.pop("explanation")
        assert told == real_client.get(address).get_json()
        assert text == explanation(told, language)
        assert not [part for part in _said_of(told, plain, words) if part not in text], text


def _said_of(record: Mapping[str, Any], plain: Wording, words: Any) -> set[str]:
    """What an explanation has to say of a record."""
    said = {zone_of_state(words, record["zone"], record["state"])}
    if record["sector"] is not None:
        said.add(plain.state_name(record["sector"]))
    if record["delimitation"] not in (None, AGREED) and record["zone"] != OUTSIDE_CASPIAN:
        said.add(plain.status_text(record["delimitation"]))
    return said


@pytest.mark.parametrize("language", LANGUAGES)
def test_far_from_the_sea_nothing_is_said_to_be_agreed(app: Flask, said: Said, language: str) -> None:
    """That all shorelines are far is true; nothing that one could doubt follows from it."""
    edition = app.extensions["atlases"].get().edition
    words = messages(language)
    for lon, lat in ((10.0, 45.0), (37.0, 43.0), (60.0, 42.0)):
        record = edition.classify_one(lon=lon, lat=lat, compare=True)
        assert (record["zone"], record["certain"]) == (OUTSIDE_CASPIAN, True)
        answer = said(record, language)
        doubt = text_of(answer, "//p[contains(@class, 'doubt')]")
        assert doubt == words.gettext("Far from every shoreline: nothing is in doubt")
        everything = lxml.html.tostring(answer, encoding="unicode")
        for count in (1, 4):
            agreed = words.ngettext(
                "The one shoreline compared says so", "All %(num)d shorelines agree", count
            )
            assert agreed % {"num": count} not in everything
        assert "✔" not in everything
        assert not answer.xpath("//details//table[not(contains(@class, 'facts'))]")
        assert len(answer.xpath("//ul[contains(@class, 'distances')]/li")) == 1


def test_the_keys_of_screen_and_sheet_have_every_line(app: Flask) -> None:
    """That is drawn: also baseline, outer limit and installations."""
    lines = (
        "outer limit",
        "baseline",
        "installation",
        "agreed, course reconstructed",
        "not agreed, drawn midway",
    )
    client = app.test_client()
    document = lxml.html.fromstring(client.get("/?position=40.1 49.97", headers={"Accept": "text/html"}).text)
    for key in ("//section[@aria-labelledby='key']", "//figure[contains(@class, 'around')]"):
        said = [one.text_content().strip() for one in document.xpath(f"{key}//ul[@class='key']/li")]
        for line in lines:
            assert said.count(line) == 1, (key, line)


def test_persian_has_its_own_commas_and_semicolons(kinds: list[Record], said: Said) -> None:
    """But for names and positions, which are from left to right, and what is quoted in English."""
    for record in kinds[::4]:
        answer = said(record, "fa")
        for apart in answer.xpath("//bdi | //*[@lang='en'] | //*[contains(@class, 'facts')] | //svg"):
            apart.drop_tag() if apart is answer else apart.getparent().remove(apart)
        for one in answer.xpath("//p[not(contains(@class, 'address'))] | //li"):
            assert not re.search(r"[\u0600-\u06ff][,;] ", one.text_content()), one.text_content()
