"""Modified median lines: islands and stretches of coast with less than full effect.

A State's distance is the mean of the distances to its baseline with and without the island, in the
shares of the effect: at 0.5 the half-way between "with" and "without". With several islands those
of larger effect are taken in first: the share of each step is the difference of the effects. At 1
this is the plain distance, at 0 that to the baseline without the island.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coastlines import Feature as KnownFeature
from zones.arrays import Floats, Integers, read_only
from zones.baseline.baseline import Baseline
from zones.compiled import compiled
from zones.errors import EffectError, ZonesError
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import onto_surface, to_earth_centred, to_lon_lat, up
from zones.geodesy.nearest import nearest_of_all
from zones.geodesy.segment_tree import SCRATCH, nearest_segment
from zones.lines.equidistance import EquidistanceLine, Tripoint
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

_CHORD_GAP_M = 0.05
_CHORD_M = 0.08
_LONGEST_M = 500.0
_SHORTEST_M = 0.02
_EQUAL_M = 1e-5
_SAME_M = 0.01
_VERTICES = 1_000_000
_STATE_COUNT = len(STATES)


class Layers(NamedTuple):
    """The States' baselines in layers of falling effect, as compiled code takes them.

    Attributes
    ----------
    tree : SegmentTree
        A group for each State and effect.
    first : ndarray, shape (6,)
        First group of each State, and the number of groups.
    weights : ndarray
        What each group's distance together with those of the groups before it counts.
    """

    tree: segment_tree.SegmentTree
    first: Integers
    weights: Floats


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

    Raises
    ------
    EffectError
        There is no such island or stretch, here or at all.
    """
    layers = make_layers(rule.baseline, features, effects)
    lines = dict(plain)
    found = dict(tripoints)
    for pair in ("AZE-IRN", "IRN-TKM", "KAZ-TKM"):
        if pair in plain:
            line = plain[pair]
            line = line if line.start == "terminus" else line.turned()
            lines[pair], third = _from_where_it_matters(layers, line)
            if third is not None:
                found[third[0]] = third[1]
    south = found.get("AZE-IRN-TKM")
    if south is not None and "AZE-TKM" in plain:
        for pair in ("AZE-IRN", "IRN-TKM"):
            lines[pair] = _ending_at(lines[pair], south)
        lines["AZE-TKM"], third = _traced(layers, "AZE", "TKM", np.array([[south.lon, south.lat]]), 0)
        if third is None:
            raise ZonesError("the modified line AZE-TKM does not end where Kazakhstan is as near")
        found[third[0]] = third[1]
    return lines, found


def make_layers(baseline: Baseline, features: Sequence[KnownFeature], effects: Mapping[str, float]) -> Layers:
    """Group the baselines by State and effect; of effects that overlap the last one holds."""
    share = np.ones(len(baseline.start))
    for name, effect in effects.items():
        feature = find_feature(features, name)
        share[_segments_of(baseline, feature)] = effect
    is_baseline = baseline.is_baseline
    group = np.full(len(share), -1, dtype=np.int64)
    first = [0]
    weights: list[float] = []
    for state in range(_STATE_COUNT):
        own = is_baseline & (baseline.state == state)
        values = [1.0, *sorted({float(v) for v in share[own]} - {1.0}, reverse=True)]
        for number, value in enumerate(values):
            group[own & (share == value)] = first[-1] + number
        steps = [*values, 0.0]
        weights += [upper - lower for upper, lower in itertools.pairwise(steps)]
        first.append(first[-1] + len(values))
    kept = group >= 0
    tree = segment_tree.build(baseline.tree.start[kept], baseline.tree.end[kept], group[kept], first[-1], 0)
    return read_only(Layers(tree, np.array(first, dtype=np.int64), np.array(weights)))


def _segments_of(baseline: Baseline, feature: KnownFeature) -> npt.NDArray[np.bool_]:
    """Baseline segments that lie wholly in a feature's box and belong to its State."""
    assert feature.bbox is not None
    west, south, east, north = feature.bbox
    inside = np.ones(len(baseline.start), dtype=bool)
    for ends in (baseline.start, baseline.end):
        inside &= (ends[:, 0] >= west) & (ends[:, 0] <= east)
        inside &= (ends[:, 1] >= south) & (ends[:, 1] <= north)
    inside &= baseline.state == STATES.index(feature.state)
    if not inside.any():
        raise EffectError(f"{short_name(feature)} is not on this coast")
    return inside


def moved_lines_m(seabed: Seabed, usual: Seabed) -> dict[str, float]:
    """How far each sector line lies from that of another edition, at most. [m]"""
    before: dict[str, list[Floats]] = {}
    for line in usual.lines:
        before.setdefault(line.pair, []).append(line.lon_lat)
    moved: dict[str, float] = {}
    for line in seabed.lines:
        tree_ends = [(to_earth_centred(part[:-1]), to_earth_centred(part[1:])) for part in before[line.pair]]
        start, end = np.vstack([a for a, _ in tree_ends]), np.vstack([b for _, b in tree_ends])
        tree = segment_tree.build(start, end, np.zeros(len(start), dtype=np.int64), 1, 1)
        away, _, _ = nearest_of_all(tree, to_earth_centred(line.lon_lat), np.zeros(1, dtype=np.int64))
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


def _from_where_it_matters(
    layers: Layers, line: EquidistanceLine
) -> tuple[EquidistanceLine, tuple[str, Tripoint] | None]:
    left, right = STATES.index(line.left_state), STATES.index(line.right_state)
    same = int(_first_changed(layers, left, right, line.points, line.distance_m))
    if same == len(line.points):
        return line, None
    return _traced(layers, line.left_state, line.right_state, line.lon_lat, max(same - 1, 0), line)


def _traced(
    layers: Layers, left_state: str, right_state: str, lon_lat: Floats, at: int,
    kept: EquidistanceLine | None = None,
) -> tuple[EquidistanceLine, tuple[str, Tripoint] | None]:  # fmt: skip
    """The line walked on from a vertex, behind what is kept of it."""
    left, right = STATES.index(left_state), STATES.index(right_state)
    begin = to_earth_centred(lon_lat[at])
    points, distances, third, ended = _trace(layers, left, right, begin, _VERTICES)
    if not ended:
        raise ZonesError(f"the modified line {left_state}-{right_state} does not end")
    new_lon_lat = to_lon_lat(points)
    new_lon_lat[0] = lon_lat[at]
    none = np.full((len(points), 2), -1, dtype=np.int64)
    before = none[:0] if kept is None else kept.left_segments[:at]
    before_right = none[:0] if kept is None else kept.right_segments[:at]
    line = EquidistanceLine(
        left_state, right_state,
        np.vstack([to_earth_centred(lon_lat[:at]).reshape(-1, 3), points]),
        np.vstack([lon_lat[:at].reshape(-1, 2), new_lon_lat]),
        np.vstack([before, none]), np.vstack([before_right, none]),
        np.append(np.empty(0) if kept is None else kept.distance_m[:at], distances),
        "terminus" if kept is not None else "tripoint", "tripoint",
    )  # fmt: skip
    states = tuple(sorted((left_state, right_state, STATES[third])))
    lon, lat = new_lon_lat[-1]
    tripoint = Tripoint(states, float(lon), float(lat), float(distances[-1]))  # type: ignore[arg-type]
    return line, ("-".join(states), tripoint)


@compiled
def blended(layers, state, x, y, z, scratch):
    """Distance to a State's baseline in the shares of the effects, and its gradient."""
    tree, start, end, weights = layers.tree, layers.tree.start, layers.tree.end, layers.weights
    ux, uy, uz = up(x, y, z)
    least = math.inf
    total = gx = gy = gz = 0.0
    hx = hy = hz = 0.0
    for g in range(layers.first[state], layers.first[state + 1]):
        segment, t, length = nearest_segment(tree, tree.roots[g], x, y, z, least, scratch)
        if segment >= 0:
            least = length
            fx = start[segment, 0] + t * (end[segment, 0] - start[segment, 0])
            fy = start[segment, 1] + t * (end[segment, 1] - start[segment, 1])
            fz = start[segment, 2] + t * (end[segment, 2] - start[segment, 2])
            hx, hy, hz = x - fx, y - fy, z - fz
            rise = hx * ux + hy * uy + hz * uz
            hx, hy, hz = hx - rise * ux, hy - rise * uy, hz - rise * uz
            size = math.sqrt(hx * hx + hy * hy + hz * hz)
            if size > 0.0:
                hx, hy, hz = hx / size, hy / size, hz / size
        total += weights[g] * least
        gx += weights[g] * hx
        gy += weights[g] * hy
        gz += weights[g] * hz
    return total, gx, gy, gz


@compiled
def _settled(layers, left, right, x, y, z, scratch):
    """The point moved until both blended distances are equal, and they themselves."""
    x, y, z = onto_surface(x, y, z)
    da = gap = 0.0
    for _ in range(40):
        da, ax, ay, az = blended(layers, left, x, y, z, scratch)
        db, bx, by, bz = blended(layers, right, x, y, z, scratch)
        gap = da - db
        mx, my, mz = ax - bx, ay - by, az - bz
        m2 = mx * mx + my * my + mz * mz
        if abs(gap) < 1e-8 or m2 < 1e-10:
            break
        x, y, z = onto_surface(x - gap * mx / m2, y - gap * my / m2, z - gap * mz / m2)
    return x, y, z, da, gap


@compiled
def _first_changed(layers, left, right, points, distances):
    """Number of the first vertex where the blended distances are not the plain ones."""
    scratch = np.empty(SCRATCH)
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        da, _, _, _ = blended(layers, left, x, y, z, scratch)
        db, _, _, _ = blended(layers, right, x, y, z, scratch)
        if abs(da - distances[i]) > 2e-5 or abs(db - distances[i]) > 2e-5:
            return i
        for g in range(_STATE_COUNT):
            if g != left and g != right:
                dc, _, _, _ = blended(layers, g, x, y, z, scratch)
                if dc < da - 1e-3:
                    return i
    # At its end a third State must be as near; else the line goes on.
    x, y, z = points[-1]
    da, _, _, _ = blended(layers, left, x, y, z, scratch)
    if _third(layers, left, right, da + 1e-3, x, y, z, scratch) < 0:
        return len(points) - 1
    return len(points)


@compiled
def _third(layers, left, right, distance, x, y, z, scratch):
    """Another State that is nearer by the blended distances, -1 for none."""
    best = -1
    for g in range(_STATE_COUNT):
        if g != left and g != right:
            dc, _, _, _ = blended(layers, g, x, y, z, scratch)
            if dc < distance - 1e-7:
                best, distance = g, dc
    return best


@compiled
def _trace(layers, left, right, begin, limit):
    """Walk a line of equal blended distances until a third State is as near; the first State on its left."""
    scratch = np.empty(SCRATCH)
    size = 4096
    points = np.empty((size, 3))
    distances = np.empty(size)
    x, y, z = begin
    points[0] = begin
    distances[0], _, _, _ = blended(layers, left, x, y, z, scratch)
    count = 1
    h = 1.0
    while count < limit:
        _, ax, ay, az = blended(layers, left, x, y, z, scratch)
        _, bx, by, bz = blended(layers, right, x, y, z, scratch)
        ux, uy, uz = up(x, y, z)
        mx, my, mz = ax - bx, ay - by, az - bz
        tx, ty, tz = uy * mz - uz * my, uz * mx - ux * mz, ux * my - uy * mx
        length = math.sqrt(tx * tx + ty * ty + tz * tz)
        if length < 1e-9:
            break
        tx, ty, tz = tx / length, ty / length, tz / length
        h = min(h, _LONGEST_M, 0.3 * distances[count - 1] + 0.05)
        worst_gap = worst = 0.0
        while True:
            qx, qy, qz, d, gap = _settled(layers, left, right, x + h * tx, y + h * ty, z + h * tz, scratch)
            worst_gap, worst = abs(gap), 0.0
            if abs(gap) < _EQUAL_M:
                for k in range(1, 16):
                    t = (k - 0.5 + 0.25 * math.sin(7.0 * k)) / 15.0
                    px, py, pz = onto_surface(x + t * (qx - x), y + t * (qy - y), z + t * (qz - z))
                    da, cx, cy, cz = blended(layers, left, px, py, pz, scratch)
                    db, ex, ey, ez = blended(layers, right, px, py, pz, scratch)
                    steep = math.sqrt((cx - ex) ** 2 + (cy - ey) ** 2 + (cz - ez) ** 2)
                    worst_gap = max(worst_gap, abs(da - db))
                    worst = max(worst, abs(da - db) / max(steep, 0.02))
            if (worst_gap > _CHORD_GAP_M or worst > _CHORD_M) and h > _SHORTEST_M:
                h *= 0.5
                continue
            break
        third = _third(layers, left, right, d, qx, qy, qz, scratch)
        ended = third >= 0 and count > 1
        if ended:
            low, high = 0.0, h
            for _ in range(60):
                middle = 0.5 * (low + high)
                qx, qy, qz, d, _ = _settled(
                    layers, left, right, x + middle * tx, y + middle * ty, z + middle * tz, scratch
                )
                dc, _, _, _ = blended(layers, third, qx, qy, qz, scratch)
                if dc < d:
                    high = middle
                else:
                    low = middle
        if count == size:
            size *= 2
            more = np.empty((size, 3))
            more[:count] = points
            points = more
            more_distances = np.empty(size)
            more_distances[:count] = distances
            distances = more_distances
        points[count, 0], points[count, 1], points[count, 2] = qx, qy, qz
        distances[count] = d
        count += 1
        if ended:
            return points[:count].copy(), distances[:count].copy(), third, True
        x, y, z = qx, qy, qz
        h = 2.0 * h if worst < 0.3 * _CHORD_M and worst_gap < 0.3 * _CHORD_GAP_M else h
    return points[:count].copy(), distances[:count].copy(), -1, False
