"""The first view of the page at ``/``, and a press on its map, in headless Chromium behind nginx.

    python -m benchmarks.page [--rounds 9]

The service, nginx with the configuration that is shipped, and the browser share one core. Every round is a
new browser profile with nothing kept. A view counts as drawn two frames after the map says that it is, a
press as answered two frames after the answer stands there; best and median rounds are told, for other work
on the machine comes and goes. Bytes are those on the wire with their heads, in the language that has most.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from api.languages.choice import ENGLISH, LANGUAGES
from benchmarks.common import stay_on_one_core, table, tell
from tests.clients.browsing import WIDE, browsing
from tests.clients.nginx import proxied
from tests.clients.running import serving
from zones.editions.store import Store

MOST_KB = 250.0
DRAWN_MS = 1500.0
ANSWERED_MS = 300.0
PATIENCE_MS = 120_000
PRESSES = ((420, 330), (400, 420), (330, 300), (450, 500))

# Notes in the page when it was drawn, when it was pressed and when the answer stood there; `when` waits.
_WATCH = """
const seen = {}, waiting = {};
const framed = (name) => requestAnimationFrame(() => requestAnimationFrame(() => {
  seen[name] ??= performance.now();
  waiting[name]?.();
}));
const look = () => {
  if (document.querySelector("#map[data-drawn]")) framed("drawn");
  if (seen.pressed && document.querySelector("#headline:focus")) framed("answered");
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
addEventListener("focusin", look);
addEventListener("mousedown", () => {
  document.activeElement?.blur();
  Object.assign(seen, { pressed: performance.now(), answered: undefined });
}, true);
window.when = async (name) => {
  if (seen[name] === undefined) await new Promise((seenNow) => { waiting[name] = seenNow; });
  return seen[name];
};
"""


@dataclass
class View:
    """What one first view took."""

    drawn_ms: float = 0.0
    work_ms: float = 0.0
    answered_ms: list[float] = field(default_factory=list)
    wire_bytes: dict[str, int] = field(default_factory=dict)

    @property
    def kilobytes(self) -> float:
        return sum(self.wire_bytes.values()) / 1000


def main() -> int:
    """Measure and print; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    stay_on_one_core()
    with behind_nginx() as address, browsing() as chromium:
        first = view(chromium, address)
        views = [view(chromium, address) for _ in range(options.rounds)]
        translated = [view(chromium, address, language) for language in LANGUAGES]
    largest = max(translated, key=lambda one: one.kilobytes)
    rows = sorted(largest.wire_bytes.items(), key=lambda one: -one[1])
    tell(table(("on the wire", "kB"), [(name, f"{size / 1000:.1f}") for name, size in rows]))
    tell("")
    tell(f"the very first view of an edition, whose files are made for it: {first.drawn_ms:.0f} ms\n")
    sizes = ", ".join(
        f"{language} {one.kilobytes:.1f}" for language, one in zip(LANGUAGES, translated, strict=True)
    )
    tell(f"kB in each language: {sizes}\n")
    return judge(views, largest.kilobytes)


def judge(views: list[View], kilobytes: float) -> int:
    """Say which targets are met; 1 where one is not."""
    drawn = [one.drawn_ms for one in views]
    answered = [ms for one in views for ms in one.answered_ms]
    targets = [
        (f"everything on the wire: {MOST_KB:g} kB", f"{kilobytes:.1f} kB", "", kilobytes <= MOST_KB),
        (f"map drawn: {DRAWN_MS:g} ms", *_told(drawn), median(drawn) <= DRAWN_MS),
        ("processor time until then", *_told([one.work_ms for one in views]), True),
        (f"press answered and shown: {ANSWERED_MS:g} ms", *_told(answered), median(answered) <= ANSWERED_MS),
    ]
    rows = [(name, middle, best, "met" if met else "MISSED") for name, middle, best, met in targets]
    tell(table(("target", "measured (median)", "best", ""), rows))
    return 0 if all(met for *_, met in targets) else 1


def _told(durations_ms: list[float]) -> tuple[str, str]:
    return f"{median(durations_ms):.0f} ms", f"{min(durations_ms):.0f} ms"


def view(chromium: Browser, address: str, language: str = ENGLISH) -> View:
    """The page in a profile of its own, then presses on its map."""
    context = chromium.new_context(viewport=WIDE, locale=language)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(_WATCH)
    found = View(wire_bytes=_listen(page))
    before_s = _worked_s()
    page.goto(address, wait_until="commit")
    found.drawn_ms = _when(page, "drawn")
    found.work_ms = 1000 * (_worked_s() - before_s)
    page.wait_for_load_state("networkidle")
    loaded = dict(found.wire_bytes)
    for x, y in PRESSES:
        page.locator("#map").click(position={"x": x, "y": y})
        found.answered_ms.append(_when(page, "answered") - _when(page, "pressed"))
    found.wire_bytes = loaded
    context.close()
    return found


def _when(page: Page, name: str) -> float:
    """When something came to be, since the view began. [ms]"""
    return float(page.evaluate("name => window.when(name)", name))


def _worked_s() -> float:
    """Processor time that service, nginx and browser have taken since they began. [s]"""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, rest = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            parents[number], ticks[number] = int(rest[1]), int(rest[11]) + int(rest[12])
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[one] for one in ours - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


def _listen(page: Page) -> dict[str, int]:
    """Bytes of each answer with its head, by its path, as the browser's network counts them."""
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def sent(event: dict) -> None:  # type: ignore[type-arg]
        paths[event["requestId"]] = "/" + event["request"]["url"].partition("://")[2].partition("/")[2]

    def received(event: dict) -> None:  # type: ignore[type-arg]
        path = paths[event["requestId"]]
        sizes[path] = sizes.get(path, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", received)
    return sizes


@contextlib.contextmanager
def behind_nginx() -> Iterator[str]:
    """Where nginx passes on to the service, on the edition in the cache."""
    with tempfile.TemporaryDirectory(prefix="caspian-benchmark-") as name:
        folder = Path(name)
        with (
            serving(Store(), folder / "log", TRUSTED_PROXIES=1) as service,
            proxied(folder / "nginx", int(service.url.rstrip("/").rpartition(":")[2])) as port,
        ):
            yield f"http://127.0.0.1:{port}/"


if __name__ == "__main__":
    sys.exit(main())
