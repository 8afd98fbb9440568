"""Cells certified whole from the rule at their middle, by searches in the trees.

A distance changes along any way by at most the length of the way, so that an answer holds as far as its
distances are from every threshold.
"""

from __future__ import annotations

import math

from zones.baseline.baseline import LAND_REGION, OPEN_REGION
from zones.compiled import compiled
from zones.geodesy.segment_tree import nearest_segment, region_beside
from zones.rule.rule import COMMON, FISHERY, INTERNAL, ON_LAND, OUTSIDE, STATE, TERRITORIAL, region_of
from zones.seabed.sectors import nearest_of_all
from zones.words import OUTSIDE_DISTANCE_M, STATES

UNKNOWN = -1
_STATE_COUNT = len(STATES)


@compiled
def whole_zone(rule, x, y, z, radius, work):
    """The zone and State within a radius of a point, ``zone * 6 + state + 1``, and the region; `UNKNOWN`
    where they may differ. [m]
    """
    scratch = work.scratch
    region, found, _, nearest_m, boundary_m = region_of(rule.tree, rule.sides, x, y, z, scratch)
    if boundary_m <= radius:
        return UNKNOWN, UNKNOWN
    if region == OPEN_REGION:
        return _whole_belt(rule, x, y, z, radius, work), region
    if region != LAND_REGION:
        return INTERNAL * 6 + rule.enclosed_states[region] + 1, region
    if boundary_m - radius > OUTSIDE_DISTANCE_M:
        return OUTSIDE * 6, region
    owner = rule.sides.columns[found, STATE]
    known = boundary_m + radius <= OUTSIDE_DISTANCE_M
    for g in range(_STATE_COUNT):
        if known and g != owner:
            within = nearest_m + 2.0 * radius
            other, _, _ = nearest_segment(rule.tree, rule.tree.roots[g], x, y, z, within, scratch)
            known = other < 0
    return ON_LAND * 6 + owner + 1 if known else UNKNOWN, region


@compiled
def _whole_belt(rule, x, y, z, radius, work):
    """The same in open water."""
    lengths, reach_m, state = work.lengths, rule.reach_m, -1
    for g in range(_STATE_COUNT):
        within = reach_m[g] + radius
        found, _, length = nearest_segment(rule.tree, rule.tree.roots[g], x, y, z, within, work.scratch)
        lengths[g] = length if found >= 0 else math.inf
        if lengths[g] <= reach_m[g] - radius and (state < 0 or lengths[g] < lengths[state]):
            state = g
    for g in range(_STATE_COUNT):
        gap = lengths[g] - lengths[state] if state >= 0 else 0.0
        if g != state and lengths[g] < math.inf and gap <= 2.0 * radius:
            return UNKNOWN
    if state < 0:
        return COMMON * 6
    if abs(lengths[state] - rule.breadth_m[state]) <= radius:
        return UNKNOWN
    zone = TERRITORIAL if lengths[state] < rule.breadth_m[state] else FISHERY
    return zone * 6 + state + 1


@compiled
def whole_sector(sectors, x, y, z, radius, scratch):
    """The State of the sector within a radius of a point; `UNKNOWN` where a line between sectors is. [m]"""
    segment, t, length = nearest_of_all(sectors, x, y, z, scratch)
    if length <= radius:
        return UNKNOWN
    return region_beside(sectors.tree, sectors.sides, segment, t, x, y, z)
