"""Legs cut exactly where the answer changes along them, each by itself.

A leg is the geodesic between two positions. What lies at its ends is told by these positions alone and what
lies between by the leg alone, so that changes are the same however many legs are cut at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers, read_only
from zones.classification.measuring import Ground
from zones.compiled import compiled
from zones.crossings.march import RESOLUTION_M, ask, march, march_along, tidy
from zones.crossings.path import Pieces, lay_out_edges, make_path, no_checkpoint, places
from zones.geodesy.geodesics import WGS84
from zones.rule.rule import new_work

ZONE, SECTOR = range(2)  # kinds of answers
_AT_A_TIME = 1000  # legs between two checkpoints
_SHORTEST_M = 1e-3  # a shorter leg changes at its end
_CUTS = 1024  # on a leg; one with more, or with more to ask, is cut by itself
_DEGREE_DECIMALS = 9


class Changes(NamedTuple):
    """Changes of answers along legs, in the order of the legs, by zone before by sector, and along them."""

    leg: Integers  # number of the leg
    kind: Integers  # `ZONE` or `SECTOR`
    at_m: Floats  # from the beginning of the leg [m]
    length_m: Floats  # of the leg [m]
    # before, after: codes as `march.march_along` gives them
    before: Integers
    after: Integers
    lon_lat: Floats  # shape (k, 2), where it is [deg]


def changes_along(
    ground: Ground,
    start: Floats,
    end: Floats,
    at_start: Integers,
    at_end: Integers,
    checkpoint: Callable[[], None] = no_checkpoint,
) -> Changes:
    """Where answers change along legs, from places to others, rows of longitude and latitude. [deg]

    ``at_start``, ``at_end``: shape (n, 2), the answers there, by `ZONE` and `SECTOR`. ``checkpoint`` is
    called every few milliseconds and ends the work by raising.
    """
    parts = []
    for first in range(0, len(start), _AT_A_TIME):
        checkpoint()
        block = slice(first, first + _AT_A_TIME)
        found = _some(ground, start[block], end[block], at_start[block], at_end[block], checkpoint)
        parts.append(found._replace(leg=found.leg + first))
    return Changes._make(map(np.concatenate, zip(NO_CHANGES, *parts, strict=True)))


_NO_ROWS, _NO_METRES = np.empty(0, dtype=np.int64), np.empty(0)
NO_CHANGES = Changes(
    _NO_ROWS, _NO_ROWS, _NO_METRES, _NO_METRES, _NO_ROWS, _NO_ROWS, np.empty((0, 2))
)  # fmt: skip


def _some(
    ground: Ground,
    start: Floats,
    end: Floats,
    at_start: Integers,
    at_end: Integers,
    checkpoint: Callable[[], None],
) -> Changes:
    """The same of some legs."""
    azimuth, _, length = map(np.asarray, WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1]))
    long = np.flatnonzero(length >= _SHORTEST_M)
    edges = lay_out_edges(start[long], end[long], checkpoint)
    ends_m = np.insert(edges.begin_m, np.cumsum(edges.counts), edges.length_m)
    pieces = read_only(Pieces(ends_m, edges.terms, edges.plane, edges.chord))
    first = read_only(np.concatenate([[0], np.cumsum(edges.counts)]))
    kinds = []
    for kind in (ZONE, SECTOR):
        leg, at_m, code, unfinished = _march_legs(ground.arrays, pieces, first, kind == SECTOR)
        stretches = [(long[leg], at_m, code)]
        for number in long[unfinished].tolist():
            path = make_path(np.vstack([start[number], end[number]]), checkpoint)
            found = march_along(ground, path, kind == SECTOR, checkpoint)
            stretches.append((np.full(len(found.codes), number), found.cuts_m[:-1], found.codes))
        # What a leg ends with is what is at its end.
        stretches.append((np.arange(len(start)), length, at_end[:, kind]))
        kinds.append(_changes(kind, at_start[:, kind], stretches))
    legs, of_kind, at_m, before, after = map(np.concatenate, zip(*kinds, strict=True))
    order = np.lexsort((of_kind, at_m, legs))
    legs, of_kind, at_m, before, after = (one[order] for one in (legs, of_kind, at_m, before, after))
    lon_lat = np.round(places(start[legs], azimuth[legs], at_m), _DEGREE_DECIMALS)
    for is_end, there in ((at_m == 0.0, start), (at_m == length[legs], end)):
        lon_lat[is_end] = there[legs[is_end]]
    return Changes(legs, of_kind, at_m, length[legs], before, after, lon_lat)


def _changes(
    kind: int, at_start: Integers, stretches: list[tuple[Integers, Floats, Integers]]
) -> tuple[Integers, Integers, Floats, Integers, Integers]:
    """Changes of a kind from stretches: their legs, where on these they begin, and their answers. [m]

    Returns legs, kinds, where they are, answers before and after.
    """
    legs, at_m, after = map(np.concatenate, zip(*stretches, strict=True))
    order = np.lexsort((at_m, legs))  # stable: what is at the end of a leg stays last
    legs, at_m, after = legs[order], at_m[order], after[order]
    is_first = np.diff(legs, prepend=-1) != 0
    before = np.where(is_first, at_start[legs], np.roll(after, 1))
    changed = np.flatnonzero(before != after)
    return legs[changed], np.full(len(changed), kind), at_m[changed], before[changed], after[changed]


@compiled
def _march_legs(ground, pieces, first, seabed):
    """The stretches of legs: numbers of the legs, where they begin [m], codes; and which legs are unfinished.

    ``first``: shape (n + 1,), the first piece of each leg; the ends of its pieces come after those of the
    legs before, one more than there are pieces.
    """
    count, most = 0, 4 * len(first) + _CUTS
    legs, at_m, after = np.empty(most, np.int64), np.empty(most), np.empty(most, np.int64)
    unfinished = np.zeros(len(first) - 1, dtype=np.bool_)
    cuts, codes, work = np.empty(_CUTS), np.empty(_CUTS, dtype=np.int64), new_work()
    for leg in range(len(first) - 1):
        a, b = first[leg], first[leg + 1]
        path = Pieces(
            pieces.ends_m[a + leg : b + leg + 1], pieces.terms[a:b], pieces.plane[a:b], pieces.chord[a:b]
        )
        here = ask(ground, path, seabed, 0.0, work)
        code = here.code
        found, here, _ = march(ground, path, seabed, here, RESOLUTION_M, cuts, codes)
        if here.at_m < path.ends_m[-1]:
            unfinished[leg] = True
            continue
        begun, answers = np.empty(found + 2), np.empty(found + 1, dtype=np.int64)
        begun[0], begun[1 : found + 1], begun[found + 1] = 0.0, cuts[:found], path.ends_m[-1]
        answers[0], answers[1:] = code, codes[:found]
        begun, answers = tidy(begun, answers)
        if count + len(answers) > most:
            most = 2 * most + _CUTS
            more = np.empty(most, np.int64), np.empty(most), np.empty(most, np.int64)
            more[0][:count], more[1][:count], more[2][:count] = legs[:count], at_m[:count], after[:count]
            legs, at_m, after = more
        for k in range(len(answers)):
            legs[count], at_m[count], after[count] = leg, begun[k], answers[k]
            count += 1
    return legs[:count].copy(), at_m[:count].copy(), after[:count].copy(), unfinished
