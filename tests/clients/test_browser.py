"""A real browser: pages under the service's own security policy, with nothing to complain about."""

from __future__ import annotations

import subprocess
from pathlib import Path

import lxml.html
import pytest

from tests.api.service import PATIENCE_S
from tests.clients.running import Service, tool

PAGES = {
    "": "Legal zones of the Caspian Sea",
    "what-if": "Breadth of the territorial waters",
    "processes/edition": "straight_lines",
    "docs": "classify",
    "docs/try": "Try requests",
    "collections/zones/items/fishery_zone-KAZ": "Fishery zone of Kazakhstan",
    "classify?lon=49.97&lat=40.1": "Territorial waters of Azerbaijan",
}
_COMPLAINTS = (":CONSOLE(", "Refused to", "Content Security Policy")


def browse(address: str, folder: Path) -> tuple[str, str]:
    """What the browser makes of an address, as HTML, and what it logs."""
    done = subprocess.run(
        [
            tool("chromium", "chromium"),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--enable-logging=stderr", "--virtual-time-budget=10000", f"--user-data-dir={folder}"),
            *("--dump-dom", address),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_without_complaint(service: Service, path: str, tmp_path: Path) -> None:
    html, log = browse(service.url + path, tmp_path / "profile")
    assert PAGES[path] in lxml.html.document_fromstring(html).text_content()
    assert not [line for line in log.splitlines() if any(one in line for one in _COMPLAINTS)]


def test_the_description_of_the_api_is_drawn(service: Service, tmp_path: Path) -> None:
    """Swagger UI runs from the service's own files and shows every operation."""
    html, _ = browse(service.url + "docs/try", tmp_path / "profile")
    operations = sum(
        len({"delete", "get", "head", "post"} & set(one))
        for one in service.json("openapi.json")["paths"].values()
    )
    drawn = lxml.html.document_fromstring(html).find_class("opblock")
    assert len(drawn) == operations > 20


def test_a_complaint_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
        "<script>1</script>"
    )
    _, log = browse(page.as_uri(), tmp_path / "profile")
    assert any(one in log for one in _COMPLAINTS)
