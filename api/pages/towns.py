"""Towns for the map's labels: a table of data with its source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def towns() -> tuple[dict[str, Any], ...]:
    """Each with ``name``, ``lon``, ``lat`` [deg] and the ``side`` of its dot that has room for the name."""
    table = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return tuple(table["towns"])
