"""Pages for people: whole, readable without script, escaped, and every link of them leads somewhere."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import create_app
from api.collections.related import feature_of_line, related_groups
from api.colours import HUES, STRENGTH, hex_colour
from api.http.problems import ALL_PROBLEMS
from api.openapi import FILES
from api.pages import sketch
from api.pages.answer import opinions_of
from api.pages.assets import modules_of, release
from api.pages.map_layers import DASHES
from api.pages.notations import decimal_position, seconds_position, short_position, tenths_position
from api.pages.picture import EXTENT, project, to_plane, to_position
from api.pages.sizes import SIZES
from api.pages.vocabulary import vocabulary
from api.pages.wording import Wording
from api.texts.words import STATUS_MEANINGS, ZONE_MEANINGS, ZONE_NAMES
from coastlines.positions import parse_position
from tests.api.fake_store import FakeEdition, FakeEditionInfo, FakeStore
from zones.words import ANSWERS, BASELINE_KINDS, STATE_NAMES, STATUSES

ROOT = Path(__file__).parents[2]

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSERS = {
    "Chrome": CHROME,
    "Edge": CHROME,
    "Firefox": FIREFOX,
    "Firefox of 2024": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/png,image/svg+xml,*/*;q=0.8",
    "Safari": FIREFOX,
    "Lynx": "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01",
}
PROGRAMS = {
    "curl": "*/*",
    "requests": "*/*",
    "no header": None,
    "GDAL": "application/geo+json, application/json",
    "GDAL, links": "application/json",
    "GDAL, document": "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, "
    "application/json",
    "QGIS": "application/json",
    "QGIS, items": "application/geo+json, application/json",
    "axios": "application/json, text/plain, */*",
    "JSON rather than HTML": "application/json, text/html;q=0.9",
}
PAGES = (
    "/",
    "/conformance",
    "/collections",
    "/collections/zones",
    "/collections/zones/schema",
    "/collections/zones/items",
    "/collections/zones/items/territorial_waters-AZE",
    "/classify?lon=48.2&lat=42",
    "/editions",
    "/downloads",
    "/vocabulary",
    "/problems/not-found",
)
ERRORS = {
    "/nothing-here": 404,
    "/collections/nothing": 404,
    "/collections/zones/items/nothing": 404,
    "/classify?lon=48.2": 400,
    "/classify?position=here": 400,
    "/classify?lon=200&lat=42": 400,
    "/collections?edition=nothing": 404,
    "/collections?colour=red": 400,
}

ENGLISH = Wording()
WITH_SCRIPT = ("/", "/docs/try", "/what-if")
CONVENTION = "en.kremlin.ru"  # where the Convention's text is published

_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Page(HTMLParser):
    """A page read strictly: every tag is closed in its order."""

    text: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(self.text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attribute twice in {tag}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> where {self.open[-1]} is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.words.setdefault(self.open[-1], []).append(data.strip())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def links(self) -> list[str]:
        """Addresses that the page leads to, places in the page itself left out."""
        return [one["href"] for one in self.all("a") if not one["href"].startswith("#")]


def page_of(response: TestResponse, *, scripts: bool | None = None) -> Page:
    """A page with what every page must have; scripts are at some paths, that of light and dark everywhere."""
    if scripts is None:
        scripts = response.request.path in WITH_SCRIPT
    assert response.content_type == "text/html; charset=utf-8"
    assert "Accept" in response.vary or response.status_code == 304
    page = Page(response.get_data(as_text=True))
    assert re.match(r'<!doctype html>\n<html lang="[a-z]{2}" dir="(ltr|rtl)">', page.text)
    assert page.words["title"][0]
    for tag in ("h1", "main", "header", "footer"):
        assert len(page.all(tag)) == 1, tag
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    identities = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert not [one for one, count in identities.items() if count > 1]
    for tag, attributes in page.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("aria-labelledby", "for"):
            assert set(attributes.get(name, "").split()) <= set(identities), attributes
    assert not page.all("style")
    assert all(one.get("src") for one in page.all("script"))
    assert scripts or [one["src"].rpartition("/")[2] for one in page.all("script")] == ["scheme.js"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert all(one.get("alt") is not None for one in page.all("img"))
    assert all(one.get("aria-label") for one in page.all("nav"))
    assert all(one.get("scope") in ("row", "col") for one in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    labelled = {one["for"] for one in page.all("label")}
    shown = [one for one in page.all("input") if one.get("type") != "hidden"]
    assert all(one.get("alt") or one["id"] in labelled for one in shown)
    assert all(one.get("alt") for one in shown if one.get("type") == "image")
    for one in page.all("svg"):
        assert one.get("aria-hidden") == "true" or (
            one["role"] in ("img", "group") and one["aria-labelledby"]
        )
    return page


def as_browser(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"Accept": FIREFOX})


# What a client gets


@pytest.mark.parametrize("path", PAGES)
def test_browsers_get_a_page(client: FlaskClient, path: str) -> None:
    for accept in BROWSERS.values():
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == 200
        page_of(response)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=list(PROGRAMS))
def test_programs_get_json(client: FlaskClient, path: str, program: str | None) -> None:
    response = client.get(path, headers={} if program is None else {"Accept": program})
    assert response.status_code == 200
    assert response.content_type.split(";")[0].endswith("json")
    assert response.get_json()
    assert "Accept" in response.vary


@pytest.mark.parametrize("path", PAGES)
def test_a_form_asked_for_by_name_wins(client: FlaskClient, path: str) -> None:
    sign = "&" if "?" in path else "?"
    as_page = client.get(f"{path}{sign}f=html", headers={"Accept": "application/json"})
    page = page_of(as_page)
    assert client.get(f"{path}{sign}f=json", headers={"Accept": FIREFOX}).is_json
    own = [link for link in page.links if "f=json" in link and urlsplit(link).path == urlsplit(path).path]
    assert client.get(own[0]).get_json()


@pytest.mark.parametrize("path", PAGES)
def test_an_unknown_form_is_refused_with_those_there_are(client: FlaskClient, path: str) -> None:
    sign = "&" if "?" in path else "?"
    response = client.get(f"{path}{sign}f=gml")
    assert response.status_code == 400
    report = ["pdf"] if path.startswith("/classify") else []
    assert response.get_json()["known"] == ["json", "html", *report]


@pytest.fixture(scope="module")
def followed() -> set[str]:
    """Links of pages of errors that have been followed: most are on each of them."""
    return set()


@pytest.mark.parametrize(("path", "status"), ERRORS.items())
def test_errors_reach_people_as_pages_and_programs_as_problems(
    client: FlaskClient, path: str, status: int, followed: set[str]
) -> None:
    problem = client.get(path)
    assert problem.status_code == status
    assert problem.content_type == "application/problem+json"
    assert "Accept" in problem.vary
    response = as_browser(client, path)
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    page = page_of(response)
    assert page.words["h1"] == [problem.get_json()["title"]]
    assert problem.get_json()["detail"] in page.words["p"]
    assert any(urlsplit(link).path == problem.get_json()["type"] for link in page.links)
    for link in set(page.links) - followed:
        assert as_browser(client, link).status_code == 200, link
        followed.add(link)


def test_other_methods_are_refused_to_browsers_too(client: FlaskClient) -> None:
    response = client.delete("/collections", headers={"Accept": FIREFOX})
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    page_of(response)


# Every page and every link


# Pages of one kind by the thousand, of which some will do.
MANY, FEW = "/collections/limit_segments/items", "/territorial_waters-AZE-1-1"


def crawl(client: FlaskClient, *, files: bool) -> dict[str, TestResponse]:
    """Everything that can be reached from the landing page by links of pages."""
    found: dict[str, TestResponse] = {}
    waiting = deque(["/"])
    seen = {"/"}
    while waiting:
        address = waiting.popleft()
        response = as_browser(client, address)
        assert response.status_code == 200, address
        found[address] = response
        if response.mimetype != "text/html":
            continue
        page = page_of(response)
        loaded = [one["href"] for one in page.all("link")] + [one["src"] for one in page.all("script")]
        for link in page.links + loaded:
            parts = urlsplit(link)
            if parts.netloc != "localhost":
                assert address.startswith("/conformance") or parts.netloc == CONVENTION, link
                continue
            # One edition is enough: a page is the same page under its full name. So is one language.
            asked = [one for one in parse_qsl(parts.query) if one[0] not in ("edition", "lang")]
            path = parts.path + (f"?{urlencode(asked)}" if asked else "")
            is_file = path.startswith("/downloads/")
            if path.startswith(f"{MANY}/") and not path.startswith(f"{MANY}{FEW}"):
                continue
            if path.startswith(f"{MANY}?") and "offset" in path:
                continue
            if path not in seen and (files or not is_file):
                seen.add(path)
                waiting.append(path)
    return found


@pytest.mark.whole
def test_all_links_of_all_pages_lead_somewhere(real_client: FlaskClient) -> None:
    found = crawl(real_client, files=False)
    pages = [address for address, response in found.items() if response.mimetype == "text/html"]
    assert len(pages) >= 150
    atlas = real_client.application.extensions["atlases"].get()
    for collection in atlas.edition.collections.values():
        for feature in collection.everything:
            path = f"/collections/{collection.id}/items/{feature.id}"
            assert path in found or path.startswith(MANY)
    assert f"{MANY}/territorial_waters-AZE-1-1" in found
    for name in ("/docs", "/vocabulary", "/editions", "/downloads", "/conformance", "/openapi.json"):
        assert name in found


def test_all_links_to_files_lead_to_files(client: FlaskClient) -> None:
    found = crawl(client, files=True)
    assert len([address for address in found if address.startswith("/downloads/")]) >= 5


def test_links_keep_the_edition(client: FlaskClient) -> None:
    page = page_of(as_browser(client, "/collections/zones?edition=gshhg"))
    to_features = [link for link in page.links if "/items/" in link]
    assert to_features
    assert all("edition=gshhg" in link for link in to_features)
    assert all(as_browser(client, link).status_code == 200 for link in page.links)


def test_links_follow_the_public_address(store: Any) -> None:
    client = create_app({"PUBLIC_URL": "https://zones.example/caspian"}, store=store).test_client()
    page = page_of(as_browser(client, "/collections/zones"))
    addresses = page.links + [one["href"] for one in page.all("link")]
    assert all(one.startswith(("https://zones.example/caspian/", "#")) for one in addresses)
    page = page_of(as_browser(client, "/"))
    assert {one["action"] for one in page.all("form")} == {"https://zones.example/caspian/"}


def test_a_page_needs_no_edition_that_can_be_opened() -> None:
    client = create_app(store=FakeStore(broken=True)).test_client()
    for path in (
        "/",
        "/vocabulary",
        "/docs",
        "/docs/try",
        "/editions",
        "/conformance",
        "/problems/not-found",
    ):
        page_of(as_browser(client, path))
    response = as_browser(client, "/collections")
    assert response.status_code == 503
    page_of(response)


# What pages say


def test_a_zone_page_tells_what_is_known_of_it(real_client: FlaskClient) -> None:
    page = page_of(as_browser(real_client, "/collections/zones/items/territorial_waters-KAZ"))
    record = real_client.get("/collections/zones/items/territorial_waters-KAZ").get_json()["properties"]
    assert page.words["h1"] == ["Territorial waters of Kazakhstan"]
    cells = dict(zip(page.words["th"], page.words["td"], strict=False))
    assert cells["Area"] == ENGLISH.number_text("area_km2", record["area_km2"])
    assert cells["State"] == "Kazakhstan (KAZ)"
    assert cells["Breadth"] == "15\N{NARROW NO-BREAK SPACE}nm"
    assert "KAZ-RUS: provisional; KAZ-TKM: agreed, course reconstructed" in page.words["td"]
    assert "Convention, Art. 7" in page.words["td"]
    assert "ODbL-1.0" in page.words["td"]
    assert any(STATUS_MEANINGS[record["status"]] == text for text in page.words["span"])
    for path in (
        "/collections/limits/items/territorial_waters-KAZ",
        "/collections/baselines/items/normal-KAZ",
        "/collections/boundaries/items/KAZ-RUS",
        "/collections/sectors/items/sector-KAZ",
        "/downloads",
    ):
        assert any(urlsplit(link).path == path for link in page.links), path
    files = {urlsplit(link).path for link in page.links if "/downloads/" in link}
    assert {
        f"/downloads/{record['edition']}/zones.{ending}" for ending in ("geojson", "gpkg", "kml")
    } <= files
    assert not any("territorial_waters-AZE" in link for link in page.links)


def test_a_classified_position_is_told_in_words(real_client: FlaskClient) -> None:
    page = page_of(as_browser(real_client, "/classify?lon=49.97&lat=40.1"))
    record = real_client.get("/classify?lon=49.97&lat=40.1").get_json()
    assert "Territorial waters of Azerbaijan" in page.words["h1"]
    text = " ".join(page.words["td"])
    assert f"{record['baseline_distance_nm']:,.3f} nm ({record['baseline_distance_m']:,.1f} m)" in text
    assert record["caveat"] in text
    assert "every coast compared gives this answer" in text
    assert "Sector of Azerbaijan" in text
    (nearest,) = [link for link in page.links if "/collections/limits/items/territorial_waters-AZE" in link]
    assert as_browser(real_client, nearest).status_code == 200
    (form,) = page.all("form")
    assert urlsplit(form["action"]).path == "/"
    fields = {one["name"]: one for one in page.all("input")}
    again = real_client.get("/classify", query_string={"position": fields["position"]["value"]}).get_json()
    assert again["zone"] == record["zone"]


@pytest.mark.parametrize(
    "position", ["lon=50.5&lat=42.5", "lon=47&lat=40", "lon=5&lat=5", "lon=52.9&lat=41.3"]
)
def test_every_kind_of_answer_has_a_page(real_client: FlaskClient, position: str) -> None:
    page = page_of(as_browser(real_client, f"/classify?{position}"))
    assert page.words["h1"]


def said(client: FlaskClient, position: str, **more: str) -> Page:
    """The answer alone, as the page's script gets it."""
    query = {"position": position, "part": "answer", **more}
    response = client.get("/", query_string=query, headers={"Accept": FIREFOX})
    assert response.status_code in (200, 400)
    return Page(response.get_data(as_text=True))


def doubt_of(page: Page) -> str:
    (answer,) = [one for _, one in page.tags if "answer" in one.get("class", "").split()]
    return answer["data-doubt"]


def test_states_of_the_page_are_the_addresses_of_its_documentation(real_client: FlaskClient) -> None:
    documented = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
    named = re.findall("`([a-z]+)=", documented.partition("Every state is an address")[2].partition("\n-")[0])
    assert set(named) == {"position", "layer", "lang", "edition"}
    values = {"position": "40.1 49.97", "layer": "seabed", "lang": "en", "edition": "osm"}
    for name in named:
        asked = real_client.get("/", query_string={name: values[name]}, headers={"Accept": "text/html"})
        assert asked.status_code == 200, name


def test_an_answer_on_the_page_says_its_doubt(real_client: FlaskClient) -> None:
    agreed = said(real_client, "40.1 49.97")
    assert doubt_of(agreed) == "agreed"
    assert "Territorial waters of Azerbaijan" in agreed.words["h2"]
    assert not [one for one in agreed.all("details") if "open" in one]
    near = said(real_client, "38.42 48.9")
    assert any("Boundary with" in text for text in near.words["a"])
    assert "not agreed, drawn midway" in near.words["strong"]
    assert doubt_of(said(real_client, "")) == "empty"


def test_no_answer_in_doubt_has_an_unqualified_headline(real_client: FlaskClient) -> None:
    """Of positions off all shores; each State and zone that a shoreline names stands in the headline."""
    numbers = np.random.default_rng(9)
    edition = real_client.application.extensions["atlases"].get().edition
    lon, lat = numbers.uniform(46.7, 54.5, 400), numbers.uniform(36.5, 47.2, 400)
    records = edition.classify(lon=lon, lat=lat, compare=True).rows()
    doubted = [one for one in records if one["certain"] is False][:40]
    assert len(doubted) == 40
    for record in doubted:
        page = said(real_client, f"{record['lat']:.9f} {record['lon']:.9f}")
        (headline,) = page.words["h2"]
        assert doubt_of(page) == "in-doubt"
        assert " or " in headline
        assert "In doubt:" in page.words["strong"]
        assert [one for one in page.all("details") if "open" in one]
        for opinion in opinions_of(record["by_coast"]):
            assert ZONE_NAMES[opinion.zone].lower() in headline.lower()
            assert opinion.state is None or STATE_NAMES[opinion.state] in headline


def test_a_position_that_looks_swapped_can_be_swapped(real_client: FlaskClient) -> None:
    page = said(real_client, "49.97 40.1")
    (swap,) = [one["href"] for one in page.all("a") if one.get("class") == "button"]
    assert doubt_of(page_of(as_browser(real_client, swap))) == "agreed"


def test_an_unreadable_position_stays_and_says_why(real_client: FlaskClient) -> None:
    response = as_browser(real_client, "/?position=40.1+fathoms")
    assert response.status_code == 400
    page = page_of(response)
    assert doubt_of(page) == "unreadable"
    assert next(one for one in page.all("input") if one["name"] == "position")["value"] == "40.1 fathoms"
    assert page.words["mark"]
    asked = [one["href"] for one in page.all("a") if "?position=" in one["href"]]
    forms = [one for one in asked if "fathoms" not in one]  # the page in other languages stays as it is
    assert len(forms) >= 3
    assert all(as_browser(real_client, one).status_code == 200 for one in forms)


@pytest.mark.parametrize("size", SIZES)
def test_a_press_on_the_drawn_map_becomes_an_address(real_client: FlaskClient, size: str) -> None:
    """The middle of a pixel is the position, to the tenth of a minute that is given."""
    width, height = SIZES[size]
    left, bottom, right, top = EXTENT
    for x, y in ((0, 0), (width // 2, height // 3), (width - 1, height - 1)):
        answer = as_browser(real_client, f"/?{size}.x={x}&{size}.y={y}&edition=osm&layer=seabed")
        assert answer.status_code == 303
        asked = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert (asked["edition"], asked["layer"]) == ("osm", "seabed")
        lon, lat = parse_position(asked["position"])
        across, up = to_plane(lon, lat)
        assert (across - left) / (right - left) * width == pytest.approx(x + 0.5, abs=0.1)
        assert (top - up) / (top - bottom) * height == pytest.approx(y + 0.5, abs=0.1)
        assert as_browser(real_client, answer.headers["Location"]).status_code == 200


def test_notations_can_be_read_back() -> None:
    for lon, lat in ((49.97, 40.1), (50.999999, 41.99999999), (-0.5, -36.25), (53.1234567, 37.7654321)):
        for form, within in (
            (short_position, 1e-6), (tenths_position, 1e-3), (decimal_position, 1e-6),
            (seconds_position, 2e-5),
        ):  # fmt: skip
            assert parse_position(form(lon, lat)) == pytest.approx((lon, lat), abs=within)
    assert short_position(49.97, 40.1) == "40°06.0'N 049°58.2'E"
    assert to_position(*to_plane(50.25, 39.75)) == pytest.approx((50.25, 39.75), abs=1e-12)


def test_files_of_pages_are_kept_for_ever(client: FlaskClient) -> None:
    page = page_of(as_browser(client, "/"))
    loaded = [one["href"] for one in page.all("link")] + [one["src"] for one in page.all("script")]
    assert len(loaded) == 7 + len(modules_of("main.js")) > 7
    for address in loaded:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/assets/{'0' * 16}/page.css").status_code == 404
    assert client.get(f"/assets/{release()}/nothing.js").status_code == 404
    assert "unsafe" not in as_browser(client, "/").headers["Content-Security-Policy"]


def test_problems_are_explained(client: FlaskClient) -> None:
    for slug, problem in ALL_PROBLEMS.items():
        assert problem.meaning
        assert client.get(f"/problems/{slug}").get_json()["description"] == problem.meaning
        assert problem.meaning in page_of(as_browser(client, f"/problems/{slug}")).words["p"]


def test_every_word_has_a_meaning() -> None:
    assert set(ZONE_MEANINGS) == set(ANSWERS)
    assert set(STATUS_MEANINGS) == set(STATUSES)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("area_km2", 20601.14033, "20,601 km²"),
        ("area_km2", 1.389263, "1.39 km²"),
        ("breadth_nm", 15.0, "15 nm"),
        ("breadth_nm", 12.5, "12.5 nm"),
        ("length_nm", 57.000001, "57.0 nm"),
        ("share_percent", 20.3232, "20.32 %"),
        ("breadth_m", 500.0, "500 m"),
        ("in_sums", False, "no"),
        ("states", "AZE-RUS", "Azerbaijan (AZE) and Russia (RUS)"),
        ("edges", "AZE-RUS agreed_reconstructed", "AZE-RUS: agreed, course reconstructed"),
        ("treaty", None, ""),
    ],
)
def test_values_in_words(name: str, value: object, text: str) -> None:
    assert ENGLISH.value_text(name, value).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


# Nothing from outside is markup


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "path",
    [
        "/{}",
        "/collections/{}",
        "/collections/zones/items/{}",
        "/problems/{}",
        "/downloads/osm/{}",
        "/docs/{}",
        "/classify?position={}",
        "/classify?lon={}&lat=1",
        "/collections?edition={}",
        "/collections?f={}",
        "/collections?{}=1",
        "/collections/zones/items?zone={}",
        "/collections/zones/items?bbox={}",
    ],
)
def test_what_a_client_sends_is_never_markup(client: FlaskClient, path: str) -> None:
    filled = path.replace("{}", urlencode({"": HOSTILE})[1:])
    response = as_browser(client, filled)
    assert response.status_code in (400, 404)
    page = page_of(response)
    assert not page.all("img")
    assert page.text.count("<script") == 1  # that of light and dark


class HostileEdition(FakeEdition):
    """An edition whose texts all hold markup."""

    def __init__(self, coast: str) -> None:
        super().__init__(coast)
        self.metadata = dict.fromkeys(self.metadata, HOSTILE) | {"coast": {"remark": HOSTILE}}
        self.collections = {
            name: replace(
                collection,
                title=HOSTILE,
                description=HOSTILE,
                features=tuple(
                    replace(one, properties={**one.properties, "name": HOSTILE, "reason": HOSTILE})
                    for one in collection.features
                ),
            )
            for name, collection in self.collections.items()
        }

    def _record(self, lon: float, lat: float, compare: bool) -> dict[str, Any]:
        return {**super()._record(lon, lat, compare), "caveat": HOSTILE, "legal_basis": HOSTILE}


class HostileStore(FakeStore):
    def edition(self, name: str = "osm", *, progress: Any = None) -> FakeEdition:
        return HostileEdition("osm")


def test_what_an_edition_holds_is_never_markup(tmp_path: Path) -> None:
    client = create_app(store=HostileStore(folder=tmp_path)).test_client()
    shown = 0
    for path in PAGES:
        page = page_of(as_browser(client, path))
        assert "<script>" not in page.text
        assert all("/assets/" in one["src"] or path == "/docs" for one in page.all("script"))
        assert not page.all("img")
        shown += "&lt;script" in page.text
    assert shown >= 6


# Maps


def drawing(client: FlaskClient, query: str = "") -> Page:
    response = client.get(f"/map.svg{query}")
    assert response.mimetype == "image/svg+xml"
    assert len(response.data) < 150_000
    return Page(response.get_data(as_text=True))


def test_the_key_links_to_every_zone(real_client: FlaskClient) -> None:
    page = page_of(as_browser(real_client, "/"))
    atlas = real_client.application.extensions["atlases"].get()
    linked = {urlsplit(link).path for link in page.links}
    zones = atlas.edition.collections["zones"].features
    assert {f"/collections/zones/items/{one.id}" for one in zones} <= linked


def test_the_map_draws_every_zone_in_its_colour(real_client: FlaskClient) -> None:
    atlas = real_client.application.extensions["atlases"].get()
    drawn = [one for one in drawing(real_client).all("path") if one.get("class", "").startswith("zone ")]
    assert len(drawn) == len(atlas.edition.collections["zones"].features)
    for one in drawn:
        _, zone, *state = one["class"].split()
        assert one["fill"] == hex_colour(zone, state[0] if state else None)
        assert one["d"].startswith("M")
    seabed = drawing(real_client, "?layer=seabed").all("path")
    assert len([one for one in seabed if one.get("class", "").startswith("zone sector")]) == 5


def test_boundaries_are_drawn_by_their_status(real_client: FlaskClient) -> None:
    page = drawing(real_client)
    atlas = real_client.application.extensions["atlases"].get()
    drawn = [one for one in page.all("path") if "boundaries" in one.get("class", "")]
    statuses = [one.properties["status"] for one in atlas.edition.collections["boundaries"].features]
    assert [one.get("stroke-dasharray", "") for one in drawn] == [DASHES[status] for status in statuses]
    shown = page_of(as_browser(real_client, "/")).all("path")
    key = {one["stroke-dasharray"] for one in shown if "stroke-dasharray" in one}
    assert key == {one for one in DASHES.values() if one}


def test_the_drawing_is_true_to_its_detail(real_client: FlaskClient) -> None:
    """Paths read back give the areas of the zones in the plane, as far as their detail allows."""
    page = drawing(real_client)
    atlas = real_client.application.extensions["atlases"].get()
    paths = {one["class"]: one["d"] for one in page.all("path") if one.get("class", "").startswith("zone ")}
    for feature in atlas.edition.collections["zones"].features:
        exact = shapely.area(shapely.transform(feature.geometry, project))
        path = paths[f"zone {feature.properties['zone']} {feature.properties['state'] or ''}"]
        area = sum(_ring_area(ring) for ring in path.split("z") if ring) * sketch._UNIT_M**2
        assert abs(area) == pytest.approx(exact, rel=0.01), feature.id


def _ring_area(ring: str) -> float:
    start, moves = ring[1:].split("l")
    x, y = (int(number) for number in start.split())
    numbers = [int(number) for number in re.findall(r"-?\d+", moves)]
    points = [(x, y)]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return (
        sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True))
        / 2
    )


def test_a_position_is_marked_on_its_map(real_client: FlaskClient) -> None:
    page = page_of(as_browser(real_client, "/classify?lon=50.5&lat=45.6"))
    (map_,) = [one for one in page.all("svg") if one.get("class") == "map"]
    _, _, width, height = (float(number) for number in map_["viewbox"].split())
    (place,) = [one for one in page.all("circle") if one.get("class") == "place"]
    assert (float(place["cx"]), float(place["cy"])) == (width / 2, height / 2)


def test_features_know_their_kin(real_client: FlaskClient) -> None:
    atlas = real_client.application.extensions["atlases"].get()

    def kin(collection: str, identity: str) -> set[str]:
        groups = related_groups(atlas, collection, atlas.feature(collection, identity))
        return {f"{group.collection}/{one.id}" for group in groups for one in group.features}

    assert {"limits/fishery_zone-AZE", "limits/territorial_waters-AZE"} <= kin("zones", "fishery_zone-AZE")
    assert "limits/fishery_zone-AZE" not in kin("zones", "territorial_waters-AZE")
    assert len(kin("zones", "common_maritime_space")) == 5
    assert kin("sector_boundaries", "AZE-IRN") >= {"sectors/sector-AZE", "sectors/sector-IRN"}
    assert "zones/common_maritime_space" in kin("limits", "fishery_zone-RUS")
    assert kin("boundaries", "AZE-RUS") >= {"zones/territorial_waters-AZE", "sector_boundaries/AZE-RUS"}
    assert feature_of_line(atlas, "AZE-RUS") is not None
    assert feature_of_line(atlas, "nothing") is None


# Colours


def test_text_has_contrast_by_day_and_by_night() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    css = (ROOT / "api/pages/static/page.css").read_text()
    by_day, by_night = (dict(re.findall(r"--(\w+): (#\w{6});", part)) for part in css.split(":root {")[1:3])
    for colours in (by_day, by_night):
        for ground in ("paper", "panel"):
            for text in ("ink", "quiet", "link", "mark"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["link"], colours["paper"]) >= 4.5  # the label of a button


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_key_has_the_colours_of_the_map(client: FlaskClient) -> None:
    css = (ROOT / "api/pages/static/page.css").read_text()
    by_day = css[: css.index("The map at night")]
    assert all(f".{state} {{ --hue: {hue}; }}" in by_day for state, hue in HUES.items())
    assert all(f".{kind} {{ --share: {share:.0%}; }}" in by_day for kind, share in STRENGTH.items())
    page = as_browser(client, "/classify?lon=48.1&lat=42").text
    assert all(
        f'class="patch {kind} {state}"' in page for kind in STRENGTH if kind != "sector" for state in HUES
    )
    by_night = css[css.index("The map at night") :]
    assert all(f".{state} {{ --hue:" in by_night for state in HUES)
    assert all(f".{kind} {{ --share:" in by_night for kind in STRENGTH)


# Documentation and vocabulary


def test_swagger_ui_loads_only_from_here(client: FlaskClient) -> None:
    response = as_browser(client, "/docs/try")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")
    page = page_of(response, scripts=True)
    loaded = [one["src"] for one in page.all("script")] + [one["href"] for one in page.all("link")]
    assert {urlsplit(one).netloc for one in loaded} == {"localhost"}
    assert len(loaded) == 6
    for address in loaded:
        file = client.get(address)
        assert file.status_code == 200
        assert file.mimetype in ("text/css", "text/javascript", "image/svg+xml")
        assert client.get(address, headers={"If-None-Match": file.headers["ETag"]}).status_code == 304
    (place,) = [attributes for _, attributes in page.tags if "data-document" in attributes]
    assert client.get(place["data-document"]).get_json()["openapi"].startswith("3.0")


@pytest.mark.parametrize("name", ["swagger-ui.js", "index.css", "..%2fREADME.md", "oauth2-redirect.html"])
def test_no_other_file_of_the_package_is_served(client: FlaskClient, name: str) -> None:
    assert name not in FILES
    assert client.get(f"/docs/{name}").status_code == 404


def test_the_documentation_has_every_operation_with_all_that_may_be_given(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json(force=True)
    text = as_browser(client, "/docs").get_data(as_text=True)
    shown = dict(re.findall(r'<h3 id="(\w+)"[^>]*><code>([^<]*)</code></h3>(?=)', text))
    parts = dict(re.findall(r'<h3 id="(\w+)"[^>]*>(.*?)</section>', text, re.DOTALL))
    count = 0
    for path, methods in document["paths"].items():
        for method in methods.keys() & {"get", "post", "put", "delete"}:
            count += 1
            operation = methods[method]
            assert shown[operation["operationId"]] == f"{method.upper()} {path}"
            part = parts[operation["operationId"]]
            assert all(f"<dt>{status}</dt>" in part for status in operation["responses"])
            for given in operation.get("parameters", ()):
                name = (
                    given.get("name")
                    or document["components"]["parameters"][given["$ref"].split("/")[-1]]["name"]
                )
                assert f"<code>{name}</code>" in part
    assert count == len(shown) > 30


def test_the_vocabulary_is_one_table(client: FlaskClient) -> None:
    assert (ROOT / "docs/vocabulary.md").read_text() == vocabulary_as_markdown()
    value = client.get("/vocabulary").get_json()
    terms = [one["term"] for group in value["groups"] for one in group["terms"]]
    assert {*ANSWERS, *STATUSES, *BASELINE_KINDS} <= set(terms)
    assert "No conformance" in value["conformance"]
    page = page_of(as_browser(client, "/vocabulary"))
    assert set(terms) <= set(page.words["code"])
    assert value["conformance"] in page.words["p"]


def vocabulary_as_markdown() -> str:
    table = vocabulary()
    lines = ["# Vocabulary", "", table["description"], "", f"**{table['conformance']}**", ""]
    lines += [table["checked"], "", "| Relation | Meaning |", "|---|---|"]
    lines += [f"| `{relation}` | {meaning} |" for relation, meaning in table["relations"].items()]
    for group in table["groups"]:
        lines += ["", f"## {group['title']}", "", f"{group['caption']}.", ""]
        lines += ["| Here | Meaning | IHO S-121 | ISO 19152-3 | Remark |", "|---|---|---|---|---|"]
        lines += [
            f"| `{one['term']}` | {one['meaning']} | {_cell(one['s121'])} | {_cell(one['iso19152_3'])} "
            f"| {one['remark'] or ''} |"
            for one in group["terms"]
        ]
    lines += ["", "## Sources", "", *(f"- {one}" for one in table["sources"])]
    return "\n".join(lines) + "\n"


def _cell(match: dict[str, str | None]) -> str:
    if not match["term"]:
        return "none"
    clause = f", {match['clause']}" if match["clause"] else ""
    return f"`{match['term']}` ({match['relation']}{clause})"


def test_no_page_shows_what_is_missing(client: FlaskClient) -> None:
    for path in PAGES:
        text = as_browser(client, path).get_data(as_text=True)
        assert not re.search(r">\s*(None|null|undefined)\s*<", text), path


def test_a_match_of_the_vocabulary_has_a_term() -> None:
    table = vocabulary()
    for group in table["groups"]:
        for one in group["terms"]:
            for match in (one["s121"], one["iso19152_3"]):
                assert match["relation"] in table["relations"]
                assert bool(match["term"]) == (match["relation"] != "none")
                assert match["term"] or not match["clause"]


# Editions


class StoreOfOwnEditions(FakeStore):
    """Two more editions of the default coast, one with every parameter of its own."""

    def editions(self) -> tuple[FakeEditionInfo, ...]:
        line = {"name": "Bay of one", "state": "AZE", "kind": "closing_line", "line_type": "geodesic"}
        chosen = {
            "breadth_nm": {"AZE": 15.0, "IRN": 15.0, "KAZ": 12.5, "RUS": 15.0, "TKM": 15.0},
            "straight_lines": [
                {**line, "snapped_start_m": 1.0, "closes_kara_bogaz_gol": False},
                {**line, "name": "Kara-Bogaz-Gol", "closes_kara_bogaz_gol": True},
            ],
            "keep_artificial": True,
            "effects": {"Chilov": 0.5},
            "treaty_points_given": ["AZE-RUS"],
            "assumptions": "Kazakhstan 12.5 nm; closing line of Azerbaijan; half effect of Chilov",
            "coast": {"level_m": -28.3, "level_note": "rough reading"},
        }
        return (
            *super().editions(),
            FakeEditionInfo("osm-11111111", "osm", "Coast osm", True, chosen),
            FakeEditionInfo("osm-22222222", "osm", "Coast osm", True, {"keep_artificial": False}),
        )


@pytest.mark.parametrize(
    ("default", "name"), [("osm", "osm-0123abcd"), ("osm-11111111", "osm-11111111"), ("dcw", "dcw-0123abcd")]
)
def test_one_edition_is_the_default(default: str, name: str) -> None:
    client = create_app({"EDITION": default}, store=StoreOfOwnEditions()).test_client()
    value = client.get("/editions").get_json()
    assert [one["name"] for one in value["editions"] if one["default"]] == [name]
    assert as_browser(client, "/editions").get_data(as_text=True).count("answers where none is named") == 1


def test_readiness_builds_nothing_because_of_another_edition_of_the_coast() -> None:
    class Unbuilt(StoreOfOwnEditions):
        def editions(self) -> tuple[FakeEditionInfo, ...]:
            return tuple(replace(one, built="-1111" in one.name) for one in super().editions())

        def edition(self, name: str = "osm", **_: Any) -> FakeEdition:
            raise AssertionError(f"{name} is built")

    answer = create_app(store=Unbuilt()).test_client().get("/health/ready")
    assert answer.status_code == 503


def test_editions_of_one_coast_can_be_told_apart() -> None:
    """Of those with choices of somebody's own the operator's alone is in the list: the default one."""
    client = create_app({"EDITION": "osm-11111111"}, store=StoreOfOwnEditions()).test_client()
    found = {one["name"]: one["parameters"] for one in client.get("/editions").get_json()["editions"]}
    assert "osm-22222222" not in found
    full = dict.fromkeys(("AZE", "IRN", "KAZ", "RUS", "TKM"), 15.0)
    plain = {
        "breadth_nm": full,
        "straight_lines": [],
        "keep_artificial": False,
        "effects": {},
        "treaty_points": [],
    }
    assert found["osm-0123abcd"] == plain
    assert found["osm-11111111"] == {
        "breadth_nm": {**full, "KAZ": 12.5},
        "straight_lines": [
            {"name": "Bay of one", "state": "AZE", "kind": "closing_line", "line_type": "geodesic"}
        ],
        "keep_artificial": True,
        "effects": {"Chilov": 0.5},
        "treaty_points": ["AZE-RUS"],
    }
    texts = page_of(as_browser(client, "/editions")).words["td"]
    assert "Kazakhstan 12.5 nm; closing line of Azerbaijan; half effect of Chilov" in texts
    assert texts.count("none: 15 nm for every State") == 4


def test_the_water_level_has_its_number(real_client: FlaskClient) -> None:
    level = "about \N{MINUS SIGN}28.3\N{NARROW NO-BREAK SPACE}m: rough reading of the area of the water"
    for path in ("/editions", "/collections/zones/items/common_maritime_space"):
        assert level in as_browser(real_client, path).get_data(as_text=True), path
    assert ENGLISH.level_text({"level_m": None, "level_note": "unknown"}) == "unknown"
    assert ENGLISH.level_text({}) == ""


def test_the_known_issues_are_led_to_with_how_to_report_one(real_client: FlaskClient) -> None:
    for language, words in (("en", "tells the operator of the service"), ("ru", "сообщает оператору службы")):
        start = real_client.get(f"/?lang={language}", headers={"Accept": CHROME}).text
        (place,) = re.findall(r'href="http://localhost(/collections/known_issues[^"]*)"', start)
        page = real_client.get(place.replace("&amp;", "&"), headers={"Accept": CHROME}).text
        assert words in page
        assert "Kara-Bogaz-Gol" in page or "Кара-Богаз-Гол" in page  # the last of them
