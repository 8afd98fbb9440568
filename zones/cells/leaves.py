"""Leaves as they are kept: what is known of one, and the segments that decide the rest, in words of 32 bits.

Two words say what is known, five each segment: its ends in the plane of the block, as floats, and its group
with what lies beside it. So a leaf with two segments, which is the usual one, is read at once.
"""

from __future__ import annotations

from zones.cells.plane import FREE
from zones.compiled import compiled

STRIDE = 2  # leaves begin at even words
MOST_SEGMENTS = 120  # of a leaf; with more the rule is as quick
MOST_WORDS = 2 + 5 * MOST_SEGMENTS + 1  # of a leaf
_GROUP = (1 << FREE) - 1


@compiled(inlined=True)
def write_known(words, at, counts, zone, region, sector):
    """Say how many segments there are for zone and State, and for the sector; and what is known of
    ``zone * 6 + state + 1``, region of the shores, sector, -1 where it is not.
    """
    words[at] = counts[0] | counts[1] << 8 | (zone + 1) << 16
    words[at + 1] = region + 1 | (sector + 1) << 16


@compiled(inlined=True)
def read_known(words, at):
    """What `write_known` was told: both counts, zone and State, region, sector."""
    first, second = words[at], words[at + 1]
    return first & 255, first >> 8 & 255, (first >> 16) - 1, (second & 65535) - 1, (second >> 16) - 1


@compiled(inlined=True)
def write_segment(words, floats, at, ends, group, beside):
    """Write a segment at a word. ``floats`` are the words as floats."""
    for c in range(4):
        floats[at + c] = ends[c]
    words[at + 4] = beside | group


@compiled(inlined=True)
def segment_at(at, number):
    """The word where a segment of a leaf begins."""
    return at + 2 + 5 * number


@compiled(inlined=True)
def ends_at(floats, at):
    """Ends of a segment. [m]"""
    return float(floats[at]), float(floats[at + 1]), float(floats[at + 2]), float(floats[at + 3])


@compiled(inlined=True)
def group_of(beside):
    """The group of a segment, from its last word, which also says what lies beside it."""
    return beside & _GROUP
