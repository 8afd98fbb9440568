"""Compile the core ahead of use, in two processes at once: ``python -m zones.editions.precompile``.

Nothing depends on it: what is not compiled yet is compiled at its first call.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys

import numpy as np

from zones.cache_folder import cache_folder
from zones.cells.index import label_arrays, make_index
from zones.cells.labels import labels_of
from zones.cells.nearby import Trees, list_nearby, wanted_by
from zones.classification.by_blocks import Blocks, block_arrays, measure_by_blocks
from zones.classification.measuring import Ground, make_ground, measure_many, measure_one
from zones.classification.nearest_limit import LimitIndex, make_limit_index
from zones.crossings.march import march_along
from zones.crossings.path import make_path
from zones.editions.building import bundled_baseline
from zones.errors import CacheError, ZonesError
from zones.lines.equidistance import trace_equidistance
from zones.lines.limits import groups_of, voronoi_corners
from zones.lines.partition import partition_sea
from zones.rule.rule import Rule, decide_signed, make_rule
from zones.seabed.offset_line import trace_offset_line
from zones.seabed.sectors import SectorIndex
from zones.tracks.cutting import changes_along
from zones.tracks.legs import lengths_of, may_change
from zones.words import STATES, TERRITORIAL_WATERS_MAXIMUM_NM

_SMALLEST_COAST = "osm-2017"
_PARTS = ("lines", "answers")  # of about the same length
_LINE = np.array([[50.5, 42.5], [50.6, 42.6]])


def main(arguments: list[str]) -> int:
    """Compile the parts named, or both at once in a process each; 2 where nothing could be kept of it."""
    if not arguments:
        try:
            cache_folder()
        except CacheError as error:
            print(f"caspian: {error}", file=sys.stderr)
            return 2
        return _both_at_once()
    rule = make_rule(bundled_baseline(_SMALLEST_COAST), dict.fromkeys(STATES, TERRITORIAL_WATERS_MAXIMUM_NM))
    {"lines": _lines, "answers": _answers}[arguments[0]](rule)
    return 0


def _both_at_once() -> int:
    """In sessions of their own, so that an interrupt typed at the terminal comes to this process alone."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for part in _PARTS:
            command = [sys.executable, "-m", "zones.editions.precompile", part]
            running.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603
        return max(process.wait() for process in running)
    except BaseException:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        raise


def _lines(rule: Rule) -> None:
    corners, _ = voronoi_corners(rule.baseline, groups_of(STATES))
    trace_equidistance(rule, corners)
    partition_sea(rule)
    with contextlib.suppress(ZonesError):
        trace_offset_line(rule, "AZE", "KAZ", _LINE[0], _LINE[1])
    ground = _ground(rule, make_limit_index([("line", _LINE)]))
    ground.arrays.sectors.locate(rule.baseline.tree.start[:1])
    path = make_path(_LINE)
    march_along(ground, path, seabed=True)
    march_along(ground, path, seabed=False)
    answers = np.zeros((1, 2), dtype=np.int64)
    changes_along(ground, _LINE[:1], _LINE[1:], answers, answers)


def _answers(rule: Rule) -> None:
    lon, lat = _LINE.T.copy()
    sectors, seabed = SectorIndex(rule.arrays.tree, rule.arrays.sides), np.ones(len(STATES), dtype=np.bool_)
    cells = label_arrays(make_index(rule, sectors, seabed), rule, sectors, seabed)
    labels_of(cells, lon, lat)
    legs, codes = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    may_change(cells, lon, lat, codes, legs, lengths_of(lon, lat, legs))
    decide_signed(rule, 50.5, 42.5)
    ground = _ground(rule, make_limit_index([("line", _LINE)]))
    measure_one(ground, 50.5, 42.5)
    measure_many(ground, lon, lat, limits=True, seabed=True)
    arrays = ground.arrays
    trees = Trees(rule.arrays.tree, arrays.limits.tree, sectors.tree, rule.arrays.reach_m)
    blocks = Blocks(cells, block_arrays(arrays, list_nearby(trees, wanted_by(cells.cells.blocks))))
    measure_by_blocks(ground, blocks, lon, lat, limits=True, seabed=True)


def _ground(rule: Rule, limits: LimitIndex) -> Ground:
    """The baseline stands in for the sector lines."""
    yes = np.ones(len(STATES), dtype=np.bool_)
    return make_ground(rule, limits, SectorIndex(rule.arrays.tree, rule.arrays.sides), yes, yes, 50.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
