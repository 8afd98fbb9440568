"""Pages opened in a real browser that must have nothing to complain about and ask nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.api.service import PATIENCE_S
from tests.clients.running import Service, tool

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PATIENCE_MS = PATIENCE_S * 1000.0

Open = Callable[..., Page]


@contextmanager
def browsing() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    with sync_playwright() as made:
        started = made.chromium.launch(executable_path=tool("chromium", "chromium"), args=["--no-sandbox"])
        expect.set_options(timeout=PATIENCE_MS)
        yield started
        started.close()


@contextmanager
def watched(browser: Browser, service: Service) -> Iterator[Open]:
    """Opens addresses, each in a context of its own; complaints and requests elsewhere fail the test."""
    complaints: list[str] = []
    contexts = []

    def elsewhere(request: Request) -> None:
        if not request.url.startswith((service.url, "data:", "blob:")):
            complaints.append(f"asked {request.url}")

    def open_page(path: str = "", *, is_drawn: bool = True, **settings: object) -> Page:
        context = browser.new_context(**{"viewport": WIDE, **settings})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", elsewhere)
        page.goto(service.url + path)
        if is_drawn:
            expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
