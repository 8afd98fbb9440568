"""Which outer limit or boundary is nearest to a position, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.compiled import compiled
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.segment_tree import SegmentTree, bound_by, nearest_segment


class LimitArrays(NamedTuple):
    """Lines as one tree, and the number of the line that each of its segments belongs to."""

    tree: SegmentTree
    line: Integers


@dataclass(frozen=True, slots=True, eq=False)
class LimitIndex:
    """All drawn limits and boundaries as one tree."""

    tree: SegmentTree
    line: Integers  # shape (n,), number of the line that each segment belongs to, in the order of the tree
    ids: tuple[str, ...]  # feature id of each line

    @property
    def arrays(self) -> LimitArrays:
        """What compiled code takes."""
        return LimitArrays(self.tree, self.line)


@compiled(inlined=True)
def nearest_limit(limits, x, y, z, guess, scratch):
    """Segment of a line nearest to one earth-centred point, and the distance to it; see `bound_by`. [m]"""
    bound_m = bound_by(limits.tree.ends, guess, x, y, z)
    segment, _, length = nearest_segment(limits.tree, limits.tree.roots[0], x, y, z, bound_m, scratch)
    return segment, length


def make_limit_index(lines: Sequence[tuple[str, Floats]]) -> LimitIndex:
    """Index lines given by feature id and vertices in longitude and latitude, shape (n, 2). [deg]"""
    starts, ends, numbers = [], [], []
    for number, (_, lon_lat) in enumerate(lines):
        corners = to_earth_centred(lon_lat)
        starts.append(corners[:-1])
        ends.append(corners[1:])
        numbers.append(np.full(len(corners) - 1, number, dtype=np.int64))
    start, end, line = np.vstack(starts), np.vstack(ends), np.concatenate(numbers)
    tree, order = segment_tree.build(start, end, np.zeros(len(start), dtype=np.int64), 1, 1)
    return LimitIndex(tree, read_only(line[order]), tuple(name for name, _ in lines))
