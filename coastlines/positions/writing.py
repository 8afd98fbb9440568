"""Positions in degrees and decimal minutes, as charts have them."""

from __future__ import annotations

_TEN_THOUSANDTHS_OF_A_MINUTE = 600_000  # in one degree


def format_position(lon: float, lat: float) -> str:
    """A position in degrees and decimal minutes, latitude first: ``42°33.6000'N 049°53.2800'E``.

    Four decimals of a minute are 0.19 m at most. `lon`, `lat` in degrees.
    """
    return f"{format_latitude(lat)} {format_longitude(lon)}"


def format_latitude(lat: float) -> str:
    """A latitude in degrees and decimal minutes, two digits of degrees. [deg]"""
    return _degrees_and_minutes(lat, "NS", 2)


def format_longitude(lon: float) -> str:
    """A longitude in degrees and decimal minutes, three digits of degrees. [deg]"""
    return _degrees_and_minutes(lon, "EW", 3)


def _degrees_and_minutes(value: float, letters: str, digits: int) -> str:
    # Whole ten-thousandths of a minute first, so that 59.99999' carries into the degrees.
    count = round(abs(value) * _TEN_THOUSANDTHS_OF_A_MINUTE)
    degrees, rest = divmod(count, _TEN_THOUSANDTHS_OF_A_MINUTE)
    letter = letters[1] if value < 0 and count else letters[0]
    return f"{degrees:0{digits}d}°{rest / 10_000:07.4f}'{letter}"
