"""Positions in other scripts, words and packed forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        # Numbers that touch words.
        ("42градуса33,6минуты северной широты 49градусов53,3минуты восточной долготы", SEA),
        ("42dərəcə33.6dəqiqə şimal enliyi 49dərəcə53.3dəqiqə şərq uzunluğu", SEA),
        ("42gradus33.6minut demirgazyk 49gradus53.3minut gündogar", SEA),
        ("42 deg 33minutes36 N, 49 deg 53minutes18 E", SEA),
        ("Широта42.56 Долгота49.88", (49.88, 42.56)),
        ("enlik42.56 uzunluq49.88", (49.88, 42.56)),
        ("ендік42.56 бойлық49.88", (49.88, 42.56)),
        ("giňişlik42.56 uzaklyk49.88", (49.88, 42.56)),
        ("север42.56 восток49.88", (49.88, 42.56)),
        ("şimal42.56 şərq49.88", (49.88, 42.56)),
        ("شمالی42.56 شرقی49.88", (49.88, 42.56)),
        ("42,56 северной широты49,88 восточной долготы", (49.88, 42.56)),
        # Decimals behind the mark, as on charts.
        ("42°33'.6N, 49°53'.3E", SEA),
        ("42° 33´·6N., 49° 53´·3E.", SEA),
        ("42-33'.6N 049-53'.3E", SEA),
        ("42 33'.6N 049 53'.3E", SEA),
        ("42d33m.6N 49d53m.3E", SEA),
        ("42°33'.6 с.ш. 49°53'.3 в.д.", SEA),
        ("42°33',6N 49°53',3E", SEA),
        ("42°33'36\".0N 49°53'18\".0E", SEA),
        ("42°.56N 49°.88E", (49.88, 42.56)),
        ("42.56 N. 49.88 E.", (49.88, 42.56)),
        ("N .56 E .88", (0.88, 0.56)),
        ("N. 42.56 E. 49.88", (49.88, 42.56)),
        ("lat=.56 lon=.88", (0.88, 0.56)),
        # Words with their endings.
        ("42 градуса 33,6 минуты Ю, 49 градусов 53,3 минуты З", (-SEA[0], -SEA[1])),
        ("42 dərəcəlik 33.6 dəqiqə cənub, 49 dərəcə 53.3 dəqiqədə qərb", (-SEA[0], -SEA[1])),
        ("ендігі42.56 бойлығы49.88", (49.88, 42.56)),
        ("42.56 giňişliginde 49.88 uzaklygynda", (49.88, 42.56)),
        ("шир. Ю 42.56 долг. З 49.88", (-49.88, -42.56)),
        ("42 DEGREES 33.6 MINUTES S 49 DEGREES 53.3 MINUTES W", (-SEA[0], -SEA[1])),
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
        # A point behind a letter, and decimals without a digit before the point.
        *("N.42 E.49", "N.42° E.49°", "S.42 W.49", "42N.49E", "71° 18´·6N.169˚east", "север.42 восток.49"),
        # Hemispheres that touch the words before them.
        "42градуса33минутыюжной широты 49градусов53минутызападной долготы",
        "42градусовЮ 49градусовЗ",
        "42dərəcə33dəqiqəcənub 49dərəcə53dəqiqəqərb",
        "42gradusgünorta 49gradusgünbatar",
        "42градус33минутоңтүстік 49градус53минутбатыс",
        "42 deg 33 minutesS, 49 deg 53 minutesW",
        "42 degreeS, 49 degrees",
        "42.5 широтыюжной 49.9 долготызападной",
        "широтаЮ 42.5 долготаЗ 49.9",
        "42.5 enlikcənub 49.9 uzunluqqərb",
        "42.5 giňişlikgünorta 49.9 uzaklykgünbatar",
        "42.5 ендікоңтүстік 49.9 бойлықбатыс",
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(PositionError):
        parse_position(text)


@pytest.mark.parametrize("text", ["E 47°20' 11 18 N", "42°33' 49 53", "42°30' 49 45 E", "42d 30 49 45"])
def test_marks_in_one_of_two_parts_leave_the_other_in_doubt(text: str) -> None:
    with pytest.raises(PositionError, match="divided in several ways"):
        parse_position(text)
    for one in ("N 42 33 49 53 E", "N 42°33' 49°53' E", "42°33' and 49 53", "lat 42°33' lon 49 53"):
        assert parse_position(one) == pytest.approx((49 + 53 / 60, 42.55))


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
        ("42°33'.6", "lat", 42.56),
        ("42°33',6N", "lat", 42.56),
        ("42градуса33минуты", "lat", 42.55),
        ("долгота49.88", "lon", 49.88),
    ],
)
def test_coordinate(text: str, axis: str, value: float) -> None:
    assert parse_coordinate(text, axis) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        *(("40°N", "lon"), ("50°E", "lat"), ("91", "lat"), ("", "lat"), ("N", "lat"), ("40 N 50 E", "lat")),
        *(("42,56 c.e.", "lat"), ("42°,33'", "lat"), ("42°.33'", "lat")),
        *(("42градусовЮ", "lat"), ("49градусовЗ", "lon"), ("42 degreeS", "lat"), ("W.49", "lon")),
    ],
)
def test_coordinate_is_refused(text: str, axis: str) -> None:
    with pytest.raises(PositionError):
        parse_coordinate(text, axis)


# Of each language: degrees, minutes and seconds; north, south, east and west; what stands between; what the
# hemisphere stands behind.
LANGUAGES: dict[str, tuple[tuple[str, str, str], tuple[str, str, str, str], tuple[str, ...], str]] = {
    "English": (
        (" degrees ", " minutes ", " seconds "),
        ("north", "south", "east", "west"), (", ", " and ", "; "), "",
    ),
    "letters": (("°", "'", '"'), ("N", "S", "E", "W"), (" ", ", ", "; ", " / "), ""),
    "letters before": (("°", "′", "″"), ("N", "S", "E", "W"), (" ", ", ", "; "), "before"),
    "Russian": (("°", "'", '"'), (" с.ш.", " ю.ш.", " в.д.", " з.д."), (", ", " и "), ""),
    "Russian letters": (("°", "'", '"'), ("С", "Ю", "В", "З"), (" ", ", "), ""),
    "Russian words": (
        (" градусов ", " минут ", " секунд "),
        ("северной широты", "южной широты", "восточной долготы", "западной долготы"), (", ", " и "), "",
    ),
    "Azerbaijani": (
        (" dərəcə ", " dəqiqə ", " saniyə "),
        ("şimal enliyi", "cənub enliyi", "şərq uzunluğu", "qərb uzunluğu"), (", ", " və "), "",
    ),
    "Kazakh": (("°", "'", '"'), (" с.е.", " о.е.", " ш.б.", " б.б."), (", ", " және "), ""),
    "Kazakh words": (
        ("°", "'", '"'), ("солтүстік ендік ", "оңтүстік ендік ", "шығыс бойлық ", "батыс бойлық "),
        (", ", " және "), "before",
    ),
    "Turkmen": (
        (" gradus ", " minut ", " sekunt "),
        ("demirgazyk giňişlik", "günorta giňişlik", "gündogar uzaklyk", "günbatar uzaklyk"),
        (", ", " we "), "",
    ),
    "Persian": (
        (" درجه ", " دقیقه ", " ثانیه "),
        (" عرض شمالی", " عرض جنوبی", " طول شرقی", " طول غربی"), ("، ", " و "), "",
    ),
}  # fmt: skip
_UNITS = 3600 * 10**7  # of 1e-7 seconds, 3e-11 degrees, in one degree
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def parts_of(units: int, count: int) -> tuple[list[str], float]:
    """Degrees, minutes and seconds of a value in parts of a second, and the value that they tell. [deg]"""
    size = _UNITS // 60 ** (count - 1)
    whole, rest = divmod(abs(units), size)
    last = f".{rest * 10**12 // size:012d}"
    numbers = []
    for _ in range(count - 1):
        whole, number = divmod(whole, 60)
        numbers.insert(0, str(number))
    numbers.insert(0, str(whole))
    return [*numbers[:-1], numbers[-1] + last], units / _UNITS


@given(
    lon=st.integers(-180 * _UNITS, 180 * _UNITS),
    lat=st.integers(-90 * _UNITS, 90 * _UNITS),
    count=st.integers(1, 3),
    language=st.sampled_from(sorted(LANGUAGES)),
    between=st.integers(0, 3),
    is_swapped=st.booleans(),
    has_comma=st.booleans(),
)
def test_every_position_in_every_language_comes_back(
    lon: int, lat: int, count: int, language: str, between: int, is_swapped: bool, has_comma: bool
) -> None:
    marks, (north, south, east, west), separators, place = LANGUAGES[language]
    texts, values = [], []
    for units, hemispheres in ((lat, (north, south)), (lon, (east, west))):
        numbers, value = parts_of(units, count)
        body = "".join(number + mark for number, mark in zip(numbers, marks, strict=False)).strip()
        hemisphere = hemispheres[units < 0]
        texts.append(hemisphere + body if place else f"{body} {hemisphere}".replace("  ", " "))
        values.append(value)
    separator = separators[between % len(separators)]
    text = separator.join(reversed(texts) if is_swapped else texts)
    if language == "Persian":
        text = text.translate(PERSIAN)
    elif has_comma and "," not in text:
        text = text.replace(".", ",") if language in ("letters", "Turkmen", "Azerbaijani") else text
    assert parse_position(text) == pytest.approx((values[1], values[0]), abs=1e-9)


def _packed(units: int, places: int, count: int) -> str:
    """Degrees and minutes, or also seconds, as one number without a sign."""
    numbers, _ = parts_of(abs(units), count)
    whole, _, decimals = numbers[-1].partition(".")
    widths = [places, *[2] * (count - 1)]
    digits = "".join(one.zfill(width) for one, width in zip((*numbers[:-1], whole), widths, strict=True))
    return f"{digits}.{decimals}"


def _decimal(units: int) -> str:
    (number,), _ = parts_of(units, 1)
    return ("-" if units < 0 else "") + number


# Of notations of no language: a position as text; longitude and latitude in parts of 1e-7 seconds.
NOTATIONS: dict[str, Callable[[int, int], str]] = {
    "decimal": lambda lon, lat: f"{_decimal(lat)}, {_decimal(lon)}",
    "decimal between spaces": lambda lon, lat: f"{_decimal(lat)} {_decimal(lon)}",
    "decimal commas": lambda lon, lat: f"{_decimal(lat)}; {_decimal(lon)}".replace(".", ","),
    "in brackets": lambda lon, lat: f"({_decimal(lat)}, {_decimal(lon)})",
    "named": lambda lon, lat: f"lon={_decimal(lon)}, lat={_decimal(lat)}",
    "geo": lambda lon, lat: f"geo:{_decimal(lat)},{_decimal(lon)}",
    "WKT": lambda lon, lat: f"POINT({_decimal(lon)} {_decimal(lat)})",
    "EWKT": lambda lon, lat: f"SRID=4326;POINT Z ({_decimal(lon)} {_decimal(lat)} -250)",
    "radio": lambda lon, lat: f"{'NS'[lat < 0]}{_packed(lat, 2, 2)} {'EW'[lon < 0]}{_packed(lon, 3, 2)}",
    "NMEA": lambda lon, lat: f"{_packed(lat, 2, 2)},{'NS'[lat < 0]},{_packed(lon, 3, 2)},{'EW'[lon < 0]}",
    "with seconds": lambda lon, lat: (
        f"{_packed(lat, 2, 3)}{'NS'[lat < 0]} {_packed(lon, 3, 3)}{'EW'[lon < 0]}"
    ),
    "ISO 6709": lambda lon, lat: f"{'+-'[lat < 0]}{_packed(lat, 2, 2)}{'+-'[lon < 0]}{_packed(lon, 3, 2)}/",
    "colons": lambda lon, lat: f"{_joined(lat, ':')}{'NS'[lat < 0]} {_joined(lon, ':')}{'EW'[lon < 0]}",
    "hyphens": lambda lon, lat: f"{_joined(lat, '-')}{'NS'[lat < 0]} {_joined(lon, '-')}{'EW'[lon < 0]}",
    "d, m and s": lambda lon, lat: (
        f"{_joined(lat, 'dms')}{'NS'[lat < 0]} {_joined(lon, 'dms')}{'EW'[lon < 0]}"
    ),
    "φ and λ": lambda lon, lat: (
        f"φ={_joined(lat, '°′″')}{'NS'[lat < 0]} λ={_joined(lon, '°′″')}{'EW'[lon < 0]}"
    ),
}


def _joined(units: int, marks: str) -> str:
    numbers, _ = parts_of(abs(units), 3)
    if len(marks) == 1:
        return marks.join(numbers)
    return "".join(number + mark for number, mark in zip(numbers, marks, strict=True))


@given(
    lon=st.integers(-180 * _UNITS, 180 * _UNITS),
    lat=st.integers(-90 * _UNITS, 90 * _UNITS),
    notation=st.sampled_from(sorted(NOTATIONS)),
    digits=st.sampled_from(["0123456789.", "۰۱۲۳۴۵۶۷۸۹٫", "٠١٢٣٤٥٦٧٨٩٫", "０１２３４５６７８９．"]),
)
def test_every_position_in_every_notation_comes_back(lon: int, lat: int, notation: str, digits: str) -> None:
    text = NOTATIONS[notation](lon, lat)
    text = text.translate(str.maketrans("0123456789.", digits))
    assert parse_position(text) == pytest.approx((lon / _UNITS, lat / _UNITS), abs=1e-9)


_WORDS_ALONE = sorted(
    {part.strip() for marks, sides, _, _ in LANGUAGES.values() for part in (*marks, *sides)}
    | {"широта", "Долгота", "enlik", "uzunluq", "ендік", "бойлық", "giňişlik", "uzaklyk", "عرض", "lat", "lon"}
    | {"minutes", "deg.", "мин.", "d", "m", "s", ",", ".", ":", "-", "·", ",,", "и"}
)


@given(
    pieces=st.lists(
        st.tuples(
            st.sampled_from(["", " "]),
            st.integers(0, 59).map(str) | st.sampled_from(["42.56", "49,88", ".6", ",6", "07.5", "1"]),
            st.sampled_from(["", " "]),
            st.sampled_from(_WORDS_ALONE),
        ),
        min_size=1,
        max_size=6,
    ),
    first=st.sampled_from(["", *_WORDS_ALONE]),
    data=st.data(),
)
@settings(max_examples=1000)
def test_no_digit_is_ignored(pieces: list[tuple[str, ...]], first: str, data: st.DataObject) -> None:
    """Another digit in the place of one is another position, or none."""
    text = first + "".join(map("".join, pieces))
    places = [place for place, letter in enumerate(text) if letter.isdecimal()]
    place = data.draw(st.sampled_from(places))
    other = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    for read in (parse_position, lambda one: parse_coordinate(one, "lat")):
        results = []
        for one in (text, other):
            try:
                results.append(read(one))
            except PositionError:
                results.append(None)
        assert results == [None, None] or results[0] != results[1], (text, other)
