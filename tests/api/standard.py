"""Answers read by the schemas of OGC API - Processes - Part 1: Core, 1.0.

The schemas are those of the standard's own OpenAPI document, as models that others have generated from it
(`ogc_api_processes_client`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any


def by_the_standard(model: Any, value: Any, own: Collection[str] = ()) -> dict[str, Any]:
    """The value, which the schema takes whole but for members of our own."""
    assert set(_not_taken(value, model.from_dict(value).to_dict())) == set(own)
    return dict(value)


def _not_taken(value: Any, taken: Any, place: str = "") -> Iterator[str]:
    """Where a value has what its model has not, or has otherwise."""
    if isinstance(value, dict) and isinstance(taken, dict):
        for name, one in value.items():
            if name in taken:
                yield from _not_taken(one, taken[name], f"{place}/{name}")
            else:
                yield f"{place}/{name}"
    elif isinstance(value, list) and isinstance(taken, list) and len(value) == len(taken):
        for at, (one, other) in enumerate(zip(value, taken, strict=True)):
            yield from _not_taken(one, other, f"{place}/{at}")
    elif isinstance(value, str) and isinstance(taken, datetime):
        if datetime.fromisoformat(value) != taken:
            yield place
    elif value != taken or isinstance(value, bool) != isinstance(taken, bool):
        yield place
