"""Where the answer changes along a route: drawn lines tell where to look, the rule where it is.

At sea the answer changes only at limits and boundaries, drawn within 0.1 m of the rule, and at the
baseline and other shores, which are the rule's own; on the seabed at sector lines and shores, both
its own. So a stretch with none of them near is passed over unasked. On land two answers of one State are
enough where the baseline point that is nearest to the one is nearer to the other, too, than any other
State's: who is nearer to a point than to another lies to one side of a geodesic.

Near a line the rule is asked at both ends of the stretch and, until they are no more than
`March.resolution_m` apart, halfway between any two of one answer. Two of different answers are closed in on
to `CUT_M`, first by how far the rule has its line from either.

So what can pass unseen is a stay shorter than the resolution that leads back to the same answer, and one
in a pocket that no line bounds because it rises less than `limits.POCKET_M` over a breadth. The resolution
doubles with every 100,000 questions that a line is in the way of, so that a route drawn along a limit for
hundreds of kilometres ends in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers
from zones.baseline.baseline import ALL, OPEN_REGION, REST
from zones.classification.measuring import Ground
from zones.compiled import compiled
from zones.crossings.path import Path, next_near, no_checkpoint, piece_at, position
from zones.geodesy.ellipsoid import geodesic_length
from zones.geodesy.segment_tree import foot_on, nearest_segment
from zones.rule.rule import ON_LAND, OUTSIDE, decide, new_work, region_of
from zones.seabed.sectors import locate
from zones.words import OUTSIDE_DISTANCE_M

CUT_M = 1e-4  # to which a change is closed in on
RESOLUTION_M = 1.0
NO_SECTOR = -1  # land, the lagoon, and what is no water of the Caspian

_STEPS = 100_000  # after so many that a line is in the way of, the resolution doubles
_CROSSING_STEPS = 12  # which it takes at most to cross a line
_INTERPOLATIONS = 6  # after so many, a change is closed in on by halving
_LAND_M = 20_000.0  # over which geodesics and what lies halfway between two points agree to a millimetre
_NOTHING_M = 1e-3
_SAFETY_M = 1e-3  # more than ten times the error of a distance
CODES = 8  # a code is zone x 8 + State + 1
_CUTS = 1024  # found, and
_ASKED = 1000  # asked, before the march reports: some milliseconds
_PENDING = 64  # more than halving from 100 km to a cut takes, with the interpolations


@dataclass(frozen=True, slots=True, eq=False)
class March:
    """Answers along one part of a route."""

    cuts_m: Floats  # shape (n + 1,); where each stretch begins, and where the last one ends [m]
    codes: Integers  # shape (n,), what each stretch is in; neighbours differ
    resolution_m: float  # a shorter stay that leads back to the same answer is not told apart from it [m]


def zone_of(code: int) -> tuple[int, int]:
    """Codes of zone and State; State -1 for none."""
    return code // CODES, code % CODES - 1


def zone_code(zone: Integers, state: Integers) -> Integers:
    """What `zone_of` reads."""
    return zone * CODES + state + 1


class Asked(NamedTuple):
    """A distance along the path, the answer there, and about how far the rule has the next line. [m]"""

    at_m: float
    code: int
    line_m: float


def march_along(
    ground: Ground, path: Path, seabed: bool, checkpoint: Callable[[], None] = no_checkpoint
) -> March:
    """The answers along a path, by zone and State or by sector of the seabed.

    Codes by zone are as `zone_of` reads them; by sector the index of the State, or `NO_SECTOR`.
    ``checkpoint`` is called every few milliseconds and ends the march by raising.
    """
    cuts, codes = np.empty(_CUTS), np.empty(_CUTS, dtype=np.int64)
    here = ask(ground.arrays, path.pieces, seabed, 0.0, new_work())
    found_m, found = [np.array([here.at_m])], [np.array([here.code])]
    resolution_m, slow = RESOLUTION_M, 0
    while here.at_m < path.length_m:
        checkpoint()
        count, here, held = march(ground.arrays, path.pieces, seabed, here, resolution_m, cuts, codes)
        found_m.append(cuts[:count].copy())
        found.append(codes[:count].copy())
        slow += held
        if slow >= _STEPS:
            resolution_m, slow = 2.0 * resolution_m, 0
    begun, answers = tidy(np.concatenate([*found_m, [path.length_m]]), np.concatenate(found))
    return March(begun, answers, resolution_m)


@compiled
def tidy(cuts, codes):
    """Stretches below a millimetre given to a neighbour, short returns dropped, equal neighbours joined."""
    begun, kept = cuts.copy(), codes.copy()
    count = 1
    for i in range(1, len(codes)):
        start = cuts[i]
        if cuts[i + 1] - start < _NOTHING_M:
            continue
        if start - begun[count - 1] < _NOTHING_M:
            count -= 1
            start = begun[count]
        elif count > 1 and kept[count - 2] == codes[i] and start - begun[count - 1] < RESOLUTION_M:
            count -= 1
        if count == 0 or kept[count - 1] != codes[i]:
            begun[count], kept[count] = start, codes[i]
            count += 1
    begun[count] = cuts[-1]
    return begun[: count + 1].copy(), kept[:count].copy()


@compiled
def ask(ground, path, seabed, at_m, work):
    """The answer at a distance along a path. [m]"""
    x, y, z = position(path, at_m)
    if seabed:
        code, line_m = _ask_sector(ground, x, y, z, work.scratch)
    else:
        code, line_m = _ask_zone(ground.rule, x, y, z, work)
    return Asked(at_m, code, line_m)


@compiled
def _ask_zone(rule, x, y, z, work):
    """The answer by zone at a point, and about how far the next line is that bounds water. [m]"""
    zone, state, nearest, other, region = decide(rule, x, y, z, work)
    own_m = work.lengths[nearest]
    if region == OPEN_REGION:
        line_m = min(own_m, abs(own_m - rule.breadth_m[nearest]), abs(own_m - rule.reach_m[nearest]))
        if other >= 0:
            line_m = min(line_m, 0.5 * (work.lengths[other] - own_m))
    else:
        _, _, line_m = nearest_segment(rule.tree, rule.tree.roots[REST], x, y, z, own_m, work.scratch)
        line_m = min(line_m, abs(line_m - OUTSIDE_DISTANCE_M))
    return zone * CODES + state + 1, line_m


@compiled
def _ask_sector(ground, x, y, z, scratch):
    """The sector at a point, and how far the next line or shore is. [m]"""
    region, _, _, _, shore_m = region_of(ground.rule.tree, ground.rule.sides, x, y, z, scratch)
    if not ground.seabed[region]:
        return NO_SECTOR, shore_m
    sector, _, length = locate(ground.sectors, x, y, z, np.int64(-1), scratch)
    return sector, min(shore_m, length)


@compiled
def _next_line(ground, path, seabed, piece, at_m, scratch):
    """The next stretch of a piece that is near a line at which the answer may change. [m]"""
    shores = ground.rule.tree
    tree, root = ground.limits.tree, ground.limits.tree.roots[0]
    if seabed:
        tree, root = ground.sectors.tree, ground.sectors.tree.roots[-1]
    near, far = next_near(path, piece, tree, root, at_m, path.ends_m[piece + 1], scratch)
    for root in (shores.roots[ALL], shores.roots[REST]):
        begin, end = next_near(path, piece, shores, root, at_m, near, scratch)
        if begin < near:
            near, far = begin, end
    return near, far


@compiled
def _is_unbroken(ground, path, seabed, here, to, work):
    """Whether one answer holds from one point to another of the same, with no line near between them."""
    zone = here.code // CODES
    if seabed or zone not in (ON_LAND, OUTSIDE):
        return True
    gap_m = to.at_m - here.at_m
    if zone == OUTSIDE:
        return gap_m < here.line_m + to.line_m - _SAFETY_M
    if gap_m > _LAND_M:
        return False
    rule, tree = ground.rule, ground.rule.tree
    x, y, z = position(path, here.at_m)
    _, _, nearest, _, _ = decide(rule, x, y, z, work)
    own = work.segments[nearest]
    rest, _, _ = nearest_segment(tree, tree.roots[REST], x, y, z, work.lengths[nearest], work.scratch)
    _, fx, fy, fz = foot_on(tree, own, x, y, z)
    _, sx, sy, sz = foot_on(tree, rest if rest >= 0 else own, x, y, z)
    x, y, z = position(path, to.at_m)
    if geodesic_length(sx, sy, sz, x, y, z) > OUTSIDE_DISTANCE_M:
        return False
    own_m = geodesic_length(fx, fy, fz, x, y, z)
    for g in range(REST):
        if g != nearest and nearest_segment(tree, tree.roots[g], x, y, z, own_m, work.scratch)[0] >= 0:
            return False
    return True


@compiled
def _pass_over(ground, path, seabed, here, near, far, work):
    """The next stretch near a line behind the last one, or on land the end of the piece; and the searches."""
    asked = 0
    on_land = not seabed and here.code // CODES in (ON_LAND, OUTSIDE)
    while far <= here.at_m or (near == far < path.ends_m[-1] and not on_land and asked < _ASKED):
        begin_m = max(here.at_m, far)
        near, far = _next_line(ground, path, seabed, piece_at(path.ends_m, begin_m), begin_m, work.scratch)
        asked += 1
    return near, far, asked


@compiled
def march(ground, path, seabed, here, resolution_m, cuts, codes):
    """Fills the beginnings of stretches and their codes, until there is no room or enough was asked.

    Returns how many began, the point to go on from, and how often was asked while a line was in the way.
    """
    work = new_work()
    pending = np.empty((_PENDING, 3))  # what was asked ahead, the nearest last
    count, asked, held = 0, 0, 0
    near = far = here.at_m  # the next stretch near a line, not looked for yet
    while here.at_m < path.ends_m[-1] and count < len(cuts) and asked < _ASKED:
        near, far, searched = _pass_over(ground, path, seabed, here, near, far, work)
        is_clear = here.at_m < near
        ahead = ask(ground, path, seabed, near if is_clear else far, work)
        pending[0, 0], pending[0, 1], pending[0, 2] = ahead
        depth, steps, tries = 1, 1, 0
        while 0 < depth < _PENDING and steps < _ASKED and count < len(cuts):
            to = Asked(pending[depth - 1, 0], int(pending[depth - 1, 1]), pending[depth - 1, 2])
            gap_m = to.at_m - here.at_m
            at_m = here.at_m + 0.5 * gap_m
            if to.code == here.code:
                is_done = gap_m <= resolution_m or (
                    is_clear and _is_unbroken(ground, path, seabed, here, to, work)
                )
            else:
                is_done = gap_m <= CUT_M
                if is_done:
                    cuts[count], codes[count] = at_m, to.code
                    count += 1
                    tries = 0
                elif not is_clear and tries < _INTERPOLATIONS and here.line_m + to.line_m > 0.0:
                    at_m = here.at_m + gap_m * here.line_m / (here.line_m + to.line_m)
                    at_m = min(max(at_m, here.at_m + 0.45 * CUT_M), to.at_m - 0.45 * CUT_M)
                    tries += 1
            if is_done:
                here = to
                depth -= 1
                continue
            ahead = ask(ground, path, seabed, at_m, work)
            pending[depth, 0], pending[depth, 1], pending[depth, 2] = ahead
            depth += 1
            steps += 1
        asked += searched + steps
        if not is_clear:
            held += max(steps - _CROSSING_STEPS, 0)
    return count, here, held
