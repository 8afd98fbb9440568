"""How the page asks for an answer and what it does with it (`asking.js`), in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.clients.browsing import PATIENCE_MS, WIDE, Open
from tests.clients.running import Service

OFF_BAKU, IN_THE_MIDDLE = "40.1 49.97", "42.5 50.5"
ANSWERS = re.compile(r"part=answer")
TIME = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC")


@pytest.fixture
def asked(browser: Browser, service: Service) -> Page:
    """A page with an answer, which may complain."""
    page = browser.new_context(viewport=WIDE).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{service.url}?position={OFF_BAKU}")
    expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
    return page


def ask(page: Page, position: str) -> None:
    page.fill("#position", position)
    page.press("#position", "Enter")


def test_an_answer_that_comes_too_late_is_not_shown(asked: Page) -> None:
    """Who asks again no longer waits for what was asked before."""
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    asked.route(ANSWERS, hold_the_first)
    ask(asked, "38.0 50.5")
    expect(asked.locator("#status")).to_have_text("Asking …")
    ask(asked, IN_THE_MIDDLE)
    expect(asked.locator("#headline:focus")).to_contain_text("Common maritime space")
    assert len(held) == 1
    assert asked.locator(".noted").count() == 0
    assert asked.locator("[aria-busy]").count() == 0
    assert IN_THE_MIDDLE.replace(" ", "+") in asked.url


def test_a_service_that_fails_leaves_the_last_answer(asked: Page) -> None:
    problem = "<!doctype html><p class='lead'>the service is busy</p>"
    asked.route(ANSWERS, lambda route: route.fulfill(status=503, content_type="text/html", body=problem))
    ask(asked, IN_THE_MIDDLE)
    expect(asked.locator(".noted")).to_have_text("The service could not answer: the service is busy")
    expect(asked.locator("#status")).to_have_text("The service could not answer: the service is busy")
    assert "Territorial waters of Azerbaijan" in asked.locator("#headline").inner_text()
    asked.unroute(ANSWERS)
    asked.route(ANSWERS, lambda route: route.fulfill(status=502, content_type="text/html", body=""))
    ask(asked, "42.5 50.6")
    expect(asked.locator(".noted")).to_have_text("The service could not answer: 502")


def test_the_line_to_copy_has_the_time_and_the_link_is_the_address(opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}", permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("#headline")).to_contain_text("Territorial waters of Azerbaijan")
    for action in ("copy", "link"):
        page.click(f"button[data-action={action}]")
        expect(page.locator("#status")).to_have_text("Copied.")
        expect(page.locator(f"button[data-action={action}]")).to_have_attribute("data-done", "true")
        copied = page.evaluate("navigator.clipboard.readText()")
        if action == "link":
            assert copied == page.url
        else:
            line, _, time = copied.rpartition("; ")
            assert line == page.locator("button[data-action=copy]").get_attribute("data-line")
            assert TIME.fullmatch(time)


@pytest.mark.parametrize(
    "clipboard", ["{ writeText: () => Promise.reject(new Error('no')) }", "undefined"]
)  # the latter where the address is not secure
def test_what_cannot_be_copied_stands_selected(asked: Page, clipboard: str) -> None:
    asked.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    asked.click("button[data-action=link]")
    note = "Copying is not possible here. The text to be copied is selected:"
    expect(asked.locator(".noted")).to_have_text(note)
    expect(asked.locator("#status")).to_have_text(note)
    field = asked.locator(".noted input")
    expect(field).to_be_focused()
    assert field.input_value() == asked.url
    assert field.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)") == asked.url
    asked.click("button[data-action=copy]")
    assert field.input_value().startswith("40°06.0'N 049°58.2'E; Territorial waters of Azerbaijan")


def test_a_printed_sheet_has_the_time_of_printing(opened: Open) -> None:
    page = opened(f"?position={OFF_BAKU}")
    page.evaluate("() => { window.print = () => window.dispatchEvent(new Event('beforeprint')); }")
    page.evaluate("document.querySelectorAll('[data-now]').forEach((one) => { one.textContent = '' })")
    page.click("button[data-action=print]")
    times = page.locator("[data-now]").all_text_contents()
    assert times
    assert all(TIME.fullmatch(one) for one in times)
