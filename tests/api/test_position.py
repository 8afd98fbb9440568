from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coastlines.positions import PositionError, format_position, parse_position

HERE = (49.888, 42.56)  # 49°53.28'E 42°33.6'N
ROUND = (49.5, 42.56)


@pytest.mark.parametrize(
    "text",
    [
        "42.56 49.888",
        "42.56, 49.888",
        "42.56,49.888",
        "42.56;49.888",
        "42.56/49.888",
        "42,56 49,888",
        "42,56, 49,888",
        "42,56;49,888",
        "+42.56+049.888/",
        "42.56N 49.888E",
        "42.56 N, 49.888 E",
        "N42.56 E49.888",
        "N 42.56 E 49.888",
        "49.888E 42.56N",
        "E49.888, N42.56",
        "42.56°N 49.888°E",
        "42.56° 49.888°",
        "42°33.6'N 49°53.28'E",
        "42° 33.6' N, 049° 53.28' E",
        "42°33.6'N49°53.28'E",
        "N42°33.6' E49°53.28'",
        "42º33,6’N 49º53,28’E",
        "42˚33.6′N 49˚53.28′E",
        "42 33.6 49 53.28",
        "42 33,6 49 53,28",
        "42 33.6N 49 53.28E",
        "42-33.6N 049-53.28E",
        "42:33.6 49:53.28",
        "42d33.6m 49d53.28m",
        "42d33.6mN 49d53.28mE",
        "42 deg 33.6 min N 49 deg 53.28 min E",
        "lat 42.56 lon 49.888",
        "lon=49.888, lat=42.56",
        "Latitude: 42.56 Longitude: 49.888",
        "42.56 north 49.888 east",
        "42°33,6′ с.ш. 49°53,28′ в.д.",
        "42\u00a033.6\u00a0N 49\u00a053.28\u00a0E",
        "42.56\n49.888",
    ],
)
def test_ways_to_write_one_position(text: str) -> None:
    assert parse_position(text) == pytest.approx(HERE, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "42°33'36\"N 49°30'00\"E",
        "42°33′36″N 49°30′00″E",
        "42°33’36’’N 49°30’00’’E",
        "42 33 36 N 49 30 00 E",
        "42 33 36 49 30 00",
        "42:33:36, 49:30:00",
        "42°33'36,49°30'00",
        "42d33m36s 49d30m0s",
        "42d33m36sN 49d30m0sE",
        "42.56N 49 30E",
        "42°33'36\"N 49.5°E",
        "49°30'0\"E 42°33'36.0\"N",
    ],
)
def test_degrees_minutes_seconds(text: str) -> None:
    assert parse_position(text) == pytest.approx(ROUND, abs=1e-12)


def test_parts_are_added_exactly() -> None:
    assert parse_position("42°33.6'N 49°53.28'E") == HERE


def test_south_and_west_are_negative() -> None:
    assert parse_position("33°30'S 70°15'W") == (-70.25, -33.5)
    assert parse_position("33 30 36S 70 15 00W") == (-70.25, -33.51)
    assert parse_position("-33.5 -70.25") == (-70.25, -33.5)
    assert parse_position("−33.5, −70.25") == (-70.25, -33.5)


def test_without_letters_the_latitude_comes_first() -> None:
    assert parse_position("49.888 42.56") == (42.56, 49.888)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("42", "one number"),
        ("42.56N", "one number"),
        ("42 33.6N", "one coordinate"),
        ("N42 33.6", "one coordinate"),
        ("here", "'here' is not understood"),
        ("42.56 49.888 x", "'x' is not understood"),
        ("nan nan", "'nan' is not understood"),
        ("inf 49", "'inf' is not understood"),
        ("42.56N 43N", "two latitudes"),
        ("42.56E 43E", "two longitudes"),
        ("N42N 49E", "hemisphere letters"),
        ("N42N 49", "two latitudes"),
        ("42 61 N 49 E", "latitude has 61 minutes"),
        ("42 60.0 N 49 E", "latitude has 60.0 minutes"),
        ("42N 49 30 60E", "longitude has 60 seconds"),
        ("91 49", "latitude 91 is beyond 90 degrees; without the letters"),
        ("100.5 42", "the latitude comes first"),
        ("91N 49E", "latitude 91 is beyond"),
        ("42N 181E", "longitude 181 is beyond"),
        (
            "4914.5,N,5012.3,E",
            "longitude 5012.3 is beyond 180 degrees; degrees and minutes as one number are",
        ),
        ("914.5S 5012.3E", "as one number are written 0914.5S;"),
        ("4914.5N 5075.3E", "longitude 5075.3 is beyond 180 degrees; one that can be read"),
        ("-42N 49E", "both a sign and a hemisphere letter"),
        ("42,56,49,888", "42.56 49.888 and as four numbers"),
        ("42; 49; 50", "more than two parts"),
        ("42.5 33 49 53", "put a comma between"),
        ("42 33 49", "put a comma between"),
        ("42.56 N 49.888", "put a comma between"),
        ("42'33N 49E", "cannot be divided"),
        ("1e5 2e5", "cannot be divided"),
        ("1 2 3 4 5 6 7 8", "cannot be divided"),
        ("42 33 36 12, 49", "at most degrees, minutes and seconds"),
        ("42.5 30 N, 49 E", "only the last part"),
        ("1" * 300, "longer than"),
    ],
)
def test_what_is_no_position_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(PositionError) as caught:
        parse_position(text)
    assert reason in str(caught.value)
    assert "42°33.6'N 49°53.3'E" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


LON = st.floats(-180, 180, allow_nan=False)
LAT = st.floats(-90, 90, allow_nan=False)


@given(LON, LAT)
def test_printed_form_is_read_back_to_its_last_digit(lon: float, lat: float) -> None:
    text = format_position(lon, lat)
    read_lon, read_lat = parse_position(text)
    half_a_digit = 0.5e-4 / 60 * 1.0001
    assert abs(read_lon - lon) <= half_a_digit
    assert abs(read_lat - lat) <= half_a_digit
    assert format_position(read_lon, read_lat) == text


def _parts(value: float, count: int) -> tuple[str, ...]:
    """Degrees; degrees, minutes; or degrees, minutes, seconds as texts."""
    value = abs(value)
    if count == 1:
        return (f"{value:.8f}",)
    whole = round(value * 60 ** (count - 1), 6)
    if count == 2:
        return (str(int(whole // 60)), f"{whole % 60:.6f}")
    return (str(int(whole // 3600)), str(int(whole % 3600 // 60)), f"{whole % 60:.6f}")


MARKS = {
    "primes": ("°", "′", "″"),
    "quotes": ("°", "'", '"'),
    "doubled": ("º", "’", "’’"),
    "letters": ("d", "m", "s"),
    "spaces": (" ", " ", ""),
    "words": (" deg ", " min ", " sec "),
}


@given(
    lon=LON,
    lat=LAT,
    count=st.integers(1, 3),
    marks=st.sampled_from(sorted(MARKS)),
    before=st.booleans(),
    swapped=st.booleans(),
    between=st.sampled_from([" ", ", ", ",", ";", " / "]),
    comma=st.booleans(),
)
def test_every_form_is_read_back(
    lon: float,
    lat: float,
    count: int,
    marks: str,
    before: bool,
    swapped: bool,
    between: str,
    comma: bool,
) -> None:
    def written(value: float, letters: str) -> str:
        parts = _parts(value, count)
        assume(not any(part.startswith("60.0") for part in parts[1:]))
        text = "".join(part + mark for part, mark in zip(parts, MARKS[marks], strict=False))
        letter = letters[1] if value < 0 else letters[0]
        return f"{letter}{text}" if before else f"{text}{letter}"

    pair = [written(lat, "NS"), written(lon, "EW")]
    text = between.join(reversed(pair) if swapped else pair)
    if comma and "," not in between:
        text = text.replace(".", ",")
    read_lon, read_lat = parse_position(text)
    assert read_lon == pytest.approx(lon, abs=1e-7)
    assert read_lat == pytest.approx(lat, abs=1e-7)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        lon, lat = parse_position(text)
    except PositionError:
        return
    assert -180 <= lon <= 180
    assert -90 <= lat <= 90


@given(st.text(alphabet="0123456789.,-+ °'\"NSEWnsewdm:/;", max_size=24))
def test_near_positions_are_read_or_refused(text: str) -> None:
    try:
        lon, lat = parse_position(text)
    except PositionError:
        return
    assert -180 <= lon <= 180
    assert -90 <= lat <= 90


@pytest.mark.parametrize(
    ("lon", "lat", "text"),
    [
        (49.888, 42.56, "42°33.6000'N 049°53.2800'E"),
        (49.9999999999, 41.99999999, "42°00.0000'N 050°00.0000'E"),
        (-0.0000000001, -5.5, "05°30.0000'S 000°00.0000'E"),
        (-70.25, 0.0, "00°00.0000'N 070°15.0000'W"),
    ],
)
def test_format_carries_and_signs(lon: float, lat: float, text: str) -> None:
    assert format_position(lon, lat) == text
