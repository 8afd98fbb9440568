"""axe finds nothing on any page in any language, light and dark; nothing is said by colour alone."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.languages.choice import LANGUAGES
from tests.api.service import PATIENCE_S, until
from tests.clients.browsing import PATIENCE_MS, WIDE
from tests.clients.running import Service

IN_DOUBT = "?position=46.2 49.3"
# The map is drawn on these, by a script.
MAPS = ("", "?position=40.1 49.97", IN_DOUBT, "?position=here")
PAGES = (
    *MAPS,
    "classify?lon=49.97&lat=40.1&f=html",
    "classify?lon=1",
    "collections",
    "collections/zones",
    "collections/zones/items",
    "collections/zones/items/territorial_waters-KAZ",
    "collections/zones/schema",
    "collections/known_issues/items",
    "compare",
    "editions",
    "downloads",
    "vocabulary",
    "conformance",
    "docs",
    "processes",
    "processes/edition",
    "problems/not-found",
    "what-if",
)
# In languages that are written as English is, some of each kind.
SOME_PAGES = (*MAPS[1:3], "collections/zones", "downloads", "what-if")
CROSSINGS = "a route drawn on the map"
# The style sheets' two schemes differ in colours alone.
ALL_RULES: dict[str, object] = {"resultTypes": ["violations"]}
RULES_OF_COLOUR = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def what_if(service: Service) -> tuple[str, ...]:
    """Pages of a what-if that was built: its job, what differs, an answer of it."""
    fields = {"breadth-KAZ": "12", "title": "Wider or narrower"}
    request = urllib.request.Request(
        f"{service.url}what-if",
        urllib.parse.urlencode(fields).encode(),
        {"Sec-Fetch-Site": "same-origin"},
    )
    job = urllib.request.urlopen(request, timeout=PATIENCE_S).url.removeprefix(service.url)
    until(lambda: service.json(f"{job}?f=json")["status"] not in ("accepted", "running"), 10 * PATIENCE_S)
    edition = service.json(f"{job}/results")["edition"]
    return job, f"what-if/{edition}", f"?position=46.5 51&edition={edition}"


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


def opened(page: Page, service: Service, path: str, language: str) -> None:
    """Show a page in a language; a map is waited for."""
    page.goto(f"{service.url}{path}{'&' if '?' in path else '?'}lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    if not path or path.startswith("?"):
        expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)


def violations(page: Page, options: dict[str, object] = ALL_RULES) -> list[str]:
    """What axe finds in the page as it is, in a line each."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def in_both_schemes(page: Page, path: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    left = [f"/{path} light: {one}" for one in violations(page)]
    page.emulate_media(color_scheme="dark")
    return [*left, *(f"/{path} dark: {one}" for one in violations(page, RULES_OF_COLOUR))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(
    context: BrowserContext, service: Service, what_if: tuple[str, ...], language: str
) -> None:
    pages = (*PAGES, *what_if) if language == "en" else (*SOME_PAGES, what_if[1])
    read_by_axe(context, service, pages, language)


@pytest.mark.thorough
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_axe_finds_nothing_on_any_page(
    context: BrowserContext, service: Service, what_if: tuple[str, ...], language: str
) -> None:
    read_by_axe(context, service, (*PAGES, *what_if), language)


def read_by_axe(context: BrowserContext, service: Service, pages: Sequence[str], language: str) -> None:
    page = context.new_page()
    left = []
    for path in pages:
        opened(page, service, path, language)
        left += in_both_schemes(page, path)
    opened(page, service, "", language)
    page.click("#route")
    for x, y in ((380, 480), (500, 410)):
        page.locator("#map").click(position={"x": x, "y": y})
    page.click("#route")
    page.locator("#result table").wait_for()
    left += in_both_schemes(page, CROSSINGS)
    page.close()
    assert left == []


def test_axe_would_find_something(context: BrowserContext, service: Service) -> None:
    page = context.new_page()
    opened(page, service, "vocabulary", "en")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any(one.startswith("button-name") for one in violations(page))
    page.close()


def test_in_forced_colours_doubt_and_lines_are_told_apart_by_shape(
    browser: Browser, service: Service
) -> None:
    """Where a browser overrides all colours there are still a mark, a frame, words and dashes."""
    context = browser.new_context(viewport=WIDE, forced_colors="active")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    opened(page, service, IN_DOUBT, "en")
    doubt = page.locator(".doubt.in-doubt")
    assert doubt.locator(".sign").inner_text() == "▲"
    assert "In doubt:" in doubt.inner_text()
    assert doubt.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    assert doubt.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1
    dashes = {}
    for status in ("agreed_reconstructed", "provisional"):
        line = page.locator(f"#map path.boundary.{status}").first
        dashes[status] = line.evaluate("one => getComputedStyle(one).strokeDasharray")
        assert line.evaluate("one => getComputedStyle(one).stroke") != "none"
    assert "none" not in dashes.values()
    assert len(set(dashes.values())) == 2
    key = page.locator(".under .key svg path")
    looks = "all => all.map(one => getComputedStyle(one).%s)"
    assert len(set(key.evaluate_all(looks % "strokeDasharray"))) == 3  # solid, and two kinds of dashes
    strokes = key.evaluate_all(looks % "stroke")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground not in strokes
    context.close()
    agreed = browser.new_context(viewport=WIDE, forced_colors="active")  # type: ignore[arg-type]
    agreed.set_default_timeout(PATIENCE_MS)
    page = agreed.new_page()
    opened(page, service, "?position=40.1 49.97", "en")
    assert page.locator(".doubt .sign").inner_text() == "✔"
    agreed.close()
