"""The index of an edition: its grid, from which labels of most positions are read, and its segments.

In a whole block or leaf one answer holds, which is proven from the rule with a margin. In another leaf the
few segments that can be nearest to any of its positions decide in the plane; a position that is too near to
a threshold for that asks the rule itself. So every answer is that of the rule.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from zones.arrays import Flags, Floats, read_only
from zones.cells.dividing import DIVIDED, Ground, divide_all, divide_blocks
from zones.cells.grid import (
    BLOCK_DEG,
    COLUMNS,
    ROWS,
    SOUTH,
    STATES_AND_NONE,
    WEST,
    label,
    metres_by_row,
)
from zones.cells.plane import beside
from zones.geodesy.ellipsoid import to_lon_lat
from zones.rule.rule import OUTSIDE, Rule, RuleArrays
from zones.seabed.sectors import SectorIndex
from zones.words import OUTSIDE_DISTANCE_M

_LEAST_METRES = 110_000.0  # of a degree of latitude, and of longitude by its cosine


class CellIndex(NamedTuple):
    """What is kept of the grid; in compiled functions ``index``."""

    # shape (rows, columns) of blocks: the code of the answer, or `DIVIDED` less its number among those
    blocks: Any
    parts: Any  # shape (n, 256); of divided blocks the codes of the leaves, `ASK`, or from `FIRST_LEAF` on
    first: Any  # shape (n,), the word where the leaves of each divided block begin
    words: Any  # of all leaves, see `leaves`


class LabelArrays(NamedTuple):
    """What labels follow from; in compiled functions ``ground``."""

    cells: CellIndex
    floats: Any  # the words as floats
    rule: RuleArrays
    sectors: SectorIndex
    seabed: Flags  # by region of the shores: whether it is over the seabed that is divided
    metres: Floats  # of `grid.offset_in`
    beyond: int  # the code of positions off the grid, -1 where the rule decides


def make_index(rule: Rule, sectors: SectorIndex, seabed: Flags) -> CellIndex:
    """Certify all blocks, and divide those that are not whole. See `LabelArrays` for ``seabed``."""
    shores, lines = beside(rule.arrays.tree, rule.arrays.sides), beside(sectors.tree, sectors.sides)
    ground = Ground(rule.arrays, sectors, shores, lines, read_only(seabed), metres_by_row())
    codes = np.empty((ROWS, COLUMNS), dtype=np.int32)
    divide_all(ground, codes)
    divided = np.argwhere(codes < 0)
    codes[codes < 0] = DIVIDED - np.arange(len(divided))
    most = len(rule.arrays.tree.ends) + len(sectors.tree.ends)
    return read_only(CellIndex(codes, *divide_blocks(ground, read_only(divided), most)))


def label_arrays(index: CellIndex, rule: Rule, sectors: SectorIndex, seabed: Flags) -> LabelArrays:
    """Lay out what labels follow from."""
    return LabelArrays(
        read_only(index), read_only(index.words.view(np.float32)), rule.arrays, sectors, read_only(seabed),
        metres_by_row(), _beyond(rule),
    )  # fmt: skip


def _beyond(rule: Rule) -> int:
    """The code of positions off the grid: all are outside the Caspian where the grid goes far enough.

    Who comes from there to a shore crosses an edge of the grid, and from every edge the shores are far.
    """
    lon, lat = to_lon_lat(rule.arrays.tree.ends.reshape(-1, 3)).T
    east, north = WEST + COLUMNS * BLOCK_DEG, SOUTH + ROWS * BLOCK_DEG
    across = min(lon.min() - WEST, east - lon.max()) * _LEAST_METRES * math.cos(math.radians(north))
    along = min(lat.min() - SOUTH, north - lat.max()) * _LEAST_METRES
    return label(OUTSIDE * STATES_AND_NONE, -1) if min(across, along) > OUTSIDE_DISTANCE_M else -1
