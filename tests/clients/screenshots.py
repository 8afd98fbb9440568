"""Pictures of every view for the documentation: ``python -m tests.clients.screenshots [FOLDER]``."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.api.service import PATIENCE_S, ROOT, until
from tests.clients.browsing import PHONE, WIDE, browsing
from tests.clients.running import Service, serving
from zones.editions.store import Store

FOLDER = ROOT / "docs" / "screenshots"
COLOURS = 128
SHEET = {"width": 794, "height": 1123}  # A4 at 96 dpi
OFF_BAKU, IN_DOUBT = "40.1 49.97", "46.2 49.3"
WHAT_IF = {
    "inputs": {
        "breadth": {"KAZ": 12},
        "straight_lines": json.loads((ROOT / "docs" / "straight-lines.geojson").read_text(encoding="utf-8")),
    }
}


@dataclass(frozen=True)
class View:
    """A page as somebody sees it; `is_long` shows it to its end."""

    name: str
    path: str
    viewport: dict[str, int]
    scheme: str = "light"
    media: str = "screen"
    is_long: bool = False


VIEWS = (
    View("map", "", WIDE),
    View("answer", f"?position={OFF_BAKU}", WIDE),
    View("doubt", f"?position={IN_DOUBT}", WIDE),
    View("dark", f"?position={OFF_BAKU}", WIDE, scheme="dark"),
    View("persian", f"?position={OFF_BAKU}&lang=fa", WIDE),
    View("seabed", f"?layer=seabed&position={OFF_BAKU}", WIDE),
    View("phone", f"?position={OFF_BAKU}", PHONE),
    View("phone-persian", f"?position={IN_DOUBT}&lang=fa", PHONE),
    View("what-if-form", "what-if", WIDE, is_long=True),
    View("print", f"?position={OFF_BAKU}", SHEET, media="print"),
)


def main(arguments: list[str]) -> None:
    """Write the pictures, each as small as it can be read."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Store(), Path(name) / "log") as service,
        browsing() as browser,
    ):
        result = View("what-if", f"what-if/{built(service)}", WIDE, is_long=True)
        for view in (*VIEWS, result):
            size = write(folder / f"{view.name}.png", taken(browser, service.url, view))
            sys.stdout.write(f"{view.name}.png {size / 1000:.0f} kB\n")


def built(service: Service) -> str:
    """The name of the what-if that is shown."""
    request = urllib.request.Request(
        f"{service.url}processes/edition/execution",
        json.dumps(WHAT_IF).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        job = json.load(answer)["jobID"]
    until(lambda: service.json(f"jobs/{job}")["status"] in ("successful", "failed"))
    return str(service.json(f"jobs/{job}/results")["edition"])


def taken(browser: Browser, url: str, view: View) -> bytes:
    """A picture of a view once everything is there."""
    settings: dict[str, Any] = {"viewport": view.viewport, "color_scheme": view.scheme, "locale": "en"}
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE_S * 1000)
    page: Page = context.new_page()
    page.goto(url + view.path, wait_until="networkidle")
    if page.locator("#map").count():
        page.locator("#map[data-drawn]").wait_for()
    page.emulate_media(media=view.media, color_scheme=view.scheme)  # type: ignore[arg-type]
    picture = page.screenshot(full_page=view.is_long or view.media == "print")
    context.close()
    return picture


def write(path: Path, picture: bytes) -> int:
    """Write a picture with few colours, and nothing but the picture. [bytes]"""
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    main(sys.argv[1:])
