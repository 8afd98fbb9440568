"""Pages opened in a real browser that must have nothing to complain about and ask nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

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


@dataclass
class Contexts:
    """Profiles of a browser, one for each kind of settings, so that files are fetched once for many tests."""

    browser: Browser
    kept: dict[str, BrowserContext] = field(default_factory=dict)

    def of(self, settings: Mapping[str, object], *, is_new: bool) -> BrowserContext:
        """The profile with some settings; another one where it must know nothing yet."""
        name = repr(sorted(settings.items()))
        if is_new or name not in self.kept:
            self.kept[f"{name} {len(self.kept)}" if is_new else name] = made = self.browser.new_context(
                **{"viewport": WIDE, **settings}  # type: ignore[arg-type]
            )
            made.set_default_timeout(PATIENCE_MS)
            return made
        return self.kept[name]


@contextmanager
def watched(contexts: Contexts, service: Service) -> Iterator[Open]:
    """Opens addresses in pages of their own; complaints and requests elsewhere fail the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def elsewhere(request: Request) -> None:
        if not request.url.startswith((service.url, "data:", "blob:")):
            complaints.append(f"asked {request.url}")

    def open_page(path: str = "", *, is_drawn: bool = True, is_new: bool = False, **settings: object) -> Page:
        page = contexts.of(settings, is_new=is_new).new_page()
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", elsewhere)
        page.goto(service.url + path)
        if is_drawn:
            expect(page.locator("#map[data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []
