"""The other bundled coasts under the choices of an edition, which its answers are compared with.

Their baselines are kept in the cache. They are made in a second, so nobody depends on that: where one
cannot be read or written, nothing is said and it is made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from coastlines import SOURCE_IDS
from zones.baseline.baseline import Baseline
from zones.classification.comparison import Comparison
from zones.compiled import check_compiled
from zones.editions.archive import decode, encode
from zones.editions.building import TYPES, Built, bundled_baseline
from zones.editions.identity import plain_lines, read_inputs
from zones.editions.kept_files import keep, read_kept
from zones.errors import BaselineError
from zones.parameters import Parameters
from zones.rule.rule import Rule, make_rule

_log = logging.getLogger("caspian")


class ComparedCoasts:
    """The rules of the bundled coasts under some choices, each made once."""

    def __init__(self, cache_folder: Path) -> None:
        self._folder = cache_folder / "baselines"
        self._rules: dict[str, Rule] = {}

    def comparison(self, built: Built) -> Comparison:
        """The other bundled coasts under the breadths, lines and artificial land of an edition."""
        own = built.metadata["coast"]["id"]
        others: list[tuple[str, Rule]] = []
        left_out: list[str] = []
        for source_id in SOURCE_IDS:
            if source_id == own:
                continue
            try:
                others.append((source_id, self._rule(source_id, built)))
            except BaselineError as error:  # a straight line does not fit this coast
                _log.debug("%s is not compared with: %s", source_id, error)
                left_out.append(source_id)
        return Comparison(own, built.baseline, tuple(others), tuple(left_out))

    def _rule(self, source_id: str, built: Built) -> Rule:
        choices = [built.keep_artificial, plain_lines(built.straight_lines)]
        digest = hashlib.sha256(json.dumps(choices).encode()).hexdigest()
        key = f"{source_id} {digest} {sorted(built.breadth_nm.items())}"
        if key not in self._rules:
            default = read_inputs(Parameters(source_id)).name
            path = self._folder / f"{default}-{digest[:16]}.bin"
            baseline = _read_baseline(path)
            if baseline is None:
                check_compiled()
                baseline = bundled_baseline(
                    source_id, built.straight_lines, keep_artificial=built.keep_artificial
                )
                record, block = encode(baseline)
                keep(path, json.dumps(record, allow_nan=False).encode() + b"\n" + block)
            self._rules[key] = make_rule(baseline, built.breadth_nm)
        return self._rules[key]


def _read_baseline(path: Path) -> Baseline | None:
    record, _, block = (read_kept(path) or b"").partition(b"\n")
    try:
        baseline = decode(json.loads(record), block, TYPES)
    except (ValueError, KeyError, TypeError):
        return None
    return baseline if isinstance(baseline, Baseline) else None
