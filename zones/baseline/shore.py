"""Whose shore: the coast's rings cut at the land borders, every stretch and island given a State."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coastlines import BorderTerminus, CoastSource
from coastlines import Feature as KnownFeature
from zones.arrays import Floats, Integers
from zones.baseline.termini import Terminus, place_termini
from zones.errors import BaselineError
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.geodesics import densify_geodesics, feet_on_segments
from zones.geodesy.nearest import nearest_of_groups
from zones.words import STATES

_FEATURE_REACH_M = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed shore, water on the left, with a State for each of its segments.

    ``lon_lat``, shape (n, 2), has its first point last again [deg]; ``state``, shape (n - 1,), are
    indices into `words.STATES`.
    """

    lon_lat: Floats
    state: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Artificial:
    """Artificial land that the source draws and the Convention keeps off the baseline (Art. 7(2))."""

    lon_lat: Floats
    state: str
    name: str
    kind: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Shore:
    """All shores of a coast, cut into segments of at most `segment_tree.MAXIMUM_SEGMENT_M`."""

    mainland: Ring
    islands: tuple[Ring, ...]
    artificial: tuple[Artificial, ...]
    termini: tuple[Terminus, ...]


def attribute_shore(
    source: CoastSource,
    termini: Sequence[BorderTerminus],
    features: Sequence[KnownFeature],
    states: Mapping[str, BaseGeometry],
    *,
    keep_artificial: bool = False,
) -> Shore:
    """Give every stretch of a coast to its State.

    The mainland is cut at the point nearest to each published border end and each part goes to the
    State whose land is nearest; an island to the State of the nearest mainland unless ``features``
    says otherwise. Artificial land is set apart, unless it is to be kept.

    Raises `BaselineError`: two border ends fall on one point, or the parts do not go to five different
    States.
    """
    ring = densify_geodesics(source.mainland, segment_tree.MAXIMUM_SEGMENT_M)
    ring, found = place_termini(ring, termini)
    mainland = _attribute_mainland(ring, found, states)
    known = [(island, _feature_of(island, features)) for island in source.islands]
    artificial = [(island, one) for island, one in known if one and one.generates_baseline is False]
    natural = [
        (island, one)
        for island, one in known
        if keep_artificial or one is None or one.generates_baseline is not False
    ]
    dense = [densify_geodesics(island, segment_tree.MAXIMUM_SEGMENT_M) for island, _ in natural]
    islands = []
    for lon_lat, nearest, (_, one) in zip(dense, _nearest_mainland(mainland, dense), natural, strict=True):
        owner = STATES.index(one.state) if one and one.state in STATES else nearest
        islands.append(Ring(lon_lat, np.full(len(lon_lat) - 1, owner, dtype=np.int64)))
    apart = tuple(
        Artificial(island, one.state, one.name, one.kind, one.note, one.source) for island, one in artificial
    )
    return Shore(mainland, tuple(islands), apart, found)


def _attribute_mainland(
    ring: Floats, termini: Sequence[Terminus], states: Mapping[str, BaseGeometry]
) -> Ring:
    """The mainland, beginning at a terminus, with the State of each segment."""
    places = [int(np.flatnonzero((ring[:-1, 0] == t.lon) & (ring[:-1, 1] == t.lat))[0]) for t in termini]
    first = min(places)
    turned = np.vstack([ring[first:-1], ring[: first + 1]])
    count = len(ring) - 1
    cuts = [*sorted((place - first) % count for place in places), count]
    state = np.empty(count, dtype=np.int64)
    owners = []
    for low, high in itertools.pairwise(cuts):
        owner = _nearest_state(turned[low : high + 1], states)
        owners.append(STATES[owner])
        state[low:high] = owner
    if sorted(owners) != sorted(STATES):
        raise BaselineError(
            f"between the land borders this coast goes to {', '.join(owners)}: each of the five States is "
            "needed once, so the coast must reach around the Caspian"
        )
    return Ring(turned, state)


def _nearest_state(stretch: Floats, states: Mapping[str, BaseGeometry]) -> int:
    """The State whose land is nearest to most of some points spread over a stretch of coast."""
    sample = stretch[np.linspace(0, len(stretch) - 1, min(len(stretch), 101)).astype(np.int64)]
    points = shapely.points(sample)
    distances = np.array([shapely.distance(states[state], points) for state in STATES])
    return int(np.bincount(distances.argmin(axis=0), minlength=len(STATES)).argmax())


def _feature_of(island: Floats, features: Sequence[KnownFeature]) -> KnownFeature | None:
    """The known feature that an island is, if it is one.

    By the feature's box, else by its point lying on the island or within 500 m of it.
    """
    west, south = island.min(axis=0)
    east, north = island.max(axis=0)
    for feature in features:
        if feature.bbox is not None:
            low_lon, low_lat, high_lon, high_lat = feature.bbox
            if low_lon <= west and east <= high_lon and low_lat <= south and north <= high_lat:
                return feature
            continue
        if not (west - 0.01 <= feature.lon <= east + 0.01 and south - 0.01 <= feature.lat <= north + 0.01):
            continue
        if shapely.contains_xy(shapely.Polygon(island), feature.lon, feature.lat):
            return feature
        corners = to_earth_centred(island)
        point = to_earth_centred([feature.lon, feature.lat])
        _, _, length = feet_on_segments(point, corners[:-1], corners[1:])
        if length.min() <= _FEATURE_REACH_M:
            return feature
    return None


def _nearest_mainland(mainland: Ring, islands: Sequence[Floats]) -> Integers:
    """Index of the State of the nearest mainland, for each island."""
    if not islands:
        return np.empty(0, dtype=np.int64)
    corners = to_earth_centred(mainland.lon_lat)
    tree, _ = segment_tree.build(corners[:-1], corners[1:], mainland.state, len(STATES), len(STATES))
    points = to_earth_centred(np.vstack(islands))
    lengths, _, _ = nearest_of_groups(tree, points, np.arange(len(STATES)))
    firsts = np.cumsum([0] + [len(island) for island in islands[:-1]])
    return np.asarray(np.minimum.reduceat(lengths, firsts, axis=0).argmin(axis=1), dtype=np.int64)
