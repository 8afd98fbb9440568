"""Where the answer changes along a route: drawn lines tell where to look, the rule where it is.

At sea the answer changes only at limits and boundaries, drawn within 0.1 m of the rule, and at the
baseline and other shores, which are the rule's own; on the seabed at sector lines and shores, both
its own. So a stretch with none of them near is passed over unasked, and on land as far as the next
State's baseline, or the 100 km to what is outside the Caspian, let it be.

Near a line the rule is asked. A distance changes along any way by at most the length of the way; so
an answer holds within the distance that is left to the nearest threshold, and a step of that length
passes over no change. A point behind the line is asked too: a change is closed in on to `CUT_M` by how far
it is from either, and that an answer holds between two points is shown from both. Steps shrink to a
floor of 5 cm; between two points of one answer less than a metre is left unsearched, as a touch.

What can pass unseen is a stay shorter than the floor, stays that lead back to the same answer within a
metre, and one in a pocket that no line bounds because
it rises less than `limits.POCKET_M` over a breadth. The floor doubles with every 100,000 steps that
were held up by it, so that a route drawn along a limit for hundreds of kilometres ends in seconds;
`March.floor_m` tells how far it went. A stay of less than a metre between two stretches with one
answer (a touch) is not told apart from them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers
from zones.baseline.baseline import ALL, LAND_REGION, OPEN_REGION, REST
from zones.classification.nearest_limit import LimitIndex
from zones.compiled import compiled
from zones.crossings.path import Path, position
from zones.crossings.search import next_near, piece_from
from zones.geodesy.segment_tree import (
    SegmentTree,
    box_distance2,
    children,
    foot_on,
    foot_on_segment,
    nearest_segment,
    region_beside,
)
from zones.rule.rule import COMMON, ON_LAND, OUTSIDE, Rule, RuleArrays, decide, new_work, region_of
from zones.seabed.sectors import SectorIndex
from zones.words import KARA_BOGAZ_GOL_ID, OUTSIDE_DISTANCE_M, STATES

FLOOR_M = 0.05
CUT_M = 1e-4  # to which a change is closed in on
TOUCH_M = 1.0  # a shorter stay between two stretches of one answer is not told apart from it
NO_SECTOR = -1  # land, the lagoon, and what is no water of the Caspian

_NEAR_DRAWN_M = 0.15  # 0.1 m from the rule, 1 cm from the plane of the search, and some more
_NEAR_OWN_M = 0.05  # of lines that are the rule's own
_FLOOR_STEPS = 100_000  # after so many the floor doubles
_CUT_STEPS = 10  # what closing in on a change counts, where the last one lies less than a touch behind
_SLOW = 4  # steps of the floor in a row do not count as held up: a line is crossed
_INTERPOLATIONS = 6  # after so many, a change is closed in on by halving
_AHEAD_M = 20.0  # how far is asked beyond what is certain, where a line is near
_NOTHING_M = 1e-3
_SAFETY_M = 1e-3  # more than ten times the error of a distance
_STATE_COUNT = len(STATES)
_CODES = 8  # a code is zone x 8 + State + 1
_NOT_ASKED = -2
_CUTS = 1024  # found, and
_ASKED = 1000  # asked, before the march reports: some milliseconds


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
    """What the march asks and searches.

    Attributes
    ----------
    rule : RuleArrays
    sectors : SectorIndex
    drawn : SegmentTree
        Limits and boundaries.
    lagoon : int
        Region of Kara-Bogaz-Gol, -1 for none.
    """

    rule: RuleArrays
    sectors: SectorIndex
    drawn: SegmentTree
    lagoon: int


def make_grounds(rule: Rule, index: SectorIndex, limits: LimitIndex) -> Grounds:
    """Lay a rule, the sector lines and the drawn limits out."""
    lagoons = [
        number
        for number, waters in enumerate(rule.baseline.enclosed, start=2)
        if waters.id == KARA_BOGAZ_GOL_ID
    ]
    return Grounds(rule.arrays, index, limits.tree, lagoons[0] if lagoons else -1)


def no_checkpoint() -> None:
    """The checkpoint of who has all the time."""


def march_zones(grounds: Grounds, path: Path, checkpoint: Callable[[], None] = no_checkpoint) -> March:
    """Zone and State along a path; codes as `zone_of` reads them.

    ``checkpoint`` is called every few milliseconds and ends the march by raising.
    """
    return _march_along(grounds, path, False, checkpoint)


def march_sectors(grounds: Grounds, path: Path, checkpoint: Callable[[], None] = no_checkpoint) -> March:
    """Sector of the seabed along a path: index of the State, `NO_SECTOR` for none; else as `march_zones`."""
    return _march_along(grounds, path, True, checkpoint)


def zone_of(code: int) -> tuple[int, int]:
    """Codes of zone and State; State -1 for none."""
    return code // _CODES, code % _CODES - 1


def _march_along(grounds: Grounds, path: Path, seabed: bool, checkpoint: Callable[[], None]) -> March:
    found_m, found = [], []
    cuts, codes = np.empty(_CUTS), np.empty(_CUTS, dtype=np.int64)
    way = _Way(grounds, seabed, path.along_m, path.edges)
    state = _State(_Known(0.0, _NOT_ASKED, 0.0), 0.0, FLOOR_M, 0)
    while state.here.at_m < path.length_m:
        checkpoint()
        count, state = _march(way, state, cuts, codes)
        found_m.append(cuts[:count].copy())
        found.append(codes[:count].copy())
    begun, answers = _tidy(np.concatenate([*found_m, [path.length_m]]), np.concatenate(found))
    return March(begun, answers, state.floor_m)


@compiled
def _tidy(cuts, codes):
    """Stretches below a millimetre given to a neighbour, touches dropped, equal neighbours joined."""
    begun, kept = cuts.copy(), codes.copy()
    count = 1
    for i in range(1, len(codes)):
        start = cuts[i]
        if cuts[i + 1] - start < _NOTHING_M:
            continue
        if start - begun[count - 1] < _NOTHING_M:
            count -= 1
            start = begun[count]
        elif count > 1 and kept[count - 2] == codes[i] and start - begun[count - 1] < TOUCH_M:
            count -= 1
        if count == 0 or kept[count - 1] != codes[i]:
            begun[count], kept[count] = start, codes[i]
            count += 1
    begun[count] = cuts[-1]
    return begun[: count + 1].copy(), kept[:count].copy()


@compiled
def assess_zone(rule, land_m, x, y, z, work):
    """The rule's answer at a point, and how far around it that is certain. [m]

    With a bound ``land_m`` it is a point on land, and shores are no matter: how far around it, up to the
    bound, no other State is nearer and it is not outside.
    """
    zone, state, nearest, _, region = decide(rule, x, y, z, work)
    code = zone * _CODES + state + 1
    tree, lengths, reach_m, scratch = rule.tree, work.lengths, rule.reach_m, work.scratch
    own_m = lengths[nearest]
    shore_m = own_m  # a State whose baseline was not found lies beyond its reach
    if region not in (LAND_REGION, OPEN_REGION) or own_m <= reach_m[nearest] * 1.0000001:
        for g in range(_STATE_COUNT):
            shore_m = min(shore_m, lengths[g], reach_m[g])
    _, _, shore_m = nearest_segment(tree, tree.roots[REST], x, y, z, shore_m, scratch)
    certain = land_m if land_m > 0.0 else shore_m
    if region == LAND_REGION:
        certain = min(certain, abs(shore_m - OUTSIDE_DISTANCE_M))
        if zone == ON_LAND:
            certain = _certain_state(rule, nearest, work.segments[nearest], own_m, certain, x, y, z, scratch)
        return code, certain
    if region != OPEN_REGION:
        return code, certain
    if zone != COMMON:
        certain = min(certain, abs(own_m - rule.breadth_m[nearest]), reach_m[nearest] - own_m)
    for g in range(_STATE_COUNT):
        if math.isinf(lengths[g]):
            bound = reach_m[g] + certain
            if zone != COMMON:
                bound = min(own_m + 2.0 * certain, bound)
            if bound <= reach_m[g]:
                continue
            found, _, length = nearest_segment(tree, tree.roots[g], x, y, z, bound, scratch)
            if found < 0:
                continue
            lengths[g] = length
        if zone == COMMON:
            certain = min(certain, lengths[g] - reach_m[g])
        elif g != nearest:
            certain = min(certain, max(abs(lengths[g] - own_m) / 2.0, lengths[g] - reach_m[g]))
    return code, certain


@compiled
def _certain_state(rule, nearest, segment, own_m, bound_m, x, y, z, scratch):
    """How far around a point on land no other State comes nearer, if less than a bound. [m]

    Its nearest point F stays nearer than a point G up to the plane halfway between the two. That lies
    ``|FG| / 2 + (P - F) . (F - G) / |FG|`` from the point P, along straight lines through the earth.
    """
    tree, reach_m = rule.tree, rule.reach_m
    _, fx, fy, fz = foot_on(tree, segment, x, y, z)
    px, py, pz = x - fx, y - fy, z - fz
    own2 = px * px + py * py + pz * pz
    certain = bound_m + 10.0 * _SAFETY_M
    for g in range(_STATE_COUNT):
        if reach_m[g] != reach_m[nearest]:  # a terminus is the first State's that has it in reach
            certain = min(certain, abs(own_m - reach_m[g] * 1.0000001))
        if g == nearest or tree.roots[g] < 0:
            continue
        scratch[0] = tree.roots[g]
        depth = 1
        while depth > 0:
            depth -= 1
            node = int(scratch[depth])
            far2 = 0.0
            for k, f in enumerate((fx, fy, fz)):
                far2 += max(f - tree.nodes[node, k], tree.nodes[node, 3 + k] - f) ** 2
            excess = box_distance2(tree.nodes, node, x, y, z) - own2
            if excess > 0.0 and excess > 2.0 * certain * math.sqrt(far2):
                continue
            child, other = children(tree.nodes, node)
            if child >= 0:
                scratch[depth], scratch[depth + 1] = child, other
                depth += 2
                continue
            for s in range(-1 - child, -1 - child + other):
                certain = min(certain, _halfway(px, py, pz, fx, fy, fz, tree.ends[s]))
    return max(certain - 10.0 * _SAFETY_M, 0.0)


@compiled
def _halfway(px, py, pz, fx, fy, fz, ends):
    """Least distance to the planes halfway between F and the points of a segment, or somewhat less. [m]

    ``p`` is the point as seen from F.
    """
    ax, ay, az = ends[0] - fx, ends[1] - fy, ends[2] - fz
    bx, by, bz = ends[3] - fx, ends[4] - fy, ends[5] - fz
    to_a, to_b = math.sqrt(ax * ax + ay * ay + az * az), math.sqrt(bx * bx + by * by + bz * bz)
    if to_a == 0.0:
        return -(px * bx + py * by + pz * bz) / to_b
    if to_b == 0.0:
        return -(px * ax + py * ay + pz * az) / to_a
    # |PG|^2 - |PF|^2 = |FG| (|FG| + 2 (P - F) . (F - G) / |FG|), each factor at its least: first as a whole
    _, cx, cy, cz = foot_on_segment(px, py, pz, ax, ay, az, bx, by, bz)
    excess = (px - cx) ** 2 + (py - cy) ** 2 + (pz - cz) ** 2 - (px * px + py * py + pz * pz)
    least = max(excess, 0.0) / (2.0 * max(to_a, to_b))
    # then the terms apart, where the segment as seen from F lies to one side of P.
    ux, uy, uz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    first = ux * (ay * pz - az * py) + uy * (az * px - ax * pz) + uz * (ax * py - ay * px)
    second = ux * (py * bz - pz * by) + uy * (pz * bx - px * bz) + uz * (px * by - py * bx)
    if first > 0.0 and second > 0.0:
        return least
    _, cx, cy, cz = foot_on_segment(0.0, 0.0, 0.0, ax, ay, az, bx, by, bz)
    towards = max((px * ax + py * ay + pz * az) / to_a, (px * bx + py * by + pz * bz) / to_b)
    return max(least, 0.5 * math.sqrt(cx * cx + cy * cy + cz * cz) - towards)


@compiled
def assess_sector(rule, sectors, lagoon, x, y, z, scratch):
    """The sector at a point, and how far around it that is certain. [m]"""
    region, _, _, _, shore_m = region_of(rule.tree, rule.sides, x, y, z, scratch)
    if region in (LAND_REGION, lagoon):
        return NO_SECTOR, shore_m
    lines = sectors.tree
    segment, t, length = nearest_segment(lines, lines.roots[-1], x, y, z, math.inf, scratch)
    return region_beside(lines, sectors.sides, segment, t, x, y, z), min(shore_m, length)


class _Way(NamedTuple):
    """A path and what is asked along it."""

    grounds: Grounds
    seabed: bool
    along_m: Floats
    edges: Floats


class _Known(NamedTuple):
    """A distance along the path, the answer there, and how far around it holds. [m]"""

    at_m: float
    code: int
    certain_m: float


class _State(NamedTuple):
    """How far a march has come.

    ``here`` is the last point asked, its code `_NOT_ASKED` before the first; up to ``careful_m`` the
    lines are not relied on; ``held`` of the steps were held up by ``floor_m``.
    """

    here: _Known
    careful_m: float
    floor_m: float
    held: int


@compiled
def _ask(way, at_m, bound_m, work):
    """The answer at a distance along a path; bounded as `assess_zone` says. [m]"""
    grounds = way.grounds
    x, y, z = position(way.along_m, way.edges, at_m)
    if way.seabed:
        code, certain = assess_sector(grounds.rule, grounds.sectors, grounds.lagoon, x, y, z, work.scratch)
    else:
        code, certain = assess_zone(grounds.rule, bound_m, x, y, z, work)
    return _Known(at_m, code, certain)


@compiled
def _next_line(way, piece, at_m, scratch):
    """The next stretch of a piece that is near a line at which the answer may change. [m]"""
    grounds = way.grounds
    shores = grounds.rule.tree
    near, far = next_near(shores, shores.roots[ALL], shores.roots[REST], piece, at_m, _NEAR_OWN_M, scratch)
    tree, root, margin_m = grounds.drawn, grounds.drawn.roots[0], _NEAR_DRAWN_M
    if way.seabed:
        tree, root, margin_m = grounds.sectors.tree, grounds.sectors.tree.roots[-1], _NEAR_OWN_M
    other, beyond = next_near(tree, root, -1, piece, at_m, margin_m, scratch)
    return (other, beyond) if other < near else (near, far)


@compiled
def _pass_over(way, at, piece, near, far, work):
    """How far from ``at`` no line is near, with the piece and the stretch that are reached."""
    total = way.along_m[-1]
    asked = 0
    while at < total and asked < _ASKED:
        if at >= piece.end_m:
            piece = piece_from(way.along_m, way.edges, at)
            near = far = at
        if at >= far:
            near, far = _next_line(way, piece, at, work.scratch)
            asked += 1
        if near <= at:
            break
        at = min(near, piece.end_m)
    return at, piece, near, far, asked


@compiled
def _close_in(way, here, beyond, work):
    """Two points at most `CUT_M` apart with the first's answer and another, and how often was asked.

    Where the answer changes by one distance, it lies by how far it is from either end.
    """
    asked = 0
    while beyond.at_m - here.at_m > CUT_M:
        share = 0.5
        if asked < _INTERPOLATIONS and here.certain_m + beyond.certain_m > 0.0:
            share = here.certain_m / (here.certain_m + beyond.certain_m)
        at = here.at_m + share * (beyond.at_m - here.at_m)
        at = min(max(at, here.at_m + 0.45 * CUT_M), beyond.at_m - 0.45 * CUT_M)
        found = _ask(way, at, 0.0, work)
        asked += 1
        if found.code == here.code:
            here = found
        else:
            beyond = found
    return here, beyond, asked


@compiled
def _hold(way, here, to, floor, work):
    """From one point towards another of the same answer, by steps that are certain, as long as it holds.

    Returns
    -------
    here, found : _Known
        As far as it holds; ``found`` has another answer where one was met.
    held, asked : int
        Steps that were as short as the floor, and all.
    """
    held, asked = 0, 0
    while to.at_m - here.at_m > max(here.certain_m + to.certain_m - 2.0 * _SAFETY_M, floor, TOUCH_M):
        step = max(here.certain_m, to.certain_m) - _SAFETY_M
        held += step < floor
        step = max(step, floor)
        forward = here.certain_m >= to.certain_m
        found = _ask(way, here.at_m + step if forward else to.at_m - step, 0.0, work)
        asked += 1
        if found.code != here.code:
            return here, found, held, asked
        if forward:
            here = found
        else:
            to = found
    return to, to, held, asked


@compiled
def _march(way, state, cuts, codes):
    """Fills the beginnings of stretches and their codes, until there is no room or enough was asked.

    Returns
    -------
    count : int
        Of the stretches begun.
    state : _State
        To go on from.
    """
    work = new_work()
    total = way.along_m[-1]
    here, careful, floor, held = state
    count, asked = 0, 0
    if here.code == _NOT_ASKED:
        here = _ask(way, here.at_m, 0.0, work)
        cuts[0], codes[0] = here.at_m, here.code
        count = 1
    piece = piece_from(way.along_m, way.edges, here.at_m)
    near = far = here.at_m  # the next stretch near a line, not looked for yet
    ahead = here
    looked = -1.0  # where on land it was asked how far the State is the same
    while here.at_m < total and count < len(cuts) and asked < _ASKED:
        end = total
        if here.at_m < careful:
            end = careful
        elif near <= here.at_m < far:
            end = far
        else:
            at = min(here.at_m + max(here.certain_m - _SAFETY_M, 0.0), total)
            to, piece, near, far, searched = _pass_over(way, at, piece, near, far, work)
            asked += searched
            land_m = 0.0
            if to > at + floor and not way.seabed and here.code // _CODES in (ON_LAND, OUTSIDE):
                land_m, to = to - at + 2.0 * _SAFETY_M, at
            if to > here.at_m + floor or to >= total or (land_m > 0.0 and looked != here.at_m):
                ahead = _ask(way, to, land_m, work)
                asked += 1
                if land_m > 0.0:
                    looked = to
                if ahead.code == here.code:
                    here = ahead
                else:  # the lines do not tell of this change: step by step up to here
                    careful = to
                continue
        if ahead.at_m <= here.at_m:
            ahead = _ask(way, min(end, here.at_m + max(2.0 * here.certain_m, _AHEAD_M)), 0.0, work)
            asked += 1
        last = beyond = found = ahead
        while True:
            if found.code != here.code:
                last, beyond, more = _close_in(way, here, found, work)
                asked += more
            point, found, slow, more = _hold(way, here, last, floor, work)
            asked += more
            held += max(slow - _SLOW, 0)
            if found.code == here.code:
                break
            here = point
        here = last
        if beyond.code != here.code:
            if count > 0 and beyond.at_m - cuts[count - 1] < TOUCH_M:
                held += _CUT_STEPS
            cuts[count], codes[count] = 0.5 * (here.at_m + beyond.at_m), beyond.code
            count += 1
            here = beyond
        if held >= _FLOOR_STEPS:
            floor, held = 2.0 * floor, 0
    return count, _State(here, careful, floor, held)
