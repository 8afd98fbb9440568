"""Where the answer changes along a route: steps as long as the answer is certain, then halving.

A distance changes along any way by at most the length of the way. So the answer at a point holds
within the distance that is left to the nearest threshold, and a step of that length passes over no
change. Where a threshold is near, the steps shrink to a floor of 5 cm: only a stay shorter than the
floor can pass unseen. Each change is then closed in on by halving, on the rule itself.

The floor doubles with every 100,000 steps that were held up by it, so that a route drawn along a
limit for hundreds of kilometres ends in seconds; `March.floor_m` tells how far it went. A stay of less than a
metre between two stretches with one answer (a touch) is not told apart from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zones import segment_tree
from zones.arrays import Floats, Integers
from zones.baseline import LAND_REGION, OPEN_REGION, REST
from zones.compiled import compiled
from zones.crossing_path import Path, position
from zones.rule import (
    COMMON,
    ON_LAND,
    OUTSIDE,
    Rule,
    RuleArrays,
    decide,
    new_work,
    region_of,
    terminus_vertices,
)
from zones.sectors import SectorArrays, SectorIndex
from zones.segment_tree import SegmentTree, left_of, nearest_segment, region_beside, vertex_of
from zones.words import KARA_BOGAZ_GOL_ID, OUTSIDE_DISTANCE_M, STATES

FLOOR_M = 0.05
CUT_M = 1e-4  # to which a change is closed in on
TOUCH_M = 1.0  # a shorter stay between two stretches of one answer is not told apart from it
NO_SECTOR = -1  # land, the lagoon, and what is no water of the Caspian

_FLOOR_STEPS = 100_000  # after so many the floor doubles
_CUT_STEPS = 10  # what closing in on a change counts, where the last one lies less than a touch behind
_NOTHING_M = 1e-3
_SAFETY_M = 1e-3  # more than ten times the error of a distance
_STATE_COUNT = len(STATES)
_CODES = 8  # a code is zone x 8 + State + 1
_MOST_CUTS = 4096  # at first; a route with more is marched again


@dataclass(frozen=True, slots=True, eq=False)
class March:
    """Answers along one part of a route.

    Attributes
    ----------
    cuts_m : ndarray, shape (n + 1,)
        Where each stretch begins, and where the last one ends. [m]
    codes : ndarray, shape (n,)
        What each stretch is in; neighbours differ.
    floor_m : float
        A stay shorter than this may have passed unseen. [m]
    """

    cuts_m: Floats
    codes: Integers
    floor_m: float


class Grounds(NamedTuple):
    """What routes are marched over.

    Attributes
    ----------
    rule : RuleArrays
    beside : SegmentTree
        The shores without the segments that meet in a terminus.
    sectors : SectorArrays
    lagoon : int
        Region of Kara-Bogaz-Gol, -1 where there is none.
    """

    rule: RuleArrays
    beside: SegmentTree
    sectors: SectorArrays
    lagoon: int


@lru_cache(maxsize=8)
def make_grounds(rule: Rule, index: SectorIndex) -> Grounds:
    """Lay a rule and the sector lines out; the same object for the same two."""
    baseline = rule.baseline
    at_terminus = np.isin(baseline.sides.start_vertex, terminus_vertices(baseline)) | np.isin(
        baseline.sides.end_vertex, terminus_vertices(baseline)
    )
    open_side = baseline.is_baseline
    kept = ~at_terminus & open_side
    tree = baseline.tree
    others = segment_tree.build(
        tree.start[kept], tree.end[kept], np.zeros(int(kept.sum()), dtype=np.int64), 1, 1
    )
    lagoons = [
        number for number, waters in enumerate(baseline.enclosed, start=2) if waters.id == KARA_BOGAZ_GOL_ID
    ]
    return Grounds(rule.arrays, others, index.arrays, lagoons[0] if lagoons else -1)


def march_zones(grounds: Grounds, path: Path) -> March:
    """Zone and State along a path; codes as `zone_of` reads them."""
    return _march_along(grounds, path, seabed=False)


def march_sectors(grounds: Grounds, path: Path) -> March:
    """Sector of the seabed along a path: index of the State, `NO_SECTOR` for none."""
    return _march_along(grounds, path, seabed=True)


def zone_of(code: int) -> tuple[int, int]:
    """Codes of zone and State; State -1 for none."""
    return code // _CODES, code % _CODES - 1


def _march_along(grounds: Grounds, path: Path, *, seabed: bool) -> March:
    most = _MOST_CUTS
    while True:
        cuts, codes = np.empty(most), np.empty(most, dtype=np.int64)
        count, floor = _march(grounds, seabed, path.along_m, path.edges, cuts, codes)
        if count <= most:
            return _tidy(np.append(cuts[:count], path.length_m), codes[:count], floor)
        most *= 8


def _tidy(cuts: Floats, codes: Integers, floor_m: float) -> March:
    """Stretches below a millimetre given to a neighbour, touches dropped, equal neighbours joined."""
    kept: list[tuple[float, int]] = [(0.0, int(codes[0]))]  # where a stretch begins, and its answer
    for start, end, code in zip(cuts[1:-1].tolist(), cuts[2:].tolist(), codes[1:].tolist(), strict=True):
        if end - start < _NOTHING_M:
            continue
        begun = start
        if start - kept[-1][0] < _NOTHING_M:
            begun = kept.pop()[0]
        elif len(kept) > 1 and kept[-2][1] == code and start - kept[-1][0] < TOUCH_M:
            kept.pop()
        if not kept or kept[-1][1] != code:
            kept.append((begun, code))
    return March(
        np.array([*(start for start, _ in kept), cuts[-1]]),
        np.array([code for _, code in kept], dtype=np.int64),
        floor_m,
    )


@compiled
def assess_zone(rule, beside, x, y, z, work):
    """The rule's answer at a point, and how far around it that is certain. [m]"""
    zone, state, nearest, _, region = decide(rule, x, y, z, work)
    code = zone * _CODES + state + 1
    tree, roots, breadth_m, reach_m = rule.tree, rule.tree.roots, rule.breadth_m, rule.reach_m
    lengths, segments, shares, scratch = work
    least_reach_m = most_reach_m = reach_m[0]
    for g in range(1, _STATE_COUNT):
        least_reach_m, most_reach_m = min(least_reach_m, reach_m[g]), max(most_reach_m, reach_m[g])
    own_m = lengths[nearest]
    shore_m = own_m  # a State whose baseline was not found lies beyond its reach
    enclosed = region not in (LAND_REGION, OPEN_REGION)
    if enclosed or own_m <= reach_m[nearest] * 1.0000001:
        for g in range(_STATE_COUNT):
            shore_m = min(shore_m, lengths[g], reach_m[g])
    _, _, shore_m = nearest_segment(tree, roots[REST], x, y, z, shore_m, scratch)
    certain = shore_m
    if region == LAND_REGION:
        certain = min(certain, abs(shore_m - OUTSIDE_DISTANCE_M))
        if zone == OUTSIDE:
            return code, certain
    elif enclosed:
        return code, certain
    equal = least_reach_m == most_reach_m
    if zone == COMMON and equal:
        return code, min(certain, own_m - most_reach_m)
    at_sea = zone != ON_LAND
    if zone != COMMON and at_sea:
        certain = min(certain, abs(own_m - breadth_m[nearest]), reach_m[nearest] - own_m)
    for g in range(_STATE_COUNT):
        if math.isinf(lengths[g]):
            if zone == COMMON:
                bound = reach_m[g] + certain
            elif at_sea:
                bound = min(own_m + 2.0 * certain, reach_m[g] + certain)
            elif equal:
                bound = own_m + 2.0 * certain
            else:
                bound = max(own_m + 2.0 * certain, reach_m[g] + certain)
            if at_sea and bound <= reach_m[g]:
                continue
            found, shares[g], length = nearest_segment(tree, roots[g], x, y, z, bound, scratch)
            segments[g] = found
            if found < 0:
                continue
            lengths[g] = length
        if zone == COMMON:
            certain = min(certain, lengths[g] - reach_m[g])
            continue
        if not at_sea and not equal:
            certain = min(certain, abs(lengths[g] - reach_m[g] * 1.0000001))
        if g == nearest:
            continue
        apart = abs(lengths[g] - own_m) / 2.0
        if apart <= 1e-6:
            tied = _certain_of_tie(rule, beside, nearest, g, own_m, x, y, z, at_sea, work)
            apart = max(apart, tied)
        if at_sea:
            apart = max(apart, lengths[g] - reach_m[g])
        certain = min(certain, apart)
    return code, certain


@compiled
def _certain_of_tie(rule, beside, first, second, own_m, x, y, z, at_sea, work):
    """How far two States stay equally near, because a terminus is the nearest point of both."""
    start, end, sides, wedges = rule.tree.start, rule.tree.end, rule.sides, rule.wedges
    vertex = vertex_of(sides, work.segments[first], work.shares[first])
    if vertex < 0 or vertex_of(sides, work.segments[second], work.shares[second]) != vertex:
        return 0.0
    for w in range(len(rule.wedge_vertices)):
        if rule.wedge_vertices[w] != vertex:
            continue
        _, _, other_m = nearest_segment(beside, beside.roots[0], x, y, z, math.inf, work.scratch)
        certain = (other_m - own_m) / 2.0
        px, py, pz = x - wedges[w, 0], y - wedges[w, 1], z - wedges[w, 2]
        for k in range(sides.incident_first[vertex], sides.incident_first[vertex + 1]):
            s = sides.incident[k]
            if sides.left[s] != OPEN_REGION and sides.right[s] != OPEN_REGION:
                continue
            dx, dy, dz = end[s, 0] - start[s, 0], end[s, 1] - start[s, 1], end[s, 2] - start[s, 2]
            scale = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
            if sides.start_vertex[s] != vertex:
                scale = -scale
            certain = min(certain, -(px * dx + py * dy + pz * dz) * scale)
        if at_sea:
            tx, ty, tz = wedges[w, 0], wedges[w, 1], wedges[w, 2]
            side = left_of(x, y, z, tx, ty, tz, tx + wedges[w, 3], ty + wedges[w, 4], tz + wedges[w, 5])
            certain = min(certain, abs(side))
        return certain
    return 0.0


@compiled
def assess_sector(rule, sectors, lagoon, x, y, z, scratch):
    """The sector at a point, and how far around it that is certain. [m]"""
    region, _, _, _, shore_m = region_of(rule.tree, rule.sides, x, y, z, scratch)
    if region in (LAND_REGION, lagoon):
        return NO_SECTOR, shore_m
    lines = sectors.tree
    segment, t, length = nearest_segment(lines, lines.roots[2], x, y, z, math.inf, scratch)
    state = region_beside(lines, sectors.sides, segment, t, x, y, z)
    return state, min(shore_m, length)


@compiled
def _march(grounds, seabed, along_m, edges, cuts, codes):
    """Fills the beginnings of stretches and their codes; one stretch too many where there is no room."""
    rule, beside, sectors, lagoon = grounds
    work = new_work()
    total = along_m[len(along_m) - 1]
    count = 1
    cuts[0], codes[0] = 0.0, -2
    floor, held = FLOOR_M, 0
    here, certain, code = 0.0, 0.0, -2  # the last point and what it is in; none yet
    beyond, beyond_certain, beyond_code = -1.0, 0.0, -2  # a point where the answer is another one
    while here < total or code == -2:
        if beyond >= 0.0:
            at = 0.5 * (here + beyond)
        elif code == -2:
            at = 0.0
        else:
            step = certain - _SAFETY_M
            if step < floor:
                step = floor
                held += 1
                if held >= _FLOOR_STEPS:
                    floor, held = 2.0 * floor, 0
            at = min(here + step, total)
        x, y, z = position(along_m, edges, at)
        if seabed:
            found, radius = assess_sector(rule, sectors, lagoon, x, y, z, work.scratch)
        else:
            found, radius = assess_zone(rule, beside, x, y, z, work)
        if code == -2:
            code, certain, codes[0] = found, radius, found
        elif found == code:
            here, certain = at, radius
        else:
            beyond, beyond_certain, beyond_code = at, radius, found
        if beyond >= 0.0 and beyond - here <= CUT_M:
            if beyond - cuts[count - 1] < TOUCH_M:
                held += _CUT_STEPS
            count += 1
            if count > len(cuts):
                break
            cuts[count - 1], codes[count - 1] = 0.5 * (here + beyond), beyond_code
            here, certain, code = beyond, beyond_certain, beyond_code
            beyond = -1.0
    return count, floor
