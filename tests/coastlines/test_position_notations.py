"""Positions in other scripts, words and packed forms."""

from __future__ import annotations

import pytest

from coastlines.positions import PositionError, parse_coordinate, parse_position

SEA = (49 + 53.3 / 60, 42.56)
BAKU = (49.97, 40.1)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("42°33'36,00\" северной широты и 49°53'18,00\" восточной долготы", SEA),
        ("42°33'36,00\" с.ш. и 49°53'18,00\" в.д.", SEA),
        ("φ=42°33,6'N λ=049°53,3'E", SEA),
        ("42°33,6'С 49°53,3'В", SEA),
        ("N4233.600 E04953.300", SEA),
        ("4233.6000,N,04953.3000,E", SEA),
        ("E04953.300 N4233.600", SEA),
        ("423336N 0495318E", SEA),
        ("4006N 04958E", (49 + 58 / 60, 40.1)),
        ("(42.56, 49.888333)", (49.888333, 42.56)),
        ("\u200e42.56, 49.888333\u200e", (49.888333, 42.56)),
        ("４２．５６　４９．８８", (49.88, 42.56)),
        ("۴۲٫۵۶، ۴۹٫۸۸", (49.88, 42.56)),
        ("٤٢٫٥٦ ٤٩٫٨٨", (49.88, 42.56)),
        ("geo:40.1,49.97", BAKU),
        ("geo:40.1,49.97;u=35", BAKU),
        ("POINT(49.97 40.1)", BAKU),
        ("POINT (49.97 40.1)", BAKU),
        ("42°33.6' şimal enliyi, 49°53.3' şərq uzunluğu", SEA),
        ("солтүстік ендік 42°33.6', шығыс бойлық 49°53.3'", SEA),
        ("42°33.6' demirgazyk giňişlik, 49°53.3' gündogar uzaklyk", SEA),
        ("۴۲ درجه ۳۳٫۶ دقیقه عرض شمالی و ۴۹ درجه ۵۳٫۳ دقیقه طول شرقی", SEA),
        ("широта 42,56 долгота 49,88", (49.88, 42.56)),
        ("42,5 49,8", (49.8, 42.5)),
        ("10°30' ю.ш. 20°15' з.д.", (-20.25, -10.5)),
    ],
)
def test_is_read(text: str, position: tuple[float, float]) -> None:
    assert parse_position(text) == pytest.approx(position, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "42,56,49,88",
        "4\u200b2.56 49.88",
        "4263N 04958E",
        "4006N 4958E",
        "42°33'С 49°53'С",
        "geo:40.1",
        "POINT(49.97, 40.1, 3)",
        "42.56 северо-восточной 49.88",
        "42 ш 49 ш",
        "(42.56, 49.88",
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(PositionError):
        parse_position(text)


def test_two_splittings_are_both_named() -> None:
    with pytest.raises(PositionError, match=r"42\.56 49\.88 and as four numbers"):
        parse_position("42,56,49,88")


@pytest.mark.parametrize(
    ("text", "axis", "value"),
    [
        ("49°58.2'E", "lon", 49.97),
        ("40°06.0'N", "lat", 40.1),
        ("49,97", "lon", 49.97),
        ("04958.2E", "lon", 49.97),
        ("40 06 00 с.ш.", "lat", 40.1),
        ("-12.5", "lat", -12.5),
    ],
)
def test_coordinate(text: str, axis: str, value: float) -> None:
    assert parse_coordinate(text, axis) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "axis"),
    [("40°N", "lon"), ("50°E", "lat"), ("91", "lat"), ("", "lat"), ("N", "lat"), ("40 N 50 E", "lat")],
)
def test_coordinate_is_refused(text: str, axis: str) -> None:
    with pytest.raises(PositionError):
        parse_coordinate(text, axis)
