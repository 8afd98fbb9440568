"""The printed report: its address as a QR code, the agreements on the lines near, the installations."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
import segno
from flask.testing import FlaskClient

from api.pages.qr_code import qr_code

HTML = {"Accept": "text/html"}


def report(client: FlaskClient, position: str) -> str:
    return client.get(f"/?position={position}", headers=HTML).text


def modules(svg: str) -> np.ndarray:
    """Dark modules of a code drawn as horizontal strokes, its margin included."""
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])  # type: ignore[index]
    dark = np.zeros((size, size), dtype=bool)
    x = y = 0.0
    for kind, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg.split(' d="')[1].split('"')[0]
    ):
        if kind == "M":
            x, y = float(first), float(second)
        elif kind == "m":
            x, y = x + float(first), y + float(second)
        else:
            dark[int(y), int(x) : int(x + float(first))] = True
            x += float(first)
    return dark


def test_the_code_is_the_printed_address(real_client: FlaskClient) -> None:
    text = report(real_client, "40.1 49.97")
    address = html.unescape(re.search(r'<p class="address">([^<]+)</p>', text)[1])  # type: ignore[index]
    assert "position=" in address
    assert str(qr_code(address)) in text
    assert text.count('class="qr"') == 1
    expected = np.array(segno.make(address, error="m", micro=False).matrix, dtype=bool)
    assert (modules(str(qr_code(address)))[2:-2, 2:-2] == expected).all()
    assert "style=" not in str(qr_code(address))


@pytest.mark.parametrize(
    ("position", "named"),
    [
        ("44.9 49.3", ["Agreement of 6 July 1998", "docs.cntd.ru/document/420236864"]),
        ("41.9 52.3", ["Treaty of 25 October 2021", "Agreement of 2 December 2014"]),
        ("38.0 50.5", []),
    ],
)
def test_agreements_near_are_named(real_client: FlaskClient, position: str, named: list[str]) -> None:
    text = report(real_client, position)
    assert ("Agreements on the lines near" in text) == bool(named)
    for one in named:
        assert one in text


def test_installations_are_on_the_map_of_the_report(real_client: FlaskClient) -> None:
    assert 'class="installation"' in report(real_client, "40.2 50.9")  # beside Neft Daslari
    assert 'class="installation"' not in report(real_client, "42.6 52.0")
