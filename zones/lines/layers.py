"""States' distances in the shares of the effects that stretches of their coasts have."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zones.arrays import Floats, Integers
from zones.compiled import compiled
from zones.geodesy.segment_tree import SCRATCH, SegmentTree, nearest_segment
from zones.lines.tracing import away_from_foot
from zones.words import STATES

_STATE_COUNT = len(STATES)


class Layers(NamedTuple):
    """The States' baselines in layers of falling effect."""

    tree: SegmentTree  # a group for each State and effect
    first: Integers  # shape (6,); first group of each State, and the number of groups
    weights: Floats  # what each group's distance together with those of the groups before it counts


@compiled
def blended(layers, state, x, y, z, bound_m, scratch):
    """Distance to a State's baseline in the shares of the effects, and its gradient.

    What is farther than the bound counts as so far.
    """
    least = bound_m
    total = gx = gy = gz = 0.0
    hx = hy = hz = 0.0
    for g in range(layers.first[state], layers.first[state + 1]):
        segment, _, _ = nearest_segment(layers.tree, layers.tree.roots[g], x, y, z, least, scratch)
        if segment >= 0:
            least, hx, hy, hz = away_from_foot(layers.tree, segment, x, y, z)
        weight = layers.weights[g]
        total += weight * least
        gx, gy, gz = gx + weight * hx, gy + weight * hy, gz + weight * hz
    return total, gx, gy, gz


@compiled
def blended_of_all(layers, points):
    """Blended distances from points to each State's baseline, shape (n, 5). [m]"""
    scratch = np.empty(SCRATCH)
    found = np.empty((len(points), _STATE_COUNT))
    for i in range(len(points)):
        for g in range(_STATE_COUNT):
            found[i, g], _, _, _ = blended(
                layers, g, points[i, 0], points[i, 1], points[i, 2], math.inf, scratch
            )
    return found
