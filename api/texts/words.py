"""Names and meanings of codes in words, from a table of data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_TABLE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def _words(group: str, part: str = "name") -> Mapping[str, str]:
    return {code: words[part] for code, words in _TABLE[group].items() if part in words}


ZONE_NAMES, ZONE_MEANINGS = _words("zones"), _words("zones", "meaning")
STATUS_NAMES, STATUS_MEANINGS = _words("statuses"), _words("statuses", "meaning")
DIVISIONS = _words("statuses", "division")  # how water is divided by a line of the status
KIND_NAMES, TARGETS = _words("kinds"), _words("kinds", "target")  # of baselines, and as what one measures to
