"""For every block the segments that can be nearest somewhere in it: of each State's baseline, of the limits
and of the lines between sectors.

They are listed by their numbers, those of the trees one after another, as runs of consecutive ones, with some
between that are never nearest. What is nearest to a position of a block is among those listed, so that its
distance follows from these alone. A group that is not listed is not known, and the tree is to be searched.

Which they are follows from the plane around the middle of a square of `_SIDE` blocks, azimuthal equidistant.
Distances from positions of the square to anything within `_FARTHEST_M` are those of the plane to 0.8 m:
the plane bends by r^2 D / 6 R^2 (0.7 m), and its azimuths are those of normal sections (5 cm).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Floats, Integers, read_only
from zones.cells.dividing import new_near, radius_of
from zones.cells.gathering import gather_from
from zones.cells.grid import (
    BLOCK_DEG,
    COLUMNS,
    ROWS,
    SOUTH,
    STATES_AND_NONE,
    WEST,
    frame_at,
    label,
    metres_by_row,
    onto_plane,
)
from zones.cells.nodes import Node, farther, look, nearest_group
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred
from zones.geodesy.segment_tree import SCRATCH, SegmentTree, nearest_segment
from zones.rule.rule import OUTSIDE
from zones.words import STATES

STATE_COUNT = len(STATES)
ANY_STATE, LIMITS, SECTOR_LINES = STATE_COUNT, STATE_COUNT + 1, STATE_COUNT + 2  # groups after the States
GROUPS = SECTOR_LINES + 1
WANTS_LIMITS, WANTS_SECTORS = 1, 2

# A run is a number of 32 bits: its group, how many segments, the first.
_COUNT_AT, _GROUP_AT = 22, 29
MOST_SEGMENTS = 1 << _COUNT_AT  # of all trees
LONGEST_RUN = (1 << _GROUP_AT - _COUNT_AT) - 1
MOST_LISTED = 1500  # of a group in a block, as in a delta; with more the tree is as quick
_GAP = 4  # so many segments that are never nearest are taken into a run rather than to begin another
# What is known of States in a block, in bits: whose belt may reach into it, whose reaches all of it, and the
# State + 1 that has the nearest baseline everywhere, if it is one.
SURE_AT, ONLY_AT = STATE_COUNT, 2 * STATE_COUNT

# Typed: a literal would have the function it is given to compiled once more.
_NONE, _ALL, _ANY = np.int64(0), np.int64(-1), np.int64(ANY_STATE)

_SIDE = 16
_LEVELS = 5
_FARTHEST_M = 300_000.0
_MARGIN_M = 2.0
_MOST_WORDS_A_BLOCK = 8 * MOST_LISTED


class Nearby(NamedTuple):
    """What is listed; in compiled functions ``nearby``."""

    first: Any  # shape (blocks + 1,), where the runs of each block begin
    belts: Any  # shape (blocks,), what is known of States
    runs: Any  # of all blocks, by their groups


class Trees(NamedTuple):
    """What is listed from."""

    shores: SegmentTree
    limits: SegmentTree
    sector_lines: SegmentTree
    reach_m: Floats


class _Found(NamedTuple):
    """What is found of a square of blocks: counts and runs of each, in rows of 256."""

    counts: Integers  # shape (256,)
    belts: Integers
    runs: npt.NDArray[np.uint32]  # shape (256, words)


@compiled(inlined=True)
def run_of(word):
    """Group, first segment and how many, of a run."""
    word = np.int64(word)
    return word >> _GROUP_AT, word & (MOST_SEGMENTS - 1), word >> _COUNT_AT & LONGEST_RUN


def wanted_by(blocks: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Of each block whether limits and lines between sectors are asked for, from the codes of labels."""
    outside = label(OUTSIDE * STATES_AND_NONE, -1)
    sector = (blocks < 0) | (blocks % STATES_AND_NONE > 0)
    limits = np.where(blocks == outside, 0, WANTS_LIMITS)
    return (limits + np.where(sector, WANTS_SECTORS, 0)).astype(np.uint8)


def list_nearby(trees: Trees, wanted: npt.NDArray[np.uint8]) -> Nearby:
    """List for all blocks; `wanted`: shape (rows, columns), see `wanted_by`."""
    most = len(trees.shores.ends) + len(trees.limits.ends) + len(trees.sector_lines.ends)
    first, belts, runs = _list_all(trees, metres_by_row(), read_only(wanted), most)
    return read_only(Nearby(first, belts, runs))


@compiled
def _list_all(trees, metres, wanted, most):
    near, scratch = new_near(most), np.empty(SCRATCH)
    listed, counts = np.empty((_LEVELS + 1, most), dtype=np.int64), np.empty(_LEVELS + 1, dtype=np.int64)
    found = _Found(
        np.empty(_SIDE * _SIDE, dtype=np.int64), np.empty(_SIDE * _SIDE, dtype=np.int64),
        np.empty((_SIDE * _SIDE, _MOST_WORDS_A_BLOCK), dtype=np.uint32),
    )  # fmt: skip
    # by squares; put in the order of blocks at the end
    begins, lengths = np.empty((ROWS, COLUMNS), dtype=np.int64), np.empty((ROWS, COLUMNS), dtype=np.int64)
    belts, words, at = np.empty((ROWS, COLUMNS), dtype=np.int16), np.empty(1 << 20, dtype=np.uint32), 0
    for row in range(0, ROWS, _SIDE):
        for column in range(0, COLUMNS, _SIDE):
            _list_square(trees, metres, wanted, row, column, near, listed, counts, found, scratch)
            total = found.counts.sum()
            if at + total > len(words):
                longer = np.empty(2 * len(words) + total, dtype=np.uint32)
                longer[:at] = words[:at]
                words = longer
            for k in range(_SIDE * _SIDE):
                r, c, n = row + k // _SIDE, column + k % _SIDE, found.counts[k]
                begins[r, c], lengths[r, c], belts[r, c] = at, n, found.belts[k]
                words[at : at + n] = found.runs[k, :n]
                at += n
    first, ordered, at = np.empty(ROWS * COLUMNS + 1, dtype=np.int32), np.empty(at, dtype=np.uint32), 0
    for r in range(ROWS):
        for c in range(COLUMNS):
            begin, n = begins[r, c], lengths[r, c]
            first[r * COLUMNS + c] = at
            ordered[at : at + n] = words[begin : begin + n]
            at += n
    first[ROWS * COLUMNS] = at
    return first, belts.reshape(-1), ordered


@compiled
def _list_square(trees, metres, wanted, row, column, near, listed, counts, found, scratch):
    """List for a square of blocks."""
    side = _SIDE * BLOCK_DEG
    west, south = WEST + column * BLOCK_DEG, SOUTH + row * BLOCK_DEG
    frame = frame_at(west + 0.5 * side, south + 0.5 * side)
    radius = radius_of(west, south, side, frame.x, frame.y, frame.z)
    found.counts[:], found.belts[:] = 0, 0
    reach_m, count = trees.reach_m, _gather_shores(trees, frame, radius, near, scratch)
    _descend(reach_m, metres, wanted, row, column, _NONE, _NONE, frame, near, listed, counts, count, found)
    limits, sectors = False, False
    for r in range(row, row + _SIDE):
        for c in range(column, column + _SIDE):
            limits = limits or wanted[r, c] & WANTS_LIMITS != 0
            sectors = sectors or wanted[r, c] & WANTS_SECTORS != 0
    before = len(trees.shores.ends)
    for tree, want, needed in (
        (trees.limits, WANTS_LIMITS, limits),
        (trees.sector_lines, WANTS_SECTORS, sectors),
    ):
        if needed:
            count = _gather_lines(tree, frame, radius, near, scratch)
            _descend(
                reach_m, metres, wanted, row, column, want, before, frame, near, listed, counts, count, found
            )  # fmt: skip
        before += len(tree.ends)


@compiled
def _gather_lines(tree, frame, radius, near, scratch):
    """Gather what can be nearest of a tree's first group; how many, 0 where some is too far away."""
    root = tree.roots[0]
    k, _, length = nearest_segment(tree, root, frame.x, frame.y, frame.z, _FARTHEST_M - 2.0 * radius, scratch)
    if k < 0:
        return 0
    return gather_from(tree, root, _NONE, frame, length + 2.0 * radius + _MARGIN_M, near, _NONE, True)


@compiled
def _gather_shores(trees, frame, radius, near, scratch):
    """The same of the baselines of all States: what can be nearest of all, or of a belt; 0 where a State too
    far away can be the nearest, too.
    """
    tree, count = trees.shores, _NONE
    nearest_m, searched_m = math.inf, _FARTHEST_M - 2.0 * radius
    lengths = np.empty(STATE_COUNT)
    for g in range(STATE_COUNT):
        k, _, length = nearest_segment(tree, tree.roots[g], frame.x, frame.y, frame.z, searched_m, scratch)
        lengths[g] = length if k >= 0 else math.inf
        nearest_m = min(nearest_m, lengths[g])
    if nearest_m + 2.0 * radius + _MARGIN_M > searched_m and lengths.max() == math.inf:
        return count
    for g in range(STATE_COUNT):
        bound_m = max(nearest_m + 2.0 * radius, trees.reach_m[g] + radius) + _MARGIN_M
        if lengths[g] <= bound_m and lengths[g] < math.inf:
            within = min(bound_m, lengths[g] + 2.0 * radius + _MARGIN_M)
            count = gather_from(tree, tree.roots[g], g, frame, within, near, count, True)
    return count


@compiled
def _node_in(metres, frame, row, column, size):
    """A square of blocks in the plane; its sides bend and turn by less than 0.004 there."""
    lon, lat = WEST + (column + 0.5 * size) * BLOCK_DEG, SOUTH + (row + 0.5 * size) * BLOCK_DEG
    x, y, z = earth_centred(lon, lat)
    east, north = onto_plane(frame, x, y, z)
    across, along = metres[row, 0] * 0.5 * size * BLOCK_DEG, metres[row, 2] * 0.5 * size * BLOCK_DEG
    half_east, half_north = 1.004 * across + 0.004 * along + 0.1, 1.004 * along + 0.004 * across + 0.1
    radius = math.sqrt(half_east * half_east + half_north * half_north)
    return Node(lon, lat, east, north, half_east, half_north, radius, _MARGIN_M)


@compiled
def _descend(
    reach_m, metres, wanted, row, column, want, before, frame, near, listed, counts, count, found
):  # fmt: skip
    """List what was gathered for the blocks of a square that want it; `want` is 0 for the shores.

    So many segments are numbered before those of the tree at hand.
    """
    for k in range(count):
        listed[0, k] = k
        near.segment[k] += before
    counts[0] = count
    stack = np.empty((32, 4), dtype=np.int64)
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], depth = 0, 0, _SIDE, 1, 1
    while depth > 0 and count > 0:
        depth -= 1
        r, c, size, level = stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3]
        if size == 1 and want > 0 and wanted[row + r, column + c] & want == 0:
            continue
        node = _node_in(metres, frame, row + r, column + c, size)
        look(near, listed[level - 1], counts[level - 1], node)
        counts[level] = _keep(reach_m, near, listed[level - 1], counts[level - 1], node, listed[level])
        if size > 1:
            half = size // 2
            for k in range(4):
                stack[depth, 0], stack[depth, 1] = r + half * (k // 2), c + half * (k % 2)
                stack[depth, 2], stack[depth, 3] = half, level + 1
                depth += 1
        elif want > 0:
            group = LIMITS if want == WANTS_LIMITS else SECTOR_LINES
            _write(near, listed[level], counts[level], _ALL, group, found, r * _SIDE + c)
        else:
            _write_shores(reach_m, near, listed[level], counts[level], node, found, r * _SIDE + c)


@compiled
def _keep(reach_m, near, listed, count, node, kept):
    """List what may be the nearest of its group somewhere in a node, if that is the nearest of all somewhere
    or a belt may reach there; how many that is.
    """
    nearest, number = near.best[nearest_group(near, STATE_COUNT)], 0
    for i in range(count):
        k = listed[i]
        g = near.group[k]
        if farther(near, k, near.best[g], node):
            continue
        if near.low[g] > reach_m[g] and farther(near, k, nearest, node):
            continue
        kept[number] = k
        number += 1
    return number


@compiled
def _write_shores(reach_m, near, listed, count, node, found, block):
    """Write the runs of each State and of all together, and what is known of the States."""
    nearest = near.best[nearest_group(near, STATE_COUNT)]
    may, sure, first, last = 0, 0, STATE_COUNT, -1
    for g in range(STATE_COUNT):
        if near.best[g] < 0:
            continue
        _write(near, listed, count, g, g, found, block)
        may |= (near.low[g] <= reach_m[g]) << g
        sure |= (near.high[g] < reach_m[g]) << g
    number = 0
    for i in range(count):
        k = listed[i]
        if not farther(near, k, nearest, node):
            first, last = min(first, near.group[k]), max(last, near.group[k])
            listed[number] = k
            number += 1
    if first == last:
        found.belts[block] = may | sure << SURE_AT | (first + 1) << ONLY_AT
        return
    found.belts[block] = may | sure << SURE_AT
    if sure == 0:
        _write(near, listed, number, _ALL, _ANY, found, block)


@compiled
def _write(near, listed, count, group, name, found, block):
    """Write the runs of a group among what is listed, or of all (-1), under the name of another."""
    at, begin, end, listed_there = found.counts[block], -1, -1, 0
    start = at
    for i in range(count):
        k = listed[i]
        if group >= 0 and near.group[k] != group:
            continue
        s = near.segment[k]
        if begin >= 0 and end <= s <= end + _GAP and s - begin < LONGEST_RUN:
            end = s + 1
            continue
        if begin >= 0:
            found.runs[block, at] = name << _GROUP_AT | (end - begin) << _COUNT_AT | begin
            listed_there += end - begin
            at += 1
        if listed_there > MOST_LISTED or at - start >= MOST_LISTED:
            return
        begin, end = s, s + 1
    if begin >= 0:
        found.runs[block, at] = name << _GROUP_AT | (end - begin) << _COUNT_AT | begin
        listed_there += end - begin
        at += 1
    if listed_there <= MOST_LISTED:
        found.counts[block] = at
