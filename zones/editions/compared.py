"""The other bundled coasts under the choices of an edition, which its answers are compared with.

Their baselines are kept in the cache. They are made in a second, so nobody depends on that: where one
cannot be read or written, nothing is said and it is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coastlines import SOURCE_IDS, StraightLine, load_source
from zones.classification.comparison import Comparison
from zones.compiled import check_compiled
from zones.editions.entries import WRONG_CONTENT, DamagedError, Entries
from zones.editions.identity import plain_lines, read_inputs
from zones.errors import BaselineError, CacheError
from zones.parameters import Parameters
from zones.rule.rule import Rule, make_rule, wedges_of

if TYPE_CHECKING:
    from zones.baseline.baseline import Baseline
    from zones.editions.building import Built

_LINES_DO_NOT_FIT = "straight lines of this edition do not fit there"
_ARTIFICIAL_LAND_IS_NOT_DRAWN = "artificial land of this edition is not drawn there"

_log = logging.getLogger("caspian")


class ComparedCoasts:
    """The rules of the bundled coasts under some choices, each made once."""

    def __init__(self, cache_folder: Path, *, mapped: bool) -> None:
        self._entries = Entries(cache_folder / "baselines", mapped=mapped)
        self._rules: dict[str, Rule] = {}

    def comparison(self, built: Built) -> Comparison:
        """The other bundled coasts under the breadths, lines and artificial land of an edition."""
        own = built.metadata["coast"]["id"]
        others: list[tuple[str, Rule]] = []
        left_out: dict[str, list[str]] = {}
        for source_id in SOURCE_IDS:
            if source_id == own:
                continue
            try:
                rule = self._rule(source_id, built)
            except BaselineError as error:
                _log.debug("%s is not compared with: %s", source_id, error)
                left_out.setdefault(_LINES_DO_NOT_FIT, []).append(source_id)
                continue
            kept = built.metadata["keep_artificial"]
            if kept and _artificial(rule.baseline) != _artificial(built.baseline):
                left_out.setdefault(_ARTIFICIAL_LAND_IS_NOT_DRAWN, []).append(source_id)
            else:
                others.append((source_id, rule))
        return Comparison(own, built.baseline, tuple(others), left_out)

    def trim(self, most: int) -> None:
        """Remove the baselines made first that are more than so many, those without choices aside."""
        usual = {_kept_as(source_id, keep_artificial=False, lines=()) for source_id in SOURCE_IDS}
        names = sorted(self._entries.everything() - usual, key=self._entries.written_s)
        for name in names[: max(0, len(names) - most)]:
            with contextlib.suppress(OSError):
                self._entries.remove(name)

    def _rule(self, source_id: str, built: Built) -> Rule:
        breadth_nm, keep_artificial = (built.metadata[name] for name in ("breadth_nm", "keep_artificial"))
        name = _kept_as(source_id, keep_artificial=keep_artificial, lines=built.straight_lines)
        key = f"{name} {sorted(breadth_nm.items())}"
        if key not in self._rules:
            try:
                _, kept = self._entries.read(name)
                self._rules[key] = make_rule(kept.baseline, breadth_nm, kept.wedges)
            except (*WRONG_CONTENT, DamagedError):
                check_compiled()
                from zones.editions.building import baseline_of  # slow to load

                source = load_source(source_id)
                baseline = baseline_of(source, built.straight_lines, keep_artificial=keep_artificial)
                wedges = wedges_of(baseline)
                self._rules[key] = make_rule(baseline, breadth_nm, wedges)
                with contextlib.suppress(CacheError):
                    self._entries.write(name, {}, {"baseline": baseline, "wedges": wedges})
        return self._rules[key]


def _kept_as(source_id: str, *, keep_artificial: bool, lines: Sequence[StraightLine]) -> str:
    """Name of what is kept of a coast under some choices."""
    choices = json.dumps([keep_artificial, plain_lines(lines)])
    return f"{read_inputs(Parameters(source_id)).name}-{hashlib.sha256(choices.encode()).hexdigest()[:16]}"


def _artificial(baseline: Baseline) -> set[str]:
    """Names of the artificial land that a coast draws."""
    return {land.name for land in baseline.artificial}
