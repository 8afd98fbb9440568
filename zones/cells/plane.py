"""Segments in the plane of a block: how far they are, and what lies beside them."""

from __future__ import annotations

import math

import numpy as np

from zones.arrays import Integers, read_only
from zones.compiled import compiled
from zones.geodesy.ellipsoid import up
from zones.geodesy.segment_tree import END_VERTEX, LEFT, RIGHT, START_VERTEX, SegmentTree, Sides

# What lies beside a segment is one number, of seven bits each for the codes of its sides, left and right, and
# for what its ends, start and end, make of positions whose nearest point they are. Below them are `FREE` bits
# for who keeps it.
FREE = 3
_LEFT, _RIGHT, _AT_START, _AT_END = (FREE + 7 * place for place in range(4))
SIDE, UNCLEAR = -1, -2  # at an end: as the side tells; more than two segments meet, or they turn back
# Where segments turn by less than 45 degrees (cosine) the side of either tells right, and single precision
# may take the end for the nearest point on the inner side of the turn, too. Where they turn back (sine of the
# angle left), and by a segment shorter than that [m], nothing is told.
_SIDE_TURN, _TURNED_BACK, _SHORTEST_M = 0.7, 1e-3, 0.01


def beside(tree: SegmentTree, sides: Sides) -> Integers:
    """What lies left and right of every segment and off its ends, shape (n,).

    A position whose nearest point is an end where two segments meet lies in the wider angle there.
    """
    made = np.empty(len(tree.ends), dtype=np.int64)
    _look_beside(tree.ends, sides, made)
    return read_only(made)


@compiled
def _look_beside(ends, sides, made):
    columns, first, incident = sides
    for s in range(len(ends)):
        made[s] = 0
        if _length(ends, s) < _SHORTEST_M:
            continue
        made[s] = _packed(columns[s, LEFT]) << _LEFT | _packed(columns[s, RIGHT]) << _RIGHT
        for place, vertex in ((_AT_START, columns[s, START_VERTEX]), (_AT_END, columns[s, END_VERTEX])):
            code = UNCLEAR
            if first[vertex + 1] - first[vertex] == 2:
                other = incident[first[vertex]] + incident[first[vertex] + 1] - s
                if _length(ends, other) >= _SHORTEST_M:
                    code = _off_end(ends, columns, s, other, vertex)
            made[s] |= _packed(code) << place


@compiled
def _length(ends, s):
    return math.sqrt(
        (ends[s, 3] - ends[s, 0]) ** 2 + (ends[s, 4] - ends[s, 1]) ** 2 + (ends[s, 5] - ends[s, 2]) ** 2
    )


@compiled(inlined=True)
def _packed(code):
    """A code in seven bits; what is too large for them is unclear."""
    return code - UNCLEAR if code - UNCLEAR < 128 else 0


@compiled
def _off_end(ends, columns, s, other, vertex):
    """The code off the end where a segment and one other meet."""
    at_start = columns[s, START_VERTEX] == vertex
    far_start = columns[other, START_VERTEX] == vertex
    v = 0 if at_start else 3  # columns of the vertex among the ends of the segment
    f = 3 if far_start else 0  # and of the far end of the other
    x, y, z = ends[s, v], ends[s, v + 1], ends[s, v + 2]
    ux, uy, uz = up(x, y, z)
    own = ends[s, 3] - ends[s, 0], ends[s, 4] - ends[s, 1], ends[s, 5] - ends[s, 2]
    away = ends[other, f] - x, ends[other, f + 1] - y, ends[other, f + 2] - z
    if at_start:  # the way comes from the other
        away = -away[0], -away[1], -away[2]
    cross = (
        ux * (own[1] * away[2] - own[2] * away[1])
        + uy * (own[2] * away[0] - own[0] * away[2])
        + uz * (own[0] * away[1] - own[1] * away[0])
    )
    if at_start:
        cross = -cross
    dot = own[0] * away[0] + own[1] * away[1] + own[2] * away[2]
    scale = _length(ends, s) * _length(ends, other)
    if dot > _SIDE_TURN * scale:
        return SIDE
    if abs(cross) <= _TURNED_BACK * scale:
        return UNCLEAR
    return columns[s, RIGHT] if cross > 0.0 else columns[s, LEFT]


@compiled(inlined=True)
def away_from(ax, ay, bx, by, east, north):
    """Where on a segment the nearest point to a position lies (0 to 1), the way from there to the position,
    and a number that is positive left of the segment. [m]
    """
    dx, dy, px, py = bx - ax, by - ay, east - ax, north - ay
    length2 = dx * dx + dy * dy
    along = px * dx + py * dy
    share = min(max(along / length2, 0.0), 1.0) if length2 > 0.0 else 0.0
    return share, px - share * dx, py - share * dy, dx * py - dy * px


@compiled(inlined=True)
def code_beside(beside, share, cross):
    """The code on the side of a segment on which a position lies, or off its end; `UNCLEAR` where that is."""
    code = (beside >> (_LEFT if cross >= 0.0 else _RIGHT) & 127) + UNCLEAR
    end = beside >> (_AT_START if share <= 0.0 else _AT_END)
    off = (end & 127) + UNCLEAR
    return code if 0.0 < share < 1.0 or off == SIDE else off
