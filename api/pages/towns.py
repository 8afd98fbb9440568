"""Towns for the map's labels: a table of data with its source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.languages.choice import ENGLISH


@cache
def towns(language: str = ENGLISH) -> tuple[dict[str, Any], ...]:
    """Each with ``name``, ``lon``, ``lat`` [deg] and the ``side`` of its dot that has room for the name."""
    return tuple(
        {**{key: one[key] for key in ("lon", "lat", "side")}, "name": one["names"].get(language, one["name"])}
        for one in _table()["towns"]
    )


def label_places() -> dict[str, list[float]]:
    """Where the names of the States stand on the map, by their codes: longitude and latitude. [deg]"""
    places: dict[str, list[float]] = _table()["labels"]
    return places


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return table
