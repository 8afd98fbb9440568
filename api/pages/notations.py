"""A position in the notations of the report; each of them can be read back."""

from __future__ import annotations

import re

from markupsafe import Markup

from coastlines.positions import PositionError, format_position

_ENDING_ZEROS = re.compile(r"(?<=\.[0-9])([0-9]*?)0+(?=')")
_TENTHS_OF_A_SECOND = 36_000  # in one degree


def short_position(lon: float, lat: float) -> str:
    """Degrees and decimal minutes with no zeros at the end but one: ``40°06.0'N 049°58.2'E``. [deg]"""
    return _ENDING_ZEROS.sub(r"\1", format_position(lon, lat))


def tenths_position(lon: float, lat: float) -> str:
    """The same to the tenth of a minute, 0.1 nm, as a press on a small map deserves. [deg]"""
    return short_position(round(lon * 600) / 600, round(lat * 600) / 600)


def decimal_position(lon: float, lat: float) -> str:
    """Decimal degrees to 1e-6, latitude first: ``40.100000, 49.970000``. [deg]"""
    return f"{lat:.6f}, {lon:.6f}"


def seconds_position(lon: float, lat: float) -> str:
    """Degrees, minutes and seconds to a tenth, which is 3 m: ``40°06'00.0"N 049°58'12.0"E``. [deg]"""
    return f"{_seconds(lat, 'NS', 2)} {_seconds(lon, 'EW', 3)}"


def _seconds(value: float, letters: str, digits: int) -> str:
    count = round(abs(value) * _TENTHS_OF_A_SECOND)  # whole tenths, so that 59.96 carries
    degrees, rest = divmod(count, _TENTHS_OF_A_SECOND)
    minutes, tenths = divmod(rest, 600)
    letter = letters[1] if value < 0 and count else letters[0]
    return f"{degrees:0{digits}d}°{minutes:02d}'{tenths / 10:04.1f}\"{letter}"


def marked(text: str, problem: PositionError) -> Markup:
    """A text that is no position, with the part that is not understood in `mark`."""
    start, end = problem.start, problem.end
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])
