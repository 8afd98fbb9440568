"""Reports as poppler's programs read them: pages, letters, fonts, what is attached, what is drawn."""

from __future__ import annotations

import io
import json
import re
import subprocess
import unicodedata
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from api.colours import hex_colour
from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.languages.numbers import number, own_digits
from tests.api.service import PATIENCE_S
from tests.clients.running import Service, tool

ASKED = "classify?lon=49.3&lat=38.35"
ROUTE = Path(__file__).resolve().parents[2] / "examples" / "kuryk-baku-tanker.geojson"
PLACED = re.compile(r'<word xMin="[\d.]+" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</word>')


def run(name: str, *arguments: object) -> str:
    """What a program of poppler prints."""
    command = [tool(name, "poppler-utils"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert not done.stderr.strip()
    return done.stdout


def report(service: Service, folder: Path, language: str) -> Path:
    path = folder / "report.pdf"
    address = f"{service.url}{ASKED}&f=pdf&lang={language}"
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as response:
        assert response.headers["Content-Type"] == "application/pdf"
        path.write_bytes(response.read())
    return path


def marked_off(text: str) -> str:
    """Without the signs of directions and joins, which poppler puts where it wants them."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_letters_and_fonts(service: Service, tmp_path: Path, language: str) -> None:
    path = report(service, tmp_path, language)
    told = dict(line.split(":", 1) for line in run("pdfinfo", path).splitlines() if ":" in line)
    assert told["Pages"].strip() == "1"
    assert told["Page size"].strip().endswith("(A4)")
    assert told["Encrypted"].strip() == told["JavaScript"].strip().replace("none", "no") == "no"
    fonts = [line.split() for line in run("pdffonts", path).splitlines()[2:]]
    assert fonts
    assert {tuple(line[-5:-2]) for line in fonts} == {("yes", "yes", "yes")}  # embedded, subset, to Unicode
    text = " ".join(run("pdftotext", "-layout", path, "-").split())
    for value in service.json(ASKED).values():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert str(value) in text, value
    said = messages(language)
    for message in ("Position report", "Which shoreline says what", "File number", "Fishery zone"):
        assert marked_off(said.gettext(message)) in marked_off(text), message


def test_what_is_attached(service: Service, tmp_path: Path) -> None:
    path = report(service, tmp_path, "en")
    run("pdfdetach", "-saveall", "-o", tmp_path, path)
    with urllib.request.urlopen(service.url + ASKED, timeout=PATIENCE_S) as response:
        assert (tmp_path / "record.json").read_bytes() == response.read()
    about = json.loads((tmp_path / "report.json").read_bytes())
    assert about["address"].startswith(service.url)
    assert about["edition"] == service.edition


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_route_of_two_pages(service: Service, tmp_path: Path, language: str) -> None:
    """Pages are numbered; digits stand below those of their worth, in whatever direction the text runs."""
    path = tmp_path / "report.pdf"
    asked = urllib.request.Request(
        f"{service.url}crossings?f=pdf&lang={language}",
        data=ROUTE.read_bytes(),
        headers={"Content-Type": "application/geo+json"},
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as response:
        path.write_bytes(response.read())
    assert "Pages:           2" in run("pdfinfo", path)
    for page in ("1", "2"):
        text = run("pdftotext", "-f", page, "-l", page, path, "-")
        shown = own_digits(messages(language).gettext("Page {page} of {pages}"), language)
        numbers = {"page": own_digits(page, language), "pages": own_digits("2", language)}
        for word in shown.format(**numbers).split():
            assert marked_off(word) in marked_off(text), word
    words = PLACED.findall(run("pdftotext", "-bbox", "-l", "1", path, "-"))
    for column in ((33.413, 22.303, 240.16, 83.9, 80.618), (18.042, 12.042, 129.676, 45.302, 43.53)):
        written = {number(one, 3, language) for one in column}
        ends: dict[float, set[str]] = {}
        for end, word in words:
            if marked_off(word) in written:
                ends.setdefault(round(float(end), 2), set()).add(marked_off(word))
        assert written in ends.values(), ends


def test_the_map_is_drawn(service: Service, tmp_path: Path) -> None:
    """The colours of the zones about the position cover what they should of the page."""
    path = report(service, tmp_path, "fa")
    run("pdftoppm", "-png", "-r", "50", "-singlefile", path, tmp_path / "page")
    page = Image.open(io.BytesIO((tmp_path / "page.png").read_bytes())).convert("RGB")
    counts = {colour: count for count, colour in page.getcolors(page.width * page.height) or []}
    square = (12 / 2.54 * 50) ** 2
    for zone, state in (
        ("fishery_zone", "IRN"),
        ("territorial_waters", "IRN"),
        ("territorial_waters", "AZE"),
    ):
        colour = hex_colour(zone, state)
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        share = counts.get((red, green, blue), 0) / square
        assert 0.05 < share < 0.5, (zone, state, share)
