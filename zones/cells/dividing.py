"""The grid made from the rule and the sector lines: blocks whole, or divided into leaves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers
from zones.baseline.baseline import LAND_REGION
from zones.cells.gathering import gather
from zones.cells.grid import (
    BLOCK_DEG,
    COLUMNS,
    LEAVES,
    LEAVES_PER_DEGREE,
    ROWS,
    SOUTH,
    WEST,
    block_middle,
    frame_at,
    label,
    offset_in,
)
from zones.cells.leaves import MOST_SEGMENTS, MOST_WORDS, STRIDE, segment_at, write_known, write_segment
from zones.cells.nodes import (
    CROSS,
    GROUPS,
    MARGIN_M,
    SECTOR_LINE,
    SHARE,
    Near,
    Node,
    keep_sector,
    keep_zone,
    look,
    on_ring,
    region_in,
    zone_in,
)
from zones.cells.plane import code_beside
from zones.cells.wholes import UNKNOWN, whole_sector, whole_zone
from zones.compiled import compiled
from zones.geodesy.ellipsoid import earth_centred, geodesic_length
from zones.geodesy.segment_tree import SCRATCH
from zones.rule.rule import new_work, region_of

DIVIDED = -2  # code of a block that is divided, the first of them; it goes down from there
ASK = 255  # code of a leaf that the rule decides everywhere
FIRST_LEAF = 256  # codes from here on say where a leaf is kept that its segments decide
_LAST_LEAF = 65535
_START = 16  # blocks along the side of what is certified first

# Columns of what is known of nodes.
ZONE_COUNT, SECTOR_COUNT, ZONE, REGION, SECTOR = range(5)


class Ground(NamedTuple):
    """What answers follow from, in compiled functions ``ground``."""

    rule: object
    sectors: object
    beside: Integers  # of the shores
    sector_beside: Integers
    seabed: object  # by region: whether it is over the seabed that is divided
    metres: Floats  # of `grid.offset_in`


class _Levels(NamedTuple):
    """What is known of the nodes from a block down to a leaf, one in another; by level."""

    listed: Integers  # shape (levels, n), numbers of segments for zone and State
    sector_listed: Integers
    # shape (levels, 5): how many are listed of both; zone and State, region, sector or -1
    known: Integers


@compiled
def divide_all(ground, codes):
    """Fill the codes of blocks, shape (rows, columns), -1 where one is to be divided."""
    work = new_work()
    stack = np.empty((256, 3), dtype=np.int64)
    for first_row in range(0, ROWS, _START):
        for first_column in range(0, COLUMNS, _START):
            stack[0, 0], stack[0, 1], stack[0, 2], depth = first_row, first_column, _START, 1
            while depth > 0:
                depth -= 1
                row, column, size = stack[depth, 0], stack[depth, 1], stack[depth, 2]
                code = _whole(ground, row, column, size, work)
                codes[row : row + size, column : column + size] = code
                if code < 0 and size > 1:
                    half = size // 2
                    for k in range(4):
                        stack[depth, 0] = row + half * (k // 2)
                        stack[depth, 1] = column + half * (k % 2)
                        stack[depth, 2] = half
                        depth += 1


@compiled
def _whole(ground, row, column, size, work):
    """The code that holds in a square of blocks, or -1."""
    west, south, step = WEST + column * BLOCK_DEG, SOUTH + row * BLOCK_DEG, size * BLOCK_DEG
    x, y, z = earth_centred(west + 0.5 * step, south + 0.5 * step)
    radius = radius_of(west, south, step, x, y, z)
    zone, region = whole_zone(ground.rule, x, y, z, radius, work)
    if zone == UNKNOWN:
        return -1
    if not ground.seabed[region]:
        return label(zone, -1)
    sector = whole_sector(ground.sectors, x, y, z, radius, work.scratch)
    return -1 if sector == UNKNOWN else label(zone, sector)


@compiled
def radius_of(west, south, step, x, y, z):
    """Of a circle around a point that holds a rectangle of degrees. [m]"""
    radius = 0.0
    for k in range(4):
        cx, cy, cz = earth_centred(west + step * (k // 2), south + step * (k % 2))
        radius = max(radius, geodesic_length(x, y, z, cx, cy, cz))
    return 1.001 * radius + 0.01


@compiled
def _new_levels(most):
    """Room for so many segments."""
    return _Levels(
        np.empty((6, most), dtype=np.int64), np.empty((6, most), dtype=np.int64), np.empty((6, 5), np.int64)
    )


@compiled
def new_near(most):
    """Room for so many segments."""
    return Near(
        np.empty((most, 4)), np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64),
        np.empty((most, 5)), np.empty(GROUPS, dtype=np.int64), np.empty(GROUPS), np.empty(GROUPS),
    )  # fmt: skip


@compiled
def _node(metres, row, column, leaf_row, leaf_column, size):
    """A square of leaves of a block."""
    lon = WEST + (column * LEAVES + leaf_column + 0.5 * size) / LEAVES_PER_DEGREE
    lat = SOUTH + (row * LEAVES + leaf_row + 0.5 * size) / LEAVES_PER_DEGREE
    half_deg = 0.5 * size / LEAVES_PER_DEGREE
    east, north = offset_in(metres, row, column, lon, lat)
    across, along = metres[row, 0] * half_deg, metres[row, 2] * half_deg
    # Meridians and parallels of a block bend and turn by less than 0.0003.
    half_east = 1.0005 * across + 0.0003 * along + 0.01
    half_north = 1.0005 * along + 0.0003 * across + 0.01
    radius = np.sqrt(half_east * half_east + half_north * half_north)
    return Node(lon, lat, east, north, half_east, half_north, radius, MARGIN_M)


@compiled
def _answer_in(ground, near, levels, level, node, scratch):
    """Learn what holds in a node, which lies in that of the level above; the code, or -1."""
    above, known = levels.known[level - 1], levels.known[level]
    zone, region, sector = above[ZONE], above[REGION], above[SECTOR]
    known[ZONE_COUNT], known[SECTOR_COUNT] = 0, 0
    if zone == UNKNOWN:
        listed, count = levels.listed[level - 1], above[ZONE_COUNT]
        look(near, listed, count, node)
        if region == UNKNOWN:
            region = region_in(ground.rule, ground.beside, near, node, scratch)
        if region != UNKNOWN:
            zone = zone_in(ground.rule, near, listed, count, node, region)
        if zone == UNKNOWN:
            known[ZONE_COUNT] = keep_zone(
                ground.rule, near, listed, count, node, region, levels.listed[level]
            )
    dry = region != UNKNOWN and not ground.seabed[region]
    if sector == UNKNOWN and not dry:
        listed, count = levels.sector_listed[level - 1], above[SECTOR_COUNT]
        look(near, listed, count, node)
        k = near.best[SECTOR_LINE]
        if near.low[SECTOR_LINE] > 0.0:
            beside = ground.sector_beside[near.segment[k]]
            sector = code_beside(beside, near.seen[k, SHARE], near.seen[k, CROSS])
        if sector < 0:
            sector = UNKNOWN
            known[SECTOR_COUNT] = keep_sector(near, listed, count, node, levels.sector_listed[level])
    known[ZONE], known[REGION], known[SECTOR] = zone, region, sector
    if zone == UNKNOWN or not (dry or sector != UNKNOWN):
        return -1
    return label(zone, -1 if dry else sector)


@compiled
def _begin_block(ground, near, levels, row, column, scratch):
    """Gather the segments of a block, and learn what of it is known beforehand."""
    lon, lat = block_middle(row, column)
    frame = frame_at(lon, lat)
    radius = radius_of(lon - 0.5 * BLOCK_DEG, lat - 0.5 * BLOCK_DEG, BLOCK_DEG, frame.x, frame.y, frame.z)
    rule = ground.rule
    region, _, _, _, boundary_m = region_of(rule.tree, rule.sides, frame.x, frame.y, frame.z, scratch)
    if boundary_m <= radius:
        region = UNKNOWN
    sector = UNKNOWN
    if region == UNKNOWN or ground.seabed[region]:
        sector = whole_sector(ground.sectors, frame.x, frame.y, frame.z, radius, scratch)
    count = gather(rule, ground.sectors, frame, region, radius, near, scratch)
    known = levels.known[0]
    known[ZONE], known[REGION], known[SECTOR] = UNKNOWN, region, sector
    known[ZONE_COUNT], known[SECTOR_COUNT] = 0, 0
    for k in range(count):
        if near.group[k] == SECTOR_LINE:
            levels.sector_listed[0, known[SECTOR_COUNT]] = k
            known[SECTOR_COUNT] += 1
        else:
            levels.listed[0, known[ZONE_COUNT]] = k
            known[ZONE_COUNT] += 1


@compiled
def _keep_leaf(ground, near, levels, level, words, floats, at):
    """Write a leaf at a word; where the next one goes."""
    known = levels.known[level]
    counts = known[ZONE_COUNT], known[SECTOR_COUNT]
    write_known(words, at, counts, known[ZONE], known[REGION], known[SECTOR])
    for i in range(counts[0]):
        k = levels.listed[level, i]
        beside = ground.beside[near.segment[k]]
        write_segment(words, floats, segment_at(at, i), near.ends[k], near.group[k], beside)
    for i in range(counts[1]):
        k = levels.sector_listed[level, i]
        beside = ground.sector_beside[near.segment[k]]
        write_segment(words, floats, segment_at(at, counts[0] + i), near.ends[k], near.group[k], beside)
    return (segment_at(at, counts[0] + counts[1]) + STRIDE - 1) // STRIDE * STRIDE


@compiled
def _leaf_code(ground, near, levels, level, words, floats, first, at):
    """The code of a leaf that is not whole, and where the next one goes."""
    known = levels.known[level]
    count = known[ZONE_COUNT] + known[SECTOR_COUNT]
    code = FIRST_LEAF + (at - first) // STRIDE
    on_land = known[ZONE] == UNKNOWN and known[REGION] == LAND_REGION
    if count == 0 or count > MOST_SEGMENTS or code > _LAST_LEAF or (on_land and on_ring(near)):
        return ASK, at
    return code, _keep_leaf(ground, near, levels, level, words, floats, at)


@compiled
def divide_blocks(ground, blocks, most):
    """Divide the blocks given by row and column, shape (n, 2), with at most so many segments near any.

    Returns the codes of their leaves, shape (n, 256), the words of all leaves that are kept, and the word
    where those of each block begin.
    """
    near, levels, scratch = new_near(most), _new_levels(most), np.empty(SCRATCH)
    parts = np.empty((len(blocks), LEAVES * LEAVES), dtype=np.uint16)
    first, words, at = np.empty(len(blocks), dtype=np.int32), np.zeros(0, dtype=np.int32), np.int64(0)
    stack = np.empty((32, 4), dtype=np.int64)
    for b in range(len(blocks)):
        row, column = blocks[b]
        _begin_block(ground, near, levels, row, column, scratch)
        if len(words) - at < LEAVES * LEAVES * MOST_WORDS:
            longer = np.zeros(2 * at + LEAVES * LEAVES * MOST_WORDS, dtype=np.int32)
            longer[:at] = words[:at]
            words = longer
        floats = words.view(np.float32)
        first[b] = at
        stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], depth = 0, 0, LEAVES, 1, 1
        while depth > 0:
            depth -= 1
            leaf_row, leaf_column, size, level = stack[depth]
            node = _node(ground.metres, row, column, leaf_row, leaf_column, size)
            code = _answer_in(ground, near, levels, level, node, scratch)
            if code < 0 and size > 1:
                half = size // 2
                for k in range(4):
                    stack[depth, 0], stack[depth, 1] = (
                        leaf_row + half * (k // 2),
                        leaf_column + half * (k % 2),
                    )
                    stack[depth, 2], stack[depth, 3] = half, level + 1
                    depth += 1
                continue
            if code < 0:
                code, at = _leaf_code(ground, near, levels, level, words, floats, first[b], at)
            for i in range(leaf_row, leaf_row + size):
                parts[b, i * LEAVES + leaf_column : i * LEAVES + leaf_column + size] = code
    return parts, first, words[:at].copy()
