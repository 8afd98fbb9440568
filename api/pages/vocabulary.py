"""Our words beside those of the two standards for maritime limits: one table for every way out.

The relations are those of SKOS in plain words. A name of a standard stands in the table only where it
could be checked; everything else is ``none``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    """The table, as it is given in JSON."""
    table: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return table
