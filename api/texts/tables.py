"""Values as cells of a CSV table."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from api.texts.json_text import write_json


def text_column(values: Sequence[Any]) -> list[str]:
    """A column of a user's plain values as cells, numbers that are not finite as they are.

    Quicker than one by one where they are of one kind.
    """
    return [
        value if type(value) is str else repr(value) if type(value) is float else cell(value)
        for value in values
    ]


def cell(value: object) -> str:
    """A value as text: empty for none, ``true`` and ``false``, numbers in full, what is nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value)) if isfinite(value) else ""
    if isinstance(value, (dict, list)):
        return write_json(value)
    return str(value)
