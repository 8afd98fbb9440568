"""Positions and coordinates as people write them, on charts or in messages: one reader, one writer."""

from coastlines.positions.letters import plain_letters
from coastlines.positions.reading import (
    EXAMPLES,
    PositionError,
    hemisphere_letter,
    parse_coordinate,
    parse_position,
)
from coastlines.positions.writing import format_latitude, format_longitude, format_position

__all__ = [
    "EXAMPLES",
    "PositionError",
    "format_latitude",
    "format_longitude",
    "format_position",
    "hemisphere_letter",
    "parse_coordinate",
    "parse_position",
    "plain_letters",
]
