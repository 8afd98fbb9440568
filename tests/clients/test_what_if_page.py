"""What-ifs in a browser: from breadths or a drawn line to tables; shared, built again, without script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.languages.choice import LANGUAGES
from api.processes.files import JobFiles
from coastlines.positions import parse_position
from tests.clients.browsing import PATIENCE_MS, PHONE, Open
from tests.clients.running import Service
from zones.editions.identity import read_inputs
from zones.editions.store import Store
from zones.parameters import Parameters

BAKU_BAY = "40°18.78'N 049°50.22'E\n40.331 N, 49.983 E\n"


def built(page: Page) -> None:
    """Have the form built; the job's page leads to what came of it."""
    page.get_by_role("button", name="Build", exact=True).click()
    page.wait_for_url("**/what-if/osm-*")


def said_of(page: Page, line: int) -> str:
    return page.locator(".said-of-line").nth(line).inner_text()


def press(page: Page, town: str, *, right: int = 0, down: int = 0) -> None:
    """Press on the map where a town stands, or beside it."""
    town_box, sea = (
        page.locator(".label.town", has_text=town).bounding_box(),
        page.locator("#map").bounding_box(),
    )
    assert town_box is not None
    assert sea is not None
    at = {"x": town_box["x"] - sea["x"] + right, "y": town_box["y"] - sea["y"] + down}
    page.locator("#map").click(position=at)  # type: ignore[arg-type]


def test_from_breadths_to_the_table(opened: Open) -> None:
    page = opened("what-if")
    page.fill("#breadth-KAZ", "12,0")
    built(page)
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    assert "Kazakhstan 12 nm" in page.locator("h1").inner_text()
    table = page.locator("table", has_text="Gained").first
    row = table.get_by_role("row", name="Territorial waters of Kazakhstan")
    assert row.locator("td").nth(3).inner_text() == "6,302.9"
    assert page.locator(".map path.edge.before").count() < 10
    assert page.locator(".map path.boundary.before").count() == 2  # with Russia and Turkmenistan
    expect(page.locator(".pair")).to_be_hidden()
    thin, solid = (
        page.locator(f".map path.edge.territorial_waters{one}").first.evaluate(
            "(path) => getComputedStyle(path).strokeDasharray"
        )
        for one in (".before", ":not(.before)")
    )
    assert thin != "none"
    assert solid == "none"
    for kind in ("edge.before", "boundary.before"):  # as the key has them, and as nothing else is drawn
        drawn, key = (page.locator(f"{where} path.{kind}").first for where in (".map", "#compared .key"))
        looks = [
            one.evaluate(
                "(path) => { const { stroke, strokeDasharray, strokeLinecap } = getComputedStyle(path);"
                " return [stroke, strokeDasharray, strokeLinecap]; }"
            )
            for one in (drawn, key)
        ]
        assert looks[0] == looks[1]
        others = page.locator(".map path.boundary:not(.before), .map path.edge:not(.before)")
        strokes = others.evaluate_all("(all) => all.map((one) => getComputedStyle(one).stroke)")
        assert looks[0][0] not in strokes


def test_fields_of_a_row_and_their_labels_stand_on_one_line(opened: Open) -> None:
    page = opened("what-if")
    for names in (("line-0-state", "line-0-kind", "line-0-line_type", "line-0-name"), ("coast", "title")):
        for kind in ("#{}", "[for={}]"):
            tops = [
                page.locator(kind.format(one)).evaluate("(one) => one.getBoundingClientRect().y")
                for one in names
            ]
            assert max(tops) - min(tops) < 1


def test_a_phone_shows_the_doubt_of_a_what_if_without_scrolling(opened: Open, real_store: Store) -> None:
    """In every language, with a banner and a headline of several lines above it."""
    edition = real_store.build(Parameters(breadth_nm={"KAZ": 12, "RUS": 12, "AZE": 12})).name
    for language in LANGUAGES:
        for position in ("46.2 49.3", "40.1 49.97", "42.5 50.5"):
            page = opened(f"?position={position}&edition={edition}&lang={language}", viewport=PHONE)
            expect(page.locator(".what-if")).to_be_in_viewport()
            doubt = page.locator(".doubt").bounding_box()
            line_px = page.locator(".doubt .sign").bounding_box()
            assert doubt is not None
            assert line_px is not None
            assert line_px["y"] + line_px["height"] < PHONE["height"], (language, position)
            assert doubt["y"] < PHONE["height"] - 48, (language, position)


def test_from_a_line_drawn_on_the_map_to_the_table(opened: Open) -> None:
    page = opened("what-if")
    page.locator("#map").scroll_into_view_if_needed()
    page.get_by_role("button", name="Draw on the map").first.click()
    expect(page.locator(".said-of-line").first).to_contain_text("Press on the map")
    press(page, "Lankaran", right=1)
    expect(page.locator(".said-of-line").first).to_contain_text("A second position is needed")
    press(page, "Baku")
    expect(page.locator(".said-of-line").first).to_contain_text("Its ends move 0 m and 0 m to the shore")
    assert re.search(r"Length \d+\.\d nm.* departs .* by \d+° at most", said_of(page, 0))
    assert page.locator(".map path.own-point").count() == 2
    rows = page.input_value("#line-0-positions").split("\n")
    assert [len(parse_position(row)) for row in rows if row] == [2, 2]
    page.get_by_role("button", name="Finish the line").click()
    page.fill("#line-0-name", "Lankaran to Baku")
    built(page)
    table = page.locator("table", has_text="Longest straight piece")
    row = table.get_by_role("row", name="Lankaran to Baku")
    assert re.fullmatch(r"\d+\.\d nm", row.locator("td").first.inner_text())
    assert re.fullmatch(r"\d+°", row.locator("td").nth(1).inner_text())
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    assert page.locator(".map path.edge.straight").count() == 1
    assert "Internal waters of Azerbaijan" in page.locator("table", has_text="Gained").first.inner_text()


def test_typed_positions_are_drawn_and_taken_back(opened: Open) -> None:
    page = opened("what-if")
    page.fill("#line-1-positions", BAKU_BAY)
    expect(page.locator("#map[data-lines='1']")).to_be_visible()
    assert said_of(page, 1).startswith("Its ends move 10 m and 41 m to the shore. Length 6.8 nm.")
    page.select_option("#line-1-state", "IRN")
    expect(page.locator(".said-of-line").nth(1)).to_contain_text(
        "is on the shore of Azerbaijan; a State's line"
    )
    page.get_by_role("button", name="Take the last point back").nth(1).click()
    assert page.input_value("#line-1-positions") == "40°18.78'N 049°50.22'E\n"
    page.fill("#line-1-positions", "forty north")
    expect(page.locator(".said-of-line").nth(1)).to_contain_text("line 2, row 1")
    page.fill("#line-1-positions", "42.0 50.5\n")
    expect(page.locator(".said-of-line").nth(1)).to_contain_text("nm from the shore; it must be within 500 m")


def test_arrow_keys_and_enter_draw(opened: Open) -> None:
    page = opened("what-if")
    page.focus("#map")
    for key in ("ArrowLeft", "Enter", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".map path.own-point")).to_have_count(2)
    first, second = (parse_position(row) for row in page.input_value("#line-0-positions").split("\n") if row)
    assert first[0] == pytest.approx(second[0], abs=1e-4)
    assert first[1] < second[1]


@pytest.mark.parametrize(
    ("path", "place"), [("?position=45.35 50.9", "#status"), ("what-if", ".sea > .unseen")]
)
def test_zones_are_reached_by_the_keyboard_and_named(opened: Open, path: str, place: str) -> None:
    page = opened(path)
    page.focus("#map")
    said: set[str] = set()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
        text = page.locator(place).inner_text()
        at, _, name = text.partition(" · ")
        assert at == page.locator("#pointer").inner_text()
        expect(page.locator(".leaflet-tooltip")).to_have_count(1 if name else 0)
        if name:
            expect(page.locator(".leaflet-tooltip")).to_have_text(name)
        said.add(name)
    assert len(said) > 1
    assert any(name.startswith("Common maritime space") for name in said)


def test_a_shared_link_opens_elsewhere_and_is_built_again(opened: Open, real_store: Store) -> None:
    page = opened("what-if")
    page.fill("#breadth-KAZ", "12")  # built above, where that test ran
    built(page)
    figures = page.locator("table", has_text="Gained").first.inner_text()
    path = "what-if/" + page.url.rpartition("/")[2]
    other = opened(path, is_new=True)
    assert other.locator("table", has_text="Gained").first.inner_text() == figures
    real_store.remove(path.rpartition("/")[2])
    gone = opened(path, is_drawn=False, is_new=True)  # the first browser keeps its page for minutes
    assert gone.locator("table", has_text="Gained").first.inner_text() == figures
    expect(gone.locator("#map")).to_have_count(0)
    gone.get_by_role("button", name="Build it").click()
    gone.wait_for_url(f"**/{path}")
    expect(gone.locator("#map[data-drawn]")).to_be_visible()
    assert gone.locator("table", has_text="Gained").first.inner_text() == figures


def test_a_link_to_an_answer_comes_back_to_it(browser: Browser, service: Service, real_store: Store) -> None:
    """Where the edition has to be built again first; the browser logs that the service has no answer yet."""
    choices = {"coast": "osm", "breadth": {"TKM": 8.0}}
    name = read_inputs(Parameters(breadth_nm={"TKM": 8.0})).name
    files = JobFiles(real_store.folder)
    files.make_folders()
    files.remember(name, choices)
    files.write_results(name, {"assumptions": "Turkmenistan 8 nm"})
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    asked = f"{service.url}?position=39.5+52.9&edition={name}"
    page.goto(asked)
    expect(page.locator(".what-if")).to_have_text("What-if: Turkmenistan 8 nm. Not the default.")
    page.get_by_role("button", name="Build it").click()
    page.wait_for_url(asked)
    expect(page.locator(".what-if")).to_have_text("What-if: Turkmenistan 8 nm. Not the default.")
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    assert page.input_value("#position") == "39.5 52.9"
    page.close()


def test_without_script(opened: Open) -> None:
    page = opened("what-if", is_drawn=False, java_script_enabled=False)
    expect(page.locator("#map")).to_be_hidden()
    page.fill("#line-0-positions", BAKU_BAY)
    page.fill("#breadth-RUS", "9")
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_role("link", name="See what differs").click()
    expect(page.locator(".pair img")).to_have_count(2)
    expect(page.locator("#compared")).to_be_hidden()
    assert "Departs by" in page.locator("table", has_text="Longest straight piece").inner_text()


def test_a_refused_line_says_so_on_the_page_of_its_job(opened: Open) -> None:
    page = opened("what-if")
    page.fill("#line-0-positions", "40.0 50.5\n37.3 49.5")
    page.get_by_role("button", name="Build", exact=True).click()
    expect(page.locator("main [role=status]")).to_contain_text("must be within 500 m")
    page.get_by_role("link", name="Choose again").click()
    expect(page.locator("main [role=alert]")).to_contain_text("line 1 of AZE")
    expect(page.locator("#fault-line-0-positions")).to_contain_text("line 1 of AZE")
    assert page.input_value("#line-0-positions") == "40.0 50.5\n37.3 49.5"
    expect(page.locator("#map[data-lines='1']")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Open, scheme: str) -> None:
    page = opened("what-if", color_scheme=scheme)
    page.fill("#breadth-RUS", "9")  # as above
    page.fill("#line-0-positions", BAKU_BAY)
    expect(page.locator("#map[data-lines='1']")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    built(page)
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
