"""The page at ``/`` in a real browser: every way to ask, every state, nothing from other hosts."""

from __future__ import annotations

import base64
import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.batches.encodings import guessed_encoding
from api.languages.choice import LANGUAGES
from api.texts.sentences import sentence
from coastlines.positions import parse_position
from tests.clients.browsing import PATIENCE_MS, PHONE, WIDE, Contexts, Open, watched
from tests.clients.running import Service

OFF_BAKU = "40.1 49.97"
CROSSINGS = re.compile(r"/crossings(\?|$)")  # of the service: a module of the page is called so, too
TITLE = "Legal zones of the Caspian Sea"


def headline(page: Page) -> Locator:
    """The headline of an answer that has just been given: it has the focus."""
    focused = page.locator("#headline:focus")
    focused.wait_for()
    return focused


def position_of(page: Page) -> tuple[float, float]:
    return parse_position(parse_qs(urlsplit(page.url).query)["position"][0])


def answer_of(service: Service, page: Page) -> dict[str, object]:
    lon, lat = position_of(page)
    answer: dict[str, object] = service.json(f"classify?lon={lon}&lat={lat}")
    return answer


def test_a_press_is_answered_beside_the_map(service: Service, opened: Open) -> None:
    page = opened()
    page.locator("#map").click(position={"x": 420, "y": 330})
    assert "Common maritime space" in headline(page).inner_text()
    assert answer_of(service, page)["zone"] == "common_maritime_space"
    assert page.locator(".pin").count() == 1
    assert "Answer: Common maritime space" in page.locator("#status").inner_text()
    assert page.title() == f"Common maritime space, open to all five States · {TITLE}"
    page.go_back()
    expect(page.locator(".examples")).to_be_visible()
    expect(page.locator(".pin")).to_have_count(0)
    assert page.title() == TITLE


def test_a_typed_position_is_answered_and_its_address_can_be_shared(service: Service, opened: Open) -> None:
    page = opened()
    page.fill("#position", OFF_BAKU)
    page.press("#position", "Enter")
    assert "Territorial waters of Azerbaijan" in headline(page).inner_text()
    path = page.url.removeprefix(service.url)
    other = opened(path, is_new=True)
    expect(other.locator("#headline")).to_contain_text("Territorial waters of Azerbaijan")
    assert other.title() == page.title() == f"Territorial waters of Azerbaijan · {TITLE}"
    assert other.locator(".doubt").inner_text() == page.locator(".doubt").inner_text()
    assert other.locator(".pin").count() == 1
    assert other.input_value("#position") == OFF_BAKU


def test_arrow_keys_move_the_pin_and_enter_asks(service: Service, opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}")
    page.focus("#map")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    headline(page)
    lon, lat = position_of(page)
    assert lon > 50.5
    assert lat < 40.1
    assert answer_of(service, page)["zone"] in page.locator(".answer").get_attribute("data-zone")  # type: ignore[operator]


def test_each_press_of_a_key_moves_the_pin_alike(opened: Open) -> None:
    """Also from a position that is at no pixel, and along one axis alone."""
    page = opened(f"?position={OFF_BAKU}")
    page.focus("#map")
    passed = [parse_position(OFF_BAKU)]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        passed.append(parse_position(page.locator("#pointer").inner_text()))
    lon, lat = np.array(passed).T * 60
    assert np.ptp(lat[:4]) == np.ptp(lon[3:]) == 0.0
    eastward, northward = np.diff(lon)[:3], np.diff(lat)[3:]
    assert eastward.min() > 1.0
    assert np.ptp(eastward) < 0.21  # minutes, of which one decimal is shown
    assert np.ptp(northward) < 0.21


def test_what_cannot_be_read_stays_and_is_marked(opened: Open) -> None:
    page = opened()
    page.fill("#position", "40.1 fathoms")
    page.press("#position", "Enter")
    assert headline(page).inner_text() == "This position could not be read"
    assert page.input_value("#position") == "40.1 fathoms"
    assert page.locator("mark").inner_text()
    page.locator(".examples a").first.click()
    assert "Azerbaijan" in headline(page).inner_text()


def test_the_seabed_is_a_layer_with_an_address(opened: Open) -> None:
    page = opened()
    page.click("#layers a[data-layer=seabed]")
    expect(page.locator("#map[data-drawn^=seabed]")).to_be_visible()
    assert page.locator("path.sector").count() == 5
    assert "layer=seabed" in page.url
    other = opened("?layer=seabed")
    assert other.locator("path.sector").count() == 5


def test_positions_of_a_file_are_classified_and_come_back(service: Service, opened: Open) -> None:
    numbers = np.random.default_rng(7)
    lon, lat = numbers.uniform(47, 54, 10_000), numbers.uniform(37, 47, 10_000)
    rows = [
        f'"ship, {at}",{one:.5f},{other:.5f}' for at, (one, other) in enumerate(zip(lon, lat, strict=True))
    ]
    content = "\n".join(["name,lon,lat", *rows]) + "\n"
    page = opened()
    dropped(page, "fleet.csv", content)
    page.locator("#result a.button").wait_for()
    with page.expect_download() as got:
        page.click("#result a.button")
    with Path(got.value.path()).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [one["name"] for one in found] == [f"ship, {at}" for at in range(10_000)]
    doubted = sum(one["certain"] == "false" for one in found)
    assert page.locator("#result p").inner_text() == f"Positions classified: 10,000, in doubt: {doubted:,}."
    for one in found[::1000]:
        record = service.json(f"classify?lon={one['lon']}&lat={one['lat']}")
        assert (one["zone"], one["state"] or None) == (record["zone"], record["state"])
        assert one["certain"] == json.dumps(record["certain"])


def test_positions_in_any_notation_are_drawn_and_those_that_cannot_be_read_are_counted(opened: Open) -> None:
    page = opened()
    dropped(page, "notes.csv", 'lon,lat\n"49,97",40°06\'N\nx,y\n')
    page.locator("#result a.button").wait_for()
    said = page.locator("#result p").inner_text()
    assert said == "Positions classified: 1, in doubt: 0. Rows without a position that can be read: 1."


def test_a_hint_to_positions_of_a_file_is_shown(opened: Open) -> None:
    page = opened()
    header, first, *_ = csv.reader(classified(page, "swapped.csv", "lon,lat\n40.1,49.97\n").splitlines())
    hint = first[header.index("hint")]
    assert "swapped" in hint
    assert page.locator("#result p").inner_text().endswith(f" Hint (1): {hint}")


def test_a_hint_to_positions_of_a_file_is_in_the_language_of_the_page(opened: Open) -> None:
    page = opened("?lang=ru")
    for content, hint in (
        (
            "40.1,49.97",
            "похоже, долгота и широта переставлены: "
            "долгота \u206649.97\u2069, широта \u206640.1\u2069 лежит в Каспии",
        ),
        ("0,0", sentence("0, 0 is what many receivers and programs write where they have no position", "ru")),
    ):
        dropped(page, "swapped.csv", f"lon,lat\n{content}\n")
        expect(page.locator("#result p").first).to_contain_text(hint)
        expect(page.locator("#result [lang=en]")).to_have_count(0)


def test_a_route_that_is_asked_about_is_said_to_be(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => {
            const ask = window.fetch;
            const kept = new Promise((come) => {
                window.come = come;
            });
            window.fetch = async (address, options) => {
                if (String(address).includes("crossings")) await kept;
                return ask(address, options);
            };
        }"""
    )
    line = {"type": "LineString", "coordinates": [[50.2, 45.5], [50.5, 44.5]]}
    dropped(page, "route.geojson", json.dumps(line))
    expect(page.locator("#result[aria-busy=true]")).to_have_text("Asking …")
    expect(page.locator("#status")).to_have_text("Asking …")
    page.evaluate("window.come()")
    page.locator("#result table").wait_for()
    expect(page.locator("#result")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#result")).not_to_contain_text("Asking")


def classified(page: Page, name: str, content: str | bytes) -> str:
    """The download of a file that is dropped."""
    dropped(page, name, content)
    with page.expect_download() as got:
        page.locator("#result a.button").click()
    return Path(got.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_table_comes_back_in_its_delimiter(opened: Open, delimiter: str) -> None:
    rows = [["name", "lat", "lon"], ["A", "42,56", "49,88"], ['12" pipe', "40.1", "49.97"]]
    text = classified(opened(), "ships.csv", "".join(delimiter.join(row) + "\r\n" for row in rows))
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    found = list(csv.DictReader(text.splitlines(), delimiter=delimiter, quoting=quoting))
    assert [[one["name"], one["lat"], one["lon"]] for one in found] == rows[1:]
    assert [one["zone"] for one in found] == ["common_maritime_space", "territorial_waters"]
    assert not any(one["error"] for one in found)


def test_a_quote_within_a_cell_is_a_letter(opened: Open) -> None:
    content = 'name,lat,lon\n12" pipe,40.1,49.97\ndegrees,40°06\'00"N,49°58\'12"E\n"a ""b""",40.1,49.97\n'
    found = list(csv.DictReader(classified(opened(), "pipes.csv", content).splitlines()))
    assert [one["name"] for one in found] == ['12" pipe', "degrees", 'a "b"']
    assert found[1]["lat"] == "40°06'00\"N"
    assert {one["zone"] for one in found} == {"territorial_waters"}


def test_a_file_that_is_cleared_draws_nothing_more(opened: Open) -> None:
    page = opened()
    # The answer is kept back until the file is cleared, and then comes nevertheless.
    page.evaluate(
        """() => {
            const ask = window.fetch;
            window.fetch = async (address, { signal, ...options } = {}) => {
                const answer = await ask(address, options);
                const found = await answer.json();
                await new Promise((come) => {
                    window.come = come;
                    document.body.dataset.asked = "";
                });
                return { ok: answer.ok, json: async () => found };
            };
        }"""
    )
    dropped(page, "one.csv", "lon,lat\n49.97,40.1\n")
    page.locator("body[data-asked]").wait_for()
    page.click("#clear")
    page.evaluate("window.come()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator("#result")).to_be_empty()
    expect(page.locator("#map canvas")).to_have_count(0)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('name,lon,lat\na,50,42\n"b,51,42\nc,52,42\n', 3),
        ('name,lon,lat\n"b,51,42\nc,52,42\n"d",53,42\n', 2),  # what it swallows ends in the midst of a cell
    ],
)
def test_a_quote_that_is_not_closed_swallows_nothing(opened: Open, content: str, line: int) -> None:
    page = opened()
    dropped(page, "ships.csv", content)
    expect(page.locator("#result")).to_contain_text(f"a quotation mark on line {line} is not closed")
    expect(page.locator("#result a.button")).to_have_count(0)


def test_what_is_wrong_with_a_file_is_said_in_the_language_of_the_page(
    browser: Browser, service: Service
) -> None:
    """The browser logs that the service has refused one of them."""
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    page.goto(f"{service.url}?lang=ru")
    expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
    unread, said = "Из файла не удалось прочитать места", page.locator("#result")
    lines = json.dumps({"type": "MultiLineString", "coordinates": [[[50, 42], [51, 42]]] * 51})
    area = json.dumps({"type": "Polygon", "coordinates": []})
    pulkovo = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4284"}}
    elsewhere = json.dumps({"type": "Point", "coordinates": [50, 42], "crs": pulkovo})
    for content, fault in (
        ("lon,lat\n", "текст пуст"),
        ("{]", "это не GeoJSON"),
        ('{"features": 1}', "это не GeoJSON"),
        ('{"type": "LineString", "coordinates": null}', "это не GeoJSON"),
        ('{"type": "LineString", "coordinates": "abc"}', "это не GeoJSON"),
        ('{"type": "LineString", "coordinates": [["a", "b"], ["c", "d"]]}', "это не GeoJSON"),
        ('[{"lon": 50, "lat": 40}]', "в нём нет ни точек, ни линий"),
        (area, "в нём нет ни точек, ни линий"),
        (elsewhere, "в нём названа другая система координат, не WGS84"),
        ("<?xml version='1.0'?><gpx/>", "это не таблица мест"),
        ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "это не таблица мест"),
        ("notes", "это не таблица мест"),
        (lines, "в нём линий: 51, принимается не более 50"),
        ("colour\nred\n", "нет столбца \N{LEFT-TO-RIGHT ISOLATE}'lon'"),
    ):
        dropped(page, "given", content)
        expect(said).to_contain_text(f"{unread}: {fault}", timeout=PATIENCE_MS)
    expect(said.locator("[lang=en]")).to_have_count(0)
    page.route("**/classify*", lambda route: route.abort())
    dropped(page, "given", "lon,lat\n50,42\n")
    expect(said).to_have_text("Сервис не смог ответить: нет связи", timeout=PATIENCE_MS)
    busy = {"type": f"{service.url}problems/busy", "detail": "ask again"}
    page.route(CROSSINGS, lambda route: route.fulfill(status=503, json=busy))
    line = {"type": "LineString", "coordinates": [[50, 42], [51, 42]]}
    named = {"type": "Feature", "properties": {"name": "R$& $' 1"}, "geometry": line}
    dropped(page, "given", json.dumps(named))
    expect(said).to_contain_text("Сервис не смог ответить: ", timeout=PATIENCE_MS)
    expect(said).to_contain_text("R$& $' 1: ask again")
    page.unroute(CROSSINGS)
    dropped(page, "given", json.dumps({"type": "LineString", "coordinates": [[50, 42], [51, 95]]}))
    expect(said).to_contain_text("Сервис не смог ответить: вершина 1: долгота", timeout=PATIENCE_MS)
    assert unread not in said.inner_text()
    page.close()


def test_installations_are_named_in_the_language_of_the_page(opened: Open) -> None:
    page = opened("?lang=ru")
    for place in page.locator(".map path.installation").all():
        place.dispatch_event("mouseover")
        assert not re.search("[A-Z][a-z]|islets", page.locator(".leaflet-tooltip").inner_text())
        place.dispatch_event("mouseout")


def test_the_map_is_one_stop_of_the_keyboard_beside_its_controls(opened: Open) -> None:
    page = opened("?layer=seabed")
    for _ in range(2):
        assert page.locator("#map [tabindex='0']").count() == 0
        assert page.locator("#map a[href]").count() <= 4
        page.click("#layers a[data-layer=water]")
        expect(page.locator("#map[data-drawn^=water]")).to_be_visible()


@pytest.mark.parametrize("path", ["?position=40.1+49.97", "?layer=seabed", "what-if"])
def test_no_path_of_the_map_is_a_stop_of_the_tab_key(opened: Open, path: str) -> None:
    page = opened(path)
    assert page.locator("#map path").count() > 10
    page.locator("#map").focus()
    stops = []
    while len(stops) < 200 and (not stops or stops[-1] != "BODY"):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert "A" in stops
    assert "path" not in stops


def test_a_column_named_as_an_answer_stays_as_given(opened: Open) -> None:
    content = "lon,lat,Zone,zone_given,error\n49.97,40.1,mine,b,c\n"
    header, row = csv.reader(classified(opened(), "again.csv", content).splitlines())
    assert header[:6] == ["lon", "lat", "zone_given_2", "zone_given", "error_given", "zone"]
    assert row[2:6] == ["mine", "b", "c", "territorial_waters"]


def test_properties_may_be_named_as_positions(opened: Open) -> None:
    point = {"type": "Point", "coordinates": [49.97, 40.1]}
    properties = {"lon": 1, "lat": 2, "longitude": 3}
    content = json.dumps({"type": "Feature", "properties": properties, "geometry": point})
    (found,) = csv.DictReader(classified(opened(), "ship.geojson", content).splitlines())
    assert (found["lon"], found["lat"], found["zone"]) == ("49.97", "40.1", "territorial_waters")
    assert (found["lon_given"], found["lat_given"], found["longitude"]) == ("1", "2", "3")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251", "windows-1252"])
def test_a_table_of_a_spreadsheet_is_read_as_the_service_reads_it(opened: Open, encoding: str) -> None:
    name, lat = ("ship", "40°06'N") if encoding == "windows-1252" else ("Каспий", "40.1")
    content = f"name,lat,lon\n{name},{lat},49.97\n".encode(encoding)
    assert encoding == "utf-8-sig" or guessed_encoding(content) == encoding
    (found,) = csv.DictReader(classified(opened(), "ships.csv", content).splitlines())
    assert (found["name"], found["lat"], found["zone"]) == (name, lat, "territorial_waters")


def test_the_answer_is_kept_in_other_languages(opened: Open) -> None:
    page = opened()
    page.fill("#position", OFF_BAKU)
    page.press("#position", "Enter")
    headline(page)
    page.click(".languages a[lang=fa]")
    expect(page.locator("#headline")).to_contain_text("آب‌های سرزمینی")


def test_a_file_that_cannot_be_read_says_why(browser: Browser, service: Service) -> None:
    # The browser logs that the service has refused it.
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    page.goto(service.url)
    expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
    dropped(page, "notes.csv", "colour\nred\n")
    expect(page.locator("#result")).to_contain_text("the header needs lon and lat", timeout=PATIENCE_MS)
    page.close()


def dropped(page: Page, name: str, content: str | bytes) -> None:
    """Let a file fall on the map."""
    data = content.encode() if isinstance(content, str) else content
    page.evaluate(
        """([name, content]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name));
            const fall = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.getElementById("map").dispatchEvent(fall);
        }""",
        [name, base64.b64encode(data).decode()],
    )


def test_a_drawn_route_tells_what_it_crosses(opened: Open) -> None:
    page = opened()
    page.click("#route")
    for x, y in ((380, 480), (500, 410)):
        page.locator("#map").click(position={"x": x, "y": y})
    page.click("#route")
    page.locator("#result table").wait_for()
    zones = page.locator("#result tbody td:nth-child(2)").all_inner_texts()
    assert "Common maritime space" in zones
    assert "are crossed (Azerbaijan - Turkmenistan)" in page.locator("#result .in-doubt").inner_text()
    assert "Azerbaijan, Turkmenistan" in page.locator("#result p").nth(1).inner_text()
    assert "Not compared with other shorelines" in page.locator("#result .uncompared").inner_text()
    with page.expect_download() as got:
        page.click("#result button")
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF")


def test_a_file_that_is_dropped_ends_the_drawing_of_a_route(opened: Open) -> None:
    page = opened()
    page.click("#route")
    page.locator("#map").click(position={"x": 380, "y": 480})
    dropped(page, "one.csv", "lon,lat\n49.97,40.1\n")
    expect(page.locator("#result a.button")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#route")).to_have_attribute("aria-pressed", "false")
    page.locator("#map").click(position={"x": 420, "y": 330})
    headline(page)
    expect(page.locator("#result a.button")).to_be_visible()


def test_a_route_of_one_point_is_none_and_says_so(opened: Open) -> None:
    page = opened()
    page.click("#route")
    page.locator("#map").click(position={"x": 420, "y": 330})
    page.click("#route")
    expect(page.locator("#result")).to_have_text("A route needs at least two points.")
    expect(page.locator("#status")).to_have_text("A route needs at least two points.")
    page.locator("#map").click(position={"x": 420, "y": 330})
    headline(page)


def test_a_route_is_printed_with_its_map(opened: Open) -> None:
    page = opened()
    line = {"type": "LineString", "coordinates": [[50.2, 45.5], [50.5, 44.5]]}
    dropped(page, "route.geojson", json.dumps(line))
    page.locator("#result table").wait_for()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper, route = page.locator("#map").bounding_box(), page.locator(".map path.route").bounding_box()
    assert paper is not None
    assert route is not None
    assert paper["width"] == paper["height"] == pytest.approx(12 / 2.54 * 96, abs=1)
    assert paper["y"] < route["y"] < route["y"] + route["height"] < paper["y"] + paper["height"]
    assert route["height"] > paper["height"] / 3
    expect(page.locator("#result table")).to_be_visible()
    expect(page.locator(".zone-key")).to_be_visible()
    expect(page.locator("#tools")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".sea")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
def test_on_paper_the_scale_covers_no_name(opened: Open, language: str) -> None:
    page = opened(f"?lang={language}")
    line = {"type": "LineString", "coordinates": [[50.2, 38.5], [50.5, 46.5]]}
    dropped(page, "route.geojson", json.dumps(line))
    page.locator("#result table").wait_for()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    scale = page.locator(".leaflet-control-scale").bounding_box()
    assert scale is not None
    for name in page.locator("#map .label span").all():
        box = name.bounding_box()
        assert box is not None
        is_beside = box["x"] >= scale["x"] + scale["width"] or box["x"] + box["width"] <= scale["x"]
        is_above = box["y"] + box["height"] <= scale["y"] or box["y"] >= scale["y"] + scale["height"]
        assert is_beside or is_above, name.inner_text()


def test_light_or_dark_can_be_chosen_and_is_kept(opened: Open) -> None:
    def looks(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page = opened("vocabulary", is_drawn=False, is_new=True, color_scheme="light")
    light = looks(page)
    page.click("#scheme")
    dark = looks(page)
    assert dark != light
    page.goto(page.url.replace("vocabulary", ""), wait_until="commit")
    page.locator("h1").wait_for(state="attached")
    assert looks(page) == dark
    expect(page.locator("#scheme")).to_have_attribute("aria-pressed", "true")
    page.click("#scheme")  # as the system has it: it is followed again
    assert looks(page) == light
    page.emulate_media(color_scheme="dark")
    assert looks(page) == dark
    page.click("#scheme")
    assert looks(page) == light


def test_lines_and_positions_of_a_file_too(opened: Open) -> None:
    def feature(geometry: dict[str, object], **properties: object) -> dict[str, object]:
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    north = {"type": "LineString", "coordinates": [[50.2, 45.5], [50.5, 44.5], [50.0, 42.5]]}
    south = {"type": "MultiLineString", "coordinates": [[[50.0, 38.5], [51.0, 38.0]]]}
    ships = {"type": "MultiPoint", "coordinates": [[49.97, 40.1], [50.5, 42.5]]}
    area = {"type": "Polygon", "coordinates": [[[50, 40], [51, 40], [51, 41], [50, 40]]]}
    features = [feature(north, name="north"), feature(south), feature(ships, ship="a"), feature(area)]
    page = opened()
    dropped(page, "route.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    page.locator("#result a.button").wait_for()
    tables = page.locator("#result caption").all_inner_texts()
    assert tables == ["What the route crosses: north", "What the route crosses"]
    assert page.locator(".map path.route").count() == 2
    said = page.locator("#result p").all_inner_texts()
    assert "Kazakhstan" in said[1]
    expect(page.locator("#result p").nth(3)).to_have_text("Positions classified: 2, in doubt: 0.")
    expect(page.locator("#result p").nth(4)).to_contain_text("neither positions nor lines: 1.")


def test_the_last_answer_stays_without_a_connection(browser: Browser, service: Service) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(f"{service.url}?position={OFF_BAKU}")
    expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
    context.set_offline(True)
    page.locator("#map").click(position={"x": 420, "y": 330})
    page.locator(".noted").wait_for()
    assert re.search(r"of \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC", page.locator(".noted").inner_text())
    assert "Territorial waters of Azerbaijan" in page.locator("#headline").inner_text()
    context.set_offline(False)
    page.locator("#map").click(position={"x": 420, "y": 330})
    assert "Common maritime space" in headline(page).inner_text()
    assert page.locator(".noted").count() == 0
    context.close()


def test_the_place_of_the_device_is_asked_for_on_a_press_alone(opened: Open) -> None:
    place = {"latitude": 40.1, "longitude": 49.97, "accuracy": 9000.0}
    page = opened(geolocation=place, permissions=["geolocation"])
    assert "position" not in page.url
    page.click("#here")
    assert "Territorial waters of Azerbaijan" in headline(page).inner_text()
    expect(page.locator(".noted")).to_contain_text("crosses a limit")


def test_a_phone_shows_field_map_and_headline_without_scrolling(opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}", viewport=PHONE, has_touch=True)
    for place in ("#position", "#map", "#headline", ".doubt"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] >= 0, place
        assert box["y"] + box["height"] <= PHONE["height"], place
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#map").tap(position={"x": 170, "y": 170})
    assert headline(page).inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_place_of_the_pointer_hides_nothing_on_a_phone(opened: Open, language: str) -> None:
    page = opened(f"?lang={language}", viewport=PHONE)
    page.focus("#map")
    page.keyboard.press("ArrowLeft")
    said, sea = page.locator("#pointer").bounding_box(), page.locator("#map").bounding_box()
    assert said is not None
    assert sea is not None
    assert sea["x"] < said["x"] < said["x"] + said["width"] < sea["x"] + sea["width"]
    for part in ("#layers", ".leaflet-control-zoom"):
        other = page.locator(part).bounding_box()
        assert other is not None
        is_beside = said["x"] >= other["x"] + other["width"] or said["x"] + said["width"] <= other["x"]
        assert is_beside or said["y"] >= other["y"] + other["height"], part


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_not_wider_than_the_smallest_phone(opened: Open, language: str) -> None:
    page = opened(f"?position=46.2 49.3&lang={language}", viewport={"width": 320, "height": 700})
    expect(page.locator(".answer details[open] table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
def test_nothing_is_wider_than_a_phone(opened: Open, language: str) -> None:
    """Neither the table of a route nor what hovering over a zone says."""
    page = opened(f"?lang={language}", viewport=PHONE)
    line = {"type": "LineString", "coordinates": [[49.95, 40.2], [50.6, 41.2], [51.1, 43.6]]}
    dropped(page, "route.geojson", json.dumps(line))
    page.locator("#result table").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".map path.zone.territorial_waters.AZE").first.dispatch_event("mouseover")
    said, sea = page.locator(".leaflet-tooltip").bounding_box(), page.locator("#map").bounding_box()
    assert said is not None
    assert sea is not None
    assert said["width"] <= 0.6 * PHONE["width"] + 1


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"ru"}))
def test_the_key_is_seen_whole_on_a_phone(opened: Open, language: str) -> None:
    """But in Russian, whose words are too long: there it is moved sideways."""
    page = opened(f"?lang={language}", viewport=PHONE)
    key = page.locator(".wide:has(.zone-key)")
    assert key.evaluate("key => key.scrollWidth <= key.clientWidth")


def test_rings_of_doubt_are_seen_in_the_dark(opened: Open) -> None:
    for scheme, ring in (("light", "rgb(29, 42, 51)"), ("dark", "rgb(228, 234, 237)")):
        page = opened("", color_scheme=scheme)
        dropped(page, "one.csv", "lon,lat\n49.3,46.2\n")
        page.locator("#result a.button").wait_for()
        colour, drawn = page.evaluate(
            """() => {
              const canvas = document.querySelector("#map canvas");
              const { width, height } = canvas;
              const dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
              const found = new Set();
              for (let at = 0; at < dots.length; at += 4)
                if (dots[at + 3] === 255) found.add(`rgb(${dots[at]}, ${dots[at + 1]}, ${dots[at + 2]})`);
              return [getComputedStyle(document.querySelector("#map")).color, [...found]];
            }"""
        )
        assert colour == ring
        assert ring in drawn


@pytest.mark.parametrize(
    "done", ["console.log('a complaint')", "fetch('http://elsewhere.invalid/').catch(() => 0)"]
)
def test_what_fails_a_test_is_seen(contexts: Contexts, service: Service, done: str) -> None:
    """A word on the console, and a request of another host."""
    with pytest.raises(AssertionError), watched(contexts, service) as open_page:
        open_page("").evaluate(done)


def test_a_printed_sheet_has_its_time_as_texts_have_dates(opened: Open) -> None:
    for language, form in (
        ("en", r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC"),
        ("ru", r"\d{1,2} [а-я]+ \d{4} года, \d\d:\d\d UTC"),
        ("fa", r"[۰-۹]{1,2} \S+ [۰-۹]{4}، [۰-۹]{2}:[۰-۹]{2} UTC"),
    ):
        page = opened(f"?position={OFF_BAKU}&lang={language}")
        assert re.fullmatch(form, page.locator("[data-now]").text_content() or "")


def test_towns_are_seen_in_forced_colours(opened: Open) -> None:
    page = opened("", forced_colors="active", color_scheme="light")
    dots, ground = page.evaluate(
        """() => [
          [...document.querySelectorAll(".label.town")]
            .map((one) => getComputedStyle(one, "::before").backgroundColor),
          getComputedStyle(document.body).backgroundColor,
        ]"""
    )
    assert len(dots) >= 8
    assert ground not in dots
    assert not any("rgba" in dot for dot in dots)


def test_the_map_keeps_its_bounds_in_a_window_made_narrow(opened: Open) -> None:
    page = opened()
    page.set_viewport_size(PHONE)
    page.wait_for_function("document.querySelector('#map').clientWidth < 390")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    # A place below the map is the page's, whatever the map has there.
    assert page.evaluate(
        """() => {
            const { left, bottom } = document.getElementById("map").getBoundingClientRect();
            return !document.elementFromPoint(left + 20, bottom + 10).closest("#map");
        }"""
    )
    assert page.evaluate("getComputedStyle(document.getElementById('map')).position") == "relative"


def test_wide_the_answer_stands_beside_the_map(opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}")
    answer, sea = page.locator("#headline").bounding_box(), page.locator("#map").bounding_box()
    assert answer is not None
    assert sea is not None
    assert answer["x"] + answer["width"] <= sea["x"]
    assert sea["y"] + sea["height"] <= WIDE["height"]


def test_persian_is_written_from_right_to_left_and_back(opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}")
    english = page.locator("#headline").inner_text()
    page.click(".languages a[hreflang=fa]")
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    field, sea = page.locator("#position").bounding_box(), page.locator("#map").bounding_box()
    assert field is not None
    assert sea is not None
    assert field["x"] > sea["x"] + sea["width"]
    page.locator("#map").click(position={"x": 420, "y": 330})
    headline(page)
    assert page.locator("#pointer").evaluate("one => getComputedStyle(one).direction") == "ltr"
    assert "lang=fa" in page.url
    page.go_back()
    page.click(".languages a[hreflang=en]")
    expect(page.locator("#headline")).to_have_text(english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_neither_overlap_nor_are_cut(opened: Open, language: str) -> None:
    page = opened(f"?lang={language}")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.locator(".whole-sea").click()
        sea = page.locator("#map").bounding_box()
        assert sea is not None
        names = ".label.state span, .label.town span, .label.degree span"
        boxes = page.evaluate(  # at one moment, for degrees are put anew when the map moves
            "(names) => [...document.querySelectorAll(names)].map((one) => one.getBoundingClientRect())"
            ".map(({ left, top, right, bottom }) => [left, top, right, bottom])",
            names,
        )
        assert len(boxes) > 15
        for at, one in enumerate(boxes):
            assert sea["x"] <= one[0], (size, one)
            assert one[2] <= sea["x"] + sea["width"], (size, one)
            for other in boxes[:at]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (size, one, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_printed_on_one_page(opened: Open, language: str) -> None:
    """Also the longest ones: near lines, treaties and doubt."""
    for position in (OFF_BAKU, "46.2 49.3", "41.76 51.92", "45.925 49.645"):
        path = f"?position={position}&lang={language}"
        page = opened(path, is_drawn=False, color_scheme="dark", java_script_enabled=False)
        # As much as a what-if of seven choices says above it.
        page.evaluate(
            "document.querySelector('main').prepend(document.querySelector('footer .notice').cloneNode(1))"
        )
        page.evaluate("document.querySelector('main .notice').textContent = 'What-if '.repeat(48)")
        sheets = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", sheets)) == 1, position
    page.emulate_media(media="print")
    for part in (".report-title", ".sign-here", ".address", "#headline", "footer .notice"):
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator(".sea")).to_be_hidden()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_without_script_a_press_on_the_drawing_is_answered(service: Service, opened: Open) -> None:
    for size, kind in ((WIDE, "large"), (PHONE, "small")):
        page = opened("", is_drawn=False, viewport=size, java_script_enabled=False)
        image = page.locator(f"input.{kind}")
        box = image.bounding_box()
        assert box is not None
        image.click(position={"x": box["width"] * 0.45, "y": box["height"] * 0.42})
        page.locator("#headline").wait_for()
        assert "Common maritime space" in page.locator("#headline").inner_text()
        assert answer_of(service, page)["zone"] == "common_maritime_space"
        assert page.locator("#map").is_hidden()
        assert page.locator("#scheme").is_hidden()
