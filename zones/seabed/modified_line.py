"""Modified median lines: islands and stretches of coast with less than full effect.

A State's distance is the mean of the distances to its baseline with and without the island, in the
shares of the effect: at 0.5 the half-way between "with" and "without". With several islands those
of larger effect are taken in first: the share of each step is the difference of the effects. At 1
this is the plain distance, at 0 that to the baseline without the island.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from coastlines import Feature as KnownFeature
from zones.arrays import Flags, Floats, read_only
from zones.baseline.baseline import Baseline
from zones.errors import EffectError, ZonesError
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.nearest import nearest_of_groups
from zones.lines.equidistance import EquidistanceLine, Tripoint, line_of, tripoint_at
from zones.lines.layers import Layers, blended_of_all
from zones.lines.walk import AT_TRIPOINT, BLENDED, plain_course, walk
from zones.rule.rule import Rule
from zones.seabed.effects import find_feature, short_name
from zones.seabed.sector_lines import Seabed
from zones.words import STATES

EFFECTS_RULE = (
    "Every island has full effect by default, as the treaty of Azerbaijan and Kazakhstan has it. With a "
    "lesser effect the State's distance is the mean, in the shares of the effect, of the distances to "
    "its baseline with and without the island; this is not the line drawn "
    "geometrically midway between the two. Where a named stretch of coast holds a named island, the "
    "island's own effect decides."
)

_SAME_M = 0.01
_TIE_M = 1e-3


def trace_modified(
    rule: Rule,
    plain: Mapping[str, EquidistanceLine],
    tripoints: Mapping[str, Tripoint],
    features: Sequence[KnownFeature],
    effects: Mapping[str, float],
) -> tuple[dict[str, EquidistanceLine], dict[str, Tripoint]]:
    """Equidistance lines of the seabed with other than full effects.

    A line stays bit for bit what it is up to where an effect first matters. The line of Azerbaijan
    and Kazakhstan is not concerned: their treaty gives islands full effect.

    Raises `EffectError`: there is no such island or stretch, here or at all.
    """
    layers = make_layers(rule.baseline, features, effects)
    lines = dict(plain)
    found = dict(tripoints)
    for pair in ("AZE-IRN", "IRN-TKM", "KAZ-TKM"):
        if pair in plain:
            line = plain[pair]
            line = line if line.start == "terminus" else line.turned()
            at = _last_unchanged(layers, line)
            if at < len(line.points) - 1:
                kept, states = line.part(slice(at + 1)), (line.left_state, line.right_state)
                rest, third = _walked(rule, layers, states, kept.points[-1], kept.start)
                lines[pair] = kept.joined(rest.part(slice(1, None)))
                found["-".join(third.states)] = third
    south = found.get("AZE-IRN-TKM")
    if south is not None and "AZE-TKM" in plain:
        for pair in ("AZE-IRN", "IRN-TKM"):
            lines[pair] = _ending_at(lines[pair], south)
        begin = np.array([south.lon, south.lat])
        line, third = _walked(rule, layers, ("AZE", "TKM"), to_earth_centred(begin), "tripoint")
        line.lon_lat[0] = begin
        lines["AZE-TKM"] = line
        found["-".join(third.states)] = third
    return lines, found


def make_layers(baseline: Baseline, features: Sequence[KnownFeature], effects: Mapping[str, float]) -> Layers:
    """Group the baselines by State and effect; of effects that overlap the last one holds."""
    share = np.ones(len(baseline.start))
    for name, effect in effects.items():
        share[_segments_of(baseline, find_feature(features, name))] = effect
    is_baseline = baseline.is_baseline
    group = np.full(len(share), -1, dtype=np.int64)
    first = [0]
    weights: list[float] = []
    for state in range(len(STATES)):
        own = is_baseline & (baseline.state == state)
        values = [1.0, *sorted({float(v) for v in share[own]} - {1.0}, reverse=True)]
        for number, value in enumerate(values):
            group[own & (share == value)] = first[-1] + number
        weights += [upper - lower for upper, lower in itertools.pairwise([*values, 0.0])]
        first.append(first[-1] + len(values))
    kept = group >= 0
    start, end = baseline.tree.start[kept], baseline.tree.end[kept]
    tree, _ = segment_tree.build(start, end, group[kept], first[-1], 0)
    return read_only(Layers(tree, np.array(first, dtype=np.int64), np.array(weights)))


def _segments_of(baseline: Baseline, feature: KnownFeature) -> Flags:
    """Baseline segments that lie wholly in a feature's box and belong to its State."""
    assert feature.bbox is not None  # as `find_feature` gives them
    ends = np.stack([baseline.start, baseline.end])
    inside = ((ends >= feature.bbox[:2]) & (ends <= feature.bbox[2:])).all(axis=(0, 2))
    inside &= baseline.state == STATES.index(feature.state)
    if not inside.any():
        raise EffectError(f"{short_name(feature)} is not on this coast")
    return inside


def moved_lines_m(seabed: Seabed, usual: Seabed) -> dict[str, float]:
    """How far each sector line lies from that of another edition, at most. [m]"""
    before: dict[str, list[Floats]] = {}
    for line in usual.lines:
        before.setdefault(line.pair, []).append(to_earth_centred(line.lon_lat))
    moved: dict[str, float] = {}
    for line in seabed.lines:
        start, end = (
            np.vstack([part[ends] for part in before[line.pair]]) for ends in (slice(-1), slice(1, None))
        )
        tree, _ = segment_tree.build(start, end, np.zeros(len(start), dtype=np.int64), 1, 1)
        away, _, _ = nearest_of_groups(tree, to_earth_centred(line.lon_lat), np.zeros(1, dtype=np.int64))
        moved[line.pair] = round(max(moved.get(line.pair, 0.0), float(away.max())), 3)
    return moved


def _ending_at(line: EquidistanceLine, end: Tripoint) -> EquidistanceLine:
    """The line with its last vertex, solved to the same place on another line, taken from there."""
    lon_lat = line.lon_lat.copy()
    lon_lat[-1] = end.lon, end.lat
    points = to_earth_centred(lon_lat)
    if np.linalg.norm(points[-1] - line.points[-1]) > _SAME_M:
        raise ZonesError(f"the modified lines of {'-'.join(end.states)} do not meet")
    return replace(line, lon_lat=lon_lat, points=np.vstack([line.points[:-1], points[-1:]]))


def _last_unchanged(layers: Layers, line: EquidistanceLine) -> int:
    """Number of the vertex from which a line is another with effects; of its last one if it is not."""
    left, right = STATES.index(line.left_state), STATES.index(line.right_state)
    away = blended_of_all(layers, line.points)
    others = np.delete(away, [left, right], axis=1).min(axis=1)
    changed = (np.abs(away[:, [left, right]] - line.distance_m[:, None]) > 2e-5).any(axis=1)
    changed |= others < away[:, left] - _TIE_M
    # At its end a third State must be as near; else the line goes on.
    changed[-1] |= others[-1] >= away[-1, left] + _TIE_M
    return max(int(changed.argmax()) - 1, 0) if changed.any() else len(changed) - 1


def _walked(
    rule: Rule, layers: Layers, states: tuple[str, str], begin: Floats, start: str
) -> tuple[EquidistanceLine, Tripoint]:
    """A line walked from a point of it to where a third State is as near."""
    left, right = (STATES.index(state) for state in states)
    course = plain_course(rule.arrays, (left, right), begin)
    walked = walk(course._replace(kind=BLENDED, **layers._asdict()))
    if walked.ending != AT_TRIPOINT:
        raise ZonesError(f"the modified line {'-'.join(states)} does not end where a third State is as near")
    return line_of(course, walked, start), tripoint_at(walked.vertices[-1], (left, right, walked.third))
