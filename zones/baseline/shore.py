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
from zones.errors import BaselineError
from zones.geodesy import segment_tree
from zones.geodesy.ellipsoid import to_earth_centred, to_lon_lat
from zones.geodesy.geodesics import WGS84, densify_geodesics
from zones.geodesy.nearest import nearest_of_groups
from zones.words import STATES

NEEDLE_WATER_ANGLE_DEG = 300.0  # a tip with more water than this around it is no place for a border
_AT_A_VERTEX_M = 1.0
_STRAIGHT_DEG = 0.02
_FEATURE_REACH_M = 500.0


@dataclass(frozen=True, slots=True)
class Terminus:
    """Where a land border meets the baseline; the point belongs to both States.

    Attributes
    ----------
    pair : str
        As ``AZE-RUS``.
    lon, lat : float
        On the baseline, a vertex of it. [deg]
    published_lon, published_lat : float
        As published. [deg]
    moved_m : float
        Geodesic distance between the two. [m]
    accuracy_m : float
        How well the published point is known. [m]
    water_angle_deg : float
        Angle of water between the two shores at the point; above 180 the point is a cape. [deg]
    remark : str
        What was done that the rule "nearest point of the mainland" does not say; may be empty.
    source : str
    """

    pair: str
    lon: float
    lat: float
    published_lon: float
    published_lat: float
    moved_m: float
    accuracy_m: float
    water_angle_deg: float
    remark: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed shore, water on the left, with a State for each of its segments.

    Attributes
    ----------
    lon_lat : ndarray, shape (n, 2)
        First equals last. [deg]
    state : ndarray, shape (n - 1,)
        Index into `words.STATES`.
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

    Raises
    ------
    BaselineError
        Two border ends fall on one point, or the parts do not go to five different States.
    """
    ring = densify_geodesics(source.mainland, segment_tree.MAXIMUM_SEGMENT_M)
    ring, found = _place_termini(ring, termini)
    mainland = _attribute_mainland(ring, found, states)
    natural, artificial = _set_artificial_apart(source.islands, features, keep=keep_artificial)
    dense = [densify_geodesics(island, segment_tree.MAXIMUM_SEGMENT_M) for island in natural]
    owners = _nearest_mainland_state(mainland, dense)
    for number, island in enumerate(natural):
        named = _feature_of(island, features)
        if named is not None and named.state in STATES:
            owners[number] = STATES.index(named.state)
    islands = tuple(
        Ring(lon_lat, np.full(len(lon_lat) - 1, owner, dtype=np.int64))
        for lon_lat, owner in zip(dense, owners, strict=True)
    )
    return Shore(mainland, islands, artificial, found)


def _place_termini(ring: Floats, published: Sequence[BorderTerminus]) -> tuple[Floats, tuple[Terminus, ...]]:
    """The ring with the termini among its vertices, and the termini."""
    found = []
    for border in published:
        ring, number, remark = _insert_nearest(ring, border.lon, border.lat)
        lon, lat = ring[number]
        _, _, moved_m = WGS84.inv(border.lon, border.lat, lon, lat)
        found.append(
            Terminus(
                pair=border.pair,
                lon=float(lon),
                lat=float(lat),
                published_lon=border.lon,
                published_lat=border.lat,
                moved_m=float(moved_m),
                accuracy_m=border.accuracy_m,
                water_angle_deg=water_angle_deg(ring, number),
                remark=remark,
                source=border.source,
            )
        )
    if len({(terminus.lon, terminus.lat) for terminus in found}) != len(found):
        raise BaselineError(
            "two land borders meet this coast in one point: it does not reach around the Caspian"
        )
    return ring, tuple(found)


def _insert_nearest(ring: Floats, lon: float, lat: float) -> tuple[Floats, int, str]:
    """The ring with its point nearest to a position as a vertex, its number, and a remark."""
    corners = to_earth_centred(ring)
    point = to_earth_centred([[lon, lat]])[0]
    share, length = _distances_to_segments(point, corners)
    remark = ""
    count = len(ring) - 1
    for number in np.argsort(length, kind="stable"):
        tip = _needle_tip(ring, int(number))
        if tip is not None:
            remark = remark or _needle_remark(ring, tip)
            continue
        t = share[number]
        edge_m = float(np.linalg.norm(corners[number + 1] - corners[number]))
        if t * edge_m <= _AT_A_VERTEX_M or (1 - t) * edge_m <= _AT_A_VERTEX_M:
            return ring, int((number if t <= 0.5 else number + 1) % count), remark
        foot = to_lon_lat(corners[number] + t * (corners[number + 1] - corners[number]))
        ring = np.insert(ring, number + 1, np.round(foot, 7), axis=0)
        return ring, int(number) + 1, remark
    raise BaselineError("no point of the mainland can be the end of a land border")


def _needle_tip(ring: Floats, number: int) -> int | None:
    """The tip of the needle that a segment is a flank of, if it is one.

    A flank may have been cut into pieces: they are followed while they run straight on.
    """
    count = len(ring) - 1
    for step in (-1, 1):
        vertex = (number if step < 0 else number + 1) % count
        for _ in range(count):
            angle = water_angle_deg(ring, vertex)
            if angle > NEEDLE_WATER_ANGLE_DEG:
                return vertex
            if abs(angle - 180.0) > _STRAIGHT_DEG:
                break
            vertex = (vertex + step) % count
    return None


def _needle_remark(ring: Floats, tip: int) -> str:
    return (
        f"moved off a needle of the shoreline at {ring[tip, 0]:.7f}, {ring[tip, 1]:.7f} "
        f"with {water_angle_deg(ring, tip):.0f} degrees of water around it"
    )


def _distances_to_segments(point: Floats, corners: Floats) -> tuple[Floats, Floats]:
    """Share of the length and straight distance from one point to each segment of a chain. [m]"""
    start, along = corners[:-1], corners[1:] - corners[:-1]
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * along).sum(axis=1) / length2, 0, 1)
    return share, np.linalg.norm(point - start - share[:, None] * along, axis=1)


def water_angle_deg(ring: Floats, vertex: int) -> float:
    """Angle of water at a vertex of a closed ring with the water on its left. [deg]"""
    count = len(ring) - 1
    here = ring[vertex]
    before, after = ring[(vertex - 1) % count], ring[(vertex + 1) % count]
    azimuth, _, _ = WGS84.inv([here[0]] * 2, [here[1]] * 2, [before[0], after[0]], [before[1], after[1]])
    # From the way on, turning left (against the azimuth's sense) until the way back.
    return float((azimuth[1] - azimuth[0]) % 360.0)


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
            "between the land borders this coast goes to "
            + ", ".join(owners)
            + ": each of the five States is needed once, so the coast must reach around the Caspian"
        )
    return Ring(turned, state)


def _nearest_state(stretch: Floats, states: Mapping[str, BaseGeometry]) -> int:
    """The State whose land is nearest to most of some points spread over a stretch of coast."""
    sample = stretch[np.linspace(0, len(stretch) - 1, min(len(stretch), 101)).astype(np.int64)]
    points = shapely.points(sample)
    distances = np.array([shapely.distance(states[state], points) for state in STATES])
    return int(np.bincount(distances.argmin(axis=0), minlength=len(STATES)).argmax())


def _set_artificial_apart(
    islands: Sequence[Floats], features: Sequence[KnownFeature], *, keep: bool
) -> tuple[list[Floats], tuple[Artificial, ...]]:
    """Islands that count, and artificial land."""
    natural, apart = [], []
    for island in islands:
        feature = _feature_of(island, features)
        if feature is None or feature.generates_baseline is not False:
            natural.append(island)
            continue
        if keep:
            natural.append(island)
        apart.append(
            Artificial(island, feature.state, feature.name, feature.kind, feature.note, feature.source)
        )
    return natural, tuple(apart)


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
        _, length = _distances_to_segments(to_earth_centred([[feature.lon, feature.lat]])[0], corners)
        if length.min() <= _FEATURE_REACH_M:
            return feature
    return None


def _nearest_mainland_state(mainland: Ring, islands: Sequence[Floats]) -> Integers:
    """Index of the State of the nearest mainland, for each island."""
    if not islands:
        return np.empty(0, dtype=np.int64)
    corners = to_earth_centred(mainland.lon_lat)
    tree = segment_tree.build(corners[:-1], corners[1:], mainland.state, len(STATES), len(STATES))
    points = np.vstack(islands)
    lengths, _, _ = nearest_of_groups(tree, to_earth_centred(points), np.arange(len(STATES)))
    firsts = np.cumsum([0] + [len(island) for island in islands[:-1]])
    return np.asarray(np.minimum.reduceat(lengths, firsts, axis=0).argmin(axis=1), dtype=np.int64)
